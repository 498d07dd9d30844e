// SPDX-License-Identifier: MIT
// Instance attributes: hidden classes ("shapes") with inline slots.
//
// An instance with a __dict__ has an Attrs area at type->attrs_offset.  Its shape says which name stands in which
// slot; slots 0 .. ninline-1 are inline, further ones in the overflow vector.  A slot serves one name for the life of
// the shape.  When the dict must be real (exotic keys, too many names, `obj.__dict__ = d`, vars(obj) kept), `dict`
// holds a dict and shape is SHAPE_DICT: all attributes are then in that dict.
//   add: write the slot, then release-store the shape id (under the instance's lock when SHARED).
#ifndef HEDDLE_OBJECT_SHAPE_H
#define HEDDLE_OBJECT_SHAPE_H
#include "object/object.h"

typedef struct AttrOverflow { size_t capacity; Slot slots[]; } AttrOverflow;
typedef struct Attrs {
    uint32_t shape;        // atomic: acquire on read, release under self->lock on write
    uint16_t ninline;      // const after init
    uint16_t pad;
    union {
        AttrOverflow *overflow; // shape != SHAPE_DICT; atomic; NULL: none
        Slot dict;              // shape == SHAPE_DICT
    };
    Slot slots[];          // ninline of them
} Attrs;
#define SHAPE_DICT 0u      // attributes are in a real dict (attrs->dict); V_NULL there: no attributes yet
static inline Attrs *attrs_of(Obj *o) { return (Attrs *)((char *)o + o->type->attrs_offset); }

// Index of name (an interned str) in shape, or -1.  Lock-free; the answer holds for the life of the shape id.
int shape_find(uint32_t shape, V name);
// The shape that `shape` becomes when name is added (made when needed); 0 when there must be a dict instead.
uint32_t shape_add(Thread *t, uint32_t shape, V name);
size_t shape_count(uint32_t shape);                 // names, in insertion order
V shape_name_borrow(uint32_t shape, size_t i);
Slot *attrs_slot(Attrs *a, size_t i);               // the i-th slot, inline or overflow
V attrs_get(Thread *t, Obj *o, V name);             // stack value, V_NULL when missing, V_ERROR
int attrs_set(Thread *t, Obj *o, V name, V value);  // value V_NULL deletes: 1 when it was missing; -1
V attrs_dict(Thread *t, Obj *o);                    // the real dict (materialised), stack value
int attrs_set_dict(Thread *t, Obj *o, V dict);
void attrs_init(Thread *t, Obj *o);                 // by type_alloc
void attrs_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
void attrs_free(Thread *t, Obj *o);
#endif
