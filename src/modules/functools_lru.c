// SPDX-License-Identifier: MIT
// functools._lru_cache_wrapper: a function with a memory.
//
// The results are in a dict by argument key.  With a bound the dict's order is the order of use: a hit takes its entry out
// and puts it in again at the end, and what has to go is the first entry.  All this is done under the dict's lock; the
// function itself runs without it, so two threads may compute the same result, and the first to finish is remembered.  A hit
// that changes nothing (no bound, or what was used last) takes no lock.
#include "functools_private.h"
#include "object/dict_layout.h"
#include "threading/lane.h"

typedef struct LruCache {
    Obj head;
    Slot func, cache, info_type; // const after init
    Slot keyword_mark;           // stands between positional and keyword arguments in keys
    ptrdiff_t maxsize;           // -1: no bound
    bool typed;
    int64_t hits, misses;        // atomic; hits are those without a lane, less what was cleared
    struct HitLane *lanes;       // atomic: NULL until a SHARED cache is hit; then further hits, by thread
} LruCache;
static LruCache *of(V v) { return (LruCache *)v_obj(v); }

// ---- hits --------------------------------------------------------------------------------------------------------------
// A hit must not write what other threads write as well: each has a cache line.
typedef struct HitLane {
    int64_t n; // atomic: written by the thread of this lane, with no read-modify-write
    char padding[56];
} HitLane;

static HitLane *lanes_of(Thread *t, LruCache *c) {
    HitLane *lanes = at_load_acquire(&c->lanes), *mine;
    if (likely(lanes != NULL)) return lanes;
    mine = mem_calloc(t, THREAD_LANES, sizeof *mine);
    if (!mine || at_cas_acq_rel(&c->lanes, &lanes, mine)) return mine;
    mem_free(mine);
    return lanes;
}

static void count_hit(Thread *t, LruCache *c) {
    HitLane *lanes;
    unsigned lane = thread_lane(t);
    if (!obj_is_shared(&c->head)) at_store_relaxed(&c->hits, c->hits + 1);
    else if (likely(lane < THREAD_LANES) && (lanes = lanes_of(t, c)) != NULL)
        at_store_relaxed(&lanes[lane].n, at_load_relaxed(&lanes[lane].n) + 1);
    else at_fetch_add_relaxed(&c->hits, (int64_t)1);
}

static int64_t hits_of(LruCache *c) {
    int64_t hits = at_load_relaxed(&c->hits);
    HitLane *lanes = at_load_acquire(&c->lanes);
    for (int i = 0; lanes && i < THREAD_LANES; i++) hits += at_load_relaxed(&lanes[i].n);
    return hits;
}

// A lane belongs to its thread, so the others' counts are taken off instead of being set to zero.
static void hits_clear(LruCache *c) { at_fetch_sub_relaxed(&c->hits, hits_of(c)); }

static void free_lanes(Thread *t, Obj *o) {
    (void)t;
    mem_free(((LruCache *)o)->lanes);
}

static int read_maxsize(Thread *t, V v, ptrdiff_t *out) {
    *out = -1;
    if (v == V_NONE) return 0;
    if (!v_is_any_int(v) && !v_type(v)->index) {
        err_set(t, &exc_TypeError, "maxsize should be integer or None");
        return -1;
    }
    if (num_as_ssize(t, v, &exc_OverflowError, out) < 0) return -1;
    if (*out < 0) *out = 0;
    return 0;
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[4];
    ptrdiff_t maxsize;
    if (args_bind(t, "lru_cache", "user_function, maxsize, typed, cache_info_type", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (!obj_is_callable(given[0])) return err_set(t, &exc_TypeError, "the first argument must be callable");
    int typed = read_maxsize(t, given[1], &maxsize) < 0 ? -1 : obj_is_true(t, given[2]);
    if (typed < 0) return V_ERROR;
    V cache = dict_new(t), mark = v_is_error(cache) ? V_ERROR : type_alloc(t, &object_type, 0);
    V self = v_is_error(mark) ? V_ERROR : type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, cache);
        v_drop(t, mark);
        return V_ERROR;
    }
    LruCache *c = of(self);
    c->maxsize = maxsize;
    c->typed = typed != 0;
    slot_set(t, &c->head, &c->func, given[0]);
    slot_set(t, &c->head, &c->info_type, given[3]);
    slot_set_steal(t, &c->head, &c->cache, cache);
    slot_set_steal(t, &c->head, &c->keyword_mark, mark);
    return self;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    LruCache *c = (LruCache *)o;
    VISIT(c->func);
    VISIT(c->cache);
    VISIT(c->info_type);
    VISIT(c->keyword_mark);
}

// ---- keys --------------------------------------------------------------------------------------------------------------
static V make_key(Thread *t, const LruCache *c, const V *args, size_t nargs, V kwnames) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames), n = nargs, at = 0;
    if (!c->typed && nkw == 0 && nargs == 1 && (v_is_exact(args[0], &str_type) || v_is_int(args[0]) || v_is_exact(args[0], &int_type)))
        return v_dup(args[0]);
    if (nkw) n += 1 + 2 * nkw;
    if (c->typed) n += nargs + nkw;
    V key = tuple_new(t, n);
    if (v_is_error(key) || n == 0) return key;
    for (size_t i = 0; i < nargs; i++) tuple_init(t, key, at++, args[i]);
    if (nkw) tuple_init(t, key, at++, slot_peek(&c->keyword_mark));
    for (size_t i = 0; i < nkw; i++) {
        tuple_init(t, key, at++, tuple_borrow(kwnames, i));
        tuple_init(t, key, at++, args[nargs + i]);
    }
    for (size_t i = 0; c->typed && i < nargs + nkw; i++) tuple_init(t, key, at++, v_from_type(v_type(args[i])));
    return key;
}

// ---- calling -----------------------------------------------------------------------------------------------------------
static V miss(Thread *t, LruCache *c, const V *args, size_t nargs, V kwnames) {
    at_fetch_add_relaxed(&c->misses, (int64_t)1);
    return obj_call(t, slot_peek(&c->func), args, nargs, kwnames);
}

static V call_unbounded(Thread *t, LruCache *c, V key, int64_t hash, const V *args, size_t nargs, V kwnames) {
    V cache = slot_peek(&c->cache), result = dict_get_hash(t, cache, key, hash);
    if (result != V_NULL) {
        if (!v_is_error(result)) count_hit(t, c);
        return result;
    }
    result = miss(t, c, args, nargs, kwnames);
    if (v_is_error(result) || dict_set_hash(t, cache, key, hash, result) == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

// The remembered result when it is the one used last, without the lock; V_NULL otherwise.
static V recall_newest(Thread *t, Dict *d, V key, int64_t hash) {
    DictKeys *keys;
    ptrdiff_t i = dict_find(t, d, key, hash, &keys);
    if (i < 0) return i == -1 ? V_NULL : V_ERROR;
    if ((size_t)i + 1 != at_load_acquire(&keys->nentries)) return V_NULL;
    V result = at_load_acquire(&keys->entries[i].value.bits);
    if (result == V_MOVED) return V_NULL;
    return v_is_counted(result) ? result | V_U_TAG : result;
}

// The remembered result, which becomes the one used last; V_NULL when there is none.
static V recall(Thread *t, LruCache *c, V key, int64_t hash) {
    Dict *d = dict_of(slot_peek(&c->cache));
    DictKeys *keys;
    V newest = obj_is_shared(&d->head) ? recall_newest(t, d, key, hash) : V_NULL;
    if (newest != V_NULL) return newest;
    bool locked = obj_is_shared(&d->head);
    CRITICAL(t, &d->head);
    ptrdiff_t i = dict_find(t, d, key, hash, &keys);
    if (i < 0) return i == -1 ? V_NULL : V_ERROR;
    if (unlikely(obj_is_shared(&d->head) != locked)) return recall(t, c, key, hash); // comparing made it SHARED: not locked yet
    if ((size_t)i + 1 == keys->live_end) return slot_get(&d->head, &keys->entries[i].value);
    V old_key, result = dict_remove_entry(t, d, keys, i, &old_key);
    int r = dict_insert_new(t, d, old_key, hash, result);
    v_drop(t, old_key);
    if (r == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static void forget_oldest(Thread *t, Dict *d) {
    DictKeys *keys = d->keys;
    size_t i = keys->live_start;
    while (slot_peek(&keys->entries[i].key) == V_NULL) i++;
    v_drop(t, dict_remove_entry(t, d, keys, (ptrdiff_t)i, NULL));
}

static int remember(Thread *t, LruCache *c, V key, int64_t hash, V result) {
    Dict *d = dict_of(slot_peek(&c->cache));
    DictKeys *keys;
    bool locked = obj_is_shared(&d->head);
    CRITICAL(t, &d->head);
    ptrdiff_t i = dict_find(t, d, key, hash, &keys);
    if (unlikely(obj_is_shared(&d->head) != locked)) return remember(t, c, key, hash, result); // as above
    if (i != -1) return i == -2 ? -1 : 0; // somebody else was faster
    while (d->used >= (size_t)c->maxsize) forget_oldest(t, d);
    return dict_insert_new(t, d, key, hash, result);
}

static V call_bounded(Thread *t, LruCache *c, V key, int64_t hash, const V *args, size_t nargs, V kwnames) {
    V result = recall(t, c, key, hash);
    if (result != V_NULL) {
        if (!v_is_error(result)) count_hit(t, c);
        return result;
    }
    result = miss(t, c, args, nargs, kwnames);
    if (v_is_error(result) || remember(t, c, key, hash, result) == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static V call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    LruCache *c = of(self);
    if (c->maxsize == 0) return miss(t, c, args, nargs, kwnames);
    V key = make_key(t, c, args, nargs, kwnames);
    if (v_is_error(key)) return V_ERROR;
    int64_t hash;
    V result = V_ERROR;
    if (obj_hash(t, key, &hash) == 0)
        result = (c->maxsize < 0 ? call_unbounded : call_bounded)(t, c, key, hash, args, nargs, kwnames);
    v_drop(t, key);
    return result;
}

static V descr_get(Thread *t, V self, V obj, V type) {
    (void)type;
    return obj == V_NULL || obj == V_NONE ? v_dup(self) : method_new(t, self, obj);
}

// ---- methods -----------------------------------------------------------------------------------------------------------
static NATIVE(m_info) {
    UNUSED_NATIVE();
    LruCache *c = of(self);
    V given[4] = {v_from_int(hits_of(c)), v_from_int(at_load_relaxed(&c->misses)),
                  c->maxsize < 0 ? V_NONE : int_from_i64(t, c->maxsize), int_from_size(t, dict_len(slot_peek(&c->cache)))};
    return obj_call(t, slot_peek(&c->info_type), given, 4, V_NULL);
}
static NATIVE(m_clear) {
    UNUSED_NATIVE();
    LruCache *c = of(self);
    hits_clear(c);
    at_store_relaxed(&c->misses, (int64_t)0);
    return dict_clear(t, slot_peek(&c->cache)) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_reduce) {
    UNUSED_NATIVE();
    return obj_getattr(t, self, NAME(__qualname__));
}
static NATIVE(m_copy) {
    UNUSED_NATIVE();
    return v_dup(self);
}

static const Method methods[] = {
    {"cache_info", m_info, "", LOCK_NONE, 0, "Hits, misses, bound and size."},
    {"cache_clear", m_clear, "", LOCK_SELF, 0, "Forgets everything."},
    {"__reduce__", m_reduce, "", LOCK_NONE, 0, NULL},
    {"__copy__", m_copy, "", LOCK_NONE, 0, NULL},
    {"__deepcopy__", m_copy, "memo, /", LOCK_NONE, 0, NULL},
    METHOD_END,
};

Type lru_cache_type = {
    TYPE_HEAD("functools._lru_cache_wrapper"), .doc = "A callable that remembers the results of another, by their arguments.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_METHOD_DESCR, .size = sizeof(LruCache), .attrs_offset = 1,
    .traverse = traverse, .free_ = free_lanes, .new_ = type_new, .call = call, .descr_get = descr_get, .methods = methods,
};
