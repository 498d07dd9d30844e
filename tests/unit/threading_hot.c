// SPDX-License-Identifier: MIT
// HOT objects: counted by thread while they are, SHARED again with the exact count when the world has stopped.
#include "threading_stubs.h"

#include "threading/debug.h"
#include "threading/hot.h"
#include "../../threading/sync.h"

#include "suite.h"
#include <signal.h>
#include <stdlib.h>

#if !HEDDLE_GIL
#include "threading_fixture.h"

static void settle(void) {
    world_stop(t);
    hot_settle_stw(t);
    world_start(t);
}

static Obj *object(unsigned slot) { return v_obj(node_get(root, slot)); }
static void take(unsigned slot, int n) {
    for (; n > 0; n--) shared_inc(object(slot));
}
static void give(Thread *by, unsigned slot, int n) {
    for (; n > 0; n--) shared_dec(by, object(slot));
}

static bool dies_soon(void) {
    wipe_stack();
    int64_t until = time_monotonic_ns() + 2000000000;
    while (nodes_now() > 1 && time_monotonic_ns() < until) handshake_now(t);
    return nodes_now() == 1;
}

static NOINLINE void check_words(void) {
    Obj *o = object(0);
    take(0, 2);
    uint32_t before = obj_rc(o);
    ck_assert(hot_promote(o));
    uint32_t hot = obj_rc(o);
    ck_assert_uint_eq(hot, before | RC_HOT);
    take(0, 1000);
    give(t, 0, 990);
    ck_assert_uint_eq(obj_rc(o), hot); // nobody writes it
    ck_assert(hot_promote(o));         // it is already
    settle();
    ck_assert_uint_eq(obj_rc(o), before + 10);
    settle();
    ck_assert_uint_eq(obj_rc(o), before + 10);
    ck_assert(hot_promote(o)); // and once more
    give(t, 0, 12);
    settle();
    ck_assert_uint_eq(obj_rc(o), RC_SHARED | 1);
    node_set(t, root, 0, V_NULL);
}
START_TEST(words) {
    publish_new(0, OBJ_GC);
    check_words();
    ck_assert(dies_soon());
}
END_TEST

// More than the first table has places for.
static NOINLINE void check_many(void) {
    enum { MANY = 3000 };
    V list = node_new(t, MANY, OBJ_GC);
    for (unsigned i = 0; i < MANY; i++) slot_init_steal(t, v_obj(list), node_slot(list, i), node_new(t, 0, 0));
    slot_set_steal(t, v_obj(root), node_slot(root, 0), list);
    for (unsigned k = 0; k < MANY; k++) hot_promote(v_obj(node_get(list, k)));
    for (unsigned k = 0; k < MANY; k++)
        for (unsigned n = 0; n < k % 7; n++) shared_inc(v_obj(node_get(list, k)));
    settle();
    for (unsigned k = 0; k < MANY; k++) ck_assert_uint_eq(node_rc(node_get(list, k)), RC_SHARED | (1 + k % 7));
    for (unsigned k = 0; k < MANY; k++)
        for (unsigned n = 0; n < k % 7; n++) shared_dec(t, v_obj(node_get(list, k)));
    node_set(t, root, 0, V_NULL);
}
START_TEST(many) {
    check_many();
    ck_assert(dies_soon());
}
END_TEST

// The last count goes while it is HOT: settled, it stands on the table and dies.
static NOINLINE void check_last(void) {
    Obj *o = object(0);
    hot_promote(o);
    node_set(t, root, 0, V_NULL);
    ck_assert_uint_eq(obj_rc(o), RC_SHARED | RC_HOT | 1);
    settle();
    ck_assert_uint_eq(obj_rc(o), RC_SHARED | RC_INZCT);
}
START_TEST(last_count) {
    publish_new(0, OBJ_GC);
    check_last();
    ck_assert(dies_soon());
}
END_TEST

// It was on a table before it turned HOT: settled, it is DIRTY, because a weak reference may have been followed meanwhile.
static NOINLINE void check_on_table(void) {
    V u = node_get(root, 0);
    node_set(t, root, 0, V_NULL);
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_INZCT);
    node_set(t, root, 0, u);
    hot_promote(v_obj(u));
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_HOT | RC_INZCT | 1);
    node_set(t, root, 0, V_NULL);
    settle();
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_INZCT | RC_DIRTY);
}
START_TEST(on_table) {
    publish_new(0, OBJ_GC);
    check_on_table();
    ck_assert(dies_soon());
}
END_TEST

// What another thread noted counts while it is attached, detached and when it has ended.
static void count_elsewhere(Thread *by, void *arg) {
    (void)arg;
    take(0, 5);
    at_store_release(&stage, 1u);
    thread_detach(by);
    while (at_load_acquire(&stage) < 2) sched_yield();
    thread_attach(by);
    give(by, 0, 3);
    take(0, 100);
}
static NOINLINE void check_elsewhere(void) {
    hot_promote(object(0));
    pthread_t other = thread_spawn(t, count_elsewhere, NULL);
    while (at_load_acquire(&stage) < 1) safepoint(t);
    settle();
    ck_assert_uint_eq(obj_rc(object(0)), RC_SHARED | 6);
    hot_promote(object(0));
    at_store_release(&stage, 2u);
    thread_join(t, other);
    give(t, 0, 102);
    settle();
    ck_assert_uint_eq(obj_rc(object(0)), RC_SHARED | 1);
    node_set(t, root, 0, V_NULL);
}
START_TEST(elsewhere) {
    publish_new(0, OBJ_GC);
    check_elsewhere();
    ck_assert(dies_soon());
}
END_TEST

static NOINLINE void check_for_good(void) {
    Obj *o = object(0);
    hot_promote(o);
    take(0, 3);
    hot_for_good(o);
    give(t, 0, 3);
    settle();
    ck_assert_uint_eq(obj_rc(o), RC_SHARED | RC_HOT);
    take(0, 3);
    settle();
    ck_assert_uint_eq(obj_rc(o), RC_SHARED | RC_HOT);
    // With so many references it is not worth the risk.
    Obj *large = object(1);
    large->rc = RC_SHARED | (RC_MOST - 1);
    shared_inc(large);
    ck_assert_uint_eq(obj_rc(large), RC_SHARED | RC_HOT | RC_MOST);
    take(1, 10);
    settle();
    ck_assert_uint_eq(obj_rc(large), RC_SHARED | RC_HOT);
}
START_TEST(for_good) {
    publish_new(0, OBJ_GC);
    publish_new(1, OBJ_GC);
    check_for_good();
}
END_TEST

// All at once: slots are stored to from several threads while objects turn HOT and are settled.  In the end the counts are
// what the slots say.
enum { SLOTS = ROOT_SLOTS, THREADS = 4, STORES = 40000 };
static void store(Thread *by, void *arg) {
    unsigned seed = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < STORES; i++) {
        seed = seed * 1103515245 + 12345;
        node_set(by, root, seed >> 16 & 7, node_get(root, seed >> 20 & 7));
        safepoint(by);
    }
}
static NOINLINE void check_race(void) {
    debug_flags.promote = 11;
    pthread_t others[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) others[i] = thread_spawn(t, store, (void *)(i + 1));
    for (int i = 0; i < 200; i++) {
        settle();
        safepoint(t);
    }
    for (int i = 0; i < THREADS; i++) thread_join(t, others[i]);
    debug_flags.promote = 0;
    settle();
    for (unsigned i = 0; i < SLOTS; i++) {
        uint32_t n = 0;
        for (unsigned k = 0; k < SLOTS; k++) n += node_slot(root, k)->bits == node_slot(root, i)->bits;
        ck_assert_uint_eq(obj_rc(object(i)) & (RC_HOT | RC_COUNT), n);
    }
    for (unsigned i = 0; i < SLOTS; i++) node_set(t, root, i, V_NULL);
}
START_TEST(race) {
    for (unsigned i = 0; i < SLOTS; i++) publish_new(i, i & 1 ? OBJ_GC : 0);
    check_race();
    ck_assert(dies_soon());
}
END_TEST

#if HEDDLE_DEBUG_CHECKS
START_TEST(counted) { // aborts: invariant 7
    V v = node_new(t, 0, 0);
    node_set(t, root, 0, v);
    ck_assert(hot_promote(v_obj(v)));
    debug_flags.mutate = MUTATE_HOT_COUNTED;
    v_drop(t, v);
}
END_TEST
#endif
#endif

int main(void) {
    Suite *suite = suite_create("threading_hot");
#if !HEDDLE_GIL
    TCase *tests = tcase_create("hot");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, words);
    tcase_add_test(tests, many);
    tcase_add_test(tests, last_count);
    tcase_add_test(tests, on_table);
    tcase_add_test(tests, elsewhere);
    tcase_add_test(tests, for_good);
    tcase_add_test(tests, race);
#if HEDDLE_DEBUG_CHECKS
    tcase_add_test_raise_signal(tests, counted, SIGABRT);
#endif
    suite_add_tcase(suite, tests);
#endif
    return suite_run(suite);
}
