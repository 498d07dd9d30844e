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

// Every word of t's C stack, for a detached thread in a stopped world, or for the caller as it was at scan_save_own:
// later frames, which hold the scanner's own variables, are not looked at.
void scan_each_word(Thread *self, Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg);
void scan_save_own(Thread *t);
#endif
