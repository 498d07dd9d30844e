// SPDX-License-Identifier: MIT
// Lanes: what all threads count together, each in a place of its own, without a read-modify-write.
//
// An array of THREAD_LANES counters, best a cache line each: a thread writes the one of its lane, plainly (atomic, relaxed),
// and the sum is the count.  Who has no lane adds to one more, which those without share.
#ifndef HEDDLE_THREADING_LANE_H
#define HEDDLE_THREADING_LANE_H
#include "threading/thread.h"

enum { THREAD_LANES = 32 };
// A number that no other living thread has, the same as long as t lives; THREAD_LANES when all are taken.
unsigned thread_lane(const Thread *t);
#endif
