// SPDX-License-Identifier: MIT
// Module _sha512.
#include "digest.h"

DIGEST_TYPE(sha512, "_sha512.sha512", digest_methods, digest_getsets);
DIGEST_TYPE(sha384, "_sha512.sha384", digest_methods, digest_getsets);
DIGEST_FUNCTION(sha512, digest_sha512)
DIGEST_FUNCTION(sha384, digest_sha384)

static const Method sha512_rows[] = {
    DIGEST_ROW(sha512, "SHA-512"),
    DIGEST_ROW(sha384, "SHA-384"),
    METHOD_END,
};

// CPython has the type of sha512 under the name of the other's, and the other's under none.
static int sha512_exec(Thread *t, V module) {
    if (type_ready(t, &sha512_type) < 0 || type_ready(t, &sha384_type) < 0) return -1;
    return module_add(t, module, "SHA384Type", v_from_type(&sha512_type));
}

const ModuleDef mod__sha512 = {.name = "_sha512", .methods = sha512_rows, .exec = sha512_exec};
