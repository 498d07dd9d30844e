// SPDX-License-Identifier: MIT
// list as programs see it: the type, its slots and its methods.
#include "list_private.h"
#include "object/plain.h"
#include "runtime/runtime.h"
#include "threading/poll.h"

// ---- birth and death ---------------------------------------------------------------------------------------------------
static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return type == &list_type ? list_with_capacity(t, 0) : type_alloc(t, type, 0);
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V iterable;
    if (v_type(self) != &list_type && v_type(self)->new_ != list_type.new_) kwnames = V_NULL;
    if (args_bind(t, "list", "iterable=(), /", args, nargs, kwnames, &iterable) < 0) return -1;
    if (at_load_relaxed(&list_of(self)->items)) list_clear(t, self);
    return iterable == V_NULL ? 0 : list_extend(t, self, iterable);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    List *l = (List *)o;
    for (size_t i = 0; i < l->len; i++) VISIT(l->items->slots[i]);
}

static void free_items(Thread *t, Obj *o) {
    if (((List *)o)->items) mem_release(t, o, ((List *)o)->items);
}

// Items go last to first, as CPython's do: finalizers show it.
static void destroy(Thread *t, Obj *o) {
    List *l = (List *)o;
    for (size_t i = l->len; i-- > 0;) v_drop(t, l->items->slots[i].bits);
    free_items(t, o);
    obj_free_memory(t, o);
}

// ---- reading -----------------------------------------------------------------------------------------------------------
static ptrdiff_t length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)list_len(self);
}

static V item(Thread *t, V self, ptrdiff_t i) {
    V v = list_get(t, self, (size_t)i);
    return likely(v != V_NULL) ? v : err_set(t, &exc_IndexError, "list index out of range");
}

static V subscript_slice(Thread *t, V self, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return V_ERROR;
    List *l = list_of(self);
    CRITICAL(t, &l->head);
    ptrdiff_t n = slice_adjust((ptrdiff_t)l->len, &start, &stop, step);
    if (step == 1 || n <= 0) return list_slice(t, self, start, n <= 0 ? start : stop);
    if (!obj_is_shared(&l->head)) {
        V part = list_alloc_unset(t, (size_t)n);
        if (v_is_error(part)) return V_ERROR;
        Slot *to = list_of(part)->items->slots, *from = l->items->slots + start;
        for (ptrdiff_t i = 0; i < n; i++) list_copy_slots(&to[i], &from[i * step], 1);
        return part;
    }
    V part = list_with_capacity(t, (size_t)n);
    if (v_is_error(part)) return V_ERROR;
    for (ptrdiff_t i = 0; i < n; i++)
        list_init_steal(t, part, (size_t)i, slot_get(&l->head, &l->items->slots[start + i * step]));
    list_of(part)->len = (size_t)n;
    return part;
}

// Of a SHARED list: i and the length belong to one moment.
static NOINLINE V item_from_end(Thread *t, V self, ptrdiff_t i) {
    List *l = list_of(self);
    ListView view;
    if (list_look(l, &view)) {
        size_t at = view.n + (size_t)i;
        V v = at < view.n ? slot_get(&l->head, &view.items->slots[at]) : V_NULL;
        if (likely(v != V_NULL && list_unchanged(l, &view))) return v;
    }
    CRITICAL(t, &l->head);
    return item(t, self, i + (ptrdiff_t)l->len);
}

static V subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    if (likely(v_is_int(key))) {
        i = v_int(key);
    } else if (v_is_exact(key, &slice_type)) {
        return subscript_slice(t, self, key);
    } else if (v_is_any_int(key) || v_type(key)->index) {
        if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
    } else {
        return err_set(t, &exc_TypeError, "list indices must be integers or slices, not %T", key);
    }
    if (i < 0) {
        if (unlikely(obj_is_shared(v_obj(self)))) return item_from_end(t, self, i);
        i += (ptrdiff_t)list_len(self);
    }
    return item(t, self, i);
}

// The first position from i on, below stop, of something that equals value or has to be asked; stop or the length.
static inline size_t skip_unequal(List *l, V value, size_t i, size_t stop, int *equal) {
    *equal = 0;
    for (; i < stop; i++) {
        if (i >= at_load_acquire(&l->len)) break;
        ListItems *items = at_load_acquire(&l->items);
        V v = items && i < items->capacity ? slot_peek(&items->slots[i]) : V_NULL;
        if (v == V_NULL) break;
        if ((*equal = equal_quick(v, value)) != 0) break;
    }
    return i;
}

// Position of value in [start, stop); -1 missing, -2 error.
static ptrdiff_t find_here(Thread *t, V self, V value, ptrdiff_t start, ptrdiff_t stop) {
    for (ptrdiff_t i = start; i < stop; i++) {
        int equal;
        i = (ptrdiff_t)skip_unequal(list_of(self), value, (size_t)i, (size_t)stop, &equal);
        if (equal > 0) return i;
        if (equal == 0) break;
        V v = list_get(t, self, (size_t)i);
        if (v == V_NULL) break;
        equal = obj_compare_bool(t, v, value, CMP_EQ);
        v_drop(t, v);
        if (equal) return equal < 0 ? -2 : i;
    }
    return -1;
}

// How often value is there from i on, added to count; -1, -2 error.
static ptrdiff_t count_here(Thread *t, V self, V value, ptrdiff_t i, int64_t *count) {
    while ((i = find_here(t, self, value, i, PTRDIFF_MAX)) >= 0) {
        i++;
        ++*count;
    }
    return i;
}

// A bound as index() takes it.
static inline ptrdiff_t bound(ptrdiff_t i, size_t n) { return i >= 0 ? i : i + (ptrdiff_t)n < 0 ? 0 : i + (ptrdiff_t)n; }

static NOINLINE ptrdiff_t find_locked(Thread *t, V self, V value, ptrdiff_t start, ptrdiff_t stop, int64_t *count) {
    CRITICAL(t, v_obj(self));
    if (count) return count_here(t, self, value, start, count);
    return find_here(t, self, value, bound(start, list_len(self)), bound(stop, list_len(self)));
}

// In a SHARED list at one moment, unless comparing runs Python; with count, from start to the end, how often.  It takes the lock only when others change the list.
static NOINLINE ptrdiff_t find_shared(Thread *t, V self, V value, ptrdiff_t start, ptrdiff_t stop, int64_t *count) {
    const List *l = list_of(self);
    ptrdiff_t first = start, last = stop;
    int64_t found = 0;
    ListView view;
    if (!list_look(l, &view)) return find_locked(t, self, value, first, last, count);
    stop = bound(stop, view.n);
    size_t end = (size_t)stop < view.n ? (size_t)stop : view.n;
    for (size_t i = (size_t)bound(start, view.n); i < end; i++) {
        V v = slot_get(&l->head, &view.items->slots[i]);
        int equal = v == V_NULL ? -1 : equal_quick(v, value);
        if (equal == 0) continue;
        if (!list_unchanged(l, &view) || v == V_NULL) break;
        if (equal < 0 && (equal = obj_compare_bool(t, v, value, CMP_EQ)) < 0) return -2;
        if (equal && !count) return (ptrdiff_t)i;
        found += equal;
        if (list_unchanged(l, &view)) continue;
        if (obj_compares_quietly(v) && obj_compares_quietly(value)) break;
        if (count) *count = found;
        return find_locked(t, self, value, (ptrdiff_t)i + 1, stop, count);
    }
    if (!list_unchanged(l, &view)) return find_locked(t, self, value, first, last, count);
    if (count) *count = found;
    return -1;
}

static inline ptrdiff_t find(Thread *t, V self, V value, ptrdiff_t start, ptrdiff_t stop) {
    if (unlikely(obj_is_shared(v_obj(self)))) return find_shared(t, self, value, start, stop, NULL);
    if (unlikely(start < 0)) start = bound(start, list_len(self));
    if (unlikely(stop < 0)) stop = bound(stop, list_len(self));
    return find_here(t, self, value, start, stop);
}

static int contains(Thread *t, V self, V value) {
    ptrdiff_t i = find(t, self, value, 0, PTRDIFF_MAX);
    return i == -2 ? -1 : i >= 0;
}

// How many items at the beginning of both are equal without asking them.
static size_t equal_prefix(V a, V b) {
    List *x = list_of(a), *y = list_of(b);
    size_t n = x->len < y->len ? x->len : y->len, i = 0;
    while (i < n && equal_quick(x->items->slots[i].bits, y->items->slots[i].bits) == 1) i++;
    return i;
}

// The answer when a and b differ in length only, as far as that goes.
static V compare_lengths(size_t n, size_t m, int op) { return v_from_bool(cmp_holds((int64_t)n, (int64_t)m, op)); }

// The items before i are equal.
static V compare_from(Thread *t, V a, V b, int op, size_t i) {
    V result = V_ERROR, x = V_NULL, y = V_NULL;
    for (;; i++) { // both may change while items are compared
        x = list_get(t, a, i);
        y = list_get(t, b, i);
        if (x == V_NULL || y == V_NULL) break;
        int equal = obj_compare_bool(t, x, y, CMP_EQ);
        if (equal < 0) goto done;
        if (!equal) break;
        v_drop(t, x);
        v_drop(t, y);
    }
    if (x != V_NULL && y != V_NULL && i < list_len(a) && i < list_len(b)) // else comparing took the pair away
        result = op == CMP_EQ ? V_FALSE : op == CMP_NE ? V_TRUE : obj_compare(t, x, y, op);
    else result = compare_lengths(list_len(a), list_len(b), op);
done:
    v_drop(t, x);
    v_drop(t, y);
    return result;
}

static bool both_unchanged(const List *x, const ListView *u, const List *y, const ListView *w) {
    return list_unchanged(x, u) && list_unchanged(y, w) && at_load_relaxed(&x->len) == u->n && at_load_relaxed(&y->len) == w->n;
}

// Where from k on, below n, the first two items stand that are not equal without asking them.
static size_t skip_equal(const ListView *u, const ListView *w, size_t k, size_t n) {
    for (; k < n; k++) {
        V p = slot_peek(&u->items->slots[k]), q = slot_peek(&w->items->slots[k]);
        if (p == V_NULL || q == V_NULL || equal_quick(p, q) != 1) break;
    }
    return k;
}

// One of the two is SHARED: at one moment of both, unless comparing runs Python, as find_shared.
static V compare_shared(Thread *t, V a, V b, int op) {
    const List *x = list_of(a), *y = list_of(b);
    bool equality = op == CMP_EQ || op == CMP_NE;
    ListView u, w;
    size_t from = 0; // those before it are equal
    bool still = list_look(x, &u) && list_look(y, &w);
    for (size_t k = 0; still; k++) {
        size_t n = equality && u.n != w.n ? 0 : u.n < w.n ? u.n : w.n;
        k = skip_equal(&u, &w, k, n);
        V p = k < n ? slot_get(&x->head, &u.items->slots[k]) : V_NULL, q = k < n ? slot_get(&y->head, &w.items->slots[k]) : V_NULL;
        V result = V_NULL;
        still = both_unchanged(x, &u, y, &w);
        if (still && k == n) {
            result = compare_lengths(u.n, w.n, op);
        } else if (still) {
            int equal = obj_compare_bool(t, p, q, CMP_EQ);
            still = both_unchanged(x, &u, y, &w);
            bool quiet = obj_compares_quietly(p) && obj_compares_quietly(q);
            if (equal < 0) result = V_ERROR;
            else if (!equal && !quiet && (k >= list_len(a) || k >= list_len(b))) result = compare_lengths(list_len(a), list_len(b), op);
            else if (!equal) result = equality ? v_from_bool(op == CMP_NE) : obj_compare(t, p, q, op);
            else if (!quiet) from = k + 1;
        }
        v_drop(t, p);
        v_drop(t, q);
        if (result != V_NULL) return result;
    }
    CRITICAL2(t, v_obj(a), v_obj(b));
    if (from == 0 && equality && list_len(a) != list_len(b)) return v_from_bool(op == CMP_NE);
    return compare_from(t, a, b, op, from);
}

static V compare(Thread *t, V a, V b, int op) {
    if (!v_is_list(a) || !v_is_list(b)) return V_NOT_IMPLEMENTED;
    if (v_is(a, b)) return v_from_bool(cmp_holds_for_same(op));
    bool shared = obj_either_shared(v_obj(a), v_obj(b));
    if (!shared && list_len(a) != list_len(b) && (op == CMP_EQ || op == CMP_NE)) return v_from_bool(op == CMP_NE);
    if (recursion_enter(t, " in comparison") < 0) return V_ERROR;
    V result = unlikely(shared) ? compare_shared(t, a, b, op) : compare_from(t, a, b, op, equal_prefix(a, b));
    recursion_leave(t);
    return result;
}

// Of a SHARED list its items of one moment are shown, of another as it goes on: __repr__ may change it.
static V repr_items(Thread *t, V self) {
    StrBuilder b;
    sb_init(&b, t);
    sb_char(&b, '[');
    for (size_t i = 0, steps = 0;; i++) {
        V v = list_get(t, self, i);
        if (v == V_NULL) break;
        V text = poll_step_apart(t, &steps) < 0 ? V_ERROR : obj_repr(t, v);
        v_drop(t, v);
        if (v_is_error(text)) {
            sb_abandon(&b);
            return V_ERROR;
        }
        if (i) sb_ascii(&b, ", ", 2);
        sb_str(&b, text);
        v_drop(t, text);
    }
    sb_char(&b, ']');
    return sb_finish(&b);
}

static V repr(Thread *t, V self) {
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "[...]");
    V items = unlikely(obj_is_shared(v_obj(self))) ? list_copy(t, self) : v_dup(self);
    V result = v_is_error(items) ? V_ERROR : repr_items(t, items);
    v_drop(t, items);
    obj_repr_leave(t, self);
    return result;
}

// ---- writing -----------------------------------------------------------------------------------------------------------
static int delete_strided(Thread *t, V self, ptrdiff_t start, ptrdiff_t step, ptrdiff_t n) {
    List *l = list_of(self);
    if (step < 0) {
        start += step * (n - 1);
        step = -step;
    }
    V doomed = list_with_capacity(t, (size_t)n);
    if (v_is_error(doomed)) return -1;
    // What stays moves down; what goes, with its counts, into a list of its own.
    list_change_begins(l);
    Slot *s = l->items->slots, *out = list_of(doomed)->items->slots;
    size_t len = l->len, to = (size_t)start, gone = 0;
    for (size_t i = (size_t)start; i < len; i++) {
        V v = slot_peek(&s[i]);
        if (gone < (size_t)n && i == (size_t)start + gone * (size_t)step) slot_init_steal(t, v_obj(doomed), &out[gone++], v);
        else at_store_release(&s[to++].bits, v);
    }
    list_of(doomed)->len = (size_t)n;
    at_store_release(&l->len, to);
    for (size_t i = to; i < len; i++) at_store_release(&s[i].bits, V_NULL);
    list_change_ends(l);
    for (size_t i = 0; i < (size_t)n; i++) slot_clear(t, v_obj(doomed), &out[i]);
    v_drop(t, doomed);
    return 0;
}

static int delete_slice(Thread *t, V self, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    List *l = list_of(self);
    CRITICAL(t, &l->head);
    ptrdiff_t n = slice_adjust((ptrdiff_t)l->len, &start, &stop, step);
    if (n <= 0) return 0;
    if (step == 1) return list_splice_lock_held(t, l, (size_t)start, (size_t)n, NULL, 0);
    return delete_strided(t, self, start, step, n);
}

static int assign_strided(Thread *t, V self, V slice, V values) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    List *l = list_of(self);
    CRITICAL(t, &l->head);
    ptrdiff_t n = slice_adjust((ptrdiff_t)l->len, &start, &stop, step);
    if ((ptrdiff_t)tuple_len(values) != n) {
        err_set(t, &exc_ValueError, "attempt to assign sequence of size %zu to extended slice of size %zd", tuple_len(values), n);
        return -1;
    }
    list_change_begins(l);
    for (ptrdiff_t i = 0; i < n; i++)
        slot_set_steal(t, &l->head, &l->items->slots[start + i * step], tuple_get(values, (size_t)i));
    list_change_ends(l);
    return 0;
}

static int assign_slice(Thread *t, V self, V slice, V value) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    if (step == 1) {
        // Iterating value may change the list; its length is measured before, as in CPython, unless other threads count.
        if (!obj_is_shared(v_obj(self))) slice_adjust((ptrdiff_t)list_len(self), &start, &stop, step);
        return list_set_slice(t, self, start, stop, value);
    }
    if (!v_type(value)->iter && !obj_is_sequence(value)) {
        err_set(t, &exc_TypeError, "must assign iterable to extended slice");
        return -1;
    }
    V values = obj_to_tuple(t, value);
    if (v_is_error(values)) return -1;
    int r = assign_strided(t, self, slice, values);
    v_drop(t, values);
    return r;
}

static int set_subscript(Thread *t, V self, V key, V value) {
    if (v_is_exact(key, &slice_type)) return value == V_NULL ? delete_slice(t, self, key) : assign_slice(t, self, key, value);
    ptrdiff_t i;
    if (likely(v_is_int(key))) {
        i = v_int(key);
    } else if (v_is_any_int(key) || v_type(key)->index) {
        if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return -1;
    } else {
        err_set(t, &exc_TypeError, "list indices must be integers or slices, not %T", key);
        return -1;
    }
    List *l = list_of(self);
    CRITICAL(t, &l->head);
    if (i < 0) i += (ptrdiff_t)l->len;
    if (unlikely((size_t)i >= l->len)) {
        err_set(t, &exc_IndexError, "list assignment index out of range");
        return -1;
    }
    if (value == V_NULL) return list_splice_lock_held(t, l, (size_t)i, 1, NULL, 0);
    list_change_begins(l);
    slot_set(t, &l->head, &l->items->slots[i], value);
    list_change_ends(l);
    return 0;
}

static V concat_in_place(Thread *t, V self, V other) { return list_extend(t, self, other) < 0 ? V_ERROR : v_dup(self); }

// ---- methods -----------------------------------------------------------------------------------------------------------
static V none_or_error(int r) { return r < 0 ? V_ERROR : V_NONE; }

static NATIVE(m_getitem) {
    UNUSED_NATIVE();
    return subscript(t, self, args[0]);
}
static NATIVE(m_append) {
    UNUSED_NATIVE();
    return none_or_error(list_append(t, self, args[0]));
}
static NATIVE(m_clear) {
    UNUSED_NATIVE();
    return none_or_error(list_clear(t, self));
}
static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return list_copy(t, self);
}
static NATIVE(m_extend) {
    UNUSED_NATIVE();
    return none_or_error(list_extend(t, self, args[0]));
}
static NATIVE(m_insert) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0) return V_ERROR;
    return none_or_error(list_insert(t, self, i, args[1]));
}
static NATIVE(m_pop) {
    UNUSED_NATIVE();
    ptrdiff_t i = -1;
    if (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0) return V_ERROR;
    return list_pop(t, self, i);
}
static NATIVE(m_reverse) {
    UNUSED_NATIVE();
    return none_or_error(list_reverse(t, self));
}
static NATIVE(m_reversed) {
    UNUSED_NATIVE();
    return list_reverse_iter_new(t, self);
}

static NATIVE(m_index) {
    UNUSED_NATIVE();
    ptrdiff_t start = 0, stop = PTRDIFF_MAX;
    if (args[1] != V_NULL && slice_index_not_none(t, args[1], &start) < 0) return V_ERROR;
    if (args[2] != V_NULL && slice_index_not_none(t, args[2], &stop) < 0) return V_ERROR;
    ptrdiff_t i = find(t, self, args[0], start, stop);
    if (i >= 0) return v_from_int(i);
    return i == -2 ? V_ERROR : err_set(t, &exc_ValueError, "%R is not in list", args[0]);
}

static NATIVE(m_count) {
    UNUSED_NATIVE();
    int64_t count = 0;
    bool shared = obj_is_shared(v_obj(self));
    ptrdiff_t r = shared ? find_shared(t, self, args[0], 0, PTRDIFF_MAX, &count) : count_here(t, self, args[0], 0, &count);
    return r == -2 ? V_ERROR : v_from_int(count);
}

static NATIVE(m_remove) {
    UNUSED_NATIVE();
    ptrdiff_t i = find(t, self, args[0], 0, PTRDIFF_MAX);
    if (i == -2) return V_ERROR;
    if (i == -1) return err_set(t, &exc_ValueError, "list.remove(x): x not in list");
    List *l = list_of(self);
    CRITICAL(t, &l->head); // comparing may have made it SHARED
    if ((size_t)i < l->len && list_splice_lock_held(t, l, (size_t)i, 1, NULL, 0) < 0) return V_ERROR;
    return V_NONE;
}

static NATIVE(m_sort) {
    UNUSED_NATIVE();
    int reverse = 0;
    if (args[1] != V_NULL && num_as_int(t, args[1], &reverse) < 0) return V_ERROR;
    return none_or_error(list_sort(t, self, args[0] == V_NULL ? V_NONE : args[0], reverse != 0));
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    ListItems *items = at_load_acquire(&list_of(self)->items);
    return int_from_size(t, v_type(self)->size + (items ? sizeof *items + items->capacity * sizeof(Slot) : 0));
}

static const Method methods[] = {
    {"__getitem__", m_getitem, "object, /", LOCK_NONE, M_COEXIST, "The value of self[y]."},
    {"__reversed__", m_reversed, "", LOCK_NONE, 0, "The items from the last to the first."},
    {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Bytes of memory in use, without the items."},
    {"clear", m_clear, "", LOCK_NONE, 0, "Takes all items out."},
    {"copy", m_copy, "", LOCK_NONE, 0, "Another list with the same items."},
    {"append", m_append, "object, /", LOCK_NONE, 0, "Adds an item at the end."},
    {"insert", m_insert, "index, object, /", LOCK_NONE, 0, "Puts an item in front of the one at index."},
    {"extend", m_extend, "iterable, /", LOCK_NONE, 0, "Adds all items of an iterable at the end."},
    {"pop", m_pop, "index=-1, /", LOCK_NONE, 0,
     "Takes out the item at index, without one the last, and gives it.\n\nWhere there is none, IndexError."},
    {"remove", m_remove, "value, /", LOCK_SELF, 0,
     "Takes out the first item that equals value.\n\nWhen there is none, ValueError."},
    {"index", m_index, "value, start=0, stop=9223372036854775807, /", LOCK_NONE, 0,
     "The position of the first item that equals value.\n\nWhen there is none, ValueError."},
    {"count", m_count, "value, /", LOCK_NONE, 0, "How many items equal value."},
    {"reverse", m_reverse, "", LOCK_NONE, 0, "Reverse *IN PLACE*."},
    {"sort", m_sort, "*, key=None, reverse=False", LOCK_NONE, 0,
     "Puts the items of the list itself in order, smallest first; gives None.\n\n"
     "Equal items stay as they stand to each other.  With a key function, items are ordered by what\n"
     "it gives for them; it is called once for each.  With reverse, the largest come first."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "See PEP 585"},
    METHOD_END,
};

Type list_type = {
    TYPE_HEAD("list"), .getattr = obj_generic_getattr,
    .doc = "A sequence that can be changed, empty or with the items of an iterable.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_LIST | TYPE_SEQUENCE | TYPE_ITEM_SELF,
    .size = sizeof(List), .traverse = traverse, .free_ = free_items, .destroy = destroy, .text_signature = "(iterable=(), /)",
    .new_ = type_new, .init = type_init, .repr = repr, .compare = compare, .hash = obj_hash_unhashable, .iter = list_iter_new,
    .len = length, .subscript = subscript, .set_subscript = set_subscript, .item = item, .contains = contains,
    .concat = list_concat, .repeat = list_repeat, .iconcat = concat_in_place, .irepeat = list_repeat_in_place,
    .methods = methods,
};
