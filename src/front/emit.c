// SPDX-License-Identifier: MIT
// Basic blocks, instructions, and the tables of names and constants of the unit being compiled.
#include "compile_private.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/misc.h"

static void *room(Compiler *c, void *old, int n, int *cap, size_t size) {
    if (n < *cap) return old;
    int bigger = *cap ? *cap * 2 : 8;
    void *p = arena_alloc(&c->ast->arena, (size_t)bigger * size);
    if (!p) {
        err_no_memory(c->t);
        return NULL;
    }
    if (n) memcpy(p, old, (size_t)n * size);
    *cap = bigger;
    return p;
}

// ---- blocks ---------------------------------------------------------------------------------------------------------
Block *block_new(Compiler *c) {
    Block *block = arena_zalloc(&c->ast->arena, sizeof *block);
    if (!block) {
        err_no_memory(c->t);
        return NULL;
    }
    block->depth = -1;
    block->made = c->u->made;
    c->u->made = block;
    return block;
}

void block_use(Compiler *c, Block *block) {
    c->u->current->next = block;
    c->u->current = block;
}

Instr *block_add(Compiler *c, Block *block) {
    Instr *instrs = room(c, block->instrs, block->n, &block->cap, sizeof *instrs);
    if (!instrs) return NULL;
    block->instrs = instrs;
    Instr *i = &instrs[block->n++];
    *i = (Instr){0};
    return i;
}

static int add(Compiler *c, int op, int arg, Block *target, AstPos pos) {
    Block *b = c->u->current;
    if (b->n && (opcode_ends_block(b->instrs[b->n - 1].op) || opcode_is_jump(b->instrs[b->n - 1].op))) {
        Block *next = block_new(c); // a block ends at its jump
        if (!next) return -1;
        block_use(c, next);
        b = next;
    }
    Instr *i = block_add(c, b);
    if (!i) return -1;
    i->op = (uint16_t)op;
    i->arg = arg;
    i->target = target;
    i->pos = pos;
    return 0;
}

static const AstPos nowhere = {-1, -1, -1, -1};
int emit(Compiler *c, int op) { return add(c, op, 0, NULL, c->u->pos); }
int emit_arg(Compiler *c, int op, int arg) { return add(c, op, arg, NULL, c->u->pos); }
int emit_jump(Compiler *c, int op, Block *target) { return add(c, op, 0, target, c->u->pos); }
int emit_bare(Compiler *c, int op) { return add(c, op, 0, NULL, nowhere); }
int emit_jump_bare(Compiler *c, int op, Block *target) { return add(c, op, 0, target, nowhere); }

// ---- tables -----------------------------------------------------------------------------------------------------------
typedef bool (*SameFn)(V a, V b);
static bool same_word(V a, V b) { return v_is(a, b); }

// Constants are one when type and value are: 1, True and 1.0 differ, so do 0.0 and -0.0, inside tuples too.
static bool same_const(V a, V b);

static bool same_double(double x, double y) { return memcmp(&x, &y, sizeof x) == 0; }

static bool same_frozenset(V a, V b) {
    if (set_len(a) != set_len(b)) return false;
    size_t i = 0, j = 0;
    V x, y;
    int64_t hash;
    while (set_next(a, &i, &x, &hash)) {
        if (!set_next(b, &j, &y, &hash) || !same_const(x, y)) return false;
    }
    return true;
}

// The copies of a `finally` body hold equal code objects. An error of comparing makes them two.
static bool same_code(V a, V b) {
    Thread *t = thread_current();
    int r = obj_compare_bool(t, a, b, CMP_EQ);
    if (r < 0) err_clear(t);
    return r > 0;
}

static bool same_const(V a, V b) {
    if (v_is(a, b)) return true;
    Type *type = v_type(a);
    if (type != v_type(b)) return false;
    if (type == &int_type) return int_compare(a, b) == 0;
    if (type == &float_type) return same_double(float_value(a), float_value(b));
    if (type == &str_type) return str_equal(a, b);
    if (type == &bytes_type) return bytes_len(a) == bytes_len(b) && !memcmp(bytes_data(a), bytes_data(b), bytes_len(a));
    if (type == &complex_type) {
        Complex *x = (Complex *)v_obj(a), *y = (Complex *)v_obj(b);
        return same_double(x->re, y->re) && same_double(x->im, y->im);
    }
    if (type == &frozenset_type) return same_frozenset(a, b);
    if (type == &code_type) return same_code(a, b);
    if (type != &tuple_type || tuple_len(a) != tuple_len(b)) return false;
    for (size_t i = 0; i < tuple_len(a); i++) {
        if (!same_const(tuple_borrow(a, i), tuple_borrow(b, i))) return false;
    }
    return true;
}

static uint64_t mix(uint64_t h) {
    h *= 0x9E3779B97F4A7C15ull;
    return h ^ h >> 29;
}

static uint64_t hash_const(V v) {
    Type *type = v_type(v);
    uint64_t h = (uintptr_t)type >> 4;
    if (type == &int_type) return mix(h ^ (uint64_t)int_hash(v));
    if (type == &str_type) return mix(h ^ (uint64_t)str_hash(v));
    if (type == &float_type) {
        double d = float_value(v);
        uint64_t bits;
        memcpy(&bits, &d, 8);
        return mix(h ^ bits);
    }
    if (type == &bytes_type) {
        for (size_t i = 0; i < bytes_len(v); i++) h = mix(h + (uint8_t)bytes_data(v)[i]);
        return h;
    }
    if (type == &tuple_type) {
        for (size_t i = 0; i < tuple_len(v); i++) h = mix(h ^ hash_const(tuple_borrow(v, i)));
        return h;
    }
    if (type == &code_type) return mix(h ^ (uint64_t)((const Code *)v_obj(v))->firstlineno);
    if (type == &complex_type || type == &frozenset_type) return mix(h);
    return mix(v_untag(v));
}

static int table_find(const Names *names, V v, uint64_t hash, SameFn same) {
    if (!names->index_size) return -1;
    uint32_t mask = (uint32_t)names->index_size - 1, i = (uint32_t)hash & mask;
    for (; names->index[i] >= 0; i = (i + 1) & mask) {
        if (same(names->items[names->index[i]], v)) return names->index[i];
    }
    return -1;
}

static int table_reindex(Compiler *c, Names *names, uint64_t (*hash)(V)) {
    int size = names->index_size ? names->index_size * 2 : 16;
    int *index = arena_alloc(&c->ast->arena, (size_t)size * sizeof *index);
    if (!index) {
        err_no_memory(c->t);
        return -1;
    }
    for (int i = 0; i < size; i++) index[i] = -1;
    for (int k = 0; k < names->n; k++) {
        uint32_t i = (uint32_t)hash(names->items[k]) & (uint32_t)(size - 1);
        while (index[i] >= 0) i = (i + 1) & (uint32_t)(size - 1);
        index[i] = k;
    }
    names->index = index;
    names->index_size = size;
    return 0;
}

static int table_add(Compiler *c, Names *names, V v, uint64_t (*hash)(V), SameFn same) {
    int found = table_find(names, v, hash(v), same);
    if (found >= 0) return found;
    V *items = room(c, names->items, names->n, &names->cap, sizeof *items);
    if (!items) return -1;
    names->items = items;
    if ((names->n + 1) * 2 > names->index_size && table_reindex(c, names, hash) < 0) return -1;
    uint32_t mask = (uint32_t)names->index_size - 1, i = (uint32_t)hash(v) & mask;
    while (names->index[i] >= 0) i = (i + 1) & mask;
    names->index[i] = names->n;
    items[names->n] = v;
    return names->n++;
}

static uint64_t hash_word(V v) { return mix(v_untag(v) >> 4); }
int names_add(Compiler *c, Names *names, V name) { return table_add(c, names, name, hash_word, same_word); }
int names_find(const Names *names, V name) { return table_find(names, name, hash_word(name), same_word); }

// CPython builds a frozenset constant again from its own elements when it first meets it; where hashes collide, the order
// of a set display's elements comes from that.
static V rebuilt_frozenset(Compiler *c, V set) {
    V items = obj_to_tuple(c->t, set);
    if (v_is_error(items)) return V_NULL;
    V again = frozenset_new(c->t, items);
    v_drop(c->t, items);
    return v_is_error(again) ? V_NULL : ast_keep(c->t, c->ast, again);
}

int const_add(Compiler *c, V value) {
    Names *consts = &c->u->consts;
    if (v_is_exact(value, &frozenset_type) && set_len(value)) {
        int found = table_find(consts, value, hash_const(value), same_const);
        if (found >= 0) return found;
        value = rebuilt_frozenset(c, value);
        if (value == V_NULL) return -1;
    }
    return table_add(c, consts, value, hash_const, same_const);
}

int emit_const(Compiler *c, V value) {
    int i = const_add(c, value);
    return i < 0 ? -1 : emit_arg(c, op_LOAD_CONST, i);
}

int emit_const_steal(Compiler *c, V value) {
    if (v_is_error(value)) return -1;
    value = ast_keep(c->t, c->ast, value);
    return value == V_NULL ? -1 : emit_const(c, value);
}

int emit_name(Compiler *c, int op, V name) {
    int i = names_add(c, &c->u->names, name);
    return i < 0 ? -1 : emit_arg(c, op, op == op_LOAD_GLOBAL ? i << 1 : i);
}

int emit_name_mangled(Compiler *c, int op, V name) {
    V mangled = mangle(c, name);
    return mangled == V_NULL ? -1 : emit_name(c, op, mangled);
}

// ---- what the instructions do to the stack ------------------------------------------------------------------------------
bool opcode_is_jump(int op) {
    switch (op) {
    case op_SETUP_FINALLY:
    case op_SETUP_CLEANUP:
    case op_SETUP_WITH:
    case op_JUMP:
    case op_JUMP_NO_INTERRUPT:
    case op_POP_JUMP_IF_FALSE:
    case op_POP_JUMP_IF_TRUE:
    case op_POP_JUMP_IF_NONE:
    case op_POP_JUMP_IF_NOT_NONE:
    case op_FOR_ITER:
    case op_SEND:
    case op_JUMP_FORWARD:
    case op_JUMP_BACKWARD:
    case op_JUMP_BACKWARD_NO_INTERRUPT:
    case op_JUMP_IF_FALSE_OR_POP:
    case op_JUMP_IF_TRUE_OR_POP:
    case op_POP_JUMP_FORWARD_IF_FALSE:
    case op_POP_JUMP_FORWARD_IF_TRUE:
    case op_POP_JUMP_FORWARD_IF_NONE:
    case op_POP_JUMP_FORWARD_IF_NOT_NONE:
    case op_POP_JUMP_BACKWARD_IF_FALSE:
    case op_POP_JUMP_BACKWARD_IF_TRUE:
    case op_POP_JUMP_BACKWARD_IF_NONE:
    case op_POP_JUMP_BACKWARD_IF_NOT_NONE: return true;
    default: return false;
    }
}

bool opcode_is_unconditional_jump(int op) {
    return op == op_JUMP || op == op_JUMP_NO_INTERRUPT || op == op_JUMP_FORWARD || op == op_JUMP_BACKWARD ||
           op == op_JUMP_BACKWARD_NO_INTERRUPT;
}

bool opcode_ends_block(int op) { return op == op_RETURN_VALUE || op == op_RAISE_VARARGS || op == op_RERAISE; }

int instr_stack_effect(int op, int arg, int jump) {
    switch (op) {
    case op_POP_BLOCK:
    case op_JUMP:
    case op_JUMP_NO_INTERRUPT: return 0;
    case op_POP_JUMP_IF_FALSE:
    case op_POP_JUMP_IF_TRUE:
    case op_POP_JUMP_IF_NONE:
    case op_POP_JUMP_IF_NOT_NONE: return -1;
    case op_SETUP_FINALLY:
    case op_SETUP_WITH: return jump ? 1 : 0; // the exception
    case op_SETUP_CLEANUP: return jump ? 2 : 0; // the offset and the exception
    case op_RETURN_GENERATOR: return 1; // what the first resumption finds
    default: return opcode_stack_effect(op, (uint32_t)arg, jump);
    }
}
