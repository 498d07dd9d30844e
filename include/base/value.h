// SPDX-License-Identifier: MIT
// Values: the 64-bit word V that every Python value travels in.  The only file that knows the bit layout.
//
//   xxxx…xx 0000   pointer to a counted object, owned                (0 itself = V_NULL: "nothing here")
//   xxxx…xx 1000   the same, uncounted (the U tag): only on stacks and in C locals, never in the heap
//   xxxx…x   001   int, signed 61 bit, V = i<<3 | 1
//   xxxx…xx 0010   pointer to an object born uncounted: immortal, or reclaimed by a full collection only.  Canonical.
//   0000…xx 1010   other immediates: ERROR, END of iteration, DELETED, MOVED
//   float          x = rotl64(bits,4); immediate iff (x & 7) <= 4, then V = x + 3 (tags 3..7); decode rotr64(V-3,4)
//
// V_NULL is the one representation of absence: an unbound local, an unset Slot (zeroed memory), a missing optional
// argument, PUSH_NULL.  It is never an element of a Python container.  V_ERROR is returned by value functions if and
// only if an exception is pending in the thread.
#ifndef HEDDLE_BASE_VALUE_H
#define HEDDLE_BASE_VALUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t V;
typedef struct Obj Obj;

#define V_NULL ((V)0)
#define V_IMMEDIATE(n) (((V)(n) << 4) | 10)
#define V_ERROR V_IMMEDIATE(1)   // an exception is pending
#define V_END V_IMMEDIATE(2)     // a `next` slot: the iteration is over, no exception set
#define V_DELETED V_IMMEDIATE(3) // tombstone in a table
#define V_MOVED V_IMMEDIATE(4)   // a drained cell of a SHARED object that changed its structure
#define V_U_TAG ((V)8)

// ---- references to objects ------------------------------------------------------------------------------------
static inline bool v_is_error(V v) { return v == V_ERROR; }
static inline bool v_is_counted(V v) { return v != 0 && (v & 15) == 0; }        // owned pointer to a counted object
static inline bool v_is_uncounted(V v) { return (v & 15) == 8; }                // carries U
static inline bool v_is_immortal_ref(V v) { return (v & 15) == 2; }             // born uncounted
// Any pointer.  V_NULL and the immediates with tag 10 are all below V_IMMEDIATE(16), where no object is.
static inline bool v_is_object(V v) { return !(v & 5) && v > V_IMMEDIATE(16); }
static inline Obj *v_obj(V v) { return (Obj *)(v & ~(V)15); }
// The same value without U: what a heap slot holds.  Does not count.
static inline V v_untag(V v) { return (v & 15) == 8 ? v & ~(V)15 : v; }
// `is`: one word compare once U is out of the way.
static inline bool v_is(V a, V b) { return a == b || v_untag(a) == v_untag(b); }
// An owned reference out of a freshly made counted object.
#define v_from(o) ((V)(uintptr_t)(o))
// A reference to an object born uncounted (static singletons, types).
#define v_from_immortal(o) ((V)((uintptr_t)(o) + 2))

// ---- ints -------------------------------------------------------------------------------------------------------
#define V_INT_MAX (((int64_t)1 << 60) - 1)
#define V_INT_MIN (-((int64_t)1 << 60))
#define V_INT(i) ((V)((uint64_t)(int64_t)(i) << 3) | 1) // i must fit; constants
static inline bool v_is_int(V v) { return (v & 7) == 1; } // an immediate int (not a bool, not a heap int)
static inline bool v_both_int(V a, V b) { return !(((a - 1) | (b - 1)) & 7); }
static inline int64_t v_int(V v) { return (int64_t)v >> 3; }
static inline bool v_int_fits(int64_t i) { return (uint64_t)(i + ((int64_t)1 << 60)) < ((uint64_t)1 << 61); }
static inline V v_from_int(int64_t i) { return ((V)(uint64_t)i << 3) | 1; } // i must fit: see int_from_i64 otherwise

// ---- floats -----------------------------------------------------------------------------------------------------
static inline bool v_is_float(V v) { return (v & 7) >= 3; } // an immediate float (inf, nan, >= 2^257 are heap floats)
static inline double v_float(V v) {
    uint64_t x = v - 3, bits = (x >> 4) | (x << 60);
    double d;
    memcpy(&d, &bits, 8);
    return d;
}
// True and *out set when d has an immediate form.
static inline bool v_float_try(double d, V *out) {
    uint64_t bits;
    memcpy(&bits, &d, 8);
    uint64_t x = (bits << 4) | (bits >> 60);
    *out = x + 3;
    return (x & 7) <= 4;
}

// ---- singletons -------------------------------------------------------------------------------------------------
// Their storage is 16-aligned and defined in object/singletons.c; the tag makes them word-comparable: v == V_NONE.
struct Type;
typedef struct Type Type;
typedef struct Singleton Singleton;
extern Singleton none_object, true_object, false_object, ellipsis_object, not_implemented_object;
#define V_NONE v_from_immortal(&none_object)
#define V_TRUE v_from_immortal(&true_object)
#define V_FALSE v_from_immortal(&false_object)
#define V_ELLIPSIS v_from_immortal(&ellipsis_object)
#define V_NOT_IMPLEMENTED v_from_immortal(&not_implemented_object)
static inline V v_from_bool(bool b) { return b ? V_TRUE : V_FALSE; }
static inline bool v_is_bool(V v) { return v == V_TRUE || v == V_FALSE; }
// A type as a value.  Types are born uncounted, so this is free.
static inline V v_from_type(const Type *type) { return v_from_immortal(type); }
#endif
