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
extern int compile_default_optimize; // -O, -OO: const after start-up
#endif
