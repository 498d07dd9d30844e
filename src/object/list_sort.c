// SPDX-License-Identifier: MIT
// list.sort: a stable merge sort of natural runs, specialised for ints, floats, one-byte strings and tuples.
//
// While it runs the list is empty, and its array belongs to `work`, a list of the sort's own, so that the collector sees
// every item exactly once; what is permuted is a copy of the words.  At the end the words are written back into the array in
// their new order, and the array goes back to the list (list_sort).  With a key function the keys are a list of their own,
// and the values are permuted along with them.
#include "list_private.h"
#include "threading/pending.h"
#include "threading/poll.h"

enum { MIN_GALLOP = 7, MAX_RUNS = 85 };

typedef struct Run {
    size_t base, len;
    int power; // of the boundary to the next run
} Run;

typedef struct Sort {
    Thread *t;
    V *keys, *vals;             // vals NULL: the keys are the values
    Type *type;                 // of all that is compared: the keys, or the first items of tuples; NULL: they differ
    size_t n;
    V *spare_keys, *spare_vals; // room for the run that waits during a merge
    size_t spare;
    size_t min_gallop;          // wins in a row before galloping starts; adapts
    Run runs[MAX_RUNS];         // powers rise along it, so that it holds at most about 64
    size_t nruns;
} Sort;

static void reverse_words(V *a, size_t lo, size_t hi) {
    while (lo + 1 < hi) {
        V v = a[lo];
        a[lo++] = a[--hi];
        a[hi] = v;
    }
}

static void sort_reverse(Sort *s, size_t lo, size_t hi) {
    reverse_words(s->keys, lo, hi);
    if (s->vals) reverse_words(s->vals, lo, hi);
}

static int sort_spare(Sort *s, size_t n) {
    if (n <= s->spare) return 0;
    mem_free(s->spare_keys);
    s->spare = 0;
    s->spare_keys = mem_alloc(s->t, n * sizeof(V) * (s->vals ? 2 : 1));
    if (!s->spare_keys) {
        err_no_memory(s->t);
        return -1;
    }
    s->spare_vals = s->vals ? s->spare_keys + n : NULL;
    s->spare = n;
    return 0;
}

static inline void sort_move(Sort *s, size_t to, size_t from, size_t n) {
    memmove(s->keys + to, s->keys + from, n * sizeof(V));
    if (s->vals) memmove(s->vals + to, s->vals + from, n * sizeof(V));
}
static inline void sort_save(Sort *s, size_t from, size_t n) {
    memcpy(s->spare_keys, s->keys + from, n * sizeof(V));
    if (s->vals) memcpy(s->spare_vals, s->vals + from, n * sizeof(V));
}
static inline void sort_restore(Sort *s, size_t to, size_t from, size_t n) {
    memcpy(s->keys + to, s->spare_keys + from, n * sizeof(V));
    if (s->vals) memcpy(s->vals + to, s->spare_vals + from, n * sizeof(V));
}

// Between 16 and 32 (32 and 64 for the first bit), so that n / min_run is a power of two or a little less.
static size_t sort_min_run(size_t n) {
    size_t odd = 0;
    for (; n >= 64; n >>= 1) odd |= n & 1;
    return n + odd;
}

// Powersort (Munro and Wild): the depth at which the boundary between two runs [base, base + n1), [.., + n2) stands in the
// balanced tree over n items: the first bit in which the middles of the runs, as fractions of n, differ.
static int sort_power(size_t base, size_t n1, size_t n2, size_t n) {
    size_t a = 2 * base + n1, b = a + n1 + n2; // twice the middles
    for (int power = 1;; power++) {
        if (a >= n) { // both bits 1
            a -= n;
            b -= n;
        } else if (b >= n) {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}

// ---- comparisons -------------------------------------------------------------------------------------------------------
static inline bool is_latin1(V v) { return v_is_exact(v, &str_type) && str_kind(v) == 1; }
static inline int less_int(V a, V b) { return (int64_t)a < (int64_t)b; }
static inline int less_float(V a, V b) { return v_float(a) < v_float(b); }
static inline int less_latin1(V a, V b) {
    uint8_t x = *(const uint8_t *)str_data(a), y = *(const uint8_t *)str_data(b); // the end of an empty one is a zero
    if (x != y) return x < y;
    size_t n = str_len(a), m = str_len(b);
    int order = memcmp(str_data(a), str_data(b), n < m ? n : m);
    return order ? order < 0 : n < m;
}
static int truth_of(Thread *t, V result) {
    if (v_is_bool(result)) return result == V_TRUE;
    if (v_is_error(result)) return -1;
    int truth = obj_is_true(t, result);
    v_drop(t, result);
    return truth;
}
static int less_any(Thread *t, V a, V b) {
    return truth_of(t, obj_compare(t, a, b, CMP_LT));
}

// Of one type: its own comparison without the question who of the two comes first.  When that does not know, everything is
// asked anew, so that a __lt__ that returns NotImplemented is called twice, as CPython's list.sort has it.
static int less_same(Sort *s, V a, V b) {
    Thread *t = s->t;
    Type *type = s->type;
    if (!type || !type->compare || v_type(a) != type || v_type(b) != type) return less_any(t, a, b); // or __class__ was assigned
    if (recursion_enter(t, " in comparison") < 0) return -1;
    V result = type->compare(t, a, b, CMP_LT);
    recursion_leave(t);
    return result == V_NOT_IMPLEMENTED ? less_any(t, a, b) : truth_of(t, result);
}

// Tuples: the first items that differ decide, as tuple's own comparison has it.
static int less_tuple(Sort *s, V a, V b) {
    Thread *t = s->t;
    size_t n = tuple_len(a), m = tuple_len(b);
    for (size_t i = 0; i < n && i < m; i++) {
        V x = tuple_borrow(a, i), y = tuple_borrow(b, i);
        if (x == y) continue;
        if (v_both_int(x, y)) return less_int(x, y);
        int equal = equal_quick(x, y);
        if (equal < 0) equal = obj_compare_bool(t, x, y, CMP_EQ);
        if (equal < 0) return -1;
        if (equal) continue;
        if (v_is_float(x) && v_is_float(y)) return less_float(x, y);
        if (is_latin1(x) && is_latin1(y)) return less_latin1(x, y);
        return i == 0 ? less_same(s, x, y) : less_any(t, x, y);
    }
    return n < m;
}

#define SORT(name) int_##name
#define LESS(s, a, b) ((void)(s), less_int((a), (b)))
#include "list_sort_merge.inc"
#undef SORT
#undef LESS
#define SORT(name) float_##name
#define LESS(s, a, b) ((void)(s), less_float((a), (b)))
#include "list_sort_merge.inc"
#undef SORT
#undef LESS
#define SORT(name) latin1_##name
#define LESS(s, a, b) ((void)(s), less_latin1((a), (b)))
#include "list_sort_merge.inc"
#undef SORT
#undef LESS
#define SORT(name) tuple_##name
#define LESS(s, a, b) less_tuple((s), (a), (b))
#include "list_sort_merge.inc"
#undef SORT
#undef LESS
#define SORT(name) any_##name
#define LESS(s, a, b) less_same((s), (a), (b))
#include "list_sort_merge.inc"

static Type *common_type(const Sort *s) {
    Type *type = v_type(s->keys[0]);
    for (size_t i = 1; i < s->n; i++) {
        if (v_type(s->keys[i]) != type) return NULL;
    }
    return type;
}
static Type *common_type_in_tuples(const Sort *s) {
    Type *type = NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (tuple_len(s->keys[i]) == 0) return NULL;
        Type *item = v_type(tuple_borrow(s->keys[i], 0));
        if (type && item != type) return NULL;
        type = item;
    }
    return type;
}

static int sort_run(Sort *s) {
    V first = s->keys[0];
    size_t i = 1;
    if (v_is_int(first)) {
        while (i < s->n && v_is_int(s->keys[i])) i++;
        if (i == s->n) return int_run(s);
    } else if (v_is_float(first)) {
        while (i < s->n && v_is_float(s->keys[i])) i++;
        if (i == s->n) return float_run(s);
    } else if (is_latin1(first)) {
        while (i < s->n && is_latin1(s->keys[i])) i++;
        if (i == s->n) return latin1_run(s);
    } else if (v_is_exact(first, &tuple_type)) {
        while (i < s->n && v_is_exact(s->keys[i], &tuple_type)) i++;
        if (i == s->n) {
            s->type = common_type_in_tuples(s);
            return tuple_run(s);
        }
    }
    s->type = common_type(s);
    return any_run(s);
}

// ---- the list ----------------------------------------------------------------------------------------------------------
// A list of key(item) for every item.
static V make_keys(Thread *t, V work, V key) {
    size_t n = list_len(work);
    V keys = list_with_capacity(t, n);
    if (v_is_error(keys)) return V_ERROR;
    for (size_t i = 0, steps = 0; i < n; i++) {
        V item = list_get(t, work, i), k = poll_step(t, &steps) < 0 ? V_ERROR : obj_call1(t, key, item);
        v_drop(t, item);
        if (v_is_error(k) || list_append_steal(t, keys, k) < 0) {
            v_drop(t, keys);
            return V_ERROR;
        }
    }
    return keys;
}

static V *copy_words(Thread *t, V list) {
    size_t n = list_len(list);
    V *words = mem_alloc(t, n * sizeof(V));
    if (!words) err_no_memory(t);
    else memcpy(words, list_of(list)->items->slots, n * sizeof(V));
    return words;
}

// Sorts the items of `work`, which nobody else can reach.
static int sort_items(Thread *t, V work, V key, bool reverse) {
    Sort s = {.t = t, .n = list_len(work), .min_gallop = MIN_GALLOP};
    if (s.n == 0 || (s.n == 1 && key == V_NONE)) return 0;
    V keys = V_NULL, *values = NULL;
    int r = -1;
    if (key != V_NONE) {
        keys = make_keys(t, work, key);
        if (v_is_error(keys)) return -1;
        s.keys = copy_words(t, keys);
        values = s.vals = s.keys ? copy_words(t, work) : NULL;
    } else {
        values = s.keys = copy_words(t, work);
    }
    if (values) {
        // Turned round before and after: equal items keep their order.
        if (reverse) sort_reverse(&s, 0, s.n);
        r = sort_run(&s);
        if (reverse) sort_reverse(&s, 0, s.n);
        Slot *slots = list_of(work)->items->slots;
        for (size_t i = 0; i < s.n; i++) at_store_release(&slots[i].bits, values[i]);
    }
    mem_free(s.keys);
    mem_free(s.vals);
    mem_free(s.spare_keys);
    v_drop(t, keys);
    return r;
}

// Takes the array out of `l` into `to`, an empty list; what that had goes to l. Nothing moves when both are empty: another
// thread that sorts the same list puts its items back into it, and they must not be taken for a change made meanwhile.
static void swap_items(Thread *t, List *l, List *to) {
    CRITICAL(t, &l->head);
    size_t n = l->len, m = to->len;
    if (n == 0 && m == 0) return;
    ListItems *items = l->items, *other = to->items;
    if (obj_is_shared(&l->head)) { // it may have become so only now
        for (size_t i = 0; i < m; i++) share_value(t, slot_peek(&other->slots[i]));
        list_change_begins(l);
        at_store_release(&l->len, n < m ? n : m); // never more than there are cells for
    }
    at_store_release(&l->items, other);
    at_store_release(&l->len, m);
    to->len = n;
    to->items = items;
    list_change_ends(l); // the same array comes back
}

int list_sort(Thread *t, V list, V key, bool reverse) {
    V work = list_with_capacity(t, 0);
    if (v_is_error(work)) return -1;
    List *l = list_of(list), *w = list_of(work);
    swap_items(t, l, w);
    if (!w->items) { // an empty list
        v_drop(t, work);
        return 0;
    }
    int r = sort_items(t, work, key, reverse);
    if (pending_any(t) && pending_run(t) < 0) r = -1; // finalizers of keys find the list as key functions do: empty
    swap_items(t, l, w);
    if (w->items) { // what the list got meanwhile
        if (r == 0) err_set(t, &exc_ValueError, "list modified during sort");
        r = -1;
        size_t n = w->len;
        w->len = 0;
        for (size_t i = 0; i < n; i++) v_drop(t, at_exchange_acq_rel(&w->items->slots[i].bits, V_NULL));
        mem_release(t, &l->head, w->items); // others may have seen it in l
        w->items = NULL;
    }
    v_drop(t, work);
    return r;
}
