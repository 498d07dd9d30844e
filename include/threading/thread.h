// SPDX-License-Identifier: MIT
// Thread states, safepoints, blocking, critical sections.
//
// A thread is ATTACHED (may touch objects), DETACHED (blocked, in a system call) or CLAIMED (another thread acts on its
// behalf while it is detached).  In the GIL build attached means holding the lock.
//
//        thread_attach            thread_detach
//   DETACHED ---------> ATTACHED ---------> DETACHED
//      ^  claim (initiator, under the round lock)  |
//      +------------------- CLAIMED <--------------+
#ifndef HEDDLE_THREADING_THREAD_H
#define HEDDLE_THREADING_THREAD_H
#include <pthread.h>
#include "threading/count.h"
#include "threading/heap.h"
#include "threading/mutex.h"

struct Frame;
struct StackChunk;
struct PendingItem;
typedef struct LocalsTable LocalsTable;
typedef struct ThreadSync ThreadSync; // the protocol's own part, private to threading/

// Reasons in Thread.breaker.  Anybody may set a bit (fetch_or); the owner clears it when it responds.
enum {
    BREAK_HANDSHAKE = 1,  // an epoch to respond to
    BREAK_STOP = 2,       // the world is being stopped
    BREAK_GIL = 4,        // somebody asks for the lock
    BREAK_PENDING = 8,    // finalizers or callbacks wait in t->pending
    BREAK_COLLECT = 16,   // a collection is due
    BREAK_SIGNAL = 32,    // a signal handler is to run (main thread)
    BREAK_ASYNC_EXC = 64, // t->async_exc is to be raised
    BREAK_COLLECT_ALL = 128, // another thread has called gc.collect()
    BREAK_TRACE = 256,    // tracing was switched on or off
    BREAK_GAPS = 512,     // HEDDLE_DEBUG=gaps: set for good, so that each poll comes by safepoint_slow
};

typedef struct ExcItem { // the stack of exceptions being handled: one item a generator and one for the thread
    V exc;               // counted or V_NULL
    struct ExcItem *prev;
} ExcItem;

struct Thread {
    // -- read or written all the time by the owner ----------------------------------------------------------
    uint32_t breaker;       // atomic: BREAK_* set by anybody
    int recursion;          // Python frames entered; owner thread
    int recursion_limit;    // copy of the interpreter's; atomic: any thread sets it
    int c_depth;            // nested recursion_enter; owner thread
    bool c_overflowed;      // a RecursionError of recursion_enter is being made
    struct Frame *frame;    // innermost running frame; owner thread; read by a claimer or in a stopped world
    V exc;                  // pending exception, counted, or V_NULL; owner thread
    ExcItem *exc_info;      // innermost handled-exception item (never NULL)
    ExcItem exc_base;       // the thread's own item
    char *c_stack_limit;    // C frames below this address raise RecursionError
    char *c_stack_base;     // highest address of the C stack
    // -- the VM's stack ------------------------------------------------------------------------------------
    struct StackChunk *chunk;   // chunked V stack (vm/frame.c)
    V *stack_top, *stack_end;   // free part of the current chunk
    // -- memory and destruction ----------------------------------------------------------------------------
    Heap heap;                  // threading/heap.c
    bool destroying;            // obj_die is running its worklist
    bool dead_waiting;          // there are objects whose destruction is queued
    struct PendingItem *pending, **pending_tail; // finalizers and callbacks to run at the next bytecode boundary
    struct CritSec *crit;       // innermost critical section
    // -- identity ------------------------------------------------------------------------------------------
    uint64_t id;                // serial, from 1; const after init
    pthread_t handle;
    unsigned long ident;        // what threading.get_ident() tells
    int native_id;              // gettid()
    bool is_main, is_daemon;
    // -- the interpreter's per-thread values (thread_visit_values) -----------------------------------------------
    V async_exc;                // counted or V_NULL; owner thread (others post a call that sets it)
    V context;                  // contextvars: current context or V_NULL
    V trace_func, profile_func; // sys.settrace / setprofile
    LocalsTable *locals;        // threading.local values (modules/thread_local.c); owner thread, or NULL
    V async_gen_firstiter, async_gen_finalizer;
    struct MethodCache *method_cache; // object/type_cache.c; owner thread
    V sentinel;                 // _thread._set_sentinel: released when the thread ends
    V dict;                     // per-thread scratch dict (repr guard lists, ...)
    int tracing;                // > 0 while a trace function runs
    int coroutine_origin_depth;
    uint64_t context_version;
    // -- the protocol ---------------------------------------------------------------------------------------
    ThreadSync *sync;           // owned by threading/
    Thread *next, *prev;        // all threads, under the thread list lock
#if HEDDLE_DEBUG_CHECKS
    uint64_t pauses;            // how often it let its sections go, detached, or ran Python: see UNSUSPENDED; owner thread
#endif
};

// The calling thread's Thread; NULL if it never attached.
extern __thread Thread *thread_self_;
static inline Thread *thread_current(void) { return thread_self_; }
static inline int thread_recursion_limit(const Thread *t) { return at_load_relaxed(&t->recursion_limit); }

Thread *threading_init(void);         // the Thread of the calling (main) thread, attached.  Called once; NULL: no memory
Thread *thread_new(Thread *creator);  // for a new pthread, made by its creator; NULL when memory is exhausted
void thread_start_here(Thread *t);    // first thing in the new pthread: binds and attaches
void thread_exit(Thread *t);          // detaches for good, hands over heap and tables, frees t
void threading_sharing_begins(Thread *t); // before the first Thread.start: shares the roots (once)
bool threading_is_sharing(void);
void thread_discard(Thread *t); // one that was made but never started (pthread_create failed)
bool thread_is_attached(const Thread *t);
void handshake_now(Thread *t); // tries a round at once (tests, gc.collect)
// Has `owner` run answer(owner, owner, arg), which may share and hand out what is LOCAL to it but runs no Python; or
// runs answer(t, owner, arg) itself while `owner` is detached.  Waits detached.  false: no such thread any more.
bool thread_ask(Thread *t, Thread *owner, void (*answer)(Thread *by, Thread *owner, void *arg), void *arg);
// Around fork(): stop the world and wait for the round in progress; go on in the parent; in the child, take over the
// vanished threads' tables and objects.
void threading_before_fork(Thread *t);
void threading_after_fork_parent(Thread *t);
void threading_after_fork_child(Thread *t);
// The interpreter is finishing: no other thread attaches again (one that tries sleeps for good).
void threading_finish(Thread *t);
// Every V in the fields of *t: pending exception, handled exceptions, context, trace functions, ...
void thread_visit_values(Thread *t, StackVisitor visit, void *arg);
bool threading_gil_enabled(void);     // sys._is_gil_enabled()
void threading_set_switch_interval(double seconds);
double threading_switch_interval(void);
void threads_each(void (*fn)(Thread *, void *), void *arg); // for every Thread, holding the thread list lock
// The same from a signal handler: does not wait for the list, so it may miss a thread that starts or ends.
void threads_each_unwaiting(void (*fn)(Thread *, void *), void *arg);

// Lets go of the critical sections while C code calls into Python, and takes the innermost back.
void crit_suspend(Thread *t);
void crit_resume(Thread *t);

// Around anything that may block: the thread may be claimed meanwhile and must not touch objects.
void thread_detach(Thread *t);
void thread_attach(Thread *t);
#define BLOCKING(t) for (int once_ = (thread_detach(t), 1); once_; once_ = 0, thread_attach(t)) // no return/break inside

// Responds to everything in t->breaker.  0, or -1 with an exception (signal handler, async exception).  May run Python.
int safepoint_slow(Thread *t);
static inline int safepoint(Thread *t) {
    rt_mutex_assert_may(RT_MAY_BLOCK | RT_MAY_PYTHON);
    return __builtin_expect(at_load_relaxed(&t->breaker) != 0, 0) ? safepoint_slow(t) : 0;
}
// Only finalizers and callbacks that wait, after a round when one is asked for (SHARED objects).  0/-1.
int safepoint_prompt(Thread *t);
static inline void breaker_set(Thread *t, uint32_t why) { at_fetch_or_release(&t->breaker, why); }

// The whole world stops (all other threads detached or parked at safepoints) until the matching start.
// Whether another thread may run Python while this one does: not in the GIL build, whose lock says who does.
static inline bool world_is_parallel(void) { return !HEDDLE_GIL; }
void world_stop(Thread *t);
void world_start(Thread *t);
void handshake_drain_stw(Thread *t); // in a stopped world: judges all objects whose count is zero, transitively

// ---- critical sections: an object's lock for structural changes ----------------------------------------------
// Free for a LOCAL object.  Re-entered for free by the holder; suspended on any block, safepoint or call into Python,
// after which the body must look at the object again.
enum { CRIT_OWNS_A = 1, CRIT_OWNS_B = 2 };
typedef struct CritSec {
    struct CritSec *prev;
    Obj *a, *b;     // SHARED objects; b may be NULL
    Thread *thread; // NULL: nothing to release
    bool held;      // false: suspended
    uint8_t owns;   // what it locked itself; the rest is the section's around it
} CritSec;
void crit_enter_slow(Thread *t, CritSec *c, Obj *a, Obj *b);
void crit_exit_slow(CritSec *c);
static inline void crit_enter(Thread *t, CritSec *c, Obj *a, Obj *b) {
    c->thread = NULL;
    if (obj_is_shared(a) || (b && obj_is_shared(b))) crit_enter_slow(t, c, a, b);
}
static inline void crit_exit(CritSec *c) {
    if (__builtin_expect(c->thread != NULL, 0)) crit_exit_slow(c);
}
// Holds the lock of o (and p) to the end of the enclosing scope.
#define CRITICAL(t, o) \
    __attribute__((cleanup(crit_exit))) CritSec crit_; \
    crit_enter((t), &crit_, (o), NULL)
#define CRITICAL2(t, o, p) \
    __attribute__((cleanup(crit_exit))) CritSec crit_; \
    crit_enter((t), &crit_, (o), (p))

// Invariant 8, for whoever changes a structure and does not look at it again.  UNSUSPENDED(t): asserts that t does not let its
// sections go, detach or run Python before the end of the enclosing scope.  section_assert(t, o): o is LOCAL, or t holds its
// lock: also where it was LOCAL, and its lock not taken, when the section began.
static inline void thread_note_pause(Thread *t) {
#if HEDDLE_DEBUG_CHECKS
    t->pauses++;
#else
    (void)t;
#endif
}
#if HEDDLE_DEBUG_CHECKS
typedef struct Unsuspended {
    const Thread *t;
    uint64_t pauses;
} Unsuspended;
static inline void unsuspended_check(const Unsuspended *u) { HD_ASSERT(u->t->pauses == u->pauses); }
#define UNSUSPENDED(t) __attribute__((cleanup(unsuspended_check), unused)) const Unsuspended unsuspended_ = {(t), (t)->pauses}
void section_check(const Thread *t, const Obj *o);
static inline void section_assert(const Thread *t, const Obj *o) {
    if (obj_is_shared(o)) section_check(t, o);
}
#else
#define UNSUSPENDED(t) ((void)(t))
static inline void section_assert(const Thread *t, const Obj *o) { (void)t, (void)o; }
#endif

// A value that C code holds outside objects and frames: registered once, traversed by sharing and the collector.
// Read it with root_get (or slot_peek, borrowed); write it with root_set.
void root_register(Slot *root);
void root_set(Thread *t, Slot *root, V v); // borrowed v; shares it when sharing has begun
void roots_each(Thread *t, SlotVisitor visit, void *arg); // registered roots, and the interpreter's own
V root_get(const Slot *root);              // a stack value; V_NULL when unset
#endif
