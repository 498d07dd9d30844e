// SPDX-License-Identifier: MIT
// Module _testcapi: the time module's conversions, and making datetimes from C.
#include "testcapi_private.h"
#include "time_private.h"

// ---- seconds and units ---------------------------------------------------------------------------------------------------------
static int rounding(Thread *t, V v, TimeRound *out) {
    int n;
    if (num_as_int(t, v, &n) < 0) return -1;
    if (n < TIME_FLOOR || n > TIME_AWAY) {
        err_set(t, &exc_ValueError, "invalid rounding");
        return -1;
    }
    *out = (TimeRound)n;
    return 0;
}

static NATIVE(from_seconds) {
    UNUSED_NATIVE();
    int64_t ns;
    int seconds;
    if (v_is_any_float(args[0])) return err_set(t, &exc_TypeError, "an int is required, not a float");
    if (num_as_int(t, args[0], &seconds) < 0 || time_to_ns(t, v_from_int(seconds), TIME_FLOOR, &ns) < 0) return V_ERROR;
    return int_from_i64(t, ns);
}
static NATIVE(from_seconds_object) {
    UNUSED_NATIVE();
    int64_t ns;
    TimeRound how;
    return rounding(t, args[1], &how) < 0 || time_to_ns(t, args[0], how, &ns) < 0 ? V_ERROR : int_from_i64(t, ns);
}

// A count of nanoseconds and, when there is a second argument, a way of rounding.
static int nanoseconds(Thread *t, const V *args, int64_t *ns, TimeRound *how) {
    if (v_is_any_float(args[0])) {
        err_set(t, &exc_TypeError, "an int is required, not a float");
        return -1;
    }
    if (num_as_i64(t, args[0], ns) < 0) return -1;
    return how ? rounding(t, args[1], how) : 0;
}
static NATIVE(as_seconds_double) {
    UNUSED_NATIVE();
    int64_t ns;
    if (nanoseconds(t, args, &ns, NULL) < 0) return V_ERROR;
    return float_from_double(t, ns % 1000000000 == 0 ? (double)(ns / 1000000000) : (double)ns / 1e9);
}
static V split(Thread *t, int64_t n, int64_t k) {
    int64_t whole = time_divide(n, k, TIME_FLOOR);
    return tuple_pack_steal(t, 2, int_from_i64(t, whole), int_from_i64(t, n - whole * k));
}
static NATIVE(as_timeval) {
    UNUSED_NATIVE();
    int64_t ns;
    TimeRound how;
    return nanoseconds(t, args, &ns, &how) < 0 ? V_ERROR : split(t, time_divide(ns, 1000, how), 1000000);
}
static NATIVE(as_timespec) {
    UNUSED_NATIVE();
    int64_t ns;
    return nanoseconds(t, args, &ns, NULL) < 0 ? V_ERROR : split(t, ns, 1000000000);
}
static NATIVE(as_milliseconds) {
    UNUSED_NATIVE();
    int64_t ns;
    TimeRound how;
    return nanoseconds(t, args, &ns, &how) < 0 ? V_ERROR : int_from_i64(t, time_divide(ns, 1000000, how));
}
static NATIVE(as_microseconds) {
    UNUSED_NATIVE();
    int64_t ns;
    TimeRound how;
    return nanoseconds(t, args, &ns, &how) < 0 ? V_ERROR : int_from_i64(t, time_divide(ns, 1000, how));
}
static NATIVE(object_to_time_t) {
    UNUSED_NATIVE();
    time_t seconds;
    TimeRound how;
    return rounding(t, args[1], &how) < 0 || time_to_seconds(t, args[0], how, &seconds) < 0 ? V_ERROR : int_from_i64(t, seconds);
}
static V object_to_parts(Thread *t, const V *args, int per_second) {
    time_t seconds;
    int parts;
    TimeRound how;
    if (rounding(t, args[1], &how) < 0 || time_to_parts(t, args[0], per_second, how, &seconds, &parts) < 0) return V_ERROR;
    return tuple_pack_steal(t, 2, int_from_i64(t, seconds), v_from_int(parts));
}
static NATIVE(object_to_timeval) {
    UNUSED_NATIVE();
    return object_to_parts(t, args, 1000000);
}
static NATIVE(object_to_timespec) {
    UNUSED_NATIVE();
    return object_to_parts(t, args, 1000000000);
}

const Method testcapi_time_methods[] = {
    {"PyTime_FromSeconds", from_seconds, "seconds, /", LOCK_NONE, 0, "Seconds, a C int, as nanoseconds."},
    {"PyTime_FromSecondsObject", from_seconds_object, "seconds, round, /", LOCK_NONE, 0, "Seconds as nanoseconds."},
    {"PyTime_AsSecondsDouble", as_seconds_double, "ns, /", LOCK_NONE, 0, "Nanoseconds as a float of seconds."},
    {"PyTime_AsTimeval", as_timeval, "ns, round, /", LOCK_NONE, 0, "(seconds, microseconds)"},
    {"PyTime_AsTimeval_clamp", as_timeval, "ns, round, /", LOCK_NONE, 0, "(seconds, microseconds); all fit a time_t here."},
    {"PyTime_AsTimespec", as_timespec, "ns, /", LOCK_NONE, 0, "(seconds, nanoseconds)"},
    {"PyTime_AsTimespec_clamp", as_timespec, "ns, /", LOCK_NONE, 0, "(seconds, nanoseconds); all fit a time_t here."},
    {"PyTime_AsMilliseconds", as_milliseconds, "ns, round, /", LOCK_NONE, 0, "Nanoseconds as milliseconds."},
    {"PyTime_AsMicroseconds", as_microseconds, "ns, round, /", LOCK_NONE, 0, "Nanoseconds as microseconds."},
    {"pytime_object_to_time_t", object_to_time_t, "seconds, round, /", LOCK_NONE, 0, "Whole seconds."},
    {"pytime_object_to_timeval", object_to_timeval, "seconds, round, /", LOCK_NONE, 0, "(seconds, microseconds)"},
    {"pytime_object_to_timespec", object_to_timespec, "seconds, round, /", LOCK_NONE, 0, "(seconds, nanoseconds)"},
    METHOD_END,
};

// ---- datetimes: made by calling the types, looked at through their attributes ---------------------------------------------------
static V datetime_type(Thread *t, const char *name) { return import_attr_c(t, "_datetime", name); }

static V construct(Thread *t, const char *type_name, const V *args, size_t nargs, V kwnames) {
    V type = datetime_type(t, type_name);
    V result = v_is_error(type) ? V_ERROR : obj_call(t, type, args, nargs, kwnames);
    v_drop(t, type);
    return result;
}

static NATIVE(start_datetime) {
    UNUSED_NATIVE();
    V module = import_module_c(t, "_datetime");
    if (v_is_error(module)) return V_ERROR;
    v_drop(t, module);
    return V_NONE;
}

// The first argument of these ("macro") chooses between two spellings of C that are one here.
static NATIVE(make_date) {
    UNUSED_NATIVE();
    return construct(t, "date", args + 1, 3, V_NULL);
}
static NATIVE(make_datetime) {
    UNUSED_NATIVE();
    return construct(t, "datetime", args + 1, 7, V_NULL);
}
static NATIVE(make_time) {
    UNUSED_NATIVE();
    return construct(t, "time", args + 1, 4, V_NULL);
}
static NATIVE(make_delta) {
    UNUSED_NATIVE();
    return construct(t, "timedelta", args + 1, 3, V_NULL);
}
static V with_fold(Thread *t, const char *type, const V *args, size_t n) {
    V names = tuple_pack(t, 1, NAME(fold));
    V result = v_is_error(names) ? V_ERROR : construct(t, type, args, n, names);
    v_drop(t, names);
    return result;
}
static NATIVE(make_datetime_fold) {
    UNUSED_NATIVE();
    return with_fold(t, "datetime", args + 1, 7);
}
static NATIVE(make_time_fold) {
    UNUSED_NATIVE();
    return with_fold(t, "time", args + 1, 4);
}

static V from_timestamp(Thread *t, const char *type_name, const V *args, size_t nargs) {
    V type = datetime_type(t, type_name);
    V result = v_is_error(type) ? V_ERROR : obj_call_method(t, type, NAME(fromtimestamp), args, nargs);
    v_drop(t, type);
    return result;
}
static NATIVE(date_from_timestamp) {
    UNUSED_NATIVE();
    return from_timestamp(t, "date", args, 1);
}
static NATIVE(datetime_from_timestamp) {
    UNUSED_NATIVE();
    int use_zone = obj_is_true(t, args[2]);
    return use_zone < 0 ? V_ERROR : from_timestamp(t, "datetime", args, use_zone ? 2 : 1);
}

static V zone(Thread *t, int hours, const char *name) {
    V delta_args[] = {V_INT(0), v_from_int(hours * 3600)};
    V zone_args[] = {construct(t, "timedelta", delta_args, 2, V_NULL), name ? str_from_cstr(t, name) : V_NULL};
    V result = v_is_error(zone_args[0]) || v_is_error(zone_args[1]) ? V_ERROR : construct(t, "timezone", zone_args, name ? 2 : 1, V_NULL);
    v_drop(t, zone_args[0]);
    v_drop(t, zone_args[1]);
    return result;
}
static NATIVE(make_zones) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 3, zone(t, -5, "EST"), zone(t, -5, "EST"), zone(t, -5, NULL));
}
static NATIVE(make_zero_zones) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 3, zone(t, 0, NULL), zone(t, 0, NULL), zone(t, 0, ""));
}
static NATIVE(get_utc) {
    UNUSED_NATIVE();
    return datetime_type(t, "UTC");
}

static V attributes(Thread *t, V v, const char *const *names, size_t n) {
    V items[5];
    for (size_t i = 0; i < n; i++) {
        items[i] = obj_getattr_c(t, v, names[i]);
        if (!v_is_error(items[i])) continue;
        while (i-- > 0) v_drop(t, items[i]);
        return V_ERROR;
    }
    return tuple_from_steal(t, items, n);
}
static NATIVE(get_delta) {
    UNUSED_NATIVE();
    return attributes(t, args[0], (const char *const[]){"days", "seconds", "microseconds"}, 3);
}
static NATIVE(get_date) {
    UNUSED_NATIVE();
    return attributes(t, args[0], (const char *const[]){"year", "month", "day"}, 3);
}
static NATIVE(get_clock) {
    UNUSED_NATIVE();
    return attributes(t, args[0], (const char *const[]){"hour", "minute", "second", "microsecond", "tzinfo"}, 5);
}

static V check(Thread *t, const V *args, const char *type_name) {
    int exact = args[1] == V_NULL ? 0 : obj_is_true(t, args[1]);
    V type = exact < 0 ? V_ERROR : datetime_type(t, type_name);
    if (v_is_error(type)) return V_ERROR;
    bool yes = exact ? v_type(args[0]) == v_as_type(type) : type_check(t, args[0], v_as_type(type));
    v_drop(t, type);
    return v_from_bool(yes);
}
#define CHECKER(name)                                                                                                  \
    static NATIVE(check_##name) {                                                                                       \
        UNUSED_NATIVE();                                                                                               \
        return check(t, args, #name);                                                                                  \
    }
CHECKER(date)
CHECKER(time)
CHECKER(datetime)
CHECKER(timedelta)
CHECKER(tzinfo)

#define ROW(name, fn, sig) {name, fn, sig, LOCK_NONE, 0, NULL}
const Method testcapi_datetime_methods[] = {
    ROW("test_datetime_capi", start_datetime, ""),
    ROW("datetime_check_date", check_date, "obj, exact=False, /"),
    ROW("datetime_check_time", check_time, "obj, exact=False, /"),
    ROW("datetime_check_datetime", check_datetime, "obj, exact=False, /"),
    ROW("datetime_check_delta", check_timedelta, "obj, exact=False, /"),
    ROW("datetime_check_tzinfo", check_tzinfo, "obj, exact=False, /"),
    ROW("make_timezones_capi", make_zones, ""),
    ROW("get_timezones_offset_zero", make_zero_zones, ""),
    ROW("get_timezone_utc_capi", get_utc, "macro=False, /"),
    ROW("get_date_fromdate", make_date, "macro, year, month, day, /"),
    ROW("get_datetime_fromdateandtime", make_datetime, "macro, year, month, day, hour, minute, second, microsecond, /"),
    ROW("get_datetime_fromdateandtimeandfold", make_datetime_fold, "macro, year, month, day, hour, minute, second, microsecond, fold, /"),
    ROW("get_time_fromtime", make_time, "macro, hour, minute, second, microsecond, /"),
    ROW("get_time_fromtimeandfold", make_time_fold, "macro, hour, minute, second, microsecond, fold, /"),
    ROW("get_delta_fromdsu", make_delta, "macro, days, seconds, microseconds, /"),
    ROW("get_date_fromtimestamp", date_from_timestamp, "timestamp, macro=False, /"),
    ROW("get_datetime_fromtimestamp", datetime_from_timestamp, "timestamp, tzinfo, usetz, macro=False, /"),
    ROW("PyDateTime_GET", get_date, "date, /"),
    ROW("PyDateTime_DATE_GET", get_clock, "datetime, /"),
    ROW("PyDateTime_TIME_GET", get_clock, "time, /"),
    ROW("PyDateTime_DELTA_GET", get_delta, "delta, /"),
    METHOD_END,
};
