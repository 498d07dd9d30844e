// SPDX-License-Identifier: MIT
// Module _hashlib: digests, HMAC and key derivation by OpenSSL's libcrypto.
//
// Contexts are changed under the object's lock; data of 2 KiB and more is hashed detached, with the object marked busy
// by that lock's owner.
#include "object/bytes.h"
#include "object/misc.h"
#ifdef HAVE_OPENSSL
#include <limits.h>
#define OPENSSL_SUPPRESS_DEPRECATED // the HMAC_* functions serve 3.0 as well as 1.1
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

enum { DETACH_FROM = 2048 };

typedef struct Hash {
    Obj head;
    EVP_MD_CTX *ctx;   // self->busy
    uint8_t busy;      // byte lock
    bool xof;
} Hash;
typedef struct Hmac {
    Obj head;
    HMAC_CTX *ctx;
    uint8_t busy;
} Hmac;
#include "threading/parking.h"
static Hash *hash_of(V v) { return (Hash *)v_obj(v); }
static Hmac *hmac_of(V v) { return (Hmac *)v_obj(v); }
static Type hash_type, xof_type, hmac_type;
static Slot unsupported_type; // UnsupportedDigestmodError

static V openssl_error(Thread *t, Type *type, const char *fallback) {
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    const char *library = code ? ERR_lib_error_string(code) : NULL;
    if (reason && library) err_set(t, type, "[%s] %s", library, reason);
    else err_set(t, type, "%s", reason ? reason : fallback);
    ERR_clear_error();
    return V_ERROR;
}

// ---- names --------------------------------------------------------------------------------------------------------------
static const struct { const char *python, *openssl; } names[] = {
    {"md5", "MD5"}, {"sha1", "SHA1"}, {"sha224", "SHA224"}, {"sha256", "SHA256"}, {"sha384", "SHA384"}, {"sha512", "SHA512"},
    {"sha512_224", "SHA512-224"}, {"sha512_256", "SHA512-256"}, {"sha3_224", "SHA3-224"}, {"sha3_256", "SHA3-256"},
    {"sha3_384", "SHA3-384"}, {"sha3_512", "SHA3-512"}, {"shake_128", "SHAKE128"}, {"shake_256", "SHAKE256"},
    {"blake2s", "BLAKE2s256"}, {"blake2b", "BLAKE2b512"}, {"sm3", "SM3"}, {"ripemd160", "RIPEMD160"}, {"md5-sha1", "MD5-SHA1"},
};

static const char *python_name(const EVP_MD *md) {
    const char *name = EVP_MD_get0_name(md);
    for (size_t i = 0; i < countof(names); i++) {
        if (EVP_MD_is_a(md, names[i].openssl)) return names[i].python;
    }
    return name ? name : "unknown";
}

static EVP_MD *find_digest(const char *name) { // owned
    for (size_t i = 0; i < countof(names); i++) {
        if (!strcmp(names[i].python, name)) return EVP_MD_fetch(NULL, names[i].openssl, NULL);
    }
    return EVP_MD_fetch(NULL, name, NULL);
}

static EVP_MD *digest_arg(Thread *t, V v) {
    if (!v_is_str(v)) {
        V name = obj_lookup_attr(t, v, NAME(__name__)); // hashlib.sha256 itself
        if (v_is_error(name)) return NULL;
        const char *p = name != V_NULL && v_is_str(name) ? str_cstr(t, name) : NULL;
        if (p && !strncmp(p, "openssl_", 8)) {
            EVP_MD *md = find_digest(p + 8);
            v_drop(t, name);
            if (md) return md;
            openssl_error(t, &exc_ValueError, "unsupported hash type");
            return NULL;
        }
        v_drop(t, name);
        if (!err_pending(t)) err_set(t, v_as_type(slot_peek(&unsupported_type)), "Unsupported digestmod %R", v);
        return NULL;
    }
    const char *name = str_cstr(t, v);
    EVP_MD *md = name ? find_digest(name) : NULL;
    if (!md && name) openssl_error(t, &exc_ValueError, "unsupported hash type");
    return md;
}

// ---- hash objects ---------------------------------------------------------------------------------------------------------
static int get_data(Thread *t, V v, Buffer *view) {
    if (v_is_str(v)) {
        err_set(t, &exc_TypeError, "Strings must be encoded before hashing");
        return -1;
    }
    if (!obj_has_buffer(v)) {
        err_set(t, &exc_TypeError, "object supporting the buffer API required");
        return -1;
    }
    return buffer_get(t, v, view, BUF_SIMPLE);
}

static int hash_update_locked(Thread *t, EVP_MD_CTX *ctx, const Buffer *view) {
    int ok;
    if (view->len >= DETACH_FROM) {
        thread_detach(t);
        ok = EVP_DigestUpdate(ctx, view->data, (size_t)view->len);
        thread_attach(t);
    } else {
        ok = EVP_DigestUpdate(ctx, view->data, (size_t)view->len);
    }
    if (ok) return 0;
    openssl_error(t, &exc_ValueError, "hashing failed");
    return -1;
}

static V hash_new(Thread *t, EVP_MD *md, V data) { // consumes md
    if (!md) return V_ERROR;
    bool xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
    V self = type_alloc(t, xof ? &xof_type : &hash_type, 0);
    Hash *h = v_is_error(self) ? NULL : hash_of(self);
    bool ok = h && (h->ctx = EVP_MD_CTX_new()) && EVP_DigestInit_ex2(h->ctx, md, NULL);
    EVP_MD_free(md);
    if (h && !ok) openssl_error(t, &exc_ValueError, "the digest cannot be started");
    if (ok) h->xof = xof;
    if (ok && data != V_NULL) {
        Buffer view;
        ok = get_data(t, data, &view) == 0;
        if (ok) {
            ok = hash_update_locked(t, h->ctx, &view) == 0;
            buffer_release(t, &view);
        }
    }
    if (ok) return self;
    if (h) v_drop(t, self);
    return V_ERROR;
}

static NATIVE(hash_update) {
    (void)nargs, (void)kwnames;
    Hash *h = hash_of(self);
    Buffer view;
    if (get_data(t, args[0], &view) < 0) return V_ERROR;
    bytelock_lock(t, &h->busy, -1, 0);
    int r = hash_update_locked(t, h->ctx, &view);
    bytelock_unlock(&h->busy);
    buffer_release(t, &view);
    return r < 0 ? V_ERROR : V_NONE;
}

static EVP_MD_CTX *copy_context(Thread *t, Hash *h) {
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bytelock_lock(t, &h->busy, -1, 0);
    int ok = copy && EVP_MD_CTX_copy_ex(copy, h->ctx);
    bytelock_unlock(&h->busy);
    if (ok) return copy;
    EVP_MD_CTX_free(copy);
    openssl_error(t, &exc_ValueError, "the digest cannot be copied");
    return NULL;
}

static NATIVE(hash_copy) {
    UNUSED_NATIVE();
    EVP_MD_CTX *ctx = copy_context(t, hash_of(self));
    V other = ctx ? type_alloc(t, v_type(self), 0) : V_ERROR;
    if (v_is_error(other)) {
        EVP_MD_CTX_free(ctx);
        return V_ERROR;
    }
    hash_of(other)->ctx = ctx;
    hash_of(other)->xof = hash_of(self)->xof;
    return other;
}

static V as_hex(Thread *t, V bytes_steal) {
    static const char digits[] = "0123456789abcdef";
    if (v_is_error(bytes_steal)) return V_ERROR;
    size_t n = bytes_len(bytes_steal);
    V text = str_new(t, 2 * n, 127);
    if (!v_is_error(text)) {
        char *p = str_data(text);
        for (size_t i = 0; i < n; i++) {
            uint8_t byte = (uint8_t)bytes_data(bytes_steal)[i];
            p[2 * i] = digits[byte >> 4];
            p[2 * i + 1] = digits[byte & 15];
        }
    }
    v_drop(t, bytes_steal);
    return text;
}

static V digest(Thread *t, V self, ptrdiff_t length) { // length < 0: the digest's own
    EVP_MD_CTX *ctx = copy_context(t, hash_of(self));
    if (!ctx) return V_ERROR;
    size_t n = length < 0 ? (size_t)EVP_MD_CTX_get_size(ctx) : (size_t)length;
    V out = bytes_new(t, n);
    int ok = 1;
    if (!v_is_error(out)) {
        unsigned char *p = (unsigned char *)bytes_data(out);
        ok = length < 0 ? EVP_DigestFinal_ex(ctx, p, NULL) : n == 0 || EVP_DigestFinalXOF(ctx, p, n);
    }
    EVP_MD_CTX_free(ctx);
    if (ok) return out;
    v_drop(t, out);
    return openssl_error(t, &exc_ValueError, "the digest cannot be finished");
}

static NATIVE(hash_digest) {
    UNUSED_NATIVE();
    return digest(t, self, -1);
}
static NATIVE(hash_hexdigest) {
    UNUSED_NATIVE();
    return as_hex(t, digest(t, self, -1));
}
static int length_arg(Thread *t, V v, ptrdiff_t *n) {
    if (num_as_ssize(t, v, &exc_OverflowError, n) < 0) return -1;
    if (*n >= 0) return 0;
    err_set(t, &exc_ValueError, "value must be positive");
    return -1;
}
static NATIVE(xof_digest) {
    (void)nargs, (void)kwnames;
    ptrdiff_t n;
    return length_arg(t, args[0], &n) < 0 ? V_ERROR : digest(t, self, n);
}
static NATIVE(xof_hexdigest) {
    (void)nargs, (void)kwnames;
    ptrdiff_t n;
    return length_arg(t, args[0], &n) < 0 ? V_ERROR : as_hex(t, digest(t, self, n));
}

static V get_name(Thread *t, V self, void *closure) {
    (void)closure;
    return str_from_cstr(t, python_name(EVP_MD_CTX_get0_md(hash_of(self)->ctx)));
}
static V get_digest_size(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return hash_of(self)->xof ? V_INT(0) : v_from_int(EVP_MD_CTX_get_size(hash_of(self)->ctx));
}
static V get_block_size(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_int(EVP_MD_CTX_get_block_size(hash_of(self)->ctx));
}
static V hash_repr(Thread *t, V self) {
    return str_from_format(t, "<%s %s object @ %p>", python_name(EVP_MD_CTX_get0_md(hash_of(self)->ctx)), v_type(self)->name, (void *)v_obj(self));
}
static void hash_free(Thread *t, Obj *o) {
    (void)t;
    EVP_MD_CTX_free(((Hash *)o)->ctx);
}

static const Method hash_methods[] = {
    {"update", hash_update, "obj, /", 0, 0, "Hashes more data."},
    {"digest", hash_digest, "", 0, 0, "What the data so far hash to, as bytes."},
    {"hexdigest", hash_hexdigest, "", 0, 0, "What the data so far hash to, in hexadecimal."},
    {"copy", hash_copy, "", 0, 0, "A second hash object in the same state."},
    METHOD_END,
};
static const Method xof_methods[] = {
    {"digest", xof_digest, "length", 0, 0, "What the data so far hash to, as bytes."},
    {"hexdigest", xof_hexdigest, "length", 0, 0, "What the data so far hash to, in hexadecimal."},
    METHOD_END,
};
static const GetSet hash_getsets[] = {
    {"name", get_name, NULL, "algorithm name.", NULL},
    {"digest_size", get_digest_size, NULL, NULL, NULL},
    {"block_size", get_block_size, NULL, NULL, NULL},
    {0},
};
static Type hash_type = {
    TYPE_HEAD("_hashlib.HASH"), .base = &object_type, .size = sizeof(Hash), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "A hash that is being computed.", .free_ = hash_free, .repr = hash_repr,
    .methods = hash_methods, .getsets = hash_getsets,
};
static Type xof_type = {
    TYPE_HEAD("_hashlib.HASHXOF"), .base = &hash_type, .size = sizeof(Hash), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "A hash with a digest of any length.", .free_ = hash_free, .methods = xof_methods,
};

// ---- HMAC -------------------------------------------------------------------------------------------------------------------
static NATIVE(hashlib_hmac_new) { // key, msg=b'', digestmod=None
    (void)self, (void)nargs, (void)kwnames;
    Buffer key, msg;
    if (buffer_get(t, args[0], &key, BUF_SIMPLE) < 0) return V_ERROR;
    if (args[2] == V_NULL) {
        buffer_release(t, &key);
        return err_set(t, &exc_TypeError, "Missing required parameter 'digestmod'.");
    }
    EVP_MD *md = digest_arg(t, args[2]);
    if (!md) {
        buffer_release(t, &key);
        return V_ERROR;
    }
    V result = type_alloc(t, &hmac_type, 0);
    bool ok = !v_is_error(result);
    if (!ok) buffer_release(t, &key);
    if (ok) {
        Hmac *h = hmac_of(result);
        h->ctx = HMAC_CTX_new();
        ok = h->ctx && HMAC_Init_ex(h->ctx, key.data, (int)key.len, md, NULL);
        if (!ok) openssl_error(t, &exc_ValueError, "HMAC cannot be started");
        buffer_release(t, &key);
        if (ok && args[1] != V_NULL && args[1] != V_NONE) {
            ok = get_data(t, args[1], &msg) == 0;
            if (ok) {
                HMAC_Update(h->ctx, msg.data, (size_t)msg.len);
                buffer_release(t, &msg);
            }
        }
    }
    EVP_MD_free(md);
    if (ok) return result;
    v_drop(t, result);
    return V_ERROR;
}

static NATIVE(hmac_update) {
    (void)nargs, (void)kwnames;
    Hmac *h = hmac_of(self);
    Buffer view;
    if (get_data(t, args[0], &view) < 0) return V_ERROR;
    bytelock_lock(t, &h->busy, -1, 0);
    int ok = HMAC_Update(h->ctx, view.data, (size_t)view.len);
    bytelock_unlock(&h->busy);
    buffer_release(t, &view);
    return ok ? V_NONE : openssl_error(t, &exc_ValueError, "HMAC failed");
}

static HMAC_CTX *hmac_copy_context(Thread *t, Hmac *h) {
    HMAC_CTX *copy = HMAC_CTX_new();
    bytelock_lock(t, &h->busy, -1, 0);
    int ok = copy && HMAC_CTX_copy(copy, h->ctx);
    bytelock_unlock(&h->busy);
    if (ok) return copy;
    HMAC_CTX_free(copy);
    openssl_error(t, &exc_ValueError, "HMAC cannot be copied");
    return NULL;
}

static V hmac_value(Thread *t, V self) {
    HMAC_CTX *ctx = hmac_copy_context(t, hmac_of(self));
    if (!ctx) return V_ERROR;
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned n;
    int ok = HMAC_Final(ctx, out, &n);
    HMAC_CTX_free(ctx);
    return ok ? bytes_from(t, out, n) : openssl_error(t, &exc_ValueError, "HMAC failed");
}
static NATIVE(hmac_digest) {
    UNUSED_NATIVE();
    return hmac_value(t, self);
}
static NATIVE(hmac_hexdigest) {
    UNUSED_NATIVE();
    return as_hex(t, hmac_value(t, self));
}
static NATIVE(hmac_copy) {
    UNUSED_NATIVE();
    HMAC_CTX *ctx = hmac_copy_context(t, hmac_of(self));
    V other = ctx ? type_alloc(t, &hmac_type, 0) : V_ERROR;
    if (v_is_error(other)) HMAC_CTX_free(ctx);
    else hmac_of(other)->ctx = ctx;
    return other;
}
static const EVP_MD *hmac_md(V self) { return HMAC_CTX_get_md(hmac_of(self)->ctx); }
static V hmac_get_name(Thread *t, V self, void *closure) {
    (void)closure;
    return str_from_format(t, "hmac-%s", python_name(hmac_md(self)));
}
static V hmac_get_digest_size(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_int(EVP_MD_get_size(hmac_md(self)));
}
static V hmac_get_block_size(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_int(EVP_MD_get_block_size(hmac_md(self)));
}
static V hmac_repr(Thread *t, V self) {
    return str_from_format(t, "<%s HMAC object @ %p>", python_name(hmac_md(self)), (void *)v_obj(self));
}
static void hmac_free(Thread *t, Obj *o) {
    (void)t;
    HMAC_CTX_free(((Hmac *)o)->ctx);
}
static const Method hmac_methods[] = {
    {"update", hmac_update, "msg", 0, 0, NULL}, {"digest", hmac_digest, "", 0, 0, NULL},
    {"hexdigest", hmac_hexdigest, "", 0, 0, NULL}, {"copy", hmac_copy, "", 0, 0, NULL}, METHOD_END,
};
static const GetSet hmac_getsets[] = {
    {"name", hmac_get_name, NULL, NULL, NULL}, {"digest_size", hmac_get_digest_size, NULL, NULL, NULL},
    {"block_size", hmac_get_block_size, NULL, NULL, NULL}, {0},
};
static Type hmac_type = {
    TYPE_HEAD("_hashlib.HMAC"), .base = &object_type, .size = sizeof(Hmac), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .free_ = hmac_free, .repr = hmac_repr, .methods = hmac_methods, .getsets = hmac_getsets,
};

static NATIVE(hashlib_hmac_digest) { // key, msg, digest
    (void)self, (void)nargs, (void)kwnames;
    V all[3] = {args[0], args[1], args[2]};
    V h = hashlib_hmac_new(t, self, all, 3, V_NULL);
    if (v_is_error(h)) return V_ERROR;
    V r = hmac_value(t, h);
    v_drop(t, h);
    return r;
}

// ---- functions ----------------------------------------------------------------------------------------------------------------
static NATIVE(hashlib_new) { // name, string=b'', *, usedforsecurity=True
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "name must be a string");
    return hash_new(t, digest_arg(t, args[0]), args[1]);
}

#define CONSTRUCTOR(name) \
    static NATIVE(hashlib_##name) { \
        (void)self, (void)nargs, (void)kwnames; \
        EVP_MD *md = find_digest(#name); \
        return md ? hash_new(t, md, args[0]) : openssl_error(t, &exc_ValueError, "unsupported hash type " #name); \
    }
CONSTRUCTOR(md5)
CONSTRUCTOR(sha1)
CONSTRUCTOR(sha224)
CONSTRUCTOR(sha256)
CONSTRUCTOR(sha384)
CONSTRUCTOR(sha512)
CONSTRUCTOR(sha3_224)
CONSTRUCTOR(sha3_256)
CONSTRUCTOR(sha3_384)
CONSTRUCTOR(sha3_512)
CONSTRUCTOR(shake_128)
CONSTRUCTOR(shake_256)

static NATIVE(hashlib_pbkdf2_hmac) { // hash_name, password, salt, iterations, dklen=None
    (void)self, (void)nargs, (void)kwnames;
    Buffer password, salt;
    ptrdiff_t iterations, length = -1;
    if (!v_is_str(args[0])) return err_bad_argument(t, "pbkdf2_hmac", "argument 'hash_name'", "str", args[0]);
    const char *name = str_cstr(t, args[0]);
    EVP_MD *md = name ? find_digest(name) : NULL;
    if (!md) return name ? openssl_error(t, &exc_ValueError, "unsupported hash type") : V_ERROR;
    V out = V_ERROR;
    if (num_as_ssize(t, args[3], &exc_OverflowError, &iterations) < 0) goto done;
    if (args[4] != V_NULL && args[4] != V_NONE && num_as_ssize(t, args[4], &exc_OverflowError, &length) < 0) goto done;
    if (args[4] == V_NULL || args[4] == V_NONE) length = EVP_MD_get_size(md);
    if (iterations < 1) err_set(t, &exc_ValueError, "iteration value must be greater than 0.");
    else if (iterations > INT_MAX) err_set(t, &exc_OverflowError, "iteration value is too great.");
    else if (length < 1) err_set(t, &exc_ValueError, "key length must be greater than 0.");
    else if (length > INT_MAX) err_set(t, &exc_OverflowError, "key length is too great.");
    if (err_pending(t) || buffer_get(t, args[1], &password, BUF_SIMPLE) < 0) goto done;
    if (buffer_get(t, args[2], &salt, BUF_SIMPLE) == 0) {
        out = bytes_new(t, (size_t)length);
        if (!v_is_error(out)) {
            unsigned char *p = (unsigned char *)bytes_data(out);
            int ok;
            thread_detach(t);
            ok = PKCS5_PBKDF2_HMAC(password.data, (int)password.len, salt.data, (int)salt.len, (int)iterations, md, (int)length, p);
            thread_attach(t);
            if (!ok) {
                v_drop(t, out);
                out = openssl_error(t, &exc_ValueError, "key derivation failed");
            }
        }
        buffer_release(t, &salt);
    }
    buffer_release(t, &password);
done:
    EVP_MD_free(md);
    return out;
}

static int scrypt_number(Thread *t, V v, const char *name, uint64_t *out) {
    if (v != V_NULL && !v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "scrypt() argument '%s' must be int, not %K", name, v);
        return -1;
    }
    if (v != V_NULL && int_sign(v) >= 0 && int_bit_length(v) <= 64) return int_as_u64(t, v, out);
    err_set(t, &exc_TypeError, "%s is required and must be an unsigned int", name);
    return -1;
}
static int scrypt_size(Thread *t, V v, const char *name, const char *least, int64_t min, int64_t *out) {
    if (v != V_NULL && num_as_i64(t, v, out) < 0) return -1;
    if (*out >= min && *out < INT32_MAX) return 0;
    err_set(t, &exc_ValueError, "%s must be %s and smaller than %d", name, least, INT32_MAX);
    return -1;
}
static NATIVE(hashlib_scrypt) { // password, *, salt, n, r, p, maxmem=0, dklen=64
    (void)self, (void)nargs, (void)kwnames;
    uint64_t n, r, p;
    int64_t most = 0, length = 64;
    Buffer password, salt;
    if (buffer_get(t, args[0], &password, BUF_SIMPLE) < 0) return V_ERROR;
    V out = V_ERROR;
    if (args[1] == V_NULL) {
        err_set(t, &exc_TypeError, "salt is required");
        goto done;
    }
    if (buffer_get(t, args[1], &salt, BUF_SIMPLE) < 0) goto done;
    if (scrypt_number(t, args[2], "n", &n) < 0) goto with_salt;
    if (n < 2 || n & (n - 1)) {
        err_set(t, &exc_ValueError, "n must be a power of 2.");
        goto with_salt;
    }
    if (scrypt_number(t, args[3], "r", &r) < 0 || scrypt_number(t, args[4], "p", &p) < 0) goto with_salt;
    if (scrypt_size(t, args[5], "maxmem", "positive", 0, &most) < 0 || scrypt_size(t, args[6], "dklen", "greater than 0", 1, &length) < 0) goto with_salt;
    if (!EVP_PBE_scrypt(NULL, 0, NULL, 0, n, r, p, (uint64_t)most, NULL, 0)) { // only looks at the numbers
        openssl_error(t, &exc_ValueError, "Invalid parameter combination for n, r, p, maxmem.");
        goto with_salt;
    }
    out = bytes_new(t, (size_t)length);
    if (!v_is_error(out)) {
        unsigned char *key = (unsigned char *)bytes_data(out);
        int ok;
        thread_detach(t);
        ok = EVP_PBE_scrypt(password.data, (size_t)password.len, salt.data, (size_t)salt.len, n, r, p, (uint64_t)most, key, (size_t)length);
        thread_attach(t);
        if (!ok) {
            v_drop(t, out);
            out = openssl_error(t, &exc_ValueError, "key derivation failed");
        }
    }
with_salt:
    buffer_release(t, &salt);
done:
    buffer_release(t, &password);
    return out;
}

static NATIVE(hashlib_compare_digest) {
    (void)self, (void)nargs, (void)kwnames;
    if (v_is_str(args[0]) && v_is_str(args[1])) {
        if (!str_is_ascii(args[0]) || !str_is_ascii(args[1])) {
            return err_set(t, &exc_TypeError, "comparing strings with non-ASCII characters is not supported");
        }
        size_t n = str_len(args[0]);
        return v_from_bool(n == str_len(args[1]) && CRYPTO_memcmp(str_data(args[0]), str_data(args[1]), n) == 0);
    }
    Buffer a, b;
    if (!obj_has_buffer(args[0]) || !obj_has_buffer(args[1])) {
        return err_set(t, &exc_TypeError, "unsupported operand types(s) or combination of types: '%T' and '%T'", args[0], args[1]);
    }
    if (buffer_get(t, args[0], &a, BUF_SIMPLE) < 0) return V_ERROR;
    V r = V_ERROR;
    if (buffer_get(t, args[1], &b, BUF_SIMPLE) == 0) {
        r = v_from_bool(a.len == b.len && CRYPTO_memcmp(a.data, b.data, (size_t)a.len) == 0);
        buffer_release(t, &b);
    }
    buffer_release(t, &a);
    return r;
}

static NATIVE(hashlib_get_fips_mode) {
    UNUSED_NATIVE();
    return v_from_int(EVP_default_properties_is_fips_enabled(NULL));
}

#define SIG "string=b'', *, usedforsecurity=True"
#define ROW(name) {"openssl_" #name, hashlib_##name, SIG, 0, 0, "Returns a " #name " hash object; optionally initialized with a string"}
static const Method methods[] = {
    {"new", hashlib_new, "name, string=b'', *, usedforsecurity=True", 0, 0,
        "A hash object by the name of its algorithm."},
    ROW(md5), ROW(sha1), ROW(sha224), ROW(sha256), ROW(sha384), ROW(sha512), ROW(sha3_224), ROW(sha3_256), ROW(sha3_384), ROW(sha3_512),
    ROW(shake_128), ROW(shake_256),
    {"hmac_new", hashlib_hmac_new, "key, msg=b'', digestmod=None", 0, 0, "An HMAC object for a key and a digest."},
    {"hmac_digest", hashlib_hmac_digest, "key, msg, digest", 0, 0, "Single-shot HMAC."},
    {"pbkdf2_hmac", hashlib_pbkdf2_hmac, "hash_name, password, salt, iterations, dklen=None", 0, 0,
        "A key derived from a password by PBKDF2 over HMAC."},
    {"scrypt", hashlib_scrypt, "password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64", 0, 0, "Key derivation that needs much memory."},
    {"compare_digest", hashlib_compare_digest, "a, b, /", 0, 0, "Return 'a == b'."},
    {"get_fips_mode", hashlib_get_fips_mode, "", 0, 0, NULL},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    Type *const types[] = {&hash_type, &xof_type, &hmac_type};
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    V all = set_new(t, V_NULL);
    for (size_t i = 0; i < countof(names) && !v_is_error(all); i++) {
        EVP_MD *md = find_digest(names[i].python);
        if (!md) {
            ERR_clear_error();
            continue;
        }
        EVP_MD_free(md);
        if (set_add(t, all, str_static(names[i].python)) < 0) return -1;
    }
    V frozen = v_is_error(all) ? V_ERROR : frozenset_new(t, all);
    v_drop(t, all);
    if (module_add_steal(t, module, "openssl_md_meth_names", frozen) < 0) return -1;
    return module_add_error(t, module, &unsupported_type, "UnsupportedDigestmodError", "_hashlib.UnsupportedDigestmodError",
                            &exc_ValueError);
}

const ModuleDef mod__hashlib = {"_hashlib", "Hashes and key derivation by OpenSSL.", methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without OpenSSL (libssl-dev): no module _hashlib");
    return -1;
}
const ModuleDef mod__hashlib = {"_hashlib", NULL, NULL, exec, 0};
#endif
