// SPDX-License-Identifier: MIT
// Iterators of pairs, for loops that take the pairs apart at once: no tuple is made.
//
// pair[1] is the first item, pair[0] the second: the order in which the machine's stack wants them.  1: stack values in
// pair; 0: the end; -1: raised.
#ifndef HEDDLE_OBJECT_PAIRS_H
#define HEDDLE_OBJECT_PAIRS_H
#include "object/object.h"

int dict_items_next_pair(Thread *t, V self, V *pair); // self: a dict_item_iter
int enumerate_next_pair(Thread *t, V self, V *pair);  // self: exactly an enumerate
int zip_next_pair(Thread *t, V self, V *pair);        // self: exactly a zip of two iterators that is not strict, else 2: not done
#endif
