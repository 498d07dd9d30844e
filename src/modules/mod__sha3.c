// SPDX-License-Identifier: MIT
// Module _sha3: SHA-3 and SHAKE, whose types are called themselves.
#include "digest.h"

static V make(Thread *t, Type *type, const DigestKind *kind, const V *args, size_t nargs, V kwnames) {
    V given[2]; // the name is CPython's for all of them
    if (args_bind(t, "sha3_224", "data=b'', /, *, usedforsecurity=True", args, nargs, kwnames, given) < 0) return V_ERROR;
    return digest_make(t, type, kind, given[0], given[1]);
}

#define SHA3_TYPE(id, methods_, text) \
    static V id##_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) { \
        return make(t, type, &digest_##id, args, nargs, kwnames); \
    } \
    static Type id##_type = { \
        TYPE_HEAD("_sha3." #id), .size = sizeof(Digest), .flags = TYPE_IMMUTABLE, .new_ = id##_new, .methods = methods_, \
        .getsets = digest_sha3_getsets, .doc = #id "([data], *, usedforsecurity=True) -> hash object\n\n" text}
SHA3_TYPE(sha3_224, digest_sha3_methods, "SHA-3 of 28 bytes.");
SHA3_TYPE(sha3_256, digest_sha3_methods, "SHA-3 of 32 bytes.");
SHA3_TYPE(sha3_384, digest_sha3_methods, "SHA-3 of 48 bytes.");
SHA3_TYPE(sha3_512, digest_sha3_methods, "SHA-3 of 64 bytes.");
SHA3_TYPE(shake_128, digest_shake_methods, "SHAKE128, of any length.");
SHA3_TYPE(shake_256, digest_shake_methods, "SHAKE256, of any length.");

static int sha3_exec(Thread *t, V module) {
    Type *const types[] = {&sha3_224_type, &sha3_256_type, &sha3_384_type, &sha3_512_type, &shake_128_type, &shake_256_type};
    for (size_t i = 0; i < countof(types); i++)
        if (module_add_type(t, module, types[i]) < 0) return -1;
    if (module_add_int(t, module, "keccakopt", 0) < 0) return -1;
    return module_add_str(t, module, "implementation", "heddle");
}

const ModuleDef mod__sha3 = {.name = "_sha3", .exec = sha3_exec};
