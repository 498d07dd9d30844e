// SPDX-License-Identifier: MIT
// bytes: making, comparing, cutting; the type object.  Methods are in bytes_methods.c, shared with bytearray.
//
// A bytes is immutable once somebody else can see it; its hash is computed on demand.  The empty bytes and the 256 of
// one byte are single immortal objects.
#include "base/bits.h"
#include "base/siphash.h"
#include "object/bytes_algo.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "threading/heap_leaf.h"
#include "iter_private.h"

int bytes_warning;

static struct { Bytes head; char data[16]; } single[257] __attribute__((aligned(16))); // [256] is the empty one; const after bytes_singles_init
static uint32_t singles_ready;                             // atomic

static NOINLINE void singles_init(void) {
    // Several threads may come here: all write the same.  In fact start-up does, before there are threads.
    for (int i = 0; i < 257; i++) {
        Bytes *b = &single[i].head;
        b->head.rc = RC_SHARED | RC_HOT;
        b->head.flags = OBJ_IMMORTAL;
        b->head.type = &bytes_type;
        b->len = i < 256;
        b->data[0] = (char)(i < 256 ? i : 0);
    }
    at_store_release(&singles_ready, 1u);
}

static inline V single_get(unsigned i) {
    if (unlikely(!at_load_acquire(&singles_ready))) singles_init();
    return v_from_immortal(&single[i]);
}

V bytes_empty(void) { return single_get(256); }

V bytes_new(Thread *t, size_t len) {
    if (len == 0) return bytes_empty();
    if (len > PTRDIFF_MAX - sizeof(Bytes) - 1) return err_no_memory(t);
    Bytes *b = (Bytes *)obj_alloc_leaf(t, &bytes_type, sizeof(Bytes) + len + 1, sizeof(Bytes));
    if (!b) return err_no_memory(t);
    b->len = len;
    return v_from(b);
}

V bytes_from(Thread *t, const void *p, size_t n) {
    if (n == 1) return single_get(*(const unsigned char *)p);
    V v = bytes_new(t, n);
    if (!v_is_error(v) && n) memcpy(bytes_data(v), p, n);
    return v;
}

V bytes_from_cstr(Thread *t, const char *s) { return bytes_from(t, s, strlen(s)); }

V bytes_shrink_steal(Thread *t, V v, size_t len) {
    if (len == bytes_len(v)) return v;
    if (len > 1 && len >= bytes_len(v) / 2 && v_is_unique(v)) { // give back nothing: it is small or short-lived
        bytes_of(v)->len = len;
        bytes_data(v)[len] = '\0';
        return v;
    }
    V r = bytes_from(t, bytes_data(v), len);
    v_drop(t, v);
    return r;
}

// ---- comparison -------------------------------------------------------------------------------------------------------
int bytes_algo_compare(const void *a, size_t n, const void *b, size_t m) {
    int c = memcmp(a, b, n < m ? n : m);
    return c ? (c < 0 ? -1 : 1) : (n > m) - (n < m);
}

static V compare_slot(Thread *t, V a, V b, int op) {
    if (!v_is_bytes(a) || !v_is_bytes(b)) {
        if (bytes_warning && (op == CMP_EQ || op == CMP_NE) && (v_is_str(a) || v_is_str(b))) {
            if (warn(t, &exc_BytesWarning, 1, "Comparison between bytes and string") < 0) return V_ERROR;
        }
        return V_NOT_IMPLEMENTED;
    }
    size_t n = bytes_len(a), m = bytes_len(b);
    if (op == CMP_EQ || op == CMP_NE) {
        bool equal = n == m && memcmp(bytes_data(a), bytes_data(b), n) == 0;
        return v_from_bool(equal == (op == CMP_EQ));
    }
    return v_from_bool(cmp_holds(bytes_algo_compare(bytes_data(a), n, bytes_data(b), m), 0, op));
}

static int hash_slot(Thread *t, V v, int64_t *out) {
    (void)t;
    Bytes *b = bytes_of(v);
    int64_t h = at_load_relaxed(&b->hash);
    if (h == 0) {
        h = (int64_t)siphash_bytes(b->data, b->len);
        if (h == -1) h = -2;
        at_store_relaxed(&b->hash, h);
    }
    *out = h;
    return 0;
}

// ---- access -------------------------------------------------------------------------------------------------------------
static ptrdiff_t len_slot(Thread *t, V v) { (void)t; return (ptrdiff_t)bytes_len(v); }

static V item_slot(Thread *t, V v, ptrdiff_t i) {
    if (i < 0 || (size_t)i >= bytes_len(v)) return err_set(t, &exc_IndexError, "index out of range");
    return v_from_int((unsigned char)bytes_data(v)[i]);
}

static V dup_exact(Thread *t, V v) {
    return v_is_exact(v, &bytes_type) ? v_dup(v) : bytes_from(t, bytes_data(v), bytes_len(v));
}

static V slice_of(Thread *t, V v, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return V_ERROR;
    ptrdiff_t n = slice_adjust((ptrdiff_t)bytes_len(v), &start, &stop, step);
    if (n <= 0) return bytes_empty();
    const char *p = bytes_data(v);
    if (step == 1) return (size_t)n == bytes_len(v) ? dup_exact(t, v) : bytes_from(t, p + start, (size_t)n);
    if (n == 1) return bytes_from(t, p + start, 1);
    V r = bytes_new(t, (size_t)n);
    if (v_is_error(r)) return r;
    for (ptrdiff_t i = 0, at = start; i < n; i++, at += step) bytes_data(r)[i] = p[at];
    return r;
}

static V subscript_slot(Thread *t, V v, V key) {
    ptrdiff_t i;
    if (v_is_int(key)) i = v_int(key);
    else if (v_is_exact(key, &slice_type)) return slice_of(t, v, key);
    else if (!v_type(key)->index) return err_set(t, &exc_TypeError, "byte indices must be integers or slices, not %T", key);
    else if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
    if (i < 0) i += (ptrdiff_t)bytes_len(v);
    return item_slot(t, v, i);
}

V bytes_concat(Thread *t, V a, V b) {
    Buffer x, y;
    if (v_is_exact(a, &bytes_type) && v_is_exact(b, &bytes_type)) {
        if (bytes_len(a) == 0) return v_dup(b);
        if (bytes_len(b) == 0) return v_dup(a);
    }
    if (!obj_has_buffer(a) || !obj_has_buffer(b)) {
        return err_set(t, &exc_TypeError, "can't concat %T to %T", b, a);
    }
    if (buffer_get(t, a, &x, BUF_SIMPLE) < 0) return V_ERROR;
    if (buffer_get(t, b, &y, BUF_SIMPLE) < 0) {
        buffer_release(t, &x);
        return V_ERROR;
    }
    V r = x.len > PTRDIFF_MAX - y.len ? err_no_memory(t) : bytes_new(t, (size_t)(x.len + y.len));
    if (!v_is_error(r) && x.len + y.len) {
        memcpy(bytes_data(r), x.data, (size_t)x.len);
        memcpy(bytes_data(r) + x.len, y.data, (size_t)y.len);
    }
    buffer_release(t, &x);
    buffer_release(t, &y);
    return r;
}

static V repeat_slot(Thread *t, V a, V b) {
    V v = v_is_bytes(a) ? a : b;
    ptrdiff_t count;
    size_t n = bytes_len(v), total;
    if (num_as_ssize(t, v_is_bytes(a) ? b : a, &exc_OverflowError, &count) < 0) return V_ERROR;
    if (count <= 0 || n == 0) return bytes_empty();
    if (count == 1) return dup_exact(t, v);
    if (size_mul_overflow(n, (size_t)count, &total) || total > PTRDIFF_MAX) {
        return err_set(t, &exc_OverflowError, "repeated bytes are too long");
    }
    V r = bytes_new(t, total);
    if (v_is_error(r)) return r;
    char *p = bytes_data(r);
    if (n == 1) {
        memset(p, bytes_data(v)[0], total);
        return r;
    }
    memcpy(p, bytes_data(v), n);
    for (size_t done = n; done < total;) {
        size_t step = done <= total - done ? done : total - done;
        memcpy(p + done, p, step);
        done += step;
    }
    return r;
}

V bytes_repr(Thread *t, V v) { return bytes_algo_repr(t, bytes_data(v), bytes_len(v), "", ""); }

static V str_slot(Thread *t, V v) {
    if (bytes_warning && warn(t, &exc_BytesWarning, 1, "str() on a bytes instance") < 0) return V_ERROR;
    return bytes_repr(t, v);
}

static V remainder_slot(Thread *t, V a, V b) {
    if (!v_is_bytes(a)) return V_NOT_IMPLEMENTED;
    return bytes_algo_format_percent(t, bytes_data(a), bytes_len(a), b, false);
}

static int get_buffer(Thread *t, V v, Buffer *view, int flags) {
    return buffer_fill(t, view, v, bytes_data(v), (ptrdiff_t)bytes_len(v), true, flags);
}

// ---- construction -----------------------------------------------------------------------------------------------------
static V from_buffer(Thread *t, V v) {
    Buffer view;
    if (buffer_get(t, v, &view, BUF_FULL_RO) < 0) return V_ERROR;
    V r;
    bool in_a_row = view.ndim == 0 || (view.ndim == 1 && (!view.strides || view.strides[0] == view.item_size));
    if (in_a_row && !view.suboffsets) {
        r = bytes_from(t, view.data, (size_t)view.len);
        buffer_release(t, &view);
        return r;
    }
    buffer_release(t, &view);
    V mv = memoryview_from_object(t, v); // strided: let memoryview put it in a row
    if (v_is_error(mv)) return mv;
    r = obj_call_method0(t, mv, NAME(tobytes));
    v_drop(t, mv);
    return r;
}

static V from_iterable(Thread *t, V v) {
    V it = obj_iter(t, v);
    if (v_is_error(it)) {
        if (err_matches(t, &exc_TypeError) && !v_type(v)->iter) {
            err_clear(t);
            return err_set(t, &exc_TypeError, "cannot convert '%T' object to bytes", v);
        }
        return it;
    }
    ptrdiff_t hint = obj_len_hint(t, v, 64);
    if (hint < 0) return v_drop(t, it), V_ERROR;
    size_t len = 0, cap = (size_t)hint < 64 ? 64 : (size_t)hint;
    char *p = mem_alloc(t, cap);
    V r = V_ERROR;
    while (p) {
        V item = obj_next(t, it);
        if (item == V_END) {
            r = bytes_from(t, p, len);
            break;
        }
        if (v_is_error(item)) break;
        int byte = bytes_algo_byte(t, item, true);
        v_drop(t, item);
        if (byte < 0) break;
        if (len == cap) {
            cap += cap / 2;
            char *q = mem_realloc(t, p, cap);
            if (!q) {
                err_no_memory(t);
                break;
            }
            p = q;
        }
        p[len++] = (char)byte;
    }
    if (!p) err_no_memory(t);
    mem_free(p);
    v_drop(t, it);
    return r;
}

V bytes_from_object(Thread *t, V v) {
    if (v_is_exact(v, &bytes_type)) return v_dup(v);
    if (obj_has_buffer(v)) return from_buffer(t, v);
    if (v_is_str(v)) return err_set(t, &exc_TypeError, "cannot convert '%T' object to bytes", v);
    return from_iterable(t, v);
}

// bytes(x) without encoding: a copy, zeros, or the items
static V new_from(Thread *t, V x) {
    V self, method = obj_lookup_special(t, x, NAME(__bytes__), &self);
    if (method != V_NULL) {
        if (v_is_error(method)) return method;
        V r = self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, self);
        v_drop(t, method);
        if (v_is_error(r) || v_is_bytes(r)) return r;
        err_set(t, &exc_TypeError, "__bytes__ returned non-bytes (type %T)", r);
        v_drop(t, r);
        return V_ERROR;
    }
    if (v_is_str(x)) return err_set(t, &exc_TypeError, "string argument without an encoding");
    if (v_is_any_int(x) || v_type(x)->index) {
        ptrdiff_t n;
        if (num_as_ssize(t, x, &exc_OverflowError, &n) < 0) {
            if (err_matches(t, &exc_OverflowError)) return bytes_algo_bad_size(t, x);
            if (!err_matches(t, &exc_TypeError)) return V_ERROR;
            err_clear(t);
            return bytes_from_object(t, x);
        }
        if (n < 0) return err_set(t, &exc_ValueError, "negative count");
        if (n == 1) return single_get(0);
        V zeros = bytes_new(t, (size_t)n);
        if (!v_is_error(zeros)) memset(bytes_data(zeros), 0, (size_t)n);
        return zeros;
    }
    return bytes_from_object(t, x);
}

V bytes_encode_argument(Thread *t, V source, V encoding, V errors, const char *fname) {
    const char *enc = NULL, *err = NULL;
    if (encoding != V_NULL && !v_is_str(encoding)) return err_bad_argument(t, fname, "argument 'encoding'", "str", encoding);
    if (errors != V_NULL && !v_is_str(errors)) return err_bad_argument(t, fname, "argument 'errors'", "str", errors);
    if (source == V_NULL || !v_is_str(source)) {
        return err_set(t, &exc_TypeError, encoding != V_NULL ? "encoding without a string argument" : "errors without a string argument");
    }
    if (encoding == V_NULL) return err_set(t, &exc_TypeError, "string argument without an encoding");
    if (!(enc = str_cstr(t, encoding))) return V_ERROR;
    if (errors != V_NULL && !(err = str_cstr(t, errors))) return V_ERROR;
    return str_encode(t, source, enc, err);
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V arg[3], v;
    if (args_bind(t, "bytes", "source=b'', encoding='utf-8', errors='strict'", args, nargs, kwnames, arg) < 0) return V_ERROR;
    if (arg[1] != V_NULL || arg[2] != V_NULL) v = bytes_encode_argument(t, arg[0], arg[1], arg[2], "bytes");
    else v = arg[0] == V_NULL ? bytes_empty() : new_from(t, arg[0]);
    if (v_is_error(v) || type == &bytes_type) return v;
    V r = type_alloc(t, type, bytes_len(v) + 1);
    if (!v_is_error(r)) {
        bytes_of(r)->len = bytes_len(v);
        memcpy(bytes_data(r), bytes_data(v), bytes_len(v) + 1);
    }
    v_drop(t, v);
    return r;
}

static NATIVE(bytes_fromhex) {
    UNUSED_NATIVE();
    V v = bytes_algo_fromhex(t, args[0]);
    if (v_is_error(v) || v_is(self, v_from_type(&bytes_type))) return v;
    V r = obj_call1(t, self, v);
    v_drop(t, v);
    return r;
}

static NATIVE(bytes_getnewargs) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 1, bytes_from(t, bytes_data(self), bytes_len(self)));
}

static NATIVE(bytes_dunder_bytes) {
    UNUSED_NATIVE();
    return dup_exact(t, self);
}

static const Method methods[] = {
    BYTES_METHODS_UNLOCKED
    {"maketrans", bytes_m_maketrans, "frm, to, /", 0, M_STATIC, "A table for translate that maps each byte of frm to the one at its place in to."},
    {"fromhex", bytes_fromhex, "string, /", 0, M_CLASS | M_OLD_ARITY, "The bytes that pairs of hexadecimal digits stand for; white space between pairs is skipped."},
    {"__getnewargs__", bytes_getnewargs, "", 0, 0, NULL},
    {"__bytes__", bytes_dunder_bytes, "", 0, 0, "The same bytes, of the class bytes itself."},
    METHOD_END,
};

// ---- iteration ----------------------------------------------------------------------------------------------------------
typedef struct BytesIter {
    Obj head;
    Slot bytes;   // V_NULL once exhausted
    size_t index; // atomic
} BytesIter;
static BytesIter *iter_of(V v) { return (BytesIter *)v_obj(v); }

static V iter_new(Thread *t, V v) {
    V r = type_alloc(t, &bytes_iter_type, 0);
    if (!v_is_error(r)) slot_init(t, v_obj(r), &iter_of(r)->bytes, v);
    return r;
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((BytesIter *)o)->bytes); }

static V iter_next(Thread *t, V self) {
    BytesIter *it = iter_of(self);
    V b = slot_peek(&it->bytes);
    if (b == V_NULL) return V_END;
    size_t i = obj_is_shared(&it->head) ? at_fetch_add_relaxed(&it->index, (size_t)1) : it->index++;
    if (i < bytes_len(b)) return v_from_int((unsigned char)bytes_data(b)[i]);
    slot_clear(t, &it->head, &it->bytes);
    return V_END;
}

static NATIVE(iter_length_hint) {
    UNUSED_NATIVE();
    V b = slot_peek(&iter_of(self)->bytes);
    size_t i = at_load_relaxed(&iter_of(self)->index);
    return v_from_int(b == V_NULL || i >= bytes_len(b) ? 0 : (int64_t)(bytes_len(b) - i));
}

static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    V iter = dict_get_c(t, builtins_dict_borrow(), "iter");
    if (v_is_error(iter)) return iter;
    V b = slot_peek(&iter_of(self)->bytes);
    if (b == V_NULL) return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 1, tuple_empty()));
    return tuple_pack_steal(t, 3, iter, tuple_pack(t, 1, b), int_from_size(t, at_load_relaxed(&iter_of(self)->index)));
}

static NATIVE(iter_setstate) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (iter_state(t, args[0], &i) < 0) return V_ERROR;
    V b = slot_peek(&iter_of(self)->bytes);
    if (b != V_NULL) at_store_relaxed(&iter_of(self)->index, i < 0 ? 0 : (size_t)i > bytes_len(b) ? bytes_len(b) : (size_t)i);
    return V_NONE;
}

static const Method iter_methods[] = {
    {"__length_hint__", iter_length_hint, "", 0, 0, "How many items are left."},
    {"__reduce__", iter_reduce, "", 0, 0, "State for pickling."},
    {"__setstate__", iter_setstate, "object, /", 0, M_OLD_ARITY, "Sets the position from a pickle."},
    METHOD_END,
};
Type bytes_iter_type = {
    TYPE_HEAD("bytes_iterator"), .base = &object_type, .size = sizeof(BytesIter),
    .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = iter_traverse, .iter = iter_self, .next = iter_next, .methods = iter_methods,
};

Type bytes_type = {
    TYPE_HEAD("bytes"), .getattr = obj_generic_getattr,
    .base = &object_type,
    .doc = "bytes(source=b'', encoding='utf-8', errors='strict')\n\n"
           "An immutable array of bytes: from an iterable of ints, an encoded str, a buffer, or a number of zeros.",
    .flags = TYPE_BASETYPE | TYPE_BYTES | TYPE_IMMUTABLE | TYPE_ITEM_SELF,
    .size = sizeof(Bytes),
    .item_size = 1,
    .new_ = type_new,
    .repr = bytes_repr,
    .str = str_slot,
    .hash = hash_slot,
    .compare = compare_slot,
    .iter = iter_new,
    .remainder = remainder_slot,
    .len = len_slot,
    .subscript = subscript_slot,
    .item = item_slot,
    .contains = bytes_algo_contains,
    .concat = bytes_concat,
    .repeat = repeat_slot,
    .get_buffer = get_buffer,
    .methods = methods,
};
