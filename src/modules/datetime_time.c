// SPDX-License-Identifier: MIT
// Module _datetime: time, a time of day, with or without a zone.
#include "datetime_private.h"

// ---- making --------------------------------------------------------------------------------------------------------------
static V alloc(Thread *t, Type *type, const uint8_t data[TIME_BYTES], int fold, V zone) {
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Time *o = time_of(self);
    memcpy(o->data, data, TIME_BYTES);
    o->fold = (uint8_t)fold;
    if (zone != V_NULL && zone != V_NONE) slot_init(t, &o->head, &o->zone, zone);
    return self;
}

V dt_time(Thread *t, Type *type, Clock c, V zone) {
    if (dt_check_clock(t, c) < 0 || dt_check_zone(t, zone) < 0) return V_ERROR;
    uint8_t data[TIME_BYTES];
    dt_put_clock(data, c);
    return alloc(t, type, data, c.fold, zone);
}

static V of_class(Thread *t, Type *type, Clock c, V zone) {
    if (type == &dt_time_type) return dt_time(t, type, c, zone);
    V args[] = {v_from_int(c.hour), v_from_int(c.minute), v_from_int(c.second), v_from_int(c.micro), zone};
    return obj_call(t, v_from_type(type), args, 5, V_NULL);
}

static V from_state(Thread *t, Type *type, const V *args, size_t nargs) {
    V state = dt_unpickled(t, args, nargs, TIME_BYTES);
    if (state == V_NULL || v_is_error(state)) return state;
    uint8_t p[TIME_BYTES];
    memcpy(p, bytes_data(state), sizeof p);
    v_drop(t, state);
    int fold = p[0] >> 7;
    p[0] &= 0x7f;
    if (p[0] > 23) return V_NULL;
    V zone = nargs == 2 ? args[1] : V_NONE;
    if (zone != V_NONE && !is_tzinfo(t, zone)) return err_set(t, &exc_TypeError, "bad tzinfo state arg");
    return alloc(t, type, p, fold, zone);
}

enum { HOUR, MINUTE, SECOND, MICRO, ZONE, FOLD, N_PARAMS };
static const OldParam params[] = {{"hour", true}, {"minute", true}, {"second", true}, {"microsecond", true}, {"tzinfo", false},
                               {"fold", true}, {NULL, false}};

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V self = kwnames == V_NULL ? from_state(t, type, args, nargs) : V_NULL;
    if (self != V_NULL) return self;
    V given[N_PARAMS];
    int n[N_PARAMS] = {0};
    if (args_old_bind(t, NULL, params, FOLD, 0, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    return dt_time(t, type, (Clock){n[HOUR], n[MINUTE], n[SECOND], n[MICRO], n[FOLD]}, given[ZONE]);
}

static NATIVE(replace) {
    Clock c = clock_of(self);
    V given[N_PARAMS];
    int n[N_PARAMS] = {c.hour, c.minute, c.second, c.micro, 0, c.fold};
    if (args_old_bind(t, "replace", params, FOLD, 0, args, nargs, kwnames, given, n) < 0) return V_ERROR;
    V zone = given[ZONE] == V_NULL ? zone_or_none(&time_of(self)->zone) : given[ZONE];
    return dt_time(t, v_type(self), (Clock){n[HOUR], n[MINUTE], n[SECOND], n[MICRO], n[FOLD]}, zone);
}

V dt_iso_zone(Thread *t, const IsoTime *time) {
    if (!time->has_zone) return V_NONE;
    V offset = dt_delta_seconds(t, time->offset, time->offset_micro);
    V zone = v_is_error(offset) ? V_ERROR : dt_zone_new(t, offset, V_NULL);
    v_drop(t, offset);
    return zone;
}

static NATIVE(fromisoformat) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "fromisoformat: argument must be str");
    IsoText text = {args[0], 0, str_len(args[0])};
    if (text.end && str_at(args[0], 0) == 'T') text.at = 1;
    IsoTime time;
    if (!dt_read_time(text, &time)) return dt_bad_iso(t, args[0]);
    V zone = dt_iso_zone(t, &time);
    V result = v_is_error(zone) ? V_ERROR : of_class(t, v_as_type(self), time.clock, zone);
    v_drop(t, zone);
    return result;
}

// ---- the zone ----------------------------------------------------------------------------------------------------------------
static NATIVE(utcoffset) {
    UNUSED_NATIVE();
    return dt_utcoffset(t, slot_peek(&time_of(self)->zone), V_NONE);
}
static NATIVE(dst) {
    UNUSED_NATIVE();
    return dt_zone_delta(t, slot_peek(&time_of(self)->zone), NAME(dst), V_NONE);
}
static NATIVE(tzname_) {
    UNUSED_NATIVE();
    return dt_tzname(t, slot_peek(&time_of(self)->zone), V_NONE);
}

static Wide micro_of(V self) {
    Clock c = clock_of(self);
    return (Wide)(c.hour * 3600 + c.minute * 60 + c.second) * DT_MICRO + c.micro;
}

// ---- comparing -----------------------------------------------------------------------------------------------------------------
static V compare_offsets(Thread *t, V a, V b, V offset_a, V offset_b, int op) {
    (void)t;
    if (offset_a == V_NONE && offset_b == V_NONE) return dt_compare_bytes(time_of(a)->data, time_of(b)->data, TIME_BYTES, op);
    if (offset_a == V_NONE || offset_b == V_NONE) {
        if (op == CMP_EQ || op == CMP_NE) return v_from_bool(op == CMP_NE);
        return err_set(t, &exc_TypeError, "can't compare offset-naive and offset-aware times");
    }
    Wide x = micro_of(a) - dt_delta_wide(offset_a), y = micro_of(b) - dt_delta_wide(offset_b);
    return v_from_bool(cmp_holds(x < y ? -1 : x > y, 0, op));
}

static V compare(Thread *t, V a, V b, int op) {
    if (!is_time(t, b)) return V_NOT_IMPLEMENTED;
    V zone_a = slot_peek(&time_of(a)->zone), zone_b = slot_peek(&time_of(b)->zone);
    if (v_is(zone_a, zone_b)) return dt_compare_bytes(time_of(a)->data, time_of(b)->data, TIME_BYTES, op);
    V offset_a = dt_utcoffset(t, zone_a, V_NONE), offset_b = v_is_error(offset_a) ? V_ERROR : dt_utcoffset(t, zone_b, V_NONE);
    V result = v_is_error(offset_b) ? V_ERROR : compare_offsets(t, a, b, offset_a, offset_b, op);
    v_drop(t, offset_a);
    v_drop(t, offset_b);
    return result;
}

static int hash_aware(Thread *t, V self, V offset, int64_t *out) {
    V delta = dt_delta(t, &dt_delta_type, micro_of(self) - dt_delta_wide(offset));
    if (v_is_error(delta)) return -1;
    int r = obj_hash(t, delta, out);
    v_drop(t, delta);
    return r;
}

static int hash(Thread *t, V self, int64_t *out) {
    Time *o = time_of(self);
    *out = at_load_relaxed(&o->hash);
    if (*out) return 0;
    V offset = dt_utcoffset(t, slot_peek(&o->zone), V_NONE);
    if (v_is_error(offset)) return -1;
    int r = 0;
    if (offset == V_NONE) *out = dt_hash_bytes(o->data, TIME_BYTES);
    else r = hash_aware(t, self, offset, out);
    v_drop(t, offset);
    if (r == 0) at_store_relaxed(&o->hash, *out);
    return r;
}

// ---- text ------------------------------------------------------------------------------------------------------------------------
static NATIVE(isoformat) {
    static const OldParam spec_params[] = {{"timespec", false}, {NULL, false}};
    V given;
    if (args_old_bind(t, "isoformat", spec_params, 1, 0, args, nargs, kwnames, &given, NULL) < 0) return V_ERROR;
    int spec = dt_timespec(t, given, "1");
    if (spec < 0) return V_ERROR;
    StrBuilder b;
    sb_init(&b, t);
    dt_put_time(&b, clock_of(self), spec);
    if (dt_put_offset(t, &b, slot_peek(&time_of(self)->zone), V_NONE, ":") == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}
static V str(Thread *t, V self) { return obj_call_method0(t, self, NAME(isoformat)); }

static V repr(Thread *t, V self) {
    Clock c = clock_of(self);
    V name = str_from_cstr(t, dt_type_name(v_type(self))), zone = slot_get(v_obj(self), &time_of(self)->zone);
    V zone_repr = v_is_error(name) || zone == V_NULL ? V_NULL : obj_repr(t, zone);
    v_drop(t, zone);
    if (v_is_error(name) || v_is_error(zone_repr)) {
        v_drop(t, name);
        return V_ERROR;
    }
    StrBuilder b;
    sb_init(&b, t);
    sb_str(&b, name);
    sb_format(&b, "(%d, %d", c.hour, c.minute);
    if (c.second || c.micro) sb_format(&b, ", %d", c.second);
    if (c.micro) sb_format(&b, ", %d", c.micro);
    if (zone_repr != V_NULL) {
        sb_cstr(&b, ", tzinfo=");
        sb_str(&b, zone_repr);
    }
    if (c.fold) sb_cstr(&b, ", fold=1");
    sb_char(&b, ')');
    v_drop(t, name);
    v_drop(t, zone_repr);
    return sb_finish(&b);
}

static NATIVE(strftime_) {
    static const OldParam format_params[] = {{"format", false}, {NULL, false}};
    V format;
    if (args_old_bind(t, "strftime", format_params, 1, 1, args, nargs, kwnames, &format, NULL) < 0) return V_ERROR;
    if (!v_is_str(format)) return err_set(t, &exc_TypeError, "strftime() argument 1 must be str, not %K", format);
    Clock c = clock_of(self); // years before 1000 are no good for strftime: the date stands for no date
    const int fields[] = {1900, 1, 1, c.hour, c.minute, c.second, 0, 1, -1};
    V items[9];
    for (size_t i = 0; i < 9; i++) items[i] = v_from_int(fields[i]);
    V tuple = tuple_from_steal(t, items, 9);
    if (v_is_error(tuple)) return V_ERROR;
    V result = dt_strftime(t, format, slot_peek(&time_of(self)->zone), V_NONE, c.micro, tuple);
    v_drop(t, tuple);
    return result;
}

static V reduce(Thread *t, V self, int64_t protocol) {
    const Time *o = time_of(self);
    uint8_t data[TIME_BYTES];
    memcpy(data, o->data, sizeof data);
    if (protocol > 3 && o->fold) data[0] |= 0x80;
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
static V get_part(Thread *t, V self, void *closure) {
    (void)t;
    Clock c = clock_of(self);
    const int parts[] = {c.hour, c.minute, c.second, c.micro, c.fold};
    return v_from_int(parts[(size_t)(uintptr_t)closure]);
}
static V get_zone(Thread *t, V self, void *closure) {
    (void)closure, (void)t;
    V zone = slot_get(v_obj(self), &time_of(self)->zone);
    return zone == V_NULL ? V_NONE : zone;
}
static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Time *)o)->zone); }

static const Method methods[] = {
    {"isoformat", isoformat, NULL, LOCK_NONE, M_RAW, "HH:MM:SS[.ffffff][+HH:MM]; timespec says how much of it."},
    {"strftime", strftime_, NULL, LOCK_NONE, M_RAW, "Text by a format of time.strftime: strftime(format)."},
    {"__format__", dt_format, NULL, LOCK_NONE, M_RAW, "strftime by the format; str() when it is empty."},
    {"utcoffset", utcoffset, "", LOCK_NONE, 0, "What the zone says of its offset."},
    {"tzname", tzname_, "", LOCK_NONE, 0, "What the zone says of its name."},
    {"dst", dst, "", LOCK_NONE, 0, "What the zone says of daylight saving."},
    {"replace", replace, NULL, LOCK_NONE, M_RAW, "The same time with some fields changed."},
    {"fromisoformat", fromisoformat, "string, /", LOCK_NONE, M_CLASS, "The time written in an ISO 8601 format."},
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
Type dt_time_type = {
    TYPE_HEAD("datetime.time"), .size = sizeof(Time), .flags = TYPE_BASETYPE | TYPE_GC, .new_ = type_new, .traverse = traverse,
    .repr = repr, .str = str, .hash = hash, .compare = compare, .getattr = obj_generic_getattr, .methods = methods,
    .getsets = getsets,
    .doc = "A time of day: time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0).",
};

int dt_time_start(Thread *t, V module) {
    if (module_add_type(t, module, &dt_time_type) < 0) return -1;
    if (dt_class_constant(t, &dt_time_type, "min", dt_time(t, &dt_time_type, (Clock){0}, V_NULL)) < 0) return -1;
    V max = dt_time(t, &dt_time_type, (Clock){23, 59, 59, 999999, 0}, V_NULL);
    if (dt_class_constant(t, &dt_time_type, "max", max) < 0) return -1;
    return dt_class_constant(t, &dt_time_type, "resolution", dt_delta_seconds(t, 0, 1));
}
