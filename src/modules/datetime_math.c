// SPDX-License-Identifier: MIT
// Module _datetime: arithmetic, comparison and conversion of datetimes.
//
// Two datetimes with the same zone object, or without zones, are compared and subtracted as the clock shows them;
// otherwise both are taken to UTC.
#include "datetime_private.h"

static V zone_of(V self) { return slot_peek(&moment_of(self)->zone); }
static Wide micro_of(V self) {
    Clock c = moment_clock(self);
    return (Wide)dt_seconds(day_of(self), c) * DT_MICRO + c.micro;
}

// ---- arithmetic --------------------------------------------------------------------------------------------------------------
static int split(Thread *t, Wide micro, Day *d, Clock *c) {
    Wide day = micro / ((Wide)DT_DAY * DT_MICRO);
    if (micro < (Wide)DT_DAY * DT_MICRO || day > DT_MAX_ORDINAL) {
        err_set(t, &exc_OverflowError, "date value out of range");
        return -1;
    }
    int64_t rest = (int64_t)(micro % ((Wide)DT_DAY * DT_MICRO));
    int seconds = (int)(rest / DT_MICRO);
    *d = dt_from_ordinal((int)day);
    *c = (Clock){seconds / 3600, seconds / 60 % 60, seconds % 60, (int)(rest % DT_MICRO), 0};
    return 0;
}

V dt_moment_shift(Thread *t, V moment, Wide micro, V zone) {
    Day d;
    Clock c;
    if (split(t, micro_of(moment) + micro, &d, &c) < 0) return V_ERROR;
    return dt_moment_of_class(t, v_type(moment), d, c, zone);
}

V dt_moment_add(Thread *t, V a, V b) {
    if (is_moment(t, a) && is_delta(t, b)) return dt_moment_shift(t, a, dt_delta_wide(b), zone_or_none(&moment_of(a)->zone));
    if (is_delta(t, a) && is_moment(t, b)) return dt_moment_shift(t, b, dt_delta_wide(a), zone_or_none(&moment_of(b)->zone));
    return V_NOT_IMPLEMENTED;
}

// The offsets of both; None for both when the zones are one.
static int offsets(Thread *t, V a, V b, V *offset_a, V *offset_b) {
    *offset_a = *offset_b = V_NONE;
    if (v_is(zone_of(a), zone_of(b))) return 0;
    *offset_a = dt_utcoffset(t, zone_of(a), a);
    if (v_is_error(*offset_a)) return -1;
    *offset_b = dt_utcoffset(t, zone_of(b), b);
    if (!v_is_error(*offset_b)) return 0;
    v_drop(t, *offset_a);
    return -1;
}

V dt_moment_subtract(Thread *t, V a, V b) {
    if (!is_moment(t, a)) return V_NOT_IMPLEMENTED;
    if (is_delta(t, b)) return dt_moment_shift(t, a, -dt_delta_wide(b), zone_or_none(&moment_of(a)->zone));
    if (!is_moment(t, b)) return V_NOT_IMPLEMENTED;
    V offset_a, offset_b, result;
    if (offsets(t, a, b, &offset_a, &offset_b) < 0) return V_ERROR;
    Wide difference = micro_of(a) - micro_of(b);
    if ((offset_a == V_NONE) != (offset_b == V_NONE)) {
        result = err_set(t, &exc_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    } else {
        if (offset_a != V_NONE) difference -= dt_delta_wide(offset_a) - dt_delta_wide(offset_b);
        result = dt_delta(t, &dt_delta_type, difference);
    }
    v_drop(t, offset_a);
    v_drop(t, offset_b);
    return result;
}

// ---- comparing and hashing ------------------------------------------------------------------------------------------------------
// The same fields, with a fold, as an exact datetime (what zones are asked about).
static V with_fold(Thread *t, V self, int fold) {
    Clock c = moment_clock(self);
    c.fold = fold;
    return dt_moment(t, &dt_moment_type, day_of(self), c, zone_of(self));
}

// Whether the fold makes a difference to the offset: then nothing in another zone is equal to self (PEP 495).
static int is_problematic(Thread *t, V self, V offset) {
    V flipped = with_fold(t, self, !moment_of(self)->fold);
    V other = v_is_error(flipped) ? V_ERROR : dt_utcoffset(t, zone_of(flipped), flipped);
    v_drop(t, flipped);
    if (v_is_error(other)) return -1;
    int differs = (other == V_NONE || offset == V_NONE) ? other != offset : dt_delta_wide(other) != dt_delta_wide(offset);
    v_drop(t, other);
    return differs;
}

static V compare_offsets(Thread *t, V a, V b, V offset_a, V offset_b, int op) {
    bool equality = op == CMP_EQ || op == CMP_NE;
    if ((offset_a == V_NONE) != (offset_b == V_NONE)) {
        if (equality) return v_from_bool(op == CMP_NE);
        return err_set(t, &exc_TypeError, "can't compare offset-naive and offset-aware datetimes");
    }
    Wide x = micro_of(a), y = micro_of(b);
    if (offset_a != V_NONE) x -= dt_delta_wide(offset_a), y -= dt_delta_wide(offset_b);
    int order = x < y ? -1 : x > y;
    if (equality && order == 0) {
        int problem = is_problematic(t, a, offset_a);
        if (problem == 0) problem = is_problematic(t, b, offset_b);
        if (problem < 0) return V_ERROR;
        order = problem;
    }
    return v_from_bool(cmp_holds(order, 0, op));
}

V dt_moment_compare(Thread *t, V a, V b, int op) {
    if (!is_moment(t, b)) {
        if (!is_date(t, b)) return V_NOT_IMPLEMENTED;
        if (op == CMP_EQ || op == CMP_NE) return v_from_bool(op == CMP_NE); // a date alone is never equal
        return err_set(t, &exc_TypeError, "can't compare %s to %s", v_type(a)->name, v_type(b)->name);
    }
    if (v_is(zone_of(a), zone_of(b))) return dt_compare_bytes(moment_of(a)->data, moment_of(b)->data, MOMENT_BYTES, op);
    V offset_a, offset_b;
    if (offsets(t, a, b, &offset_a, &offset_b) < 0) return V_ERROR;
    V result = compare_offsets(t, a, b, offset_a, offset_b, op);
    v_drop(t, offset_a);
    v_drop(t, offset_b);
    return result;
}

static V offset_without_fold(Thread *t, V self) {
    if (!moment_of(self)->fold) return dt_utcoffset(t, zone_of(self), self);
    V plain = with_fold(t, self, 0);
    V offset = v_is_error(plain) ? V_ERROR : dt_utcoffset(t, zone_of(plain), plain);
    v_drop(t, plain);
    return offset;
}

int dt_moment_hash(Thread *t, V self, int64_t *out) {
    Moment *o = moment_of(self);
    *out = at_load_relaxed(&o->hash);
    if (*out) return 0;
    V offset = offset_without_fold(t, self);
    if (v_is_error(offset)) return -1;
    int r = 0;
    if (offset == V_NONE) {
        *out = dt_hash_bytes(o->data, MOMENT_BYTES);
    } else {
        V delta = dt_delta(t, &dt_delta_type, micro_of(self) - dt_delta_wide(offset));
        r = v_is_error(delta) ? -1 : obj_hash(t, delta, out);
        v_drop(t, delta);
    }
    v_drop(t, offset);
    if (r == 0) at_store_relaxed(&o->hash, *out);
    return r;
}

// ---- conversion ------------------------------------------------------------------------------------------------------------------
static const Wide epoch = (Wide)DT_EPOCH_DAY * DT_DAY * DT_MICRO;

NATIVE(dt_moment_timestamp) {
    UNUSED_NATIVE();
    if (zone_of(self) == V_NULL) {
        int64_t seconds;
        Clock c = moment_clock(self);
        if (dt_local_to_seconds(t, day_of(self), c, &seconds) < 0) return V_ERROR;
        return float_from_double(t, (double)(seconds - (int64_t)DT_EPOCH_DAY * DT_DAY) + c.micro / 1e6);
    }
    V offset = dt_utcoffset(t, zone_of(self), self);
    if (v_is_error(offset)) return V_ERROR;
    if (offset == V_NONE) return err_set(t, &exc_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    Wide micro = micro_of(self) - dt_delta_wide(offset) - epoch;
    v_drop(t, offset);
    V delta = dt_delta(t, &dt_delta_type, micro);
    V result = v_is_error(delta) ? V_ERROR : obj_call_method0(t, delta, NAME(total_seconds));
    v_drop(t, delta);
    return result;
}

NATIVE(dt_moment_utctimetuple) {
    UNUSED_NATIVE();
    V offset = dt_utcoffset(t, zone_of(self), self);
    if (v_is_error(offset)) return V_ERROR;
    Wide micro = micro_of(self) - (offset == V_NONE ? 0 : dt_delta_wide(offset));
    v_drop(t, offset);
    Day d;
    Clock c;
    return split(t, micro, &d, &c) < 0 ? V_ERROR : dt_struct_time(t, d, c, 0);
}

// self's offset; for one without, that of the machine's zone.
static int own_offset(Thread *t, V self, Wide *out) {
    V offset = dt_utcoffset(t, zone_of(self), self);
    if (v_is_error(offset)) return -1;
    if (offset != V_NONE) {
        *out = dt_delta_wide(offset);
        v_drop(t, offset);
        return 0;
    }
    int64_t seconds;
    if (dt_local_to_seconds(t, day_of(self), moment_clock(self), &seconds) < 0) return -1;
    V zone = dt_local_zone(t, seconds - (int64_t)DT_EPOCH_DAY * DT_DAY);
    if (v_is_error(zone)) return -1;
    *out = dt_delta_wide(slot_peek(&((Zone *)v_obj(zone))->offset));
    v_drop(t, zone);
    return 0;
}

NATIVE(dt_moment_astimezone) {
    static const OldParam params[] = {{"tz", false}, {NULL, false}};
    V given;
    if (args_old_bind(t, "astimezone", params, 1, 0, args, nargs, kwnames, &given, NULL) < 0) return V_ERROR;
    if (dt_check_zone(t, given) < 0) return V_ERROR;
    V target = given == V_NULL ? V_NONE : given;
    if (zone_of(self) != V_NULL && v_is(zone_of(self), target)) return v_dup(self);
    Wide offset;
    if (own_offset(t, self, &offset) < 0) return V_ERROR;
    if (target == V_NONE) {
        Wide utc = micro_of(self) - offset - epoch;
        int64_t seconds = (int64_t)((utc - (utc % DT_MICRO + DT_MICRO) % DT_MICRO) / DT_MICRO);
        target = dt_local_zone(t, seconds);
        if (v_is_error(target)) return V_ERROR;
    }
    V utc = dt_moment_shift(t, self, -offset, zone_or_none(&moment_of(self)->zone));
    // A subclass makes it with the zone it had, and then it gets the other: it is new, nobody has compared or hashed it.
    if (!v_is_error(utc)) slot_set(t, v_obj(utc), &moment_of(utc)->zone, target);
    V result = v_is_error(utc) ? V_ERROR : obj_call_method1(t, target, NAME(fromutc), utc);
    v_drop(t, utc);
    if (given == V_NULL || given == V_NONE) v_drop(t, target);
    return result;
}
