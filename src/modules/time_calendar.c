// SPDX-License-Identifier: MIT
// Module time: seconds to dates and back, and dates as text, through the C library.
#include "time_private.h"
#include "object/bytes.h"
#include "runtime/runtime.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static Type *struct_time_type;
enum { TM_ITEMS = 9, TM_FIELDS = 11 };

// ---- struct_time ------------------------------------------------------------------------------------------------------------
static V struct_time_new(Thread *t, const struct tm *tm, const char *zone, long offset) {
    int fields[TM_ITEMS] = {tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min,
                            tm->tm_sec, (tm->tm_wday + 6) % 7, tm->tm_yday + 1, tm->tm_isdst};
    V values[TM_FIELDS];
    for (int i = 0; i < TM_ITEMS; i++) values[i] = v_from_int(fields[i]);
    values[0] = v_from_int((int64_t)tm->tm_year + 1900);
    values[9] = str_from_utf8_surrogateescape(t, zone, strlen(zone));
    values[10] = v_from_int(offset);
    return structseq_new_steal(t, struct_time_type, values);
}

// Fills *tm from a time tuple; *zone keeps tm->tm_zone alive.
static int tm_from_tuple(Thread *t, V tuple, const char *fname, struct tm *tm, V *zone) {
    *zone = V_NULL;
    memset(tm, 0, sizeof *tm);
    if (!v_is_tuple(tuple)) {
        err_set(t, &exc_TypeError, "Tuple or struct_time argument required");
        return -1;
    }
    bool own = v_is_exact(tuple, struct_time_type);
    if (!own && tuple_len(tuple) != TM_ITEMS) {
        err_set(t, &exc_TypeError, "%s(): illegal time tuple argument", fname);
        return -1;
    }
    int f[TM_ITEMS];
    for (size_t i = 0; i < TM_ITEMS; i++) {
        if (num_as_int_old(t, tuple_borrow(tuple, i), &f[i]) < 0) return -1;
    }
    if (f[0] < INT_MIN + 1900) {
        err_set(t, &exc_OverflowError, "year out of range");
        return -1;
    }
    *tm = (struct tm){.tm_year = f[0] - 1900, .tm_mon = f[1] - 1, .tm_mday = f[2], .tm_hour = f[3], .tm_min = f[4],
                      .tm_sec = f[5], .tm_wday = (f[6] + 1) % 7, .tm_yday = f[7] - 1, .tm_isdst = f[8]};
    if (!own) return 0;
    V name = slot_peek(&tuple_of(tuple)->items[9]), offset = slot_peek(&tuple_of(tuple)->items[10]);
    if (v_is_str(name)) {
        *zone = str_to_fs_bytes(t, name);
        if (v_is_error(*zone)) {
            *zone = V_NULL;
            return -1;
        }
        tm->tm_zone = bytes_data(*zone);
    }
    int64_t seconds;
    if (v_is_any_int(offset) && int_as_i64(t, offset, &seconds) == 0) tm->tm_gmtoff = seconds;
    err_clear(t);
    return 0;
}

static int out_of_range(Thread *t, const char *what) {
    err_set(t, &exc_ValueError, "%s out of range", what);
    return -1;
}

// Zeroes that programs use for "whatever" become the first month or day; everything else must be in its range.
static int check_tm(Thread *t, struct tm *tm) {
    if (tm->tm_mon == -1) tm->tm_mon = 0;
    else if (tm->tm_mon < 0 || tm->tm_mon > 11) return out_of_range(t, "month");
    if (tm->tm_mday == 0) tm->tm_mday = 1;
    else if (tm->tm_mday < 0 || tm->tm_mday > 31) return out_of_range(t, "day of month");
    if (tm->tm_hour < 0 || tm->tm_hour > 23) return out_of_range(t, "hour");
    if (tm->tm_min < 0 || tm->tm_min > 59) return out_of_range(t, "minute");
    if (tm->tm_sec < 0 || tm->tm_sec > 61) return out_of_range(t, "seconds");
    if (tm->tm_wday < 0) return out_of_range(t, "day of week");
    if (tm->tm_yday == -1) tm->tm_yday = 0;
    else if (tm->tm_yday < 0 || tm->tm_yday > 365) return out_of_range(t, "day of year");
    return 0;
}

// ---- seconds ------------------------------------------------------------------------------------------------------------------
static int seconds_argument(Thread *t, V v, time_t *out) {
    if (v == V_NULL || v == V_NONE) {
        *out = time(NULL);
        return 0;
    }
    return time_to_seconds(t, v, TIME_FLOOR, out);
}

static V date_of(Thread *t, V seconds, struct tm *(*convert)(const time_t *, struct tm *)) {
    time_t when;
    struct tm tm;
    if (seconds_argument(t, seconds, &when) < 0) return V_ERROR;
    errno = 0;
    if (!convert(&when, &tm)) {
        if (errno == 0) errno = EINVAL;
        return err_errno(t, &exc_OSError, V_NULL, V_NULL);
    }
    return struct_time_new(t, &tm, tm.tm_zone ? tm.tm_zone : "UTC", tm.tm_gmtoff);
}

static NATIVE(time_gmtime) {
    UNUSED_NATIVE();
    return date_of(t, args[0], gmtime_r);
}

static NATIVE(time_localtime) {
    UNUSED_NATIVE();
    return date_of(t, args[0], localtime_r);
}

static NATIVE(time_mktime) {
    UNUSED_NATIVE();
    struct tm tm;
    V zone;
    if (tm_from_tuple(t, args[0], "mktime", &tm, &zone) < 0) return V_ERROR;
    v_drop(t, zone);
    tm.tm_zone = NULL;
    tm.tm_wday = -1; // mktime sets it, unless it fails
    time_t when = mktime(&tm);
    if (when == (time_t)-1 && tm.tm_wday == -1) return err_set(t, &exc_OverflowError, "mktime argument out of range");
    return float_from_double(t, (double)when);
}

// ---- text -----------------------------------------------------------------------------------------------------------------------
static V asctime_text(Thread *t, const struct tm *tm) {
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return str_from_format(t, "%s %s%3d %.2d:%.2d:%.2d %lld", days[tm->tm_wday], months[tm->tm_mon], tm->tm_mday, tm->tm_hour,
                           tm->tm_min, tm->tm_sec, (long long)tm->tm_year + 1900);
}

static int local_now(Thread *t, struct tm *tm) {
    time_t now = time(NULL);
    if (localtime_r(&now, tm)) return 0;
    err_errno(t, &exc_OSError, V_NULL, V_NULL);
    return -1;
}

static NATIVE(time_asctime) {
    (void)self;
    struct tm tm;
    V zone = V_NULL;
    if (args_no_keywords(t, "asctime", kwnames) < 0 || args_check_count(t, "asctime", nargs, 0, 1) < 0) return V_ERROR;
    if (nargs == 0 ? local_now(t, &tm) < 0 : tm_from_tuple(t, args[0], "asctime", &tm, &zone) < 0) return V_ERROR;
    v_drop(t, zone);
    return nargs && check_tm(t, &tm) < 0 ? V_ERROR : asctime_text(t, &tm);
}

static NATIVE(time_ctime) { // without a signature to be shown
    (void)self;
    time_t when;
    struct tm tm;
    if (args_old_count(t, "ctime", nargs, kwnames, 0, 1) < 0) return V_ERROR;
    if (seconds_argument(t, nargs ? args[0] : V_NULL, &when) < 0) return V_ERROR;
    if (!localtime_r(&when, &tm)) return err_errno(t, &exc_OSError, V_NULL, V_NULL);
    return asctime_text(t, &tm);
}

// strftime does not tell an empty result from too small a buffer: the buffer grows until that is out of the question.
static V format_time(Thread *t, const char *format, const struct tm *tm) {
    size_t len = strlen(format);
    for (size_t size = 1024;; size *= 2) {
        char *buffer = mem_alloc(t, size);
        if (!buffer) return err_no_memory(t);
        errno = 0;
        size_t n = strftime(buffer, size, format, tm);
        V text = V_NULL;
        if (n > 0 || size >= 256 * len) text = str_from_utf8_surrogateescape(t, buffer, n);
        mem_free(buffer);
        if (text != V_NULL) return text;
    }
}

static NATIVE(time_strftime) {
    (void)self;
    if (args_no_keywords(t, "strftime", kwnames) < 0) return V_ERROR;
    if (nargs < 1 || nargs > 2)
        return err_set(t, &exc_TypeError, nargs < 1 ? "strftime() takes at least 1 argument (%zu given)"
                                                    : "strftime() takes at most 2 arguments (%zu given)", nargs);
    if (!v_is_str(args[0])) return err_bad_argument(t, "strftime", "argument 1", "str", args[0]);
    struct tm tm;
    V zone = V_NULL;
    if (nargs == 1 ? local_now(t, &tm) < 0 : tm_from_tuple(t, args[1], "strftime", &tm, &zone) < 0) return V_ERROR;
    V format = V_ERROR, result = V_ERROR;
    if (nargs == 1 || check_tm(t, &tm) == 0) {
        if (tm.tm_isdst < -1) tm.tm_isdst = -1;
        if (tm.tm_isdst > 1) tm.tm_isdst = 1;
        format = str_to_fs_bytes(t, args[0]);
    }
    if (!v_is_error(format)) {
        if (strlen(bytes_data(format)) != bytes_len(format)) err_set(t, &exc_ValueError, "embedded null character");
        else result = format_time(t, bytes_data(format), &tm);
    }
    v_drop(t, format);
    v_drop(t, zone);
    return result;
}

static NATIVE(time_strptime) {
    (void)self;
    V function = import_attr_c(t, "_strptime", "_strptime_time");
    if (v_is_error(function)) return V_ERROR;
    V result = obj_call(t, function, args, nargs, kwnames);
    v_drop(t, function);
    return result;
}

// ---- time zone ----------------------------------------------------------------------------------------------------------------------
// The zone's names and offsets as they are in winter and summer of this year, which side of the equator whatever.
int time_zone_set(Thread *t, V module) {
    enum { YEAR = (365 * 24 + 6) * 3600 };
    time_t now = time(NULL) / YEAR * YEAR, later = now + YEAR / 2;
    struct tm january, july;
    tzset();
    localtime_r(&now, &january);
    char zones[2][64];
    snprintf(zones[0], sizeof zones[0], "%s", january.tm_zone ? january.tm_zone : "   ");
    localtime_r(&later, &july);
    snprintf(zones[1], sizeof zones[1], "%s", july.tm_zone ? july.tm_zone : "   ");
    long offsets[2] = {-january.tm_gmtoff, -july.tm_gmtoff};
    int winter = offsets[0] < offsets[1]; // daylight saving is ahead of standard time
    V names = tuple_pack_steal(t, 2, str_from_cstr(t, zones[winter]), str_from_cstr(t, zones[!winter]));
    if (module_add_int(t, module, "timezone", offsets[winter]) < 0 || module_add_int(t, module, "altzone", offsets[!winter]) < 0 ||
        module_add_int(t, module, "daylight", offsets[0] != offsets[1])  < 0)
        return -1;
    return module_add_steal(t, module, "tzname", names);
}

int time_calendar_start(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"tm_year", "year"}, {"tm_mon", "month, 1 to 12"},
        {"tm_mday", "day of the month, from 1"}, {"tm_hour", "hour, 0 to 23"}, {"tm_min", "minute, 0 to 59"},
        {"tm_sec", "second, 0 to 61"}, {"tm_wday", "weekday, from 0 for Monday"},
        {"tm_yday", "day of the year, from 1"}, {"tm_isdst", "daylight saving time: 1 yes, 0 no, -1 who knows"},
        {"tm_zone", "what the time zone is called"}, {"tm_gmtoff", "seconds that the zone is east of UTC"}, {0},
    };
    if (!struct_time_type)
        struct_time_type = structseq_new_type(t, "time.struct_time", "A date and time, as gmtime and its relatives return it.", fields, TM_ITEMS);
    if (!struct_time_type || module_add(t, module, "struct_time", v_from_type(struct_time_type)) < 0) return -1;
    return time_zone_set(t, module);
}

#define FN(name, sig, doc) {#name, time_##name, sig, LOCK_NONE, 0, doc}
#define OLD(name, sig, doc) {#name, time_##name, sig, LOCK_NONE, M_TUPLE | M_OLD_ARITY, doc}
#define RAW(name, doc) {#name, time_##name, NULL, LOCK_NONE, M_RAW, doc}
const Method time_calendar_methods[] = {
    OLD(gmtime, "seconds=None, /", "The date of a time in UTC, now by default."),
    OLD(localtime, "seconds=None, /", "The date of a time where the computer is, now by default."),
    FN(mktime, "tuple, /", "The time of a local date, as a float."),
    RAW(asctime, "asctime([tuple]) -> string\n\nA date as text, like 'Sat Jun 06 16:26:11 1998'."),
    RAW(ctime, "ctime(seconds=None) -> string\n\nThe local date of a time as text."),
    RAW(strftime, "strftime(format[, tuple]) -> string\n\nA date as text, by a format."),
    RAW(strptime, "strptime(string, format) -> struct_time\n\nThe date that a text tells, by a format."),
    METHOD_END,
};
