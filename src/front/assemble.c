// SPDX-License-Identifier: MIT
// From blocks to a code object: prefix instructions, places of variables, jump distances, and the three byte strings
// of CPython 3.11's formats: code, location table, exception table (formats: Python's InternalDocs).
#include "base/strbuf.h"
#include "compile_private.h"
#include "object/bytes.h"
#include "object/misc.h"

typedef struct Assembler {
    StrBuf code, lines, handlers;
    int line; // the location table's running line
} Assembler;

// ---- variables ----------------------------------------------------------------------------------------------------------
// Cells that are parameters or locals keep that place; other cells follow the locals, free variables come last.
static int *place_cells(Compiler *c, int *n_dropped) {
    CodeUnit *u = c->u;
    int n = u->cellvars.n + u->freevars.n, *place = arena_alloc(&c->ast->arena, (size_t)(n + 1) * sizeof *place);
    if (!place) {
        err_no_memory(c->t);
        return NULL;
    }
    *n_dropped = 0;
    for (int i = 0; i < n; i++) {
        int local = i < u->cellvars.n ? names_find(&u->varnames, u->cellvars.items[i]) : -1;
        if (local >= 0) {
            place[i] = local;
            ++*n_dropped;
        } else {
            place[i] = u->varnames.n + i - *n_dropped;
        }
    }
    return place;
}

static bool uses_cell(int op) {
    return op == op_MAKE_CELL || op == op_LOAD_CLOSURE || op == op_LOAD_DEREF || op == op_STORE_DEREF || op == op_DELETE_DEREF ||
           op == op_LOAD_CLASSDEREF;
}

static int code_flags(Compiler *c) {
    Scope *scope = c->u->scope;
    int flags = 0;
    if (scope->kind == BLOCK_FUNCTION || scope->kind == BLOCK_TYPE_PARAMS) {
        flags |= CO_NEWLOCALS | CO_OPTIMIZED;
        if (scope->nested) flags |= CO_NESTED;
        if (scope->generator) flags |= scope->coroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR;
        else if (scope->coroutine) flags |= CO_COROUTINE;
        if (scope->varargs) flags |= CO_VARARGS;
        if (scope->varkeywords) flags |= CO_VARKEYWORDS;
    }
    if ((c->flags & FRONT_ALLOW_TOP_LEVEL_AWAIT) && scope->coroutine && !scope->generator) flags |= CO_COROUTINE;
    return flags | (int)(c->flags & FRONT_FUTURE_MASK);
}

static int insert_first(Compiler *c, Block *b, int at, Instr inst) {
    if (!block_add(c, b)) return -1;
    memmove(&b->instrs[at + 1], &b->instrs[at], (size_t)(b->n - 1 - at) * sizeof inst);
    b->instrs[at] = inst;
    return 0;
}

static int insert_prefix(Compiler *c, const int *place, int flags) {
    CodeUnit *u = c->u;
    Block *b = u->entry;
    AstPos none = {-1, -1, -1, -1};
    if (flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) {
        AstPos first = {u->firstlineno, -1, u->firstlineno, -1};
        TRY(insert_first(c, b, 0, (Instr){.op = op_RETURN_GENERATOR, .pos = first}));
        TRY(insert_first(c, b, 1, (Instr){.op = op_POP_TOP, .pos = none}));
    }
    int made = 0;
    for (int at = 0; made < u->cellvars.n; at++) { // in the order of their places
        for (int i = 0; i < u->cellvars.n; i++) {
            if (place[i] == at) TRY(insert_first(c, b, made++, (Instr){.op = op_MAKE_CELL, .arg = i, .pos = none}));
        }
    }
    if (u->freevars.n) TRY(insert_first(c, b, 0, (Instr){.op = op_COPY_FREE_VARS, .arg = u->freevars.n, .pos = none}));
    return 0;
}

static void fix_cell_args(Compiler *c, const int *place) {
    for (Block *b = c->u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) {
            if (uses_cell(b->instrs[i].op)) b->instrs[i].arg = place[b->instrs[i].arg];
        }
    }
}

// ---- sizes and jumps ----------------------------------------------------------------------------------------------------
static int instr_units(int op, int arg) {
    int extended = (arg > 0xFFFFFF) + (arg > 0xFFFF) + (arg > 0xFF);
    return extended + 1 + opcode_info[op].caches;
}

static int place_blocks(CodeUnit *u) { // offsets by the current arguments; total units
    int at = 0;
    for (Block *b = u->entry; b; b = b->next) {
        b->offset = at;
        for (int i = 0; i < b->n; i++) at += instr_units(b->instrs[i].op, b->instrs[i].arg);
    }
    return at;
}

static void resolve_jumps(CodeUnit *u) { // longer arguments move code, which may make arguments longer: until it settles
    bool again;
    do {
        again = false;
        place_blocks(u);
        int at = 0;
        for (Block *b = u->entry; b; b = b->next) {
            for (int i = 0; i < b->n; i++) {
                Instr *inst = &b->instrs[i];
                int size = instr_units(inst->op, inst->arg);
                at += size;
                if (!inst->target) continue;
                int distance = inst->target->offset - at;
                inst->arg = distance < 0 ? -distance : distance;
                if (instr_units(inst->op, inst->arg) != size) again = true;
            }
        }
    } while (again);
}

// ---- bytes --------------------------------------------------------------------------------------------------------------
static void put(StrBuf *b, unsigned byte) { strbuf_putc(b, (char)byte); }

static void emit_units(Assembler *a, const Instr *inst) {
    unsigned arg = (unsigned)inst->arg;
    for (int shift = 24; shift > 0; shift -= 8) {
        if (arg >> shift) {
            put(&a->code, op_EXTENDED_ARG);
            put(&a->code, arg >> shift & 0xFF);
        }
    }
    put(&a->code, inst->op);
    put(&a->code, arg & 0xFF);
    for (int i = 0; i < opcode_info[inst->op].caches; i++) {
        put(&a->code, op_CACHE);
        put(&a->code, 0);
    }
}

static void put_varint(StrBuf *b, unsigned value) { // location table: low bits first
    for (; value >= 64; value >>= 6) put(b, 0x40 | (value & 63));
    put(b, value);
}

static void put_svarint(StrBuf *b, int value) { put_varint(b, value < 0 ? ((unsigned)-value << 1) | 1 : (unsigned)value << 1); }

static void put_location_head(Assembler *a, int code, int units) { put(&a->lines, 0x80u | (unsigned)code << 3 | (unsigned)(units - 1)); }

// One entry of at most 8 units in the shortest of the five forms.
static void put_location(Assembler *a, AstPos pos, int units) {
    if (pos.lineno < 0) {
        put_location_head(a, 15, units);
        return;
    }
    int delta = pos.lineno - a->line, col = pos.col_offset, end = pos.end_col_offset;
    bool one_line = pos.end_lineno == pos.lineno;
    a->line = pos.lineno;
    if ((col < 0 || end < 0) && (one_line || pos.end_lineno == -1)) {
        put_location_head(a, 13, units);
        put_svarint(&a->lines, delta);
    } else if (one_line && delta == 0 && col >= 0 && col < 80 && end >= col && end - col < 16) {
        put_location_head(a, col >> 3, units);
        put(&a->lines, (unsigned)((col & 7) << 4 | (end - col)));
    } else if (one_line && delta >= 0 && delta < 3 && col >= 0 && col < 128 && end >= 0 && end < 128) {
        put_location_head(a, 10 + delta, units);
        put(&a->lines, (unsigned)col);
        put(&a->lines, (unsigned)end);
    } else {
        put_location_head(a, 14, units);
        put_svarint(&a->lines, delta);
        put_varint(&a->lines, (unsigned)(pos.end_lineno - pos.lineno));
        put_varint(&a->lines, (unsigned)(col + 1));
        put_varint(&a->lines, (unsigned)(end + 1));
    }
}

static void put_locations(Assembler *a, AstPos pos, int units) {
    for (; units > 8; units -= 8) put_location(a, pos, 8);
    if (units > 0) put_location(a, pos, units);
}

static void emit_locations(Assembler *a, CodeUnit *u) { // one entry an instruction, as CPython 3.11 does
    for (Block *b = u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) put_locations(a, b->instrs[i].pos, instr_units(b->instrs[i].op, b->instrs[i].arg));
    }
}

static void put_handler_int(StrBuf *b, unsigned value, unsigned first_bit) { // high bits first; 0x80 starts an entry
    for (int shift = 24; shift > 0; shift -= 6) {
        if (value >> shift) {
            put(b, 0x40 | (value >> shift & 63) | first_bit);
            first_bit = 0;
        }
    }
    put(b, (value & 63) | first_bit);
}

static void put_handler(Assembler *a, int start, int end, const Block *handler) {
    if (!handler || start == end) return;
    int depth = handler->depth - 1 - handler->preserve_lasti;
    const Block *place = handler; // an empty block was dropped: the handler begins where the next one does
    while (place->n == 0 && place->next) place = place->next;
    put_handler_int(&a->handlers, (unsigned)start, 0x80);
    put_handler_int(&a->handlers, (unsigned)(end - start), 0);
    put_handler_int(&a->handlers, (unsigned)place->offset, 0);
    put_handler_int(&a->handlers, (unsigned)(depth << 1 | handler->preserve_lasti), 0);
}

static void emit_handlers(Assembler *a, CodeUnit *u) {
    int at = 0, start = 0;
    Block *handler = NULL;
    for (Block *b = u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) {
            if (b->instrs[i].handler != handler) {
                put_handler(a, start, at, handler);
                start = at;
                handler = b->instrs[i].handler;
            }
            at += instr_units(b->instrs[i].op, b->instrs[i].arg);
        }
    }
    put_handler(a, start, at, handler);
}

// ---- the object -----------------------------------------------------------------------------------------------------------
static V names_tuple(Compiler *c, const Names *names) { return tuple_from(c->t, names->items, (size_t)names->n); }

static void trim_consts(CodeUnit *u) { // folding leaves unused ones at the end; the first may be a docstring
    int last = 0;
    for (Block *b = u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) {
            int op = b->instrs[i].op;
            if ((op == op_LOAD_CONST || op == op_KW_NAMES) && b->instrs[i].arg > last) last = b->instrs[i].arg;
        }
    }
    if (u->consts.n > last + 1) u->consts.n = last + 1;
}

// Names and kinds of all variables in the order of their places.
static int local_variables(Compiler *c, const int *place, int total, V *names_out, V *kinds_out) {
    CodeUnit *u = c->u;
    V *names = arena_zalloc(&c->ast->arena, (size_t)(total + 1) * sizeof *names);
    if (!names) {
        err_no_memory(c->t);
        return -1;
    }
    V kinds = bytes_new(c->t, (size_t)total);
    if (v_is_error(kinds)) return -1;
    char *kind = bytes_data(kinds);
    memset(kind, 0, (size_t)total);
    for (int i = 0; i < u->varnames.n; i++) {
        names[i] = u->varnames.items[i];
        kind[i] = CO_FAST_LOCAL;
    }
    for (int i = 0; i < u->cellvars.n + u->freevars.n; i++) {
        bool cell = i < u->cellvars.n;
        names[place[i]] = cell ? u->cellvars.items[i] : u->freevars.items[i - u->cellvars.n];
        kind[place[i]] = (char)(kind[place[i]] | (cell ? CO_FAST_CELL : CO_FAST_FREE));
    }
    *kinds_out = kinds;
    *names_out = tuple_from(c->t, names, (size_t)total);
    if (!v_is_error(*names_out)) return 0;
    v_drop(c->t, kinds);
    return -1;
}

static V bytes_of_buffer(Compiler *c, const StrBuf *b) { return bytes_from(c->t, b->data, b->len); }

static V make_code(Compiler *c, Assembler *a, CodeArgs *args) {
    Thread *t = c->t;
    CodeUnit *u = c->u;
    V parts[] = {bytes_of_buffer(c, &a->code), bytes_of_buffer(c, &a->lines), bytes_of_buffer(c, &a->handlers),
                 names_tuple(c, &u->consts), names_tuple(c, &u->names)};
    bool ok = true;
    for (size_t i = 0; i < countof(parts); i++) ok = ok && !v_is_error(parts[i]);
    V code = V_ERROR;
    if (ok) {
        args->code = parts[0];
        args->linetable = parts[1];
        args->exceptiontable = parts[2];
        args->consts = parts[3];
        args->names = parts[4];
        code = code_new(t, args);
    }
    for (size_t i = 0; i < countof(parts); i++) v_drop(t, parts[i]);
    return code;
}

static V emit_code(Compiler *c, CodeArgs *args) {
    Assembler a = {.line = c->u->firstlineno};
    strbuf_init(&a.code);
    strbuf_init(&a.lines);
    strbuf_init(&a.handlers);
    for (Block *b = c->u->entry; b; b = b->next) {
        for (int i = 0; i < b->n; i++) emit_units(&a, &b->instrs[i]);
    }
    emit_locations(&a, c->u);
    emit_handlers(&a, c->u);
    V code = a.code.failed || a.lines.failed || a.handlers.failed ? err_no_memory(c->t) : make_code(c, &a, args);
    strbuf_free(&a.code);
    strbuf_free(&a.lines);
    strbuf_free(&a.handlers);
    return code;
}

V assemble(Compiler *c) {
    CodeUnit *u = c->u;
    int flags = code_flags(c), n_dropped, *place = place_cells(c, &n_dropped);
    if (!place || insert_prefix(c, place, flags) < 0 || flow_optimize(c) < 0) return V_ERROR;
    int depth = flow_stack_depth(c);
    if (depth < 0 || flow_exceptions(c) < 0 || flow_finish(c) < 0) return V_ERROR;
    trim_consts(u);
    fix_cell_args(c, place);
    resolve_jumps(u);
    CodeArgs args = {
        .argcount = u->argcount, .posonlyargcount = u->posonly, .kwonlyargcount = u->kwonly, .stacksize = depth ? depth : 1,
        .flags = flags, .trusted = true, .firstlineno = u->firstlineno, .filename = c->filename, .name = u->name, .qualname = u->qualname,
    };
    int total = u->varnames.n + u->cellvars.n + u->freevars.n - n_dropped;
    V names, kinds;
    if (local_variables(c, place, total, &names, &kinds) < 0) return V_ERROR;
    args.localsplusnames = names;
    args.localspluskinds = kinds;
    V code = emit_code(c, &args);
    v_drop(c->t, names);
    v_drop(c->t, kinds);
    return code;
}
