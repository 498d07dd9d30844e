// SPDX-License-Identifier: MIT
// What the iterators of module itertools have in common.
//
// Each is an object with a few slots; `next` takes the object's lock, which costs nothing while it is LOCAL and gives every
// item to one thread only when it is SHARED (calls into Python suspend it).  An inner iterator that has come to its end is
// dropped where CPython drops it.
#ifndef HEDDLE_MODULES_ITERTOOLS_PRIVATE_H
#define HEDDLE_MODULES_ITERTOOLS_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "object/plain.h"
#include "runtime/runtime.h"

#define SLOT_OF(field) (&self_->field)
#define GET(field) slot_get(&self_->head, &self_->field)
#define PEEK(field) slot_peek(&self_->field)
#define SET(field, v) slot_set(t, &self_->head, &self_->field, (v))
#define SET_STEAL(field, v) slot_set_steal(t, &self_->head, &self_->field, (v))
#define CLEAR(field) slot_clear(t, &self_->head, &self_->field)

// Keywords are for a subclass with an __init__ of its own only.  0/-1.
int it_no_keywords(Thread *t, Type *type, Type *exact, const char *name, V kwnames);
// The iterator of v under a new object of `type`: *self gets the object.  V_ERROR or the iterator (to be stored).
V it_alloc_over(Thread *t, Type *type, V iterable, V *self);
// The items of a tuple given to __setstate__: "state is not a tuple", "function takes exactly 2 arguments (1 given)".
int it_state(Thread *t, V state, size_t min, size_t max, V *out);
V it_builtin_iter(Thread *t);
// `n` indices as a tuple of ints.
V it_index_tuple(Thread *t, const size_t *indices, size_t n);

#define IT_REDUCE(fn) {"__reduce__", fn, "", LOCK_SELF, 0, "State for pickling."}
#define IT_SETSTATE(fn) {"__setstate__", fn, "object, /", LOCK_SELF, 0, "Takes the state of a pickle."}

extern Type chain_type, islice_type, accumulate_type, count_type, cycle_type, repeat_type, starmap_type, compress_type,
    dropwhile_type, takewhile_type, filterfalse_type, pairwise_type, groupby_type, grouper_type, tee_type, tee_data_type,
    zip_longest_type, product_type, permutations_type, combinations_type, combinations_wr_type;
NATIVE(itertools_tee);
#endif
