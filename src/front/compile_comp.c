// SPDX-License-Identifier: MIT
// Comprehensions: a function of one argument, the outermost iterator, called on the spot.
#include "compile_private.h"

typedef struct Comp {
    int kind;              // AST_ListComp, …
    NodeSeq generators;
    Node *elt, *value;     // value: DictComp
    const char *name;
    int build, add;
} Comp;

static Comp describe(Node *e) {
    switch (e->kind) {
    case AST_ListComp:
        return (Comp){e->kind, e->ListComp.generators, e->ListComp.elt, NULL, "<listcomp>", op_BUILD_LIST, op_LIST_APPEND};
    case AST_SetComp:
        return (Comp){e->kind, e->SetComp.generators, e->SetComp.elt, NULL, "<setcomp>", op_BUILD_SET, op_SET_ADD};
    case AST_DictComp:
        return (Comp){e->kind, e->DictComp.generators, e->DictComp.key, e->DictComp.value, "<dictcomp>", op_BUILD_MAP, op_MAP_ADD};
    default: return (Comp){e->kind, e->GeneratorExp.generators, e->GeneratorExp.elt, NULL, "<genexpr>", 0, 0};
    }
}

static int clause(Compiler *c, const Comp *comp, int i, int depth);

// What the innermost clause does with an element.
static int produce(Compiler *c, const Comp *comp, int depth) {
    TRY(compile_expr(c, comp->elt));
    if (comp->value) TRY(compile_expr(c, comp->value));
    if (comp->kind != AST_GeneratorExp) return emit_arg(c, comp->add, depth + 1);
    if (c->u->scope->coroutine) TRY(emit(c, op_ASYNC_GEN_WRAP));
    TRY(emit(c, op_YIELD_VALUE));
    TRY(emit_arg(c, op_RESUME, 1));
    return emit(c, op_POP_TOP);
}

static int filters_and_rest(Compiler *c, const Comp *comp, int i, int depth, Block *if_cleanup) {
    Nodecomprehension *g = &comp->generators.items[i]->comprehension;
    for (int k = 0; k < g->ifs.n; k++) TRY(compile_jump_if(c, g->ifs.items[k], if_cleanup, false));
    return i + 1 < comp->generators.n ? clause(c, comp, i + 1, depth) : produce(c, comp, depth);
}

// `for x in [y]` is an assignment.
static Node *single_element(Node *iter) {
    NodeSeq elts = iter->kind == AST_List ? iter->List.elts : iter->kind == AST_Tuple ? iter->Tuple.elts : (NodeSeq){0};
    return elts.n == 1 && elts.items[0]->kind != AST_Starred ? elts.items[0] : NULL;
}

static int sync_clause(Compiler *c, const Comp *comp, int i, int depth) {
    Nodecomprehension *g = &comp->generators.items[i]->comprehension;
    TRY_BLOCK(start);
    TRY_BLOCK(if_cleanup);
    TRY_BLOCK(anchor);
    Node *single = NULL;
    if (i == 0) {
        c->u->argcount = 1;
        TRY(emit_arg(c, op_LOAD_FAST, 0));
    } else if ((single = single_element(g->iter))) {
        TRY(compile_expr(c, single));
    } else {
        TRY(compile_expr(c, g->iter));
        TRY(emit(c, op_GET_ITER));
    }
    if (!single) {
        depth++;
        block_use(c, start);
        TRY(emit_jump(c, op_FOR_ITER, anchor));
    }
    TRY(compile_expr(c, g->target));
    TRY(filters_and_rest(c, comp, i, depth, if_cleanup));
    block_use(c, if_cleanup);
    if (!single) {
        TRY(emit_jump(c, op_JUMP, start));
        block_use(c, anchor);
    }
    return 0;
}

static int async_clause(Compiler *c, const Comp *comp, int i, int depth) {
    Nodecomprehension *g = &comp->generators.items[i]->comprehension;
    TRY_BLOCK(start);
    TRY_BLOCK(except);
    TRY_BLOCK(if_cleanup);
    if (i == 0) {
        c->u->argcount = 1;
        TRY(emit_arg(c, op_LOAD_FAST, 0));
    } else {
        TRY(compile_expr(c, g->iter));
        TRY(emit(c, op_GET_AITER));
    }
    block_use(c, start);
    TRY(push_block(c, FB_ASYNC_COMPREHENSION, start, NULL));
    TRY(emit_jump(c, op_SETUP_FINALLY, except));
    TRY(emit(c, op_GET_ANEXT));
    TRY(emit_const(c, V_NONE));
    TRY(compile_yield_from(c, true));
    TRY(emit(c, op_POP_BLOCK));
    TRY(compile_expr(c, g->target));
    TRY(filters_and_rest(c, comp, i, depth + 1, if_cleanup));
    block_use(c, if_cleanup);
    TRY(emit_jump(c, op_JUMP, start));
    pop_block(c);
    block_use(c, except);
    no_pos(c);
    return emit(c, op_END_ASYNC_FOR);
}

static int clause(Compiler *c, const Comp *comp, int i, int depth) {
    return comp->generators.items[i]->comprehension.is_async ? async_clause(c, comp, i, depth) : sync_clause(c, comp, i, depth);
}

static int compile_inner(Compiler *c, const Comp *comp) {
    bool generator = comp->kind == AST_GeneratorExp;
    if (!generator) TRY(emit_arg(c, comp->build, 0));
    TRY(clause(c, comp, 0, 0));
    return generator ? 0 : emit(c, op_RETURN_VALUE);
}

int compile_comprehension(Compiler *c, Node *e) {
    Comp comp = describe(e);
    Nodecomprehension *outermost = &comp.generators.items[0]->comprehension;
    bool generator = e->kind == AST_GeneratorExp, outer_async = c->u->scope->coroutine;
    bool top_level = (c->flags & FRONT_ALLOW_TOP_LEVEL_AWAIT) && c->u->scope->kind == BLOCK_MODULE;
    Scope *scope = symtable_scope(&c->symbols, e);
    bool in_async_function = c->u->kind == UNIT_ASYNC_FUNCTION || (c->u->kind == UNIT_COMPREHENSION && outer_async);
    if (scope->coroutine && !generator && !in_async_function && !top_level) {
        return error_at(c, e->pos, "asynchronous comprehension outside of an asynchronous function");
    }
    TRY(unit_enter(c, str_static(comp.name), UNIT_COMPREHENSION, scope, c->u->private_name, e->lineno));
    set_pos(c, e->pos);
    TRY(compile_inner(c, &comp));
    V code = unit_leave(c, true);
    if (v_is_error(code)) return -1;
    if (top_level && scope->coroutine) c->u->scope->coroutine = true;
    TRY(make_closure(c, code, 0));
    TRY(compile_expr(c, outermost->iter));
    TRY(emit(c, outermost->is_async ? op_GET_AITER : op_GET_ITER));
    TRY(emit_arg(c, op_PRECALL, 0));
    TRY(emit_arg(c, op_CALL, 0));
    if (!scope->coroutine || generator) return 0;
    TRY(emit_arg(c, op_GET_AWAITABLE, 0));
    TRY(emit_const(c, V_NONE));
    return compile_yield_from(c, true);
}
