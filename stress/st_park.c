// SPDX-License-Identifier: MIT
// Stress: the parking lot.   st_park [THREADS SCALE ITER SEED]
//
// First SCALE tokens circulate among a few mailboxes: a thread takes a token where there is one, sleeps for a while where
// there is none, and puts it into another mailbox, waking one sleeper or all.  Tokens are counted in the end.  Then the
// threads stand in a ring and pass tokens round it, each sleeping without a limit until its neighbour wakes it: a lost
// wake shows as a hang.  ITER is thousands of moves a thread, of the first sort and of the second.
#include "nodes.h"
#include "threading/parking.h"

enum { BOXES = 5 };
static struct {
    uint32_t tokens; // atomic
} boxes[BOXES];
static StressArgs args = {.threads = 4, .scale = 3, .iterations = 5};
static int64_t sleeps, timeouts, wakes;

static bool no_token(void *arg) { return at_load_relaxed((uint32_t *)arg) == 0; }

static bool take(uint32_t *box) {
    uint32_t n = at_load_relaxed(box);
    while (n)
        if (at_cas_weak_acquire(box, &n, n - 1)) return true;
    return false;
}

// Every sleep has a limit: all tokens may end up where nobody waits for one.
static bool take_or_sleep(Thread *t, uint32_t *box, uint64_t r, bool patient) {
    while (!take(box)) {
        at_fetch_add_relaxed(&sleeps, 1);
        thread_detach(t);
        ParkResult result = park(box, no_token, box, patient ? 2000000 : (int64_t)(r >> 30 & 0x3ffff), 0, NULL);
        thread_attach(t);
        if (result == PARK_TIMEOUT) {
            at_fetch_add_relaxed(&timeouts, 1);
            return false;
        }
    }
    return true;
}

static uintptr_t count_wake(void *arg, const UnparkInfo *info) {
    (void)arg;
    if (info->found) at_fetch_add_relaxed(&wakes, 1);
    return 7;
}

static void work(Thread *t, void *arg) {
    uint64_t rng = rng_start(&args, (uintptr_t)arg);
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        uint64_t r = rng_next(&rng);
        uint32_t *from = &boxes[r % BOXES].tokens, *to = &boxes[(r >> 8) % BOXES].tokens;
        if (!take_or_sleep(t, from, r, (uintptr_t)arg & 1)) continue;
        at_fetch_add_release(to, 1u);
        if (r >> 16 & 7) unpark_one(to, count_wake, NULL);
        else unpark_all(to, 9);
    }
}

// ---- the ring -----------------------------------------------------------------------------------------------------------
static struct {
    uint32_t tokens; // atomic
    char pad[60];
} ring[STRESS_THREADS];

static void pass_round(Thread *t, void *arg) {
    uintptr_t at = (uintptr_t)arg - 1;
    uint32_t *mine = &ring[at].tokens, *next = &ring[(at + 1) % (unsigned)args.threads].tokens;
    for (int64_t i = 0; i < (int64_t)args.iterations * 1000; i++) {
        safepoint(t);
        while (!take(mine)) {
            BLOCKING(t) park(mine, no_token, mine, -1, 0, NULL);
        }
        at_fetch_add_release(next, 1u);
        unpark_one(next, i & 1 ? count_wake : NULL, NULL);
    }
}

// The tokens that are left.
static int64_t run_all(Thread *t, void (*body)(Thread *t, void *arg)) {
    run_threads(t, &args, body);
    int64_t left = 0;
    for (int i = 0; i < BOXES; i++) left += boxes[i].tokens;
    for (int i = 0; i < args.threads; i++) left += ring[i].tokens;
    return left;
}

static int run(void) {
    Thread *t = nodes_start();
    boxes[0].tokens = (uint32_t)args.scale;
    int64_t left = run_all(t, work);
    memset(boxes, 0, sizeof boxes);
    ring[0].tokens = (uint32_t)args.scale;
    int64_t round = run_all(t, pass_round);
    printf("st_park: %d threads, %ld sleeps, %ld timeouts, %ld wakes, %ld and %ld tokens of %d\n", args.threads, (long)sleeps,
           (long)timeouts, (long)wakes, (long)left, (long)round, args.scale);
    return left != args.scale || round != args.scale;
}

int main(int argc, char **argv) {
    static const int faults[] = {MUTATE_LOST_WAKE};
    static const StressArgs small = {.threads = 4, .scale = 3, .iterations = 2};
    return stress_main(argc, argv, &args, run, faults, countof(faults), &small);
}
