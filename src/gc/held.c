// SPDX-License-Identifier: MIT
// A collection that need not be: what would be told of its end is looked for from the roots, and found.
//
// At the end of a program few objects have finalizers or callbacks that wait for them, and most of these few hang close to
// a root.  A search that goes breadth first and ends with the last of them looks at a fraction of the heap, once, where a
// collection looks at everything twice.  It only ever errs by not finding an object: stacks are no roots here.
#include "gc_private.h"

#include <stdlib.h>

typedef struct Table { // open addressing; grows
    const Obj **at;
    size_t mask, n;
} Table;

typedef struct Search {
    Thread *t;
    const HeldQuery *query;
    Table seen, wanted;
    size_t missing; // how many of `wanted` were not met yet
    ObjVec queue;
} Search;

// ---- tables -----------------------------------------------------------------------------------------------------------
static const Obj **table_find(const Table *table, const Obj *o) {
    size_t i = (size_t)(((uintptr_t)o >> 4) * 0x9e3779b97f4a7c15u >> 20) & table->mask;
    while (table->at[i] && table->at[i] != o) i = (i + 1) & table->mask;
    return &table->at[i];
}

static bool table_init(Table *table, size_t capacity) {
    const Obj **at = gc_memory_zeroed(capacity, sizeof *at);
    if (at) *table = (Table){at, capacity - 1, 0};
    return at != NULL;
}

static void table_grow(Table *table) {
    Table old = *table;
    if (!table_init(table, (old.mask + 1) * 2)) return;
    for (size_t i = 0; i <= old.mask; i++)
        if (old.at[i]) *table_find(table, old.at[i]) = old.at[i];
    table->n = old.n;
    free(old.at);
}

static bool table_add(Table *table, const Obj *o) { // false: it is there already, or there is no memory left
    if (gc_ran_out) return false;
    const Obj **place = table_find(table, o);
    if (*place) return false;
    *place = o;
    if (++table->n * 2 > table->mask) table_grow(table);
    return true;
}

// ---- what is wanted ---------------------------------------------------------------------------------------------------
static bool is_among(Obj *const *objects, size_t n, const Obj *o) {
    for (size_t i = 0; i < n; i++)
        if (objects[i] == o) return true;
    return false;
}

static void want(Obj *o, void *arg) {
    Search *search = arg;
    if (!is_among(search->query->kept, search->query->n_kept, o) && table_add(&search->wanted, o)) search->missing++;
}

static bool want_finalizable(Obj *const *objects, size_t n, void *arg) {
    Search *search = arg;
    for (size_t i = 0; i < n; i++)
        if (upcall_needs_python(search->t, objects[i])) want(objects[i], search);
    return false;
}

// ---- the search -------------------------------------------------------------------------------------------------------
static void meet(Search *search, Obj *o) {
    if (!obj_has(o, OBJ_GC) && !obj_has(o, OBJ_HAS_WEAKREF)) return;
    if (is_among(search->query->closed, search->query->n_closed, o) || !table_add(&search->seen, o)) return;
    if (*table_find(&search->wanted, o)) search->missing--;
    objvec_push(&search->queue, o);
}

static void meet_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    V v = slot_peek(s);
    if (v_is_object(v)) meet(arg, v_obj(v));
}

static void look(Search *search) {
    roots_each(search->t, meet_slot, search);
    for (size_t i = 0; i < search->queue.n && search->missing; i++) {
        Obj *o = search->queue.at[i];
        upcall_traverse(search->t, o, meet_slot, search);
        if (o->type) meet(search, (Obj *)o->type);
    }
}

LastWords gc_last_words(Thread *t, const HeldQuery *query) {
    if (threading_is_sharing() || at_load_relaxed(&gc_last_words_hidden)) return LAST_WORDS_UNKNOWN;
    Search search = {.t = t, .query = query};
    gc_ran_out = false;
    if (!table_init(&search.wanted, 64)) return LAST_WORDS_UNKNOWN;
    gc_walk_finalizable(t, want_finalizable, &search);
    weak_each_heard(want, &search);
    LastWords words = LAST_WORDS_NONE;
    if (search.missing && table_init(&search.seen, 4096)) {
        look(&search);
        words = search.missing ? LAST_WORDS_UNKNOWN : LAST_WORDS_HELD;
    }
    if (gc_ran_out) words = LAST_WORDS_UNKNOWN;
    free(search.wanted.at);
    free(search.seen.at);
    objvec_free(&search.queue);
    return words;
}
