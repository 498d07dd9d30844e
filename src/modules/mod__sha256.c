// SPDX-License-Identifier: MIT
// Module _sha256.
#include "digest.h"

DIGEST_TYPE(sha256, "_sha256.sha256", digest_methods, digest_getsets);
DIGEST_TYPE(sha224, "_sha256.sha224", digest_methods, digest_getsets);
DIGEST_FUNCTION(sha256, digest_sha256)
DIGEST_FUNCTION(sha224, digest_sha224)

static const Method sha256_rows[] = {
    DIGEST_ROW(sha256, "SHA-256"),
    DIGEST_ROW(sha224, "SHA-224"),
    METHOD_END,
};

static int sha256_exec(Thread *t, V module) {
    if (type_ready(t, &sha256_type) < 0 || module_add(t, module, "SHA256Type", v_from_type(&sha256_type)) < 0) return -1;
    if (type_ready(t, &sha224_type) < 0 || module_add(t, module, "SHA224Type", v_from_type(&sha224_type)) < 0) return -1;
    return 0;
}

const ModuleDef mod__sha256 = {.name = "_sha256", .methods = sha256_rows, .exec = sha256_exec};
