// SPDX-License-Identifier: MIT
// The flow graph of a unit: local rewriting, threading of jumps, dead code, line numbers, handlers, depth.
// Blocks form a list in code order; a block ends at its first jump or exit.
#include "compile_private.h"
#include "object/misc.h"

static Instr *last_instr(const Block *b) { return b->n ? &b->instrs[b->n - 1] : NULL; }
static bool is_setup(int op) { return op == op_SETUP_FINALLY || op == op_SETUP_CLEANUP || op == op_SETUP_WITH; }
static bool is_exit(const Block *b) { return b->n && opcode_ends_block(last_instr(b)->op); }
static bool falls_through(const Block *b) {
    const Instr *last = last_instr(b);
    return !last || !(opcode_ends_block(last->op) || opcode_is_unconditional_jump(last->op));
}
static void make_nop(Instr *i) {
    i->op = op_NOP;
    i->arg = 0;
    i->target = NULL;
}
static Block *skip_empty(Block *b) {
    while (b && b->n == 0) b = b->next;
    return b;
}

static void drop_empty_blocks(CodeUnit *u) {
    for (Block *b = u->entry; b; b = b->next) {
        b->next = skip_empty(b->next);
        for (int i = 0; i < b->n; i++) {
            if (b->instrs[i].target) b->instrs[i].target = skip_empty(b->instrs[i].target);
        }
    }
    while (u->entry->n == 0 && u->entry->next) u->entry = u->entry->next;
}

// ---- rewriting inside a block -----------------------------------------------------------------------------------------
static int fold_tuple(Compiler *c, Instr *load, int n) { // n LOAD_CONSTs and BUILD_TUPLE n
    for (int i = 0; i < n; i++) {
        if (load[i].op != op_LOAD_CONST) return 0;
    }
    V tuple = tuple_new(c->t, (size_t)n);
    if (v_is_error(tuple)) return -1;
    for (int i = 0; i < n; i++) tuple_init(c->t, tuple, (size_t)i, c->u->consts.items[load[i].arg]);
    tuple = ast_keep(c->t, c->ast, tuple);
    int index = tuple == V_NULL ? -1 : const_add(c, tuple);
    if (index < 0) return -1;
    for (int i = 0; i < n; i++) make_nop(&load[i]);
    load[n].op = op_LOAD_CONST;
    load[n].arg = index;
    return 0;
}

static int fold_build_tuple(Compiler *c, Block *b, int i) {
    Instr *inst = &b->instrs[i], *next = i + 1 < b->n ? inst + 1 : NULL;
    if (next && next->op == op_UNPACK_SEQUENCE && next->arg == inst->arg && inst->arg >= 1 && inst->arg <= 3) {
        make_nop(inst);
        if (inst == next - 1 && next->arg == 1) make_nop(next);
        else next->op = op_SWAP;
        return 0;
    }
    return i >= inst->arg ? fold_tuple(c, inst - inst->arg, inst->arg) : 0;
}

// A constant before a conditional jump decides it.
static int fold_const_jump(Compiler *c, Block *b, int i) {
    if (i + 1 >= b->n) return 0;
    Instr *inst = &b->instrs[i], *next = inst + 1;
    V value = c->u->consts.items[inst->arg];
    if (next->op == op_IS_OP && value == V_NONE && i + 2 < b->n) {
        Instr *jump = next + 1;
        if (jump->op != op_POP_JUMP_IF_FALSE && jump->op != op_POP_JUMP_IF_TRUE) return 0;
        bool jump_if_none = (next->arg == 0) == (jump->op == op_POP_JUMP_IF_TRUE);
        make_nop(inst);
        make_nop(next);
        jump->op = jump_if_none ? op_POP_JUMP_IF_NONE : op_POP_JUMP_IF_NOT_NONE;
        return 0;
    }
    bool pops = next->op == op_POP_JUMP_IF_FALSE || next->op == op_POP_JUMP_IF_TRUE;
    bool keeps = next->op == op_JUMP_IF_FALSE_OR_POP || next->op == op_JUMP_IF_TRUE_OR_POP;
    if (!pops && !keeps) return 0;
    int truth = obj_is_true(c->t, value);
    if (truth < 0) return -1;
    bool jumps = truth == (next->op == op_POP_JUMP_IF_TRUE || next->op == op_JUMP_IF_TRUE_OR_POP);
    if (pops || !jumps) make_nop(inst);
    if (jumps) next->op = op_JUMP;
    else make_nop(next);
    return 0;
}

static bool thread_jump(Instr *inst, Instr *target, int op) {
    if (inst->pos.lineno != target->pos.lineno || inst->target == target->target) return false;
    inst->target = target->target;
    inst->op = (uint16_t)op;
    return true;
}

// A jump to a jump.  True when inst changed and deserves another look.
static bool rethread(Instr *inst) {
    Block *to = skip_empty(inst->target);
    if (!to) return false;
    inst->target = to;
    Instr *target = &to->instrs[0];
    bool or_pop = inst->op == op_JUMP_IF_FALSE_OR_POP || inst->op == op_JUMP_IF_TRUE_OR_POP;
    if (or_pop) {
        bool on_true = inst->op == op_JUMP_IF_TRUE_OR_POP;
        int same_pop = on_true ? op_POP_JUMP_IF_TRUE : op_POP_JUMP_IF_FALSE;
        int other_pop = on_true ? op_POP_JUMP_IF_FALSE : op_POP_JUMP_IF_TRUE;
        int other_keep = on_true ? op_JUMP_IF_FALSE_OR_POP : op_JUMP_IF_TRUE_OR_POP;
        if (target->op == same_pop) return thread_jump(inst, target, same_pop);
        if (target->op == op_JUMP || target->op == inst->op) return thread_jump(inst, target, inst->op);
        if (target->op == other_pop || target->op == other_keep) {
            if (inst->pos.lineno != target->pos.lineno || !skip_empty(to->next)) return false;
            inst->op = (uint16_t)same_pop; // the test there goes the other way: behind it
            inst->target = skip_empty(to->next);
            return true;
        }
        return false;
    }
    bool pop_jump = inst->op == op_POP_JUMP_IF_FALSE || inst->op == op_POP_JUMP_IF_TRUE || inst->op == op_POP_JUMP_IF_NONE ||
                    inst->op == op_POP_JUMP_IF_NOT_NONE;
    if ((pop_jump || inst->op == op_JUMP) && target->op == op_JUMP) return thread_jump(inst, target, inst->op);
    return false;
}

// ---- SWAPs ------------------------------------------------------------------------------------------------------------
static bool is_swappable(int op) { return op == op_STORE_FAST || op == op_POP_TOP; }

static int next_swappable(const Block *b, int i, int lineno) {
    while (++i < b->n) {
        if (lineno >= 0 && b->instrs[i].pos.lineno != lineno) return -1;
        if (b->instrs[i].op == op_NOP) continue;
        return is_swappable(b->instrs[i].op) ? i : -1;
    }
    return -1;
}

// Exchanging two stores must not change which of several stores to one variable comes last.
static bool stores_conflict(const Block *b, int j, int k) {
    for (int i = j; i <= k; i++) {
        if (b->instrs[i].op != op_STORE_FAST) continue;
        for (int m = i + 1; m <= k; m++) {
            if (b->instrs[m].op == op_STORE_FAST && b->instrs[m].arg == b->instrs[i].arg) return true;
        }
    }
    return false;
}

// SWAP n before a run of stores: reorder the stores instead.
static void apply_swaps(Block *b, int i) {
    for (; i >= 0; i--) {
        Instr *inst = &b->instrs[i];
        if (inst->op != op_SWAP) {
            if (inst->op == op_NOP || is_swappable(inst->op)) continue;
            return;
        }
        int j = next_swappable(b, i, -1), k = j;
        if (j < 0) return;
        int lineno = b->instrs[j].pos.lineno;
        for (int count = inst->arg; count > 1; count--) {
            k = next_swappable(b, k, lineno);
            if (k < 0) return;
        }
        if (stores_conflict(b, j, k)) return;
        make_nop(inst);
        Instr tmp = b->instrs[j];
        b->instrs[j] = b->instrs[k];
        b->instrs[k] = tmp;
    }
}

// A run of SWAPs is one permutation, made again with as few as possible.
enum { MAX_RUN = 64 };
static void shorten_swaps(Block *b, int start, int *end) {
    int depth = 0, n = 0, len = 0;
    while (start + len < b->n && (b->instrs[start + len].op == op_SWAP || b->instrs[start + len].op == op_NOP)) {
        Instr *inst = &b->instrs[start + len++];
        if (inst->op == op_SWAP) {
            n++;
            if (inst->arg > depth) depth = inst->arg;
        }
    }
    *end = start + len - 1;
    if (n < 2 || depth > MAX_RUN) return;
    int stack[MAX_RUN];
    for (int i = 0; i < depth; i++) stack[i] = i;
    for (int i = 0; i < len; i++) {
        if (b->instrs[start + i].op != op_SWAP) continue;
        int other = b->instrs[start + i].arg - 1, tmp = stack[0];
        stack[0] = stack[other];
        stack[other] = tmp;
    }
    int at = start + len - 1; // rewritten back to front
    for (int i = 0; i < depth; i++) {
        if (stack[i] < 0 || stack[i] == i) continue;
        for (int j = i;;) { // one cycle: every place but the top is exchanged with the top
            if (j) {
                b->instrs[at].op = op_SWAP;
                b->instrs[at--].arg = j + 1;
            }
            if (stack[j] < 0) break;
            int next = stack[j];
            stack[j] = -1;
            j = next;
        }
    }
    for (; at >= start; at--) make_nop(&b->instrs[at]);
}

static int rewrite_block(Compiler *c, Block *b) {
    for (int i = 0; i < b->n; i++) {
        Instr *inst = &b->instrs[i];
        switch (inst->op) {
        case op_LOAD_CONST: TRY(fold_const_jump(c, b, i)); break;
        case op_BUILD_TUPLE: TRY(fold_build_tuple(c, b, i)); break;
        case op_PUSH_NULL:
            if (i + 1 < b->n && inst[1].op == op_LOAD_GLOBAL && !(inst[1].arg & 1)) {
                make_nop(inst);
                inst[1].arg |= 1;
            }
            break;
        case op_SWAP:
            if (inst->arg == 1) {
                make_nop(inst);
                break;
            }
            apply_swaps(b, i);
            break;
        default:
            for (int tries = 0; tries < 32 && inst->target && !is_setup(inst->op) && rethread(inst);) tries++;
            break;
        }
    }
    return 0;
}

// ---- NOPs ---------------------------------------------------------------------------------------------------------------
// A NOP stays only when it alone carries its line.
static bool nop_is_needed(Block *b, int i, int previous_line) {
    Instr *inst = &b->instrs[i];
    int line = inst->pos.lineno;
    if (line < 0 || line == previous_line) return false;
    if (i + 1 < b->n) {
        int next_line = inst[1].pos.lineno;
        if (next_line == line) return false;
        if (next_line < 0) {
            inst[1].pos = inst->pos;
            return false;
        }
        return true;
    }
    Block *next = skip_empty(b->next);
    return !(next && next->instrs[0].pos.lineno == line && falls_through(b));
}

static void clean_block(Block *b, int previous_line) {
    int kept = 0;
    for (int i = 0; i < b->n; i++) {
        int line = b->instrs[i].pos.lineno;
        if (b->instrs[i].op == op_NOP && !nop_is_needed(b, i, previous_line)) continue;
        b->instrs[kept++] = b->instrs[i];
        previous_line = line;
    }
    b->n = kept;
}

static void clean_all(CodeUnit *u) {
    Block *pred = NULL;
    for (Block *b = u->entry; b; b = b->next) {
        int previous = pred && pred->n ? last_instr(pred)->pos.lineno : -1;
        clean_block(b, previous);
        pred = falls_through(b) ? b : NULL;
    }
    drop_empty_blocks(u);
}

static void drop_needless_jumps(CodeUnit *u) {
    bool dropped = false;
    for (Block *b = u->entry; b; b = b->next) {
        Instr *last = last_instr(b);
        if (last && (last->op == op_JUMP || last->op == op_JUMP_NO_INTERRUPT) && skip_empty(last->target) == skip_empty(b->next)) {
            make_nop(last);
            dropped = true;
        }
    }
    if (dropped) drop_empty_blocks(u);
}

// ---- small exits are copied to where they are jumped to ---------------------------------------------------------------------
static bool is_lineless_exit(const Block *b) {
    if (!is_exit(b)) return false;
    for (int i = 0; i < b->n; i++) {
        if (b->instrs[i].pos.lineno >= 0) return false;
    }
    return true;
}

enum { MAX_COPIED = 4 };
static int copy_instrs(Compiler *c, Block *to, const Block *from) {
    for (int i = 0; i < from->n; i++) {
        Instr *slot = block_add(c, to);
        if (!slot) return -1;
        *slot = from->instrs[i];
    }
    return 0;
}

static int inline_exit(Compiler *c, Block *b) {
    Instr *last = last_instr(b);
    if (!last || last->op != op_JUMP) return 0;
    Block *target = skip_empty(last->target);
    if (!target || target == b || !is_lineless_exit(target) || target->n > MAX_COPIED) return 0;
    if (last->pos.lineno < 0) b->n--;
    else make_nop(last);
    return copy_instrs(c, b, target);
}

// ---- reachability -----------------------------------------------------------------------------------------------------------
typedef struct BlockStack { Block **items; int n; } BlockStack;

static int stack_for_all(Compiler *c, BlockStack *stack) {
    int n = 0;
    for (Block *b = c->u->made; b; b = b->made) {
        b->visited = false;
        n++;
    }
    stack->items = arena_alloc(&c->ast->arena, (size_t)(n + 1) * sizeof *stack->items);
    stack->n = 0;
    if (stack->items) return 0;
    err_no_memory(c->t);
    return -1;
}

static bool stack_push(BlockStack *stack, Block *b) {
    if (!b || b->visited) return false;
    b->visited = true;
    stack->items[stack->n++] = b;
    return true;
}

static int mark_reachable(Compiler *c) {
    BlockStack stack;
    TRY(stack_for_all(c, &stack));
    for (Block *b = c->u->made; b; b = b->made) b->predecessors = 0;
    stack_push(&stack, c->u->entry);
    c->u->entry->predecessors = 1;
    while (stack.n) {
        Block *b = stack.items[--stack.n];
        if (b->next && falls_through(b)) {
            b->next->predecessors++;
            stack_push(&stack, b->next);
        }
        for (int i = 0; i < b->n; i++) {
            Block *target = b->instrs[i].target;
            if (!target) continue;
            target->predecessors++;
            stack_push(&stack, target);
        }
    }
    return 0;
}

static int drop_unreachable(Compiler *c) {
    TRY(mark_reachable(c));
    for (Block *b = c->u->entry; b; b = b->next) {
        if (b->predecessors == 0) b->n = 0;
    }
    return 0;
}

// ---- line numbers -----------------------------------------------------------------------------------------------------------
// An exit that has no line of its own takes the line of whoever comes there: one copy for each.  Blocks are visited newest
// first, and a copy goes right behind the original: so the copies end up in source order.
static int duplicate_lineless_exits(Compiler *c) {
    for (Block *b = c->u->made; b; b = b->made) {
        Instr *last = last_instr(b);
        if (!last || !last->target || is_setup(last->op)) continue;
        Block *target = last->target;
        if (!is_lineless_exit(target) || target->predecessors < 2) continue;
        Block *copy = block_new(c);
        if (!copy || copy_instrs(c, copy, target) < 0) return -1;
        copy->instrs[0].pos = last->pos;
        last->target = copy;
        target->predecessors--;
        copy->predecessors = 1;
        copy->next = target->next;
        target->next = copy;
    }
    drop_empty_blocks(c->u);
    for (Block *b = c->u->entry; b; b = b->next) {
        if (b->n && b->next && falls_through(b) && is_lineless_exit(b->next)) b->next->instrs[0].pos = last_instr(b)->pos;
    }
    return 0;
}

static void inherit_line(Instr *to, AstPos from) {
    if (to->pos.lineno < 0) to->pos = from;
}

static void propagate_lines(CodeUnit *u) {
    for (Block *b = u->entry; b; b = b->next) {
        if (!b->n) continue;
        AstPos pos = {-1, -1, -1, -1};
        for (int i = 0; i < b->n; i++) {
            inherit_line(&b->instrs[i], pos);
            pos = b->instrs[i].pos;
        }
        if (falls_through(b) && b->next && b->next->n && b->next->predecessors == 1) inherit_line(&b->next->instrs[0], pos);
        Instr *last = last_instr(b);
        if (last->target && !is_setup(last->op) && last->target->n && last->target->predecessors == 1) {
            inherit_line(&last->target->instrs[0], pos);
        }
    }
}

static void give_lines_to_returns(CodeUnit *u) {
    int line = u->firstlineno;
    for (Block *b = u->entry; b; b = b->next) {
        Instr *last = last_instr(b);
        if (!last) continue;
        if (last->pos.lineno >= 0) {
            line = last->pos.lineno;
        } else if (last->op == op_RETURN_VALUE) {
            for (int i = 0; i < b->n; i++) b->instrs[i].pos.lineno = line;
        }
    }
}

int flow_optimize(Compiler *c) {
    CodeUnit *u = c->u;
    drop_empty_blocks(u);
    for (Block *b = u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) {
            int end;
            if (b->instrs[i].op == op_SWAP) shorten_swaps(b, i, &end), i = end;
        }
        TRY(rewrite_block(c, b));
        clean_block(b, -1);
    }
    for (Block *b = u->made; b; b = b->made) TRY(inline_exit(c, b)); // newest first: exits of exits come along
    TRY(drop_unreachable(c));
    clean_all(u);
    drop_needless_jumps(u);
    TRY(mark_reachable(c));
    TRY(duplicate_lineless_exits(c));
    propagate_lines(u);
    give_lines_to_returns(u);
    return 0;
}

// ---- handlers -----------------------------------------------------------------------------------------------------------------
typedef struct HandlerStack {
    Block *items[MAX_FRAME_BLOCKS * 2 + 2];
    int n;
} HandlerStack;

static int start_with(Compiler *c, BlockStack *todo, Block *b, const HandlerStack *handlers) {
    if (!stack_push(todo, b)) return 0;
    b->handlers = arena_alloc(&c->ast->arena, sizeof *b->handlers);
    if (!b->handlers) {
        err_no_memory(c->t);
        return -1;
    }
    *b->handlers = *handlers;
    return 0;
}

static int label_block(Compiler *c, BlockStack *todo, Block *b) {
    HandlerStack *h = b->handlers;
    for (int i = 0; i < b->n; i++) {
        Instr *inst = &b->instrs[i];
        if (is_setup(inst->op)) {
            TRY(start_with(c, todo, inst->target, h));
            inst->target->handler_entry = true;
            if (inst->op != op_SETUP_FINALLY) inst->target->preserve_lasti = true;
            if (h->n == (int)countof(h->items)) {
                err_set(c->t, &exc_SyntaxError, "too many statically nested blocks");
                return -1;
            }
            h->items[h->n++] = inst->target;
        } else if (inst->op == op_POP_BLOCK) {
            h->n--;
        } else {
            inst->handler = h->n ? h->items[h->n - 1] : NULL;
            if (inst->target) TRY(start_with(c, todo, inst->target, h));
        }
    }
    return b->next && falls_through(b) ? start_with(c, todo, b->next, h) : 0;
}

int flow_exceptions(Compiler *c) {
    BlockStack todo;
    HandlerStack none = {.n = 0};
    TRY(stack_for_all(c, &todo));
    TRY(start_with(c, &todo, c->u->entry, &none));
    while (todo.n) TRY(label_block(c, &todo, todo.items[--todo.n]));
    for (Block *b = c->u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) {
            Instr *inst = &b->instrs[i];
            if (is_setup(inst->op) || inst->op == op_POP_BLOCK) make_nop(inst);
        }
    }
    return 0;
}

// ---- jump directions --------------------------------------------------------------------------------------------------------
static void set_direction(Instr *i) {
    bool back = i->target->visited;
    switch (i->op) {
    case op_JUMP: i->op = back ? op_JUMP_BACKWARD : op_JUMP_FORWARD; break;
    case op_JUMP_NO_INTERRUPT: i->op = back ? op_JUMP_BACKWARD_NO_INTERRUPT : op_JUMP_FORWARD; break;
    case op_POP_JUMP_IF_FALSE: i->op = back ? op_POP_JUMP_BACKWARD_IF_FALSE : op_POP_JUMP_FORWARD_IF_FALSE; break;
    case op_POP_JUMP_IF_TRUE: i->op = back ? op_POP_JUMP_BACKWARD_IF_TRUE : op_POP_JUMP_FORWARD_IF_TRUE; break;
    case op_POP_JUMP_IF_NONE: i->op = back ? op_POP_JUMP_BACKWARD_IF_NONE : op_POP_JUMP_FORWARD_IF_NONE; break;
    case op_POP_JUMP_IF_NOT_NONE: i->op = back ? op_POP_JUMP_BACKWARD_IF_NOT_NONE : op_POP_JUMP_FORWARD_IF_NOT_NONE; break;
    default: HD_ASSERT(!back); break; // FOR_ITER, SEND, JUMP_IF_x_OR_POP only go forward
    }
}

int flow_finish(Compiler *c) {
    CodeUnit *u = c->u;
    drop_needless_jumps(u);
    for (Block *b = u->entry; b; b = b->next) clean_block(b, -1);
    drop_empty_blocks(u);
    for (Block *b = u->made; b; b = b->made) b->visited = false;
    for (Block *b = u->entry; b; b = b->next) {
        b->visited = true;
        for (int i = 0; i < b->n; i++) {
            if (b->instrs[i].target) set_direction(&b->instrs[i]);
        }
    }
    return 0;
}

// ---- stack depth ----------------------------------------------------------------------------------------------------------------
static int bad_depth(Compiler *c, const char *what, int op) {
    err_set(c->t, &exc_SystemError, "compiler: %s (instruction %d in %V)", what, op, c->u->name);
    return -1;
}

static int reach(Compiler *c, BlockStack *todo, Block *b, int depth, int op) {
    if (b->depth >= 0 && b->depth != depth) return bad_depth(c, "a block is reached at two stack depths", op);
    b->depth = depth;
    stack_push(todo, b);
    return 0;
}

int flow_stack_depth(Compiler *c) {
    BlockStack todo;
    int most = 0;
    TRY(stack_for_all(c, &todo));
    for (Block *b = c->u->made; b; b = b->made) b->depth = -1;
    TRY(reach(c, &todo, c->u->entry, 0, 0));
    while (todo.n) {
        Block *b = todo.items[--todo.n];
        int depth = b->depth;
        for (int i = 0; i < b->n; i++) {
            Instr *inst = &b->instrs[i];
            int effect = instr_stack_effect(inst->op, inst->arg, 0);
            if (effect == OPCODE_NO_EFFECT) return bad_depth(c, "an instruction without a stack effect", inst->op);
            if (inst->target) {
                int there = depth + instr_stack_effect(inst->op, inst->arg, 1);
                if (there > most) most = there;
                TRY(reach(c, &todo, inst->target, there, inst->op));
            }
            depth += effect;
            if (depth > most) most = depth;
            if (depth < 0) return bad_depth(c, "the stack runs out", inst->op);
        }
        if (b->next && falls_through(b)) TRY(reach(c, &todo, b->next, depth, -1));
    }
    return most;
}
