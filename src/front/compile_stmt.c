// SPDX-License-Identifier: MIT
// Statements.  Jumps out of try, with and loops unwind the block stack first: unwind_blocks emits what each block needs.
#include "compile_private.h"
#include "object/misc.h"

int compile_stmts(Compiler *c, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) TRY(compile_stmt(c, seq.items[i]));
    return 0;
}

static FrameBlock *top_block(Compiler *c) { return &c->u->blocks[c->u->n_blocks - 1]; }

static bool in_function(const Compiler *c) { return c->u->scope->kind == BLOCK_FUNCTION; }
static bool top_level_await(const Compiler *c) {
    return (c->flags & FRONT_ALLOW_TOP_LEVEL_AWAIT) && c->u->scope->kind == BLOCK_MODULE;
}

static int emit_call(Compiler *c, int n) {
    TRY(emit_arg(c, op_PRECALL, n));
    return emit_arg(c, op_CALL, n);
}

// The handler's last resort: drop it and let the exception go on.
static int pop_except_and_reraise(Compiler *c) {
    TRY(emit_arg(c, op_COPY, 3));
    TRY(emit(c, op_POP_EXCEPT));
    return emit_arg(c, op_RERAISE, 1);
}

// ---- leaving blocks -----------------------------------------------------------------------------------------------------
static int await_value(Compiler *c, int awaitable_kind) {
    TRY(emit_arg(c, op_GET_AWAITABLE, awaitable_kind));
    TRY(emit_const(c, V_NONE));
    return compile_yield_from(c, true);
}

static int call_exit_with_nones(Compiler *c) {
    for (int i = 0; i < 3; i++) TRY(emit_const(c, V_NONE));
    return emit_call(c, 2);
}

static int swap_if(Compiler *c, bool preserve_tos) { return preserve_tos ? emit_arg(c, op_SWAP, 2) : 0; }

static int forget_name(Compiler *c, V name) { // `except E as name` ends: name = None; del name
    TRY(emit_const(c, V_NONE));
    TRY(compile_name(c, name, AST_Store));
    return compile_name(c, name, AST_Del);
}

int unwind_block(Compiler *c, const FrameBlock *info, bool preserve_tos) {
    switch (info->kind) {
    case FB_WHILE_LOOP:
    case FB_EXCEPTION_HANDLER:
    case FB_EXCEPTION_GROUP_HANDLER:
    case FB_ASYNC_COMPREHENSION: return 0;
    case FB_FOR_LOOP: // the iterator
    case FB_POP_VALUE:
        TRY(swap_if(c, preserve_tos));
        return emit(c, op_POP_TOP);
    case FB_TRY_EXCEPT: return emit(c, op_POP_BLOCK);
    case FB_FINALLY_TRY:
        TRY(emit(c, op_POP_BLOCK));
        if (preserve_tos) TRY(push_block(c, FB_POP_VALUE, NULL, NULL));
        TRY(compile_stmts(c, info->finalbody));
        if (preserve_tos) pop_block(c);
        no_pos(c);
        return 0;
    case FB_FINALLY_END:
        TRY(swap_if(c, preserve_tos));
        TRY(emit(c, op_POP_TOP));
        TRY(swap_if(c, preserve_tos));
        TRY(emit(c, op_POP_BLOCK));
        return emit(c, op_POP_EXCEPT);
    case FB_WITH:
    case FB_ASYNC_WITH:
        set_pos(c, info->node->pos);
        TRY(emit(c, op_POP_BLOCK));
        TRY(swap_if(c, preserve_tos));
        TRY(call_exit_with_nones(c));
        if (info->kind == FB_ASYNC_WITH) TRY(await_value(c, 2));
        TRY(emit(c, op_POP_TOP));
        no_pos(c);
        return 0;
    case FB_HANDLER_CLEANUP:
        if (info->name != V_NULL) TRY(emit(c, op_POP_BLOCK));
        TRY(swap_if(c, preserve_tos));
        TRY(emit(c, op_POP_BLOCK));
        TRY(emit(c, op_POP_EXCEPT));
        return info->name != V_NULL ? forget_name(c, info->name) : 0;
    }
    return 0;
}

// Everything up to the innermost loop (when asked for: its block goes to *loop) or the function.
int unwind_blocks(Compiler *c, bool preserve_tos, FrameBlock **loop) {
    if (c->u->n_blocks == 0) return 0;
    FrameBlock *top = top_block(c);
    if (top->kind == FB_EXCEPTION_GROUP_HANDLER) {
        return error_at(c, c->u->pos, "'break', 'continue' and 'return' cannot appear in an except* block");
    }
    if (loop && (top->kind == FB_WHILE_LOOP || top->kind == FB_FOR_LOOP)) {
        *loop = top;
        return 0;
    }
    FrameBlock copy = *top; // what it emits is compiled outside of it
    c->u->n_blocks--;
    TRY(unwind_block(c, &copy, preserve_tos));
    TRY(unwind_blocks(c, preserve_tos, loop));
    c->u->blocks[c->u->n_blocks++] = copy;
    return 0;
}

static int compile_return(Compiler *c, Node *s) {
    Node *value = s->Return.value;
    bool preserve = value && value->kind != AST_Constant;
    if (!in_function(c)) return error_at(c, s->pos, "'return' outside function");
    if (value && c->u->scope->coroutine && c->u->scope->generator) {
        return error_at(c, s->pos, "'return' with value in async generator");
    }
    if (preserve) {
        TRY(compile_expr(c, value));
    } else if (value) {
        set_pos(c, value->pos);
        TRY(emit(c, op_NOP));
    }
    if (!value || value->lineno != s->lineno) {
        set_pos(c, s->pos);
        TRY(emit(c, op_NOP));
    }
    TRY(unwind_blocks(c, preserve, NULL));
    if (!value) TRY(emit_const(c, V_NONE));
    else if (!preserve) TRY(emit_const(c, value->Constant.value));
    return emit(c, op_RETURN_VALUE);
}

static int compile_break(Compiler *c, bool is_break) {
    FrameBlock *loop = NULL;
    AstPos pos = c->u->pos;
    TRY(emit(c, op_NOP));
    TRY(unwind_blocks(c, false, &loop));
    if (!loop) return error_at(c, pos, is_break ? "'break' outside loop" : "'continue' not properly in loop");
    FrameBlock target = *loop;
    if (is_break) TRY(unwind_block(c, &target, false));
    return emit_jump(c, op_JUMP, is_break ? target.exit : target.block);
}

// ---- if, loops ------------------------------------------------------------------------------------------------------------
static int compile_if(Compiler *c, Node *s) {
    TRY_BLOCK(end);
    Block *next = s->If.orelse.n ? block_new(c) : end;
    if (!next) return -1;
    TRY(compile_jump_if(c, s->If.test, next, false));
    TRY(compile_stmts(c, s->If.body));
    if (s->If.orelse.n) {
        TRY(emit_jump_bare(c, op_JUMP, end));
        block_use(c, next);
        TRY(compile_stmts(c, s->If.orelse));
    }
    block_use(c, end);
    return 0;
}

static int compile_while(Compiler *c, Node *s) {
    TRY_BLOCK(loop);
    TRY_BLOCK(body);
    TRY_BLOCK(anchor);
    TRY_BLOCK(end);
    block_use(c, loop);
    TRY(push_block(c, FB_WHILE_LOOP, loop, end));
    TRY(compile_jump_if(c, s->While.test, anchor, false));
    block_use(c, body);
    TRY(compile_stmts(c, s->While.body));
    set_pos(c, s->pos);
    TRY(compile_jump_if(c, s->While.test, body, true));
    pop_block(c);
    block_use(c, anchor);
    TRY(compile_stmts(c, s->While.orelse));
    block_use(c, end);
    return 0;
}

static int compile_for(Compiler *c, Node *s) {
    TRY_BLOCK(start);
    TRY_BLOCK(body);
    TRY_BLOCK(cleanup);
    TRY_BLOCK(end);
    TRY(push_block(c, FB_FOR_LOOP, start, end));
    TRY(compile_expr(c, s->For.iter));
    TRY(emit(c, op_GET_ITER));
    block_use(c, start);
    TRY(emit_jump(c, op_FOR_ITER, cleanup));
    block_use(c, body);
    TRY(compile_expr(c, s->For.target));
    TRY(compile_stmts(c, s->For.body));
    no_pos(c);
    TRY(emit_jump(c, op_JUMP, start));
    block_use(c, cleanup);
    pop_block(c);
    TRY(compile_stmts(c, s->For.orelse));
    block_use(c, end);
    return 0;
}

static bool is_async_unit(const Compiler *c) {
    return c->u->kind == UNIT_ASYNC_FUNCTION || (c->u->kind == UNIT_COMPREHENSION && c->u->scope->coroutine);
}

static int compile_async_for(Compiler *c, Node *s) {
    if (top_level_await(c)) c->u->scope->coroutine = true;
    else if (c->u->kind != UNIT_ASYNC_FUNCTION) return error_at(c, s->pos, "'async for' outside async function");
    TRY_BLOCK(start);
    TRY_BLOCK(except);
    TRY_BLOCK(end);
    TRY(compile_expr(c, s->AsyncFor.iter));
    TRY(emit(c, op_GET_AITER));
    block_use(c, start);
    TRY(push_block(c, FB_FOR_LOOP, start, end));
    TRY(emit_jump(c, op_SETUP_FINALLY, except));
    TRY(emit(c, op_GET_ANEXT));
    TRY(emit_const(c, V_NONE));
    TRY(compile_yield_from(c, true));
    TRY(emit(c, op_POP_BLOCK));
    TRY(compile_expr(c, s->AsyncFor.target));
    TRY(compile_stmts(c, s->AsyncFor.body));
    no_pos(c);
    TRY(emit_jump(c, op_JUMP, start));
    pop_block(c);
    block_use(c, except);
    set_pos(c, s->AsyncFor.iter->pos);
    TRY(emit(c, op_END_ASYNC_FOR));
    TRY(compile_stmts(c, s->AsyncFor.orelse));
    block_use(c, end);
    return 0;
}

// ---- with -----------------------------------------------------------------------------------------------------------------
// The exceptional way out of a with: [exit, prev_exc, exc, result of __exit__] on the stack.
static int with_except_finish(Compiler *c, Block *cleanup) {
    TRY_BLOCK(suppress);
    no_pos(c);
    TRY(emit_jump(c, op_POP_JUMP_IF_TRUE, suppress));
    TRY(emit_arg(c, op_RERAISE, 2));
    block_use(c, cleanup);
    TRY(pop_except_and_reraise(c));
    block_use(c, suppress);
    TRY(emit(c, op_POP_TOP));
    TRY(emit(c, op_POP_BLOCK));
    TRY(emit(c, op_POP_EXCEPT));
    TRY(emit(c, op_POP_TOP));
    return emit(c, op_POP_TOP);
}

static int compile_with_item(Compiler *c, Node *s, int pos) {
    bool async = s->kind == AST_AsyncWith;
    Node *item = s->With.items.items[pos]; // AsyncWith has the same fields
    TRY_BLOCK(block);
    TRY_BLOCK(final);
    TRY_BLOCK(exit);
    TRY_BLOCK(cleanup);
    TRY(compile_expr(c, item->withitem.context_expr));
    TRY(emit(c, async ? op_BEFORE_ASYNC_WITH : op_BEFORE_WITH));
    if (async) TRY(await_value(c, 1));
    TRY(emit_jump(c, op_SETUP_WITH, final));
    block_use(c, block);
    TRY(push_block(c, async ? FB_ASYNC_WITH : FB_WITH, block, final));
    top_block(c)->node = s;
    if (item->withitem.optional_vars) TRY(compile_expr(c, item->withitem.optional_vars));
    else TRY(emit(c, op_POP_TOP));
    if (pos + 1 == s->With.items.n) TRY(compile_stmts(c, s->With.body));
    else TRY(compile_with_item(c, s, pos + 1));
    pop_block(c);
    no_pos(c);
    TRY(emit(c, op_POP_BLOCK));
    set_pos(c, s->pos);
    TRY(call_exit_with_nones(c));
    if (async) TRY(await_value(c, 2));
    TRY(emit(c, op_POP_TOP));
    TRY(emit_jump(c, op_JUMP, exit));
    block_use(c, final);
    TRY(emit_jump(c, op_SETUP_CLEANUP, cleanup));
    TRY(emit(c, op_PUSH_EXC_INFO));
    TRY(emit(c, op_WITH_EXCEPT_START));
    if (async) TRY(await_value(c, 2));
    TRY(with_except_finish(c, cleanup));
    block_use(c, exit);
    return 0;
}

static int compile_with_stmt(Compiler *c, Node *s) {
    if (s->kind == AST_AsyncWith) {
        if (top_level_await(c)) c->u->scope->coroutine = true;
        else if (!is_async_unit(c)) return error_at(c, s->pos, "'async with' outside async function");
    }
    return compile_with_item(c, s, 0);
}

// ---- try --------------------------------------------------------------------------------------------------------------------
static int compile_handler_body(Compiler *c, Node *handler, Block *end) {
    V name = handler->ExceptHandler.name;
    TRY_BLOCK(cleanup_end);
    TRY_BLOCK(body);
    if (name != V_NULL) {
        TRY(compile_name(c, name, AST_Store));
        TRY(emit_jump(c, op_SETUP_CLEANUP, cleanup_end));
        block_use(c, body);
    } else {
        block_use(c, body);
        TRY(emit(c, op_POP_TOP));
    }
    TRY(push_block(c, FB_HANDLER_CLEANUP, body, NULL));
    top_block(c)->name = name;
    TRY(compile_stmts(c, handler->ExceptHandler.body));
    pop_block(c);
    no_pos(c);
    TRY(emit(c, op_POP_BLOCK));
    if (name != V_NULL) TRY(emit(c, op_POP_BLOCK));
    TRY(emit(c, op_POP_EXCEPT));
    if (name != V_NULL) TRY(forget_name(c, name));
    TRY(emit_jump(c, op_JUMP, end));
    if (name == V_NULL) return 0;
    block_use(c, cleanup_end);
    no_pos(c);
    TRY(forget_name(c, name));
    return emit_arg(c, op_RERAISE, 1);
}

static int compile_try_except(Compiler *c, Node *s) {
    NodeSeq handlers = s->Try.handlers;
    TRY_BLOCK(body);
    TRY_BLOCK(except);
    TRY_BLOCK(end);
    TRY_BLOCK(cleanup);
    TRY(emit_jump(c, op_SETUP_FINALLY, except));
    block_use(c, body);
    TRY(push_block(c, FB_TRY_EXCEPT, body, NULL));
    TRY(compile_stmts(c, s->Try.body));
    pop_block(c);
    TRY(emit_bare(c, op_POP_BLOCK));
    TRY(compile_stmts(c, s->Try.orelse));
    TRY(emit_jump_bare(c, op_JUMP, end));
    block_use(c, except);
    no_pos(c);
    TRY(emit_jump(c, op_SETUP_CLEANUP, cleanup));
    TRY(emit(c, op_PUSH_EXC_INFO));
    TRY(push_block(c, FB_EXCEPTION_HANDLER, NULL, NULL));
    for (int i = 0; i < handlers.n; i++) {
        Node *handler = handlers.items[i];
        set_pos(c, handler->pos);
        if (!handler->ExceptHandler.type && i < handlers.n - 1) return error_at(c, handler->pos, "default 'except:' must be last");
        TRY_BLOCK(next);
        if (handler->ExceptHandler.type) {
            TRY(compile_expr(c, handler->ExceptHandler.type));
            TRY(emit(c, op_CHECK_EXC_MATCH));
            TRY(emit_jump(c, op_POP_JUMP_IF_FALSE, next));
        }
        TRY(compile_handler_body(c, handler, end));
        block_use(c, next);
    }
    no_pos(c);
    pop_block(c);
    TRY(emit_arg(c, op_RERAISE, 0));
    block_use(c, cleanup);
    TRY(pop_except_and_reraise(c));
    block_use(c, end);
    return 0;
}

// One `except*` clause.  Stack on entry: [prev_exc, orig, results, rest]; what its body raises joins results.
static int compile_star_handler(Compiler *c, Node *handler, Block *next_with_rest) {
    V name = handler->ExceptHandler.name;
    TRY_BLOCK(no_match);
    TRY_BLOCK(cleanup_end);
    TRY_BLOCK(body);
    TRY(compile_expr(c, handler->ExceptHandler.type));
    TRY(emit(c, op_CHECK_EG_MATCH));
    TRY(emit_arg(c, op_COPY, 1));
    TRY(emit_jump(c, op_POP_JUMP_IF_NONE, no_match));
    if (name != V_NULL) TRY(compile_name(c, name, AST_Store));
    else TRY(emit(c, op_POP_TOP));
    TRY(emit_jump(c, op_SETUP_CLEANUP, cleanup_end));
    block_use(c, body);
    TRY(push_block(c, FB_HANDLER_CLEANUP, body, NULL));
    top_block(c)->name = name;
    TRY(compile_stmts(c, handler->ExceptHandler.body));
    pop_block(c);
    no_pos(c);
    TRY(emit(c, op_POP_BLOCK));
    if (name != V_NULL) TRY(forget_name(c, name));
    TRY(emit_jump(c, op_JUMP, next_with_rest));
    block_use(c, cleanup_end);
    no_pos(c);
    if (name != V_NULL) TRY(forget_name(c, name));
    TRY(emit_arg(c, op_LIST_APPEND, 3)); // the exception
    TRY(emit(c, op_POP_TOP));            // lasti
    TRY(emit_jump(c, op_JUMP, next_with_rest));
    block_use(c, no_match);
    return emit(c, op_POP_TOP);
}

static int compile_try_star_except(Compiler *c, Node *s) {
    NodeSeq handlers = s->TryStar.handlers;
    TRY_BLOCK(body);
    TRY_BLOCK(except);
    TRY_BLOCK(orelse);
    TRY_BLOCK(end);
    TRY_BLOCK(cleanup);
    TRY_BLOCK(reraise);
    TRY(emit_jump(c, op_SETUP_FINALLY, except));
    block_use(c, body);
    TRY(push_block(c, FB_TRY_EXCEPT, body, NULL));
    TRY(compile_stmts(c, s->TryStar.body));
    pop_block(c);
    TRY(emit_bare(c, op_POP_BLOCK));
    TRY(emit_jump_bare(c, op_JUMP, orelse));
    block_use(c, except);
    no_pos(c);
    TRY(emit_jump(c, op_SETUP_CLEANUP, cleanup));
    TRY(emit(c, op_PUSH_EXC_INFO));
    TRY(push_block(c, FB_EXCEPTION_GROUP_HANDLER, NULL, NULL));
    for (int i = 0; i < handlers.n; i++) {
        set_pos(c, handlers.items[i]->pos);
        if (i == 0) {
            TRY(emit_arg(c, op_BUILD_LIST, 0));
            TRY(emit_arg(c, op_COPY, 2));
        }
        TRY_BLOCK(next);
        TRY(compile_star_handler(c, handlers.items[i], next));
        block_use(c, next);
    }
    no_pos(c);
    TRY(emit_arg(c, op_LIST_APPEND, 1)); // the part that nothing matched
    pop_block(c);
    TRY(emit(c, op_PREP_RERAISE_STAR));
    TRY(emit_arg(c, op_COPY, 1));
    TRY(emit_jump(c, op_POP_JUMP_IF_NOT_NONE, reraise));
    TRY(emit(c, op_POP_TOP));
    TRY(emit(c, op_POP_BLOCK));
    TRY(emit(c, op_POP_EXCEPT));
    TRY(emit_jump(c, op_JUMP, end));
    block_use(c, reraise);
    TRY(emit(c, op_POP_BLOCK));
    TRY(emit_arg(c, op_SWAP, 2));
    TRY(emit(c, op_POP_EXCEPT));
    TRY(emit_arg(c, op_RERAISE, 0));
    block_use(c, cleanup);
    TRY(pop_except_and_reraise(c));
    block_use(c, orelse);
    TRY(compile_stmts(c, s->TryStar.orelse));
    block_use(c, end);
    return 0;
}

static int compile_try_part(Compiler *c, Node *s) {
    if (!s->Try.handlers.n) return compile_stmts(c, s->Try.body);
    return s->kind == AST_TryStar ? compile_try_star_except(c, s) : compile_try_except(c, s);
}

static int compile_try(Compiler *c, Node *s) {
    if (!s->Try.finalbody.n) return compile_try_part(c, s);
    TRY_BLOCK(body);
    TRY_BLOCK(final);
    TRY_BLOCK(exit);
    TRY_BLOCK(cleanup);
    TRY(emit_jump(c, op_SETUP_FINALLY, final));
    block_use(c, body);
    TRY(push_block(c, FB_FINALLY_TRY, body, final));
    top_block(c)->finalbody = s->Try.finalbody;
    TRY(compile_try_part(c, s));
    TRY(emit_bare(c, op_POP_BLOCK));
    pop_block(c);
    TRY(compile_stmts(c, s->Try.finalbody));
    TRY(emit_jump_bare(c, op_JUMP, exit));
    block_use(c, final);
    no_pos(c);
    TRY(push_block(c, FB_FINALLY_END, final, NULL));
    TRY(emit_jump(c, op_SETUP_CLEANUP, cleanup));
    TRY(emit(c, op_PUSH_EXC_INFO));
    TRY(compile_stmts(c, s->Try.finalbody));
    pop_block(c);
    TRY(emit_arg(c, op_RERAISE, 0));
    block_use(c, cleanup);
    TRY(pop_except_and_reraise(c)); // where the last statement is
    block_use(c, exit);
    return 0;
}

// ---- import -----------------------------------------------------------------------------------------------------------------
static V kept_substring(Compiler *c, V name, size_t start, size_t end) {
    V part = str_substring(c->t, name, start, end);
    if (v_is_error(part)) return V_NULL;
    return ast_keep(c->t, c->ast, str_intern_steal(c->t, part));
}

// import a.b.c as m: binds the last one, walking down the attributes.
static int import_as(Compiler *c, V name, V asname) {
    ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), 1);
    if (dot < 0) return compile_name(c, asname, AST_Store);
    for (;;) {
        size_t start = (size_t)dot + 1;
        dot = str_find_char(name, '.', start, str_len(name), 1);
        V attr = kept_substring(c, name, start, dot < 0 ? str_len(name) : (size_t)dot);
        if (attr == V_NULL) return -1;
        TRY(emit_name(c, op_IMPORT_FROM, attr));
        if (dot < 0) break;
        TRY(emit_arg(c, op_SWAP, 2));
        TRY(emit(c, op_POP_TOP));
    }
    TRY(compile_name(c, asname, AST_Store));
    return emit(c, op_POP_TOP);
}

static int compile_import(Compiler *c, Node *s) {
    for (int i = 0; i < s->Import.names.n; i++) {
        Node *alias = s->Import.names.items[i];
        V name = alias->alias.name;
        TRY(emit_const(c, V_INT(0)));
        TRY(emit_const(c, V_NONE));
        TRY(emit_name(c, op_IMPORT_NAME, name));
        if (alias->alias.asname != V_NULL) {
            TRY(import_as(c, name, alias->alias.asname));
            continue;
        }
        ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), 1);
        V first = dot < 0 ? name : kept_substring(c, name, 0, (size_t)dot);
        if (first == V_NULL) return -1;
        TRY(compile_name(c, first, AST_Store));
    }
    return 0;
}

static int compile_import_from(Compiler *c, Node *s) {
    NodeSeq names = s->ImportFrom.names;
    V module = s->ImportFrom.module;
    bool is_future = module != V_NULL && s->ImportFrom.level == 0 && str_equal_ascii(module, "__future__");
    if (is_future && s->lineno > c->future_lineno) {
        return error_at(c, s->pos, "from __future__ imports must occur at the beginning of the file");
    }
    V from = tuple_new(c->t, (size_t)names.n);
    if (v_is_error(from)) return -1;
    for (int i = 0; i < names.n; i++) tuple_init(c->t, from, (size_t)i, names.items[i]->alias.name);
    TRY(emit_const(c, v_from_int(s->ImportFrom.level)));
    TRY(emit_const_steal(c, from));
    TRY(emit_name(c, op_IMPORT_NAME, module == V_NULL ? NAME_STR("") : module));
    for (int i = 0; i < names.n; i++) {
        Node *alias = names.items[i];
        if (i == 0 && str_equal_ascii(alias->alias.name, "*")) return emit(c, op_IMPORT_STAR);
        TRY(emit_name(c, op_IMPORT_FROM, alias->alias.name));
        TRY(compile_name(c, alias->alias.asname != V_NULL ? alias->alias.asname : alias->alias.name, AST_Store));
    }
    return emit(c, op_POP_TOP);
}

// ---- simple statements --------------------------------------------------------------------------------------------------------
static int compile_assert(Compiler *c, Node *s) {
    Node *test = s->Assert.test;
    bool always = (test->kind == AST_Tuple && test->Tuple.elts.n > 0) ||
                  (test->kind == AST_Constant && v_is_exact(test->Constant.value, &tuple_type) && tuple_len(test->Constant.value) > 0);
    if (always) TRY(warn_at(c, s->pos, "assertion is always true, perhaps remove parentheses?"));
    if (c->optimize) return 0;
    TRY_BLOCK(end);
    TRY(compile_jump_if(c, test, end, true));
    TRY(emit(c, op_LOAD_ASSERTION_ERROR));
    if (s->Assert.msg) {
        TRY(compile_expr(c, s->Assert.msg));
        TRY(emit_call(c, 0));
    }
    TRY(emit_arg(c, op_RAISE_VARARGS, 1));
    block_use(c, end);
    return 0;
}

static int compile_expr_stmt(Compiler *c, Node *s) {
    Node *value = s->Expr.value;
    if (c->interactive && c->nesting <= 1) {
        TRY(compile_expr(c, value));
        return emit(c, op_PRINT_EXPR);
    }
    if (value->kind == AST_Constant) return emit(c, op_NOP);
    TRY(compile_expr(c, value));
    no_pos(c);
    return emit(c, op_POP_TOP);
}

static int compile_assign(Compiler *c, Node *s) {
    TRY(compile_expr(c, s->Assign.value));
    for (int i = 0; i < s->Assign.targets.n; i++) {
        if (i + 1 < s->Assign.targets.n) TRY(emit_arg(c, op_COPY, 1));
        TRY(compile_expr(c, s->Assign.targets.items[i]));
    }
    return 0;
}

extern int binary_op_arg(AstKind op); // compile_expr.c
static int compile_aug_assign(Compiler *c, Node *s) {
    Node *e = s->AugAssign.target;
    AstPos outer = c->u->pos, attr_pos = e->kind == AST_Attribute ? attribute_pos(e, e->pos) : e->pos;
    set_pos(c, e->pos);
    switch (e->kind) {
    case AST_Attribute:
        TRY(compile_expr(c, e->Attribute.value));
        TRY(emit_arg(c, op_COPY, 1));
        set_pos(c, attr_pos);
        TRY(emit_name_mangled(c, op_LOAD_ATTR, e->Attribute.attr));
        break;
    case AST_Subscript:
        TRY(compile_expr(c, e->Subscript.value));
        TRY(compile_expr(c, e->Subscript.slice));
        TRY(emit_arg(c, op_COPY, 2));
        TRY(emit_arg(c, op_COPY, 2));
        TRY(emit(c, op_BINARY_SUBSCR));
        break;
    default: TRY(compile_name(c, e->Name.id, AST_Load)); break;
    }
    set_pos(c, outer);
    TRY(compile_expr(c, s->AugAssign.value));
    TRY(emit_arg(c, op_BINARY_OP, binary_op_arg(s->AugAssign.op) + OP_INPLACE));
    set_pos(c, e->pos);
    switch (e->kind) {
    case AST_Attribute:
        set_pos(c, attr_pos);
        TRY(emit_arg(c, op_SWAP, 2));
        return emit_name_mangled(c, op_STORE_ATTR, e->Attribute.attr);
    case AST_Subscript:
        TRY(emit_arg(c, op_SWAP, 3));
        TRY(emit_arg(c, op_SWAP, 2));
        return emit(c, op_STORE_SUBSCR);
    default: return compile_name(c, e->Name.id, AST_Store);
    }
}

static int evaluate_and_drop(Compiler *c, Node *e) {
    TRY(compile_expr(c, e));
    return emit(c, op_POP_TOP);
}

// The parts of a subscript target without a value are evaluated for their effects.
static int evaluate_subscript(Compiler *c, Node *e) {
    if (e->kind == AST_Slice) {
        if (e->Slice.lower) TRY(evaluate_and_drop(c, e->Slice.lower));
        if (e->Slice.upper) TRY(evaluate_and_drop(c, e->Slice.upper));
        return e->Slice.step ? evaluate_and_drop(c, e->Slice.step) : 0;
    }
    if (e->kind != AST_Tuple) return evaluate_and_drop(c, e);
    for (int i = 0; i < e->Tuple.elts.n; i++) TRY(evaluate_subscript(c, e->Tuple.elts.items[i]));
    return 0;
}

static int compile_ann_assign(Compiler *c, Node *s) {
    NodeAnnAssign *a = &s->AnnAssign;
    Node *target = a->target;
    bool stored = c->u->kind == UNIT_MODULE || c->u->kind == UNIT_CLASS;
    if (a->value) {
        TRY(compile_expr(c, a->value));
        TRY(compile_expr(c, target));
    }
    switch (target->kind) {
    case AST_Name:
        TRY(forbidden_name(c, target->Name.id, AST_Store));
        if (a->simple && stored) {
            V mangled = mangle(c, target->Name.id);
            if (mangled == V_NULL) return -1;
            TRY(compile_annotation(c, a->annotation));
            TRY(emit_name(c, op_LOAD_NAME, NAME(__annotations__)));
            TRY(emit_const(c, mangled));
            TRY(emit(c, op_STORE_SUBSCR));
        }
        break;
    case AST_Attribute:
        TRY(forbidden_name(c, target->Attribute.attr, AST_Store));
        if (!a->value) TRY(evaluate_and_drop(c, target->Attribute.value));
        break;
    default:
        if (!a->value) {
            TRY(evaluate_and_drop(c, target->Subscript.value));
            TRY(evaluate_subscript(c, target->Subscript.slice));
        }
        break;
    }
    if (!a->simple && stored && !future_annotations(c)) return evaluate_and_drop(c, a->annotation);
    return 0;
}

static int compile_raise(Compiler *c, Node *s) {
    int n = 0;
    if (s->Raise.exc) {
        TRY(compile_expr(c, s->Raise.exc));
        n++;
        if (s->Raise.cause) {
            TRY(compile_expr(c, s->Raise.cause));
            n++;
        }
    }
    return emit_arg(c, op_RAISE_VARARGS, n);
}

static int stmt_by_kind(Compiler *c, Node *s) {
    switch (s->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return compile_function(c, s);
    case AST_ClassDef: return compile_class(c, s);
    case AST_TypeAlias: return compile_type_alias(c, s);
    case AST_Return: return compile_return(c, s);
    case AST_Delete: return compile_exprs(c, s->Delete.targets);
    case AST_Assign: return compile_assign(c, s);
    case AST_AugAssign: return compile_aug_assign(c, s);
    case AST_AnnAssign: return compile_ann_assign(c, s);
    case AST_For: return compile_for(c, s);
    case AST_AsyncFor: return compile_async_for(c, s);
    case AST_While: return compile_while(c, s);
    case AST_If: return compile_if(c, s);
    case AST_With:
    case AST_AsyncWith: return compile_with_stmt(c, s);
    case AST_Match: return compile_match(c, s);
    case AST_Raise: return compile_raise(c, s);
    case AST_Try:
    case AST_TryStar: return compile_try(c, s);
    case AST_Assert: return compile_assert(c, s);
    case AST_Import: return compile_import(c, s);
    case AST_ImportFrom: return compile_import_from(c, s);
    case AST_Global:
    case AST_Nonlocal: return 0;
    case AST_Expr: return compile_expr_stmt(c, s);
    case AST_Pass: return emit(c, op_NOP);
    case AST_Break: return compile_break(c, true);
    case AST_Continue: return compile_break(c, false);
    default:
        err_set(c->t, &exc_SystemError, "unexpected statement kind %d", s->kind);
        return -1;
    }
}

int compile_stmt(Compiler *c, Node *s) {
    if (recursion_enter(c->t, " during compilation") < 0) return -1;
    set_pos(c, s->pos);
    int r = stmt_by_kind(c, s);
    recursion_leave(c->t);
    return r;
}
