// SPDX-License-Identifier: MIT
// How module _struct packs and unpacks one value, by format character and byte order.
#ifndef HEDDLE_MODULES_STRUCT_PRIVATE_H
#define HEDDLE_MODULES_STRUCT_PRIVATE_H
#include "object/object.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"

typedef struct StructFormat StructFormat;
struct StructFormat {
    char code;
    uint8_t size, align; // align 1: none
    bool is_signed;
    V (*unpack)(Thread *t, const char *p, const StructFormat *f);
    int (*pack)(Thread *t, char *p, V v, const StructFormat *f);
    const char *name;    // in messages; NULL: "'c' format"
};
enum { STRUCT_NATIVE, STRUCT_LITTLE, STRUCT_BIG };
// The row for a code in a byte order; NULL when there is none.
const StructFormat *struct_format_of(int order, char code);
extern Slot struct_error; // root: the class struct.error
V struct_raise(Thread *t, const char *format, ...);
#endif
