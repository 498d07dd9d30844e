// SPDX-License-Identifier: MIT
// Tells AddressSanitizer of memory that is mapped and that nobody may touch: what an allocator of our own has not handed out.
//
// In other builds the macros are nothing, their arguments unevaluated.  A granule of the shadow is 8 bytes: a region begins at a
// multiple of 8, and one that is poisoned ends at one, too.
//
// Memory that waits for its grace period is not poisoned: until the round has completed other threads read it with good
// reason (a list's old array, the header in which `obj_revive` finds DEAD), and the shadow cannot tell them from others.
// When the round is over it is freed, which poisons it.
#ifndef HEDDLE_BASE_POISON_H
#define HEDDLE_BASE_POISON_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEDDLE_POISON 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(HEDDLE_POISON)
#define HEDDLE_POISON 1
#endif

#ifdef HEDDLE_POISON
#include <sanitizer/asan_interface.h>
#include <stddef.h>
// The address is hidden from the compiler, which would warn of memory not yet written.
static inline void mem_poison(const volatile void *p, size_t size) {
    __asm__("" : "+r"(p));
    __asan_poison_memory_region(p, size);
}
static inline void mem_unpoison(const volatile void *p, size_t size) {
    __asm__("" : "+r"(p));
    __asan_unpoison_memory_region(p, size);
}
#define MEM_POISON(p, size) mem_poison((p), (size))
#define MEM_UNPOISON(p, size) mem_unpoison((p), (size))
#else
#define HEDDLE_POISON 0
#define MEM_POISON(p, size) ((void)0)
#define MEM_UNPOISON(p, size) ((void)0)
#endif
#endif
