// SPDX-License-Identifier: MIT
// Stress: memory of objects and buffers.   st_heap [THREADS SCALE ITER SEED]
//
// Threads make objects and buffers of all sizes and kinds, full of words that say which block it is; put some into
// mailboxes that all reach, take them out of others' and let them go there; grow what is theirs alone.  Every word is
// looked at when an object dies or a buffer goes, so that two blocks in one place show.  Threads come and go: each passes
// ITER / 8 of its steps to the next one, who gets its pages.  Now and then the world is stopped and the collector's walk
// must meet living objects only; in the end nothing may be left and the walk finds as many as there are.  SCALE is the
// number of mailboxes, ITER thousands of steps.
#include "nodes.h"
#include "threading/gclink.h"

enum { LIVES = 8, HELD = 24, BUFFERS = 16, WORDS_MAX = 200 };
static StressArgs args = {.threads = 4, .scale = 32, .iterations = 40};
static Slot mailboxes_root;
static int64_t made, walked, collectable; // atomic; collectable: objects born with OBJ_GC that live

// ---- blocks that know who they are -----------------------------------------------------------------------------------
static void broken(const char *what, const void *block) {
    fprintf(stderr, "st_heap: %s at %p\n", what, block);
    abort();
}

// What the i-th of n words in a block reads.
static uint64_t word_for(const uint64_t *words, size_t n, size_t i) { return (uint64_t)(uintptr_t)words * 31 + n * 7 + i; }

static void words_fill(uint64_t *words, size_t n) {
    for (size_t i = 0; i < n; i++) words[i] = word_for(words, n, i);
}

static void words_check(const uint64_t *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (words[i] != word_for(words, n, i)) broken("somebody else's words", words);
}

// A node without slots; behind it `serial` words.
static uint64_t *node_words(V v) { return (uint64_t *)(void *)node_of(v)->kids; }

static V block_new(Thread *t, uint64_t r) {
    static const unsigned kinds[] = {0, 0, OBJ_GC, OBJ_GC | OBJ_FINALIZABLE};
    unsigned flags = kinds[r & 3];
    size_t n = r & 4 ? (r >> 8) % 10 : (r >> 8) % WORDS_MAX;
    Node *node = (Node *)obj_alloc(t, NULL, sizeof *node + n * sizeof(uint64_t), flags);
    if (!node) abort();
    node->magic = NODE_MAGIC;
    node->serial = n;
    V v = v_from(node);
    for (size_t i = 0; i < n; i++)
        if (node_words(v)[i]) broken("memory that is not zeroed", node);
    words_fill(node_words(v), n);
    at_fetch_add_relaxed(&nodes_live, 1);
    at_fetch_add_relaxed(&made, 1);
    at_fetch_add_relaxed(&collectable, (flags & OBJ_GC) != 0);
    return v;
}

static void block_dies(Thread *t, Node *node) {
    (void)t;
    words_check(node_words(v_from(node)), node->serial);
    at_fetch_sub_relaxed(&collectable, (obj_flags(&node->head) & OBJ_GC) != 0);
}

static void block_look(V v) {
    node_check(v);
    words_check(node_words(v), node_of(v)->serial);
}

// ---- buffers --------------------------------------------------------------------------------------------------------------
typedef struct Buffer {
    uint64_t *words;
    size_t n;
} Buffer;

static void buffer_resize(Thread *t, Buffer *b, size_t n) {
    uint64_t *words = b->words;
    size_t keep = b->n < n ? b->n : n;
    words_check(words, b->n);
    uintptr_t old = (uintptr_t)words;
    size_t old_n = b->n;
    if (!(words = mem_realloc(t, words, n * sizeof *words))) abort();
    for (size_t i = 0; i < keep; i++)
        if (words[i] != old * 31 + old_n * 7 + i) broken("words lost by realloc", words);
    words_fill(words, n);
    *b = (Buffer){words, n};
}

static void buffer_step(Thread *t, Buffer *b, uint64_t r) {
    size_t n = (r >> 8) % 600 + 1;
    if (b->words && r & 1) {
        words_check(b->words, b->n);
        if (r & 2) mem_retire(t, b->words);
        else mem_free(b->words);
        *b = (Buffer){NULL, 0};
    } else {
        buffer_resize(t, b, n);
    }
}

// ---- the walk ---------------------------------------------------------------------------------------------------------------
static bool count_objects(Obj *const *objects, size_t n, void *arg) {
    for (size_t i = 0; i < n; i++) node_check(v_from(objects[i]));
    *(int64_t *)arg += (int64_t)n;
    return false;
}

static void walk_stopped(Thread *t) {
    int64_t n = 0;
    world_stop(t);
    gc_walk_shared(false, count_objects, &n);
    world_start(t);
    at_fetch_add_relaxed(&walked, n);
}

// ---- a thread -----------------------------------------------------------------------------------------------------------
static void mail_step(Thread *t, V *own, uint64_t r) {
    V root = slot_peek(&mailboxes_root);
    unsigned box = (unsigned)(r >> 8) % (unsigned)args.scale;
    V v;
    switch (r & 3) {
    case 0:
        if (*own) node_set(t, root, box, *own);
        break;
    case 1:
        v_drop(t, *own);
        *own = slot_take(v_obj(root), node_slot(root, box));
        break;
    case 2: slot_clear(t, v_obj(root), node_slot(root, box)); break;
    default:
        if ((v = node_get(root, box)) != V_NULL) block_look(v);
        v_drop(t, v);
    }
}

static void live(Thread *t, uint64_t *rng) {
    V held[HELD] = {0};
    Buffer buffers[BUFFERS] = {{0}};
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000 / LIVES; i++) {
        safepoint(t);
        uint64_t r = rng_next(rng);
        V *own = &held[(r >> 40) % HELD];
        switch (r >> 60) {
        case 0 ... 5:
            v_drop(t, *own);
            *own = block_new(t, r);
            break;
        case 6 ... 11: mail_step(t, own, r); break;
        case 12 ... 14: buffer_step(t, &buffers[(r >> 32) % BUFFERS], r); break;
        default:
            if ((r & 511) == 0) walk_stopped(t);
            else if (*own) block_look(*own);
        }
    }
    for (int i = 0; i < HELD; i++) v_drop(t, held[i]);
    for (int i = 0; i < BUFFERS; i++) {
        words_check(buffers[i].words, buffers[i].n);
        mem_free(buffers[i].words);
    }
}

typedef struct Lives {
    int left;
    uint64_t rng;
} Lives;

static void go_on(Thread *t, void *arg) {
    Lives *lives = arg;
    live(t, &lives->rng);
    if (--lives->left) thread_join(t, thread_spawn(t, go_on, lives));
}

static void work(Thread *t, void *arg) { go_on(t, &(Lives){LIVES, rng_start(&args, (uintptr_t)arg)}); }

static int64_t walk_all(Thread *t) {
    int64_t n = 0;
    gc_walk_local(t, AGES_ALL, count_objects, &n);
    gc_walk_shared(false, count_objects, &n);
    return n - 1; // the mailboxes
}

static int run(void) {
    Thread *t = nodes_start();
    node_on_destroy = block_dies;
    V root = shared_by_all(t, &mailboxes_root, args.scale);
    threading_sharing_begins(t);
    double seconds = run_threads(t, &args, work);
    clear_slots(t, root, args.scale);
    drain(t, 1, 200);
    int64_t left = at_load_relaxed(&nodes_live) - 1, found = walk_all(t);
    printf("st_heap: %d threads, %.2f s, %ld objects, %ld walked, left %ld (collectable %ld, found %ld)\n", args.threads, seconds,
           (long)made, (long)walked, (long)left, (long)collectable, (long)found);
    return left != 0 || found != collectable;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_FREE_IN_PLACE, MUTATE_NO_SHARE};
    static const StressArgs small = {.threads = 4, .scale = 16, .iterations = 40};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
