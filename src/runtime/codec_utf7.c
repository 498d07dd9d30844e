// SPDX-License-Identifier: MIT
// UTF-7 (RFC 2152): ASCII text with runs of base64-coded UTF-16 between '+' and '-'.
#include "base/utf8.h"
#include "runtime/codecs.h"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(unsigned c) {
    const char *p = c && c < 128 ? strchr(base64, (int)c) : NULL;
    return p ? (int)(p - base64) : -1;
}

// ---- decoding -----------------------------------------------------------------------------------------------------------
typedef struct Shift { // a base64 run being read
    bool inside;
    size_t start, out_start; // of the '+'; output before it
    uint32_t buffer, surrogate;
    unsigned bits;
} Shift;

static void shift_char(Decoder *d, Shift *s, uint32_t c) {
    if (s->surrogate) {
        uint32_t high = s->surrogate;
        s->surrogate = 0;
        if (c >= 0xdc00 && c < 0xe000) {
            sb_char(&d->out, 0x10000 + ((high - 0xd800) << 10 | (c - 0xdc00)));
            return;
        }
        sb_char(&d->out, high);
    }
    if (c >= 0xd800 && c < 0xdc00) s->surrogate = c;
    else sb_char(&d->out, c);
}

// The run ends in front of the character at *at; the '-' that closes it is absorbed.
static int shift_out(Decoder *d, Shift *s, size_t *at) {
    unsigned c = d->p[*at];
    s->inside = false;
    if (s->bits >= 6 || s->buffer) {
        const char *reason = s->bits >= 6 ? "partial character in shift sequence" : "non-zero padding bits in shift sequence";
        return decoder_error(d, s->start, *at + 1, reason, at);
    }
    if (s->surrogate && c < 128 && c != '+') sb_char(&d->out, s->surrogate);
    s->surrogate = 0;
    if (c == '-') (*at)++;
    return 0;
}

static int shift_in(Decoder *d, Shift *s, size_t *at) {
    size_t start = (*at)++;
    if (*at < d->n && d->p[*at] == '-') {
        (*at)++;
        sb_char(&d->out, '+');
        return 0;
    }
    if (*at < d->n && base64_value(d->p[*at]) < 0) return decoder_error(d, start, *at + 1, "ill-formed sequence", at);
    *s = (Shift){.inside = true, .start = start, .out_start = d->out.len};
    return 0;
}

static int utf7_run(Decoder *d, Shift *s, size_t *at) {
    while (*at < d->n) {
        unsigned c = d->p[*at];
        int status = 0;
        if (s->inside && base64_value(c) >= 0) {
            s->buffer = s->buffer << 6 | (uint32_t)base64_value(c);
            s->bits += 6;
            (*at)++;
            if (s->bits >= 16) {
                uint32_t unit = s->buffer >> (s->bits - 16);
                s->bits -= 16;
                s->buffer &= (1u << s->bits) - 1;
                shift_char(d, s, unit);
            }
        } else if (s->inside) {
            status = shift_out(d, s, at);
        } else if (c == '+') {
            status = shift_in(d, s, at);
        } else if (c < 128) {
            sb_char(&d->out, c);
            (*at)++;
        } else {
            status = decoder_error(d, *at, *at + 1, "unexpected special character", at);
        }
        if (status < 0) return -1;
    }
    return 0;
}

V codec_utf7_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed) {
    Decoder d;
    Shift s = {.inside = false};
    size_t at = 0;
    int status;
    decoder_init(&d, t, "utf7", errors, p, n);
    while ((status = utf7_run(&d, &s, &at)) == 0 && s.inside && !consumed) {
        s.inside = false;
        if (!(s.surrogate || s.bits >= 6 || s.buffer)) break;
        if ((status = decoder_error(&d, s.start, d.n, "unterminated shift sequence", &at)) < 0) break;
        s = (Shift){.inside = false};
    }
    if (consumed) {
        *consumed = s.inside ? s.start : at;
        if (s.inside) sb_truncate(&d.out, s.out_start);
    }
    return decoder_finish(&d, status);
}

// ---- encoding -----------------------------------------------------------------------------------------------------------
static bool is_direct(uint32_t c) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return true;
    return c > ' ' && c < 127 && c != '+' && c != '\\' && c != '~';
}

static void put_unit(Encoder *e, uint32_t *buffer, unsigned *bits, uint32_t unit) {
    *buffer = *buffer << 16 | unit;
    *bits += 16;
    while (*bits >= 6) {
        encoder_byte(e, (unsigned char)base64[*buffer >> (*bits - 6) & 63]);
        *bits -= 6;
    }
    *buffer &= (1u << *bits) - 1;
}

V codec_utf7_encode(Thread *t, V text, const char *errors) {
    Encoder e;
    uint32_t buffer = 0;
    unsigned bits = 0;
    bool inside = false;
    encoder_init(&e, t, "utf-7", errors, text, NULL);
    for (size_t i = 0; i < str_len(text); i++) {
        uint32_t c = str_at(text, i);
        if (is_direct(c)) {
            if (inside) {
                if (bits) encoder_byte(&e, (unsigned char)base64[buffer << (6 - bits) & 63]);
                buffer = bits = 0;
                inside = false;
                if (base64_value(c) >= 0 || c == '-') encoder_byte(&e, '-');
            }
            encoder_byte(&e, c);
            continue;
        }
        if (!inside && c == '+') {
            encoder_bytes(&e, "+-", 2);
            continue;
        }
        if (!inside) {
            encoder_byte(&e, '+');
            inside = true;
        }
        if (c >= 0x10000) {
            put_unit(&e, &buffer, &bits, 0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + (c & 0x3ff);
        }
        put_unit(&e, &buffer, &bits, c);
    }
    if (bits) encoder_byte(&e, (unsigned char)base64[buffer << (6 - bits) & 63]);
    if (inside) encoder_byte(&e, '-');
    return encoder_finish(&e, 0);
}
