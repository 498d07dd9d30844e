// SPDX-License-Identifier: MIT
// The handshake, step by step: the words of SHARED objects, tables, rounds with attached and detached threads, what a
// scan finds, cascades, retired memory, weak references across threads, exit, fork.
#include "threading_stubs.h"

#include "threading/debug.h"
#include "threading/mutex.h"
#include "threading/pending.h"
#include "threading/weak.h"

#include "suite.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#if !HEDDLE_GIL
#include "threading_fixture.h"

static void wait_until(Thread *by, uint32_t value) {
    thread_detach(by);
    while (at_load_acquire(&stage) < value) usleep(100);
    thread_attach(by);
}

// The same without a safepoint: the thread stays attached and deaf.
static void spin_until(uint32_t value) {
    while (at_load_acquire(&stage) < value) at_pause();
}

START_TEST(shared_words) {
    V v = node_new(t, 0, 0);
    ck_assert_uint_eq(node_rc(v), 1);
    node_set(t, root, 0, v);
    ck_assert_uint_eq(node_rc(v), RC_SHARED | 2); // the slot's and ours
    V u = node_get(root, 0);
    ck_assert_uint_eq(u, v | V_U_TAG);
    ck_assert_uint_eq(node_rc(v), RC_SHARED | 2);
    v_drop(t, v);
    ck_assert_uint_eq(node_rc(u), RC_SHARED | 1);
    node_set(t, root, 0, V_NULL);
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_INZCT);
    node_set(t, root, 1, u); // counted again, still in the table
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_INZCT | 1);
    node_set(t, root, 1, V_NULL);
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_INZCT | RC_DIRTY);
    handshake_now(t); // DIRTY: kept for the next round (and our local variable holds it besides)
    ck_assert_uint_eq(node_rc(u) & (RC_INZCT | RC_DIRTY), RC_INZCT);
    ck_assert_int_eq(nodes_now(), 2);
    V owned = v_own(u);
    ck_assert_uint_eq(node_rc(owned), RC_SHARED | RC_INZCT | 1);
    handshake_now(t);
    ck_assert_uint_eq(node_rc(owned), RC_SHARED | 1);
    v_drop(t, owned);
}
END_TEST

START_TEST(promotion) {
    V v = node_new(t, 0, 0);
    node_set(t, root, 0, v);
    v_obj(v)->rc = RC_SHARED | (RC_PROMOTE - 1);
    shared_inc(v_obj(v));
    ck_assert(!(node_rc(v) & RC_HOT));
    shared_inc(v_obj(v));
    ck_assert(node_rc(v) & RC_HOT);
    uint32_t before = node_rc(v);
    shared_inc(v_obj(v));
    shared_dec(t, v_obj(v));
    ck_assert_uint_eq(node_rc(v), before);
}
END_TEST

// A value on the VM's stack gets a count; what is only in a C variable is kept by its word.
static NOINLINE void stack_and_variable(void) {
    publish_new(0, OBJ_GC);
    t->frame->values[t->frame->depth++] = node_get(root, 0);
    node_set(t, root, 0, V_NULL);
    handshake_now(t);
    V on_stack = t->frame->values[0];
    ck_assert(!v_is_uncounted(on_stack));
    ck_assert_uint_eq(node_rc(on_stack), RC_SHARED | 1);
    t->frame->depth = 0;
    v_drop(t, on_stack);

    publish_new(1, 0);
    V variable = node_get(root, 1);
    node_set(t, root, 1, V_NULL);
    for (int i = 0; i < 5; i++) handshake_now(t);
    node_check(variable);
    ck_assert_uint_eq(node_rc(variable), RC_SHARED | RC_INZCT);
}
START_TEST(scans) {
    stack_and_variable();
    wipe_stack();
    for (int i = 0; i < 3; i++) handshake_now(t);
#if !defined(__SANITIZE_ADDRESS__) // whose frames are large and keep stale words
    ck_assert_int_eq(nodes_now(), 1);
#endif
}
END_TEST

// A pointer into the object's middle is a reference, too.
static NOINLINE void hold_interior(void) {
    publish_new(0, 0);
    Slot *volatile inside = node_slot(node_get(root, 0), 1);
    node_set(t, root, 0, V_NULL);
    wipe_stack();
    for (int i = 0; i < 3; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 2);
    ck_assert_uint_eq(slot_peek(inside), V_NULL);
}
START_TEST(interior_pointers) {
    hold_interior();
    wipe_stack();
    for (int i = 0; i < 3; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 1);
}
END_TEST

// ---- two threads --------------------------------------------------------------------------------------------------------
static void hold_detached(Thread *by, void *arg) {
    (void)arg;
    by->frame->values[by->frame->depth++] = node_get(root, 0);
    V variable = node_get(root, 1);
    at_store_release(&stage, 1u);
    wait_until(by, 2);
    node_check(by->frame->values[0]);
    node_check(variable);
}
// A detached thread is answered for: its stack is scanned, its C variables are in what it saved.
START_TEST(claims) {
    publish_new(0, 0);
    publish_new(1, 0);
    pthread_t other = thread_spawn(t, hold_detached, NULL);
    wait_until(t, 1);
    usleep(20000);
    node_set(t, root, 0, V_NULL);
    node_set(t, root, 1, V_NULL);
    for (int i = 0; i < 5; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 3);
    at_store_release(&stage, 2u);
    thread_join(t, other);
    wipe_stack();
    for (int i = 0; i < 5; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 1);
}
END_TEST

static void be_deaf(Thread *by, void *arg) {
    (void)arg;
    at_store_release(&stage, 1u);
    spin_until(2);
    safepoint(by);
    at_store_release(&stage, 3u);
    wait_until(by, 4);
}
// While a thread has not answered, nothing dies and nobody waits; then it dies.
START_TEST(deaf_thread) {
    pthread_t other = thread_spawn(t, be_deaf, NULL);
    wait_until(t, 1);
    publish_new(0, 0);
    node_set(t, root, 0, V_NULL);
    wipe_stack();
    int64_t begun = time_monotonic_ns();
    for (int i = 0; i < 1000; i++) {
        handshake_now(t);
        safepoint(t);
    }
    ck_assert_int_lt(time_monotonic_ns() - begun, 100000000);
    ck_assert_int_eq(nodes_now(), 2);
    at_store_release(&stage, 2u);
    wait_until(t, 3);
    for (int i = 0; i < 5; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 1);
    at_store_release(&stage, 4u);
    thread_join(t, other);
}
END_TEST

// What a thread leaves in its table when it blocks is judged without it.
static void drop_and_block(Thread *by, void *arg) {
    (void)arg;
    node_set(by, root, 0, V_NULL);
    at_store_release(&stage, 1u);
    wait_until(by, 2);
}
START_TEST(blocked_owner) {
    publish_new(0, 0);
    pthread_t other = thread_spawn(t, drop_and_block, NULL);
    wait_until(t, 1);
    usleep(10000);
    wipe_stack();
    for (int i = 0; i < 5 && nodes_now() > 1; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 1);
    at_store_release(&stage, 2u);
    thread_join(t, other);
}
END_TEST

// Without anybody asking for a round, garbage goes within a few milliseconds.
START_TEST(by_the_clock) {
    publish_new(0, 0);
    node_set(t, root, 0, V_NULL);
    wipe_stack();
    int64_t until = time_monotonic_ns() + 2000000000;
    while (nodes_now() > 1 && time_monotonic_ns() < until) safepoint(t);
    ck_assert_int_eq(nodes_now(), 1);
}
END_TEST

START_TEST(finalizers) {
    publish_new(0, OBJ_GC | OBJ_FINALIZABLE);
    node_set(t, root, 0, V_NULL);
    wipe_stack();
    for (int i = 0; i < 100 && nodes_now() > 1; i++) safepoint(t);
    ck_assert_int_eq(nodes_finalized, 1);
    int64_t until = time_monotonic_ns() + 2000000000;
    while (nodes_now() > 1 && time_monotonic_ns() < until) safepoint(t);
    ck_assert_int_eq(nodes_now(), 1);
}
END_TEST

// A chain goes one level a round, the rest with the world stopped.
static NOINLINE void publish_chain(int length) {
    V head = V_NULL;
    for (int i = 0; i < length; i++) {
        V node = node_new(t, 1, i & 1 ? OBJ_GC : 0);
        slot_init_steal(t, v_obj(node), node_slot(node, 0), head);
        head = node;
    }
    slot_set_steal(t, v_obj(root), node_slot(root, 0), head);
}
START_TEST(cascades) {
    publish_chain(200000);
    slot_clear(t, v_obj(root), node_slot(root, 0));
    wipe_stack();
    int rounds = 0;
    for (; rounds < 60 && nodes_now() > 1; rounds++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 1);
    ck_assert_int_le(rounds, 40);
}
END_TEST

// ---- weak references across threads --------------------------------------------------------------------------------------
static V weak_make(Thread *by, V referent, bool callback) {
    V v = v_from(obj_alloc(by, NULL, sizeof(Node) + sizeof(WeakNode), 0));
    node_of(v)->magic = NODE_MAGIC;
    at_fetch_add_relaxed(&nodes_live, 1);
    WeakNode *node = (WeakNode *)(void *)node_of(v)->kids;
    node_of(v)->serial = UINT64_MAX;
    if (weak_bind(by, node, v_obj(v), v_obj(referent), callback) < 0) abort();
    return v;
}
static WeakNode *weak_part(V v) { return (WeakNode *)(void *)node_of(v)->kids; }

static V weak_shared_ref; // a SHARED weakref to a LOCAL node of the main thread
static void ask_for_local(Thread *by, void *arg) {
    (void)arg;
    V v = weak_get(by, weak_part(weak_shared_ref));
    if (v == V_NONE || !v_is_uncounted(v)) abort();
    node_check(v);
    at_store_release(&stage, 1u);
    wait_until(by, 2);
    if (weak_get(by, weak_part(weak_shared_ref)) != V_NONE) abort();
}
static NOINLINE void answer_ask(bool attached) {
    V local = node_new(t, 0, OBJ_GC);
    weak_shared_ref = weak_make(t, local, false);
    share_value(t, weak_shared_ref);
    ck_assert(!obj_is_shared(v_obj(local)));
    pthread_t other = thread_spawn(t, ask_for_local, NULL);
    if (attached)
        while (at_load_acquire(&stage) < 1) safepoint(t);
    else
        wait_until(t, 1);
    ck_assert(obj_is_shared(v_obj(local)));
    v_drop(t, local);
    local = V_NULL;
    __asm__ __volatile__("" : "+m"(local));
    wipe_stack();
    thread_detach(t);
    usleep(5000);
    thread_attach(t);
    for (int i = 0; i < 20 && !weak_is_dead(weak_part(weak_shared_ref)); i++) handshake_now(t);
    bool dead = weak_is_dead(weak_part(weak_shared_ref));
    at_store_release(&stage, 2u);
    if (dead) thread_join(t, other);
    ck_assert(dead);
}
START_TEST(asks) { answer_ask(_i); }
END_TEST

static uint32_t callbacks; // atomic
static void count_callback(Thread *by, Node *node) {
    (void)by;
    if (node->serial == UINT64_MAX) weak_unbind(by, weak_part(v_from(node)));
}
static void hold_weak(Thread *by, void *arg) {
    (void)arg;
    V weakref = weak_make(by, slot_peek(node_slot(root, 0)), true);
    at_store_release(&stage, 1u);
    while (at_load_acquire(&stage) < 2) safepoint(by);
    int64_t until = time_monotonic_ns() + 2000000000;
    // The callback comes to the owner of the weakref: as an item with a second reference to it.
    while (time_monotonic_ns() < until) {
        PendingItem item;
        if (at_load_relaxed(&by->breaker) & BREAK_PENDING) {
            pending_run(by);
            if (weak_is_dead(weak_part(weakref))) break;
        }
        (void)item;
        safepoint(by);
    }
    if (!weak_is_dead(weak_part(weakref))) abort();
    at_fetch_add_relaxed(&callbacks, 1u);
    v_drop(by, weakref);
}
START_TEST(foreign_callbacks) {
    node_on_destroy = count_callback;
    publish_new(0, OBJ_GC);
    pthread_t other = thread_spawn(t, hold_weak, NULL);
    while (at_load_acquire(&stage) < 1) safepoint(t);
    node_set(t, root, 0, V_NULL);
    wipe_stack();
    at_store_release(&stage, 2u);
    int64_t until = time_monotonic_ns() + 2000000000;
    while (!at_load_relaxed(&callbacks) && time_monotonic_ns() < until) {
        handshake_now(t);
        safepoint(t);
    }
    thread_join(t, other);
    ck_assert_uint_eq(callbacks, 1);
}
END_TEST

// ---- assertions -----------------------------------------------------------------------------------------------------------
#if HEDDLE_DEBUG_CHECKS
// Each aborts.
START_TEST(shared_too_late) { // invariant 3
    debug_flags.mutate = MUTATE_SHARE_LATE;
    publish_new(0, 0);
}
END_TEST

static void let_go_in_a_round(Thread *by, void *what) {
    at_store_release(&stage, 1u);
    spin_until(2); // the round is open
    if (what) node_set(by, root, 0, V_NULL);
    else mem_retire(by, mem_alloc(by, 8));
    for (;;) safepoint(by);
}
static void round_beside(void *what) {
    publish_new(0, 0);
    pthread_t other = thread_spawn(t, let_go_in_a_round, what);
    while (at_load_acquire(&stage) < 1) safepoint(t);
    handshake_now(t);
    at_store_release(&stage, 2u);
    thread_join(t, other);
}
START_TEST(judged_too_early) { // invariants 5, 6: of an object, of memory
    debug_flags.mutate = MUTATE_LATE_TABLE;
    round_beside(_i ? &stage : NULL);
}
END_TEST

START_TEST(judged_without_all) { // invariants 5, 6
    debug_flags.mutate = MUTATE_EARLY_VERDICT;
    round_beside(NULL);
}
END_TEST
#endif

// ---- coming and going ----------------------------------------------------------------------------------------------------
static void leave_garbage(Thread *by, void *arg) {
    (void)arg;
    V ring = node_new(by, 1, OBJ_GC); // a LOCAL cycle outlives its thread
    node_set(by, ring, 0, ring);
    v_drop(by, ring);
    node_set(by, root, 0, V_NULL); // and a table entry
}
START_TEST(exits) {
    publish_new(0, 0);
    thread_join(t, thread_spawn(t, leave_garbage, NULL));
    wipe_stack();
    for (int i = 0; i < 5; i++) handshake_now(t);
    ck_assert_int_eq(nodes_now(), 2); // root and the ring, which is SHARED now
    int threads = 0;
    for (Thread *each = t; each; each = each->next) threads++;
    ck_assert_int_eq(threads, 1);
}
END_TEST

static void wait_quietly(Thread *by, void *arg) {
    (void)arg;
    by->frame->values[by->frame->depth++] = node_new(by, 0, OBJ_GC);
    at_store_release(&stage, 1u);
    wait_until(by, 2);
}
START_TEST(forks) {
    pthread_t other = thread_spawn(t, wait_quietly, NULL);
    wait_until(t, 1);
    publish_new(0, 0);
    threading_before_fork(t);
    pid_t child = fork();
    if (child == 0) {
        threading_after_fork_child(t);
        node_set(t, root, 0, V_NULL);
        wipe_stack();
        for (int i = 0; i < 5; i++) handshake_now(t);
        world_stop(t);
        world_start(t);
#if defined(__SANITIZE_THREAD__) // which does not let a forked child start threads
        leave_garbage(t, NULL);
#else
        thread_join(t, thread_spawn(t, leave_garbage, NULL));
#endif
        _exit(nodes_now() == 3 ? 0 : 10 + (int)nodes_now()); // root, the other thread's, the ring
    }
    threading_after_fork_parent(t);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    at_store_release(&stage, 2u);
    thread_join(t, other);
}
END_TEST

START_TEST(forceshared) {
    debug_flags.forceshared = 1;
    V v = node_new(t, 1, OBJ_GC);
    ck_assert_uint_eq(node_rc(v), RC_SHARED | 1);
    V u = v_dup(v);
    ck_assert(v_is_uncounted(u));
    v_drop(t, u);
    v_drop(t, v);
    ck_assert_uint_eq(node_rc(v), RC_SHARED | RC_INZCT);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("threading_handshake");
    TCase *tests = tcase_create("handshake");
#if !HEDDLE_GIL
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, shared_words);
    tcase_add_test(tests, promotion);
    tcase_add_test(tests, scans);
    tcase_add_test(tests, interior_pointers);
    tcase_add_test(tests, claims);
    tcase_add_test(tests, deaf_thread);
    tcase_add_test(tests, blocked_owner);
    tcase_add_test(tests, by_the_clock);
    tcase_add_test(tests, finalizers);
    tcase_add_test(tests, cascades);
    tcase_add_loop_test(tests, asks, 0, 2);
    tcase_add_test(tests, foreign_callbacks);
    tcase_add_test(tests, exits);
    tcase_add_test(tests, forks);
    tcase_add_test(tests, forceshared);
#if HEDDLE_DEBUG_CHECKS
    tcase_add_test_raise_signal(tests, shared_too_late, SIGABRT);
    tcase_add_loop_test_raise_signal(tests, judged_too_early, SIGABRT, 0, 2);
    tcase_add_test_raise_signal(tests, judged_without_all, SIGABRT);
#endif
#endif
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
