// SPDX-License-Identifier: MIT
// memoryview: making, releasing, casting views; attributes and methods.  Indexing and comparing are in memoryview_index.c;
// the picture of who holds whom is in memoryview_private.h.
#include "memoryview_private.h"
#include "object/bytes_algo.h"

// ---- the managed buffer ------------------------------------------------------------------------------------------------
static void mbuf_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ManagedBuffer *)o)->owner); }

static void mbuf_release(Thread *t, ManagedBuffer *mbuf) {
    V owner = slot_take(&mbuf->head, &mbuf->owner);
    if (owner == V_NULL) return;
    mbuf->buffer.owner = owner;
    buffer_release(t, &mbuf->buffer);
}

static void mbuf_destroy(Thread *t, Obj *o) {
    mbuf_release(t, (ManagedBuffer *)o);
    obj_free_memory(t, o);
}

Type managed_buffer_type = {
    TYPE_HEAD("managedbuffer"), .flags = TYPE_GC | TYPE_NO_NEW, .size = sizeof(ManagedBuffer), .traverse = mbuf_traverse,
    .destroy = mbuf_destroy,
};

static ManagedBuffer *mbuf_alloc(Thread *t) {
    ManagedBuffer *mbuf = (ManagedBuffer *)obj_alloc(t, &managed_buffer_type, sizeof *mbuf, OBJ_GC);
    if (!mbuf) err_no_memory(t);
    return mbuf;
}

// ---- views -------------------------------------------------------------------------------------------------------------
int view_check(Thread *t, const View *v) {
    if (likely(!view_is_released(v))) return 0;
    err_set(t, &exc_ValueError, "operation forbidden on released memoryview object");
    return -1;
}

View *view_new(Thread *t, ManagedBuffer *mbuf, int ndim, bool indirect) {
    V made = type_alloc(t, &memoryview_type, 0);
    if (v_is_error(made)) return NULL;
    View *v = view_of(made);
    obj_set_flag(&v->head, OBJ_ASK_ROUND); // what it looks at cannot be resized while it lives
    v->ndim = (uint8_t)ndim;
    v->hash = -1;
    v->shape = v->one;
    v->strides = v->one + 1;
    if (ndim > 1 || indirect) {
        v->shape = mem_calloc(t, (size_t)ndim * (indirect ? 3 : 2), sizeof(ptrdiff_t));
        if (!v->shape) {
            v->shape = v->one;
            v_drop(t, made);
            err_no_memory(t);
            return NULL;
        }
        v->strides = v->shape + ndim;
        v->suboffsets = indirect ? v->strides + ndim : NULL;
    }
    at_fetch_add_relaxed(&mbuf->views, (int64_t)1);
    slot_init(t, &v->head, &v->mbuf, v_from(mbuf));
    return v;
}

static void set_format(View *v, const char *format) {
    if (strlen(format) < sizeof v->own_format) { // also keeps it alive longer than the view it came from
        strcpy(v->own_format, format);
        v->format = v->own_format;
    } else {
        v->format = format; // the exporter's
    }
}

View *view_clone(Thread *t, const View *from) {
    UNSUSPENDED(t);
    section_assert(t, &from->head);
    View *v = view_new(t, (ManagedBuffer *)v_obj(slot_peek(&from->mbuf)), from->ndim, from->suboffsets != NULL);
    if (!v) return NULL;
    v->data = from->data;
    v->len = from->len;
    v->item_size = from->item_size;
    v->readonly = from->readonly;
    set_format(v, from->format);
    for (int i = 0; i < from->ndim; i++) {
        v->shape[i] = from->shape[i];
        v->strides[i] = from->strides[i];
        if (from->suboffsets) v->suboffsets[i] = from->suboffsets[i];
    }
    return v;
}

// The view of everything a managed buffer has.
static V view_from_mbuf(Thread *t, ManagedBuffer *mbuf) {
    const Buffer *b = &mbuf->buffer;
    bool indirect = b->suboffsets != NULL && b->ndim > 0;
    if (b->ndim > VIEW_MAX_DIM) return err_set(t, &exc_ValueError, "memoryview: number of dimensions must not exceed 64");
    View *v = view_new(t, mbuf, b->ndim, indirect);
    if (!v) return V_ERROR;
    v->data = b->data;
    v->len = b->len;
    v->item_size = b->item_size;
    v->readonly = b->readonly;
    set_format(v, b->format ? b->format : "B");
    ptrdiff_t stride = b->item_size;
    for (int i = b->ndim - 1; i >= 0; i--) {
        v->shape[i] = b->shape ? b->shape[i] : b->len / b->item_size;
        v->strides[i] = b->strides ? b->strides[i] : stride;
        stride *= v->shape[i];
        if (indirect) v->suboffsets[i] = b->suboffsets[i];
    }
    return v_from(v);
}

V memoryview_from_object(Thread *t, V from) {
    if (v_is_exact(from, &memoryview_type)) {
        CRITICAL(t, v_obj(from)); // others may release it
        if (view_check(t, view_of(from)) < 0) return V_ERROR;
        View *v = view_clone(t, view_of(from));
        return v ? v_from(v) : V_ERROR;
    }
    if (!obj_has_buffer(from)) return err_set(t, &exc_TypeError, "memoryview: a bytes-like object is required, not '%T'", from);
    ManagedBuffer *mbuf = mbuf_alloc(t);
    if (!mbuf) return V_ERROR;
    V result = V_ERROR;
    if (buffer_get(t, from, &mbuf->buffer, BUF_FULL_RO) == 0) {
        slot_init_steal(t, &mbuf->head, &mbuf->owner, mbuf->buffer.owner);
        result = view_from_mbuf(t, mbuf);
    }
    v_drop(t, v_from(mbuf));
    return result;
}

V memoryview_from_memory(Thread *t, void *p, size_t n, bool readonly) {
    ManagedBuffer *mbuf = mbuf_alloc(t);
    if (!mbuf) return V_ERROR;
    buffer_fill(t, &mbuf->buffer, V_NULL, p, (ptrdiff_t)n, readonly, BUF_FULL_RO);
    V result = view_from_mbuf(t, mbuf);
    v_drop(t, v_from(mbuf));
    return result;
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    V object;
    if (args_bind(t, "memoryview", "object", args, nargs, kwnames, &object) < 0) return V_ERROR;
    return memoryview_from_object(t, object);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((View *)o)->mbuf); }

// One view less: the last one gives the owner's memory back.
static void let_go(Thread *t, View *v) {
    V mbuf = slot_take(&v->head, &v->mbuf);
    if (mbuf == V_NULL) return;
    ManagedBuffer *m = (ManagedBuffer *)v_obj(mbuf);
    if (at_fetch_sub_acq_rel(&m->views, (int64_t)1) == 1) mbuf_release(t, m);
    v_drop(t, mbuf);
}

static void destroy(Thread *t, Obj *o) {
    View *v = (View *)o;
    let_go(t, v);
    if (v->shape != v->one) mem_free(v->shape);
    obj_free_memory(t, o);
}

// ---- layout ------------------------------------------------------------------------------------------------------------
bool view_is_c_contiguous(const View *v) {
    if (v->suboffsets) return false;
    ptrdiff_t stride = v->item_size;
    for (int i = v->ndim - 1; i >= 0; i--) {
        if (v->shape[i] > 1 && v->strides[i] != stride) return v->len == 0;
        stride *= v->shape[i];
    }
    return true;
}

bool view_is_f_contiguous(const View *v) {
    if (v->suboffsets) return false;
    ptrdiff_t stride = v->item_size;
    for (int i = 0; i < v->ndim; i++) {
        if (v->shape[i] > 1 && v->strides[i] != stride) return v->len == 0;
        stride *= v->shape[i];
    }
    return true;
}

static const char *step_into(const View *v, const char *p, int dim, ptrdiff_t i) {
    p += i * v->strides[dim];
    if (v->suboffsets && v->suboffsets[dim] >= 0) p = *(const char *const *)(const void *)p + v->suboffsets[dim];
    return p;
}

static char *copy_c(const View *v, const char *p, int dim, char *out) {
    if (dim == v->ndim) {
        memcpy(out, p, (size_t)v->item_size);
        return out + v->item_size;
    }
    for (ptrdiff_t i = 0; i < v->shape[dim]; i++) out = copy_c(v, step_into(v, p, dim, i), dim + 1, out);
    return out;
}

// Fortran order: the first index runs fastest.
static void copy_f(const View *v, char *out) {
    ptrdiff_t index[VIEW_MAX_DIM] = {0};
    for (ptrdiff_t n = view_count(v); n > 0; n--) {
        const char *p = v->data;
        for (int i = 0; i < v->ndim; i++) p = step_into(v, p, i, index[i]);
        memcpy(out, p, (size_t)v->item_size);
        out += v->item_size;
        for (int i = 0; i < v->ndim && ++index[i] == v->shape[i]; i++) index[i] = 0;
    }
}

void view_copy_out(const View *v, char *out, bool fortran) {
    if (fortran ? view_is_f_contiguous(v) : view_is_c_contiguous(v)) memcpy(out, v->data, (size_t)v->len);
    else if (fortran) copy_f(v, out);
    else copy_c(v, v->data, 0, out);
}

// ---- as a buffer -------------------------------------------------------------------------------------------------------
static int refuse(Thread *t, const char *message) {
    err_set(t, &exc_BufferError, "memoryview: %s", message);
    return -1;
}

static int get_buffer(Thread *t, V self, Buffer *out, int flags) {
    View *v = view_of(self);
    CRITICAL(t, &v->head);
    if (view_check(t, v) < 0) return -1;
    if ((flags & BUF_WRITABLE) && v->readonly) return refuse(t, "underlying buffer is not writable");
    bool strides = (flags & BUF_STRIDES) == BUF_STRIDES;
    if ((!strides || (flags & BUF_CONTIG)) && !view_is_c_contiguous(v))
        return refuse(t, "underlying buffer is not C-contiguous");
    if (v->suboffsets && (flags & BUF_FULL_RO) != BUF_FULL_RO) return refuse(t, "underlying buffer requires suboffsets");
    if (!(flags & BUF_ND) && (flags & BUF_FORMAT))
        return refuse(t, "cannot cast to unsigned bytes if the format flag is present");
    *out = (Buffer){
        .data = v->data, .owner = v_own(v_dup(self)), .len = v->len, .item_size = v->item_size, .readonly = v->readonly,
        .ndim = flags & BUF_ND ? v->ndim : 1, .format = flags & BUF_FORMAT ? v->format : NULL,
        .shape = flags & BUF_ND ? v->shape : NULL, .strides = strides ? v->strides : NULL, .suboffsets = v->suboffsets,
    };
    at_fetch_add_relaxed(&v->exports, (int64_t)1);
    return 0;
}

static void release_buffer(Thread *t, V self, Buffer *buffer) {
    (void)t, (void)buffer;
    at_fetch_sub_release(&view_of(self)->exports, (int64_t)1);
}

// ---- attributes --------------------------------------------------------------------------------------------------------
enum { GET_OBJ, GET_NBYTES, GET_READONLY, GET_ITEMSIZE, GET_FORMAT, GET_NDIM, GET_SHAPE, GET_STRIDES, GET_SUBOFFSETS,
       GET_C, GET_F, GET_CONTIGUOUS };

static V tuple_of_sizes(Thread *t, const ptrdiff_t *sizes, int n) {
    V items[VIEW_MAX_DIM];
    for (int i = 0; i < n; i++) items[i] = int_from_i64(t, sizes[i]);
    return tuple_from_steal(t, items, (size_t)n);
}

static V get_attr(Thread *t, V self, void *closure) {
    View *v = view_of(self);
    CRITICAL(t, &v->head);
    if (view_check(t, v) < 0) return V_ERROR;
    switch ((intptr_t)closure) {
    case GET_OBJ: {
        V owner = slot_get(&v->head, &((ManagedBuffer *)v_obj(slot_peek(&v->mbuf)))->owner);
        return owner == V_NULL ? V_NONE : owner;
    }
    case GET_NBYTES: return int_from_i64(t, v->len);
    case GET_READONLY: return v_from_bool(v->readonly);
    case GET_ITEMSIZE: return int_from_i64(t, v->item_size);
    case GET_FORMAT: return str_from_cstr(t, v->format);
    case GET_NDIM: return v_from_int(v->ndim);
    case GET_SHAPE: return tuple_of_sizes(t, v->shape, v->ndim);
    case GET_STRIDES: return tuple_of_sizes(t, v->strides, v->ndim);
    case GET_SUBOFFSETS: return v->suboffsets ? tuple_of_sizes(t, v->suboffsets, v->ndim) : tuple_empty();
    case GET_C: return v_from_bool(view_is_c_contiguous(v));
    case GET_F: return v_from_bool(view_is_f_contiguous(v));
    default: return v_from_bool(view_is_c_contiguous(v) || view_is_f_contiguous(v));
    }
}

#define ATTR(name, what, doc) {name, get_attr, NULL, doc, (void *)(intptr_t)what}
static const GetSet getsets[] = {
    ATTR("obj", GET_OBJ, "The object whose memory this is."),
    ATTR("nbytes", GET_NBYTES, "Bytes that the items take in a row."),
    ATTR("readonly", GET_READONLY, "Whether the memory may only be read."),
    ATTR("itemsize", GET_ITEMSIZE, "Bytes of one item."),
    ATTR("format", GET_FORMAT, "The items' format, as in module struct."),
    ATTR("ndim", GET_NDIM, "Number of dimensions."),
    ATTR("shape", GET_SHAPE, "Length of each dimension."),
    ATTR("strides", GET_STRIDES, "Bytes from one item to the next in each dimension."),
    ATTR("suboffsets", GET_SUBOFFSETS, "For arrays of pointers."),
    ATTR("c_contiguous", GET_C, "Whether the items stand in a row in C order."),
    ATTR("f_contiguous", GET_F, "Whether the items stand in a row in Fortran order."),
    ATTR("contiguous", GET_CONTIGUOUS, "Whether the items stand in a row."),
    {0},
};

static ptrdiff_t length(Thread *t, V self) {
    View *v = view_of(self);
    if (view_check(t, v) < 0) return -1;
    return v->ndim == 0 ? 1 : v->shape[0];
}

static V repr(Thread *t, V self) {
    return str_from_format(t, view_is_released(view_of(self)) ? "<released memory at %p>" : "<memory at %p>", (void *)v_obj(self));
}

static int hash(Thread *t, V self, int64_t *out) {
    View *v = view_of(self);
    CRITICAL(t, &v->head);
    *out = at_load_relaxed(&v->hash);
    if (*out != -1) return 0;
    if (view_check(t, v) < 0) return -1;
    char c = view_format_char(v->format);
    if (!v->readonly) {
        err_set(t, &exc_ValueError, "cannot hash writable memoryview object");
        return -1;
    }
    if (c != 'B' && c != 'b' && c != 'c') {
        err_set(t, &exc_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
        return -1;
    }
    V owner = slot_get(&v->head, &((ManagedBuffer *)v_obj(slot_peek(&v->mbuf)))->owner);
    int hashable = owner == V_NULL ? 0 : obj_hash(t, owner, out);
    v_drop(t, owner);
    if (hashable < 0 || view_check(t, v) < 0) return -1; // its __hash__ may have released the view
    V bytes = bytes_new(t, (size_t)v->len);
    if (v_is_error(bytes)) return -1;
    view_copy_out(v, bytes_data(bytes), false);
    int r = obj_hash(t, bytes, out);
    v_drop(t, bytes);
    if (r == 0) at_store_relaxed(&v->hash, *out);
    return r;
}

// ---- methods -----------------------------------------------------------------------------------------------------------
static NATIVE(m_release) {
    UNUSED_NATIVE();
    View *v = view_of(self);
    int64_t exports = at_load_acquire(&v->exports);
    if (exports && !view_is_released(v))
        return err_set(t, &exc_BufferError, "memoryview has %zd exported buffer%s", (ptrdiff_t)exports, exports == 1 ? "" : "s");
    let_go(t, v);
    return V_NONE;
}

static NATIVE(m_enter) {
    UNUSED_NATIVE();
    return view_check(t, view_of(self)) < 0 ? V_ERROR : v_dup(self);
}

static NATIVE(m_tobytes) {
    UNUSED_NATIVE();
    View *v = view_of(self);
    if (view_check(t, v) < 0) return V_ERROR;
    bool fortran = false;
    if (args[0] != V_NULL && args[0] != V_NONE) {
        if (!v_is_str(args[0])) return err_bad_argument(t, "tobytes", "argument 'order'", "str or None", args[0]);
        if (str_equal_ascii(args[0], "F")) fortran = true;
        else if (str_equal_ascii(args[0], "A")) fortran = view_is_f_contiguous(v);
        else if (!str_equal_ascii(args[0], "C")) return err_set(t, &exc_ValueError, "order must be 'C', 'F' or 'A'");
    }
    section_assert(t, &v->head);
    ptrdiff_t n = view_count(v) * v->item_size;
    if (n == 1) return bytes_from(t, v->data, 1);
    V bytes = bytes_new(t, (size_t)n);
    if (!v_is_error(bytes)) view_copy_out(v, bytes_data(bytes), fortran);
    return bytes;
}

static NATIVE(m_tolist) {
    UNUSED_NATIVE();
    return view_check(t, view_of(self)) < 0 ? V_ERROR : view_tolist(t, view_of(self));
}

static NATIVE(m_hex) {
    UNUSED_NATIVE();
    int group = 1;
    if (args[1] != V_NULL && num_as_int(t, args[1], &group) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    V bytes = m_tobytes(t, self, (V[]){V_NULL}, 1, V_NULL);
    if (v_is_error(bytes)) return V_ERROR;
    V text = bytes_algo_hex(t, bytes_data(bytes), bytes_len(bytes), args[0], group);
    v_drop(t, bytes);
    return text;
}

static NATIVE(m_toreadonly) {
    UNUSED_NATIVE();
    if (view_check(t, view_of(self)) < 0) return V_ERROR;
    View *v = view_clone(t, view_of(self));
    if (!v) return V_ERROR;
    v->readonly = true;
    return v_from(v);
}

// Reads the shape of a cast.  The number of dimensions, or -1.
static int read_shape(Thread *t, V shape, ptrdiff_t *out) {
    if (!v_is_list(shape) && !v_is_tuple(shape)) {
        err_set(t, &exc_TypeError, "shape must be a list or a tuple");
        return -1;
    }
    V items = v_is_list(shape) ? list_to_tuple(t, shape) : v_dup(shape);
    if (v_is_error(items)) return -1;
    size_t n = tuple_len(items);
    int r = (int)n;
    if (n > VIEW_MAX_DIM) {
        err_set(t, &exc_ValueError, "memoryview: number of dimensions must not exceed 64");
        r = -1;
    }
    for (size_t i = 0; i < n && r >= 0; i++) {
        V item = tuple_borrow(items, i);
        if (!v_is_any_int(item)) {
            err_set(t, &exc_TypeError, "memoryview.cast(): elements of shape must be integers");
            r = -1;
        } else if (num_as_ssize(t, item, &exc_OverflowError, &out[i]) < 0) {
            r = -1;
        } else if (out[i] <= 0) {
            err_set(t, &exc_ValueError, "memoryview.cast(): elements of shape must be integers > 0");
            r = -1;
        }
    }
    v_drop(t, items);
    return r;
}

static int check_cast(Thread *t, const View *v, const char *format, size_t size) {
    if (!size) {
        err_set(t, &exc_ValueError,
                "memoryview: destination format must be a native single character format prefixed with an optional '@'");
        return -1;
    }
    char from = view_format_char(v->format), to = view_format_char(format);
    if (!from && !strchr("Bbc", to)) { // as bytes anything can be seen
        err_set(t, &exc_ValueError,
                "memoryview: source format must be a native single character format prefixed with an optional '@'");
        return -1;
    }
    if (!strchr("Bbc", from) && !strchr("Bbc", to)) {
        err_set(t, &exc_TypeError, "memoryview: cannot cast between two non-byte formats");
        return -1;
    }
    if ((size_t)v->len % size) {
        err_set(t, &exc_TypeError, "memoryview: length is not a multiple of itemsize");
        return -1;
    }
    return 0;
}

static V cast(Thread *t, View *v, const char *format, const ptrdiff_t *shape, int ndim) {
    section_assert(t, &v->head);
    size_t size = view_format_char(format) ? buffer_item_size(view_format_char(format)) : 0;
    if (check_cast(t, v, format, size) < 0) return V_ERROR;
    ptrdiff_t count = v->len / (ptrdiff_t)size;
    if (shape) {
        ptrdiff_t product = 1;
        for (int i = 0; i < ndim; i++) {
            if (__builtin_mul_overflow(product, shape[i], &product))
                return err_set(t, &exc_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        }
        if (product != count) return err_set(t, &exc_TypeError, "memoryview: product(shape) * itemsize != buffer size");
    }
    View *made = view_new(t, (ManagedBuffer *)v_obj(slot_peek(&v->mbuf)), ndim, false);
    if (!made) return V_ERROR;
    made->data = v->data;
    made->len = v->len;
    made->item_size = (ptrdiff_t)size;
    made->readonly = v->readonly;
    set_format(made, format);
    ptrdiff_t stride = (ptrdiff_t)size;
    for (int i = ndim - 1; i >= 0; i--) {
        made->shape[i] = shape ? shape[i] : count;
        made->strides[i] = stride;
        stride *= made->shape[i];
    }
    return v_from(made);
}

static NATIVE(m_cast) {
    UNUSED_NATIVE();
    View *v = view_of(self);
    if (!v_is_str(args[0])) return err_bad_argument(t, "cast", "argument 'format'", "str", args[0]);
    if (!str_is_ascii(args[0])) { // it is encoded first
        v_drop(t, str_encode(t, args[0], "ascii", NULL));
        return V_ERROR;
    }
    const char *format = str_cstr(t, args[0]);
    if (!format || view_check(t, v) < 0) return V_ERROR;
    if (!view_is_c_contiguous(v)) return err_set(t, &exc_TypeError, "memoryview: casts are restricted to C-contiguous views");
    ptrdiff_t shape[VIEW_MAX_DIM];
    int ndim = 1;
    bool shaped = args[1] != V_NULL;
    if (shaped && (ndim = read_shape(t, args[1], shape)) < 0) return V_ERROR;
    if (shaped && v->ndim != 1 && ndim != 1) return err_set(t, &exc_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    return cast(t, v, format, shaped ? shape : NULL, ndim);
}

static const Method methods[] = {
    {"release", m_release, "", LOCK_SELF, 0, "Gives the memory back; the view cannot be used any more."},
    {"tobytes", m_tobytes, "order='C'", LOCK_SELF, 0, "The items in a row, as bytes: in C, Fortran or (A) whichever order they have."},
    {"hex", m_hex, "sep=<unrepresentable>, bytes_per_sep=1", LOCK_SELF, 0,
     "Two hexadecimal digits a byte, with sep between groups of bytes_per_sep (counted from the left when negative).\n"
     "\n>>> memoryview(b'hedd').hex()\n'68656464'\n>>> memoryview(b'hedd').hex('-')\n'68-65-64-64'\n>>> memoryview(b'hedd').hex('-', 2)\n'6865-6464'\n>>> memoryview(b'hedd').hex('-', 3)\n'68-656464'\n>>> memoryview(b'hedd').hex('-', -3)\n'686564-64'"},
    {"tolist", m_tolist, "", LOCK_SELF, 0, "The items as a list, or list of lists."},
    {"cast", m_cast, "format, shape=<unrepresentable>", LOCK_SELF, 0, "The same memory with another format or shape."},
    {"toreadonly", m_toreadonly, "", LOCK_SELF, 0, "The same memory, not to be written."},
    {"__enter__", m_enter, "", LOCK_NONE, 0, NULL},
    {"__exit__", m_release, NULL, LOCK_SELF, M_RAW | M_TUPLE, NULL},
    METHOD_END,
};

Type memoryview_type = {
    TYPE_HEAD("memoryview"), .getattr = obj_generic_getattr, .doc = "A view of the memory of another object.", .text_signature = "(object)",
    .flags = TYPE_GC | TYPE_SEQUENCE | TYPE_WEAKREFS, .size = sizeof(View), .traverse = traverse, .destroy = destroy,
    .new_ = type_new, .repr = repr, .hash = hash, .compare = view_compare, .iter = view_iter, .len = length,
    .subscript = view_subscript, .set_subscript = view_set_subscript, .item = view_item, .get_buffer = get_buffer,
    .release_buffer = release_buffer, .getsets = getsets, .methods = methods,
};
