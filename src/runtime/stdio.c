// SPDX-License-Identifier: MIT
// sys.stdin, sys.stdout and sys.stderr at start-up, as the library's TextIOWrapper objects over the three descriptors.
//
// A descriptor that is not open gives None.  The encoding is UTF-8 or the locale's, or what PYTHONIOENCODING says; errors
// are strict, surrogateescape in the C locale, backslashreplace for stderr.
#include "object/misc.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct StreamPlan {
    const char *name;   // "<stdout>"
    const char *attribute;
    int fd;
    bool write;
    const char *encoding, *errors;
} StreamPlan;

static const char *locale_encoding(void) {
    if (start_options.utf8_mode) return "utf-8";
    const char *name = nl_langinfo(CODESET);
    if (!name || !*name || strcmp(name, "UTF-8") == 0) return "utf-8";
    return name;
}

static const char *locale_errors(void) {
    const char *name = setlocale(LC_CTYPE, NULL);
    static const char *const lenient[] = {"C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"};
    for (size_t i = 0; name && i < countof(lenient); i++) {
        if (strcmp(name, lenient[i]) == 0) return "surrogateescape";
    }
    return start_options.utf8_mode ? "surrogateescape" : "strict";
}

// Encoding and errors of the streams: what the locale says, overruled by PYTHONIOENCODING=encoding:errors.
static void plan_encoding(StreamPlan *plan, char *copy) {
    plan->encoding = locale_encoding();
    plan->errors = locale_errors();
    if (start_options.io_encoding) {
        char *colon = strchr(copy, ':');
        if (colon) *colon = '\0';
        if (*copy) plan->encoding = copy;
        if (colon && colon[1]) plan->errors = colon + 1;
        else if (*copy) plan->errors = "strict";
        if (colon) *colon = '\0';
    }
    if (plan->fd == 2) plan->errors = "backslashreplace";
}

// A codec's own name for an encoding (utf8 -> utf-8); the name itself when there is no such codec.  Stack value.
static V codec_name(Thread *t, const char *encoding) {
    if (strcmp(encoding, "utf-8") == 0) return str_from_cstr(t, encoding);
    V info = codec_lookup(t, encoding), name = v_is_error(info) ? V_ERROR : obj_getattr(t, info, NAME(name));
    v_drop(t, info);
    if (!v_is_error(name)) return name;
    err_clear(t);
    return str_from_cstr(t, encoding);
}

static int set_name(Thread *t, V raw, const char *name) {
    V text = str_from_cstr(t, name);
    int r = v_is_error(text) ? -1 : obj_setattr(t, raw, NAME(name), text);
    v_drop(t, text);
    return r;
}

// io.open(fd, mode, buffering, None, None, None, False)
static V open_binary(Thread *t, V io, const StreamPlan *plan, bool unbuffered) {
    V open = obj_getattr(t, io, NAME(open));
    if (v_is_error(open)) return V_ERROR;
    V args[7] = {v_from_int(plan->fd), NAME(rb), v_from_int(unbuffered ? 0 : -1), V_NONE, V_NONE, V_NONE, V_FALSE};
    if (plan->write) args[1] = NAME(wb);
    V file = obj_call(t, open, args, 7, V_NULL);
    v_drop(t, open);
    return file;
}

static V wrap_text(Thread *t, V io, V binary, V raw, const StreamPlan *plan) {
    bool tty = isatty(plan->fd), write_through = plan->write && start_options.unbuffered;
    bool line_buffered = !write_through && (tty || plan->fd == 2);
    V class = obj_getattr(t, io, NAME(TextIOWrapper));
    V encoding = v_is_error(class) ? V_ERROR : codec_name(t, plan->encoding);
    V errors = v_is_error(encoding) ? V_ERROR : str_from_cstr(t, plan->errors);
    V args[6] = {binary, encoding, errors, NAME_STR("\n"), v_from_bool(line_buffered), v_from_bool(write_through)};
    V text = v_is_error(errors) ? V_ERROR : obj_call(t, class, args, 6, V_NULL);
    v_drop(t, class);
    v_drop(t, encoding);
    v_drop(t, errors);
    (void)raw;
    if (v_is_error(text)) return V_ERROR;
    if (obj_setattr(t, text, NAME(mode), plan->write ? NAME(w) : NAME(r)) == 0) return text;
    v_drop(t, text);
    return V_ERROR;
}

static V open_stream(Thread *t, V io, const StreamPlan *plan) {
    struct stat st;
    if (fstat(plan->fd, &st) < 0) return V_NONE;
    if (S_ISDIR(st.st_mode) && plan->fd == 0) {
        fputs("Fatal Python error: init_sys_streams: <stdin> is a directory, cannot continue\n", stderr);
        exit(1);
    }
    bool unbuffered = plan->write && start_options.unbuffered;
    V binary = open_binary(t, io, plan, unbuffered);
    if (v_is_error(binary)) {
        if (!err_matches(t, &exc_OSError)) return V_ERROR;
        err_clear(t); // a directory as standard input
        return V_NONE;
    }
    V raw = unbuffered ? v_dup(binary) : obj_getattr(t, binary, NAME(raw)), text = V_ERROR;
    if (!v_is_error(raw) && set_name(t, raw, plan->name) == 0) text = wrap_text(t, io, binary, raw, plan);
    v_drop(t, raw);
    v_drop(t, binary);
    return text;
}

int stdio_start(Thread *t) {
    static const StreamPlan plans[3] = {
        {"<stderr>", "stderr", 2, true, NULL, NULL},
        {"<stdin>", "stdin", 0, false, NULL, NULL},
        {"<stdout>", "stdout", 1, true, NULL, NULL},
    };
    V io = import_module_c(t, "_io");
    if (v_is_error(io)) return -1;
    char *copy = start_options.io_encoding ? strdup(start_options.io_encoding) : NULL;
    int r = 0;
    for (int i = 0; i < 3 && r == 0; i++) {
        StreamPlan plan = plans[i];
        char hidden[16] = "__";
        if (copy) strcpy(copy, start_options.io_encoding);
        plan_encoding(&plan, copy);
        V stream = open_stream(t, io, &plan);
        strcat(strcat(hidden, plan.attribute), "__");
        r = v_is_error(stream) || sys_set(t, plan.attribute, stream) < 0 ? -1 : sys_set(t, hidden, stream);
        v_drop(t, stream);
    }
    free(copy);
    v_drop(t, io);
    return r;
}
