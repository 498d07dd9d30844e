// SPDX-License-Identifier: MIT
// Slots and dunders: the table behind slots.def, and what the type machinery shares between its files.
//
// A row says: this dunder is that slot of Type, is wrapped this way when a static type fills the slot, and is this
// generic function in a class that defines the dunder in Python.  Several rows may name one slot (`__setitem__` and
// `__delitem__`) and several slots one dunder (`__add__` is `add` for numbers and `concat` for sequences).
#ifndef HEDDLE_OBJECT_SLOTS_H
#define HEDDLE_OBJECT_SLOTS_H
#include "object/object.h"

typedef enum { // how a slot wrapper calls the slot
    WRAP_UNARY, WRAP_HASH, WRAP_CALL, WRAP_GETATTR, WRAP_SETATTR, WRAP_DELATTR, WRAP_COMPARE, WRAP_NEXT,
    WRAP_DESCR_GET, WRAP_DESCR_SET, WRAP_DESCR_DELETE, WRAP_INIT, WRAP_BINARY, WRAP_LEFT, WRAP_RIGHT, WRAP_POWER,
    WRAP_POWER_RIGHT, WRAP_INQUIRY, WRAP_LEN, WRAP_SUBSCRIPT, WRAP_SETITEM, WRAP_DELITEM, WRAP_CONTAINS, WRAP_REPEAT,
    WRAP_FINALIZE, WRAP_NONE,
} WrapKind;

typedef struct SlotRow {
    const char *dunder;
    const char *sig, *doc;
    void *generic;   // NULL: a dunder written in Python does not fill this slot
    uint16_t offset; // of the slot in Type
    uint8_t kind;    // WrapKind
    uint8_t op;      // WRAP_COMPARE: CMP_*
} SlotRow;

extern const SlotRow slot_rows[]; // ends with dunder NULL
extern const size_t slot_row_count;
static inline void **type_slot_at(Type *type, size_t offset) { return (void **)(void *)((char *)type + offset); }

// The dunder of a row as an interned name (made at start-up by slots_init).
V slot_row_name(const SlotRow *row);
int slots_init(Thread *t);

// ---- slot functions of classes written in Python (type_slotfns.c) ------------------------------------------------
V slotfn_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
V slotfn_item(Thread *t, V self, ptrdiff_t i);
V slotfn_getattr_hook(Thread *t, V self, V name);
V slotfn_finalize(Thread *t, V self);
V slotfn_next(Thread *t, V self);
// Calls type(self).<name>(self, *args); V_NULL when there is no such method.
V special_call(Thread *t, V self, V name, const V *args, size_t nargs);
// What len() makes of what `__len__` answered (consumed): -1 with an exception.
ptrdiff_t slot_len_result(Thread *t, V result);
// One binary operation of Python classes: reflected first when b's class derives from a's and overrides it.
V slotfn_binary(Thread *t, V a, V b, size_t offset, void *self_fn, V dunder, V rdunder);

// ---- operators whose method in Python was called from elsewhere -----------------------------------------------------
typedef struct OpRow { // by BinaryOp
    const char *symbol, *inplace_symbol;
    uint16_t slot, inplace_slot;
} OpRow;
extern const OpRow num_op_rows[];
// The rest of num_binary once a's own method, which came first, has answered NotImplemented: `__add__` when a's class has no
// `__iadd__` and b's is the same or a static one, ...
V num_binary_after(Thread *t, int op, V a, V b);
V num_inplace_after(Thread *t, int op, V a, V b); // ... or `__iadd__`
V obj_compare_after(Thread *t, V a, V b, int op); // the rest of obj_compare likewise

// ---- the type machinery (type_*.c) -------------------------------------------------------------------------------
int type_add_wrappers(Thread *t, Type *type, V dict);   // slot wrappers for the slots a static type fills
void type_fill_slots(Type *type);                       // a new heap type: every slot from its dunders
void type_renew_slots(Thread *t, Type *type);           // one that threads know: what has changed, in a stopped world
void type_update_slot(Thread *t, Type *type, V dunder); // after a dunder changed: type and its subclasses
void type_inherit_slots(Type *type, const Type *base);
bool type_new_is_generic(const Type *type);             // new_ is a `__new__` written in Python
V type_find_in_mro(Type *type, V name);                 // borrowed, no cache
V type_own_attr_borrow(const Type *type, V name);       // in the type's own dict; V_NULL
V type_compute_mro(Thread *t, Type *type);              // C3, or the metatype's mro(): a tuple
V type_mro_c3(Thread *t, Type *type);                   // a list
int type_set_mro(Thread *t, Type *type, V mro);
int type_add_subclass(Thread *t, Type *base, Type *type);
void type_remove_subclass(Thread *t, Type *base, Type *type);
V type_subclasses_list(Thread *t, Type *type);
Type *type_best_base(Thread *t, V bases);               // NULL with TypeError
void type_layout_attrs(Type *type, bool has_attrs);     // sets attrs_offset from size
bool type_same_layout(const Type *a, const Type *b);    // for __class__ and __bases__ assignment
int type_fill_dict(Thread *t, Type *type);              // methods, members, getsets
V type_new_impl(Thread *t, Type *metatype, const V *args, size_t nargs, V kwnames); // type.__new__
V type_getattr(Thread *t, V self, V name);
int type_setattr(Thread *t, V self, V name, V value);
V type_getattr_or_null(Thread *t, V self, V name);      // V_NULL when missing, no exception made
extern const GetSet type_getsets[];
extern const Method type_methods[];
extern const Method object_methods[];
extern const GetSet object_getsets[];
extern const GetSet attrs_dict_getset, attrs_weakref_getset;
V object_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
int object_init(Thread *t, V self, const V *args, size_t nargs, V kwnames);
NATIVE(new_wrapper);                                    // the builtin `__new__` of static types
#endif
