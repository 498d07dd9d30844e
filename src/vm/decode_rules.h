// SPDX-License-Identifier: MIT
// What an instruction's argument is measured against, and what more there is to see to.
#ifndef HEDDLE_VM_DECODE_RULES_H
#define HEDDLE_VM_DECODE_RULES_H
#include <stdint.h>

enum {
    RULE_HARD, // no instruction, or one with a rule of its own
    RULE_ANY,
    RULE_LOAD_CONST, RULE_CONST, RULE_NAME, RULE_GLOBAL, RULE_LOCAL, RULE_COMPARE, RULE_BINARY,
    RULE_FORWARD, RULE_BACKWARD, RULE_PRECALL, RULE_CALL, // more than a limit
    N_DECODE_RULES
};
extern const uint8_t decode_rules[256]; // by the byte in co_code
#endif
