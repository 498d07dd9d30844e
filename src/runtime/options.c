// SPDX-License-Identifier: MIT
// The command line and the environment.
//
// Options are read as CPython reads them: letters may be joined (-BS), a value may follow its letter at once (-Wignore),
// and everything behind -c COMMAND, -m MODULE or the script belongs to the program.  Environment variables count only
// without -E and -I, which is why they are looked at after the options.
#include "runtime/options.h"
#include "base/siphash.h"
#include "heddle_config.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

StartOptions start_options;

// ---- texts -------------------------------------------------------------------------------------------------------------
static const char usage_line[] = "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

static const char help_options[] =
    "Options (and corresponding environment variables):\n"
    "-b     : warn when bytes and str (or bytes and int) are compared; -bb makes it an error\n"
    "-B     : write no .pyc files (PYTHONDONTWRITEBYTECODE=x)\n"
    "-c cmd : run the text given here; options end behind it\n"
    "-d     : debugging output of the parser (PYTHONDEBUG=x)\n"
    "-E     : pay no attention to PYTHON* environment variables\n"
    "-h     : this text (also -? and --help)\n"
    "-i     : go on interactively after the program (PYTHONINSPECT=x)\n"
    "-I     : isolated: neither the environment, nor the user's site directory, nor the program's directory count\n"
    "-m mod : run a module of the library or of sys.path as a program; options end behind it\n"
    "-O     : drop assert statements and __debug__ code (PYTHONOPTIMIZE=x)\n"
    "-OO    : -O, and drop docstrings\n"
    "-P     : don't put the program's directory on sys.path (PYTHONSAFEPATH)\n"
    "-q     : don't show version and copyright in front of the first prompt\n"
    "-s     : leave out the user's site directory (PYTHONNOUSERSITE)\n"
    "-S     : don't import site\n"
    "-u     : unbuffered standard output and error (PYTHONUNBUFFERED=x)\n"
    "-v     : tell about imports on standard error; -vv tells more (PYTHONVERBOSE=x)\n"
    "-V     : the version number (also --version); -VV says more\n"
    "-W arg : how to treat warnings, as action:message:category:module:lineno (PYTHONWARNINGS=arg)\n"
    "-x     : skip the first line of the script\n"
    "-X opt : options of this implementation; --help-xoptions lists them\n"
    "--check-hash-based-pycs always|default|never : how to validate hash-based .pyc files\n"
    "--help-env      : the environment variables\n"
    "--help-xoptions : the -X options\n"
    "--help-all      : everything\n"
    "\n"
    "Arguments:\n"
    "file   : the program, a directory or a zip file with a __main__.py\n"
    "-      : the program comes from standard input (as without arguments; interactive on a terminal)\n"
    "arg ...: what the program finds in sys.argv[1:]\n";

static const char help_xoptions[] =
    "The following implementation-specific options are available:\n"
    "-X dev                   : development mode: more checks and warnings (PYTHONDEVMODE)\n"
    "-X faulthandler          : dump tracebacks on fatal signals (PYTHONFAULTHANDLER)\n"
    "-X frozen_modules=on|off : accepted and without effect\n"
    "-X gil=0|1               : 1 runs the program under the sibling with a global lock (PYTHON_GIL)\n"
    "-X importtime            : how long each import took (PYTHONPROFILEIMPORTTIME)\n"
    "-X int_max_str_digits=N  : longest decimal text of an int; 0 no limit (PYTHONINTMAXSTRDIGITS)\n"
    "-X no_debug_ranges       : code objects without column numbers (PYTHONNODEBUGRANGES)\n"
    "-X pycache_prefix=PATH   : where .pyc files go (PYTHONPYCACHEPREFIX)\n"
    "-X tracemalloc[=N]       : trace allocations (PYTHONTRACEMALLOC)\n"
    "-X utf8[=0|1]            : UTF-8 whatever the locale says (PYTHONUTF8)\n"
    "-X warn_default_encoding : warn about open() without an encoding (PYTHONWARNDEFAULTENCODING)\n";

static const char help_env[] =
    "Environment variables that change behavior:\n"
    "HEDDLE_STDLIB       : the directory of the standard library\n"
    "PYTHONSTARTUP       : a file that is run before the first prompt\n"
    "PYTHONPATH          : directories for the front of sys.path, separated by ':'\n"
    "PYTHONHOME          : prefix of the standard library\n"
    "PYTHONIOENCODING    : encoding[:errors] of the standard streams\n"
    "PYTHONHASHSEED      : 'random' or the number that hashes of str and bytes are made from\n"
    "PYTHONBREAKPOINT    : what breakpoint() calls; 0 nothing\n"
    "The others stand behind the options they correspond to (-h and --help-xoptions).\n";

static void print_version(int detailed) {
    if (detailed)
        printf("Python %s (main, %s, %s) [Heddle %s, %s]\n", HEDDLE_STDLIB_VERSION, __DATE__, __TIME__, HEDDLE_VERSION,
               HEDDLE_COMPILER);
    else
        printf("Python %s (Heddle %s)\n", HEDDLE_STDLIB_VERSION, HEDDLE_VERSION);
}

static int usage_error(const char *program) {
    fprintf(stderr, usage_line, program);
    fputs("Try `python -h' for more information.\n", stderr);
    return 2;
}

static int fatal(const char *message) {
    fprintf(stderr, "Fatal Python error: %s\nPython runtime state: preinitialized\n\n", message);
    return 1;
}

// ---- lists -------------------------------------------------------------------------------------------------------------
static void text_add(TextList *list, const char *text) {
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 8;
        const char **items = realloc(list->items, cap * sizeof *items);
        if (!items) abort(); // a few dozen bytes, before anything else was allocated
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = text;
}

const char *options_getenv(const StartOptions *o, const char *name) {
    if (o->ignore_environment) return NULL;
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const char *options_x(const StartOptions *o, const char *name) {
    size_t n = strlen(name);
    for (size_t i = o->x_options.n; i-- > 0;) {
        const char *text = o->x_options.items[i];
        if (strncmp(text, name, n) == 0 && (text[n] == '=' || !text[n])) return text[n] ? text + n + 1 : "";
    }
    return NULL;
}

// ---- letters -----------------------------------------------------------------------------------------------------------
typedef struct Scan {
    StartOptions *o;
    int argc, i;       // argv[i] is being read
    char **argv;
    const char *rest;  // of a cluster of letters; NULL or "" between arguments
    int help, version; // -h, -V seen
    bool done;         // -c or -m: the rest belongs to the program
} Scan;

static const struct { char letter; size_t field; } counters[] = {
#define COUNT(letter, field) {letter, offsetof(StartOptions, field)}
    COUNT('b', bytes_warning), COUNT('B', dont_write_bytecode), COUNT('d', debug), COUNT('E', ignore_environment),
    COUNT('O', optimize), COUNT('P', safe_path), COUNT('q', quiet), COUNT('s', no_user_site), COUNT('S', no_site),
    COUNT('u', unbuffered), COUNT('v', verbose), COUNT('x', skip_first_line),
#undef COUNT
};

static bool count_letter(StartOptions *o, char letter) {
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        if (counters[i].letter != letter) continue;
        ++*(int *)(void *)((char *)o + counters[i].field);
        return true;
    }
    return false;
}

// The value of an option that takes one: what is left of the cluster, or the next argument.
static const char *option_value(Scan *s, char letter) {
    const char *value = s->rest;
    if (!*value) value = s->i + 1 < s->argc ? s->argv[++s->i] : NULL;
    s->rest = "";
    if (!value) fprintf(stderr, "Argument expected for the -%c option\n", letter);
    return value;
}

static int take_letter(Scan *s, char letter) {
    StartOptions *o = s->o;
    const char *value;
    if (count_letter(o, letter)) return 0;
    switch (letter) {
    case 'c':
    case 'm':
        if (!(value = option_value(s, letter))) return -1;
        o->kind = letter == 'c' ? RUN_COMMAND : RUN_MODULE;
        o->target = value;
        s->done = true;
        return 0;
    case 'W':
    case 'X':
        if (!(value = option_value(s, letter))) return -1;
        text_add(letter == 'W' ? &o->warn_options : &o->x_options, value);
        return 0;
    case 'i':
        o->inspect++;
        o->interactive++;
        return 0;
    case 'I':
        o->isolated++;
        o->ignore_environment++;
        o->no_user_site++;
        o->safe_path++;
        return 0;
    case 'h':
    case '?':
        s->help = 1;
        return 0;
    case 'V':
        s->version++;
        return 0;
    case 'R':
        o->hash_randomization = 1; // whatever PYTHONHASHSEED says
        return 0;
    case 't':
        return 0; // accepted, without effect
    default:
        fprintf(stderr, letter == 'J' ? "-J is reserved for Jython\n" : "Unknown option: -%c\n", letter);
        return -1;
    }
}

static int take_long(Scan *s, const char *name) {
    static const char *const texts[] = {"help", "help-xoptions", "help-env", "help-all"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, texts[i]) == 0) return s->help = i + 1, 0;
    }
    if (strcmp(name, "version") == 0) return s->version++, 0;
    if (strcmp(name, "check-hash-based-pycs") == 0) {
        const char *value = s->i + 1 < s->argc ? s->argv[++s->i] : NULL;
        if (!value) {
            fprintf(stderr, "Argument expected for the --%s options\n", name);
            return -1;
        }
        if (strcmp(value, "always") && strcmp(value, "never") && strcmp(value, "default")) {
            fputs("--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n", stderr);
            return -1;
        }
        s->o->check_hash_pycs = value;
        return 0;
    }
    fprintf(stderr, "unknown option --%s\n", name);
    return -1;
}

// Reads options up to the program's name; s->i is then the first argument that is none.
static int scan_options(Scan *s) {
    for (s->i = 1; s->i < s->argc && !s->done; s->i++) {
        const char *arg = s->argv[s->i];
        if (arg[0] != '-' || !arg[1]) return 0;
        if (arg[1] == '-') {
            if (!arg[2]) return s->i++, 0;
            if (take_long(s, arg + 2) < 0) return -1;
            continue;
        }
        for (s->rest = arg + 1; *s->rest && !s->done;) {
            char letter = *s->rest++;
            if (take_letter(s, letter) < 0) return -1;
        }
    }
    return 0;
}

static void print_help(int which, const char *program) {
    if (which == 1 || which == 4) {
        printf(usage_line, program);
        fputs(help_options, stdout);
    }
    if (which == 3 || which == 4) fputs(help_env, stdout);
    if (which == 2 || which == 4) fputs(help_xoptions, stdout);
}

// ---- environment ---------------------------------------------------------------------------------------------------------
static const struct { const char *name; size_t field; bool number; } env_flags[] = {
#define ENV(name, field) {name, offsetof(StartOptions, field), false}
#define ENV_NUMBER(name, field) {name, offsetof(StartOptions, field), true}
    ENV_NUMBER("PYTHONDEBUG", debug), ENV_NUMBER("PYTHONVERBOSE", verbose), ENV_NUMBER("PYTHONOPTIMIZE", optimize),
    ENV("PYTHONINSPECT", inspect), ENV("PYTHONDONTWRITEBYTECODE", dont_write_bytecode),
    ENV("PYTHONNOUSERSITE", no_user_site), ENV("PYTHONUNBUFFERED", unbuffered), ENV("PYTHONSAFEPATH", safe_path),
    ENV("PYTHONDEVMODE", dev_mode), ENV("PYTHONFAULTHANDLER", faulthandler),
    ENV("PYTHONPROFILEIMPORTTIME", import_time), ENV("PYTHONNODEBUGRANGES", no_debug_ranges),
    ENV("PYTHONWARNDEFAULTENCODING", warn_default_encoding),
#undef ENV
#undef ENV_NUMBER
};

// A flag variable: a positive number is its value where numbers tell more than 1, any other text means 1; it never lowers
// what an option asked for.
static void read_env_flags(StartOptions *o) {
    for (size_t i = 0; i < sizeof env_flags / sizeof *env_flags; i++) {
        const char *text = options_getenv(o, env_flags[i].name);
        if (!text) continue;
        char *end;
        long n = strtol(text, &end, 10);
        int value = *end || n < 0 || n > 100 ? 1 : (int)n;
        if (value > 1 && !env_flags[i].number) value = 1;
        int *field = (int *)(void *)((char *)o + env_flags[i].field);
        if (*field < value) *field = value;
    }
}

static int read_hash_seed(StartOptions *o) {
    const char *text = o->hash_randomization ? NULL : options_getenv(o, "PYTHONHASHSEED");
    o->hash_randomization = 1;
    HashKey key;
    if (text && strcmp(text, "random") != 0) {
        char *end;
        errno = 0;
        unsigned long seed = strtoul(text, &end, 10);
        if (*end || errno || seed > 0xffffffffUL || *text == '-' || *text == '+' || *text == ' ')
            return fatal("config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
        o->hash_seed = (uint32_t)seed;
        o->hash_seed_given = true;
        if (seed == 0) o->hash_randomization = 0;
        key = siphash_key_from_seed((uint32_t)seed);
    } else if (getrandom(&key, sizeof key, 0) != (ssize_t)sizeof key) {
        return fatal("failed to get random numbers to initialize the hash");
    }
    siphash_set_process_key(key);
    return 0;
}

static int read_digit_limit(StartOptions *o) {
    o->int_max_str_digits = -1;
    const char *text = options_x(o, "int_max_str_digits"), *source = "-X int_max_str_digits";
    if (!text && (text = options_getenv(o, "PYTHONINTMAXSTRDIGITS"))) source = "PYTHONINTMAXSTRDIGITS";
    if (!text) return 0;
    char *end;
    long n = strtol(text, &end, 10);
    if (!*text || *end || n < 0 || (n > 0 && n < 640) || n > 0x7fffffff) {
        char message[160];
        snprintf(message, sizeof message,
                 "config_init_int_max_str_digits: %s: invalid limit; must be >= 640 or 0 for unlimited.", source);
        return fatal(message);
    }
    o->int_max_str_digits = (int)n;
    return 0;
}

static int read_traced_frames(StartOptions *o) {
    const char *text = options_getenv(o, "PYTHONTRACEMALLOC"), *source = "PYTHONTRACEMALLOC", *option = options_x(o, "tracemalloc");
    if (!option && (!text || !*text)) return 0;
    if (option) {
        text = *option ? option : "1";
        source = "-X tracemalloc=NFRAME";
    }
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end || n < 0 || n > 0x7fffffff) {
        char message[80];
        snprintf(message, sizeof message, "config_init_tracemalloc: %s: invalid number of frames", source);
        return fatal(message);
    }
    o->tracemalloc = (int)n;
    return 0;
}

static bool c_locale; // what the environment says is the C locale

// The C locale becomes C.UTF-8 unless LC_ALL insists on it.
static void set_locale(const StartOptions *o) {
    setlocale(LC_CTYPE, "");
    const char *locale = setlocale(LC_CTYPE, NULL), *all = getenv("LC_ALL"), *wish = options_getenv(o, "PYTHONCOERCECLOCALE");
    c_locale = locale && (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0);
    if (!c_locale || (all && *all) || (wish && strcmp(wish, "0") == 0)) return;
    static const char *const better[] = {"C.UTF-8", "C.utf8", "UTF-8"};
    for (size_t i = 0; i < sizeof better / sizeof *better; i++) {
        if (!setlocale(LC_CTYPE, better[i])) continue;
        setenv("LC_CTYPE", better[i], 1);
        return;
    }
}

static int read_utf8_mode(StartOptions *o) {
    const char *text = options_x(o, "utf8"), *env = options_getenv(o, "PYTHONUTF8");
    if (text) {
        if (strcmp(text, "0") && strcmp(text, "1") && *text) return fatal("preconfig_init_utf8_mode: invalid -X utf8 option value");
        o->utf8_mode = strcmp(text, "0") != 0;
    } else if (env) {
        if (strcmp(env, "0") && strcmp(env, "1"))
            return fatal("preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value");
        o->utf8_mode = *env == '1';
    } else {
        o->utf8_mode = c_locale;
    }
    return 0;
}

// PYTHONWARNINGS is a comma list; its entries come before those of -W, which therefore win.
static void read_warnings(StartOptions *o) {
    TextList all = {0};
    if (o->dev_mode) text_add(&all, "default");
    const char *text = options_getenv(o, "PYTHONWARNINGS");
    for (char *copy = text ? strdup(text) : NULL, *save = NULL, *item = copy ? strtok_r(copy, ",", &save) : NULL; item;
         item = strtok_r(NULL, ",", &save))
        text_add(&all, item);
    for (size_t i = 0; i < o->warn_options.n; i++) text_add(&all, o->warn_options.items[i]);
    if (o->bytes_warning) text_add(&all, o->bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning");
    o->warn_options = all;
}

static int read_environment(StartOptions *o) {
    set_locale(o);
    read_env_flags(o);
    o->python_path = options_getenv(o, "PYTHONPATH");
    o->python_home = options_getenv(o, "PYTHONHOME");
    o->python_startup = options_getenv(o, "PYTHONSTARTUP");
    o->io_encoding = options_getenv(o, "PYTHONIOENCODING");
    o->pycache_prefix = options_x(o, "pycache_prefix");
    if (!o->pycache_prefix) o->pycache_prefix = options_getenv(o, "PYTHONPYCACHEPREFIX");
    if (o->pycache_prefix && !*o->pycache_prefix) o->pycache_prefix = NULL;
    o->stdlib = getenv("HEDDLE_STDLIB");
    o->gil = options_x(o, "gil");
    if (!o->gil) o->gil = options_getenv(o, "PYTHON_GIL");
    if (options_x(o, "dev")) o->dev_mode = 1;
    if (options_x(o, "faulthandler") || o->dev_mode) o->faulthandler = 1;
    if (options_x(o, "importtime")) o->import_time = 1;
    if (options_x(o, "no_debug_ranges")) o->no_debug_ranges = 1;
    if (options_x(o, "warn_default_encoding")) o->warn_default_encoding = 1;
    read_warnings(o);
    int status = read_utf8_mode(o);
    if (!status) status = read_hash_seed(o);
    if (!status) status = read_traced_frames(o);
    return status ? status : read_digit_limit(o);
}

int options_parse(StartOptions *o, int argc, char **argv) {
    Scan s = {.o = o, .argc = argc, .argv = argv, .rest = ""};
    o->argc = argc;
    o->argv = argv;
    o->check_hash_pycs = "default";
    if (scan_options(&s) < 0) return usage_error(argv[0]);
    if (s.help || s.version) {
        if (s.help) print_help(s.help, argv[0]);
        else print_version(s.version > 1);
        o->kind = RUN_NOTHING;
        return 0;
    }
    if (!s.done) {
        o->target = s.i < argc ? argv[s.i] : NULL;
        o->kind = !o->target ? RUN_INTERACTIVE : strcmp(o->target, "-") == 0 ? RUN_STDIN : RUN_FILE;
        s.i++;
    }
    o->nargs = s.i < argc ? argc - s.i : 0;
    o->args = argv + s.i;
    return read_environment(o);
}
