// SPDX-License-Identifier: MIT
// Digests in C of our own, for the modules _md5, _sha1, _sha256, _sha512 and _sha3: hashlib falls back on them, and random
// takes SHA-512 from here without loading OpenSSL.
#ifndef HEDDLE_DIGEST_H
#define HEDDLE_DIGEST_H
#include "object/misc.h"

enum { DIGEST_MAX_BLOCK = 168 };
typedef union DigestState {
    uint32_t w[8];
    uint64_t q[25];
} DigestState;

typedef struct DigestKind {
    const char *name;
    uint8_t size, block;       // bytes; size 0: as many as are asked for
    uint8_t suffix;            // SHA-3: what the padding begins with; 0: another family
    bool big_endian;           // the words of the digest, and the length behind the data
    uint8_t word;              // bytes of a word
    void (*start)(DigestState *s);
    void (*absorb)(DigestState *s, const uint8_t *block); // one block
} DigestKind;
extern const DigestKind digest_md5, digest_sha1, digest_sha224, digest_sha256, digest_sha384, digest_sha512, digest_sha3_224,
    digest_sha3_256, digest_sha3_384, digest_sha3_512, digest_shake_128, digest_shake_256;
void digest_permute(DigestState *s); // Keccak-f[1600]

// ---- objects (digest_object.c) --------------------------------------------------------------------------------------
typedef struct Digest {
    Obj head;
    const DigestKind *kind; // const
    uint8_t busy;           // byte lock of what follows
    DigestState state;
    uint64_t count;         // bytes so far
    uint8_t block[DIGEST_MAX_BLOCK]; // count % kind->block of them wait
} Digest;
extern const Method digest_methods[], digest_sha3_methods[], digest_shake_methods[];
extern const GetSet digest_getsets[], digest_sha3_getsets[];
V digest_make(Thread *t, Type *type, const DigestKind *kind, V data, V used_for_security);

#define DIGEST_TYPE(id, label, methods_, getsets_) \
    static Type id##_type = { \
        TYPE_HEAD(label), .size = sizeof(Digest), .flags = TYPE_IMMUTABLE | TYPE_NO_NEW, .methods = methods_, .getsets = getsets_}
// The module's function that makes one.
#define DIGEST_FUNCTION(id, kind) \
    static NATIVE(id##_new) { \
        UNUSED_NATIVE(); \
        return digest_make(t, &id##_type, &kind, args[0], args[1]); \
    }
#define DIGEST_ROW(id, text) \
    {#id, id##_new, "string=b'', *, usedforsecurity=True", 0, 0, "A new " text " hash object, with the bytes given in it."}
#endif
