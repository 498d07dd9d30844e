// SPDX-License-Identifier: MIT
//
// The report as one HTML page that needs no network: style and pictures are inside. Light or dark as the reader's
// system is. Trouble (different outputs, failed runs, failed gates) comes first here, since a page is read from its
// top.
#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// clang-format off
static const char style[] =
    ":root{--ink:#1c2430;--soft:#5c6675;--paper:#fbfaf7;--card:#fff;--line:#e3e0d8;--bad:#b42318;\n"
    "--badpaper:#fdecea;--good:#1a7f4b;--c0:#0f8b8d;--c1:#e08e1b;--c2:#4c6fd3;--c3:#a24bb5;--c4:#6b8e23;\n"
    "--c5:#b5524b}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#9aa3b0;--paper:#14181e;--card:#1c222a;\n"
    "--line:#303844;--bad:#ff8a7a;--badpaper:#3a1f1c;--good:#5fd39a;--c0:#35b9bb;--c1:#f0a944;--c2:#7f9bf0;\n"
    "--c3:#cb86db;--c4:#a3c653;--c5:#e08a83}}*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,'Segoe UI',sans-serif}\n"
    "main{max-width:960px;margin:0 auto;padding:32px 24px 60px}\n"
    "h1{font-size:22px;margin:0 0 2px;font-weight:650;overflow-wrap:anywhere}\n"
    "h2{font-size:16px;margin:34px 0 10px;font-weight:650}.soft{color:var(--soft);font-size:13.5px;margin:0}\n"
    "code{font:13px/1.5 ui-monospace,monospace}.cards{display:flex;flex-wrap:wrap;gap:12px;margin:24px 0 8px}\n"
    ".card{flex:1 1 128px;background:var(--card);border:1px solid var(--line);border-radius:10px;\n"
    "padding:12px 16px}\n"
    ".card b{display:block;font-size:24px;font-weight:650;font-variant-numeric:tabular-nums}\n"
    ".card span{color:var(--soft);font-size:13px}\n"
    ".picture,.wide{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;\n"
    "overflow-x:auto}svg{display:block;width:100%;min-width:560px;font:12.5px system-ui,sans-serif}\n"
    "svg text{fill:var(--ink)}svg .tick{fill:var(--soft);font-size:12px}\n"
    "svg .name{font-weight:650;font-size:13.5px}svg .bad{fill:var(--bad);font-weight:600}\n"
    "svg .value{font-variant-numeric:tabular-nums;font-weight:600}svg .grid{stroke:var(--line)}\n"
    "svg .dot{fill:var(--paper);stroke:var(--ink);stroke-width:1}\n"
    "svg .curve{fill:none;stroke-width:2.5;stroke-linejoin:round}\n"
    "svg .ideal{fill:none;stroke:var(--soft);stroke-dasharray:4 5}\n"
    "table{border-collapse:collapse;font-size:14px;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:6px 7px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}\n"
    "th{color:var(--soft);font-weight:500;font-size:13px}th:first-child,td:first-child{text-align:left}\n"
    "tr:last-child td{border-bottom:0}tr.first td{border-top:2px solid var(--line)}\n"
    ".swatch{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}\n"
    ".trouble{background:var(--badpaper);border:1px solid var(--bad);border-radius:10px;padding:12px 16px;\n"
    "margin:20px 0}.trouble h2{color:var(--bad);margin:0 0 6px}\n"
    ".trouble pre{margin:6px 0;white-space:pre-wrap;font:12.5px/1.45 ui-monospace,monospace}\n"
    ".good{color:var(--good)}.badtext{color:var(--bad);font-weight:600}\n";
// clang-format on

void html_text(FILE *out, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

const char *html_color(int interpreter) {
    static const char *const colors[] = {"var(--c0)", "var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"};
    return colors[(size_t)interpreter % (sizeof(colors) / sizeof(*colors))];
}

static void write_head(const Comparison *comparison, FILE *out) {
    char *command = table_command(comparison);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
          "content=\"width=device-width, initial-scale=1\">\n<title>heddle-compare: ",
          out);
    html_text(out, command);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1><code style=\"font-size:inherit\">",
            style);
    html_text(out, command);
    fputs("</code></h1>\n<p class=\"soft\">", out);
    html_text(out, comparison->machine.cpu);
    fprintf(out, ", %d CPU%s &middot; ", comparison->machine.cpus, comparison->machine.cpus == 1 ? "" : "s");
    html_text(out, comparison->machine.system);
    fprintf(out, " &middot; %s &middot; %d interleaved run%s of each, medians shown</p>\n", comparison->machine.date,
            comparison->options->runs, comparison->options->runs == 1 ? "" : "s");
    free(command);
}

static void write_trouble(const Comparison *comparison, FILE *out) {
    const Options *options = comparison->options;
    if (comparison->noutputs > 1) {
        fprintf(out,
                "<section class=\"trouble\"><h2>Outputs differ</h2>%d different outputs: the times do not compare the "
                "same work.\n",
                comparison->noutputs);
        for (int i = 0; i < comparison->noutputs; i++) {
            const Output *output = &comparison->outputs[i];
            fprintf(out, "<pre>%d run%s, first ", output->runs, output->runs == 1 ? "" : "s");
            html_text(out, options->interpreters[output->interpreter].name);
            fprintf(out, " with %d thread%s: %zu bytes, digest %016lx", output->count, output->count == 1 ? "" : "s",
                    output->bytes, (unsigned long)output->digest);
            if (i != comparison->reference) {
                char *difference = table_difference(comparison, i);
                fputs("\n    ", out);
                html_text(out, difference);
                free(difference);
            }
            fputs("</pre>\n", out);
        }
        fputs("</section>\n", out);
    }
    for (int i = 0; i < comparison->ncells; i++) {
        const Cell *cell = &comparison->cells[i];
        if (cell->end == END_GOOD) continue;
        char *ending = runner_ending(cell->end, cell->detail, options->timeout);
        fputs("<section class=\"trouble\"><h2>", out);
        html_text(out, options->interpreters[cell->interpreter].name);
        fprintf(out, " with %d thread%s ", cell->threads, cell->threads == 1 ? "" : "s");
        html_text(out, ending);
        fputs("</h2>", out);
        if (cell->complaint && *cell->complaint) {
            fputs("<pre>", out);
            html_text(out, cell->complaint);
            fputs("</pre>", out);
        }
        fputs("</section>\n", out);
        free(ending);
    }
    if (comparison->interrupted)
        fputs("<section class=\"trouble\"><h2>Interrupted</h2>What is shown was measured before.</section>\n", out);
}

static void write_card(FILE *out, const char *value, const char *caption) {
    fputs("<div class=\"card\"><b>", out);
    html_text(out, value);
    fputs("</b><span>", out);
    html_text(out, caption);
    fputs("</span></div>\n", out);
}

// The figures one looks for first, about the first interpreter with the most threads.
static void write_cards(const Comparison *comparison, FILE *out) {
    const Options *options = comparison->options;
    int most = options->threads[options->nthreads - 1];
    const Cell *cell = plan_cell(comparison, 0, most);
    fputs("<div class=\"cards\">\n", out);
    if (cell->ngood) {
        const char *name = options->interpreters[0].name;
        write_card(out, table_seconds(cell->figures.wall),
                   words_format("%s, %d thread%s", name, most, most == 1 ? "" : "s"));
        if (options->nthreads > 1 && !isnan(cell->figures.speedup)) {
            write_card(out, words_format("%.2f\u00d7", cell->figures.speedup),
                       words_format("%s: %d threads against %d", name, most, options->threads[0]));
            write_card(out, words_format("%.0f %%", cell->figures.efficiency * 100),
                       words_copy("efficiency of the threads"));
        }
        if (!isnan(cell->figures.vs_gil) && options->interpreters[0].role != ROLE_GIL)
            write_card(out, words_format("%.2f\u00d7", cell->figures.vs_gil),
                       words_format("the GIL build's speed, %d thread%s", most, most == 1 ? "" : "s"));
    }
    if (!isnan(comparison->tax))
        write_card(out, words_format("%+.1f %%", comparison->tax * 100), words_copy("one-thread tax without a GIL"));
    if (comparison->noutputs == 1)
        write_card(
            out, words_copy("agree"),
            words_format("all %d outputs, %zu bytes each", comparison->outputs[0].runs, comparison->outputs[0].bytes));
    fputs("</div>\n", out);
}

static void write_ratio(FILE *out, double value) {
    if (isnan(value)) fputs("<td>&ndash;</td>", out);
    else fprintf(out, "<td>%.2f&times;</td>", value);
}

static void write_row(const Comparison *comparison, const Cell *cell, bool first, FILE *out) {
    fprintf(out, "<tr%s><td>", first ? " class=\"first\"" : "");
    if (first) {
        fprintf(out, "<span class=\"swatch\" style=\"background:%s\"></span>", html_color(cell->interpreter));
        html_text(out, comparison->options->interpreters[cell->interpreter].name);
    }
    fprintf(out, "</td><td>%d</td>", cell->threads);
    if (cell->ngood) {
        const Figures *f = &cell->figures;
        char *wall = table_seconds(f->wall), *cpu = table_seconds(f->cpu);
        fprintf(out, "<td>%s</td><td>%.1f %%</td><td>%s</td><td>%.2f</td><td>%.3g</td>", wall,
                f->wall_deviation / f->wall * 100, cpu, f->cores, f->throughput);
        write_ratio(out, f->speedup);
        if (isnan(f->efficiency)) fputs("<td>&ndash;</td>", out);
        else fprintf(out, "<td>%.0f %%</td>", f->efficiency * 100);
        write_ratio(out, f->vs_gil);
        fprintf(out, "<td>%.1f MiB</td>", f->peak_mib);
        free(wall);
        free(cpu);
    } else {
        fputs("<td colspan=\"9\" class=\"badtext\">no good run</td>", out);
    }
    fputs("</tr>\n", out);
}

static void write_table(const Comparison *comparison, FILE *out) {
    fputs("<h2>All figures</h2>\n<div "
          "class=\"wide\"><table>\n<tr><th>interpreter</th><th>threads</th><th>wall</th><th>spread</th><th>cpu</"
          "th><th>cores</th><th>",
          out);
    html_text(out, comparison->options->unit);
    fputs("/s</th><th>speed-up</th><th>efficiency</th><th>vs GIL build</th><th>peak memory</th></tr>\n", out);
    for (int i = 0; i < comparison->ncells; i++)
        write_row(comparison, &comparison->cells[i],
                  i == 0 || comparison->cells[i - 1].interpreter != comparison->cells[i].interpreter, out);
    fputs("</table></div>\n", out);
}

static void write_gates(const Comparison *comparison, FILE *out) {
    if (!comparison->options->ngates) return;
    fputs("<h2>Gates</h2>\n<div class=\"wide\"><table>\n<tr><th>gate</th><th>measured</th><th>verdict</th></tr>\n",
          out);
    for (int i = 0; i < comparison->options->ngates; i++) {
        const Gate *gate = &comparison->options->gates[i];
        fputs("<tr><td><code>", out);
        html_text(out, gate->text);
        fputs("</code></td>", out);
        if (isnan(gate->value)) fputs("<td>not measured</td>", out);
        else fprintf(out, "<td>%.3f</td>", gate->value);
        fprintf(out, "<td class=\"%s\">%s</td></tr>\n", gate->passed ? "good" : "badtext",
                gate->passed ? "passed" : "failed");
    }
    fputs("</table></div>\n", out);
}

static void write_commands(const Comparison *comparison, FILE *out) {
    fputs("<h2>What was run</h2>\n<p class=\"soft\">", out);
    for (int i = 0; i < comparison->options->ninterpreters; i++) {
        const Interpreter *interpreter = &comparison->options->interpreters[i];
        html_text(out, interpreter->name);
        fputs(": <code>", out);
        for (int k = 0; k < interpreter->nwords; k++) {
            html_text(out, interpreter->words[k]);
            fputc(' ', out);
        }
        char *command = table_command(comparison);
        html_text(out, command);
        free(command);
        fputs("</code><br>\n", out);
    }
    fputs("The number of threads stands for <code>{threads}</code> and is in the environment as "
          "<code>HEDDLE_THREADS</code>. Dots on the bars are the single runs.</p>\n",
          out);
}

void html_write(const Comparison *comparison, FILE *out) {
    write_head(comparison, out);
    write_trouble(comparison, out);
    write_cards(comparison, out);
    fputs("<h2>Wall time</h2>\n<div class=\"picture\">\n", out);
    svg_bars(comparison, out);
    fputs("</div>\n", out);
    if (comparison->options->nthreads > 1) {
        fputs("<h2>Speed-up over threads</h2>\n<div class=\"picture\">\n", out);
        svg_scaling(comparison, out);
        fputs("</div>\n", out);
    }
    write_table(comparison, out);
    write_gates(comparison, out);
    write_commands(comparison, out);
    fputs("</main>\n</body>\n</html>\n", out);
}
