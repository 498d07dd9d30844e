// SPDX-License-Identifier: MIT
// Module _datetime: arguments of calls, and text: ISO clocks and offsets, strftime.
#include "datetime_private.h"
#include "base/siphash.h"
#include <limits.h>

// ---- arguments and names -----------------------------------------------------------------------------------------------
int dt_check_zone(Thread *t, V v) {
    if (v == V_NULL || v == V_NONE || is_tzinfo(t, v)) return 0;
    err_set(t, &exc_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%T'", v);
    return -1;
}

const char *dt_type_name(const Type *type) { return type_has(type, TYPE_HEAP) ? type_short_name(type) : type->name; }

// The first argument is the state that __reduce__ gave: bytes, or a str of Latin-1 out of Python 2.
V dt_unpickled(Thread *t, const V *args, size_t nargs, size_t len) {
    if (nargs < 1 || nargs > 2) return V_NULL;
    if (v_is_bytes(args[0])) return bytes_len(args[0]) == len ? v_dup(args[0]) : V_NULL;
    if (!v_is_str(args[0]) || str_len(args[0]) != len) return V_NULL;
    uint32_t third = str_at(args[0], 2);
    if (len != TIME_BYTES && ((third & 0x7f) == 0 || (third & 0x7f) > 12)) return V_NULL;
    if (len == TIME_BYTES && (str_at(args[0], 0) & 0x7f) > 23) return V_NULL;
    V bytes = str_encode(t, args[0], "latin-1", NULL);
    if (!v_is_error(bytes) || !err_matches(t, &exc_UnicodeEncodeError)) return bytes;
    err_clear(t);
    return err_set(t, &exc_ValueError,
                   "Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding='latin1') is assumed.",
                   len == DATE_BYTES ? "date" : len == TIME_BYTES ? "time" : "datetime");
}

int64_t dt_hash_bytes(const uint8_t *p, size_t n) {
    int64_t h = (int64_t)siphash_bytes(p, n);
    return h == -1 ? -2 : h;
}

// ---- clocks and offsets as text --------------------------------------------------------------------------------------------
int dt_timespec(Thread *t, V spec, const char *argument) {
    static const char *const names[] = {"auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"};
    if (spec == V_NULL) return SPEC_AUTO;
    if (!v_is_str(spec)) {
        err_set(t, &exc_TypeError, "isoformat() argument %s must be str, not %K", argument, spec);
        return -1;
    }
    if (!str_cstr(t, spec)) return -1;
    for (int i = SPEC_AUTO; i <= SPEC_MICRO; i++) {
        if (str_equal_ascii(spec, names[i])) return i;
    }
    err_set(t, &exc_ValueError, "Unknown timespec value");
    return -1;
}

void dt_put_time(StrBuilder *b, Clock c, int spec) {
    if (spec == SPEC_AUTO) spec = c.micro ? SPEC_MICRO : SPEC_SECONDS;
    sb_format(b, "%02d", c.hour);
    if (spec >= SPEC_MINUTES) sb_format(b, ":%02d", c.minute);
    if (spec >= SPEC_SECONDS) sb_format(b, ":%02d", c.second);
    if (spec == SPEC_MILLI) sb_format(b, ".%03d", c.micro / 1000);
    if (spec == SPEC_MICRO) sb_format(b, ".%06d", c.micro);
}

int dt_put_offset(Thread *t, StrBuilder *b, V zone, V arg, const char *separator) {
    V offset = dt_utcoffset(t, zone, arg);
    if (v_is_error(offset)) return -1;
    if (offset == V_NONE) return 0;
    Wide micro = dt_delta_wide(offset);
    v_drop(t, offset);
    sb_char(b, micro < 0 ? '-' : '+');
    if (micro < 0) micro = -micro;
    int seconds = (int)(micro / DT_MICRO), rest = (int)(micro % DT_MICRO);
    sb_format(b, "%02d%s%02d", seconds / 3600, separator, seconds / 60 % 60);
    if (seconds % 60 || rest) sb_format(b, "%s%02d", separator, seconds % 60);
    if (rest) sb_format(b, ".%06d", rest);
    return 0;
}

// ---- strftime ------------------------------------------------------------------------------------------------------------------
// The zone's name, made safe for the format it is put into.
static int put_zone_name(Thread *t, StrBuilder *b, V zone, V arg) {
    V name = dt_tzname(t, zone, arg);
    if (v_is_error(name)) return -1;
    if (name == V_NONE) return 0;
    V safe = obj_call_method2(t, name, NAME(replace), NAME_STR("%"), NAME_STR("%%"));
    v_drop(t, name);
    if (v_is_error(safe)) return -1;
    if (v_is_str(safe)) sb_str(b, safe);
    else err_set(t, &exc_TypeError, "tzname.replace() did not return a string");
    int r = v_is_str(safe) ? 0 : -1;
    v_drop(t, safe);
    return r;
}

// time.strftime knows no %z, %Z and %f of ours: they are replaced first.
static V expand(Thread *t, V format, V zone, V arg, int micro) {
    StrBuilder b;
    sb_init(&b, t);
    size_t len = str_len(format);
    for (size_t i = 0; i < len; i++) {
        uint32_t c = str_at(format, i), next = c == '%' && i + 1 < len ? str_at(format, i + 1) : 0;
        int r = 0;
        if (next) i++;
        if (next == 'z') {
            r = dt_put_offset(t, &b, zone, arg, "");
        } else if (next == 'Z') {
            r = put_zone_name(t, &b, zone, arg);
        } else if (next == 'f') {
            sb_format(&b, "%06d", micro);
        } else {
            sb_char(&b, c);
            if (next) sb_char(&b, next);
        }
        if (r < 0) {
            sb_abandon(&b);
            return V_ERROR;
        }
    }
    return sb_finish(&b);
}

V dt_strftime(Thread *t, V format, V zone, V arg, int micro, V timetuple) {
    V expanded = expand(t, format, zone, arg, micro);
    if (v_is_error(expanded)) return V_ERROR;
    V function = import_attr_c(t, "time", "strftime");
    V result = v_is_error(function) ? V_ERROR : obj_call2(t, function, expanded, timetuple);
    v_drop(t, function);
    v_drop(t, expanded);
    return result;
}

V dt_struct_time(Thread *t, Day d, Clock c, int dst) {
    const int fields[] = {d.year, d.month, d.day, c.hour, c.minute, c.second, dt_weekday(d), dt_day_of_year(d), dst};
    V items[9];
    for (size_t i = 0; i < 9; i++) items[i] = v_from_int(fields[i]);
    V tuple = tuple_from_steal(t, items, 9), cls = v_is_error(tuple) ? V_ERROR : import_attr_c(t, "time", "struct_time");
    V result = v_is_error(cls) ? V_ERROR : obj_call1(t, cls, tuple);
    v_drop(t, cls);
    v_drop(t, tuple);
    return result;
}

NATIVE(dt_format) {
    if (args_old_count(t, "__format__", nargs, kwnames, 1, 1) < 0) return V_ERROR;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "__format__() argument 1 must be str, not %K", args[0]);
    return str_len(args[0]) ? obj_call_method1(t, self, NAME(strftime), args[0]) : obj_str(t, self);
}

int dt_class_constant(Thread *t, Type *type, const char *name, V value_steal) {
    return dict_set_c_steal(t, slot_peek(&type->dict), name, value_steal);
}
