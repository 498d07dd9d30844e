// SPDX-License-Identifier: MIT
// What the stress mains share: [THREADS SCALE ITER SEED], random numbers, and the test of the test.
#ifndef HEDDLE_STRESS_STRESS_H
#define HEDDLE_STRESS_STRESS_H
#include "base/assert.h"
#include "threading/debug.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct StressArgs {
    int threads, scale, iterations; // what scale and iterations mean, each main says
    uint64_t seed;
} StressArgs;
enum { STRESS_THREADS = 64 }; // at most

static inline uint64_t rng_next(uint64_t *rng) {
    *rng ^= *rng << 13;
    *rng ^= *rng >> 7;
    return *rng ^= *rng << 17;
}
// Where the numbers of the index-th thread start.
static inline uint64_t rng_start(const StressArgs *args, uintptr_t index) { return (args->seed + index) * 0x9e3779b97f4a7c15u | 1; }

// ---- the test of the test -------------------------------------------------------------------------------------------
enum { MUTATION_RUNS = 240, MUTATION_SECONDS = 20 };

// Runs this program with one deliberate fault (0: none).  0 when all was well; a crash or a hang counts as noticed.
static inline int mutation_run(int fault, const StressArgs *args, int seed) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char flags[64], numbers[4][24];
        snprintf(flags, sizeof flags, "mutate=%d,fillmem,schedfuzz=%d", fault, seed);
        int values[4] = {args->threads, args->scale, args->iterations, seed};
        for (int i = 0; i < 4; i++) snprintf(numbers[i], sizeof numbers[i], "%d", values[i]);
        setenv("HEDDLE_DEBUG", flags, 1);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout)) _exit(127);
        alarm(fault ? MUTATION_SECONDS : 4 * MUTATION_SECONDS); // without one, only a hang may take so long
        execl("/proc/self/exe", "stress", numbers[0], numbers[1], numbers[2], numbers[3], (char *)NULL);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
        perror("stress: cannot run itself");
        exit(2);
    }
    return status;
}

// Every fault must show within MUTATION_RUNS runs, and without one the program must succeed.
static inline int mutations_check(const int *faults, size_t n, const StressArgs *args) {
    if (mutation_run(0, args, 1)) {
        printf("it fails without a fault\n");
        return 1;
    }
    int failed = 0;
    for (size_t i = 0; i < n; i++) {
        int seed = 1;
        while (seed <= MUTATION_RUNS && !mutation_run(faults[i], args, seed)) seed++;
        if (seed <= MUTATION_RUNS) printf("mutation %d shows in run %d\n", faults[i], seed);
        else printf("mutation %d does not show in %d runs\n", faults[i], MUTATION_RUNS);
        failed |= seed > MUTATION_RUNS;
    }
    return failed;
}

// "-" stands for what is usual.
static inline int stress_number(const char *text, int usual) { return strcmp(text, "-") ? atoi(text) : usual; }

// What main does: reads the arguments, or checks the faults that the program is to notice.  `small` is the size of those
// runs; they are left out (a message, no check) in builds that know no faults.
static inline int stress_main(int argc, char **argv, StressArgs *args, int (*run)(void), const int *faults, size_t n_faults,
                              const StressArgs *small) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "mutations") == 0) {
        if (HEDDLE_DEBUG_CHECKS && !HEDDLE_GIL) return mutations_check(faults, n_faults, small);
        printf("only debug builds without the lock know deliberate faults\n");
        return 2;
    }
    if (argc > 1) args->threads = stress_number(argv[1], args->threads);
    if (argc > 2) args->scale = stress_number(argv[2], args->scale);
    if (argc > 3) args->iterations = stress_number(argv[3], args->iterations);
    args->seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
    if (args->threads < 1 || args->threads > STRESS_THREADS || args->scale < 1 || args->iterations < 1) {
        fprintf(stderr, "usage: %s [THREADS SCALE ITER SEED] | mutations\nTHREADS 1 to %d, SCALE and ITER from 1\n", argv[0],
                STRESS_THREADS);
        return 2;
    }
    return run();
}
#endif
