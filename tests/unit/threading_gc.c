// SPDX-License-Identifier: MIT
// The collector over the nodes of the threading stubs: cycles, sharing, finalizers, weak references, types.
#define upcall_collect collect_when_due // the stubs have one that calls stub_collect
#include "../../src/gc/finalize.c"
#include "../../src/gc/mark.c"
#include "../../src/gc/objset.c"
#include "../../src/gc/objvec.c"
#include "../../src/gc/suspects.c"
#include "../../src/gc/gc.c"
#include "../../src/gc/verify.c"
#undef upcall_collect
#define start_count start_count_local
#define try_suspects try_suspects_local
#include "../../src/gc/local.c"
#undef start_count
#undef try_suspects
#include "../../src/gc/global.c"

#include "threading/debug.h"
#include "threading_stubs.h"

#include "suite.h"

static Thread *t;

static void setup(void) {
    t = threading_init();
    stub_frame(t);
    stub_collect = collect_when_due;
}

// A ring of n nodes, not referred to from outside.
static __attribute__((noinline)) void ring(int n, unsigned flags) {
    V first = node_new(t, 2, OBJ_GC | flags), last = v_dup(first);
    for (int i = 1; i < n; i++) {
        V node = node_new(t, 2, OBJ_GC | flags);
        node_set(t, last, 0, node);
        v_drop(t, last);
        last = node;
    }
    node_set(t, last, 0, first);
    v_drop(t, last);
    v_drop(t, first);
}

START_TEST(local_ring) {
    ring(10, 0);
    ck_assert_int_eq(nodes_now(), 10);
    ck_assert_int_eq(gc_collect(t, 0, true), 10);
    ck_assert_int_eq(nodes_now(), 0);
    ck_assert_int_eq(gc_collect(t, 2, true), 0);
}
END_TEST

static bool is_it(Obj *const *objects, size_t n, void *o) {
    for (size_t i = 0; i < n; i++)
        if (objects[i] == o) return true;
    return false;
}

static unsigned ages_of(V v) { // as bits
    unsigned ages = 0;
    for (unsigned age = 0; age <= AGE_FROZEN; age++) ages |= (unsigned)gc_walk_local(t, 1u << age, is_it, v_obj(v)) << age;
    return ages;
}

START_TEST(generations) {
    V kept = node_new(t, 2, OBJ_GC);
    ck_assert_uint_eq(ages_of(kept), 1 << AGE_YOUNG);
    ring(3, 0);
    ck_assert_int_eq(gc_collect(t, 0, true), 3);
    ck_assert_uint_eq(ages_of(kept), 1 << AGE_MIDDLE);
    ck_assert_int_eq(gc_collect(t, 1, true), 0);
    ck_assert_uint_eq(ages_of(kept), 1 << AGE_OLD);
    node_set(t, kept, 0, kept);
    v_drop(t, kept);
    ck_assert_int_eq(gc_collect(t, 1, true), 0);
    ck_assert_int_eq(gc_collect(t, 2, true), 1);
    ck_assert_int_eq(nodes_now(), 0);
}
END_TEST

// A block keeps no age from the object that was there before.
START_TEST(ages_of_blocks_used_again) {
    for (unsigned size = 0; size < 100; size += 33) { // in pages, and beside them
        V old = node_new(t, size, OBJ_GC), frozen = node_new(t, size, OBJ_GC), middle = node_new(t, size, OBJ_GC);
        gc_collect(t, 2, true);
        gc_freeze(t);
        ck_assert_uint_eq(ages_of(frozen), 1 << AGE_FROZEN);
        v_drop(t, frozen);
        V again = node_new(t, size, OBJ_GC);
        ck_assert_uint_eq(ages_of(again), 1 << AGE_YOUNG);
        gc_collect(t, 0, true);
        ck_assert_uint_eq(ages_of(again), 1 << AGE_MIDDLE);
        ck_assert_uint_eq(ages_of(old), 1 << AGE_FROZEN);
        gc_collect(t, 1, true);
        ck_assert_uint_eq(ages_of(again), 1 << AGE_OLD);
        ck_assert_int_eq(gc_freeze_count(t), 2);
        gc_unfreeze(t);
        ck_assert_uint_eq(ages_of(old), 1 << AGE_OLD);
        ck_assert_int_eq(gc_freeze_count(t), 0);
        ck_assert_int_eq(gc_verify(t), 0);
        v_drop(t, old);
        v_drop(t, middle);
        v_drop(t, again);
        ck_assert_int_eq(nodes_now(), 0);
    }
}
END_TEST

static bool count_nodes(Obj *const *objects, size_t n, void *arg) {
    (void)objects;
    *(size_t *)arg += n;
    return false;
}

// Every size, with holes, several pages: each object is met once.
START_TEST(walks_meet_everything_once) {
    enum { N = 6000 };
    static V nodes[N];
    for (unsigned size = 0; size < 70; size += 3) {
        for (unsigned i = 0; i < N; i++) nodes[i] = node_new(t, size, OBJ_GC | (i % 7 ? 0 : OBJ_FINALIZABLE | OBJ_FINALIZED));
        for (unsigned i = 0; i < N; i += 3) v_drop(t, nodes[i]);
        size_t young = 0, all = 0;
        gc_walk_local(t, 1 << AGE_YOUNG, count_nodes, &young);
        gc_walk_local(t, AGES_ALL, count_nodes, &all);
        ck_assert_uint_eq(young, N - N / 3);
        ck_assert_uint_eq(all, N - N / 3);
        ck_assert_int_eq(gc_verify(t), 0);
        for (unsigned i = 0; i < N; i++)
            if (i % 3) v_drop(t, nodes[i]);
        ck_assert_int_eq(nodes_now(), 0);
    }
}
END_TEST

static Obj *suspect_at(const Suspects *suspects, Obj *o, size_t offset) { return gc_suspect_at(&suspects->marks, (uintptr_t)o + offset); }

// Whatever word: only what points to or into a suspect in a page is one.
START_TEST(suspects_by_address) {
    V nodes[6];
    for (unsigned i = 0; i < 6; i++) nodes[i] = node_new(t, i * 30, OBJ_GC);
    for (unsigned i = 0; i < 6; i++) {
        Obj *o = v_obj(nodes[i]);
        size_t extent = in_chunk(o) ? page_block_size(o) : sizeof(Obj);
        Suspects suspects = {0};
        ck_assert_ptr_null(suspect_at(&suspects, o, 0));
        objvec_push(&suspects.objects, o);
        gc_marks_suspect(&suspects.marks, t, suspects.objects.at, 1);
        Obj *expected = in_chunk(o) ? o : NULL;
        ck_assert_ptr_eq(suspect_at(&suspects, o, 0), expected);
        ck_assert_ptr_eq(suspect_at(&suspects, o, 1), expected);
        ck_assert_ptr_eq(suspect_at(&suspects, o, extent - 1), expected);
        ck_assert_ptr_null(suspect_at(&suspects, o, extent));
        ck_assert_ptr_null(suspect_at(&suspects, o, (size_t)-1));
        for (unsigned bit = 0; bit < 64; bit++) {
            Obj *found = gc_suspect_at(&suspects.marks, (uintptr_t)1 << bit);
            ck_assert(found == NULL || found == expected);
            found = gc_suspect_at(&suspects.marks, UINTPTR_MAX >> bit);
            ck_assert(found == NULL || found == expected);
        }
        if (expected) { // the page's other end, and the records before the first block
            ck_assert_ptr_null(gc_suspect_at(&suspects.marks, (uintptr_t)chunk_of(o)));
            ck_assert_ptr_null(gc_suspect_at(&suspects.marks, ((uintptr_t)o | (PAGE_BYTES - 1)) & ~(uintptr_t)7));
        }
        gc_marks_end(&suspects.marks, suspects.objects.at, 1);
        objvec_free(&suspects.objects);
        ck_assert_ptr_null(suspect_at(&suspects, o, 0));
    }
    for (unsigned i = 0; i < 6; i++) v_drop(t, nodes[i]);
}
END_TEST

// Reached late: the order of the list must not matter.
START_TEST(reached_from_behind) {
    V inner = node_new(t, 2, OBJ_GC), outer = node_new(t, 2, OBJ_GC);
    node_set(t, inner, 0, inner);
    node_set(t, outer, 0, inner);
    v_drop(t, inner);
    ck_assert_int_eq(gc_collect(t, 2, true), 0);
    ck_assert_int_eq(nodes_now(), 2);
    ck_assert_int_eq(gc_verify(t), 0);
    v_drop(t, outer);
    ck_assert_int_eq(nodes_now(), 1);
    ck_assert_int_eq(gc_collect(t, 2, true), 1);
}
END_TEST

START_TEST(automatic) {
    for (int i = 0; i < 5000; i++) {
        ring(2, 0);
        safepoint(t);
    }
    ck_assert_int_lt(nodes_now(), 2000);
    ck_assert_int_gt(gc_stats[0].collections, 5);
}
END_TEST

static V rescued;
static void rescue(Thread *by, Node *node) {
    (void)by;
    if (!rescued) rescued = v_own(v_dup(v_from(node)));
}
START_TEST(resurrection) {
    node_on_finalize = rescue;
    ring(4, OBJ_FINALIZABLE);
    ck_assert_int_eq(gc_collect(t, 2, true), 0);
    ck_assert_int_eq(nodes_finalized, 4);
    ck_assert_int_eq(nodes_now(), 4);
    ck_assert_int_eq(gc_verify(t), 0);
    v_drop(t, rescued);
    ck_assert_int_eq(gc_collect(t, 2, true), 4); // finalizers run once
    ck_assert_int_eq(nodes_finalized, 4);
    ck_assert_int_eq(nodes_now(), 0);
}
END_TEST

START_TEST(weak_to_garbage) {
    V weakref = v_from(obj_alloc(t, NULL, sizeof(Node) + sizeof(WeakNode), 0));
    node_of(weakref)->magic = NODE_MAGIC;
    WeakNode *node = (WeakNode *)(void *)node_of(weakref)->kids;
    V a = node_new(t, 1, OBJ_GC);
    node_set(t, a, 0, a);
    ck_assert_int_eq(weak_bind(t, node, v_obj(weakref), v_obj(a), true), 0);
    ck_assert_uint_eq(weak_count(t, v_obj(a)), 1);
    V got = weak_get(t, node);
    ck_assert_uint_eq(v_untag(got), a);
    v_drop(t, got);
    v_drop(t, a);
    ck_assert_int_eq(gc_collect(t, 2, true), 1);
    ck_assert_uint_eq(weak_get(t, node), V_NONE);
    weak_unbind(t, node);
}
END_TEST

START_TEST(types_by_tracing) {
    // A "type" without an instance, one with a living instance, one with an instance in a dead ring.
    Obj *lonely = obj_alloc(t, NULL, 2048, OBJ_GC | OBJ_UNCOUNTED), *used = obj_alloc(t, NULL, 2048, OBJ_GC | OBJ_UNCOUNTED);
    ((Node *)lonely)->magic = ((Node *)used)->magic = NODE_MAGIC;
    nodes_live += 2;
    V instance = node_new(t, 1, OBJ_GC);
    v_obj(instance)->type = (Type *)used;
    uintptr_t hidden = ~(uintptr_t)used; // not to be found on the C stack
    lonely = used = NULL;
    __asm__ __volatile__("" : "+r"(lonely), "+r"(used), "+r"(hidden)::"memory");
    gc_collect(t, 2, true);
    ck_assert_uint_eq(((Node *)~hidden)->magic, NODE_MAGIC);
    ck_assert_int_le(nodes_now(), 3);
    v_obj(instance)->type = NULL;
    v_drop(t, instance);
}
END_TEST

START_TEST(freeze_and_walk) {
    V a = node_new(t, 1, OBJ_GC);
    node_set(t, a, 0, a);
    gc_freeze(t);
    v_drop(t, a);
    ck_assert_int_eq(gc_freeze_count(t), 1);
    ck_assert_int_eq(gc_collect(t, 2, true), 0);
    gc_unfreeze(t);
    ck_assert_int_eq(gc_collect(t, 2, true), 1);
}
END_TEST

#if !HEDDLE_GIL
static void idle(Thread *by, void *arg) { (void)by, (void)arg; }

static void sharing(void) { thread_join(t, thread_spawn(t, idle, NULL)); }

static __attribute__((noinline)) void shared_ring(int n, unsigned flags) {
    V root = slot_peek(&stub_root);
    V first = node_new(t, 2, OBJ_GC | flags), last = v_dup(first);
    for (int i = 1; i < n; i++) {
        V node = node_new(t, 2, OBJ_GC | flags);
        node_set(t, last, 0, node);
        v_drop(t, last);
        last = node;
    }
    node_set(t, last, 0, first);
    node_set(t, root, 0, first); // shares all of it
    node_set(t, root, 0, V_NULL);
    v_drop(t, last);
    v_drop(t, first);
}

// Overwrites what earlier calls left on the C stack, where the collector would take it for references.
static void settle_rounds(void) {
    wipe_stack();
    for (int i = 0; i < 5; i++) handshake_now(t);
}

// A frame of its own, on a wiped stack: in what a test has not written yet there are addresses from before.
static NOINLINE void cycles_of_shared(void) {
    V root = node_new(t, 1, OBJ_GC);
    stub_root.bits = root;
    sharing();
    ck_assert(obj_is_shared(v_obj(root)));
    shared_ring(5, 0);
    settle_rounds();
    ck_assert_int_eq(nodes_now(), 6);
    ck_assert_int_eq(gc_verify(t), 0);
    ck_assert_int_eq(gc_collect(t, 2, true), 5);
    ck_assert_int_eq(nodes_now(), 1);
    // What is HOT for good is found by tracing.
    shared_ring(3, 0);
    V kept = node_new(t, 2, OBJ_GC);
    node_set(t, root, 0, kept);
    hot_for_good(v_obj(kept));
    gc_collect(t, 2, true);
    ck_assert_int_eq(nodes_now(), 2);
    node_set(t, root, 0, V_NULL);
    uintptr_t hidden = ~kept;
    kept = 0;
    __asm__ __volatile__("" : "+r"(kept), "+r"(hidden)::"memory");
    gc_collect(t, 2, true);
    ck_assert_int_le(nodes_now(), 2);
}
START_TEST(shared_cycles) {
    wipe_stack();
    cycles_of_shared();
}
END_TEST

static __attribute__((noinline)) void drop_rescued(void) {
    v_drop(t, rescued);
    rescued = 0;
}

// Every count makes its object HOT: it is SHARED again before the collection looks, and HOT once more by the collection's own
// counts when it dies.  Others are born in its place.
static NOINLINE void hot_ring(void) {
    shared_ring(5, 0);
    settle_rounds();
    gc_collect(t, 2, true);
}
START_TEST(hot_cycles) {
    stub_root.bits = node_new(t, 1, OBJ_GC);
    sharing();
    debug_flags.promote = 1;
    for (int i = 0; i < 50; i++) hot_ring();
    wipe_stack();
    ck_assert_int_eq(gc_verify(t), 0);
    gc_collect(t, 2, true);
    ck_assert_int_eq(nodes_now(), 1);
    debug_flags.promote = 0;
}
END_TEST

START_TEST(shared_finalizers) {
    V root = node_new(t, 1, OBJ_GC);
    stub_root.bits = root;
    sharing();
    node_on_finalize = rescue;
    shared_ring(3, OBJ_FINALIZABLE);
    settle_rounds();
    gc_collect(t, 2, true);
    ck_assert_int_eq(nodes_finalized, 3);
    ck_assert_int_eq(nodes_now(), 4);
    ck_assert_int_eq(gc_verify(t), 0);
    drop_rescued();
    settle_rounds();
    gc_collect(t, 2, true);
    ck_assert_int_eq(nodes_now(), 1);
}
END_TEST

// A SHARED object that only a LOCAL one refers to.
static __attribute__((noinline)) V local_parent(V root) {
    V local = node_new(t, 1, OBJ_GC), shared = node_new(t, 1, OBJ_GC);
    node_set(t, shared, 0, shared);
    node_set(t, root, 0, shared);
    node_set(t, root, 0, V_NULL);
    node_set(t, local, 0, shared);
    v_drop(t, shared);
    return local;
}

START_TEST(local_roots) {
    V root = node_new(t, 1, OBJ_GC);
    stub_root.bits = root;
    sharing();
    V local = local_parent(root);
    wipe_stack();
    ck_assert_int_eq(gc_collect(t, 2, true), 0);
    ck_assert_int_eq(nodes_now(), 3);
    ck_assert_int_eq(gc_verify(t), 0);
    v_drop(t, local);
    settle_rounds();
    ck_assert_int_eq(gc_collect(t, 2, true), 1);
    ck_assert_int_eq(nodes_now(), 1);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("threading_gc");
    TCase *tests = tcase_create("collector");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, local_ring);
    tcase_add_test(tests, generations);
    tcase_add_test(tests, ages_of_blocks_used_again);
    tcase_add_test(tests, walks_meet_everything_once);
    tcase_add_test(tests, suspects_by_address);
    tcase_add_test(tests, reached_from_behind);
    tcase_add_test(tests, automatic);
    tcase_add_test(tests, resurrection);
    tcase_add_test(tests, weak_to_garbage);
    tcase_add_test(tests, types_by_tracing);
    tcase_add_test(tests, freeze_and_walk);
#if !HEDDLE_GIL
    tcase_add_test(tests, shared_cycles);
    tcase_add_test(tests, hot_cycles);
    tcase_add_test(tests, shared_finalizers);
    tcase_add_test(tests, local_roots);
#endif
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
