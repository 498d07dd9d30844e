// SPDX-License-Identifier: MIT
// str: immutable text in one-, two- or four-byte units, hash cached, names interned.
#ifndef HEDDLE_OBJECT_STR_H
#define HEDDLE_OBJECT_STR_H
#include "object/type.h"

typedef struct Str {
    Obj head;        // head.aux: STR_* bits
    int64_t hash;    // 0: not computed yet; atomic relaxed (same value from every thread)
    size_t len;      // code points; const
    char *utf8;      // cached UTF-8 of a non-ASCII string, or NULL; atomic, set once (release)
    size_t utf8_len;
    char data[];     // (len + 1) units, zero-terminated
} Str;
enum { STR_KIND = 7 /* 1, 2 or 4 */, STR_ASCII = 8, STR_INTERNED = 16 };

static inline Str *str_of(V v) { return (Str *)v_obj(v); }
static inline size_t str_len(V v) { return str_of(v)->len; }
static inline int str_kind(V v) { return at_load_relaxed(&str_of(v)->head.aux) & STR_KIND; }
static inline bool str_is_ascii(V v) { return (at_load_relaxed(&str_of(v)->head.aux) & STR_ASCII) != 0; }
static inline bool str_is_interned(V v) { return (at_load_relaxed(&str_of(v)->head.aux) & STR_INTERNED) != 0; }
static inline void *str_data(V v) { return str_of(v)->data; }
static inline uint32_t str_read(int kind, const void *data, size_t i) {
    return kind == 1 ? ((const uint8_t *)data)[i] : kind == 2 ? ((const uint16_t *)data)[i] : ((const uint32_t *)data)[i];
}
static inline void str_write(int kind, void *data, size_t i, uint32_t c) {
    if (kind == 1) ((uint8_t *)data)[i] = (uint8_t)c;
    else if (kind == 2) ((uint16_t *)data)[i] = (uint16_t)c;
    else ((uint32_t *)data)[i] = c;
}
static inline uint32_t str_at(V v, size_t i) { return str_read(str_kind(v), str_data(v), i); }

// A str of len units able to hold max_char, data to be filled by the caller before anybody sees it.  The caller must
// choose max_char exactly (kind is canonical: the narrowest).
V str_new(Thread *t, size_t len, uint32_t max_char);
V str_from_utf8(Thread *t, const char *p, size_t n);          // strict; UnicodeDecodeError
V str_from_utf8_surrogateescape(Thread *t, const char *p, size_t n); // file names: os.fsdecode
V str_from_cstr(Thread *t, const char *s);                    // UTF-8
V str_from_latin1(Thread *t, const char *p, size_t n);
V str_from_units(Thread *t, int kind, const void *p, size_t n); // narrows to the canonical kind
V str_from_char(Thread *t, uint32_t c);                       // cached for Latin-1
V str_from_format(Thread *t, const char *format, ...);        // error.h's format language
V str_empty(void);
V str_intern_utf8(Thread *t, const char *p, size_t n);        // interned, counted
V str_intern_steal(Thread *t, V str);                         // the interned equal of str (consumes, returns stack value)
void str_intern_visit(Thread *t, SlotVisitor visit, void *arg); // the counted entries, as roots: sharing must reach them
V str_static(const char *name);                               // immortal, interned; for NAME
// An immortal interned name as a value: NAME(__init__).  Costs one load after the first time.
#define NAME(id) NAME_STR(#id)
#define NAME_STR(text) ({ \
    static V name_; \
    V v_ = at_load_acquire(&name_); \
    if (__builtin_expect(v_ == V_NULL, 0)) { v_ = str_static(text); at_store_release(&name_, v_); } \
    v_; })
const char *str_utf8(Thread *t, V v, size_t *len);            // NUL-ended, owned by v; NULL: UnicodeEncodeError (surrogates)
const char *str_cstr(Thread *t, V v);                         // the same, ValueError "embedded null character"
V str_to_fs_bytes(Thread *t, V v);                            // os.fsencode: bytes
int64_t str_hash(V v);
bool str_equal(V a, V b);                                     // both str
bool str_equal_ascii(V v, const char *ascii);
int str_compare(V a, V b);                                    // -1, 0, 1 by code points
V str_concat(Thread *t, V a, V b);
V str_concat_steal(Thread *t, V a, V b_borrowed);             // consumes a: grows in place when it is unique
V str_substring(Thread *t, V v, size_t start, size_t end);    // clipped by the caller: start <= end <= len
V str_join(Thread *t, V separator, V iterable);
V str_join_array(Thread *t, V separator, const V *items, size_t n); // all str
V str_repr(Thread *t, V v);
V str_format_percent(Thread *t, V format, V args);            // '%'
V str_format_spec(Thread *t, V v, V spec);
ptrdiff_t str_find(V haystack, V needle, size_t start, size_t end, int direction); // -1 when missing
ptrdiff_t str_find_char(V v, uint32_t c, size_t start, size_t end, int direction);
V str_replace(Thread *t, V v, V old, V new_, ptrdiff_t count);
V str_split(Thread *t, V v, V sep_or_none, ptrdiff_t max);
bool str_is_identifier(V v);
V str_escape_non_ascii(Thread *t, V v);                       // ascii() of a repr
size_t str_count(V haystack, V needle, size_t start, size_t end);
bool str_match_at(V v, V part, size_t at);
// Text of a number as ASCII: Unicode decimals become digits, spaces ' ', other characters '?'.  *owned is to be mem_free'd.
const char *str_numeric_text(Thread *t, V v, size_t *n, void **owned);
V str_encode(Thread *t, V v, const char *encoding, const char *errors); // bytes; NULL: utf-8, strict
V str_encode_utf8(Thread *t, V v);                            // strict; bytes
// Raise UnicodeDecodeError / UnicodeEncodeError.
V err_unicode_decode(Thread *t, const char *encoding, const void *p, size_t n, size_t start, size_t end, const char *reason);
V err_unicode_encode(Thread *t, const char *encoding, V str, size_t start, size_t end, const char *reason);
V codec_decode(Thread *t, V bytes, const char *encoding, const char *errors); // runtime/codecs.c: str
V codec_lookup(Thread *t, const char *encoding);              // CodecInfo
V codec_encode_any(Thread *t, V v, const char *encoding, const char *errors);
V codec_decode_any(Thread *t, V v, const char *encoding, const char *errors);

// ---- building ---------------------------------------------------------------------------------------------------
typedef struct StrBuilder { // on the C stack; sb_finish or sb_abandon exactly once
    Thread *t;
    char *data;
    size_t len, cap;        // units
    int kind;
    bool failed;            // out of memory: sticky, reported by sb_finish
    char small[128];
} StrBuilder;
void sb_init(StrBuilder *b, Thread *t);
void sb_char(StrBuilder *b, uint32_t c);
void sb_str(StrBuilder *b, V str);
void sb_substr(StrBuilder *b, V str, size_t start, size_t end);
void sb_ascii(StrBuilder *b, const char *s, size_t n);
void sb_cstr(StrBuilder *b, const char *ascii);
void sb_fill(StrBuilder *b, uint32_t c, size_t n);
void sb_units(StrBuilder *b, int kind, const void *p, size_t n);
void sb_truncate(StrBuilder *b, size_t n);
void sb_format(StrBuilder *b, const char *ascii_format, ...) __attribute__((format(printf, 2, 3)));
V sb_finish(StrBuilder *b);
void sb_abandon(StrBuilder *b);
#endif
