// SPDX-License-Identifier: MIT
// Credits: who counts an object again and again writes its word no more, and the object dies all the same.
#include "threading_stubs.h"

#include "threading/credit.h"
#include "threading/mutex.h"
#include "../../threading/sync.h"

#include "suite.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#if !HEDDLE_GIL
#include "threading_fixture.h"

// A reference comes and goes, n times; before that as often as a thread must count to have a table.
static NOINLINE void count_often(Thread *by, unsigned slot, int n) {
    V u = node_get(root, slot);
    while (!by->sync->credits) v_drop(by, v_own(u));
    for (int i = 0; i < n; i++) v_drop(by, v_own(u));
}

static bool dies_soon(void) {
    wipe_stack();
    int64_t until = time_monotonic_ns() + 2000000000;
    while (nodes_now() > 1 && time_monotonic_ns() < until) safepoint(t);
    return nodes_now() == 1;
}

static NOINLINE void check_words(void) {
    V u = node_get(root, 0);
    v_drop(t, v_own(u));
    ck_assert_uint_eq(node_rc(u), RC_SHARED | 1); // once is not often
    count_often(t, 0, 100);
    uint32_t before = node_rc(u);
    ck_assert_uint_gt(before, RC_SHARED | 1);
    ck_assert_uint_eq(shared_count(v_obj(u)), 1);
    V own = v_own(u);
    ck_assert_uint_eq(node_rc(u), before);
    ck_assert_uint_eq(shared_count(v_obj(u)), 2);
    v_drop(t, own);
    ck_assert_uint_eq(node_rc(u), before);
    thread_detach(t); // who is detached has none
    ck_assert_uint_eq(node_rc(u), RC_SHARED | 1);
    thread_attach(t);
    count_often(t, 0, 100);
    ck_assert_uint_gt(node_rc(u), RC_SHARED | 1);
    world_stop(t);
    ck_assert_uint_eq(node_rc(u), RC_SHARED | 1);
    count_often(t, 0, 100);
    ck_assert_uint_eq(node_rc(u), RC_SHARED | 1);
    world_start(t);
    count_often(t, 0, 100);
    ck_assert_uint_gt(node_rc(u), RC_SHARED | 1);
    node_set(t, root, 0, V_NULL); // all that is left are credits
    ck_assert_uint_eq(node_rc(u), RC_SHARED | RC_INZCT);
}
START_TEST(words) {
    publish_new(0, 0);
    check_words();
    ck_assert(dies_soon());
}
END_TEST

START_TEST(no_credit_for_what_dies_promptly) {
    publish_new(0, OBJ_FINALIZABLE);
    count_often(t, 0, 100);
    ck_assert_uint_eq(node_rc(node_get(root, 0)), RC_SHARED | 1);
}
END_TEST

static NOINLINE void check_two_places(void) {
    V u = node_get(root, 0);
    count_often(t, 0, 100);
    node_set(t, root, 1, u);
    node_set(t, root, 2, u);
    ck_assert_uint_eq(shared_count(v_obj(u)), 3);
    for (unsigned i = 0; i < 3; i++) node_set(t, root, i, V_NULL);
}
START_TEST(several_places) {
    publish_new(0, 0);
    check_two_places();
    ck_assert(dies_soon());
}
END_TEST

// More objects than there are places for.
static NOINLINE void count_many(void) {
    enum { MANY = 5000 };
    V list = node_new(t, MANY, OBJ_GC);
    for (unsigned i = 0; i < MANY; i++) slot_init_steal(t, v_obj(list), node_slot(list, i), node_new(t, 0, 0));
    slot_set_steal(t, v_obj(root), node_slot(root, 0), list);
    for (int i = 0; i < 40; i++)
        for (unsigned k = 0; k < MANY; k++) v_drop(t, v_own(node_get(list, k)));
    node_set(t, root, 0, V_NULL);
}
START_TEST(many) {
    count_many();
    ck_assert(dies_soon());
}
END_TEST

static void count_and_compute(Thread *by, void *arg) {
    (void)arg;
    count_often(by, 0, 100);
    wipe_stack();
    at_store_release(&stage, 1u);
    while (at_load_acquire(&stage) < 2) safepoint(by);
}
// What another thread has credits for goes when that has not touched them for a while.
START_TEST(unused) {
    publish_new(0, 0);
    pthread_t other = thread_spawn(t, count_and_compute, NULL);
    while (at_load_acquire(&stage) < 1) safepoint(t);
    ck_assert_uint_gt(node_rc(node_get(root, 0)), RC_SHARED | 1);
    node_set(t, root, 0, V_NULL);
    bool died = dies_soon();
    at_store_release(&stage, 2u);
    thread_join(t, other);
    ck_assert(died);
}
END_TEST

static void count_and_leave(Thread *by, void *arg) {
    (void)arg;
    count_often(by, 0, 100);
}
// Who waits for a processor, attached, has not stopped using what it did not touch meanwhile.
static NOINLINE void wait_for_a_processor(void) {
    for (int i = 0; i < 3; i++) {
        usleep(15000);
        safepoint(t);
    }
}
START_TEST(not_running) {
    publish_new(0, 0);
    count_often(t, 0, 100);
    uint32_t kept = node_rc(node_get(root, 0));
    ck_assert_uint_gt(kept, RC_SHARED | 1);
    safepoint(t); // the first look
    clock_t ran = clock();
    wait_for_a_processor();
    // Slow builds run for longer than they may in those three steps.
    if (clock() - ran < CLOCKS_PER_SEC / 2000) ck_assert_uint_eq(node_rc(node_get(root, 0)), kept);
    int64_t until = time_monotonic_ns() + 2000000000;
    while (node_rc(node_get(root, 0)) != (RC_SHARED | 1) && time_monotonic_ns() < until) safepoint(t);
    ck_assert_uint_eq(node_rc(node_get(root, 0)), RC_SHARED | 1);
}
END_TEST

START_TEST(exits) {
    publish_new(0, 0);
    thread_join(t, thread_spawn(t, count_and_leave, NULL));
    ck_assert_uint_eq(node_rc(node_get(root, 0)), RC_SHARED | 1);
}
END_TEST

// A chain longer than rounds go down: the thread that detaches stops the world, and has no credits after that either.
static NOINLINE void drop_chain(void) {
    V chain = node_new(t, 1, OBJ_GC);
    for (int i = 0; i < 200; i++) {
        V longer = node_new(t, 1, OBJ_GC);
        slot_init_steal(t, v_obj(longer), node_slot(longer, 0), chain);
        chain = longer;
    }
    slot_set_steal(t, v_obj(root), node_slot(root, 1), chain);
    node_set(t, root, 1, V_NULL);
}
START_TEST(deep_finish_while_detaching) {
    publish_new(0, 0);
    count_often(t, 0, 100);
    drop_chain();
    wipe_stack();
    thread_detach(t);
    ck_assert_int_eq(nodes_now(), 2);
    ck_assert_uint_eq(node_rc(node_get(root, 0)), RC_SHARED | 1);
    count_often(t, 0, 100); // as a thread that exits lets go of its last
    ck_assert_uint_eq(node_rc(node_get(root, 0)), RC_SHARED | 1);
    thread_attach(t);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("threading_credits");
#if !HEDDLE_GIL
    TCase *tests = tcase_create("credits");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, words);
    tcase_add_test(tests, no_credit_for_what_dies_promptly);
    tcase_add_test(tests, several_places);
    tcase_add_test(tests, many);
    tcase_add_test(tests, unused);
    tcase_add_test(tests, not_running);
    tcase_add_test(tests, exits);
    tcase_add_test(tests, deep_finish_while_detaching);
    suite_add_tcase(suite, tests);
#endif
    return suite_run(suite);
}
