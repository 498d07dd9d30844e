// SPDX-License-Identifier: MIT
//
// parse_target.c: what may stand on the left of an assignment, behind `for`, `as` and `del`.
//
// Targets are read as expressions (a target is a primary, a bracketed list of targets, or a starred one) and turned
// around: set_context makes a tree that was read for its value one that is stored to.
#include "parser.h"

bool is_single_target(const Node *node) {
    return node->kind == AST_Name || node->kind == AST_Attribute || node->kind == AST_Subscript;
}

static bool are_targets(NodeSeq elts, bool (*test)(const Node *node)) {
    for (int i = 0; i < elts.n; i++)
        if (!test(elts.items[i])) return false;
    return true;
}

bool is_star_target(const Node *node) {
    switch (node->kind) {
    case AST_Starred: return node->Starred.value->kind != AST_Starred && is_star_target(node->Starred.value);
    case AST_Tuple: return are_targets(node->Tuple.elts, is_star_target);
    case AST_List: return are_targets(node->List.elts, is_star_target);
    default: return is_single_target(node);
    }
}

static bool is_del_target(const Node *node) {
    switch (node->kind) {
    case AST_Tuple: return are_targets(node->Tuple.elts, is_del_target);
    case AST_List: return are_targets(node->List.elts, is_del_target);
    default: return is_single_target(node);
    }
}

void set_context(Node *node, AstKind ctx) {
    NodeSeq elts = {0, NULL};
    switch (node->kind) {
    case AST_Name: node->Name.ctx = ctx; break;
    case AST_Attribute: node->Attribute.ctx = ctx; break;
    case AST_Subscript: node->Subscript.ctx = ctx; break;
    case AST_Starred:
        node->Starred.ctx = ctx;
        set_context(node->Starred.value, ctx);
        break;
    case AST_Tuple:
        node->Tuple.ctx = ctx;
        elts = node->Tuple.elts;
        break;
    case AST_List:
        node->List.ctx = ctx;
        elts = node->List.elts;
        break;
    default: break;
    }
    for (int i = 0; i < elts.n; i++) set_context(elts.items[i], ctx);
}

// A name in front of something that makes a primary no target is still a target by itself: `f` of `f() in x`.
static Node *target_prefix(Parser *p, int mark) {
    p->mark = mark;
    return parser_name(p, AST_Store);
}

Node *parse_star_target(Parser *p) {
    int mark = p->mark;
    const Token *star = take(p, T_STAR);
    if (star) {
        Node *value = at(p, T_STAR) ? NULL : parse_star_target(p);
        if (value) return NODE_NEW(p, span_from(p, star), Starred, value, AST_Store);
        p->mark = mark;
        return NULL;
    }
    Node *node = parse_primary(p);
    if (p->failed) return NULL;
    if (!node || !is_star_target(node)) return target_prefix(p, mark);
    set_context(node, AST_Store);
    return node;
}

Node *parse_star_targets(Parser *p) {
    int start = p->mark;
    Node *first = parse_star_target(p);
    if (!first || !at(p, T_COMMA)) return p->failed ? NULL : first;
    int begin = seq_begin(p);
    Node *next = first;
    do {
        if (!seq_push(p, next)) return NULL;
        int mark = p->mark;
        next = take(p, T_COMMA) ? parse_star_target(p) : NULL;
        if (!next) p->mark = mark;
    } while (next);
    take(p, T_COMMA);
    NodeSeq elts = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), Tuple, elts, AST_Store);
}

static Node *del_target(Parser *p) {
    int mark = p->mark;
    Node *node = parse_primary(p);
    if (p->failed) return NULL;
    if (!node || !is_del_target(node)) node = target_prefix(p, mark);
    if (node) set_context(node, AST_Del);
    return node;
}

bool parse_del_targets(Parser *p, NodeSeq *out) {
    int begin = seq_begin(p);
    for (;;) {
        int mark = p->mark;
        if ((int)p->stack.len > begin && !take(p, T_COMMA)) break;
        Node *node = del_target(p);
        if (!node) {
            p->mark = mark;
            take(p, T_COMMA);
            break;
        }
        if (!seq_push(p, node)) return false;
    }
    *out = seq_end(p, begin);
    return !p->failed && out->n > 0;
}
