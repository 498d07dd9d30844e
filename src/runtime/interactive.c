// SPDX-License-Identifier: MIT
// The prompt: statements read from standard input one at a time, run and their values shown.
//
// A statement is complete when it compiles; while the compiler says that the input only ended too early the next line is
// asked for with sys.ps2.  Compound statements end with an empty line.
#include "front/compile.h"
#include "heddle_config.h"
#include "object/exceptions.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "vm/vm.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void show_prompt(Thread *t, const char *name) {
    V prompt = sys_get(t, name), text = prompt == V_NULL ? V_NULL : obj_str(t, prompt);
    size_t n;
    const char *p = text == V_NULL || v_is_error(text) ? NULL : str_utf8(t, text, &n);
    err_clear(t);
    if (p) fputs(p, stderr);
    fflush(stderr);
    v_drop(t, prompt);
    v_drop(t, text);
}

// Appends a line of standard input; 0 at the end of it, -1 when a signal handler raised.
static int read_line(Thread *t, char **buffer, size_t *len, size_t *cap) {
    for (;;) {
        char c;
        ssize_t n;
        BLOCKING(t) n = read(0, &c, 1);
        if (n < 0) {
            if (safepoint(t) < 0) return -1;
            continue;
        }
        if (n == 0) return 0;
        if (*len + 2 > *cap) {
            size_t more = *cap ? 2 * *cap : 256;
            char *grown = realloc(*buffer, more);
            if (!grown) return err_no_memory(t), -1;
            *buffer = grown;
            *cap = more;
        }
        (*buffer)[(*len)++] = c;
        (*buffer)[*len] = '\0';
        if (c == '\n') return 1;
    }
}

static bool is_blank_line(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!strchr(" \t\f\r\n", p[i])) return false;
    }
    return true;
}

static bool is_incomplete(Thread *t) {
    if (!err_matches(t, &exc_SyntaxError)) return false;
    V message = slot_peek(&((ExcSyntax *)v_obj(t->exc))->msg);
    return v_is_str(message) && str_equal_ascii(message, "incomplete input");
}

// Does the statement begin a block?  Its last line decides whether it goes on: an empty one ends it.
static bool wants_more(const char *p, size_t n, size_t line_start) {
    bool compound = false;
    for (size_t i = 0; i + 1 < n; i++) compound |= p[i] == '\n' && (p[i + 1] == ' ' || p[i + 1] == '\t');
    for (size_t i = n; i-- > 0;) {
        if (strchr(" \t\r\n", p[i])) continue;
        compound |= p[i] == ':' || (n && p[0] == '@');
        break;
    }
    return compound && !is_blank_line(p + line_start, n - line_start);
}

// The code of the next statement; V_NULL at the end of input, V_NONE for an empty line.
static V read_statement(Thread *t) {
    char *text = NULL;
    size_t len = 0, cap = 0;
    V code = V_NULL;
    show_prompt(t, "ps1");
    for (;;) {
        size_t start = len;
        int r = read_line(t, &text, &len, &cap);
        if (r < 0) {
            code = V_ERROR;
            break;
        }
        if (r == 0 && len == 0) break;
        if (is_blank_line(text, len)) {
            code = V_NONE;
            break;
        }
        if (r == 0 || !wants_more(text, len, start)) {
            V source = str_from_utf8(t, text, len);
            unsigned flags = FRONT_IGNORE_COOKIE | (r ? FRONT_ALLOW_INCOMPLETE_INPUT | FRONT_DONT_IMPLY_DEDENT : 0);
            code = v_is_error(source) ? V_ERROR
                                      : compile_source(t, source, NAME_STR("<stdin>"), FRONT_SINGLE, flags, -1, FRONT_FEATURE_VERSION);
            v_drop(t, source);
            if (!v_is_error(code) || r == 0 || !is_incomplete(t)) break;
            err_clear(t);
        }
        show_prompt(t, "ps2");
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

int interactive_run(Thread *t, V globals) {
    greet(t);
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
    fputc('\n', stderr);
    return 0;
}
