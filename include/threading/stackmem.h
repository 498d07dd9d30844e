// SPDX-License-Identifier: MIT
// Memory for the V stacks of threads: much address space, of which only what a thread uses costs anything.
#ifndef HEDDLE_THREADING_STACKMEM_H
#define HEDDLE_THREADING_STACKMEM_H
#include <stddef.h>

#define STACKMEM_BYTES ((size_t)512 << 10)
void *stackmem_take(void);        // STACKMEM_BYTES of any content; NULL: no memory.  By an attached thread, like the next
void stackmem_leave(void *stack); // its thread ends
#endif
