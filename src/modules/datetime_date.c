// SPDX-License-Identifier: MIT
// Module _datetime: date, and the tuple of year, week and weekday that isocalendar() answers.
#include "datetime_private.h"
#include "time_private.h"
#include <limits.h>

// ---- making --------------------------------------------------------------------------------------------------------------
V dt_date(Thread *t, Type *type, Day d) {
    if (dt_check_day(t, d) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (!v_is_error(self)) dt_put_day(date_of(self)->data, d);
    return self;
}

V dt_date_of_class(Thread *t, Type *type, Day d) {
    if (type == &dt_date_type) return dt_date(t, type, d);
    return obj_call3(t, v_from_type(type), v_from_int(d.year), v_from_int(d.month), v_from_int(d.day));
}

// From a pickle's bytes: V_NULL when they are no date.
static V from_state(Thread *t, Type *type, const V *args, size_t nargs) {
    if (nargs != 1) return V_NULL;
    V state = dt_unpickled(t, args, nargs, DATE_BYTES);
    if (state == V_NULL || v_is_error(state)) return state;
    uint8_t p[DATE_BYTES];
    memcpy(p, bytes_data(state), sizeof p);
    v_drop(t, state);
    if (p[2] < 1 || p[2] > 12) return V_NULL;
    V self = type_alloc(t, type, 0);
    if (!v_is_error(self)) memcpy(date_of(self)->data, p, sizeof p);
    return self;
}

static const OldParam day_params[] = {{"year", true}, {"month", true}, {"day", true}, {NULL, false}};

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V self = kwnames == V_NULL ? from_state(t, type, args, nargs) : V_NULL;
    if (self != V_NULL) return self;
    V given[3];
    int n[3];
    if (args_old_bind(t, NULL, day_params, 3, 3, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    return dt_date(t, type, (Day){n[0], n[1], n[2]});
}

static NATIVE(fromtimestamp) {
    UNUSED_NATIVE();
    time_t when;
    struct tm tm;
    if (time_to_seconds(t, args[0], TIME_FLOOR, &when) < 0) return V_ERROR;
    if (!localtime_r(&when, &tm)) return err_errno(t, &exc_OSError, V_NULL, V_NULL);
    return dt_date_of_class(t, v_as_type(self), (Day){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday});
}

static NATIVE(today) {
    UNUSED_NATIVE();
    V clock = import_attr_c(t, "time", "time"), now = v_is_error(clock) ? V_ERROR : obj_call0(t, clock);
    V result = v_is_error(now) ? V_ERROR : obj_call_method1(t, self, NAME(fromtimestamp), now);
    v_drop(t, clock);
    v_drop(t, now);
    return result;
}

static NATIVE(fromordinal) {
    if (args_old_count(t, "fromordinal", nargs, kwnames, 1, 1) < 0) return V_ERROR;
    int ordinal;
    if (num_as_int_old(t, args[0], &ordinal) < 0) return V_ERROR;
    if (ordinal < 1) return err_set(t, &exc_ValueError, "ordinal must be >= 1");
    const int last = INT_MAX - 366; // far out of range, and so is the year
    return dt_date_of_class(t, v_as_type(self), dt_from_ordinal(ordinal < last ? ordinal : last));
}

static NATIVE(fromisoformat) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "fromisoformat: argument must be str");
    Day d;
    if (!dt_read_date((IsoText){args[0], 0, str_len(args[0])}, &d)) return dt_bad_iso(t, args[0]);
    return dt_date_of_class(t, v_as_type(self), d);
}

static NATIVE(fromisocalendar) {
    static const OldParam params[] = {{"year", true}, {"week", true}, {"day", true}, {NULL, false}};
    V given[3];
    int n[3];
    if (args_old_bind(t, "fromisocalendar", params, 3, 3, args, nargs, kwnames, given, n) < 0) {
        if (!err_matches(t, &exc_OverflowError)) return V_ERROR;
        err_clear(t);
        return err_set(t, &exc_ValueError, "ISO calendar component out of range");
    }
    Day d;
    switch (dt_from_iso(n[0], n[1], n[2], &d)) {
    case ISO_BAD_YEAR: return err_set(t, &exc_ValueError, "Year is out of range: %d", n[0]);
    case ISO_BAD_WEEK: return err_set(t, &exc_ValueError, "Invalid week: %d", n[1]);
    case ISO_BAD_DAY: return err_set(t, &exc_ValueError, "Invalid day: %d (range is [1, 7])", n[2]);
    default: return dt_date_of_class(t, v_as_type(self), d);
    }
}

static NATIVE(replace) {
    V given[3];
    Day d = day_of(self);
    int n[3] = {d.year, d.month, d.day};
    if (args_old_bind(t, "replace", day_params, 3, 0, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    return dt_date(t, v_type(self), (Day){n[0], n[1], n[2]});
}

// ---- arithmetic --------------------------------------------------------------------------------------------------------------
static V shifted(Thread *t, V date, int64_t days) {
    int64_t ordinal = dt_ordinal(day_of(date)) + days;
    if (ordinal < 1 || ordinal > DT_MAX_ORDINAL) return err_set(t, &exc_OverflowError, "date value out of range");
    return dt_date_of_class(t, v_type(date), dt_from_ordinal((int)ordinal));
}

static V add(Thread *t, V a, V b) {
    if (is_moment(t, a) || is_moment(t, b)) return V_NOT_IMPLEMENTED;
    if (is_date(t, a) && is_delta(t, b)) return shifted(t, a, delta_of(b)->days);
    if (is_delta(t, a) && is_date(t, b)) return shifted(t, b, delta_of(a)->days);
    return V_NOT_IMPLEMENTED;
}

static V subtract(Thread *t, V a, V b) {
    if (is_moment(t, a) || is_moment(t, b) || !is_date(t, a)) return V_NOT_IMPLEMENTED;
    if (is_delta(t, b)) return shifted(t, a, -(int64_t)delta_of(b)->days);
    if (!is_date(t, b)) return V_NOT_IMPLEMENTED;
    return dt_delta_seconds(t, ((int64_t)dt_ordinal(day_of(a)) - dt_ordinal(day_of(b))) * DT_DAY, 0);
}

V dt_compare_bytes(const uint8_t *a, const uint8_t *b, size_t n, int op) { return v_from_bool(cmp_holds(memcmp(a, b, n), 0, op)); }

static V compare(Thread *t, V a, V b, int op) {
    return is_date(t, b) ? dt_compare_bytes(date_of(a)->data, date_of(b)->data, DATE_BYTES, op) : V_NOT_IMPLEMENTED;
}

static int hash(Thread *t, V self, int64_t *out) {
    (void)t;
    Date *d = date_of(self);
    *out = at_load_relaxed(&d->hash);
    if (!*out) at_store_relaxed(&d->hash, *out = dt_hash_bytes(d->data, DATE_BYTES));
    return 0;
}

// ---- text --------------------------------------------------------------------------------------------------------------------
static V repr(Thread *t, V self) {
    Day d = day_of(self);
    return str_from_format(t, "%s(%d, %d, %d)", dt_type_name(v_type(self)), d.year, d.month, d.day);
}

static NATIVE(isoformat) {
    UNUSED_NATIVE();
    Day d = day_of(self);
    return str_from_format(t, "%04d-%02d-%02d", d.year, d.month, d.day);
}
static V str(Thread *t, V self) { return obj_call_method0(t, self, NAME(isoformat)); }

static NATIVE(ctime_) {
    UNUSED_NATIVE();
    Day d = day_of(self);
    return str_from_format(t, "%s %s %2d 00:00:00 %04d", dt_day_names[dt_weekday(d)], dt_month_names[d.month], d.day, d.year);
}

static NATIVE(strftime_) {
    static const OldParam params[] = {{"format", false}, {NULL, false}};
    V format;
    if (args_old_bind(t, "strftime", params, 1, 1, args, nargs, kwnames, &format, NULL) < 0) return V_ERROR;
    if (!v_is_str(format)) return err_set(t, &exc_TypeError, "strftime() argument 1 must be str, not %K", format);
    V tuple = obj_call_method0(t, self, NAME(timetuple));
    if (v_is_error(tuple)) return V_ERROR;
    bool moment = is_moment(t, self);
    V result = dt_strftime(t, format, moment ? slot_peek(&moment_of(self)->zone) : V_NULL, self,
                           moment ? moment_clock(self).micro : 0, tuple);
    v_drop(t, tuple);
    return result;
}

// ---- parts ---------------------------------------------------------------------------------------------------------------------
static NATIVE(timetuple) {
    UNUSED_NATIVE();
    return dt_struct_time(t, day_of(self), (Clock){0}, -1);
}
static NATIVE(toordinal) {
    UNUSED_NATIVE();
    return v_from_int(dt_ordinal(day_of(self)));
}
static NATIVE(weekday) {
    UNUSED_NATIVE();
    return v_from_int(dt_weekday(day_of(self)));
}
static NATIVE(isoweekday) {
    UNUSED_NATIVE();
    return v_from_int(dt_weekday(day_of(self)) + 1);
}
static V iso_new(Thread *t, Type *type, const int n[3]) {
    V self = type_alloc(t, type, 3);
    if (v_is_error(self)) return V_ERROR;
    tuple_of(self)->len = 3;
    for (size_t i = 0; i < 3; i++) tuple_init(t, self, i, v_from_int(n[i]));
    return self;
}
static NATIVE(isocalendar) {
    UNUSED_NATIVE();
    IsoWeek w = dt_iso_week(day_of(self));
    return iso_new(t, &dt_iso_type, (int[]){w.year, w.week, w.day});
}
static NATIVE(reduce) {
    UNUSED_NATIVE();
    V state = bytes_from(t, date_of(self)->data, DATE_BYTES);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack_steal(t, 1, state));
}

static V get_part(Thread *t, V self, void *closure) {
    (void)t;
    Day d = day_of(self);
    return v_from_int(closure == NULL ? d.year : *(const char *)closure == 'm' ? d.month : d.day);
}

static const Method methods[] = {
    {"fromtimestamp", fromtimestamp, "timestamp, /", LOCK_NONE, M_CLASS, "The local date at a POSIX timestamp."},
    {"fromordinal", fromordinal, NULL, LOCK_NONE, M_CLASS | M_RAW, "The date with an ordinal: 1 is the first of January of year 1."},
    {"fromisoformat", fromisoformat, "string, /", LOCK_NONE, M_CLASS, "The date written in an ISO 8601 format."},
    {"fromisocalendar", fromisocalendar, NULL, LOCK_NONE, M_CLASS | M_RAW, "The date of an ISO year, week and day of the week."},
    {"today", today, "", LOCK_NONE, M_CLASS, "Today's date, by the local clock."},
    {"ctime", ctime_, "", LOCK_NONE, 0, "Text like C's ctime(): day, month, midnight, year."},
    {"strftime", strftime_, NULL, LOCK_NONE, M_RAW, "Text by a format of time.strftime: strftime(format)."},
    {"__format__", dt_format, NULL, LOCK_NONE, M_RAW, "strftime by the format; str() when it is empty."},
    {"timetuple", timetuple, "", LOCK_NONE, 0, "A time.struct_time for this day's start."},
    {"isocalendar", isocalendar, "", LOCK_NONE, 0, "The ISO year, week number and weekday, as a named tuple."},
    {"isoformat", isoformat, "", LOCK_NONE, 0, "YYYY-MM-DD."},
    {"isoweekday", isoweekday, "", LOCK_NONE, 0, "The day of the week: Monday 1 … Sunday 7."},
    {"toordinal", toordinal, "", LOCK_NONE, 0, "Days since the last of December before year 1."},
    {"weekday", weekday, "", LOCK_NONE, 0, "The day of the week: Monday 0 … Sunday 6."},
    {"replace", replace, NULL, LOCK_NONE, M_RAW, "The same date with some of year, month and day changed."},
    {"__reduce__", reduce, "", LOCK_NONE, 0, "For pickles: (class, (bytes,))."},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"year", get_part, NULL, NULL, NULL},
    {"month", get_part, NULL, NULL, (void *)"m"},
    {"day", get_part, NULL, NULL, (void *)"d"},
    {0},
};
Type dt_date_type = {
    TYPE_HEAD("datetime.date"), .size = sizeof(Date), .flags = TYPE_BASETYPE, .new_ = type_new, .repr = repr, .str = str,
    .hash = hash, .compare = compare, .add = add, .subtract = subtract, .getattr = obj_generic_getattr, .methods = methods,
    .getsets = getsets, .doc = "A day of the proleptic Gregorian calendar: date(year, month, day).",
};

// ---- IsoCalendarDate -------------------------------------------------------------------------------------------------------------
static V iso_type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    static const OldParam params[] = {{"year", true}, {"week", true}, {"weekday", true}, {NULL, false}};
    V given[3];
    int n[3];
    if (args_old_bind(t, "IsoCalendarDate", params, 3, 3, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    return iso_new(t, type, n);
}
static V iso_repr(Thread *t, V self) {
    return str_from_format(t, "%s(year=%V, week=%V, weekday=%V)", dt_type_name(v_type(self)), tuple_borrow(self, 0),
                           tuple_borrow(self, 1), tuple_borrow(self, 2));
}
static V iso_get(Thread *t, V self, void *closure) {
    (void)t;
    const char *which = closure;
    return tuple_get(self, which == NULL ? 0 : *which == 'w' ? 1 : 2);
}
static NATIVE(iso_reduce) {
    UNUSED_NATIVE();
    V plain = tuple_pack(t, 3, tuple_borrow(self, 0), tuple_borrow(self, 1), tuple_borrow(self, 2));
    return tuple_pack_steal(t, 2, v_from_type(&tuple_type), tuple_pack_steal(t, 1, plain));
}
static const Method iso_methods[] = {
    {"__reduce__", iso_reduce, "", LOCK_NONE, 0, "For pickles: a plain tuple."},
    METHOD_END,
};
static const GetSet iso_getsets[] = {
    {"year", iso_get, NULL, NULL, NULL},
    {"week", iso_get, NULL, NULL, (void *)"w"},
    {"weekday", iso_get, NULL, NULL, (void *)"d"},
    {0},
};
Type dt_iso_type = {
    TYPE_HEAD("datetime.IsoCalendarDate"), .base = &tuple_type, .new_ = iso_type_new, .repr = iso_repr, .methods = iso_methods,
    .getsets = iso_getsets, .doc = "What date.isocalendar() answers.",
};

int dt_date_start(Thread *t, V module) {
    if (module_add_type(t, module, &dt_date_type) < 0 || type_ready(t, &dt_iso_type) < 0) return -1;
    if (dt_class_constant(t, &dt_date_type, "min", dt_date(t, &dt_date_type, (Day){DT_MIN_YEAR, 1, 1})) < 0) return -1;
    if (dt_class_constant(t, &dt_date_type, "max", dt_date(t, &dt_date_type, (Day){DT_MAX_YEAR, 12, 31})) < 0) return -1;
    return dt_class_constant(t, &dt_date_type, "resolution", dt_delta_seconds(t, DT_DAY, 0));
}
