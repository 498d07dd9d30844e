// SPDX-License-Identifier: MIT
// Layouts of the builtin exceptions that carry more than args, and tracebacks.
#ifndef HEDDLE_OBJECT_EXCEPTIONS_H
#define HEDDLE_OBJECT_EXCEPTIONS_H
#include "object/error.h"

typedef struct ExcSystemExit { Exc base; Slot code; } ExcSystemExit;
typedef struct ExcStopIteration { Exc base; Slot value; } ExcStopIteration;
typedef struct ExcImport { Exc base; Slot msg, name, path; } ExcImport;
typedef struct ExcName { Exc base; Slot name; } ExcName;
typedef struct ExcAttribute { Exc base; Slot obj, name; } ExcAttribute;
typedef struct ExcOS { Exc base; Slot errno_, strerror, filename, filename2; ptrdiff_t written; } ExcOS; // written -1: none
typedef struct ExcSyntax { Exc base; Slot msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line; } ExcSyntax;
typedef struct ExcUnicode { Exc base; Slot encoding, object, reason; ptrdiff_t start, end; } ExcUnicode;
typedef struct ExcGroup { Exc base; Slot message, excs; } ExcGroup; // excs: a tuple

typedef struct Traceback {
    Obj head;
    Slot next;    // Traceback or V_NULL
    Slot frame;   // frame object
    int lasti;    // byte offset in co_code
    int lineno;   // atomic: -1: computed from lasti on demand
} Traceback;
V traceback_new(Thread *t, V next_or_null, V frame, int lasti, int lineno);
int traceback_lineno(Thread *t, Traceback *tb);

V exc_group_type(void);   // ExceptionGroup (a class with two bases), as a value
V exc_unicode_decode(Thread *t, const char *encoding, const char *data, size_t n, ptrdiff_t start, ptrdiff_t end, const char *reason); // sets it; V_ERROR
V exc_unicode_encode(Thread *t, const char *encoding, V str, ptrdiff_t start, ptrdiff_t end, const char *reason);
V exc_stop_iteration_value(V exc);   // stack value
// The part of an exception group that matches; *rest the other part (V_NONE when empty).  For except*.
V exc_group_split(Thread *t, V group, V type_or_tuple, V *rest);
V exc_group_regroup(Thread *t, V original, V excs_list); // original.derive(list) with original's metadata; V_NONE: an empty list; consumes it
int error_start(Thread *t);          // the preallocated MemoryError
int exceptions_start(Thread *t);     // what type_ready cannot do: ExceptionGroup, preallocated MemoryError
int exceptions_add_to(Thread *t, V builtins_module);
#endif
