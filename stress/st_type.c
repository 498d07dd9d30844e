// SPDX-License-Identifier: MIT
// Stress: classes that change while they are used.   st_type [THREADS SCALE ITER SEED]
//
// SCALE classes stand in a binary tree of inheritance.  Class i has one attribute of its own, which one thread sets and
// deletes and all others look up from classes below it, through their method caches.  Around each change stand two
// numbers, so that whoever looks between two changes knows exactly what must be found: an old answer of a cache shows.
// Threads make, use and drop subclasses, assign __bases__ of a class of their own, and collect.  ITER is thousands of
// operations a thread.
#include "objects.h"

enum { MAX = 64 };
static StressArgs args = {.threads = 4, .scale = 15, .iterations = 60};
static Slot classes_root;
static struct {
    int64_t begun, done; // atomic: the change that is under way, or the last one; odd ones set the attribute, even ones delete it
    V name;              // interned; the main thread's for the whole run
    char pad[40];
} attribute[MAX];
static int64_t looked, sure; // atomic: how many answers could be checked exactly

static V class_at(unsigned i) { return tuple_borrow(slot_peek(&classes_root), i); }

// What is to be found at change number n, if no change is under way.
static void check_found(V found, int64_t n) {
    if (n & 1) STRESS_CHECK(found != V_NULL && v_is_tuple(found) && v_int(tuple_borrow(found, 0)) == n);
    else STRESS_CHECK(found == V_NULL);
}

static void look_up(Thread *t, V class, unsigned i) {
    int64_t before = at_load_acquire(&attribute[i].done);
    V found = type_lookup_borrow(t, v_as_type(class), attribute[i].name); // borrowed until the next safepoint
    at_fetch_add_relaxed(&looked, 1);
    if (at_load_acquire(&attribute[i].begun) != before) return;
    check_found(found, before);
    at_fetch_add_relaxed(&sure, 1);
}

static void change(Thread *t, unsigned i) {
    int64_t n = at_load_relaxed(&attribute[i].begun) + 1;
    at_store_release(&attribute[i].begun, n);
    V value = n & 1 ? must(tuple_pack_steal(t, 1, v_from_int(n))) : V_NULL;
    STRESS_CHECK(obj_setattr(t, class_at(i), attribute[i].name, value) == 0);
    v_drop(t, value);
    at_store_release(&attribute[i].done, n);
    unsigned below = i * 2 + 1; // at once, where the old answer is most likely cached
    if (below < (unsigned)args.scale) look_up(t, class_at(below), i);
}

// A class i and one that it inherits from, or itself.
static void look_somewhere(Thread *t, uint64_t r) {
    unsigned i = (unsigned)(r >> 8) % (unsigned)args.scale, above = i;
    for (unsigned up = r >> 16 & 7; up && above; up--) above = (above - 1) / 2;
    look_up(t, class_at(i), above);
}

static void use_subclass(Thread *t, uint64_t r) {
    unsigned i = (unsigned)(r >> 8) % (unsigned)args.scale;
    V sub = must(type_new_simple(t, "stress.Brief", v_as_type(class_at(i)), V_NULL));
    look_up(t, sub, i);
    look_up(t, sub, 0);
    V object = must(type_alloc(t, v_as_type(sub), 0));
    v_drop(t, object);
    v_drop(t, sub);
}

// Its bases are one class of the tree or another: what it inherits changes at once.
static void change_bases(Thread *t, V mine, uint64_t r) {
    unsigned i = (unsigned)(r >> 8) % (unsigned)args.scale;
    V bases = must(tuple_pack(t, 1, class_at(i)));
    STRESS_CHECK(obj_setattr(t, mine, NAME(__bases__), bases) == 0);
    v_drop(t, bases);
    look_up(t, mine, i);
    look_up(t, mine, 0);
}

static void work(Thread *t, uint64_t *rng, unsigned index) {
    V mine = must(type_new_simple(t, "stress.Mine", v_as_type(class_at(0)), V_NULL));
    for (int64_t k = 0; k < (int64_t)args.iterations * 1000; k++) {
        safepoint(t);
        uint64_t r = rng_next(rng);
        unsigned i = (unsigned)(r >> 8) % (unsigned)args.scale;
        switch (r & 63) {
        case 0:
        case 1:
        case 2:
        case 3:
            if (i % (unsigned)args.threads == index - 1) change(t, i);
            break;
        case 4:
            if ((r >> 20 & 15) == 0) use_subclass(t, r);
            break;
        case 5:
            if ((r >> 20 & 15) == 0) change_bases(t, mine, r);
            break;
        case 6:
            if ((r >> 20 & 1023) == 0) gc_collect(t, 2, true);
            break;
        default: look_somewhere(t, r);
        }
    }
    v_drop(t, mine);
}

static V classes_new(Thread *t) {
    V classes[MAX];
    for (int i = 0; i < args.scale; i++) {
        Type *base = i ? v_as_type(classes[(i - 1) / 2]) : NULL;
        classes[i] = must(type_new_simple(t, "stress.Node", base, V_NULL));
        attribute[i].name = must(str_intern_steal(t, must(str_from_format(t, "attr%d", i))));
    }
    return tuple_from_steal(t, classes, (size_t)args.scale);
}

static int run(void) {
    if (args.scale > MAX) {
        fprintf(stderr, "st_type: SCALE is at most %d\n", MAX);
        return 2;
    }
    Thread *t = objects_start();
    shared_by_all(t, &classes_root, classes_new(t));
    double seconds = run_threads(t, &args, work);
    int64_t changes = 0;
    for (unsigned i = 0; i < (unsigned)args.scale; i++) {
        changes += attribute[i].done;
        for (unsigned below = i; below < (unsigned)args.scale; below = below * 2 + 1) look_up(t, class_at(below), i);
    }
    printf("st_type: %d threads, %.2f s, %ld changes, %ld look-ups, %ld checked exactly\n", args.threads, seconds, (long)changes,
           (long)looked, (long)sure);
    return 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_OLD_VERSION, MUTATE_NO_SUBCLASSES};
    static const StressArgs small = {.threads = 4, .scale = 15, .iterations = 20};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
