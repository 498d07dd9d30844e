// SPDX-License-Identifier: MIT
// What happens to characters and bytes that a codec cannot handle: the common part of all codecs, and the builtin
// handlers as functions of an exception.
//
// The usual handlers are known by name and need no exception object; any other is called with one and returns a
// replacement and the position to go on from.
#include "base/unicode.h"
#include "base/utf8.h"
#include "object/exceptions.h"
#include "object/tuple.h"
#include "runtime/codecs.h"
#include <stdio.h>

typedef enum { STRICT, IGNORE, REPLACE, BACKSLASH, XMLCHARREF, ESCAPE_BYTES, OTHER } HandlerKind;

static HandlerKind handler_kind(const char *errors) {
    static const struct { const char *name; HandlerKind kind; } table[] = {
        {"strict", STRICT}, {"ignore", IGNORE}, {"replace", REPLACE}, {"backslashreplace", BACKSLASH},
        {"xmlcharrefreplace", XMLCHARREF}, {"surrogateescape", ESCAPE_BYTES},
    };
    if (!errors) return STRICT;
    for (size_t i = 0; i < countof(table); i++)
        if (strcmp(errors, table[i].name) == 0) return table[i].kind;
    return OTHER;
}

// "\xe9", "\u20ac", "\U0001f600"
static int backslash_text(uint32_t c, char out[12]) {
    return sprintf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

// Where a handler says to go on.  A position that does not fit is out of bounds for multibyte codecs.
static int read_position(Thread *t, V v, bool multibyte, ptrdiff_t *position) {
    if (num_as_ssize(t, v, &exc_OverflowError, position) == 0) return 0;
    if (multibyte && err_matches(t, &exc_OverflowError)) {
        err_clear(t);
        err_set(t, &exc_IndexError, "position -1 from error handler out of bounds");
    }
    return -1;
}

// Calls the handler with exc (consumed): the replacement (owned) and where to go on; -1.
static int call_handler(Thread *t, V handler, V exc, V *replacement, ptrdiff_t *position, bool decoding, bool multibyte) {
    V r = obj_call1(t, handler, exc);
    v_drop(t, exc);
    if (v_is_error(r)) return -1;
    V text = v_is_tuple(r) && tuple_len(r) == 2 ? tuple_borrow(r, 0) : V_NULL;
    bool good = text != V_NULL && (v_is_str(text) || (!decoding && v_is_bytes(text)));
    if (good && multibyte) good = v_is_any_int(tuple_borrow(r, 1));
    int status = -1;
    if (!good) {
        err_set(t, &exc_TypeError, "%s error handler must return (%s, int) tuple", decoding ? "decoding" : "encoding",
                decoding || multibyte ? "str" : "str/bytes");
    } else if (read_position(t, tuple_borrow(r, 1), multibyte, position) == 0) {
        *replacement = v_dup(text);
        status = 0;
    }
    v_drop(t, r);
    return status;
}

// ---- decoding ---------------------------------------------------------------------------------------------------------
void decoder_init(Decoder *d, Thread *t, const char *encoding, const char *errors, const void *p, size_t n) {
    *d = (Decoder){.t = t, .encoding = encoding, .errors = errors, .p = p, .n = n, .object = V_NULL, .handler = V_NULL};
    sb_init(&d->out, t);
}

V decoder_finish(Decoder *d, int status) {
    v_drop(d->t, d->object);
    v_drop(d->t, d->handler);
    if (status == 0) return sb_finish(&d->out);
    sb_abandon(&d->out);
    return V_ERROR;
}

static V make_exception(Thread *t, const Type *type, const char *encoding, V object, size_t start, size_t end, const char *reason) {
    V args[5] = {str_from_cstr(t, encoding), v_dup(object), int_from_size(t, start), int_from_size(t, end), str_from_cstr(t, reason)};
    V exc = v_is_error(args[0]) || v_is_error(args[4]) ? V_ERROR : exc_new(t, type, args, 5);
    for (int i = 0; i < 5; i++) v_drop(t, args[i]);
    return exc;
}

static int decode_by_handler(Decoder *d, size_t start, size_t end, const char *reason, size_t *at) {
    Thread *t = d->t;
    if (d->handler == V_NULL) {
        d->handler = codec_lookup_error(t, d->errors);
        if (v_is_error(d->handler)) return d->handler = V_NULL, -1;
    }
    if (d->object == V_NULL) {
        d->object = bytes_from(t, d->p, d->n);
        if (v_is_error(d->object)) return d->object = V_NULL, -1;
        d->p = (const uint8_t *)bytes_data(d->object);
    }
    V exc = make_exception(t, &exc_UnicodeDecodeError, d->encoding, d->object, start, end, reason);
    if (v_is_error(exc)) return -1;
    V text, kept = v_dup(exc);
    ptrdiff_t position;
    int status = call_handler(t, d->handler, exc, &text, &position, true, d->multibyte);
    if (status == 0) { // the handler may have put other bytes in place of the input
        V object = slot_get(v_obj(kept), &((ExcUnicode *)v_obj(kept))->object);
        if (object == V_NULL || !v_is_bytes(object)) {
            err_set(t, &exc_TypeError, "exception attribute object must be bytes");
            status = -1;
            v_drop(t, object);
        } else {
            v_drop(t, d->object);
            d->object = object;
            d->p = (const uint8_t *)bytes_data(object);
            d->n = bytes_len(object);
            if (position < 0) position += (ptrdiff_t)d->n;
            if (position < 0 || position > (ptrdiff_t)d->n) {
                err_set(t, &exc_IndexError, "position %zd from error handler out of bounds", position);
                status = -1;
            } else {
                sb_str(&d->out, text);
                *at = (size_t)position;
            }
        }
        v_drop(t, text);
    }
    v_drop(t, kept);
    return status;
}

int decoder_error(Decoder *d, size_t start, size_t end, const char *reason, size_t *at) {
    char text[12];
    *at = end;
    switch (handler_kind(d->errors)) {
    case STRICT: goto strict;
    case IGNORE: return 0;
    case REPLACE: sb_char(&d->out, 0xfffd); return 0;
    case BACKSLASH:
        for (size_t i = start; i < end; i++) sb_ascii(&d->out, text, (size_t)backslash_text(d->p[i], text));
        return 0;
    case ESCAPE_BYTES: {
        size_t i = start;
        for (; i < end && i < start + 4 && d->p[i] >= 128; i++) sb_char(&d->out, 0xdc00u + d->p[i]);
        if (i == start) goto strict;
        *at = i;
        return 0;
    }
    case XMLCHARREF:
        err_set(d->t, &exc_TypeError, "don't know how to handle UnicodeDecodeError in error callback");
        return -1;
    default: return decode_by_handler(d, start, end, reason, at);
    }
strict:
    err_unicode_decode(d->t, d->encoding, d->p, d->n, start, end, reason);
    return -1;
}

// ---- encoding -----------------------------------------------------------------------------------------------------------
void encoder_init(Encoder *e, Thread *t, const char *encoding, const char *errors, V text, bool (*put)(Encoder *, uint32_t)) {
    *e = (Encoder){.t = t, .encoding = encoding, .errors = errors, .text = text, .handler = V_NULL, .put = put};
}

void encoder_bytes(Encoder *e, const void *p, size_t n) {
    if (n == 0) return; // there may be no memory yet
    if (n > e->cap - e->len) {
        size_t cap = e->len + n + (e->len + n) / 2 + 64;
        char *data = e->failed ? NULL : mem_realloc(e->t, e->data, cap);
        if (!data) {
            e->failed = true;
            return;
        }
        e->data = data;
        e->cap = cap;
    }
    memcpy(e->data + e->len, p, n);
    e->len += n;
}

V encoder_finish(Encoder *e, int status) {
    V r = status < 0 ? V_ERROR : e->failed ? err_no_memory(e->t) : bytes_from(e->t, e->data, e->len);
    mem_free(e->data);
    v_drop(e->t, e->handler);
    return r;
}

static int encode_strict(Encoder *e, size_t start, size_t end, const char *reason) {
    if (err_pending(e->t)) return -1; // the encoder's own trouble
    err_unicode_encode(e->t, e->encoding, e->text, start, end, reason);
    return -1;
}

static int put_text(Encoder *e, const char *text, size_t n, size_t start, size_t end, const char *reason) {
    for (size_t i = 0; i < n; i++)
        if (!e->put(e, (uint8_t)text[i])) return encode_strict(e, start, end, reason);
    return 0;
}

static int encode_by_handler(Encoder *e, size_t start, size_t end, const char *reason, size_t *at) {
    Thread *t = e->t;
    if (e->handler == V_NULL) {
        e->handler = codec_lookup_error(t, e->errors);
        if (v_is_error(e->handler)) return e->handler = V_NULL, -1;
    }
    V exc = make_exception(t, &exc_UnicodeEncodeError, e->encoding, e->text, start, end, reason), r;
    ptrdiff_t position, n = (ptrdiff_t)str_len(e->text);
    if (v_is_error(exc) || call_handler(t, e->handler, exc, &r, &position, false, e->multibyte) < 0) return -1;
    int status = 0;
    if (position < 0) position += n;
    if (position < 0 || position > n) {
        err_set(t, &exc_IndexError, "position %zd from error handler out of bounds", position);
        status = -1;
    } else if (e->unit && (v_is_bytes(r) ? bytes_len(r) % e->unit != 0 : !str_is_ascii(r))) {
        status = encode_strict(e, start, end, reason);
    } else if (v_is_bytes(r)) {
        encoder_bytes(e, bytes_data(r), bytes_len(r));
    } else {
        for (size_t i = 0; i < str_len(r) && status == 0; i++)
            if (!e->put(e, str_at(r, i))) status = encode_strict(e, start, end, reason);
    }
    v_drop(t, r);
    *at = (size_t)position;
    return status;
}

int encoder_error(Encoder *e, size_t start, size_t end, const char *reason, size_t *at) {
    char text[16];
    *at = end;
    switch (handler_kind(e->errors)) {
    case STRICT: return encode_strict(e, start, end, reason);
    case IGNORE: return 0;
    case REPLACE:
        for (size_t i = start; i < end; i++)
            if (put_text(e, "?", 1, start, end, reason) < 0) return -1;
        return 0;
    case BACKSLASH:
        for (size_t i = start; i < end; i++)
            if (put_text(e, text, (size_t)backslash_text(str_at(e->text, i), text), start, end, reason) < 0) return -1;
        return 0;
    case XMLCHARREF:
        for (size_t i = start; i < end; i++)
            if (put_text(e, text, (size_t)sprintf(text, "&#%u;", str_at(e->text, i)), start, end, reason) < 0) return -1;
        return 0;
    case ESCAPE_BYTES: {
        size_t i = start;
        for (; i < end && str_at(e->text, i) >= 0xdc80 && str_at(e->text, i) <= 0xdcff; i++)
            encoder_byte(e, str_at(e->text, i) - 0xdc00);
        if (i == start) return encode_strict(e, start, end, reason);
        *at = i;
        return 0;
    }
    default: return encode_by_handler(e, start, end, reason, at);
    }
}

// ---- the builtin handlers as functions -----------------------------------------------------------------------------------
typedef struct Problem { // an exception taken apart
    Type *kind;          // UnicodeEncodeError, ...
    V object;            // borrowed
    size_t start, end;
} Problem;

static V wrong_exception(Thread *t, V exc) {
    return err_set(t, &exc_TypeError, "don't know how to handle %T in error callback", exc);
}

static int problem_get(Thread *t, V exc, Problem *p) {
    p->kind = type_check(t, exc, &exc_UnicodeEncodeError)      ? &exc_UnicodeEncodeError
              : type_check(t, exc, &exc_UnicodeDecodeError)    ? &exc_UnicodeDecodeError
              : type_check(t, exc, &exc_UnicodeTranslateError) ? &exc_UnicodeTranslateError
                                                               : NULL;
    if (!p->kind) return wrong_exception(t, exc), -1;
    ExcUnicode *e = (ExcUnicode *)v_obj(exc);
    p->object = slot_peek(&e->object);
    bool decode = p->kind == &exc_UnicodeDecodeError;
    if (p->object == V_NULL || !(decode ? v_is_bytes(p->object) : v_is_str(p->object))) {
        err_set(t, &exc_TypeError, decode ? "object attribute must be bytes" : "object attribute must be unicode");
        return -1;
    }
    ptrdiff_t n = (ptrdiff_t)(decode ? bytes_len(p->object) : str_len(p->object)), start = at_load_relaxed(&e->start), end = at_load_relaxed(&e->end);
    if (start < 0) start = 0;
    if (start >= n) start = n ? n - 1 : 0;
    if (end < 1) end = 1;
    if (end > n) end = n;
    p->start = (size_t)start;
    p->end = (size_t)(end > start ? end : start);
    return 0;
}

static V answer(Thread *t, V text, size_t position) { return tuple_pack_steal(t, 2, text, int_from_size(t, position)); }

static NATIVE(h_strict) {
    UNUSED_NATIVE();
    if (v_is_exception(args[0])) return err_raise(t, args[0]);
    return err_set(t, &exc_TypeError, "codec must pass exception instance");
}

static NATIVE(h_ignore) {
    UNUSED_NATIVE();
    Problem p;
    return problem_get(t, args[0], &p) < 0 ? V_ERROR : answer(t, str_empty(), p.end);
}

static NATIVE(h_replace) {
    UNUSED_NATIVE();
    Problem p;
    if (problem_get(t, args[0], &p) < 0) return V_ERROR;
    StrBuilder b;
    sb_init(&b, t);
    if (p.kind == &exc_UnicodeEncodeError) sb_fill(&b, '?', p.end - p.start);
    else sb_fill(&b, 0xfffd, p.kind == &exc_UnicodeDecodeError ? 1 : p.end - p.start);
    return answer(t, sb_finish(&b), p.end);
}

static NATIVE(h_xmlcharrefreplace) {
    UNUSED_NATIVE();
    Problem p;
    if (!type_check(t, args[0], &exc_UnicodeEncodeError)) return wrong_exception(t, args[0]);
    if (problem_get(t, args[0], &p) < 0) return V_ERROR;
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = p.start; i < p.end; i++) sb_format(&b, "&#%u;", str_at(p.object, i));
    return answer(t, sb_finish(&b), p.end);
}

static NATIVE(h_backslashreplace) {
    UNUSED_NATIVE();
    Problem p;
    if (problem_get(t, args[0], &p) < 0) return V_ERROR;
    bool decode = p.kind == &exc_UnicodeDecodeError;
    char text[12];
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = p.start; i < p.end; i++) {
        uint32_t c = decode ? (uint8_t)bytes_data(p.object)[i] : str_at(p.object, i);
        sb_ascii(&b, text, (size_t)backslash_text(c, text));
    }
    return answer(t, sb_finish(&b), p.end);
}

static NATIVE(h_namereplace) {
    UNUSED_NATIVE();
    Problem p;
    if (!type_check(t, args[0], &exc_UnicodeEncodeError)) return wrong_exception(t, args[0]);
    if (problem_get(t, args[0], &p) < 0) return V_ERROR;
    char text[12], name[UC_NAME_MAX];
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = p.start; i < p.end; i++) {
        uint32_t c = str_at(p.object, i);
        if (uc_name(c, name)) sb_format(&b, "\\N{%s}", name);
        else sb_ascii(&b, text, (size_t)backslash_text(c, text));
    }
    return answer(t, sb_finish(&b), p.end);
}

static NATIVE(h_surrogateescape) {
    UNUSED_NATIVE();
    Problem p;
    if (problem_get(t, args[0], &p) < 0) return V_ERROR;
    if (p.kind == &exc_UnicodeEncodeError) {
        V r = bytes_new(t, p.end - p.start);
        for (size_t i = p.start; i < p.end && !v_is_error(r); i++) {
            uint32_t c = str_at(p.object, i);
            if (c < 0xdc80 || c > 0xdcff) { // not one of ours: the exception stands
                v_drop(t, r);
                return err_raise(t, args[0]);
            }
            bytes_data(r)[i - p.start] = (char)(c - 0xdc00);
        }
        return answer(t, r, p.end);
    }
    if (p.kind != &exc_UnicodeDecodeError) return wrong_exception(t, args[0]);
    StrBuilder b;
    sb_init(&b, t);
    size_t i = p.start;
    for (; i < p.end && i < p.start + 4; i++) {
        uint8_t c = (uint8_t)bytes_data(p.object)[i];
        if (c < 128) break;
        sb_char(&b, 0xdc00u + c);
    }
    if (i == p.start) {
        sb_abandon(&b);
        return err_raise(t, args[0]);
    }
    return answer(t, sb_finish(&b), i);
}

// The width of an encoding whose surrogates surrogatepass lets through: 1 UTF-8, 2, 4; 0 for others.  *big: byte order
static int surrogate_width(V encoding, bool *big) {
    *big = false;
    if (encoding == V_NULL || !v_is_str(encoding) || !str_is_ascii(encoding)) return 0;
    char text[16] = "";
    size_t n = 0;
    for (const char *p = str_data(encoding); *p && n < 15; p++)
        if (*p != '-' && *p != '_') text[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
    if (strncmp(text, "cp65001", 8) == 0) return 1;
    if (strncmp(text, "utf", 3) != 0) return 0;
    const char *rest = text + 3;
    if (strcmp(rest, "8") == 0) return 1;
    int width = strncmp(rest, "16", 2) == 0 ? 2 : strncmp(rest, "32", 2) == 0 ? 4 : 0;
    if (!width) return 0;
    rest += 2;
    if (strcmp(rest, "be") == 0) *big = true;
    else if (*rest == '\0') *big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    else if (strcmp(rest, "le") != 0) return 0;
    return width;
}

static size_t put_surrogate(uint32_t c, int width, bool big, uint8_t *out) {
    if (width == 1) return utf8_encode_one(c, out);
    for (int i = 0; i < width; i++) out[big ? width - 1 - i : i] = (uint8_t)(c >> 8 * i);
    return (size_t)width;
}

static NATIVE(h_surrogatepass) {
    UNUSED_NATIVE();
    Problem p;
    bool big;
    if (problem_get(t, args[0], &p) < 0) return V_ERROR;
    int width = surrogate_width(slot_peek(&((ExcUnicode *)v_obj(args[0]))->encoding), &big);
    if (p.kind == &exc_UnicodeEncodeError) {
        if (!width) return err_raise(t, args[0]);
        uint8_t *out = mem_alloc(t, (p.end - p.start) * 4 + 1);
        if (!out) return err_no_memory(t);
        size_t n = 0;
        for (size_t i = p.start; i < p.end; i++) {
            uint32_t c = str_at(p.object, i);
            if (!cp_is_surrogate(c)) {
                mem_free(out);
                return err_raise(t, args[0]);
            }
            n += put_surrogate(c, width, big, out + n);
        }
        V r = bytes_from(t, out, n);
        mem_free(out);
        return answer(t, r, p.end);
    }
    if (p.kind != &exc_UnicodeDecodeError) return wrong_exception(t, args[0]);
    const uint8_t *q = (const uint8_t *)bytes_data(p.object) + p.start;
    size_t left = bytes_len(p.object) - p.start, used = width == 1 ? 3 : (size_t)width;
    uint32_t c = 0;
    if (width == 1 && left >= 3 && (q[0] & 0xf0) == 0xe0 && (q[1] & 0xc0) == 0x80 && (q[2] & 0xc0) == 0x80) {
        c = (uint32_t)(q[0] & 15) << 12 | (uint32_t)(q[1] & 63) << 6 | (q[2] & 63);
    } else if (width > 1 && left >= (size_t)width) {
        for (int i = 0; i < width; i++) c |= (uint32_t)q[big ? width - 1 - i : i] << 8 * i;
    }
    if (!cp_is_surrogate(c)) return err_raise(t, args[0]);
    return answer(t, str_from_char(t, c), p.start + used);
}

static const Method handlers[] = {
    {"strict_errors", h_strict, "object, /", 0, M_OLD_ARITY, "Raises the exception."},
    {"ignore_errors", h_ignore, "object, /", 0, M_OLD_ARITY, "Leaves the input out."},
    {"replace_errors", h_replace, "object, /", 0, M_OLD_ARITY, "Puts question marks or U+FFFD in its place."},
    {"xmlcharrefreplace_errors", h_xmlcharrefreplace, "object, /", 0, M_OLD_ARITY, "Puts XML character references in its place."},
    {"backslashreplace_errors", h_backslashreplace, "object, /", 0, M_OLD_ARITY, "Puts backslash escapes in its place."},
    {"namereplace_errors", h_namereplace, "object, /", 0, M_OLD_ARITY, "Puts \\N{...} escapes in its place."},
    {"surrogatepass", h_surrogatepass, "object, /", 0, M_OLD_ARITY, "Encodes and decodes surrogates like other characters."},
    {"surrogateescape", h_surrogateescape, "object, /", 0, M_OLD_ARITY, "Bytes that cannot be decoded become lone surrogates, and back."},
    METHOD_END,
};

V codec_make_handlers(Thread *t) {
    static const char *const names[] = {"strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace",
                                        "surrogatepass", "surrogateescape"};
    V dict = dict_new(t);
    for (size_t i = 0; i < countof(names) && !v_is_error(dict); i++) {
        if (dict_set_c_steal(t, dict, names[i], native_new(t, &handlers[i], V_NULL, V_NULL)) == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}
