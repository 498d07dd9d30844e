// SPDX-License-Identifier: MIT
// The upcalls of threading/ about objects: visiting their slots, destroying them, and whether dying needs Python.
//
// An object's slots are, in this order: those of its C layout (type->traverse of its native base), the cells of
// __slots__, the attributes.  Types are visited through their own traverse; the type word of the header is not a slot.
#include "object/dict_layout.h"
#include "object/list.h"
#include "object/shape.h"
#include "object/slots.h"
#include "object/tuple.h"
#include "threading/gcmark.h"

static void traverse_cells(Thread *t, Obj *o, const Type *type, SlotVisitor visit, void *arg) {
    Slot *cells = (Slot *)(type->item_size ? attrs_var_tail(o) : (void *)((char *)o + type->slots_offset));
    for (uint32_t i = 0; i < type->nslots; i++) visit(t, o, &cells[i], arg);
}

void upcall_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    const Type *type = o->type;
    // Behind a variable part: first what stands at the end, while the length that says where is still there.
    if (type->nslots) traverse_cells(t, o, type, visit, arg);
    if (type->attrs_offset) attrs_traverse(t, o, visit, arg);
    if (type->traverse) type->traverse(t, o, visit, arg);
}

// The attributes of an instance of a plain class: the tail and the inline cells behind it.
static inline bool attrs_span(const Obj *o, uint32_t offset, SlotSpan *span) {
    Attrs *a = (Attrs *)(void *)((char *)(uintptr_t)o + offset);
    *span = (SlotSpan){&a->tail, 1 + (size_t)a->ninline, 1, false};
    return !(at_load_relaxed(&a->tail.bits) & 1); // no overflow vector
}

bool upcall_slots(const Obj *o, SlotSpan *span) {
    const Type *type = o->type;
    if (type == &tuple_type) {
        Tuple *tuple = (Tuple *)(uintptr_t)o;
        *span = (SlotSpan){tuple->items, tuple->len, 1, false};
        return true;
    }
    if (type == &list_type) {
        const List *list = (const List *)o;
        *span = (SlotSpan){list->len ? list->items->slots : NULL, list->len, 1, false};
        return true;
    }
    if (type == &dict_type) {
        DictKeys *keys = ((const Dict *)o)->keys;
        *span = (SlotSpan){.stride = sizeof(DictEntry) / sizeof(Slot), .pairs = true};
        if (keys) span->at = &keys->entries[0].key, span->n = keys->nentries;
        return true;
    }
    bool plain = type->attrs_offset && !(type->attrs_offset & ATTRS_VAR) && !type->traverse && !type->nslots;
    return plain && attrs_span(o, type->attrs_offset, span);
}

void upcall_slots_soon(const Obj *o) {
    const Type *type = o->type;
    if (type == &dict_type) {
        const char *keys = (const char *)((const Dict *)o)->keys;
        __builtin_prefetch(keys);
        __builtin_prefetch(keys + 64);
    } else if (type == &list_type) {
        __builtin_prefetch(((const List *)o)->items);
    }
}

static void drop_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)owner, (void)arg;
    V v = at_load_relaxed(&s->bits);
    if (!v_is_counted(v)) return;
    at_store_relaxed(&s->bits, V_NULL);
    v_drop(t, v);
}

static NOINLINE void destroy_by_slots(Thread *t, Obj *o) {
    const Type *type = o->type;
    if (likely(type->attrs_offset && !type->traverse && !type->free_ && !type->nslots)) { // an instance of a plain class
        attrs_drop(t, o);
    } else {
        upcall_traverse(t, o, drop_slot, NULL);
        if (type->attrs_offset) attrs_free(t, o);
        if (type->free_) type->free_(t, o);
    }
    obj_free_memory(t, o);
}

// Two jumps, so that it keeps nothing and needs no stack frame.
void upcall_destroy(Thread *t, Obj *o) {
    void (*destroy)(Thread *, Obj *) = o->type->destroy;
    if (destroy) destroy(t, o);
    else destroy_by_slots(t, o);
}

bool upcall_needs_python(Thread *t, Obj *o) {
    (void)t;
    unsigned flags = at_load_relaxed(&o->flags);
    return (flags & (OBJ_FINALIZABLE | OBJ_FINALIZED)) == OBJ_FINALIZABLE && o->type->finalize;
}
