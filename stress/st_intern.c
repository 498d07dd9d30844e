// SPDX-License-Identifier: MIT
// Stress: the table of interned strings.   st_intern [THREADS SCALE ITER SEED]
//
// SCALE names are looked up by their text over and over, are shown in a list for all, and die when nobody refers to them
// any more; one in a while is new each time, so that names come and go and the table is made anew.  While a name
// is in the list its text must lead to the very object there; whatever a look-up gave must keep its text, as long as the
// thread has it.  ITER is thousands of look-ups a thread.
#include "objects.h"

static StressArgs args = {.threads = 4, .scale = 64, .iterations = 40};
static Slot shown_root;

static size_t text_of(char *text, size_t size, int64_t n) { return (size_t)snprintf(text, size, "name %ld", (long)n); }

// By its bytes alone, or as an object of its own that is exchanged for the one that was there first.
static V look_up(Thread *t, int64_t n, bool object) {
    char text[40];
    size_t len = text_of(text, sizeof text, n);
    return must(object ? str_intern_steal(t, must(str_from_utf8(t, text, len))) : str_intern_utf8(t, text, len));
}

static void check_text(V name, int64_t n) {
    char text[40];
    size_t len = text_of(text, sizeof text, n);
    STRESS_CHECK(v_is_str(name) && str_is_interned(name) && str_len(name) == len && memcmp(str_data(name), text, len) == 0);
}

// What the list shows was alive when it was read and is so until the next safepoint.
static void check_shown(Thread *t, V list, uint64_t r) {
    int64_t n = (int64_t)(r >> 8) % args.scale;
    V shown = must(list_get(t, list, (size_t)n));
    if (v_is_str(shown)) {
        V name = look_up(t, n, r & 16);
        STRESS_CHECK(v_obj(name) == v_obj(shown));
        v_drop(t, name);
    }
    v_drop(t, shown);
}

static void show_or_hide(Thread *t, V list, uint64_t r) {
    int64_t n = (int64_t)(r >> 8) % args.scale;
    V name = look_up(t, n, r & 16);
    check_text(name, n);
    safepoint(t);
    check_text(name, n);
    STRESS_CHECK(list_set(t, list, (size_t)n, r & 32 ? name : V_NONE) == 0);
    check_text(name, n);
    v_drop(t, name);
}

static void passing(Thread *t, uint64_t r) {
    int64_t n = args.scale + (int64_t)(r >> 8 & 0xfffff);
    V name = look_up(t, n, r & 16);
    check_text(name, n);
    v_drop(t, name);
}

static void work(Thread *t, uint64_t *rng, unsigned index) {
    (void)index;
    V list = slot_peek(&shown_root);
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = rng_next(rng);
        switch (r >> 61) {
        case 0 ... 1: check_shown(t, list, r); break;
        case 2 ... 4: show_or_hide(t, list, r); break;
        default: passing(t, r);
        }
    }
}

static int run(void) {
    Thread *t = objects_start();
    V list = shared_by_all(t, &shown_root, list_with_capacity(t, (size_t)args.scale));
    for (int i = 0; i < args.scale; i++) STRESS_CHECK(list_append(t, list, V_NONE) == 0);
    double seconds = run_threads(t, &args, work);
    printf("st_intern: %d threads, %.2f s\n", args.threads, seconds);
    return 0;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_NO_RETIRE};
    static const StressArgs small = {.threads = 4, .scale = 8, .iterations = 20};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
