// SPDX-License-Identifier: MIT
// memoryview: items, slices, assignment, comparison, iteration.
#include "memoryview_private.h"
#include "iter_private.h"

// ---- one item ----------------------------------------------------------------------------------------------------------
V view_unpack(Thread *t, const View *v, const char *p) {
    char c = view_format_char(v->format);
    if (likely(c)) return buffer_item_unpack(t, c, p);
    return err_set(t, &exc_NotImplementedError, "memoryview: unsupported format %s", v->format);
}

// Converting the value may run Python, which may release the view or make it known to others: the item is made beside the
// memory first.
static int pack(Thread *t, View *v, char *p, V value) {
    char c = view_format_char(v->format), item[16];
    if (!c) {
        err_set(t, &exc_NotImplementedError, "memoryview: unsupported format %s", v->format);
        return -1;
    }
    if (buffer_item_pack(t, c, item, value) == 0) {
        CRITICAL(t, &v->head);
        if (view_check(t, v) < 0) return -1;
        memcpy(p, item, (size_t)v->item_size);
        return 0;
    }
    bool type = err_matches(t, &exc_TypeError);
    if (!type && !err_matches(t, &exc_OverflowError) && !err_matches(t, &exc_ValueError)) return -1;
    err_clear(t);
    err_set(t, type ? &exc_TypeError : &exc_ValueError, "memoryview: invalid %s for format '%s'", type ? "type" : "value", v->format);
    return -1;
}

static const char *step_into(const View *v, const char *p, int dim, ptrdiff_t i) {
    p += i * v->strides[dim];
    if (v->suboffsets && v->suboffsets[dim] >= 0) p = *(const char *const *)(const void *)p + v->suboffsets[dim];
    return p;
}

// Where item i of dimension dim begins; NULL with IndexError.
static const char *locate(Thread *t, const View *v, const char *p, int dim, ptrdiff_t i) {
    ptrdiff_t n = v->shape[dim];
    if (i < 0) i += n;
    if (i >= 0 && i < n) return step_into(v, p, dim, i);
    err_set(t, &exc_IndexError, "index out of bounds on dimension %d", dim + 1);
    return NULL;
}

// An index as a number.  Its __index__ may have released the view.
static int view_index(Thread *t, const View *v, V key, ptrdiff_t *i) {
    return num_as_ssize(t, key, &exc_IndexError, i) < 0 ? -1 : view_check(t, v);
}

static const char *locate_one(Thread *t, const View *v, ptrdiff_t i) {
    if (v->ndim == 1) return locate(t, v, v->data, 0, i);
    if (v->ndim == 0) err_set(t, &exc_TypeError, "invalid indexing of 0-dim memory");
    else err_set(t, &exc_NotImplementedError, "multi-dimensional sub-views are not implemented");
    return NULL;
}

static const char *locate_tuple(Thread *t, const View *v, V key) {
    size_t n = tuple_len(key);
    if (n < v->ndim) {
        err_set(t, &exc_NotImplementedError, "sub-views are not implemented");
        return NULL;
    }
    if (n > v->ndim) {
        err_set(t, &exc_TypeError, "cannot index %d-dimension view with %zu-element tuple", v->ndim, n);
        return NULL;
    }
    const char *p = v->data;
    for (int dim = 0; dim < v->ndim && p; dim++) {
        ptrdiff_t i;
        if (view_index(t, v, tuple_borrow(key, (size_t)dim), &i) < 0) return NULL;
        p = locate(t, v, p, dim, i);
    }
    return p;
}

static bool is_index(V v) { return v_is_any_int(v) || v_type(v)->index; }
static bool tuple_all(V key, bool (*test)(V)) {
    for (size_t i = 0; i < tuple_len(key); i++) {
        if (!test(tuple_borrow(key, i))) return false;
    }
    return true;
}
static bool is_slice(V v) { return v_is_exact(v, &slice_type); }

// ---- reading -----------------------------------------------------------------------------------------------------------
V view_item(Thread *t, V self, ptrdiff_t i) {
    View *v = view_of(self);
    CRITICAL(t, &v->head);
    if (view_check(t, v) < 0) return V_ERROR;
    const char *p = locate_one(t, v, i);
    return p ? view_unpack(t, v, p) : V_ERROR;
}

// A view of a slice of the first dimension.  It holds the memory before the slice's parts can run Python, so that it is good
// even when they release v.
static View *slice_view(Thread *t, const View *v, V slice) {
    ptrdiff_t start, stop, step;
    View *part = view_clone(t, v);
    if (!part) return NULL;
    if (slice_unpack(t, slice, &start, &stop, &step) < 0) {
        v_drop(t, v_from(part));
        return NULL;
    }
    ptrdiff_t n = slice_adjust(v->shape[0], &start, &stop, step);
    part->data += v->strides[0] * start;
    part->shape[0] = n;
    part->strides[0] = v->strides[0] * step;
    part->len = view_count(part) * v->item_size;
    return part;
}

V view_subscript(Thread *t, V self, V key) {
    View *v = view_of(self);
    CRITICAL(t, &v->head);
    if (view_check(t, v) < 0) return V_ERROR;
    if (v->ndim == 0) {
        if (v_is_tuple(key) && tuple_len(key) == 0) return view_unpack(t, v, v->data);
        if (key == V_ELLIPSIS) return v_dup(self);
        return err_set(t, &exc_TypeError, "invalid indexing of 0-dim memory");
    }
    if (is_index(key)) {
        ptrdiff_t i;
        if (view_index(t, v, key, &i) < 0) return V_ERROR;
        return view_item(t, self, i);
    }
    if (is_slice(key)) {
        View *part = slice_view(t, v, key);
        return part ? v_from(part) : V_ERROR;
    }
    if (v_is_tuple(key)) {
        if (tuple_all(key, is_index)) {
            const char *p = locate_tuple(t, v, key);
            CRITICAL(t, &v->head);
            return p && view_check(t, v) == 0 ? view_unpack(t, v, p) : V_ERROR;
        }
        if (tuple_all(key, is_slice)) return err_set(t, &exc_NotImplementedError, "multi-dimensional slicing is not implemented");
    }
    return err_set(t, &exc_TypeError, "memoryview: invalid slice key");
}

static V list_from_dim(Thread *t, const View *v, const char *p, int dim) {
    if (dim == v->ndim) return view_unpack(t, v, p);
    V list = list_with_capacity(t, (size_t)v->shape[dim]);
    for (ptrdiff_t i = 0; i < v->shape[dim] && !v_is_error(list); i++) {
        V item = list_from_dim(t, v, step_into(v, p, dim, i), dim + 1);
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

V view_tolist(Thread *t, View *v) {
    if (!view_format_char(v->format)) return err_set(t, &exc_NotImplementedError, "memoryview: unsupported format %s", v->format);
    return list_from_dim(t, v, v->data, 0);
}

// ---- writing -----------------------------------------------------------------------------------------------------------
static bool same_format(const char *a, const char *b) {
    if (a[0] == '@') a++;
    if (b[0] == '@') b++;
    return strcmp(a, b) == 0;
}

static bool same_shape(const View *a, const View *b) {
    if (a->ndim != b->ndim) return false;
    for (int i = 0; i < a->ndim; i++) {
        if (a->shape[i] != b->shape[i]) return false;
        if (a->shape[i] == 0) return true;
    }
    return true;
}

// to := from, both of one dimension, which may overlap.
static int copy_row(Thread *t, View *to, const View *from) {
    if (!same_format(to->format, from->format) || to->item_size != from->item_size || !same_shape(to, from)) {
        err_set(t, &exc_ValueError, "memoryview assignment: lvalue and rvalue have different structures");
        return -1;
    }
    size_t size = (size_t)to->item_size, n = (size_t)to->shape[0];
    if (to->strides[0] == to->item_size && from->strides[0] == from->item_size && !to->suboffsets && !from->suboffsets) {
        memmove(to->data, from->data, size * n);
        return 0;
    }
    char *row = mem_alloc(t, size * n + 1);
    if (!row) {
        err_no_memory(t);
        return -1;
    }
    view_copy_out(from, row, false);
    for (size_t i = 0; i < n; i++)
        memcpy((char *)(uintptr_t)step_into(to, to->data, 0, (ptrdiff_t)i), row + i * size, size);
    mem_free(row);
    return 0;
}

static int assign_slice(Thread *t, View *v, V slice, V value) {
    if (v->ndim > 1) {
        err_set(t, &exc_NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
        return -1;
    }
    V source = obj_has_buffer(value) ? memoryview_from_object(t, value)
                                     : err_set(t, &exc_TypeError, "a bytes-like object is required, not '%T'", value);
    if (v_is_error(source)) return -1;
    View *part = slice_view(t, v, slice);
    int r = part && view_check(t, v) == 0 ? copy_row(t, part, view_of(source)) : -1;
    if (part) v_drop(t, v_from(part));
    v_drop(t, source);
    return r;
}

int view_set_subscript(Thread *t, V self, V key, V value) {
    View *v = view_of(self);
    CRITICAL(t, &v->head);
    if (view_check(t, v) < 0) return -1;
    if (v->readonly) {
        err_set(t, &exc_TypeError, "cannot modify read-only memory");
        return -1;
    }
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "cannot delete memory");
        return -1;
    }
    const char *p = NULL;
    if (v->ndim == 0) {
        if (key != V_ELLIPSIS && !(v_is_tuple(key) && tuple_len(key) == 0)) {
            err_set(t, &exc_TypeError, "invalid indexing of 0-dim memory");
            return -1;
        }
        p = v->data;
    } else if (is_index(key)) {
        ptrdiff_t i;
        if (v->ndim > 1) {
            err_set(t, &exc_NotImplementedError, "sub-views are not implemented");
            return -1;
        }
        if (view_index(t, v, key, &i) < 0) return -1;
        p = locate_one(t, v, i);
    } else if (is_slice(key)) {
        return assign_slice(t, v, key, value);
    } else if (v_is_tuple(key) && tuple_all(key, is_index)) {
        p = locate_tuple(t, v, key);
    } else if (v_is_tuple(key) && tuple_all(key, is_slice)) {
        err_set(t, &exc_NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
        return -1;
    } else {
        err_set(t, &exc_TypeError, "memoryview: invalid slice key");
        return -1;
    }
    return p ? pack(t, v, (char *)(uintptr_t)p, value) : -1;
}

// ---- comparing ---------------------------------------------------------------------------------------------------------
typedef struct Reader { // how the items of a view become values
    const View *view;
    char c;      // native format, or
    V unpack;    // struct.Struct(format).unpack_from
} Reader;

// 1, or 0 when the format is nothing that struct knows; -1.
static int reader_init(Thread *t, Reader *r, const View *v) {
    *r = (Reader){v, view_format_char(v->format), V_NULL};
    if (r->c) return 1;
    V format = str_from_cstr(t, v->format);
    if (v_is_error(format)) return -1;
    V type = import_attr_c(t, "struct", "Struct"), made = v_is_error(type) ? V_ERROR : obj_call1(t, type, format);
    v_drop(t, format);
    v_drop(t, type);
    if (v_is_error(made)) {
        if (!err_matches(t, &exc_Exception)) return -1;
        err_clear(t);
        return 0;
    }
    r->unpack = obj_getattr_c(t, made, "unpack");
    v_drop(t, made);
    return v_is_error(r->unpack) ? -1 : 1;
}

static V reader_get(Thread *t, const Reader *r, const char *p) {
    if (r->c) return buffer_item_unpack(t, r->c, p);
    V bytes = bytes_from(t, p, (size_t)r->view->item_size);
    if (v_is_error(bytes)) return V_ERROR;
    V items = obj_call1(t, r->unpack, bytes);
    v_drop(t, bytes);
    if (v_is_error(items) || tuple_len(items) != 1) return items;
    V item = tuple_get(items, 0);
    v_drop(t, items);
    return item;
}

static int equal_dim(Thread *t, const Reader *a, const char *p, const Reader *b, const char *q, int dim) {
    if (dim == a->view->ndim) {
        V x = reader_get(t, a, p), y = v_is_error(x) ? V_ERROR : reader_get(t, b, q);
        int r = v_is_error(y) ? -1 : obj_compare_bool(t, x, y, CMP_EQ);
        v_drop(t, x);
        v_drop(t, y);
        return r;
    }
    int r = 1;
    for (ptrdiff_t i = 0; i < a->view->shape[dim] && r == 1; i++)
        r = equal_dim(t, a, step_into(a->view, p, dim, i), b, step_into(b->view, q, dim, i), dim + 1);
    return r;
}

static int equal(Thread *t, const View *a, const View *b) {
    if (!same_shape(a, b)) return 0;
    Reader x, y;
    int r = reader_init(t, &x, a);
    if (r <= 0) return r;
    r = reader_init(t, &y, b);
    bool plain = x.c && x.c == y.c && x.c != 'f' && x.c != 'd' && x.c != '?';
    if (r > 0) {
        if (plain && view_is_c_contiguous(a) && view_is_c_contiguous(b))
            r = memcmp(a->data, b->data, (size_t)(view_count(a) * a->item_size)) == 0;
        else r = equal_dim(t, &x, a->data, &y, b->data, 0);
    }
    v_drop(t, x.unpack);
    v_drop(t, v_is_error(y.unpack) ? V_NULL : y.unpack);
    return r;
}

V view_compare(Thread *t, V a, V b, int op) {
    if (op != CMP_EQ && op != CMP_NE) return V_NOT_IMPLEMENTED;
    int r;
    if (view_is_released(view_of(a)) || (v_is_exact(b, &memoryview_type) && view_is_released(view_of(b)))) {
        r = v_is(a, b);
    } else {
        if (!obj_has_buffer(b)) return V_NOT_IMPLEMENTED;
        // A view of its own: what is compared may run Python, and nobody locks it, so that others may release a meanwhile.
        V mine = memoryview_from_object(t, a), other = v_is_error(mine) ? V_ERROR : memoryview_from_object(t, b);
        if (v_is_error(other)) {
            v_drop(t, mine);
            err_clear(t);
            return V_NOT_IMPLEMENTED;
        }
        r = equal(t, view_of(mine), view_of(other));
        v_drop(t, mine);
        v_drop(t, other);
    }
    return r < 0 ? V_ERROR : v_from_bool((r == 1) == (op == CMP_EQ));
}

// ---- iterating ---------------------------------------------------------------------------------------------------------
typedef struct ViewIter {
    Obj head;
    Slot view;    // V_NULL once exhausted
    size_t index; // atomic
} ViewIter;

V view_iter(Thread *t, V self) {
    View *v = view_of(self);
    if (view_check(t, v) < 0) return V_ERROR;
    if (v->ndim == 0) return err_set(t, &exc_TypeError, "invalid indexing of 0-dim memory");
    if (v->ndim != 1) return err_set(t, &exc_NotImplementedError, "multi-dimensional sub-views are not implemented");
    if (!view_format_char(v->format)) return err_set(t, &exc_NotImplementedError, "memoryview: unsupported format %s", v->format);
    V iter = type_alloc(t, &memoryview_iter_type, 0);
    if (!v_is_error(iter)) slot_init(t, v_obj(iter), &((ViewIter *)v_obj(iter))->view, self);
    return iter;
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ViewIter *)o)->view); }

static V iter_next(Thread *t, V self) {
    ViewIter *it = (ViewIter *)v_obj(self);
    CRITICAL(t, &it->head);
    V view = slot_get(&it->head, &it->view), item = V_END;
    if (view == V_NULL) return V_END;
    if (it->index < (size_t)view_of(view)->shape[0]) item = view_item(t, view, (ptrdiff_t)it->index++);
    else slot_clear(t, &it->head, &it->view);
    v_drop(t, view);
    return item;
}

Type memoryview_iter_type = {
    TYPE_HEAD("memory_iterator"), .flags = TYPE_GC, .size = sizeof(ViewIter), .traverse = iter_traverse, .iter = iter_self,
    .next = iter_next,
};
