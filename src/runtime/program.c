// SPDX-License-Identifier: MIT
// Running the program that the command line names: -c, -m, a script, a directory or zip file, standard input, the prompt.
#include "base/utf8.h"
#include "front/compile.h"
#include "object/bytes.h"
#include "object/exceptions.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "vm/vm.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool program_interrupted;

// ---- how it ended -------------------------------------------------------------------------------------------------------
// The status that SystemExit(code) asks for; a code that is no number is shown.  Consumes code.
static int status_of_code(Thread *t, V code) {
    if (code == V_NONE) return 0;
    int status = 1;
    if (v_is_any_int(code)) {
        int64_t n;
        if (int_as_i64(t, code, &n) < 0) {
            err_clear(t);
            n = -1;
        }
        status = (int)n;
    } else {
        traceback_write_line(t, code);
    }
    v_drop(t, code);
    return status;
}

int program_exit_status(Thread *t) {
    if (err_matches(t, &exc_KeyboardInterrupt)) program_interrupted = true;
    for (int rounds = 0; rounds < 2; rounds++) {
        if (err_matches(t, &exc_SystemExit)) {
            V exc = err_fetch(t), code = obj_lookup_attr(t, exc, NAME(code));
            v_drop(t, exc);
            if (code == V_NULL || v_is_error(code)) {
                err_clear(t);
                code = V_NONE;
            }
            program_interrupted = false;
            return status_of_code(t, code);
        }
        if (traceback_report(t) == 0) return 1;
        // the excepthook raised SystemExit: its status counts
    }
    err_clear(t);
    return 1;
}

static int finish_run(Thread *t, V result) {
    v_drop(t, result);
    if (!v_is_error(result)) return 0;
    return program_exit_status(t);
}

// ---- sys.argv and sys.path[0] ------------------------------------------------------------------------------------------------
static int set_argv(Thread *t, const StartOptions *o, const char *first) {
    V list = list_with_capacity(t, (size_t)o->nargs + 1);
    for (int i = -1; i < o->nargs && !v_is_error(list); i++) {
        const char *text = i < 0 ? first : o->args[i];
        V arg = str_from_utf8_surrogateescape(t, text, strlen(text));
        if (v_is_error(arg) || list_append_steal(t, list, arg) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    int r = v_is_error(list) ? -1 : sys_set(t, "argv", list);
    v_drop(t, list);
    return r;
}

static int insert_path(Thread *t, const char *entry) {
    V path = sys_get_name(t, NAME(path));
    V text = str_from_utf8_surrogateescape(t, entry, strlen(entry));
    int r = v_is_error(text) ? -1 : path != V_NULL && v_is_list(path) ? list_insert(t, path, 0, text) : 0;
    v_drop(t, path);
    v_drop(t, text);
    return r;
}

static NOINLINE int insert_script_directory(Thread *t, const char *script) {
    char full[2 * PATH_MAX];
    if (!realpath(script, full)) snprintf(full, sizeof full, "%s", script);
    char *slash = strrchr(full, '/');
    if (!slash) return insert_path(t, "");
    slash[slash == full] = '\0';
    return insert_path(t, full);
}

// ---- code ------------------------------------------------------------------------------------------------------------------------
static V main_dict(void) { return module_dict_borrow(main_module_borrow()); }

V run_source_string(Thread *t, const char *source, V filename, int mode, V globals, V locals) {
    V text = str_from_utf8(t, source, strlen(source));
    V code = v_is_error(text) ? V_ERROR : compile_source(t, text, filename, mode, FRONT_IGNORE_COOKIE, -1, FRONT_FEATURE_VERSION);
    v_drop(t, text);
    if (v_is_error(code)) return V_ERROR;
    V result = vm_eval_code(t, code, globals, locals);
    v_drop(t, code);
    return result;
}

static int audit_run(Thread *t, const char *event, const char *what) {
    if (!sys_audit_wanted()) return 0;
    V text = str_from_utf8_surrogateescape(t, what, strlen(what)), details = v_is_error(text) ? V_ERROR : tuple_pack(t, 1, text);
    int r = v_is_error(details) ? -1 : sys_audit(t, event, details);
    v_drop(t, text);
    v_drop(t, details);
    return r;
}

static int run_command(Thread *t, const StartOptions *o) {
    V text = str_from_utf8_surrogateescape(t, o->target, strlen(o->target));
    if (v_is_error(text) || audit_run(t, "cpython.run_command", o->target) < 0) return program_exit_status(t);
    size_t n;
    if (!str_utf8(t, text, &n)) {
        v_drop(t, text);
        fputs("Unable to decode the command from the command line:\n", stderr);
        return program_exit_status(t);
    }
    V code = compile_source(t, text, NAME_STR("<string>"), FRONT_EXEC, FRONT_IGNORE_COOKIE, -1, FRONT_FEATURE_VERSION);
    v_drop(t, text);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, main_dict(), main_dict());
    v_drop(t, code);
    return finish_run(t, result);
}

static int run_module(Thread *t, const char *name, bool alter_argv) {
    if (audit_run(t, "cpython.run_module", name) < 0) return program_exit_status(t);
    V run = import_attr_c(t, "runpy", "_run_module_as_main");
    if (v_is_error(run)) {
        fputs("Could not import runpy module\n", stderr);
        return program_exit_status(t);
    }
    V text = str_from_utf8_surrogateescape(t, name, strlen(name));
    V result = v_is_error(text) ? V_ERROR : obj_call2(t, run, text, v_from_bool(alter_argv));
    v_drop(t, text);
    v_drop(t, run);
    return finish_run(t, result);
}

// ---- files -------------------------------------------------------------------------------------------------------------------------
// A zip file ends with a record that begins PK\5\6, behind which there may be a comment.
static NOINLINE bool is_zip_file(const char *path) { // its buffer must not lie below the whole program
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char tail[66000];
    bool found = false;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 22) {
        size_t want = (size_t)st.st_size < sizeof tail ? (size_t)st.st_size : sizeof tail;
        ssize_t got = pread(fd, tail, want, st.st_size - (off_t)want);
        for (ssize_t i = got - 22; i >= 0 && !found; i--) found = memcmp(tail + i, "PK\5\6", 4) == 0;
    }
    if (fd >= 0) close(fd);
    return found;
}

static bool is_directory(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// A directory or zip file is run through its __main__ module: 1 when some path hook takes it.
static int is_importable(Thread *t, const char *path) {
    if (!is_directory(path) && !is_zip_file(path)) return 0;
    V entry = str_from_utf8_surrogateescape(t, path, strlen(path));
    V finder = v_is_error(entry) ? V_ERROR : path_importer(t, entry);
    v_drop(t, entry);
    v_drop(t, finder);
    return v_is_error(finder) ? -1 : finder != V_NONE;
}

static void cannot_open(const StartOptions *o, const char *path, int error) {
    fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", o->argv[0], path, error, strerror(error));
}

static V script_bytes(Thread *t, const StartOptions *o, V path) {
    V data = file_read_all(t, path);
    if (v_is_error(data) || !o->skip_first_line) return data;
    const char *p = bytes_data(data), *newline = memchr(p, '\n', bytes_len(data));
    size_t skip = newline ? (size_t)(newline - p) : bytes_len(data);
    V rest = bytes_from(t, p + skip, bytes_len(data) - skip);
    v_drop(t, data);
    return rest;
}

static bool ends_with_pyc(const char *path) {
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".pyc") == 0;
}

// The loader that __main__.__loader__ names.
static int set_main_loader(Thread *t, V path, const Slot *class) {
    V args[2] = {NAME(__main__), path}, loader = obj_call(t, class_of(class), args, 2, V_NULL);
    int r = v_is_error(loader) ? -1 : module_add(t, main_module_borrow(), "__loader__", loader);
    v_drop(t, loader);
    return r;
}

static V script_code(Thread *t, const StartOptions *o, const char *file, V path) {
    bool compiled = ends_with_pyc(file);
    V dict = main_dict();
    if (dict_set(t, dict, NAME(__file__), path) < 0 || dict_set(t, dict, NAME(__cached__), V_NONE) < 0) return V_ERROR;
    if (set_main_loader(t, path, compiled ? &class_sourceless_loader : &class_source_file_loader) < 0) return V_ERROR;
    if (compiled) {
        V loader = dict_get(t, dict, NAME(__loader__));
        V code = v_is_error(loader) ? V_ERROR : obj_call_method1(t, loader, NAME(get_code), NAME(__main__));
        v_drop(t, loader);
        return code;
    }
    V source = script_bytes(t, o, path);
    if (v_is_error(source)) return V_ERROR;
    V code = compile_source(t, source, path, FRONT_EXEC, FRONT_OF_FILE, -1, FRONT_FEATURE_VERSION);
    v_drop(t, source);
    return code;
}

static int run_script(Thread *t, const StartOptions *o, const char *file) {
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        cannot_open(o, file, errno);
        return 2;
    }
    close(fd);
    V path = str_from_utf8_surrogateescape(t, file, strlen(file));
    if (v_is_error(path) || audit_run(t, "cpython.run_file", file) < 0) return program_exit_status(t);
    V code = script_code(t, o, file, path);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, main_dict(), main_dict());
    v_drop(t, code);
    // the file names are gone when -i goes on
    V exc = err_fetch(t);
    if (o->inspect && (dict_discard(t, main_dict(), NAME(__file__)) < 0 || dict_discard(t, main_dict(), NAME(__cached__)) < 0))
        err_clear(t);
    err_restore_steal(t, exc);
    v_drop(t, path);
    return finish_run(t, result);
}

static int run_file(Thread *t, const StartOptions *o) {
    static char file[2 * PATH_MAX], here[PATH_MAX]; // not below the program on the C stack, which collectors look at
    if (*o->target == '/' || !getcwd(here, sizeof here)) snprintf(file, sizeof file, "%s", o->target);
    else if (strcmp(o->target, ".") == 0) snprintf(file, sizeof file, "%s", here);
    else snprintf(file, sizeof file, "%s/%s", here, o->target);
    int importable = is_importable(t, file);
    if (importable < 0) return program_exit_status(t);
    if (importable) {
        if (insert_path(t, file) < 0) return program_exit_status(t);
        return run_module(t, "__main__", false);
    }
    if (!o->safe_path && insert_script_directory(t, file) < 0) return program_exit_status(t);
    return run_script(t, o, file);
}

// ---- standard input ------------------------------------------------------------------------------------------------------------
static int run_stdin(Thread *t) {
    V name = NAME_STR("<stdin>"), path = str_from_cstr(t, "/dev/stdin");
    if (v_is_error(path) || audit_run(t, "cpython.run_stdin", "") < 0) return program_exit_status(t);
    V source = file_read_fd(t, 0);
    v_drop(t, path);
    V code = v_is_error(source) ? V_ERROR : compile_source(t, source, name, FRONT_EXEC, FRONT_OF_FILE, -1, FRONT_FEATURE_VERSION);
    v_drop(t, source);
    V result = v_is_error(code) ? V_ERROR : vm_eval_code(t, code, main_dict(), main_dict());
    v_drop(t, code);
    return finish_run(t, result);
}

static int run_interactive(Thread *t, const StartOptions *o) {
    return isatty(0) || o->interactive ? interactive_run(t, main_dict()) : run_stdin(t);
}

static const char *argv0(const StartOptions *o) {
    switch (o->kind) {
    case RUN_COMMAND: return "-c";
    case RUN_MODULE: return "-m";
    case RUN_INTERACTIVE: return "";
    default: return o->target;
    }
}

static int run_kind(Thread *t, const StartOptions *o) {
    static char here[PATH_MAX];
    switch (o->kind) {
    case RUN_FILE: return run_file(t, o);
    case RUN_MODULE:
        if (!o->safe_path && getcwd(here, sizeof here) && insert_path(t, here) < 0) return program_exit_status(t);
        return run_module(t, o->target, true);
    default: break;
    }
    if (!o->safe_path && insert_path(t, "") < 0) return program_exit_status(t);
    if (o->kind == RUN_COMMAND) return run_command(t, o);
    return run_interactive(t, o);
}

int program_run(Thread *t, const StartOptions *o) {
    if (set_argv(t, o, argv0(o)) < 0) return program_exit_status(t);
    int status = run_kind(t, o);
    bool inspect = o->inspect || options_getenv(o, "PYTHONINSPECT");
    if (!inspect || o->kind == RUN_INTERACTIVE || o->kind == RUN_STDIN || !(isatty(0) || o->interactive)) return status;
    program_interrupted = false;
    return interactive_run(t, main_dict());
}
