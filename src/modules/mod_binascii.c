// SPDX-License-Identifier: MIT
// binascii: bytes as base64, hexadecimal, quoted-printable and uuencoded text; CRCs.
//
// The decoders take bytes-like objects or ASCII text.  Text forms are built in a Text, which grows as it needs.
#include "object/bytes_algo.h"
#include "object/misc.h"

static Slot error_class, incomplete_class; // roots
#define ERROR_TYPE v_as_type(slot_peek(&error_class))

// ---- arguments and results --------------------------------------------------------------------------------------------
typedef struct Input {
    Buffer view;
    bool held;
    const uint8_t *p;
    size_t n;
} Input;

// A bytes-like object or, with ascii, a str of ASCII characters.
static int input_get(Thread *t, V v, Input *in, bool ascii) {
    in->held = false;
    if (ascii && v_is_str(v)) {
        if (!str_is_ascii(v)) return err_set(t, &exc_ValueError, "string argument should contain only ASCII characters"), -1;
        in->p = str_data(v);
        in->n = str_len(v);
        return 0;
    }
    if (ascii && !obj_has_buffer(v)) {
        return err_set(t, &exc_TypeError, "argument should be bytes, buffer or ASCII string, not '%T'", v), -1;
    }
    if (buffer_get(t, v, &in->view, BUF_SIMPLE) < 0) return -1;
    in->held = true;
    in->p = in->view.data;
    in->n = (size_t)in->view.len;
    return 0;
}

static void input_release(Thread *t, Input *in) {
    if (in->held) buffer_release(t, &in->view);
}

typedef struct Text {
    Thread *t;
    uint8_t *p;
    size_t n, cap;
    bool failed;
} Text;

static void put(Text *x, unsigned byte) {
    if (x->n == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 128;
        uint8_t *p = x->failed ? NULL : mem_realloc(x->t, x->p, cap);
        if (!p) {
            x->failed = true;
            return;
        }
        x->p = p;
        x->cap = cap;
    }
    x->p[x->n++] = (uint8_t)byte;
}

static V text_finish(Text *x) {
    V r = x->failed ? err_no_memory(x->t) : bytes_from(x->t, x->p, x->n);
    mem_free(x->p);
    return r;
}

static V text_fail(Text *x, const char *message) {
    mem_free(x->p);
    return err_set(x->t, ERROR_TYPE, "%s", message);
}

static int flag(Thread *t, V v, bool *out) {
    int truth = *out;
    if (v != V_NULL && num_as_int(t, v, &truth) < 0) return -1;
    *out = truth != 0;
    return 0;
}

// The data of a call and its flag, in this order; the flag is an int.
static int input_and_flag(Thread *t, V data, Input *in, bool ascii, V v, bool *out) {
    if (input_get(t, data, in, ascii) < 0) return -1;
    if (flag(t, v, out) == 0) return 0;
    input_release(t, in);
    return -1;
}

// ---- base64 -----------------------------------------------------------------------------------------------------------
static const char base64_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static V decode_base64(Thread *t, const uint8_t *p, size_t n, bool strict) {
    Text x = {.t = t};
    unsigned bits = 0, quad = 0, pads = 0;
    bool padded = false;
    if (strict && n && p[0] == '=') return text_fail(&x, "Leading padding not allowed");
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '=') {
            padded = true;
            if (quad >= 2 && quad + ++pads >= 4) {
                if (strict && i + 1 < n) return text_fail(&x, "Excess data after padding");
                return text_finish(&x);
            }
            continue;
        }
        int value = base64_value(p[i]);
        if (value < 0) {
            if (strict) return text_fail(&x, "Only base64 data is allowed");
            continue;
        }
        if (strict && padded) return text_fail(&x, "Discontinuous padding not allowed");
        pads = 0;
        bits = bits << 6 | (unsigned)value;
        if (quad) put(&x, bits >> (6 - 2 * quad) & 0xff);
        quad = (quad + 1) & 3;
    }
    if (quad == 0) return text_finish(&x);
    if (quad == 1) {
        size_t chars = x.n / 3 * 4 + 1;
        mem_free(x.p);
        return err_set(t, ERROR_TYPE, "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a multiple of 4",
                       (ptrdiff_t)chars);
    }
    return text_fail(&x, "Incorrect padding");
}

static NATIVE(a2b_base64) { // data, /, *, strict_mode=False
    UNUSED_NATIVE();
    bool strict = false;
    Input in;
    if (input_and_flag(t, args[0], &in, true, args[1], &strict) < 0) return V_ERROR;
    V r = decode_base64(t, in.p, in.n, strict);
    input_release(t, &in);
    return r;
}

static NATIVE(b2a_base64) { // data, /, *, newline=True
    UNUSED_NATIVE();
    bool newline = true;
    Input in;
    if (input_and_flag(t, args[0], &in, false, args[1], &newline) < 0) return V_ERROR;
    V r = in.n > (PTRDIFF_MAX - 8) / 2 ? err_set(t, ERROR_TYPE, "Too much data for base64 line") : bytes_new(t, (in.n + 2) / 3 * 4 + newline);
    if (!v_is_error(r) && bytes_len(r)) {
        char *q = bytes_data(r);
        for (size_t i = 0; i < in.n; i += 3) {
            size_t left = in.n - i;
            unsigned bits = (unsigned)in.p[i] << 16 | (left > 1 ? (unsigned)in.p[i + 1] << 8 : 0) | (left > 2 ? in.p[i + 2] : 0);
            *q++ = base64_chars[bits >> 18];
            *q++ = base64_chars[bits >> 12 & 63];
            *q++ = left > 1 ? base64_chars[bits >> 6 & 63] : '=';
            *q++ = left > 2 ? base64_chars[bits & 63] : '=';
        }
        if (newline) *q++ = '\n';
        if (bytes_len(r) == 1) {
            v_drop(t, r);
            r = bytes_from(t, "\n", 1);
        }
    }
    input_release(t, &in);
    return r;
}

// ---- hexadecimal ------------------------------------------------------------------------------------------------------
static int hex_value(unsigned c) {
    if (c >= '0' && c <= '9') return (int)c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : -1;
}

static NATIVE(b2a_hex) { // data, sep=<unrepresentable>, bytes_per_sep=1
    UNUSED_NATIVE();
    int group = 1;
    Input in;
    if (input_get(t, args[0], &in, false) < 0) return V_ERROR;
    bool bad = args[2] != V_NULL && num_as_int(t, args[2], &group) < 0;
    V text = bad ? V_ERROR : bytes_algo_hex(t, in.p, in.n, args[1], group);
    input_release(t, &in);
    if (v_is_error(text)) return text;
    V r = bytes_from(t, str_data(text), str_len(text));
    v_drop(t, text);
    return r;
}

static NATIVE(a2b_hex) {
    UNUSED_NATIVE();
    Input in;
    if (input_get(t, args[0], &in, true) < 0) return V_ERROR;
    V r = in.n % 2 ? err_set(t, ERROR_TYPE, "Odd-length string") : bytes_new(t, in.n / 2);
    for (size_t i = 0; !v_is_error(r) && i < in.n; i += 2) {
        int high = hex_value(in.p[i]), low = hex_value(in.p[i + 1]);
        if (high < 0 || low < 0) {
            v_drop(t, r);
            r = err_set(t, ERROR_TYPE, "Non-hexadecimal digit found");
            break;
        }
        bytes_data(r)[i / 2] = (char)(high << 4 | low);
    }
    input_release(t, &in);
    if (v_is_error(r) || bytes_len(r) != 1) return r;
    V one = bytes_from(t, bytes_data(r), 1);
    v_drop(t, r);
    return one;
}

// ---- uuencode -----------------------------------------------------------------------------------------------------------
static V decode_uu(Thread *t, const uint8_t *p, size_t n) {
    Text x = {.t = t};
    if (n == 0) {
        for (int i = 0; i < 32; i++) put(&x, 0);
        return text_finish(&x);
    }
    size_t want = (p[0] - ' ') & 63, i = 1;
    unsigned bits = 0, have = 0;
    while (x.n < want && !x.failed) {
        unsigned c = i < n ? p[i] : '\n';
        if (c == '\n' || c == '\r') c = 0; // spaces at the end of the line were lost
        else if (c < ' ' || c > ' ' + 64) return text_fail(&x, "Illegal char");
        else c = (c - ' ') & 63;
        i++;
        bits = bits << 6 | c;
        have += 6;
        if (have >= 8) {
            have -= 8;
            put(&x, bits >> have & 0xff);
            bits &= (1u << have) - 1;
        }
    }
    for (; i < n; i++)
        if (p[i] != ' ' && p[i] != '`' && p[i] != '\n' && p[i] != '\r') return text_fail(&x, "Trailing garbage");
    return text_finish(&x);
}

static NATIVE(a2b_uu) {
    UNUSED_NATIVE();
    Input in;
    if (input_get(t, args[0], &in, true) < 0) return V_ERROR;
    V r = decode_uu(t, in.p, in.n);
    input_release(t, &in);
    return r;
}

static NATIVE(b2a_uu) { // data, /, *, backtick=False
    UNUSED_NATIVE();
    bool backtick = false;
    Input in;
    if (input_and_flag(t, args[0], &in, false, args[1], &backtick) < 0) return V_ERROR;
    Text x = {.t = t};
    V r;
    if (in.n > 45) {
        r = text_fail(&x, "At most 45 bytes at once");
    } else {
#define UU(value) put(&x, backtick && (value) == 0 ? '`' : ' ' + (value))
        UU((unsigned)in.n);
        for (size_t i = 0; i < in.n; i += 3) {
            unsigned bits = (unsigned)in.p[i] << 16 | (i + 1 < in.n ? (unsigned)in.p[i + 1] << 8 : 0) | (i + 2 < in.n ? in.p[i + 2] : 0);
            for (int shift = 18; shift >= 0; shift -= 6) UU(bits >> shift & 63);
        }
#undef UU
        put(&x, '\n');
        r = text_finish(&x);
    }
    input_release(t, &in);
    return r;
}

// ---- quoted-printable -----------------------------------------------------------------------------------------------------
static NATIVE(a2b_qp) { // data, header=False
    UNUSED_NATIVE();
    bool header = false;
    Input in;
    if (input_and_flag(t, args[0], &in, true, args[1], &header) < 0) return V_ERROR;
    Text x = {.t = t};
    for (size_t i = 0; i < in.n;) {
        unsigned c = in.p[i];
        if (c != '=') {
            put(&x, header && c == '_' ? ' ' : c);
            i++;
            continue;
        }
        if (++i >= in.n) break;
        if (in.p[i] == '\n' || in.p[i] == '\r') { // a soft line break
            while (i < in.n && in.p[i] != '\n') i++;
            i++;
        } else if (in.p[i] == '=') { // a broken encoder wrote '=='
            put(&x, '=');
            i++;
        } else if (i + 1 < in.n && hex_value(in.p[i]) >= 0 && hex_value(in.p[i + 1]) >= 0) {
            put(&x, (unsigned)(hex_value(in.p[i]) << 4 | hex_value(in.p[i + 1])));
            i += 2;
        } else {
            put(&x, '=');
        }
    }
    input_release(t, &in);
    return text_finish(&x);
}

typedef struct QpOptions { bool quotetabs, istext, header; } QpOptions;

static bool qp_must_quote(const uint8_t *p, size_t n, size_t i, size_t line, const QpOptions *o) {
    unsigned c = p[i];
    bool last = i + 1 == n;
    if (c > 126 || c == '=' || (o->header && c == '_')) return true;
    if (c == '.' && line == 0) { // a lone dot ends a mail
        if (last) return true;
        if (p[i + 1] == '\n' || p[i + 1] == '\r' || p[i + 1] == 0) return true;
    }
    if (!o->istext && (c == '\r' || c == '\n')) return true;
    if ((c == '\t' || c == ' ') && last) return true;
    return c < 33 && c != '\r' && c != '\n' && (o->quotetabs || (c != '\t' && c != ' '));
}

static V encode_qp(Thread *t, const uint8_t *p, size_t n, const QpOptions *o) {
    static const char digits[] = "0123456789ABCDEF";
    enum { LINE = 76 };
    const uint8_t *newline = n ? memchr(p, '\n', n) : NULL;
    bool crlf = newline && newline > p && newline[-1] == '\r';
    Text x = {.t = t};
    size_t line = 0;
#define BREAK()                                                                                                        \
    do {                                                                                                               \
        if (crlf) put(&x, '\r');                                                                                       \
        put(&x, '\n');                                                                                                 \
    } while (0)
    for (size_t i = 0; i < n;) {
        unsigned c = p[i];
        if (qp_must_quote(p, n, i, line, o)) {
            if (line + 3 >= LINE) {
                put(&x, '=');
                BREAK();
                line = 0;
            }
            put(&x, '=');
            put(&x, (unsigned char)digits[c >> 4]);
            put(&x, (unsigned char)digits[c & 15]);
            i++;
            line += 3;
        } else if (o->istext && (c == '\n' || (c == '\r' && i + 1 < n && p[i + 1] == '\n'))) {
            line = 0;
            if (x.n && !x.failed && (x.p[x.n - 1] == ' ' || x.p[x.n - 1] == '\t')) { // white space at the end of a line is quoted
                unsigned space = x.p[x.n - 1];
                x.p[x.n - 1] = '=';
                put(&x, (unsigned char)digits[space >> 4]);
                put(&x, (unsigned char)digits[space & 15]);
            }
            BREAK();
            i += c == '\r' ? 2 : 1;
        } else {
            if (i + 1 < n && p[i + 1] != '\n' && line + 1 >= LINE) {
                put(&x, '=');
                BREAK();
                line = 0;
            }
            line++;
            put(&x, o->header && c == ' ' ? '_' : c);
            i++;
        }
    }
#undef BREAK
    return text_finish(&x);
}

static NATIVE(b2a_qp) { // data, quotetabs=False, istext=True, header=False
    UNUSED_NATIVE();
    QpOptions o = {false, true, false};
    Input in;
    if (input_get(t, args[0], &in, false) < 0) return V_ERROR;
    bool bad = flag(t, args[1], &o.quotetabs) < 0 || flag(t, args[2], &o.istext) < 0 || flag(t, args[3], &o.header) < 0;
    V r = bad ? V_ERROR : encode_qp(t, in.p, in.n, &o);
    input_release(t, &in);
    return r;
}

// ---- CRCs -------------------------------------------------------------------------------------------------------------------
static uint32_t crc32_tables[8][256];
static uint16_t crc_hqx_table[256];

static __attribute__((constructor)) void make_tables(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        uint16_t h = (uint16_t)(i << 8);
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
            h = (uint16_t)(h & 0x8000 ? h << 1 ^ 0x1021 : h << 1);
        }
        crc32_tables[0][i] = c;
        crc_hqx_table[i] = h;
    }
    for (int k = 1; k < 8; k++)
        for (int i = 0; i < 256; i++) crc32_tables[k][i] = crc32_tables[0][crc32_tables[k - 1][i] & 255] ^ crc32_tables[k - 1][i] >> 8;
}

static uint32_t crc32_update(uint32_t crc, const uint8_t *p, size_t n) {
    crc = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint32_t a = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
        crc = crc32_tables[7][a & 255] ^ crc32_tables[6][a >> 8 & 255] ^ crc32_tables[5][a >> 16 & 255] ^ crc32_tables[4][a >> 24] ^
              crc32_tables[3][p[4]] ^ crc32_tables[2][p[5]] ^ crc32_tables[1][p[6]] ^ crc32_tables[0][p[7]];
    }
    while (n--) crc = crc32_tables[0][(crc ^ *p++) & 255] ^ crc >> 8;
    return ~crc;
}

static int read_crc(Thread *t, V v, uint32_t *crc) {
    *crc = 0;
    if (v == V_NULL) return 0;
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    *crc = (uint32_t)int_as_u64_mask(i);
    v_drop(t, i);
    return 0;
}

static int input_and_crc(Thread *t, const V *args, Input *in, uint32_t *crc) {
    if (input_get(t, args[0], in, false) < 0) return -1;
    if (read_crc(t, args[1], crc) == 0) return 0;
    input_release(t, in);
    return -1;
}

static NATIVE(crc32_) { // data, crc=0, /
    UNUSED_NATIVE();
    uint32_t crc;
    Input in;
    if (input_and_crc(t, args, &in, &crc) < 0) return V_ERROR;
    if (in.n > 1 << 20) {
        BLOCKING(t) crc = crc32_update(crc, in.p, in.n);
    } else {
        crc = crc32_update(crc, in.p, in.n);
    }
    input_release(t, &in);
    return v_from_int(crc);
}

static NATIVE(crc_hqx) {
    UNUSED_NATIVE();
    uint32_t crc;
    Input in;
    if (input_and_crc(t, args, &in, &crc) < 0) return V_ERROR;
    crc &= 0xffff;
    for (size_t i = 0; i < in.n; i++) crc = (crc << 8 & 0xff00) ^ crc_hqx_table[crc >> 8 ^ in.p[i]];
    input_release(t, &in);
    return v_from_int(crc);
}

// ---- the module -------------------------------------------------------------------------------------------------------------
static const Method methods[] = {
    {"a2b_uu", a2b_uu, "data, /", 0, M_OLD_ARITY, "Decodes a line of uuencoded data."},
    {"b2a_uu", b2a_uu, "data, /, *, backtick=False", 0, 0, "Uuencodes a line of data."},
    {"a2b_base64", a2b_base64, "data, /, *, strict_mode=False", 0, 0, "Decodes base64 data."},
    {"b2a_base64", b2a_base64, "data, /, *, newline=True", 0, 0, "Encodes data in base64."},
    {"a2b_hex", a2b_hex, "hexstr, /", 0, M_OLD_ARITY, "The bytes that hexadecimal digits stand for."},
    {"b2a_hex", b2a_hex, "data, sep=<unrepresentable>, bytes_per_sep=1", 0, 0, "The data in hexadecimal."},
    {"hexlify", b2a_hex, "data, sep=<unrepresentable>, bytes_per_sep=1", 0, 0, "The data in hexadecimal."},
    {"unhexlify", a2b_hex, "hexstr, /", 0, M_OLD_ARITY, "The bytes that hexadecimal digits stand for."},
    {"crc_hqx", crc_hqx, "data, crc, /", 0, 0, "CRC-CCITT, going on from crc."},
    {"crc32", crc32_, "data, crc=0, /", 0, 0, "CRC-32, going on from crc."},
    {"b2a_qp", b2a_qp, "data, quotetabs=False, istext=True, header=False", 0, 0, "Encodes data as quoted-printable."},
    {"a2b_qp", a2b_qp, "data, header=False", 0, 0, "Decodes quoted-printable data."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (module_add_error(t, module, &error_class, "Error", "binascii.Error", &exc_ValueError) < 0) return -1;
    return module_add_error(t, module, &incomplete_class, "Incomplete", "binascii.Incomplete", &exc_Exception);
}

const ModuleDef mod_binascii = {"binascii", "Conversions between binary data and text.", methods, exec, 0};
