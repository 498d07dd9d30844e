// SPDX-License-Identifier: MIT
// set and frozenset: the table, the types, their iterator.  The rules are in set_private.h; the set algebra in set_ops.c.
#include "set_private.h"
#include "iter_private.h"
#include "threading/poll.h"

enum { MIN_SIZE = 8, LINEAR_PROBES = 9, PERTURB_SHIFT = 5, BIG = 50000 };

static struct {
    SetTable table;
    SetEntry entries[MIN_SIZE];
} empty_storage = {{MIN_SIZE - 1, {}}, {{{0}, 0}}};
#define empty_table (&empty_storage.table)
_Static_assert(offsetof(__typeof__(empty_storage), entries) == sizeof(SetTable), "the entries follow");

// ---- the table ---------------------------------------------------------------------------------------------------------
static SetTable *table_new(Thread *t, size_t size) {
    SetTable *table = mem_calloc(t, 1, sizeof *table + size * sizeof(SetEntry));
    if (table) table->mask = size - 1;
    return table;
}

static void table_release(Thread *t, Set *s, SetTable *table) {
    if (table != empty_table) mem_release(t, &s->head, table);
}

// A probe visits cell i and, when they do not run over the end, the next nine; then jumps.
typedef struct Probe { size_t i, perturb, mask; } Probe;
static inline Probe probe_start(const SetTable *table, int64_t hash) {
    return (Probe){(size_t)hash & table->mask, (size_t)hash, table->mask};
}
static inline size_t probe_extent(const Probe *p) { return p->i + LINEAR_PROBES <= p->mask ? LINEAR_PROBES : 0; }
static inline void probe_next(Probe *p) {
    p->perturb >>= PERTURB_SHIFT;
    p->i = (p->i * 5 + 1 + p->perturb) & p->mask;
}

// The first free cell for a key that is known to be missing.
static SetEntry *free_cell(SetTable *table, int64_t hash) {
    for (Probe p = probe_start(table, hash);; probe_next(&p)) {
        SetEntry *e = &table->entries[p.i];
        for (size_t n = probe_extent(&p) + 1; n > 0; n--, e++) {
            if (slot_peek(&e->key) == V_NULL) return e;
        }
    }
}

// Under the lock: a new table with room for more than `least` keys, without V_DELETED.
static int resize(Thread *t, Set *s, size_t least) {
    UNSUSPENDED(t);
    section_assert(t, &s->head);
    size_t size = MIN_SIZE;
    while (size <= least) size <<= 1;
    SetTable *old = s->table, *table = table_new(t, size);
    if (!table) {
        err_no_memory(t);
        return -1;
    }
    for (size_t i = 0; i <= old->mask; i++) {
        V key = slot_peek(&old->entries[i].key);
        if (!set_key_live(key)) continue;
        SetEntry *e = free_cell(table, old->entries[i].hash);
        e->hash = old->entries[i].hash;
        e->key.bits = key;
    }
    s->fill = s->used;
    at_store_release(&s->table, table);
    table_release(t, s, old);
    return 0;
}

static int grow_if_full(Thread *t, Set *s) {
    if (s->fill * 5 < s->table->mask * 3) return 0;
    return resize(t, s, s->used > BIG ? s->used * 2 : s->used * 4);
}

int set_shrink_after_removals(Thread *t, Set *s) {
    CRITICAL(t, &s->head);
    if (s->fill - s->used <= s->table->mask / 4) return 0;
    return resize(t, s, s->used > BIG ? s->used * 2 : s->used * 4);
}

// ---- searching ---------------------------------------------------------------------------------------------------------
// Asks the objects.  1 equal, 0 not, -1 error, 2: the set changed meanwhile.
static int equal_slow(Thread *t, Set *s, SetTable *table, SetEntry *e, V key) {
    V held = slot_get(&s->head, &e->key);
    if (!set_key_live(held)) return 2;
    size_t mask = table->mask;
    int equal = obj_compare_bool(t, held, key, CMP_EQ);
    v_drop(t, held);
    if (equal < 0) return -1;
    if (set_table_of(s) != table || table->mask != mask || slot_peek(&e->key) != v_untag(held)) return 2;
    return equal;
}

// 1 equal, 0 not, -1 error, 2 look again.
static inline int matches(Thread *t, Set *s, SetTable *table, SetEntry *e, V k, V key, int64_t hash) {
    if (k == key) return 1;
    if (at_load_relaxed(&e->hash) != hash) return 0;
    int equal = equal_quick(k, key);
    return likely(equal >= 0) ? equal : equal_slow(t, s, table, e, key);
}

// The cell of key (1), or where it would go (0): the last V_DELETED cell on the way, or the free one at its end; -1 error.
static int find(Thread *t, Set *s, V key, int64_t hash, SetEntry **out) {
    key = v_untag(key);
again:;
    SetTable *table = set_table_of(s);
    SetEntry *deleted = NULL;
    for (Probe p = probe_start(table, hash);; probe_next(&p)) {
        SetEntry *e = &table->entries[p.i];
        for (size_t n = probe_extent(&p) + 1; n > 0; n--, e++) {
            V k = slot_peek(&e->key);
            if (k == V_NULL) {
                // Comparing may have put another key, maybe this one, into the cell that was free.
                if (unlikely(deleted && slot_peek(&deleted->key) != V_DELETED)) goto again;
                *out = deleted ? deleted : e;
                return 0;
            }
            if (k == V_DELETED) {
                deleted = e;
                continue;
            }
            int r = matches(t, s, table, e, k, key, hash);
            if (r == 2) goto again;
            if (r) {
                *out = e;
                return r;
            }
        }
    }
}

int set_contains_hash(Thread *t, Set *s, V key, int64_t hash) {
    SetEntry *e;
    return find(t, s, key, hash, &e);
}

// ---- changing ----------------------------------------------------------------------------------------------------------
// Under the lock: a key that is known to be missing, into its cell.
static int put(Thread *t, Set *s, SetEntry *e, V key, int64_t hash) {
    UNSUSPENDED(t);
    section_assert(t, &s->head);
    if (s->table == empty_table) {
        SetTable *table = table_new(t, MIN_SIZE);
        if (!table) {
            err_no_memory(t);
            return -1;
        }
        e = &table->entries[e - empty_table->entries];
        at_store_release(&s->table, table);
    }
    bool reused = slot_peek(&e->key) == V_DELETED;
    if (unlikely(!reused && s->fill >= s->table->mask)) { // there was no memory to grow: the last free cell ends the searches
        if (resize(t, s, s->used * 2) < 0) return -1;
        e = free_cell(s->table, hash);
    }
    at_store_relaxed(&e->hash, hash);
    slot_init(t, &s->head, &e->key, key);
    at_store_relaxed(&s->used, s->used + 1);
    if (reused) return 0;
    s->fill++;
    return grow_if_full(t, s);
}

int set_add_hash(Thread *t, Set *s, V key, int64_t hash) {
    for (;;) {
        bool locked = obj_is_shared(&s->head);
        CRITICAL(t, &s->head);
        SetEntry *e;
        int there = find(t, s, key, hash, &e);
        if (there) return there < 0 ? -1 : 0;
        if (likely(obj_is_shared(&s->head) == locked)) return put(t, s, e, key, hash);
    }
}

int set_add_missing(Thread *t, Set *s, V key, int64_t hash) {
    CRITICAL(t, &s->head);
    return put(t, s, free_cell(s->table, hash), key, hash);
}

int set_discard_hash(Thread *t, Set *s, V key, int64_t hash) {
    for (;;) {
        bool locked = obj_is_shared(&s->head);
        CRITICAL(t, &s->head);
        SetEntry *e;
        int there = find(t, s, key, hash, &e);
        if (there <= 0) return there;
        if (unlikely(obj_is_shared(&s->head) != locked)) continue;
        V old = slot_peek(&e->key);
        at_store_release(&e->key.bits, V_DELETED);
        at_store_relaxed(&s->used, s->used - 1);
        v_drop(t, old);
        return 1;
    }
}

int set_clear(Thread *t, V set) {
    Set *s = set_of(set);
    CRITICAL(t, &s->head);
    SetTable *old = s->table;
    if (old == empty_table) return 0;
    at_store_release(&s->table, empty_table);
    at_store_relaxed(&s->used, (size_t)0);
    s->fill = 0;
    for (size_t i = 0; i <= old->mask; i++) {
        V key = slot_peek(&old->entries[i].key); // stays readable for searches under way
        if (set_key_live(key)) v_drop(t, key);
    }
    table_release(t, s, old);
    return 0;
}

V set_pop(Thread *t, V set) {
    Set *s = set_of(set);
    CRITICAL(t, &s->head);
    if (s->used == 0) return err_set(t, &exc_KeyError, "pop from an empty set");
    SetTable *table = s->table;
    size_t i = s->finger & table->mask;
    while (!set_key_live(slot_peek(&table->entries[i].key))) i = (i + 1) & table->mask;
    V key = slot_peek(&table->entries[i].key); // its count goes to the caller
    at_store_release(&table->entries[i].key.bits, V_DELETED);
    at_store_relaxed(&s->used, s->used - 1);
    s->finger = i + 1;
    return key;
}

// s |= other, both held still by the caller.  Keys of other go over without a comparison when s is empty.
static int merge_lock_held(Thread *t, Set *s, Set *other) {
    if ((s->fill + other->used) * 5 >= s->table->mask * 3 && resize(t, s, (s->used + other->used) * 2) < 0) return -1;
    SetTable *from = other->table;
    if (s->fill == 0) {
        if (s->table == empty_table && resize(t, s, 0) < 0) return -1;
        SetTable *to = s->table;
        bool same = to->mask == from->mask && other->fill == other->used; // then cell by cell
        for (size_t i = 0; i <= from->mask; i++) {
            V key = slot_peek(&from->entries[i].key);
            if (!set_key_live(key)) continue;
            SetEntry *e = same ? &to->entries[i] : free_cell(to, from->entries[i].hash);
            e->hash = from->entries[i].hash;
            slot_init(t, &s->head, &e->key, key);
        }
        s->fill = other->used;
        at_store_relaxed(&s->used, other->used);
        return 0;
    }
    SetTable *from_now; // comparing may change it, and others too when that made it SHARED: one look at a time
    for (size_t i = 0; i <= (from_now = set_table_of(other))->mask; i++) {
        V key = slot_get(&other->head, &from_now->entries[i].key);
        if (!set_key_live(key)) continue;
        int r = set_add_hash(t, s, key, at_load_relaxed(&from_now->entries[i].hash));
        v_drop(t, key);
        if (r < 0) return -1;
    }
    return 0;
}

int set_merge(Thread *t, Set *s, Set *other) {
    if (s == other) return 0;
    CRITICAL2(t, &s->head, &other->head);
    if (other->used == 0) return 0;
    return merge_lock_held(t, s, other);
}

void set_swap_bodies(Thread *t, Set *a, Set *b) {
    // When one is SHARED the other has to be: for what goes into the one, and because the table that comes out of it may
    // still be read by others, so that it must not die as a LOCAL set's would.
    if (obj_is_shared(&a->head)) share_value(t, v_from(&b->head));
    else if (obj_is_shared(&b->head)) share_value(t, v_from(&a->head));
    CRITICAL(t, &a->head); // nobody else has b, and waiting for it would let a go
    SetTable *table = a->table;
    size_t used = a->used, fill = a->fill;
    at_store_release(&a->table, b->table);
    at_store_relaxed(&a->used, b->used);
    a->fill = b->fill;
    at_store_release(&b->table, table);
    at_store_relaxed(&b->used, used);
    b->fill = fill;
}

// ---- for C code --------------------------------------------------------------------------------------------------------
bool v_is_any_set(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_SET); }
size_t set_len(V set) { return at_load_relaxed(&set_of(set)->used); }

V set_search_key(Thread *t, V key, int64_t *hash) {
    if (set_hash_key(t, key, hash) == 0) return v_dup(key);
    if (!v_is_any_set(key) || !err_matches(t, &exc_TypeError)) return V_ERROR;
    err_clear(t);
    V frozen = set_make(t, &frozenset_type, key);
    if (v_is_error(frozen)) return V_ERROR;
    if (obj_hash(t, frozen, hash) == 0) return frozen;
    v_drop(t, frozen);
    return V_ERROR;
}

int set_add(Thread *t, V set, V item) {
    int64_t hash;
    return set_hash_key(t, item, &hash) < 0 ? -1 : set_add_hash(t, set_of(set), item, hash);
}

int set_contains(Thread *t, V set, V item) {
    int64_t hash;
    V key = set_search_key(t, item, &hash);
    if (v_is_error(key)) return -1;
    int r = set_contains_hash(t, set_of(set), key, hash);
    v_drop(t, key);
    return r;
}

int set_discard(Thread *t, V set, V item) {
    int64_t hash;
    V key = set_search_key(t, item, &hash);
    if (v_is_error(key)) return -1;
    int r = set_discard_hash(t, set_of(set), key, hash);
    v_drop(t, key);
    return r;
}

bool set_next(V set, size_t *pos, V *item, int64_t *hash) {
    SetTable *table = set_table_of(set_of(set));
    for (size_t i = *pos; i <= table->mask; i++) {
        V key = slot_peek(&table->entries[i].key);
        if (!set_key_live(key)) continue;
        *pos = i + 1;
        *item = key;
        if (hash) *hash = at_load_relaxed(&table->entries[i].hash);
        return true;
    }
    *pos = SIZE_MAX;
    return false;
}

// From a dict that stays as it is, but for what comparing does to it.
static int add_keys(Thread *t, Set *s, V dict) {
    size_t n = dict_len(dict), pos = 0;
    {
        CRITICAL(t, &s->head);
        if ((s->fill + n) * 5 >= s->table->mask * 3 && resize(t, s, (s->used + n) * 2) < 0) return -1;
    }
    V key, value;
    int64_t hash;
    while (dict_next_hash(dict, &pos, &key, &value, &hash)) {
        key = v_dup(key);
        int r = set_add_hash(t, s, key, hash);
        v_drop(t, key);
        if (r < 0) return -1;
    }
    return 0;
}

static int update_from_dict(Thread *t, Set *s, V dict) {
    if (!obj_is_shared(v_obj(dict))) return add_keys(t, s, dict);
    V copy = dict_copy(t, dict); // one moment of it
    if (v_is_error(copy)) return -1;
    int r = add_keys(t, s, copy);
    v_drop(t, copy);
    return r;
}

static int update_from_list(Thread *t, V set, V list) { // which may change while items are compared
    int r = 0;
    for (size_t i = 0, steps = 0; r == 0; i++) {
        V item = list_get(t, list, i);
        if (item == V_NULL) break;
        r = set_add(t, set, item);
        v_drop(t, item);
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    return r;
}

int set_update(Thread *t, V set, V iterable) {
    if (v_is_any_set(iterable)) return set_merge(t, set_of(set), set_of(iterable));
    CRITICAL(t, v_obj(set)); // for others all at once, unless it polls or runs Python
    if (v_is_exact(iterable, &dict_type)) return update_from_dict(t, set_of(set), iterable);
    if (v_is_exact(iterable, &list_type) && !obj_is_shared(v_obj(iterable))) return update_from_list(t, set, iterable);
    V iter = obj_iter_whole(t, iterable);
    if (v_is_error(iter)) return -1;
    int r = 0;
    for (size_t steps = 0; r == 0;) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        r = v_is_error(item) ? -1 : set_add(t, set, item);
        v_drop(t, item);
        if (r == 0) r = poll_step_apart(t, &steps);
    }
    v_drop(t, iter);
    return r;
}

V set_alloc(Thread *t, Type *type) {
    V v = type == &set_type || type == &frozenset_type ? v_from(obj_alloc(t, type, sizeof(Set), OBJ_GC)) : type_alloc(t, type, 0);
    if (v == V_NULL) return err_no_memory(t);
    if (v_is_error(v)) return V_ERROR;
    set_of(v)->table = empty_table;
    set_of(v)->hash = -1;
    return v;
}

V set_make(Thread *t, Type *type, V iterable) {
    V set = set_alloc(t, type);
    if (v_is_error(set) || iterable == V_NULL || set_update(t, set, iterable) == 0) return set;
    v_drop(t, set);
    return V_ERROR;
}
V set_new(Thread *t, V iterable) { return set_make(t, &set_type, iterable); }
V frozenset_new(Thread *t, V iterable) { return set_make(t, &frozenset_type, iterable); }
V set_copy(Thread *t, V set) { return set_make(t, &set_type, set); }

V set_snapshot(Thread *t, V set) {
    Set *s = set_of(set);
    CRITICAL(t, &s->head);
    V list = list_with_capacity(t, s->used), key;
    size_t pos = 0;
    while (!v_is_error(list) && set_next(set, &pos, &key, NULL)) {
        if (list_append(t, list, key) == 0) continue;
        v_drop(t, list);
        return V_ERROR;
    }
    return list;
}

// ---- the types -----------------------------------------------------------------------------------------------------------
static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return set_alloc(t, type);
}

static int type_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V iterable;
    if (args_bind(t, "set", "iterable=(), /", args, nargs, kwnames, &iterable) < 0) return -1;
    if (at_load_relaxed(&set_of(self)->table) != empty_table) set_clear(t, self);
    at_store_relaxed(&set_of(self)->hash, (int64_t)-1);
    return iterable == V_NULL ? 0 : set_update(t, self, iterable);
}

static V frozen_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V iterable;
    if (type != &frozenset_type && type->init != frozenset_type.init) kwnames = V_NULL;
    if (args_bind(t, "frozenset", "iterable=(), /", args, nargs, kwnames, &iterable) < 0) return V_ERROR;
    if (type == &frozenset_type && iterable != V_NULL && v_is_exact(iterable, &frozenset_type)) return v_dup(iterable);
    return set_make(t, type, iterable);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    SetTable *table = ((Set *)o)->table;
    if (!table || table == empty_table) return;
    for (size_t i = 0; i <= table->mask; i++) VISIT(table->entries[i].key);
}

static void free_table(Thread *t, Obj *o) {
    Set *s = (Set *)o;
    if (s->table) table_release(t, s, s->table);
}

static ptrdiff_t length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)set_len(self);
}

static uint64_t shuffle(uint64_t h) { return ((h ^ 89869747u) ^ (h << 16)) * 3644798167u; }

// Independent of the order; what it is shows, because frozensets can be in sets.
static int frozen_hash(Thread *t, V self, int64_t *out) {
    (void)t;
    Set *s = set_of(self);
    int64_t known = at_load_relaxed(&s->hash);
    if (known != -1) {
        *out = known;
        return 0;
    }
    uint64_t h = 0;
    size_t pos = 0;
    V key;
    int64_t each;
    while (set_next(self, &pos, &key, &each)) h ^= shuffle((uint64_t)each);
    h ^= (s->used + 1) * 1927868237u;
    h ^= (h >> 11) ^ (h >> 25);
    h = h * 69069u + 907133923u;
    if (h == UINT64_MAX) h = 590923713u;
    *out = (int64_t)h;
    at_store_relaxed(&s->hash, (int64_t)h);
    return 0;
}

static V repr(Thread *t, V self) {
    Type *type = v_type(self);
    if (set_len(self) == 0) return str_from_format(t, "%T()", self);
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_format(t, "%T(...)", self);
    V list = obj_to_list(t, self), result = V_ERROR, text;
    if (v_is_error(list)) goto done;
    text = obj_repr(t, list);
    v_drop(t, list);
    if (v_is_error(text)) goto done;
    {
        StrBuilder b;
        sb_init(&b, t);
        bool plain = type == &set_type;
        if (!plain) {
            V name = type_name(t, type);
            if (!v_is_error(name)) sb_str(&b, name);
            else err_clear(t);
            v_drop(t, name);
            sb_char(&b, '(');
        }
        sb_char(&b, '{');
        sb_substr(&b, text, 1, str_len(text) - 1);
        sb_char(&b, '}');
        if (!plain) sb_char(&b, ')');
        v_drop(t, text);
        result = sb_finish(&b);
    }
done:
    obj_repr_leave(t, self);
    return result;
}

#define SET_SLOTS \
    .size = sizeof(Set), .traverse = traverse, .free_ = free_table, .repr = repr, .compare = set_compare, .iter = set_iter_new, \
    .len = length, .contains = set_contains, .or_ = set_slot_or, .and_ = set_slot_and, .xor_ = set_slot_xor, \
    .subtract = set_slot_sub
Type set_type = {
    TYPE_HEAD("set"), .getattr = obj_generic_getattr,
    .doc = "set() -> an empty one\n"
           "set(iterable) -> one with these elements\n\n"
           "Elements without an order, each of them once.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_SET | TYPE_WEAKREFS | TYPE_ITEM_SELF, SET_SLOTS,
    .new_ = type_new, .init = type_init, .hash = obj_hash_unhashable, .ior = set_slot_ior, .iand = set_slot_iand,
    .ixor = set_slot_ixor, .isubtract = set_slot_isub, .methods = set_methods,
};
Type frozenset_type = {
    TYPE_HEAD("frozenset"), .getattr = obj_generic_getattr,
    .doc = "frozenset() -> an empty one\n"
           "frozenset(iterable) -> one with these elements\n\n"
           "A set that cannot be changed and has a hash.",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_SET | TYPE_WEAKREFS | TYPE_ITEM_SELF, SET_SLOTS,
    .new_ = frozen_new, .hash = frozen_hash, .methods = frozenset_methods,
};

// ---- the iterator --------------------------------------------------------------------------------------------------------
typedef struct SetIter {
    Obj head;
    Slot set;     // V_NULL once exhausted
    size_t used;  // of the set when iteration began; SIZE_MAX: it was caught changing
    size_t pos, left;
} SetIter;
static SetIter *iter_of(V v) { return (SetIter *)v_obj(v); }

V set_iter_new(Thread *t, V set) {
    SetIter *it = (SetIter *)obj_alloc(t, &set_iter_type, sizeof *it, OBJ_GC);
    if (!it) return err_no_memory(t);
    it->used = it->left = set_len(set);
    slot_init(t, &it->head, &it->set, set);
    return v_from(it);
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((SetIter *)o)->set); }

static V iter_next(Thread *t, V self) {
    SetIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V set = slot_peek(&it->set), key;
    if (set == V_NULL) return V_END;
    if (unlikely(set_len(set) != it->used)) {
        it->used = SIZE_MAX;
        return err_set(t, &exc_RuntimeError, "Set changed size during iteration");
    }
    if (likely(set_next(set, &it->pos, &key, NULL))) {
        it->left--;
        return v_dup(key);
    }
    slot_clear(t, &it->head, &it->set);
    return V_END;
}

static NATIVE(iter_hint) {
    UNUSED_NATIVE();
    SetIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V set = slot_peek(&it->set);
    return v_from_int(set != V_NULL && it->used == set_len(set) ? (int64_t)it->left : 0);
}

static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    SetIter *it = iter_of(self);
    V set, key, list = list_new(t, 0);
    size_t pos;
    {
        CRITICAL(t, &it->head);
        set = slot_get(&it->head, &it->set);
        pos = it->pos;
    }
    while (!v_is_error(list) && set != V_NULL && set_next(set, &pos, &key, NULL)) {
        if (list_append(t, list, key) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    v_drop(t, set);
    return tuple_pack_steal(t, 2, iter_builtin(t, "iter"), tuple_pack_steal(t, 1, list));
}

static const Method iter_methods[] = {ITER_HINT(iter_hint), ITER_REDUCE(iter_reduce), METHOD_END};
Type set_iter_type = {
    TYPE_HEAD("set_iterator"), .flags = TYPE_GC, .size = sizeof(SetIter), .traverse = iter_traverse, .iter = iter_self,
    .next = iter_next, .methods = iter_methods,
};
