// SPDX-License-Identifier: MIT
// The % operator of str and bytes.
//
// One engine serves both: a bytes format is read as Latin-1 text, its result turned back into bytes; `bytes_mode` tells
// where the rules differ (keys, %s/%b, %a/%r, %c, messages).
#include "float_private.h"
#include "object/bytes_algo.h"
#include "str_private.h"
#include <limits.h>
#include <math.h>

typedef struct Percent {
    Thread *t;
    V format, args, mapping;        // mapping: V_NULL when args is none
    V single;                       // what %(key) fetched: owned; V_NULL
    ptrdiff_t arg_count, arg_index; // -1 and -2: one argument that is no tuple
    size_t at;                      // next character of the format
    bool bytes_mode;
    StrBuilder out;
} Percent;

typedef struct Conversion {
    bool left, plus, space, alt, zero, no_neg_zero;
    ptrdiff_t width;
    int precision; // -1: none
    uint32_t type;
} Conversion;

// ---- arguments ----------------------------------------------------------------------------------------------------------
// The next argument, borrowed; V_ERROR when there is none.
static V next_argument(Percent *p) {
    if (p->single != V_NULL) {
        if (p->arg_index < p->arg_count) return p->arg_index = p->arg_count, p->single;
    } else if (p->arg_count < 0) {
        if (p->arg_index == -2) return p->arg_index = -1, p->args;
    } else if (p->arg_index < p->arg_count) {
        return tuple_borrow(p->args, (size_t)p->arg_index++);
    }
    return err_set(p->t, &exc_TypeError, "not enough arguments for format string");
}

static int fail(Percent *p, const Type *type, const char *message) {
    err_set(p->t, type, "%s", message);
    return -1;
}

static bool more(const Percent *p) { return p->at < str_len(p->format); }
static uint32_t peek(const Percent *p) { return str_at(p->format, p->at); }

// %(key): the mapping's value becomes the one argument.
static int read_key(Percent *p) {
    Thread *t = p->t;
    if (p->mapping == V_NULL) return fail(p, &exc_TypeError, "format requires a mapping");
    size_t start = ++p->at;
    int depth = 1;
    for (; more(p); p->at++) {
        if (peek(p) == '(') depth++;
        else if (peek(p) == ')' && --depth == 0) break;
    }
    if (!more(p)) return fail(p, &exc_ValueError, "incomplete format key");
    V key = str_substring(t, p->format, start, p->at++), value = V_ERROR;
    if (p->bytes_mode && !v_is_error(key)) {
        V bytes = str_encode(t, key, "latin-1", NULL);
        v_drop(t, key);
        key = bytes;
    }
    if (!v_is_error(key)) value = obj_getitem(t, p->mapping, key);
    v_drop(t, key);
    if (v_is_error(value)) return -1;
    v_drop(t, p->single);
    p->single = value;
    p->arg_count = -1;
    p->arg_index = -2;
    return 0;
}

static int read_flags(Percent *p, Conversion *c) {
    for (;; p->at++) {
        switch (more(p) ? peek(p) : 0) {
        case '-': c->left = true; break;
        case '+': c->plus = true; break;
        case ' ': c->space = true; break;
        case '#': c->alt = true; break;
        case '0': c->zero = true; break;
        case 'z':
            if (!p->bytes_mode) return 0;
            c->no_neg_zero = true;
            break;
        default: return 0;
        }
    }
}

static int read_width(Percent *p, Conversion *c) {
    if (more(p) && peek(p) == '*') {
        V v = next_argument(p);
        if (v_is_error(v)) return -1;
        if (!v_is_any_int(v)) return fail(p, &exc_TypeError, "* wants int");
        int64_t i;
        if (int_as_i64(p->t, v, &i) < 0) {
            err_clear(p->t);
            return fail(p, &exc_OverflowError, "Python int too large to convert to C ssize_t");
        }
        c->width = i;
        if (i < 0) c->left = true, c->width = -i;
        p->at++;
        return 0;
    }
    for (; more(p) && peek(p) >= '0' && peek(p) <= '9'; p->at++) {
        int digit = (int)peek(p) - '0';
        if (c->width > (PTRDIFF_MAX - digit) / 10) return fail(p, &exc_ValueError, "width too big");
        c->width = c->width * 10 + digit;
    }
    return 0;
}

static int read_precision(Percent *p, Conversion *c) {
    if (!more(p) || peek(p) != '.') return 0;
    p->at++;
    c->precision = 0;
    if (more(p) && peek(p) == '*') {
        V v = next_argument(p);
        if (v_is_error(v)) return -1;
        if (!v_is_any_int(v)) return fail(p, &exc_TypeError, "* wants int");
        int64_t i;
        if (int_as_i64(p->t, v, &i) < 0 || i > INT_MAX || i < INT_MIN) {
            err_clear(p->t);
            return fail(p, &exc_OverflowError, "Python int too large to convert to C int");
        }
        c->precision = i < 0 ? 0 : (int)i;
        p->at++;
        return 0;
    }
    for (; more(p) && peek(p) >= '0' && peek(p) <= '9'; p->at++) {
        int digit = (int)peek(p) - '0';
        if (c->precision > (INT_MAX - digit) / 10) return fail(p, &exc_ValueError, p->bytes_mode ? "prec too big" : "precision too big");
        c->precision = c->precision * 10 + digit;
    }
    return 0;
}

static int read_conversion(Percent *p, Conversion *c) {
    *c = (Conversion){.precision = -1};
    if (more(p) && peek(p) == '(' && read_key(p) < 0) return -1;
    if (read_flags(p, c) < 0 || read_width(p, c) < 0 || read_precision(p, c) < 0) return -1;
    if (more(p) && (peek(p) == 'h' || peek(p) == 'l' || peek(p) == 'L')) p->at++;
    if (!more(p)) return fail(p, &exc_ValueError, "incomplete format");
    c->type = peek(p);
    if (p->bytes_mode && c->type == 'i') c->type = 'd';
    p->at++;
    return 0;
}

// ---- output ---------------------------------------------------------------------------------------------------------------
static void put_padded(Percent *p, const Conversion *c, V v, size_t n) {
    size_t pad = c->width > (ptrdiff_t)n ? (size_t)c->width - n : 0;
    if (!c->left) sb_fill(&p->out, ' ', pad);
    sb_substr(&p->out, v, 0, n);
    if (c->left) sb_fill(&p->out, ' ', pad);
}

// A number's text: sign, prefix ("0x"), zeros and padding around `digits`.
static void put_number(Percent *p, const Conversion *c, bool negative, const char *prefix, const char *digits, size_t n, size_t zeros) {
    char sign = negative ? '-' : c->plus ? '+' : c->space ? ' ' : 0;
    size_t len = (sign != 0) + strlen(prefix) + zeros + n, pad = c->width > (ptrdiff_t)len ? (size_t)c->width - len : 0;
    if (!c->left && !c->zero) sb_fill(&p->out, ' ', pad);
    if (sign) sb_char(&p->out, (uint8_t)sign);
    sb_cstr(&p->out, prefix);
    if (!c->left && c->zero) sb_fill(&p->out, '0', pad);
    sb_fill(&p->out, '0', zeros);
    sb_ascii(&p->out, digits, n);
    if (c->left) sb_fill(&p->out, ' ', pad);
}

static int put_float(Percent *p, const Conversion *c, V v) {
    Thread *t = p->t;
    double d;
    if (num_as_double(t, v, &d) < 0) {
        if (p->bytes_mode && err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "float argument required, not %T", v);
        }
        return -1;
    }
    char *text, buf[DOUBLE_FIXED_SIZE];
    unsigned flags = (c->alt ? DOUBLE_ALT : 0u) | (c->no_neg_zero ? DOUBLE_NO_NEG_ZERO : 0u);
    ptrdiff_t n = double_format_quick(d, (char)c->type, c->precision < 0 ? 6 : c->precision, flags, buf, &text);
    if (n < 0) return err_no_memory(t), -1;
    bool negative = *text == '-';
    put_number(p, c, negative, "", text + negative, (size_t)n - negative, 0);
    if (text != buf) free(text);
    return 0;
}

// The int that %d or %x shows; V_ERROR
static V int_argument(Percent *p, const Conversion *c, V v) {
    Thread *t = p->t;
    bool integral = c->type == 'o' || c->type == 'x' || c->type == 'X';
    const Type *type = v_type(v);
    if (v_is_any_int(v)) return v_dup(v);
    if (type->int_ || type->index || type->float_ || type == &complex_type) {
        V i = integral ? num_index(t, v) : num_int(t, v);
        if (!v_is_error(i) || !err_matches(t, &exc_TypeError)) return i;
        err_clear(t);
    }
    return err_set(t, &exc_TypeError, integral ? "%%%c format: an integer is required, not %T" : "%%%c format: a real number is required, not %T",
                   (int)c->type, v);
}

static int put_int(Percent *p, const Conversion *c, V v) {
    Thread *t = p->t;
    int base = c->type == 'o' ? 8 : c->type == 'x' || c->type == 'X' ? 16 : 10;
    V i = int_argument(p, c, v);
    if (v_is_error(i)) return -1;
    V text = int_to_str(t, i, base);
    v_drop(t, i);
    if (v_is_error(text)) return -1;
    const char *prefix = !c->alt ? "" : c->type == 'o' ? "0o" : c->type == 'x' ? "0x" : c->type == 'X' ? "0X" : "";
    char *digits = str_data(text), *upper = NULL;
    size_t n = str_len(text);
    bool negative = *digits == '-';
    if (c->type == 'X') {
        if (!(upper = mem_alloc(t, n))) return v_drop(t, text), err_no_memory(t), -1;
        for (size_t k = 0; k < n; k++) upper[k] = digits[k] >= 'a' ? (char)(digits[k] - 32) : digits[k];
        digits = upper;
    }
    n -= negative;
    put_number(p, c, negative, prefix, digits + negative, n, c->precision > (ptrdiff_t)n ? (size_t)c->precision - n : 0);
    mem_free(upper);
    v_drop(t, text);
    return 0;
}

static int put_char(Percent *p, const Conversion *c, V v) {
    Thread *t = p->t;
    uint32_t ch;
    if (p->bytes_mode ? (v_is_bytes(v) || type_check(t, v, &bytearray_type)) : v_is_str(v)) {
        size_t n = p->bytes_mode ? (bytes_algo_data(v, &n), n) : str_len(v);
        if (n != 1) goto wrong;
        ch = p->bytes_mode ? (unsigned char)*bytes_algo_data(v, &n) : str_at(v, 0);
    } else {
        if (!v_is_any_int(v) && !v_type(v)->index) goto wrong;
        V i = num_index(t, v);
        int64_t value;
        if (v_is_error(i)) return -1;
        if (int_as_i64(t, i, &value) < 0) err_clear(t), value = -1;
        v_drop(t, i);
        if (value < 0 || value > (p->bytes_mode ? 255 : 0x10ffff)) {
            return fail(p, &exc_OverflowError, p->bytes_mode ? "%c arg not in range(256)" : "%c arg not in range(0x110000)");
        }
        ch = (uint32_t)value;
    }
    V s = str_from_char(t, ch);
    if (v_is_error(s)) return -1;
    put_padded(p, c, s, 1);
    v_drop(t, s);
    return 0;
wrong:
    return fail(p, &exc_TypeError, p->bytes_mode ? "%c requires an integer in range(256) or a single byte" : "%c requires int or char");
}

// The text that %s, %r and %a show, of bytes for %s and %b in bytes mode (as Latin-1).
static V text_argument(Percent *p, const Conversion *c, V v) {
    Thread *t = p->t;
    if (!p->bytes_mode) return c->type == 's' ? obj_str(t, v) : c->type == 'r' ? obj_repr(t, v) : obj_ascii(t, v);
    if (c->type == 'a' || c->type == 'r') return obj_ascii(t, v);
    V bytes = V_ERROR, r = V_ERROR;
    if (v_is_bytes(v) || obj_has_buffer(v)) {
        Buffer view;
        if (buffer_get(t, v, &view, BUF_FULL_RO) < 0) return V_ERROR;
        r = str_from_latin1(t, view.data, (size_t)view.len);
        buffer_release(t, &view);
        return r;
    }
    V self, method = obj_lookup_special(t, v, NAME(__bytes__), &self);
    if (method == V_NULL) {
        return err_set(t, &exc_TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%T'", v);
    }
    if (v_is_error(method)) return method;
    bytes = self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, self);
    v_drop(t, method);
    if (v_is_error(bytes)) return bytes;
    if (v_is_bytes(bytes)) r = str_from_latin1(t, bytes_data(bytes), bytes_len(bytes));
    else err_set(t, &exc_TypeError, "__bytes__ returned non-bytes (type %T)", bytes);
    v_drop(t, bytes);
    return r;
}

static int put_text(Percent *p, const Conversion *c, V v) {
    V s = text_argument(p, c, v);
    if (v_is_error(s)) return -1;
    size_t n = str_len(s);
    put_padded(p, c, s, c->precision >= 0 && (size_t)c->precision < n ? (size_t)c->precision : n);
    v_drop(p->t, s);
    return 0;
}

// %s and %d by themselves, of a str and a small int.  false: the general way.
static bool put_simple(Percent *p) {
    uint32_t type = more(p) ? peek(p) : 0;
    if ((type != 's' && type != 'd') || p->single != V_NULL || p->bytes_mode) return false;
    V v = p->arg_count < 0 ? (p->arg_index == -2 ? p->args : V_NULL) : p->arg_index < p->arg_count ? tuple_borrow(p->args, (size_t)p->arg_index) : V_NULL;
    if (v == V_NULL) return false;
    if (type == 's' && v_is_exact(v, &str_type)) sb_str(&p->out, v);
    else if (v_is_int(v)) sb_int(&p->out, v_int(v));
    else return false;
    p->arg_index = p->arg_count < 0 ? -1 : p->arg_index + 1;
    p->at++;
    return true;
}

static int put_conversion(Percent *p) {
    Conversion c;
    if (put_simple(p)) return 0;
    if (more(p) && peek(p) == '%') return p->at++, sb_char(&p->out, '%'), 0;
    if (read_conversion(p, &c) < 0) return -1;
    V v = next_argument(p);
    if (v_is_error(v)) return -1;
    v = v_dup(v); // what it calls may change the mapping
    int status;
    switch (c.type) {
    case 's': case 'r': case 'a': status = put_text(p, &c, v); break;
    case 'b':
        if (!p->bytes_mode) goto unknown;
        status = put_text(p, &c, v);
        break;
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': status = put_int(p, &c, v); break;
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': status = put_float(p, &c, v); break;
    case 'c': status = put_char(p, &c, v); break;
    default:
    unknown:
        if (p->bytes_mode && c.type > 127) err_set_none(p->t, &exc_ValueError); // no text can show it
        else err_set(p->t, &exc_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                p->bytes_mode || (c.type >= 32 && c.type < 128) ? (int)c.type : '?', c.type, (ptrdiff_t)p->at - 1);
        status = -1;
    }
    v_drop(p->t, v);
    return status;
}

static int run(Percent *p) {
    size_t n = str_len(p->format);
    while (p->at < n) {
        ptrdiff_t percent = str_find_char(p->format, '%', p->at, n, 1);
        size_t end = percent < 0 ? n : (size_t)percent;
        sb_substr(&p->out, p->format, p->at, end);
        p->at = end + 1;
        if (percent >= 0 && put_conversion(p) < 0) return -1;
    }
    if (p->arg_index >= p->arg_count || p->mapping != V_NULL) return 0;
    return fail(p, &exc_TypeError, p->bytes_mode ? "not all arguments converted during bytes formatting"
                                                 : "not all arguments converted during string formatting");
}

static V format_percent(Thread *t, V format, V args, bool bytes_mode) {
    Percent p; // without clearing `out`
    p.t = t;
    p.format = format;
    p.args = args;
    p.mapping = p.single = V_NULL;
    p.at = 0;
    p.bytes_mode = bytes_mode;
    bool tuple = v_is_tuple(args);
    p.arg_count = tuple ? (ptrdiff_t)tuple_len(args) : -1;
    p.arg_index = tuple ? 0 : -2;
    bool text = v_is_str(args) || (bytes_mode && (v_is_bytes(args) || type_check(t, args, &bytearray_type)));
    if (!tuple && !text && v_type(args)->subscript) p.mapping = args;
    sb_init(&p.out, t);
    int status = run(&p);
    v_drop(t, p.single);
    if (status == 0) return sb_finish(&p.out);
    sb_abandon(&p.out);
    return V_ERROR;
}

V str_format_percent(Thread *t, V format, V args) { return format_percent(t, format, args, false); }

V bytes_algo_format_percent(Thread *t, const void *data, size_t n, V args, bool to_bytearray) {
    V format = str_from_latin1(t, data, n);
    if (v_is_error(format)) return format;
    V text = format_percent(t, format, args, true);
    v_drop(t, format);
    if (v_is_error(text)) return text;
    HD_ASSERT(str_kind(text) == 1);
    V r = to_bytearray ? bytearray_new(t, str_data(text), str_len(text)) : bytes_from(t, str_data(text), str_len(text));
    v_drop(t, text);
    return r;
}
