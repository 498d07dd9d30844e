// SPDX-License-Identifier: MIT
// Module _pickle: opcodes whose argument is the value: numbers, text, bytes, buffers.
#include "pickle_private.h"
#include <endian.h>

int load_fail(Reader *r, const char *message) {
    pickle_raise(r->t, &unpickling_error, "%s", message);
    return -1;
}
int read_number(Reader *r, size_t width, uint64_t *out) {
    const char *p = read_bytes(r, width);
    if (!p) return -1;
    uint64_t n = 0;
    memcpy(&n, p, width);
    *out = le64toh(n);
    return 0;
}
// A length: `op` names what is too long for this machine.
static int read_length(Reader *r, size_t width, const char *name, size_t *out) {
    uint64_t n;
    if (read_number(r, width, &n) < 0) return -1;
    *out = (size_t)n;
    if (n <= PTRDIFF_MAX) return 0;
    err_set(r->t, &exc_OverflowError, "%s exceeds system's maximum size of %zd bytes", name, (ptrdiff_t)PTRDIFF_MAX);
    return -1;
}

// ---- values without parts --------------------------------------------------------------------------------------------------------
int load_constant(Reader *r, int op) { return push(r, op == OP_NONE ? V_NONE : v_from_bool(op == OP_NEWTRUE)); }

int load_binint(Reader *r, int op) {
    size_t width = op == OP_BININT1 ? 1 : op == OP_BININT2 ? 2 : 4;
    uint64_t n;
    if (read_number(r, width, &n) < 0) return -1;
    return push(r, v_from_int(width == 4 ? (int32_t)(uint32_t)n : (int64_t)n));
}

int load_int(Reader *r, int op) {
    (void)op;
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    if (n < 2) return load_fail(r, "pickle data was truncated");
    if (n == 3 && p[0] == '0' && (p[1] == '0' || p[1] == '1')) return push(r, v_from_bool(p[1] == '1'));
    V v = int_parse(r->t, p, n - 1, 0);
    if (v_is_error(v) && err_matches(r->t, &exc_ValueError)) {
        err_clear(r->t);
        err_set(r->t, &exc_ValueError, "could not convert string to int");
    }
    return push(r, v);
}

int load_long(Reader *r, int op) {
    (void)op;
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    if (n < 2) return load_fail(r, "pickle data was truncated");
    return push(r, int_parse(r->t, p, p[n - 2] == 'L' ? n - 2 : n, 10));
}

int load_binlong(Reader *r, int op) {
    size_t width = op == OP_LONG1 ? 1 : 4;
    uint64_t n;
    if (read_number(r, width, &n) < 0) return -1;
    if (width == 4 && n > INT32_MAX) return load_fail(r, "LONG pickle has negative byte count");
    const char *p = read_bytes(r, (size_t)n);
    return !p ? -1 : push(r, n ? int_from_bytes(r->t, (const uint8_t *)p, (size_t)n, true, true) : v_from_int(0));
}

int load_float(Reader *r, int op) {
    (void)op;
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    if (n < 2) return load_fail(r, "pickle data was truncated");
    double d;
    if (double_from_text(r->t, p, n - 1, &d)) return push(r, float_from_double(r->t, d));
    V text = str_from_latin1(r->t, p, n);
    if (!v_is_error(text)) err_set(r->t, &exc_ValueError, "could not convert string to float: '%V'", text);
    v_drop(r->t, text);
    return -1;
}

int load_binfloat(Reader *r, int op) {
    (void)op;
    const char *p = read_bytes(r, 8);
    if (!p) return -1;
    uint64_t bits;
    memcpy(&bits, p, 8);
    bits = be64toh(bits);
    double d;
    memcpy(&d, &bits, 8);
    return push(r, float_from_double(r->t, d));
}

// ---- text and bytes ----------------------------------------------------------------------------------------------------------------
// A str of Python 2: bytes, or text by the Unpickler's encoding.
static int push_old_string(Reader *r, V bytes) {
    Thread *t = r->t;
    if (v_is_error(bytes)) return -1;
    V encoding = slot_get(&r->unpickler->head, &r->unpickler->encoding), errors = slot_get(&r->unpickler->head, &r->unpickler->errors);
    V text = bytes;
    if (!str_equal_ascii(encoding, "bytes")) {
        const char *e = str_cstr(t, encoding), *handler = e ? str_cstr(t, errors) : NULL;
        text = handler ? codec_decode(t, bytes, e, handler) : V_ERROR;
        v_drop(t, bytes);
    }
    v_drop(t, encoding);
    v_drop(t, errors);
    return push(r, text);
}

int load_string(Reader *r, int op) {
    (void)op;
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    n--;
    if (n < 2 || p[0] != p[n - 1] || (p[0] != '\'' && p[0] != '"')) return load_fail(r, "the STRING opcode argument must be quoted");
    V raw = bytes_from(r->t, p + 1, n - 2), decode = v_is_error(raw) ? V_ERROR : import_attr_c(r->t, "_codecs", "escape_decode");
    V pair = v_is_error(decode) ? V_ERROR : obj_call1(r->t, decode, raw);
    V bytes = v_is_error(pair) ? V_ERROR : tuple_get(pair, 0);
    v_drop(r->t, raw);
    v_drop(r->t, decode);
    v_drop(r->t, pair);
    return push_old_string(r, bytes);
}

int load_binstring(Reader *r, int op) {
    uint64_t n;
    if (read_number(r, op == OP_SHORT_BINSTRING ? 1 : 4, &n) < 0) return -1;
    if (op == OP_BINSTRING && n > INT32_MAX && slot_peek(&r->unpickler->read) != V_NULL) return load_fail(r, "BINSTRING pickle has negative byte count");
    return push_old_string(r, read_bytes_value(r, (size_t)n, false));
}

int load_unicode(Reader *r, int op) {
    (void)op;
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    V bytes = bytes_from(r->t, p, n - 1);
    V text = v_is_error(bytes) ? V_ERROR : codec_decode(r->t, bytes, "raw-unicode-escape", NULL);
    v_drop(r->t, bytes);
    return push(r, text);
}

int load_binunicode(Reader *r, int op) {
    size_t n;
    if (read_length(r, op == OP_SHORT_BINUNICODE ? 1 : op == OP_BINUNICODE ? 4 : 8, "BINUNICODE", &n) < 0) return -1;
    const char *p = read_bytes(r, n);
    if (!p) return -1;
    V text = str_from_utf8(r->t, p, n);
    if (!v_is_error(text) || !err_matches(r->t, &exc_UnicodeDecodeError)) return push(r, text);
    err_clear(r->t); // surrogates
    V bytes = bytes_from(r->t, p, n);
    text = v_is_error(bytes) ? V_ERROR : codec_decode(r->t, bytes, "utf-8", "surrogatepass");
    v_drop(r->t, bytes);
    return push(r, text);
}

int load_binbytes(Reader *r, int op) {
    size_t n;
    if (read_length(r, op == OP_SHORT_BINBYTES ? 1 : op == OP_BINBYTES ? 4 : 8, "BINBYTES", &n) < 0) return -1;
    return push(r, read_bytes_value(r, n, false));
}
int load_bytearray(Reader *r, int op) {
    (void)op;
    size_t n;
    return read_length(r, 8, "BYTEARRAY8", &n) < 0 ? -1 : push(r, read_bytes_value(r, n, true));
}

int load_next_buffer(Reader *r, int op) {
    (void)op;
    V buffers = slot_get(&r->unpickler->head, &r->unpickler->buffers);
    if (buffers == V_NULL) return load_fail(r, "pickle stream refers to out-of-band data but no *buffers* argument was given");
    V buffer = obj_next(r->t, buffers);
    v_drop(r->t, buffers);
    return buffer == V_END ? load_fail(r, "not enough out-of-band buffers") : push(r, buffer);
}
int load_readonly(Reader *r, int op) {
    (void)op;
    V buffer = pop(r);
    if (v_is_error(buffer)) return -1;
    if (!obj_has_buffer(buffer)) err_set(r->t, &exc_TypeError, "memoryview: a bytes-like object is required, not '%T'", buffer);
    V view = obj_has_buffer(buffer) ? memoryview_from_object(r->t, buffer) : V_ERROR;
    V readonly = v_is_error(view) ? V_ERROR : obj_getattr(r->t, view, NAME(readonly));
    V result = v_is_error(readonly) ? V_ERROR : readonly == V_TRUE ? v_dup(buffer) : obj_call_method0(r->t, view, NAME(toreadonly));
    v_drop(r->t, buffer);
    v_drop(r->t, view);
    return push(r, result);
}
