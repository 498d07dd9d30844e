// SPDX-License-Identifier: MIT
//
// Gates: conditions on the figures, for use in continuous integration. The grammar and the metrics are in options.c's
// help text. A gate on something that could not be measured fails.
#include "compare.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *sign;
    Relation relation;
} relations[] = {{">=", REL_GE}, {"<=", REL_LE}, {">", REL_GT}, {"<", REL_LT}};

static const char *const metrics[] = {"speedup", "efficiency", "vs_gil", "tax",  "wall",
                                      "cpu",     "throughput", "memory", "cores"};

const char *gate_relation(Relation relation) {
    for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++)
        if (relations[i].relation == relation) return relations[i].sign;
    return "?";
}

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1])) *--end = 0;
    return text;
}

static bool known_metric(const char *name) {
    size_t length = strlen(name);
    if (strncmp(name, "vs(", 3) == 0 && length > 4 && name[length - 1] == ')') return true;
    for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
        if (strcmp(name, metrics[i]) == 0) return true;
    return false;
}

// The left side: [INTERPRETER.]METRIC[@THREADS]. An interpreter's name may itself contain dots ("CPython 3.11"), so the
// metric is what follows the last dot, unless that dot is inside vs(...).
static bool parse_subject(Gate *gate, char *text, const char **problem) {
    char *at = strrchr(text, '@');
    if (at && !strchr(at, ')')) {
        char *end;
        gate->threads = (int)strtol(at + 1, &end, 10);
        *problem = "what follows @ must be a number of threads";
        if (end == at + 1 || *end || gate->threads < 1) return false;
        *at = 0;
    }
    char *versus = strstr(text, "vs("), *dot = NULL;
    if (versus) dot = versus > text && versus[-1] == '.' ? versus - 1 : NULL;
    else dot = strrchr(text, '.');
    if (dot) {
        *dot = 0;
        gate->interpreter = words_copy(trim(text));
        text = dot + 1;
    }
    gate->metric = words_copy(trim(text));
    *problem = "unknown metric";
    return known_metric(gate->metric);
}

bool gate_parse(Gate *gate, const char *text, const char **problem) {
    *gate = (Gate){.text = words_copy(text), .value = NAN};
    char *copy = words_copy(text);
    size_t at = strcspn(copy, "<>=");
    *problem = "no relation (>= <= > <)";
    for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++) {
        size_t length = strlen(relations[i].sign);
        if (strncmp(copy + at, relations[i].sign, length) != 0) continue;
        gate->relation = relations[i].relation;
        char *end, *number = copy + at + length;
        gate->limit = strtod(number, &end);
        *problem = "the right side must be a number";
        if (end == number) return false;
        if (*end == '%') {
            gate->limit /= 100;
            end++;
        }
        if (*trim(end)) return false;
        copy[at] = 0;
        return parse_subject(gate, trim(copy), problem);
    }
    return false;
}

static int find_interpreter(const Options *options, const char *name, size_t length) {
    for (int i = 0; i < options->ninterpreters; i++)
        if (strlen(options->interpreters[i].name) == length &&
            strncmp(options->interpreters[i].name, name, length) == 0)
            return i;
    return -1;
}

static double measure(const Comparison *comparison, const Gate *gate) {
    const Options *options = comparison->options;
    const char *metric = gate->metric;
    if (strcmp(metric, "tax") == 0) return comparison->tax;
    int interpreter = gate->interpreter ? find_interpreter(options, gate->interpreter, strlen(gate->interpreter)) : 0;
    int threads = gate->threads ? gate->threads : options->threads[options->nthreads - 1];
    const Cell *cell = interpreter < 0 ? NULL : plan_cell(comparison, interpreter, threads);
    if (!cell || !cell->ngood || cell->end != END_GOOD) return NAN;
    if (strncmp(metric, "vs(", 3) == 0) {
        int other = find_interpreter(options, metric + 3, strlen(metric) - 4);
        const Cell *theirs = other < 0 ? NULL : plan_cell(comparison, other, threads);
        return theirs && theirs->ngood ? theirs->figures.wall / cell->figures.wall : NAN;
    }
    const Figures *f = &cell->figures;
    const double values[] = {f->speedup, f->efficiency, f->vs_gil,   NAN,     f->wall,
                             f->cpu,     f->throughput, f->peak_mib, f->cores};
    for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
        if (strcmp(metric, metrics[i]) == 0) return values[i];
    return NAN;
}

bool gate_evaluate(const Comparison *comparison, Gate *gate) {
    double value = gate->value = measure(comparison, gate);
    switch (gate->relation) {
    case REL_GE:
        gate->passed = value >= gate->limit;
        break;
    case REL_LE:
        gate->passed = value <= gate->limit;
        break;
    case REL_GT:
        gate->passed = value > gate->limit;
        break;
    case REL_LT:
        gate->passed = value < gate->limit;
        break;
    }
    return gate->passed;
}
