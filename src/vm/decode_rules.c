// SPDX-License-Identifier: MIT
// How code_decode looks at each instruction, as a table made from opcodes.def.
#include "decode_rules.h"
#include "opcode_rows.h"

#define IS_HARD(op, flags)                                                                                             \
    ((op) == op_CACHE || (op) == op_EXTENDED_ARG || (op) == op_KW_NAMES || (op) == op_COPY_FREE_VARS || (op) == op_COPY || (op) == op_SWAP)

#define RULE_OF(op, flags)                                                                                             \
    (IS_HARD(op, flags)                 ? RULE_HARD                                                                    \
     : (op) == op_LOAD_CONST            ? RULE_LOAD_CONST                                                              \
     : (flags) & OPF_CONST              ? RULE_CONST                                                                   \
     : (op) == op_LOAD_GLOBAL           ? RULE_GLOBAL                                                                  \
     : (flags) & OPF_NAME               ? RULE_NAME                                                                    \
     : (flags) & (OPF_LOCAL | OPF_FREE) ? RULE_LOCAL                                                                   \
     : (flags) & OPF_JBACK              ? RULE_BACKWARD                                                                \
     : (flags) & OPF_JREL               ? RULE_FORWARD                                                                 \
     : (op) == op_COMPARE_OP            ? RULE_COMPARE                                                                 \
     : (op) == op_BINARY_OP             ? RULE_BINARY                                                                  \
     : (op) == op_PRECALL               ? RULE_PRECALL                                                                 \
     : (op) == op_CALL                  ? RULE_CALL                                                                    \
                                        : RULE_ANY)

const uint8_t decode_rules[256] = {
#define OPCODE(number, name, caches, pops, pushes, flags, doc) [number] = RULE_OF(number, flags),
#include "code/opcodes.def"
};
