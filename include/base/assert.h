// SPDX-License-Identifier: MIT
//
// assert.h: assertions and the compiler attributes used everywhere.
//
// HD_ASSERT states an invariant. It is checked when the build defines HEDDLE_DEBUG_CHECKS to a non-zero level, and
// costs nothing otherwise (its argument is still compiled, so it cannot rot). HD_ASSERT_SLOW is for checks that walk a
// whole structure: level 2. Neither is for conditions that bad input or exhausted memory can bring about.
#ifndef HEDDLE_BASE_ASSERT_H
#define HEDDLE_BASE_ASSERT_H

#include <stddef.h>

#ifndef HEDDLE_DEBUG_CHECKS
#define HEDDLE_DEBUG_CHECKS 0
#endif

#define MUST_CHECK __attribute__((warn_unused_result))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define COLD __attribute__((cold, noinline))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))
#define PRINTF_LIKE(format_index, first_argument) __attribute__((format(printf, format_index, first_argument)))
#define RETURNS_ALIGNED(bytes) __attribute__((assume_aligned(bytes)))

#if defined(__GNUC__) && !defined(__clang__) || defined(__clang_major__) && __clang_major__ >= 10
#define FALLTHROUGH __attribute__((fallthrough))
#else
#define FALLTHROUGH ((void)0)
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define countof(array)                                                                                                 \
    (sizeof(array) / sizeof((array)[0]) +                                                                              \
     0 * sizeof(char[1 - 2 * __builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0]))]))

#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

// Prints "FILE:LINE: FUNCTION: assertion failed: TEXT" on standard error and aborts. Defined in src/base/assert.c.
NORETURN COLD void assert_failed(const char *file, int line, const char *function, const char *text);

#if HEDDLE_DEBUG_CHECKS >= 1
#define HD_ASSERT(cond) (likely(cond) ? (void)0 : assert_failed(__FILE__, __LINE__, __func__, #cond))
#define HD_UNREACHABLE() assert_failed(__FILE__, __LINE__, __func__, "unreachable code reached")
#else
#define HD_ASSERT(cond) ((void)sizeof(!(cond)))
#define HD_UNREACHABLE() __builtin_unreachable()
#endif

#if HEDDLE_DEBUG_CHECKS >= 2
#define HD_ASSERT_SLOW(cond) HD_ASSERT(cond)
#else
#define HD_ASSERT_SLOW(cond) ((void)sizeof(!(cond)))
#endif

#endif
