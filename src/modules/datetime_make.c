// SPDX-License-Identifier: MIT
// Module _datetime: class methods that make datetimes: out of clocks, timestamps, text, a date and a time.
#include "datetime_private.h"
#include "time_private.h"
#include <errno.h>

enum { MAX_FOLD = DT_DAY }; // no clock is ever put back by more

// ---- the machine's zone ----------------------------------------------------------------------------------------------------
static int year_in_range(Thread *t, int year) {
    if (year >= DT_MIN_YEAR && year <= DT_MAX_YEAR) return 0;
    err_set(t, &exc_ValueError, "year %d is out of range", year);
    return -1;
}

// What local clocks show, in seconds since year 1, at u: seconds since year 1 in UTC.
static int local(Thread *t, int64_t u, int64_t *out) {
    struct tm tm;
    time_t when = u - (int64_t)DT_EPOCH_DAY * DT_DAY;
    if (!localtime_r(&when, &tm)) {
        err_errno(t, &exc_OSError, V_NULL, V_NULL);
        return -1;
    }
    if (year_in_range(t, tm.tm_year + 1900) < 0) return -1;
    *out = dt_seconds((Day){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday}, (Clock){tm.tm_hour, tm.tm_min, tm.tm_sec, 0, 0});
    return 0;
}

// The UTC at which local clocks show the time: PEP 495.  A time shown twice has two answers, one before and one after the
// clocks were put back; a time never shown has none, and is taken by the offset before or after the gap.
int dt_local_to_seconds(Thread *t, Day d, Clock c, int64_t *out) {
    int64_t shown = dt_seconds(d, c), there, back;
    if (local(t, shown, &there) < 0) return -1;
    int64_t first = shown - (there - shown); // by the offset that holds about then
    if (local(t, first, &there) < 0) return -1;
    int64_t offset = there - first, other;
    if (there == shown) { // a solution: is there another one, a day off at most?
        other = first + (c.fold ? MAX_FOLD : -MAX_FOLD);
        if (local(t, other, &back) < 0) return -1;
        if (back - other == there - first) {
            *out = first;
            return 0;
        }
        offset = back - other;
    }
    int64_t second = shown - offset;
    if (local(t, second, &back) < 0) return -1;
    if (back == shown) *out = second;
    else if (there == shown) *out = first;
    else *out = (c.fold != 0) == (first < second) ? first : second;
    return 0;
}

// ---- timestamps ----------------------------------------------------------------------------------------------------------------
static bool fields_at(Thread *t, time_t when, bool is_local, struct tm *tm) {
    errno = 0;
    if (is_local ? localtime_r(&when, tm) : gmtime_r(&when, tm)) return true;
    err_errno(t, &exc_OSError, V_NULL, V_NULL);
    return false;
}

// Whether local clocks have shown this time before: they were put back within the last day.
static int is_second_time(Thread *t, time_t when, int64_t shown) {
    int64_t u = when + (int64_t)DT_EPOCH_DAY * DT_DAY, before;
    if (local(t, u - MAX_FOLD, &before) < 0) return -1;
    int64_t moved = shown - before - MAX_FOLD;
    if (moved >= 0) return 0;
    if (local(t, u + moved, &before) < 0) return -1;
    return before == shown;
}

static V from_seconds(Thread *t, V cls, bool is_local, time_t when, int micro, V zone) {
    struct tm tm;
    if (!fields_at(t, when, is_local, &tm)) return V_ERROR;
    Day d = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
    Clock c = {tm.tm_hour, tm.tm_min, tm.tm_sec > 59 ? 59 : tm.tm_sec, micro, 0}; // leap seconds stand still
    if (is_local && when > MAX_FOLD - (int64_t)DT_EPOCH_DAY * DT_DAY) {
        if (year_in_range(t, d.year) < 0) return V_ERROR;
        int again = is_second_time(t, when, dt_seconds(d, c));
        if (again < 0) return V_ERROR;
        c.fold = again;
    }
    V made = dt_moment_of_class(t, v_as_type(cls), d, c, zone);
    if (v_is_error(made) || zone == V_NONE) return made;
    V result = obj_call_method1(t, zone, NAME(fromutc), made);
    v_drop(t, made);
    return result;
}

static V from_timestamp(Thread *t, V cls, bool is_local, V timestamp, V zone) {
    time_t when;
    int micro;
    return time_to_parts(t, timestamp, DT_MICRO, TIME_HALF_EVEN, &when, &micro) < 0 ? V_ERROR : from_seconds(t, cls, is_local, when, micro, zone);
}

static V from_clock(Thread *t, V cls, bool is_local, V zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return from_seconds(t, cls, is_local, now.tv_sec, (int)(now.tv_nsec / 1000), zone);
}

NATIVE(dt_make_now) {
    UNUSED_NATIVE();
    V zone = args[0] == V_NULL ? V_NONE : args[0];
    return dt_check_zone(t, zone) < 0 ? V_ERROR : from_clock(t, self, zone == V_NONE, zone);
}
NATIVE(dt_make_utcnow) {
    UNUSED_NATIVE();
    return from_clock(t, self, false, V_NONE);
}
NATIVE(dt_make_fromtimestamp) {
    static const OldParam params[] = {{"timestamp", false}, {"tz", false}, {NULL, false}};
    V given[2];
    if (args_old_bind(t, "fromtimestamp", params, 2, 1, args, nargs, kwnames, given, NULL) < 0) return V_ERROR;
    V zone = given[1] == V_NULL ? V_NONE : given[1];
    return dt_check_zone(t, zone) < 0 ? V_ERROR : from_timestamp(t, self, zone == V_NONE, given[0], zone);
}
NATIVE(dt_make_utcfromtimestamp) {
    if (kwnames != V_NULL && tuple_len(kwnames)) return err_set(t, &exc_TypeError, "utcfromtimestamp() takes no keyword arguments");
    if (args_old_count(t, "utcfromtimestamp", nargs, V_NULL, 1, 1) < 0) return V_ERROR;
    return from_timestamp(t, self, false, args[0], V_NONE);
}

// ---- text and parts --------------------------------------------------------------------------------------------------------------
NATIVE(dt_make_strptime) {
    if (args_old_count(t, "strptime", nargs, kwnames, 2, 2) < 0) return V_ERROR;
    for (size_t i = 0; i < 2; i++) {
        if (!v_is_str(args[i])) return err_bad_argument(t, "strptime", i ? "argument 2" : "argument 1", "str", args[i]);
    }
    V function = import_attr_c(t, "_strptime", "_strptime_datetime");
    V result = v_is_error(function) ? V_ERROR : obj_call3(t, function, self, args[0], args[1]);
    v_drop(t, function);
    return result;
}

// The first n of a date and a time.
static int check_combined(Thread *t, const V *args, size_t n) {
    if (n > 0 && !is_date(t, args[0])) return err_bad_argument(t, "combine", "argument 1", "datetime.date", args[0]), -1;
    if (n > 1 && !is_time(t, args[1])) return err_bad_argument(t, "combine", "argument 2", "datetime.time", args[1]), -1;
    return 0;
}

NATIVE(dt_make_combine) {
    static const OldParam params[] = {{"date", false}, {"time", false}, {"tzinfo", false}, {NULL, false}};
    V given[3];
    size_t all = nargs + (kwnames == V_NULL ? 0 : tuple_len(kwnames));
    if (all <= 3 && check_combined(t, args, nargs) < 0) return V_ERROR; // wrong types are told before what is missing
    if (args_old_bind(t, "combine", params, 3, 2, args, nargs, kwnames, given, NULL) < 0) return V_ERROR;
    if (check_combined(t, given, 2) < 0) return V_ERROR;
    V zone = given[2] == V_NULL ? zone_or_none(&time_of(given[1])->zone) : given[2];
    if (dt_check_zone(t, zone) < 0) return V_ERROR;
    return dt_moment_of_class(t, v_as_type(self), day_of(given[0]), clock_of(given[1]), zone);
}

NATIVE(dt_make_fromisoformat) {
    UNUSED_NATIVE();
    V text = args[0];
    if (!v_is_str(text)) return err_set(t, &exc_TypeError, "fromisoformat: argument must be str");
    size_t len = str_len(text), date_len = len < 7 ? 0 : dt_iso_date_length(text);
    Day d;
    IsoTime time = {0};
    if (len < 7 || date_len > len || !dt_read_date((IsoText){text, 0, date_len}, &d)) return dt_bad_iso(t, text);
    if (len > date_len && !dt_read_time((IsoText){text, date_len + 1, len}, &time)) return dt_bad_iso(t, text);
    V zone = dt_iso_zone(t, &time);
    V result = v_is_error(zone) ? V_ERROR : dt_moment_of_class(t, v_as_type(self), d, time.clock, zone);
    v_drop(t, zone);
    return result;
}
