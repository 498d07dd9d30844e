// SPDX-License-Identifier: MIT
// The upcalls of threading/ for its own tests: nodes instead of objects, an array instead of frames.
#include "threading_stubs.h"

#include "threading/gcmark.h"
#include "threading/pending.h"

#include <stdio.h>
#include <stdlib.h>

struct Singleton {
    Obj head;
} __attribute__((aligned(16)));
Singleton none_object = {{1, 0, OBJ_IMMORTAL, 0, NULL}};

int64_t nodes_live, nodes_finalized;
void (*node_on_destroy)(Thread *t, Node *node);
void (*node_on_finalize)(Thread *t, Node *node);
void (*stub_collect)(Thread *t, bool all);
Slot stub_root;

V node_new(Thread *t, unsigned slots, unsigned flags) {
    Node *node = (Node *)obj_alloc(t, NULL, sizeof *node + slots * sizeof(Slot), flags);
    if (!node) abort();
    node->head.aux = (uint16_t)slots;
    node->magic = NODE_MAGIC;
    at_fetch_add_relaxed(&nodes_live, 1);
    return v_from(node);
}

void node_check(V v) {
    if (node_of(v)->magic == NODE_MAGIC) return;
    fprintf(stderr, "use of a dead node %p: magic %lx\n", (void *)v_obj(v), (unsigned long)node_of(v)->magic);
    abort();
}

NOINLINE void node_publish_new(Thread *t, V v, unsigned i, unsigned flags) {
    V fresh = node_new(t, 2, flags);
    node_set(t, v, i, fresh);
    v_drop(t, fresh);
}

V stub_share_root(Thread *t, unsigned slots) {
    V root = node_new(t, slots, OBJ_GC);
    root_register(&stub_root);
    root_set(t, &stub_root, root);
    threading_sharing_begins(t);
    return root;
}

NOINLINE void wipe_stack(void) {
    volatile char junk[32 << 10];
    for (size_t i = 0; i < sizeof junk; i++) junk[i] = 0;
}

void upcall_destroy(Thread *t, Obj *o) {
    Node *node = (Node *)o;
    node_check(v_from(o));
    if (node_on_destroy) node_on_destroy(t, node);
    for (unsigned i = 0; i < o->aux; i++) slot_clear(t, o, &node->kids[i]);
    node->magic = 0xdeaddeaddeaddeadu;
    at_fetch_sub_relaxed(&nodes_live, 1);
    obj_free_memory(t, o);
}

void upcall_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    for (unsigned i = 0; i < o->aux; i++) visit(t, o, &((Node *)o)->kids[i], arg);
}

bool upcall_slots(const Obj *o, SlotSpan *span) {
    Node *node = (Node *)(uintptr_t)o;
    *span = (SlotSpan){node->kids, o->aux, 1, false};
    return o->aux != 3; // the others for both ways
}

void upcall_slots_soon(const Obj *o) { (void)o; }

bool upcall_needs_python(Thread *t, Obj *o) {
    (void)t;
    return (at_load_relaxed(&o->flags) & OBJ_FINALIZABLE) != 0;
}

int upcall_run_pending(Thread *t) {
    PendingItem item;
    if (!pending_pop(t, &item)) return 0;
    if (item.kind == PENDING_CALL) return item.call(t, item.arg);
    if (item.kind == PENDING_FINALIZE) {
        at_fetch_add_relaxed(&nodes_finalized, 1);
        if (node_on_finalize) node_on_finalize(t, node_of(item.value));
    }
    v_drop(t, item.value);
    return 0;
}

void upcall_visit_stack(Thread *t, StackVisitor visit, void *arg) {
    if (!t->frame) return;
    for (int i = 0; i < t->frame->depth; i++) visit(t, &t->frame->values[i], arg);
}

void upcall_visit_roots(Thread *t, SlotVisitor visit, void *arg) { visit(t, NULL, &stub_root, arg); }

void upcall_drop_caches(Thread *t, Thread *owner, bool free_memory) { (void)t, (void)owner, (void)free_memory; }
void upcall_gap(Thread *t, int64_t ns) { (void)t, (void)ns; }
void upcall_collect(Thread *t, bool all) {
    if (stub_collect) stub_collect(t, all);
}

int upcall_async_event(Thread *t, uint32_t why) { return (void)t, (void)why, 0; }

// ---- threads ----------------------------------------------------------------------------------------------------------
struct Frame *stub_frame(Thread *t) {
    if (!t->frame) t->frame = calloc(1, sizeof *t->frame);
    if (!t->frame) abort();
    return t->frame;
}

typedef struct Spawn {
    Thread *t;
    void (*body)(Thread *t, void *arg);
    void *arg;
} Spawn;

static void *spawn_main(void *arg) {
    Spawn spawn = *(Spawn *)arg;
    free(arg);
    Thread *t = spawn.t;
    thread_start_here(t);
    struct Frame *frame = stub_frame(t);
    spawn.body(t, spawn.arg);
    while (frame->depth) v_drop(t, frame->values[--frame->depth]);
    while (pending_any(t)) pending_run(t);
    t->frame = NULL;
    thread_exit(t);
    free(frame);
    return NULL;
}

static void *relief_main(void *arg) {
    Thread *t = arg;
    thread_start_here(t);
    while (pending_any(t)) pending_run(t);
    pending_relief_ends(t);
    thread_exit(t);
    return NULL;
}

bool upcall_start_relief(Thread *fresh) {
    pthread_t handle;
    if (pthread_create(&handle, NULL, relief_main, fresh) != 0) return false;
    pthread_detach(handle);
    return true;
}

pthread_t thread_spawn(Thread *creator, void (*body)(Thread *t, void *arg), void *arg) {
    Spawn *spawn = malloc(sizeof *spawn);
    if (!spawn) abort();
    *spawn = (Spawn){thread_new(creator), body, arg};
    threading_sharing_begins(creator);
    pthread_t handle;
    if (!spawn->t || pthread_create(&handle, NULL, spawn_main, spawn) != 0) abort();
    return handle;
}

void thread_join(Thread *t, pthread_t handle) {
    thread_detach(t);
    pthread_join(handle, NULL);
    thread_attach(t);
}
