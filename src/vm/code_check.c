// SPDX-License-Identifier: MIT
// The verifier: abstract interpretation of a code object, for code that people made by hand, and for all in debug builds.
//
// Start at analyse: instructions on a work list are stepped with the kinds of their operands; where paths meet, kinds are
// joined (join), and what changed is looked at again.  Kinds only ever get less precise, so this ends.  An instruction
// that the decoder made INVALID raises SystemError when it is reached and ends its path here.
//
// The machine trusts the compiler in these matters, and nowhere else: depths, NULLs, what LIST_APPEND and its like find
// below, cells behind the DEREF instructions, exceptions and offsets in handlers, what MAKE_FUNCTION is given, KW_NAMES,
// and which frames are generators.
#include "code_check.h"
#include "object/object.h"
#include "vm_private.h"

typedef struct HandlerAt { int target; uint32_t depth; bool offset; } HandlerAt;

typedef struct Check {
    Thread *t;
    const Code *code;
    Arena *arena;
    const uint8_t *bytes;
    const Unit *units;    // n of them
    int n;
    const Operand **in;   // the stack before each unit
    uint16_t *op;         // the instruction that begins at a unit, or CACHE: none
    uint32_t *arg;        // with its EXTENDED_ARGs
    bool *is_target;      // where a jump may lead: not behind an EXTENDED_ARG
    HandlerAt *handlers;
    int *handler;         // index + 1 of the unit's handler, 0 none
    int *work, n_work;
    bool *queued;
    uint8_t *cell_ready;  // localsplus: the prefix makes or copies the cell
    int prefix;           // units of MAKE_CELL, COPY_FREE_VARS, RETURN_GENERATOR in front
    bool makes_generator;
    uint32_t deepest;
    const char *why;      // the first thing wrong
    int where;
} Check;

enum { MAX_SWAP = 256 }; // operands that an instruction of one byte can reach
static const Operand empty_stack = {.depth = 0};

static bool wrong(Check *k, const char *why) {
    if (!k->why) k->why = why;
    return false;
}

static bool no_memory(Check *k) {
    if (!err_pending(k->t)) err_no_memory(k->t);
    return wrong(k, "no memory");
}

// ---- stacks -------------------------------------------------------------------------------------------------------------
static bool push_info(Check *k, const Operand **s, OperandKind kind, uint32_t info) {
    Operand *top = arena_alloc(k->arena, sizeof *top);
    if (!top) return no_memory(k);
    *top = (Operand){.below = *s, .depth = (*s)->depth + 1, .info = info, .kind = kind};
    if (top->depth > MAX_FRAME_WORDS) return wrong(k, "the stack is too deep");
    if (top->depth > k->deepest) k->deepest = top->depth;
    *s = top;
    return true;
}
static bool push(Check *k, const Operand **s, OperandKind kind) { return push_info(k, s, kind, 0); }

static bool push_values(Check *k, const Operand **s, int64_t n) {
    while (n-- > 0) {
        if (!push(k, s, KIND_VALUE)) return false;
    }
    return true;
}

static const Operand *pop_any(Check *k, const Operand **s) {
    const Operand *top = *s;
    if (top->depth == 0) {
        wrong(k, "the stack runs out");
        return NULL;
    }
    *s = top->below;
    return top;
}

static bool is_value(const Operand *o) { return o->kind != KIND_NULL && o->kind != KIND_MAYBE_NULL; }

static const Operand *pop_value(Check *k, const Operand **s) {
    const Operand *top = pop_any(k, s);
    if (!top || is_value(top)) return top;
    wrong(k, "an operand may be NULL");
    return NULL;
}

static bool pop_values(Check *k, const Operand **s, int64_t n) {
    while (n-- > 0) {
        if (!pop_value(k, s)) return false;
    }
    return true;
}

static bool pop_kind(Check *k, const Operand **s, OperandKind kind) {
    const Operand *top = pop_any(k, s);
    return top && (top->kind == kind || wrong(k, "an operand has the wrong type"));
}

static bool pop_exception(Check *k, const Operand **s, bool or_none) {
    const Operand *top = pop_any(k, s);
    if (!top) return false;
    bool ok = top->kind == KIND_EXCEPTION || (or_none && (top->kind == KIND_PREVIOUS || top->kind == KIND_NONE));
    return ok || wrong(k, "an operand is no exception");
}

// The n-th operand from the top, which is the first.
static const Operand *peek(Check *k, const Operand *s, int64_t n) {
    if (n < 1 || n > s->depth) {
        wrong(k, "the stack runs out");
        return NULL;
    }
    while (--n > 0) s = s->below;
    return s;
}

static bool peek_kind(Check *k, const Operand *s, int64_t n, OperandKind kind) {
    const Operand *o = peek(k, s, n);
    return o && (o->kind == kind || wrong(k, "an operand has the wrong type"));
}

static bool is_exception_like(OperandKind kind) { return kind == KIND_EXCEPTION || kind == KIND_PREVIOUS || kind == KIND_NONE; }
static bool is_null_like(OperandKind kind) { return kind == KIND_NULL || kind == KIND_MAYBE_NULL; }
static bool is_tuple_like(OperandKind kind) { return kind == KIND_TUPLE || kind == KIND_CELLS; }

static void join_kinds(const Operand *a, const Operand *b, OperandKind *kind, uint32_t *info) {
    *kind = a->kind;
    *info = a->info;
    if (a->kind == b->kind && a->info == b->info) return;
    *info = 0;
    if (is_null_like(a->kind) || is_null_like(b->kind)) *kind = KIND_MAYBE_NULL;
    else if (is_exception_like(a->kind) && is_exception_like(b->kind)) *kind = KIND_PREVIOUS;
    else if (is_tuple_like(a->kind) && is_tuple_like(b->kind)) *kind = KIND_TUPLE, *info = ANY_LENGTH;
    else *kind = KIND_VALUE;
}

// Two stacks of equal depth; *changed when the result says less than `old`.
static const Operand *join(Check *k, const Operand *old, const Operand *new, bool *changed) {
    if (old == new) return old;
    size_t n = 0;
    const Operand *base = old;
    for (const Operand *other = new; base != other; base = base->below, other = other->below) {
        if (base->depth == 0) break;
        n++;
    }
    Operand *fresh = arena_calloc(k->arena, n + 1, sizeof *fresh);
    if (!fresh) {
        no_memory(k);
        return NULL;
    }
    const Operand *o = old, *w = new;
    for (size_t i = 0; i < n; i++, o = o->below, w = w->below) {
        fresh[i] = (Operand){.below = i + 1 < n ? &fresh[i + 1] : base, .depth = o->depth};
        join_kinds(o, w, &fresh[i].kind, &fresh[i].info);
        if (fresh[i].kind != o->kind || fresh[i].info != o->info) *changed = true;
    }
    return *changed ? fresh : old;
}

// ---- reading the code ------------------------------------------------------------------------------------------------------
// The names that code_decode gave to this CALL: those of the KW_NAMES in front of it, whether or not that one is ever run.
static bool keywords_are_sound(const Check *k, int at) {
    const Unit *unit = &k->units[at];
    if (unit_op_now(unit) != op_CALL_KW) return true;
    uint32_t index = at_load_relaxed(cache_type_version_at(unit));
    if (index >= tuple_len(slot_peek(&k->code->consts))) return false;
    V names = slot_peek(&k->code->const_items[index]);
    if (!v_is_exact(names, &tuple_type) || k->arg[at] < tuple_len(names)) return false;
    for (size_t i = 0; i < tuple_len(names); i++) {
        if (!v_is_str(tuple_borrow(names, i))) return false;
    }
    return true;
}

// Fills op, arg and is_target as code_decode read them.
static void read_instructions(Check *k) {
    uint32_t extended = 0;
    bool behind = false;
    for (int i = 0; i < k->n;) {
        int op = k->bytes[2 * i];
        uint32_t arg = extended << 8 | k->bytes[2 * i + 1];
        unsigned base = opcode_info[unit_op_now(&k->units[i])].base;
        k->is_target[i] = !behind;
        behind = op == op_EXTENDED_ARG;
        extended = behind ? arg : 0;
        k->arg[i] = arg;
        k->op[i] = (uint16_t)(base == op_INVALID ? op_INVALID : op);
        i += base == op_INVALID || behind ? 1 : 1 + opcode_info[op].caches;
    }
}

static bool read_prefix(Check *k) {
    int i = 0;
    for (; i < k->n; i++) {
        uint32_t arg = k->arg[i];
        if (k->op[i] == op_EXTENDED_ARG) continue;
        if (k->op[i] == op_MAKE_CELL) {
            if (!(code_local_kind(k->code, (int)arg) & CO_FAST_CELL)) return wrong(k, "MAKE_CELL of a variable that is no cell");
            if (k->cell_ready[arg]++) return wrong(k, "a cell is made twice");
        } else if (k->op[i] == op_COPY_FREE_VARS) {
            for (int v = k->code->nlocalsplus - (int)arg; v < k->code->nlocalsplus; v++) {
                if (!(code_local_kind(k->code, v) & CO_FAST_FREE)) return wrong(k, "COPY_FREE_VARS over a variable that is not free");
                if (k->cell_ready[v]++) return wrong(k, "free variables are copied twice");
            }
        } else if (k->op[i] == op_RETURN_GENERATOR && !k->makes_generator) {
            k->makes_generator = true;
            i++;
            break;
        } else {
            break;
        }
    }
    k->prefix = i;
    return true;
}

static const uint8_t *read_varint(const uint8_t *p, const uint8_t *end, uint32_t *out) {
    *out = 0;
    while (p < end) {
        *out = *out << 6 | (*p & 0x3f);
        if (!(*p++ & 0x40)) break;
    }
    return p;
}

static bool is_jump_target(const Check *k, int64_t to) { return to >= k->prefix && to < k->n && k->is_target[to]; }

static bool read_handlers(Check *k) {
    V table = slot_peek(&k->code->exceptiontable);
    const uint8_t *p = (const uint8_t *)bytes_data(table), *end = p + bytes_len(table);
    k->handlers = arena_calloc(k->arena, bytes_len(table) / 4 + 1, sizeof *k->handlers);
    if (!k->handlers) return no_memory(k);
    uint32_t behind = 0;
    for (int n = 0; end - p >= 4; n++) {
        uint32_t start, length, target, depth;
        p = read_varint(p, end, &start);
        p = read_varint(p, end, &length);
        p = read_varint(p, end, &target);
        p = read_varint(p, end, &depth);
        if (start < behind || start > (uint32_t)k->n || length > (uint32_t)k->n - start) return wrong(k, "a range of the exception table");
        if (!is_jump_target(k, target)) return wrong(k, "a target of the exception table");
        behind = start + length;
        k->handlers[n] = (HandlerAt){(int)target, depth >> 1, depth & 1};
        for (uint32_t i = start; i < behind; i++) k->handler[i] = n + 1;
    }
    return p == end || wrong(k, "the exception table is cut short");
}

// ---- stepping ------------------------------------------------------------------------------------------------------------
static bool flow_to(Check *k, int64_t to, const Operand *s) {
    if (to >= k->n) return wrong(k, "the code runs off its end");
    const Operand *old = k->in[to];
    bool changed = !old;
    if (old && old->depth != s->depth) return wrong(k, "an instruction is reached with two stack depths");
    const Operand *next = old ? join(k, old, s, &changed) : s;
    if (!next) return false;
    k->in[to] = next;
    if (!changed || k->queued[to]) return true;
    k->queued[to] = true;
    k->work[k->n_work++] = (int)to;
    return true;
}

static bool jump_to(Check *k, int64_t to, const Operand *s) {
    return is_jump_target(k, to) ? flow_to(k, to, s) : wrong(k, "a jump leads nowhere");
}

// An exception in this instruction: the handler finds what was below its depth before the instruction began.
static bool raise_from(Check *k, int at, const Operand *s) {
    if (!k->handler[at]) return true;
    const HandlerAt *h = &k->handlers[k->handler[at] - 1];
    if (h->depth > s->depth) return wrong(k, "a handler expects a deeper stack");
    while (s->depth > h->depth) s = s->below;
    if (h->offset && !push(k, &s, KIND_OFFSET)) return false;
    return push(k, &s, KIND_EXCEPTION) && flow_to(k, h->target, s);
}

static bool push_const(Check *k, const Operand **s, uint32_t index) {
    V v = slot_peek(&k->code->const_items[index]);
    if (v == V_NONE) return push(k, s, KIND_NONE);
    if (v_is_exact(v, &code_type)) return push_info(k, s, KIND_CODE, index);
    if (v_is_exact(v, &tuple_type)) return push_info(k, s, KIND_TUPLE, (uint32_t)tuple_len(v));
    return push(k, s, KIND_VALUE);
}

static bool build_tuple(Check *k, const Operand **s, uint32_t n) {
    bool cells = n > 0;
    for (uint32_t i = 0; i < n; i++) {
        const Operand *item = pop_value(k, s);
        if (!item) return false;
        cells &= item->kind == KIND_CELL;
    }
    return push_info(k, s, cells ? KIND_CELLS : KIND_TUPLE, n);
}

static bool make_function(Check *k, const Operand **s, uint32_t flags) {
    const Operand *code = pop_value(k, s);
    if (!code) return false;
    if (code->kind != KIND_CODE) return wrong(k, "MAKE_FUNCTION of something that is no code constant");
    uint32_t n_cells = 0;
    if (flags & 8) {
        const Operand *cells = pop_value(k, s);
        if (!cells) return false;
        if (cells->kind != KIND_CELLS) return wrong(k, "a closure that is no tuple of cells");
        n_cells = cells->info;
    }
    if (n_cells != (uint32_t)code_of(slot_peek(&k->code->const_items[code->info]))->nfreevars)
        return wrong(k, "a closure of the wrong length");
    if (flags & 4) {
        const Operand *annotations = pop_value(k, s);
        if (!annotations) return false;
        bool pairs = annotations->kind == KIND_TUPLE && annotations->info != ANY_LENGTH && annotations->info % 2 == 0;
        if (!pairs && annotations->kind != KIND_DICT) return wrong(k, "annotations that are no tuple of pairs");
    }
    // Defaults may have been handed in (generic functions): vm_make_function looks at them.
    if (!pop_values(k, s, !!(flags & 2) + !!(flags & 1))) return false;
    return push(k, s, KIND_VALUE);
}

static bool call(Check *k, const Operand **s, uint32_t n) { // method or NULL, self or callable, n arguments
    return pop_values(k, s, (int64_t)n + 1) && pop_any(k, s) && push(k, s, KIND_VALUE);
}

static bool add_to(Check *k, const Operand **s, int operands, uint32_t n, OperandKind kind) {
    return pop_values(k, s, operands) && peek_kind(k, *s, n, kind);
}

static bool use_local(Check *k, int op, uint32_t index) {
    bool cell = code_local_kind(k->code, (int)index) & (CO_FAST_CELL | CO_FAST_FREE);
    if (opcode_info[op].flags & OPF_FREE) return (cell && k->cell_ready[index]) || wrong(k, "a variable that is no cell");
    return !cell || op == op_LOAD_FAST || wrong(k, "a cell is overwritten");
}

static bool table_effect(Check *k, int op, uint32_t arg_, const Operand **s) {
    int64_t arg = arg_, n_pops, n_pushes;
    switch (op) {
#define OPCODE(number, name, caches, pops, pushes, flags, doc)                                                         \
    case number:                                                                                                       \
        n_pops = (pops);                                                                                               \
        n_pushes = (pushes);                                                                                           \
        break;
#include "code/opcodes.def"
    default: return wrong(k, "an unknown instruction");
    }
    (void)arg;
    return pop_values(k, s, n_pops) && push_values(k, s, n_pushes);
}

// What the instruction does to the stack when it falls through.
static bool effect(Check *k, int at, const Operand **s) {
    int op = k->op[at];
    uint32_t arg = k->arg[at];
    switch (op) {
    case op_EXTENDED_ARG:
    case op_PRECALL: return true; // CALL takes the operands
    case op_POP_TOP: return pop_any(k, s) != NULL;
    case op_PUSH_NULL: return push(k, s, KIND_NULL);
    case op_COPY: {
        const Operand *o = peek(k, *s, arg);
        return o && push_info(k, s, o->kind, o->info);
    }
    case op_SWAP: {
        const Operand *other = peek(k, *s, arg), *top = *s, *held[MAX_SWAP];
        if (!other || arg > MAX_SWAP) return other ? wrong(k, "SWAP reaches too far") : false;
        for (uint32_t i = 0; i < arg; i++) held[i] = pop_any(k, s);
        for (uint32_t i = arg; i-- > 0;) {
            const Operand *o = i == 0 ? other : i == arg - 1 ? top : held[i];
            if (!push_info(k, s, o->kind, o->info)) return false;
        }
        return true;
    }
    case op_LOAD_CONST: return push_const(k, s, arg);
    case op_KW_NAMES: return true;
    case op_LOAD_GLOBAL: return (!(arg & 1) || push(k, s, KIND_NULL)) && push(k, s, KIND_VALUE);
    case op_LOAD_METHOD: return pop_value(k, s) && push(k, s, KIND_MAYBE_NULL) && push(k, s, KIND_VALUE);
    case op_CALL: return (keywords_are_sound(k, at) || wrong(k, "the keyword names of a call")) && call(k, s, arg);
    case op_CALL_FUNCTION_EX: return pop_values(k, s, 2 + (arg & 1)) && pop_kind(k, s, KIND_NULL) && push(k, s, KIND_VALUE);
    case op_LOAD_CLOSURE: return use_local(k, op, arg) && push(k, s, KIND_CELL);
    case op_LOAD_FAST:
    case op_STORE_FAST:
    case op_DELETE_FAST:
    case op_LOAD_DEREF:
    case op_STORE_DEREF:
    case op_DELETE_DEREF:
    case op_LOAD_CLASSDEREF: return use_local(k, op, arg) && table_effect(k, op, arg, s);
    case op_MAKE_CELL:
    case op_COPY_FREE_VARS: return at < k->prefix || wrong(k, "cells are made behind the beginning");
    case op_RETURN_GENERATOR: return at < k->prefix ? push(k, s, KIND_NONE) : wrong(k, "RETURN_GENERATOR behind the beginning");
    case op_YIELD_VALUE:
        return (k->makes_generator || wrong(k, "YIELD_VALUE outside a generator")) && pop_value(k, s) && push(k, s, KIND_VALUE);
    case op_ASYNC_GEN_WRAP:
        return (k->code->flags & CO_ASYNC_GENERATOR || wrong(k, "ASYNC_GEN_WRAP outside an asynchronous generator")) &&
               pop_value(k, s) && push(k, s, KIND_VALUE);
    case op_BUILD_TUPLE: return build_tuple(k, s, arg);
    case op_BUILD_LIST: return pop_values(k, s, arg) && push(k, s, KIND_LIST);
    case op_BUILD_SET: return pop_values(k, s, arg) && push(k, s, KIND_SET);
    case op_BUILD_MAP: return pop_values(k, s, 2 * (int64_t)arg) && push(k, s, KIND_DICT);
    case op_BUILD_CONST_KEY_MAP: return pop_values(k, s, (int64_t)arg + 1) && push(k, s, KIND_DICT);
    case op_BUILD_STRING: return pop_values(k, s, arg) && push(k, s, KIND_VALUE); // a tree made by hand may put anything there
    case op_FORMAT_VALUE: return pop_values(k, s, arg & 4 ? 2 : 1) && push(k, s, KIND_VALUE);
    case op_LIST_TO_TUPLE: return pop_kind(k, s, KIND_LIST) && push_info(k, s, KIND_TUPLE, ANY_LENGTH);
    case op_LIST_APPEND:
    case op_LIST_EXTEND: return add_to(k, s, 1, arg, KIND_LIST);
    case op_SET_ADD:
    case op_SET_UPDATE: return add_to(k, s, 1, arg, KIND_SET);
    case op_MAP_ADD: return add_to(k, s, 2, arg, KIND_DICT);
    case op_DICT_UPDATE: return add_to(k, s, 1, arg, KIND_DICT);
    case op_DICT_MERGE: {
        const Operand *callable = add_to(k, s, 1, arg, KIND_DICT) ? peek(k, *s, (int64_t)arg + 2) : NULL;
        return callable && (is_value(callable) || wrong(k, "an operand may be NULL"));
    }
    case op_MAKE_FUNCTION: return make_function(k, s, arg);
    case op_GET_ITER:
    case op_GET_AITER: return pop_value(k, s) && push(k, s, KIND_ITERATOR);
    case op_GET_ANEXT: return (*s)->depth && is_value(*s) ? push(k, s, KIND_VALUE) : wrong(k, "the stack runs out");
    case op_FOR_ITER: return (*s)->depth && is_value(*s) ? push(k, s, KIND_VALUE) : wrong(k, "the stack runs out");
    case op_SEND: { // the receiver stays as it is
        const Operand *receiver = pop_value(k, s) ? peek(k, *s, 1) : NULL;
        return receiver && (is_value(receiver) || wrong(k, "an operand may be NULL")) && push(k, s, KIND_VALUE);
    }
    case op_PUSH_EXC_INFO: return pop_exception(k, s, false) && push(k, s, KIND_PREVIOUS) && push(k, s, KIND_EXCEPTION);
    case op_POP_EXCEPT: return pop_exception(k, s, true);
    case op_RERAISE: return pop_exception(k, s, true) && (!arg || peek_kind(k, *s, arg, KIND_OFFSET));
    case op_CHECK_EXC_MATCH: return pop_value(k, s) && pop_exception(k, s, false) && push(k, s, KIND_EXCEPTION) && push(k, s, KIND_VALUE);
    case op_CHECK_EG_MATCH:
        return pop_value(k, s) && pop_exception(k, s, true) && push(k, s, KIND_PREVIOUS) && push(k, s, KIND_PREVIOUS);
    case op_PREP_RERAISE_STAR: return pop_kind(k, s, KIND_LIST) && pop_exception(k, s, false) && push(k, s, KIND_PREVIOUS);
    case op_WITH_EXCEPT_START: {
        const Operand *exit = peek(k, *s, 4);
        return exit && (is_value(exit) || wrong(k, "an operand may be NULL")) && peek_kind(k, *s, 1, KIND_EXCEPTION) &&
               push(k, s, KIND_VALUE);
    }
    case op_END_ASYNC_FOR: return pop_exception(k, s, false) && pop_value(k, s);
    case op_MATCH_KEYS: {
        const Operand *keys = peek(k, *s, 1);
        return keys && (is_tuple_like(keys->kind) || wrong(k, "an operand has the wrong type")) && push(k, s, KIND_VALUE);
    }
    case op_MATCH_CLASS: {
        const Operand *names = pop_value(k, s);
        return names && (is_tuple_like(names->kind) || wrong(k, "an operand has the wrong type")) && pop_values(k, s, 2) &&
               push(k, s, KIND_VALUE);
    }
    case op_RETURN_VALUE: return pop_value(k, s) && ((*s)->depth == 0 || wrong(k, "RETURN_VALUE leaves operands behind"));
    default: return table_effect(k, op, arg, s);
    }
}

// The stack where a jump is taken; s is the one before the instruction.
static bool jump_effect(Check *k, int op, const Operand **s) {
    switch (op) {
    case op_FOR_ITER: return pop_value(k, s) != NULL;
    case op_SEND: return pop_values(k, s, 2) && push(k, s, KIND_VALUE);
    case op_JUMP_IF_FALSE_OR_POP:
    case op_JUMP_IF_TRUE_OR_POP: return (*s)->depth > 0 || wrong(k, "the stack runs out");
    default: {
        int effect = opcode_stack_effect(op, 0, 1);
        return pop_values(k, s, -effect);
    }
    }
}

static bool step(Check *k, int at) {
    const Operand *before = k->in[at], *s = before;
    int op = k->op[at];
    if (op == op_INVALID) return raise_from(k, at, before);
    if (op == op_CACHE) return wrong(k, "a cache entry is run");
    unsigned flags = opcode_info[op].flags;
    if (!raise_from(k, at, before) || !effect(k, at, &s)) return false;
    int64_t next = at + 1 + opcode_info[op].caches;
    if (!(flags & OPF_STOP) && !flow_to(k, next, s)) return false;
    if (!(flags & OPF_JREL)) return true;
    s = before;
    return jump_effect(k, op, &s) && jump_to(k, flags & OPF_JBACK ? next - (int64_t)k->arg[at] : next + (int64_t)k->arg[at], s);
}

// ---- the whole -------------------------------------------------------------------------------------------------------------
static bool analyse(Check *k) {
    size_t n = (size_t)k->n;
    k->in = arena_array(k->arena, const Operand *, n);
    k->op = arena_array(k->arena, uint16_t, n);
    k->arg = arena_array(k->arena, uint32_t, n);
    k->is_target = arena_array(k->arena, bool, n);
    k->queued = arena_array(k->arena, bool, n);
    k->handler = arena_array(k->arena, int, n);
    k->work = arena_array(k->arena, int, n);
    k->cell_ready = arena_array(k->arena, uint8_t, (size_t)k->code->nlocalsplus + 1);
    if (!k->in || !k->op || !k->arg || !k->is_target || !k->queued || !k->handler || !k->work || !k->cell_ready) return no_memory(k);
    read_instructions(k);
    if (!read_prefix(k) || !read_handlers(k) || !flow_to(k, 0, &empty_stack)) return false;
    while (k->n_work) {
        int at = k->work[--k->n_work];
        k->queued[at] = false;
        if (step(k, at)) continue;
        k->where = at;
        return false;
    }
    return true;
}

static Check check_of(Thread *t, const Code *code, const Unit *units, Arena *arena) {
    return (Check){.t = t, .code = code, .arena = arena, .units = units, .n = code->n_units,
                   .bytes = (const uint8_t *)bytes_data(slot_peek(&code->code))};
}

int code_check(Thread *t, const Code *code, const Unit *units, int *depth) {
    Arena arena = ARENA_INIT;
    Check k = check_of(t, code, units, &arena);
    bool ok = analyse(&k);
    *depth = (int)k.deepest;
    if (!ok && !err_pending(t))
        err_set(t, &exc_ValueError, "code: %s (offset %d of %V)", k.why, 2 * k.where, slot_peek(&code->name));
    arena_free(&arena);
    return ok ? 0 : -1;
}

const Operand *const *code_stacks(Thread *t, const Code *code, Arena *arena) {
    Check k = check_of(t, code, code_units(code), arena);
    if (!analyse(&k) && err_pending(t)) return NULL;
    return k.in;
}
