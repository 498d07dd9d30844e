// SPDX-License-Identifier: MIT
//
// siphash.h: SipHash-1-3 (Aumasson and Bernstein) and the process's hash key.
//
// The key is set once, before the first thread starts, and never changes; reading it needs no synchronisation. With the
// same PYTHONHASHSEED the hash of a str or bytes equals CPython's, so set orders that programs print agree.
#ifndef HEDDLE_BASE_SIPHASH_H
#define HEDDLE_BASE_SIPHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HashKey {
    uint64_t k0, k1;
} HashKey;

// SipHash-1-3 of n bytes.
uint64_t siphash13(HashKey key, const void *data, size_t n);

// SipHash-2-4, the variant other programs and test vectors use.
uint64_t siphash24(HashKey key, const void *data, size_t n);

// The key that PYTHONHASHSEED=seed selects; 0 is the all-zero key.
HashKey siphash_key_from_seed(uint32_t seed);

extern HashKey siphash_process_key; // const after siphash_set_process_key

static inline void siphash_set_process_key(HashKey key) { siphash_process_key = key; }

// Hash of a buffer (the raw character array of a str, or bytes) under the process key: 0 for an empty one. The caller
// turns -1 into -2 where Python's convention asks for it.
uint64_t siphash_bytes(const void *data, size_t n);

// Fills buffer with bytes from the linear congruential generator that PYTHONHASHSEED drives (2.5's random-seed rule).
void siphash_lcg_fill(uint32_t seed, unsigned char *buffer, size_t n);

#endif
