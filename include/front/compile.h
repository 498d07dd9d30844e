// SPDX-License-Identifier: MIT
// From trees and sources to code objects.
#ifndef HEDDLE_FRONT_COMPILE_H
#define HEDDLE_FRONT_COMPILE_H
#include "front/ast.h"

// The code object of a tree (which gains nodes and values on the way).  flags: FRONT_*; optimize: 0, 1, 2 or -1 for the
// interpreter's -O level.  V_ERROR with SyntaxError and relatives pending.
V compile_ast(Thread *t, Ast *ast, V filename, int mode, unsigned flags, int optimize);
// The same from source text: a str, or bytes with their coding cookie.
V compile_source(Thread *t, V source, V filename, int mode, unsigned flags, int optimize, int feature_version);
// The FRONT_FUTURE_* features that the tree's `from __future__` imports ask for, added to *flags.  0/-1 with SyntaxError.
int compile_features(Thread *t, Ast *ast, V filename, unsigned *flags);
// The symbol table of source text as an object of _symtable, and that module's constants.
V symtable_object(Thread *t, V source, V filename, int mode);
int symtable_object_add_to(Thread *t, V module);
extern int compile_default_optimize; // -O, -OO: const after start-up
#endif
