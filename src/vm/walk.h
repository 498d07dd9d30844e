// SPDX-License-Identifier: MIT
// A loop over a SHARED list without an iterator: one word on the operand stack says which list, and where.
//
//     index 16 | address of the list 48, its low four bits 1010
//
// GET_ITER makes one when a FOR_ITER follows, in a frame that is no generator's, so nothing else ever sees it: it is never
// copied or stored, and what pops it (a jump out of the loop, an exception) drops a word that is not counted.  The list is
// held as by a value that carries U: frame_visit_stack shows it as one.  A list longer than the index goes on with an
// iterator.  The tag is that of the small immediates: v_is_object does not tell them apart, so forms of FOR_ITER look at
// v_is_counted first.
#ifndef HEDDLE_VM_WALK_H
#define HEDDLE_VM_WALK_H
#include "base/value.h"
#include "object/list.h"

enum { WALK_SHIFT = 48, WALK_LIMIT = (1 << 16) - 1 };
static inline bool v_is_walk(V v) { return (v & 15) == 10 && v > V_IMMEDIATE(16); }
static inline bool walk_fits(V list) { return v_untag(list) >> WALK_SHIFT == 0; }
static inline V walk_from(V list) { return v_untag(list) | 10; }
static inline List *walk_list(V v) { return (List *)(uintptr_t)((v & (((V)1 << WALK_SHIFT) - 1)) ^ 10); }
static inline size_t walk_index(V v) { return (size_t)(v >> WALK_SHIFT); }
static inline V walk_next(V v) { return v + ((V)1 << WALK_SHIFT); }
#endif
