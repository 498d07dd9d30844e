// SPDX-License-Identifier: MIT
// Module faulthandler: Python tracebacks on fatal signals, on request, and after a timeout.
//
// What runs in a signal handler uses nothing but async-signal-safe calls; src/runtime/fatal.c writes the tracebacks.
// A signal handler reads the frames of other threads as they stand: it cannot wait for them.  Who can wait stops the
// world for it.  The watcher of dump_traceback_later is there for programs that hang, so it waits for a limited time.
#include "object/misc.h"
#include "runtime/fatal.h"
#include "runtime/runtime.h"
#include "threading/mutex.h"
#include "vm/vm.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <unistd.h>

typedef struct FatalSignal { int number; const char *text; bool enabled; struct sigaction previous; } FatalSignal;
static FatalSignal fatal[] = {
    {.number = SIGBUS, .text = "Bus error"}, {.number = SIGILL, .text = "Illegal instruction"},
    {.number = SIGFPE, .text = "Floating point exception"}, {.number = SIGABRT, .text = "Aborted"},
    {.number = SIGSEGV, .text = "Segmentation fault"},
};
static bool is_on, all_threads;
static int fatal_fd = 2;
static Slot fatal_file, later_file; // keep the file objects open

static void copy_text(int from, int to) {
    off_t at = 0;
    while (sendfile(to, from, &at, 1 << 20) > 0) { }
    if (at > 0) return;
    char buffer[4096]; // not every file takes that: one opened for appending does not
    ssize_t n;
    while ((n = pread(from, buffer, sizeof buffer, at)) > 0 && (n = write(to, buffer, (size_t)n)) > 0) at += n;
}

// What is written in a stopped world goes through a file in memory (-1: there is none): who reads the other end of a pipe
// may be one of the threads that are stopped.
static int text_begin(void) { return memfd_create("tracebacks", MFD_CLOEXEC); }

static void text_end(Thread *t, int text, int fd) {
    if (text < 0) return;
    BLOCKING(t) {
        bool begun = fatal_turn_begin();
        copy_text(text, fd);
        fatal_turn_end(begun);
    }
    close(text);
}

// In a signal handler.
static void dump(int fd, const Thread *current, bool all) {
    if (all) fatal_dump_all(fd, current);
    else if (current) fatal_dump_stack(fd, current);
}

// ---- fatal signals ---------------------------------------------------------------------------------------------------------------
static void on_fatal(int number) {
    int saved = errno;
    FatalSignal *which = NULL;
    for (size_t i = 0; i < countof(fatal); i++) {
        if (fatal[i].number == number) which = &fatal[i];
    }
    if (which) {
        sigaction(number, &which->previous, NULL);
        which->enabled = false;
    }
    bool begun = fatal_turn_begin();
    if (which) {
        fatal_say(fatal_fd, "Fatal Python error: ");
        fatal_say(fatal_fd, which->text);
        fatal_say(fatal_fd, "\n\n");
    }
    dump(fatal_fd, thread_current(), all_threads);
    fatal_dump_extensions(fatal_fd);
    fatal_turn_end(begun);
    errno = saved;
    raise(number);
}

static int turn_on(Thread *t, int fd, bool all) {
    fatal_fd = fd;
    all_threads = all;
    if (is_on) return 0;
    stack_t stack = {.ss_size = SIGSTKSZ * 4};
    stack.ss_sp = malloc(stack.ss_size);
    if (!stack.ss_sp) return err_no_memory(t), -1;
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < countof(fatal); i++) {
        struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_NODEFER | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        if (sigaction(fatal[i].number, &action, &fatal[i].previous) == 0) fatal[i].enabled = true;
    }
    is_on = true;
    return 0;
}

static void turn_off(void) {
    for (size_t i = 0; i < countof(fatal); i++) {
        if (fatal[i].enabled) sigaction(fatal[i].number, &fatal[i].previous, NULL);
        fatal[i].enabled = false;
    }
    is_on = false;
}

int faulthandler_start(Thread *t) { return turn_on(t, 2, true); }

// ---- arguments --------------------------------------------------------------------------------------------------------------------
// The descriptor of a file argument (None, a number, or an object with fileno); the file to keep in *file (borrowed).
static int descriptor_of(Thread *t, V arg, V *file) {
    V stream = V_NULL;
    int fd = -1;
    *file = V_NULL;
    if (arg == V_NULL || arg == V_NONE) {
        stream = sys_get_name(t, NAME(stderr));
        if (stream == V_NULL || stream == V_NONE) {
            err_set(t, &exc_RuntimeError, stream == V_NULL ? "unable to get sys.stderr" : "sys.stderr is None");
            return -1;
        }
        arg = stream;
    } else if (v_is_any_int(arg)) {
        if (num_as_int(t, arg, &fd) < 0) return -1;
        if (fd < 0) err_set(t, &exc_ValueError, "file is not a valid file descripter");
        return fd;
    }
    V number = obj_call_method0(t, arg, NAME(fileno));
    if (!v_is_error(number) && num_as_int(t, number, &fd) == 0) {
        if (fd < 0) err_set(t, &exc_RuntimeError, "file.fileno() is not a valid file descriptor");
        V flushed = fd < 0 ? V_NONE : obj_call_method0(t, arg, NAME(flush));
        if (v_is_error(flushed)) err_clear(t);
        v_drop(t, flushed);
        *file = arg;
    }
    v_drop(t, number);
    v_drop(t, stream);
    return fd;
}

static int truth_or(Thread *t, V v, bool fallback) { return v == V_NULL ? fallback : obj_is_true(t, v); }

static NATIVE(faulthandler_enable) {
    UNUSED_NATIVE();
    V file;
    int fd = descriptor_of(t, args[0], &file), all = truth_or(t, args[1], true);
    if (fd < 0 || all < 0) return V_ERROR;
    root_set(t, &fatal_file, file == V_NULL ? V_NONE : file);
    return turn_on(t, fd, all) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(faulthandler_disable) {
    UNUSED_NATIVE();
    bool was = is_on;
    turn_off();
    return v_from_bool(was);
}

static NATIVE(faulthandler_is_enabled) {
    UNUSED_NATIVE();
    return v_from_bool(is_on);
}

static NATIVE(faulthandler_dump_traceback) {
    UNUSED_NATIVE();
    V file;
    int fd = descriptor_of(t, args[0], &file), all = truth_or(t, args[1], true);
    if (fd < 0 || all < 0) return V_ERROR;
    if (!all) return fatal_dump_stack(fd, t), V_NONE;
    int text = text_begin();
    world_stop(t);
    fatal_dump_all_stw(text < 0 ? fd : text, t, NULL);
    world_start(t);
    text_end(t, text, fd);
    return V_NONE;
}

// ---- after a timeout ----------------------------------------------------------------------------------------------------------------
static struct Later {
    pthread_t thread;
    bool running;     // a watcher exists
    uint32_t cancel;  // atomic, futex: 1 ends the watcher
    int64_t timeout_ns;
    int fd;
    bool repeat, exit_after;
    pid_t process;    // a forked child has no watcher
    char header[64];
} later;

// The watcher has no Thread, as it must not depend on others.  When the time is over it makes one that stops the world and
// reads the frames (the reader), and gives it up when that takes too long: somebody is in native code, or has the lock.
//
//   IDLE --watcher--> WAITING --reader, world stopped--> READING --> WRITTEN --reader ends--> IDLE
//                        +------watcher, out of patience--> ABANDONED -------reader ends------^
enum { READER_IDLE, READER_WAITING, READER_READING, READER_WRITTEN, READER_ABANDONED };
#define READER_PATIENCE_NS 2000000000
static uint32_t reader_state; // atomic, futex

static bool reader_moves(uint32_t from, uint32_t to) { return at_cas_acq_rel(&reader_state, &from, to); }

static void *read_all(void *arg) {
    Thread *t = arg;
    thread_start_here(t);
    int text = text_begin();
    world_stop(t);
    bool reading = reader_moves(READER_WAITING, READER_READING);
    if (reading) fatal_dump_all_stw(text < 0 ? later.fd : text, NULL, t);
    world_start(t);
    text_end(t, text, later.fd);
    if (reading) {
        at_store_release(&reader_state, (uint32_t)READER_WRITTEN);
        futex_wake(&reader_state, 1);
    }
    thread_exit(t);
    at_store_release(&reader_state, (uint32_t)READER_IDLE);
    futex_wake(&reader_state, 1);
    return NULL;
}

// In a stopped world there is no new Thread.  One that got no pthread is kept for the next time.
static bool start_reader(void) {
    static Thread *made; // the watcher's
    for (int i = 0; !made && i < 1000; i++) {
        made = thread_new(NULL);
        if (!made) usleep(READER_PATIENCE_NS / 1000000);
    }
    pthread_t handle;
    if (!made || pthread_create(&handle, NULL, read_all, made) != 0) return false;
    pthread_detach(handle);
    made = NULL;
    return true;
}

static void while_reader_is(uint32_t state) {
    int64_t deadline = time_monotonic_ns() + READER_PATIENCE_NS, left = READER_PATIENCE_NS;
    while (left > 0 && at_load_acquire(&reader_state) == state) {
        futex_wait(&reader_state, state, left);
        left = deadline - time_monotonic_ns();
    }
}

// Tracebacks by a reader; false: there is none, nothing was written.
static bool dump_by_reader(void) {
    while_reader_is(READER_WRITTEN); // the last one, on its way out
    if (!reader_moves(READER_IDLE, READER_WAITING)) return false; // one that was given up still waits
    if (!start_reader()) {
        at_store_release(&reader_state, (uint32_t)READER_IDLE);
        return false;
    }
    while_reader_is(READER_WAITING);
    if (reader_moves(READER_WAITING, READER_ABANDONED)) return false;
    while (at_load_acquire(&reader_state) == READER_READING) futex_wait(&reader_state, READER_READING, -1);
    return true;
}

static void *watch(void *arg) {
    (void)arg;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    do {
        int64_t deadline = time_monotonic_ns() + later.timeout_ns, left = later.timeout_ns;
        while (left > 0 && !at_load_acquire(&later.cancel)) {
            futex_wait(&later.cancel, 0, left);
            left = deadline - time_monotonic_ns();
        }
        if (at_load_acquire(&later.cancel)) break;
        fatal_say(later.fd, later.header);
        if (!dump_by_reader()) fatal_dump_all(later.fd, NULL);
        if (later.exit_after) _exit(1);
    } while (later.repeat);
    return NULL;
}

static void cancel_later(Thread *t) {
    if (later.process != getpid()) { // nor a reader
        later.running = false;
        at_store_relaxed(&reader_state, (uint32_t)READER_IDLE);
    }
    if (!later.running) return;
    at_store_release(&later.cancel, 1u);
    futex_wake(&later.cancel, 1);
    BLOCKING(t) pthread_join(later.thread, NULL);
    later.running = false;
}

static NATIVE(faulthandler_dump_traceback_later) {
    UNUSED_NATIVE();
    double seconds;
    V file;
    if (num_as_double(t, args[0], &seconds) < 0) return V_ERROR;
    if (seconds <= 0) return err_set(t, &exc_ValueError, "timeout must be greater than 0");
    int repeat = truth_or(t, args[1], false), fd = descriptor_of(t, args[2], &file), leave = truth_or(t, args[3], false);
    if (repeat < 0 || fd < 0 || leave < 0) return V_ERROR;
    cancel_later(t);
    root_set(t, &later_file, file == V_NULL ? V_NONE : file);
    later.timeout_ns = (int64_t)(seconds * 1e9);
    later.fd = fd;
    later.repeat = repeat;
    later.exit_after = leave;
    later.process = getpid();
    at_store_release(&later.cancel, 0u);
    long whole = (long)seconds, micro = (long)((seconds - (double)whole) * 1e6);
    if (micro) snprintf(later.header, sizeof later.header, "Timeout (%ld:%02ld:%02ld.%06ld)!\n", whole / 3600, whole / 60 % 60, whole % 60, micro);
    else snprintf(later.header, sizeof later.header, "Timeout (%ld:%02ld:%02ld)!\n", whole / 3600, whole / 60 % 60, whole % 60);
    if (pthread_create(&later.thread, NULL, watch, NULL) != 0) return err_set(t, &exc_RuntimeError, "unable to start watchdog thread");
    later.running = true;
    return V_NONE;
}

static NATIVE(faulthandler_cancel_dump_traceback_later) {
    UNUSED_NATIVE();
    cancel_later(t);
    return V_NONE;
}

// ---- on a signal of the program's choice ----------------------------------------------------------------------------------------
static struct UserSignal { bool enabled, all, chain; int fd; struct sigaction previous; } user[NSIG];
static Slot user_files[NSIG]; // keep the file objects open

static void on_user(int number) {
    int saved = errno;
    struct UserSignal *u = &user[number];
    if (!u->enabled) return;
    bool begun = fatal_turn_begin();
    if (begun) dump(u->fd, thread_current(), u->all); // else as in CPython: the report that is being written must do
    fatal_turn_end(begun);
    if (u->chain) {
        sigaction(number, &u->previous, NULL);
        errno = saved;
        raise(number);
        struct sigaction action = {.sa_handler = on_user, .sa_flags = SA_NODEFER | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        sigaction(number, &action, NULL);
    }
    errno = saved;
}

static int user_signal(Thread *t, V v, int *out) {
    if (num_as_int_old(t, v, out) < 0) return -1;
    for (size_t i = 0; i < countof(fatal); i++) {
        if (fatal[i].number != *out) continue;
        err_set(t, &exc_RuntimeError, "signal %i cannot be registered, use enable() instead", *out);
        return -1;
    }
    if (*out >= 1 && *out < NSIG) return 0;
    err_set(t, &exc_ValueError, "signal number out of range");
    return -1;
}

static NATIVE(faulthandler_register) {
    UNUSED_NATIVE();
    int number;
    V file;
    if (user_signal(t, args[0], &number) < 0) return V_ERROR;
    int fd = descriptor_of(t, args[1], &file), all = truth_or(t, args[2], true), chain = truth_or(t, args[3], false);
    if (fd < 0 || all < 0 || chain < 0) return V_ERROR;
    struct UserSignal *u = &user[number];
    struct sigaction action = {.sa_handler = on_user, .sa_flags = (chain ? SA_NODEFER : SA_RESTART) | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    struct UserSignal fresh = {true, all, chain, fd, u->previous};
    if (!u->enabled && sigaction(number, &action, &fresh.previous) < 0) return err_errno(t, &exc_OSError, V_NULL, V_NULL);
    *u = fresh;
    root_set(t, &user_files[number], file == V_NULL ? V_NONE : file);
    return V_NONE;
}

static NATIVE(faulthandler_unregister) {
    UNUSED_NATIVE();
    int number;
    if (user_signal(t, args[0], &number) < 0) return V_ERROR;
    bool was = user[number].enabled;
    if (was) sigaction(number, &user[number].previous, NULL);
    user[number].enabled = false;
    root_set(t, &user_files[number], V_NONE);
    return v_from_bool(was);
}

// ---- crashing, for tests -----------------------------------------------------------------------------------------------------------
static void no_core_file(void) {
    struct rlimit limit = {0, 0};
    setrlimit(RLIMIT_CORE, &limit);
}

static NATIVE(faulthandler_sigsegv) {
    UNUSED_NATIVE();
    no_core_file();
    raise(SIGSEGV);
    return V_NONE;
}

static NATIVE(faulthandler_sigabrt) {
    UNUSED_NATIVE();
    no_core_file();
    abort();
}

static NATIVE(faulthandler_sigfpe) {
    UNUSED_NATIVE();
    no_core_file();
    raise(SIGFPE);
    return V_NONE;
}

static NATIVE(faulthandler_read_null) {
    UNUSED_NATIVE();
    no_core_file();
    int *volatile nowhere = NULL;
    return v_from_int(*(volatile int *)nowhere);
}

// Goes on until the stack is used up: returns only when that has not happened after 100 MB.
__attribute__((noinline)) static size_t go_deeper(size_t depth) {
    volatile char page[4096];
    page[0] = (char)depth;
    return depth > 100u << 20 ? depth : go_deeper(depth + sizeof page) + (size_t)page[0];
}

static NATIVE(faulthandler_stack_overflow) {
    UNUSED_NATIVE();
    no_core_file();
    size_t used = go_deeper(sizeof(int));
    return err_set(t, &exc_RuntimeError, "unable to raise a stack overflow (allocated %zu bytes on the stack)", used);
}

static void *die(void *arg) {
    (void)arg;
    fatal_error("faulthandler_fatal_error_thread", "in new thread");
}

static NATIVE(faulthandler_fatal_error_c_thread) {
    UNUSED_NATIVE();
    no_core_file();
    pthread_t thread;
    if (pthread_create(&thread, NULL, die, NULL) != 0) return err_set(t, &exc_RuntimeError, "unable to start the thread");
    BLOCKING(t) pthread_join(thread, NULL);
    return V_NONE;
}

#define FN(name, sig, doc) {#name, faulthandler_##name, sig, LOCK_NONE, 0, doc}
static const Method methods[] = {
    FN(enable, "file=sys.stderr, all_threads=True", "Shows tracebacks on fatal signals."),
    FN(disable, "", "Shows nothing on fatal signals any more."),
    FN(is_enabled, "", "Whether tracebacks are shown on fatal signals."),
    FN(dump_traceback, "file=sys.stderr, all_threads=True", "Shows tracebacks now."),
    FN(dump_traceback_later, "timeout, repeat=False, file=sys.stderr, exit=False", "Shows tracebacks when the time is over."),
    FN(cancel_dump_traceback_later, "", "Takes dump_traceback_later back."),
    FN(register, "signum, file=sys.stderr, all_threads=True, chain=False", "Shows tracebacks when a signal arrives."),
    FN(unregister, "signum, /", "Takes register back."),
    {"_sigsegv", faulthandler_sigsegv, "release_gil=False, /", LOCK_NONE, 0, "Sends SIGSEGV to this process."},
    {"_sigabrt", faulthandler_sigabrt, "", LOCK_NONE, 0, "Sends SIGABRT to this process."},
    {"_sigfpe", faulthandler_sigfpe, "", LOCK_NONE, 0, "Sends SIGFPE to this process."},
    {"_read_null", faulthandler_read_null, "", LOCK_NONE, 0, "Reads from address 0."},
    {"_stack_overflow", faulthandler_stack_overflow, "", LOCK_NONE, 0, "Calls itself until the C stack is used up."},
    {"_fatal_error_c_thread", faulthandler_fatal_error_c_thread, "", LOCK_NONE, 0, "A fatal error in a thread that runs no Python."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    (void)t, (void)module;
    static bool done;
    if (!done) {
        root_register(&fatal_file);
        root_register(&later_file);
        for (size_t i = 0; i < NSIG; i++) root_register(&user_files[i]);
    }
    done = true;
    return 0;
}

const ModuleDef mod_faulthandler = {
    .name = "faulthandler",
    .doc = "Python tracebacks when the process dies, hangs, or is asked for them.",
    .methods = methods,
    .exec = exec,
};
