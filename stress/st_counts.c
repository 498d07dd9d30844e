// SPDX-License-Identifier: MIT
// Stress: counts, sharing and the handshake.   st_counts [THREADS SCALE ITER SEED]
//
// Threads do random things to a few shared slots, to the graph behind them, and to values on their stacks, in C locals
// and behind weak references; now and then they detach.  Every value is checked for life when it is used, and in the
// end nothing may be left.  SCALE is the number of shared slots, ITER the operations of a thread, in thousands.
#include "nodes.h"
#include "threading/weak.h"

enum { DEPTH = 48, LOCALS = 6, WEAKS = 8 };
static StressArgs args = {.threads = 4, .scale = 16, .iterations = 200};
static Slot shared_slots; // a root: the node with the shared slots
static int64_t operations, weak_hits, weak_misses;

typedef struct Worker {
    Thread *t;
    struct Frame *frame;
    uint64_t rng;
    uint64_t serial, step;
    V weak[WEAKS]; // owned: nodes whose memory embeds a WeakNode, see weak_new
} Worker;

static uint64_t rnd(Worker *w) { return rng_next(&w->rng); }

static V pick(Worker *w) { return w->frame->depth ? w->frame->values[rnd(w) % (unsigned)w->frame->depth] : V_NULL; }

static void push(Worker *w, V v) {
    if (w->frame->depth < DEPTH) {
        w->frame->values[w->frame->depth++] = v;
        return;
    }
    V *at = &w->frame->values[rnd(w) % DEPTH], old = *at;
    *at = v;
    v_drop(w->t, old);
}

// Serial numbers keep the graph acyclic: a node refers only to younger ones.
static uint64_t next_serial(Worker *w) { return w->serial += w->step; }

static V chain_new(Worker *w, unsigned length) {
    unsigned flags = rnd(w) & 1 ? OBJ_GC : 0;
    V head = node_new(w->t, 2, flags);
    node_of(head)->serial = next_serial(w);
    V tail = v_dup(head);
    for (; length; length--) {
        V node = node_new(w->t, 2, flags);
        node_of(node)->serial = next_serial(w);
        node_set(w->t, tail, 0, node);
        v_drop(w->t, tail);
        tail = node;
    }
    v_drop(w->t, tail);
    return head;
}

static void link_nodes(Worker *w, V parent, V kid) {
    if (!parent || !kid || node_of(parent)->serial >= node_of(kid)->serial) return;
    node_set(w->t, parent, rnd(w) & 1, kid);
}

// ---- weak references ------------------------------------------------------------------------------------------------
static WeakNode *weak_part(V v) { return (WeakNode *)(void *)node_of(v)->kids; }

static void unbind_weak(Thread *t, Node *node) {
    if (node->serial == UINT64_MAX) weak_unbind(t, (WeakNode *)(void *)node->kids);
}

static V weak_new(Worker *w, V referent) {
    V v = v_from(obj_alloc(w->t, NULL, sizeof(Node) + sizeof(WeakNode), 0));
    node_of(v)->magic = NODE_MAGIC;
    node_of(v)->serial = UINT64_MAX;
    at_fetch_add_relaxed(&nodes_live, 1);
    if (weak_bind(w->t, weak_part(v), v_obj(v), v_obj(referent), rnd(w) & 1) < 0) abort();
    return v;
}

static void weak_follow(Worker *w, V weakref) {
    V v = weak_get(w->t, weak_part(weakref)); // may wait for the thread that owns the referent
    at_fetch_add_relaxed(v == V_NONE ? &weak_misses : &weak_hits, 1);
    if (v == V_NONE) return;
    node_check(v);
    push(w, v);
}

static bool any_weakref(const Obj *weakref, const WeakNode *node, void *arg) { return (void)weakref, (void)node, (void)arg, true; }

static void weak_use(Worker *w) {
    V *at = &w->weak[rnd(w) % WEAKS];
    if (!*at || rnd(w) % 8 == 0) {
        V v = pick(w);
        if (!v || node_of(v)->serial == UINT64_MAX) return;
        v_drop(w->t, *at);
        *at = weak_new(w, v);
        return;
    }
    weak_follow(w, *at);
}

// ---- the random program -------------------------------------------------------------------------------------------------
static void publish(Worker *w, V v) {
    V root = slot_peek(&shared_slots);
    slot_set(w->t, v_obj(root), node_slot(root, (unsigned)(rnd(w) % (unsigned)args.scale)), v);
}

static void step(Worker *w) {
    V root = slot_peek(&shared_slots), v = pick(w);
    unsigned slot = (unsigned)(rnd(w) % (unsigned)args.scale);
    uint64_t r = rnd(w);
    if (v) node_check(v);
    bool is_node = v && node_of(v)->serial != UINT64_MAX;
    switch (r % 20) {
    default: // read a shared slot
        if ((v = node_get(root, slot)) != V_NULL) push(w, v);
        break;
    case 1:
    case 2: // load a child
        if (is_node && (v = node_get(v, r >> 20 & 1)) != V_NULL) push(w, v);
        break;
    case 3: push(w, chain_new(w, r >> 20 & 15)); break;
    case 4:
        if (v && (is_node || (r >> 20 & 3) == 0)) publish(w, v);
        break;
    case 5: publish(w, V_NULL); break;
    case 6:
    case 7:
    case 8:
        if (w->frame->depth) v_drop(w->t, w->frame->values[--w->frame->depth]);
        break;
    case 9:
        if (r >> 20 & 1023) break;
        thread_detach(w->t);
        usleep(50);
        thread_attach(w->t);
        break;
    case 10: // take a child out: the slot's count moves to the stack
        if (is_node && (v = slot_take(v_obj(v), node_slot(v, 0))) != V_NULL) push(w, v);
        break;
    case 11:
    case 12: {
        V kid = pick(w);
        if (is_node && kid && node_of(kid)->serial != UINT64_MAX) link_nodes(w, v, kid);
        break;
    }
    case 13:
    case 18:
    case 19: // link and cut: a count of zero with a history
        if (is_node && w->frame->depth > 1) {
            V kid = w->frame->values[w->frame->depth - 1];
            if (node_of(kid)->serial <= node_of(v)->serial || node_of(kid)->serial == UINT64_MAX) break;
            node_set(w->t, v, 1, kid);
            slot_clear(w->t, v_obj(v), node_slot(v, 1));
        }
        break;
    case 14: weak_use(w); break;
    case 16: // a weakref among the other values, from where it may be shared
        if (w->weak[r >> 20 & (WEAKS - 1)]) push(w, v_dup(w->weak[r >> 20 & (WEAKS - 1)]));
        break;
    case 17:
        if (v && !is_node) weak_follow(w, v);
        else if (v && (v = weak_find(w->t, v_obj(v), any_weakref, NULL)) != V_NULL) push(w, v);
        break;
    case 15:
        if (v) push(w, v_dup(v));
        break;
    }
}

static void worker_main(Thread *t, void *arg) {
    unsigned index = (unsigned)(uintptr_t)arg;
    Worker w = {.t = t, .frame = t->frame, .rng = rng_start(&args, index)};
    w.serial = index + 1;
    w.step = 64;
    V locals[LOCALS] = {0}; // C locals that live across safepoints, with or without U
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        step(&w);
        V *local = &locals[rnd(&w) % LOCALS];
        if (rnd(&w) % 16 == 0) {
            v_drop(t, *local);
            V root = slot_peek(&shared_slots);
            *local = node_get(root, (unsigned)(rnd(&w) % (unsigned)args.scale));
        } else if (*local) {
            node_check(*local);
        }
    }
    for (int i = 0; i < LOCALS; i++) v_drop(t, locals[i]);
    for (int i = 0; i < WEAKS; i++) v_drop(t, w.weak[i]);
    at_fetch_add_relaxed(&operations, (int64_t)args.iterations * 1000);
}

// ---- a directed schedule ----------------------------------------------------------------------------------------------
// Random running seldom meets it: a reference that one thread obtains after its answer to a round, from a slot that
// another, which has not answered yet, filled and emptied again.  Only DIRTY speaks for the object then.
static uint32_t stage; // atomic
static void reach_stage(uint32_t n) { at_store_release(&stage, n); }
static void await_stage(uint32_t n) {
    while (at_load_acquire(&stage) < n) at_pause();
}

// In functions of their own, so that the callers' frames and registers do not keep what is only to be on the VM's stack.
static NOINLINE void load_top(Thread *t) {
    t->frame->values[t->frame->depth++] = node_get(slot_peek(&shared_slots), 0);
}
static NOINLINE void store_top(Thread *t) { node_set(t, slot_peek(&shared_slots), 0, t->frame->values[0]); }
static NOINLINE void clear_slot(Thread *t) { node_set(t, slot_peek(&shared_slots), 0, V_NULL); }

static void late_reader(Thread *t, void *arg) {
    (void)arg;
    while (at_load_acquire(&stage) < 3) safepoint(t); // answers the round
    load_top(t);
    reach_stage(4);
    await_stage(6);
    node_check(t->frame->values[0]);
}

static void late_writer(Thread *t, void *arg) {
    (void)arg;
    load_top(t);
    reach_stage(1);
    await_stage(2); // the round has begun, the reader has had time to answer
    store_top(t);
    reach_stage(3);
    await_stage(4);
    clear_slot(t);
    t->frame->depth = 0; // it was uncounted
    wipe_stack();
    reach_stage(5);
    while (at_load_acquire(&stage) < 6) safepoint(t);
}

static NOINLINE void late_node(Thread *t, V root) {
    V node = node_new(t, 2, 0);
    node_set(t, root, 0, node);
    v_drop(t, node);
}

static void directed(Thread *t, V root) {
    late_node(t, root);
    pthread_t writer = thread_spawn(t, late_writer, NULL);
    await_stage(1);
    pthread_t reader = thread_spawn(t, late_reader, NULL);
    clear_slot(t);
    wipe_stack();
    handshake_now(t); // stays open: the writer does not poll
    usleep(20000);
    reach_stage(2);
    await_stage(5);
    for (int i = 0; i < 20; i++) {
        usleep(500);
        safepoint(t);
        handshake_now(t);
    }
    reach_stage(6);
    thread_join(t, writer);
    thread_join(t, reader);
}

static int run(void) {
    Thread *t = nodes_start();
    node_on_destroy = unbind_weak;
    V root = shared_by_all(t, &shared_slots, args.scale);
    threading_sharing_begins(t);
    if (!threading_gil_enabled()) directed(t, root);
    double seconds = run_threads(t, &args, worker_main);
    clear_slots(t, root, args.scale);
    drain(t, 1, 200);
    int64_t left = at_load_relaxed(&nodes_live) - 1;
    printf("st_counts: %d threads, %.1f M operations, %.0f ns each, weak %ld hits %ld misses, leaked %ld\n", args.threads,
           (double)operations / 1e6, seconds * 1e9 * args.threads / (double)operations, (long)weak_hits, (long)weak_misses, (long)left);
    return left != 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_CONVERT, MUTATE_NO_DIRTY, MUTATE_NO_C_STACK,   MUTATE_NO_CLAIM,
                                 MUTATE_NO_GRACE,   MUTATE_NO_SHARE, MUTATE_NO_WEAK_MARK, MUTATE_SHARE_LATE};
    static const StressArgs small = {.threads = 4, .scale = 3, .iterations = 200};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
