// SPDX-License-Identifier: MIT
// Memory that goes back to the system.
#ifndef HEDDLE_THREADING_GIVEBACK_H
#define HEDDLE_THREADING_GIVEBACK_H
#include <stdbool.h>
#include <stddef.h>

typedef struct Stretch { char *start, *end; } Stretch; // whole pages of the system's

// The address space stays, the memory is given back; neighbours go together, because a call for each costs more, and what is
// given back of a huge page first takes that apart.  Sorts stretches; keeps errno.  false: the system refused one.
bool give_back(Stretch *stretches, size_t n);
#endif
