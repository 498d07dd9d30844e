// SPDX-License-Identifier: MIT
// The compiler's shared state: units (code objects being made), basic blocks, instructions, block stack.
//
// compile.c       entry points, entering and leaving units, names, constants
// compile_stmt.c  statements      compile_expr.c  expressions, calls      compile_comp.c  comprehensions
// compile_def.c   functions, classes, type parameters      compile_match.c  pattern matching
// emit.c          blocks and instructions       flow.c  optimising the flow graph       assemble.c  code objects
// All memory comes from the tree's arena; every value a block mentions is kept by the tree (ast_keep).
// Functions return 0, or -1 with an exception pending.
#ifndef HEDDLE_COMPILE_PRIVATE_H
#define HEDDLE_COMPILE_PRIVATE_H
#include "object/code.h"
#include "code/opcode.h"
#include "object/object.h"
#include "symtable.h"

// Instructions that exist only until assembly.
enum {
    op_SETUP_FINALLY = 1000, // an exception in what follows goes to the target, with the exception on the stack
    op_SETUP_CLEANUP,       // the same, and the offset of the instruction below it
    op_SETUP_WITH,          // like CLEANUP, keeping the __exit__ below
    op_POP_BLOCK,
    op_JUMP,                // becomes JUMP_FORWARD or JUMP_BACKWARD
    op_JUMP_NO_INTERRUPT,
    op_POP_JUMP_IF_FALSE,   // become the FORWARD or BACKWARD kind
    op_POP_JUMP_IF_TRUE,
    op_POP_JUMP_IF_NONE,
    op_POP_JUMP_IF_NOT_NONE,
};

typedef struct Block Block;
typedef struct Instr {
    uint16_t op;
    int arg;
    Block *target;
    Block *handler;          // innermost handler, filled by flow_exceptions
    AstPos pos;              // lineno -1: artificial
} Instr;
struct Block {
    Block *next;             // in code order
    Block *made;             // all blocks of the unit, newest first
    Instr *instrs;
    int n, cap;
    int depth;               // stack depth at entry, -1: not known yet
    int offset;              // in code units
    int predecessors;
    bool preserve_lasti;     // as a handler: the offset is pushed too
    bool visited, handler_entry;
    struct HandlerStack *handlers;
};

typedef enum {
    FB_WHILE_LOOP, FB_FOR_LOOP, FB_TRY_EXCEPT, FB_FINALLY_TRY, FB_FINALLY_END, FB_WITH, FB_ASYNC_WITH,
    FB_HANDLER_CLEANUP, FB_POP_VALUE, FB_EXCEPTION_HANDLER, FB_EXCEPTION_GROUP_HANDLER, FB_ASYNC_COMPREHENSION,
} FrameBlockKind;
typedef struct FrameBlock {
    FrameBlockKind kind;
    Block *block, *exit;
    Node *node;              // with statement
    NodeSeq finalbody;
    V name;                  // of the handler
} FrameBlock;
#define MAX_FRAME_BLOCKS 20

typedef struct Names {       // a list of values in order of first use, found by hash
    V *items;
    int n, cap;
    int *index;
    int index_size;
} Names;

typedef enum { UNIT_MODULE, UNIT_CLASS, UNIT_FUNCTION, UNIT_ASYNC_FUNCTION, UNIT_LAMBDA, UNIT_COMPREHENSION, UNIT_TYPE_PARAMS } UnitKind;
typedef struct CodeUnit {
    struct CodeUnit *outer;
    UnitKind kind;
    Scope *scope;
    V name, qualname;
    V private_name;
    Names consts, names, varnames, cellvars, freevars;
    int argcount, posonly, kwonly;
    int firstlineno;
    AstPos pos;              // location given to the next instructions; lineno -1: none
    Block *entry, *current, *made;
    FrameBlock blocks[MAX_FRAME_BLOCKS];
    int n_blocks;
} CodeUnit;

typedef struct Compiler {
    Thread *t;
    Ast *ast;
    V filename;
    SymTable symbols;
    unsigned flags;          // FRONT_*
    int optimize;            // 0, 1, 2
    int future_lineno;       // last line of `from __future__`
    bool interactive;
    int nesting;             // units
    CodeUnit *u;
} Compiler;

// ---- emit.c -----------------------------------------------------------------------------------------------------------
Block *block_new(Compiler *c);                   // NULL with MemoryError
void block_use(Compiler *c, Block *block);       // the following instructions go there; falls through from the current one
int emit(Compiler *c, int op);
int emit_arg(Compiler *c, int op, int arg);
int emit_jump(Compiler *c, int op, Block *target);
int emit_bare(Compiler *c, int op);              // without a location
int emit_jump_bare(Compiler *c, int op, Block *target);
Instr *block_add(Compiler *c, Block *block);     // room for one more; NULL with MemoryError
static inline void set_pos(Compiler *c, AstPos pos) { c->u->pos = pos; }
static inline void no_pos(Compiler *c) { c->u->pos = (AstPos){-1, -1, -1, -1}; }
int names_add(Compiler *c, Names *names, V name);           // index, -1
int names_find(const Names *names, V name);                 // index, -1 when missing (no exception)
int const_add(Compiler *c, V value);                        // index by type and value
int emit_const(Compiler *c, V value);                       // borrowed, kept by the caller or immortal
int emit_const_steal(Compiler *c, V value);                 // V_ERROR: -1
int emit_name(Compiler *c, int op, V name);                 // names table, unmangled
int emit_name_mangled(Compiler *c, int op, V name);
int instr_stack_effect(int op, int arg, int jump);         // jump: 1 taken, 0 not, -1 the larger
bool opcode_is_jump(int op);                                // has a target, pseudo ops included
bool opcode_is_unconditional_jump(int op);
bool opcode_ends_block(int op);                             // control never continues behind it

// ---- compile.c ----------------------------------------------------------------------------------------------------------
int error_at(Compiler *c, AstPos pos, const char *format, ...);
int warn_at(Compiler *c, AstPos pos, const char *format, ...); // SyntaxWarning, maybe turned into SyntaxError
int unit_enter(Compiler *c, V name, UnitKind kind, Scope *scope, V private_name, int lineno);
V unit_leave(Compiler *c, bool add_none);        // assembles: the code object, or V_ERROR; leaves in any case
void unit_abandon(Compiler *c);
V mangle(Compiler *c, V name);
int forbidden_name(Compiler *c, V name, AstKind ctx); // -1 with SyntaxError: __debug__
int compile_name(Compiler *c, V name, AstKind ctx);
int compile_class_name(Compiler *c, V name);     // from the namespace of the class around, else a global
int push_block(Compiler *c, FrameBlockKind kind, Block *block, Block *exit);
void pop_block(Compiler *c);
int compile_body(Compiler *c, NodeSeq body);
V docstring_of(NodeSeq body);                    // borrowed str or V_NULL
bool future_annotations(Compiler *c);

// ---- statements, expressions … ---------------------------------------------------------------------------------------------
int compile_stmt(Compiler *c, Node *stmt);
AstPos attribute_pos(Node *attribute, AstPos pos); // of the instruction: where the name stands in a chain of lines
int compile_stmts(Compiler *c, NodeSeq seq);
int compile_expr(Compiler *c, Node *expr);
int compile_exprs(Compiler *c, NodeSeq seq);
int compile_jump_if(Compiler *c, Node *test, Block *target, bool cond);
int compile_call_tail(Compiler *c, int pushed, NodeSeq args, NodeSeq keywords);
int compile_sequence(Compiler *c, NodeSeq elts, int pushed, int build, int add, int extend, bool tuple);
int compile_yield_from(Compiler *c, bool await);
int compile_comprehension(Compiler *c, Node *e);
int compile_function(Compiler *c, Node *node);
int compile_lambda(Compiler *c, Node *node);
int compile_class(Compiler *c, Node *node);
int compile_type_alias(Compiler *c, Node *node);
int compile_match(Compiler *c, Node *node);
int compile_annotation(Compiler *c, Node *annotation); // pushes its value (or its text)
int make_closure(Compiler *c, V code_steal, int flags);
int unwind_blocks(Compiler *c, bool preserve_tos, FrameBlock **loop);
int unwind_block(Compiler *c, const FrameBlock *info, bool preserve_tos);
V ast_unparse(Thread *t, Node *expr);            // unparse.c: source text of an expression

// ---- fold.c -------------------------------------------------------------------------------------------------------------
int fold_tree(Thread *t, Ast *ast, int optimize, bool future_annotations_on);

// ---- flow.c, assemble.c ---------------------------------------------------------------------------------------------------
int flow_optimize(Compiler *c);                  // on the unit's blocks, before offsets are known
int flow_exceptions(Compiler *c);                // handlers of every instruction; pseudo block ops become NOPs
int flow_finish(Compiler *c);                    // jump directions
int flow_stack_depth(Compiler *c);               // maximum, -1 with SystemError
V assemble(Compiler *c);                         // the code object

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if ((call) < 0) return -1;                                                                                     \
    } while (0)
#define TRY_BLOCK(var)                                                                                                 \
    Block *var = block_new(c);                                                                                         \
    if (!var) return -1
#endif
