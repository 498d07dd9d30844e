// SPDX-License-Identifier: MIT
// The hash table of set and frozenset.
//
// Programs see the order of its entries, so where a key goes and when the table grows is exactly CPython's: open
// addressing, up to ten neighbours are tried before the next jump, jumps are perturbed by the hash's upper bits.
//
// A key keeps its cell for the life of the table; a removed one leaves V_DELETED, which a new key may take.  So other threads
// may search a SHARED set without a lock: a writer stores the hash, then the key (release); growing publishes a new table and
// retires the old one.  A reader that meets a key with the hash of the cell's next one (or before) just compares the keys.
#ifndef HEDDLE_OBJECT_SET_PRIVATE_H
#define HEDDLE_OBJECT_SET_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "object/quick.h"

typedef struct SetEntry {
    Slot key;     // atomic; V_NULL: free, V_DELETED: was removed
    int64_t hash; // atomic: of the key, stored before it
} SetEntry;

typedef struct SetTable {
    size_t mask;  // const: cells - 1
    SetEntry entries[];
} SetTable;

typedef struct Set {
    Obj head;
    size_t used;     // atomic: keys; written under self->lock when SHARED
    size_t fill;     // keys and V_DELETED; under self->lock
    SetTable *table; // atomic (acquire/release); never NULL
    size_t finger;   // where pop looks next; under self->lock
    int64_t hash;    // frozenset: atomic; -1: not computed yet
} Set;

static inline Set *set_of(V v) { return (Set *)v_obj(v); }
static inline SetTable *set_table_of(const Set *s) { return at_load_acquire(&s->table); }
static inline bool set_key_live(V key) { return key != V_NULL && key != V_DELETED; }

V set_alloc(Thread *t, Type *type);
V set_make(Thread *t, Type *type, V iterable_or_null);
static inline int set_hash_key(Thread *t, V key, int64_t *out) { return hash_quick(t, key, out); }
// With a known hash.  Each takes the set's lock itself.
int set_contains_hash(Thread *t, Set *s, V key, int64_t hash);       // 1/0/-1
int set_add_hash(Thread *t, Set *s, V key, int64_t hash);
int set_add_missing(Thread *t, Set *s, V key, int64_t hash);         // known to be missing from s, which is new and nobody else's
int set_discard_hash(Thread *t, Set *s, V key, int64_t hash);        // 1/0/-1
int set_merge(Thread *t, Set *s, Set *other);                        // s |= other
int set_shrink_after_removals(Thread *t, Set *s);                    // drops V_DELETED cells when they are many
void set_swap_bodies(Thread *t, Set *a, Set *b);                     // b: new, nobody else has it
// Key or, for an unhashable set given as a key, a frozenset of it: `set in set`, remove, discard.
V set_search_key(Thread *t, V key, int64_t *hash);
// Binary operations, shared by the slots and the methods (set_ops.c).
V set_difference(Thread *t, V a, V b);
V set_intersection(Thread *t, V a, V b);
int set_difference_update(Thread *t, V a, V b);
extern const Method set_methods[], frozenset_methods[];
V set_compare(Thread *t, V a, V b, int op);
V set_slot_or(Thread *t, V a, V b);
V set_slot_and(Thread *t, V a, V b);
V set_slot_xor(Thread *t, V a, V b);
V set_slot_sub(Thread *t, V a, V b);
V set_slot_ior(Thread *t, V a, V b);
V set_slot_iand(Thread *t, V a, V b);
V set_slot_ixor(Thread *t, V a, V b);
V set_slot_isub(Thread *t, V a, V b);
#endif
