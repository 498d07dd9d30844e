// SPDX-License-Identifier: MIT
// Module _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura), as random.Random builds on it.
//
// The state is changed under the object's lock.  From the same seed come the numbers that CPython gives.
#include "object/object.h"
#include "object/misc.h"
#include "object/plain.h"
#include <errno.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { N = 624, M = 397 };
typedef struct Random {
    Obj head;
    int index;         // next word of the state to use; N: all are used up
    uint32_t state[N];
} Random;
static Type random_type;
static Random *of(V v) { return (Random *)v_obj(v); }

// ---- the generator -----------------------------------------------------------------------------------------------------
static inline uint32_t twist(uint32_t upper, uint32_t lower) {
    uint32_t y = (upper & 0x80000000u) | (lower & 0x7fffffffu);
    return (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
}

static void refill(Random *r) {
    uint32_t *s = r->state;
    for (int k = 0; k < N - M; k++) s[k] = s[k + M] ^ twist(s[k], s[k + 1]);
    for (int k = N - M; k < N - 1; k++) s[k] = s[k + M - N] ^ twist(s[k], s[k + 1]);
    s[N - 1] = s[M - 1] ^ twist(s[N - 1], s[0]);
    r->index = 0;
}

static uint32_t next_word(Random *r) {
    if (r->index >= N) refill(r);
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ y >> 18;
}

static void seed_word(Random *r, uint32_t seed) {
    r->state[0] = seed;
    for (uint32_t i = 1; i < N; i++) r->state[i] = 1812433253u * (r->state[i - 1] ^ r->state[i - 1] >> 30) + i;
    r->index = N;
}

static void seed_words(Random *r, const uint32_t *key, size_t n) {
    uint32_t *s = r->state;
    seed_word(r, 19650218u);
    size_t i = 1, j = 0;
    for (size_t k = n > N ? n : N; k > 0; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
        if (++i >= N) {
            s[0] = s[N - 1];
            i = 1;
        }
        if (++j >= n) j = 0;
    }
    for (size_t k = N - 1; k > 0; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
        if (++i >= N) {
            s[0] = s[N - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000u;
}

// ---- seeding -----------------------------------------------------------------------------------------------------------
static void seed_from_system(Random *r) {
    uint32_t key[N];
    size_t got = 0;
    while (got < sizeof key) {
        ssize_t n = getrandom((char *)key + got, sizeof key - got, 0);
        if (n > 0) got += (size_t)n;
        else if (errno != EINTR) break;
    }
    if (got < sizeof key) { // no such call: the clock has to do
        struct timespec wall, steady;
        clock_gettime(CLOCK_REALTIME, &wall);
        clock_gettime(CLOCK_MONOTONIC, &steady);
        uint32_t words[5] = {(uint32_t)wall.tv_nsec, (uint32_t)wall.tv_sec, (uint32_t)getpid(), (uint32_t)steady.tv_nsec, (uint32_t)steady.tv_sec};
        seed_words(r, words, 5);
        return;
    }
    seed_words(r, key, N);
}

// A non-negative int: its 32-bit digits, at least one.
static int seed_from_int(Thread *t, Random *r, V n) {
    size_t words = (int_bit_length(n) + 31) / 32;
    if (words == 0) words = 1;
    uint32_t *key = mem_alloc(t, words * 4);
    if (!key) {
        err_no_memory(t);
        return -1;
    }
    int status = int_to_bytes(t, n, (uint8_t *)key, words * 4, true, false);
    if (status == 0) seed_words(r, key, words);
    mem_free(key);
    return status;
}

static int seed(Thread *t, V self, V arg) {
    Random *r = of(self);
    if (arg == V_NULL || arg == V_NONE) {
        CRITICAL(t, &r->head);
        seed_from_system(r);
        return 0;
    }
    V n;
    if (v_is_any_int(arg)) {
        n = num_absolute(t, arg);
    } else {
        int64_t hash;
        if (obj_hash(t, arg, &hash) < 0) return -1;
        n = int_from_u64(t, (uint64_t)hash);
    }
    if (v_is_error(n)) return -1;
    int status;
    {
        CRITICAL(t, &r->head);
        status = seed_from_int(t, r, n);
    }
    v_drop(t, n);
    return status;
}

static int random_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if ((v_type(self) == &random_type || v_type(self)->init == random_type.init) && args_no_keywords(t, "Random", kwnames) < 0)
        return -1;
    if (nargs > 1) {
        err_set(t, &exc_TypeError, "Random() requires 0 or 1 argument");
        return -1;
    }
    return seed(t, self, nargs ? args[0] : V_NULL);
}

// ---- methods -----------------------------------------------------------------------------------------------------------
static NATIVE(m_seed) {
    UNUSED_NATIVE();
    return seed(t, self, args[0]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(m_random) {
    UNUSED_NATIVE();
    uint32_t a = next_word(of(self)) >> 5, b = next_word(of(self)) >> 6; // 27 and 26 bits
    return float_from_double(t, (a * 67108864.0 + b) / 9007199254740992.0);
}

static NATIVE(m_getrandbits) {
    UNUSED_NATIVE();
    int k;
    if (num_as_int(t, args[0], &k) < 0) return V_ERROR;
    if (k < 0) return err_set(t, &exc_ValueError, "number of bits must be non-negative");
    if (k == 0) return v_from_int(0);
    Random *r = of(self);
    if (k <= 32) return v_from_int(next_word(r) >> (32 - k));
    size_t words = ((size_t)k - 1) / 32 + 1;
    uint32_t *key = mem_alloc(t, words * 4);
    if (!key) return err_no_memory(t);
    for (size_t i = 0; i < words; i++, k -= 32) {
        key[i] = next_word(r);
        if (k < 32) key[i] >>= 32 - k;
    }
    V result = int_from_bytes(t, (const uint8_t *)key, words * 4, true, false);
    mem_free(key);
    return result;
}

static NATIVE(m_getstate) {
    UNUSED_NATIVE();
    V state = tuple_new(t, N + 1);
    if (v_is_error(state)) return V_ERROR;
    for (size_t i = 0; i < N; i++) tuple_init_steal(t, state, i, v_from_int(of(self)->state[i]));
    tuple_init_steal(t, state, N, v_from_int(of(self)->index));
    return state;
}

static NATIVE(m_setstate) {
    UNUSED_NATIVE();
    uint32_t words[N];
    if (!v_is_tuple(args[0])) return err_set(t, &exc_TypeError, "state vector must be a tuple");
    if (tuple_len(args[0]) != N + 1) return err_set(t, &exc_ValueError, "state vector is the wrong size");
    for (size_t i = 0; i < N; i++) {
        V v = tuple_borrow(args[0], i);
        uint64_t word;
        if (!v_is_any_int(v)) return err_set(t, &exc_TypeError, "an integer is required");
        if (int_sign(v) < 0) return err_set(t, &exc_OverflowError, "can't convert negative value to unsigned int");
        if (int_as_u64(t, v, &word) < 0) return V_ERROR;
        words[i] = (uint32_t)word;
    }
    int64_t index;
    if (num_as_i64(t, tuple_borrow(args[0], N), &index) < 0) return V_ERROR;
    if (index < 0 || index > N) return err_set(t, &exc_ValueError, "invalid state");
    memcpy(of(self)->state, words, sizeof words);
    of(self)->index = (int)index;
    return V_NONE;
}

static const Method random_methods[] = {
    {"random", m_random, "", LOCK_SELF, 0, "A float in [0, 1)."},
    {"seed", m_seed, "n=None, /", LOCK_NONE, 0, "Starts the sequence that n stands for; None: any."},
    {"getstate", m_getstate, "", LOCK_SELF, 0, "The state of the generator, as a tuple."},
    {"setstate", m_setstate, "state, /", LOCK_SELF, 0, "Goes on from a state that getstate() gave."},
    {"getrandbits", m_getrandbits, "k, /", LOCK_SELF, 0, "An int of k random bits."},
    METHOD_END,
};

static Type random_type = {
    TYPE_HEAD("_random.Random"), .doc = "A generator of random numbers with its own state: Random([seed]).", .flags = TYPE_BASETYPE,
    .size = sizeof(Random), .new_ = type_new_bare, .init = random_init, .methods = random_methods,
};

static int exec(Thread *t, V module) { return module_add_type(t, module, &random_type); }

const ModuleDef mod__random = {.name = "_random", .doc = "The Mersenne Twister.", .exec = exec};
