// SPDX-License-Identifier: MIT
// float and complex.
#ifndef HEDDLE_OBJECT_FLOAT_H
#define HEDDLE_OBJECT_FLOAT_H
#include "object/type.h"

typedef struct Float { Obj head; double value; } Float;                  // heap float, or a subclass instance
typedef struct Complex { Obj head; double re, im; } Complex;

V float_from_double_slow(Thread *t, double d);
static inline V float_from_double(Thread *t, double d) {
    V v;
    return v_float_try(d, &v) ? v : float_from_double_slow(t, d);
}
static inline double float_value(V v) { return v_is_float(v) ? v_float(v) : ((Float *)v_obj(v))->value; } // any_float
V float_parse(Thread *t, V str);                      // float(str); ValueError "could not convert string to float: 'x'"
V float_from_object(Thread *t, V v);                  // float(v)
V float_exact(Thread *t, V v);                        // a plain float of an any_float
bool double_from_text(Thread *t, const char *p, size_t n, double *out); // all of the text but for space around it
void double_divmod(double x, double y, double *quotient, double *remainder); // Python's // and %; y is not 0
int64_t float_hash(V v, double d);                    // nan hashes by identity of v
V float_to_str(Thread *t, double d);                  // repr
V float_format_spec(Thread *t, V v, V spec);
V complex_from_doubles(Thread *t, double re, double im);
bool complex_quotient(double *re, double *im, double dre, double dim); // in place; false: division by zero
int complex_as_doubles(Thread *t, V v, double *re, double *im); // __complex__, __float__, __index__
V int_format_spec(Thread *t, V v, V spec);            // numfmt.c: the mini language for ints
V complex_format_spec(Thread *t, V v, V spec);
#endif
