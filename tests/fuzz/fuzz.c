// SPDX-License-Identifier: MIT
// The frame of every harness: the interpreter is started once, inputs are run in it one after the other.
//
// An input that computes for FUZZ_SECONDS of processor time is interrupted by an exception (patterns may backtrack for
// ever by right); what does not answer that is found by libFuzzer's -timeout.
#include "fuzz.h"
#include "front/compile.h"
#include "gc/gc.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

enum { FUZZ_SECONDS = 2, COLLECT_EVERY = 256 };
static Thread *thread;

// libFuzzer keeps SIGALRM for itself.  A handler in Python raises at the next safepoint.
static const char interrupt_source[] =
    "import signal\n"
    "class Interrupted(BaseException): pass\n"
    "def interrupt(number, frame): raise Interrupted\n"
    "signal.signal(signal.SIGVTALRM, interrupt)\n";

static void interrupt_after(int seconds) {
    struct itimerval timer = {.it_value.tv_sec = seconds};
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

void fuzz_wrong(const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    fputs("WRONG: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    if (err_pending(thread)) err_print(thread);
    abort();
}

V fuzz_helper(Thread *t, const char *file, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/fuzz/%s.py", HEDDLE_SOURCE_DIR, file);
    V text = str_from_cstr(t, path), globals = dict_new(t), done = V_ERROR, source = file_read_all(t, text), helper = V_ERROR;
    if (!v_is_error(source) && dict_set_c(t, globals, "__builtins__", builtins_dict_borrow()) == 0)
        done = run_source_string(t, (const char *)bytes_data(source), text, FRONT_EXEC, globals, globals);
    if (!v_is_error(done)) helper = dict_get_c(t, globals, name);
    v_drop(t, done);
    v_drop(t, source);
    v_drop(t, globals);
    v_drop(t, text);
    return helper;
}

void fuzz_call(Thread *t, V helper, const uint8_t *data, size_t size) {
    V bytes = bytes_from(t, data, size);
    if (v_is_error(bytes)) return;
    v_drop(t, obj_call1(t, helper, bytes));
    v_drop(t, bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    static char name[] = "heddle", isolated[] = "-I", no_site[] = "-S", no_cache[] = "-B", quiet[] = "-Wignore", command[] = "-c",
                pass[] = "pass";
    static char *arguments[] = {name, isolated, no_site, no_cache, quiet, command, pass, NULL};
    (void)argc, (void)argv;
    if (options_parse(&start_options, 7, arguments)) exit(1);
    thread = threading_init();
    if (!thread || runtime_start(thread, &start_options) < 0) exit(1);
    V globals = dict_new(thread), name_text = str_from_cstr(thread, "<interrupt>");
    if (dict_set_c(thread, globals, "__builtins__", builtins_dict_borrow()) < 0 ||
        v_is_error(run_source_string(thread, interrupt_source, name_text, FRONT_EXEC, globals, globals)) ||
        fuzz_start(thread) < 0) {
        err_print(thread);
        exit(1);
    }
    v_drop(thread, name_text);
    v_drop(thread, globals);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static unsigned runs;
    interrupt_after(FUZZ_SECONDS);
    fuzz_one(thread, data, size);
    if (err_matches(thread, &exc_SystemError)) fuzz_wrong("an internal error was raised");
    interrupt_after(0);
    err_clear(thread);
    if (safepoint(thread) < 0) err_clear(thread); // the interrupt, when it came last
    if (++runs % COLLECT_EVERY == 0) gc_collect(thread, 2, true);
    return 0;
}
