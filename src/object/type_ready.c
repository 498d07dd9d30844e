// SPDX-License-Identifier: MIT
// Making a static type usable, and allocating instances of any type.
//
// type_ready is the function to read: base first, then layout and flags, MRO, dict (wrappers, methods, members, getsets,
// doc), inherited slots.  It is idempotent; start-up calls it for types.def, modules for their own types.  Nobody else
// sees a type before it is ready, so no locks are taken.
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/exceptions.h"
#include "base/bits.h"

// ---- layout ------------------------------------------------------------------------------------------------------------
void type_layout_attrs(Type *type, bool has_attrs) {
    if (!has_attrs) type->attrs_offset = 0;
    else if (type->item_size) type->attrs_offset = ATTRS_VAR;
    else type->attrs_offset = (uint32_t)align_up(type->size, sizeof(Slot));
}

enum { INHERITED_FLAGS = TYPE_WEAKREFS | TYPE_SEQUENCE | TYPE_MAPPING | TYPE_ITEM_SELF | TYPE_OWN_DICT | TYPE_INT | TYPE_STR |
                         TYPE_BYTES | TYPE_TUPLE | TYPE_LIST | TYPE_DICT | TYPE_EXC | TYPE_TYPE };
static const uint32_t inherited_flags = (uint32_t)INHERITED_FLAGS | (uint32_t)TYPE_FLOAT | (uint32_t)TYPE_SET | TYPE_FINALIZE;

static void inherit_layout(Type *type, const Type *base) {
    if (type->size < base->size) type->size = base->size;
    if (!type->item_size) type->item_size = base->item_size;
    type->flags |= base->flags & inherited_flags;
    if (!type->traverse) {
        type->traverse = base->traverse;
        type->flags |= base->flags & TYPE_GC;
    }
    if (!type->free_) type->free_ = base->free_;
    if (!type_has(type, TYPE_HEAP) && !type->destroy && type->traverse == base->traverse && type->free_ == base->free_)
        type->destroy = base->destroy; // instances of classes may have attributes: the general way finds them
    if (!type_has(type, TYPE_HEAP)) type_layout_attrs(type, type->attrs_offset || base->attrs_offset);
}

static int finish_layout(Thread *t, Type *type) {
    // Every instance of a class, since it refers to that, uncounted: full collections look at no leaf.
    if (type->traverse || type->attrs_offset || type->nslots || type_has(type, TYPE_HEAP)) type->flags |= TYPE_GC;
    if (type->finalize) type->flags |= TYPE_FINALIZE;
    type->alloc_flags = type_has(type, TYPE_GC) ? OBJ_GC : 0;
    if (type_has(type, TYPE_FINALIZE)) type->alloc_flags |= OBJ_FINALIZABLE;
    if (type->attrs_offset) {
        type->shape_root = shape_new_root(t);
        if (!type->inline_attrs) type->inline_attrs = type_has(type, TYPE_HEAP) ? 4 : 0;
    }
    return 0;
}

// ---- the dict ----------------------------------------------------------------------------------------------------------
static int add_steal(Thread *t, V dict, const char *name, V value) {
    if (v_is_error(value)) return -1;
    int r = dict_set(t, dict, str_static(name), value);
    v_drop(t, value);
    return r;
}

int type_fill_dict(Thread *t, Type *type) {
    V dict = slot_peek(&type->dict);
    for (const Method *row = type->methods; row && row->name; row++) {
        int there = row->flags & M_COEXIST ? 0 : dict_contains(t, dict, str_static(row->name));
        if (there < 0) return -1;
        if (!there && add_steal(t, dict, row->name, method_descr_new(t, type, row)) < 0) return -1;
    }
    for (const Member *row = type->members; row && row->name; row++) {
        if (add_steal(t, dict, row->name, member_descr_new(t, type, row)) < 0) return -1;
    }
    for (const GetSet *row = type->getsets; row && row->name; row++) {
        if (add_steal(t, dict, row->name, getset_descr_new(t, type, row)) < 0) return -1;
    }
    return 0;
}

static bool starting; // object_start is at work

static const Method new_row = {
    "__new__", new_wrapper, "*args, **kwargs", LOCK_NONE, M_CLASS | M_RAW, "Create and return a new object.  See help(type) for accurate signature.",
};

static int add_new(Thread *t, Type *type, V dict) {
    if (!type->new_) {
        if (type->base == &object_type && !type_has(type, TYPE_HEAP)) type->flags |= TYPE_NO_NEW;
        else if (!type_has(type, TYPE_NO_NEW) && type->base) type->new_ = type->base->new_;
        return 0;
    }
    if (type_has(type, TYPE_NO_NEW)) return 0;
    return add_steal(t, dict, "__new__", native_new_bound(t, &new_row, v_from_type(type), V_NULL, type));
}

static int fill_static_dict(Thread *t, Type *type) {
    V dict = slot_peek(&type->dict);
    if (add_new(t, type, dict) < 0 || type_add_wrappers(t, type, dict) < 0 || type_fill_dict(t, type) < 0) return -1;
    if (type->attrs_offset && !type->base->attrs_offset && dict_contains(t, dict, NAME(__dict__)) == 0 &&
        add_steal(t, dict, "__dict__", getset_descr_new(t, type, &attrs_dict_getset)) < 0)
        return -1;
    V doc = V_NONE;
    if (type->doc) {
        doc = str_from_cstr(t, type->doc);
        if (v_is_error(doc)) return -1;
    }
    int there = dict_contains(t, dict, NAME(__doc__));
    int r = there ? (there < 0 ? -1 : 0) : dict_set(t, dict, NAME(__doc__), doc);
    v_drop(t, doc);
    if (r < 0) return -1;
    const char *dot = strrchr(type->name, '.'); // a module's type has its module's name in the dict, a builtin one not
    if (!dot || starting || dict_contains(t, dict, NAME(__module__)) == 1) return 0;
    V module = str_intern_utf8(t, type->name, (size_t)(dot - type->name));
    if (v_is_error(module)) return -1;
    r = dict_set(t, dict, NAME(__module__), module);
    v_drop(t, module);
    return r;
}

// ---- bases and slots ---------------------------------------------------------------------------------------------------
static int set_bases(Thread *t, Type *type) {
    if (slot_peek(&type->bases) != V_NULL) return 0;
    V bases = type->base ? tuple_pack(t, 1, v_from_type(type->base)) : tuple_empty();
    if (v_is_error(bases)) return -1;
    slot_set_steal(t, &type->head, &type->bases, bases);
    return 0;
}

static int inherit_all(Thread *t, Type *type) {
    V mro = slot_peek(&type->mro);
    for (size_t i = 1; i < tuple_len(mro); i++) type_inherit_slots(type, v_as_type(tuple_borrow(mro, i)));
    if (type->subscript && type->base && type->subscript == type->base->subscript && !type->item) type->item = type->base->item;
    if (type->hash) return 0;
    type->hash = obj_hash_unhashable; // compares, and says nothing of hash
    V dict = slot_peek(&type->dict);
    int there = dict_contains(t, dict, NAME(__hash__));
    if (there) return there < 0 ? -1 : 0;
    return dict_set(t, dict, NAME(__hash__), V_NONE);
}

int type_ready(Thread *t, Type *type) {
    if (type_has(type, TYPE_READY)) return 0;
    HD_ASSERT(!type_has(type, TYPE_HEAP));
    type->flags |= TYPE_IMMUTABLE;
    if (!type->base && type != &object_type) type->base = &object_type;
    if (type->base && type_ready(t, type->base) < 0) return -1;
    if (!type->head.type) type->head.type = type->base ? type->base->head.type : &type_type;
    if (set_bases(t, type) < 0) return -1;
    V mro = type_compute_mro(t, type);
    if (v_is_error(mro)) return -1;
    slot_set_steal(t, &type->head, &type->mro, mro);
    if (type->base) inherit_layout(type, type->base);
    if (finish_layout(t, type) < 0) return -1;
    V dict = dict_new(t);
    if (v_is_error(dict)) return -1;
    slot_set_steal(t, &type->head, &type->dict, dict);
    if (fill_static_dict(t, type) < 0 || inherit_all(t, type) < 0) return -1;
    // Slots that came down may need a finalizer's flag.
    if (type->finalize && !type_has(type, TYPE_FINALIZE)) {
        type->flags |= TYPE_FINALIZE;
        type->alloc_flags |= OBJ_FINALIZABLE;
    }
    type->flags |= TYPE_READY;
    return type->base ? type_add_subclass(t, type->base, type) : 0;
}

// For type_new: the parts that heap types share.
int type_ready_heap(Thread *t, Type *type) {
    inherit_layout(type, type->base);
    return finish_layout(t, type);
}

// ---- instances ---------------------------------------------------------------------------------------------------------
// While a class is new its instances get a few inline cells; after that what they were seen to need.
static unsigned inline_count(Type *type) {
    enum { LEARNING = 8 };
    unsigned n = at_load_relaxed(&type->inline_attrs);
    uint16_t seen = at_load_relaxed(&type->reserved);
    if (likely((seen & 255) > LEARNING) || !type_has(type, TYPE_HEAP)) return n;
    at_store_relaxed(&type->reserved, (uint16_t)(seen + 1));
    if ((seen & 255) == LEARNING) {
        n = seen >> 8;
        at_store_relaxed(&type->inline_attrs, (uint16_t)n);
    }
    return n;
}

V type_alloc(Thread *t, Type *type, size_t nitems) {
    size_t size = type->size;
    if (type->item_size) size += type->item_size * nitems;
    if (likely(!type->attrs_offset)) {
        if (unlikely(type->nslots && type->item_size)) size = align_up(size, sizeof(Slot)) + type->nslots * sizeof(Slot);
        Obj *o = obj_alloc(t, type, size, at_load_relaxed(&type->alloc_flags));
        return likely(o != NULL) ? v_from(o) : err_no_memory(t);
    }
    unsigned ninline = inline_count(type);
    size_t at = align_up(size, sizeof(Slot));
    if (type->item_size) at += type->nslots * sizeof(Slot);
    Obj *o = obj_alloc(t, type, at + sizeof(Attrs) + ninline * sizeof(Slot), at_load_relaxed(&type->alloc_flags));
    if (unlikely(!o)) return err_no_memory(t);
    attrs_init((Attrs *)(void *)((char *)o + at), type, ninline);
    return v_from(o);
}

Type *type_alloc_heap(Thread *t, Type *metatype) {
    Obj *o = obj_alloc(t, metatype, metatype->size, OBJ_GC | OBJ_UNCOUNTED);
    if (!o) {
        err_no_memory(t);
        return NULL;
    }
    return (Type *)o;
}

// ---- start-up ------------------------------------------------------------------------------------------------------------
static Type *const start_types[] = {
#define TYPE(name) &name##_type,
#include "object/types.def"
#undef TYPE
};

int object_start(Thread *t) {
    if (slots_init(t) < 0) return -1;
    starting = true;
    for (size_t i = 0; i < countof(start_types); i++) {
        if (type_ready(t, start_types[i]) < 0) return -1;
    }
    starting = false;
    return exceptions_start(t);
}

void types_visit_roots(Thread *t, SlotVisitor visit, void *arg) {
    for (size_t i = 0; i < countof(start_types); i++) {
        Slot ref = {v_from_type(start_types[i])};
        visit(t, NULL, &ref, arg);
    }
#define EXC(name, base, layout) \
    { \
        Slot ref = {v_from_type(&exc_##name)}; \
        visit(t, NULL, &ref, arg); \
    }
#include "object/exceptions.def"
#undef EXC
}
