// SPDX-License-Identifier: MIT
// Python's lines in ThreadSanitizer's reports.
//
// ThreadSanitizer keeps a stack of return addresses for each thread and a history of its changes, so that a report can show
// where both threads were.  An address with bit 60 set is no machine code: it asks places.c for its text.  The loop keeps
// one such entry for each vm_run, the unit that is about to run, which stands below `run` in the report:
//
//     #2 run src/vm/ops_attr.inc:120
//     #3 Account.pay bank.py:17
//     #4 vm_run src/vm/loop.c:141
//
// In other builds nothing is left of this.
#ifndef HEDDLE_VM_PLACES_H
#define HEDDLE_VM_PLACES_H
#include "object/code.h"

#if HEDDLE_TSAN
extern void tsan_enter(void *pc) __asm__("__tsan_func_entry");
extern void tsan_leave(void) __asm__("__tsan_func_exit");
#define PLACE_BIT ((uintptr_t)1 << 60)
#define PLACE_ENTER(ip) tsan_enter((void *)(PLACE_BIT | (uintptr_t)(ip)))
#define PLACE_LEAVE() tsan_leave()
#define PLACE_NOW(ip) (PLACE_LEAVE(), PLACE_ENTER(ip))
// Remembers, for as long as the program runs, which lines c's units are.  Before anybody runs them.
void places_note(const Code *c, const Unit *units);
#else
#define PLACE_ENTER(ip) ((void)0)
#define PLACE_LEAVE() ((void)0)
#define PLACE_NOW(ip) ((void)0)
#define places_note(c, units) ((void)0)
#endif
#endif
