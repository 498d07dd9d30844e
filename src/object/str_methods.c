// SPDX-License-Identifier: MIT
// Methods of str: searching, testing, stripping, padding, splitting.  Case is in str_case.c, format() in str_format.c.
#include "str_private.h"
#include "object/quick.h"
#include "parts.h"
#include <stdio.h>

// ---- arguments ----------------------------------------------------------------------------------------------------------
// args[1] and args[2] as a slice of v, clipped; false in *some when start lies behind end
static int read_range(Thread *t, V v, const V *args, size_t nargs, ptrdiff_t *from, ptrdiff_t *to) {
    ptrdiff_t n = (ptrdiff_t)str_len(v);
    *from = 0;
    *to = n;
    if (nargs > 1 && slice_index(t, args[1], from) < 0) return -1;
    if (nargs > 2 && slice_index(t, args[2], to) < 0) return -1;
    if (*to > n) *to = n;
    else if (*to < 0 && (*to += n) < 0) *to = 0;
    if (*from < 0 && (*from += n) < 0) *from = 0;
    return 0;
}

static V expect_str(Thread *t, V v) { return err_set(t, &exc_TypeError, "must be str, not %T", v); }

// ---- searching ------------------------------------------------------------------------------------------------------------
// The position, -1 for none, -2 with an exception.
static ptrdiff_t search(Thread *t, V self, const V *args, size_t nargs, const char *name, char what) {
    ptrdiff_t from, to;
    if (args_old_count(t, name, nargs, V_NULL, 1, 3) < 0 || read_range(t, self, args, nargs, &from, &to) < 0) return -2;
    if (!v_is_str(args[0])) return expect_str(t, args[0]), -2;
    if (what == 'c') return from > to ? 0 : (ptrdiff_t)str_count(self, args[0], (size_t)from, (size_t)to);
    return from > to ? -1 : str_find(self, args[0], (size_t)from, (size_t)to, what == 'f' ? 1 : -1);
}

#define SEARCH_METHOD(name, what, missing)                                                                             \
    static NATIVE(m_##name) {                                                                                          \
        (void)kwnames;                                                                                                 \
        ptrdiff_t at = search(t, self, args, nargs, #name, what);                                                      \
        if (at == -2) return V_ERROR;                                                                                  \
        if (at == -1 && (missing)) return err_set(t, &exc_ValueError, "substring not found");                          \
        return v_from_int(at);                                                                                         \
    }
SEARCH_METHOD(find, 'f', false)
SEARCH_METHOD(rfind, 'r', false)
SEARCH_METHOD(index, 'f', true)
SEARCH_METHOD(rindex, 'r', true)
SEARCH_METHOD(count, 'c', false)

static bool affix_at(V v, V affix, ptrdiff_t from, ptrdiff_t to, bool at_end) {
    ptrdiff_t m = (ptrdiff_t)str_len(affix);
    return from <= to && to - from >= m && str_match_at(v, affix, (size_t)(at_end ? to - m : from));
}

static V affix_method(Thread *t, V self, const V *args, size_t nargs, const char *name, bool at_end) {
    ptrdiff_t from, to;
    if (args_old_count(t, name, nargs, V_NULL, 1, 3) < 0 || read_range(t, self, args, nargs, &from, &to) < 0) return V_ERROR;
    if (v_is_str(args[0])) return v_from_bool(affix_at(self, args[0], from, to, at_end));
    if (!v_is_tuple(args[0])) {
        return err_set(t, &exc_TypeError, "%s first arg must be str or a tuple of str, not %T", name, args[0]);
    }
    for (size_t i = 0; i < tuple_len(args[0]); i++) {
        V affix = tuple_borrow(args[0], i);
        if (!v_is_str(affix)) return err_set(t, &exc_TypeError, "tuple for %s must only contain str, not %T", name, affix);
        if (affix_at(self, affix, from, to, at_end)) return V_TRUE;
    }
    return V_FALSE;
}
static NATIVE(m_startswith) {
    (void)kwnames;
    return affix_method(t, self, args, nargs, "startswith", false);
}
static NATIVE(m_endswith) {
    (void)kwnames;
    return affix_method(t, self, args, nargs, "endswith", true);
}

static NATIVE(m_replace) { // old, new, count=-1, /
    UNUSED_NATIVE();
    ptrdiff_t count = -1;
    if (!v_is_str(args[0])) return err_bad_argument(t, "replace", "argument 1", "str", args[0]);
    if (!v_is_str(args[1])) return err_bad_argument(t, "replace", "argument 2", "str", args[1]);
    if (args[2] != V_NULL && num_as_ssize(t, args[2], &exc_OverflowError, &count) < 0) return V_ERROR;
    return str_replace(t, self, args[0], args[1], count);
}

static NATIVE(m_join) {
    UNUSED_NATIVE();
    return str_join(t, self, args[0]);
}

// ---- tests ----------------------------------------------------------------------------------------------------------------
#define ALL_METHOD(name, empty, test)                                                                                  \
    static NATIVE(m_##name) {                                                                                          \
        UNUSED_NATIVE();                                                                                               \
        size_t n = str_len(self);                                                                                      \
        int kind = str_kind(self);                                                                                     \
        const void *p = str_data(self);                                                                                \
        for (size_t i = 0; i < n; i++) {                                                                               \
            uint32_t c = str_read(kind, p, i);                                                                         \
            if (!(test)) return V_FALSE;                                                                               \
        }                                                                                                              \
        return v_from_bool(n > 0 || (empty));                                                                          \
    }
ALL_METHOD(isalnum, false, uc_is_alnum(c))
ALL_METHOD(isalpha, false, uc_is_alpha(c))
ALL_METHOD(isdecimal, false, uc_is_decimal(c))
ALL_METHOD(isdigit, false, uc_is_digit(c))
ALL_METHOD(isnumeric, false, uc_is_numeric(c))
ALL_METHOD(isprintable, true, uc_is_printable(c))
ALL_METHOD(isspace, false, char_is_space(c))

static NATIVE(m_isascii) { UNUSED_NATIVE(); return v_from_bool(str_is_ascii(self)); }
static NATIVE(m_isidentifier) { UNUSED_NATIVE(); return v_from_bool(str_is_identifier(self)); }

static NATIVE(m_islower) {
    UNUSED_NATIVE();
    bool cased = false;
    for (size_t i = 0; i < str_len(self); i++) {
        uint32_t c = str_at(self, i);
        if (uc_is_upper(c) || uc_is_title(c)) return V_FALSE;
        cased = cased || uc_is_lower(c);
    }
    return v_from_bool(cased);
}

static NATIVE(m_isupper) {
    UNUSED_NATIVE();
    bool cased = false;
    for (size_t i = 0; i < str_len(self); i++) {
        uint32_t c = str_at(self, i);
        if (uc_is_lower(c) || uc_is_title(c)) return V_FALSE;
        cased = cased || uc_is_upper(c);
    }
    return v_from_bool(cased);
}

static NATIVE(m_istitle) {
    UNUSED_NATIVE();
    bool cased = false, inside = false;
    for (size_t i = 0; i < str_len(self); i++) {
        uint32_t c = str_at(self, i);
        bool upper = uc_is_upper(c) || uc_is_title(c), lower = !upper && uc_is_lower(c);
        if ((upper && inside) || (lower && !inside)) return V_FALSE;
        inside = upper || lower;
        cased |= inside;
    }
    return v_from_bool(cased);
}

// ---- stripping ------------------------------------------------------------------------------------------------------------
static const uint8_t latin1_space[256] = {[9 ... 13] = 1, [28 ... 32] = 1, [0x85] = 1, [0xa0] = 1};

static V strip_latin1(Thread *t, V self, bool left, bool right) {
    const uint8_t *p = str_data(self);
    size_t start = 0, end = str_len(self);
    while (left && start < end && latin1_space[p[start]]) start++;
    while (right && end > start && latin1_space[p[end - 1]]) end--;
    return str_substring(t, self, start, end);
}

static bool stripped(uint32_t c, V chars) {
    return chars == V_NULL ? char_is_space(c) : str_find_char(chars, c, 0, str_len(chars), 1) >= 0;
}

static V strip(Thread *t, V self, V chars, const char *name, bool left, bool right) {
    if (chars == V_NONE) chars = V_NULL;
    if (chars != V_NULL && !v_is_str(chars)) return err_set(t, &exc_TypeError, "%s arg must be None or str", name);
    if (chars == V_NULL && str_kind(self) == 1) return strip_latin1(t, self, left, right);
    size_t start = 0, end = str_len(self);
    while (left && start < end && stripped(str_at(self, start), chars)) start++;
    while (right && end > start && stripped(str_at(self, end - 1), chars)) end--;
    return str_substring(t, self, start, end);
}
static NATIVE(m_strip) { UNUSED_NATIVE(); return strip(t, self, args[0], "strip", true, true); }
static NATIVE(m_lstrip) { UNUSED_NATIVE(); return strip(t, self, args[0], "lstrip", true, false); }
static NATIVE(m_rstrip) { UNUSED_NATIVE(); return strip(t, self, args[0], "rstrip", false, true); }

static NATIVE(m_removeprefix) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "removeprefix", NULL, "str", args[0]);
    return str_substring(t, self, str_match_at(self, args[0], 0) ? str_len(args[0]) : 0, str_len(self));
}

static NATIVE(m_removesuffix) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "removesuffix", NULL, "str", args[0]);
    size_t n = str_len(self), m = str_len(args[0]);
    return str_substring(t, self, 0, m <= n && str_match_at(self, args[0], n - m) ? n - m : n);
}

// ---- padding ----------------------------------------------------------------------------------------------------------------
static V padded(Thread *t, V v, size_t left, size_t right, uint32_t fill) {
    size_t n = str_len(v);
    if (left + right == 0) return str_dup_exact(t, v);
    if (left > PTRDIFF_MAX - n || right > PTRDIFF_MAX - n - left) {
        return err_set(t, &exc_OverflowError, "padded string is too long");
    }
    int kind = str_kind(v), fill_kind = fill < 0x100 ? 1 : fill < 0x10000 ? 2 : 4;
    if (fill_kind > kind) kind = fill_kind;
    V r = str_alloc(t, left + n + right, kind, str_is_ascii(v) && fill < 128);
    if (v_is_error(r)) return r;
    void *p = str_data(r);
    if (kind == 1) {
        memset(p, (int)fill, left);
        memset((char *)p + left + n, (int)fill, right);
    } else {
        for (size_t i = 0; i < left; i++) str_write(kind, p, i, fill);
        for (size_t i = 0; i < right; i++) str_write(kind, p, left + n + i, fill);
    }
    str_copy_units(kind, p, left, str_kind(v), str_data(v), 0, n);
    if (left + n + right > 1) return r;
    v_drop(t, r);
    return str_from_char(t, fill);
}

static V justify(Thread *t, V self, const V *args, char how) {
    ptrdiff_t width;
    uint32_t fill = ' ';
    if (num_as_ssize(t, args[0], &exc_OverflowError, &width) < 0) return V_ERROR;
    if (args[1] != V_NULL) {
        if (!v_is_str(args[1])) return err_set(t, &exc_TypeError, "The fill character must be a unicode character, not %T", args[1]);
        if (str_len(args[1]) != 1) return err_set(t, &exc_TypeError, "The fill character must be exactly one character long");
        fill = str_at(args[1], 0);
    }
    size_t n = str_len(self), pad = width > (ptrdiff_t)n ? (size_t)width - n : 0;
    size_t left = how == 'l' ? 0 : how == 'r' ? pad : pad / 2 + (pad & (size_t)width & 1);
    return padded(t, self, left, pad - left, fill);
}
static NATIVE(m_center) { UNUSED_NATIVE(); return justify(t, self, args, 'c'); }
static NATIVE(m_ljust) { UNUSED_NATIVE(); return justify(t, self, args, 'l'); }
static NATIVE(m_rjust) { UNUSED_NATIVE(); return justify(t, self, args, 'r'); }

static NATIVE(m_zfill) {
    UNUSED_NATIVE();
    ptrdiff_t width;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &width) < 0) return V_ERROR;
    size_t n = str_len(self), pad = width > (ptrdiff_t)n ? (size_t)width - n : 0;
    V r = padded(t, self, pad, 0, '0');
    if (v_is_error(r) || pad == 0 || n == 0) return r;
    uint32_t sign = str_at(r, pad);
    if (sign == '+' || sign == '-') {
        str_write(str_kind(r), str_data(r), 0, sign);
        str_write(str_kind(r), str_data(r), pad, '0');
    }
    return r;
}

static NATIVE(m_expandtabs) {
    UNUSED_NATIVE();
    int tab = 8;
    if (args[0] != V_NULL && num_as_int(t, args[0], &tab) < 0) return V_ERROR;
    size_t n = str_len(self), column = 0, plain = 0;
    if (str_find_char(self, '\t', 0, n, 1) < 0) return str_dup_exact(t, self);
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(self, i);
        column++;
        if (c == '\n' || c == '\r') column = 0;
        if (c != '\t') continue;
        sb_substr(&b, self, plain, i);
        plain = i + 1;
        column--;
        if (tab <= 0) continue;
        size_t step = (size_t)tab - column % (size_t)tab;
        if (b.len > PTRDIFF_MAX - step) {
            sb_abandon(&b);
            return err_set(t, &exc_OverflowError, "new string is too long");
        }
        sb_fill(&b, ' ', step);
        column += step;
    }
    sb_substr(&b, self, plain, n);
    return sb_finish(&b);
}

// ---- splitting ----------------------------------------------------------------------------------------------------------------
static V partition(Thread *t, V self, V sep, bool last) {
    if (!v_is_str(sep)) return expect_str(t, sep);
    if (str_len(sep) == 0) return err_set(t, &exc_ValueError, "empty separator");
    size_t n = str_len(self);
    ptrdiff_t at = str_find(self, sep, 0, n, last ? -1 : 1);
    if (at < 0) {
        return last ? tuple_pack_steal(t, 3, str_empty(), str_empty(), str_dup_exact(t, self))
                    : tuple_pack_steal(t, 3, str_dup_exact(t, self), str_empty(), str_empty());
    }
    return tuple_pack_steal(t, 3, str_substring(t, self, 0, (size_t)at), v_dup(sep),
                            str_substring(t, self, (size_t)at + str_len(sep), n));
}
static NATIVE(m_partition) { UNUSED_NATIVE(); return partition(t, self, args[0], false); }
static NATIVE(m_rpartition) { UNUSED_NATIVE(); return partition(t, self, args[0], true); }

static int add_part(Thread *t, Parts *parts, V self, size_t start, size_t end) {
    return parts_poll(t, parts) < 0 ? -1 : parts_add_steal(t, parts, str_substring(t, self, start, end));
}

// A word of Latin-1.  One of a single character has a str of its own already, mostly.
static inline int add_word(Thread *t, Parts *parts, V self, const uint8_t *p, size_t start, size_t end) {
    if (parts_poll(t, parts) < 0) return -1;
    V word = end - start == 1 ? str_from_char_quick(p[start]) : V_NULL;
    return parts_add_steal(t, parts, word != V_NULL ? word : str_substring(t, self, start, end));
}

static int split_space_latin1(Thread *t, Parts *parts, V self, size_t max) {
    const uint8_t *p = str_data(self);
    size_t n = str_len(self), i = 0;
    for (;;) {
        while (i < n && latin1_space[p[i]]) i++;
        if (i == n) return 0;
        size_t start = i;
        if (max == 0) return add_part(t, parts, self, start, n);
        max--;
        while (i < n && !latin1_space[p[i]]) i++;
        if (unlikely(add_word(t, parts, self, p, start, i) < 0)) return -1;
    }
}

static int split_space(Thread *t, Parts *parts, V self, size_t max) {
    if (str_kind(self) == 1) return split_space_latin1(t, parts, self, max);
    size_t n = str_len(self), i = 0;
    int kind = str_kind(self);
    const void *p = str_data(self);
    for (;;) {
        while (i < n && char_is_space(str_read(kind, p, i))) i++;
        if (i == n) return 0;
        size_t start = i;
        if (max == 0) return add_part(t, parts, self, start, n);
        max--;
        while (i < n && !char_is_space(str_read(kind, p, i))) i++;
        if (add_part(t, parts, self, start, i) < 0) return -1;
    }
}

static int rsplit_space(Thread *t, Parts *parts, V self, size_t max) {
    size_t n = str_len(self);
    for (;;) {
        while (n && char_is_space(str_at(self, n - 1))) n--;
        if (n == 0) return 0;
        size_t end = n;
        if (max == 0) return add_part(t, parts, self, 0, end);
        max--;
        while (n && !char_is_space(str_at(self, n - 1))) n--;
        if (add_part(t, parts, self, n, end) < 0) return -1;
    }
}

static int split_sep(Thread *t, Parts *parts, V self, V sep, size_t max) {
    size_t n = str_len(self), m = str_len(sep), from = 0;
    int kind = str_kind(self);
    if (str_kind(sep) <= kind) {
        void *owned;
        const void *needle = str_widen(t, sep, kind, &owned);
        if (!needle) return -1;
        for (; max; max--) {
            ptrdiff_t at = units_find(kind, unit_at(kind, str_data(self), from), n - from, needle, m);
            if (at < 0) break;
            if (add_part(t, parts, self, from, from + (size_t)at) < 0) return mem_free(owned), -1;
            from += (size_t)at + m;
        }
        mem_free(owned);
    }
    return add_part(t, parts, self, from, n);
}

static int rsplit_sep(Thread *t, Parts *parts, V self, V sep, size_t max) {
    size_t n = str_len(self), m = str_len(sep);
    for (; max; max--) {
        ptrdiff_t at = str_find(self, sep, 0, n, -1);
        if (at < 0) break;
        if (add_part(t, parts, self, (size_t)at + m, n) < 0) return -1;
        n = (size_t)at;
    }
    return add_part(t, parts, self, 0, n);
}

static ALWAYS_INLINE V split(Thread *t, V v, V sep, ptrdiff_t limit, bool right) {
    size_t max = limit < 0 ? SIZE_MAX : (size_t)limit;
    if (sep == V_NULL) sep = V_NONE;
    if (sep != V_NONE && !v_is_str(sep)) return err_set(t, &exc_TypeError, "must be str or None, not %T", sep);
    if (sep != V_NONE && str_len(sep) == 0) return err_set(t, &exc_ValueError, "empty separator");
    Parts parts;
    parts_init(&parts);
    int status = sep == V_NONE ? (right ? rsplit_space : split_space)(t, &parts, v, max)
                               : (right ? rsplit_sep : split_sep)(t, &parts, v, sep, max);
    return parts_finish(t, &parts, status, right);
}

V str_split(Thread *t, V v, V sep, ptrdiff_t max) { return split(t, v, sep, max, false); }

static ALWAYS_INLINE V split_method(Thread *t, V self, const V *args, bool right) {
    ptrdiff_t max = -1;
    if (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &max) < 0) return V_ERROR;
    return split(t, self, args[0], max, right);
}
static NATIVE(m_split) { UNUSED_NATIVE(); return split_method(t, self, args, false); }
static NATIVE(m_rsplit) { UNUSED_NATIVE(); return split_method(t, self, args, true); }

static size_t line_end_latin1(const uint8_t *p, size_t i, size_t n) {
    static const uint8_t breaks[256] = {[10 ... 13] = 1, [28 ... 30] = 1, [0x85] = 1};
    while (i < n && !breaks[p[i]]) i++;
    return i;
}

static NATIVE(m_splitlines) {
    UNUSED_NATIVE();
    int keep = 0;
    if (args[0] != V_NULL && num_as_int(t, args[0], &keep) < 0) return V_ERROR;
    Parts parts;
    parts_init(&parts);
    size_t n = str_len(self);
    int status = 0;
    for (size_t i = 0; i < n && status == 0;) {
        size_t start = i;
        if (str_kind(self) == 1) i = line_end_latin1(str_data(self), i, n);
        else
            while (i < n && !uc_is_linebreak(str_at(self, i))) i++;
        size_t end = i;
        if (i < n) i += str_at(self, i) == '\r' && i + 1 < n && str_at(self, i + 1) == '\n' ? 2 : 1;
        status = add_part(t, &parts, self, start, keep ? i : end);
    }
    return parts_finish(t, &parts, status, false);
}

// ---- others ---------------------------------------------------------------------------------------------------------------------
static NATIVE(m_encode) {
    UNUSED_NATIVE();
    const char *name[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        if (args[i] == V_NULL) continue;
        if (!v_is_str(args[i])) return err_bad_argument(t, "encode", i ? "argument 'errors'" : "argument 'encoding'", "str", args[i]);
        if (!(name[i] = str_cstr(t, args[i]))) return V_ERROR;
    }
    return str_encode(t, self, name[0], name[1]);
}

static NATIVE(m_format_spec) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "__format__", NULL, "str", args[0]);
    if (str_len(args[0]) == 0) return is_exact_str(self) ? v_dup(self) : obj_str(t, self);
    return str_format_spec(t, self, args[0]);
}

static NATIVE(m_getnewargs) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 1, str_from_units(t, str_kind(self), str_data(self), str_len(self)));
}

static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    size_t n = (str_len(self) + 1) * (size_t)str_kind(self);
    return int_from_size(t, n + (str_is_ascii(self) ? 48 : 72));
}

NATIVE(str_m_lower); NATIVE(str_m_upper); NATIVE(str_m_swapcase); NATIVE(str_m_title); NATIVE(str_m_capitalize);
NATIVE(str_m_casefold); NATIVE(str_m_translate); NATIVE(str_m_maketrans); NATIVE(str_m_format); NATIVE(str_m_format_map);

const Method str_methods[] = {
    {"encode", m_encode, "encoding='utf-8', errors='strict'", 0, 0, "The text as bytes, in an encoding."},
    {"replace", m_replace, "old, new, count=-1, /", 0, 0, "A copy in which (the first count) occurrences of old are new."},
    {"split", m_split, "sep=None, maxsplit=-1", 0, 0, "A list of the parts between separators (None: runs of white space), split at most maxsplit times."},
    {"rsplit", m_rsplit, "sep=None, maxsplit=-1", 0, 0, "A list of the parts between separators, split from the right at most maxsplit times."},
    {"join", m_join, "iterable, /", 0, M_OLD_ARITY, "The items of the iterable with self between them."},
    {"capitalize", str_m_capitalize, "", 0, 0, "The first character in title case, the rest in lower case."},
    {"casefold", str_m_casefold, "", 0, 0, "A form for comparing without regard to case."},
    {"title", str_m_title, "", 0, 0, "A copy in which words start in title case and go on in lower case."},
    {"center", m_center, "width, fillchar=' ', /", 0, 0, "Padded with fillchar on both sides to the given width."},
    {"count", m_count, NULL, 0, M_RAW | M_TUPLE, "How often sub occurs without overlapping, in self[start:end]."},
    {"expandtabs", m_expandtabs, "tabsize=8", 0, 0, "Tabs replaced by spaces up to the next multiple of tabsize."},
    {"find", m_find, NULL, 0, M_RAW | M_TUPLE, "The lowest index at which sub lies within self[start:end], or -1."},
    {"partition", m_partition, "sep, /", 0, M_OLD_ARITY, "A tuple of what stands before the first sep, sep, and what stands behind it."},
    {"index", m_index, NULL, 0, M_RAW | M_TUPLE, "Like find, but raises ValueError when sub does not occur."},
    {"ljust", m_ljust, "width, fillchar=' ', /", 0, 0, "Padded with fillchar on the right to the given width."},
    {"lower", str_m_lower, "", 0, 0, "A copy in lower case."},
    {"lstrip", m_lstrip, "chars=None, /", 0, 0, "Without the leading characters that occur in chars (default: white space)."},
    {"rfind", m_rfind, NULL, 0, M_RAW | M_TUPLE, "The highest index at which sub lies within self[start:end], or -1."},
    {"rindex", m_rindex, NULL, 0, M_RAW | M_TUPLE, "Like rfind, but raises ValueError when sub does not occur."},
    {"rjust", m_rjust, "width, fillchar=' ', /", 0, 0, "Padded with fillchar on the left to the given width."},
    {"rstrip", m_rstrip, "chars=None, /", 0, 0, "Without the trailing characters that occur in chars (default: white space)."},
    {"rpartition", m_rpartition, "sep, /", 0, M_OLD_ARITY, "A tuple of what stands before the last sep, sep, and what stands behind it."},
    {"splitlines", m_splitlines, "keepends=False", 0, 0, "A list of the lines, with their ends when keepends is true."},
    {"strip", m_strip, "chars=None, /", 0, 0, "Without the leading and trailing characters that occur in chars (default: white space)."},
    {"swapcase", str_m_swapcase, "", 0, 0, "A copy with upper and lower case exchanged."},
    {"translate", str_m_translate, "table, /", 0, M_OLD_ARITY, "Each character replaced by what the table has for its code: a str, a code, or None to leave it out."},
    {"upper", str_m_upper, "", 0, 0, "A copy in upper case."},
    {"startswith", m_startswith, NULL, 0, M_RAW | M_TUPLE, "Whether self[start:end] starts with the prefix, or with one of a tuple of them."},
    {"endswith", m_endswith, NULL, 0, M_RAW | M_TUPLE, "Whether self[start:end] ends with the suffix, or with one of a tuple of them."},
    {"removeprefix", m_removeprefix, "prefix, /", 0, M_OLD_ARITY, "Without the prefix, when self starts with it."},
    {"removesuffix", m_removesuffix, "suffix, /", 0, M_OLD_ARITY, "Without the suffix, when self ends with it."},
    {"isascii", m_isascii, "", 0, 0, "Whether all characters are ASCII."},
    {"islower", m_islower, "", 0, 0, "Whether there are cased characters and all of them are in lower case."},
    {"isupper", m_isupper, "", 0, 0, "Whether there are cased characters and all of them are in upper case."},
    {"istitle", m_istitle, "", 0, 0, "Whether words start in upper or title case and go on in lower case."},
    {"isspace", m_isspace, "", 0, 0, "Whether there is only white space, and at least one character."},
    {"isdecimal", m_isdecimal, "", 0, 0, "Whether there are only decimal digits, and at least one."},
    {"isdigit", m_isdigit, "", 0, 0, "Whether there are only digits, and at least one."},
    {"isnumeric", m_isnumeric, "", 0, 0, "Whether there are only characters with a numeric value, and at least one."},
    {"isalpha", m_isalpha, "", 0, 0, "Whether there are only letters, and at least one."},
    {"isalnum", m_isalnum, "", 0, 0, "Whether there are only letters and numeric characters, and at least one."},
    {"isidentifier", m_isidentifier, "", 0, 0, "Whether the text is an identifier (keywords included)."},
    {"isprintable", m_isprintable, "", 0, 0, "Whether repr() shows all characters as they are."},
    {"zfill", m_zfill, "width, /", 0, M_OLD_ARITY, "Padded with zeros on the left, behind a sign, to the given width."},
    {"format", str_m_format, NULL, 0, M_RAW, "The text with its {fields} replaced by the arguments, formatted."},
    {"format_map", str_m_format_map, "mapping, /", 0, M_OLD_ARITY, "Like format(**mapping), without copying the mapping."},
    {"__format__", m_format_spec, "format_spec, /", 0, M_OLD_ARITY, "The text, by a format specification."},
    {"maketrans", str_m_maketrans, "x, y=<unrepresentable>, z=<unrepresentable>, /", 0, M_STATIC, "A table for translate: from a dict, or from two texts of equal length and characters to leave out."},
    {"__sizeof__", m_sizeof, "", 0, 0, "Memory that the object takes, in bytes."},
    {"__getnewargs__", m_getnewargs, "", 0, 0, NULL},
    METHOD_END,
};
