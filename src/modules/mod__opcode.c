// SPDX-License-Identifier: MIT
// Module _opcode: what the opcode and dis modules ask of the machine.
#include "code/opcode.h"
#include "object/misc.h"

// None means: the argument is not given; what has one must have it.
static NATIVE(opcode_stack_effect_function) {
    UNUSED_NATIVE();
    int op, oparg = 0, jump = -1;
    if (num_as_int(t, args[0], &op) < 0) return V_ERROR;
    bool has_arg = args[1] != V_NULL && args[1] != V_NONE;
    if (op >= OP_HAVE_ARGUMENT) {
        if (!has_arg) return err_set(t, &exc_ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
        if (num_as_int(t, args[1], &oparg) < 0) return V_ERROR;
    } else if (has_arg) {
        return err_set(t, &exc_ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
    }
    if (args[2] != V_NULL && args[2] != V_NONE) {
        if (args[2] != V_TRUE && args[2] != V_FALSE)
            return err_set(t, &exc_ValueError, "stack_effect: jump must be False, True or None");
        jump = args[2] == V_TRUE;
    }
    int effect = op < 0 || op > 255 ? OPCODE_NO_EFFECT : opcode_stack_effect(op, (uint32_t)oparg, jump);
    if (effect == OPCODE_NO_EFFECT) return err_set(t, &exc_ValueError, "invalid opcode or oparg");
    return v_from_int(effect);
}

static NATIVE(opcode_get_specialization_stats) { // None: this build does not count
    UNUSED_NATIVE();
    return V_NONE;
}

static const Method methods[] = {
    {"stack_effect", opcode_stack_effect_function, "opcode, oparg=None, /, *, jump=None", LOCK_NONE, 0,
     "How an instruction changes the depth of the stack."},
    {"get_specialization_stats", opcode_get_specialization_stats, "", LOCK_NONE, 0, "Counts of specialisation: None."},
    METHOD_END,
};

const ModuleDef mod__opcode = {
    .name = "_opcode",
    .doc = "What the opcode module needs of the machine.",
    .methods = methods,
};
