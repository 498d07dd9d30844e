// SPDX-License-Identifier: MIT
//
// heddle-compare's main: parse, measure, compute, report. Read this first; compare.h has the data and the map of the
// files. The reports are written whatever happened, with all that was measured; the exit status says what did not go
// well.
#include "compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool write_file(const Comparison *comparison, const char *path, void (*write)(const Comparison *, FILE *)) {
    if (!path) return true;
    FILE *file = fopen(path, "w");
    if (file) {
        write(comparison, file);
        bool good = !ferror(file);
        if (fclose(file) == 0 && good) return true;
    }
    fprintf(stderr, "heddle-compare: cannot write %s: %s\n", path, strerror(errno));
    return false;
}

static bool is_told_threads(const Options *options) {
    for (int i = 0; i < options->nprogram; i++)
        if (strstr(options->program[i], "{threads}")) return true;
    return options->nthreads == 1;
}

int main(int argc, char **argv) {
    Options options;
    options_parse(&options, argc, argv);
    if (!options.quiet && !is_told_threads(&options))
        fputs("heddle-compare: no {threads} in the arguments; the program is told the number of threads only by "
              "HEDDLE_THREADS\n",
              stderr);
    runner_prepare();
    Comparison comparison = {.options = &options, .machine = plan_machine()};
    plan_measure(&comparison);
    statistics_compute(&comparison);
    bool gates = true;
    for (int i = 0; i < options.ngates; i++) gates = gate_evaluate(&comparison, &options.gates[i]) && gates;
    table_write(&comparison, stdout);
    bool written = fflush(stdout) == 0;
    written = write_file(&comparison, options.json, json_write) && written;
    written = write_file(&comparison, options.html, html_write) && written;
    if (comparison.interrupted) return EXIT_INTERRUPTED;
    if (statistics_broken(&comparison) || !written) return EXIT_BROKEN;
    return gates ? EXIT_GOOD : EXIT_GATE;
}
