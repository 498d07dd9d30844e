// SPDX-License-Identifier: MIT
// What threading/ keeps for itself: a thread's part in the protocol, and what its files tell each other.
#ifndef HEDDLE_THREADING_SYNC_H
#define HEDDLE_THREADING_SYNC_H
#include "threading/debug.h"
#include "threading/gclink.h"
#include "threading/mutex.h"
#include "threading/pending.h"
#include "threading/thread.h"
#include "threading/weak.h"

// ---- chunked lists of pointers: zero-count tables and retired memory -----------------------------------------------
typedef struct PtrChunk {
    struct PtrChunk *next, *prev;
    uint32_t n, room;
    void *items[];
} PtrChunk;
enum { PTR_FIRST = 13, PTR_CHUNK = 509 }; // 128 bytes the first chunk of a list, 4 KiB the others

typedef struct PtrList { // owner thread
    PtrChunk *first, *last;
    size_t count, bytes;
#if HEDDLE_DEBUG_CHECKS
    uint64_t closed; // the epoch when the last of it changed hands: a later round may judge or free it (invariants 5, 6)
#endif
} PtrList;
static inline void ptrlist_close(PtrList *list, const uint64_t *epoch) {
#if HEDDLE_DEBUG_CHECKS
    uint64_t now = at_load_relaxed(epoch);
    if (now > list->closed) list->closed = now;
#else
    (void)list, (void)epoch;
#endif
}
static inline void ptrlist_assert_closed_before(const PtrList *list, uint64_t epoch) {
#if HEDDLE_DEBUG_CHECKS
    HD_ASSERT(!list->count || list->closed < epoch);
#else
    (void)list, (void)epoch;
#endif
}

// Appends p.  Memory for a chunk comes from malloc; when there is none the process ends with a message, because a
// reference that cannot be recorded can be neither kept nor freed.
void ptrlist_push(PtrList *list, void *p);
void *ptrlist_pop(PtrList *list);
void ptrlist_append(PtrList *to, PtrList *from); // empties `from`
void ptrlist_free(PtrList *list);

// ---- stacks of objects: work lists -----------------------------------------------------------------------------------
typedef struct ObjStack { // owner thread; its memory grows, and stays when it is little
    Obj **at;
    size_t n, cap;
} ObjStack;
void objstack_grow(ObjStack *stack);
void objstack_free(ObjStack *stack);
static inline void objstack_push(ObjStack *stack, Obj *o) {
    if (__builtin_expect(stack->n == stack->cap, 0)) objstack_grow(stack);
    stack->at[stack->n++] = o;
}

// ---- a thread's part ---------------------------------------------------------------------------------------------------
enum { THREAD_DETACHED, THREAD_ATTACHED, THREAD_CLAIMED };

// Counts of SHARED objects that a thread keeps for its next references to them: credit.c.
enum { CREDIT_BITS = 8, CREDIT_SETS = 1 << CREDIT_BITS, CREDIT_WAYS = 4 };
typedef struct CreditSet {     // owner thread
    const Obj *o[CREDIT_WAYS]; // alive where n is not 0; otherwise compared only
    uint16_t n[CREDIT_WAYS];   // counts of o that are the thread's
    uint8_t heat[CREDIT_WAYS]; // how often it was counted, up to WARM
    uint8_t used;              // bits: since the last look
    uint8_t hand;              // which one a new object might replace
} CreditSet;

// What a thread noted of the counts of HOT objects: hot.c.
typedef struct HotCount {
    Obj *o; // NULL: a free place
    int64_t n;
} HotCount;
typedef struct HotCounts { // an open hash table
    HotCount *at;
    size_t mask, used;
} HotCounts;

enum { REGISTER_WORDS = 32 };

// How soon a round is wanted.  An object that may hold others dies at once when no other thread is attached, as it would if
// it were LOCAL: a round costs little then.
typedef enum RoundAsk { ASK_LAZY, ASK_ALONE, ASK_PROMPT } RoundAsk;

struct ThreadSync {
    uint32_t state;      // atomic: THREAD_*
    unsigned lane;       // lane.h; const after init
    uint64_t seen;       // atomic: the last epoch responded to; owner, or its claimer
    Thread *asked_next, *asked_prev; // who is asked by rounds, under lock_threads (resting.c)
    unsigned visits;     // by rounds, since it detached; owner, or its claimer
    bool rests;          // its words are in the table of those who rest; owner, or its claimer
    PtrList zero;        // SHARED objects whose count reached zero here; owner, or its claimer
    PtrList *zero_to;    // where they go now: &zero, or the judge's list of children
    PtrList retired;     // memory to free after the next completed round; owner, or its claimer
    RoundAsk ask;        // the round that is wanted for what is on them
    ObjStack dead;       // obj_die: collectable objects that wait for their destruction
    size_t dead_from;    // obj_die: those from here on are children of the one that is being destroyed
    PtrList dead_leaves; // obj_die: other objects that died deep inside a destruction
    ObjStack sharing;    // share_value: what was marked, but not visited yet
    int destroy_depth;
    CreditSet *credits;              // [CREDIT_SETS], or NULL: it has not counted much yet.  Owner thread, like the next six
    uint32_t counted;                // how much, until it has
    uint64_t lent[CREDIT_SETS / 64]; // bits: sets that may hold some
    bool credits_held;               // any bit of lent is set
    bool may_credit;                 // from attach to detach, but not while it has stopped the world
    int64_t credits_due_ns;          // the next look at them; 0: none
    int64_t credits_ran_ns;          // its processor time at the last look that counted
    HotCounts hot;                   // owner thread, or a stopped world
    bool hot_ended;                  // what it counts from now on goes straight to the registry
    PendingItem *pending_floor; // items from here on belong to an outer boundary
    uint32_t locks_within;      // Python locks it took and did not let go itself; owner
    uint32_t *tally;            // atomic: how many of them others let go, since the beginning; NULL: not counted
    bool is_relief;             // atomic: it was started for what nobody took, and is at it
    bool was_relief;            // const after its start: it was started for that
    struct InboxItem *inbox;    // atomic stack of posted calls
    WeakNode *weak_inbox;       // weakrefs of this thread whose referents died elsewhere; under inbox_lock
    GcDomain domain;            // GIL build: unused but for the main thread's
    // -- the C stack as a claimer sees it (scan.c) --
    uintptr_t *scan_from; // where a look at the C stack starts: set by SCAN_ENTRY
    uintptr_t *snapshot; // words of the C stack saved by the last detach
    size_t snapshot_len, snapshot_cap;
    uintptr_t registers[REGISTER_WORDS];     // GIL build: the callee-saved registers then, among other words
    uint32_t sleep_word; // atomic, futex: what it sleeps on in park, SLEEP_* (parking.c); a signal handler finds it here at any time
    uint8_t *woken_for;  // the byte lock whose unlocking woke it, until it has attached; written by who wakes it, then its own
    bool woken_with_it;  // and that was passed on to it: it holds the lock already
    int64_t polled_ns;   // HEDDLE_DEBUG=gaps: its processor time at the last poll; 0: none yet; owner
    int64_t held_since, hold_ns; // GIL build: when the lock was taken; how long it is held, averaged
    bool woken_by_thread;        // GIL build: its last sleep was ended by an unpark; owner
    bool has_weakrefs;           // it made a weakref once
    bool snapshot_lost;          // there was no memory for the last one
};

// ---- who is there ----------------------------------------------------------------------------------------------------
extern Thread *threads_head; // under lock_threads
extern bool sharing_begun;   // atomic; set once
_Noreturn void threading_fatal(const char *format, ...) PRINTF_LIKE(1, 2);

// heap.c
void heap_init(void);
void heap_after_fork(void);
int heap_thread_init(Thread *t); // by the thread itself
void gc_domain_init(GcDomain *domain);
void gc_domain_adopt(GcDomain *to, GcDomain *from);
void heap_thread_exit(Thread *t);
void heap_thread_vanished(Thread *gone);
void heap_attached(const Thread *t); // the calling thread is t, and may use its heap from now on
void heap_detaching(void);           // and no more
size_t obj_extent(const Obj *o);       // bytes from o to the end of its block
void retired_free_one(Thread *t, void *item);
// n objects were just shared; those with a prefix are on the list, which is spliced into a stripe.
void gc_share_list(Thread *t, GcLink *objects, int64_t n);

void gc_forget(Thread *t, Obj *o); // a tracked object dies: it is not counted any more, and on no list
// The same for a LOCAL one in a page.
static inline void gc_forget_local(Thread *t) {
    GcDomain *domain = t->heap.domain;
    domain->count[0] -= domain->count[0] > 0;
}

// count.c
void share_roots(Thread *t);
void shared_sub(Thread *t, Obj *o, unsigned n); // gives up n counts of a SHARED object

void zero_push(Thread *t, Obj *o); // the count of a SHARED object fell to zero, and it has INZCT now

// hot.c
#define RC_MOST (1u << 26) // a SHARED word does not begin with more than this: HOT for good
static inline size_t hot_hash(const Obj *o) { return (size_t)((uintptr_t)o * 0x9e3779b97f4a7c15u >> 32); }
bool hot_note_slow(Obj *o, int64_t n);
// n more counts of a HOT object whose word says that it is counted.  false: it is not HOT any more.
static inline bool hot_note(Obj *o, int64_t n) {
    const HotCounts *noted = &thread_current()->sync->hot;
    if (unlikely(!noted->at)) return hot_note_slow(o, n);
    HotCount *entry = &noted->at[hot_hash(o) & noted->mask];
    if (unlikely(entry->o != o)) return hot_note_slow(o, n);
    entry->n += n;
    return true;
}
bool hot_promote(Obj *o); // a SHARED one, by who owns a count of it.  false: it stays as it is
void hot_thread_ends(Thread *t); // still on the list of threads
int64_t hot_relieve(int64_t now); // by the ticker: when to look again; 0: nothing is HOT for a time
void hot_after_fork(void);

// gaps.c
int64_t time_running_ns(void); // of the calling thread, on a processor
void gap_ends(Thread *t);   // t is at a poll, or about to detach or to stop the world
void gap_begins(Thread *t); // and goes on

// credit.c
unsigned credit_take(Obj *o);                          // a new reference: how many counts it must add; 0 from a credit
unsigned credit_give(Thread *t, Obj *o, uint32_t rc);  // the end of one, its word being rc: how many to give up
void credits_poll(Thread *t);                          // at a safepoint: those not used lately are given up
void credits_give_up(Thread *t, bool all);             // all, or those not used lately
void credits_end(Thread *t);                           // all, and until the thread attaches it gets no more
void credits_free(Thread *t);                          // it has none

// handshake.c
void handshake_want(Thread *t, RoundAsk ask); // something went on a table or the retired list of t

void handshake_respond(Thread *t);           // attached: answers the open round, if it has not yet
void handshake_poll(Thread *t);              // at a safepoint: answers, and starts a round when one is due
void handshake_detaching(Thread *t);         // before detaching: tables change hands; the last one runs a round
// Before others hear that t has ended: what it let go of is judged, as far as they answer soon, so that it is not there any
// more for who joined it.
void handshake_settle(Thread *t);
void handshake_hand_in_late(Thread *t); // out of the list of threads: what it dropped since goes to the queue
void handshake_claim_self(Thread *t);        // detached, and a round began meanwhile
void handshake_thread_added(Thread *t);      // under lock_threads
bool handshake_has_answered(const Thread *t);
void handshake_wait_idle(Thread *t);         // no round is in progress, and none starts (the world is being stopped)
void handshake_release_idle(void);
void handshake_after_fork(Thread *t);
void handshake_print_stats(void);
void remind_attached(uint32_t why); // sets the breaker of some attached thread
void ticker_arm(int64_t when_ns);   // a round, or a look at what nobody took, is due then: ticker.c

// resting.c
void asked_link(Thread *t);         // under lock_threads, like the next: rounds ask it from now on
void asked_unlink(Thread *t);       // and no more
void resting_end(Thread *t);        // attached again, before anything else
void resting_after_fork(Thread *t); // t alone is left

// safepoint.c
void thread_detach_raw(Thread *t); // without the critical sections
bool thread_found_work(const Thread *t); // just detached: its round has found finalizers or callbacks, and it may run them
void thread_attach_raw(Thread *t);
bool world_is_stopping(void);
bool world_is_finishing(void); // one thread is left that may attach
void world_after_fork(Thread *t);
void world_left(void); // a thread is off the list: a stopper need not wait for it

// parking.c
void bytelock_forgo(const Thread *t); // a thread that may not attach any more leaves what it was woken for to the next

// gil.c
void gil_init(void);
void gil_acquire(Thread *t, bool was_asked);
void gil_release(Thread *t);
void gil_yield(Thread *t);
void gil_after_fork(Thread *t);

// mutex.c
void rt_mutexes_after_fork(void);

// scan.c
void scan_note_stack(Thread *t); // GIL build: instead of scan_save_own
void scan_own(Thread *t);      // as the running thread: VM stack exactly, C stack conservatively
void scan_claimed(Thread *t);  // the same from what scan_save_own saved: a detached one's, or an initiator's own

// pending.c
void pending_take_inbox(Thread *t);   // answers asks, queues the rest
PendingItem *pending_begin_aside(Thread *t); // what is posted from here on ...
void pending_end_aside(Thread *t, PendingItem *before, bool keep); // ... is kept in front, or left to others
void pending_abandon(Thread *t);      // all that waits is left to others: SHARED objects only
bool pending_orphans(void);           // somebody left something
void pending_thread_starts(Thread *t); // its id is given
void pending_thread_ends(Thread *t);
void pending_after_fork(Thread *t);
void relief_start(void);    // a thread that runs a round, and what waits to be run
int64_t pending_relieve(int64_t now); // by the ticker: starts a relief when it is time; when to look again, 0: nothing waits
void pending_run_quietly(Thread *t);
void pending_answer_asks(Thread *t);  // on behalf of a claimed thread: only the asks
bool pending_post_ask(Thread *target, int (*call)(Thread *t, void *arg), void *arg);

// weak.c
void weak_after_fork(void);
void weak_inbox_add(WeakNode *node);
void weak_inbox_remove(WeakNode *node);
void weak_take_inbox(Thread *t);
void weak_thread_exits(Thread *t); // all its objects are SHARED: nobody posts to its inbox any more
Obj *weak_record_local_referent(const WeakRecord *record); // NULL when it is SHARED or dead
void weak_ask(Thread *t, Thread *owner, WeakRecord *record); // ask.c: waits until the record is SHARED or DEAD
#endif
