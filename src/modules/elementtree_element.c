// SPDX-License-Identifier: MIT
// _elementtree: Element itself.
#include "elementtree_private.h"

int element_expect(Thread *t, V v) {
    if (likely(element_is(v))) return 0;
    err_set(t, &exc_TypeError, "expected an Element, not \"%.200T\"", v);
    return -1;
}

// ---- making one -------------------------------------------------------------------------------------------------------
static V new_bare(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    V self = type_alloc(t, type, 0);
    if (unlikely(v_is_error(self))) return V_ERROR;
    Element *e = element_of(self);
    slot_init(t, &e->head, &e->tag, V_NONE);
    slot_init(t, &e->head, &e->text, V_NONE);
    slot_init(t, &e->head, &e->tail, V_NONE);
    return self;
}

V element_new(Thread *t, V tag, V attrib) {
    V self = new_bare(t, &element_type, NULL, 0, V_NULL);
    if (unlikely(v_is_error(self))) return V_ERROR;
    Element *e = element_of(self);
    slot_init(t, &e->head, &e->tag, tag);
    if (attrib != V_NULL) slot_init(t, &e->head, &e->attrib, attrib);
    return self;
}

// The attributes of a new element, a dict of its own, from an optional dict and the keywords of a call, one of which may be
// `attrib` when there is no dict; V_NULL: none.
static V attrib_given(Thread *t, V given, V kwnames, const V *values) {
    size_t n = kwnames == V_NULL ? 0 : tuple_len(kwnames), taken = n;
    for (size_t i = 0; given == V_NULL && i < n; i++) {
        if (!str_equal_ascii(tuple_borrow(kwnames, i), "attrib")) continue;
        if (!v_is_dict(values[i])) return err_set(t, &exc_TypeError, "attrib must be dict, not %.100T", values[i]);
        given = values[taken = i];
    }
    if (given == V_NULL && n == 0) return V_NULL;
    V all = given == V_NULL ? dict_new(t) : dict_copy(t, given);
    for (size_t i = 0; i < n && !v_is_error(all); i++) {
        if (i == taken || dict_set(t, all, tuple_borrow(kwnames, i), values[i]) == 0) continue;
        v_drop(t, all);
        all = V_ERROR;
    }
    return all;
}

static int check_count(Thread *t, const char *name, size_t nargs, size_t min) {
    if (nargs >= min && nargs <= min + 1) return 0;
    size_t bound = nargs < min ? min : min + 1;
    err_set(t, &exc_TypeError, "%s() takes at %s %zu argument%s (%zu given)", name, nargs < min ? "least" : "most", bound, bound == 1 ? "" : "s", nargs);
    return -1;
}
static int check_dict(Thread *t, const char *name, const char *what, V v) {
    if (v_is_dict(v)) return 0;
    err_bad_argument(t, name, what, "dict", v);
    return -1;
}

static int init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (check_count(t, "Element", nargs, 1) < 0 || (nargs > 1 && check_dict(t, "Element", "argument 2", args[1]) < 0)) return -1;
    V attrib = attrib_given(t, nargs > 1 ? args[1] : V_NULL, kwnames, args + nargs);
    if (v_is_error(attrib)) return -1;
    Element *e = element_of(self);
    slot_set(t, &e->head, &e->tag, args[0]);
    slot_set(t, &e->head, &e->text, V_NONE);
    slot_set(t, &e->head, &e->tail, V_NONE);
    if (attrib != V_NULL) slot_set_steal(t, &e->head, &e->attrib, attrib);
    return 0;
}

NATIVE(elementtree_SubElement) { // parent, tag, attrib={}, **extra
    (void)self;
    if (check_count(t, "SubElement", nargs, 2) < 0) return V_ERROR;
    if (!element_is(args[0])) return err_bad_argument(t, "SubElement", "argument 1", element_type.name, args[0]);
    if (nargs > 2 && check_dict(t, "SubElement", "argument 3", args[2]) < 0) return V_ERROR;
    V attrib = attrib_given(t, nargs > 2 ? args[2] : V_NULL, kwnames, args + nargs);
    V child = v_is_error(attrib) ? V_ERROR : element_new(t, args[1], attrib);
    v_drop(t, attrib);
    if (!v_is_error(child) && element_append(t, args[0], child) == 0) return child;
    v_drop(t, child);
    return V_ERROR;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Element *e = (Element *)o;
    VISIT(e->tag);
    VISIT(e->text);
    VISIT(e->tail);
    VISIT(e->attrib);
    VISIT(e->children);
}

// ---- attributes ---------------------------------------------------------------------------------------------------------
V element_attrib(Thread *t, V self) {
    Element *e = element_of(self);
    V attrib = slot_get(&e->head, &e->attrib);
    if (attrib != V_NULL) return attrib;
    CRITICAL(t, &e->head);
    attrib = slot_get(&e->head, &e->attrib);
    if (attrib != V_NULL) return attrib;
    attrib = dict_new(t);
    if (!v_is_error(attrib)) slot_set(t, &e->head, &e->attrib, attrib);
    return attrib;
}
// The same for those who need a dict; V_NULL when there is none and make is false.
static V attrib_dict(Thread *t, V self, bool make) {
    V attrib = make ? element_attrib(t, self) : slot_get(v_obj(self), &element_of(self)->attrib);
    if (attrib == V_NULL || v_is_error(attrib) || likely(v_is_dict(attrib))) return attrib;
    err_set(t, &exc_TypeError, "attrib must be dict, not %.200T", attrib); // __setstate__ takes anything
    v_drop(t, attrib);
    return V_ERROR;
}

enum { ATTR_TAG = offsetof(Element, tag), ATTR_TEXT = offsetof(Element, text), ATTR_TAIL = offsetof(Element, tail) };
static Slot *slot_at(V self, void *closure) { return (Slot *)(void *)((char *)v_obj(self) + (intptr_t)closure); }
static V get_slot(Thread *t, V self, void *closure) {
    (void)t;
    return slot_get(v_obj(self), slot_at(self, closure));
}
static int not_deleted(Thread *t, V value) {
    if (value != V_NULL) return 0;
    err_set(t, &exc_AttributeError, "can't delete element attribute");
    return -1;
}
static int set_slot(Thread *t, V self, V value, void *closure) {
    if (not_deleted(t, value) < 0) return -1;
    slot_set(t, v_obj(self), slot_at(self, closure), value);
    return 0;
}
static V get_attrib(Thread *t, V self, void *closure) {
    (void)closure;
    return element_attrib(t, self);
}
static int set_attrib(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (not_deleted(t, value) < 0) return -1;
    if (!v_is_dict(value)) {
        err_set(t, &exc_TypeError, "attrib must be dict, not %.200T", value);
        return -1;
    }
    slot_set(t, v_obj(self), &element_of(self)->attrib, value);
    return 0;
}

static NATIVE(m_get) { // key, default=None
    UNUSED_NATIVE();
    V fallback = args[1] == V_NULL ? V_NONE : args[1], attrib = attrib_dict(t, self, false);
    if (v_is_error(attrib)) return V_ERROR;
    V value = attrib == V_NULL ? V_NULL : dict_get(t, attrib, args[0]);
    v_drop(t, attrib);
    return value == V_NULL ? v_dup(fallback) : value;
}
static NATIVE(m_set) { // key, value
    UNUSED_NATIVE();
    V attrib = attrib_dict(t, self, true);
    if (v_is_error(attrib)) return V_ERROR;
    int r = dict_set(t, attrib, args[0], args[1]);
    v_drop(t, attrib);
    return r < 0 ? V_ERROR : V_NONE;
}
static V list_of_attrib(Thread *t, V self, V (*list)(Thread *, V)) {
    V attrib = attrib_dict(t, self, false);
    if (attrib == V_NULL) return list_new(t, 0);
    V result = v_is_error(attrib) ? V_ERROR : list(t, attrib);
    v_drop(t, attrib);
    return result;
}
static NATIVE(m_keys) {
    UNUSED_NATIVE();
    return list_of_attrib(t, self, dict_keys_list);
}
static NATIVE(m_items) {
    UNUSED_NATIVE();
    return list_of_attrib(t, self, dict_items_list);
}

// ---- the rest -------------------------------------------------------------------------------------------------------------
static V repr(Thread *t, V self) {
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : err_set(t, &exc_RuntimeError, "reentrant call inside %T.__repr__", self);
    V tag = slot_get(v_obj(self), &element_of(self)->tag);
    V result = str_from_format(t, "<Element %R at %p>", tag, (void *)v_obj(self));
    v_drop(t, tag);
    obj_repr_leave(t, self);
    return result;
}

static NATIVE(m_clear) {
    UNUSED_NATIVE();
    Element *e = element_of(self);
    slot_clear(t, &e->head, &e->attrib);
    slot_clear(t, &e->head, &e->children);
    slot_set(t, &e->head, &e->text, V_NONE);
    slot_set(t, &e->head, &e->tail, V_NONE);
    return V_NONE;
}

static NATIVE(m_makeelement) { // tag, attrib
    UNUSED_NATIVE();
    if (check_dict(t, "makeelement", "argument 2", args[1]) < 0) return V_ERROR;
    V attrib = dict_copy(t, args[1]);
    V result = v_is_error(attrib) ? V_ERROR : element_new(t, args[0], attrib);
    v_drop(t, attrib);
    return result;
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    return int_from_size(t, v_type(self)->size + element_children_size(self));
}

static const Method methods[] = {
    {"clear", m_clear, "", LOCK_NONE, 0, "Takes away attributes, children, text and tail."},
    {"get", m_get, "key, default=None", LOCK_NONE, 0, "The value of an attribute."},
    {"set", m_set, "key, value, /", LOCK_NONE, 0, "Gives an attribute a value."},
    {"find", element_m_find, "path, namespaces=None", LOCK_NONE, 0, "The first element that a tag or path leads to, or None."},
    {"findtext", element_m_findtext, "path, default=None, namespaces=None", LOCK_NONE, 0, "The text of the first element that a tag or path leads to."},
    {"findall", element_m_findall, "path, namespaces=None", LOCK_NONE, 0, "A list of the elements that a tag or path leads to."},
    {"append", element_m_append, "subelement, /", LOCK_NONE, 0, "Adds a child behind the others."},
    {"extend", element_m_extend, "elements, /", LOCK_NONE, 0, "Adds the elements of a sequence behind the other children."},
    {"insert", element_m_insert, "index, subelement, /", LOCK_NONE, 0, "Puts a child in front of the one at index."},
    {"remove", element_m_remove, "subelement, /", LOCK_NONE, 0, "Takes a child out.\n\nWhen it is none, ValueError."},
    {"iter", element_m_iter, "tag=None", LOCK_NONE, 0, "An iterator over the element and all below it, in document order."},
    {"itertext", element_m_itertext, "", LOCK_NONE, 0, "An iterator over the texts in the element, in document order."},
    {"iterfind", element_m_iterfind, "path, namespaces=None", LOCK_NONE, 0, "An iterator over the elements that a tag or path leads to."},
    {"items", m_items, "", LOCK_NONE, 0, "A list of the attributes as pairs."},
    {"keys", m_keys, "", LOCK_NONE, 0, "A list of the attributes' names."},
    {"makeelement", m_makeelement, "tag, attrib, /", LOCK_NONE, 0, "A new element."},
    {"__copy__", element_m_copy, "", LOCK_NONE, 0, "A new element with the same attributes and children."},
    {"__deepcopy__", element_m_deepcopy, "memo, /", LOCK_NONE, 0, "A copy of the element and all below it."},
    {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Bytes of memory in use, without what it refers to."},
    {"__getstate__", element_m_getstate, "", LOCK_NONE, 0, "What is pickled: a dict."},
    {"__setstate__", element_m_setstate, "state, /", LOCK_NONE, 0, "Takes over what __getstate__ gave."},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"tag", get_slot, set_slot, "The element's name.", (void *)ATTR_TAG},
    {"text", get_slot, set_slot, "The text in front of the first child, or None.", (void *)ATTR_TEXT},
    {"tail", get_slot, set_slot, "The text behind the element, or None.", (void *)ATTR_TAIL},
    {"attrib", get_attrib, set_attrib, "The attributes: a dict.", NULL},
    {0},
};
Type element_type = {
    TYPE_HEAD("xml.etree.ElementTree.Element"), .size = sizeof(Element), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .traverse = traverse, .new_ = new_bare, .init = init, .repr = repr, .len = element_len, .item = element_item,
    .subscript = element_subscript, .set_subscript = element_set_subscript, .methods = methods, .getsets = getsets,
};
