// SPDX-License-Identifier: MIT
// Finding text in text: the unit loops, str_find and relatives.
//
// Both sides are brought to the haystack's kind (a needle that is wider cannot occur).  Forward search is the C library's
// memmem, which never degrades to a product of the lengths; wider units use it too and skip what is found misaligned.
#include "object/bytes_algo.h"
#include "str_private.h"
#include "threading/poll.h"
#include <wchar.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// ---- single units -------------------------------------------------------------------------------------------------------
ptrdiff_t units_find_char(int kind, const void *hay, size_t n, uint32_t c) {
    if (kind == 1) {
        const char *p = c < 0x100 ? memchr(hay, (int)c, n) : NULL;
        return p ? p - (const char *)hay : -1;
    }
    if (kind == 4) {
        const wchar_t *p = wmemchr(hay, (wchar_t)c, n);
        return p ? p - (const wchar_t *)hay : -1;
    }
    const uint16_t *u = hay;
    for (size_t i = 0; i < n; i++)
        if (u[i] == c) return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t units_rfind_char(int kind, const void *hay, size_t n, uint32_t c) {
    if (kind == 1) {
        const char *p = c < 0x100 ? memrchr(hay, (int)c, n) : NULL;
        return p ? p - (const char *)hay : -1;
    }
    while (n-- > 0)
        if (str_read(kind, hay, n) == c) return (ptrdiff_t)n;
    return -1;
}

// ---- bytes, the fast way ------------------------------------------------------------------------------------------------
#if defined(__SSE2__)
// Looks for the needle's first and last byte in their distance, sixteen places at a time.  Bails out to memmem, which never
// degrades, when too many of those places were none.
static const char *find_bytes(const char *hay, size_t n, const char *needle, size_t m) {
    __m128i first = _mm_set1_epi8(needle[0]), last = _mm_set1_epi8(needle[m - 1]);
    size_t i = 0, wrong = 0;
    for (; i + m + 15 <= n; i += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(hay + i)), b = _mm_loadu_si128((const __m128i *)(const void *)(hay + i + m - 1));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));
        for (; mask; mask &= mask - 1) {
            const char *at = hay + i + __builtin_ctz(mask);
            if (m == 2 || memcmp(at + 1, needle + 1, m - 2) == 0) return at;
            if (++wrong > 64 + i / 16) return memmem(at, (size_t)(hay + n - at), needle, m);
        }
    }
    return memmem(hay + i, n - i, needle, m);
}
#else
static const char *find_bytes(const char *hay, size_t n, const char *needle, size_t m) { return memmem(hay, n, needle, m); }
#endif

// ---- runs of units --------------------------------------------------------------------------------------------------------
ptrdiff_t units_find(int kind, const void *hay, size_t n, const void *needle, size_t m) {
    if (m > n) return -1;
    if (m == 0) return 0;
    if (m == 1) return units_find_char(kind, hay, n, str_read(kind, needle, 0));
    const char *p = hay, *end = p + n * (size_t)kind;
    if (kind == 1) {
        const char *found = find_bytes(p, n, needle, m);
        return found ? found - p : -1;
    }
    for (;;) {
        const char *q = memmem(p, (size_t)(end - p), needle, m * (size_t)kind);
        if (!q) return -1;
        size_t off = (size_t)(q - (const char *)hay);
        if (off % (size_t)kind == 0) return (ptrdiff_t)(off / (size_t)kind);
        p = q + 1;
    }
}

ptrdiff_t units_rfind(int kind, const void *hay, size_t n, const void *needle, size_t m) {
    if (m > n) return -1;
    if (m == 0) return (ptrdiff_t)n;
    uint32_t first = str_read(kind, needle, 0);
    for (size_t end = n - m + 1; end > 0;) {
        ptrdiff_t at = units_rfind_char(kind, hay, end, first);
        if (at < 0) return -1;
        if (memcmp(unit_at(kind, hay, (size_t)at), needle, m * (size_t)kind) == 0) return at;
        end = (size_t)at;
    }
    return -1;
}

size_t units_count(int kind, const void *hay, size_t n, const void *needle, size_t m, size_t max) {
    if (m == 0) return n + 1 < max ? n + 1 : max;
    size_t count = 0;
    for (size_t at = 0; count < max && n - at >= m;) {
        ptrdiff_t found = units_find(kind, unit_at(kind, hay, at), n - at, needle, m);
        if (found < 0) break;
        at += (size_t)found + m;
        count++;
    }
    return count;
}

// ---- bytes ------------------------------------------------------------------------------------------------------------------
ptrdiff_t bytes_algo_find(const void *hay, size_t n, const void *needle, size_t m) { return units_find(1, hay, n, needle, m); }
ptrdiff_t bytes_algo_rfind(const void *hay, size_t n, const void *needle, size_t m) { return units_rfind(1, hay, n, needle, m); }
size_t bytes_algo_count(const void *hay, size_t n, const void *needle, size_t m, size_t max) {
    return units_count(1, hay, n, needle, m, max);
}

// ---- strings ------------------------------------------------------------------------------------------------------------------
ptrdiff_t str_find_char(V v, uint32_t c, size_t start, size_t end, int direction) {
    int kind = str_kind(v);
    if (start >= end || (kind == 1 && c > 0xff) || (kind == 2 && c > 0xffff)) return -1;
    const void *p = unit_at(kind, str_data(v), start);
    ptrdiff_t at = direction > 0 ? units_find_char(kind, p, end - start, c) : units_rfind_char(kind, p, end - start, c);
    return at < 0 ? -1 : at + (ptrdiff_t)start;
}

// A needle narrower than the haystack, widened: in the small array or, when long, in memory.
typedef struct Needle {
    const void *data;
    void *owned;
    uint32_t small[32];
} Needle;

static bool needle_widen(Needle *needle, V v, int kind) {
    needle->owned = NULL;
    needle->data = str_data(v);
    if (str_kind(v) == kind) return true;
    size_t bytes = str_len(v) * (size_t)kind;
    void *to = needle->small;
    if (bytes > sizeof needle->small) to = needle->owned = mem_alloc(thread_current(), bytes);
    if (!to) return false;
    str_copy_units(kind, to, 0, str_kind(v), str_data(v), 0, str_len(v));
    needle->data = to;
    return true;
}

// Without memory for a wide copy of a long needle: unit by unit.
static ptrdiff_t find_slowly(V hay, V needle, size_t start, size_t end, int direction) {
    size_t m = str_len(needle), n = end - start;
    if (m > n) return -1;
    for (size_t i = 0; i <= n - m; i++) {
        size_t at = direction > 0 ? start + i : end - m - i, k = 0;
        while (k < m && str_at(hay, at + k) == str_at(needle, k)) k++;
        if (k == m) return (ptrdiff_t)at;
    }
    return -1;
}

ptrdiff_t str_find(V hay, V needle, size_t start, size_t end, int direction) {
    int kind = str_kind(hay);
    size_t m = str_len(needle);
    if (start > end || m > end - start || str_kind(needle) > kind) return -1;
    if (m == 1) return str_find_char(hay, str_at(needle, 0), start, end, direction);
    Needle wide;
    if (!needle_widen(&wide, needle, kind)) return find_slowly(hay, needle, start, end, direction);
    const void *p = unit_at(kind, str_data(hay), start);
    ptrdiff_t at = direction > 0 ? units_find(kind, p, end - start, wide.data, m)
                                 : units_rfind(kind, p, end - start, wide.data, m);
    mem_free(wide.owned);
    return at < 0 ? -1 : at + (ptrdiff_t)start;
}

size_t str_count(V hay, V needle, size_t start, size_t end) {
    int kind = str_kind(hay);
    if (start > end || str_len(needle) > end - start || str_kind(needle) > kind) return 0;
    Needle wide;
    if (!needle_widen(&wide, needle, kind)) {
        size_t count = 0;
        for (ptrdiff_t at; (at = find_slowly(hay, needle, start, end, 1)) >= 0; start = (size_t)at + str_len(needle)) count++;
        return count;
    }
    size_t count = 0, m = str_len(needle);
    const void *p = unit_at(kind, str_data(hay), start);
    if (end - start < DETACH_UNITS) count = units_count(kind, p, end - start, wide.data, m, SIZE_MAX);
    else BLOCKING(thread_current()) count = units_count(kind, p, end - start, wide.data, m, SIZE_MAX);
    mem_free(wide.owned);
    return count;
}

bool str_match_at(V v, V part, size_t at) {
    size_t m = str_len(part);
    int kind = str_kind(v), part_kind = str_kind(part);
    if (at > str_len(v) || m > str_len(v) - at || part_kind > kind) return false;
    if (part_kind == kind) return memcmp(unit_at(kind, str_data(v), at), str_data(part), m * (size_t)kind) == 0;
    for (size_t i = 0; i < m; i++)
        if (str_at(v, at + i) != str_at(part, i)) return false;
    return true;
}

// ---- replacing ----------------------------------------------------------------------------------------------------------------
static V replace_char(Thread *t, V v, uint32_t from, uint32_t to, size_t max) {
    int kind = str_kind(v);
    size_t n = str_len(v);
    ptrdiff_t at = str_find_char(v, from, 0, n, 1);
    if (at < 0) return str_dup_exact(t, v);
    StrBuilder b;
    if (to > 0xff && kind < 4) { // may widen: the general way
        sb_init(&b, t);
        for (size_t i = 0; i < n; i++) {
            uint32_t c = str_at(v, i);
            if (c == from && max) c = to, max--;
            sb_char(&b, c);
        }
        return sb_finish(&b);
    }
    if (kind == 1 && max >= n && str_is_ascii(v) && to < 128 && n > 1) {
        V r = str_alloc(t, n, 1, true);
        if (v_is_error(r)) return r;
        const uint8_t *p = str_data(v);
        uint8_t *q = str_data(r), old = (uint8_t)from, new_ = (uint8_t)to;
        for (size_t i = 0; i < n; i++) q[i] = p[i] == old ? new_ : p[i];
        return r;
    }
    void *copy = mem_alloc(t, n * (size_t)kind);
    if (!copy) return err_no_memory(t);
    memcpy(copy, str_data(v), n * (size_t)kind);
    for (; at >= 0 && max; max--) {
        str_write(kind, copy, (size_t)at, to);
        at = str_find_char(v, from, (size_t)at + 1, n, 1);
    }
    V r = str_from_units(t, kind, copy, n);
    mem_free(copy);
    return r;
}

// "abc".replace("", "-")
static V replace_interleave(Thread *t, V v, V new_, size_t max) {
    StrBuilder b;
    sb_init(&b, t);
    size_t n = str_len(v), i = 0;
    for (; i <= n && max; i++, max--) {
        sb_str(&b, new_);
        if (i < n) sb_substr(&b, v, i, i + 1);
    }
    if (i < n) sb_substr(&b, v, i, n);
    return sb_finish(&b);
}

// All of it ASCII, and `old` stands at `at`: counted first, so that the result is written where it stays.
static V replace_ascii(Thread *t, V v, V old, V new_, size_t max, size_t at) {
    const char *p = str_data(v), *fresh = str_data(new_);
    size_t n = str_len(v), m = str_len(old), k = str_len(new_), grown, total;
    size_t count = 1 + units_count(1, p + at + m, n - at - m, str_data(old), m, max - 1);
    if (size_mul_overflow(count, k, &grown) || size_add_overflow(grown, n - count * m, &total) || total > PTRDIFF_MAX) return err_no_memory(t);
    if (total == 0) return str_empty();
    V r = str_alloc(t, total, 1, true);
    if (v_is_error(r)) return r;
    char *q = str_data(r);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        if (i) at = from + (size_t)units_find(1, p + from, n - from, str_data(old), m);
        q = (char *)memcpy(q, p + from, at - from) + (at - from);
        q = (char *)memcpy(q, fresh, k) + k;
        from = at + m;
    }
    memcpy(q, p + from, n - from);
    if (total > 1) return r;
    V one = str_from_char(t, str_at(r, 0));
    v_drop(t, r);
    return one;
}

V str_replace(Thread *t, V v, V old, V new_, ptrdiff_t count) {
    size_t max = count < 0 ? SIZE_MAX : (size_t)count, n = str_len(v), m = str_len(old);
    int kind = str_kind(v);
    if (max == 0 || m > n || str_kind(old) > kind || str_equal(old, new_)) return str_dup_exact(t, v);
    if (m == 0) return replace_interleave(t, v, new_, max);
    if (m == 1 && str_len(new_) == 1) return replace_char(t, v, str_at(old, 0), str_at(new_, 0), max);
    ptrdiff_t at = str_find(v, old, 0, n, 1);
    if (at < 0) return str_dup_exact(t, v);
    if (kind == 1 && str_is_ascii(v) && str_is_ascii(new_)) return replace_ascii(t, v, old, new_, max, (size_t)at);
    Needle wide;
    if (!needle_widen(&wide, old, kind)) return err_no_memory(t);
    StrBuilder b;
    sb_init(&b, t);
    size_t from = 0;
    while (at >= 0 && max--) {
        sb_substr(&b, v, from, (size_t)at);
        sb_str(&b, new_);
        from = (size_t)at + m;
        ptrdiff_t next = units_find(kind, unit_at(kind, str_data(v), from), n - from, wide.data, m);
        at = next < 0 ? -1 : next + (ptrdiff_t)from;
    }
    sb_substr(&b, v, from, n);
    mem_free(wide.owned);
    return sb_finish(&b);
}

// ---- joining --------------------------------------------------------------------------------------------------------------------
static inline __attribute__((always_inline)) V join_slots(Thread *t, V separator, size_t n, V (*item)(const void *, size_t), const void *items) {
    size_t total = 0, sep_len = str_len(separator);
    int kind = n > 1 ? str_kind(separator) : 1;
    bool ascii = n > 1 ? str_is_ascii(separator) : true;
    if (sep_len == 0) kind = 1, ascii = true;
    unsigned all = STR_ASCII, any = (unsigned)kind;
    for (size_t i = 0; i < n; i++) {
        V v = item(items, i);
        if (unlikely(!v_is_exact(v, &str_type) && !v_is_str(v)))
            return err_set(t, &exc_TypeError, "sequence item %zd: expected str instance, %T found", (ptrdiff_t)i, v);
        unsigned aux = at_load_relaxed(&str_of(v)->head.aux);
        any |= aux & STR_KIND;
        all &= aux;
        total += str_len(v); // neither is above PTRDIFF_MAX
        if (unlikely(total > PTRDIFF_MAX)) return err_set(t, &exc_OverflowError, "join() result is too long for a Python string");
    }
    size_t between;
    if (size_mul_overflow(n - 1, sep_len, &between) || size_add_overflow(total, between, &total) || total > PTRDIFF_MAX)
        return err_set(t, &exc_OverflowError, "join() result is too long for a Python string");
    kind = any & 4 ? 4 : any & 2 ? 2 : 1;
    ascii &= all != 0;
    if (n == 1 && is_exact_str(item(items, 0))) return v_dup(item(items, 0));
    if (total == 0) return str_empty();
    V r = str_alloc(t, total, kind, ascii);
    if (v_is_error(r)) return r;
    void *to = str_data(r);
    size_t at = 0;
    if (kind == 1) {
        const char *sep = str_data(separator);
        for (char *q = to; at < n; at++) {
            V v = item(items, at);
            if (at) {
                if (sep_len == 1) *q++ = *sep;
                else q = (char *)memcpy(q, sep, sep_len) + sep_len;
            }
            size_t len = str_len(v);
            const char *from = str_data(v);
            if (len == 1) *q++ = *from;
            else q = (char *)memcpy(q, from, len) + len;
        }
        return r;
    }
    for (size_t i = 0; i < n; i++) {
        V v = item(items, i);
        if (i && sep_len) {
            str_copy_units(kind, to, at, str_kind(separator), str_data(separator), 0, sep_len);
            at += sep_len;
        }
        str_copy_units(kind, to, at, str_kind(v), str_data(v), 0, str_len(v));
        at += str_len(v);
    }
    return r;
}

static V slot_item(const void *slots, size_t i) { return slot_peek(&((const Slot *)slots)[i]); }
static V array_item(const void *items, size_t i) { return ((const V *)items)[i]; }

V str_join_array(Thread *t, V separator, const V *items, size_t n) {
    if (n == 0) return str_empty();
    return join_slots(t, separator, n, array_item, items);
}

V str_join(Thread *t, V separator, V iterable) {
    if (v_is_exact(iterable, &list_type) && !obj_is_shared(v_obj(iterable))) { // nothing changes it meanwhile
        size_t n = list_len(iterable);
        return n ? join_slots(t, separator, n, slot_item, list_of(iterable)->items->slots) : str_empty();
    }
    V seq = v_is_exact(iterable, &tuple_type) ? v_dup(iterable) : obj_to_tuple(t, iterable);
    if (v_is_error(seq)) {
        if (err_matches(t, &exc_TypeError) && !v_type(iterable)->iter && !obj_is_sequence(iterable))
            return err_clear(t), err_set(t, &exc_TypeError, "can only join an iterable");
        return seq;
    }
    V r = tuple_len(seq) ? join_slots(t, separator, tuple_len(seq), slot_item, tuple_of(seq)->items) : str_empty();
    v_drop(t, seq);
    return r;
}
