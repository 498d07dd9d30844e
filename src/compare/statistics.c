// SPDX-License-Identifier: MIT
//
// From runs to figures. A cell's time is the median of its good runs; ratios are ratios of medians. What cannot be
// known (no baseline, a failed cell) is NAN, and every report shows it as such.
#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof(double), compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double deviation(const double *values, int count) {
    double mean = 0, squares = 0;
    for (int i = 0; i < count; i++) mean += values[i] / count;
    for (int i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
    return count > 1 ? sqrt(squares / (count - 1)) : 0;
}

static void compute_cell(Cell *cell, double work) {
    Figures *figures = &cell->figures;
    figures->speedup = figures->efficiency = figures->vs_gil = NAN;
    if (!cell->ngood) return;
    double *walls = words_allocate(sizeof(double) * (size_t)cell->nruns),
           *cpus = words_allocate(sizeof(double) * (size_t)cell->nruns);
    int good = 0;
    for (int i = 0; i < cell->nruns; i++) {
        const Run *run = &cell->runs[i];
        if (run->end != END_GOOD) continue;
        walls[good] = run->wall;
        cpus[good++] = run->user + run->system;
        figures->counters = run->counters;
        figures->peak_mib = fmax(figures->peak_mib, (double)run->peak_kib / 1024);
    }
    figures->wall = median(walls, good);
    figures->wall_low = walls[0];
    figures->wall_high = walls[good - 1];
    figures->wall_deviation = deviation(walls, good);
    figures->cpu = median(cpus, good);
    figures->cores = figures->cpu / figures->wall;
    figures->throughput = work / figures->wall;
    free(walls);
    free(cpus);
}

int statistics_role(const Options *options, Role role) {
    for (int i = 0; i < options->ninterpreters; i++)
        if (options->interpreters[i].role == role) return i;
    return -1;
}

// The cell that speed-ups are measured against: the same interpreter with the lowest thread count.
const Cell *statistics_baseline(const Comparison *comparison, int interpreter) {
    return plan_cell(comparison, interpreter, comparison->options->threads[0]);
}

static void compute_ratios(Comparison *comparison, Cell *cell) {
    if (!cell->ngood) return;
    const Cell *base = statistics_baseline(comparison, cell->interpreter);
    if (base->ngood) {
        cell->figures.speedup = base->figures.wall / cell->figures.wall;
        cell->figures.efficiency = cell->figures.speedup * base->threads / cell->threads;
    }
    int gil = statistics_role(comparison->options, ROLE_GIL);
    const Cell *other = gil < 0 ? NULL : plan_cell(comparison, gil, cell->threads);
    if (other && other->ngood) cell->figures.vs_gil = other->figures.wall / cell->figures.wall;
}

static double compute_tax(const Comparison *comparison) {
    int nogil = statistics_role(comparison->options, ROLE_NOGIL), gil = statistics_role(comparison->options, ROLE_GIL);
    if (nogil < 0 || gil < 0) return NAN;
    const Cell *ours = plan_cell(comparison, nogil, 1), *theirs = plan_cell(comparison, gil, 1);
    return ours && theirs && ours->ngood && theirs->ngood ? ours->figures.wall / theirs->figures.wall - 1 : NAN;
}

// One of the counters, per 1000 instructions; NAN when there are none.
double statistics_counter(const Figures *figures, const char *name) {
    if (!figures->counters) return NAN;
    double values[2];
    const char *names[2] = {name, "bytecodes"};
    for (int i = 0; i < 2; i++) {
        char *quoted = words_format("\"%s\": ", names[i]);
        const char *found = strstr(figures->counters, quoted);
        values[i] = found ? strtod(found + strlen(quoted), NULL) : NAN;
        free(quoted);
    }
    return values[0] * 1000 / values[1];
}

void statistics_compute(Comparison *comparison) {
    for (int i = 0; i < comparison->ncells; i++) compute_cell(&comparison->cells[i], comparison->options->work);
    for (int i = 0; i < comparison->ncells; i++) compute_ratios(comparison, &comparison->cells[i]);
    comparison->tax = compute_tax(comparison);
    comparison->reference = -1;
    for (int i = 0; i < comparison->noutputs; i++)
        if (comparison->reference < 0 || comparison->outputs[i].runs > comparison->outputs[comparison->reference].runs)
            comparison->reference = i;
}

// A run failed or hung, or two runs printed different things.
bool statistics_broken(const Comparison *comparison) {
    bool broken = comparison->noutputs > 1;
    for (int i = 0; i < comparison->ncells; i++)
        broken = broken || (comparison->cells[i].end != END_GOOD && comparison->cells[i].end != END_INTERRUPTED);
    return broken;
}
