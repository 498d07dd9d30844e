// SPDX-License-Identifier: MIT
// str: making strings, comparing them, gluing and cutting; the type object.
//
// A str is immutable once somebody else can see it, with two exceptions that nobody notices: its hash and its UTF-8 form
// are computed on demand (the same result from every thread), and `a += b` may grow a LOCAL str whose one reference is
// the operand being consumed.  The kind is canonical: the narrowest that holds the contents.
//
// Beside this file: str_intern.c (names), str_builder.c, str_utf8.c, str_search.c, str_repr.c, str_cformat.c (the
// messages of errors), str_methods*.c, str_format.c (str.format), str_percent.c, str_iter.c.
#include "str_private.h"
#include "threading/heap_leaf.h"

// ---- allocation -----------------------------------------------------------------------------------------------------
static bool str_size(size_t len, int kind, size_t *size) {
    size_t bytes;
    if (size_mul_overflow(len + 1, (size_t)kind, &bytes)) return false;
    return !size_add_overflow(bytes, sizeof(Str), size) && *size <= PTRDIFF_MAX && len < PTRDIFF_MAX;
}

V str_alloc(Thread *t, size_t len, int kind, bool ascii) {
    size_t size;
    if (!str_size(len, kind, &size)) return err_no_memory(t);
    Str *s = (Str *)obj_alloc_leaf(t, &str_type, size, sizeof(Str));
    if (!s) return err_no_memory(t);
    s->len = len;
    s->head.aux = (uint16_t)(kind | (ascii ? STR_ASCII : 0));
    return v_from(s);
}

static int kind_of_char(uint32_t max_char) { return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4; }

V str_new(Thread *t, size_t len, uint32_t max_char) {
    return str_alloc(t, len, kind_of_char(max_char), max_char < 0x80);
}

static void str_free(Thread *t, Obj *o) {
    (void)t;
    Str *s = (Str *)o;
    char *utf8 = at_load_relaxed(&s->utf8);
    if (utf8 && utf8 != s->data) mem_free(utf8);
}

static NOINLINE void destroy_known(Thread *t, Obj *o) {
    bool interned = at_load_relaxed(&o->aux) & STR_INTERNED;
    if (interned) str_intern_forget((Str *)o);
    str_free(t, o);
    if (interned) obj_retire_memory(t, o);
    else obj_free_memory(t, o);
}

static void str_destroy(Thread *t, Obj *o) {
    bool known = (at_load_relaxed(&o->aux) & STR_INTERNED) || at_load_relaxed(&((Str *)o)->utf8);
    if (unlikely(known)) destroy_known(t, o);
    else obj_free_memory(t, o);
}

// ---- units ------------------------------------------------------------------------------------------------------------
void str_copy_units(int to_kind, void *to, size_t to_at, int from_kind, const void *from, size_t from_at, size_t n) {
    if (n == 0) return;
    if (to_kind == from_kind) {
        memcpy((char *)to + to_at * (size_t)to_kind, unit_at(from_kind, from, from_at), n * (size_t)to_kind);
        return;
    }
#define COPY(T, F)                                                                                                     \
    do {                                                                                                               \
        T *q = (T *)to + to_at;                                                                                        \
        const F *p = (const F *)from + from_at;                                                                        \
        for (size_t i = 0; i < n; i++) q[i] = (T)p[i];                                                                 \
    } while (0)
    switch (to_kind << 4 | from_kind) {
    case 0x12: COPY(uint8_t, uint16_t); break;
    case 0x14: COPY(uint8_t, uint32_t); break;
    case 0x21: COPY(uint16_t, uint8_t); break;
    case 0x24: COPY(uint16_t, uint32_t); break;
    case 0x41: COPY(uint32_t, uint8_t); break;
    case 0x42: COPY(uint32_t, uint16_t); break;
    default: HD_UNREACHABLE();
    }
#undef COPY
}

uint32_t units_max(int kind, const void *p, size_t n) {
    if (kind == 1) return utf8_is_ascii(p, n) ? 0x7f : 0xff;
    if (kind == 2) {
        uint32_t all = 0;
        const uint16_t *u = p;
        for (size_t i = 0; i < n; i++) all |= u[i];
        return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : 0xffff;
    }
    uint32_t all = 0;
    const uint32_t *u = p;
    for (size_t i = 0; i < n; i++) all |= u[i];
    return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : all < 0x10000 ? 0xffff : 0x10ffff;
}

V str_from_units(Thread *t, int kind, const void *p, size_t n) {
    if (n == 0) return str_empty();
    if (n == 1) return str_from_char(t, str_read(kind, p, 0));
    V v = str_new(t, n, units_max(kind, p, n));
    if (v_is_error(v)) return v;
    str_copy_units(str_kind(v), str_data(v), 0, kind, p, 0, n);
    return v;
}

V str_from_latin1(Thread *t, const char *p, size_t n) { return str_from_units(t, 1, p, n); }

V str_from_ascii(Thread *t, const char *p, size_t n) {
    if (unlikely(n <= 1)) return str_from_units(t, 1, p, n);
    V v = str_alloc(t, n, 1, true);
    if (!v_is_error(v)) memcpy(str_data(v), p, n);
    return v;
}

V str_from_cstr(Thread *t, const char *s) { return str_from_utf8(t, s, strlen(s)); }

const void *str_widen(Thread *t, V v, int kind, void **owned) {
    *owned = NULL;
    if (str_kind(v) == kind) return str_data(v);
    void *p = mem_alloc(t, (str_len(v) + 1) * (size_t)kind);
    if (!p) {
        err_no_memory(t);
        return NULL;
    }
    str_copy_units(kind, p, 0, str_kind(v), str_data(v), 0, str_len(v) + 1);
    return *owned = p;
}

V str_substring(Thread *t, V v, size_t start, size_t end) {
    HD_ASSERT(start <= end && end <= str_len(v));
    size_t n = end - start;
    if (n == 0) return str_empty();
    if (n == str_len(v) && is_exact_str(v)) return v_dup(v);
    int kind = str_kind(v);
    const void *p = unit_at(kind, str_data(v), start);
    if (n == 1) return str_from_char(t, str_read(kind, p, 0));
    if (!str_is_ascii(v)) return str_from_units(t, kind, p, n);
    V r = str_alloc(t, n, 1, true);
    if (!v_is_error(r)) memcpy(str_data(r), p, n);
    return r;
}

// ---- hash, equality, order ----------------------------------------------------------------------------------------------
int64_t str_hash_data(const void *data, size_t len, int kind) {
    int64_t h = (int64_t)siphash_bytes(data, len * (size_t)kind);
    return h == -1 ? -2 : h;
}

int64_t str_hash(V v) {
    Str *s = str_of(v);
    int64_t h = at_load_relaxed(&s->hash);
    if (h == 0) {
        h = str_hash_data(s->data, s->len, str_kind(v));
        at_store_relaxed(&s->hash, h);
    }
    return h;
}

bool str_equal(V a, V b) {
    const Str *x = str_of(a), *y = str_of(b);
    if (x == y) return true;
    if (x->len != y->len || str_kind(a) != str_kind(b)) return false;
    int64_t hx = at_load_relaxed(&x->hash), hy = at_load_relaxed(&y->hash);
    if (hx != hy && hx != 0 && hy != 0) return false;
    return memcmp(x->data, y->data, x->len * (size_t)str_kind(a)) == 0;
}

bool str_equal_ascii(V v, const char *ascii) {
    size_t n = strlen(ascii);
    return str_len(v) == n && str_kind(v) == 1 && memcmp(str_data(v), ascii, n) == 0;
}

int str_compare(V a, V b) {
    size_t n = str_len(a), m = str_len(b), k = n < m ? n : m;
    const void *p = str_data(a), *q = str_data(b);
    int kp = str_kind(a), kq = str_kind(b);
    if (kp == 1 && kq == 1) {
        int c = memcmp(p, q, k);
        if (c != 0) return c < 0 ? -1 : 1;
    } else {
        for (size_t i = 0; i < k; i++) {
            uint32_t x = str_read(kp, p, i), y = str_read(kq, q, i);
            if (x != y) return x < y ? -1 : 1;
        }
    }
    return (n > m) - (n < m);
}

static V compare_slot(Thread *t, V a, V b, int op) {
    (void)t;
    if (!v_is_str(a) || !v_is_str(b)) return V_NOT_IMPLEMENTED;
    if (op == CMP_EQ) return v_from_bool(str_equal(a, b));
    if (op == CMP_NE) return v_from_bool(!str_equal(a, b));
    return v_from_bool(cmp_holds(str_compare(a, b), 0, op));
}

static int hash_slot(Thread *t, V v, int64_t *out) {
    (void)t;
    *out = str_hash(v);
    return 0;
}

// ---- concatenation ------------------------------------------------------------------------------------------------------
V str_concat(Thread *t, V a, V b) {
    size_t n = str_len(a), m = str_len(b);
    if (n == 0 && is_exact_str(b)) return v_dup(b);
    if (m == 0 && is_exact_str(a)) return v_dup(a);
    if (n > PTRDIFF_MAX - m) return err_set(t, &exc_OverflowError, "strings are too large to concat");
    int ka = str_kind(a), kb = str_kind(b), kind = ka > kb ? ka : kb;
    V r = str_alloc(t, n + m, kind, str_is_ascii(a) && str_is_ascii(b));
    if (v_is_error(r)) return r;
    str_copy_units(kind, str_data(r), 0, ka, str_data(a), 0, n);
    str_copy_units(kind, str_data(r), n, kb, str_data(b), 0, m);
    return r;
}

// Makes the unique str a longer in place, or moves it; false leaves a as it was.
static bool grow_unique(Thread *t, V *a, V b) {
    Str *s = str_of(*a);
    size_t m = str_len(b), size;
    if (!v_is_unique(*a) || s->head.type != &str_type || (s->head.aux & STR_INTERNED)) return false;
    int kind = str_kind(*a);
    if (str_kind(b) > kind || s->len < 64 || v_is(*a, b) || !str_size(s->len + m, kind, &size)) return false;
    if (s->utf8 && s->utf8 != s->data) mem_free(s->utf8);
    s->utf8 = NULL;
    Str *grown = (Str *)obj_grow_leaf(t, &s->head, size);
    if (!grown) return false;
    str_copy_units(kind, grown->data, grown->len, str_kind(b), str_data(b), 0, m);
    grown->len += m;
    str_write(kind, grown->data, grown->len, 0);
    grown->hash = 0;
    if (!str_is_ascii(b)) grown->head.aux &= (uint16_t)~STR_ASCII;
    *a = v_from(grown);
    return true;
}

V str_concat_steal(Thread *t, V a, V b) {
    if (str_len(b) != 0 && grow_unique(t, &a, b)) return a;
    V r = str_concat(t, a, b);
    v_drop(t, a);
    return r;
}

static V concat_slot(Thread *t, V a, V b) {
    if (!v_is_str(b)) return err_set(t, &exc_TypeError, "can only concatenate str (not \"%T\") to str", b);
    return str_concat(t, a, b);
}

static void fill_units(int kind, void *p, uint32_t c, size_t n) {
    if (kind == 1) memset(p, (int)c, n);
    else
        for (size_t i = 0; i < n; i++) str_write(kind, p, i, c);
}

static V repeat_n(Thread *t, V v, ptrdiff_t count) {
    size_t n = str_len(v), total;
    if (count <= 0 || n == 0) return str_empty();
    if (count == 1) return str_dup_exact(t, v);
    if (size_mul_overflow(n, (size_t)count, &total) || total > PTRDIFF_MAX) return err_no_memory(t);
    int kind = str_kind(v);
    V r = str_alloc(t, total, kind, str_is_ascii(v));
    if (v_is_error(r)) return r;
    char *p = str_data(r);
    if (n == 1) {
        fill_units(kind, p, str_at(v, 0), total);
        return r;
    }
    size_t bytes = total * (size_t)kind, done = n * (size_t)kind;
    memcpy(p, str_data(v), done);
    while (done < bytes) {
        size_t step = done <= bytes - done ? done : bytes - done;
        memcpy(p + done, p, step);
        done += step;
    }
    return r;
}

static V repeat_slot(Thread *t, V a, V b) {
    V v = v_is_str(a) ? a : b, n = v_is_str(a) ? b : a;
    ptrdiff_t count;
    if (num_as_ssize(t, n, &exc_OverflowError, &count) < 0) return V_ERROR;
    return repeat_n(t, v, count);
}

// ---- access ---------------------------------------------------------------------------------------------------------------
static ptrdiff_t len_slot(Thread *t, V v) {
    (void)t;
    return (ptrdiff_t)str_len(v);
}

static V item_slot(Thread *t, V v, ptrdiff_t i) {
    if (i < 0 || (size_t)i >= str_len(v)) return err_set(t, &exc_IndexError, "string index out of range");
    return str_from_char(t, str_at(v, (size_t)i));
}

static V slice_of(Thread *t, V v, V slice) {
    ptrdiff_t start, stop, step, len = (ptrdiff_t)str_len(v);
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return V_ERROR;
    ptrdiff_t n = slice_adjust(len, &start, &stop, step);
    if (n <= 0) return str_empty();
    if (step == 1) return str_substring(t, v, (size_t)start, (size_t)(start + n));
    int kind = str_kind(v);
    const void *p = str_data(v);
    uint32_t max = 0;
    for (ptrdiff_t i = 0, at = start; i < n; i++, at += step) max |= str_read(kind, p, (size_t)at);
    if (n == 1) return str_from_char(t, max);
    V r = str_new(t, (size_t)n, max > 0x10ffff ? 0x10ffff : max);
    if (v_is_error(r)) return r;
    int to = str_kind(r);
    void *q = str_data(r);
    for (ptrdiff_t i = 0, at = start; i < n; i++, at += step) str_write(to, q, (size_t)i, str_read(kind, p, (size_t)at));
    return r;
}

static V subscript_slot(Thread *t, V v, V key) {
    ptrdiff_t i;
    if (v_is_int(key)) {
        i = v_int(key);
    } else if (v_is_exact(key, &slice_type)) {
        return slice_of(t, v, key);
    } else if (v_is_any_int(key) || v_type(key)->index) {
        if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
    } else {
        return err_set(t, &exc_TypeError, "string indices must be integers, not '%T'", key);
    }
    if (i < 0) i += (ptrdiff_t)str_len(v);
    return item_slot(t, v, i);
}

static int contains_slot(Thread *t, V v, V item) {
    if (!v_is_str(item)) {
        err_set(t, &exc_TypeError, "'in <string>' requires string as left operand, not %T", item);
        return -1;
    }
    return str_find(v, item, 0, str_len(v), 1) >= 0;
}

static V str_slot(Thread *t, V v) { return str_dup_exact(t, v); }

static V remainder_slot(Thread *t, V a, V b) { return v_is_str(a) ? str_format_percent(t, a, b) : V_NOT_IMPLEMENTED; }

// ---- construction -----------------------------------------------------------------------------------------------------------
// str(object, encoding, errors)
static V new_decoded(Thread *t, V object, V encoding, V errors) {
    const char *enc = NULL, *err = NULL;
    V names[2] = {encoding, errors};
    const char **out[2] = {&enc, &err};
    for (int i = 0; i < 2; i++) {
        if (names[i] == V_NULL) continue;
        if (!v_is_str(names[i])) return err_bad_argument(t, "str", i ? "argument 'errors'" : "argument 'encoding'", "str", names[i]);
        if (!(*out[i] = str_cstr(t, names[i]))) return V_ERROR;
    }
    if (v_is_str(object)) return err_set(t, &exc_TypeError, "decoding str is not supported");
    if (!obj_has_buffer(object)) {
        return err_set(t, &exc_TypeError, "decoding to str: need a bytes-like object, %T found", object);
    }
    return codec_decode(t, object, enc, err);
}

static V as_subtype(Thread *t, Type *type, V v) {
    size_t n = str_len(v), bytes = (n + 1) * (size_t)str_kind(v);
    V r = type_alloc(t, type, bytes);
    if (v_is_error(r)) return r;
    Str *s = str_of(r);
    s->len = n;
    s->head.aux = at_load_relaxed(&str_of(v)->head.aux) & (STR_KIND | STR_ASCII);
    s->hash = at_load_relaxed(&str_of(v)->hash);
    memcpy(s->data, str_data(v), bytes);
    return r;
}

V str_type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V arg[3] = {V_NULL, V_NULL, V_NULL}, v;
    if (nargs == 1 && kwnames == V_NULL) arg[0] = args[0];
    else if (args_bind(t, "str", "object='', encoding='utf-8', errors='strict'", args, nargs, kwnames, arg) < 0)
        return V_ERROR;
    if (arg[0] == V_NULL) v = str_empty();
    else if (arg[1] == V_NULL && arg[2] == V_NULL) v = obj_str(t, arg[0]);
    else v = new_decoded(t, arg[0], arg[1], arg[2]);
    if (v_is_error(v) || type == &str_type) return v;
    V r = as_subtype(t, type, v);
    v_drop(t, v);
    return r;
}

Type str_type = {
    TYPE_HEAD("str"), .getattr = obj_generic_getattr,
    .base = &object_type,
    .doc = "str(object='', encoding='utf-8', errors='strict')\n\n"
           "The text of an object: what its __str__ or __repr__ gives or, with an encoding or an error handler,\n"
           "what the bytes of a buffer decode to.",
    .flags = TYPE_BASETYPE | TYPE_STR | TYPE_IMMUTABLE | TYPE_ITEM_SELF,
    .size = sizeof(Str),
    .item_size = 1,
    .free_ = str_free,
    .destroy = str_destroy,
    .new_ = str_type_new,
    .repr = str_repr,
    .str = str_slot,
    .hash = hash_slot,
    .compare = compare_slot,
    .iter = str_iter_new,
    .remainder = remainder_slot,
    .len = len_slot,
    .subscript = subscript_slot,
    .item = item_slot,
    .contains = contains_slot,
    .concat = concat_slot,
    .repeat = repeat_slot,
    .methods = str_methods,
};
