// SPDX-License-Identifier: MIT
// What the operand stack looks like at every instruction of a code object, found without running it.
#ifndef HEDDLE_VM_CODE_CHECK_H
#define HEDDLE_VM_CODE_CHECK_H
#include "base/arena.h"
#include "object/code.h"

// What is known about an operand.  KIND_VALUE is any object.
typedef enum OperandKind {
    KIND_VALUE,
    KIND_NULL,        // no object: below a callable
    KIND_MAYBE_NULL,  // LOAD_METHOD's: no object, or a function
    KIND_ITERATOR,    // of a loop
    KIND_EXCEPTION,
    KIND_PREVIOUS,    // an exception or None
    KIND_NONE,
    KIND_OFFSET,      // where a handler's exception came from: an int
    KIND_LIST, KIND_SET, KIND_DICT,
    KIND_TUPLE,       // info: its length, or ANY_LENGTH
    KIND_CELL,
    KIND_CELLS,       // a tuple of cells; info: how many
    KIND_CODE,        // info: which constant
} OperandKind;
#define ANY_LENGTH UINT32_MAX

// Stacks share their lower parts: a stack is its top operand.  depth 0: the empty one.
typedef struct Operand {
    const struct Operand *below;
    uint32_t depth, info;
    OperandKind kind;
} Operand;

// Checks a code object by its decoded units: every path through it, handlers included, meets each instruction with the same depth and
// with operands, cells and constants that the machine can work with.  *depth: the deepest stack.  0/-1 with ValueError.
int code_check(Thread *t, const Code *code, const Unit *units, int *depth);
// The stack before each unit (NULL: not reached, or no instruction begins there), allocated in the arena; NULL with
// MemoryError.  For code that code_check accepts and that has its units.
const Operand *const *code_stacks(Thread *t, const Code *code, Arena *arena);
#endif
