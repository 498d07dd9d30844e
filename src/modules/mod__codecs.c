// SPDX-License-Identifier: MIT
// _codecs: the registry and the C encodings, as codecs.py and the package encodings use them.
//
// Each xxx_decode takes (data, errors=None, ...) and returns (text, bytes consumed); each xxx_encode takes (text,
// errors=None, ...) and returns (bytes, characters consumed).
#include "object/misc.h"
#include "runtime/codecs.h"

// ---- arguments ----------------------------------------------------------------------------------------------------------
static int read_errors(Thread *t, const char *name, V v, const char **errors) {
    *errors = NULL;
    if (v == V_NULL || v == V_NONE) return 0;
    if (v_is_str(v)) return (*errors = str_cstr(t, v)) ? 0 : -1;
    err_set(t, &exc_TypeError, "%s() argument 2 must be str or None, not %T", name, v);
    return -1;
}

static int read_final(Thread *t, V v, bool *final) {
    int truth = v == V_NULL ? *final : obj_is_true(t, v);
    *final = truth > 0;
    return truth < 0 ? -1 : 0;
}

static V result(Thread *t, V v, size_t consumed) { return tuple_pack_steal(t, 2, v, int_from_size(t, consumed)); }

// ---- stateless decoders: (data, errors=None, final=False) -----------------------------------------------------------------
typedef V (*DecodeFn)(Thread *, const void *, size_t, const char *, size_t *);

static V decode_with(Thread *t, const V *args, const char *name, DecodeFn fn, bool final, bool text_too) {
    const char *errors;
    size_t consumed;
    if (read_errors(t, name, args[1], &errors) < 0 || read_final(t, args[2], &final) < 0) return V_ERROR;
    if (text_too && v_is_str(args[0])) {
        size_t n;
        const char *p = str_utf8(t, args[0], &n);
        if (!p) return V_ERROR;
        consumed = n;
        V v = fn(t, p, n, errors, final ? NULL : &consumed);
        return result(t, v, consumed);
    }
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    consumed = (size_t)view.len;
    V v = fn(t, view.data, (size_t)view.len, errors, final ? NULL : &consumed);
    buffer_release(t, &view);
    return result(t, v, consumed);
}

static V utf16le(Thread *t, const void *p, size_t n, const char *e, size_t *c) { int o = -1; return codec_utf16_decode(t, p, n, e, &o, c); }
static V utf16be(Thread *t, const void *p, size_t n, const char *e, size_t *c) { int o = 1; return codec_utf16_decode(t, p, n, e, &o, c); }
static V utf16(Thread *t, const void *p, size_t n, const char *e, size_t *c) { int o = 0; return codec_utf16_decode(t, p, n, e, &o, c); }
static V utf32le(Thread *t, const void *p, size_t n, const char *e, size_t *c) { int o = -1; return codec_utf32_decode(t, p, n, e, &o, c); }
static V utf32be(Thread *t, const void *p, size_t n, const char *e, size_t *c) { int o = 1; return codec_utf32_decode(t, p, n, e, &o, c); }
static V utf32(Thread *t, const void *p, size_t n, const char *e, size_t *c) { int o = 0; return codec_utf32_decode(t, p, n, e, &o, c); }
static V ascii(Thread *t, const void *p, size_t n, const char *e, size_t *c) { (void)c; return codec_ascii_decode(t, p, n, e); }
static V latin_1(Thread *t, const void *p, size_t n, const char *e, size_t *c) { (void)e, (void)c; return codec_latin1_decode(t, p, n); }
static V escape(Thread *t, const void *p, size_t n, const char *e, size_t *c) { (void)c; return codec_escape_decode(t, p, n, e); }

#define DECODER(name, fn, final, text_too)                                                                             \
    static NATIVE(name##_decode) {                                                                                     \
        UNUSED_NATIVE();                                                                                               \
        return decode_with(t, args, #name "_decode", fn, final, text_too);                                             \
    }
// Without a `final` parameter there is no third argument to look at.
#define DECODER2(name, fn, text_too)                                                                                   \
    static NATIVE(name##_decode) {                                                                                     \
        UNUSED_NATIVE();                                                                                               \
        V three[3] = {args[0], args[1], V_NULL};                                                                       \
        return decode_with(t, three, #name "_decode", fn, true, text_too);                                             \
    }
DECODER(utf_8, codec_utf8_decode, false, false)
DECODER(utf_7, codec_utf7_decode, false, false)
DECODER(utf_16, utf16, false, false)
DECODER(utf_16_le, utf16le, false, false)
DECODER(utf_16_be, utf16be, false, false)
DECODER(utf_32, utf32, false, false)
DECODER(utf_32_le, utf32le, false, false)
DECODER(utf_32_be, utf32be, false, false)
DECODER(unicode_escape, codec_unicode_escape_decode, true, true)
DECODER(raw_unicode_escape, codec_raw_unicode_escape_decode, true, true)
DECODER2(ascii, ascii, false)
DECODER2(latin_1, latin_1, false)
DECODER2(escape, escape, true)

typedef V (*OrderedDecodeFn)(Thread *, const void *, size_t, const char *, int *, size_t *);
static V decode_ex(Thread *t, const V *args, const char *name, OrderedDecodeFn fn) {
    const char *errors;
    int order = 0;
    bool final = false;
    Buffer view;
    if (read_errors(t, name, args[1], &errors) < 0) return V_ERROR;
    if (args[2] != V_NULL && num_as_int(t, args[2], &order) < 0) return V_ERROR;
    if (read_final(t, args[3], &final) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t consumed = (size_t)view.len;
    V v = fn(t, view.data, (size_t)view.len, errors, &order, final ? NULL : &consumed);
    buffer_release(t, &view);
    return tuple_pack_steal(t, 3, v, int_from_size(t, consumed), v_from_int(order));
}
static NATIVE(utf_16_ex_decode) { UNUSED_NATIVE(); return decode_ex(t, args, "utf_16_ex_decode", codec_utf16_decode); }
static NATIVE(utf_32_ex_decode) { UNUSED_NATIVE(); return decode_ex(t, args, "utf_32_ex_decode", codec_utf32_decode); }

// ---- encoders: (text, errors=None) ----------------------------------------------------------------------------------------
typedef V (*EncodeFn)(Thread *, V, const char *);

static V encode_with(Thread *t, const V *args, const char *name, EncodeFn fn) {
    const char *errors;
    if (!v_is_str(args[0])) return err_bad_argument(t, name, "argument 1", "str", args[0]);
    if (read_errors(t, name, args[1], &errors) < 0) return V_ERROR;
    return result(t, fn(t, args[0], errors), str_len(args[0]));
}

static V to_utf16le(Thread *t, V v, const char *e) { return codec_utf16_encode(t, v, e, -1); }
static V to_utf16be(Thread *t, V v, const char *e) { return codec_utf16_encode(t, v, e, 1); }
static V to_utf32le(Thread *t, V v, const char *e) { return codec_utf32_encode(t, v, e, -1); }
static V to_utf32be(Thread *t, V v, const char *e) { return codec_utf32_encode(t, v, e, 1); }
static V to_escape(Thread *t, V v, const char *e) { (void)e; return codec_unicode_escape_encode(t, v); }
static V to_raw_escape(Thread *t, V v, const char *e) { (void)e; return codec_raw_unicode_escape_encode(t, v); }

#define ENCODER(name, fn)                                                                                              \
    static NATIVE(name##_encode) {                                                                                     \
        UNUSED_NATIVE();                                                                                               \
        return encode_with(t, args, #name "_encode", fn);                                                              \
    }
ENCODER(utf_8, codec_utf8_encode)
ENCODER(utf_7, codec_utf7_encode)
ENCODER(utf_16_le, to_utf16le)
ENCODER(utf_16_be, to_utf16be)
ENCODER(utf_32_le, to_utf32le)
ENCODER(utf_32_be, to_utf32be)
ENCODER(unicode_escape, to_escape)
ENCODER(raw_unicode_escape, to_raw_escape)
ENCODER(ascii, codec_ascii_encode)
ENCODER(latin_1, codec_latin1_encode)

static V encode_ordered(Thread *t, const V *args, const char *name, V (*fn)(Thread *, V, const char *, int)) {
    const char *errors;
    int order = 0;
    if (!v_is_str(args[0])) return err_bad_argument(t, name, "argument 1", "str", args[0]);
    if (read_errors(t, name, args[1], &errors) < 0) return V_ERROR;
    if (args[2] != V_NULL && num_as_int(t, args[2], &order) < 0) return V_ERROR;
    return result(t, fn(t, args[0], errors, order), str_len(args[0]));
}
static NATIVE(utf_16_encode) { UNUSED_NATIVE(); return encode_ordered(t, args, "utf_16_encode", codec_utf16_encode); }
static NATIVE(utf_32_encode) { UNUSED_NATIVE(); return encode_ordered(t, args, "utf_32_encode", codec_utf32_encode); }

static NATIVE(escape_encode) {
    UNUSED_NATIVE();
    const char *errors;
    if (!v_is_bytes(args[0])) return err_bad_argument(t, "escape_encode", "argument 1", "bytes", args[0]);
    if (read_errors(t, "escape_encode", args[1], &errors) < 0) return V_ERROR;
    return result(t, codec_escape_encode(t, args[0]), bytes_len(args[0]));
}

static NATIVE(readbuffer_encode) {
    UNUSED_NATIVE();
    if (v_is_str(args[0])) {
        V v = str_encode_utf8(t, args[0]);
        return v_is_error(v) ? v : result(t, v, bytes_len(v));
    }
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n = (size_t)view.len;
    V v = bytes_from(t, view.data, n);
    buffer_release(t, &view);
    return result(t, v, n);
}

// ---- character maps ---------------------------------------------------------------------------------------------------------
static NATIVE(charmap_decode) { // data, errors=None, mapping=None, /
    UNUSED_NATIVE();
    const char *errors;
    Buffer view;
    if (read_errors(t, "charmap_decode", args[1], &errors) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n = (size_t)view.len;
    V v = codec_charmap_decode(t, view.data, n, errors, args[2]);
    buffer_release(t, &view);
    return result(t, v, n);
}

static NATIVE(charmap_encode) { // str, errors=None, mapping=None, /
    UNUSED_NATIVE();
    const char *errors;
    if (!v_is_str(args[0])) return err_bad_argument(t, "charmap_encode", "argument 1", "str", args[0]);
    if (read_errors(t, "charmap_encode", args[1], &errors) < 0) return V_ERROR;
    return result(t, codec_charmap_encode(t, args[0], errors, args[2]), str_len(args[0]));
}

static NATIVE(charmap_build) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "charmap_build", NULL, "str", args[0]);
    return codec_charmap_build(t, args[0]);
}

// ---- the registry -----------------------------------------------------------------------------------------------------------
static const char *text_argument(Thread *t, const char *function, const char *what, V v) {
    if (v_is_str(v)) return str_cstr(t, v);
    err_bad_argument(t, function, what, "str", v);
    return NULL;
}

static V code(Thread *t, const V *args, const char *name, V (*fn)(Thread *, V, const char *, const char *)) {
    const char *encoding = "utf-8", *errors = NULL;
    if (args[1] != V_NULL && !(encoding = text_argument(t, name, "argument 'encoding'", args[1]))) return V_ERROR;
    if (args[2] != V_NULL && !(errors = text_argument(t, name, "argument 'errors'", args[2]))) return V_ERROR;
    return fn(t, args[0], encoding, errors);
}
static NATIVE(encode) { UNUSED_NATIVE(); return code(t, args, "encode", codec_encode_any); }
static NATIVE(decode) { UNUSED_NATIVE(); return code(t, args, "decode", codec_decode_any); }

static NATIVE(lookup) {
    UNUSED_NATIVE();
    const char *name = text_argument(t, "lookup", NULL, args[0]);
    return name ? codec_lookup(t, name) : V_ERROR;
}

static NATIVE(register_) { UNUSED_NATIVE(); return codec_register(t, args[0]); }
static NATIVE(unregister) { UNUSED_NATIVE(); return codec_unregister(t, args[0]); }

static NATIVE(register_error) {
    UNUSED_NATIVE();
    const char *name = text_argument(t, "register_error", "argument 1", args[0]);
    return name ? codec_register_error(t, name, args[1]) : V_ERROR;
}

static NATIVE(lookup_error) {
    UNUSED_NATIVE();
    const char *name = text_argument(t, "lookup_error", NULL, args[0]);
    return name ? codec_lookup_error(t, name) : V_ERROR;
}

#define DECODE_ROW(name, sig) {#name "_decode", name##_decode, sig, 0, 0, "The text that data encodes, and how many bytes were used."}
#define ENCODE_ROW(name, sig) {#name "_encode", name##_encode, sig, 0, 0, "The text as bytes, and how many characters were used."}
static const Method methods[] = {
    {"register", register_, "search_function, /", 0, M_OLD_ARITY, "Adds a function that finds codecs by their normalised name."},
    {"unregister", unregister, "search_function, /", 0, M_OLD_ARITY, "Takes a search function away and empties the cache."},
    {"lookup", lookup, "encoding, /", 0, M_OLD_ARITY, "The CodecInfo of an encoding."},
    {"encode", encode, "obj, encoding='utf-8', errors='strict'", 0, 0, "obj through the encoder of any codec."},
    {"decode", decode, "obj, encoding='utf-8', errors='strict'", 0, 0, "obj through the decoder of any codec."},
    {"register_error", register_error, "errors, handler, /", 0, 0, "Gives an error handler a name."},
    {"lookup_error", lookup_error, "name, /", 0, M_OLD_ARITY, "The error handler of a name."},
    DECODE_ROW(utf_8, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_7, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_16, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_16_le, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_16_be, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_16_ex, "data, errors=None, byteorder=0, final=False, /"),
    DECODE_ROW(utf_32, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_32_le, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_32_be, "data, errors=None, final=False, /"),
    DECODE_ROW(utf_32_ex, "data, errors=None, byteorder=0, final=False, /"),
    DECODE_ROW(unicode_escape, "data, errors=None, final=True, /"),
    DECODE_ROW(raw_unicode_escape, "data, errors=None, final=True, /"),
    DECODE_ROW(latin_1, "data, errors=None, /"),
    DECODE_ROW(ascii, "data, errors=None, /"),
    DECODE_ROW(escape, "data, errors=None, /"),
    DECODE_ROW(charmap, "data, errors=None, mapping=None, /"),
    ENCODE_ROW(utf_8, "str, errors=None, /"),
    ENCODE_ROW(utf_7, "str, errors=None, /"),
    ENCODE_ROW(utf_16, "str, errors=None, byteorder=0, /"),
    ENCODE_ROW(utf_16_le, "str, errors=None, /"),
    ENCODE_ROW(utf_16_be, "str, errors=None, /"),
    ENCODE_ROW(utf_32, "str, errors=None, byteorder=0, /"),
    ENCODE_ROW(utf_32_le, "str, errors=None, /"),
    ENCODE_ROW(utf_32_be, "str, errors=None, /"),
    ENCODE_ROW(unicode_escape, "str, errors=None, /"),
    ENCODE_ROW(raw_unicode_escape, "str, errors=None, /"),
    ENCODE_ROW(latin_1, "str, errors=None, /"),
    ENCODE_ROW(ascii, "str, errors=None, /"),
    ENCODE_ROW(escape, "data, errors=None, /"),
    ENCODE_ROW(readbuffer, "data, errors=None, /"),
    ENCODE_ROW(charmap, "str, errors=None, mapping=None, /"),
    {"charmap_build", charmap_build, "map, /", 0, M_OLD_ARITY, "The inverse of a decoding table."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    (void)module;
    return codecs_start(t);
}

const ModuleDef mod__codecs = {"_codecs", NULL, methods, exec, 0};
