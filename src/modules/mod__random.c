// SPDX-License-Identifier: MIT
// Module _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998), seeded as CPython seeds
// it, so that random.seed(n) gives the same sequence there and here.
#include "object/misc.h"
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { N = 624, M = 397 };
typedef struct Random {
    Obj head;
    int index;          // self->lock, like the state
    uint32_t state[N];
} Random;
static Random *random_of(V v) { return (Random *)v_obj(v); }

// ---- the generator ------------------------------------------------------------------------------------------------------
static void refill(Random *r) {
    static const uint32_t twist[2] = {0, 0x9908b0dfu};
    uint32_t *s = r->state;
    for (int i = 0; i < N; i++) {
        uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % N] & 0x7fffffffu);
        s[i] = s[(i + M) % N] ^ (y >> 1) ^ twist[y & 1];
    }
    r->index = 0;
}

static uint32_t next_word(Random *r) {
    if (r->index >= N) refill(r);
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

static void seed_word(Random *r, uint32_t seed) {
    r->state[0] = seed;
    for (int i = 1; i < N; i++) r->state[i] = 1812433253u * (r->state[i - 1] ^ r->state[i - 1] >> 30) + (uint32_t)i;
    r->index = N;
}

static void seed_array(Random *r, const uint32_t *key, size_t n) {
    uint32_t *s = r->state;
    seed_word(r, 19650218u);
    size_t i = 1, j = 0;
    for (size_t k = n > N ? n : N; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
        if (++i >= N) {
            s[0] = s[N - 1];
            i = 1;
        }
        if (++j >= n) j = 0;
    }
    for (size_t k = N - 1; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
        if (++i >= N) {
            s[0] = s[N - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000u;
}

// ---- seeding ------------------------------------------------------------------------------------------------------------
static int seed_from_system(Thread *t, Random *r) {
    uint32_t key[N];
    for (size_t done = 0; done < sizeof key;) {
        ssize_t n = getrandom((char *)key + done, sizeof key - done, 0);
        if (n < 0) {
            err_errno(t, &exc_OSError, V_NULL, V_NULL);
            return -1;
        }
        done += (size_t)n;
    }
    seed_array(r, key, N);
    return 0;
}

static int seed_from_int(Thread *t, Random *r, V n) { // any_int; its absolute value in 32-bit words
    V positive = int_sign(n) < 0 ? int_negate(t, n) : v_dup(n);
    if (v_is_error(positive)) return -1;
    size_t words = (int_bit_length(positive) + 31) / 32;
    if (!words) words = 1;
    uint32_t *key = mem_calloc(t, words, sizeof *key);
    int bad = key ? int_to_bytes(t, positive, (uint8_t *)key, words * 4, true, false) : -1;
    if (!key) err_no_memory(t);
    v_drop(t, positive);
    if (bad == 0) seed_array(r, key, words);
    mem_free(key);
    return bad;
}

static int seed(Thread *t, V self, V value) {
    Random *r = random_of(self);
    if (value == V_NULL || value == V_NONE) return seed_from_system(t, r);
    if (v_is_any_int(value)) return seed_from_int(t, r, value);
    int64_t hash;
    if (obj_hash(t, value, &hash) < 0) return -1;
    V n = int_from_u64(t, (uint64_t)hash);
    int bad = v_is_error(n) ? -1 : seed_from_int(t, r, n);
    v_drop(t, n);
    return bad;
}

static NATIVE(random_seed) {
    (void)nargs, (void)kwnames;
    return seed(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}

// ---- drawing ------------------------------------------------------------------------------------------------------------
static NATIVE(random_random) {
    UNUSED_NATIVE();
    Random *r = random_of(self);
    uint32_t a = next_word(r) >> 5, b = next_word(r) >> 6;
    return float_from_double(t, (a * 67108864.0 + b) * (1.0 / 9007199254740992.0));
}

static NATIVE(random_getrandbits) {
    (void)nargs, (void)kwnames;
    Random *r = random_of(self);
    int k;
    if (num_as_int(t, args[0], &k) < 0) return V_ERROR;
    if (k < 0) return err_set(t, &exc_ValueError, "number of bits must be non-negative");
    if (k == 0) return V_INT(0);
    if (k <= 32) return v_from_int(next_word(r) >> (32 - k));
    size_t words = (size_t)(k - 1) / 32 + 1;
    uint32_t *out = mem_alloc(t, words * sizeof *out);
    if (!out) return err_no_memory(t);
    for (size_t i = 0; i < words; i++, k -= 32) out[i] = k < 32 ? next_word(r) >> (32 - k) : next_word(r);
    V v = int_from_bytes(t, (const uint8_t *)out, words * 4, true, false);
    mem_free(out);
    return v;
}

// ---- state --------------------------------------------------------------------------------------------------------------
static NATIVE(random_getstate) {
    UNUSED_NATIVE();
    Random *r = random_of(self);
    V state = tuple_new(t, N + 1);
    if (v_is_error(state)) return V_ERROR;
    for (size_t i = 0; i < N; i++) tuple_init(t, state, i, v_from_int(r->state[i]));
    tuple_init(t, state, N, v_from_int(r->index));
    return state;
}

static NATIVE(random_setstate) {
    (void)nargs, (void)kwnames;
    Random *r = random_of(self);
    uint32_t words[N];
    uint64_t w;
    int64_t index;
    if (!v_is_tuple(args[0])) return err_set(t, &exc_TypeError, "state vector must be a tuple");
    if (tuple_len(args[0]) != N + 1) return err_set(t, &exc_ValueError, "state vector is the wrong size");
    for (size_t i = 0; i < N; i++) {
        if (int_as_u64(t, tuple_borrow(args[0], i), &w) < 0) return V_ERROR;
        words[i] = (uint32_t)w;
    }
    if (num_as_i64(t, tuple_borrow(args[0], N), &index) < 0) return V_ERROR;
    if (index < 0 || index > N) return err_set(t, &exc_ValueError, "invalid state");
    memcpy(r->state, words, sizeof words);
    r->index = (int)index;
    return V_NONE;
}

static V construct(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (type == NULL) return V_ERROR;
    if (kwnames != V_NULL && tuple_len(kwnames) && strcmp(type->name, "_random.Random") == 0) {
        return err_set(t, &exc_TypeError, "Random() takes no keyword arguments");
    }
    if (nargs > 1) return err_set(t, &exc_TypeError, "Random() requires 0 or 1 argument");
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    if (seed(t, self, nargs ? args[0] : V_NULL) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

static const Method methods[] = {
    {"random", random_random, "", LOCK_SELF, 0, "random() -> x in the interval [0, 1)."},
    {"seed", random_seed, "n=None, /", LOCK_SELF, 0, "seed([n]) -> None.  Defaults to use urandom and falls back to a combination of the current time and the process identifier."},
    {"getstate", random_getstate, "", LOCK_SELF, 0, "getstate() -> tuple containing the current state."},
    {"setstate", random_setstate, "state, /", LOCK_SELF, 0, "setstate(state) -> None.  Restores generator state."},
    {"getrandbits", random_getrandbits, "k, /", LOCK_SELF, 0, "getrandbits(k) -> x.  Generates an int with k random bits."},
    METHOD_END,
};
static Type random_type = {
    TYPE_HEAD("_random.Random"), .base = &object_type, .size = sizeof(Random), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "Random() -> create a random number generator with its own internal state.", .new_ = construct, .methods = methods,
};

static int exec(Thread *t, V module) { return module_add_type(t, module, &random_type); }

const ModuleDef mod__random = {"_random", "Module implements the Mersenne Twister random number generator.", NULL, exec, 0};
