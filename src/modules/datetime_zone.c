// SPDX-License-Identifier: MIT
// Module _datetime: tzinfo, and timezone, its subclass with a fixed offset.
#include "datetime_private.h"
#include "object/plain.h"

Slot dt_utc;
#define DAY_MICRO ((Wide)DT_DAY * DT_MICRO)

// ---- asking a zone ---------------------------------------------------------------------------------------------------------
static bool within_day(V delta) {
    Wide micro = dt_delta_wide(delta);
    return micro > -DAY_MICRO && micro < DAY_MICRO;
}

V dt_zone_delta(Thread *t, V zone, V name, V arg) {
    if (zone == V_NULL || zone == V_NONE) return V_NONE;
    if (v_is_exact(zone, &dt_zone_type) && v_is(name, NAME(utcoffset))) return slot_get(v_obj(zone), &((Zone *)v_obj(zone))->offset);
    V offset = obj_call_method1(t, zone, name, arg);
    if (v_is_error(offset) || offset == V_NONE) return offset;
    if (!is_delta(t, offset)) {
        err_set(t, &exc_TypeError, "tzinfo.%V() must return None or timedelta, not '%T'", name, offset);
    } else if (within_day(offset)) {
        return offset;
    } else {
        err_set(t, &exc_ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
    }
    v_drop(t, offset);
    return V_ERROR;
}

V dt_tzname(Thread *t, V zone, V arg) {
    if (zone == V_NULL || zone == V_NONE) return V_NONE;
    V name = obj_call_method1(t, zone, NAME(tzname), arg);
    if (v_is_error(name) || name == V_NONE || v_is_str(name)) return name;
    err_set(t, &exc_TypeError, "tzinfo.tzname() must return None or a string, not '%T'", name);
    v_drop(t, name);
    return V_ERROR;
}

// The machine's zone at a time: its offset and abbreviation.
V dt_local_zone(Thread *t, int64_t timestamp) {
    struct tm tm;
    time_t when = timestamp;
    if (!localtime_r(&when, &tm)) return err_errno(t, &exc_OSError, V_NULL, V_NULL);
    V offset = dt_delta_seconds(t, tm.tm_gmtoff, 0);
    V name = v_is_error(offset) ? V_ERROR : str_from_utf8_surrogateescape(t, tm.tm_zone, strlen(tm.tm_zone));
    V zone = v_is_error(name) ? V_ERROR : dt_zone_new(t, offset, name);
    v_drop(t, name);
    v_drop(t, offset);
    return zone;
}

// ---- tzinfo ------------------------------------------------------------------------------------------------------------------
static V not_implemented(Thread *t, const char *name) {
    return err_set(t, &exc_NotImplementedError, "a tzinfo subclass must implement %s()", name);
}
static NATIVE(tzinfo_tzname) {
    UNUSED_NATIVE();
    return not_implemented(t, "tzname");
}
static NATIVE(tzinfo_utcoffset) {
    UNUSED_NATIVE();
    return not_implemented(t, "utcoffset");
}
static NATIVE(tzinfo_dst) {
    UNUSED_NATIVE();
    return not_implemented(t, "dst");
}

static int check_own(Thread *t, V self, V dt) {
    if (!is_moment(t, dt)) {
        err_set(t, &exc_TypeError, "fromutc: argument must be a datetime");
        return -1;
    }
    if (v_is(slot_peek(&moment_of(dt)->zone), self)) return 0;
    err_set(t, &exc_ValueError, "fromutc: dt.tzinfo is not self");
    return -1;
}

static int ask(Thread *t, V dt, V name, const char *complaint, Wide *micro) {
    V delta = dt_zone_delta(t, slot_peek(&moment_of(dt)->zone), name, dt);
    if (v_is_error(delta)) return -1;
    if (delta == V_NONE) {
        err_set(t, &exc_ValueError, complaint);
        return -1;
    }
    *micro = dt_delta_wide(delta);
    v_drop(t, delta);
    return 0;
}

// Local time from UTC, for a zone whose standard offset is always the same: first that, then daylight saving as it holds
// there.
static NATIVE(tzinfo_fromutc) {
    UNUSED_NATIVE();
    V dt = args[0];
    Wide offset, dst;
    if (check_own(t, self, dt) < 0) return V_ERROR;
    if (ask(t, dt, NAME(utcoffset), "fromutc: non-None utcoffset() result required", &offset) < 0) return V_ERROR;
    if (ask(t, dt, NAME(dst), "fromutc: non-None dst() result required", &dst) < 0) return V_ERROR;
    V standard = dt_moment_shift(t, dt, offset - dst, self);
    if (v_is_error(standard)) return V_ERROR;
    Wide there;
    V local = V_ERROR;
    if (ask(t, standard, NAME(dst), "fromutc: tz.dst() gave inconsistent results; cannot convert", &there) == 0)
        local = there ? dt_moment_shift(t, standard, there, self) : v_dup(standard);
    v_drop(t, standard);
    return local;
}

static V reduce(Thread *t, V self) {
    V getinitargs = obj_lookup_attr(t, self, NAME(__getinitargs__));
    if (v_is_error(getinitargs)) return V_ERROR;
    V init = getinitargs == V_NULL ? tuple_empty() : obj_call0(t, getinitargs);
    v_drop(t, getinitargs);
    V state = v_is_error(init) ? V_ERROR : obj_call_method0(t, self, NAME(__getstate__));
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), init, state);
}
static NATIVE(tzinfo_reduce) {
    UNUSED_NATIVE();
    return reduce(t, self);
}

static const Method tzinfo_methods[] = {
    {"tzname", tzinfo_tzname, "dt, /", LOCK_NONE, 0, "The zone's name at a datetime."},
    {"utcoffset", tzinfo_utcoffset, "dt, /", LOCK_NONE, 0, "How far local time is ahead of UTC, a timedelta."},
    {"dst", tzinfo_dst, "dt, /", LOCK_NONE, 0, "The part of the offset that is daylight saving, a timedelta."},
    {"fromutc", tzinfo_fromutc, "dt, /", LOCK_NONE, 0, "The local datetime for one whose fields are UTC."},
    {"__reduce__", tzinfo_reduce, "", LOCK_NONE, 0, "For pickles: (class, arguments, state)."},
    METHOD_END,
};
Type dt_tzinfo_type = {
    TYPE_HEAD("datetime.tzinfo"), .size = sizeof(Obj), .flags = TYPE_BASETYPE, .new_ = type_new_bare, .methods = tzinfo_methods,
    .getattr = obj_generic_getattr, .doc = "What subclasses override to describe a time zone.",
};

// ---- timezone ------------------------------------------------------------------------------------------------------------------
static Zone *of(V v) { return (Zone *)v_obj(v); }

static V zone_alloc(Thread *t, V offset, V name_or_null) {
    V zone = type_alloc(t, &dt_zone_type, 0);
    if (v_is_error(zone)) return V_ERROR;
    slot_init(t, v_obj(zone), &of(zone)->offset, offset);
    if (name_or_null != V_NULL) slot_init(t, v_obj(zone), &of(zone)->name, name_or_null);
    return zone;
}

V dt_zone_new(Thread *t, V offset, V name) {
    if (name == V_NULL && dt_delta_wide(offset) == 0) return root_get(&dt_utc);
    if (within_day(offset)) return zone_alloc(t, offset, name);
    return err_set(t, &exc_ValueError,
                   "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.", offset);
}

static V zone_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    static const OldParam params[] = {{"offset", false}, {"name", false}, {NULL, false}};
    V given[2];
    if (args_old_bind(t, "timezone", params, 2, 1, args, nargs, kwnames, given, NULL) < 0) return V_ERROR;
    if (!is_delta(t, given[0])) return err_bad_argument(t, "timezone", "argument 1", "datetime.timedelta", given[0]);
    if (given[1] != V_NULL && !v_is_str(given[1])) return err_bad_argument(t, "timezone", "argument 2", "str", given[1]);
    return dt_zone_new(t, given[0], given[1]);
}

static int check_argument(Thread *t, V dt, const char *name) {
    if (dt == V_NONE || is_moment(t, dt)) return 0;
    err_set(t, &exc_TypeError, "%s(dt) argument must be a datetime instance or None, not %T", name, dt);
    return -1;
}

static V zone_str(Thread *t, V self) {
    V name = slot_get(v_obj(self), &of(self)->name);
    if (name != V_NULL) return name;
    V offset = slot_peek(&of(self)->offset);
    Wide micro = dt_delta_wide(offset);
    if (micro == 0) return str_from_cstr(t, "UTC");
    StrBuilder b;
    sb_init(&b, t);
    sb_cstr(&b, "UTC");
    if (dt_put_offset(t, &b, self, V_NONE, ":") == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

static V zone_repr(Thread *t, V self) {
    if (v_is(self, slot_peek(&dt_utc))) return str_from_cstr(t, "datetime.timezone.utc");
    const char *type = dt_type_name(v_type(self));
    V offset = slot_peek(&of(self)->offset), name = slot_peek(&of(self)->name);
    return name == V_NULL ? str_from_format(t, "%s(%R)", type, offset) : str_from_format(t, "%s(%R, %R)", type, offset, name);
}

static int zone_hash(Thread *t, V self, int64_t *out) { return obj_hash(t, slot_peek(&of(self)->offset), out); }

static V zone_compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(b, &dt_zone_type)) return V_NOT_IMPLEMENTED;
    (void)t;
    bool equal = dt_delta_wide(slot_peek(&of(a)->offset)) == dt_delta_wide(slot_peek(&of(b)->offset));
    return v_from_bool(equal == (op == CMP_EQ));
}

static NATIVE(zone_tzname) {
    UNUSED_NATIVE();
    return check_argument(t, args[0], "tzname") < 0 ? V_ERROR : zone_str(t, self);
}
static NATIVE(zone_utcoffset) {
    UNUSED_NATIVE();
    return check_argument(t, args[0], "utcoffset") < 0 ? V_ERROR : slot_get(v_obj(self), &of(self)->offset);
}
static NATIVE(zone_dst) {
    UNUSED_NATIVE();
    return check_argument(t, args[0], "dst") < 0 ? V_ERROR : V_NONE;
}
static NATIVE(zone_fromutc) {
    UNUSED_NATIVE();
    if (check_own(t, self, args[0]) < 0) return V_ERROR;
    return dt_moment_shift(t, args[0], dt_delta_wide(slot_peek(&of(self)->offset)), self);
}
static NATIVE(zone_getinitargs) {
    UNUSED_NATIVE();
    V offset = slot_peek(&of(self)->offset), name = slot_peek(&of(self)->name);
    return name == V_NULL ? tuple_pack(t, 1, offset) : tuple_pack(t, 2, offset, name);
}

static void zone_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Zone *)o)->offset);
    VISIT(((Zone *)o)->name);
}

static const Method zone_methods[] = {
    {"tzname", zone_tzname, "dt, /", LOCK_NONE, 0, "The name given, or one made of the offset."},
    {"utcoffset", zone_utcoffset, "dt, /", LOCK_NONE, 0, "The fixed offset."},
    {"dst", zone_dst, "dt, /", LOCK_NONE, 0, "None: there is no daylight saving."},
    {"fromutc", zone_fromutc, "dt, /", LOCK_NONE, 0, "The local datetime for one whose fields are UTC."},
    {"__getinitargs__", zone_getinitargs, "", LOCK_NONE, 0, "For pickles: the arguments that make an equal zone."},
    METHOD_END,
};
Type dt_zone_type = {
    TYPE_HEAD("datetime.timezone"), .base = &dt_tzinfo_type, .size = sizeof(Zone), .flags = TYPE_GC, .new_ = zone_new,
    .traverse = zone_traverse, .repr = zone_repr, .str = zone_str, .hash = zone_hash, .compare = zone_compare,
    .methods = zone_methods, .doc = "A zone with one offset: timezone(offset, name=None).",
};

static V make(Thread *t, int hours, int minutes) {
    V offset = dt_delta_seconds(t, hours * 3600 + minutes * 60, 0);
    V zone = v_is_error(offset) ? V_ERROR : zone_alloc(t, offset, V_NULL);
    v_drop(t, offset);
    return zone;
}

int dt_zone_start(Thread *t, V module) {
    if (module_add_type(t, module, &dt_tzinfo_type) < 0 || module_add_type(t, module, &dt_zone_type) < 0) return -1;
    V before = slot_peek(&dt_utc); // of an earlier import
    if (before != V_NULL) return module_add(t, module, "UTC", before);
    V utc = make(t, 0, 0);
    if (v_is_error(utc)) return -1;
    root_register(&dt_utc);
    root_set(t, &dt_utc, utc);
    if (module_add(t, module, "UTC", utc) < 0 || dt_class_constant(t, &dt_zone_type, "utc", utc) < 0) return -1;
    if (dt_class_constant(t, &dt_zone_type, "min", make(t, -23, -59)) < 0) return -1;
    return dt_class_constant(t, &dt_zone_type, "max", make(t, 23, 59));
}
