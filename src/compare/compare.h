// SPDX-License-Identifier: MIT
//
// heddle-compare: one program under several interpreters and thread counts, measured side by side.
//
//   options.c  the command line -> Options            runner.c   one process: start, capture, time, stop
//   plan.c     which runs, in which order             statistics.c  runs -> figures per cell, speed-ups
//   gate.c     --gate expressions                     table.c json.c html.c svg.c   the three reports
//
// The unit of everything is the Cell: one interpreter with one thread count, and all its runs. Nothing here is shared
// with the interpreter's sources: the tool only starts programs. Memory is never freed before exit, except in loops.
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Exit statuses, documented in --help.
enum { EXIT_GOOD = 0, EXIT_GATE = 1, EXIT_USAGE = 2, EXIT_BROKEN = 3, EXIT_INTERRUPTED = 130 };

typedef enum Role { ROLE_NOGIL, ROLE_GIL, ROLE_OTHER } Role;

typedef struct Interpreter {
    char *name;
    char **words; // the command before the program, {threads} not yet replaced
    int nwords;
    Role role;
} Interpreter;

// How a run ended. Everything but END_GOOD makes the comparison fail, and keeps its cell from being run again.
typedef enum End { END_GOOD, END_STATUS, END_SIGNAL, END_TIMEOUT, END_NOT_STARTED, END_INTERRUPTED } End;

typedef struct Run {
    End end;
    int detail;                // exit status, signal or errno, by `end`
    double wall, user, system; // seconds
    long peak_kib;
    int output;     // index into Comparison.outputs
    char *counters; // what a counting build wrote, as it stands: a flat JSON object; or NULL
} Run;

// One distinct standard output. The sample is its beginning, for showing where two outputs part.
typedef struct Output {
    uint64_t digest;
    size_t bytes;
    char *sample;
    size_t sample_bytes;
    int runs;               // how many runs printed this
    int interpreter, count; // the first of them: interpreter and thread count (indices)
} Output;

// Figures over the good runs of a cell.
typedef struct Figures {
    double wall, wall_low, wall_high, wall_deviation; // median, extremes, standard deviation
    double cpu;                                       // median of user + system
    double cores;                                     // cpu / wall
    double throughput;                                // work units a second
    double peak_mib;                                  // the largest
    double speedup, efficiency; // against this interpreter's lowest thread count; NAN when unknown
    double vs_gil;              // the GIL build's wall time divided by ours; NAN when unknown
    const char *counters;       // of the last good run; NULL unless the build counts
} Figures;

typedef struct Cell {
    int interpreter, threads; // index; number of threads
    Run *runs;
    int nruns, ngood;
    End end; // END_GOOD until a run ends otherwise
    int detail;
    char *complaint; // the failed run's last words on standard error
    Figures figures; // valid when ngood > 0
} Cell;

typedef enum Relation { REL_GE, REL_LE, REL_GT, REL_LT } Relation;

typedef struct Gate {
    char *text;        // as given
    char *interpreter; // or NULL for the first one
    char *metric;      // wall cpu throughput speedup efficiency vs_gil tax memory cores, or vs(NAME)
    int threads;       // 0: the highest count
    Relation relation;
    double limit;
    double value; // after evaluation; NAN when it could not be measured
    bool passed;
} Gate;

typedef struct Options {
    int *threads, nthreads;
    int runs, warmups;
    double timeout;
    double work;
    char *unit;
    char *json, *html;
    bool quiet, plain;
    Interpreter *interpreters;
    int ninterpreters;
    Gate *gates;
    int ngates;
    char **program; // PROGRAM ARGS..., {threads} not yet replaced
    int nprogram;
} Options;

typedef struct Machine {
    char *cpu, *system, *date;
    int cpus;
} Machine;

typedef struct Comparison {
    const Options *options;
    Machine machine;
    Cell *cells; // ninterpreters x nthreads, by interpreter
    int ncells;
    Output *outputs;
    int noutputs;
    int reference; // the output most runs agree on; -1 without a good run
    double tax;    // the no-GIL build's one-thread time over the GIL build's, minus one; NAN when unknown
    bool interrupted;
} Comparison;

// options.c
void options_parse(Options *options, int argc, char **argv);
void options_describe(FILE *out);

// words.c
void *words_allocate(size_t size);
void *words_grow(void *array, int count, size_t item);
char *words_copy(const char *text);
char *words_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *words_replace_threads(const char *word, int threads);
int words_split(const char *command, char ***words);
char *words_beside(const char *name);

// runner.c
typedef struct Captured {
    uint64_t digest;
    size_t bytes;
    char *sample;
    size_t sample_bytes;
    char *complaint; // the end of standard error, printable
} Captured;
void runner_prepare(void);
bool runner_interrupted(void);
Run runner_run(char **command, int threads, double timeout, Captured *captured);
char *runner_ending(End end, int detail, double timeout);

// plan.c
void plan_measure(Comparison *comparison);
Cell *plan_cell(const Comparison *comparison, int interpreter, int threads);
Machine plan_machine(void);

// statistics.c
void statistics_compute(Comparison *comparison);
bool statistics_broken(const Comparison *comparison);
const Cell *statistics_baseline(const Comparison *comparison, int interpreter);
double statistics_counter(const Figures *figures, const char *name);
int statistics_role(const Options *options, Role role);

// gate.c
bool gate_parse(Gate *gate, const char *text, const char **problem);
bool gate_evaluate(const Comparison *comparison, Gate *gate);
const char *gate_relation(Relation relation);

// table.c, json.c, html.c, svg.c
void table_write(const Comparison *comparison, FILE *out);
void json_write(const Comparison *comparison, FILE *out);
void html_write(const Comparison *comparison, FILE *out);
void html_text(FILE *out, const char *text);
const char *html_color(int interpreter);
void svg_bars(const Comparison *comparison, FILE *out);
void svg_scaling(const Comparison *comparison, FILE *out);
char *table_seconds(double seconds);
char *table_command(const Comparison *comparison);
char *table_difference(const Comparison *comparison, int output);

#endif
