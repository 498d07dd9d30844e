// SPDX-License-Identifier: MIT
// Module time: clocks and sleep; dates are in time_calendar.c.
#include "time_private.h"
#include "runtime/runtime.h"
#include "threading/mutex.h"
#include <errno.h>
#include <pthread.h>

#define NS 1000000000

static V os_error(Thread *t) { return err_errno(t, &exc_OSError, V_NULL, V_NULL); }

static V seconds_of(Thread *t, int64_t ns) {
    return float_from_double(t, ns % NS == 0 ? (double)(ns / NS) : (double)ns / 1e9);
}

static int64_t ns_of(const struct timespec *ts) { return ts->tv_sec * (int64_t)NS + ts->tv_nsec; }

// ---- clocks ----------------------------------------------------------------------------------------------------------------
static int64_t read_clock(clockid_t clock) {
    struct timespec ts;
    clock_gettime(clock, &ts);
    return ns_of(&ts);
}

#define CLOCK_FUNCTIONS(name, clock)                                                                                   \
    static NATIVE(clock_##name) {                                                                                       \
        UNUSED_NATIVE();                                                                                               \
        return seconds_of(t, read_clock(clock));                                                                       \
    }                                                                                                                  \
    static NATIVE(clock_##name##_ns) {                                                                                  \
        UNUSED_NATIVE();                                                                                               \
        return int_from_i64(t, read_clock(clock));                                                                     \
    }
CLOCK_FUNCTIONS(time, CLOCK_REALTIME)
CLOCK_FUNCTIONS(monotonic, CLOCK_MONOTONIC)
CLOCK_FUNCTIONS(process_time, CLOCK_PROCESS_CPUTIME_ID)
CLOCK_FUNCTIONS(thread_time, CLOCK_THREAD_CPUTIME_ID)

static int get_clock(Thread *t, V v, clockid_t clock_out[1], struct timespec *ts) {
    int clock;
    if (num_as_int_old(t, v, &clock) < 0) return -1;
    *clock_out = clock;
    if (clock_gettime(clock, ts) == 0) return 0;
    os_error(t);
    return -1;
}

static NATIVE(time_clock_gettime) {
    UNUSED_NATIVE();
    clockid_t clock;
    struct timespec ts;
    return get_clock(t, args[0], &clock, &ts) < 0 ? V_ERROR : seconds_of(t, ns_of(&ts));
}

static NATIVE(time_clock_gettime_ns) {
    UNUSED_NATIVE();
    clockid_t clock;
    struct timespec ts;
    return get_clock(t, args[0], &clock, &ts) < 0 ? V_ERROR : int_from_i64(t, ns_of(&ts));
}

static NATIVE(time_clock_getres) {
    UNUSED_NATIVE();
    int clock;
    struct timespec ts;
    if (num_as_int_old(t, args[0], &clock) < 0) return V_ERROR;
    if (clock_getres(clock, &ts) < 0) return os_error(t);
    return float_from_double(t, (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec);
}

static V set_clock(Thread *t, V clock_id, int64_t ns) {
    int clock;
    if (num_as_int_old(t, clock_id, &clock) < 0) return V_ERROR;
    struct timespec ts = {ns / NS, ns % NS};
    if (ts.tv_nsec < 0) ts = (struct timespec){ts.tv_sec - 1, ts.tv_nsec + NS};
    return clock_settime(clock, &ts) < 0 ? os_error(t) : V_NONE;
}

static NATIVE(time_clock_settime) {
    UNUSED_NATIVE();
    int64_t ns;
    return time_to_ns(t, args[1], TIME_FLOOR, &ns) < 0 ? V_ERROR : set_clock(t, args[0], ns);
}

static NATIVE(time_clock_settime_ns) {
    UNUSED_NATIVE();
    int64_t ns;
    if (!v_is_any_int(args[1])) return err_set(t, &exc_TypeError, "expect int, got %T", args[1]);
    return int_as_i64(t, args[1], &ns) < 0 ? V_ERROR : set_clock(t, args[0], ns);
}

static NATIVE(time_pthread_getcpuclockid) {
    UNUSED_NATIVE();
    int64_t thread;
    clockid_t clock;
    if (num_as_i64(t, args[0], &thread) < 0) return V_ERROR;
    int error = pthread_getcpuclockid((pthread_t)thread, &clock);
    if (!error) return v_from_int(clock);
    errno = error;
    return os_error(t);
}

static const struct ClockInfo {
    const char *name, *implementation;
    clockid_t clock;
    bool monotonic, adjustable;
} clock_infos[] = {
    {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
    {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
    {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false},
};

static V describe_clock(Thread *t, const struct ClockInfo *info) {
    V dict = dict_new(t), result = V_ERROR;
    struct timespec ts = {0, 1};
    clock_getres(info->clock, &ts);
    if (!v_is_error(dict) && dict_set_c_steal(t, dict, "implementation", str_from_cstr(t, info->implementation)) == 0 &&
        dict_set_c(t, dict, "monotonic", v_from_bool(info->monotonic)) == 0 &&
        dict_set_c(t, dict, "adjustable", v_from_bool(info->adjustable)) == 0 &&
        dict_set_c_steal(t, dict, "resolution", float_from_double(t, (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec)) == 0)
        result = simple_namespace_new(t, dict);
    v_drop(t, dict);
    return result;
}

static NATIVE(time_get_clock_info) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "get_clock_info", "argument 1", "str", args[0]);
    for (size_t i = 0; i < countof(clock_infos); i++) {
        if (str_equal_ascii(args[0], clock_infos[i].name)) return describe_clock(t, &clock_infos[i]);
    }
    return err_set(t, &exc_ValueError, "unknown clock");
}

// ---- sleep -----------------------------------------------------------------------------------------------------------------
static NATIVE(time_sleep) {
    UNUSED_NATIVE();
    int64_t ns;
    if (time_to_ns(t, args[0], TIME_AWAY, &ns) < 0) return V_ERROR;
    if (ns < 0) return err_set(t, &exc_ValueError, "sleep length must be non-negative");
    int64_t now = read_clock(CLOCK_MONOTONIC), end;
    if (__builtin_add_overflow(now, ns, &end)) end = INT64_MAX;
    struct timespec until = {end / NS, end % NS};
    for (;;) {
        int error;
        BLOCKING(t) error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        if (error == 0) return safepoint(t) < 0 ? V_ERROR : V_NONE;
        if (error != EINTR) {
            errno = error;
            return os_error(t);
        }
        if (safepoint(t) < 0) return V_ERROR;
    }
}

static NATIVE(time_tzset) {
    UNUSED_NATIVE();
    tzset();
    return time_zone_set(t, self) < 0 ? V_ERROR : V_NONE;
}

// ---- the module ------------------------------------------------------------------------------------------------------------
#define FN(name, sig, doc) {#name, time_##name, sig, LOCK_NONE, 0, doc}
#define OLD(name, sig, doc) {#name, time_##name, sig, LOCK_NONE, M_TUPLE | M_OLD_ARITY, doc}
static const Method methods[] = {
    {"time", clock_time, "", LOCK_NONE, 0, "Seconds since the epoch, as a float."},
    {"time_ns", clock_time_ns, "", LOCK_NONE, 0, "Nanoseconds since the epoch."},
    OLD(clock_gettime, "clk_id, /", "The time of a clock, as a float."),
    OLD(clock_gettime_ns, "clk_id, /", "The time of a clock in nanoseconds."),
    FN(clock_settime, "clk_id, time, /", "Sets a clock."),
    FN(clock_settime_ns, "clk_id, time, /", "Sets a clock, in nanoseconds."),
    OLD(clock_getres, "clk_id, /", "The resolution of a clock, in seconds."),
    FN(pthread_getcpuclockid, "thread_id, /", "The clock that measures a thread's processor time."),
    FN(sleep, "seconds, /", "Waits; the time may be a fraction of a second."),
    FN(tzset, "", "Reads the TZ variable again."),
    {"monotonic", clock_monotonic, "", LOCK_NONE, 0, "A clock that never goes backward."},
    {"monotonic_ns", clock_monotonic_ns, "", LOCK_NONE, 0, "The same in nanoseconds."},
    {"process_time", clock_process_time, "", LOCK_NONE, 0, "Processor time of this process, in seconds."},
    {"process_time_ns", clock_process_time_ns, "", LOCK_NONE, 0, "The same in nanoseconds."},
    {"thread_time", clock_thread_time, "", LOCK_NONE, 0, "Processor time of this thread, in seconds."},
    {"thread_time_ns", clock_thread_time_ns, "", LOCK_NONE, 0, "The same in nanoseconds."},
    {"perf_counter", clock_monotonic, "", LOCK_NONE, 0, "A clock for measuring short times."},
    {"perf_counter_ns", clock_monotonic_ns, "", LOCK_NONE, 0, "The same in nanoseconds."},
    OLD(get_clock_info, "name, /", "What is known of a clock."),
    METHOD_END,
};

static const struct { const char *name; int value; } constants[] = {
#define C(name) {#name, name}
    C(CLOCK_REALTIME), C(CLOCK_MONOTONIC), C(CLOCK_MONOTONIC_RAW), C(CLOCK_PROCESS_CPUTIME_ID),
    C(CLOCK_THREAD_CPUTIME_ID), C(CLOCK_BOOTTIME), C(CLOCK_TAI), {"_STRUCT_TM_ITEMS", 11},
#undef C
};

static int exec(Thread *t, V module) {
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    return module_add_methods(t, module, time_calendar_methods) < 0 ? -1 : time_calendar_start(t, module);
}

const ModuleDef mod_time = {
    .name = "time",
    .doc = "Clocks, sleeping, and dates as tuples.\n\n"
           "A time is a number of seconds since the epoch (1970, UTC) or a struct_time of year, month, day, hour, minute,\n"
           "second, weekday, day of the year and daylight saving flag.",
    .methods = methods,
    .exec = exec,
};
