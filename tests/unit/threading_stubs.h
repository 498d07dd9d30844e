// SPDX-License-Identifier: MIT
// A toy interpreter for the tests of threading/: nodes with a few slots, a stack of values a thread.
#ifndef HEDDLE_TESTS_THREADING_STUBS_H
#define HEDDLE_TESTS_THREADING_STUBS_H
#include "threading/thread.h"

// head.aux is the number of slots.
typedef struct Node {
    Obj head;
    uint64_t magic;
    uint64_t serial; // for tests that keep their graph acyclic
    Slot kids[];
} Node;
#define NODE_MAGIC 0x600d600d600d600du

enum { STACK_MAX = 256 };
struct Frame { // a thread's stack: t->frame points to it
    V values[STACK_MAX];
    int depth;
};

extern int64_t nodes_live;      // atomic: made minus destroyed
extern int64_t nodes_finalized; // atomic
extern void (*node_on_destroy)(Thread *t, Node *node); // called first, when not NULL
extern void (*node_on_finalize)(Thread *t, Node *node);
extern void (*stub_collect)(Thread *t, bool all); // upcall_collect
extern Slot stub_root;                  // what upcall_visit_roots visits
static inline int64_t nodes_now(void) { return at_load_relaxed(&nodes_live); } // others may be destroying some

V node_new(Thread *t, unsigned slots, unsigned flags); // a counted reference; aborts when out of memory
static inline Node *node_of(V v) { return (Node *)v_obj(v); }
static inline Slot *node_slot(V v, unsigned i) { return &node_of(v)->kids[i]; }
static inline V node_get(V v, unsigned i) { return slot_get(v_obj(v), node_slot(v, i)); }
static inline void node_set(Thread *t, V v, unsigned i, V kid) { slot_set(t, v_obj(v), node_slot(v, i), kid); }
static inline uint32_t node_rc(V v) { return obj_rc(v_obj(v)); }
void node_check(V v); // aborts unless v is a living node
void node_publish_new(Thread *t, V v, unsigned i, unsigned flags); // only v's slot i refers to it, no stale word of the caller's
V stub_share_root(Thread *t, unsigned slots); // a node in stub_root; sharing begins
void wipe_stack(void); // overwrites what earlier calls left on the C stack, where a look would take it for references

// Runs body(arg) in a new pthread as a Thread with a stack of its own.
pthread_t thread_spawn(Thread *creator, void (*body)(Thread *t, void *arg), void *arg);
void thread_join(Thread *t, pthread_t handle); // detached meanwhile
struct Frame *stub_frame(Thread *t);
#endif
