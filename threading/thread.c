// SPDX-License-Identifier: MIT
// Threads: creation, registration, attaching and detaching, exit, fork.
//
// A Thread is made by its creator (thread_new: no reference is loaded yet), bound by the new pthread
// (thread_start_here), and ends in thread_exit, which hands its tables and objects over.
#include "handshake.h"
#include "base/peek.h"
#include "pages.h"
#include "threading/lane.h"
#include "threading/parking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread Thread *thread_self_;
Thread *threads_head;
bool sharing_begun;

static uint64_t last_id;
static uint32_t lanes_taken; // bits; under lock_threads, which also orders what one thread and its successor in a lane write
_Static_assert(THREAD_LANES == 32, "a bit each");

// ---- the C stack ------------------------------------------------------------------------------------------------------
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { C_STACK_RESERVE = 1 << 20 }; // instrumented frames are several times larger
// ThreadSanitizer keeps its own state of a thread, more than half a megabyte, at the top of the thread's stack.
size_t thread_stack_bytes(size_t wanted) { return 4 * wanted + (2 << 20); }
#else
enum { C_STACK_RESERVE = 256 << 10 }; // room for the deepest native that makes no further check
size_t thread_stack_bytes(size_t wanted) { return wanted; }
#endif

// The main thread's stack grows on demand up to its limit; a limit of "unlimited" is taken as this.
#define MAIN_STACK_UNLIMITED ((size_t)64 << 20)

static void stack_bounds(Thread *t) {
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) threading_fatal("cannot find the C stack's bounds");
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    t->c_stack_base = (char *)low + size;
    struct rlimit limit;
    if (t->is_main && getrlimit(RLIMIT_STACK, &limit) == 0) {
        size = limit.rlim_cur == RLIM_INFINITY ? MAIN_STACK_UNLIMITED : (size_t)limit.rlim_cur;
        if (size > MAIN_STACK_UNLIMITED) size = MAIN_STACK_UNLIMITED;
    }
    size_t reserve = size / 4 < C_STACK_RESERVE ? size / 4 : C_STACK_RESERVE;
    t->c_stack_limit = t->c_stack_base - size + reserve;
}

// ---- making and binding -----------------------------------------------------------------------------------------------
static Thread *thread_make(void) {
    Thread *t = calloc(1, sizeof *t);
    ThreadSync *sync = calloc(1, sizeof *sync);
    if (!t || !sync) {
        free(t);
        free(sync);
        return NULL;
    }
    t->sync = sync;
    t->recursion_limit = 1000;
    t->exc_info = &t->exc_base;
    t->pending_tail = &t->pending;
    sync->zero_to = &sync->zero;
    gc_domain_init(&sync->domain);
    t->heap.domain = &sync->domain;
    return t;
}

// In a stopped world the list is walked without the lock: who is not attached may add to it at other times only.
static bool thread_link(Thread *t, bool attached) {
    rt_mutex_lock(&lock_threads);
    if (!attached && world_is_stopping()) {
        rt_mutex_unlock(&lock_threads);
        return false;
    }
    t->id = ++last_id;
    t->sync->lane = lanes_taken == UINT32_MAX ? THREAD_LANES : (unsigned)__builtin_ctz(~lanes_taken);
    if (t->sync->lane < THREAD_LANES) lanes_taken |= 1u << t->sync->lane;
    t->prev = NULL;
    t->next = threads_head;
    if (threads_head) threads_head->prev = t;
    threads_head = t;
    asked_link(t);
    pending_thread_starts(t);
    handshake_thread_added(t);
    rt_mutex_unlock(&lock_threads);
    return true;
}

static void thread_unlink_lock_held(Thread *t) {
    asked_unlink(t);
    if (t->prev) t->prev->next = t->next;
    else threads_head = t->next;
    if (t->next) t->next->prev = t->prev;
    if (t->sync->lane < THREAD_LANES) lanes_taken &= ~(1u << t->sync->lane);
}

static void thread_unlink(Thread *t) {
    rt_mutex_lock(&lock_threads);
    thread_unlink_lock_held(t);
    rt_mutex_unlock(&lock_threads);
}

static void thread_bind(Thread *t) {
    t->handle = pthread_self();
    at_store_relaxed(&t->ident, (unsigned long)t->handle); // it is listed already
    t->native_id = (int)syscall(SYS_gettid);
    stack_bounds(t);
    thread_self_ = t;
    debug_sched_start(t->id);
    counters_thread_starts();
    if (heap_thread_init(t) < 0) threading_fatal("out of memory while a thread starts");
}

Thread *threading_init(void) {
    debug_init();
    if (debug_flags.stats) atexit(handshake_print_stats);
    counters_report_at_exit();
    heap_init();
    gil_init();
    if (weak_init() < 0 || parking_init() < 0) return NULL;
    Thread *t = thread_make();
    if (!t) return NULL;
    t->is_main = true;
    thread_link(t, true);
    thread_bind(t);
#if !HEDDLE_GIL
    if (debug_flags.forceshared) at_store_release(&sharing_begun, true);
#endif
    thread_attach(t);
    return t;
}

static void thread_free(Thread *t);

// Without a creator (NULL), by who is not attached, it is for looking at others only: it makes no objects, and there is none
// while the world is stopped: the caller tries again.
Thread *thread_new(Thread *creator) {
    Thread *t = thread_make();
    if (!t) return NULL;
    if (creator) t->recursion_limit = thread_recursion_limit(creator);
#if HEDDLE_GIL
    if (creator) t->heap.domain = creator->heap.domain;
#endif
    if (thread_link(t, creator != NULL)) return t;
    thread_free(t);
    return NULL;
}

void thread_start_here(Thread *t) {
    thread_bind(t);
    thread_attach(t);
}

void threading_sharing_begins(Thread *t) {
#if HEDDLE_GIL
    (void)t;
#else
    static bool done; // by the thread that starts the first other one
    if (done) return;
    done = true;
    at_store_release(&sharing_begun, true);
    share_roots(t);
#endif
}

bool threading_is_sharing(void) { return at_load_acquire(&sharing_begun); }
bool threading_gil_enabled(void) { return HEDDLE_GIL; }

unsigned thread_lane(const Thread *t) { return t->sync->lane; }

void threads_each(void (*fn)(Thread *, void *), void *arg) {
    rt_mutex_lock(&lock_threads);
    for (Thread *t = threads_head; t; t = t->next) fn(t, arg);
    rt_mutex_unlock(&lock_threads);
}

void threads_each_unwaiting(void (*fn)(Thread *, void *), void *arg) {
    if (rt_mutex_try(&lock_threads)) {
        for (Thread *t = threads_head; t; t = t->next) fn(t, arg);
        rt_mutex_unlock(&lock_threads);
        return;
    }
    Thread *t, *before = NULL;
    struct { Thread *next, *prev; } links;
    for (bool found = peek(&threads_head, &t, sizeof t); found && t; before = t, t = links.next) {
        found = peek(&t->next, &links, sizeof links) && links.prev == before; // or the list is being changed just there
        if (found) fn(t, arg);
    }
}

// Blocks of a detached thread that others freed are in nobody's way until memory runs short, or nobody has wanted any for a
// while: then they go back to the pool, on its behalf.  A thread that is just being claimed, or a list that is just being changed, is passed over.
bool pages_reclaim_blocked(void) {
    bool any = false;
#if !HEDDLE_GIL
    if (!at_load_relaxed(&sharing_begun) || !rt_mutex_try(&lock_threads)) return false;
    for (Thread *t = threads_head; t; t = t->next) {
        uint32_t detached = THREAD_DETACHED;
        if (!at_cas_seq(&t->sync->state, &detached, (uint32_t)THREAD_CLAIMED)) continue;
        PageHeap *pages = at_load_acquire(&t->heap.pages);
        if (pages && page_heap_drain(pages)) any = true;
        thread_unclaim(t);
    }
    rt_mutex_unlock(&lock_threads);
#endif
    return any;
}

void thread_visit_values(Thread *t, StackVisitor visit, void *arg) {
    V *const fields[] = {&t->exc,        &t->exc_base.exc, &t->context,
                         &t->trace_func, &t->profile_func, &t->async_gen_firstiter,
                         &t->async_gen_finalizer, &t->sentinel, &t->dict};
    for (size_t i = 0; i < countof(fields); i++) visit(t, fields[i], arg);
}

// ---- leaving ----------------------------------------------------------------------------------------------------------
#if !HEDDLE_GIL
// What a thread leaves behind is reachable by nobody, or from SHARED objects through a mistake: garbage in cycles.  It
// becomes SHARED, so that a global collection finds it and no weak record names this thread as an owner.
static bool orphans_share_batch(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) share_value(arg, v_from(objects[i]));
    return false;
}

static void orphans_share(Thread *t, Thread *of) {
    GcDomain *domain = of->heap.domain;
    GcLink *lists[] = {&domain->gen[0], &domain->gen[1], &domain->gen[2], &domain->frozen};
    for (size_t i = 0; i < countof(lists); i++)
        while (!gc_list_empty(lists[i])) share_value(t, v_from(gc_obj(gc_next(lists[i]))));
    gc_walk_local(of, AGES_ALL, orphans_share_batch, t);
}
#endif

static void thread_free(Thread *t) {
    pending_thread_ends(t);
    ptrlist_free(&t->sync->dead_leaves);
    objstack_free(&t->sync->dead);
    objstack_free(&t->sync->sharing);
    credits_free(t);
    free(t->sync->snapshot);
    free(t->sync);
    free(t);
}

void thread_exit(Thread *t) { thread_exit_telling(t, NULL, V_NULL); }

// Whoever waited for the thread may go on before a round could have looked at it: so it is out of the list by then.
static void tell(Thread *t, void (*ended)(V what), V what) {
    if (what == V_NULL) return;
    ended(what);
    v_drop(t, what);
}

void thread_exit_telling(Thread *t, void (*ended)(V what), V what) {
    HD_ASSERT(t == thread_self_ && !t->crit && !t->destroying);
#if HEDDLE_GIL
    tell(t, ended, what);
    upcall_drop_caches(t, t, true);
    pending_take_inbox(t);
    thread_unlink(t);
    heap_detaching();
    gil_release(t);
#else
    do {
        orphans_share(t, t);
        weak_thread_exits(t);
    } while (t->pending && (pending_run(t), true)); // its last callbacks, which report their errors themselves
    upcall_drop_caches(t, t, true);
    if (ended) handshake_settle(t);
    for (;;) {
        handshake_detaching(t);
        rt_mutex_lock(&lock_threads);
        if (handshake_has_answered(t)) break;
        rt_mutex_unlock(&lock_threads);
    }
    hot_thread_ends(t);
    thread_unlink_lock_held(t);
    pending_take_inbox(t); // an ask posted just now; none can come later
    bool last = !threads_head; // the process may live on without threads
    rt_mutex_unlock(&lock_threads);
    pending_abandon(t); // what the last round's verdicts posted here
    tell(t, ended, what);
    handshake_hand_in_late(t);
    world_left();
#endif
    heap_thread_exit(t);
#if !HEDDLE_GIL
    if (last) ticker_stop(); // not before: pages that come free arm it
#endif
    counters_thread_ends();
    thread_self_ = NULL;
    thread_free(t);
}

void thread_discard(Thread *t) {
    thread_unlink(t);
    thread_free(t);
}

// ---- fork -------------------------------------------------------------------------------------------------------------
void threading_before_fork(Thread *t) {
    world_stop(t);
    pages_before_fork();
}

void threading_after_fork_parent(Thread *t) {
    pages_after_fork();
    world_start(t);
}

// Their stacks are gone: what they counted stays counted, as nothing can say any more what it was.
static void vanished_adopt(Thread *t, Thread *gone) {
    bytelock_forgo(gone);
    ptrlist_append(&t->sync->zero, &gone->sync->zero);
    ptrlist_append(&t->sync->retired, &gone->sync->retired);
#if !HEDDLE_GIL
    orphans_share(t, gone);
    hot_thread_ends(gone);
#else
    if (gone->heap.domain == &gone->sync->domain && gone->heap.domain != t->heap.domain)
        gc_domain_adopt(t->heap.domain, &gone->sync->domain);
#endif
    heap_thread_vanished(gone);
}

void threading_after_fork_child(Thread *t) {
    pages_after_fork();
    rt_mutexes_after_fork();
    heap_after_fork();
    weak_after_fork();
    parking_after_fork();
    ticker_after_fork();
    hot_after_fork();
    pending_after_fork(t);
    gil_after_fork(t);
    Thread *others = threads_head;
    threads_head = t;
    for (Thread *gone = others, *next; gone; gone = next) {
        next = gone->next;
        if (gone != t) vanished_adopt(t, gone); // the struct stays: weakrefs may name it as their owner
    }
    t->next = t->prev = NULL;
    lanes_taken = t->sync->lane < THREAD_LANES ? 1u << t->sync->lane : 0;
    t->is_main = true;
    t->native_id = (int)syscall(SYS_gettid);
    world_after_fork(t);
    handshake_after_fork(t);
    resting_after_fork(t);
}
