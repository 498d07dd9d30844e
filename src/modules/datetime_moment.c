// SPDX-License-Identifier: MIT
// Module _datetime: datetime, a date and a time of day: the type, its parts and its text.
#include "datetime_private.h"

// ---- making --------------------------------------------------------------------------------------------------------------
static V alloc(Thread *t, Type *type, const uint8_t data[MOMENT_BYTES], int fold, V zone) {
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Moment *o = moment_of(self);
    memcpy(o->data, data, MOMENT_BYTES);
    o->fold = (uint8_t)fold;
    if (zone != V_NULL && zone != V_NONE) slot_init(t, &o->head, &o->zone, zone);
    return self;
}

V dt_moment(Thread *t, Type *type, Day d, Clock c, V zone) {
    if (dt_check_day(t, d) < 0 || dt_check_clock(t, c) < 0 || dt_check_zone(t, zone) < 0) return V_ERROR;
    uint8_t data[MOMENT_BYTES];
    dt_put_day(data, d);
    dt_put_clock(data + DATE_BYTES, c);
    return alloc(t, type, data, c.fold, zone);
}

V dt_moment_of_class(Thread *t, Type *type, Day d, Clock c, V zone) {
    if (type == &dt_moment_type) return dt_moment(t, type, d, c, zone);
    V args[] = {v_from_int(d.year), v_from_int(d.month), v_from_int(d.day), v_from_int(c.hour), v_from_int(c.minute),
                v_from_int(c.second), v_from_int(c.micro), zone == V_NULL ? V_NONE : zone};
    V self = obj_call(t, v_from_type(type), args, 8, V_NULL);
    // The class is not asked about the fold; what it made is new, and nobody compares by it.
    if (c.fold && !v_is_error(self) && is_moment(t, self)) at_store_relaxed(&moment_of(self)->fold, (uint8_t)c.fold);
    return self;
}

static V from_state(Thread *t, Type *type, const V *args, size_t nargs) {
    V state = dt_unpickled(t, args, nargs, MOMENT_BYTES);
    if (state == V_NULL || v_is_error(state)) return state;
    uint8_t p[MOMENT_BYTES];
    memcpy(p, bytes_data(state), sizeof p);
    v_drop(t, state);
    int fold = p[2] >> 7;
    p[2] &= 0x7f;
    if (p[2] < 1 || p[2] > 12) return V_NULL;
    V zone = nargs == 2 ? args[1] : V_NONE;
    if (zone != V_NONE && !is_tzinfo(t, zone)) return err_set(t, &exc_TypeError, "bad tzinfo state arg");
    return alloc(t, type, p, fold, zone);
}

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MICRO, ZONE, FOLD, N_PARAMS };
static const OldParam params[] = {{"year", true}, {"month", true}, {"day", true}, {"hour", true}, {"minute", true},
                               {"second", true}, {"microsecond", true}, {"tzinfo", false}, {"fold", true}, {NULL, false}};

static V from_numbers(Thread *t, Type *type, const int *n, V zone) {
    return dt_moment(t, type, (Day){n[YEAR], n[MONTH], n[DAY]}, (Clock){n[HOUR], n[MINUTE], n[SECOND], n[MICRO], n[FOLD]}, zone);
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V self = kwnames == V_NULL ? from_state(t, type, args, nargs) : V_NULL;
    if (self != V_NULL) return self;
    V given[N_PARAMS];
    int n[N_PARAMS] = {0};
    if (args_old_bind(t, NULL, params, FOLD, 3, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    return from_numbers(t, type, n, given[ZONE]);
}

static NATIVE(replace) {
    Day d = day_of(self);
    Clock c = moment_clock(self);
    V given[N_PARAMS];
    int n[N_PARAMS] = {d.year, d.month, d.day, c.hour, c.minute, c.second, c.micro, 0, c.fold};
    if (args_old_bind(t, "replace", params, FOLD, 0, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    return from_numbers(t, v_type(self), n, given[ZONE] == V_NULL ? zone_or_none(&moment_of(self)->zone) : given[ZONE]);
}

// ---- parts -------------------------------------------------------------------------------------------------------------------
static NATIVE(date_) {
    UNUSED_NATIVE();
    return dt_date(t, &dt_date_type, day_of(self));
}
static NATIVE(time_) {
    UNUSED_NATIVE();
    return dt_time(t, &dt_time_type, moment_clock(self), V_NONE);
}
static NATIVE(timetz) {
    UNUSED_NATIVE();
    return dt_time(t, &dt_time_type, moment_clock(self), slot_peek(&moment_of(self)->zone));
}
static NATIVE(utcoffset) {
    UNUSED_NATIVE();
    return dt_utcoffset(t, slot_peek(&moment_of(self)->zone), self);
}
static NATIVE(dst) {
    UNUSED_NATIVE();
    return dt_zone_delta(t, slot_peek(&moment_of(self)->zone), NAME(dst), self);
}
static NATIVE(tzname_) {
    UNUSED_NATIVE();
    return dt_tzname(t, slot_peek(&moment_of(self)->zone), self);
}
static NATIVE(timetuple) {
    UNUSED_NATIVE();
    V saving = dt_zone_delta(t, slot_peek(&moment_of(self)->zone), NAME(dst), self);
    if (v_is_error(saving)) return V_ERROR;
    int flag = saving == V_NONE ? -1 : dt_delta_wide(saving) != 0;
    v_drop(t, saving);
    return dt_struct_time(t, day_of(self), moment_clock(self), flag);
}

static V get_part(Thread *t, V self, void *closure) {
    (void)t;
    Clock c = moment_clock(self);
    const int parts[] = {c.hour, c.minute, c.second, c.micro, c.fold};
    return v_from_int(parts[(size_t)(uintptr_t)closure]);
}
static V get_zone(Thread *t, V self, void *closure) {
    (void)closure, (void)t;
    V zone = slot_get(v_obj(self), &moment_of(self)->zone);
    return zone == V_NULL ? V_NONE : zone;
}

// ---- text ----------------------------------------------------------------------------------------------------------------------
static V iso(Thread *t, V self, uint32_t separator, int spec) {
    Day d = day_of(self);
    StrBuilder b;
    sb_init(&b, t);
    sb_format(&b, "%04d-%02d-%02d", d.year, d.month, d.day);
    sb_char(&b, separator);
    dt_put_time(&b, moment_clock(self), spec);
    if (dt_put_offset(t, &b, slot_peek(&moment_of(self)->zone), self, ":") == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

static NATIVE(isoformat) {
    static const OldParam iso_params[] = {{"sep", false}, {"timespec", false}, {NULL, false}};
    V given[2];
    if (args_old_bind(t, "isoformat", iso_params, 2, 0, args, nargs, kwnames, given, NULL) < 0) return V_ERROR;
    if (given[0] != V_NULL && (!v_is_str(given[0]) || str_len(given[0]) != 1))
        return err_set(t, &exc_TypeError, "isoformat() argument 1 must be a unicode character, not %K", given[0]);
    int spec = dt_timespec(t, given[1], "2");
    return spec < 0 ? V_ERROR : iso(t, self, given[0] == V_NULL ? 'T' : str_at(given[0], 0), spec);
}

static V str(Thread *t, V self) { return obj_call_method1(t, self, NAME(isoformat), NAME_STR(" ")); }

static NATIVE(ctime_) {
    UNUSED_NATIVE();
    Day d = day_of(self);
    Clock c = moment_clock(self);
    return str_from_format(t, "%s %s %2d %02d:%02d:%02d %04d", dt_day_names[dt_weekday(d)], dt_month_names[d.month], d.day, c.hour,
                           c.minute, c.second, d.year);
}

static V repr(Thread *t, V self) {
    Day d = day_of(self);
    Clock c = moment_clock(self);
    V name = str_from_cstr(t, dt_type_name(v_type(self))), zone = slot_get(v_obj(self), &moment_of(self)->zone);
    V zone_repr = v_is_error(name) || zone == V_NULL ? V_NULL : obj_repr(t, zone);
    v_drop(t, zone);
    if (v_is_error(name) || v_is_error(zone_repr)) {
        v_drop(t, name);
        return V_ERROR;
    }
    StrBuilder b;
    sb_init(&b, t);
    sb_str(&b, name);
    sb_format(&b, "(%d, %d, %d, %d, %d", d.year, d.month, d.day, c.hour, c.minute);
    if (c.second || c.micro) sb_format(&b, ", %d", c.second);
    if (c.micro) sb_format(&b, ", %d", c.micro);
    if (c.fold) sb_cstr(&b, ", fold=1");
    if (zone_repr != V_NULL) {
        sb_cstr(&b, ", tzinfo=");
        sb_str(&b, zone_repr);
    }
    sb_char(&b, ')');
    v_drop(t, name);
    v_drop(t, zone_repr);
    return sb_finish(&b);
}

static V reduce(Thread *t, V self, int protocol) {
    const Moment *o = moment_of(self);
    uint8_t data[MOMENT_BYTES];
    memcpy(data, o->data, sizeof data);
    if (protocol > 3 && o->fold) data[2] |= 0x80;
    V zone = slot_peek(&o->zone), state = bytes_from(t, data, sizeof data);
    V args = zone == V_NULL ? tuple_pack_steal(t, 1, state) : tuple_pack_steal(t, 2, state, v_dup(zone));
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), args);
}
static NATIVE(m_reduce) {
    UNUSED_NATIVE();
    return reduce(t, self, 2);
}
static NATIVE(m_reduce_ex) {
    UNUSED_NATIVE();
    int protocol;
    return num_as_int_old(t, args[0], &protocol) < 0 ? V_ERROR : reduce(t, self, protocol);
}

// ---- the type ---------------------------------------------------------------------------------------------------------------------
static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Moment *)o)->zone); }

#define MAKER(name, sig, flags, doc) {#name, dt_make_##name, sig, LOCK_NONE, M_CLASS | (flags), doc}
static const Method methods[] = {
    MAKER(now, "tz=None", 0, "Now, by the local clock, or in a zone."),
    MAKER(utcnow, "", 0, "Now in UTC, without a zone."),
    MAKER(fromtimestamp, NULL, M_RAW, "The local time at a POSIX timestamp: fromtimestamp(timestamp, tz=None)."),
    MAKER(utcfromtimestamp, NULL, M_RAW, "UTC at a POSIX timestamp, without a zone: utcfromtimestamp(timestamp)."),
    MAKER(strptime, NULL, M_RAW, "Reads text by a format: strptime(text, format)."),
    MAKER(combine, NULL, M_RAW, "A date and a time together: combine(date, time[, tzinfo])."),
    MAKER(fromisoformat, "string, /", 0, "The datetime written in an ISO 8601 format."),
    {"date", date_, "", LOCK_NONE, 0, "The date of it."},
    {"time", time_, "", LOCK_NONE, 0, "The time of day, without the zone."},
    {"timetz", timetz, "", LOCK_NONE, 0, "The time of day, with the zone."},
    {"ctime", ctime_, "", LOCK_NONE, 0, "Text like C's ctime(): day, month, time, year."},
    {"timetuple", timetuple, "", LOCK_NONE, 0, "A time.struct_time of the fields."},
    {"timestamp", dt_moment_timestamp, "", LOCK_NONE, 0, "The POSIX timestamp, a float."},
    {"utctimetuple", dt_moment_utctimetuple, "", LOCK_NONE, 0, "A time.struct_time in UTC."},
    {"isoformat", isoformat, NULL, LOCK_NONE, M_RAW,
     "YYYY-MM-DDTHH:MM:SS[.ffffff][+HH:MM]; sep stands between date and time, timespec says how much of the time."},
    {"utcoffset", utcoffset, "", LOCK_NONE, 0, "What the zone says of its offset."},
    {"tzname", tzname_, "", LOCK_NONE, 0, "What the zone says of its name."},
    {"dst", dst, "", LOCK_NONE, 0, "What the zone says of daylight saving."},
    {"replace", replace, NULL, LOCK_NONE, M_RAW, "The same datetime with some fields changed."},
    {"astimezone", dt_moment_astimezone, NULL, LOCK_NONE, M_RAW, "The same moment in another zone: astimezone(tz=None)."},
    {"__reduce_ex__", m_reduce_ex, "protocol, /", LOCK_NONE, 0, "For pickles: (class, (bytes[, zone])), by protocol."},
    {"__reduce__", m_reduce, "", LOCK_NONE, 0, "For pickles: (class, (bytes[, zone]))."},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"hour", get_part, NULL, NULL, (void *)0},
    {"minute", get_part, NULL, NULL, (void *)1},
    {"second", get_part, NULL, NULL, (void *)2},
    {"microsecond", get_part, NULL, NULL, (void *)3},
    {"tzinfo", get_zone, NULL, NULL, NULL},
    {"fold", get_part, NULL, NULL, (void *)4},
    {0},
};
Type dt_moment_type = {
    TYPE_HEAD("datetime.datetime"), .base = &dt_date_type, .size = sizeof(Moment), .flags = TYPE_BASETYPE | TYPE_GC,
    .new_ = type_new, .traverse = traverse, .repr = repr, .str = str, .hash = dt_moment_hash, .compare = dt_moment_compare,
    .add = dt_moment_add, .subtract = dt_moment_subtract, .getattr = obj_generic_getattr, .methods = methods, .getsets = getsets,
    .doc = "A date and a time of day:\n"
           "datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0).",
};

int dt_moment_start(Thread *t, V module) {
    if (module_add_type(t, module, &dt_moment_type) < 0) return -1;
    V min = dt_moment(t, &dt_moment_type, (Day){DT_MIN_YEAR, 1, 1}, (Clock){0}, V_NULL);
    if (dt_class_constant(t, &dt_moment_type, "min", min) < 0) return -1;
    V max = dt_moment(t, &dt_moment_type, (Day){DT_MAX_YEAR, 12, 31}, (Clock){23, 59, 59, 999999, 0}, V_NULL);
    if (dt_class_constant(t, &dt_moment_type, "max", max) < 0) return -1;
    return dt_class_constant(t, &dt_moment_type, "resolution", dt_delta_seconds(t, 0, 1));
}
