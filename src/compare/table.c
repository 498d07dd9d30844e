// SPDX-License-Identifier: MIT
//
// The report for the terminal: a table with one line a cell, bars for wall time and speed-up, then the verdicts: do all
// outputs agree, what failed, which gates hold. Trouble comes last, in red, so that it is what is on the screen.
#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 48

typedef struct Style {
    const char *bold, *dim, *red, *green, *off;
    bool blocks;
} Style;

static Style choose_style(const Comparison *comparison, FILE *out) {
    Style style = {"", "", "", "", "", !comparison->options->plain};
    if (!comparison->options->plain && isatty(fileno(out)) && !getenv("NO_COLOR"))
        style = (Style){"\033[1m", "\033[2m", "\033[1;31m", "\033[32m", "\033[0m", true};
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *locale = getenv(variables[i]);
        if (!locale || !*locale) continue;
        style.blocks = style.blocks && (strstr(locale, "UTF-8") || strstr(locale, "utf8") || strstr(locale, "UTF8"));
        break;
    }
    return style;
}

char *table_seconds(double seconds) {
    if (seconds < 0.0995) return words_format("%.*f ms", seconds < 0.00995 ? 2 : 1, seconds * 1e3);
    return words_format("%.*f s", seconds < 9.995 ? 3 : seconds < 99.95 ? 2 : 1, seconds);
}

char *table_command(const Comparison *comparison) {
    char *text = words_copy("");
    for (int i = 0; i < comparison->options->nprogram; i++) {
        char *longer = words_format("%s%s%s", text, i ? " " : "", comparison->options->program[i]);
        free(text);
        text = longer;
    }
    return text;
}

static char *ratio(double value) { return isnan(value) ? words_copy("-") : words_format("%.2fx", value); }

static char *rate(double value) { return words_format("%.*f", value < 10 ? 3 : value < 1000 ? 1 : 0, value); }

static void write_heading(const Comparison *comparison, const Style *style, FILE *out) {
    const Options *options = comparison->options;
    char *command = table_command(comparison);
    fprintf(out, "%s%s%s\n", style->bold, command, style->off);
    fprintf(out, "%s%d run%s of each, interleaved; %s, %d CPU%s; %s; %s%s\n\n", style->dim, options->runs,
            options->runs == 1 ? "" : "s", comparison->machine.cpu, comparison->machine.cpus,
            comparison->machine.cpus == 1 ? "" : "s", comparison->machine.system, comparison->machine.date, style->off);
    free(command);
}

static int name_width(const Comparison *comparison) {
    int width = 11;
    for (int i = 0; i < comparison->options->ninterpreters; i++) {
        int length = (int)strlen(comparison->options->interpreters[i].name);
        if (length > width) width = length;
    }
    return width;
}

static void write_row(const Comparison *comparison, const Cell *cell, const char *name, int width, const Style *style,
                      FILE *out) {
    fprintf(out, "%-*s %7d", width, name, cell->threads);
    if (cell->ngood) {
        const Figures *f = &cell->figures;
        bool efficient = comparison->options->nthreads > 1;
        char *texts[] = {table_seconds(f->wall),
                         words_format("%.1f %%", f->wall_deviation / f->wall * 100),
                         table_seconds(f->cpu),
                         words_format("%.2f", f->cores),
                         rate(f->throughput),
                         ratio(f->speedup),
                         efficient && !isnan(f->efficiency) ? words_format("%.0f %%", f->efficiency * 100)
                                                            : words_copy("-"),
                         ratio(f->vs_gil),
                         words_format("%.1f MiB", f->peak_mib)};
        static const int widths[] = {10, 8, 10, 6, 11, 9, 11, 11, 12};
        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
            fprintf(out, " %*s", widths[i], texts[i]);
            free(texts[i]);
        }
    }
    if (cell->end != END_GOOD) {
        char *ending = runner_ending(cell->end, cell->detail, comparison->options->timeout);
        fprintf(out, "  %s%s after %d good run%s%s", style->red, ending, cell->ngood, cell->ngood == 1 ? "" : "s",
                style->off);
        free(ending);
    } else if (!cell->nruns) {
        fprintf(out, "  %snot measured%s", style->red, style->off);
    }
    fputc('\n', out);
}

static void write_table(const Comparison *comparison, const Style *style, FILE *out) {
    int width = name_width(comparison);
    char *unit = words_format("%s/s", comparison->options->unit);
    fprintf(out, "%s%-*s %7s %10s %8s %10s %6s %11s %9s %11s %11s %12s%s\n", style->bold, width, "interpreter",
            "threads", "wall", "spread", "cpu", "cores", unit, "speed-up", "efficiency", "vs GIL", "peak memory",
            style->off);
    free(unit);
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        bool first = i == 0 || comparison->cells[i - 1].interpreter != cell->interpreter;
        write_row(comparison, cell, first ? comparison->options->interpreters[cell->interpreter].name : "", width,
                  style, out);
    }
}

static void write_bar(double share, bool blocks, FILE *out) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int units = (int)lround(share * BAR_WIDTH * 8);
    if (units < 1) units = 1;
    for (int i = 0; i < units / 8; i++) fputs(blocks ? "█" : "#", out);
    if (blocks) fputs(eighths[units % 8], out);
    else if (units % 8 >= 4 || units < 8) fputc('#', out);
}

// One group of bars; `value` picks the figure, NAN is left out.
static void write_bars(const Comparison *comparison, const char *title, double (*value)(const Figures *),
                       char *(*label)(double), const Style *style, FILE *out) {
    double most = 0;
    for (int i = 0; i < comparison->ncells; i++)
        if (comparison->cells[i].ngood && value(&comparison->cells[i].figures) > most)
            most = value(&comparison->cells[i].figures);
    if (most <= 0) return;
    int width = name_width(comparison);
    fprintf(out, "\n%s%s%s\n", style->bold, title, style->off);
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        bool first = i == 0 || comparison->cells[i - 1].interpreter != cell->interpreter;
        fprintf(out, "%-*s %3d ", width, first ? comparison->options->interpreters[cell->interpreter].name : "",
                cell->threads);
        if (cell->ngood && !isnan(value(&cell->figures))) {
            char *text = label(value(&cell->figures));
            write_bar(value(&cell->figures) / most, style->blocks, out);
            fprintf(out, " %s", text);
            free(text);
        }
        fputc('\n', out);
    }
}

// What a counting build counted: what does not scale, per 1000 instructions.
static void write_counters(const Comparison *comparison, const Style *style, FILE *out) {
    static const struct { const char *name, *title; } columns[] = {
        {"rmw", "atomic RMW"}, {"shared_stores", "shared stores"}, {"code_writes", "code writes"}, {"object_locks", "object locks"},
        {"locks", "mutexes"}, {"contended", "contended"}, {"parks", "sleeps"}, {"handshakes", "handshakes"},
        {"shares", "shared"}, {"promotions", "promoted"}};
    bool any = false;
    for (int i = 0; i < comparison->ncells; i++) any = any || comparison->cells[i].figures.counters;
    if (!any) return;
    int width = name_width(comparison);
    fprintf(out, "\n%sPer 1000 instructions%s\n%-*s %7s", style->bold, style->off, width, "interpreter", "threads");
    for (size_t k = 0; k < sizeof(columns) / sizeof(*columns); k++) fprintf(out, " %13s", columns[k].title);
    fputc('\n', out);
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        if (!cell->figures.counters) continue;
        fprintf(out, "%-*s %7d", width, comparison->options->interpreters[cell->interpreter].name, cell->threads);
        for (size_t k = 0; k < sizeof(columns) / sizeof(*columns); k++)
            fprintf(out, " %13.4f", statistics_counter(&cell->figures, columns[k].name));
        fputc('\n', out);
    }
}

static double wall_of(const Figures *figures) { return figures->wall; }
static double speedup_of(const Figures *figures) { return figures->speedup; }

static size_t line_end(const Output *output, size_t at) {
    while (at < output->sample_bytes && output->sample[at] != '\n') at++;
    return at;
}

// Where an output parts from the one most runs agree on.
char *table_difference(const Comparison *comparison, int index) {
    const Output *a = &comparison->outputs[comparison->reference], *b = &comparison->outputs[index];
    size_t at = 0, line = 1, start = 0;
    while (at < a->sample_bytes && at < b->sample_bytes && a->sample[at] == b->sample[at]) {
        if (a->sample[at++] != '\n') continue;
        line++;
        start = at;
    }
    if (at == a->sample_bytes && at == b->sample_bytes && a->bytes != a->sample_bytes)
        return words_format("they part after the first %zu bytes", at);
    size_t end_a = line_end(a, start), end_b = line_end(b, start);
    size_t shown_a = end_a - start > 100 ? 100 : end_a - start, shown_b = end_b - start > 100 ? 100 : end_b - start;
    return words_format("line %zu is '%.*s' instead of '%.*s'", line, (int)shown_b, b->sample + start, (int)shown_a,
                        a->sample + start);
}

static void write_agreement(const Comparison *comparison, const Style *style, FILE *out) {
    const Options *options = comparison->options;
    if (comparison->reference < 0) return;
    const Output *reference = &comparison->outputs[comparison->reference];
    if (comparison->noutputs == 1) {
        fprintf(out, "%sOutputs agree:%s every one of %d runs printed the same %zu bytes (digest %016lx).\n",
                style->green, style->off, reference->runs, reference->bytes, (unsigned long)reference->digest);
        return;
    }
    fprintf(out, "%s*** OUTPUTS DIFFER: %d different ones, so the times do not compare the same work ***%s\n",
            style->red, comparison->noutputs, style->off);
    for (int i = 0; i < comparison->noutputs; i++) {
        const Output *output = &comparison->outputs[i];
        fprintf(out, "    %d run%s, first %s with %d thread%s: %zu bytes, digest %016lx", output->runs,
                output->runs == 1 ? "" : "s", options->interpreters[output->interpreter].name, output->count,
                output->count == 1 ? "" : "s", output->bytes, (unsigned long)output->digest);
        if (i == comparison->reference) {
            fputs(" (the others are held against this one)\n", out);
        } else {
            char *difference = table_difference(comparison, i);
            fprintf(out, "\n        %s\n", difference);
            free(difference);
        }
    }
}

static void write_failures(const Comparison *comparison, const Style *style, FILE *out) {
    const Options *options = comparison->options;
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        if (cell->end == END_GOOD) continue;
        char *ending = runner_ending(cell->end, cell->detail, options->timeout);
        fprintf(out, "%s*** %s with %d thread%s %s%s\n", style->red, options->interpreters[cell->interpreter].name,
                cell->threads, cell->threads == 1 ? "" : "s", ending, style->off);
        free(ending);
        for (const char *line = cell->complaint; line && *line;) {
            size_t length = strcspn(line, "\n");
            fprintf(out, "    | %.*s\n", (int)length, line);
            line += length + (line[length] == '\n');
        }
    }
    if (comparison->interrupted)
        fprintf(out, "%s*** interrupted: what is shown was measured before%s\n", style->red, style->off);
}

static void write_gates(const Comparison *comparison, const Style *style, FILE *out) {
    for (int i = 0; i < comparison->options->ngates; i++) {
        const Gate *gate = &comparison->options->gates[i];
        char *value = isnan(gate->value) ? words_copy("not measured") : words_format("%.3f", gate->value);
        fprintf(out, "%s%s%s  gate %s: %s\n", gate->passed ? style->green : style->red,
                gate->passed ? "passed" : "FAILED", style->off, gate->text, value);
        free(value);
    }
}

void table_write(const Comparison *comparison, FILE *out) {
    Style style = choose_style(comparison, out);
    write_heading(comparison, &style, out);
    write_table(comparison, &style, out);
    write_bars(comparison, "Wall time (shorter is better)", wall_of, table_seconds, &style, out);
    if (comparison->options->nthreads > 1)
        write_bars(comparison, "Speed-up against the lowest number of threads (longer is better)", speedup_of, ratio,
                   &style, out);
    write_counters(comparison, &style, out);
    fputc('\n', out);
    if (!isnan(comparison->tax))
        fprintf(out, "One-thread tax of the build without a GIL: %+.1f %%\n", comparison->tax * 100);
    write_agreement(comparison, &style, out);
    write_failures(comparison, &style, out);
    write_gates(comparison, &style, out);
}
