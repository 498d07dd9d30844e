// SPDX-License-Identifier: MIT
// What the files of str share between themselves.
#ifndef HEDDLE_STR_PRIVATE_H
#define HEDDLE_STR_PRIVATE_H
#include "base/bits.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "base/siphash.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "object/object.h"

// A str with data still to be filled; kind and ascii must be what the contents will ask for.
V str_alloc(Thread *t, size_t len, int kind, bool ascii);
V str_from_ascii(Thread *t, const char *p, size_t n); // what is known to be ASCII
void str_intern_forget(Str *s); // the dying str leaves the table
int64_t str_hash_data(const void *data, size_t len, int kind);

// Copies n units between kinds; the target is at least as wide as the values ask for.
void str_copy_units(int to_kind, void *to, size_t to_at, int from_kind, const void *from, size_t from_at, size_t n);
// The units of v in the wider `kind`: v's own data, or a copy to be freed with mem_free(*owned).  NULL: no memory, set.
const void *str_widen(Thread *t, V v, int kind, void **owned);
// Position of the needle in units, from `start`, -1 when missing; both arrays are of one kind.
ptrdiff_t units_find(int kind, const void *hay, size_t n, const void *needle, size_t m);
ptrdiff_t units_rfind(int kind, const void *hay, size_t n, const void *needle, size_t m);
ptrdiff_t units_find_char(int kind, const void *hay, size_t n, uint32_t c);
ptrdiff_t units_rfind_char(int kind, const void *hay, size_t n, uint32_t c);
size_t units_count(int kind, const void *hay, size_t n, const void *needle, size_t m, size_t max);
uint32_t units_max(int kind, const void *p, size_t n); // an upper bound of the same kind class: 0x7f, 0xff, 0xffff, ...

static inline bool is_exact_str(V v) { return v_is_exact(v, &str_type); }
static inline V str_dup_exact(Thread *t, V v) { return is_exact_str(v) ? v_dup(v) : str_substring(t, v, 0, str_len(v)); }
static inline const char *unit_at(int kind, const void *p, size_t i) { return (const char *)p + i * (size_t)kind; }

// Whether a code point is white space, with a table for Latin-1.
static inline bool char_is_space(uint32_t c) {
    if (c < 128) return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    return uc_is_space(c);
}
void sb_int(StrBuilder *b, int64_t i); // decimal
extern const Method str_methods[];
V str_type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
V str_iter_new(Thread *t, V v);
#endif
