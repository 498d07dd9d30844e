// SPDX-License-Identifier: MIT
// Hash objects over the algorithms of digest_algorithms.c.  What a method changes it changes under the object's byte lock;
// much data is hashed detached, so that other threads need not wait for it.
#include "digest.h"

#include "object/bytes.h"
#include "threading/parking.h"

enum { DETACH_FROM = 2048 };

static Digest *digest_of(V v) { return (Digest *)v_obj(v); }

// ---- absorbing and finishing ------------------------------------------------------------------------------------------
static void absorb(Digest *d, const uint8_t *p, size_t n) {
    const DigestKind *kind = d->kind;
    size_t waiting = d->count % kind->block;
    d->count += n;
    if (waiting) {
        size_t part = kind->block - waiting < n ? kind->block - waiting : n;
        memcpy(d->block + waiting, p, part);
        p += part;
        n -= part;
        if (waiting + part < kind->block) return;
        kind->absorb(&d->state, d->block);
    }
    for (; n >= kind->block; p += kind->block, n -= kind->block) kind->absorb(&d->state, p);
    if (n) memcpy(d->block, p, n);
}

// Behind the data: a bit, zeros, and the length in bits at the end of a block.
static void finish_with_length(Digest *d) {
    static const uint8_t padding[DIGEST_MAX_BLOCK] = {0x80};
    size_t length_bytes = (size_t)d->kind->word * 2;
    uint64_t bits = d->count * 8, high = d->count >> 61;
    uint8_t length[16] = {0};
    for (size_t i = 0; i < 8; i++) {
        length[d->kind->big_endian ? length_bytes - 1 - i : i] = (uint8_t)(bits >> 8 * i);
        if (length_bytes == 16 && i == 0) length[7] = (uint8_t)high;
    }
    size_t used = d->count % d->kind->block, room = d->kind->block - length_bytes;
    absorb(d, padding, used < room ? room - used : room + d->kind->block - used);
    absorb(d, length, length_bytes);
}

static void finish_sponge(Digest *d) {
    size_t used = d->count % d->kind->block;
    memset(d->block + used, 0, d->kind->block - used);
    d->block[used] = d->kind->suffix;
    d->block[d->kind->block - 1] |= 0x80;
    d->kind->absorb(&d->state, d->block);
}

static uint8_t state_byte(const Digest *d, size_t i) {
    const DigestKind *kind = d->kind;
    size_t in_word = i % kind->word, shift = 8 * (kind->big_endian ? kind->word - 1 - in_word : in_word);
    return (uint8_t)(kind->word == 4 ? d->state.w[i / 4] >> shift : d->state.q[i / 8] >> shift);
}

// n bytes of the digest of d, which is used up.
static void squeeze(Digest *d, uint8_t *out, size_t n) {
    if (d->kind->suffix) finish_sponge(d);
    else finish_with_length(d);
    for (size_t i = 0, at = 0; i < n; i++, at++) {
        if (at == d->kind->block) { // only of a sponge is so much asked
            digest_permute(&d->state);
            at = 0;
        }
        out[i] = state_byte(d, at);
    }
}

// ---- objects ------------------------------------------------------------------------------------------------------------
static int update(Thread *t, Digest *d, V data) {
    Buffer view;
    if (v_is_str(data) || !obj_has_buffer(data)) {
        err_set(t, &exc_TypeError, v_is_str(data) ? "Strings must be encoded before hashing" : "object supporting the buffer API required");
        return -1;
    }
    if (buffer_get(t, data, &view, BUF_SIMPLE) < 0) return -1;
    if (view.ndim > 1) {
        buffer_release(t, &view);
        err_set(t, &exc_BufferError, "Buffer must be single dimension");
        return -1;
    }
    bytelock_lock(t, &d->busy, -1, 0);
    if (view.len >= DETACH_FROM) {
        BLOCKING(t) absorb(d, view.data, (size_t)view.len);
    } else {
        absorb(d, view.data, (size_t)view.len);
    }
    bytelock_unlock(&d->busy);
    buffer_release(t, &view);
    return 0;
}

V digest_make(Thread *t, Type *type, const DigestKind *kind, V data, V used_for_security) {
    if (used_for_security != V_NULL && obj_is_true(t, used_for_security) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Digest *d = digest_of(self);
    d->kind = kind;
    kind->start(&d->state);
    if (data == V_NULL || update(t, d, data) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

static void snapshot(Thread *t, Digest *d, Digest *out) {
    bytelock_lock(t, &d->busy, -1, 0);
    out->kind = d->kind;
    out->state = d->state;
    out->count = d->count;
    memcpy(out->block, d->block, sizeof out->block);
    bytelock_unlock(&d->busy);
}

static NATIVE(digest_copy) {
    UNUSED_NATIVE();
    V copy = type_alloc(t, v_type(self), 0);
    if (!v_is_error(copy)) snapshot(t, digest_of(self), digest_of(copy));
    return copy;
}

static NATIVE(digest_update) {
    UNUSED_NATIVE();
    return update(t, digest_of(self), args[0]) < 0 ? V_ERROR : V_NONE;
}

static V digest_bytes(Thread *t, V self, size_t n) {
    V bytes = bytes_new(t, n);
    if (v_is_error(bytes)) return V_ERROR;
    Digest last;
    snapshot(t, digest_of(self), &last);
    squeeze(&last, (uint8_t *)bytes_data(bytes), n);
    return bytes;
}

static V as_hex(Thread *t, V bytes) {
    V hex = v_is_error(bytes) ? V_ERROR : obj_call_method0(t, bytes, NAME(hex));
    v_drop(t, bytes);
    return hex;
}

static NATIVE(digest_digest) {
    UNUSED_NATIVE();
    return digest_bytes(t, self, digest_of(self)->kind->size);
}
static NATIVE(digest_hexdigest) {
    UNUSED_NATIVE();
    return as_hex(t, digest_bytes(t, self, digest_of(self)->kind->size));
}

static V shake_bytes(Thread *t, V self, V length) {
    int64_t n;
    if (!v_is_any_int(length)) return err_set(t, &exc_TypeError, "an integer is required");
    if (int_sign(length) < 0) return err_set(t, &exc_ValueError, "value must be positive");
    if (int_bit_length(length) > 64) return err_set(t, &exc_OverflowError, "Python int too large to convert to C unsigned long");
    if (int_bit_length(length) > 63) return err_set(t, &exc_ValueError, "length is too large");
    if (int_as_i64(t, length, &n) < 0) return V_ERROR;
    if (n >= 1 << 29) return err_set(t, &exc_ValueError, "length is too large");
    return digest_bytes(t, self, (size_t)n);
}
static NATIVE(shake_digest) {
    UNUSED_NATIVE();
    return shake_bytes(t, self, args[0]);
}
static NATIVE(shake_hexdigest) {
    UNUSED_NATIVE();
    return as_hex(t, shake_bytes(t, self, args[0]));
}

#define GETTER(id, expression) \
    static V get_##id(Thread *t, V self, void *closure) { \
        (void)t, (void)closure; \
        const DigestKind *kind = digest_of(self)->kind; \
        return expression; \
    }
GETTER(size, v_from_int(kind->size))
GETTER(block, v_from_int(kind->block))
GETTER(name, str_from_cstr(t, kind->name))
GETTER(capacity, v_from_int(1600 - 8 * kind->block))
GETTER(rate, v_from_int(8 * kind->block))
GETTER(suffix, bytes_from(t, &kind->suffix, 1))

#define COMMON_METHODS(copy_flags) \
    {"copy", digest_copy, "", 0, copy_flags, "A hash object that goes on from where this one is."}, \
    {"update", digest_update, "obj, /", 0, 0, "Adds bytes to what is hashed."}
#define COMMON_GETSETS \
    {"digest_size", get_size, NULL, NULL, NULL}, {"block_size", get_block, NULL, NULL, NULL}, {"name", get_name, NULL, NULL, NULL}
#define DIGEST_METHODS \
    {"digest", digest_digest, "", 0, 0, "The digest of the bytes so far."}, \
    {"hexdigest", digest_hexdigest, "", 0, 0, "The digest in hexadecimal."}
const Method digest_methods[] = {COMMON_METHODS(M_TOLD_CLASS), DIGEST_METHODS, METHOD_END};
const Method digest_sha3_methods[] = {COMMON_METHODS(0), DIGEST_METHODS, METHOD_END};
const Method digest_shake_methods[] = {
    COMMON_METHODS(0),
    {"digest", shake_digest, "length, /", 0, 0, "So many bytes of the digest."},
    {"hexdigest", shake_hexdigest, "length, /", 0, 0, "The digest in hexadecimal."},
    METHOD_END,
};
const GetSet digest_getsets[] = {COMMON_GETSETS, {NULL, NULL, NULL, NULL, NULL}};
const GetSet digest_sha3_getsets[] = {
    COMMON_GETSETS,
    {"_capacity_bits", get_capacity, NULL, NULL, NULL},
    {"_rate_bits", get_rate, NULL, NULL, NULL},
    {"_suffix", get_suffix, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
