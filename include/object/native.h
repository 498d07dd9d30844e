// SPDX-License-Identifier: MIT
// Native functions: calling convention, method rows, signatures.
//
// A native is `V f(Thread *t, V self, const V *args, size_t nargs, V kwnames)`: self and args are borrowed from the
// caller's frame; the result is a stack value or V_ERROR, never V_NULL.  kwnames is a tuple of the names of the last
// tuple_len(kwnames) values, which follow the nargs positional ones in args, or V_NULL.
//
// A row names its parameters in a signature string, without self, in Python's notation:
//     ""   "object, /"   "index=-1, /"   "*, key=None, reverse=False"   "sep=None, maxsplit=-1"   "iterable=(), /"
// The call wrapper checks arity and keywords with CPython's messages and passes *one value a parameter*, in order,
// V_NULL for every optional parameter that was not given; nargs is then the number of parameters and kwnames V_NULL.
// Defaults are text for __text_signature__ only.  A row flagged M_RAW gets the call as it came.
// The text becomes "($self, …)" (or "($module, …)") in __text_signature__; sig NULL: M_RAW and no text signature.
#ifndef HEDDLE_OBJECT_NATIVE_H
#define HEDDLE_OBJECT_NATIVE_H
#include "threading/thread.h"

typedef V (*NativeFn)(Thread *t, V self, const V *args, size_t nargs, V kwnames);
#define NATIVE(name) V name(Thread *t, V self, const V *args, size_t nargs, V kwnames)
// First line of a body that does not use all of its parameters.
#define UNUSED_NATIVE() ((void)t, (void)self, (void)args, (void)nargs, (void)kwnames)

enum { // Method.lock: what the call wrapper holds while the body runs
    LOCK_NONE,      // body needs none, or looks after itself
    LOCK_SELF,      // critical section on self
    LOCK_SELF_ARG,  // on self and args[0]
};
enum { // Method.flags
    M_RAW = 1,      // no binding by signature: the body parses args/kwnames
    M_STATIC = 2,   // staticmethod: self is V_NULL
    M_CLASS = 4,    // classmethod: self is the class
    M_COEXIST = 8,  // replaces the slot wrapper of the same name
    M_OLD_ARITY = 16, // arity errors read "name() takes exactly one argument (2 given)" even with optional parameters
    M_TOLD_CLASS = 64, // CPython tells it the class it is defined in: arity errors are worded as of what takes keywords
    M_TUPLE = 32,     // takes its arguments as one tuple: never keywords, and messages of a bound one leave out its type
};

typedef struct Method {
    const char *name;
    NativeFn fn;
    const char *sig;
    uint8_t lock, flags;
    const char *doc;
} Method;
#define METHOD_END {NULL, NULL, NULL, 0, 0, NULL}

// ---- in natives that parse for themselves -------------------------------------------------------------------------
// 0, or -1 with "name expected at most 2 arguments, got 3" and its relatives.
int args_check_count(Thread *t, const char *name, size_t nargs, size_t min, size_t max);
// The same in the older wording: "find() takes at most 3 arguments (4 given)"; name "str.find", no keywords allowed;
// NULL: "function takes ...".
int args_old_count(Thread *t, const char *name, size_t nargs, V kwnames, size_t min, size_t max);
int args_no_keywords(Thread *t, const char *name, V kwnames); // "name() takes no keyword arguments"
// Binds a call to `sig` (as in a row) into out[nparams]; values are borrowed from args.  For __new__/__init__ bodies.
int args_bind(Thread *t, const char *name, const char *sig, const V *args, size_t nargs, V kwnames, V *out);
// Builtin function objects.
V native_new(Thread *t, const Method *row, V self, V module);   // builtin_function_or_method bound to self
#endif
