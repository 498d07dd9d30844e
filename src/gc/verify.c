// SPDX-License-Identifier: MIT
// The verifier: invariants 1, 2 and 4 of CONCURRENCY.md over the whole heap, in a stopped world.
//
//   1 locality   a LOCAL object is referred to only by LOCAL objects of its own thread
//   2 closure    what a SHARED object refers to is SHARED (once sharing has begun)
//   4 counting   no object is referred to by more slots than its count says
//              and a SHARED one without any is on a table, for a round to judge: else nobody would ever
//
// That a count is too large, which is a leak, cannot be told from here: stacks, but also C locals and C structures own
// references, which nobody lists (those in C locals nobody could: a native that has called into Python owns what it likes).
// The tests tell by what is left in the end: nodes_live in stress/, tests/threads/*.py by weak references.
#include "gc_private.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Known { // an open hash table: every tracked object, its domain, the references found
    const Obj **object;
    const void **domain; // the Thread (any Thread in the GIL build), NULL for SHARED
    uint32_t *found;
    size_t n, mask;
} Known;

typedef struct Verify {
    Known known;
    const void *domain; // of the object being visited
    int64_t violations;
} Verify;

static size_t place(const Known *known, const Obj *o) {
    size_t i = ((uintptr_t)o >> 4) * 0x9e3779b97f4a7c15u >> 32 & known->mask;
    while (known->object[i] && known->object[i] != o) i = (i + 1) & known->mask;
    return i;
}

static void complain(Verify *verify, const Obj *owner, const Obj *o, const char *what) {
    verify->violations++;
    if (verify->violations > 20) return;
    fprintf(stderr, "heddle: verify: %s: object %p (rc %08x, type %p) from %p (rc %08x, type %p)\n", what, (const void *)o,
            obj_rc(o), (const void *)o->type, (const void *)owner, owner ? obj_rc(owner) : 0,
            owner ? (const void *)owner->type : NULL);
}

typedef struct VerifyWalk {
    Verify *verify;
    const void *domain;
    void (*fn)(Verify *, Obj *, const void *);
} VerifyWalk;

static bool verify_batch(Obj *const *objects, size_t n, void *arg) {
    const VerifyWalk *each = arg;
    for (size_t i = 0; i < n; i++) each->fn(each->verify, objects[i], each->domain);
    return false;
}

static void each_thread(Thread *t, void *arg) {
    VerifyWalk *each = arg;
    if (threading_gil_enabled() && !t->is_main) return; // one domain for all
    each->domain = t->heap.domain;
    gc_walk_local(t, AGES_ALL, verify_batch, each);
}

static void each_object(Verify *verify, void (*fn)(Verify *, Obj *, const void *)) {
    VerifyWalk each = {verify, NULL, fn};
    threads_each(each_thread, &each);
    each.domain = NULL;
    gc_walk_shared(false, verify_batch, &each);
    gc_walk_shared(true, verify_batch, &each);
}

static void count_object(Verify *verify, Obj *o, const void *domain) {
    (void)o, (void)domain;
    verify->known.n++;
}

static void enter_object(Verify *verify, Obj *o, const void *domain) {
    size_t i = place(&verify->known, o);
    if (verify->known.object[i]) complain(verify, NULL, o, "an object is on two lists");
    verify->known.object[i] = o;
    verify->known.domain[i] = domain;
    if (!threading_gil_enabled() && obj_is_shared_or_hot(o) != (domain == NULL))
        complain(verify, NULL, o, "an object is on the wrong list");
}

static void check_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t;
    Verify *verify = arg;
    V v = slot_peek(s);
    if (v_is_uncounted(v)) complain(verify, owner, v_obj(v), "an uncounted reference in a slot");
    if (!v_is_object(v)) return;
    Obj *o = v_obj(v);
    bool shared = obj_is_shared_or_hot(o);
    if (verify->domain == NULL && !shared && threading_is_sharing()) complain(verify, owner, o, "LOCAL in SHARED (2)");
    if (shared && (obj_rc(o) & RC_DEAD)) complain(verify, owner, o, "a reference to a dead object");
    size_t i = place(&verify->known, o);
    if (!verify->known.object[i]) return;
    if (verify->known.domain[i] && verify->known.domain[i] != verify->domain && verify->domain)
        complain(verify, owner, o, "LOCAL of another thread (1)");
    if (v_is_counted(v)) verify->known.found[i]++;
}

static Thread *verifier;
static void check_object(Verify *verify, Obj *o, const void *domain) {
    verify->domain = domain;
    upcall_traverse(verifier, o, check_slot, verify);
}

static void check_count(Verify *verify, Obj *o, const void *domain) {
    (void)domain;
    uint32_t rc = obj_rc(o), count = (int32_t)rc < 0 ? rc & RC_COUNT : rc;
    bool hot = (int32_t)rc < 0 && (rc & RC_HOT);
    if (hot || obj_is_uncounted(o)) return;
    if ((int32_t)rc < 0 && !count && !(rc & (RC_INZCT | RC_DEAD))) complain(verify, NULL, o, "no counts, and on no table (4)");
    if (verify->known.found[place(&verify->known, o)] > count) complain(verify, NULL, o, "more references than counts (4)");
}

int64_t gc_verify(Thread *t) {
    Verify verify = {.violations = 0};
    Known *known = &verify.known;
    world_stop(t);
    verifier = t;
    each_object(&verify, count_object);
    size_t size = 64;
    while (size < known->n * 2 + 2) size *= 2;
    known->mask = size - 1;
    known->object = calloc(size, sizeof *known->object);
    known->domain = calloc(size, sizeof *known->domain);
    known->found = calloc(size, sizeof *known->found);
    if (known->object && known->domain && known->found) {
        each_object(&verify, enter_object);
        each_object(&verify, check_object);
        each_object(&verify, check_count);
    } else {
        fputs("heddle: verify: out of memory\n", stderr);
    }
    world_start(t);
    free(known->object);
    free(known->domain);
    free(known->found);
    return verify.violations;
}
