// SPDX-License-Identifier: MIT
// _ctypes: structs and unions: how they are laid out, and their instances.
//
// Read set_fields.  The layout is that of the C compilers of the platform.
#include "ctypes_private.h"
#include "base/bits.h"
#ifdef HAVE_FFI

// ---- layout ---------------------------------------------------------------------------------------------------------------------
typedef struct Layout {
    size_t size, align, pack;     // pack 0: none
    size_t offset;                // where the next field goes
    size_t unit;                  // bits of the word that bit fields go into; 0: none is open
    size_t used;                  // of it
    bool is_union, swapped;
    StrBuilder format;
} Layout;
typedef struct FieldSpec { V name, class; TypeInfo *info; int bits; } FieldSpec; // bits 0: an ordinary field

static void place(Layout *l, size_t size, size_t align) { // an ordinary field, or a new word for bit fields
    if (l->pack && l->pack < align) align = l->pack;
    if (align) l->offset = align_up(l->offset, align);
    if (align > l->align) l->align = align;
    l->offset += size;
}
// Where a field goes; its size as a Field tells it.
static size_t lay_out(Layout *l, const FieldSpec *f, size_t *offset) {
    size_t size = f->info->size, word = size * 8, bits = (size_t)f->bits;
    if (l->is_union) l->offset = l->unit = l->used = 0;
    bool fits = bits && l->unit && word <= l->unit && l->used + bits <= l->unit;
    bool widens = !fits && bits && l->unit && word >= l->unit && l->used + bits <= word;
    if (widens) { // the open word becomes one of the larger type
        l->offset += size - l->unit / 8;
        l->unit = word;
    } else if (!fits) {
        place(l, size, f->info->align);
        l->unit = bits ? word : 0;
        l->used = 0;
    }
    *offset = l->offset - size;
    if (l->offset > l->size) l->size = l->offset;
    if (!bits) return size;
    size_t low = l->swapped ? l->unit - l->used - bits : l->used;
    l->used += bits;
    return bits << 16 | low;
}

// ---- what _fields_ says ---------------------------------------------------------------------------------------------------------
static int bad_pairs(Thread *t) {
    err_set(t, &exc_TypeError, "'_fields_' must be a sequence of (name, C type) pairs");
    return -1;
}
static int check_bits(Thread *t, const FieldSpec *f) {
    const Code *code = f->info->kind == C_SIMPLE ? f->info->code : NULL;
    if (!code || !strchr("bBhHiIlLqQ?", code->letter)) err_set(t, &exc_TypeError, "bit fields not allowed for type %N", v_as_type(f->class));
    else if (f->bits <= 0 || (size_t)f->bits > f->info->size * 8) err_set(t, &exc_ValueError, "number of bits invalid for bit field");
    return err_pending(t) ? -1 : 0;
}
static int parse_pair(Thread *t, V pair, ptrdiff_t index, const TypeInfo *own, FieldSpec *f) { // borrows from the pair
    if (!v_is_tuple(pair) || tuple_len(pair) < 2 || tuple_len(pair) > 3 || !v_is_str(tuple_borrow(pair, 0))) return bad_pairs(t);
    *f = (FieldSpec){.name = tuple_borrow(pair, 0), .class = tuple_borrow(pair, 1)};
    f->info = v_is_type(f->class) ? ctype_info(f->class) : NULL;
    if (!f->info) {
        err_set(t, &exc_TypeError, "second item in _fields_ tuple (index %zd) must be a C type", index);
        return -1;
    }
    if (f->info == own) {
        err_set(t, &exc_AttributeError, "Structure or union cannot contain itself");
        return -1;
    }
    if (tuple_len(pair) == 2) return 0;
    if (num_as_int_old(t, tuple_borrow(pair, 2), &f->bits) < 0) return bad_pairs(t);
    return check_bits(t, f);
}
static const Code *text_code(const TypeInfo *info) { // arrays of characters are text as fields
    TypeInfo *item = info->kind == C_ARRAY ? ctype_info(slot_peek(&info->item)) : NULL;
    if (!item || item->kind != C_SIMPLE || item->swapped) return NULL;
    return item->code->letter == 'c' ? &ctypes_text_field : item->code->letter == 'u' ? &ctypes_wide_field : NULL;
}
static void write_format(Layout *l, const FieldSpec *f) { // 3.11 says nothing of the room between fields
    for (int i = 0; i < f->info->ndim; i++) sb_format(&l->format, "%s%zd", i ? "," : "(", f->info->shape[i]);
    if (f->info->ndim) sb_char(&l->format, ')');
    sb_cstr(&l->format, f->info->format ? f->info->format : "B");
    sb_char(&l->format, ':');
    sb_str(&l->format, f->name);
    sb_char(&l->format, ':');
}
static int add_field(Thread *t, V class, TypeInfo *info, Layout *l, const FieldSpec *f, ptrdiff_t index) {
    size_t offset, size = lay_out(l, f, &offset);
    at_store_relaxed(&f->info->final, true);
    info->has_pointer |= f->info->has_pointer;
    info->has_union |= f->info->has_union;
    info->has_bits |= f->info->has_bits || f->bits;
    write_format(l, f);
    V field = ctypes_field_new(t, f->class, text_code(f->info), offset, size, index);
    int r = v_is_error(field) ? -1 : obj_setattr(t, class, f->name, field);
    v_drop(t, field);
    return r;
}
static int pack_of(Thread *t, V class, size_t *pack) { // 1; 0: there is none; -1
    V v = ctype_attr(t, class, "_pack_");
    ptrdiff_t n = 0;
    int r = v_is_error(v) ? -1 : 0;
    *pack = 0;
    if (r == 0 && v != V_NULL && (!v_is_any_int(v) || num_as_ssize(t, v, &exc_OverflowError, &n) < 0 || n < 0)) {
        err_clear(t);
        err_set(t, &exc_ValueError, "_pack_ must be a non-negative integer");
        r = -1;
    }
    if (r == 0) *pack = (size_t)n;
    v_drop(t, v);
    return r < 0 ? -1 : v != V_NULL;
}
static TypeInfo *base_info(V class) { return ctype_info(v_from_type(v_as_type(class)->base)); }

static int finish(Thread *t, TypeInfo *info, Layout *l, V classes, bool packed) {
    size_t align = l->align ? l->align : 1;
    info->size = align_up(l->size, align);
    info->align = align;
    info->length = (ptrdiff_t)list_len(classes);
    info->swapped = l->swapped;
    sb_char(&l->format, '}');
    V format = sb_finish(&l->format), fields = v_is_error(format) ? V_ERROR : list_to_tuple(t, classes);
    size_t n;
    const char *text = v_is_error(fields) ? NULL : str_utf8(t, format, &n);
    int r = text ? ctype_set_format(t, info, l->is_union || packed ? "B" : text) : -1;
    v_drop(t, format);
    if (!v_is_error(fields)) slot_set_steal(t, &info->head, &info->fields, fields);
    return r;
}
static int set_fields(Thread *t, V class, V fields) {
    V described = slot_peek(&((CType *)v_obj(class))->info);
    if (described == V_NULL) {
        err_set(t, &exc_TypeError, "ctypes state is not initialized");
        return -1;
    }
    TypeInfo *info = (TypeInfo *)v_obj(described), *base = base_info(class);
    if (at_load_relaxed(&info->final)) {
        err_set(t, &exc_AttributeError, "_fields_ is final");
        return -1;
    }
    if (!obj_is_sequence(fields)) {
        err_set(t, &exc_TypeError, "'_fields_' must be a sequence of pairs");
        return -1;
    }
    Layout l = {.is_union = info->kind == C_UNION};
    V swapped = ctype_attr(t, class, "_swappedbytes_");
    int packed = v_is_error(swapped) ? -1 : pack_of(t, class, &l.pack);
    l.swapped = swapped != V_NULL;
    v_drop(t, swapped);
    if (packed < 0) return -1;
    if (base) {
        at_store_relaxed(&base->final, true);
        l.size = l.offset = base->size;
        l.align = base->align;
        info->has_pointer |= base->has_pointer;
        info->has_union |= base->has_union;
        info->has_bits |= base->has_bits;
    }
    info->has_union |= l.is_union;
    sb_init(&l.format, t);
    sb_cstr(&l.format, "T{");
    V all = list_new(t, 0);
    int r = v_is_error(all) ? -1 : 0;
    V inherited = base ? slot_peek(&base->fields) : V_NULL;
    if (r == 0 && inherited != V_NULL) r = list_extend(t, all, inherited);
    ptrdiff_t n = r < 0 ? -1 : obj_len(t, fields), before = r < 0 ? 0 : (ptrdiff_t)list_len(all);
    if (n < 0) r = -1;
    for (ptrdiff_t i = 0; i < n && r == 0; i++) {
        FieldSpec f;
        V pair = obj_getitem(t, fields, v_from_int(i));
        r = v_is_error(pair) ? -1 : parse_pair(t, pair, i, info, &f);
        if (r == 0) r = add_field(t, class, info, &l, &f, before + i);
        if (r == 0) r = list_append(t, all, f.class);
        v_drop(t, pair);
    }
    if (r == 0) r = finish(t, info, &l, all, packed);
    else sb_abandon(&l.format);
    v_drop(t, all);
    at_store_relaxed(&info->final, r == 0);
    return r < 0 ? -1 : ctypes_make_anonymous(t, class);
}

// ---- classes --------------------------------------------------------------------------------------------------------------------
static int inherit(Thread *t, TypeInfo *info, TypeInfo *base) { // no fields of its own
    at_store_relaxed(&base->final, true);
    info->size = base->size;
    info->align = base->align;
    info->length = base->length;
    info->has_pointer = base->has_pointer;
    info->has_union = base->has_union;
    info->has_bits = base->has_bits;
    info->swapped = base->swapped;
    slot_set(t, &info->head, &info->fields, slot_peek(&base->fields));
    return ctype_set_format(t, info, base->format ? base->format : "B");
}
static V struct_meta_new_kind(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames, CKind kind) {
    TypeInfo *info;
    V class = ctype_new_class(t, meta, args, nargs, kwnames, kind, &info);
    if (v_is_error(class) || !info) return class;
    V fields = dict_get_c(t, args[2], "_fields_");
    int abstract = v_is_error(fields) ? -1 : dict_contains(t, args[2], NAME(_abstract_));
    int r = abstract < 0 ? -1 : 0;
    info->align = 1;
    slot_set_steal(t, &info->head, &info->fields, tuple_empty());
    if (r == 0 && !abstract) {
        info->complete = true;
        TypeInfo *base = base_info(class);
        if (fields != V_NULL) r = obj_setattr(t, class, NAME(_fields_), fields); // a metaclass derived from this one may look at it
        else r = base ? inherit(t, info, base) : ctype_set_format(t, info, "B");
    }
    if (!v_is_error(fields)) v_drop(t, fields);
    if (r == 0) return class;
    v_drop(t, class);
    return V_ERROR;
}
static V struct_meta_new(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames) {
    return struct_meta_new_kind(t, meta, args, nargs, kwnames, C_STRUCT);
}
static V union_meta_new(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames) {
    return struct_meta_new_kind(t, meta, args, nargs, kwnames, C_UNION);
}
static int struct_meta_setattr(Thread *t, V class, V name, V value) {
    if (type_type.setattr(t, class, name, value) < 0) return -1;
    return value != V_NULL && str_equal_ascii(name, "_fields_") ? set_fields(t, class, value) : 0;
}

// ---- instances ------------------------------------------------------------------------------------------------------------------
static bool has_name(V kwnames, V name) {
    for (size_t i = 0; kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        if (str_equal(tuple_borrow(kwnames, i), name)) return true;
    }
    return false;
}
// Positional values go to the fields in order, those of bases first; how many have been used, or -1.
static ptrdiff_t fill_in_order(Thread *t, V self, Type *type, const V *args, size_t nargs, V kwnames) {
    ptrdiff_t used = 0;
    if (ctype_info(v_from_type(type->base))) used = fill_in_order(t, self, type->base, args, nargs, kwnames);
    V fields = type_own_attr_borrow(type, NAME(_fields_));
    if (used < 0 || fields == V_NULL) return used;
    V pairs = obj_to_tuple(t, fields);
    if (v_is_error(pairs)) return -1;
    for (size_t i = 0; i < tuple_len(pairs) && (size_t)used < nargs && used >= 0; i++) {
        V name = obj_getitem(t, tuple_borrow(pairs, i), V_INT(0));
        if (!v_is_error(name) && has_name(kwnames, name)) err_set(t, &exc_TypeError, "duplicate values for field %R", name);
        bool ok = !v_is_error(name) && !err_pending(t) && obj_setattr(t, self, name, args[used]) == 0;
        used = ok ? used + 1 : -1;
        v_drop(t, name);
    }
    v_drop(t, pairs);
    return used;
}
static int struct_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    ptrdiff_t used = nargs ? fill_in_order(t, self, v_type(self), args, nargs, kwnames) : 0;
    if (used < 0) return -1;
    if ((size_t)used < nargs) {
        err_set(t, &exc_TypeError, "too many initializers");
        return -1;
    }
    for (size_t i = 0; kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        if (obj_setattr(t, self, tuple_borrow(kwnames, i), args[nargs + i]) < 0) return -1;
    }
    return 0;
}
static const Method struct_meta_methods[] = {CTYPE_METHODS(ctype_from_param), METHOD_END};
#define STRUCT_META(n, new__) \
    { TYPE_HEAD(n), .base = &type_type, .size = sizeof(CType), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE, .traverse = ctype_traverse, \
      .new_ = new__, .setattr = struct_meta_setattr, .repeat = ctype_repeat, .methods = struct_meta_methods }
Type ctypes_struct_meta = STRUCT_META("_ctypes.PyCStructType", struct_meta_new);
Type ctypes_union_meta = STRUCT_META("_ctypes.UnionType", union_meta_new);
#define STRUCT_TYPE(n, meta, text) \
    {.type = { CTYPE_HEAD(n, meta), .base = &ctypes_data_type.type, .size = sizeof(CData), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE, \
               .doc = text, CDATA_SLOTS, .init = struct_init }}
CType ctypes_struct_type = STRUCT_TYPE("_ctypes.Structure", ctypes_struct_meta, "Structure base class");
CType ctypes_union_type = STRUCT_TYPE("_ctypes.Union", ctypes_union_meta, "Union base class");
#endif
