// SPDX-License-Identifier: MIT
// What the command line and the environment ask of the interpreter: filled by options_parse, const afterwards.
#ifndef HEDDLE_RUNTIME_OPTIONS_H
#define HEDDLE_RUNTIME_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TextList { size_t n, cap; const char **items; } TextList; // C strings that live as long as the process

typedef enum RunKind {
    RUN_INTERACTIVE, // no program: standard input, prompting when it is a terminal
    RUN_COMMAND,     // -c
    RUN_MODULE,      // -m
    RUN_FILE,        // a script, directory or zip file
    RUN_STDIN,       // "-"
    RUN_NOTHING,     // --help, --version: done already, with options.status
} RunKind;

typedef struct StartOptions {
    RunKind kind;
    int status;             // RUN_NOTHING: the exit status
    const char *target;     // command, module name or file name
    int argc;
    char **argv;            // sys.orig_argv
    int nargs;
    char **args;            // what follows the program: sys.argv[1:]
    // sys.flags
    int debug, inspect, interactive, optimize, dont_write_bytecode, no_user_site, no_site, ignore_environment, verbose,
        bytes_warning, quiet, hash_randomization, isolated, dev_mode, utf8_mode, warn_default_encoding, safe_path,
        int_max_str_digits;
    int unbuffered, skip_first_line, import_time, no_debug_ranges, show_alloc_count;
    int faulthandler, tracemalloc; // tracemalloc: frames, 0 off
    int default_filters_off;       // no default warning filters (_warnings)
    const char *check_hash_pycs;   // "default", "always" or "never"
    const char *pycache_prefix;    // NULL: none
    const char *gil;               // -X gil=…, PYTHON_GIL: "0", "1" or NULL
    TextList warn_options, x_options;
    // from the environment, NULL when unset or ignored
    const char *python_path, *python_home, *python_startup, *io_encoding, *stdlib;
    uint32_t hash_seed;            // when hash_randomization is 0 or PYTHONHASHSEED is a number
    bool hash_seed_given;
} StartOptions;

extern StartOptions start_options; // const after options_parse

// 0: go on; otherwise what to exit with (a message was printed).
int options_parse(StartOptions *o, int argc, char **argv);
// An environment variable, unless -E or -I; NULL when unset or empty.
const char *options_getenv(const StartOptions *o, const char *name);
// The -X option NAME: its value, "" when given without one, NULL when not given.
const char *options_x(const StartOptions *o, const char *name);
#endif
