// SPDX-License-Identifier: MIT
// Showing exceptions as the interpreter does: uncaught ones and those nobody can catch.
#ifndef HEDDLE_RUNTIME_TRACEBACK_PRINT_H
#define HEDDLE_RUNTIME_TRACEBACK_PRINT_H
#include "object/object.h"

// sys.excepthook's default: exc with its traceback (tb when it has none of its own) on sys.stderr.  Never raises.
void traceback_show(Thread *t, V exc, V tb);
// sys.unraisablehook's default, given its argument; -1 when that is not one.
int unraisable_show(Thread *t, V args);
// Name suggestions: the closest of the names in `candidates` (a list of str) to `name`, or V_NONE.
V suggest_name(Thread *t, V candidates, V name);
int traceback_print_start(Thread *t); // roots and types
#endif
