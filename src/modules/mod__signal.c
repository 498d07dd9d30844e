// SPDX-License-Identifier: MIT
// Module _signal: handlers, masks, timers, and the signals that the interpreter itself looks after.
//
// The C handler only notes the signal (an atomic flag), writes its number to the wake-up descriptor and sets BREAK_SIGNAL
// on the main thread; the Python handler runs at that thread's next safepoint (signals_run).  Handlers are kept in an
// immortal tuple-like list, one slot a signal, read and written by the main thread only.
#include "time_private.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "threading/mutex.h"
#include "threading/parking.h"
#include "vm/vm.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = NSIG };

static Slot handlers[SIGNALS]; // roots: a callable, SIG_DFL or SIG_IGN (ints), None (not installed from Python)
static uint32_t tripped[SIGNALS]; // atomic
static uint32_t any_tripped;      // atomic
static int wakeup_fd = -1;        // atomic
static uint32_t warn_on_full = 1; // atomic
static Thread *main_thread;
static Slot itimer_error;         // signal.ItimerError
static Type *siginfo_type;

// ---- the C handler --------------------------------------------------------------------------------------------------------
static int report_wakeup_error(Thread *t, void *arg) {
    errno = (int)(intptr_t)arg;
    err_errno(t, &exc_OSError, V_NULL, V_NULL);
    err_unraisable(t, V_NULL, "when trying to write to the signal wakeup fd");
    return 0;
}

static uint32_t wakeup_failed; // atomic: errno + 1 of a failed write, told at the next safepoint

static void note_signal(int number) {
    int saved = errno;
    at_store_release(&tripped[number], 1u);
    at_store_release(&any_tripped, 1u);
    breaker_set(main_thread, BREAK_SIGNAL);
    park_interrupt(main_thread);
    int fd = at_load_relaxed(&wakeup_fd);
    if (fd != -1) {
        unsigned char byte = (unsigned char)number;
        ssize_t n = write(fd, &byte, 1);
        if (n < 0 && (at_load_relaxed(&warn_on_full) || (errno != EWOULDBLOCK && errno != EAGAIN)))
            at_store_relaxed(&wakeup_failed, (uint32_t)errno + 1);
    }
    errno = saved;
}

// The kernel gives a signal for the process to any thread that is about to return from it, also when it has chosen the main
// thread and interrupted what that waits for: which waits on.  So the main thread gets it, unless it does not want to.
static uint64_t main_blocks; // atomic: bit n - 1, the main thread blocks signal n

static void note_main_mask(void) {
    sigset_t mask;
    uint64_t blocked = 0;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < SIGNALS; number++)
        if (sigismember(&mask, number) == 1) blocked |= (uint64_t)1 << (number - 1);
    at_store_relaxed(&main_blocks, blocked);
}

static void handle_signal(int number) {
    if (thread_current() == main_thread || (at_load_relaxed(&main_blocks) >> (number - 1) & 1)) {
        note_signal(number);
        return;
    }
    int saved = errno;
    if (syscall(SYS_tgkill, getpid(), main_thread->native_id, number) < 0) note_signal(number);
    errno = saved;
}

void signal_simulate(int number) {
    V handler = root_get(&handlers[number]);
    bool ours = handler != V_NULL && handler != V_NONE && !v_is_any_int(handler);
    v_drop(thread_current(), handler);
    if (ours) note_signal(number);
}

void signals_after_fork(Thread *t) {
    main_thread = t;
    note_main_mask();
    for (int i = 0; i < SIGNALS; i++) at_store_relaxed(&tripped[i], 0u);
    at_store_relaxed(&any_tripped, 0u);
}

static int install(int number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    // While a fatal signal is handled on the alternate stack the handler must stay usable; system calls are interrupted.
    action.sa_flags = SA_ONSTACK;
    return sigaction(number, &action, NULL);
}

// ---- running handlers --------------------------------------------------------------------------------------------------------
static int run_handler(Thread *t, int number) {
    V handler = root_get(&handlers[number]);
    if (handler == V_NULL || handler == V_NONE || v_is_any_int(handler)) { // changed after the signal came
        if (handler == V_NULL || handler == V_NONE) err_clear(t);
        v_drop(t, handler);
        return 0;
    }
    V frame = vm_current_frame(t) ? vm_current_frame_object(t, 0) : V_NONE;
    V result = v_is_error(frame) ? V_ERROR : obj_call2(t, handler, v_from_int(number), frame);
    v_drop(t, frame);
    v_drop(t, handler);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

int signals_run(Thread *t) {
    if (t != main_thread) return 0;
    uint32_t failed = at_exchange_relaxed(&wakeup_failed, 0u);
    if (failed) (void)report_wakeup_error(t, (void *)(intptr_t)(failed - 1));
    if (!at_exchange_acq_rel(&any_tripped, 0u)) return 0;
    for (int number = 1; number < SIGNALS; number++) {
        if (!at_load_relaxed(&tripped[number]) || !at_exchange_acq_rel(&tripped[number], 0u)) continue;
        if (run_handler(t, number) == 0) continue;
        at_store_release(&any_tripped, 1u); // the rest runs after the exception
        breaker_set(t, BREAK_SIGNAL);
        return -1;
    }
    return 0;
}

// ---- arguments -----------------------------------------------------------------------------------------------------------------
static int signal_number(Thread *t, V v, int *out) {
    if (num_as_int(t, v, out) < 0) return -1;
    if (*out >= 1 && *out < SIGNALS) return 0;
    err_set(t, &exc_ValueError, "signal number out of range");
    return -1;
}

static V os_error(Thread *t) { return err_errno(t, &exc_OSError, V_NULL, V_NULL); }

// ---- signal, getsignal -----------------------------------------------------------------------------------------------------------
static V handler_value(int number) {
    V handler = root_get(&handlers[number]);
    return handler == V_NULL ? V_NONE : handler;
}

static NATIVE(signal_signal) {
    UNUSED_NATIVE();
    int number;
    if (num_as_int(t, args[0], &number) < 0) return V_ERROR;
    if (t != main_thread) return err_set(t, &exc_ValueError, "signal only works in main thread of the main interpreter");
    if (number < 1 || number >= SIGNALS) return err_set(t, &exc_ValueError, "signal number out of range");
    void (*action)(int) = handle_signal;
    bool is_int = v_is_any_int(args[1]);
    int64_t which = -1;
    if (is_int && int_as_i64(t, args[1], &which) < 0) err_clear(t);
    if (is_int && which == (intptr_t)SIG_DFL) action = SIG_DFL;
    else if (is_int && which == (intptr_t)SIG_IGN) action = SIG_IGN;
    else if (!obj_is_callable(args[1]))
        return err_set(t, &exc_TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    if (safepoint(t) < 0) return V_ERROR;
    if (install(number, action) < 0) return os_error(t);
    V old = handler_value(number);
    root_set(t, &handlers[number], action == handle_signal ? args[1] : v_from_int(action == SIG_IGN));
    return old;
}

static NATIVE(signal_getsignal) {
    UNUSED_NATIVE();
    int number;
    return signal_number(t, args[0], &number) < 0 ? V_ERROR : handler_value(number);
}

static NATIVE(signal_default_int_handler) {
    UNUSED_NATIVE();
    return err_set_none(t, &exc_KeyboardInterrupt);
}

// ---- waiting and sending --------------------------------------------------------------------------------------------------------
static NATIVE(signal_pause) {
    UNUSED_NATIVE();
    BLOCKING(t) pause();
    return safepoint(t) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(signal_alarm) {
    UNUSED_NATIVE();
    int seconds;
    return num_as_int(t, args[0], &seconds) < 0 ? V_ERROR : v_from_int(alarm((unsigned)seconds));
}

static NATIVE(signal_raise_signal) {
    UNUSED_NATIVE();
    int number, r;
    if (num_as_int(t, args[0], &number) < 0) return V_ERROR;
    thread_detach(t);
    r = raise(number);
    int error = errno;
    thread_attach(t);
    errno = error;
    if (r != 0) return os_error(t);
    return safepoint(t) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(signal_pthread_kill) {
    UNUSED_NATIVE();
    int64_t thread;
    int number;
    if (num_as_i64(t, args[0], &thread) < 0 || num_as_int(t, args[1], &number) < 0) return V_ERROR;
    int error = pthread_kill((pthread_t)thread, number);
    if (error) {
        errno = error;
        return os_error(t);
    }
    return safepoint(t) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(signal_pidfd_send_signal) {
    UNUSED_NATIVE();
    int fd, number, flags = 0;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_int(t, args[1], &number) < 0) return V_ERROR;
    if (args[3] != V_NULL && num_as_int(t, args[3], &flags) < 0) return V_ERROR;
    if (args[2] != V_NULL && args[2] != V_NONE) return err_set(t, &exc_TypeError, "siginfo must be None");
    return syscall(SYS_pidfd_send_signal, fd, number, NULL, flags) < 0 ? os_error(t) : V_NONE;
}

static NATIVE(signal_siginterrupt) {
    UNUSED_NATIVE();
    int number, flag;
    if (signal_number(t, args[0], &number) < 0 || num_as_int(t, args[1], &flag) < 0) return V_ERROR;
    struct sigaction action;
    if (sigaction(number, NULL, &action) < 0) return os_error(t);
    if (flag) action.sa_flags &= ~SA_RESTART;
    else action.sa_flags |= SA_RESTART;
    return sigaction(number, &action, NULL) < 0 ? os_error(t) : V_NONE;
}

static NATIVE(signal_set_wakeup_fd) {
    (void)self;
    V bound[2];
    int fd, warn_full = 1;
    if (args_bind(t, "set_wakeup_fd", "fd, /, *, warn_on_full_buffer=True", args, nargs, kwnames, bound) < 0 ||
        num_as_int(t, bound[0], &fd) < 0)
        return V_ERROR;
    if (bound[1] != V_NULL && (warn_full = obj_is_true(t, bound[1])) < 0) return V_ERROR;
    if (t != main_thread) return err_set(t, &exc_ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
    if (fd != -1) {
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0) return os_error(t);
        if (!(flags & O_NONBLOCK)) return err_set(t, &exc_ValueError, "the fd %i must be in non-blocking mode", fd);
    }
    int old = at_exchange_relaxed(&wakeup_fd, fd);
    at_store_relaxed(&warn_on_full, (uint32_t)warn_full);
    return v_from_int(old);
}

// ---- masks ----------------------------------------------------------------------------------------------------------------------
static int mask_from(Thread *t, V iterable, sigset_t *mask) {
    sigemptyset(mask);
    V it = obj_iter(t, iterable);
    if (v_is_error(it)) return -1;
    int r = 0;
    while (r == 0) {
        V item = obj_next(t, it);
        if (item == V_END) break;
        ptrdiff_t number = -1;
        r = v_is_error(item) ? -1 : num_as_ssize(t, item, &exc_OverflowError, &number);
        v_drop(t, item);
        if (r < 0 && err_matches(t, &exc_OverflowError)) { // such a number is as good as -1
            err_clear(t);
            r = 0;
        }
        if (r < 0) break;
        if (number < 1 || number >= SIGNALS) {
            err_set(t, &exc_ValueError, "signal number %zd out of range [1; %d]", number, SIGNALS - 1);
            r = -1;
        } else {
            sigaddset(mask, (int)number);
        }
    }
    v_drop(t, it);
    return r;
}

static V mask_to_set(Thread *t, const sigset_t *mask) {
    V set = set_new(t, V_NULL);
    for (int number = 1; number < SIGNALS && !v_is_error(set); number++) {
        if (sigismember(mask, number) != 1 || set_add(t, set, v_from_int(number)) == 0) continue;
        v_drop(t, set);
        set = V_ERROR;
    }
    return set;
}

static NATIVE(signal_pthread_sigmask) {
    UNUSED_NATIVE();
    int how;
    sigset_t mask, old;
    if (num_as_int(t, args[0], &how) < 0 || mask_from(t, args[1], &mask) < 0) return V_ERROR;
    int error = pthread_sigmask(how, &mask, &old);
    if (error) {
        errno = error;
        return os_error(t);
    }
    if (t == main_thread) note_main_mask();
    return safepoint(t) < 0 ? V_ERROR : mask_to_set(t, &old);
}

static NATIVE(signal_sigpending) {
    UNUSED_NATIVE();
    sigset_t mask;
    return sigpending(&mask) < 0 ? os_error(t) : mask_to_set(t, &mask);
}

static NATIVE(signal_valid_signals) {
    UNUSED_NATIVE();
    sigset_t mask;
    sigfillset(&mask); // leaves out those the C library keeps for itself
    return mask_to_set(t, &mask);
}

static NATIVE(signal_sigwait) {
    UNUSED_NATIVE();
    sigset_t mask;
    int number, error;
    if (mask_from(t, args[0], &mask) < 0) return V_ERROR;
    BLOCKING(t) error = sigwait(&mask, &number);
    if (error) {
        errno = error;
        return os_error(t);
    }
    return v_from_int(number);
}

static V siginfo_value(Thread *t, const siginfo_t *info) {
    V values[7] = {v_from_int(info->si_signo), v_from_int(info->si_code), v_from_int(info->si_errno),
                   v_from_int(info->si_pid), v_from_int(info->si_uid), v_from_int(info->si_status), int_from_i64(t, info->si_band)};
    return structseq_new_steal(t, siginfo_type, values);
}

// Waits for a signal of the mask, at most until deadline_ns (< 0: for ever).  V_NONE when the time is over.
static V wait_info(Thread *t, const sigset_t *mask, int64_t timeout_ns) {
    int64_t deadline = timeout_ns < 0 ? -1 : time_monotonic_ns() + timeout_ns;
    for (;;) {
        siginfo_t info;
        int number, error;
        struct timespec ts = {timeout_ns / 1000000000, timeout_ns % 1000000000};
        BLOCKING(t) {
            number = timeout_ns < 0 ? sigwaitinfo(mask, &info) : sigtimedwait(mask, &info, &ts);
            error = errno;
        }
        if (number > 0) return siginfo_value(t, &info);
        errno = error;
        if (error == EAGAIN && timeout_ns >= 0) return V_NONE;
        if (error != EINTR) return os_error(t);
        if (safepoint(t) < 0) return V_ERROR;
        if (deadline >= 0) {
            timeout_ns = deadline - time_monotonic_ns();
            if (timeout_ns < 0) timeout_ns = 0;
        }
    }
}

static NATIVE(signal_sigwaitinfo) {
    UNUSED_NATIVE();
    sigset_t mask;
    return mask_from(t, args[0], &mask) < 0 ? V_ERROR : wait_info(t, &mask, -1);
}

static NATIVE(signal_sigtimedwait) {
    UNUSED_NATIVE();
    sigset_t mask;
    double seconds;
    if (mask_from(t, args[0], &mask) < 0 || num_as_double(t, args[1], &seconds) < 0) return V_ERROR;
    if (seconds < 0) return err_set(t, &exc_ValueError, "timeout must be non-negative");
    return wait_info(t, &mask, seconds > 9e9 ? INT64_MAX / 2 : (int64_t)(seconds * 1e9));
}

// ---- timers ----------------------------------------------------------------------------------------------------------------------
static V raise_itimer_error(Thread *t) {
    V number = v_from_int(errno), text = str_from_cstr(t, strerror(errno));
    V class = root_get(&itimer_error), exc = v_is_error(text) ? V_ERROR : obj_call2(t, class, number, text);
    v_drop(t, class);
    v_drop(t, text);
    if (!v_is_error(exc)) err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

static V timer_pair(Thread *t, const struct itimerval *value) {
    double first = (double)value->it_value.tv_sec + 1e-6 * (double)value->it_value.tv_usec;
    double again = (double)value->it_interval.tv_sec + 1e-6 * (double)value->it_interval.tv_usec;
    return tuple_pack_steal(t, 2, float_from_double(t, first), float_from_double(t, again));
}

static int time_from(Thread *t, V v, struct timeval *out) {
    *out = (struct timeval){0, 0};
    int64_t ns;
    if (v == V_NULL) return 0;
    if (time_to_ns(t, v, TIME_CEILING, &ns) < 0) return -1;
    int64_t us = time_divide(ns, 1000, TIME_CEILING);
    out->tv_sec = time_divide(us, 1000000, TIME_FLOOR);
    out->tv_usec = us - out->tv_sec * 1000000;
    return 0;
}

static NATIVE(signal_setitimer) {
    UNUSED_NATIVE();
    int which;
    struct itimerval value, old;
    if (num_as_int(t, args[0], &which) < 0 || time_from(t, args[1], &value.it_value) < 0 ||
        time_from(t, args[2], &value.it_interval) < 0)
        return V_ERROR;
    return setitimer((__itimer_which_t)which, &value, &old) < 0 ? raise_itimer_error(t) : timer_pair(t, &old);
}

static NATIVE(signal_getitimer) {
    UNUSED_NATIVE();
    int which;
    struct itimerval value;
    if (num_as_int(t, args[0], &which) < 0) return V_ERROR;
    return getitimer((__itimer_which_t)which, &value) < 0 ? raise_itimer_error(t) : timer_pair(t, &value);
}

static NATIVE(signal_strsignal) {
    UNUSED_NATIVE();
    int number;
    if (signal_number(t, args[0], &number) < 0) return V_ERROR;
    const char *text = strsignal(number);
    return !text || strncmp(text, "Unknown signal", 14) == 0 ? V_NONE : str_from_cstr(t, text);
}

// ---- the module -------------------------------------------------------------------------------------------------------------------
#define FN(name, sig, doc) {#name, signal_##name, sig, LOCK_NONE, 0, doc}
static const Method methods[] = {
    FN(signal, "signalnum, handler, /", "Sets what happens on a signal; returns what happened before."),
    FN(getsignal, "signalnum, /", "What happens on a signal; None when that was not set from Python."),
    FN(default_int_handler, "signalnum, frame, /", "Raises KeyboardInterrupt."),
    FN(pause, "", "Waits until a signal arrives."),
    FN(alarm, "seconds, /", "Has SIGALRM sent in so many seconds; the seconds that were left of an earlier alarm."),
    FN(raise_signal, "signalnum, /", "Sends a signal to this process."),
    FN(pthread_kill, "thread_id, signalnum, /", "Sends a signal to a thread."),
    FN(pidfd_send_signal, "pidfd, signalnum, siginfo=None, flags=0, /", "Sends a signal to the process of a pidfd."),
    FN(siginterrupt, "signalnum, flag, /", "Whether system calls are interrupted by a signal, or restarted."),
    {"set_wakeup_fd", signal_set_wakeup_fd, NULL, LOCK_NONE, M_RAW,
     "set_wakeup_fd(fd, *, warn_on_full_buffer=True) -> fd\n\nA descriptor that the numbers of arriving signals are written to."},
    FN(pthread_sigmask, "how, mask, /", "Changes the signals this thread blocks; the old set."),
    FN(sigpending, "", "The blocked signals that have arrived."),
    FN(sigwait, "sigset, /", "Waits for one of the signals; its number."),
    FN(sigwaitinfo, "sigset, /", "Waits for one of the signals; what is known of it."),
    FN(sigtimedwait, "sigset, timeout, /", "Like sigwaitinfo; None when the time is over."),
    FN(setitimer, "which, seconds, interval=0.0, /", "Starts an interval timer; the old setting."),
    FN(getitimer, "which, /", "The setting of an interval timer."),
    FN(strsignal, "signalnum, /", "The system's description of a signal."),
    FN(valid_signals, "", "The signals there are."),
    METHOD_END,
};

static const struct { const char *name; int value; } constants[] = {
#define C(name) {#name, name}
    C(SIGHUP), C(SIGINT), C(SIGQUIT), C(SIGILL), C(SIGTRAP), C(SIGIOT), C(SIGABRT), C(SIGFPE), C(SIGKILL), C(SIGBUS),
    C(SIGSEGV), C(SIGSYS), C(SIGPIPE), C(SIGALRM), C(SIGTERM), C(SIGUSR1), C(SIGUSR2), {"SIGCLD", SIGCHLD}, C(SIGCHLD),
    C(SIGPWR), C(SIGIO), C(SIGURG), C(SIGWINCH), C(SIGPOLL), C(SIGSTOP), C(SIGTSTP), C(SIGCONT), C(SIGTTIN), C(SIGTTOU),
    C(SIGVTALRM), C(SIGPROF), C(SIGXCPU), C(SIGXFSZ), C(SIGSTKFLT), C(SIG_BLOCK), C(SIG_UNBLOCK), C(SIG_SETMASK),
    C(ITIMER_REAL), C(ITIMER_VIRTUAL), C(ITIMER_PROF), {"NSIG", NSIG}, {"SIG_DFL", 0}, {"SIG_IGN", 1},
#undef C
};

static int exec(Thread *t, V module) {
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    if (module_add_int(t, module, "SIGRTMIN", SIGRTMIN) < 0 || module_add_int(t, module, "SIGRTMAX", SIGRTMAX) < 0) return -1;
    static const StructSeqField fields[] = {
        {"si_signo", "signal number"}, {"si_code", "signal code"}, {"si_errno", "an errno, for some signals"},
        {"si_pid", "sending process ID"}, {"si_uid", "who sent it, as a user number"}, {"si_status",
            "how the child ended"},
        {"si_band", "which events SIGPOLL reports"}, {0},
    };
    if (!siginfo_type) {
        siginfo_type = structseq_new_type(t, "signal.struct_siginfo", "What is known of a signal that arrived.", fields, 7);
        if (!siginfo_type) return -1;
    }
    return module_add(t, module, "struct_siginfo", v_from_type(siginfo_type)) < 0
               ? -1 : module_add_error(t, module, &itimer_error, "ItimerError", "signal.itimer_error", &exc_OSError);
}

const ModuleDef mod__signal = {
    .name = "_signal",
    .doc = "Signals: handlers, masks, timers.",
    .methods = methods,
    .exec = exec,
};

// ---- start and end ---------------------------------------------------------------------------------------------------------------
int signals_start(Thread *t) {
    main_thread = t;
    note_main_mask();
    for (int number = 1; number < SIGNALS; number++) {
        struct sigaction action;
        root_register(&handlers[number]);
        if (sigaction(number, NULL, &action) < 0) continue;
        V value = action.sa_handler == SIG_DFL ? V_INT(0) : action.sa_handler == SIG_IGN ? V_INT(1) : V_NONE;
        root_set(t, &handlers[number], value);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    root_set(t, &handlers[SIGPIPE], V_INT(1));
    root_set(t, &handlers[SIGXFSZ], V_INT(1));
    if (slot_peek(&handlers[SIGINT]) != V_INT(0)) return 0; // ignored from outside (nohup, background jobs)
    V handler = import_attr_c(t, "_signal", "default_int_handler");
    if (v_is_error(handler)) return -1;
    root_set(t, &handlers[SIGINT], handler);
    v_drop(t, handler);
    return install(SIGINT, handle_signal);
}

// The end: what Python handled is the system's again.
void signals_finish(Thread *t) {
    for (int number = 1; number < SIGNALS; number++) {
        V handler = slot_peek(&handlers[number]);
        if (handler != V_NULL && v_is_object(handler) && handler != V_NONE) install(number, SIG_DFL);
        root_set(t, &handlers[number], V_NONE);
    }
}
