// SPDX-License-Identifier: MIT
//
// ast.h: syntax trees. One `Node` type; its kind says which member of the union is there:
//
//     if (node->kind == AST_Call) visit(node->Call.func);
//     Node *sum = AST_NEW(ast, pos, BinOp, left, AST_Add, right);  // fields in ASDL order; NULL: no memory
//
// A tree belongs to one Ast, which owns the memory (an arena) and one count of every value a node mentions, so nodes
// hold plain words and are never freed singly. Identifiers are interned strings (compare with v_is). A field that is
// absent is NULL or V_NULL. Positions are CPython's: lines from 1, columns in UTF-8 bytes from 0.
//
// The compiler may add nodes and values of its own to a tree (ast_keep); a tree belongs to one thread at a time.
#ifndef HEDDLE_FRONT_AST_H
#define HEDDLE_FRONT_AST_H
#include "base/arena.h"
#include "base/value.h"
#include "threading/thread.h"

typedef enum AstBase {
#define BASE(base, positions) AST_BASE_##base,
#define ENUM_BASE(base) AST_BASE_##base,
#include "front/ast.def"
    AST_BASES,
} AstBase;

// Kinds of one base are contiguous; 0 is no kind.
typedef enum AstKind {
    AST_NONE,
#define NODE(base, Name, fields) AST_##Name,
#define ENUMERATOR(base, Name) AST_##Name,
#include "front/ast.def"
    AST_KINDS,
} AstKind;

typedef struct Node Node;
typedef struct NodeSeq { int n; Node **items; } NodeSeq;
typedef struct IdSeq { int n; V *items; } IdSeq;
typedef struct KindSeq { int n; AstKind *items; } KindSeq;
typedef struct AstPos { int lineno, col_offset, end_lineno, end_col_offset; } AstPos;

// struct NodeCall { Node *func; NodeSeq args; NodeSeq keywords; }; and so on.
#define NODE(base, Name, fields) typedef struct Node##Name { fields } Node##Name;
#define ID(f) V f;
#define OPT_ID(f) V f;
#define STR(f) V f;
#define OPT_STR(f) V f;
#define CONST(f) V f;
#define INT(f) int f;
#define OPT_INT(f) int f;
#define ENUM(base, f) AstKind f;
#define ENUMS(base, f) KindSeq f;
#define SUB(base, f) Node *f;
#define OPT(base, f) Node *f;
#define SEQ(base, f) NodeSeq f;
#define IDS(f) IdSeq f;
#define LATER(base, f) NodeSeq f;
#include "front/ast.def"

struct Node {
    uint16_t kind;      // AstKind
    uint8_t parens;     // the expression stood in parentheses of its own (grouping, not a tuple's)
    uint8_t mark;       // for whoever works on the tree; 0 from the parser
    union {
        AstPos pos;
        struct { int lineno, col_offset, end_lineno, end_col_offset; };
    };
    union { // only the member of this kind is allocated: never copy a whole Node
#define NODE(base, Name, fields) Node##Name Name;
#define ID(f)
#define OPT_ID(f)
#define STR(f)
#define OPT_STR(f)
#define CONST(f)
#define INT(f)
#define OPT_INT(f)
#define ENUM(base, f)
#define ENUMS(base, f)
#define SUB(base, f)
#define OPT(base, f)
#define SEQ(base, f)
#define IDS(f)
#define LATER(base, f)
#include "front/ast.def"
    };
};

typedef struct Ast {
    Arena arena;
    Node *root;     // a mod
    V *owned;       // one count of each value in the tree
    size_t n_owned, owned_capacity;
    bool no_memory; // an allocation for this tree failed
} Ast;

// Makes a node: AST_NEW(ast, pos, Call, func, args, keywords), fields in ASDL order, LATER ones too (a missing one is a
// compiler warning). Bases without positions take a pos as well: (AstPos){0}. NULL when memory is exhausted, which
// ast->no_memory remembers.
#define AST_NEW(ast, pos, Name, ...)                                                                                   \
    ast_make((ast), AST_##Name, (pos), &(Node##Name){__VA_ARGS__}, sizeof(Node##Name))
Node *ast_make(Ast *ast, AstKind kind, AstPos pos, const void *fields, size_t size);

// ---- description: what generic code walks -----------------------------------------------------------------------
typedef enum AstFieldKind {
    FIELD_ID, FIELD_OPT_ID, FIELD_STR, FIELD_OPT_STR, FIELD_CONST, FIELD_INT, FIELD_OPT_INT, FIELD_ENUM, FIELD_ENUMS,
    FIELD_SUB, FIELD_OPT, FIELD_SEQ, FIELD_IDS, FIELD_LATER,
} AstFieldKind;
typedef struct AstField {
    const char *name;
    uint8_t kind;    // AstFieldKind
    uint8_t base;    // AstBase of SUB, OPT, SEQ, ENUM, ENUMS, LATER
    uint16_t offset; // in the node's own struct: see ast_field
} AstField;
typedef struct AstInfo {
    const char *name;
    AstBase base;
    bool is_node;      // false: an enumerator
    bool later;        // not in 3.11
    uint8_t n_fields;  // FIELD_LATER ones, in `_fields` only of nodes that have some, come last
    const AstField *fields; // NULL for an enumerator
} AstInfo;
typedef struct AstBaseInfo {
    const char *name;
    bool positions, is_enum;
} AstBaseInfo;
const AstInfo *ast_info(AstKind kind); // AST_NONE < kind < AST_KINDS
const AstBaseInfo *ast_base_info(AstBase base);
static inline void *ast_field(const Node *node, const AstField *field) {
    return (char *)node + offsetof(Node, Pass) + field->offset;
}
// Calls visit on every child node in field order (NULL elements are left out); stops at and returns the first nonzero.
int ast_each_child(Node *node, int (*visit)(Node *child, void *arg), void *arg);

// ---- trees --------------------------------------------------------------------------------------------------------
Ast *ast_new(Thread *t);             // empty; NULL with MemoryError
void ast_free(Thread *t, Ast *ast);  // NULL allowed
V ast_keep(Thread *t, Ast *ast, V v_stolen);                       // the tree owns it from now on; V_NULL: no memory
V ast_identifier(Thread *t, Ast *ast, const char *utf8, size_t n); // interned, kept; V_NULL with an exception
NodeSeq ast_seq(Ast *ast, int n);    // n NULL elements; ast->no_memory when that failed

// ---- the `_ast` module's objects (ast_object.c) ---------------------------------------------------------------------
int ast_object_check(Thread *t, V v);                // an instance of _ast.AST (1, 0, -1)
V ast_to_object(Thread *t, Ast *ast);                // the tree as Python sees it
Ast *ast_from_object(Thread *t, V tree, int mode);   // validated for that mode (FRONT_*); NULL with an exception

// ---- parsing ------------------------------------------------------------------------------------------------------
enum { FRONT_EXEC, FRONT_EVAL, FRONT_SINGLE, FRONT_FUNC_TYPE };

// compile()'s flags: CPython's values, which programs see.
enum {
    FRONT_SOURCE_IS_UTF8 = 0x100,
    FRONT_DONT_IMPLY_DEDENT = 0x200,
    FRONT_ONLY_AST = 0x400,
    FRONT_IGNORE_COOKIE = 0x800,
    FRONT_TYPE_COMMENTS = 0x1000,
    FRONT_ALLOW_TOP_LEVEL_AWAIT = 0x2000,
    FRONT_ALLOW_INCOMPLETE_INPUT = 0x4000,
    FRONT_FUTURE_DIVISION = 0x20000,
    FRONT_FUTURE_ABSOLUTE_IMPORT = 0x40000,
    FRONT_FUTURE_WITH_STATEMENT = 0x80000,
    FRONT_FUTURE_PRINT_FUNCTION = 0x100000,
    FRONT_FUTURE_UNICODE_LITERALS = 0x200000,
    FRONT_FUTURE_BARRY_AS_BDFL = 0x400000,
    FRONT_FUTURE_GENERATOR_STOP = 0x800000,
    FRONT_FUTURE_ANNOTATIONS = 0x1000000,
    FRONT_OF_FILE = 0x10000000, // not a flag of compile(): the bytes are a program's file, run as such
};
#define FRONT_FUTURE_MASK 0x1fe0000
#define FRONT_FEATURE_VERSION 11 // the minor version whose grammar is meant; lower ones refuse newer syntax

// The tree of a source text in UTF-8. NULL with SyntaxError (IndentationError, TabError), MemoryError, ... pending.
// filename is what the error and the code objects will show.
Ast *front_parse(Thread *t, const char *utf8_source, size_t len, V filename, int mode, unsigned flags,
                 int feature_version);
// The same from bytes as they are in a file: byte-order mark, PEP 263 cookie, UTF-8 checked.
Ast *front_parse_bytes(Thread *t, const char *source, size_t len, V filename, int mode, unsigned flags,
                       int feature_version);
#endif
