// SPDX-License-Identifier: MIT
// Looking at C stacks conservatively: their words, and a set of object addresses to look them up in.
#ifndef HEDDLE_THREADING_SCAN_H
#define HEDDLE_THREADING_SCAN_H
#include "threading/thread.h"

typedef struct AddressEntry {
    Obj *object;
    uint32_t size, next;
} AddressEntry;
typedef struct AddressSet { // memory grows and stays
    uintptr_t low, high;
    size_t mask, heads_cap;
    size_t n; // objects
    size_t entries, entries_cap;
    uint32_t *heads;
    AddressEntry *entry;
} AddressSet;

bool address_set_init(AddressSet *set, size_t expected); // empties it; false: no memory
bool address_set_add(AddressSet *set, Obj *o);           // false: no memory
Obj *address_set_find(const AddressSet *set, uintptr_t word); // the object that `word` points to or into
void address_set_free(AddressSet *set);

// The first line of every function through which the running program reaches a look at its stack: the callee-saved
// registers go into this function's frame, and the look starts there.  Frames further in are the runtime's own: they
// hold no values of the program, but unwritten parts of them hold stale words that would keep objects alive for good.
// The function must not be inlined, and must not end in a tail call to something that looks.
#define SCAN_ENTRY(t) (__builtin_unwind_init(), scan_entry((t), __builtin_frame_address(0)))
void scan_entry(Thread *t, void *frame);

// Bytes for the C stack of a new pthread that asks for so many.
size_t thread_stack_bytes(size_t wanted);

// Every word of t's C stack, for a detached thread in a stopped world, or for the caller as it was at scan_save_own.
void scan_each_word(Thread *self, Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg);
void scan_save_own(Thread *t); // after a SCAN_ENTRY: saves the words from there up
#endif
