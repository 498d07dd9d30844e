// SPDX-License-Identifier: MIT
// The prompt: statements read from standard input one at a time, run and their values shown.
//
// A statement is complete when it compiles; while the compiler says that the input only ended too early the next line is
// asked for with sys.ps2.  Compound statements end with an empty line.  Lines come from libedit when the readline module
// was imported and this is a terminal (terminal.h).
#include "front/compile.h"
#include "heddle_config.h"
#include "object/exceptions.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "runtime/terminal.h"
#include "runtime/traceback_print.h"
#include "vm/vm.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned features; // the __future__ imports so far; main thread

static V prompt_text(Thread *t, const char *name) { // a str; what is no text shows nothing
    V prompt = sys_get(t, name), text = prompt == V_NULL ? V_NULL : obj_str(t, prompt);
    v_drop(t, prompt);
    if (text != V_NULL && !v_is_error(text)) return text;
    err_clear(t);
    return NAME_STR("");
}

static TerminalResult read_line(Thread *t, const char *prompt_name, char **line) {
    V prompt = prompt_text(t, prompt_name);
    size_t n;
    const char *text = str_utf8(t, prompt, &n);
    if (!text) err_clear(t), text = "";
    TerminalReader reader = at_load_acquire(&terminal_editor);
    if (!reader || !terminal_is_interactive()) reader = terminal_read_plain;
    TerminalResult r = reader(t, text, line);
    v_drop(t, prompt);
    return r;
}

static bool is_blank_or_comment(const char *p) {
    p += strspn(p, " \t\f\r\n");
    return *p == '\0' || *p == '#';
}

static bool is_incomplete(Thread *t) {
    if (!err_matches(t, &exc_SyntaxError)) return false;
    V message = slot_peek(&((ExcSyntax *)v_obj(t->exc))->msg);
    return v_is_str(message) && str_equal_ascii(message, "incomplete input");
}

// complete: nothing more will come.
static V compile_statement(Thread *t, const char *text, size_t n, bool complete) {
    V source = str_from_utf8(t, text, n);
    if (v_is_error(source)) return V_ERROR;
    unsigned flags = FRONT_IGNORE_COOKIE | features | (complete ? 0 : FRONT_ALLOW_INCOMPLETE_INPUT | FRONT_DONT_IMPLY_DEDENT);
    V code = compile_source(t, source, NAME_STR("<stdin>"), FRONT_SINGLE, flags, -1, FRONT_FEATURE_VERSION);
    v_drop(t, source);
    if (!v_is_error(code)) features |= (unsigned)code_of(code)->flags & FRONT_FUTURE_MASK;
    return code;
}

static bool append_line(Thread *t, char **text, size_t *len, const char *line) {
    size_t n = strlen(line);
    char *grown = realloc(*text, *len + n + 1);
    if (!grown) {
        err_no_memory(t);
        return false;
    }
    memcpy(grown + *len, line, n + 1);
    *text = grown;
    *len += n;
    return true;
}

// What there is so far as a statement: its code, an error, or V_NULL when it goes on.  A line's end is kept from the
// compiler until the line is empty, since a compound statement ends with an empty line only; with its end, the line must
// still be a beginning.
static V try_statement(Thread *t, const char *text, size_t len, size_t line_start) {
    bool empty = len - line_start == 1, has_end = text[len - 1] == '\n';
    V code = compile_statement(t, text, empty || !has_end ? len : len - 1, false);
    if (!v_is_error(code) || !is_incomplete(t)) return code;
    err_clear(t);
    if (empty || !has_end) return V_NULL;
    code = compile_statement(t, text, len, false);
    if (v_is_error(code) && !is_incomplete(t)) return V_ERROR;
    err_clear(t);
    if (!v_is_error(code)) v_drop(t, code);
    return V_NULL;
}

// The code of the next statement; V_NULL at the end of input, V_NONE for an empty line.
static V read_statement(Thread *t) {
    char *text = NULL, *line;
    size_t len = 0;
    V code = V_ERROR;
    for (const char *prompt = "ps1";; prompt = "ps2") {
        TerminalResult r = read_line(t, prompt, &line);
        if (r == TERMINAL_ERROR) break;
        if (r == TERMINAL_EOF) {
            fputc('\n', stderr);
            code = len ? compile_statement(t, text, len, true) : V_NULL;
            break;
        }
        if (len == 0 && is_blank_or_comment(line)) {
            code = V_NONE;
            free(line);
            break;
        }
        size_t start = len;
        bool ok = append_line(t, &text, &len, line);
        free(line);
        if (!ok) break;
        code = try_statement(t, text, len, start);
        if (code != V_NULL) break;
        code = V_ERROR;
    }
    free(text);
    return code;
}

static int set_prompt(Thread *t, const char *name, const char *text) {
    V there = sys_get(t, name);
    v_drop(t, there);
    if (there != V_NULL) return 0;
    V prompt = str_from_cstr(t, text);
    int r = v_is_error(prompt) ? -1 : sys_set(t, name, prompt);
    v_drop(t, prompt);
    return r;
}

static void greet(Thread *t) {
    if (start_options.quiet || start_options.kind != RUN_INTERACTIVE) return;
    V version = sys_get(t, "version");
    size_t n;
    const char *text = version != V_NULL && v_is_str(version) ? str_utf8(t, version, &n) : "";
    fprintf(stderr, "Python %s on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", text);
    v_drop(t, version);
}

static void show_error(Thread *t) {
    if (traceback_report(t)) err_clear(t); // SystemExit from sys.excepthook: nothing is left to exit from
}

// PYTHONSTARTUP, in the namespace of the prompt.  0, or an exit status when it raises SystemExit (then *exits).
static int run_startup_file(Thread *t, const char *file, V globals, bool *exits) {
    V path = str_from_utf8_surrogateescape(t, file, strlen(file)), source = v_is_error(path) ? V_ERROR : file_read_all(t, path);
    if (v_is_error(source)) {
        fputs("Could not open PYTHONSTARTUP\n", stderr);
        show_error(t);
        v_drop(t, path);
        return 0;
    }
    V code = compile_source(t, source, path, FRONT_EXEC, FRONT_OF_FILE, -1, FRONT_FEATURE_VERSION);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, globals, globals);
    v_drop(t, path);
    v_drop(t, source);
    v_drop(t, code);
    v_drop(t, result);
    if (!v_is_error(result)) return 0;
    *exits = err_matches(t, &exc_SystemExit);
    if (*exits) return program_exit_status(t);
    show_error(t);
    return 0;
}

// Editing and what site offers: the completer, the history file.
static void prepare(Thread *t) {
    if (!start_options.isolated && terminal_is_interactive()) {
        V module = import_module_c(t, "readline");
        v_drop(t, module);
        if (v_is_error(module)) err_clear(t); // it is not there: no editing
    }
    V hook = sys_get(t, "__interactivehook__");
    if (hook == V_NULL) return;
    V result = obj_call0(t, hook);
    v_drop(t, hook);
    v_drop(t, result);
    if (!v_is_error(result)) return;
    fputs("Failed calling sys.__interactivehook__\n", stderr);
    show_error(t);
}

int interactive_run(Thread *t, V globals) {
    greet(t);
    bool exits = false;
    if (start_options.python_startup && start_options.kind == RUN_INTERACTIVE) {
        int status = run_startup_file(t, start_options.python_startup, globals, &exits);
        if (exits) return status;
    }
    prepare(t);
    if (set_prompt(t, "ps1", ">>> ") < 0 || set_prompt(t, "ps2", "... ") < 0) err_clear(t);
    for (;;) {
        V code = read_statement(t);
        if (code == V_NULL) break;
        V result = v_is_error(code) ? V_ERROR : code == V_NONE ? V_NONE : vm_eval_code(t, code, globals, globals);
        v_drop(t, code);
        v_drop(t, result);
        if (v_is_error(result)) {
            if (err_matches(t, &exc_SystemExit)) return program_exit_status(t);
            if (err_matches(t, &exc_KeyboardInterrupt) && v_is_error(code)) { // at the prompt: forget the line
                err_clear(t);
                fputs("\nKeyboardInterrupt\n", stderr);
                continue;
            }
            if (traceback_report(t)) return program_exit_status(t);
        }
        if (runtime_flush_std(t) < 0) err_clear(t);
    }
    return 0;
}
