// SPDX-License-Identifier: MIT
//
// Everything measured, as JSON. The document:
//   {"program": [...], "options": {...}, "machine": {...},
//    "interpreters": [{"name", "command", "role"}],
//    "cells": [{"interpreter", "threads", "end", "detail", "stderr",
//               "figures": {wall, ..., counters: {name: count} or null} or null, "runs": [{"end", "wall", "user", "system", "peak_kib", "output"}]}],
//    "outputs": [{"digest", "bytes", "runs"}], "outputs_agree", "tax",
//    "gates": [{"gate", "value", "limit", "passed"}], "interrupted"}
// Numbers that are unknown are null.
#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_string(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else if (*c == '\n') fputs("\\n", out);
        else if (*c < ' ') fprintf(out, "\\u%04x", *c);
        else fputc(*c, out);
    }
    fputc('"', out);
}

static void write_number(FILE *out, const char *name, double value, const char *after) {
    if (isfinite(value)) fprintf(out, "\"%s\": %.9g%s", name, value, after);
    else fprintf(out, "\"%s\": null%s", name, after);
}

static void write_words(FILE *out, char **words, int count) {
    fputc('[', out);
    for (int i = 0; i < count; i++) {
        if (i) fputs(", ", out);
        write_string(out, words[i]);
    }
    fputc(']', out);
}

static const char *end_name(End end) {
    static const char *const names[] = {"good", "exit status", "signal", "timeout", "not started", "interrupted"};
    return names[end];
}

static void write_head(const Comparison *comparison, FILE *out) {
    static const char *const roles[] = {"nogil", "gil", "other"};
    const Options *options = comparison->options;
    fputs("{\n  \"program\": ", out);
    write_words(out, options->program, options->nprogram);
    fprintf(out, ",\n  \"options\": {\"runs\": %d, \"warmups\": %d, \"timeout\": %g, \"work\": %g, \"unit\": ",
            options->runs, options->warmups, options->timeout, options->work);
    write_string(out, options->unit);
    fputs(", \"threads\": [", out);
    for (int i = 0; i < options->nthreads; i++) fprintf(out, "%s%d", i ? ", " : "", options->threads[i]);
    fputs("]},\n  \"machine\": {\"cpu\": ", out);
    write_string(out, comparison->machine.cpu);
    fprintf(out, ", \"cpus\": %d, \"system\": ", comparison->machine.cpus);
    write_string(out, comparison->machine.system);
    fputs(", \"date\": ", out);
    write_string(out, comparison->machine.date);
    fputs("},\n  \"interpreters\": [", out);
    for (int i = 0; i < options->ninterpreters; i++) {
        const Interpreter *interpreter = &options->interpreters[i];
        fprintf(out, "%s\n    {\"name\": ", i ? "," : "");
        write_string(out, interpreter->name);
        fputs(", \"command\": ", out);
        write_words(out, interpreter->words, interpreter->nwords);
        fprintf(out, ", \"role\": \"%s\"}", roles[interpreter->role]);
    }
    fputs("\n  ],\n", out);
}

static void write_cell(const Comparison *comparison, const Cell *cell, FILE *out) {
    fputs("    {\"interpreter\": ", out);
    write_string(out, comparison->options->interpreters[cell->interpreter].name);
    fprintf(out, ", \"threads\": %d, \"end\": \"%s\", \"detail\": %d, \"stderr\": ", cell->threads, end_name(cell->end),
            cell->detail);
    write_string(out, cell->complaint ? cell->complaint : "");
    fputs(",\n     \"figures\": ", out);
    if (cell->ngood) {
        const Figures *f = &cell->figures;
        fputc('{', out);
        write_number(out, "wall", f->wall, ", ");
        write_number(out, "wall_low", f->wall_low, ", ");
        write_number(out, "wall_high", f->wall_high, ", ");
        write_number(out, "wall_deviation", f->wall_deviation, ", ");
        write_number(out, "cpu", f->cpu, ", ");
        write_number(out, "cores", f->cores, ", ");
        write_number(out, "throughput", f->throughput, ", ");
        write_number(out, "speedup", f->speedup, ", ");
        write_number(out, "efficiency", f->efficiency, ", ");
        write_number(out, "vs_gil", f->vs_gil, ", ");
        write_number(out, "peak_mib", f->peak_mib, ", \"counters\": ");
        fprintf(out, "%s}", f->counters ? f->counters : "null");
    } else {
        fputs("null", out);
    }
    fputs(",\n     \"runs\": [", out);
    for (int i = 0; i < cell->nruns; i++) {
        const Run *run = &cell->runs[i];
        fprintf(out, "%s\n      {\"end\": \"%s\", \"detail\": %d, ", i ? "," : "", end_name(run->end), run->detail);
        write_number(out, "wall", run->wall, ", ");
        write_number(out, "user", run->user, ", ");
        write_number(out, "system", run->system, ", ");
        fprintf(out, "\"peak_kib\": %ld, \"output\": %d}", run->peak_kib, run->output);
    }
    fputs("]}", out);
}

void json_write(const Comparison *comparison, FILE *out) {
    const Options *options = comparison->options;
    write_head(comparison, out);
    fputs("  \"cells\": [\n", out);
    for (int i = 0; i < comparison->ncells; i++) {
        if (i) fputs(",\n", out);
        write_cell(comparison, &comparison->cells[i], out);
    }
    fputs("\n  ],\n  \"outputs\": [", out);
    for (int i = 0; i < comparison->noutputs; i++) {
        const Output *output = &comparison->outputs[i];
        fprintf(out, "%s{\"digest\": \"%016lx\", \"bytes\": %zu, \"runs\": %d}", i ? ", " : "",
                (unsigned long)output->digest, output->bytes, output->runs);
    }
    fprintf(out, "],\n  \"outputs_agree\": %s,\n  ", comparison->noutputs == 1 ? "true" : "false");
    write_number(out, "tax", comparison->tax, ",\n  \"gates\": [");
    for (int i = 0; i < options->ngates; i++) {
        const Gate *gate = &options->gates[i];
        fprintf(out, "%s{\"gate\": ", i ? ", " : "");
        write_string(out, gate->text);
        fputs(", ", out);
        write_number(out, "value", gate->value, ", ");
        write_number(out, "limit", gate->limit, ", ");
        fprintf(out, "\"passed\": %s}", gate->passed ? "true" : "false");
    }
    fprintf(out, "],\n  \"interrupted\": %s\n}\n", comparison->interrupted ? "true" : "false");
}
