// SPDX-License-Identifier: MIT
//
// atomics.h: the only spelling of atomic memory access in the tree.
//
// Every word that two threads may touch at once goes through one of these macros, which name the memory order at the
// point of use. They are generic over the pointed-to type (u8, u16, u32, u64, size_t, pointers) and reject anything
// that is not lock-free, so a struct passed by accident does not compile into a library call.
//
//   at_load_relaxed(p)   at_load_acquire(p)   at_load_seq(p)
//   at_store_relaxed(p, v)   at_store_release(p, v)   at_store_seq(p, v)
//   at_exchange_acq_rel(p, v)   at_exchange_acquire(p, v)   -> the old value
//   at_cas_acq_rel(p, &expected, desired)   -> true when stored; otherwise expected holds what was found
//   at_cas_weak_acq_rel   the same, may fail for no reason: for loops
//   at_fetch_add_ORDER / sub / or / and / xor   -> the old value
//
// There is no "consume" and no default order: an order that is not written is an order nobody thought about.
#ifndef HEDDLE_BASE_ATOMICS_H
#define HEDDLE_BASE_ATOMICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counters.h"

// Evaluates to p, after checking that *p is a size the processor handles itself.
#define AT_CHECKED_(p)                                                                                                 \
    ({                                                                                                                 \
        _Static_assert(sizeof(*(p)) == 1 || sizeof(*(p)) == 2 || sizeof(*(p)) == 4 || sizeof(*(p)) == 8,               \
                       "not a lock-free size");                                                                        \
        (p);                                                                                                           \
    })

// The same for read-modify-writes, which a counting build counts.
#if HEDDLE_COUNTERS
#define AT_RMW_(p) (COUNT(rmw), AT_CHECKED_(p))
#else
#define AT_RMW_(p) AT_CHECKED_(p)
#endif

#define at_load_relaxed(p) __atomic_load_n(AT_CHECKED_(p), __ATOMIC_RELAXED)
#define at_load_acquire(p) __atomic_load_n(AT_CHECKED_(p), __ATOMIC_ACQUIRE)
#define at_load_seq(p) __atomic_load_n(AT_CHECKED_(p), __ATOMIC_SEQ_CST)

#define at_store_relaxed(p, v) __atomic_store_n(AT_CHECKED_(p), (v), __ATOMIC_RELAXED)
#define at_store_release(p, v) __atomic_store_n(AT_CHECKED_(p), (v), __ATOMIC_RELEASE)
#define at_store_seq(p, v) __atomic_store_n(AT_CHECKED_(p), (v), __ATOMIC_SEQ_CST)

#define at_exchange_relaxed(p, v) __atomic_exchange_n(AT_RMW_(p), (v), __ATOMIC_RELAXED)
#define at_exchange_acquire(p, v) __atomic_exchange_n(AT_RMW_(p), (v), __ATOMIC_ACQUIRE)
#define at_exchange_release(p, v) __atomic_exchange_n(AT_RMW_(p), (v), __ATOMIC_RELEASE)
#define at_exchange_acq_rel(p, v) __atomic_exchange_n(AT_RMW_(p), (v), __ATOMIC_ACQ_REL)
#define at_exchange_seq(p, v) __atomic_exchange_n(AT_RMW_(p), (v), __ATOMIC_SEQ_CST)

// On failure the load is acquire (relaxed for the relaxed and release forms), so the value found may be followed.
#define at_cas_relaxed(p, expected, desired)                                                                           \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define at_cas_acquire(p, expected, desired)                                                                           \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)
#define at_cas_release(p, expected, desired)                                                                           \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
#define at_cas_acq_rel(p, expected, desired)                                                                           \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
#define at_cas_seq(p, expected, desired)                                                                               \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define at_cas_weak_relaxed(p, expected, desired)                                                                      \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define at_cas_weak_acquire(p, expected, desired)                                                                      \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define at_cas_weak_release(p, expected, desired)                                                                      \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
#define at_cas_weak_acq_rel(p, expected, desired)                                                                      \
    __atomic_compare_exchange_n(AT_RMW_(p), (expected), (desired), true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)

// Pointers are not accepted by the arithmetic below: adding to one would count bytes, which reads wrong.
#define at_fetch_add_relaxed(p, v) __atomic_fetch_add(AT_RMW_(p), (v), __ATOMIC_RELAXED)
#define at_fetch_add_acquire(p, v) __atomic_fetch_add(AT_RMW_(p), (v), __ATOMIC_ACQUIRE)
#define at_fetch_add_release(p, v) __atomic_fetch_add(AT_RMW_(p), (v), __ATOMIC_RELEASE)
#define at_fetch_add_acq_rel(p, v) __atomic_fetch_add(AT_RMW_(p), (v), __ATOMIC_ACQ_REL)
#define at_fetch_add_seq(p, v) __atomic_fetch_add(AT_RMW_(p), (v), __ATOMIC_SEQ_CST)

#define at_fetch_sub_relaxed(p, v) __atomic_fetch_sub(AT_RMW_(p), (v), __ATOMIC_RELAXED)
#define at_fetch_sub_acquire(p, v) __atomic_fetch_sub(AT_RMW_(p), (v), __ATOMIC_ACQUIRE)
#define at_fetch_sub_release(p, v) __atomic_fetch_sub(AT_RMW_(p), (v), __ATOMIC_RELEASE)
#define at_fetch_sub_acq_rel(p, v) __atomic_fetch_sub(AT_RMW_(p), (v), __ATOMIC_ACQ_REL)
#define at_fetch_sub_seq(p, v) __atomic_fetch_sub(AT_RMW_(p), (v), __ATOMIC_SEQ_CST)

#define at_fetch_or_relaxed(p, v) __atomic_fetch_or(AT_RMW_(p), (v), __ATOMIC_RELAXED)
#define at_fetch_or_acquire(p, v) __atomic_fetch_or(AT_RMW_(p), (v), __ATOMIC_ACQUIRE)
#define at_fetch_or_release(p, v) __atomic_fetch_or(AT_RMW_(p), (v), __ATOMIC_RELEASE)
#define at_fetch_or_acq_rel(p, v) __atomic_fetch_or(AT_RMW_(p), (v), __ATOMIC_ACQ_REL)
#define at_fetch_or_seq(p, v) __atomic_fetch_or(AT_RMW_(p), (v), __ATOMIC_SEQ_CST)

#define at_fetch_and_relaxed(p, v) __atomic_fetch_and(AT_RMW_(p), (v), __ATOMIC_RELAXED)
#define at_fetch_and_acquire(p, v) __atomic_fetch_and(AT_RMW_(p), (v), __ATOMIC_ACQUIRE)
#define at_fetch_and_release(p, v) __atomic_fetch_and(AT_RMW_(p), (v), __ATOMIC_RELEASE)
#define at_fetch_and_acq_rel(p, v) __atomic_fetch_and(AT_RMW_(p), (v), __ATOMIC_ACQ_REL)
#define at_fetch_and_seq(p, v) __atomic_fetch_and(AT_RMW_(p), (v), __ATOMIC_SEQ_CST)

#define at_fetch_xor_relaxed(p, v) __atomic_fetch_xor(AT_RMW_(p), (v), __ATOMIC_RELAXED)
#define at_fetch_xor_acq_rel(p, v) __atomic_fetch_xor(AT_RMW_(p), (v), __ATOMIC_ACQ_REL)

// Fences are for the rare pattern that no single access can carry; say at the place which accesses they order.
#define at_fence_acquire() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define at_fence_release() __atomic_thread_fence(__ATOMIC_RELEASE)
#define at_fence_seq() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define at_fence_signal() __atomic_signal_fence(__ATOMIC_SEQ_CST)

// Tells the processor that this is a spin loop.
static inline void at_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

#endif
