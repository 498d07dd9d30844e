// SPDX-License-Identifier: MIT
// Tables of integer constants that modules offer under their C names.
#ifndef HEDDLE_MODULES_CONSTANTS_H
#define HEDDLE_MODULES_CONSTANTS_H
#include "object/misc.h"

typedef struct IntConstant { const char *name; int64_t value; } IntConstant;

static inline int add_constants(Thread *t, V module, const IntConstant *table, size_t n) {
    for (size_t i = 0; i < n; i++) {
        V value = int_from_i64(t, table[i].value);
        if (module_add_steal(t, module, table[i].name, value) < 0) return -1;
    }
    return 0;
}
#endif
