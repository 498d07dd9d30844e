// SPDX-License-Identifier: MIT
// The program: options, start, run, finish.  `-X gil=1` given to heddle runs its sibling heddle-gil instead (and back).
#include "runtime/runtime.h"
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Becomes the other program when the wish about the lock is not this one's nature.
static void run_sibling(char **argv) {
    const char *wish = start_options.gil;
    if (!wish || (strcmp(wish, "0") && strcmp(wish, "1")) || (*wish == '1') == threading_gil_enabled()) return;
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
    if (n < 0) return;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    strcpy(slash ? slash + 1 : path, *wish == '1' ? "heddle-gil" : "heddle");
    execv(path, argv);
    fprintf(stderr, "heddle: cannot run %s, which -X gil=%s asks for\n", path, wish);
    exit(1);
}

// A program that Ctrl-C ended dies of the signal, so that its parent can tell.
static int die_of_interrupt(void) {
    signal(SIGINT, SIG_DFL);
    kill(getpid(), SIGINT);
    return 128 + SIGINT;
}

int main(int argc, char **argv) {
    int status = options_parse(&start_options, argc, argv);
    if (status || start_options.kind == RUN_NOTHING) return status;
    run_sibling(argv);
    Thread *t = threading_init();
    if (!t) {
        fputs("heddle: not enough memory to start\n", stderr);
        return 1;
    }
    if (runtime_start(t, &start_options) < 0) return runtime_start_failed(t);
    status = program_run(t, &start_options);
    int finish = runtime_finish(t);
    if (finish) status = finish;
    if (program_interrupted) status = die_of_interrupt();
    fflush(NULL);
    exit(status);
}
