// SPDX-License-Identifier: MIT
// array: its methods, and how it is pickled.
#include "array_private.h"
#include "base/bits.h"

static V none_or_error(int r) { return r < 0 ? V_ERROR : V_NONE; }

// ---- single items ------------------------------------------------------------------------------------------------------
static NATIVE(m_append) {
    UNUSED_NATIVE();
    return none_or_error(array_append(t, self, args[0]));
}

static NATIVE(m_insert) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    ptrdiff_t i;
    char item[8];
    if (num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0 || a->kind->set(t, item, args[1]) < 0) return V_ERROR;
    CRITICAL(t, &a->head);
    size_t n = a->len, size = a->kind->size;
    if (i < 0 && (i += (ptrdiff_t)n) < 0) i = 0;
    if (i > (ptrdiff_t)n) i = (ptrdiff_t)n;
    if (array_resize(t, a, n + 1) < 0) return V_ERROR;
    char *p = a->items + (size_t)i * size;
    memmove(p + size, p, (n - (size_t)i) * size);
    memcpy(p, item, size);
    return V_NONE;
}

// With the lock.
static int remove_at(Thread *t, Array *a, size_t i) {
    size_t size = a->kind->size;
    if (at_load_acquire(&a->exports)) return array_resize(t, a, a->len - 1);
    memmove(a->items + i * size, a->items + (i + 1) * size, (a->len - i - 1) * size);
    return array_resize(t, a, a->len - 1);
}

static NATIVE(m_pop) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    ptrdiff_t i = -1;
    if (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &i) < 0) return V_ERROR;
    CRITICAL(t, &a->head);
    if (a->len == 0) return err_set(t, &exc_IndexError, "pop from empty array");
    if (i < 0) i += (ptrdiff_t)a->len;
    if ((size_t)i >= a->len) return err_set(t, &exc_IndexError, "pop index out of range");
    V v = a->kind->get(t, a->items + (size_t)i * a->kind->size);
    if (v_is_error(v) || remove_at(t, a, (size_t)i) == 0) return v;
    v_drop(t, v);
    return V_ERROR;
}

// Position of value in [start, stop), as index() takes them; -1 missing, -2 error.
static ptrdiff_t find(Thread *t, V self, V value, ptrdiff_t start, ptrdiff_t stop, int64_t *count) {
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    ptrdiff_t n = (ptrdiff_t)a->len;
    if (start < 0 && (start += n) < 0) start = 0;
    if (stop < 0) stop += n;
    for (ptrdiff_t i = start; i < stop && i < (ptrdiff_t)at_load_relaxed(&a->len); i++) {
        V item = array_type.item(t, self, i);
        if (v_is_error(item)) return -2;
        int equal = obj_compare_bool(t, item, value, CMP_EQ);
        v_drop(t, item);
        if (equal < 0) return -2;
        if (equal && !count) return i;
        if (equal) ++*count;
    }
    return -1;
}

static NATIVE(m_index) {
    UNUSED_NATIVE();
    ptrdiff_t start = 0, stop = PTRDIFF_MAX;
    if (args[1] != V_NULL && slice_index_not_none(t, args[1], &start) < 0) return V_ERROR;
    if (args[2] != V_NULL && slice_index_not_none(t, args[2], &stop) < 0) return V_ERROR;
    ptrdiff_t i = find(t, self, args[0], start, stop, NULL);
    if (i == -1) return err_set(t, &exc_ValueError, "array.index(x): x not in array");
    return i < 0 ? V_ERROR : v_from_int(i);
}
static NATIVE(m_count) {
    UNUSED_NATIVE();
    int64_t count = 0;
    return find(t, self, args[0], 0, PTRDIFF_MAX, &count) == -2 ? V_ERROR : v_from_int(count);
}
static V remove_found(Thread *t, Array *a, ptrdiff_t i) {
    CRITICAL(t, &a->head); // comparing may have made it SHARED
    if (i < 0 || (size_t)i >= a->len) return err_set(t, &exc_ValueError, "array.remove(x): x not in array");
    return none_or_error(remove_at(t, a, (size_t)i));
}
static NATIVE(m_remove) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    ptrdiff_t i = find(t, self, args[0], 0, PTRDIFF_MAX, NULL);
    if (i == -2) return V_ERROR;
    return remove_found(t, a, i);
}

// ---- whole arrays ------------------------------------------------------------------------------------------------------
static NATIVE(m_extend) {
    UNUSED_NATIVE();
    V r = array_type.iconcat(t, self, args[0]);
    if (!v_is_error(r)) {
        v_drop(t, r);
        return V_NONE;
    }
    if (v_is_array(args[0]) || !err_matches(t, &exc_TypeError)) return V_ERROR;
    err_clear(t);
    V iter = obj_iter(t, args[0]);
    if (v_is_error(iter)) return V_ERROR;
    int result = 0;
    while (result == 0) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        result = v_is_error(item) ? -1 : array_append(t, self, item);
        v_drop(t, item);
    }
    v_drop(t, iter);
    return none_or_error(result);
}

static NATIVE(m_reverse) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    size_t size = a->kind->size;
    char spare[8];
    for (size_t i = 0, j = a->len; i + 1 < j; i++) {
        j--;
        memcpy(spare, a->items + i * size, size);
        memcpy(a->items + i * size, a->items + j * size, size);
        memcpy(a->items + j * size, spare, size);
    }
    return V_NONE;
}

static void swap_bytes(char *p, size_t n, size_t size) {
    for (; n > 0; n--, p += size) {
        if (size == 2) store_be16(p, load_le16(p));
        else if (size == 4) store_be32(p, load_le32(p));
        else if (size == 8) store_be64(p, load_le64(p));
    }
}

static NATIVE(m_byteswap) {
    UNUSED_NATIVE();
    swap_bytes(array_of(self)->items, array_of(self)->len, array_of(self)->kind->size);
    return V_NONE;
}

static NATIVE(m_copy) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    return array_slice(t, a, 0, a->len);
}

static V to_bytes(Thread *t, Array *a) {
    CRITICAL(t, &a->head);
    return bytes_from(t, a->items, a->len * a->kind->size);
}
static NATIVE(m_tobytes) {
    UNUSED_NATIVE();
    return to_bytes(t, array_of(self));
}

static NATIVE(m_frombytes) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    int r;
    if (view.item_size != 1) {
        err_set(t, &exc_TypeError, "a bytes-like object is required");
        r = -1;
    } else {
        CRITICAL(t, &a->head);
        r = array_extend_bytes(t, a, view.data, (size_t)view.len);
    }
    buffer_release(t, &view);
    return none_or_error(r);
}

static V to_list(Thread *t, V self) {
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    size_t n = a->len;
    V list = list_with_capacity(t, n);
    for (size_t i = 0; i < n && !v_is_error(list); i++) {
        V item = array_type.item(t, self, (ptrdiff_t)i);
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}
static NATIVE(m_tolist) {
    UNUSED_NATIVE();
    return to_list(t, self);
}

static NATIVE(m_fromlist) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    if (!v_is_list(args[0])) return err_set(t, &exc_TypeError, "arg must be list");
    size_t n = list_len(args[0]);
    if (n == 0) return V_NONE;
    V more = array_new(t, &array_type, a->kind, 0); // all or nothing
    if (v_is_error(more)) return V_ERROR;
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++) {
        V item = list_get(t, args[0], i);
        if (item == V_NULL) {
            err_set(t, &exc_RuntimeError, "list changed size during iteration");
            r = -1;
        } else {
            r = array_append(t, more, item);
            v_drop(t, item);
        }
    }
    if (r == 0) {
        CRITICAL(t, &a->head);
        r = array_extend_bytes(t, a, array_of(more)->items, n * a->kind->size);
    }
    v_drop(t, more);
    return none_or_error(r);
}

static NATIVE(m_fromunicode) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    if (!v_is_str(args[0])) return err_bad_argument(t, "fromunicode", "argument", "str", args[0]);
    if (a->kind->code != 'u') return err_set(t, &exc_ValueError, "fromunicode() may only be called on unicode type arrays");
    size_t n = str_len(args[0]), at = a->len;
    if (array_resize(t, a, at + n) < 0) return V_ERROR;
    for (size_t i = 0; i < n; i++) ((uint32_t *)(void *)a->items)[at + i] = str_at(args[0], i);
    return V_NONE;
}
static NATIVE(m_tounicode) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    if (a->kind->code != 'u') return err_set(t, &exc_ValueError, "tounicode() may only be called on unicode type arrays");
    for (size_t i = 0; i < a->len; i++) {
        uint32_t c = ((uint32_t *)(void *)a->items)[i];
        if (c > 0x10ffff) return err_set(t, &exc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    }
    return str_from_units(t, 4, a->items, a->len);
}

static NATIVE(m_tofile) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    enum { BLOCK = 64 * 1024 };
    size_t nbytes = a->len * a->kind->size;
    for (size_t at = 0; at < nbytes; at += BLOCK) {
        V bytes;
        {
            CRITICAL(t, &a->head);
            size_t now = a->len * a->kind->size, n = now <= at ? 0 : now - at < BLOCK ? now - at : BLOCK;
            bytes = bytes_from(t, n ? a->items + at : "", n);
        }
        if (v_is_error(bytes)) return V_ERROR;
        V r = obj_call_method1(t, args[0], NAME(write), bytes);
        v_drop(t, bytes);
        if (v_is_error(r)) return V_ERROR;
        v_drop(t, r);
    }
    return V_NONE;
}

static NATIVE(m_fromfile) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    ptrdiff_t n, nbytes;
    if (num_as_ssize(t, args[1], &exc_OverflowError, &n) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "negative count");
    if (__builtin_mul_overflow(n, (ptrdiff_t)a->kind->size, &nbytes)) return err_no_memory(t);
    V size = int_from_i64(t, nbytes), data = obj_call_method1(t, args[0], NAME(read), size);
    v_drop(t, size);
    if (v_is_error(data)) return V_ERROR;
    if (!v_is_bytes(data)) {
        v_drop(t, data);
        return err_set(t, &exc_TypeError, "read() didn't return bytes");
    }
    bool short_read = (ptrdiff_t)bytes_len(data) != nbytes;
    int r;
    {
        CRITICAL(t, &a->head);
        r = array_extend_bytes(t, a, bytes_data(data), bytes_len(data));
    }
    v_drop(t, data);
    if (r == 0 && short_read) return err_set(t, &exc_EOFError, "read() didn't return enough bytes");
    return none_or_error(r);
}

static NATIVE(m_buffer_info) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    return tuple_pack_steal(t, 2, int_from_u64(t, (uint64_t)(uintptr_t)a->items), int_from_size(t, a->len));
}
static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    return int_from_size(t, v_type(self)->size + array_of(self)->capacity * array_of(self)->kind->size);
}

// ---- pickling ----------------------------------------------------------------------------------------------------------
// How the items of an array look in memory, so that another machine can make sense of them.
enum { U8, S8, U16_LE, U16_BE, S16_LE, S16_BE, U32_LE, U32_BE, S32_LE, S32_BE, U64_LE, U64_BE, S64_LE, S64_BE, FLOAT_LE, FLOAT_BE,
       DOUBLE_LE, DOUBLE_BE, UTF16_LE, UTF16_BE, UTF32_LE, UTF32_BE, FORMATS };

static int machine_format(const ArrayKind *kind) {
    if (kind->code == 'u') return UTF32_LE;
    if (kind->code == 'f') return FLOAT_LE;
    if (kind->code == 'd') return DOUBLE_LE;
    switch (kind->size) {
    case 1: return kind->is_signed ? S8 : U8;
    case 2: return kind->is_signed ? S16_LE : U16_LE;
    case 4: return kind->is_signed ? S32_LE : U32_LE;
    default: return kind->is_signed ? S64_LE : U64_LE;
    }
}

static size_t format_size(int format) {
    static const uint8_t sizes[FORMATS] = {1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 4, 4, 4, 4}; // UTF-16 by surrogate pairs
    return sizes[format];
}

// The kind for items of this format, `wanted` if it will do.
static const ArrayKind *kind_for_format(int format, const ArrayKind *wanted) {
    int native = format <= S8 ? format : format & ~1;
    if (machine_format(wanted) == native) return wanted;
    for (const ArrayKind *k = array_kinds; k->code; k++) {
        if (machine_format(k) == native) return k;
    }
    return wanted; // UTF-16: decoded by the caller
}

static V state_of(Thread *t, V self) {
    if (v_is_exact(self, &array_type)) return V_NONE;
    V dict = obj_lookup_attr(t, self, NAME(__dict__));
    return dict == V_NULL ? V_NONE : dict;
}

NATIVE(array_reduce_ex) {
    UNUSED_NATIVE();
    Array *a = array_of(self);
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "__reduce_ex__ argument should be an integer");
    int64_t protocol;
    if (num_as_i64(t, args[0], &protocol) < 0) return V_ERROR;
    V state = state_of(t, self), code = str_from_char(t, (unsigned char)a->kind->code), type = v_from_type(v_type(self));
    if (protocol < 3) return tuple_pack_steal(t, 3, type, tuple_pack_steal(t, 2, code, to_list(t, self)), state);
    V module = import_attr_c(t, "array", "_array_reconstructor");
    V front = tuple_pack_steal(t, 4, type, code, v_from_int(machine_format(a->kind)), to_bytes(t, a));
    return tuple_pack_steal(t, 3, module, front, state);
}

// An array of `type` by calling it, as a pickle of protocol 2 would.
static V call_type(Thread *t, V type, char code, V items) {
    V text = str_from_char(t, (unsigned char)code);
    if (v_is_error(text)) return V_ERROR;
    V result = obj_call2(t, type, text, items);
    v_drop(t, text);
    return result;
}

static V from_utf(Thread *t, V type, int format, V bytes) {
    static const char *const codecs[] = {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"};
    V text = codec_decode(t, bytes, codecs[format - UTF16_LE], NULL);
    if (v_is_error(text)) return V_ERROR;
    V result = call_type(t, type, 'u', text);
    v_drop(t, text);
    return result;
}

NATIVE(array_reconstructor) {
    UNUSED_NATIVE();
    V type = args[0];
    if (!v_is_type(type)) return err_set(t, &exc_TypeError, "first argument must be a type object, not %T", type);
    if (!type_is_subtype(v_as_type(type), &array_type))
        return err_set(t, &exc_TypeError, "%N is not a subtype of array.array", v_as_type(type));
    if (!v_is_str(args[1]) || str_len(args[1]) != 1)
        return err_bad_argument(t, "_array_reconstructor", "argument 2", "a unicode character", args[1]);
    const ArrayKind *wanted = str_at(args[1], 0) < 128 ? array_kind_of((char)str_at(args[1], 0)) : NULL;
    int format;
    if (!wanted) return err_set(t, &exc_ValueError, "second argument must be a valid type code");
    if (num_as_int(t, args[2], &format) < 0) return V_ERROR;
    if (format < 0 || format >= FORMATS) return err_set(t, &exc_ValueError, "third argument must be a valid machine format code.");
    if (!v_is_bytes(args[3])) return err_set(t, &exc_TypeError, "fourth argument should be bytes, not %T", args[3]);
    size_t size = format_size(format), n = bytes_len(args[3]);
    if (format == machine_format(wanted)) return call_type(t, type, wanted->code, args[3]);
    if (n % size) return err_set(t, &exc_ValueError, "string length not a multiple of item size");
    if (format >= UTF16_LE) return from_utf(t, type, format, args[3]);
    V bytes = bytes_from(t, bytes_data(args[3]), n);
    if (v_is_error(bytes)) return V_ERROR;
    if (format > S8 && (format & 1)) swap_bytes(bytes_data(bytes), n / size, size);
    V result = call_type(t, type, kind_for_format(format, wanted)->code, bytes);
    v_drop(t, bytes);
    return result;
}

const Method array_methods[] = {
    {"append", m_append, "v, /", LOCK_NONE, 0, "Puts an item at the end."},
    {"buffer_info", m_buffer_info, "", LOCK_SELF, 0, "Address and number of the items."},
    {"byteswap", m_byteswap, "", LOCK_SELF, 0, "Turns the bytes of every item round."},
    {"__copy__", m_copy, "", LOCK_NONE, 0, "A copy."},
    {"__deepcopy__", m_copy, "unused, /", LOCK_NONE, 0, "A copy."},
    {"count", m_count, "v, /", LOCK_NONE, 0, "How many items equal the value."},
    {"extend", m_extend, "bb, /", LOCK_NONE, M_TOLD_CLASS, "Puts the items of an array or an iterable at the end."},
    {"fromfile", m_fromfile, "f, n, /", LOCK_NONE, M_TOLD_CLASS, "Reads n items from a file and puts them at the end."},
    {"fromlist", m_fromlist, "list, /", LOCK_NONE, 0, "Puts the items of a list at the end."},
    {"frombytes", m_frombytes, "buffer, /", LOCK_NONE, 0, "Puts items at the end, given as the bytes they consist of."},
    {"fromunicode", m_fromunicode, "ustr, /", LOCK_SELF, 0, "Puts the characters of a str at the end (typecode u)."},
    {"index", m_index, "v, start=0, stop=9223372036854775807, /", LOCK_NONE, 0, "Position of the first item that equals the value; ValueError when there is none."},
    {"insert", m_insert, "i, v, /", LOCK_NONE, 0, "Puts an item in front of the one at i."},
    {"pop", m_pop, "i=-1, /", LOCK_NONE, 0, "Takes an item out, the last by default, and returns it."},
    {"__reduce_ex__", array_reduce_ex, "value, /", LOCK_NONE, 0, "State for pickling."},
    {"remove", m_remove, "v, /", LOCK_NONE, 0, "Takes the first item out that equals the value."},
    {"reverse", m_reverse, "", LOCK_SELF, 0, "Turns the order of the items round."},
    {"tofile", m_tofile, "f, /", LOCK_NONE, M_TOLD_CLASS, "Writes the items' bytes to a file."},
    {"tolist", m_tolist, "", LOCK_NONE, 0, "The items as a list."},
    {"tobytes", m_tobytes, "", LOCK_NONE, 0, "The bytes that the items consist of."},
    {"tounicode", m_tounicode, "", LOCK_SELF, 0, "The items as a str (typecode u)."},
    {"__sizeof__", m_sizeof, "", LOCK_SELF, 0, "Memory in use, in bytes."},
    METHOD_END,
};
