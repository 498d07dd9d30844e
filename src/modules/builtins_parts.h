// SPDX-License-Identifier: MIT
// The functions of module builtins that stand in files of their own; mod_builtins.c has the table.
#ifndef HEDDLE_MODULES_BUILTINS_PARTS_H
#define HEDDLE_MODULES_BUILTINS_PARTS_H
#include "object/misc.h"

// builtins_iter.c: over iterables
NATIVE(builtins_all);
NATIVE(builtins_any);
NATIVE(builtins_iter);
NATIVE(builtins_next);
NATIVE(builtins_aiter);
NATIVE(builtins_anext);
NATIVE(builtins_max);
NATIVE(builtins_min);
NATIVE(builtins_sorted);
NATIVE(builtins_sum);

// builtins_compile.c: source text to code, and running it
NATIVE(builtins_compile);
NATIVE(builtins_eval);
NATIVE(builtins_exec);
V builtins_filename(Thread *t, V name); // a path as a str: str, bytes, any buffer (deprecated), os.PathLike

// builtins_io.c: the standard streams
NATIVE(builtins_print);
NATIVE(builtins_input);
#endif
