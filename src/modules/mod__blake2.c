// SPDX-License-Identifier: MIT
// Module _blake2: BLAKE2b and BLAKE2s with all parameters (RFC 7693 and the BLAKE2 paper's parameter block), which
// OpenSSL does not offer.  One implementation for both widths, by tables.
#include "base/bits.h"
#include "object/bytes.h"
#include "object/misc.h"
#include <stdio.h>

typedef struct Variant {
    const char *name;
    int bits;                       // of a word
    size_t block, max_digest, max_key, salt, person;
    int rounds, rotate[4];
    uint64_t max_leaf_size, max_node_offset;
} Variant;
static const Variant blake2b = {"blake2b", 64, 128, 64, 64, 16, 16, 12, {32, 24, 16, 63}, UINT32_MAX, UINT64_MAX};
static const Variant blake2s = {"blake2s", 32, 64, 32, 32, 8, 8, 10, {16, 12, 8, 7}, UINT32_MAX, (1ull << 48) - 1};

typedef struct Blake2 {
    Obj head;
    const Variant *v;
    uint64_t h[8], total[2];        // self->lock
    uint8_t buf[128];
    size_t n, digest_size;
    bool last_node;
} Blake2;
static Blake2 *blake_of(V v) { return (Blake2 *)v_obj(v); }
static Type blake2b_type, blake2s_type;

static const uint64_t iv64[8] = { // fractional parts of the square roots of the first eight primes
    0x6a09e667f3bcc908ull, 0xbb67ae8584caa73bull, 0x3c6ef372fe94f82bull, 0xa54ff53a5f1d36f1ull,
    0x510e527fade682d1ull, 0x9b05688c2b3e6c1full, 0x1f83d9abfb41bd6bull, 0x5be0cd19137e2179ull,
};
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t iv(const Variant *v, int i) { return v->bits == 64 ? iv64[i] : iv64[i] >> 32; }
static uint64_t mask(const Variant *v) { return v->bits == 64 ? UINT64_MAX : UINT32_MAX; }
static uint64_t rotr(const Variant *v, uint64_t x, int n) { return (x >> n | x << (v->bits - n)) & mask(v); }

static void compress(Blake2 *b, bool last) {
    const Variant *v = b->v;
    uint64_t m[16], w[16];
    size_t bytes = (size_t)v->bits / 8;
    for (size_t i = 0; i < 16; i++) {
        m[i] = 0;
        for (size_t k = bytes; k-- > 0;) m[i] = m[i] << 8 | b->buf[i * bytes + k];
    }
    for (int i = 0; i < 8; i++) {
        w[i] = b->h[i];
        w[i + 8] = iv(v, i);
    }
    w[12] ^= b->total[0];
    w[13] ^= b->total[1];
    if (last) w[14] ^= mask(v);
    if (last && b->last_node) w[15] ^= mask(v);
    for (int round = 0; round < v->rounds; round++) {
        const uint8_t *s = sigma[round % 10];
        for (int i = 0; i < 8; i++) { // four columns, then four diagonals
            bool diagonal = i >= 4;
            int a = i & 3, c1 = diagonal ? (a + 1) & 3 : a, c2 = diagonal ? (a + 2) & 3 : a, c3 = diagonal ? (a + 3) & 3 : a;
            uint64_t *A = &w[a], *B = &w[4 + c1], *C = &w[8 + c2], *D = &w[12 + c3];
            *A = (*A + *B + m[s[2 * i]]) & mask(v);
            *D = rotr(v, *D ^ *A, v->rotate[0]);
            *C = (*C + *D) & mask(v);
            *B = rotr(v, *B ^ *C, v->rotate[1]);
            *A = (*A + *B + m[s[2 * i + 1]]) & mask(v);
            *D = rotr(v, *D ^ *A, v->rotate[2]);
            *C = (*C + *D) & mask(v);
            *B = rotr(v, *B ^ *C, v->rotate[3]);
        }
    }
    for (int i = 0; i < 8; i++) b->h[i] ^= w[i] ^ w[i + 8];
}

static void count(Blake2 *b, size_t n) {
    b->total[0] = (b->total[0] + n) & mask(b->v);
    if (b->total[0] < n) b->total[1]++;
}

static void update(Blake2 *b, const uint8_t *p, size_t n) {
    while (n) {
        if (b->n == b->v->block) { // only when more follows: the last block is special
            count(b, b->n);
            compress(b, false);
            b->n = 0;
        }
        size_t part = b->v->block - b->n < n ? b->v->block - b->n : n;
        memcpy(b->buf + b->n, p, part);
        b->n += part;
        p += part;
        n -= part;
    }
}

// All but the header, which is counted at any time.
static void copy_state(Blake2 *to, const Blake2 *from) { memcpy((char *)to + sizeof(Obj), (const char *)from + sizeof(Obj), sizeof(Blake2) - sizeof(Obj)); }

static void finish(const Blake2 *self, uint8_t *out) {
    Blake2 b;
    copy_state(&b, self);
    memset(b.buf + b.n, 0, b.v->block - b.n);
    count(&b, b.n);
    compress(&b, true);
    size_t bytes = (size_t)b.v->bits / 8;
    for (size_t i = 0; i < b.digest_size; i++) out[i] = (uint8_t)(b.h[i / bytes] >> (8 * (i % bytes)));
}

// ---- making -------------------------------------------------------------------------------------------------------------
typedef struct Params { uint64_t digest_size, fanout, depth, leaf_size, node_offset, node_depth, inner_size; } Params;

static void put_le(uint8_t *p, uint64_t value, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(value >> (8 * i));
}

static void start(Blake2 *b, const Params *p, size_t key_len, const uint8_t *salt, const uint8_t *person) {
    const Variant *v = b->v;
    uint8_t block[64] = {0}; // the parameter block
    bool wide = v->bits == 64;
    block[0] = (uint8_t)p->digest_size;
    block[1] = (uint8_t)key_len;
    block[2] = (uint8_t)p->fanout;
    block[3] = (uint8_t)p->depth;
    put_le(block + 4, p->leaf_size, 4);
    put_le(block + 8, p->node_offset, wide ? 8 : 6);
    block[wide ? 16 : 14] = (uint8_t)p->node_depth;
    block[wide ? 17 : 15] = (uint8_t)p->inner_size;
    memcpy(block + (wide ? 32 : 16), salt, v->salt);
    memcpy(block + (wide ? 48 : 24), person, v->person);
    size_t bytes = (size_t)v->bits / 8;
    for (size_t i = 0; i < 8; i++) {
        uint64_t word = 0;
        for (size_t k = bytes; k-- > 0;) word = word << 8 | block[i * bytes + k];
        b->h[i] = iv(v, (int)i) ^ word;
    }
    b->digest_size = (size_t)p->digest_size;
}

static int bounded(Thread *t, V v, uint64_t fallback, uint64_t low, uint64_t high, const char *message, uint64_t *out) {
    *out = fallback;
    if (v == V_NULL) return 0;
    int n;
    if (num_as_int(t, v, &n) < 0) {
        if (!err_matches(t, &exc_OverflowError)) return -1;
        err_clear(t);
        err_set(t, &exc_OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    *out = (uint64_t)n;
    if (n >= 0 && *out >= low && *out <= high) return 0;
    err_set(t, &exc_ValueError, "%s", message);
    return -1;
}

// A number that may need 64 bits; too_wide is what is said of more.
static int wide(Thread *t, V v, uint64_t high, const char *name, const char *too_wide, uint64_t *out) {
    *out = 0;
    if (v == V_NULL) return 0;
    if (!v_is_any_int(v)) err_set(t, &exc_TypeError, "an integer is required");
    else if (int_sign(v) < 0) err_set(t, &exc_ValueError, "value must be positive");
    else if (int_bit_length(v) > 64) err_set(t, &exc_OverflowError, "%s", too_wide);
    else if ((*out = int_as_u64_mask(v)) > high) err_set(t, &exc_OverflowError, "%s is too large", name);
    else return 0;
    return -1;
}

static int bytes_param(Thread *t, V v, size_t most, const char *what, uint8_t *out, size_t *len) {
    Buffer view;
    *len = 0;
    if (v == V_NULL) return 0;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return -1;
    *len = (size_t)view.len;
    if (*len <= most) memcpy(out, view.data, *len);
    buffer_release(t, &view);
    if (*len <= most) return 0;
    err_set(t, &exc_ValueError, "maximum %s length is %zu bytes", what, most);
    return -1;
}

static int feed(Thread *t, Blake2 *b, V data) {
    Buffer view;
    if (v_is_str(data)) {
        err_set(t, &exc_TypeError, "Strings must be encoded before hashing");
        return -1;
    }
    if (!obj_has_buffer(data)) {
        err_set(t, &exc_TypeError, "object supporting the buffer API required");
        return -1;
    }
    if (buffer_get(t, data, &view, BUF_SIMPLE) < 0) return -1;
    update(b, view.data, (size_t)view.len);
    buffer_release(t, &view);
    return 0;
}

static V construct(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    const Variant *v = type_is_subtype(type, &blake2b_type) ? &blake2b : &blake2s;
    V a[13];
    Params p;
    uint8_t key[128] = {0}, salt[16] = {0}, person[16] = {0};
    size_t key_len, salt_len, person_len;
    if (args_bind(t, v->name,
                  "data=b'', /, *, digest_size=None, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, "
                  "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True",
                  args, nargs, kwnames, a) < 0) return V_ERROR;
    char size_text[64];
    snprintf(size_text, sizeof size_text, "digest_size must be between 1 and %zu bytes", v->max_digest);
    if (bounded(t, a[1], v->max_digest, 1, v->max_digest, size_text, &p.digest_size) < 0) return V_ERROR;
    if (bytes_param(t, a[2], v->max_key, "key", key, &key_len) < 0 || bytes_param(t, a[3], v->salt, "salt", salt, &salt_len) < 0 ||
        bytes_param(t, a[4], v->person, "person", person, &person_len) < 0) return V_ERROR;
    snprintf(size_text, sizeof size_text, "inner_size must be between 0 and is %zu", v->max_digest);
    if (bounded(t, a[5], 1, 0, 255, "fanout must be between 0 and 255", &p.fanout) < 0 ||
        bounded(t, a[6], 1, 1, 255, "depth must be between 1 and 255", &p.depth) < 0 ||
        wide(t, a[7], v->max_leaf_size, "leaf_size", "Python int too large to convert to C unsigned long", &p.leaf_size) < 0 ||
        wide(t, a[8], v->max_node_offset, "node_offset", "int too big to convert", &p.node_offset) < 0 ||
        bounded(t, a[9], 0, 0, 255, "node_depth must be between 0 and 255", &p.node_depth) < 0 ||
        bounded(t, a[10], 0, 0, v->max_digest, size_text, &p.inner_size) < 0) return V_ERROR;
    int last = a[11] == V_NULL ? 0 : obj_is_true(t, a[11]);
    if (last < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Blake2 *b = blake_of(self);
    b->v = v;
    b->last_node = last;
    start(b, &p, key_len, salt, person);
    if (key_len) update(b, key, v->block);
    if (a[0] == V_NULL || feed(t, b, a[0]) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

// ---- methods --------------------------------------------------------------------------------------------------------------
static NATIVE(blake_update) {
    (void)nargs, (void)kwnames;
    return feed(t, blake_of(self), args[0]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(blake_digest) {
    UNUSED_NATIVE();
    uint8_t out[64];
    finish(blake_of(self), out);
    return bytes_from(t, out, blake_of(self)->digest_size);
}
static NATIVE(blake_hexdigest) {
    UNUSED_NATIVE();
    uint8_t out[64];
    char hex[129];
    finish(blake_of(self), out);
    for (size_t i = 0; i < blake_of(self)->digest_size; i++) snprintf(hex + 2 * i, 3, "%02x", out[i]);
    return str_from_utf8(t, hex, 2 * blake_of(self)->digest_size);
}
static NATIVE(blake_copy) {
    UNUSED_NATIVE();
    V other = type_alloc(t, v_type(self), 0);
    if (v_is_error(other)) return V_ERROR;
    copy_state(blake_of(other), blake_of(self));
    return other;
}
static V get_name(Thread *t, V self, void *closure) {
    (void)closure;
    return str_from_cstr(t, blake_of(self)->v->name);
}
static V get_digest_size(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_int((int64_t)blake_of(self)->digest_size);
}
static V get_block_size(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_int((int64_t)blake_of(self)->v->block);
}

static const Method methods[] = {
    {"update", blake_update, "data, /", LOCK_SELF, 0, "Hashes more data."},
    {"digest", blake_digest, "", LOCK_SELF, 0, "What the data so far hash to, as bytes."},
    {"hexdigest", blake_hexdigest, "", LOCK_SELF, 0, "What the data so far hash to, in hexadecimal."},
    {"copy", blake_copy, "", LOCK_SELF, 0, "A second hash object in the same state."},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"name", get_name, NULL, NULL, NULL}, {"digest_size", get_digest_size, NULL, NULL, NULL}, {"block_size", get_block_size, NULL, NULL, NULL}, {0},
};
#define BLAKE_TYPE(variable, type_name) \
    static Type variable = { \
        TYPE_HEAD("_blake2." type_name), .base = &object_type, .size = sizeof(Blake2), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE, \
        .doc = "Return a new BLAKE2 hash object.", .new_ = construct, .methods = methods, .getsets = getsets, \
    }
BLAKE_TYPE(blake2b_type, "blake2b");
BLAKE_TYPE(blake2s_type, "blake2s");

static int add_constants(Thread *t, Type *type, const Variant *v) {
    V dict = slot_peek(&type->dict);
    const struct { const char *name; size_t value; } rows[] = {
        {"SALT_SIZE", v->salt}, {"PERSON_SIZE", v->person}, {"MAX_KEY_SIZE", v->max_key}, {"MAX_DIGEST_SIZE", v->max_digest},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        if (dict_set_c(t, dict, rows[i].name, v_from_int((int64_t)rows[i].value)) < 0) return -1;
    }
    return 0;
}

static int exec(Thread *t, V module) {
    if (module_add_type(t, module, &blake2b_type) < 0 || module_add_type(t, module, &blake2s_type) < 0) return -1;
    return add_constants(t, &blake2b_type, &blake2b) < 0 ? -1 : add_constants(t, &blake2s_type, &blake2s);
}

const ModuleDef mod__blake2 = {"_blake2", "BLAKE2b and BLAKE2s.", NULL, exec, 0};
