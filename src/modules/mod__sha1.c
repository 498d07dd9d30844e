// SPDX-License-Identifier: MIT
// Module _sha1.
#include "digest.h"

DIGEST_TYPE(sha1, "_sha1.sha1", digest_methods, digest_getsets);
DIGEST_FUNCTION(sha1, digest_sha1)

static const Method sha1_rows[] = {
    DIGEST_ROW(sha1, "SHA1"),
    METHOD_END,
};

static int sha1_exec(Thread *t, V module) {
    if (type_ready(t, &sha1_type) < 0 || module_add(t, module, "SHA1Type", v_from_type(&sha1_type)) < 0) return -1;
    return 0;
}

const ModuleDef mod__sha1 = {.name = "_sha1", .methods = sha1_rows, .exec = sha1_exec};
