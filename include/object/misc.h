// SPDX-License-Identifier: MIT
// The smaller builtin types: slice, range, cell, module, function, method, descriptors, namespaces, weak references.
#ifndef HEDDLE_OBJECT_MISC_H
#define HEDDLE_OBJECT_MISC_H
#include "object/object.h"

struct Singleton { Obj head; };

typedef struct Slice { Obj head; Slot start, stop, step; } Slice;
V slice_new(Thread *t, V start, V stop, V step);           // borrowed; V_NULL means None
int slice_unpack(Thread *t, V slice, ptrdiff_t *start, ptrdiff_t *stop, ptrdiff_t *step); // clipped; ValueError on step 0
ptrdiff_t slice_adjust(ptrdiff_t len, ptrdiff_t *start, ptrdiff_t *stop, ptrdiff_t step); // number of items
int slice_index(Thread *t, V v, ptrdiff_t *out);           // one bound, clipped; None and V_NULL leave *out alone
int slice_index_not_none(Thread *t, V v, ptrdiff_t *out);  // the same for arguments of index(): None is an error
int slice_indices_big(Thread *t, V slice, V length, V *start, V *stop, V *step); // slice.indices with any ints

typedef struct Range { Obj head; Slot start, stop, step, length; } Range; // exact ints
V range_new(Thread *t, V start, V stop, V step);
typedef struct RangeIter { Obj head; int64_t next, step; uint64_t left; int64_t start; } RangeIter; // small ranges; next/left atomic

typedef struct Cell { Obj head; Slot value; } Cell;
V cell_new(Thread *t, V value_or_null);
static inline V cell_get(V cell) { return slot_get(v_obj(cell), &((Cell *)v_obj(cell))->value); } // V_NULL: empty
static inline void cell_set(Thread *t, V cell, V v) { slot_set(t, v_obj(cell), &((Cell *)v_obj(cell))->value, v); }

typedef struct Module { Obj head; Slot dict; const struct ModuleDef *def; void *state; Slot name; } Module;
V module_new(Thread *t, V name);                           // with __name__, __doc__, __package__, __loader__, __spec__
V module_dict_borrow(V module);
V module_name(Thread *t, V module);
int module_add(Thread *t, V module, const char *name, V value);       // borrowed
int module_add_steal(Thread *t, V module, const char *name, V value); // consumes; V_ERROR value: -1
int module_add_int(Thread *t, V module, const char *name, int64_t value);
int module_add_str(Thread *t, V module, const char *name, const char *value);
int module_add_type(Thread *t, V module, Type *type);                  // readies it; its short name is the key
// An exception class that lives in `root`: made at the module's first import, and shared by every later one, so that what
// the module's functions raise is what all its copies name.
int module_add_error(Thread *t, V module, Slot *root, const char *name, const char *full, Type *base);
int module_add_methods(Thread *t, V module, const Method *methods);

typedef struct BoundMethod { Obj head; Slot func, self; } BoundMethod;
V method_new(Thread *t, V func, V self);

V property_new(Thread *t, V get, V set, V del, V doc);
V static_method_new(Thread *t, V callable);
V class_method_new(Thread *t, V callable);
V mapping_proxy_new(Thread *t, V mapping);
V simple_namespace_new(Thread *t, V dict);
V generic_alias_new(Thread *t, V origin, V args);          // list[int]
NATIVE(generic_alias_class_getitem);                       // __class_getitem__ row: {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, ...}
V union_or(Thread *t, V a, V b);                           // X | Y for types
V seq_iter_new(Thread *t, V seq);
V callable_iter_new(Thread *t, V callable, V sentinel);
V weakref_new(Thread *t, V referent, V callback_or_none);
V weakref_get(Thread *t, V ref);                           // stack value; V_NONE when dead
V capsule_new(Thread *t, void *pointer, const char *name, void (*destructor)(void *));
void *capsule_pointer(V v, const char *name);
V super_new(Thread *t, Type *type, V obj);

extern Type deque_type, deque_iter_type, deque_reverse_iter_type; // collections.deque: readied by module _collections
V deque_snapshot(Thread *t, V deque);                      // a list of its items, taken in one go
V super_lookup(Thread *t, V type, V obj, V name);          // super(type, obj).name; V_NULL: no such attribute behind type

// A module in C: `const ModuleDef mod_NAME` in src/modules/mod_NAME.c (found by file name; no list to edit).
typedef struct ModuleDef {
    const char *name;       // import name
    const char *doc;
    const Method *methods;  // self = the module
    int (*exec)(Thread *t, V module); // adds types and constants; NULL: nothing
    size_t state_size;      // zeroed Module.state; V in it must be registered roots or objects' Slots
} ModuleDef;
static inline Module *module_of(V v) { return (Module *)v_obj(v); }
#endif
