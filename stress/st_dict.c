// SPDX-License-Identifier: MIT
// Stress: one dict for all threads.   st_dict [THREADS SCALE ITER SEED]
//
// A key says by its number whose it is.  SCALE keys a thread are its own: it knows at every moment what must be there,
// so that a lost store, a lost deletion and a key in two places show at once.  SCALE keys are everybody's: a value read
// there must be one made for that key, and who wins them by setdefault and pop must agree with the dict in the end.
// Values are tuples (key, serial), made and dropped all the time.  Growing, walking, copying and clearing go on beside.
// ITER is thousands of operations a thread.
#include "objects.h"

static StressArgs args = {.threads = 4, .scale = 24, .iterations = 40};
static Slot dict_root, brief_root; // `brief` is cleared now and then
static int64_t won, lost;          // atomic: everybody's keys that a setdefault put in, and a pop took out

// Strings for odd numbers: keys that compare by their text, each time made anew.
static V key_new(Thread *t, int64_t n) { return n & 1 ? must(str_from_format(t, "key %ld", (long)n)) : v_from_int(n); }

static V value_new(Thread *t, int64_t n, int64_t serial) { return must(tuple_pack_steal(t, 2, v_from_int(n), v_from_int(serial))); }

static int64_t value_serial(V v, int64_t n) {
    STRESS_CHECK(v_is_tuple(v) && tuple_len(v) == 2 && v_int(tuple_borrow(v, 0)) == n);
    return v_int(tuple_borrow(v, 1));
}

static int64_t key_number(V key) {
    if (v_is_int(key)) return v_int(key);
    STRESS_CHECK(v_is_str(key) && str_len(key) > 4);
    return strtoll((char *)str_data(key) + 4, NULL, 10);
}

// ---- a thread's own keys ----------------------------------------------------------------------------------------------
static void own_step(Thread *t, V dict, uint64_t r, int64_t first, int64_t *serials) {
    int64_t i = (int64_t)(r >> 8) % args.scale, n = first + i;
    V key = key_new(t, n);
    if (r & 3) {
        V v = value_new(t, n, (int64_t)(r >> 24));
        STRESS_CHECK(dict_set(t, dict, key, v) == 0);
        v_drop(t, v);
        serials[i] = (int64_t)(r >> 24);
    } else {
        STRESS_CHECK(dict_discard(t, dict, key) == (serials[i] >= 0));
        serials[i] = -1;
    }
    i = (int64_t)(r >> 16) % args.scale;
    V other = key_new(t, first + i), v = dict_get(t, dict, other);
    STRESS_CHECK((v != V_NULL) == (serials[i] >= 0));
    if (v != V_NULL) STRESS_CHECK(value_serial(v, first + i) == serials[i]);
    v_drop(t, v);
    v_drop(t, other);
    v_drop(t, key);
}

// ---- everybody's --------------------------------------------------------------------------------------------------------
static void common_step(Thread *t, V dict, uint64_t r) {
    int64_t n = (int64_t)(r >> 8) % args.scale;
    V key = key_new(t, n), v;
    switch (r & 3) {
    case 0: {
        V mine = value_new(t, n, (int64_t)(r >> 24));
        v = must(dict_setdefault(t, dict, key, mine));
        if (v_is(v, mine)) at_fetch_add_relaxed(&won, 1);
        v_drop(t, mine);
        break;
    }
    case 1:
        v = dict_pop(t, dict, key, V_NONE);
        if (v != V_NONE) at_fetch_add_relaxed(&lost, 1);
        break;
    default: v = dict_get(t, dict, key);
    }
    if (v != V_NULL && v != V_NONE) value_serial(must(v), n);
    v_drop(t, v);
    v_drop(t, key);
}

// ---- the whole dict -------------------------------------------------------------------------------------------------------
static void check_pair(V key, V value) { value_serial(value, key_number(key)); }

static void check_copy(Thread *t, V dict) {
    V copy = must(dict_copy(t, dict)), key, value;
    size_t pos = 0, n = 0;
    for (; dict_next(copy, &pos, &key, &value); n++) check_pair(key, value);
    STRESS_CHECK(n == dict_len(copy));
    v_drop(t, copy);
}

static void check_items(Thread *t, V dict) {
    V items = must(dict_items_list(t, dict));
    for (size_t i = 0; i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        check_pair(tuple_borrow(pair, 0), tuple_borrow(pair, 1));
        v_drop(t, pair);
    }
    v_drop(t, items);
}

static void brief_step(Thread *t, uint64_t r) {
    V brief = slot_peek(&brief_root);
    if ((r >> 8 & 63) == 0) {
        STRESS_CHECK(dict_clear(t, brief) == 0);
        return;
    }
    int64_t n = (int64_t)(r >> 16) % 1000;
    V key = key_new(t, n), v = value_new(t, n, 0);
    STRESS_CHECK(dict_set(t, brief, key, v) == 0);
    v_drop(t, v);
    v = dict_get(t, brief, key);
    if (v != V_NULL) value_serial(v, n);
    v_drop(t, v);
    v_drop(t, key);
}

static void work(Thread *t, uint64_t *rng, unsigned index) {
    V dict = slot_peek(&dict_root);
    int64_t first = (int64_t)index * 2 * args.scale, *serials = malloc((size_t)args.scale * sizeof *serials);
    STRESS_CHECK(serials != NULL);
    for (int i = 0; i < args.scale; i++) serials[i] = -1;
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = rng_next(rng);
        switch (r >> 60) {
        case 0 ... 6: own_step(t, dict, r, first, serials); break;
        case 7 ... 12: common_step(t, dict, r); break;
        case 13:
        case 14: brief_step(t, r); break;
        default:
            if ((r & 31) == 0) r & 32 ? check_copy(t, dict) : check_items(t, dict);
        }
    }
    for (int i = 0; i < args.scale; i++) {
        V key = key_new(t, first + i);
        STRESS_CHECK(dict_discard(t, dict, key) == (serials[i] >= 0));
        v_drop(t, key);
    }
    free(serials);
}

static int run(void) {
    Thread *t = objects_start();
    V dict = shared_by_all(t, &dict_root, dict_new(t));
    shared_by_all(t, &brief_root, dict_new(t));
    double seconds = run_threads(t, &args, work);
    check_items(t, dict);
    printf("st_dict: %d threads, %.2f s, %ld won, %ld lost, %zu left\n", args.threads, seconds, (long)won, (long)lost, dict_len(dict));
    return won - lost != (int64_t)dict_len(dict);
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_MOVED, MUTATE_NO_RETIRE};
    static const StressArgs small = {.threads = 4, .scale = 8, .iterations = 20};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
