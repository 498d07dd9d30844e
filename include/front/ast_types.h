// SPDX-License-Identifier: MIT
//
// ast_types.h: the classes that Python code sees trees as.
#ifndef HEDDLE_FRONT_AST_TYPES_H
#define HEDDLE_FRONT_AST_TYPES_H
#include "front/ast.h"
#include "object/cstack.h"

enum { AST_MAX_FIELDS = 8 };
extern Type ast_AST_type;                     // ast.AST
int ast_types_ready(Thread *t);               // makes the classes once; 0/-1
bool ast_types_exist(void);
V ast_class_borrow(AstKind kind);             // of a node or an enumerator
V ast_base_class_borrow(AstBase base);
V ast_enumerator_borrow(AstKind kind);        // the one instance of ast.Load, ast.Add, ...
V ast_field_name(AstKind kind, int field);    // an interned str
V ast_position_name(int i);                   // lineno, col_offset, end_lineno, end_col_offset
int ast_types_add_to(Thread *t, V module);
int ast_later_ready(Thread *t);               // before a node of a LATER_NODE class is shown to Python; may import `ast`; 0/-1

// Recursion over trees is limited by what is left of the recursion limit; most walks may go three times as deep.
typedef struct AstDepth { Thread *t; int depth, limit; } AstDepth;
static inline AstDepth ast_depth(Thread *t, int scale) {
    return (AstDepth){t, 0, (thread_recursion_limit(t) - t->recursion) * scale};
}
static inline int ast_depth_enter(AstDepth *d, const char *where) {
    if (++d->depth <= d->limit && !c_stack_is_low(d->t)) return 0;
    err_set(d->t, &exc_RecursionError, "maximum recursion depth exceeded%s", where);
    return -1;
}

int ast_validate(Thread *t, const Ast *ast);  // 0, or -1 with ValueError or TypeError: made by hand, it may be anything
#endif
