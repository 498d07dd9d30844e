// SPDX-License-Identifier: MIT
// Module _struct: format strings, the Struct type, and functions that take a format.
//
// A format is compiled into items {format row, offset, repeat}; compiled formats that the functions were given are kept in
// a dict by their text.
#include "struct_private.h"
#include "object/plain.h"
#include <stdarg.h>

typedef struct Item {
    const StructFormat *format;
    size_t offset, size, repeat; // 's' and 'p': one value of `size` bytes
} Item;
typedef struct Layout { // const once it is in a Struct
    ptrdiff_t size, nvalues; // -1 before __init__
    size_t nitems;
    Item items[];
} Layout;
typedef struct Struct {
    Obj head;
    Slot format; // bytes
    Slot layout; // a Layout in a bytes object; V_NULL before __init__.  Who uses it holds it: __init__ may come again meanwhile
} Struct;
static Struct *of(V v) { return (Struct *)v_obj(v); }
static V layout_hold(V self) { return slot_get(v_obj(self), &of(self)->layout); } // v_drop it
static const Layout *layout_in(V held) {
    static const Layout none = {-1, -1, 0};
    return held == V_NULL ? &none : (const Layout *)bytes_data(held);
}
_Static_assert(offsetof(Bytes, data) % _Alignof(Layout) == 0, "a bytes object's contents are aligned for it");
static Type struct_type, unpack_iter_type;
Slot struct_error;
static Slot cache; // root: dict {format: Struct}
enum { CACHE_MAX = 100 };

V struct_raise(Thread *t, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return V_ERROR;
    err_set_v(t, v_as_type(slot_peek(&struct_error)), message);
    v_drop(t, message);
    return V_ERROR;
}

// ---- compiling a format ------------------------------------------------------------------------------------------------
static int byte_order(const char **p) {
    switch (**p) {
    case '<':
    case '=': ++*p; return STRUCT_LITTLE;
    case '>':
    case '!': ++*p; return STRUCT_BIG;
    case '@': ++*p; return STRUCT_NATIVE;
    default: return STRUCT_NATIVE;
    }
}

static int too_long(Thread *t) {
    struct_raise(t, "total struct size too long");
    return -1;
}

// One item at *p, behind white space: its row and repeat count.  1, 0 at the end, -1.
static int next_item(Thread *t, const char **p, int order, const StructFormat **format, size_t *repeat) {
    const char *s = *p;
    while (*s == ' ' || (*s >= '\t' && *s <= '\r')) s++;
    if (!*s) return 0;
    *repeat = 1;
    if (*s >= '0' && *s <= '9') {
        for (*repeat = 0; *s >= '0' && *s <= '9'; s++) {
            if (*repeat >= PTRDIFF_MAX / 10 && (*repeat > PTRDIFF_MAX / 10 || (size_t)(*s - '0') > PTRDIFF_MAX - *repeat * 10))
                return too_long(t);
            *repeat = *repeat * 10 + (size_t)(*s - '0');
        }
        if (!*s) {
            struct_raise(t, "repeat count given without format specifier");
            return -1;
        }
    }
    *format = struct_format_of(order, *s);
    if (!*format) {
        struct_raise(t, "bad char in struct format");
        return -1;
    }
    *p = s + 1;
    return 1;
}

// Lays the items out; with items NULL it only counts them.
static int compile(Thread *t, Layout *s, const char *p, Item *items) {
    int order = byte_order(&p), r;
    size_t size = 0, nvalues = 0, nitems = 0, repeat, more;
    const StructFormat *f;
    while ((r = next_item(t, &p, order, &f, &repeat)) > 0) {
        if (f->align > 1 && __builtin_add_overflow(size, (size_t)f->align - 1, &size)) return too_long(t);
        size &= ~((size_t)f->align - 1);
        if (__builtin_mul_overflow(repeat, (size_t)f->size, &more) || more > PTRDIFF_MAX - size) return too_long(t);
        bool text = f->code == 's' || f->code == 'p', pad = f->code == 'x';
        if (text) nvalues++;
        else if (!pad) nvalues += repeat;
        if (!pad && (text || repeat)) {
            if (items) items[nitems] = (Item){f, size, text ? repeat : f->size, text ? 1 : repeat};
            nitems++;
        }
        size += more;
    }
    if (r < 0) return -1;
    s->size = (ptrdiff_t)size;
    s->nvalues = (ptrdiff_t)nvalues;
    s->nitems = nitems;
    return 0;
}

static V format_bytes(Thread *t, V format) {
    if (v_is_str(format)) return str_encode(t, format, "ascii", NULL);
    if (v_is_bytes(format)) return v_dup(format);
    return err_set(t, &exc_TypeError, "Struct() argument 1 must be a str or bytes object, not %T", format);
}

static int set_format(Thread *t, V self, V given) {
    Struct *s = of(self);
    V format = format_bytes(t, given);
    if (v_is_error(format)) return -1;
    Layout counted = {-1, -1, 0};
    V made = V_ERROR;
    if (strlen(bytes_data(format)) != bytes_len(format)) struct_raise(t, "embedded null character");
    else if (compile(t, &counted, bytes_data(format), NULL) == 0) made = bytes_new(t, sizeof(Layout) + counted.nitems * sizeof(Item));
    if (!v_is_error(made)) {
        Layout *layout = (Layout *)bytes_data(made);
        compile(t, layout, bytes_data(format), layout->items);
        CRITICAL(t, &s->head);
        slot_set(t, &s->head, &s->format, format);
        slot_set(t, &s->head, &s->layout, made);
    }
    v_drop(t, format);
    v_drop(t, made);
    return v_is_error(made) ? -1 : 0;
}

static int struct_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V format;
    if (args_bind(t, "Struct", "format", args, nargs, kwnames, &format) < 0) return -1;
    return set_format(t, self, format);
}

static void struct_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Struct *)o)->format);
    VISIT(((Struct *)o)->layout);
}

// The Struct for a format given to a function.
static V find(Thread *t, V format) {
    V dict = slot_peek(&cache), found = dict_get(t, dict, format);
    if (found != V_NULL) return found;
    V made = obj_call1(t, v_from_type(&struct_type), format);
    if (v_is_error(made)) return V_ERROR;
    if (dict_len(dict) >= CACHE_MAX) dict_clear(t, dict);
    if (dict_set(t, dict, format, made) == 0) return made;
    v_drop(t, made);
    return V_ERROR;
}

// ---- unpacking ---------------------------------------------------------------------------------------------------------
static V unpack_item(Thread *t, const Item *item, const char *p) {
    if (item->format->code == 's') return bytes_from(t, p, item->size);
    if (item->format->code == 'p') {
        size_t n = item->size ? (unsigned char)*p : 0;
        if (item->size && n >= item->size) n = item->size - 1;
        return bytes_from(t, p + 1, n);
    }
    return item->format->unpack(t, p, item->format);
}

static V unpack(Thread *t, const Layout *s, const char *data) {
    V result = tuple_new(t, s->nvalues < 0 ? 0 : (size_t)s->nvalues);
    if (v_is_error(result)) return V_ERROR;
    size_t at = 0;
    for (size_t i = 0; i < s->nitems; i++) {
        const Item *item = &s->items[i];
        const char *p = data + item->offset;
        for (size_t k = 0; k < item->repeat; k++, p += item->size) {
            V v = unpack_item(t, item, p);
            if (v_is_error(v)) {
                v_drop(t, result);
                return V_ERROR;
            }
            tuple_init_steal(t, result, at++, v);
        }
    }
    return result;
}

static V unpack_all(Thread *t, V self, V source) {
    Buffer view;
    if (buffer_get(t, source, &view, BUF_SIMPLE) < 0) return V_ERROR;
    V held = layout_hold(self);
    const Layout *s = layout_in(held);
    V result = view.len == s->size ? unpack(t, s, view.data) : struct_raise(t, "unpack requires a buffer of %zd bytes", s->size);
    v_drop(t, held);
    buffer_release(t, &view);
    return result;
}

// Checks [offset, offset + size) against a buffer of len bytes; false with an exception.
static bool check_range(Thread *t, ptrdiff_t len, ptrdiff_t size, ptrdiff_t *offset, bool packing) {
    if (*offset < 0) {
        if (*offset + size > 0) {
            if (packing) struct_raise(t, "no space to pack %zd bytes at offset %zd", size, *offset);
            else struct_raise(t, "not enough data to unpack %zd bytes at offset %zd", size, *offset);
            return false;
        }
        if (*offset + len < 0) {
            struct_raise(t, "offset %zd out of range for %zd-byte buffer", *offset, len);
            return false;
        }
        *offset += len;
    }
    if (len - *offset >= size) return true;
    struct_raise(t, "%s requires a buffer of at least %zu bytes for %s %zd bytes at offset %zd (actual buffer size is %zd)",
                 packing ? "pack_into" : "unpack_from", (size_t)size + (size_t)*offset, packing ? "packing" : "unpacking", size,
                 *offset, len);
    return false;
}

static V unpack_from(Thread *t, V self, V source, V offset_value) {
    ptrdiff_t offset = 0;
    if (offset_value != V_NULL && num_as_ssize(t, offset_value, &exc_OverflowError, &offset) < 0) return V_ERROR;
    Buffer view;
    if (buffer_get(t, source, &view, BUF_SIMPLE) < 0) return V_ERROR;
    V result = V_ERROR, held = layout_hold(self);
    const Layout *s = layout_in(held);
    if (check_range(t, view.len, s->size, &offset, false)) result = unpack(t, s, (char *)view.data + offset);
    v_drop(t, held);
    buffer_release(t, &view);
    return result;
}

// ---- packing -----------------------------------------------------------------------------------------------------------
static int pack_text(Thread *t, const Item *item, char *p, V v) {
    bool pascal = item->format->code == 'p';
    if (!v_is_bytes(v) && !type_check(t, v, &bytearray_type)) {
        struct_raise(t, "argument for '%c' must be a bytes object", item->format->code);
        return -1;
    }
    Buffer view;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return -1;
    size_t n = (size_t)view.len, room = item->size;
    if (pascal) room = room ? room - 1 : 0;
    if (n > room) n = room;
    if (n) memcpy(p + pascal, view.data, n);
    if (pascal && item->size) *p = (char)(n > 255 ? 255 : n);
    buffer_release(t, &view);
    return 0;
}

static int pack(Thread *t, const Layout *s, char *data, const V *values) {
    memset(data, 0, (size_t)s->size);
    for (size_t i = 0; i < s->nitems; i++) {
        const Item *item = &s->items[i];
        char *p = data + item->offset;
        bool text = !item->format->pack;
        for (size_t k = 0; k < item->repeat; k++, p += item->size) {
            V v = *values++;
            if ((text ? pack_text(t, item, p, v) : item->format->pack(t, p, v, item->format)) < 0) return -1;
        }
    }
    return 0;
}

static V pack_bytes(Thread *t, const Layout *s, const V *values, size_t n) {
    if ((ptrdiff_t)n != s->nvalues) return struct_raise(t, "pack expected %zd items for packing (got %zu)", s->nvalues, n);
    if (s->size == 1) { // one-byte results are not new objects
        char c;
        return pack(t, s, &c, values) < 0 ? V_ERROR : bytes_from(t, &c, 1);
    }
    V bytes = bytes_new(t, (size_t)s->size);
    if (v_is_error(bytes) || s->size == 0 || pack(t, s, bytes_data(bytes), values) == 0) return bytes;
    v_drop(t, bytes);
    return V_ERROR;
}

static V pack_new(Thread *t, V self, const V *values, size_t n) {
    V held = layout_hold(self), result = pack_bytes(t, layout_in(held), values, n);
    v_drop(t, held);
    return result;
}

static V pack_into_as(Thread *t, const Layout *s, const V *args, size_t nargs) {
    if (nargs == 0) return struct_raise(t, "pack_into expected buffer argument");
    if (nargs == 1) return struct_raise(t, "pack_into expected offset argument");
    if ((ptrdiff_t)nargs - 2 != s->nvalues)
        return struct_raise(t, "pack_into expected %zd items for packing (got %zu)", s->nvalues, nargs - 2);
    ptrdiff_t offset;
    Buffer view;
    if (!obj_has_buffer(args[0]) || buffer_get(t, args[0], &view, BUF_WRITABLE) < 0) {
        err_clear(t);
        return err_set(t, &exc_TypeError, "argument must be read-write bytes-like object, not %T", args[0]);
    }
    V result = V_ERROR;
    if (num_as_ssize(t, args[1], &exc_OverflowError, &offset) == 0 && check_range(t, view.len, s->size, &offset, true) &&
        pack(t, s, (char *)view.data + offset, args + 2) == 0)
        result = V_NONE;
    buffer_release(t, &view);
    return result;
}

static V pack_into(Thread *t, V self, const V *args, size_t nargs) {
    V held = layout_hold(self), result = pack_into_as(t, layout_in(held), args, nargs);
    v_drop(t, held);
    return result;
}

// ---- iter_unpack ---------------------------------------------------------------------------------------------------------
static ptrdiff_t struct_size(Thread *t, V self) {
    V held = layout_hold(self);
    ptrdiff_t size = layout_in(held)->size;
    v_drop(t, held);
    return size;
}

typedef struct UnpackIter {
    Obj head;
    Slot unpacker, view; // view: a memoryview of the source; both V_NULL at the end
    size_t at; // changed under the lock
} UnpackIter;
static UnpackIter *iter_of(V v) { return (UnpackIter *)v_obj(v); }

static V iter_make(Thread *t, V self, V source) {
    ptrdiff_t size = struct_size(t, self);
    if (size == 0) return struct_raise(t, "cannot iteratively unpack with a struct of length 0");
    if (!obj_has_buffer(source)) return err_set(t, &exc_TypeError, "a bytes-like object is required, not '%T'", source);
    Buffer probe;
    if (buffer_get(t, source, &probe, BUF_SIMPLE) < 0) return V_ERROR;
    ptrdiff_t len = probe.len;
    buffer_release(t, &probe);
    if (len % size) return struct_raise(t, "iterative unpacking requires a buffer of a multiple of %zd bytes", size);
    V view = memoryview_from_object(t, source), iter = v_is_error(view) ? V_ERROR : type_alloc(t, &unpack_iter_type, 0);
    if (v_is_error(iter)) {
        v_drop(t, view);
        return V_ERROR;
    }
    slot_set(t, v_obj(iter), &iter_of(iter)->unpacker, self);
    slot_set_steal(t, v_obj(iter), &iter_of(iter)->view, view);
    return iter;
}

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((UnpackIter *)o)->unpacker);
    VISIT(((UnpackIter *)o)->view);
}
static V iter_next(Thread *t, V self) {
    UnpackIter *it = iter_of(self);
    CRITICAL(t, &it->head);
    V unpacker = slot_get(&it->head, &it->unpacker), result = V_END;
    if (unpacker == V_NULL) return V_END;
    Buffer view;
    if (buffer_get(t, slot_peek(&it->view), &view, BUF_SIMPLE) < 0) {
        v_drop(t, unpacker);
        return V_ERROR;
    }
    V held = layout_hold(unpacker);
    const Layout *s = layout_in(held);
    if (it->at + (size_t)s->size <= (size_t)view.len) {
        result = unpack(t, s, (char *)view.data + it->at);
        it->at += (size_t)s->size;
    }
    v_drop(t, held);
    buffer_release(t, &view);
    v_drop(t, unpacker);
    if (result == V_END) {
        slot_clear(t, &it->head, &it->unpacker);
        slot_clear(t, &it->head, &it->view);
    }
    return result;
}
static NATIVE(iter_hint) {
    UNUSED_NATIVE();
    UnpackIter *it = iter_of(self);
    V unpacker = slot_peek(&it->unpacker);
    if (unpacker == V_NULL) return v_from_int(0);
    V nbytes = obj_getattr(t, slot_peek(&it->view), NAME(nbytes));
    if (v_is_error(nbytes)) return V_ERROR;
    ptrdiff_t size = struct_size(t, unpacker);
    return v_from_int(size ? (v_int(nbytes) - (int64_t)it->at) / size : 0);
}
static const Method iter_methods[] = {
    {"__length_hint__", iter_hint, "", LOCK_SELF, 0, "How many tuples are left."},
    METHOD_END,
};
static Type unpack_iter_type = {
    TYPE_HEAD("_struct.unpack_iterator"), .flags = TYPE_GC | TYPE_NO_NEW, .size = sizeof(UnpackIter), .traverse = iter_traverse,
    .iter = iter_self, .next = iter_next, .methods = iter_methods,
};

// ---- the type ----------------------------------------------------------------------------------------------------------
static NATIVE(m_pack) {
    if (args_no_keywords(t, "Struct.pack", kwnames) < 0) return V_ERROR;
    return pack_new(t, self, args, nargs);
}
static NATIVE(m_pack_into) {
    if (args_no_keywords(t, "Struct.pack_into", kwnames) < 0) return V_ERROR;
    return pack_into(t, self, args, nargs);
}
static NATIVE(m_unpack) {
    UNUSED_NATIVE();
    return unpack_all(t, self, args[0]);
}
static NATIVE(m_unpack_from) {
    UNUSED_NATIVE();
    return unpack_from(t, self, args[0], args[1]);
}
static NATIVE(m_iter_unpack) {
    UNUSED_NATIVE();
    return iter_make(t, self, args[0]);
}
static NATIVE(m_sizeof) {
    UNUSED_NATIVE();
    V held = layout_hold(self);
    size_t size = v_type(self)->size + sizeof(Layout) + layout_in(held)->nitems * sizeof(Item);
    v_drop(t, held);
    return int_from_size(t, size);
}
static V get_size(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, struct_size(t, self));
}
static V get_format(Thread *t, V self, void *closure) {
    (void)closure;
    V format = slot_get(v_obj(self), &of(self)->format);
    if (format == V_NULL) return str_empty();
    V text = str_from_latin1(t, bytes_data(format), bytes_len(format));
    v_drop(t, format);
    return text;
}

static const Method struct_methods[] = {
    {"iter_unpack", m_iter_unpack, "buffer, /", LOCK_NONE, 0, "An iterator of tuples over a buffer of many records."},
    {"pack", m_pack, NULL, LOCK_NONE, M_RAW, "The values as bytes: pack(v1, v2, ...)."},
    {"pack_into", m_pack_into, NULL, LOCK_NONE, M_RAW, "Writes the values into a buffer: pack_into(buffer, offset, v1, v2, ...)."},
    {"unpack", m_unpack, "buffer, /", LOCK_NONE, 0, "The values in a buffer of just the right size, as a tuple."},
    {"unpack_from", m_unpack_from, "buffer, offset=0", LOCK_NONE, 0, "The values that stand at an offset in a buffer, as a tuple."},
    {"__sizeof__", m_sizeof, "", LOCK_NONE, 0, "Memory in use, in bytes."},
    METHOD_END,
};
static const GetSet struct_getsets[] = {
    {"format", get_format, NULL, "The format.", NULL},
    {"size", get_size, NULL, "Bytes of one record.", NULL},
    {0},
};
static Type struct_type = {
    TYPE_HEAD("_struct.Struct"), .doc = "A compiled format: Struct(format).", .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS,
    .size = sizeof(Struct), .traverse = struct_traverse, .new_ = type_new_bare, .init = struct_init,
    .methods = struct_methods, .getsets = struct_getsets,
};

// ---- functions ---------------------------------------------------------------------------------------------------------
static NATIVE(f_calcsize) {
    UNUSED_NATIVE();
    V s = find(t, args[0]);
    if (v_is_error(s)) return V_ERROR;
    V size = int_from_i64(t, struct_size(t, s));
    v_drop(t, s);
    return size;
}
static NATIVE(f_pack) {
    (void)self;
    if (args_no_keywords(t, "_struct.pack", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return err_set(t, &exc_TypeError, "missing format argument");
    V s = find(t, args[0]);
    if (v_is_error(s)) return V_ERROR;
    V result = pack_new(t, s, args + 1, nargs - 1);
    v_drop(t, s);
    return result;
}
static NATIVE(f_pack_into) {
    (void)self;
    if (args_no_keywords(t, "_struct.pack_into", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return err_set(t, &exc_TypeError, "missing format argument");
    V s = find(t, args[0]);
    if (v_is_error(s)) return V_ERROR;
    V result = pack_into(t, s, args + 1, nargs - 1);
    v_drop(t, s);
    return result;
}
static NATIVE(f_unpack) {
    UNUSED_NATIVE();
    V s = find(t, args[0]);
    if (v_is_error(s)) return V_ERROR;
    V result = unpack_all(t, s, args[1]);
    v_drop(t, s);
    return result;
}
static NATIVE(f_unpack_from) {
    UNUSED_NATIVE();
    V s = find(t, args[0]);
    if (v_is_error(s)) return V_ERROR;
    V result = unpack_from(t, s, args[1], args[2]);
    v_drop(t, s);
    return result;
}
static NATIVE(f_iter_unpack) {
    UNUSED_NATIVE();
    V s = find(t, args[0]);
    if (v_is_error(s)) return V_ERROR;
    V result = iter_make(t, s, args[1]);
    v_drop(t, s);
    return result;
}
static NATIVE(f_clearcache) {
    UNUSED_NATIVE();
    dict_clear(t, slot_peek(&cache));
    return V_NONE;
}

static const Method methods[] = {
    {"_clearcache", f_clearcache, "", LOCK_NONE, 0, "Forgets all compiled formats."},
    {"calcsize", f_calcsize, "format, /", LOCK_NONE, 0, "Bytes of one record."},
    {"iter_unpack", f_iter_unpack, "format, buffer, /", LOCK_NONE, 0, "An iterator of tuples over a buffer of many records."},
    {"pack", f_pack, NULL, LOCK_NONE, M_RAW, "The values as bytes: pack(format, v1, v2, ...)."},
    {"pack_into", f_pack_into, NULL, LOCK_NONE, M_RAW, "Writes the values into a buffer: pack_into(format, buffer, offset, v1, v2, ...)."},
    {"unpack", f_unpack, "format, buffer, /", LOCK_NONE, 0, "The values in a buffer of just the right size, as a tuple."},
    {"unpack_from", f_unpack_from, "format, /, buffer, offset=0", LOCK_NONE, 0, "The values that stand at an offset in a buffer, as a tuple."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (slot_peek(&cache) == V_NULL) {
        V dict = dict_new(t);
        if (v_is_error(dict)) return -1;
        root_register(&cache);
        root_set(t, &cache, dict);
        v_drop(t, dict);
    }
    if (type_ready(t, &unpack_iter_type) < 0 || module_add_type(t, module, &struct_type) < 0) return -1;
    return module_add_error(t, module, &struct_error, "error", "struct.error", &exc_Exception);
}

const ModuleDef mod__struct = {
    .name = "_struct", .doc = "Values as bytes in formats of C, and back.", .methods = methods, .exec = exec,
};
