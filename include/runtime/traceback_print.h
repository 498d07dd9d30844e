// SPDX-License-Identifier: MIT
// Showing exceptions as the interpreter does: uncaught ones and those nobody can catch.
#ifndef HEDDLE_RUNTIME_TRACEBACK_PRINT_H
#define HEDDLE_RUNTIME_TRACEBACK_PRINT_H
#include "object/object.h"

// sys.excepthook's default: exc with its traceback (tb when it has none of its own) on sys.stderr.  Never raises.
void traceback_show(Thread *t, V exc, V tb);
// The pending exception through sys.excepthook, and sys.last_type and its relatives.  1: the hook raised SystemExit,
// which is pending now; 0: nothing is pending.
int traceback_report(Thread *t);
// str(v) and a line end on sys.stderr (the C stream when there is none).
void traceback_write_line(Thread *t, V v);
// sys.unraisablehook's default, given its argument; -1 when that is not one.
int unraisable_show(Thread *t, V args);

// ---- the pieces (traceback_print.c, traceback_source.c, suggest.c) -------------------------------------------------------
typedef struct SourceCache { V filename, lines; } SourceCache; // the last file looked at: stack values or V_NULL
// A line of a source file as a str without its end; V_NONE when there is none (no exception).
V source_line_cached(Thread *t, SourceCache *cache, V filename, int lineno);
void source_cache_drop(Thread *t, SourceCache *cache);

// The encoding that the first two lines name (PEP 263); false: none, or UTF-8.
bool source_cookie(const char *p, size_t n, char out[64]);

// The columns to mark in a line: [start, end) with '^'; inside [left, right), when left >= 0, with '^' and '~' around.
typedef struct CaretRange { ptrdiff_t start, end, left, right; } CaretRange;
// What to mark for an instruction; false: nothing.  Columns count characters of `line`.
bool caret_range(Thread *t, V code, int lasti, V line, CaretRange *out);

// ". Did you mean: 'x'?" for NameError and AttributeError, or V_NULL.
V suggestion_for(Thread *t, V exc);
int traceback_print_start(Thread *t); // roots and types
#endif
