// SPDX-License-Identifier: MIT
// Module _decimal: numbers as text, both ways.
#include "decimal_private.h"

// ---- reading ---------------------------------------------------------------------------------------------------------------
typedef struct Text { const char *p, *end; } Text;

static int read_sign(Text *s) {
    if (s->p == s->end || (*s->p != '+' && *s->p != '-')) return 0;
    return *s->p++ == '-' ? DEC_NEG : 0;
}

// word (lower case) in any case.
static bool read_word(Text *s, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(s->end - s->p) < n) return false;
    for (size_t i = 0; i < n; i++) {
        if ((s->p[i] | 0x20) != word[i]) return false;
    }
    s->p += n;
    return true;
}

// Digits from s to out, which has room; leading zeros are left out.  How many characters there were.
static size_t read_digits(Text *s, char *out, size_t *n) {
    const char *start = s->p;
    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
        if (*n || *s->p != '0') out[(*n)++] = *s->p;
    }
    return (size_t)(s->p - start);
}

// An exponent, cut where every context's range has ended.
static bool read_exponent(Text *s, int64_t *exp) {
    const int64_t limit = 4 * (int64_t)DEC_MAX_EMAX;
    if (s->p == s->end) return true;
    if ((*s->p++ | 0x20) != 'e') return false;
    int sign = read_sign(s);
    int64_t n = 0;
    const char *start = s->p;
    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) n = n > limit / 10 ? limit : n * 10 + (*s->p - '0');
    *exp += sign ? -n : n;
    return s->p > start && s->p == s->end;
}

// What a text says: flags, exponent, and n digits (without leading zeros) in `digits`, which has room for all of it.
typedef struct Parsed { unsigned flags; int64_t exp; size_t n; char *digits; } Parsed;

static bool parse(Text s, Parsed *r) {
    r->flags = (unsigned)read_sign(&s);
    r->exp = 0;
    r->n = 0;
    if (read_word(&s, "inf")) {
        r->flags |= DEC_INF;
        return s.p == s.end || (read_word(&s, "inity") && s.p == s.end);
    }
    unsigned nan = read_word(&s, "nan") ? DEC_NAN : read_word(&s, "snan") ? DEC_SNAN : 0;
    size_t whole = read_digits(&s, r->digits, &r->n), fraction = 0;
    r->flags |= nan;
    if (nan) return s.p == s.end;
    if (s.p < s.end && *s.p == '.') {
        s.p++;
        fraction = read_digits(&s, r->digits, &r->n);
    }
    r->exp = -(int64_t)fraction;
    return whole + fraction > 0 && read_exponent(&s, &r->exp);
}

static u128 small_value(const char *digits, size_t n) {
    u128 x = 0;
    uint64_t part = 0;
    size_t i = 0;
    for (; i < n && i < 19; i++) part = part * 10 + (uint64_t)(digits[i] - '0');
    x = part;
    for (; i < n; i++) x = x * 10 + (unsigned)(digits[i] - '0');
    return x;
}

// Digits and binary limbs into each other: about how many products that takes.
static size_t conversion_work(size_t digits) { return digits > 4000 ? digits / 19 * (digits / 190) : 0; }

typedef struct Reading { const Parsed *parsed; DecNum r; DecCtx *ctx; } Reading;

static void read_op(void *arg) {
    Reading *k = arg;
    mpz_init(k->r.c);
    if (k->parsed->n > 0) mpz_set_str(k->r.c, k->parsed->digits, 10); // NUL-ended
    k->r.flags = k->parsed->flags;
    k->r.exp = k->parsed->exp;
    k->r.digits = (int64_t)k->parsed->n;
    dec_finish(&k->r, k->ctx);
}

static V from_parsed(Thread *t, Type *type, Parsed *p, DecCtx *c) {
    bool special = p->flags & DEC_SPECIAL;
    if (special && (int64_t)p->n > c->prec - c->clamp) {
        c->status |= COND_SYNTAX; // a payload without room
        return dec_new_small(t, type, DEC_NAN, 0, 0, 0);
    }
    if (p->n <= DEC_SMALL) {
        u128 x = small_value(p->digits, p->n);
        int64_t adjusted = p->exp + (int64_t)p->n - 1;
        if (special || (p->n && (int64_t)p->n <= c->prec && adjusted >= c->emin && adjusted <= c->emax && !c->clamp))
            return dec_new_small(t, type, p->flags, special ? 0 : p->exp, x, (int)p->n);
    }
    Reading k = {.parsed = p, .ctx = c};
    p->digits[p->n] = '\0';
    if (!gmp_run(t, read_op, &k, conversion_work(p->n))) return err_no_memory(t);
    return dec_from_num(t, type, &k.r);
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 28 && c <= 31); }

V dec_from_text(Thread *t, Type *type, V str, DecCtx *c, bool lenient) {
    size_t n, len = 0;
    void *owned;
    const char *text = str_numeric_text(t, str, &n, &owned);
    if (!text) return V_ERROR;
    char small[256], *copy = n < sizeof small / 2 ? small : mem_alloc(t, 2 * n + 2); // cleaned text, and digits
    V result = V_ERROR;
    if (copy) {
        Text s = {text, text + n};
        while (lenient && s.p < s.end && is_space(*s.p)) s.p++;
        while (lenient && s.end > s.p && is_space(s.end[-1])) s.end--;
        for (const char *p = s.p; p < s.end; p++) {
            if (!lenient || *p != '_') copy[len++] = *p;
        }
        Parsed parsed = {.digits = copy + len};
        if (parse((Text){copy, copy + len}, &parsed)) {
            result = from_parsed(t, type, &parsed, c);
        } else {
            c->status |= COND_SYNTAX;
            result = dec_new_small(t, type, DEC_NAN, 0, 0, 0);
        }
    } else {
        err_no_memory(t);
    }
    if (copy != small) mem_free(copy);
    mem_free(owned);
    return result;
}

// ---- digits ------------------------------------------------------------------------------------------------------------------
typedef struct Writing { DecNum a; char *out; } Writing;

static void write_op(void *arg) {
    Writing *k = arg;
    mpz_get_str(k->out, 10, k->a.c);
}

static void put_part(char *end, uint64_t x, int width) { // the last `width` digits before end
    for (int i = 0; i < width; i++, x /= 10) *--end = (char)('0' + x % 10);
}

int dec_digits(Thread *t, V dec, Digits *out) {
    const Dec *d = dec_of(dec);
    out->n = (size_t)d->digits;
    out->p = out->small;
    if (d->digits <= DEC_SMALL) {
        const u128 unit = dec_pow10[19];
        int n = (int)d->digits;
        if (n > 19) {
            put_part(out->p + n, (uint64_t)(d->small % unit), 19);
            put_part(out->p + n - 19, (uint64_t)(d->small / unit), n - 19);
        } else {
            put_part(out->p + n, (uint64_t)d->small, n);
        }
        return 0;
    }
    Writing k = {.out = mem_alloc(t, out->n + 2)};
    out->p = k.out;
    dec_num_view(&k.a, d);
    if (k.out && gmp_run(t, write_op, &k, conversion_work(out->n))) return 0;
    mem_free(k.out);
    err_no_memory(t);
    return -1;
}

void dec_digits_free(Digits *d) {
    if (d->p != d->small) mem_free(d->p);
}

// ---- writing -----------------------------------------------------------------------------------------------------------------
static int64_t modulo3(int64_t n) { return (n % 3 + 3) % 3; }

// Behind how many digits the point stands: to-scientific-string and to-engineering-string of the specification.
static int64_t point_place(V dec, bool engineering) {
    const Dec *d = dec_of(dec);
    int64_t left = d->exp + d->digits;
    if (d->exp <= 0 && left > -6) return left;
    if (!engineering) return 1;
    return dec_zero(dec) ? modulo3(left + 1) - 1 : modulo3(left - 1) + 1;
}

// The digits with the point behind the first `place`, and the zeros that takes.
void dec_put_pointed(StrBuilder *b, const Digits *s, int64_t place) {
    int64_t n = (int64_t)s->n;
    if (place <= 0) {
        sb_cstr(b, "0.");
        sb_fill(b, '0', (size_t)-place);
        sb_ascii(b, s->p, s->n);
        return;
    }
    sb_ascii(b, s->p, (size_t)(place < n ? place : n));
    if (place > n) sb_fill(b, '0', (size_t)(place - n));
    if (place < n) sb_char(b, '.'), sb_ascii(b, s->p + place, (size_t)(n - place));
}

int dec_put(Thread *t, StrBuilder *b, V dec, bool engineering, bool capitals) {
    const Dec *d = dec_of(dec);
    unsigned flags = dec_flags(dec);
    Digits s;
    if (dec_digits(t, dec, &s) < 0) return -1;
    if (flags & DEC_NEG) sb_char(b, '-');
    if (flags & DEC_INF) {
        sb_cstr(b, "Infinity");
    } else if (flags & DEC_ANY_NAN) {
        sb_cstr(b, flags & DEC_SNAN ? "sNaN" : "NaN");
        sb_ascii(b, s.p, s.n);
    } else {
        int64_t place = point_place(dec, engineering), n = (int64_t)s.n, left = d->exp + n;
        dec_put_pointed(b, &s, place);
        if (left != place) sb_format(b, "%c%+lld", capitals ? 'E' : 'e', (long long)(left - place));
    }
    dec_digits_free(&s);
    return 0;
}

V dec_to_text(Thread *t, V dec, bool engineering, bool capitals) {
    StrBuilder b;
    sb_init(&b, t);
    if (dec_put(t, &b, dec, engineering, capitals) == 0) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}
