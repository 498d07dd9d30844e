// SPDX-License-Identifier: MIT
//
// ast.c: what follows from ast.def (the description of nodes) and the ownership of a tree.
#include "front/ast.h"
#include "object/error.h"
#include "object/str.h"
#include "threading/heap.h"

#include <stdlib.h>

Node *ast_make(Ast *ast, AstKind kind, AstPos pos, const void *fields, size_t size) {
    Node *node = arena_alloc(&ast->arena, offsetof(Node, Pass) + size);
    if (unlikely(!node)) {
        ast->no_memory = true;
        return NULL;
    }
    node->kind = (uint16_t)kind;
    node->parens = 0;
    node->mark = 0;
    node->pos = pos;
    memcpy((char *)node + offsetof(Node, Pass), fields, size);
    return node;
}

NodeSeq ast_seq(Ast *ast, int n) {
    NodeSeq seq = {n, NULL};
    if (n == 0) return seq;
    seq.items = arena_array(&ast->arena, Node *, (size_t)n);
    if (unlikely(!seq.items)) {
        ast->no_memory = true;
        seq.n = 0;
    }
    return seq;
}

// ---- description ----------------------------------------------------------------------------------------------------
const AstBaseInfo *ast_base_info(AstBase base) {
    static const AstBaseInfo infos[] = {
#define BASE(base, positions) {#base, positions, false},
#define ENUM_BASE(base) {#base, false, true},
#include "front/ast.def"
    };
    HD_ASSERT(base < AST_BASES);
    return &infos[base];
}

#define FIELD_(kind, base, f) {#f, kind, base, offsetof(This, f)},
#define NO_BASE 0

// Each case has the node's struct under the name This, so that one set of field macros can take its offsets.
#define INFO_(base_, Name, later_, ...)                                                                                \
    case AST_##Name: {                                                                                                 \
        typedef Node##Name This UNUSED;                                                                                \
        static const AstField fields[] = {__VA_ARGS__{NULL, 0, 0, 0}};                                                 \
        static const AstInfo info = {#Name, AST_BASE_##base_, true, later_, countof(fields) - 1, fields};              \
        return &info;                                                                                                  \
    }

const AstInfo *ast_info(AstKind kind) {
    switch (kind) {
#define NODE(base, Name, fields) INFO_(base, Name, false, fields)
#define LATER_NODE(base, Name, fields) INFO_(base, Name, true, fields)
#define ENUMERATOR(base_, Name)                                                                                        \
    case AST_##Name: {                                                                                                 \
        static const AstInfo info = {#Name, AST_BASE_##base_, false, false, 0, NULL};                               \
        return &info;                                                                                                  \
    }
#define ID(f) FIELD_(FIELD_ID, NO_BASE, f)
#define OPT_ID(f) FIELD_(FIELD_OPT_ID, NO_BASE, f)
#define STR(f) FIELD_(FIELD_STR, NO_BASE, f)
#define OPT_STR(f) FIELD_(FIELD_OPT_STR, NO_BASE, f)
#define CONST(f) FIELD_(FIELD_CONST, NO_BASE, f)
#define INT(f) FIELD_(FIELD_INT, NO_BASE, f)
#define OPT_INT(f) FIELD_(FIELD_OPT_INT, NO_BASE, f)
#define ENUM(base, f) FIELD_(FIELD_ENUM, AST_BASE_##base, f)
#define ENUMS(base, f) FIELD_(FIELD_ENUMS, AST_BASE_##base, f)
#define SUB(base, f) FIELD_(FIELD_SUB, AST_BASE_##base, f)
#define OPT(base, f) FIELD_(FIELD_OPT, AST_BASE_##base, f)
#define SEQ(base, f) FIELD_(FIELD_SEQ, AST_BASE_##base, f)
#define IDS(f) FIELD_(FIELD_IDS, NO_BASE, f)
#define LATER(base, f) FIELD_(FIELD_LATER, AST_BASE_##base, f)
#include "front/ast.def"
    default: HD_UNREACHABLE();
    }
}

static int each_in_seq(NodeSeq seq, int (*visit)(Node *child, void *arg), void *arg) {
    for (int i = 0; i < seq.n; i++) {
        int result = seq.items[i] ? visit(seq.items[i], arg) : 0;
        if (result) return result;
    }
    return 0;
}

int ast_each_child(Node *node, int (*visit)(Node *child, void *arg), void *arg) {
    const AstInfo *info = ast_info((AstKind)node->kind);
    for (int i = 0; i < info->n_fields; i++) {
        const AstField *field = &info->fields[i];
        int result = 0;
        if (field->kind == FIELD_SUB || field->kind == FIELD_OPT) {
            Node *child = *(Node **)ast_field(node, field);
            if (child) result = visit(child, arg);
        } else if (field->kind == FIELD_SEQ || field->kind == FIELD_LATER) {
            result = each_in_seq(*(NodeSeq *)ast_field(node, field), visit, arg);
        }
        if (result) return result;
    }
    return 0;
}

// ---- ownership ------------------------------------------------------------------------------------------------------
Ast *ast_new(Thread *t) {
    Ast *ast = mem_calloc(t, 1, sizeof *ast);
    if (!ast) {
        err_no_memory(t);
        return NULL;
    }
    arena_init(&ast->arena);
    return ast;
}

void ast_free(Thread *t, Ast *ast) {
    if (!ast) return;
    for (size_t i = 0; i < ast->n_owned; i++) v_drop(t, ast->owned[i]);
    mem_free(ast->owned);
    arena_free(&ast->arena);
    mem_free(ast);
}

V ast_keep(Thread *t, Ast *ast, V v_stolen) {
    if (!v_is_object(v_stolen) || v_is_immortal_ref(v_stolen)) return v_stolen;
    if (ast->n_owned == ast->owned_capacity) {
        size_t capacity = ast->owned_capacity ? ast->owned_capacity * 2 : 64;
        V *owned = mem_realloc(t, ast->owned, capacity * sizeof *owned);
        if (!owned) {
            v_drop(t, v_stolen);
            ast->no_memory = true;
            return V_NULL;
        }
        ast->owned = owned;
        ast->owned_capacity = capacity;
    }
    return ast->owned[ast->n_owned++] = v_own(v_stolen);
}

V ast_identifier(Thread *t, Ast *ast, const char *utf8, size_t n) {
    V v = str_intern_utf8(t, utf8, n);
    if (v_is_error(v)) return V_NULL;
    v = ast_keep(t, ast, v);
    if (v == V_NULL) err_no_memory(t);
    return v;
}
