// SPDX-License-Identifier: MIT
//
// The page's two pictures, as inline SVG in the page's own colours (CSS classes and variables from html.c): bars of
// wall time with a dot for every run, and curves of speed-up over threads with the ideal line.
#include "compare.h"

#include <math.h>
#include <stdlib.h>

#define WIDTH 880
#define LEFT 190
#define RIGHT 90
#define BAR 20
#define GAP 6
#define GROUP 16

// A round step that divides `most` into four to eight parts.
static double nice_step(double most) {
    double step = pow(10, floor(log10(most)));
    while (most / step < 4) step /= most / step < 2 ? 5 : 2;
    return step;
}

static void write_tooltip(const Comparison *comparison, const Cell *cell, FILE *out) {
    char *wall = table_seconds(cell->figures.wall), *low = table_seconds(cell->figures.wall_low),
         *high = table_seconds(cell->figures.wall_high);
    fputs("<title>", out);
    html_text(out, comparison->options->interpreters[cell->interpreter].name);
    fprintf(out, ", %d thread%s: median %s, %s to %s</title>", cell->threads, cell->threads == 1 ? "" : "s", wall, low,
            high);
    free(wall);
    free(low);
    free(high);
}

static void write_bar(const Comparison *comparison, const Cell *cell, double scale, int y, FILE *out) {
    const char *color = html_color(cell->interpreter);
    fprintf(out, "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%d thread%s</text>", LEFT - 10,
            y + BAR - 6, cell->threads, cell->threads == 1 ? "" : "s");
    if (cell->ngood) {
        double width = cell->figures.wall * scale;
        fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\" fill=\"%s\">", LEFT, y, width, BAR,
                color);
        write_tooltip(comparison, cell, out);
        fputs("</rect>", out);
        for (int i = 0; i < cell->nruns; i++)
            if (cell->runs[i].end == END_GOOD)
                fprintf(out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%d\" r=\"2\"/>", LEFT + cell->runs[i].wall * scale,
                        y + BAR / 2);
        char *label = table_seconds(cell->figures.wall);
        double end = fmax(width, cell->figures.wall_high * scale);
        fprintf(out, "<text class=\"value\" x=\"%.1f\" y=\"%d\">%s</text>", LEFT + end + 7, y + BAR - 5, label);
        free(label);
    }
    if (cell->end != END_GOOD) {
        char *ending = runner_ending(cell->end, cell->detail, comparison->options->timeout);
        double x = LEFT + (cell->ngood ? cell->figures.wall_high * scale + 70 : 8);
        fprintf(out, "<text class=\"bad\" x=\"%.1f\" y=\"%d\">", x, y + BAR - 5);
        html_text(out, ending);
        fputs("</text>", out);
        free(ending);
    }
}

void svg_bars(const Comparison *comparison, FILE *out) {
    double most = 0;
    for (int i = 0; i < comparison->ncells; i++)
        if (comparison->cells[i].ngood) most = fmax(most, comparison->cells[i].figures.wall_high);
    if (most <= 0) return;
    double scale = (WIDTH - LEFT - RIGHT) / most, step = nice_step(most);
    int height =
        10 + comparison->options->ninterpreters * (comparison->options->nthreads * (BAR + GAP) + GROUP + 14) + 24;
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Wall time\">\n", WIDTH, height);
    for (double tick = 0; tick <= most * 1.0001; tick += step) {
        double x = LEFT + tick * scale;
        fprintf(out,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"4\" y2=\"%d\"/><text class=\"tick\" x=\"%.1f\" "
                "y=\"%d\" text-anchor=\"middle\">%.3g s</text>\n",
                x, x, height - 22, x, height - 6, tick);
    }
    int y = 10;
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        if (i == 0 || comparison->cells[i - 1].interpreter != cell->interpreter) {
            y += i ? GROUP : 0;
            fprintf(out, "<text class=\"name\" x=\"0\" y=\"%d\">", y + 10);
            html_text(out, comparison->options->interpreters[cell->interpreter].name);
            fputs("</text>\n", out);
            y += 14;
        }
        write_bar(comparison, cell, scale, y, out);
        fputc('\n', out);
        y += BAR + GAP;
    }
    fputs("</svg>\n", out);
}

typedef struct Axes {
    double low, high, most; // threads from low to high, speed-up from 0 to most
    double left, top, width, height;
} Axes;

// Threads on a logarithmic scale, so that doubling is always the same distance.
static double place_x(const Axes *axes, double threads) {
    return axes->left + axes->width * log(threads / axes->low) / log(axes->high / axes->low);
}
static double place_y(const Axes *axes, double speedup) {
    return axes->top + axes->height * (1 - speedup / axes->most);
}

static void write_axes(const Comparison *comparison, const Axes *axes, FILE *out) {
    double step = nice_step(axes->most);
    for (double tick = 0; tick <= axes->most * 1.0001; tick += step)
        fprintf(out,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"tick\" x=\"%.1f\" "
                "y=\"%.1f\" text-anchor=\"end\">%gx</text>\n",
                axes->left, axes->left + axes->width, place_y(axes, tick), place_y(axes, tick), axes->left - 8,
                place_y(axes, tick) + 4, tick);
    for (int i = 0; i < comparison->options->nthreads; i++) {
        int threads = comparison->options->threads[i];
        double x = place_x(axes, threads);
        fprintf(out,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"tick\" x=\"%.1f\" "
                "y=\"%.1f\" text-anchor=\"middle\">%d</text>\n",
                x, x, axes->top, axes->top + axes->height, x, axes->top + axes->height + 18, threads);
    }
    fprintf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">threads</text>\n",
            axes->left + axes->width / 2, axes->top + axes->height + 36);
    fputs("<polyline class=\"ideal\" points=\"", out);
    for (int i = 0; i <= 60; i++) {
        double threads = axes->low * pow(axes->high / axes->low, i / 60.0);
        fprintf(out, "%.1f,%.1f ", place_x(axes, threads), place_y(axes, fmin(threads / axes->low, axes->most)));
    }
    fprintf(out, "\"/><text class=\"tick\" x=\"%.1f\" y=\"%.1f\">ideal</text>\n", axes->left + axes->width + 10,
            place_y(axes, fmin(axes->high / axes->low, axes->most)) + 4);
}

// The label at a curve's end, moved down when the one above would cover it.
static double free_label_place(double *taken, int count, double y) {
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < count; i++)
            if (fabs(taken[i] - y) < 14.5) {
                y = taken[i] + 15;
                moved = true;
            }
    }
    taken[count] = y;
    return y;
}

static void write_curve(const Comparison *comparison, const Axes *axes, int interpreter, double *taken, int *ntaken,
                        FILE *out) {
    const char *color = html_color(interpreter);
    const Cell *last = NULL;
    fprintf(out, "<polyline class=\"curve\" stroke=\"%s\" points=\"", color);
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        if (cell->interpreter != interpreter || !cell->ngood || isnan(cell->figures.speedup)) continue;
        fprintf(out, "%.1f,%.1f ", place_x(axes, cell->threads), place_y(axes, cell->figures.speedup));
        last = cell;
    }
    fputs("\"/>\n", out);
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        if (cell->interpreter != interpreter || !cell->ngood || isnan(cell->figures.speedup)) continue;
        fprintf(out,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\"><title>%d threads: %.2fx, efficiency %.0f "
                "%%</title></circle>\n",
                place_x(axes, cell->threads), place_y(axes, cell->figures.speedup), color, cell->threads,
                cell->figures.speedup, cell->figures.efficiency * 100);
    }
    if (!last) return;
    double y = free_label_place(taken, (*ntaken)++, place_y(axes, last->figures.speedup) + 4);
    fprintf(out, "<text class=\"value\" x=\"%.1f\" y=\"%.1f\" style=\"fill:%s\">", place_x(axes, last->threads) + 10, y,
            color);
    html_text(out, comparison->options->interpreters[interpreter].name);
    fprintf(out, " %.2fx</text>\n", last->figures.speedup);
}

void svg_scaling(const Comparison *comparison, FILE *out) {
    const Options *options = comparison->options;
    Axes axes = {.low = options->threads[0],
                 .high = options->threads[options->nthreads - 1],
                 .left = 60,
                 .top = 14,
                 .width = WIDTH - 60 - 200,
                 .height = 280};
    axes.most = axes.high / axes.low;
    for (int i = 0; i < comparison->ncells; i++)
        if (comparison->cells[i].ngood && comparison->cells[i].figures.speedup > axes.most)
            axes.most = comparison->cells[i].figures.speedup;
    axes.most *= 1.05;
    fprintf(out, "<svg viewBox=\"0 0 %d 340\" role=\"img\" aria-label=\"Speed-up over threads\">\n", WIDTH);
    write_axes(comparison, &axes, out);
    double *taken = words_allocate(sizeof(double) * (size_t)(options->ninterpreters + 2));
    int ntaken = 0;
    free_label_place(taken, ntaken++, place_y(&axes, fmin(axes.high / axes.low, axes.most)) + 4);
    for (int i = 0; i < options->ninterpreters; i++) write_curve(comparison, &axes, i, taken, &ntaken, out);
    free(taken);
    fputs("</svg>\n", out);
}
