// SPDX-License-Identifier: MIT
// Instruction numbers and what opcodes.def says about them.
#ifndef HEDDLE_CODE_OPCODE_H
#define HEDDLE_CODE_OPCODE_H
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

// Instructions as they stand in co_code: op_LOAD_FAST == 124.
enum {
#define OPCODE(number, name, caches, pops, pushes, flags, doc) op_##name = (number),
#include "code/opcodes.def"
};

// Quickened forms, from 256: they only ever stand in a Unit.
enum {
    OP_FIRST_QUICK_ = 255,
#define QUICK(name, base, doc) op_##name,
#include "code/opcodes.def"
    OP_LIMIT // number of table entries
};

// Cache units behind each instruction: cache_units_LOAD_ATTR.
enum {
#define OPCODE(number, name, caches, pops, pushes, flags, doc) cache_units_##name = (caches),
#include "code/opcodes.def"
};

enum {
    OPF_CONST = 1, OPF_NAME = 2, OPF_LOCAL = 4, OPF_FREE = 8, OPF_JREL = 16, OPF_JBACK = 32, OPF_COMPARE = 64,
    OPF_NARGS = 128, OPF_ARG = 256, OPF_STOP = 512, OPF_VALID = 1024,
};
#define OP_HAVE_ARGUMENT 90

typedef struct OpcodeInfo {
    const char *name, *doc; // NULL: no such instruction
    uint16_t flags;         // OPF_*; OPF_VALID for every instruction of co_code
    uint8_t caches;
    uint16_t base;          // what a quickened form was made from; itself otherwise
} OpcodeInfo;
extern const OpcodeInfo opcode_info[OP_LIMIT];

#define OPCODE_NO_EFFECT INT_MIN
// Change of the stack's depth.  jump: 1 taken, 0 not taken, -1 the larger of both.  OPCODE_NO_EFFECT: unknown opcode.
int opcode_stack_effect(int op, uint32_t arg, int jump);
#endif
