// SPDX-License-Identifier: MIT
// A set of object addresses that words of C stacks are looked up in.
#ifndef HEDDLE_THREADING_SCAN_H
#define HEDDLE_THREADING_SCAN_H
#include "sync.h"

typedef struct AddressSet { // chained by granule of 256 bytes; items, next and heads grow and stay
    uintptr_t low, high;
    size_t mask, n, cap;
    uint32_t *heads, *next;
    Obj **items;
} AddressSet;

bool address_set_init(AddressSet *set, size_t expected); // empties it; false: no memory
void address_set_add(AddressSet *set, Obj *o);
Obj *address_set_find(const AddressSet *set, uintptr_t word); // the object that `word` points to or into
void address_set_free(AddressSet *set);

// The batch of the round that is open: written by its initiator before the epoch is published.
extern AddressSet round_addresses;

void scan_each_own_word(Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg);
#endif
