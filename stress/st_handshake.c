// SPDX-License-Identifier: MIT
// Stress: rounds, cascades, grace periods, and what they cost.   st_handshake [THREADS SCALE ITER SEED]
//
// Threads replace an array in a SHARED node (readers look into it without a lock; the old one is retired), and hang up
// and drop SHARED chains of up to SCALE nodes, deeper than the rounds go down.  One thread sleeps long between
// safepoints and must not slow the others.  In the end it prints the price of a round, of a deep finish, of the look at
// a C stack.  ITER is hundreds of steps a thread.
#include "nodes.h"
#include "threading/scan.h"

static Slot holder_root;
typedef struct Array {
    uint64_t magic;
    uint64_t values[30];
} Array;
typedef struct Holder {
    Node node;
    Array *array; // atomic; replaced by exchange
} Holder;
static Holder *holder;
static StressArgs args = {.threads = 4, .scale = 200, .iterations = 200};
enum { SLOTS = 4, BRIEF = 50, ROUNDS = 500 }; // a run with chains shorter than BRIEF measures nothing
static int workers_left; // atomic
static int64_t nodes_made;

static void replace_array(Thread *t) {
    Array *fresh = mem_alloc(t, sizeof *fresh);
    fresh->magic = NODE_MAGIC;
    for (int i = 0; i < 30; i++) fresh->values[i] = t->id;
    mem_retire(t, at_exchange_acq_rel(&holder->array, fresh));
}

static void read_array(void) {
    Array *array = at_load_acquire(&holder->array);
    uint64_t first = array->values[0];
    debug_sched_point();
    for (int i = 0; i < 30; i++)
        if (array->values[i] != first || array->magic != NODE_MAGIC) abort();
}

static NOINLINE V chain_new(Thread *t, int length) {
    V head = V_NULL;
    for (int i = 0; i < length; i++) {
        V node = node_new(t, 1, i & 1 ? OBJ_GC : 0);
        slot_init_steal(t, v_obj(node), node_slot(node, 0), head);
        head = node;
    }
    at_fetch_add_relaxed(&nodes_made, length);
    return head;
}

static NOINLINE void publish_chain(Thread *t, int length, unsigned slot) {
    V root = slot_peek(&holder_root);
    slot_set_steal(t, v_obj(root), node_slot(root, slot), chain_new(t, length));
}

static NOINLINE void walk_chain(Thread *t, unsigned slot) {
    V root = slot_peek(&holder_root);
    V v = node_get(root, slot);
    while (v != V_NULL) {
        node_check(v);
        V next_node = node_get(v, 0);
        v_drop(t, v);
        v = next_node;
    }
}

static void work(Thread *t, void *arg) {
    uint64_t rng = rng_start(&args, (uintptr_t)arg);
    for (int64_t i = 0; i < (int64_t)args.iterations * 100; i++) {
        safepoint(t);
        uint64_t r = rng_next(&rng);
        unsigned slot = (unsigned)(r >> 8) % SLOTS;
        switch (r & 7) {
        case 0: replace_array(t); break;
        case 1: publish_chain(t, (int)((r >> 20) % (unsigned)args.scale) + 1, slot); break;
        case 2: walk_chain(t, slot); break;
        default: read_array(); break;
        }
    }
    at_fetch_sub_relaxed(&workers_left, 1);
}

static void sleeper(Thread *t, void *arg) {
    (void)arg;
    while (at_load_relaxed(&workers_left) > 0) {
        usleep(30000);
        safepoint(t);
    }
}

static void print_costs(Thread *t) {
    enum { N = 1000 };
    int64_t begun = time_monotonic_ns();
    for (int i = 0; i < N; i++) {
        publish_chain(t, 1, 0);
        handshake_now(t);
    }
    printf("a round of this thread alone, with one object: %.0f ns\n", (double)(time_monotonic_ns() - begun) / N);
    begun = time_monotonic_ns();
    for (int i = 0; i < N; i++) scan_save_own(t);
    printf("saving a C stack of %zu words: %.0f ns\n", (size_t)(t->c_stack_base - (char *)__builtin_frame_address(0)) / 8,
           (double)(time_monotonic_ns() - begun) / N);
    publish_chain(t, 1000000, 0);
    int64_t before = nodes_live;
    begun = time_monotonic_ns();
    V root = slot_peek(&holder_root);
    slot_clear(t, v_obj(root), node_slot(root, 0));
    wipe_stack();
    drain(t, before - 1000000, ROUNDS);
    printf("a SHARED list of 1000000 nodes dropped in %.1f ms, %ld left\n", (double)(time_monotonic_ns() - begun) / 1e6,
           (long)(nodes_live - before + 1000000));
}

static int run(void) {
    Thread *t = nodes_start();
    V root = shared_by_all(t, &holder_root, SLOTS);
    holder = (Holder *)obj_alloc(t, NULL, sizeof *holder, 0);
    holder->node.magic = NODE_MAGIC;
    threading_sharing_begins(t);
    share_value(t, v_from(holder));
    replace_array(t);
    workers_left = args.threads;
    static pthread_t sleeping; // on a stack it could be taken for an object
    sleeping = thread_spawn(t, sleeper, NULL);
    double seconds = run_threads(t, &args, work);
    thread_join(t, sleeping);
    clear_slots(t, root, SLOTS);
    wipe_stack();
    drain(t, 1, ROUNDS);
    int64_t left = at_load_relaxed(&nodes_live) - 1;
    printf("st_handshake: %d threads, %.2f s, %ld nodes, leaked %ld\n", args.threads, seconds, (long)nodes_made, (long)left);
    if (left == 0 && args.scale > BRIEF) print_costs(t);
    return left != 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_RETIRE, MUTATE_NO_GRACE, MUTATE_LATE_TABLE, MUTATE_EARLY_VERDICT};
    static const StressArgs small = {.threads = 4, .scale = 20, .iterations = 60};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
