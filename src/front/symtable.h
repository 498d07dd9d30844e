// SPDX-License-Identifier: MIT
// Symbol tables: which scope every name of a program belongs to, found before any code is made.
//
// symtable_build walks the tree once and records, a Scope a block, how each name is used there (SYM_* flags); then it
// resolves every name to LOCAL, CELL, FREE or one of the two kinds of GLOBAL.  All of it lives in the tree's arena.
#ifndef HEDDLE_FRONT_SYMTABLE_H
#define HEDDLE_FRONT_SYMTABLE_H
#include "front/ast.h"

enum {
    SYM_GLOBAL = 1,          // `global` statement
    SYM_LOCAL = 2,           // assigned
    SYM_PARAM = 4,
    SYM_NONLOCAL = 8,
    SYM_USE = 16,
    SYM_FREE = 32,           // free through a nested block
    SYM_FREE_CLASS = 64,     // a class binds it and a method uses an outer one of the same name
    SYM_IMPORT = 128,
    SYM_ANNOTATED = 256,
    SYM_COMP_ITER = 512,     // iteration variable of a comprehension
    SYM_TYPE_PARAM = 1024,
    SYM_BOUND = SYM_LOCAL | SYM_PARAM | SYM_IMPORT | SYM_TYPE_PARAM,
};
typedef enum { SCOPE_UNKNOWN, SCOPE_LOCAL, SCOPE_GLOBAL_EXPLICIT, SCOPE_GLOBAL_IMPLICIT, SCOPE_FREE, SCOPE_CELL } NameScope;
typedef enum { BLOCK_MODULE, BLOCK_FUNCTION, BLOCK_CLASS, BLOCK_ANNOTATION, BLOCK_TYPE_PARAMS } BlockKind;
typedef enum { COMP_NONE, COMP_LIST, COMP_DICT, COMP_SET, COMP_GENERATOR } ComprehensionKind;

typedef struct Symbol {
    V name;                  // interned, mangled
    uint32_t flags;
    NameScope scope;
    AstPos where;            // of its global/nonlocal statement
} Symbol;

typedef struct Scope {
    BlockKind kind;
    ComprehensionKind comprehension;
    V name;
    Node *node;              // whose block this is (FunctionDef, Lambda, ClassDef, comprehension, mod …)
    const char *lazy_what;   // a BLOCK_TYPE_PARAMS that is evaluated when asked for: what it is, for messages; else NULL
    struct Scope *parent;
    struct Scope **children;
    int n_children, cap_children;
    Symbol *symbols;         // in order of first appearance
    int n_symbols, cap_symbols;
    int *index;              // hash index into symbols, -1: free
    int index_size;
    V *varnames;             // parameters, in order
    int n_varnames, cap_varnames;
    AstPos pos;
    bool nested, generator, coroutine, varargs, varkeywords, returns_value, needs_class_closure;
    bool needs_classdict;    // a class: its namespace is kept in the cell `.classdict` for type parameters inside
    bool comp_iter_target, is_lambda, can_see_class;
    int comp_iter_expr;
} Scope;

typedef struct SymTable {
    Thread *t;
    Ast *ast;
    V filename;
    Scope *top, *current;
    V private_name;          // class whose names are mangled, or V_NULL
    Scope **by_node;         // hash table: node pointer -> scope
    int n_by_node, cap_by_node;
    bool future_annotations;
} SymTable;

// 0, or -1 with SyntaxError (or MemoryError, RecursionError) pending.
int symtable_build(Thread *t, Ast *ast, V filename, unsigned flags, SymTable *out);
Scope *symtable_scope(SymTable *table, const Node *node);
Symbol *scope_symbol(Scope *scope, V name);        // NULL: not there
NameScope scope_of_name(Scope *scope, V name);
// Is this a block of type parameters in a class that binds the name, with no type parameter of that name between?
bool scope_sees_class_name(Scope *scope, V name);
// `__x` inside class C is `_C__x`.  Kept by ast; V_NULL with an exception.
V mangle_name(Thread *t, Ast *ast, V private_name, V name);
// Raises SyntaxError at a node's position, with the source line where it can be found.
int front_error_at(Thread *t, V filename, AstPos pos, const char *format, ...);
// The parts of a TypeVar, ParamSpec or TypeVarTuple; NULL: none.
V type_param_name(const Node *p);
Node *type_param_bound(const Node *p);
Node *type_param_default(const Node *p);
#endif
