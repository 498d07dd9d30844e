// SPDX-License-Identifier: MIT
// What the files of the handshake share: handshake.c (rounds), finish.c (deep cascades), ticker.c (the clock), ask.c.
#ifndef HEDDLE_THREADING_HANDSHAKE_H
#define HEDDLE_THREADING_HANDSHAKE_H
#include "sync.h"
#include "threading/scan.h"

// The batch of the round that is open: written by its initiator before the epoch is published.
extern AddressSet round_addresses;

enum { LEVELS = 32 }; // a batch's descendants are judged this many rounds deep before the world is stopped for them

// Objects to judge, by how many verdicts deep they were found, and memory to free when everybody has answered.
typedef struct Batch {
    PtrList level[LEVELS + 1];
    PtrList retired;
} Batch;

typedef struct RoundQueue { // waits for the next round; under lock_queue, the scalars also read relaxed
    Batch batch;
    PtrList kept; // judged and found DIRTY: they go along with the next round but do not ask for it
    size_t count, bytes;
    bool prompt, deep;
} RoundQueue;
extern RoundQueue round_queue;

typedef struct RoundStats { // written by judges, one at a time
    uint64_t rounds, freed, kept, retired, deep;
} RoundStats;
extern RoundStats round_stats;

void round_finish(Thread *t);
void retired_free(Thread *t, PtrList *retired);
void round_queue_take(Batch *batch);
void round_queue_note(void); // under lock_queue

// A DETACHED thread is taken or given back.  thread_claim: false when it is attached.
bool thread_claim(Thread *t);
void thread_unclaim(Thread *t);

void handshake_finish_deep(Thread *t); // finish.c: judges the whole queue, transitively, in a stopped world
void ticker_stop(void);
void ticker_after_fork(void);
#endif
