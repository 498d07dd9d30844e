// SPDX-License-Identifier: MIT
// The virtual machine as others see it: running code, the current frame, tracing.
#ifndef HEDDLE_VM_VM_H
#define HEDDLE_VM_VM_H
#include "vm/frame.h"
#include "vm/func.h"
#include "vm/gen.h"

// ---- running --------------------------------------------------------------------------------------------------------
// exec/eval: runs code with these namespaces (globals a dict, locals any mapping or V_NULL for globals).
V vm_eval_code(Thread *t, V code, V globals, V locals);
// The same with a closure (exec(code, closure=…)): a tuple of cells or V_NULL.
V vm_eval_code_closure(Thread *t, V code, V globals, V locals, V closure);
// The `call` slot of function_type.  kwnames V_NULL or a tuple; args as in native.h.
V vm_call_function(Thread *t, V func, const V *args, size_t nargs, V kwnames);
NATIVE(vm_build_class);            // builtins.__build_class__ (M_RAW)

// ---- where we are ---------------------------------------------------------------------------------------------------
static inline Frame *vm_current_frame(Thread *t) { return t->frame; } // innermost; NULL when no Python code runs
V vm_current_globals_borrow(Thread *t);  // V_NULL without a frame
V vm_current_builtins_borrow(Thread *t); // of the frame, else the builtins module's dict
V vm_current_locals(Thread *t);          // locals(): stack value; V_ERROR "frame does not exist" without a frame
V vm_current_frame_object(Thread *t, int depth); // sys._getframe(depth): ValueError "call stack is not deep enough"
int vm_current_lineno(Thread *t);        // 0 without a frame
// Zero-argument super(): *type the class (from the cell __class__) and *self the first argument; both stack values.
int vm_super_arguments(Thread *t, V *type, V *self); // RuntimeError "super(): no arguments" and relatives
int traceback_add(Thread *t, Frame *f);  // prepends f to the pending exception's traceback
// Adds an entry for C code (a fresh frame named so) to the pending exception's traceback.
void traceback_add_native(Thread *t, const char *filename, const char *name, int lineno);

// ---- tracing (trace.c) ----------------------------------------------------------------------------------------------
// sys.settrace, sys.setprofile of this thread: a callable or V_NONE (borrowed).
int vm_set_trace(Thread *t, V func);
int vm_set_profile(Thread *t, V func);
// A profiler in C gets its events directly.  subject: the code object of a call or return, the callable of a C function
// (bound, or of no object); borrowed.  An event may come with an exception pending, and leaves it alone; -1: a new one.
typedef enum { PROFILE_CALL, PROFILE_RETURN, PROFILE_C_CALL, PROFILE_C_RETURN, PROFILE_C_EXCEPTION } ProfileEvent;
typedef int (*ProfileFn)(Thread *t, V profiler, ProfileEvent event, V subject);
int vm_set_profile_native(Thread *t, V profiler, ProfileFn fn);
static inline bool vm_tracing(const Thread *t) { return t->trace_func != V_NULL || t->profile_func != V_NULL; }
// Frames say exactly where they are at every moment, not only where somebody may ask: for who looks when memory is
// allocated.  Costs as much as tracing without a trace function, in all threads.
void vm_note_places(bool on);

void vm_start(Thread *t);        // start-up, before any Python code runs
void vm_thread_exit(Thread *t);  // gives back the thread's V stack
#endif
