// SPDX-License-Identifier: MIT
// collections.deque: a ring of slots, and its iterators.
//
// Changes are made under the deque's lock and count `state` up twice, so that it is odd meanwhile; an iterator that finds
// another state than it began with complains.  Who only looks at an item of a SHARED deque takes no lock (glance): stores
// release and its loads acquire, so whoever sees anything of a change finds another state afterwards, and then takes the lock.
#include "object/misc.h"
#include "object/plain.h"
#include "object/quick.h"
#include "threading/poll.h"

typedef struct Ring {
    size_t mask; // cells are a power of two: mask + 1.  Const after init
    Slot cells[];
} Ring;

typedef struct Deque {
    Obj head;
    Ring *ring;       // NULL while nothing was ever put in.  This and the next four: atomic; written under self->lock
    size_t first;     // index of the leftmost item, masked
    size_t len;
    size_t state;     // odd while a change is being made
    ptrdiff_t maxlen; // -1: none
} Deque;
static Deque *of(V v) { return (Deque *)v_obj(v); }
static inline Slot *cell(const Deque *d, size_t i) { return &d->ring->cells[(d->first + i) & d->ring->mask]; }
static inline size_t length_of(const Deque *d) { return at_load_relaxed(&d->len); }
static inline size_t room_of(const Deque *d) { return d->ring ? d->ring->mask + 1 : 0; }

static COLD V mutated(Thread *t) { return err_set(t, &exc_RuntimeError, "deque mutated during iteration"); }

// Around every change.
static inline void change_begins(Deque *d) { at_store_relaxed(&d->state, d->state + 1); }
static inline void change_ends(Deque *d) { at_store_release(&d->state, d->state + 1); }

// ---- the ring (all with the lock) --------------------------------------------------------------------------------------
static inline void set_length(Deque *d, size_t len) { at_store_release(&d->len, len); }
enum { TO_LEFT = -1, TO_RIGHT = 1 }; // where the first item will be
static inline void turn(Deque *d, int by) { at_store_release(&d->first, (d->first + (size_t)by) & d->ring->mask); }

static int grow(Thread *t, Deque *d) {
    size_t capacity = d->ring ? room_of(d) * 2 : 8;
    Ring *ring = mem_calloc(t, 1, sizeof *ring + capacity * sizeof(Slot)), *old = d->ring;
    if (!ring) {
        err_no_memory(t);
        return -1;
    }
    ring->mask = capacity - 1;
    for (size_t i = 0; i < d->len; i++) ring->cells[i].bits = slot_peek(cell(d, i));
    at_store_release(&d->ring, ring);
    at_store_release(&d->first, (size_t)0);
    if (old) mem_release(t, &d->head, old);
    return 0;
}

static V take_left(Deque *d) {
    change_begins(d);
    V v = slot_take(&d->head, cell(d, 0));
    turn(d, TO_RIGHT);
    set_length(d, d->len - 1);
    change_ends(d);
    return v;
}

static V take_right(Deque *d) {
    change_begins(d);
    V v = slot_take(&d->head, cell(d, d->len - 1));
    set_length(d, d->len - 1);
    change_ends(d);
    return v;
}

// Consumes v, also on failure.
static int put(Thread *t, Deque *d, V v, bool left) {
    UNSUSPENDED(t);
    section_assert(t, &d->head);
    change_begins(d);
    if (unlikely(d->len == room_of(d)) && grow(t, d) < 0) {
        change_ends(d);
        v_drop(t, v);
        return -1;
    }
    if (left) turn(d, TO_LEFT);
    slot_init_steal(t, &d->head, cell(d, left ? 0 : d->len), v);
    set_length(d, d->len + 1);
    change_ends(d);
    if (d->maxlen >= 0 && d->len > (size_t)d->maxlen) v_drop(t, left ? take_right(d) : take_left(d));
    return 0;
}
static int put_right(Thread *t, Deque *d, V v) { return put(t, d, v, false); }
static int put_left(Thread *t, Deque *d, V v) { return put(t, d, v, true); }

static void move(Slot *from, Slot *to) {
    V v = slot_peek(from);
    at_store_release(&from->bits, V_NULL);
    at_store_release(&to->bits, v);
}

static void rotate(Deque *d, ptrdiff_t n) {
    size_t len = d->len;
    if (len < 2) return;
    ptrdiff_t by = n % (ptrdiff_t)len;
    if (by < 0) by += (ptrdiff_t)len;
    if (by == 0) return;
    change_begins(d);
    if ((size_t)by <= len / 2) {
        for (; by > 0; by--) { // the last goes in front
            Slot *last = cell(d, len - 1);
            turn(d, TO_LEFT);
            move(last, cell(d, 0));
        }
    } else {
        for (by = (ptrdiff_t)len - by; by > 0; by--) {
            Slot *first = cell(d, 0);
            turn(d, TO_RIGHT);
            move(first, cell(d, len - 1));
        }
    }
    change_ends(d);
}

static void clear(Thread *t, Deque *d) {
    section_assert(t, &d->head);
    Ring *ring = d->ring;
    size_t len = d->len, first = d->first;
    change_begins(d);
    at_store_release(&d->ring, (Ring *)NULL);
    at_store_release(&d->first, (size_t)0);
    set_length(d, 0);
    change_ends(d);
    for (size_t i = 0; i < len; i++) v_drop(t, ring->cells[(first + i) & ring->mask].bits);
    if (ring) mem_release(t, &d->head, ring);
}

// ---- items -------------------------------------------------------------------------------------------------------------
// Item i, from the left or the right end, of a SHARED deque that is in this state before and after; V_NULL otherwise.
static V glance(const Deque *d, size_t state, size_t i, bool from_right) {
    if (state & 1 || at_load_acquire(&d->state) != state) return V_NULL;
    const Ring *ring = at_load_acquire(&d->ring);
    size_t len = at_load_acquire(&d->len), first = at_load_acquire(&d->first);
    if (!ring || i >= len) return V_NULL;
    V v = at_load_acquire(&ring->cells[(first + (from_right ? len - 1 - i : i)) & ring->mask].bits);
    if (at_load_relaxed(&d->state) != state) return V_NULL;
    return v_is_counted(v) ? v | V_U_TAG : v;
}

// Item i, from the left or the right end, as a stack value; V_NULL when there is none.
static ALWAYS_INLINE V get(Thread *t, Deque *d, size_t i, bool from_right) {
    if (obj_is_shared(&d->head)) {
        V v = glance(d, at_load_relaxed(&d->state), i, from_right);
        if (v != V_NULL) return v;
    }
    CRITICAL(t, &d->head);
    if (i >= d->len) return V_NULL;
    return slot_get(&d->head, cell(d, from_right ? d->len - 1 - i : i));
}

static V or_out_of_range(Thread *t, V v) {
    return v == V_NULL ? err_set(t, &exc_IndexError, "deque index out of range") : v;
}

static V item(Thread *t, V self, ptrdiff_t i) { return or_out_of_range(t, i < 0 ? V_NULL : get(t, of(self), (size_t)i, false)); }

static int index_of_key(Thread *t, V key, ptrdiff_t *i) {
    if (v_is_any_int(key) || v_type(key)->index) return num_as_ssize(t, key, &exc_IndexError, i);
    err_set(t, &exc_TypeError, "sequence index must be integer, not '%T'", key);
    return -1;
}

static V subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    if (index_of_key(t, key, &i) < 0) return V_ERROR;
    bool from_right = i < 0;
    return or_out_of_range(t, get(t, of(self), (size_t)(from_right ? -(i + 1) : i), from_right));
}

static void delete_at(Thread *t, Deque *d, size_t i) {
    rotate(d, -(ptrdiff_t)i);
    V v = take_left(d);
    rotate(d, (ptrdiff_t)i);
    v_drop(t, v);
}

static int set_subscript(Thread *t, V self, V key, V value) {
    ptrdiff_t i;
    if (index_of_key(t, key, &i) < 0) return -1;
    Deque *d = of(self);
    CRITICAL(t, &d->head);
    if (i < 0) i += (ptrdiff_t)d->len;
    if ((size_t)i >= d->len) {
        err_set(t, &exc_IndexError, "deque index out of range");
        return -1;
    }
    if (value == V_NULL) delete_at(t, d, (size_t)i);
    else slot_set(t, &d->head, cell(d, (size_t)i), value);
    return 0;
}

static ptrdiff_t length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)length_of(of(self));
}

// A bound as index() takes it.
static size_t bound(ptrdiff_t i, size_t n) { return i >= 0 ? (size_t)i : i + (ptrdiff_t)n < 0 ? 0 : (size_t)i + n; }

// Position of value in [start, stop); -1 missing, -2 error (also when comparing changes the deque).
static ptrdiff_t find_locked(Thread *t, Deque *d, V value, ptrdiff_t start, ptrdiff_t stop, int *count) {
    CRITICAL(t, &d->head);
    size_t state = at_load_relaxed(&d->state), end = bound(stop, d->len);
    for (size_t i = bound(start, d->len); i < end; i++) {
        V v = get(t, d, i, false);
        if (v == V_NULL) break;
        int equal = obj_compare_bool(t, v, value, CMP_EQ);
        v_drop(t, v);
        if (equal < 0) return -2;
        if (equal && !count) return (ptrdiff_t)i;
        if (at_load_relaxed(&d->state) != state) {
            mutated(t);
            return -2;
        }
        if (equal) ++*count;
    }
    return -1;
}

// The same in a SHARED deque without its lock; AGAIN: others change it.  reverse() leaves the state alone but not the ring.
enum { AGAIN = -3 };
static NOINLINE ptrdiff_t find_unlocked(Thread *t, const Deque *d, V value, ptrdiff_t start, ptrdiff_t stop, int *count) {
    size_t state = at_load_acquire(&d->state);
    const Ring *ring = at_load_acquire(&d->ring);
    size_t len = at_load_acquire(&d->len), first = at_load_acquire(&d->first), end = bound(stop, len);
    int found = 0;
    bool asked = false, still = !(state & 1);
    for (size_t i = bound(start, len); still && ring && i < end && i < len; i++) {
        V v = slot_get(&d->head, &ring->cells[(first + i) & ring->mask]);
        int equal = v == V_NULL ? -1 : equal_quick(v, value);
        if (equal == 0) continue;
        still = v != V_NULL && at_load_relaxed(&d->state) == state && at_load_relaxed(&d->ring) == ring;
        if (!still) break;
        if (equal < 0) {
            if ((equal = obj_compare_bool(t, v, value, CMP_EQ)) < 0) return -2;
            asked = asked || !obj_compares_quietly(v) || !obj_compares_quietly(value);
        }
        if (equal && !count) return (ptrdiff_t)i;
        found += equal;
    }
    if (still && at_load_relaxed(&d->state) == state && at_load_relaxed(&d->ring) == ring) {
        if (count) *count = found;
        return -1;
    }
    if (!asked) return AGAIN;
    mutated(t);
    return -2;
}

static inline ptrdiff_t find(Thread *t, Deque *d, V value, ptrdiff_t start, ptrdiff_t stop, int *count) {
    ptrdiff_t i = unlikely(obj_is_shared(&d->head)) ? find_unlocked(t, d, value, start, stop, count) : AGAIN;
    return likely(i == AGAIN) ? find_locked(t, d, value, start, stop, count) : i;
}

static int contains(Thread *t, V self, V value) {
    ptrdiff_t i = find(t, of(self), value, 0, PTRDIFF_MAX, NULL);
    return i == -2 ? -1 : i >= 0;
}

// ---- making -----------------------------------------------------------------------------------------------------------
// The items of one moment, when the deque itself or other threads may change what they are taken from, or see self while it
// gets them; V_NULL: they are taken one by one.
static V held_still(Thread *t, V self, V iterable) {
    if (v_is(self, iterable)) return obj_to_list(t, iterable);
    if (!v_is_object(iterable)) return V_NULL;
    bool shared = obj_is_shared(v_obj(iterable)) || obj_is_shared(v_obj(self));
    if (!shared) return V_NULL;
    if (v_is_exact(iterable, &list_type)) return list_copy(t, iterable);
    return v_is_exact(iterable, &tuple_type) ? obj_to_list(t, iterable) : obj_snapshot(t, iterable);
}

static int put_all(Thread *t, Deque *d, V list, int (*put)(Thread *, Deque *, V)) {
    CRITICAL(t, &d->head);
    for (size_t i = 0; i < list_len(list); i++) {
        if (put(t, d, list_get(t, list, i)) < 0) return -1;
    }
    return 0;
}

static int extend(Thread *t, V self, V iterable, int (*put)(Thread *, Deque *, V)) {
    V list = held_still(t, self, iterable);
    if (v_is_error(list)) return -1;
    if (list != V_NULL) {
        int r = put_all(t, of(self), list, put);
        v_drop(t, list);
        return r;
    }
    V iter = obj_iter(t, iterable);
    if (v_is_error(iter)) return -1;
    int r = 0;
    for (size_t steps = 0; r == 0;) {
        V v = obj_next(t, iter);
        if (v == V_END) break;
        if (v_is_error(v)) {
            r = -1;
        } else {
            CRITICAL(t, v_obj(self));
            r = put(t, of(self), v);
        }
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    v_drop(t, iter);
    return r;
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    V self = type_alloc(t, type, 0);
    if (!v_is_error(self)) of(self)->maxlen = -1;
    return self;
}

static int read_maxlen(Thread *t, V v, ptrdiff_t *out) {
    *out = -1;
    if (v == V_NULL || v == V_NONE) return 0;
    if (!v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "an integer is required");
        return -1;
    }
    if (num_as_ssize(t, v, &exc_OverflowError, out) < 0) return -1;
    if (*out >= 0) return 0;
    err_set(t, &exc_ValueError, "maxlen must be non-negative");
    return -1;
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[2];
    ptrdiff_t maxlen;
    if (args_bind(t, "deque", "iterable=(), maxlen=None", args, nargs, kwnames, given) < 0) return -1;
    if (read_maxlen(t, given[1], &maxlen) < 0) return -1;
    {
        CRITICAL(t, v_obj(self));
        at_store_relaxed(&of(self)->maxlen, maxlen);
        if (of(self)->len) clear(t, of(self));
    }
    return given[0] == V_NULL ? 0 : extend(t, self, given[0], put_right);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Deque *d = (Deque *)o;
    for (size_t i = 0; i < d->len; i++) visit(t, o, cell(d, i), arg);
}

static void free_ring(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Deque *)o)->ring);
}

static ptrdiff_t maxlen_of(const Deque *d) { return at_load_relaxed(&d->maxlen); }
static V maxlen_value(Thread *t, const Deque *d) {
    ptrdiff_t maxlen = maxlen_of(d);
    return maxlen < 0 ? V_NONE : int_from_i64(t, maxlen);
}

// An empty deque of the same class, by calling it: (iterable[, maxlen]).
static V same_class(Thread *t, V self, V iterable) {
    Deque *d = of(self);
    if (v_is_exact(self, &deque_type)) {
        V made = type_new(t, &deque_type, NULL, 0, V_NULL);
        if (v_is_error(made)) return V_ERROR;
        of(made)->maxlen = maxlen_of(d);
        if (iterable == V_NULL || extend(t, made, iterable, put_right) == 0) return made;
        v_drop(t, made);
        return V_ERROR;
    }
    V args[2] = {iterable == V_NULL ? tuple_empty() : iterable, maxlen_value(t, d)};
    V made = obj_call(t, v_from_type(v_type(self)), args, maxlen_of(d) < 0 ? 1 : 2, V_NULL);
    if (v_is_error(made) || type_check(t, made, &deque_type)) return made;
    err_set(t, &exc_TypeError, "%T() must return a deque, not %T", self, made);
    v_drop(t, made);
    return V_ERROR;
}

static V concat(Thread *t, V self, V other) {
    if (!type_check(t, other, &deque_type))
        return err_set(t, &exc_TypeError, "can only concatenate deque (not \"%T\") to deque", other);
    V sum = same_class(t, self, self);
    if (v_is_error(sum) || extend(t, sum, other, put_right) == 0) return sum;
    v_drop(t, sum);
    return V_ERROR;
}

static V concat_in_place(Thread *t, V self, V other) { return extend(t, self, other, put_right) < 0 ? V_ERROR : v_dup(self); }

static V repeat_in_place(Thread *t, V self, V count) {
    ptrdiff_t times;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    Deque *d = of(self);
    CRITICAL(t, &d->head);
    size_t n = d->len, total;
    if (n == 0 || times == 1) return v_dup(self);
    if (times <= 0) {
        clear(t, d);
        return v_dup(self);
    }
    if (__builtin_mul_overflow(n, (size_t)times, &total) || total > PTRDIFF_MAX / sizeof(Slot)) return err_no_memory(t);
    // With maxlen only the last items stay.
    size_t start = d->maxlen >= 0 && total > (size_t)d->maxlen + n ? total - (size_t)d->maxlen : n, phase = start % n;
    V items = obj_to_tuple(t, self);
    if (v_is_error(items)) return V_ERROR;
    if (start > n) { // as if all in between had been appended
        clear(t, d);
        for (size_t i = start; i < total; i++) {
            if (put_right(t, d, tuple_get(items, i % n)) < 0) break;
        }
    } else {
        for (size_t i = n; i < total; i++) {
            if (put_right(t, d, tuple_get(items, phase)) < 0) break;
            if (++phase == n) phase = 0;
        }
    }
    v_drop(t, items);
    return err_pending(t) ? V_ERROR : v_dup(self);
}

static V repeat(Thread *t, V self, V count) {
    V copy = same_class(t, self, self);
    if (v_is_error(copy)) return V_ERROR;
    V result = repeat_in_place(t, copy, count);
    v_drop(t, copy);
    return result;
}

V deque_snapshot(Thread *t, V deque) {
    Deque *d = of(deque);
    CRITICAL(t, &d->head);
    V list = list_with_capacity(t, d->len);
    if (v_is_error(list)) return V_ERROR;
    for (size_t i = 0; i < d->len; i++) list_init_steal(t, list, i, slot_get(&d->head, cell(d, i)));
    list_of(list)->len = d->len;
    return list;
}

// ---- comparing, showing ------------------------------------------------------------------------------------------------
static V compare(Thread *t, V a, V b, int op) {
    if (!type_check(t, a, &deque_type) || !type_check(t, b, &deque_type)) return V_NOT_IMPLEMENTED;
    if (v_is(a, b)) return v_from_bool(cmp_holds_for_same(op));
    size_t n = length_of(of(a)), m = length_of(of(b));
    if (n != m && (op == CMP_EQ || op == CMP_NE)) return v_from_bool(op == CMP_NE);
    V x = obj_to_list(t, a), y = v_is_error(x) ? V_ERROR : obj_to_list(t, b);
    V result = v_is_error(y) ? V_ERROR : obj_compare(t, x, y, op);
    v_drop(t, x);
    v_drop(t, y);
    return result;
}

static V repr(Thread *t, V self) {
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "[...]");
    V list = obj_to_list(t, self), result = V_ERROR;
    if (!v_is_error(list)) {
        const char *name = type_short_name(v_type(self));
        ptrdiff_t maxlen = maxlen_of(of(self));
        result = maxlen < 0 ? str_from_format(t, "%s(%R)", name, list) : str_from_format(t, "%s(%R, maxlen=%zd)", name, list, maxlen);
        v_drop(t, list);
    }
    obj_repr_leave(t, self);
    return result;
}

// ---- methods -----------------------------------------------------------------------------------------------------------
static V none_or_error(int r) { return r < 0 ? V_ERROR : V_NONE; }

static NATIVE(m_append) {
    UNUSED_NATIVE();
    return none_or_error(put_right(t, of(self), v_dup(args[0])));
}
static NATIVE(m_appendleft) {
    UNUSED_NATIVE();
    return none_or_error(put_left(t, of(self), v_dup(args[0])));
}
static NATIVE(m_clear) {
    UNUSED_NATIVE();
    clear(t, of(self));
    return V_NONE;
}
static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return same_class(t, self, self);
}
static NATIVE(m_count) {
    UNUSED_NATIVE();
    int count = 0;
    return find(t, of(self), args[0], 0, PTRDIFF_MAX, &count) == -2 ? V_ERROR : v_from_int(count);
}
static NATIVE(m_extend) {
    UNUSED_NATIVE();
    return none_or_error(extend(t, self, args[0], put_right));
}
static NATIVE(m_extendleft) {
    UNUSED_NATIVE();
    return none_or_error(extend(t, self, args[0], put_left));
}
static NATIVE(m_index) {
    UNUSED_NATIVE();
    ptrdiff_t start = 0, stop = PTRDIFF_MAX;
    if (args[1] != V_NULL && slice_index_not_none(t, args[1], &start) < 0) return V_ERROR;
    if (args[2] != V_NULL && slice_index_not_none(t, args[2], &stop) < 0) return V_ERROR;
    ptrdiff_t i = find(t, of(self), args[0], start, stop, NULL);
    if (i == -1) return err_set(t, &exc_ValueError, "%R is not in deque", args[0]);
    return i < 0 ? V_ERROR : v_from_int(i);
}
static NATIVE(m_insert) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0) return V_ERROR;
    Deque *d = of(self);
    CRITICAL(t, &d->head);
    ptrdiff_t n = (ptrdiff_t)d->len;
    if (d->maxlen >= 0 && n >= d->maxlen) return err_set(t, &exc_IndexError, "deque already at its maximum size");
    if (i >= n) return none_or_error(put_right(t, d, v_dup(args[1])));
    if (i <= -n || i == 0) return none_or_error(put_left(t, d, v_dup(args[1])));
    rotate(d, -i);
    int r = i < 0 ? put_right(t, d, v_dup(args[1])) : put_left(t, d, v_dup(args[1]));
    rotate(d, i);
    return none_or_error(r);
}
static NATIVE(m_pop) {
    UNUSED_NATIVE();
    return of(self)->len ? take_right(of(self)) : err_set(t, &exc_IndexError, "pop from an empty deque");
}
static NATIVE(m_popleft) {
    UNUSED_NATIVE();
    return of(self)->len ? take_left(of(self)) : err_set(t, &exc_IndexError, "pop from an empty deque");
}
static NATIVE(m_remove) {
    UNUSED_NATIVE();
    Deque *d = of(self);
    size_t n = d->len;
    for (size_t i = 0; i < n; i++) {
        V v = get(t, d, i, false);
        int equal = v == V_NULL ? 0 : obj_compare_bool(t, v, args[0], CMP_EQ);
        v_drop(t, v);
        if (equal < 0) return V_ERROR;
        CRITICAL(t, &d->head); // comparing may have made it SHARED
        if (d->len != n) return err_set(t, &exc_IndexError, "deque mutated during remove().");
        if (equal) {
            delete_at(t, d, i);
            return V_NONE;
        }
    }
    return err_set(t, &exc_ValueError, "%R is not in deque", args[0]);
}
// In another ring when others may look: iterators are not to complain, so the state stays.
static V reverse_shared(Thread *t, Deque *d) {
    Ring *old = d->ring, *ring = mem_calloc(t, 1, sizeof *ring + room_of(d) * sizeof(Slot));
    if (!ring) return err_no_memory(t);
    ring->mask = old->mask;
    for (size_t i = 0; i < d->len; i++) ring->cells[(d->first + d->len - 1 - i) & ring->mask].bits = slot_peek(cell(d, i));
    at_store_release(&d->ring, ring);
    mem_release(t, &d->head, old);
    return V_NONE;
}

static NATIVE(m_reverse) {
    UNUSED_NATIVE();
    Deque *d = of(self);
    if (obj_is_shared(&d->head) && d->len) return reverse_shared(t, d);
    for (size_t i = 0, j = d->len; i + 1 < j; i++) {
        Slot *a = cell(d, i), *b = cell(d, --j);
        V v = slot_peek(a);
        at_store_release(&a->bits, slot_peek(b));
        at_store_release(&b->bits, v);
    }
    return V_NONE;
}
static NATIVE(m_rotate) {
    UNUSED_NATIVE();
    ptrdiff_t n = 1;
    if (args_no_keywords(t, "deque.rotate", kwnames) < 0 || args_check_count(t, "deque.rotate", nargs, 0, 1) < 0) return V_ERROR;
    if (nargs && num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    rotate(of(self), n);
    return V_NONE;
}
static NATIVE(m_reduce) {
    UNUSED_NATIVE();
    V state = obj_call_method0(t, self, NAME(__getstate__));
    if (v_is_error(state)) return V_ERROR;
    V iter = obj_iter(t, self), args_tuple = maxlen_of(of(self)) < 0 ? tuple_empty() : tuple_pack(t, 2, tuple_empty(), maxlen_value(t, of(self)));
    return tuple_pack_steal(t, 4, v_from_type(v_type(self)), args_tuple, state, iter);
}
static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    return int_from_size(t, v_type(self)->size + room_of(of(self)) * sizeof(Slot));
}
static V get_maxlen(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return maxlen_value(t, of(self));
}

static V iter_alloc(Thread *t, V deque, Type *type);
static V iter_new(Thread *t, V self) { return iter_alloc(t, self, &deque_iter_type); }
static NATIVE(m_reversed) {
    UNUSED_NATIVE();
    return iter_alloc(t, self, &deque_reverse_iter_type);
}

static const Method methods[] = {
    {"append", m_append, "item, /", LOCK_SELF, 0, "Puts an item at the right end."},
    {"appendleft", m_appendleft, "item, /", LOCK_SELF, 0, "Puts an item at the left end."},
    {"clear", m_clear, "", LOCK_SELF, 0, "Takes all items out."},
    {"copy", m_copy, "", LOCK_NONE, 0, "A shallow copy."},
    {"__copy__", m_copy, "", LOCK_NONE, 0, "A shallow copy."},
    {"count", m_count, "value, /", LOCK_NONE, 0, "How many items equal the value."},
    {"extend", m_extend, "iterable, /", LOCK_NONE, 0, "Appends the items of an iterable at the right end."},
    {"extendleft", m_extendleft, "iterable, /", LOCK_NONE, 0, "Appends the items of an iterable at the left end, one by one."},
    {"index", m_index, "value, start=0, stop=9223372036854775807, /", LOCK_NONE, M_OLD_ARITY, "Position of the first item that equals the value; ValueError when there is none."},
    {"insert", m_insert, "index, value, /", LOCK_NONE, M_OLD_ARITY, "Puts a value in front of the item at index."},
    {"pop", m_pop, "", LOCK_SELF, 0, "Takes the rightmost item out and returns it."},
    {"popleft", m_popleft, "", LOCK_SELF, 0, "Takes the leftmost item out and returns it."},
    {"remove", m_remove, "value, /", LOCK_SELF, 0, "Takes the first item out that equals the value; ValueError when there is none."},
    {"reverse", m_reverse, "", LOCK_SELF, 0, "Turns the order of the items round."},
    {"rotate", m_rotate, NULL, LOCK_NONE, M_RAW, "Moves all items n places to the right (1 by default), those at the end to the front."},
    {"__reversed__", m_reversed, "", LOCK_NONE, 0, "An iterator from right to left."},
    {"__reduce__", m_reduce, "", LOCK_NONE, 0, "State for pickling."},
    {"__sizeof__", m_sizeof, "", LOCK_SELF, 0, "Memory in use, in bytes."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "A generic alias, as in deque[int]."},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"maxlen", get_maxlen, NULL, "The most items there can be, or None.", NULL},
    {0},
};

Type deque_type = {
    TYPE_HEAD("collections.deque"), .doc = "A list-like sequence that is quick at both ends: deque([iterable[, maxlen]]).",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_SEQUENCE | TYPE_WEAKREFS, .size = sizeof(Deque), .traverse = traverse, .free_ = free_ring,
    .new_ = type_new, .init = type_init, .repr = repr, .compare = compare, .hash = obj_hash_unhashable, .iter = iter_new,
    .len = length, .subscript = subscript, .set_subscript = set_subscript, .item = item, .contains = contains, .concat = concat,
    .repeat = repeat, .iconcat = concat_in_place, .irepeat = repeat_in_place, .methods = methods, .getsets = getsets,
};

// ---- iterators ---------------------------------------------------------------------------------------------------------
typedef struct DequeIter {
    Obj head;
    Slot deque;
    size_t index, left, state; // index counts from the end it began at
} DequeIter;
static DequeIter *iter_of(V v) { return (DequeIter *)v_obj(v); }

static V iter_alloc(Thread *t, V deque, Type *type) {
    DequeIter *it = (DequeIter *)obj_alloc(t, type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    slot_init(t, &it->head, &it->deque, deque);
    const Deque *d = of(deque);
    it->state = at_load_acquire(&d->state);
    it->left = at_load_acquire(&d->len);
    if (likely(!(it->state & 1) && at_load_relaxed(&d->state) == it->state)) return v_from(it);
    CRITICAL(t, v_obj(deque)); // it is changing
    it->state = at_load_relaxed(&d->state);
    it->left = d->len;
    return v_from(it);
}

static V iter_type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2];
    if (args_bind(t, type_short_name(type), "deque, index=0, /", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (!type_check(t, given[0], &deque_type)) return err_bad_argument(t, type_short_name(type), "argument 1", "collections.deque", given[0]);
    ptrdiff_t index = 0;
    if (given[1] != V_NULL && num_as_ssize(t, given[1], &exc_OverflowError, &index) < 0) return V_ERROR;
    V self = iter_alloc(t, given[0], type);
    if (v_is_error(self)) return V_ERROR;
    DequeIter *it = iter_of(self);
    if (index < 0) index = 0;
    if ((size_t)index > it->left) index = (ptrdiff_t)it->left;
    it->index += (size_t)index;
    it->left -= (size_t)index;
    return self;
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((DequeIter *)o)->deque); }

static V iter_next(Thread *t, V self) {
    DequeIter *it = iter_of(self);
    Deque *d = of(slot_peek(&it->deque));
    bool from_right = it->head.type == &deque_reverse_iter_type;
    if (obj_is_shared(&d->head) && !obj_is_shared(&it->head)) {
        if (it->left == 0 && at_load_acquire(&d->state) == it->state) return V_END;
        V v = it->left ? glance(d, it->state, it->index, from_right) : V_NULL;
        if (likely(v != V_NULL)) {
            it->index++;
            it->left--;
            return v;
        }
    }
    CRITICAL2(t, &it->head, &d->head);
    if (at_load_relaxed(&d->state) != it->state) {
        it->left = 0;
        return mutated(t);
    }
    if (it->left == 0) return V_END;
    size_t i = it->index++;
    it->left--;
    return slot_get(&d->head, cell(d, from_right ? d->len - 1 - i : i));
}

static NATIVE(iter_hint) {
    UNUSED_NATIVE();
    return int_from_size(t, iter_of(self)->left);
}
static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    DequeIter *it = iter_of(self);
    V deque = slot_get(&it->head, &it->deque);
    size_t done = length_of(of(deque)) - it->left;
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack_steal(t, 2, deque, int_from_size(t, done)));
}
static const Method iter_methods[] = {
    {"__length_hint__", iter_hint, "", LOCK_SELF, 0, "How many items are left."},
    {"__reduce__", iter_reduce, "", LOCK_SELF, 0, "State for pickling."},
    METHOD_END,
};
#define DEQUE_ITER(id, visible) \
    Type id = { \
        TYPE_HEAD("_collections." visible), .flags = TYPE_GC, .size = sizeof(DequeIter), .traverse = iter_traverse, \
        .new_ = iter_type_new, .iter = iter_self, .next = iter_next, .methods = iter_methods, \
    };
DEQUE_ITER(deque_iter_type, "_deque_iterator")
DEQUE_ITER(deque_reverse_iter_type, "_deque_reverse_iterator")
