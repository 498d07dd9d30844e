// SPDX-License-Identifier: MIT
// Functions made by `def` and `lambda`.
#ifndef HEDDLE_VM_FUNC_H
#define HEDDLE_VM_FUNC_H
#include "object/code.h"
#include "object/object.h"

typedef struct Function {
    Obj head;
    uint32_t version;   // atomic; changes with code, defaults and kwdefaults (specialised calls compare it); 0: none
    uint32_t pad;
    Slot code;          // Code
    Slot globals;       // dict; const
    Slot builtins;      // dict; const
    Slot defaults;      // tuple or V_NULL
    Slot kwdefaults;    // dict or V_NULL
    Slot closure;       // tuple of cells or V_NULL; const
    Slot name, qualname;
    Slot doc;           // any object; V_NULL: the code's, which nobody asked for (function_doc)
    Slot module;        // any object
    Slot annotations;   // dict, a tuple of name, value, … until somebody asks, or V_NULL
    Slot old_code;      // codes replaced by assignment: running frames borrow them from here; a list, or V_NULL
} Function;
static inline Function *function_of(V v) { return (Function *)v_obj(v); }
static inline bool v_is_function(V v) { return v_is_exact(v, &function_type); }

// A function of code; its module is globals["__name__"], its builtins globals["__builtins__"] or the current ones.
V function_new(Thread *t, V code, V globals);
V function_new_qualified(Thread *t, V code, V globals, V qualname);
uint32_t function_version(Function *fn); // gives one when there is none; 0: exhausted
void function_modified(Function *fn);
V function_annotations(Thread *t, V func); // stack value: the dict, made when needed
#endif
