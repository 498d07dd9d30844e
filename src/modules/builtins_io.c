// SPDX-License-Identifier: MIT
// print and input: the builtin functions that use sys.stdin and sys.stdout.
//
// Both go through the file objects' methods, so that a program may put any object with `write` or `readline` there.
#include "builtins_parts.h"
#include "object/bytes.h"
#include "runtime/runtime.h"

// A standard stream; V_NULL when the attribute is gone.
static V stream_named(Thread *t, V name) { return sys_get_name(t, name); }

static int write_to(Thread *t, V file, V text) {
    V result = obj_call_method1(t, file, NAME(write), text);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

static int flush_file(Thread *t, V file) {
    V result = obj_call_method0(t, file, NAME(flush));
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

// ---- print ------------------------------------------------------------------------------------------------------------
static int check_text_option(Thread *t, const char *name, V *option) {
    if (*option == V_NONE) *option = V_NULL;
    if (*option == V_NULL || v_is_str(*option)) return 0;
    err_set(t, &exc_TypeError, "%s must be None or a string, not %.200T", name, *option);
    return -1;
}

static int print_values(Thread *t, V file, const V *values, size_t n, V sep, V end) {
    if (sep == V_NULL) sep = NAME_STR(" ");
    if (end == V_NULL) end = NAME_STR("\n");
    for (size_t i = 0; i < n; i++) {
        if (i && write_to(t, file, sep) < 0) return -1;
        V text = obj_str(t, values[i]);
        if (v_is_error(text)) return -1;
        int r = write_to(t, file, text);
        v_drop(t, text);
        if (r < 0) return -1;
    }
    return write_to(t, file, end);
}

NATIVE(builtins_print) {
    (void)self;
    enum { SEP, END, FILE_, FLUSH };
    V options[4] = {V_NULL, V_NULL, V_NULL, V_NULL};
    if (kwnames != V_NULL &&
        args_bind(t, "print", "*, sep=' ', end='\\n', file=None, flush=False", args + nargs, 0, kwnames, options) < 0)
        return V_ERROR;
    if (options[FLUSH] == V_NULL) options[FLUSH] = V_FALSE;
    int flush = obj_is_true(t, options[FLUSH]);
    if (flush < 0) return V_ERROR;
    V file = options[FILE_] == V_NULL || options[FILE_] == V_NONE ? stream_named(t, NAME(stdout)) : v_dup(options[FILE_]);
    if (file == V_NULL) return err_set(t, &exc_RuntimeError, "lost sys.stdout");
    if (file == V_NONE) return V_NONE;
    int r = check_text_option(t, "sep", &options[SEP]);
    if (r == 0) r = check_text_option(t, "end", &options[END]);
    if (r == 0) r = print_values(t, file, args, nargs, options[SEP], options[END]);
    if (r == 0 && flush) r = flush_file(t, file);
    v_drop(t, file);
    return r < 0 ? V_ERROR : V_NONE;
}

// ---- input ------------------------------------------------------------------------------------------------------------
typedef struct Streams { V in, out, err; } Streams;

static int streams_get(Thread *t, Streams *s) {
    static const char *const names[3] = {"stdin", "stdout", "stderr"};
    V *const where[3] = {&s->in, &s->out, &s->err};
    for (int i = 0; i < 3; i++) *where[i] = sys_get(t, names[i]);
    for (int i = 0; i < 3; i++) {
        if (*where[i] != V_NULL && *where[i] != V_NONE) continue;
        err_set(t, &exc_RuntimeError, "input(): lost sys.%s", names[i]);
        return -1;
    }
    return 0;
}

static void streams_drop(Thread *t, Streams *s) {
    v_drop(t, s->in);
    v_drop(t, s->out);
    v_drop(t, s->err);
}

// The line (a str or bytes) without its end.  Consumes it.
static V strip_line(Thread *t, V line) {
    size_t n = v_is_str(line) ? str_len(line) : v_is_bytes(line) ? bytes_len(line) : 0;
    V result;
    if (!v_is_str(line) && !v_is_bytes(line)) {
        result = err_set(t, &exc_TypeError, "object.readline() returned non-string");
    } else if (n == 0) {
        result = err_set(t, &exc_EOFError, "EOF when reading a line");
    } else if (v_is_str(line)) {
        if (str_at(line, n - 1) != '\n') return line;
        result = str_substring(t, line, 0, n - 1);
    } else {
        if (bytes_data(line)[n - 1] != '\n') return line;
        result = bytes_from(t, bytes_data(line), n - 1);
    }
    v_drop(t, line);
    return result;
}

static V read_line(Thread *t, const Streams *s, V prompt) {
    if (flush_file(t, s->err) < 0) err_clear(t); // a broken stderr is no reason not to ask
    if (prompt != V_NULL) {
        V text = obj_str(t, prompt);
        if (v_is_error(text)) return V_ERROR;
        int r = write_to(t, s->out, text);
        v_drop(t, text);
        if (r < 0) return V_ERROR;
    }
    if (flush_file(t, s->out) < 0) err_clear(t);
    V line = obj_call_method0(t, s->in, NAME(readline));
    return v_is_error(line) ? V_ERROR : strip_line(t, line);
}

NATIVE(builtins_input) {
    UNUSED_NATIVE();
    Streams s;
    V prompt = args[0], result = V_ERROR;
    V event = tuple_pack(t, 1, prompt == V_NULL ? V_NONE : prompt);
    if (v_is_error(event)) return V_ERROR;
    int r = streams_get(t, &s);
    if (r == 0) r = sys_audit(t, "builtins.input", event);
    if (r == 0) result = read_line(t, &s, prompt);
    v_drop(t, event);
    streams_drop(t, &s);
    return result;
}
