// SPDX-License-Identifier: MIT
// The tables that opcodes.def expands to: names, flags, stack effects.
#include "opcode_rows.h"
#include "base/assert.h"
#include <stddef.h>

const OpcodeInfo opcode_info[OP_LIMIT] = {
#define OPCODE(number, name_, caches_, pops, pushes, flags_, doc_)                                                     \
    [number] = {.name = #name_, .doc = (doc_), .flags = (flags_) | OPF_VALID, .caches = (caches_), .base = (number)},
#define QUICK(name_, base_, doc_)                                                                                      \
    [op_##name_] = {.name = #name_, .doc = (doc_), .caches = cache_units_##base_, .base = op_##base_},
#define FORM(name_, base_, doc_)                                                                                       \
    [op_##name_] = {.name = #name_, .doc = (doc_), .caches = cache_units_##base_, .base = op_##name_},
#include "code/opcodes.def"
};

#define OPCODE(number, name, caches, pops, pushes, flags, doc)                                                         \
    _Static_assert(((number) >= OP_HAVE_ARGUMENT) == (((flags) & OPF_ARG) != 0), #name ": has an argument or not");    \
    _Static_assert((number) < 256, #name ": does not fit a code unit");
#include "code/opcodes.def"

// The effect of a taken jump, for the instructions whose two ways out differ; OPCODE_NO_EFFECT for the others.
static int jump_effect(int op) {
    switch (op) {
    case op_FOR_ITER: return -1;
    case op_SEND: return -1;
    case op_JUMP_IF_FALSE_OR_POP:
    case op_JUMP_IF_TRUE_OR_POP: return 0;
    default: return OPCODE_NO_EFFECT;
    }
}

int opcode_stack_effect(int op, uint32_t arg_, int jump) {
    int effect;
    int64_t arg = arg_;
    switch (op) {
#define OPCODE(number, name, caches, pops, pushes, flags, doc)                                                         \
    case number: effect = (int)((pushes) - (pops)); break;
#include "code/opcodes.def"
    default: return OPCODE_NO_EFFECT;
    }
    (void)arg;
    int taken = jump_effect(op);
    if (taken == OPCODE_NO_EFFECT || jump == 0) return effect;
    if (jump > 0) return taken;
    return taken > effect ? taken : effect;
}
