// SPDX-License-Identifier: MIT
// _json: reading.  scan_string and scan_once are the two functions to start with.
//
// A scan works on the units of one str, which its caller holds; positions are indices into it.  `end` is one past the last
// unit.  A function returns the value and moves *at behind it.
#include "json_private.h"
#include "base/dtoa.h"

typedef struct Scanner {
    Obj head;
    Slot object_hook, object_pairs_hook, parse_float, parse_int, parse_constant; // const
    bool strict;
} Scanner;

typedef struct Scan {
    Thread *t;
    const Scanner *options;
    V text;
    int kind;
    const void *data;
    size_t end;
    V memo; // dict {key: key}: equal keys become one str
} Scan;

static inline uint32_t unit(const Scan *s, size_t i) { return str_read(s->kind, s->data, i); }
static inline bool is_space(uint32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static inline void skip_space(const Scan *s, size_t *at) {
    while (*at < s->end && is_space(unit(s, *at))) ++*at;
}
static V scan_once(Scan *s, size_t *at);

static COLD V fail(Scan *s, const char *message, size_t at) {
    Thread *t = s->t;
    V type = import_attr_c(t, "json.decoder", "JSONDecodeError");
    if (v_is_error(type)) return V_ERROR;
    V text = str_from_cstr(t, message);
    if (!v_is_error(text)) {
        V exc = obj_call3(t, type, text, s->text, int_from_size(t, at));
        if (!v_is_error(exc)) {
            err_raise(t, exc);
            v_drop(t, exc);
        }
        v_drop(t, text);
    }
    v_drop(t, type);
    return V_ERROR;
}

static COLD V stop(Scan *s, size_t at) { return err_set_v(s->t, &exc_StopIteration, v_from_int((int64_t)at)); }

// ---- strings -----------------------------------------------------------------------------------------------------------
// Four hexadecimal digits at `at`; -1 when they are none.
static int32_t read_hex4(const Scan *s, size_t at) {
    int32_t x = 0;
    for (size_t i = at; i < at + 4; i++) {
        uint32_t c = unit(s, i);
        int digit = c >= '0' && c <= '9' ? (int)c - '0' : c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : c >= 'A' && c <= 'F' ? (int)c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        x = x << 4 | digit;
    }
    return x;
}

// The escape behind a backslash at `next` - 1: its character, *after behind it.  -1: error.
static int32_t read_escape(Scan *s, size_t next, size_t *after) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c = unit(s, next);
    if (c != 'u') {
        const char *at = c && c < 128 ? strchr(from, (int)c) : NULL;
        if (!at) return fail(s, "Invalid \\escape", next - 1), -1;
        *after = next + 1;
        return to[at - from];
    }
    next++;
    if (next + 4 >= s->end) return fail(s, "Invalid \\uXXXX escape", next - 1), -1;
    int32_t x = read_hex4(s, next);
    if (x < 0) return fail(s, "Invalid \\uXXXX escape", next - 1), -1;
    *after = next + 4;
    if (x >> 10 == 0xd800 >> 10 && next + 10 < s->end && unit(s, next + 4) == '\\' && unit(s, next + 5) == 'u') {
        int32_t low = read_hex4(s, next + 6);
        if (low < 0) return fail(s, "Invalid \\uXXXX escape", next + 5), -1;
        if (low >> 10 == 0xdc00 >> 10) {
            *after = next + 10;
            return 0x10000 + ((x & 0x3ff) << 10 | (low & 0x3ff));
        }
    }
    return x;
}

// The end of a stretch without quotes, backslashes and (strict) control characters.
static size_t plain_end(const Scan *s, size_t i, bool strict) {
    for (; i < s->end; i++) {
        uint32_t c = unit(s, i);
        if (c == '"' || c == '\\' || (c <= 0x1f && strict)) break;
    }
    return i;
}

// The string whose opening quote stands before *at.
static V scan_string(Scan *s, size_t *at, bool strict) {
    size_t begin = *at - 1, from = *at, next = plain_end(s, from, strict);
    if (next < s->end && unit(s, next) == '"') { // nearly always: no escapes
        *at = next + 1;
        return str_substring(s->t, s->text, from, next);
    }
    StrBuilder b;
    sb_init(&b, s->t);
    for (;;) {
        if (next >= s->end) {
            fail(s, "Unterminated string starting at", begin);
            break;
        }
        if (next > from) sb_substr(&b, s->text, from, next);
        uint32_t c = unit(s, next);
        if (c == '"') {
            *at = next + 1;
            return sb_finish(&b);
        }
        if (c != '\\') {
            fail(s, "Invalid control character at", next);
            break;
        }
        if (++next >= s->end) {
            fail(s, "Unterminated string starting at", begin);
            break;
        }
        int32_t escaped = read_escape(s, next, &from);
        if (escaped < 0) break;
        sb_char(&b, (uint32_t)escaped);
        next = plain_end(s, from, strict);
    }
    sb_abandon(&b);
    return V_ERROR;
}

NATIVE(json_scanstring) {
    UNUSED_NATIVE();
    ptrdiff_t at;
    int strict = 1;
    if (num_as_ssize(t, args[1], &exc_OverflowError, &at) < 0) return V_ERROR;
    if (args[2] != V_NULL && (strict = obj_is_true(t, args[2])) < 0) return V_ERROR;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "first argument must be a string, not %T", args[0]);
    Scan s = {t, NULL, args[0], str_kind(args[0]), str_data(args[0]), str_len(args[0]), V_NULL};
    if (at < 0 || (size_t)at > s.end) return err_set(t, &exc_ValueError, "end is out of bounds");
    size_t i = (size_t)at;
    V value = scan_string(&s, &i, strict != 0);
    return tuple_pack_steal(t, 2, value, v_from_int((int64_t)i));
}

// ---- numbers -----------------------------------------------------------------------------------------------------------
static inline bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

// A number of the standard forms: text is ASCII.
static V number_from_ascii(Thread *t, const char *text, size_t n, bool is_float) {
    if (is_float) return float_from_double(t, double_parse(text, n, NULL));
    if (n < 18) { // cannot leave 61 bits
        int64_t x = 0;
        size_t i = text[0] == '-';
        for (; i < n; i++) x = x * 10 + (text[i] - '0');
        return v_from_int(text[0] == '-' ? -x : x);
    }
    return int_parse(t, text, n, 10);
}

static V make_number(Scan *s, size_t from, size_t to, bool is_float) {
    Thread *t = s->t;
    V parse = slot_peek(is_float ? &s->options->parse_float : &s->options->parse_int);
    if (parse != v_from_type(is_float ? &float_type : &int_type)) {
        V text = str_substring(t, s->text, from, to);
        if (v_is_error(text)) return V_ERROR;
        V value = obj_call1(t, parse, text);
        v_drop(t, text);
        return value;
    }
    if (s->kind == 1) return number_from_ascii(t, (const char *)s->data + from, to - from, is_float);
    char few[128] = "", *ascii = few;
    size_t n = to - from;
    if (n > sizeof few && !(ascii = mem_alloc(t, n))) return err_no_memory(t);
    for (size_t i = 0; i < n; i++) ascii[i] = (char)unit(s, from + i);
    V value = number_from_ascii(t, ascii, n, is_float);
    if (ascii != few) mem_free(ascii);
    return value;
}

static V scan_number(Scan *s, size_t *at) {
    size_t start = *at, i = start, end = s->end;
    bool is_float = false;
    if (unit(s, i) == '-' && ++i >= end) return stop(s, start);
    uint32_t c = unit(s, i);
    if (c == '0') i++;
    else if (is_digit(c)) {
        while (i < end && is_digit(unit(s, i))) i++;
    } else return stop(s, start);
    if (i + 1 < end && unit(s, i) == '.' && is_digit(unit(s, i + 1))) {
        is_float = true;
        for (i += 2; i < end && is_digit(unit(s, i));) i++;
    }
    if (i + 1 < end && (unit(s, i) | 0x20) == 'e') {
        size_t before = i++;
        if (i + 1 < end && (unit(s, i) == '-' || unit(s, i) == '+')) i++;
        while (i < end && is_digit(unit(s, i))) i++;
        if (is_digit(unit(s, i - 1))) is_float = true;
        else i = before;
    }
    *at = i;
    return make_number(s, start, i, is_float);
}

static bool has_word(const Scan *s, size_t at, const char *word) {
    for (; *word; word++, at++) {
        if (at >= s->end || unit(s, at) != (uint32_t)*word) return false;
    }
    return true;
}

static V scan_constant(Scan *s, size_t *at, const char *word) {
    V text = str_from_cstr(s->t, word);
    if (v_is_error(text)) return V_ERROR;
    V value = obj_call1(s->t, slot_peek(&s->options->parse_constant), text);
    v_drop(s->t, text);
    *at += strlen(word);
    return value;
}

// ---- objects and arrays ------------------------------------------------------------------------------------------------
static V scan_key(Scan *s, size_t *at) {
    if (*at >= s->end || unit(s, *at) != '"') return fail(s, "Expecting property name enclosed in double quotes", *at);
    ++*at;
    V key = scan_string(s, at, s->options->strict);
    if (v_is_error(key)) return V_ERROR;
    V known = dict_setdefault(s->t, s->memo, key, key);
    v_drop(s->t, key);
    return known;
}

// "key": value into `result`, a dict or (pairs) a list of tuples.
static int scan_member(Scan *s, size_t *at, V result, bool pairs) {
    Thread *t = s->t;
    V key = scan_key(s, at);
    if (v_is_error(key)) return -1;
    skip_space(s, at);
    V value = V_ERROR;
    if (*at >= s->end || unit(s, *at) != ':') {
        fail(s, "Expecting ':' delimiter", *at);
    } else {
        ++*at;
        skip_space(s, at);
        value = scan_once(s, at);
    }
    int r = -1;
    if (!v_is_error(value)) {
        if (pairs) {
            V pair = tuple_pack(t, 2, key, value);
            r = v_is_error(pair) ? -1 : list_append_steal(t, result, pair);
        } else {
            r = dict_set(t, result, key, value);
        }
    }
    v_drop(t, key);
    v_drop(t, value);
    return r;
}

// Behind an element: 1 go on with the next, 0 it was the last (the closing character is passed), -1.
static int after_element(Scan *s, size_t *at, uint32_t close) {
    skip_space(s, at);
    uint32_t c = *at < s->end ? unit(s, *at) : 0;
    if (c == close || c == ',') {
        ++*at;
        if (c == close) return 0;
        skip_space(s, at);
        return safepoint(s->t) < 0 ? -1 : 1;
    }
    fail(s, "Expecting ',' delimiter", *at);
    return -1;
}

static V scan_object(Scan *s, size_t *at) {
    Thread *t = s->t;
    V pairs_hook = slot_peek(&s->options->object_pairs_hook), hook = slot_peek(&s->options->object_hook);
    bool pairs = pairs_hook != V_NONE;
    V result = pairs ? list_new(t, 0) : dict_new(t);
    if (v_is_error(result)) return V_ERROR;
    skip_space(s, at);
    int more = 1;
    if (*at < s->end && unit(s, *at) == '}') {
        ++*at;
        more = 0;
    }
    while (more > 0) more = scan_member(s, at, result, pairs) < 0 ? -1 : after_element(s, at, '}');
    if (more == 0 && (pairs || hook != V_NONE)) {
        V made = obj_call1(t, pairs ? pairs_hook : hook, result);
        v_drop(t, result);
        return made;
    }
    if (more == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static V scan_array(Scan *s, size_t *at) {
    Thread *t = s->t;
    V result = list_new(t, 0);
    if (v_is_error(result)) return V_ERROR;
    skip_space(s, at);
    int more = 1;
    if (*at < s->end && unit(s, *at) == ']') {
        ++*at;
        more = 0;
    }
    while (more > 0) {
        V value = scan_once(s, at);
        more = v_is_error(value) || list_append_steal(t, result, value) < 0 ? -1 : after_element(s, at, ']');
    }
    if (more == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static V scan_nested(Scan *s, size_t *at, V (*scan)(Scan *, size_t *), const char *where) {
    if (recursion_enter(s->t, where) < 0) return V_ERROR;
    ++*at;
    V value = scan(s, at);
    recursion_leave(s->t);
    return value;
}

static V scan_once(Scan *s, size_t *at) {
    if (*at >= s->end) return stop(s, *at);
    switch (unit(s, *at)) {
    case '"': ++*at; return scan_string(s, at, s->options->strict);
    case '{': return scan_nested(s, at, scan_object, " while decoding a JSON object from a unicode string");
    case '[': return scan_nested(s, at, scan_array, " while decoding a JSON array from a unicode string");
    case 'n':
        if (has_word(s, *at, "null")) return *at += 4, V_NONE;
        break;
    case 't':
        if (has_word(s, *at, "true")) return *at += 4, V_TRUE;
        break;
    case 'f':
        if (has_word(s, *at, "false")) return *at += 5, V_FALSE;
        break;
    case 'N':
        if (has_word(s, *at, "NaN")) return scan_constant(s, at, "NaN");
        break;
    case 'I':
        if (has_word(s, *at, "Infinity")) return scan_constant(s, at, "Infinity");
        break;
    case '-':
        if (has_word(s, *at, "-Infinity")) return scan_constant(s, at, "-Infinity");
        break;
    }
    return scan_number(s, at);
}

// ---- the type ----------------------------------------------------------------------------------------------------------
static V scanner_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[2];
    ptrdiff_t at;
    if (args_bind(t, "scan_once", "string, idx", args, nargs, kwnames, given) < 0) return V_ERROR;
    if (num_as_ssize(t, given[1], &exc_OverflowError, &at) < 0) return V_ERROR;
    V text = given[0];
    if (!v_is_str(text)) return err_set(t, &exc_TypeError, "first argument must be a string, not %T", text);
    if (at < 0) return err_set(t, &exc_ValueError, "idx cannot be negative");
    Scan s = {t, (const Scanner *)v_obj(self), text, str_kind(text), str_data(text), str_len(text), dict_new(t)};
    if (v_is_error(s.memo)) return V_ERROR;
    size_t i = (size_t)at;
    V value = scan_once(&s, &i);
    v_drop(t, s.memo);
    return tuple_pack_steal(t, 2, value, int_from_size(t, i));
}

static V scanner_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    static const char *const names[] = {"object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"};
    V context;
    if (args_bind(t, "make_scanner", "context", args, nargs, kwnames, &context) < 0) return V_ERROR;
    V strict = obj_getattr_c(t, context, "strict");
    int truth = v_is_error(strict) ? -1 : obj_is_true(t, strict);
    v_drop(t, strict);
    if (truth < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Scanner *s = (Scanner *)v_obj(self);
    Slot *const fields[] = {&s->object_hook, &s->object_pairs_hook, &s->parse_float, &s->parse_int, &s->parse_constant};
    s->strict = truth != 0;
    for (size_t i = 0; i < countof(names); i++) {
        V value = obj_getattr_c(t, context, names[i]);
        if (v_is_error(value)) {
            v_drop(t, self);
            return V_ERROR;
        }
        slot_set_steal(t, &s->head, fields[i], value);
    }
    return self;
}

static void scanner_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Scanner *s = (Scanner *)o;
    VISIT(s->object_hook);
    VISIT(s->object_pairs_hook);
    VISIT(s->parse_float);
    VISIT(s->parse_int);
    VISIT(s->parse_constant);
}

static const Member scanner_members[] = {
    {"strict", MEMBER_BOOL, offsetof(Scanner, strict), true, NULL},
    {"object_hook", MEMBER_SLOT_OR_NONE, offsetof(Scanner, object_hook), true, NULL},
    {"object_pairs_hook", MEMBER_SLOT_OR_NONE, offsetof(Scanner, object_pairs_hook), true, NULL},
    {"parse_float", MEMBER_SLOT_OR_NONE, offsetof(Scanner, parse_float), true, NULL},
    {"parse_int", MEMBER_SLOT_OR_NONE, offsetof(Scanner, parse_int), true, NULL},
    {"parse_constant", MEMBER_SLOT_OR_NONE, offsetof(Scanner, parse_constant), true, NULL},
    {0},
};
Type json_scanner_type = {
    TYPE_HEAD("_json.Scanner"), .doc = "A function (string, index) -> (value, index behind it).", .flags = TYPE_BASETYPE | TYPE_GC,
    .size = sizeof(Scanner), .traverse = scanner_traverse, .new_ = scanner_new, .call = scanner_call, .members = scanner_members,
};
