// SPDX-License-Identifier: MIT
// _typing: the identity function that typing uses as the body of its no-op decorators.
#include "object/misc.h"

static NATIVE(idfunc) {
    UNUSED_NATIVE();
    return v_dup(args[0]);
}

static const Method methods[] = {
    {"_idfunc", idfunc, "x, /", LOCK_NONE, 0, NULL},
    METHOD_END,
};

const ModuleDef mod__typing = {"_typing", "Accelerators for the typing module.\n", methods, NULL, 0};
