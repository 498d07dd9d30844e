// SPDX-License-Identifier: MIT
//
// The command line. Options end at the first word that is not one: that is the program, and the rest are its arguments.
#include "compare.h"

#include <getopt.h>
#include <stdarg.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIKELY_HANG 300.0

static const char help[] =
    "usage: heddle-compare [OPTIONS] PROGRAM [ARGS...]\n"
    "\n"
    "Runs a Python program under heddle and heddle-gil, with several numbers of threads, and compares them: wall and "
    "CPU\n"
    "time, throughput, speed-up, efficiency, one-thread tax, peak memory. Every output must be the same.\n"
    "\n"
    "  --threads LIST        numbers of threads, e.g. 1,2,4 (default: powers of two up to the number of CPUs). Given "
    "to the\n"
    "                        program in place of {threads} in ARGS, and in the environment as HEDDLE_THREADS\n"
    "  --runs N              measured runs of each combination, interleaved (default 5)\n"
    "  --warmups N           unmeasured runs of each interpreter first (default 1)\n"
    "  --also NAME=COMMAND   another interpreter; COMMAND is split into words as by a shell; repeatable\n"
    "  --heddle PATH         the no-GIL build (default: heddle beside this program; 'none' leaves it out)\n"
    "  --heddle-gil PATH     the GIL build (default: heddle-gil beside this program; 'none' leaves it out)\n"
    "  --timeout SECONDS     a run that takes longer is stopped and reported as hanging (default 300)\n"
    "  --work N[:UNIT]       work done by one run, for the throughput (default 1:runs)\n"
    "  --gate EXPRESSION     what must hold, e.g. 'speedup>=1.5'; repeatable\n"
    "  --json FILE           write everything measured as JSON\n"
    "  --html FILE           write a page that needs nothing else, with bars and scaling curves\n"
    "  --quiet               no progress on standard error\n"
    "  --plain               no colours, no block characters\n"
    "  --help                this text\n"
    "\n"
    "A gate is [INTERPRETER.]METRIC[@THREADS] RELATION NUMBER[%], with relation >= <= > or <. The interpreter is the "
    "first\n"
    "one (heddle) and the number of threads the highest one unless given. Metrics:\n"
    "  speedup      wall time with the lowest number of threads divided by wall time with THREADS\n"
    "  efficiency   speedup divided by the growth in threads: 1 (100%) is perfect\n"
    "  vs_gil       the GIL build's wall time divided by this interpreter's, both with THREADS\n"
    "  vs(NAME)     the same against the interpreter NAME\n"
    "  tax          one-thread wall time of the no-GIL build over the GIL build's, minus 1: 3% means 3 % slower\n"
    "  wall, cpu    seconds (medians)         throughput   work units a second\n"
    "  memory       peak, in MiB              cores        cpu / wall\n"
    "\n"
    "Exit status: 0 good; 1 a gate failed; 2 wrong use; 3 a run failed or hung, or outputs differ; 130 interrupted.\n";

void options_describe(FILE *out) { fputs(help, out); }

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("heddle-compare: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(" (--help explains)\n", stderr);
    va_end(arguments);
    exit(EXIT_USAGE);
}

static long parse_count(const char *text, const char *what, long low, long high) {
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < low || value > high)
        fail("%s must be a whole number from %ld to %ld, not '%s'", what, low, high, text);
    return value;
}

static double parse_positive(const char *text, const char *what) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value > 0) || !isfinite(value))
        fail("%s must be a positive number, not '%s'", what, text);
    return value;
}

static void add_threads(Options *options, int threads) {
    for (int i = 0; i < options->nthreads; i++)
        if (options->threads[i] == threads) fail("--threads names %d twice", threads);
    options->threads = words_grow(options->threads, options->nthreads, sizeof(int));
    options->threads[options->nthreads++] = threads;
}

static void parse_threads(Options *options, const char *list) {
    options->nthreads = 0;
    char *copy = words_copy(list), *rest = copy, *item;
    while ((item = strsep(&rest, ",")))
        add_threads(options, (int)parse_count(item, "each number in --threads", 1, 4096));
    free(copy);
}

static void default_threads(Options *options) {
    cpu_set_t set;
    int cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 2;
    for (int n = 1; n <= cpus || n <= 2; n *= 2) add_threads(options, n);
}

static void add_interpreter(Options *options, const char *name, char **words, int nwords, Role role) {
    for (int i = 0; i < options->ninterpreters; i++)
        if (strcmp(options->interpreters[i].name, name) == 0) fail("two interpreters are called '%s'", name);
    options->interpreters = words_grow(options->interpreters, options->ninterpreters, sizeof(Interpreter));
    options->interpreters[options->ninterpreters++] = (Interpreter){words_copy(name), words, nwords, role};
}

// One of our own two programs: beside us unless a path is given, left out by 'none'.
static void add_own(Options *options, const char *name, const char *path, Role role) {
    if (path && strcmp(path, "none") == 0) return;
    char **words = words_allocate(sizeof(char *));
    words[0] = path ? words_copy(path) : words_beside(name);
    if (access(words[0], X_OK) != 0)
        fail("there is no %s at %s: build it, or use --%s PATH, or --%s none", name, words[0], name, name);
    add_interpreter(options, name, words, 1, role);
}

static void add_also(Options *options, const char *text) {
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) fail("--also needs NAME=COMMAND, not '%s'", text);
    char **words;
    int count = words_split(equals + 1, &words);
    if (count < 0) fail("a quote is not closed in --also '%s'", text);
    if (count == 0) fail("--also '%s' has no command", text);
    add_interpreter(options, words_format("%.*s", (int)(equals - text), text), words, count, ROLE_OTHER);
}

static void parse_work(Options *options, char *text) {
    char *colon = strchr(text, ':');
    if (colon) *colon = 0;
    options->work = parse_positive(text, "--work");
    options->unit = words_copy(colon && colon[1] ? colon + 1 : "units");
}

static void add_gate(Options *options, const char *text) {
    const char *problem;
    options->gates = words_grow(options->gates, options->ngates, sizeof(Gate));
    if (!gate_parse(&options->gates[options->ngates++], text, &problem)) fail("--gate '%s': %s", text, problem);
}

// A gate about an interpreter that is not there is wrong use, found before an hour of measuring.
static void check_gates(const Options *options) {
    for (int i = 0; i < options->ngates; i++) {
        const Gate *gate = &options->gates[i];
        bool known = !gate->interpreter;
        for (int k = 0; k < options->ninterpreters; k++)
            known = known || strcmp(options->interpreters[k].name, gate->interpreter) == 0;
        if (!known) fail("--gate '%s': no interpreter is called '%s'", gate->text, gate->interpreter);
        known = gate->threads == 0;
        for (int k = 0; k < options->nthreads; k++) known = known || options->threads[k] == gate->threads;
        if (!known) fail("--gate '%s': %d is not in --threads", gate->text, gate->threads);
    }
}

static int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static const struct option long_options[] = {
    {"threads", required_argument, NULL, 't'},
    {"runs", required_argument, NULL, 'r'},
    {"warmups", required_argument, NULL, 'w'},
    {"also", required_argument, NULL, 'a'},
    {"heddle", required_argument, NULL, 'n'},
    {"heddle-gil", required_argument, NULL, 'g'},
    {"timeout", required_argument, NULL, 'T'},
    {"work", required_argument, NULL, 'W'},
    {"gate", required_argument, NULL, 'G'},
    {"json", required_argument, NULL, 'j'},
    {"html", required_argument, NULL, 'h'},
    {"quiet", no_argument, NULL, 'q'},
    {"plain", no_argument, NULL, 'p'},
    {"help", no_argument, NULL, 'H'},
    {NULL, 0, NULL, 0},
};

void options_parse(Options *options, int argc, char **argv) {
    *options = (Options){.runs = 5, .warmups = 1, .timeout = LIKELY_HANG, .work = 1, .unit = words_copy("runs")};
    const char *nogil = NULL, *gil = NULL;
    char **also = NULL;
    int nalso = 0, letter;
    while ((letter = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
        switch (letter) {
        case 't':
            parse_threads(options, optarg);
            break;
        case 'r':
            options->runs = (int)parse_count(optarg, "--runs", 1, 10000);
            break;
        case 'w':
            options->warmups = (int)parse_count(optarg, "--warmups", 0, 100);
            break;
        case 'a':
            also = words_grow(also, nalso, sizeof(char *));
            also[nalso++] = optarg;
            break;
        case 'n':
            nogil = optarg;
            break;
        case 'g':
            gil = optarg;
            break;
        case 'T':
            options->timeout = parse_positive(optarg, "--timeout");
            break;
        case 'W':
            parse_work(options, optarg);
            break;
        case 'G':
            add_gate(options, optarg);
            break;
        case 'j':
            options->json = optarg;
            break;
        case 'h':
            options->html = optarg;
            break;
        case 'q':
            options->quiet = true;
            break;
        case 'p':
            options->plain = true;
            break;
        case 'H':
            options_describe(stdout);
            exit(EXIT_GOOD);
        default:
            fail("wrong option");
        }
    }
    if (optind == argc) fail("which program?");
    options->program = argv + optind;
    options->nprogram = argc - optind;
    if (!options->nthreads) default_threads(options);
    qsort(options->threads, (size_t)options->nthreads, sizeof(int), compare_ints);
    add_own(options, "heddle", nogil, ROLE_NOGIL);
    add_own(options, "heddle-gil", gil, ROLE_GIL);
    for (int i = 0; i < nalso; i++) add_also(options, also[i]);
    if (!options->ninterpreters) fail("no interpreter is left to run");
    check_gates(options);
}
