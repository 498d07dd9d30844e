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
    size_t again; // how many a round has kept before
} Batch;

typedef struct RoundQueue { // waits for the next round; under lock_queue, the scalars also read relaxed
    Batch batch;
    PtrList kept; // judged and found DIRTY: they go along with the next round
    size_t count, bytes;
    RoundAsk ask;
    bool deep;
    // A reference from a stack or a weakref, which is what makes DIRTY, goes without a trace.  So those in `kept` ask for a
    // round, too, the less often the longer they stay: the object dies after twice the time that it was kept, or a second.
    int64_t kept_due_ns;  // atomic: when they want it; 0: there are none
    int64_t kept_wait_ns; // under lock_queue
    bool kept_news;       // atomic: somebody may have let one go since the last round began
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
int64_t round_queue_keep(const Thread *judge, PtrList *kept, size_t again); // under lock_queue; when they are due, 0: there are none
void relief_start_if_asleep(void); // when nobody is attached
int64_t handshake_relieve(int64_t now); // by the ticker, like pending_relieve: for what waits for a round when all threads are asleep

// resting.c, all under lock_threads but for resting_end.  Who rests is DETACHED, or attached and about to call resting_end.
extern Thread *asked_head;          // whom rounds ask: those who do not rest
void resting_begin(Thread *t);      // t is CLAIMED and answered for: the claimer lets it rest if it stays detached
void resting_mark(void);            // the round's objects that a thread at rest may refer to turn DIRTY
uint64_t handshake_epoch(void);     // of the latest round
void scan_mark_word(uintptr_t word); // the round's object that it points to or into turns DIRTY
bool scan_save_vm_stack(Thread *t); // CLAIMED: its VM stack's uncounted values join the saved words; false: no memory

// A DETACHED thread is taken or given back.  thread_claim: false when it is attached.
bool thread_claim(Thread *t);
void thread_unclaim(Thread *t);

void handshake_finish_deep(Thread *t); // finish.c: judges the whole queue, transitively, in a stopped world
void ticker_stop(void);
void ticker_after_fork(void);
#endif
