// SPDX-License-Identifier: MIT
// Descriptors and builtin functions: their layouts, and calling a native through its parsed signature.
//
// native.h tells how rows are written; here is what stands behind a row once type_ready or a module has read it.  The VM
// calls natives it finds on a type (LOAD_METHOD) straight through native_invoke, without an object for the bound method.
#ifndef HEDDLE_OBJECT_DESCR_H
#define HEDDLE_OBJECT_DESCR_H
#include "object/slots.h"

// ---- signatures ----------------------------------------------------------------------------------------------------
typedef enum {
    SIG_NONE,    // ""              no parameters
    SIG_ONE,     // "object, /"     exactly one, positional only
    SIG_FIXED,   // "a, b=1, /"     all positional only
    SIG_GENERAL, // anything that keywords may fill
} SigKind;

typedef struct Signature {  // immortal, shared by all rows with the same text
    const char *text;
    uint8_t kind;
    uint8_t nparams;        // values passed to the body
    uint8_t npositional;    // those that may be given by position
    uint8_t nposonly;       // those that may only be given by position
    uint8_t nrequired;      // leading positional parameters without default
    uint32_t required;      // bit i: parameter i has no default (nparams <= 32)
    V names[];              // interned, one a parameter; immortal
} Signature;

// The parsed form of a row's text (made once, then found lock-free).  NULL: no memory, exception set.
const Signature *signature_of(Thread *t, const char *text);
// Fills out[nparams] with borrowed values or V_NULL; 0, or -1 with TypeError.  `display` names the function in messages
// ("list.append" or "pop"); flags are the row's.
int signature_bind(Thread *t, const Signature *sig, const char *name, V callable, unsigned flags, const V *args,
                   size_t nargs, V kwnames, V *out);

// -1 with "find() takes no keyword arguments", or with "str.find()" before it.
int signature_no_keywords(Thread *t, const char *name, V callable, unsigned flags);

// ---- builtin functions and methods -----------------------------------------------------------------------------------
typedef struct Native { // builtin_function_or_method
    Obj head;
    const Method *row;     // const
    const Signature *sig;  // const; NULL: M_RAW
    Slot self;             // what the body gets as self; V_NULL for static methods
    Slot module;           // the module's name, or V_NULL
    Type *defined_in;      // the type whose method this is bound from; NULL: a module's function
} Native;

typedef struct MethodDescr { // method_descriptor, classmethod_descriptor
    Obj head;
    const Method *row;
    const Signature *sig;
    Type *type;
    Slot name;
} MethodDescr;

static inline Native *native_of(V v) { return (Native *)v_obj(v); }
static inline MethodDescr *method_descr_of(V v) { return (MethodDescr *)v_obj(v); }

// Calls row's body with the arguments bound and the row's lock held.  callable: for messages.
V native_invoke(Thread *t, V callable, const Method *row, const Signature *sig, V self, const V *args, size_t nargs,
                V kwnames);
V native_new_bound(Thread *t, const Method *row, V self, V module_name, Type *defined_in);
V method_descr_new(Thread *t, Type *type, const Method *row);       // by the row's flags: method, class method, static
bool method_descr_accepts(V descr, V self);                         // self is an instance of the descriptor's type

// ---- the other descriptors ---------------------------------------------------------------------------------------------
typedef struct GetSetDescr { Obj head; const GetSet *row; Type *type; Slot name; } GetSetDescr;
typedef struct MemberDescr {
    Obj head;
    const Member *row;   // static types' members; NULL: a __slots__ cell
    const GetSet *computed; // or what works it out: a field in CPython, none here
    Type *type;
    Slot name;
    uint32_t offset;     // where the field stands (cells behind a variable part: counted from its end)
    uint8_t kind;        // MemberKind
    bool readonly, tail;
} MemberDescr;
typedef struct SlotWrapper { Obj head; const SlotRow *row; Type *type; void *fn; Slot name; } SlotWrapper;
typedef struct MethodWrapper { Obj head; Slot wrapper, self; } MethodWrapper;
typedef struct Property { Obj head; Slot get, set, del, doc, name; bool getter_doc; } Property;
typedef struct StaticMethod { Obj head; Slot callable; } StaticMethod; // classmethod too; __dict__ behind it

V getset_descr_new(Thread *t, Type *type, const GetSet *row);
V member_descr_new(Thread *t, Type *type, const Member *row);
V member_descr_new_cell(Thread *t, Type *type, V name, size_t offset, bool tail);
Slot *member_descr_cell(V descr, V obj);                // the field of a MEMBER_SLOT kind (type of obj checked by the caller)
V slot_wrapper_new(Thread *t, Type *type, const SlotRow *row, void *fn);
static inline void *slot_wrapper_fn(V v) { return ((SlotWrapper *)v_obj(v))->fn; }
V slot_wrapper_call(Thread *t, V wrapper, V self, const V *args, size_t nargs, V kwnames);
V member_get(Thread *t, V obj, const Member *row, size_t offset);
int member_set(Thread *t, V obj, const Member *row, size_t offset, V value);

// "($self, object, /)" from a row's signature; V_NONE when there is none.
V text_signature_of(Thread *t, const char *sig, const char *self_name);
#endif
