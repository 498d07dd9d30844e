// SPDX-License-Identifier: MIT
// Exceptions: raising, the pending exception, the hierarchy.
//
// err_set and relatives make a normalised exception instance, set its __context__ from the handled exception, store it
// in t->exc and return V_ERROR, so that a value function may `return err_set(...)`.  An int function: `err_set(...);
// return -1;`.  Formats are printf's plus
//     %V str() of a value   %R repr()   %A ascii()   %T the type name of a value   %K the same, but None for None   %N the name of a Type *
//     (with precision: %.100V)
#ifndef HEDDLE_OBJECT_ERROR_H
#define HEDDLE_OBJECT_ERROR_H
#include "object/type.h"

// EXC(name, base): `extern Type exc_NAME`
#define EXC(name, base, layout) extern Type exc_##name;
#include "object/exceptions.def"
#undef EXC
#define exc_EnvironmentError exc_OSError
#define exc_IOError exc_OSError

typedef struct Exc {    // layout of BaseException
    Obj head;
    Slot args;          // tuple
    Slot traceback, context, cause;
    Slot own_traceback; // while `replaced`: what traceback was before throw() was given another
    bool suppress_context, replaced; // atomic
    uint32_t passed;    // atomic: the first entries of traceback that were added since it was raised or last caught
} Exc;

V err_set(Thread *t, const Type *type, const char *format, ...);
V err_set_v(Thread *t, const Type *type, V arg);        // type(arg); a tuple is not unpacked
V err_set_none(Thread *t, const Type *type);            // type()
V err_raise(Thread *t, V exc);                          // sets an exception instance (borrowed) as pending, with context
V err_chain(Thread *t, const Type *type, const char *format, ...); // like err_set with the pending one as __cause__
V err_no_memory(Thread *t);                             // preallocated MemoryError
V err_errno(Thread *t, const Type *type, V filename, V filename2); // from errno; picks the OSError subclass; EINTR: runs signal handlers first
V err_key(Thread *t, V key);                            // KeyError(key), also for tuple keys
V err_bad_argument(Thread *t, const char *fname, const char *what, const char *expected, V given); // "f() argument 'what' must be X, not T"
V err_type_expected(Thread *t, const char *expected, V given); // "expected X, T found" style helper
V err_stop_iteration(Thread *t, V value);
static inline bool err_pending(const Thread *t) { return t->exc != V_NULL; }
void err_clear(Thread *t);
V err_fetch(Thread *t);                                 // takes the pending exception (counted); V_NULL if none
void err_restore_steal(Thread *t, V exc);               // puts one back (V_NULL allowed), without touching its context
bool err_matches(Thread *t, const Type *type);          // pending is an instance of type
int exc_matches(Thread *t, V exc, V type_or_tuple);     // as `except` compares; -1 with TypeError
V exc_new(Thread *t, const Type *type, const V *args, size_t nargs); // an instance, nothing raised
// A traceback in the making.  Raising and catching settle it.  throw(type, value, tb) replaces it; when the exception then
// passes through a generator that handles another, it becomes again what it was when it was last settled.
void exc_settle_traceback(Thread *t, V exc);
void exc_replace_traceback(Thread *t, V exc, V tb);
void exc_revert_traceback(Thread *t, V exc);
void exc_set_cause_steal(Thread *t, V exc, V cause);
void exc_set_context_steal(Thread *t, V exc, V context);
V err_handled_borrow(Thread *t);                        // sys.exception(): innermost handled exception or V_NULL
// Reports the pending exception through sys.unraisablehook and clears it.  format NULL: "Exception ignored in: WHERE";
// otherwise "Exception ignored FORMAT: WHERE".  where: V_NULL or None for nothing.
void err_unraisable(Thread *t, V where, const char *format, ...);
int warn(Thread *t, const Type *category, int stacklevel, const char *format, ...); // 0, or -1 (turned into an error)
int warn_source(Thread *t, const Type *category, int stacklevel, V source, const char *format, ...); // about an object (ResourceWarning)
int warn_explicit(Thread *t, const Type *category, V message, V filename, int lineno, V module, V registry);
void err_print(Thread *t);                              // sys.excepthook for the pending exception, clears it; handles SystemExit by exiting
V err_format_message(Thread *t, const char *format, ...); // a str by the same format language
#include <stdarg.h>
V err_format_message_va(Thread *t, const char *format, va_list ap);
V err_set_syntax(Thread *t, const Type *type, V message, V filename, int lineno, int offset, V text, int end_lineno, int end_offset);
#endif
