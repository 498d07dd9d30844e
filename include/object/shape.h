// SPDX-License-Identifier: MIT
// Instance attributes: hidden classes ("shapes") with inline slots.
//
// An instance with a __dict__ has an Attrs area at type->attrs_offset.  Its shape says which name stands in which
// cell; cells 0 .. ninline-1 are inline, further ones in the overflow vector.  A cell serves one name for the life of
// the shape.  When the dict must be real (exotic keys, too many names, `obj.__dict__` was asked for, a deleted name set
// again), the tail holds a dict and the shape is SHAPE_DICT for good: all attributes are then in that dict.
//
//     tail:  V_NULL              nothing beyond the inline cells
//            AttrOverflow* | 1   further cells (looks like an int to a visitor)
//            dict                shape == SHAPE_DICT
//
// SHARED objects: reading is lock-free: shape (acquire), cell; a cell that holds V_MOVED was drained by a change of
// structure: look again.  Overwriting a cell that holds a value is one exchange (attrs_store); everything else (adding,
// deleting, growing, the dict) happens under the instance's lock: write the cell, then release-store the shape.
#ifndef HEDDLE_OBJECT_SHAPE_H
#define HEDDLE_OBJECT_SHAPE_H
#include "object/object.h"

typedef struct AttrOverflow { size_t capacity; Slot slots[]; } AttrOverflow;
typedef struct Attrs {
    uint32_t shape;        // atomic: acquire on read, release under self->lock on write
    uint16_t ninline;      // const after init
    uint16_t pad;
    Slot tail;             // atomic; see above
    Slot slots[];          // ninline of them
} Attrs;
#define SHAPE_DICT 0u      // attributes are in a real dict (the tail); V_NULL there: no attributes yet
enum { SHAPE_MAX_NAMES = 100, SHAPE_MAX_CHILDREN = 512, SHAPE_MAX_INLINE = 30 };

// In attrs_offset: the area stands behind a variable part (int, str, bytes, tuple subclasses), at the object's own end.
#define ATTRS_VAR (1u << 31)
Attrs *attrs_of_var(Obj *o);
void *attrs_var_tail(Obj *o);  // the first word behind the variable part: cells of __slots__, then Attrs
static inline Attrs *attrs_of(Obj *o) {
    uint32_t offset = o->type->attrs_offset;
    return __builtin_expect(offset & ATTRS_VAR, 0) ? attrs_of_var(o) : (Attrs *)(void *)((char *)o + offset);
}

// Index of name (an interned str) in shape, or -1.  Lock-free; the answer holds for the life of the shape id.
int shape_find(uint32_t shape, V name);
// The shape that `shape` becomes when name is added (made when needed); 0 when there must be a dict instead.
uint32_t shape_add(Thread *t, uint32_t shape, V name);
uint32_t shape_new_root(Thread *t);                 // 0: no memory, no exception (instances then start with a dict)
void shape_free_tree(Thread *t, uint32_t root);     // its class dies
size_t shape_count(uint32_t shape);                 // names, in insertion order
V shape_name_borrow(uint32_t shape, size_t i);
// The i-th cell, inline or overflow; NULL when the attributes moved to a dict meanwhile.
static inline Slot *attrs_slot(Attrs *a, size_t i) {
    if (i < a->ninline) return &a->slots[i];
    V tail = at_load_acquire(&a->tail.bits);
    return tail & 1 ? &((AttrOverflow *)(tail - 1))->slots[i - a->ninline] : NULL;
}
// Overwrites a cell that holds a value; consumes v.  false: the cell was drained (look the name up and store again).
bool attrs_store_shared(Thread *t, Slot *cell, V v);
static inline bool attrs_store_steal(Thread *t, Obj *o, Slot *cell, V v) {
    if (obj_is_shared(o)) return attrs_store_shared(t, cell, v);
    slot_set_steal(t, o, cell, v);
    return true;
}

V attrs_get(Thread *t, Obj *o, V name);             // stack value, V_NULL when missing, V_ERROR
int attrs_set(Thread *t, Obj *o, V name, V value);  // value V_NULL deletes: 1 when it was missing; -1
V attrs_dict(Thread *t, Obj *o);                    // the real dict (materialised), stack value
V attrs_dict_copy(Thread *t, Obj *o);               // a new dict of the attributes; the instance keeps its shape
int attrs_set_dict(Thread *t, Obj *o, V dict);
bool attrs_empty(Obj *o);                           // no attribute is set
void attrs_init(Attrs *a, const Type *type, unsigned ninline); // by type_alloc
void attrs_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
void attrs_drop(Thread *t, Obj *o);                 // what a dying object holds there, and the overflow vector
void attrs_free(Thread *t, Obj *o);                 // the overflow vector of a dead object
void shapes_visit_roots(Thread *t, SlotVisitor visit, void *arg);
#endif
