// SPDX-License-Identifier: MIT
// Module _md5.
#include "digest.h"

DIGEST_TYPE(md5, "_md5.md5", digest_methods, digest_getsets);
DIGEST_FUNCTION(md5, digest_md5)

static const Method md5_rows[] = {
    DIGEST_ROW(md5, "MD5"),
    METHOD_END,
};

static int md5_exec(Thread *t, V module) {
    if (type_ready(t, &md5_type) < 0 || module_add(t, module, "MD5Type", v_from_type(&md5_type)) < 0) return -1;
    return 0;
}

const ModuleDef mod__md5 = {.name = "_md5", .methods = md5_rows, .exec = md5_exec};
