// SPDX-License-Identifier: MIT
// The parser of str.format's texts, for str_format.c and the _string module.
#ifndef HEDDLE_OBJECT_STR_MARKUP_H
#define HEDDLE_OBJECT_STR_MARKUP_H
#include "object/object.h"

typedef struct Markup { // what is still to be read of text[at:end]
    V text;
    size_t at, end;
} Markup;

typedef struct Field { // a literal run and, perhaps, the field behind it; positions in the text
    size_t literal_start, literal_end, name_start, name_end, spec_start, spec_end;
    uint32_t conversion; // 0: none
    bool has_field, nested;
} Field;
int markup_next(Thread *t, Markup *m, Field *f); // 1, 0 at the end, -1 with ValueError

enum { NUMBER_UNKNOWN, NUMBER_AUTO, NUMBER_MANUAL };
typedef struct AutoNumber { int style; ptrdiff_t next; } AutoNumber; // "{}" or "{0}", not both

typedef struct FieldName { // name[at:end] is still to be read
    size_t at, end, first_start, first_end;
    ptrdiff_t index; // of a positional argument; -1: the first part is a keyword
} FieldName;
typedef struct FieldStep { // .name or [key]
    bool is_attribute;
    size_t start, end;
    ptrdiff_t index; // the key as a number, or -1
} FieldStep;
// numbering NULL: empty names stay empty
int markup_first(Thread *t, AutoNumber *numbering, V text, FieldName *name); // 0/-1
int markup_step(Thread *t, V text, FieldName *name, FieldStep *step);        // 1, 0 at the end, -1
ptrdiff_t markup_number(Thread *t, V text, size_t start, size_t end);
V markup_convert(Thread *t, V v, uint32_t conversion);
#endif
