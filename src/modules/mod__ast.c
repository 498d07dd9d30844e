// SPDX-License-Identifier: MIT
//
// _ast: the node classes, which src/front/ast_types.c makes, and the flags of compile().
#include "front/ast_types.h"
#include "object/misc.h"

static int ast_exec(Thread *t, V module) {
    if (ast_types_ready(t) < 0 || ast_types_add_to(t, module) < 0) return -1;
    if (module_add_int(t, module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", FRONT_ALLOW_TOP_LEVEL_AWAIT) < 0) return -1;
    if (module_add_int(t, module, "PyCF_ONLY_AST", FRONT_ONLY_AST) < 0) return -1;
    return module_add_int(t, module, "PyCF_TYPE_COMMENTS", FRONT_TYPE_COMMENTS);
}

const ModuleDef mod__ast = {.name = "_ast", .exec = ast_exec};
