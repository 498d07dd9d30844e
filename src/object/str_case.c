// SPDX-License-Identifier: MIT
// str: case mappings, translate and maketrans.
//
// ASCII text goes through byte loops; the rest through the full Unicode mappings, which may lengthen it, and the one
// rule that looks around: a capital sigma at the end of a word becomes the final form.
#include "str_private.h"

typedef int (*CaseMap)(uint32_t c, uint32_t out[UC_CASE_MAX]);

// ---- ASCII ------------------------------------------------------------------------------------------------------------
static inline bool ascii_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }

typedef enum Case { LOWER, UPPER, SWAP, TITLE, CAPITALIZE } Case;

static V ascii_map(Thread *t, V v, Case how) {
    size_t n = str_len(v);
    if (n == 0) return str_empty();
    V r = str_alloc(t, n, 1, true);
    if (v_is_error(r)) return r;
    const uint8_t *p = str_data(v);
    uint8_t *q = str_data(r);
    bool inside = false;
    if (how == LOWER) {
        for (size_t i = 0; i < n; i++) q[i] = p[i] | (uint8_t)((uint8_t)(p[i] - 'A') < 26 ? 0x20 : 0);
    } else if (how == UPPER) {
        for (size_t i = 0; i < n; i++) q[i] = p[i] ^ (uint8_t)((uint8_t)(p[i] - 'a') < 26 ? 0x20 : 0);
    } else for (size_t i = 0; i < n; i++) {
        uint8_t c = p[i], flip = ascii_lower(c | 0x20) ? 0x20 : 0;
        bool upper = how == UPPER || (how == SWAP && ascii_lower(c)) || (how == TITLE && !inside) || (how == CAPITALIZE && i == 0);
        q[i] = upper ? c & (uint8_t)~flip : c | flip;
        inside = flip != 0;
    }
    if (n > 1) return r;
    V one = str_from_char(t, q[0]);
    v_drop(t, r);
    return one;
}

// ---- Unicode ------------------------------------------------------------------------------------------------------------
// A capital sigma at i: final when a cased letter stands before it and none after, case-ignorable ones left out.
static bool is_final_sigma(V v, size_t i) {
    size_t n = str_len(v), j = i;
    while (j > 0 && uc_is_case_ignorable(str_at(v, j - 1))) j--;
    if (j == 0 || !uc_is_cased(str_at(v, j - 1))) return false;
    for (j = i + 1; j < n && uc_is_case_ignorable(str_at(v, j));) j++;
    return j == n || !uc_is_cased(str_at(v, j));
}

static int lower_at(V v, size_t i, uint32_t out[UC_CASE_MAX]) {
    uint32_t c = str_at(v, i);
    if (c == 0x3a3) {
        out[0] = is_final_sigma(v, i) ? 0x3c2 : 0x3c3;
        return 1;
    }
    return uc_to_lower_full(c, out);
}

static void put(StrBuilder *b, const uint32_t *cps, int n) {
    for (int i = 0; i < n; i++) sb_char(b, cps[i]);
}

static V unicode_map(Thread *t, V v, Case how) {
    uint32_t out[UC_CASE_MAX];
    bool inside = false;
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < str_len(v); i++) {
        uint32_t c = str_at(v, i);
        int n;
        switch (how) {
        case LOWER: n = lower_at(v, i, out); break;
        case UPPER: n = uc_to_upper_full(c, out); break;
        case SWAP:
            if (uc_is_upper(c)) n = lower_at(v, i, out);
            else if (uc_is_lower(c)) n = uc_to_upper_full(c, out);
            else n = 1, out[0] = c;
            break;
        case TITLE:
            n = inside ? lower_at(v, i, out) : uc_to_title_full(c, out);
            inside = uc_is_cased(c);
            break;
        default: n = i ? lower_at(v, i, out) : uc_to_title_full(c, out);
        }
        put(&b, out, n);
    }
    return sb_finish(&b);
}

static V map_case(Thread *t, V v, Case how) { return str_is_ascii(v) ? ascii_map(t, v, how) : unicode_map(t, v, how); }

NATIVE(str_m_lower) { UNUSED_NATIVE(); return map_case(t, self, LOWER); }
NATIVE(str_m_upper) { UNUSED_NATIVE(); return map_case(t, self, UPPER); }
NATIVE(str_m_swapcase) { UNUSED_NATIVE(); return map_case(t, self, SWAP); }
NATIVE(str_m_title) { UNUSED_NATIVE(); return map_case(t, self, TITLE); }
NATIVE(str_m_capitalize) { UNUSED_NATIVE(); return map_case(t, self, CAPITALIZE); }

NATIVE(str_m_casefold) {
    UNUSED_NATIVE();
    if (str_is_ascii(self)) return ascii_map(t, self, LOWER);
    uint32_t out[UC_CASE_MAX];
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < str_len(self); i++) put(&b, out, uc_fold_full(str_at(self, i), out));
    return sb_finish(&b);
}

// ---- translate ------------------------------------------------------------------------------------------------------------
// Appends what the table says about c; -1 with an exception.
static int translate_char(Thread *t, StrBuilder *b, V table, uint32_t c) {
    V key = v_from_int(c), mapped = obj_getitem(t, table, key);
    if (v_is_error(mapped)) {
        if (!err_matches(t, &exc_LookupError)) return -1;
        err_clear(t);
        sb_char(b, c);
        return 0;
    }
    int status = 0;
    if (v_is_any_int(mapped)) {
        int64_t i;
        if (int_as_i64(t, mapped, &i) < 0) err_clear(t), i = -1;
        if (i < 0 || i > 0x10ffff) {
            err_set(t, &exc_ValueError, "character mapping must be in range(0x110000)");
            status = -1;
        } else {
            sb_char(b, (uint32_t)i);
        }
    } else if (v_is_str(mapped)) {
        sb_str(b, mapped);
    } else if (mapped != V_NONE) {
        err_set(t, &exc_TypeError, "character mapping must return integer, None or str");
        status = -1;
    }
    v_drop(t, mapped);
    return status;
}

NATIVE(str_m_translate) {
    UNUSED_NATIVE();
    StrBuilder b;
    // What a table said about an ASCII character is remembered: 0 not asked, 1 itself, 2 nothing, else the character + 3.
    uint16_t memo[128] = {0};
    bool exact = v_is_exact(args[0], &dict_type);
    sb_init(&b, t);
    size_t n = str_len(self);
    bool bytes = str_kind(self) == 1;
    const uint8_t *p = str_data(self);
    for (size_t i = 0; i < n; i++) {
        if (bytes && exact) { // what stays, in one piece
            size_t from = i;
            while (i < n && p[i] < 128 && memo[p[i]] == 1) i++;
            if (i > from) sb_substr(&b, self, from, i);
            if (i == n) break;
        }
        uint32_t c = str_at(self, i);
        if (c < 128 && exact && memo[c]) {
            if (memo[c] == 1) sb_char(&b, c);
            else if (memo[c] > 2) sb_char(&b, memo[c] - 3u);
            continue;
        }
        size_t before = b.len;
        if (translate_char(t, &b, args[0], c) < 0) {
            sb_abandon(&b);
            return V_ERROR;
        }
        if (c >= 128 || b.failed) continue;
        if (b.len == before) memo[c] = 2;
        else if (b.len == before + 1 && str_read(b.kind, b.data, before) == c) memo[c] = 1;
        else if (b.len == before + 1 && str_read(b.kind, b.data, before) < 0xf000) memo[c] = (uint16_t)(str_read(b.kind, b.data, before) + 3);
    }
    return sb_finish(&b);
}

// ---- maketrans ------------------------------------------------------------------------------------------------------------
static int table_from_dict(Thread *t, V table, V source) {
    V key, value;
    size_t pos = 0;
    while (dict_next(source, &pos, &key, &value)) {
        if (v_is_str(key)) {
            if (str_len(key) != 1) {
                err_set(t, &exc_ValueError, "string keys in translate table must be of length 1");
                return -1;
            }
            if (dict_set(t, table, v_from_int(str_at(key, 0)), value) < 0) return -1;
        } else if (v_is_any_int(key)) {
            if (dict_set(t, table, key, value) < 0) return -1;
        } else {
            err_set(t, &exc_TypeError, "keys in translate table must be strings or integers");
            return -1;
        }
    }
    return 0;
}

static int table_from_strs(Thread *t, V table, V from, V to, V deleted) {
    if (str_len(from) != str_len(to)) {
        err_set(t, &exc_ValueError, "the first two maketrans arguments must have equal length");
        return -1;
    }
    for (size_t i = 0; i < str_len(from); i++)
        if (dict_set(t, table, v_from_int(str_at(from, i)), v_from_int(str_at(to, i))) < 0) return -1;
    for (size_t i = 0; deleted != V_NULL && i < str_len(deleted); i++)
        if (dict_set(t, table, v_from_int(str_at(deleted, i)), V_NONE) < 0) return -1;
    return 0;
}

NATIVE(str_m_maketrans) { // static: x, y=None, z=None, /
    UNUSED_NATIVE();
    V x = args[0], y = args[1], z = args[2];
    V table = dict_new(t);
    if (v_is_error(table)) return table;
    int status = -1;
    if (y != V_NULL) {
        if (!v_is_str(y)) err_bad_argument(t, "maketrans", "argument 2", "str", y);
        else if (z != V_NULL && !v_is_str(z)) err_bad_argument(t, "maketrans", "argument 3", "str", z);
        else if (!v_is_str(x)) err_set(t, &exc_TypeError, "first maketrans argument must be a string if there is a second argument");
        else status = table_from_strs(t, table, x, y, z);
    } else if (!v_is_exact(x, &dict_type)) {
        err_set(t, &exc_TypeError, "if you give only one argument to maketrans it must be a dict");
    } else {
        status = table_from_dict(t, table, x);
    }
    if (status == 0) return table;
    v_drop(t, table);
    return V_ERROR;
}
