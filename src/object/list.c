// SPDX-License-Identifier: MIT
// list for C code: the array and every change of it.
//
// Readers of one item take len, then items, then the cell, each with acquire, and never lock; who needs several of a SHARED
// list looks twice at its state (list_private.h).  Writers hold the list's lock when it is SHARED.  Growing copies the array,
// publishes the copy and retires the old one; moving items within the array goes cell by cell, so that a reader sees a whole
// value in each, at worst the same one twice.
#include "list_private.h"

_Alignas(64) uint64_t list_rounds; // read by many, hardly ever written

// ---- making -----------------------------------------------------------------------------------------------------------
V list_with_capacity(Thread *t, size_t capacity) {
    List *l = (List *)obj_alloc(t, &list_type, sizeof *l, OBJ_GC);
    if (unlikely(!l)) return err_no_memory(t);
    if (capacity && list_reserve_lock_held(t, l, capacity) < 0) {
        v_drop(t, v_from(l));
        return V_ERROR;
    }
    return v_from(l);
}

static ALWAYS_INLINE V alloc_unset(Thread *t, size_t n) {
    List *l = (List *)obj_alloc(t, &list_type, sizeof *l, OBJ_GC);
    if (unlikely(!l)) return err_no_memory(t);
    ListItems *items = n <= LIST_MAX ? mem_alloc(t, sizeof *items + n * sizeof(Slot)) : NULL;
    if (unlikely(!items)) {
        v_drop(t, v_from(l));
        return err_no_memory(t);
    }
    items->capacity = n;
    l->items = items;
    l->len = n;
    return v_from(l);
}

V list_alloc_unset(Thread *t, size_t n) { return alloc_unset(t, n); }

V list_new(Thread *t, size_t n) {
    V list = list_with_capacity(t, n);
    if (!v_is_error(list)) list_of(list)->len = n;
    return list;
}

V list_from(Thread *t, const V *items, size_t n) {
    V list = list_with_capacity(t, n);
    if (v_is_error(list)) return V_ERROR;
    for (size_t i = 0; i < n; i++) list_init_steal(t, list, i, v_dup(items[i]));
    list_of(list)->len = n;
    return list;
}

V list_from_steal(Thread *t, V *items, size_t n) {
    V list = n ? alloc_unset(t, n) : list_with_capacity(t, 0);
    if (v_is_error(list)) {
        for (size_t i = 0; i < n; i++) v_drop(t, items[i]);
        return V_ERROR;
    }
    if (n) slots_init_steal(t, v_obj(list), list_of(list)->items->slots, items, n);
    return list;
}

// ---- the array -------------------------------------------------------------------------------------------------------
static int set_capacity(Thread *t, List *l, size_t capacity) {
    ListItems *old = l->items, *items;
    size_t keep = l->len < capacity ? l->len : capacity;
    if (obj_is_shared(&l->head) && old) {
        items = mem_alloc(t, sizeof *items + capacity * sizeof(Slot));
        if (items) memcpy(items->slots, old->slots, keep * sizeof(Slot));
    } else {
        items = mem_realloc(t, old, sizeof *items + capacity * sizeof(Slot));
    }
    if (unlikely(!items)) {
        err_no_memory(t);
        return -1;
    }
    items->capacity = capacity;
    memset(items->slots + keep, 0, (capacity - keep) * sizeof(Slot));
    at_store_release(&l->items, items);
    if (obj_is_shared(&l->head) && old) mem_retire(t, old);
    return 0;
}

int list_reserve_lock_held(Thread *t, List *l, size_t n) {
    section_assert(t, &l->head);
    if (n <= (l->items ? l->items->capacity : 0)) return 0;
    if (unlikely(n > LIST_MAX)) {
        err_no_memory(t);
        return -1;
    }
    return set_capacity(t, l, n);
}

// Room for n, with some to spare for the next ones.
static inline int grow(Thread *t, List *l, size_t n) {
    if (likely(l->items && n <= l->items->capacity)) return 0;
    if (unlikely(n > LIST_MAX)) {
        err_no_memory(t);
        return -1;
    }
    size_t capacity = (n + (n >> 3) + 6) & ~(size_t)3;
    if (n > l->len && n - l->len > capacity - n) capacity = (n + 3) & ~(size_t)3;
    return set_capacity(t, l, capacity);
}

// Gives back memory when less than half is in use.  Failing to is no error.
static void shrink(Thread *t, List *l) {
    size_t n = l->len, capacity = l->items ? l->items->capacity : 0;
    if (capacity < 16 || n >= capacity / 2) return;
    if (set_capacity(t, l, (n + (n >> 3) + 6) & ~(size_t)3) < 0) err_clear(t);
}

// Moves n cells.  Readers of a SHARED list are about.
static void move_cells(List *l, size_t to, size_t from, size_t n) {
    Slot *s = l->items->slots;
    if (!obj_is_shared(&l->head)) {
        memmove(s + to, s + from, n * sizeof(Slot));
    } else if (to < from) {
        for (size_t i = 0; i < n; i++) at_store_release(&s[to + i].bits, at_load_relaxed(&s[from + i].bits));
    } else {
        for (size_t i = n; i-- > 0;) at_store_release(&s[to + i].bits, at_load_relaxed(&s[from + i].bits));
    }
}

// Takes n items out at `at`.  The cells are overwritten, not emptied first: a reader must not miss what moves up.
static int remove_cells(Thread *t, List *l, size_t at, size_t n) {
    UNSUSPENDED(t);
    V few[16], *doomed = few;
    if (n > countof(few) && !(doomed = mem_alloc(t, n * sizeof(V)))) {
        err_no_memory(t);
        return -1;
    }
    size_t len = l->len, now = len - n;
    Slot *s = l->items->slots;
    for (size_t i = 0; i < n; i++) doomed[i] = slot_peek(&s[at + i]);
    move_cells(l, at, at + n, now - at);
    at_store_release(&l->len, now);
    for (size_t i = now; i < len; i++) at_store_release(&s[i].bits, V_NULL);
    shrink(t, l);
    for (size_t i = n; i-- > 0;) v_drop(t, doomed[i]);
    if (doomed != few) mem_free(doomed);
    return 0;
}

int list_splice_lock_held(Thread *t, List *l, size_t at, size_t removed, V *values, size_t n) {
    size_t len = l->len, tail = len - at - removed;
    HD_ASSERT(at + removed <= len);
    UNSUSPENDED(t);
    section_assert(t, &l->head);
    if (n > removed && grow(t, l, len - removed + n) < 0) {
        for (size_t i = 0; i < n; i++) v_drop(t, values[i]);
        return -1;
    }
    int r = 0;
    size_t common = n < removed ? n : removed;
    list_change_begins(l);
    for (size_t i = 0; i < common; i++) slot_set_steal(t, &l->head, &l->items->slots[at + i], values[i]);
    if (n > removed) {
        move_cells(l, at + n, at + removed, tail);
        for (size_t i = common; i < n; i++) slot_init_steal(t, &l->head, &l->items->slots[at + i], values[i]);
        at_store_release(&l->len, len - removed + n);
    } else if (n < removed) {
        r = remove_cells(t, l, at + n, removed - n);
    }
    list_change_ends(l);
    return r;
}

// ---- one item ----------------------------------------------------------------------------------------------------------
V list_get(Thread *t, V list, size_t i) {
    (void)t;
    List *l = list_of(list);
    if (unlikely(i >= at_load_acquire(&l->len))) return V_NULL;
    ListItems *items = at_load_acquire(&l->items);
    if (unlikely(!items || i >= items->capacity)) return V_NULL;
    return slot_get(&l->head, &items->slots[i]);
}

int list_set(Thread *t, V list, size_t i, V v) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    if (unlikely(i >= l->len)) {
        err_set(t, &exc_IndexError, "list assignment index out of range");
        return -1;
    }
    list_change_begins(l);
    slot_set(t, &l->head, &l->items->slots[i], v);
    list_change_ends(l);
    return 0;
}

static NOINLINE int append_slow(Thread *t, List *l, V v) {
    CRITICAL(t, &l->head);
    size_t n = l->len;
    if (unlikely(!l->items || n == l->items->capacity) && grow(t, l, n + 1) < 0) {
        v_drop(t, v);
        return -1;
    }
    slot_init_steal(t, &l->head, &l->items->slots[n], v);
    at_store_release(&l->len, n + 1);
    return 0;
}

// Of a LOCAL list with room, most often: without a lock, and without a frame of its own.
int list_append_steal(Thread *t, V list, V v) {
    List *l = list_of(list);
    if (unlikely(obj_is_shared(&l->head))) return append_slow(t, l, v);
    size_t n = l->len;
    ListItems *items = l->items;
    if (unlikely(!items || n == items->capacity)) return append_slow(t, l, v);
    at_store_relaxed(&items->slots[n].bits, v_own(v));
    at_store_relaxed(&l->len, n + 1);
    return 0;
}

int list_append(Thread *t, V list, V v) { return list_append_steal(t, list, v_dup(v)); }

int list_insert(Thread *t, V list, ptrdiff_t i, V v) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    ptrdiff_t n = (ptrdiff_t)l->len;
    if (i < 0 && (i += n) < 0) i = 0;
    if (i > n) i = n;
    v = v_dup(v);
    return list_splice_lock_held(t, l, (size_t)i, 0, &v, 1);
}

static inline V pop_lock_held(Thread *t, List *l, ptrdiff_t i) {
    size_t n = l->len;
    if (unlikely(n == 0)) return err_set(t, &exc_IndexError, "pop from empty list");
    if (i < 0) i += (ptrdiff_t)n;
    if (unlikely((size_t)i >= n)) return err_set(t, &exc_IndexError, "pop index out of range");
    V v = slot_peek(&l->items->slots[i]); // its count goes to the caller
    if ((size_t)i + 1 < n) move_cells(l, (size_t)i, (size_t)i + 1, n - (size_t)i - 1);
    at_store_release(&l->len, n - 1);
    at_store_release(&l->items->slots[n - 1].bits, V_NULL);
    if (unlikely(n - 1 < l->items->capacity / 2)) shrink(t, l);
    return v;
}

static NOINLINE V pop_shared(Thread *t, List *l, ptrdiff_t i) {
    CRITICAL(t, &l->head);
    list_change_begins(l);
    V v = pop_lock_held(t, l, i);
    list_change_ends(l);
    return v;
}

V list_pop(Thread *t, V list, ptrdiff_t i) {
    List *l = list_of(list);
    return unlikely(obj_is_shared(&l->head)) ? pop_shared(t, l, i) : pop_lock_held(t, l, i);
}

int list_clear(Thread *t, V list) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    ListItems *items = l->items;
    size_t n = l->len;
    if (!items) return 0;
    at_store_release(&l->len, (size_t)0);
    at_store_release(&l->items, NULL);
    for (size_t i = n; i-- > 0;) v_drop(t, at_exchange_acq_rel(&items->slots[i].bits, V_NULL));
    mem_release(t, &l->head, items);
    return 0;
}

static inline void exchange(List *l, size_t i, size_t k) {
    Slot *s = l->items->slots;
    V a = at_load_relaxed(&s[i].bits), b = at_load_relaxed(&s[k].bits);
    at_store_release(&s[i].bits, b);
    at_store_release(&s[k].bits, a);
}

int list_reverse(Thread *t, V list) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    list_change_begins(l);
    for (size_t i = 0, j = l->len; i + 1 < j; i++) exchange(l, i, --j);
    list_change_ends(l);
    return 0;
}

void list_exchange(Thread *t, V list, size_t i, size_t k) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    if (i >= l->len || k >= l->len) return;
    list_change_begins(l);
    exchange(l, i, k);
    list_change_ends(l);
}

// ---- many items --------------------------------------------------------------------------------------------------------
V list_slice(Thread *t, V list, ptrdiff_t start, ptrdiff_t end) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    ptrdiff_t n = (ptrdiff_t)l->len;
    if (start < 0) start = 0;
    if (end > n) end = n;
    if (start >= end) return list_new(t, 0);
    if (!obj_is_shared(&l->head)) {
        V part = list_alloc_unset(t, (size_t)(end - start));
        if (v_is_error(part)) return V_ERROR;
        Slot *to = list_of(part)->items->slots;
        list_copy_slots(to, l->items->slots + start, (size_t)(end - start));
        return part;
    }
    V part = list_with_capacity(t, (size_t)(end - start));
    if (v_is_error(part)) return V_ERROR;
    for (ptrdiff_t i = start; i < end; i++)
        list_init_steal(t, part, (size_t)(i - start), slot_get(&l->head, &l->items->slots[i]));
    list_of(part)->len = (size_t)(end - start);
    return part;
}

V list_copy(Thread *t, V list) { return list_slice(t, list, 0, PTRDIFF_MAX); }

V list_to_tuple(Thread *t, V list) {
    List *l = list_of(list);
    CRITICAL(t, &l->head);
    V few[16], *all = few;
    size_t n = l->len;
    if (!n) return tuple_from(t, NULL, 0);
    if (n > countof(few) && !(all = mem_alloc(t, n * sizeof(V)))) return err_no_memory(t);
    for (size_t i = 0; i < n; i++) all[i] = slot_peek(&l->items->slots[i]);
    V tuple = tuple_from(t, all, n);
    if (all != few) mem_free(all);
    return tuple;
}

static int extend_list(Thread *t, List *l, List *from) {
    CRITICAL2(t, &l->head, &from->head);
    size_t n = l->len, m = from->len;
    if (m == 0) return 0;
    if (grow(t, l, n + m) < 0) return -1;
    if (!obj_is_shared(&l->head) && !obj_is_shared(&from->head)) {
        list_copy_slots(l->items->slots + n, from->items->slots, m);
        l->len = n + m;
        return 0;
    }
    for (size_t i = 0; i < m; i++)
        slot_init_steal(t, &l->head, &l->items->slots[n + i], slot_get(&from->head, &from->items->slots[i]));
    at_store_release(&l->len, n + m);
    return 0;
}

static int extend_tuple(Thread *t, List *l, V tuple) {
    CRITICAL(t, &l->head);
    size_t n = l->len, m = tuple_len(tuple);
    if (m == 0) return 0;
    if (grow(t, l, n + m) < 0) return -1;
    for (size_t i = 0; i < m; i++) slot_init_steal(t, &l->head, &l->items->slots[n + i], tuple_get(tuple, i));
    at_store_release(&l->len, n + m);
    return 0;
}

static int reserve_hint(Thread *t, List *l, ptrdiff_t more) {
    CRITICAL(t, &l->head);
    if (more <= 0 || (size_t)more > (size_t)PTRDIFF_MAX - l->len) return 0; // a hint too good to be true
    if (list_reserve_lock_held(t, l, l->len + (size_t)more) < 0) return -1;
    return 0;
}

static int extend_iterable(Thread *t, V list, V iterable) {
    V iter = obj_iter(t, iterable);
    if (v_is_error(iter)) return -1;
    ptrdiff_t hint = obj_len_hint(t, iterable, 8);
    int r = hint < 0 ? -1 : reserve_hint(t, list_of(list), hint);
    UnaryFn next = v_type(iter)->next;
    while (r == 0) {
        V item = next ? next(t, iter) : obj_next(t, iter);
        if (item == V_END) break;
        if (unlikely(v_is_error(item))) {
            r = -1;
            if (err_matches(t, &exc_StopIteration)) {
                err_clear(t);
                r = 0;
            }
            break;
        }
        r = list_append_steal(t, list, item);
        if (r == 0 && unlikely(at_load_relaxed(&t->breaker) != 0)) r = safepoint(t);
    }
    v_drop(t, iter);
    return r;
}

// The items of a list that nobody else has: an empty LOCAL list takes over the array.
static int extend_steal(Thread *t, List *l, V items) {
    if (v_is_error(items)) return -1;
    int r = 0;
    if (!obj_is_shared(&l->head) && !obj_is_shared(v_obj(items)) && !l->items) {
        l->items = list_of(items)->items;
        l->len = list_of(items)->len;
        list_of(items)->len = 0;
        list_of(items)->items = NULL;
    } else {
        r = extend_list(t, l, list_of(items));
    }
    v_drop(t, items);
    return r;
}

int list_extend(Thread *t, V list, V iterable) {
    if (v_is_exact(iterable, &list_type)) return extend_list(t, list_of(list), list_of(iterable));
    if (v_is_exact(iterable, &tuple_type)) return extend_tuple(t, list_of(list), iterable);
    // By itself, of another class: iterating what grows would never end.
    V snapshot = v_is(iterable, list) ? obj_to_list(t, iterable) : obj_snapshot(t, iterable);
    if (unlikely(v_is_error(snapshot))) return -1;
    if (snapshot != V_NULL) return extend_steal(t, list_of(list), snapshot);
    return extend_iterable(t, list, iterable);
}

int list_set_slice(Thread *t, V list, ptrdiff_t start, ptrdiff_t end, V iterable) {
    List *l = list_of(list);
    V source = V_NULL;
    size_t n = 0;
    V few[16], *all = few;
    if (iterable != V_NULL) {
        if (v_is_exact(iterable, &tuple_type)) source = v_dup(iterable);
        else source = v_is(iterable, list) ? list_to_tuple(t, list) : obj_to_tuple(t, iterable); // itself: the items, whatever its class
        if (v_is_error(source)) {
            if (err_matches(t, &exc_TypeError) && !v_type(iterable)->iter && !obj_is_sequence(iterable)) {
                err_clear(t);
                err_set(t, &exc_TypeError, "can only assign an iterable");
            }
            return -1;
        }
        n = tuple_len(source);
        if (n > countof(few) && !(all = mem_alloc(t, n * sizeof(V)))) {
            v_drop(t, source);
            err_no_memory(t);
            return -1;
        }
        for (size_t i = 0; i < n; i++) all[i] = tuple_get(source, i);
    }
    int r;
    {
        CRITICAL(t, &l->head);
        ptrdiff_t removed = slice_adjust((ptrdiff_t)l->len, &start, &end, 1); // now: others may have changed the length
        r = list_splice_lock_held(t, l, (size_t)start, (size_t)removed, all, n);
    }
    v_drop(t, source);
    if (all != few) mem_free(all);
    return r;
}

// ---- + and * -----------------------------------------------------------------------------------------------------------
V list_concat(Thread *t, V a, V b) {
    if (!v_is_list(b)) return err_set(t, &exc_TypeError, "can only concatenate list (not \"%T\") to list", b);
    V sum = list_with_capacity(t, list_len(a) + list_len(b));
    if (v_is_error(sum)) return V_ERROR;
    if (extend_list(t, list_of(sum), list_of(a)) == 0 && extend_list(t, list_of(sum), list_of(b)) == 0) return sum;
    v_drop(t, sum);
    return V_ERROR;
}

// Appends what stands in the first n cells `times` - 1 more times.
static int repeat_first(Thread *t, List *l, size_t n, size_t times) {
    size_t total;
    if (__builtin_mul_overflow(n, times, &total) || total > LIST_MAX) {
        err_no_memory(t);
        return -1;
    }
    if (list_reserve_lock_held(t, l, total) < 0) return -1;
    Slot *s = l->items->slots;
    if (obj_is_shared(&l->head)) {
        for (size_t i = n; i < total; i++) slot_init_steal(t, &l->head, &s[i], slot_get(&l->head, &s[i - n]));
    } else {
        for (size_t i = n; i < total; i++) s[i].bits = v_own(v_dup(s[i - n].bits));
    }
    at_store_release(&l->len, total);
    return 0;
}

V list_repeat(Thread *t, V self, V count) {
    ptrdiff_t times;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    if (times <= 0 || list_len(self) == 0) return list_new(t, 0);
    V result = list_with_capacity(t, 0);
    if (v_is_error(result)) return V_ERROR;
    List *l = list_of(result);
    size_t total;
    if (__builtin_mul_overflow(list_len(self), (size_t)times, &total) || total > LIST_MAX) {
        err_no_memory(t);
    } else if (list_reserve_lock_held(t, l, total) == 0 && extend_list(t, l, list_of(self)) == 0 &&
               (l->len == 0 || repeat_first(t, l, l->len, (size_t)times) == 0)) {
        return result;
    }
    v_drop(t, result);
    return V_ERROR;
}

V list_repeat_in_place(Thread *t, V self, V count) {
    ptrdiff_t times;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    List *l = list_of(self);
    CRITICAL(t, &l->head);
    if (times <= 0) list_clear(t, self);
    else if (times > 1 && l->len && repeat_first(t, l, l->len, (size_t)times) < 0) return V_ERROR;
    return v_dup(self);
}
