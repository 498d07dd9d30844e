// SPDX-License-Identifier: MIT
// Module array: the type, its slots and its iterator.  Methods are in array_methods.c, kinds of items in array_item.c.
//
// The array of a SHARED one is looked at and changed under its lock only.  While buffers are exported it keeps its length.
#include "array_private.h"
#include "base/bits.h"
#include "runtime/runtime.h"
#include "object/plain.h"

static inline char *item_ptr(const Array *a, size_t i) { return a->items + i * a->kind->size; }
static inline size_t length_of(const Array *a) { return at_load_relaxed(&a->len); }

// ---- the array ---------------------------------------------------------------------------------------------------------
int array_resize(Thread *t, Array *a, size_t n) {
    UNSUSPENDED(t);
    section_assert(t, &a->head);
    if (at_load_acquire(&a->exports) && n != a->len) {
        err_set(t, &exc_BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    if (n > a->capacity || n < a->capacity / 2) {
        size_t capacity = n ? (n >> 4) + (n < 8 ? 3 : 7) + n : 0, bytes;
        if (n < a->capacity) capacity = n;
        if (__builtin_mul_overflow(capacity, (size_t)a->kind->size, &bytes) || bytes > PTRDIFF_MAX) {
            err_no_memory(t);
            return -1;
        }
        char *items = NULL;
        if (bytes && !(items = mem_realloc(t, a->items, bytes))) {
            err_no_memory(t);
            return -1;
        }
        if (!bytes) mem_free(a->items);
        a->items = items;
        a->capacity = capacity;
    }
    at_store_relaxed(&a->len, n);
    return 0;
}

V array_new(Thread *t, Type *type, const ArrayKind *kind, size_t n) {
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Array *a = array_of(self);
    a->kind = kind;
    if (n == 0) return self;
    if (array_resize(t, a, n) == 0) {
        memset(a->items, 0, n * kind->size);
        return self;
    }
    v_drop(t, self);
    return V_ERROR;
}

int array_append(Thread *t, V self, V item) {
    Array *a = array_of(self);
    char bytes[8];
    if (a->kind->set(t, bytes, item) < 0) return -1;
    CRITICAL(t, &a->head);
    size_t n = a->len;
    if (array_resize(t, a, n + 1) < 0) return -1;
    memcpy(item_ptr(a, n), bytes, a->kind->size);
    return 0;
}

int array_extend_bytes(Thread *t, Array *a, const void *p, size_t nbytes) {
    size_t size = a->kind->size, n = a->len;
    if (nbytes % size) {
        err_set(t, &exc_ValueError, "bytes length not a multiple of item size");
        return -1;
    }
    if (nbytes == 0) return 0;
    if (array_resize(t, a, n + nbytes / size) < 0) return -1;
    memcpy(item_ptr(a, n), p, nbytes);
    return 0;
}

V array_slice(Thread *t, Array *a, size_t start, size_t end) {
    if (end > a->len) end = a->len;
    if (start > end) start = end;
    V part = array_new(t, &array_type, a->kind, end - start);
    if (!v_is_error(part) && end > start) memcpy(array_of(part)->items, item_ptr(a, start), (end - start) * a->kind->size);
    return part;
}

// ---- construction ------------------------------------------------------------------------------------------------------
static const ArrayKind *read_kind(Thread *t, V code) {
    if (!v_is_str(code) || str_len(code) != 1) {
        err_set(t, &exc_TypeError, "array() argument 1 must be a unicode character, not %K", code);
        return NULL;
    }
    const ArrayKind *kind = str_at(code, 0) < 128 ? array_kind_of((char)str_at(code, 0)) : NULL;
    if (!kind) err_set(t, &exc_ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
    return kind;
}

static int fill(Thread *t, V self, V initial) {
    Array *a = array_of(self);
    if (v_is_bytes(initial) || type_check(t, initial, &bytearray_type)) {
        Buffer view;
        if (buffer_get(t, initial, &view, BUF_SIMPLE) < 0) return -1;
        int r = array_extend_bytes(t, a, view.data, (size_t)view.len);
        buffer_release(t, &view);
        return r;
    }
    if (v_is_str(initial)) {
        size_t n = str_len(initial);
        if (array_resize(t, a, n) < 0) return -1;
        for (size_t i = 0; i < n; i++) ((uint32_t *)(void *)a->items)[i] = str_at(initial, i);
        return 0;
    }
    if (v_is_array(initial) && array_of(initial)->kind == a->kind) {
        Array *from = array_of(initial);
        CRITICAL(t, &from->head);
        return array_extend_bytes(t, a, from->items, from->len * a->kind->size);
    }
    V iter = obj_iter(t, initial);
    if (v_is_error(iter)) return -1;
    int r = 0;
    while (r == 0) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        r = v_is_error(item) ? -1 : array_append(t, self, item);
        v_drop(t, item);
    }
    v_drop(t, iter);
    return r;
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if ((type == &array_type || type->init == array_type.init) && args_no_keywords(t, "array.array", kwnames) < 0) return V_ERROR;
    if (nargs < 1 || nargs > 2)
        return err_set(t, &exc_TypeError, "array() takes at %s argument%s (%zu given)", nargs ? "most 2" : "least 1", nargs ? "s" : "", nargs);
    const ArrayKind *kind = read_kind(t, args[0]);
    if (!kind) return V_ERROR;
    V initial = nargs == 2 ? args[1] : V_NULL;
    if (initial != V_NULL && kind->code != 'u') {
        if (v_is_str(initial))
            return err_set(t, &exc_TypeError, "cannot use a str to initialize an array with typecode '%c'", kind->code);
        if (v_is_array(initial) && array_of(initial)->kind->code == 'u')
            return err_set(t, &exc_TypeError, "cannot use a unicode array to initialize an array with typecode '%c'", kind->code);
    }
    V self = array_new(t, type, kind, 0);
    if (v_is_error(self) || initial == V_NULL || fill(t, self, initial) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

static void free_items(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Array *)o)->items);
}

// ---- buffers -----------------------------------------------------------------------------------------------------------
static int get_buffer(Thread *t, V self, Buffer *view, int flags) {
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    if (buffer_fill(t, view, self, a->items ? (void *)a->items : (void *)"", (ptrdiff_t)(a->len * a->kind->size), false, flags) < 0)
        return -1;
    view->item_size = a->kind->size;
    view->shape1 = (ptrdiff_t)a->len;
    view->stride1 = a->kind->size;
    if (flags & BUF_FORMAT) view->format = a->kind->format;
    at_fetch_add_relaxed(&a->exports, (int64_t)1);
    return 0;
}
static void release_buffer(Thread *t, V self, Buffer *view) {
    (void)t, (void)view;
    at_fetch_sub_release(&array_of(self)->exports, (int64_t)1);
}

// ---- items -------------------------------------------------------------------------------------------------------------
static ptrdiff_t length(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)length_of(array_of(self));
}

static V item(Thread *t, V self, ptrdiff_t i) {
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    if ((size_t)i >= a->len) return err_set(t, &exc_IndexError, "array index out of range");
    return a->kind->get(t, item_ptr(a, (size_t)i));
}

static V subscript_slice(Thread *t, V self, V slice) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return V_ERROR;
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    ptrdiff_t n = slice_adjust((ptrdiff_t)a->len, &start, &stop, step);
    if (n <= 0) return array_new(t, &array_type, a->kind, 0);
    if (step == 1) return array_slice(t, a, (size_t)start, (size_t)(start + n));
    V part = array_new(t, &array_type, a->kind, (size_t)n);
    for (ptrdiff_t i = 0; i < n && !v_is_error(part); i++)
        memcpy(item_ptr(array_of(part), (size_t)i), item_ptr(a, (size_t)(start + i * step)), a->kind->size);
    return part;
}

static V subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    if (v_is_any_int(key) || v_type(key)->index) {
        if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
        CRITICAL(t, v_obj(self));
        return item(t, self, i < 0 ? i + (ptrdiff_t)array_of(self)->len : i);
    }
    if (v_is_exact(key, &slice_type)) return subscript_slice(t, self, key);
    return err_set(t, &exc_TypeError, "array indices must be integers");
}

// With the lock: replaces [lo, hi) by n items.
static int splice(Thread *t, Array *a, size_t lo, size_t hi, const char *p, size_t n) {
    size_t size = a->kind->size, len = a->len, tail = len - hi;
    if (n != hi - lo && at_load_acquire(&a->exports)) return array_resize(t, a, len + 1);
    if (n < hi - lo) {
        memmove(item_ptr(a, lo + n), item_ptr(a, hi), tail * size);
        if (array_resize(t, a, len - (hi - lo) + n) < 0) return -1;
    } else if (n > hi - lo) {
        if (array_resize(t, a, len + n - (hi - lo)) < 0) return -1;
        memmove(item_ptr(a, lo + n), item_ptr(a, hi), tail * size);
    }
    if (n) memcpy(item_ptr(a, lo), p, n * size);
    return 0;
}

static int delete_strided(Thread *t, Array *a, ptrdiff_t start, ptrdiff_t step, ptrdiff_t n) {
    if (at_load_acquire(&a->exports)) return array_resize(t, a, a->len - (size_t)n);
    if (step < 0) {
        start += step * (n - 1);
        step = -step;
    }
    size_t to = (size_t)start, gone = 0;
    for (size_t i = (size_t)start; i < a->len; i++) {
        if (gone < (size_t)n && i == (size_t)start + gone * (size_t)step) gone++;
        else memmove(item_ptr(a, to++), item_ptr(a, i), a->kind->size);
    }
    return array_resize(t, a, to);
}

// other: an array of the same kind, which is not self; NULL deletes.
static int set_slice(Thread *t, V self, V slice, const Array *other) {
    ptrdiff_t start, stop, step;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) return -1;
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    ptrdiff_t n = slice_adjust((ptrdiff_t)a->len, &start, &stop, step);
    size_t m = other ? other->len : 0;
    if (at_load_acquire(&a->exports) && (m == 0 || m != (size_t)n)) return array_resize(t, a, SIZE_MAX); // refuses
    if (step == 1) return splice(t, a, (size_t)start, (size_t)(start + n), other ? other->items : NULL, m);
    if (!other) return n > 0 ? delete_strided(t, a, start, step, n) : 0;
    if ((size_t)n != m) {
        err_set(t, &exc_ValueError, "attempt to assign array of size %zu to extended slice of size %zd", m, n);
        return -1;
    }
    for (ptrdiff_t i = 0; i < n; i++)
        memcpy(item_ptr(a, (size_t)(start + i * step)), item_ptr(other, (size_t)i), a->kind->size);
    return 0;
}

static int bad_argument(Thread *t) {
    err_set(t, &exc_TypeError, "bad argument type for built-in operation");
    return -1;
}

static int assign_slice(Thread *t, V self, V slice, V value) {
    if (value == V_NULL) return set_slice(t, self, slice, NULL);
    if (!v_is_array(value)) {
        err_set(t, &exc_TypeError, "can only assign array (not \"%T\") to array slice", value);
        return -1;
    }
    if (array_of(value)->kind != array_of(self)->kind) return bad_argument(t);
    V copy; // of its own: value may be self, and is not locked
    {
        CRITICAL(t, v_obj(value));
        copy = array_slice(t, array_of(value), 0, SIZE_MAX);
    }
    if (v_is_error(copy)) return -1;
    int r = set_slice(t, self, slice, array_of(copy));
    v_drop(t, copy);
    return r;
}

// bytes NULL deletes.  Making them may have run Python, which took the item away, or made the array SHARED.
static int set_item(Thread *t, Array *a, size_t at, const char *bytes) {
    CRITICAL(t, &a->head);
    if (at >= a->len) {
        err_set(t, &exc_IndexError, "array assignment index out of range");
        return -1;
    }
    if (!bytes) return splice(t, a, at, at + 1, NULL, 0);
    memcpy(item_ptr(a, at), bytes, a->kind->size);
    return 0;
}

static int set_subscript(Thread *t, V self, V key, V value) {
    if (v_is_exact(key, &slice_type)) return assign_slice(t, self, key, value);
    ptrdiff_t i;
    if (!v_is_any_int(key) && !v_type(key)->index) {
        err_set(t, &exc_TypeError, "array indices must be integers");
        return -1;
    }
    if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return -1;
    Array *a = array_of(self);
    char bytes[8];
    CRITICAL(t, &a->head);
    size_t at = (size_t)(i < 0 ? i + (ptrdiff_t)a->len : i);
    if (at < a->len && value != V_NULL && a->kind->set(t, bytes, value) < 0) return -1;
    return set_item(t, a, at, value == V_NULL ? NULL : bytes);
}

static int contains(Thread *t, V self, V value) {
    CRITICAL(t, v_obj(self));
    for (size_t i = 0; i < length_of(array_of(self)); i++) {
        V v = item(t, self, (ptrdiff_t)i);
        int equal = v_is_error(v) ? -1 : obj_compare_bool(t, v, value, CMP_EQ);
        v_drop(t, v);
        if (equal) return equal;
    }
    return 0;
}

// ---- + and * -----------------------------------------------------------------------------------------------------------
static V concat(Thread *t, V self, V other) {
    if (!v_is_array(other)) return err_set(t, &exc_TypeError, "can only append array (not \"%T\") to array", other);
    Array *a = array_of(self), *b = array_of(other);
    if (a->kind != b->kind) return bad_argument(t), V_ERROR;
    CRITICAL2(t, &a->head, &b->head);
    V sum = array_slice(t, a, 0, a->len);
    if (v_is_error(sum) || array_extend_bytes(t, array_of(sum), b->items, b->len * b->kind->size) == 0) return sum;
    v_drop(t, sum);
    return V_ERROR;
}

static V concat_in_place(Thread *t, V self, V other) {
    if (!v_is_array(other)) return err_set(t, &exc_TypeError, "can only extend array with array (not \"%T\")", other);
    Array *a = array_of(self), *b = array_of(other);
    if (a->kind != b->kind) return err_set(t, &exc_TypeError, "can only extend with array of same kind");
    CRITICAL2(t, &a->head, &b->head);
    size_t n = a->len, m = b->len;
    if (m == 0) return v_dup(self);
    if (array_resize(t, a, n + m) < 0) return V_ERROR;
    memcpy(item_ptr(a, n), b->items, m * a->kind->size);
    return v_dup(self);
}

static int repeat_first(Thread *t, Array *a, size_t n, ptrdiff_t times) {
    size_t total;
    if (times < 0) times = 0;
    if (__builtin_mul_overflow(n, (size_t)times, &total)) {
        err_no_memory(t);
        return -1;
    }
    if (array_resize(t, a, total) < 0) return -1;
    size_t done = n * a->kind->size, all = total * a->kind->size;
    while (done && done < all) {
        size_t step = done <= all - done ? done : all - done;
        memcpy(a->items + done, a->items, step);
        done += step;
    }
    return 0;
}

static V repeat(Thread *t, V self, V count) {
    ptrdiff_t times;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    V result;
    {
        CRITICAL(t, v_obj(self));
        result = array_slice(t, array_of(self), 0, SIZE_MAX);
    }
    if (v_is_error(result) || repeat_first(t, array_of(result), array_of(result)->len, times) == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

static V repeat_in_place(Thread *t, V self, V count) {
    ptrdiff_t times;
    if (num_as_ssize(t, count, &exc_OverflowError, &times) < 0) return V_ERROR;
    Array *a = array_of(self);
    CRITICAL(t, &a->head);
    return repeat_first(t, a, a->len, times) < 0 ? V_ERROR : v_dup(self);
}

// ---- comparing, showing ------------------------------------------------------------------------------------------------
static V compare(Thread *t, V a, V b, int op) {
    if (!v_is_array(a) || !v_is_array(b)) return V_NOT_IMPLEMENTED;
    CRITICAL2(t, v_obj(a), v_obj(b));
    size_t n = length_of(array_of(a)), m = length_of(array_of(b));
    if (n != m && (op == CMP_EQ || op == CMP_NE)) return v_from_bool(op == CMP_NE);
    for (size_t i = 0; i < n && i < m; i++) {
        V x = item(t, a, (ptrdiff_t)i), y = v_is_error(x) ? V_ERROR : item(t, b, (ptrdiff_t)i), result = V_ERROR;
        if (!v_is_error(y)) {
            // Items are compared as values: a NaN differs from itself.
            V same = obj_compare(t, x, y, CMP_EQ);
            result = same != V_FALSE ? same : op == CMP_EQ ? V_FALSE : op == CMP_NE ? V_TRUE : obj_compare(t, x, y, op);
            v_drop(t, x);
            v_drop(t, y);
            if (same == V_TRUE) continue;
            return result;
        }
        v_drop(t, x);
        return V_ERROR;
    }
    return v_from_bool(cmp_holds((int64_t)n, (int64_t)m, op));
}

static V repr(Thread *t, V self) {
    Array *a = array_of(self);
    const char *name = type_short_name(v_type(self));
    if (length_of(a) == 0) return str_from_format(t, "%s('%c')", name, a->kind->code);
    V items = obj_call_method0(t, self, a->kind->code == 'u' ? NAME(tounicode) : NAME(tolist));
    if (v_is_error(items)) return V_ERROR;
    V result = str_from_format(t, "%s('%c', %R)", name, a->kind->code, items);
    v_drop(t, items);
    return result;
}

static V get_typecode(Thread *t, V self, void *closure) {
    (void)closure;
    return str_from_char(t, (unsigned char)array_of(self)->kind->code);
}
static V get_itemsize(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_int(array_of(self)->kind->size);
}
static const GetSet getsets[] = {
    {"typecode", get_typecode, NULL, "The character that says what the items are.", NULL},
    {"itemsize", get_itemsize, NULL, "Bytes of one item.", NULL},
    {0},
};

// ---- the iterator ------------------------------------------------------------------------------------------------------
typedef struct ArrayIter {
    Obj head;
    Slot array; // V_NULL once exhausted
    size_t index;
} ArrayIter;
static ArrayIter *iter_of(V v) { return (ArrayIter *)v_obj(v); }

static V iter_new(Thread *t, V self) {
    V iter = type_alloc(t, &array_iter_type, 0);
    if (!v_is_error(iter)) slot_init(t, v_obj(iter), &iter_of(iter)->array, self);
    return iter;
}
static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ArrayIter *)o)->array); }
static V iter_next(Thread *t, V self) {
    ArrayIter *it = iter_of(self);
    V array = slot_get(&it->head, &it->array), v = V_END;
    if (array == V_NULL) return V_END;
    {
        CRITICAL2(t, &it->head, v_obj(array)); // the array may not become shorter between the look and the reading
        if (it->index < length_of(array_of(array))) v = item(t, array, (ptrdiff_t)it->index++);
        else slot_clear(t, &it->head, &it->array);
    }
    v_drop(t, array);
    return v;
}
static NATIVE(iter_reduce) {
    UNUSED_NATIVE();
    ArrayIter *it = iter_of(self);
    V iter = dict_get_c(t, builtins_dict_borrow(), "iter"), array = slot_get(&it->head, &it->array);
    if (array == V_NULL) return tuple_pack_steal(t, 2, iter, tuple_pack_steal(t, 1, tuple_empty()));
    return tuple_pack_steal(t, 3, iter, tuple_pack_steal(t, 1, array), int_from_size(t, it->index));
}
static NATIVE(iter_setstate) {
    UNUSED_NATIVE();
    ArrayIter *it = iter_of(self);
    ptrdiff_t i;
    if (iter_state(t, args[0], &i) < 0) return V_ERROR;
    V array = slot_peek(&it->array);
    size_t n = array == V_NULL ? 0 : length_of(array_of(array));
    it->index = i < 0 ? 0 : (size_t)i > n ? n : (size_t)i;
    return V_NONE;
}
static const Method iter_methods[] = {
    {"__reduce__", iter_reduce, "", LOCK_SELF, 0, "State for pickling."},
    {"__setstate__", iter_setstate, "state, /", LOCK_SELF, 0, "Takes the state of a pickle."},
    METHOD_END,
};
Type array_iter_type = {
    TYPE_HEAD("array.arrayiterator"), .flags = TYPE_GC, .size = sizeof(ArrayIter), .traverse = iter_traverse, .iter = iter_self,
    .next = iter_next, .methods = iter_methods,
};

Type array_type = {
    TYPE_HEAD("array.array"), .doc = "An array of numbers or characters of one kind: array(typecode[, initializer]).",
    .flags = TYPE_BASETYPE | TYPE_SEQUENCE | TYPE_WEAKREFS, .size = sizeof(Array), .free_ = free_items, .new_ = type_new,
    .repr = repr, .compare = compare, .hash = obj_hash_unhashable, .iter = iter_new, .len = length, .subscript = subscript,
    .set_subscript = set_subscript, .item = item, .contains = contains, .concat = concat, .repeat = repeat,
    .iconcat = concat_in_place, .irepeat = repeat_in_place, .get_buffer = get_buffer, .release_buffer = release_buffer,
    .methods = array_methods, .getsets = getsets,
};

// ---- the module ----------------------------------------------------------------------------------------------------------
static const Method methods[] = {
    {"_array_reconstructor", array_reconstructor, "arraytype, typecode, mformat_code, items, /", LOCK_NONE, 0, "For pickles."},
    METHOD_END,
};

static int register_sequence(Thread *t) {
    V abc = import_attr_c(t, "collections.abc", "MutableSequence");
    if (v_is_error(abc)) return -1;
    V method = obj_getattr_c(t, abc, "register"), r = v_is_error(method) ? V_ERROR : obj_call1(t, method, v_from_type(&array_type));
    v_drop(t, method);
    v_drop(t, abc);
    if (v_is_error(r)) return -1;
    v_drop(t, r);
    return 0;
}

static int exec(Thread *t, V module) {
    char codes[32];
    size_t n = 0;
    for (const ArrayKind *k = array_kinds; k->code; k++) codes[n++] = k->code;
    codes[n] = '\0';
    if (type_ready(t, &array_iter_type) < 0 || module_add_type(t, module, &array_type) < 0) return -1;
    if (module_add(t, module, "ArrayType", v_from_type(&array_type)) < 0) return -1;
    if (module_add_str(t, module, "typecodes", codes) < 0) return -1;
    return register_sequence(t);
}

const ModuleDef mod_array = {
    .name = "array", .doc = "Arrays of numbers of one kind.", .methods = methods, .exec = exec,
};
