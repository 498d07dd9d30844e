// SPDX-License-Identifier: MIT
// HOT objects whose counts are kept by thread, and their way back to SHARED.
#ifndef HEDDLE_THREADING_HOT_H
#define HEDDLE_THREADING_HOT_H
#include "threading/thread.h"

// In a stopped world: every object that contention made HOT is SHARED again, with the count it would have had.  One whose
// count is zero goes on t's zero-count table.
void hot_settle_stw(Thread *t);
// The same at a safepoint, when it is due since something turned HOT: contention may have ended.
void hot_demote(Thread *t);
// A HOT object is destroyed by the collection that found it to be garbage, since it was settled.
void hot_dies(Obj *o);
// o is HOT from now on, LOCAL as it may have been, and stays so: references to it are not counted any more.
void hot_for_good(Obj *o);
#endif
