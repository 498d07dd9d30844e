// SPDX-License-Identifier: MIT
// Equality and hashes of the commonest values, without a call into their types.
#ifndef HEDDLE_OBJECT_QUICK_H
#define HEDDLE_OBJECT_QUICK_H
#include "object/object.h"
#include "object/str.h"
#include "object/dict_layout.h"

// Whether a == b by identity or among exact ints, floats and strings: 1, 0, or -1: the objects have to be asked.
static inline int equal_quick(V a, V b) {
    a = v_untag(a);
    b = v_untag(b);
    if (a == b) return 1;
    if (v_both_int(a, b)) return 0;
    if (v_is_exact(a, &str_type)) return v_is_exact(b, &str_type) ? str_equal(a, b) : v_is_int(b) ? 0 : -1;
    if (v_is_float(a) && v_is_float(b)) return v_float(a) == v_float(b);
    return -1;
}

// What obj_hash does.
static inline int hash_quick(Thread *t, V key, int64_t *out) {
    if (v_is_exact(key, &str_type)) {
        int64_t h = at_load_relaxed(&str_of(key)->hash);
        *out = likely(h != 0) ? h : str_hash(key);
        return 0;
    }
    if (v_is_int(key)) {
        int64_t i = v_int(key); // below the modulus 2^61 - 1
        *out = unlikely(i == -1) ? -2 : i;
        return 0;
    }
    return obj_hash(t, key, out);
}

// An iterator over a str, of str_iter_type or str_ascii_iter_type.
typedef struct StrIter {
    Obj head;
    Slot str;     // V_NULL once exhausted
    size_t index; // atomic
} StrIter;
extern Type str_iter_type, str_ascii_iter_type;

// str_from_char without a call for the characters that have a string of their own by now; V_NULL otherwise.
extern V str_latin1_chars[256];
static inline V str_from_char_quick(uint32_t c) { return likely(c < 256) ? at_load_acquire(&str_latin1_chars[c]) : V_NULL; }

// How a and b, both str, are ordered as far as that shows without a call: by identity, in length where only equality is
// asked, in their first characters.  A bit of the comparison masks: 1 less, 2 equal, 4 greater; 0: not told.
static inline unsigned str_order_quick(V a, V b, bool equality) {
    if (equality && (((a ^ 2) | (b ^ 2)) & 15) == 0) return a == b ? 2 : 4; // immortal: one of each text
    if (v_is(a, b)) return 2;
    const Str *x = str_of(a), *y = str_of(b);
    size_t n = x->len, m = y->len;
    if (n != m && equality) return 4;
    if (!n || !m || (at_load_relaxed(&x->head.aux) & at_load_relaxed(&y->head.aux) & STR_KIND) != 1) return 0;
    uint8_t c = (uint8_t)x->data[0], d = (uint8_t)y->data[0];
    if (c != d) return c < d ? 1 : 4;
    return n == 1 && m == 1 ? 2 : 0;
}

// Is one of 8 bytes c?  (Those above the first that is may look so, too: whether there is one is what counts.)
static inline bool word_has_byte(uint64_t word, uint8_t c) {
    uint64_t x = word ^ c * 0x0101010101010101u; // the byte that is c becomes 0, and 0 - 1 borrows
    return ((x - 0x0101010101010101u) & ~x & 0x8080808080808080u) != 0;
}

// Is one of n bytes, 16 at most, c?  From 4 on two words that overlap cover them.
static inline bool short_has_byte(const uint8_t *p, size_t n, uint8_t c) {
    if (n >= 8) {
        uint64_t first, last;
        memcpy(&first, p, 8);
        memcpy(&last, p + n - 8, 8);
        return word_has_byte(first, c) || word_has_byte(last, c);
    }
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        return word_has_byte(first | (uint64_t)last << 32, c);
    }
    for (size_t i = 0; i < n; i++)
        if (p[i] == c) return true;
    return false;
}

// item in v for two str: the C library is not called to look for one character in a short text.
static inline bool str_contains_quick(V v, V item) {
    const Str *s = str_of(v), *x = str_of(item);
    if (x->len == 1 && s->len <= 16 && (at_load_relaxed(&s->head.aux) & at_load_relaxed(&x->head.aux) & STR_KIND) == 1) {
        return short_has_byte((const uint8_t *)s->data, s->len, (uint8_t)x->data[0]);
    }
    return str_find(v, item, 0, s->len, 1) >= 0;
}

// key in d when the first cell of the index that the hash names tells: 1, 0, or -1: it takes a search.
static inline int dict_contains_quick(const Dict *d, V key) {
    int64_t hash;
    if (!v_is_exact(key, &str_type) || (hash = at_load_relaxed(&str_of(key)->hash)) == 0) return -1;
    const DictKeys *keys = dict_keys_of(d);
    if (keys->log2_width) return -1;
    const int8_t *index = (const int8_t *)(keys->entries + keys->capacity);
    ptrdiff_t at = at_load_acquire(&index[(size_t)hash & (((size_t)1 << keys->log2_size) - 1)]);
    if (at >= 0) return slot_peek(&keys->entries[at].key) == v_untag(key) ? 1 : -1;
    return at == -1 ? 0 : -1; // free: nothing is behind it
}

// A new dict of a few keys, which are all exact str and differ in hash; V_NULL when they do not.  keys and values are
// key_step and value_step words apart; the values are consumed and leave V_NULL, unless it fails.
enum { DICT_FEW = 8 };
V dict_of_few(Thread *t, const V *keys, size_t key_step, V *values, size_t value_step, size_t n);

// Where d keeps the value of a key that is this very string, as namespaces do; NULL: it takes a search.  In a SHARED dict
// the value may be V_NULL or V_MOVED by the time it is read.
Slot *dict_value_cell(const Dict *d, V name);

bool type_has_plain_class(Thread *t, Type *type); // nothing hides object's own __class__ from its instances

int dict_count(Thread *t, V dict, V key); // dict[key] = dict.get(key, 0) + 1
#endif
