// SPDX-License-Identifier: MIT
// Module _json: writing, and the table of the module.  Reading is in json_decode.c.
//
// The encoder writes into one string builder from top to bottom.  Containers that are being written form a chain on the C
// stack, along which a circular reference is found.
#include "json_private.h"
#include "base/dtoa.h"
#include "object/descr.h"
#include "threading/poll.h"
#include <math.h>
#include <stdio.h>

// ---- strings -----------------------------------------------------------------------------------------------------------
static const char hex[] = "0123456789abcdef";

static void put_u(StrBuilder *b, uint32_t c) {
    char text[6] = {'\\', 'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15], hex[c & 15]};
    sb_ascii(b, text, 6);
}

static void put_escaped(StrBuilder *b, uint32_t c) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c && c < 128 ? strchr(from, (int)c) : NULL;
    if (at) {
        char text[2] = {'\\', to[at - from]};
        sb_ascii(b, text, 2);
    } else if (c > 0xffff) {
        put_u(b, 0xd800 + ((c - 0x10000) >> 10));
        put_u(b, 0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
        put_u(b, c);
    }
}

static void put_string(StrBuilder *b, V text, bool ascii) {
    size_t n = str_len(text), from = 0;
    int kind = str_kind(text);
    const void *data = str_data(text);
    sb_char(b, '"');
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_read(kind, data, i);
        if (c >= ' ' && c != '"' && c != '\\' && (c <= '~' || !ascii)) continue;
        if (i > from) sb_substr(b, text, from, i);
        put_escaped(b, c);
        from = i + 1;
    }
    if (n > from) sb_substr(b, text, from, n);
    sb_char(b, '"');
}

static V encode_string(Thread *t, V text, bool ascii) {
    if (!v_is_str(text)) return err_set(t, &exc_TypeError, "first argument must be a string, not %T", text);
    StrBuilder b;
    sb_init(&b, t);
    put_string(&b, text, ascii);
    return sb_finish(&b);
}
NATIVE(json_encode_basestring) {
    UNUSED_NATIVE();
    return encode_string(t, args[0], false);
}
NATIVE(json_encode_basestring_ascii) {
    UNUSED_NATIVE();
    return encode_string(t, args[0], true);
}

// ---- the encoder -------------------------------------------------------------------------------------------------------
typedef struct Encoder {
    Obj head;
    Slot markers, default_, encoder, indent, key_separator, item_separator; // const
    bool sort_keys, skip_keys, allow_nan;
    uint8_t strings; // STRINGS_*: what `encoder` is
} Encoder;
enum { STRINGS_CALL, STRINGS_PLAIN, STRINGS_ASCII };

typedef struct Parent { // containers being written
    const struct Parent *up;
    V value;
} Parent;

typedef struct Encode {
    Thread *t;
    const Encoder *options;
    StrBuilder b;
} Encode;
static int put_value(Encode *e, V v, const Parent *up);

// Appends a str that a call returned; consumes it.
static int put_steal(Encode *e, V text) {
    if (v_is_error(text)) return -1;
    if (!v_is_str(text)) {
        err_set(e->t, &exc_TypeError, "encoder() must return a string, not %T", text);
        v_drop(e->t, text);
        return -1;
    }
    sb_str(&e->b, text);
    v_drop(e->t, text);
    return 0;
}

static int put_text(Encode *e, V text) {
    if (e->options->strings == STRINGS_CALL) return put_steal(e, obj_call1(e->t, slot_peek(&e->options->encoder), text));
    put_string(&e->b, text, e->options->strings == STRINGS_ASCII);
    return 0;
}

static V int_text(Thread *t, V v) { return int_to_str(t, v, 10); }

static int put_int(Encode *e, V v) {
    if (!v_is_int(v)) return put_steal(e, int_text(e->t, v));
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)v_int(v));
    sb_ascii(&e->b, text, (size_t)n);
    return 0;
}

static int put_float(Encode *e, V v) {
    double d = float_value(v);
    if (isfinite(d)) {
        char text[DOUBLE_REPR_SIZE];
        sb_ascii(&e->b, text, double_repr(d, text));
        return 0;
    }
    if (!e->options->allow_nan) {
        err_set(e->t, &exc_ValueError, "Out of range float values are not JSON compliant");
        return -1;
    }
    sb_cstr(&e->b, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
    return 0;
}

static int check_circular(Encode *e, V v, const Parent *up) {
    if (slot_peek(&e->options->markers) == V_NONE) return 0;
    for (; up; up = up->up) {
        if (v_is(up->value, v)) {
            err_set(e->t, &exc_ValueError, "Circular reference detected");
            return -1;
        }
    }
    return 0;
}

// v is a list or tuple.
static int put_array(Encode *e, V v, const Parent *up) {
    Thread *t = e->t;
    bool list = v_is_list(v);
    if ((list ? list_len(v) : tuple_len(v)) == 0) {
        sb_ascii(&e->b, "[]", 2);
        return 0;
    }
    if (check_circular(e, v, up) < 0) return -1;
    Parent here = {up, v};
    sb_char(&e->b, '[');
    for (size_t i = 0, steps = 0;; i++) {
        V item = list ? list_get(t, v, i) : i < tuple_len(v) ? tuple_get(v, i) : V_NULL;
        if (item == V_NULL) break;
        if (i) sb_str(&e->b, slot_peek(&e->options->item_separator));
        int r = put_value(e, item, &here);
        v_drop(t, item);
        if (r < 0 || poll_step_apart(t, &steps) < 0) return -1;
    }
    sb_char(&e->b, ']');
    return 0;
}

// A key of a dict.  1: written, 0: to be skipped, -1.
static int put_key(Encode *e, V key) {
    Thread *t = e->t;
    if (v_is_str(key)) return put_text(e, key) < 0 ? -1 : 1;
    V text;
    if (v_is_any_float(key)) {
        Encode quoted = {.t = t, .options = e->options};
        sb_init(&quoted.b, t);
        if (put_float(&quoted, key) == 0) {
            text = sb_finish(&quoted.b);
        } else {
            sb_abandon(&quoted.b);
            text = V_ERROR;
        }
    } else if (key == V_NONE || v_is_bool(key)) {
        text = str_from_cstr(t, key == V_NONE ? "null" : key == V_TRUE ? "true" : "false");
    } else if (v_is_any_int(key)) {
        text = int_text(t, key);
    } else if (e->options->skip_keys) {
        return 0;
    } else {
        err_set(t, &exc_TypeError, "keys must be str, int, float, bool or None, not %T", key);
        return -1;
    }
    if (v_is_error(text)) return -1;
    int r = put_text(e, text);
    v_drop(t, text);
    return r < 0 ? -1 : 1;
}

static int put_member(Encode *e, V key, V value, bool *first, const Parent *here) {
    if (e->options->skip_keys && !v_is_str(key) && !v_is_any_float(key) && !v_is_any_int(key) && key != V_NONE) return 0;
    if (!*first) sb_str(&e->b, slot_peek(&e->options->item_separator));
    if (put_key(e, key) < 0) return -1;
    *first = false;
    sb_str(&e->b, slot_peek(&e->options->key_separator));
    return put_value(e, value, here);
}

// The members of a dict subclass or a sorted dict: from items().
static int put_items(Encode *e, V dict, const Parent *here) {
    Thread *t = e->t;
    V view = obj_call_method0(t, dict, NAME(items)), items = v_is_error(view) ? V_ERROR : obj_to_list(t, view);
    v_drop(t, view);
    if (v_is_error(items)) return -1;
    int r = e->options->sort_keys ? list_sort(t, items, V_NONE, false) : 0;
    bool first = true;
    for (size_t i = 0; i < list_len(items) && r == 0; i++) {
        V pair = list_get(t, items, i);
        if (!v_is_tuple(pair) || tuple_len(pair) != 2) {
            err_set(t, &exc_ValueError, "items must return 2-tuples");
            r = -1;
        } else {
            r = put_member(e, tuple_borrow(pair, 0), tuple_borrow(pair, 1), &first, here);
        }
        v_drop(t, pair);
    }
    v_drop(t, items);
    return r;
}

static int put_dict(Encode *e, V v, const Parent *up) {
    Thread *t = e->t;
    if (dict_len(v) == 0) {
        sb_ascii(&e->b, "{}", 2);
        return 0;
    }
    if (check_circular(e, v, up) < 0) return -1;
    Parent here = {up, v};
    sb_char(&e->b, '{');
    int r = 0;
    if (e->options->sort_keys || !v_is_exact(v, &dict_type)) {
        r = put_items(e, v, &here);
    } else {
        size_t pos = 0;
        V key, value;
        bool first = true;
        while (r == 0 && dict_next(v, &pos, &key, &value)) {
            key = v_dup(key);
            value = v_dup(value);
            r = put_member(e, key, value, &first, &here);
            v_drop(t, key);
            v_drop(t, value);
        }
    }
    sb_char(&e->b, '}');
    return r;
}

static int put_default(Encode *e, V v, const Parent *up) {
    if (check_circular(e, v, up) < 0) return -1;
    Parent here = {up, v};
    V other = obj_call1(e->t, slot_peek(&e->options->default_), v);
    if (v_is_error(other)) return -1;
    int r = put_value(e, other, &here);
    v_drop(e->t, other);
    return r;
}

static int put_value(Encode *e, V v, const Parent *up) {
    if (v_is_str(v)) return put_text(e, v);
    if (v == V_NONE) return sb_ascii(&e->b, "null", 4), 0;
    if (v == V_TRUE) return sb_ascii(&e->b, "true", 4), 0;
    if (v == V_FALSE) return sb_ascii(&e->b, "false", 5), 0;
    if (v_is_any_int(v)) return put_int(e, v);
    if (v_is_any_float(v)) return put_float(e, v);
    if (recursion_enter(e->t, " while encoding a JSON object") < 0 || safepoint(e->t) < 0) return -1;
    int r = v_is_list(v) || v_is_tuple(v) ? put_array(e, v, up) : v_is_dict(v) ? put_dict(e, v, up) : put_default(e, v, up);
    recursion_leave(e->t);
    return r;
}

static V encoder_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[2];
    ptrdiff_t level;
    if (args_bind(t, "_iterencode", "obj, _current_indent_level", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (num_as_ssize(t, given[1], &exc_OverflowError, &level) < 0) return V_ERROR;
    Encode e = {.t = t, .options = (const Encoder *)v_obj(self)};
    sb_init(&e.b, t);
    if (put_value(&e, given[0], NULL) == 0) return tuple_pack_steal(t, 1, sb_finish(&e.b));
    sb_abandon(&e.b);
    return V_ERROR;
}

static uint8_t string_encoder(V encoder) {
    if (!v_is_exact(encoder, &native_type)) return STRINGS_CALL;
    NativeFn fn = native_of(encoder)->row->fn; // our own functions need not be called
    return fn == json_encode_basestring_ascii ? STRINGS_ASCII : fn == json_encode_basestring ? STRINGS_PLAIN : STRINGS_CALL;
}

static V encoder_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    enum { MARKERS, DEFAULT, ENCODER, INDENT, KEY_SEPARATOR, ITEM_SEPARATOR, SORT_KEYS, SKIP_KEYS, ALLOW_NAN, COUNT };
    V given[COUNT];
    if (args_bind(t, "make_encoder", "markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan",
                  args, nargs, kwnames, given) < 0)
        return V_ERROR;
    if (given[MARKERS] != V_NONE && !v_is_dict(given[MARKERS]))
        return err_set(t, &exc_TypeError, "make_encoder() argument 1 must be dict or None, not %T", given[MARKERS]);
    for (int i = KEY_SEPARATOR; i <= ITEM_SEPARATOR; i++) {
        if (!v_is_str(given[i])) return err_set(t, &exc_TypeError, "make_encoder() argument %d must be str, not %K", i + 1, given[i]);
    }
    int flags[3];
    for (int i = 0; i < 3; i++) {
        if ((flags[i] = obj_is_true(t, given[SORT_KEYS + i])) < 0) return V_ERROR;
    }
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Encoder *e = (Encoder *)v_obj(self);
    Slot *const fields[] = {&e->markers, &e->default_, &e->encoder, &e->indent, &e->key_separator, &e->item_separator};
    for (size_t i = 0; i < countof(fields); i++) slot_set(t, &e->head, fields[i], given[i]);
    e->sort_keys = flags[0];
    e->skip_keys = flags[1];
    e->allow_nan = flags[2];
    e->strings = string_encoder(given[ENCODER]);
    return self;
}

static void encoder_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Encoder *e = (Encoder *)o;
    VISIT(e->markers);
    VISIT(e->default_);
    VISIT(e->encoder);
    VISIT(e->indent);
    VISIT(e->key_separator);
    VISIT(e->item_separator);
}

static const Member encoder_members[] = {
    {"markers", MEMBER_SLOT_OR_NONE, offsetof(Encoder, markers), true, NULL},
    {"default", MEMBER_SLOT_OR_NONE, offsetof(Encoder, default_), true, NULL},
    {"encoder", MEMBER_SLOT_OR_NONE, offsetof(Encoder, encoder), true, NULL},
    {"indent", MEMBER_SLOT_OR_NONE, offsetof(Encoder, indent), true, NULL},
    {"key_separator", MEMBER_SLOT_OR_NONE, offsetof(Encoder, key_separator), true, NULL},
    {"item_separator", MEMBER_SLOT_OR_NONE, offsetof(Encoder, item_separator), true, NULL},
    {"sort_keys", MEMBER_BOOL, offsetof(Encoder, sort_keys), true, NULL},
    {"skipkeys", MEMBER_BOOL, offsetof(Encoder, skip_keys), true, NULL},
    {0},
};
Type json_encoder_type = {
    TYPE_HEAD("_json.Encoder"), .doc = "A function (obj, _current_indent_level) -> tuple of pieces of text.",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Encoder), .traverse = encoder_traverse, .new_ = encoder_new,
    .call = encoder_call, .members = encoder_members,
};

// ---- the module ----------------------------------------------------------------------------------------------------------
static const Method methods[] = {
    {"encode_basestring_ascii", json_encode_basestring_ascii, "string, /", LOCK_NONE, 0, "A JSON string of ASCII characters only."},
    {"encode_basestring", json_encode_basestring, "string, /", LOCK_NONE, 0, "A JSON string."},
    {"scanstring", json_scanstring, "string, end, strict=True, /", LOCK_NONE, M_OLD_ARITY | M_TUPLE,
     "Reads the JSON string whose opening quote stands before end: (text, index behind it)."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (type_ready(t, &json_scanner_type) < 0 || type_ready(t, &json_encoder_type) < 0) return -1;
    if (module_add(t, module, "make_scanner", v_from_type(&json_scanner_type)) < 0) return -1;
    return module_add(t, module, "make_encoder", v_from_type(&json_encoder_type));
}

const ModuleDef mod__json = {.name = "_json", .doc = "Reading and writing JSON.", .methods = methods, .exec = exec};
