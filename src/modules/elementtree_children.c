// SPDX-License-Identifier: MIT
// _elementtree: the children of an Element.
//
// They stand in a list, made for the first child.  Reading takes no lock; a change takes the list's, whose functions do it.
// clear() and __setstate__ put another list in its place: a change of the old one that was under way came before.
#include "elementtree_private.h"

static V list_peek(V self) { return slot_peek(&element_of(self)->children); } // V_NULL: no children yet

static V list_make(Thread *t, V self) {
    Element *e = element_of(self);
    V list = slot_get(&e->head, &e->children);
    if (list != V_NULL) return list;
    CRITICAL(t, &e->head);
    list = slot_get(&e->head, &e->children);
    if (list != V_NULL) return list;
    list = list_with_capacity(t, 0);
    if (!v_is_error(list)) slot_set(t, &e->head, &e->children, list);
    return list;
}

V element_child(Thread *t, V self, size_t i) {
    V list = list_peek(self);
    return list == V_NULL ? V_NULL : list_get(t, list, i);
}
V element_children(Thread *t, V self) {
    V list = list_peek(self);
    return list == V_NULL ? list_new(t, 0) : list_copy(t, list);
}
void element_set_children_steal(Thread *t, V self, V list) {
    slot_set_steal(t, v_obj(self), &element_of(self)->children, list);
}
size_t element_children_size(V self) {
    V list = list_peek(self);
    ListItems *items = list == V_NULL ? NULL : at_load_acquire(&list_of(list)->items);
    return list == V_NULL ? 0 : sizeof(List) + (items ? sizeof *items + items->capacity * sizeof(Slot) : 0);
}

int element_append(Thread *t, V self, V child) {
    if (element_expect(t, child) < 0) return -1;
    V list = list_peek(self);
    if (likely(list != V_NULL)) return list_append(t, list, child);
    list = list_make(t, self);
    if (v_is_error(list)) return -1;
    int r = list_append(t, list, child);
    v_drop(t, list);
    return r;
}

// ---- the sequence ---------------------------------------------------------------------------------------------------------
ptrdiff_t element_len(Thread *t, V self) {
    (void)t;
    V list = list_peek(self);
    return list == V_NULL ? 0 : (ptrdiff_t)list_len(list);
}
V element_item(Thread *t, V self, ptrdiff_t i) {
    V child = i < 0 ? V_NULL : element_child(t, self, (size_t)i);
    return likely(child != V_NULL) ? child : err_set(t, &exc_IndexError, "child index out of range");
}

// 1: key is a slice; 0: an index, in *i; -1.
static int key_kind(Thread *t, V key, ptrdiff_t *i) {
    if (v_is_exact(key, &slice_type)) return 1;
    if (v_is_any_int(key) || v_type(key)->index) return num_as_ssize(t, key, &exc_IndexError, i);
    err_set(t, &exc_TypeError, "element indices must be integers");
    return -1;
}
V element_subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    int kind = key_kind(t, key, &i);
    if (kind < 0) return V_ERROR;
    if (!kind) return element_item(t, self, i < 0 ? i + element_len(t, self) : i);
    V list = slot_get(v_obj(self), &element_of(self)->children);
    if (list == V_NULL) return list_new(t, 0); // whatever the slice says
    V part = list_type.subscript(t, list, key);
    v_drop(t, list);
    return part;
}

static int set_one(Thread *t, V self, ptrdiff_t i, V value) {
    V list = list_make(t, self);
    if (v_is_error(list)) return -1;
    int r = -1;
    {
        CRITICAL(t, v_obj(list));
        ptrdiff_t n = (ptrdiff_t)list_len(list);
        if (i < 0) i += n;
        if (i < 0 || i >= n) err_set(t, &exc_IndexError, "child assignment index out of range");
        else if (value == V_NULL || element_expect(t, value) == 0) r = list_type.set_subscript(t, list, v_from_int(i), value);
    }
    v_drop(t, list);
    return r;
}

// A list of the elements of any iterable.
static V elements_of(Thread *t, V iterable) {
    V list = obj_to_list(t, iterable);
    if (!v_is_error(list)) return list;
    err_clear(t);
    return err_set(t, &exc_TypeError, "expected sequence, not \"%.200T\"", iterable);
}
static int expect_all(Thread *t, V list) {
    for (size_t i = 0;; i++) {
        V v = list_get(t, list, i);
        if (v == V_NULL) return 0;
        int r = element_expect(t, v);
        v_drop(t, v);
        if (r < 0) return -1;
    }
}
// What is wrong with new children is said in this order: how many there are, then what they are.
static int check_new(Thread *t, V self, V slice, V values) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    ptrdiff_t n = slice_adjust(element_len(t, self), &start, &stop, step);
    if (step == 1 || n == (ptrdiff_t)list_len(values)) return expect_all(t, values);
    err_set(t, &exc_ValueError, "attempt to assign sequence of size %zu to extended slice of size %zd", list_len(values), n);
    return -1;
}
static int set_slice(Thread *t, V self, V slice, V value) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    V values = value == V_NULL ? V_NULL : elements_of(t, value), list = V_NULL;
    int r = -1;
    if (!v_is_error(values) && (value == V_NULL || check_new(t, self, slice, values) == 0)) {
        list = list_make(t, self);
        if (!v_is_error(list)) r = list_type.set_subscript(t, list, slice, values);
    }
    v_drop(t, values);
    v_drop(t, list);
    return r;
}
int element_set_subscript(Thread *t, V self, V key, V value) {
    ptrdiff_t i;
    int kind = key_kind(t, key, &i);
    if (kind < 0) return -1;
    return kind ? set_slice(t, self, key, value) : set_one(t, self, i, value);
}

// ---- methods ----------------------------------------------------------------------------------------------------------------
static int expect_argument(Thread *t, const char *name, const char *what, V v) {
    if (element_is(v)) return 0;
    err_bad_argument(t, name, what, element_type.name, v);
    return -1;
}
NATIVE(element_m_append) {
    UNUSED_NATIVE();
    return expect_argument(t, "append", "argument", args[0]) < 0 || element_append(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}
NATIVE(element_m_extend) {
    UNUSED_NATIVE();
    V list = elements_of(t, args[0]);
    int r = v_is_error(list) ? -1 : 0;
    for (size_t i = 0; r == 0; i++) {
        V v = list_get(t, list, i);
        if (v == V_NULL) break;
        r = element_append(t, self, v); // those before one that is none stay
        v_drop(t, v);
    }
    v_drop(t, list);
    return r < 0 ? V_ERROR : V_NONE;
}
NATIVE(element_m_insert) { // index, subelement
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0 || expect_argument(t, "insert", "argument 2", args[1]) < 0) return V_ERROR;
    V list = list_make(t, self);
    int r = v_is_error(list) ? -1 : list_insert(t, list, i, args[1]);
    v_drop(t, list);
    return r < 0 ? V_ERROR : V_NONE;
}

// Takes `child` out if it stands at i: 1, 0 or -1.
static int remove_at(Thread *t, V list, size_t i, V child) {
    CRITICAL(t, v_obj(list));
    V v = list_get(t, list, i);
    bool same = v != V_NULL && v_is(v, child);
    v_drop(t, v);
    return !same ? 0 : list_type.set_subscript(t, list, v_from_int((int64_t)i), V_NULL) < 0 ? -1 : 1;
}
// The first that is it, or says that it is equal.
static int remove_child(Thread *t, V list, V child) {
    for (size_t i = 0;; i++) {
        V v = list_get(t, list, i);
        if (v == V_NULL) return 0;
        int r = obj_compare_bool(t, v, child, CMP_EQ);
        if (r > 0) r = remove_at(t, list, i, v);
        v_drop(t, v);
        if (r) return r;
    }
}
NATIVE(element_m_remove) {
    UNUSED_NATIVE();
    if (expect_argument(t, "remove", "argument", args[0]) < 0) return V_ERROR;
    V list = slot_get(v_obj(self), &element_of(self)->children);
    int r = list == V_NULL ? 0 : remove_child(t, list, args[0]);
    v_drop(t, list);
    if (r == 0) err_set(t, &exc_ValueError, "list.remove(x): x not in list");
    return r > 0 ? V_NONE : V_ERROR;
}
