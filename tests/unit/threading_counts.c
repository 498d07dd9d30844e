// SPDX-License-Identifier: MIT
// Counting, one thread: the header word after every operation, deaths and their order, pending items.
#include "threading_stubs.h"

#include "threading/debug.h"
#include "threading/gclink.h"
#include "threading/pending.h"

#include "suite.h"
#include <stdlib.h>

static Thread *t;
static char order[64];
static int order_length;

static void note_destroyed(Thread *by, Node *node) {
    (void)by;
    order[order_length++] = (char)node->serial;
}
static void note_finalized(Thread *by, Node *node) {
    (void)by;
    order[order_length++] = (char)(node->serial - 'a' + 'A');
}

static void setup(void) {
    t = threading_init();
    stub_frame(t);
    ck_assert_ptr_nonnull(t);
}

static V named(char name, unsigned slots, unsigned flags) {
    V v = node_new(t, slots, flags);
    node_of(v)->serial = (uint64_t)name;
    return v;
}

START_TEST(local_words) {
    V a = node_new(t, 1, OBJ_GC);
    ck_assert_uint_eq(obj_rc(v_obj(a)), 1);
    V b = v_dup(a);
    ck_assert_uint_eq(b, a);
    ck_assert_uint_eq(obj_rc(v_obj(a)), 2);
    v_drop(t, b);
    ck_assert_uint_eq(obj_rc(v_obj(a)), 1);
    ck_assert(v_is_unique(a));
    v_drop(t, a);
    ck_assert_int_eq(nodes_now(), 0);
}
END_TEST

START_TEST(local_slots) {
    V a = node_new(t, 2, OBJ_GC), b = node_new(t, 0, 0);
    node_set(t, a, 0, b);
    ck_assert_uint_eq(obj_rc(v_obj(b)), 2);
    V c = node_get(a, 0);
    ck_assert_uint_eq(c, b);
    ck_assert_uint_eq(obj_rc(v_obj(b)), 3);
    v_drop(t, c);
    v_drop(t, b);
    V taken = slot_take(v_obj(a), node_slot(a, 0));
    ck_assert_uint_eq(taken, b);
    ck_assert_uint_eq(slot_peek(node_slot(a, 0)), V_NULL);
    slot_set_steal(t, v_obj(a), node_slot(a, 0), taken);
    node_set(t, a, 0, V_INT(7));
    ck_assert_int_eq(nodes_now(), 1);
    v_drop(t, a);
    ck_assert_int_eq(nodes_now(), 0);
}
END_TEST

// A list of a million nodes dies without recursion; so does one of objects without a prefix.
START_TEST(long_chains) {
    for (unsigned flags = 0; flags <= OBJ_GC; flags += OBJ_GC) {
        V head = V_NULL;
        for (int i = 0; i < 1000000; i++) {
            V node = node_new(t, 1, flags);
            slot_init_steal(t, v_obj(node), node_slot(node, 0), head);
            head = node;
        }
        v_drop(t, head);
        ck_assert_int_eq(nodes_now(), 0);
    }
}
END_TEST

START_TEST(death_is_depth_first) {
    node_on_destroy = note_destroyed;
    V a = named('a', 2, OBJ_GC), b = named('b', 2, OBJ_GC), c = named('c', 0, OBJ_GC), d = named('d', 1, OBJ_GC),
      e = named('e', 0, OBJ_GC), f = named('f', 0, 0);
    slot_init_steal(t, v_obj(a), node_slot(a, 0), b);
    slot_init_steal(t, v_obj(a), node_slot(a, 1), c);
    slot_init_steal(t, v_obj(b), node_slot(b, 0), d);
    slot_init_steal(t, v_obj(b), node_slot(b, 1), e);
    slot_init_steal(t, v_obj(d), node_slot(d, 0), f);
    v_drop(t, a);
    ck_assert_str_eq(order, "abdfec");
}
END_TEST

// list [a(b), c], all with finalizers: a, then what a held, then c; run at the boundary, destroyed after their own run.
START_TEST(finalizers_are_depth_first) {
    node_on_finalize = note_finalized;
    unsigned flags = OBJ_GC | OBJ_FINALIZABLE;
    V list = named('l', 2, OBJ_GC), a = named('a', 1, flags), b = named('b', 0, flags), c = named('c', 0, flags);
    slot_init_steal(t, v_obj(list), node_slot(list, 0), a);
    slot_init_steal(t, v_obj(list), node_slot(list, 1), c);
    slot_init_steal(t, v_obj(a), node_slot(a, 0), b);
    v_drop(t, list);
    ck_assert_int_eq(nodes_now(), 3);
    ck_assert(t->breaker & BREAK_PENDING);
    ck_assert_uint_eq(obj_rc(v_obj(a)), 1);
    ck_assert_int_eq(safepoint(t), 0);
    ck_assert_str_eq(order, "ABC");
    ck_assert_int_eq(nodes_now(), 0);
    ck_assert_uint_eq(t->breaker & BREAK_PENDING, 0);
}
END_TEST

// A boundary inside a finalizer runs what that finalizer dropped, and not what waits outside.
static V inner;
static void drop_and_poll(Thread *by, Node *node) {
    note_finalized(by, node);
    if (node->serial != 'a') return;
    v_drop(by, inner);
    safepoint(by);
    order[order_length++] = '.';
}
START_TEST(nested_boundaries) {
    node_on_finalize = drop_and_poll;
    unsigned flags = OBJ_GC | OBJ_FINALIZABLE;
    V a = named('a', 0, flags), b = named('b', 0, flags);
    inner = named('x', 0, flags);
    v_drop(t, a);
    v_drop(t, b);
    safepoint(t);
    ck_assert_str_eq(order, "AX.B");
    ck_assert_int_eq(nodes_now(), 0);
}
END_TEST

static int post_sum;
static int post_add(Thread *by, void *arg) {
    (void)by;
    post_sum = post_sum * 10 + (int)(intptr_t)arg;
    return 0;
}
// A finalizer may not raise: where a signal has arrived it waits until that has been seen to.
START_TEST(signals_before_finalizers) {
    v_drop(t, node_new(t, 0, OBJ_GC | OBJ_FINALIZABLE));
    breaker_set(t, BREAK_SIGNAL);
    ck_assert_int_eq(safepoint_prompt(t), 0);
    ck_assert_int_eq(nodes_finalized, 0);
    ck_assert_int_eq(safepoint_slow(t), 0);
    ck_assert_int_eq(nodes_finalized, 1);
    ck_assert_uint_eq(at_load_relaxed(&t->breaker), 0);
}
END_TEST

START_TEST(posted_calls) {
    for (intptr_t i = 1; i <= 3; i++) ck_assert(pending_post(t, post_add, (void *)i));
    ck_assert_int_eq(safepoint(t), 0);
    ck_assert_int_eq(post_sum, 123);
}
END_TEST

START_TEST(large_counts_go_hot) {
    V a = node_new(t, 1, OBJ_GC);
    v_obj(a)->rc = 0x7fffffff;
    V b = v_dup(a);
    ck_assert(v_is_uncounted(b));
    ck_assert_uint_eq(obj_rc(v_obj(a)) & (RC_SHARED | RC_HOT), RC_SHARED | RC_HOT);
    v_drop(t, b);
    v_drop(t, a);
    ck_assert_uint_eq(obj_rc(v_obj(a)) & (RC_SHARED | RC_HOT), RC_SHARED | RC_HOT);
    V c = v_own(v_dup(a));
    ck_assert_uint_eq(c, a);
}
END_TEST

static bool list_it(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) *(*(Obj ***)arg)++ = objects[i];
    return false;
}

START_TEST(collector_lists) {
    GcDomain *domain = t->heap.domain;
    V a = node_new(t, 0, OBJ_GC), b = node_new(t, 0, OBJ_GC);
    ck_assert_int_eq(domain->count[0], 2);
    Obj *young[4], **end = young;
    gc_walk_local(t, 1 << AGE_YOUNG, list_it, &end);
    ck_assert_int_eq(end - young, 2);
    ck_assert_ptr_eq(young[0], v_obj(a));
    ck_assert_ptr_eq(young[1], v_obj(b));
    gc_untrack(t, v_obj(a));
    ck_assert(!gc_is_tracked(v_obj(a)) && gc_is_tracked(v_obj(b)));
    gc_track(t, v_obj(a));
    ck_assert(gc_is_tracked(v_obj(a)));
    v_drop(t, a);
    v_drop(t, b);
    end = young;
    gc_walk_local(t, AGES_ALL, list_it, &end);
    ck_assert(end == young);
    ck_assert_int_eq(domain->count[0], 0);
}
END_TEST

START_TEST(failing_allocations) {
    debug_fail_after(3);
    ck_assert_ptr_nonnull(mem_alloc(t, 10));
    ck_assert_ptr_nonnull(mem_calloc(t, 10, 1));
    ck_assert_ptr_null(obj_alloc(t, NULL, sizeof(Node), OBJ_GC));
    ck_assert_ptr_null(mem_realloc(t, NULL, 5));
    debug_fail_after(0);
    ck_assert_ptr_nonnull(mem_alloc(t, 10));
    ck_assert_ptr_null(mem_calloc(t, SIZE_MAX / 2, 4));
}
END_TEST

START_TEST(every_third_allocation_fails) {
    debug_flags.failevery = 3;
    debug_fail_after(2);
    for (int i = 0; i < 12; i++) ck_assert_int_eq(mem_alloc(t, 10) == NULL, i % 3 == 1);
    debug_fail_after(0);
    debug_flags.failevery = 0;
    ck_assert_ptr_nonnull(mem_alloc(t, 10));
}
END_TEST

START_TEST(debug_flags_parse) {
    char error[1024];
    ck_assert(debug_parse("verify,schedfuzz=12", error, sizeof error));
    ck_assert_int_eq(debug_flags.verify, 1);
    ck_assert_int_eq(debug_flags.schedfuzz, 12);
    ck_assert(!debug_parse("forcesharing", error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "forceshared"));
    ck_assert(!debug_parse("failalloc=x", error, sizeof error));
    ck_assert(!debug_parse("lockorder", error, sizeof error));
    ck_assert(!debug_parse("failevery=2", error, sizeof error));
    debug_flags.failevery = 0;
    // What does nothing in this build is refused.
    ck_assert(debug_parse("forceshared", error, sizeof error) != HEDDLE_GIL);
    ck_assert(debug_parse("promote=3", error, sizeof error) != HEDDLE_GIL);
    ck_assert_int_eq(debug_parse("mutate=1", error, sizeof error), HEDDLE_DEBUG_CHECKS && !HEDDLE_GIL);
    ck_assert(!debug_parse("mutate=1000", error, sizeof error));
    debug_flags = (DebugFlags){0};
}
END_TEST

// What a thread draws under schedfuzz depends on the seed and its serial alone.
static void draw(int64_t seed, uint64_t thread_id, int64_t *draws, int n) {
    debug_flags.schedfuzz = seed;
    debug_sched_start(thread_id);
    for (int i = 0; i < n; i++) draws[i] = debug_sched_draw();
}

START_TEST(perturbation_replays) {
    enum { N = 1000 };
    int64_t first[N], again[N], other_thread[N], other_seed[N];
    draw(12, 3, first, N);
    draw(12, 4, other_thread, N);
    draw(13, 3, other_seed, N);
    draw(12, 3, again, N);
    debug_flags.schedfuzz = 0;
    ck_assert_mem_eq(first, again, sizeof first);
    ck_assert_mem_ne(first, other_thread, sizeof first);
    ck_assert_mem_ne(first, other_seed, sizeof first);
    int yields = 0, sleeps = 0;
    for (int i = 0; i < N; i++) {
        yields += first[i] == SCHED_YIELD;
        sleeps += first[i] >= 0;
    }
    ck_assert(yields > N / 20 && yields < N / 4 && sleeps > 0 && sleeps < N / 20);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("threading_counts");
    TCase *tests = tcase_create("one thread");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, local_words);
    tcase_add_test(tests, local_slots);
    tcase_add_test(tests, long_chains);
    tcase_add_test(tests, death_is_depth_first);
    tcase_add_test(tests, finalizers_are_depth_first);
    tcase_add_test(tests, nested_boundaries);
    tcase_add_test(tests, signals_before_finalizers);
    tcase_add_test(tests, posted_calls);
    tcase_add_test(tests, large_counts_go_hot);
    tcase_add_test(tests, collector_lists);
    tcase_add_test(tests, failing_allocations);
    tcase_add_test(tests, every_third_allocation_fails);
    tcase_add_test(tests, debug_flags_parse);
    tcase_add_test(tests, perturbation_replays);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
