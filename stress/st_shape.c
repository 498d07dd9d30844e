// SPDX-License-Identifier: MIT
// Stress: attributes of instances that all threads reach.   st_shape [THREADS SCALE ITER SEED]
//
// Each thread shows an instance of one class to all others, and another one after SCALE steps.  Everybody sets, reads and
// deletes attributes of all of them: cells move to longer vectors and to dicts while others read and write.  A few names
// are the showing thread's own, so that it knows what must be there and a lost store shows at once; a value read under
// any name must have been made for that name.  ITER is thousands of operations a thread.
#include "objects.h"
#include "object/shape.h"

enum { OWN_NAMES = 5, COMMON_NAMES = 14 };
static StressArgs args = {.threads = 4, .scale = 150, .iterations = 40};
static Slot shown_root; // a list: one instance a thread
static Type *class;
static int64_t made, became_dicts; // atomic

static V name_of(Thread *t, unsigned n) {
    V name = must(str_from_format(t, "attr%u", n));
    return must(str_intern_steal(t, name));
}

static V value_new(Thread *t, unsigned name, int64_t serial) {
    return must(tuple_pack_steal(t, 2, v_from_int((int64_t)name), v_from_int(serial)));
}

static int64_t value_serial(V v, unsigned name) {
    STRESS_CHECK(v_is_tuple(v) && tuple_len(v) == 2 && v_int(tuple_borrow(v, 0)) == (int64_t)name);
    return v_int(tuple_borrow(v, 1));
}

static void attribute_set(Thread *t, V object, unsigned n, int64_t serial) {
    V name = name_of(t, n), v = value_new(t, n, serial);
    STRESS_CHECK(obj_setattr(t, object, name, v) == 0);
    v_drop(t, v);
    v_drop(t, name);
}

// True when it was there.
static bool attribute_delete(Thread *t, V object, unsigned n) {
    V name = name_of(t, n);
    bool there = obj_setattr(t, object, name, V_NULL) == 0;
    if (!there) expect_error(t, &exc_AttributeError);
    v_drop(t, name);
    return there;
}

// The serial, or -1.
static int64_t attribute_get(Thread *t, V object, unsigned n) {
    V name = name_of(t, n), v = obj_lookup_attr(t, object, name);
    STRESS_CHECK(!v_is_error(v));
    int64_t serial = v == V_NULL ? -1 : value_serial(v, n);
    v_drop(t, v);
    v_drop(t, name);
    return serial;
}

// ---- a thread's own instance ------------------------------------------------------------------------------------------
typedef struct Own {
    V object; // counted
    int64_t serials[OWN_NAMES];
    unsigned first; // the number of its first name
} Own;

static void show_another(Thread *t, Own *own, unsigned index) {
    v_drop(t, own->object);
    own->object = v_own(must(type_alloc(t, class, 0)));
    for (int i = 0; i < OWN_NAMES; i++) own->serials[i] = -1;
    at_fetch_add_relaxed(&made, 1);
    STRESS_CHECK(list_set(t, slot_peek(&shown_root), index - 1, own->object) == 0);
}

static void own_step(Thread *t, Own *own, uint64_t r) {
    unsigned i = (unsigned)(r >> 8) % OWN_NAMES;
    if (r & 7) {
        own->serials[i] = (int64_t)(r >> 24);
        attribute_set(t, own->object, own->first + i, own->serials[i]);
    } else {
        STRESS_CHECK(attribute_delete(t, own->object, own->first + i) == (own->serials[i] >= 0));
        own->serials[i] = -1;
    }
    i = (unsigned)(r >> 16) % OWN_NAMES;
    STRESS_CHECK(attribute_get(t, own->object, own->first + i) == own->serials[i]);
}

// ---- everybody's --------------------------------------------------------------------------------------------------------
static void check_dict(Thread *t, V dict) {
    V name, value;
    for (size_t pos = 0; dict_next(dict, &pos, &name, &value);)
        value_serial(value, (unsigned)strtoul((char *)str_data(name) + 4, NULL, 10));
    v_drop(t, dict);
}

static void common_step(Thread *t, uint64_t r) {
    V object = list_get(t, slot_peek(&shown_root), (r >> 8) % (unsigned)args.threads);
    if (object == V_NONE) return;
    unsigned n = (unsigned)(r >> 16) % COMMON_NAMES;
    switch (r & 7) {
    case 0: attribute_delete(t, object, n); break;
    case 1:
    case 2:
    case 3: attribute_set(t, object, n, (int64_t)(r >> 24)); break;
    default: attribute_get(t, object, n);
    }
    if ((r >> 32 & 127) == 0) check_dict(t, must(attrs_dict_copy(t, v_obj(object))));
    if ((r >> 40 & 511) == 0) {
        V dict = must(attrs_dict(t, v_obj(object)));
        check_dict(t, must(dict_copy(t, dict)));
        v_drop(t, dict);
        at_fetch_add_relaxed(&became_dicts, 1);
    }
    v_drop(t, object);
}

static void work(Thread *t, uint64_t *rng, unsigned index) {
    Own own = {.object = V_NULL, .first = COMMON_NAMES + index * OWN_NAMES};
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        if (i % args.scale == 0) show_another(t, &own, index);
        uint64_t r = rng_next(rng);
        if (r >> 63) own_step(t, &own, r);
        else common_step(t, r);
    }
    for (unsigned i = 0; i < OWN_NAMES; i++) STRESS_CHECK(attribute_get(t, own.object, own.first + i) == own.serials[i]);
    v_drop(t, own.object);
}

static int run(void) {
    Thread *t = objects_start();
    class = v_as_type(must(type_new_simple(t, "stress.Shown", NULL, V_NULL)));
    V shown = shared_by_all(t, &shown_root, list_with_capacity(t, (size_t)args.threads));
    for (int i = 0; i < args.threads; i++) STRESS_CHECK(list_append(t, shown, V_NONE) == 0);
    double seconds = run_threads(t, &args, work);
    printf("st_shape: %d threads, %.2f s, %ld instances, %ld times a dict\n", args.threads, seconds, (long)made,
           (long)became_dicts);
    return 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_MOVED, MUTATE_NO_RETIRE};
    static const StressArgs small = {.threads = 4, .scale = 60, .iterations = 20};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
