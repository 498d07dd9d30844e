// SPDX-License-Identifier: MIT
// Between symtable.c and symtable_resolve.c.
#ifndef HEDDLE_SYMTABLE_PRIVATE_H
#define HEDDLE_SYMTABLE_PRIVATE_H
#include "symtable.h"
Symbol *scope_add_symbol(SymTable *s, Scope *scope, V name); // found or new; NULL with MemoryError
int symtable_resolve(SymTable *s);
#endif
