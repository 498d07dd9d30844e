// SPDX-License-Identifier: MIT
// Stress: lists that all threads change.   st_list [THREADS SCALE ITER SEED]
//
// 4 * SCALE tokens lie in four lists.  A thread takes one or a few out of a list, at its end, somewhere or as a slice,
// and puts them into another; others read, copy, turn and compare the lists meanwhile.  Whatever is read must be a token,
// a copy holds no token twice, and in the end each token is there once.  A fifth list is sorted and cleared while
// others append to it.  ITER is thousands of operations a thread.
#include "objects.h"

enum { LISTS = 4 };
static StressArgs args = {.threads = 4, .scale = 12, .iterations = 40};
static Slot roots[LISTS], sorted_root;

// A token is a tuple (number,), made once; immediates would be alive in any case.
static int64_t token_number(V v) {
    STRESS_CHECK(v_is_tuple(v) && tuple_len(v) == 1);
    int64_t n = v_int(tuple_borrow(v, 0));
    STRESS_CHECK(n >= 0 && n < LISTS * args.scale);
    return n;
}

static V some_list(uint64_t r) { return slot_peek(&roots[r % LISTS]); }

// ---- moving tokens ------------------------------------------------------------------------------------------------------
static void move_one(Thread *t, uint64_t r) {
    V from = some_list(r), to = some_list(r >> 8);
    ptrdiff_t n = (ptrdiff_t)list_len(from), at = r & 1 << 16 || n == 0 ? -1 : (ptrdiff_t)(r >> 24) % n;
    V token = list_pop(t, from, at);
    if (v_is_error(token)) { // empty, or shorter by now
        expect_error(t, &exc_IndexError);
        return;
    }
    token_number(token);
    if (r & 1 << 17) {
        STRESS_CHECK(list_append_steal(t, to, token) == 0);
        return;
    }
    STRESS_CHECK(list_insert(t, to, (ptrdiff_t)(r >> 40) % 8, token) == 0);
    v_drop(t, token);
}

// All of one list to the end of another: under both locks, so that no token is in neither or in both when looked at.
static void move_all(Thread *t, uint64_t r) {
    V from = some_list(r), to = some_list(r >> 8);
    if (v_is(from, to)) return;
    CRITICAL2(t, v_obj(from), v_obj(to));
    V tokens = must(list_copy(t, from));
    STRESS_CHECK(list_clear(t, from) == 0);
    STRESS_CHECK(list_extend(t, to, tokens) == 0);
    v_drop(t, tokens);
}

// ---- looking --------------------------------------------------------------------------------------------------------------
static void look(Thread *t, uint64_t r) {
    V list = some_list(r);
    for (size_t i = 0; i < 8; i++) {
        V v = list_get(t, list, i);
        if (v == V_NULL) break;
        token_number(v);
        v_drop(t, v);
    }
}

static void check_copy(Thread *t, uint64_t r) {
    uint8_t *seen = calloc((size_t)(LISTS * args.scale), 1);
    STRESS_CHECK(seen != NULL);
    V copy = must(r & 1 << 10 ? list_copy(t, some_list(r)) : list_slice(t, some_list(r), 0, PTRDIFF_MAX));
    for (size_t i = 0; i < list_len(copy); i++) {
        V v = list_get(t, copy, i);
        STRESS_CHECK(seen[token_number(v)]++ == 0);
        v_drop(t, v);
    }
    v_drop(t, copy);
    free(seen);
}

static void sorted_step(Thread *t, uint64_t r) {
    V list = slot_peek(&sorted_root);
    if ((r >> 8 & 63) == 0) {
        STRESS_CHECK(list_clear(t, list) == 0);
    } else if ((r >> 8 & 63) == 1) {
        if (list_sort(t, list, V_NONE, false) < 0) expect_error(t, &exc_ValueError); // changed meanwhile
    } else {
        V v = must(str_from_format(t, "item %d", (int)(r >> 32 & 1023)));
        STRESS_CHECK(list_append_steal(t, list, v) == 0);
        v = list_get(t, list, r >> 48 & 63);
        if (v != V_NULL) STRESS_CHECK(v_is_str(v) && str_len(v) > 5);
        v_drop(t, v);
    }
}

static void work(Thread *t, uint64_t *rng, unsigned index) {
    (void)index;
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = rng_next(rng);
        switch (r >> 60) {
        case 0 ... 6: move_one(t, r); break;
        case 7 ... 11: look(t, r); break;
        case 12: sorted_step(t, r); break;
        case 13:
            if ((r >> 16 & 7) == 0) move_all(t, r);
            break;
        case 14:
            if ((r >> 16 & 7) == 0) STRESS_CHECK(list_reverse(t, some_list(r)) == 0);
            break;
        default: check_copy(t, r);
        }
    }
}

// ---- the run ----------------------------------------------------------------------------------------------------------------
static void deal(Thread *t) {
    for (int i = 0; i < LISTS; i++) {
        V list = shared_by_all(t, &roots[i], list_with_capacity(t, 0));
        for (int k = 0; k < args.scale; k++)
            STRESS_CHECK(list_append_steal(t, list, must(tuple_pack_steal(t, 1, v_from_int(i * args.scale + k)))) == 0);
    }
}

static int missing_or_twice(Thread *t) {
    uint8_t *seen = calloc((size_t)(LISTS * args.scale), 1);
    STRESS_CHECK(seen != NULL);
    int wrong = 0;
    for (int i = 0; i < LISTS; i++)
        for (size_t k = 0; k < list_len(slot_peek(&roots[i])); k++) {
            V v = list_get(t, slot_peek(&roots[i]), k);
            seen[token_number(v)]++;
            v_drop(t, v);
        }
    for (int i = 0; i < LISTS * args.scale; i++) wrong += seen[i] != 1;
    free(seen);
    return wrong;
}

static int run(void) {
    Thread *t = objects_start();
    deal(t);
    shared_by_all(t, &sorted_root, list_with_capacity(t, 0));
    double seconds = run_threads(t, &args, work);
    int wrong = missing_or_twice(t);
    printf("st_list: %d threads, %.2f s, %d of %d tokens missing or there twice\n", args.threads, seconds, wrong, LISTS * args.scale);
    return wrong != 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_RETIRE, MUTATE_NO_SECTION};
    static const StressArgs small = {.threads = 4, .scale = 8, .iterations = 20};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
