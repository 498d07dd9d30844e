// SPDX-License-Identifier: MIT
// Character maps: single-byte encodings given as a table (a str of 256 characters, a mapping, an EncodingMap).
#include "object/misc.h"
#include "runtime/codecs.h"

static const char undefined[] = "character maps to <undefined>";
enum { UNDEFINED = 0xfffe };

// ---- decoding -----------------------------------------------------------------------------------------------------------
static int decode_table(Decoder *d, V table) {
    for (size_t at = 0; at < d->n;) {
        uint32_t c = d->p[at] < str_len(table) ? str_at(table, d->p[at]) : UNDEFINED;
        if (c != UNDEFINED) {
            sb_char(&d->out, c);
            at++;
        } else if (decoder_error(d, at, at + 1, undefined, &at) < 0) {
            return -1;
        }
    }
    return 0;
}

// What the mapping says about a byte: 1 done, 0 undefined, -1
static int decode_mapped(Decoder *d, V mapping, unsigned byte) {
    Thread *t = d->t;
    V v = obj_getitem(t, mapping, v_from_int(byte));
    int status = -1;
    if (v_is_error(v)) {
        if (!err_matches(t, &exc_LookupError)) return -1;
        err_clear(t);
        return 0;
    }
    if (v == V_NONE) {
        status = 0;
    } else if (v_is_any_int(v)) {
        int64_t c;
        if (int_as_i64(t, v, &c) < 0) err_clear(t), c = -1;
        if (c < 0 || c > 0x10ffff) err_set(t, &exc_TypeError, "character mapping must be in range(0x110000)");
        else if ((status = c != UNDEFINED)) sb_char(&d->out, (uint32_t)c);
    } else if (v_is_str(v)) {
        status = !(str_len(v) == 1 && str_at(v, 0) == UNDEFINED);
        if (status) sb_str(&d->out, v);
    } else {
        err_set(t, &exc_TypeError, "character mapping must return integer, None or str");
    }
    v_drop(t, v);
    return status;
}

V codec_charmap_decode(Thread *t, const void *p, size_t n, const char *errors, V mapping) {
    if (mapping == V_NULL || mapping == V_NONE) return codec_latin1_decode(t, p, n);
    Decoder d;
    int status = 0;
    decoder_init(&d, t, "charmap", errors, p, n);
    if (v_is_exact(mapping, &str_type)) return decoder_finish(&d, decode_table(&d, mapping));
    for (size_t at = 0; at < d.n && status >= 0;) {
        status = decode_mapped(&d, mapping, d.p[at]);
        if (status == 1) at++;
        else if (status == 0) status = decoder_error(&d, at, at + 1, undefined, &at);
    }
    return decoder_finish(&d, status < 0 ? -1 : 0);
}

// ---- EncodingMap ----------------------------------------------------------------------------------------------------------
// The inverse of a table of up to 256 characters of the basic plane: two levels of 128 characters a block.
typedef struct EncodingMap {
    Obj head;
    uint8_t blocks[512];  // 0: none, else the number of a row of `rows`; const after init
    uint8_t (*rows)[128]; // 0: unmapped
    bool has_zero;        // U+0000 maps to byte 0
} EncodingMap;

static void map_free(Thread *t, Obj *o) { (void)t; mem_free(((EncodingMap *)o)->rows); }

static NATIVE(map_size) {
    UNUSED_NATIVE();
    const EncodingMap *m = (const EncodingMap *)v_obj(self);
    unsigned used = 0;
    for (int i = 0; i < 512; i++)
        if (m->blocks[i] > used) used = m->blocks[i];
    return int_from_size(t, sizeof *m + used * 128u);
}

static const Method map_methods[] = {{"size", map_size, "", 0, 0, "Return the size (in bytes) of this object."}, METHOD_END};

Type encoding_map_type = {
    TYPE_HEAD("EncodingMap"), .base = &object_type, .size = sizeof(EncodingMap), .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .free_ = map_free, .methods = map_methods,
};

static V table_as_dict(Thread *t, V table) {
    V dict = dict_new(t);
    for (size_t i = 0; i < str_len(table) && !v_is_error(dict); i++) {
        if (dict_set(t, dict, v_from_int(str_at(table, i)), v_from_int((int64_t)i)) == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}

V codec_charmap_build(Thread *t, V table) {
    size_t n = str_len(table) < 256 ? str_len(table) : 256;
    bool simple = n > 0 && str_at(table, 0) == 0;
    for (size_t i = 1; i < n && simple; i++) simple = str_at(table, i) != 0 && str_at(table, i) <= 0xffff;
    if (!simple) return table_as_dict(t, table);
    V v = type_alloc(t, &encoding_map_type, 0);
    if (v_is_error(v)) return v;
    EncodingMap *m = (EncodingMap *)v_obj(v);
    unsigned used = 0;
    for (size_t i = 1; i < n; i++) {
        uint8_t *block = &m->blocks[str_at(table, i) >> 7];
        if (str_at(table, i) != UNDEFINED && !*block) {
            if (used == 255) return v_drop(t, v), table_as_dict(t, table);
            *block = (uint8_t)++used;
        }
    }
    if (!(m->rows = mem_calloc(t, used + 1, 128))) return v_drop(t, v), err_no_memory(t);
    m->has_zero = true;
    for (size_t i = 1; i < n; i++) {
        uint32_t c = str_at(table, i);
        if (c != UNDEFINED) m->rows[m->blocks[c >> 7]][c & 127] = (uint8_t)i;
    }
    return v;
}

// ---- encoding ---------------------------------------------------------------------------------------------------------------
typedef struct CharMap {
    V mapping;
    bool failed; // an exception is set
} CharMap;

static bool put_mapped(Encoder *e, uint32_t c) {
    CharMap *m = e->arg;
    Thread *t = e->t;
    if (v_is_exact(m->mapping, &encoding_map_type)) {
        const EncodingMap *map = (const EncodingMap *)v_obj(m->mapping);
        uint8_t block = c < 0x10000 ? map->blocks[c >> 7] : 0, byte = block ? map->rows[block][c & 127] : 0;
        if (!byte && !(c == 0 && map->has_zero)) return false;
        encoder_byte(e, byte);
        return true;
    }
    V v = obj_getitem(t, m->mapping, v_from_int(c));
    bool done = false;
    if (v_is_error(v)) {
        if (err_matches(t, &exc_LookupError)) err_clear(t);
        else m->failed = true;
        return false;
    }
    if (v_is_any_int(v)) {
        int64_t byte;
        if (int_as_i64(t, v, &byte) < 0) err_clear(t), byte = -1;
        done = byte >= 0 && byte < 256;
        if (done) encoder_byte(e, (unsigned)byte);
        else m->failed = true, err_set(t, &exc_TypeError, "character mapping must be in range(256)");
    } else if (v_is_bytes(v)) {
        encoder_bytes(e, bytes_data(v), bytes_len(v));
        done = true;
    } else if (v != V_NONE) {
        m->failed = true;
        err_set(t, &exc_TypeError, "character mapping must return integer, bytes or None, not %T", v);
    }
    v_drop(t, v);
    return done;
}

V codec_charmap_encode(Thread *t, V text, const char *errors, V mapping) {
    if (mapping == V_NULL || mapping == V_NONE) return codec_latin1_encode(t, text, errors);
    CharMap m = {mapping, false};
    Encoder e;
    encoder_init(&e, t, "charmap", errors, text, put_mapped);
    e.arg = &m;
    int status = 0;
    for (size_t i = 0; i < str_len(text) && status == 0;) {
        size_t before = e.len;
        if (put_mapped(&e, str_at(text, i))) {
            i++;
            continue;
        }
        size_t end = i + 1;
        while (!m.failed && end < str_len(text)) { // the run of characters that have no code
            before = e.len;
            if (put_mapped(&e, str_at(text, end))) {
                e.len = before;
                break;
            }
            end++;
        }
        status = m.failed ? -1 : encoder_error(&e, i, end, undefined, &i);
        if (m.failed && !err_pending(t)) status = -1;
    }
    return encoder_finish(&e, status);
}
