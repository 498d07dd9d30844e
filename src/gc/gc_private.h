// SPDX-License-Identifier: MIT
// What the collector's files share.
#ifndef HEDDLE_GC_PRIVATE_H
#define HEDDLE_GC_PRIVATE_H
#include "gc/gc.h"
#include "threading/mutex.h"
#include "threading/pending.h"
#include "threading/scan.h"
#include "threading/weak.h"

typedef struct ObjVec { // grows; ends the process when memory is out in the middle of a collection
    Obj **at;
    size_t n, cap;
} ObjVec;
void objvec_push(ObjVec *vec, Obj *o);
void objvec_free(ObjVec *vec);

int64_t collect_local(Thread *t, int generation); // local.c
int64_t collect_global(Thread *t);                // global.c
bool gc_shared_is_due(void);                      // SHARED objects have doubled since the last one

void gc_times_add(GcTimes *times, int64_t since); // since: time_monotonic_ns() at the beginning
void caches_clear(Thread *t); // method caches count the names they are searched by; no other thread runs Python

// finalize.c: the last steps, for a set of objects nobody can reach.
bool finalize_queue(Thread *t, Obj *o);      // queues o's finalizer if it has one to run; true: queued
// Destroys them: cuts all references inside, then lets each die.  The caller owns one count of each counted object.
void garbage_destroy(Thread *t, ObjVec *garbage);
bool obj_is_uncounted(const Obj *o);
#endif
