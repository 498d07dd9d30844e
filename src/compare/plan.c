// SPDX-License-Identifier: MIT
//
// Which runs happen, and in which order. After the warm-ups the rounds are interleaved: every round runs each cell
// once, every other round backwards, so that a machine that slows down or speeds up meanwhile does it to all alike. A
// cell whose run did not end well is not run again; the others go on.
#include "compare.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

Cell *plan_cell(const Comparison *comparison, int interpreter, int threads) {
    for (int i = 0; i < comparison->ncells; i++)
        if (comparison->cells[i].interpreter == interpreter && comparison->cells[i].threads == threads)
            return &comparison->cells[i];
    return NULL;
}

static char **make_command(const Options *options, const Cell *cell) {
    const Interpreter *interpreter = &options->interpreters[cell->interpreter];
    char **command = words_allocate(sizeof(char *) * (size_t)(interpreter->nwords + options->nprogram + 1));
    int n = 0;
    for (int i = 0; i < interpreter->nwords; i++)
        command[n++] = words_replace_threads(interpreter->words[i], cell->threads);
    for (int i = 0; i < options->nprogram; i++)
        command[n++] = words_replace_threads(options->program[i], cell->threads);
    return command;
}

static void free_command(char **command) {
    for (char **word = command; *word; word++) free(*word);
    free(command);
}

// The index of this output among the distinct ones seen; a new one is added.
static int record_output(Comparison *comparison, const Cell *cell, const Captured *captured) {
    for (int i = 0; i < comparison->noutputs; i++) {
        Output *output = &comparison->outputs[i];
        if (output->digest != captured->digest || output->bytes != captured->bytes) continue;
        output->runs++;
        free(captured->sample);
        return i;
    }
    comparison->outputs = words_grow(comparison->outputs, comparison->noutputs, sizeof(Output));
    comparison->outputs[comparison->noutputs] =
        (Output){captured->digest,  captured->bytes, captured->sample, captured->sample_bytes, 1,
                 cell->interpreter, cell->threads};
    return comparison->noutputs++;
}

static void progress(const Comparison *comparison, const Cell *cell, const char *what, int number, int total) {
    const Options *options = comparison->options;
    if (options->quiet) return;
    bool terminal = isatty(STDERR_FILENO);
    fprintf(stderr, "%s%s %d/%d: %s, %d thread%s%s", terminal ? "\r\033[K" : "", what, number, total,
            options->interpreters[cell->interpreter].name, cell->threads, cell->threads == 1 ? "" : "s",
            terminal ? "" : "\n");
    fflush(stderr);
}

static void run_cell(Comparison *comparison, Cell *cell, bool measured) {
    const Options *options = comparison->options;
    if (cell->end != END_GOOD || runner_interrupted()) return;
    char **command = make_command(options, cell);
    Captured captured;
    Run run = runner_run(command, cell->threads, options->timeout, &captured);
    free_command(command);
    if (run.end != END_GOOD) {
        cell->end = run.end;
        cell->detail = run.detail;
        cell->complaint = captured.complaint;
    }
    if (run.end == END_INTERRUPTED || (!measured && run.end == END_GOOD)) return;
    run.output = run.end == END_GOOD ? record_output(comparison, cell, &captured) : -1;
    cell->runs = words_grow(cell->runs, cell->nruns, sizeof(Run));
    cell->runs[cell->nruns++] = run;
    cell->ngood += run.end == END_GOOD;
}

static void make_cells(Comparison *comparison) {
    const Options *options = comparison->options;
    comparison->cells = words_allocate(sizeof(Cell) * (size_t)(options->ninterpreters * options->nthreads));
    for (int i = 0; i < options->ninterpreters; i++)
        for (int t = 0; t < options->nthreads; t++)
            comparison->cells[comparison->ncells++] = (Cell){.interpreter = i, .threads = options->threads[t]};
}

void plan_measure(Comparison *comparison) {
    const Options *options = comparison->options;
    make_cells(comparison);
    int warmups = options->warmups * options->ninterpreters, number = 0;
    for (int w = 0; w < options->warmups; w++) {
        for (int i = 0; i < options->ninterpreters && !runner_interrupted(); i++) {
            Cell *cell = plan_cell(comparison, i, options->threads[options->nthreads - 1]);
            progress(comparison, cell, "warm-up", ++number, warmups);
            run_cell(comparison, cell, false);
        }
    }
    int total = options->runs * comparison->ncells;
    number = 0;
    for (int round = 0; round < options->runs; round++) {
        for (int k = 0; k < comparison->ncells && !runner_interrupted(); k++) {
            Cell *cell = &comparison->cells[round % 2 ? comparison->ncells - 1 - k : k];
            progress(comparison, cell, "run", ++number, total);
            run_cell(comparison, cell, true);
        }
    }
    comparison->interrupted = runner_interrupted();
    if (!options->quiet && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

static char *cpu_name(void) {
    char line[512];
    char *name = NULL;
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && !name && fgets(line, sizeof(line), file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon) continue;
        line[strcspn(line, "\n")] = 0;
        name = words_copy(colon + 2);
    }
    if (file) fclose(file);
    return name ? name : words_copy("unknown CPU");
}

Machine plan_machine(void) {
    Machine machine = {.cpu = cpu_name()};
    cpu_set_t set;
    machine.cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    struct utsname names;
    machine.system = uname(&names) == 0 ? words_format("%s %s %s", names.sysname, names.release, names.machine)
                                        : words_copy("unknown system");
    char date[64];
    time_t seconds = time(NULL);
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %z", localtime(&seconds));
    machine.date = words_copy(date);
    return machine;
}
