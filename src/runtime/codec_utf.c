// SPDX-License-Identifier: MIT
// UTF-8, ASCII, Latin-1, UTF-16 and UTF-32, both ways, with error handlers.
#include "base/bits.h"
#include "base/utf8.h"
#include "runtime/codecs.h"

// The end of the run of characters from i on that `bad` holds for.
static size_t run_end(V text, size_t i, bool (*bad)(uint32_t)) {
    while (i < str_len(text) && bad(str_at(text, i))) i++;
    return i;
}
static bool is_surrogate(uint32_t c) { return cp_is_surrogate(c); }

// ---- UTF-8 --------------------------------------------------------------------------------------------------------------
// Whether more input could mend what the scan stopped at: a sequence cut short, or a surrogate's (surrogatepass).
static bool is_incomplete(const Utf8Scan *scan, const uint8_t *p, size_t n) {
    const uint8_t *bad = p + scan->error_at;
    if (scan->status == UTF8_UNEXPECTED_END) return true;
    return scan->status != UTF8_OK && n - scan->error_at == 2 && bad[0] == 0xed && bad[1] >= 0xa0 && bad[1] <= 0xbf;
}

static int utf8_decode_all(Decoder *d, size_t *consumed) {
    size_t at = 0;
    for (;;) {
        Utf8Scan scan = utf8_scan(d->p + at, d->n - at, UTF8_STRICT);
        bool done = scan.status == UTF8_OK || (consumed && is_incomplete(&scan, d->p + at, d->n - at));
        if (scan.error_at) {
            V good = str_from_utf8(d->t, (const char *)d->p + at, scan.error_at);
            if (v_is_error(good)) return -1;
            sb_str(&d->out, good);
            v_drop(d->t, good);
        }
        at += scan.error_at;
        if (consumed) *consumed = at;
        if (done) return 0;
        if (decoder_error(d, at, at + scan.error_len, utf8_reason(scan.status), &at) < 0) return -1;
    }
}

V str_from_utf8_scanned(Thread *t, const char *p, size_t n, const Utf8Scan *scan); // object/str_utf8.c: n bytes that were found good

V codec_utf8_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed) {
    Utf8Scan scan = utf8_scan(p, n, UTF8_STRICT);
    if (likely(scan.status == UTF8_OK) || (consumed && is_incomplete(&scan, p, n))) {
        if (consumed) *consumed = scan.error_at;
        return str_from_utf8_scanned(t, p, scan.error_at, &scan);
    }
    Decoder d;
    decoder_init(&d, t, "utf-8", errors, p, n);
    return decoder_finish(&d, utf8_decode_all(&d, consumed));
}

static bool utf8_put(Encoder *e, uint32_t c) {
    unsigned char buf[4];
    if (cp_is_surrogate(c)) return false;
    encoder_bytes(e, buf, utf8_encode_one(c, buf));
    return true;
}

V codec_utf8_encode(Thread *t, V text, const char *errors) {
    V r = str_encode_utf8(t, text);
    if (!v_is_error(r) || !errors || strcmp(errors, "strict") == 0 || !err_matches(t, &exc_UnicodeEncodeError)) return r;
    err_clear(t);
    Encoder e;
    encoder_init(&e, t, "utf-8", errors, text, utf8_put);
    e.unit = 1;
    int status = 0;
    for (size_t i = 0; i < str_len(text) && status == 0;) {
        if (utf8_put(&e, str_at(text, i))) i++;
        else status = encoder_error(&e, i, run_end(text, i, is_surrogate), "surrogates not allowed", &i);
    }
    return encoder_finish(&e, status);
}

// ---- ASCII and Latin-1 ----------------------------------------------------------------------------------------------------
V codec_ascii_decode(Thread *t, const void *p, size_t n, const char *errors) {
    size_t good = utf8_ascii_prefix(p, n);
    if (good == n) return str_from_latin1(t, p, n);
    Decoder d;
    decoder_init(&d, t, "ascii", errors, p, n);
    int status = 0;
    for (size_t at = 0; at < d.n && status == 0;) {
        good = utf8_ascii_prefix(d.p + at, d.n - at);
        sb_ascii(&d.out, (const char *)d.p + at, good);
        at += good;
        if (at < d.n) status = decoder_error(&d, at, at + 1, "ordinal not in range(128)", &at);
    }
    return decoder_finish(&d, status);
}

V codec_latin1_decode(Thread *t, const void *p, size_t n) { return str_from_latin1(t, p, n); }

static bool above_ascii(uint32_t c) { return c >= 128; }
static bool above_latin1(uint32_t c) { return c >= 256; }
static bool ascii_put(Encoder *e, uint32_t c) { return c < 128 && (encoder_byte(e, c), true); }
static bool latin1_put(Encoder *e, uint32_t c) { return c < 256 && (encoder_byte(e, c), true); }

// bad NULL: characters that cannot be encoded are reported one by one
static V encode_single(Encoder *e, bool (*bad)(uint32_t), const char *reason) {
    V text = e->text;
    int status = 0;
    for (size_t i = 0; i < str_len(text) && status == 0;) {
        if (e->put(e, str_at(text, i))) i++;
        else status = encoder_error(e, i, bad ? run_end(text, i, bad) : i + 1, reason, &i);
    }
    return encoder_finish(e, status);
}

V codec_ascii_encode(Thread *t, V text, const char *errors) {
    if (str_is_ascii(text)) return bytes_from(t, str_data(text), str_len(text));
    Encoder e;
    encoder_init(&e, t, "ascii", errors, text, ascii_put);
    return encode_single(&e, above_ascii, "ordinal not in range(128)");
}

V codec_latin1_encode(Thread *t, V text, const char *errors) {
    if (str_kind(text) == 1) return bytes_from(t, str_data(text), str_len(text));
    Encoder e;
    encoder_init(&e, t, "latin-1", errors, text, latin1_put);
    return encode_single(&e, above_latin1, "ordinal not in range(256)");
}

// ---- UTF-16 -----------------------------------------------------------------------------------------------------------------
static uint32_t read16(const uint8_t *p, bool big) { return big ? load_be16(p) : load_le16(p); }
static uint32_t read32(const uint8_t *p, bool big) { return big ? load_be32(p) : load_le32(p); }

static int utf16_decode_all(Decoder *d, size_t at, bool big, size_t *consumed) {
    while (at < d->n) {
        size_t left = d->n - at;
        if (left < 2) {
            if (consumed) break;
            if (decoder_error(d, at, d->n, "truncated data", &at) < 0) return -1;
            continue;
        }
        uint32_t c = read16(d->p + at, big);
        if (!cp_is_surrogate(c)) {
            sb_char(&d->out, c);
            at += 2;
            continue;
        }
        const char *reason = "illegal encoding";
        size_t end = at + 2;
        if (c < 0xdc00) {
            if (left < 4) {
                if (consumed) break;
                reason = "unexpected end of data";
                end = d->n;
            } else {
                uint32_t low = read16(d->p + at + 2, big);
                if (low >= 0xdc00 && low < 0xe000) {
                    sb_char(&d->out, 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00)));
                    at += 4;
                    continue;
                }
                reason = "illegal UTF-16 surrogate";
            }
        }
        if (decoder_error(d, at, end, reason, &at) < 0) return -1;
    }
    if (consumed) *consumed = at;
    return 0;
}

V codec_utf16_decode(Thread *t, const void *p, size_t n, const char *errors, int *order, size_t *consumed) {
    size_t at = 0;
    const uint8_t *b = p;
    if (*order == 0 && n >= 2) {
        if (b[0] == 0xff && b[1] == 0xfe) *order = -1, at = 2;
        else if (b[0] == 0xfe && b[1] == 0xff) *order = 1, at = 2;
    }
    Decoder d;
    bool big = *order > 0 || (*order == 0 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    decoder_init(&d, t, big ? "utf-16-be" : "utf-16-le", errors, p, n);
    return decoder_finish(&d, utf16_decode_all(&d, at, big, consumed));
}

static void put16(Encoder *e, uint32_t c, bool big) {
    uint8_t buf[2];
    if (big) store_be16(buf, (uint16_t)c);
    else store_le16(buf, (uint16_t)c);
    encoder_bytes(e, buf, 2);
}

static bool utf16_put(Encoder *e, uint32_t c) {
    bool big = e->arg != NULL;
    if (cp_is_surrogate(c)) return false;
    if (c < 0x10000) {
        put16(e, c, big);
    } else {
        put16(e, 0xd800 + ((c - 0x10000) >> 10), big);
        put16(e, 0xdc00 + (c & 0x3ff), big);
    }
    return true;
}

V codec_utf16_encode(Thread *t, V text, const char *errors, int order) {
    static char yes;
    Encoder e;
    encoder_init(&e, t, order == 0 ? "utf-16" : order < 0 ? "utf-16-le" : "utf-16-be", errors, text, utf16_put);
    bool big = order > 0 || (order == 0 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    e.arg = big ? &yes : NULL;
    e.unit = 2;
    if (order == 0) put16(&e, 0xfeff, big);
    return encode_single(&e, NULL, "surrogates not allowed");
}

// ---- UTF-32 -----------------------------------------------------------------------------------------------------------------
static int utf32_decode_all(Decoder *d, size_t at, bool big, size_t *consumed) {
    while (at < d->n) {
        if (d->n - at < 4) {
            if (consumed) break;
            if (decoder_error(d, at, d->n, "truncated data", &at) < 0) return -1;
            continue;
        }
        uint32_t c = read32(d->p + at, big);
        if (c < 0x110000 && !cp_is_surrogate(c)) {
            sb_char(&d->out, c);
            at += 4;
            continue;
        }
        const char *reason = cp_is_surrogate(c) ? "code point in surrogate code point range(0xd800, 0xe000)" : "code point not in range(0x110000)";
        if (decoder_error(d, at, at + 4, reason, &at) < 0) return -1;
    }
    if (consumed) *consumed = at;
    return 0;
}

V codec_utf32_decode(Thread *t, const void *p, size_t n, const char *errors, int *order, size_t *consumed) {
    size_t at = 0;
    if (*order == 0 && n >= 4) {
        if (read32(p, false) == 0xfeff) *order = -1, at = 4;
        else if (read32(p, true) == 0xfeff) *order = 1, at = 4;
    }
    Decoder d;
    bool big = *order > 0 || (*order == 0 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    decoder_init(&d, t, big ? "utf-32-be" : "utf-32-le", errors, p, n);
    return decoder_finish(&d, utf32_decode_all(&d, at, big, consumed));
}

static bool utf32_put(Encoder *e, uint32_t c) {
    uint8_t buf[4];
    if (cp_is_surrogate(c)) return false;
    if (e->arg) store_be32(buf, c);
    else store_le32(buf, c);
    encoder_bytes(e, buf, 4);
    return true;
}

V codec_utf32_encode(Thread *t, V text, const char *errors, int order) {
    static char yes;
    Encoder e;
    encoder_init(&e, t, order == 0 ? "utf-32" : order < 0 ? "utf-32-le" : "utf-32-be", errors, text, utf32_put);
    e.arg = order > 0 || (order == 0 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? &yes : NULL;
    e.unit = 4;
    if (order == 0) utf32_put(&e, 0xfeff);
    return encode_single(&e, NULL, "surrogates not allowed");
}
