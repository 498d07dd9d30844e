// SPDX-License-Identifier: MIT
// Operations on any value: attributes, calls, comparison, numbers, containers, iteration.  Arguments are borrowed,
// results are stack values (V_ERROR with an exception pending), int results 0/-1 or 1/0/-1.
#ifndef HEDDLE_OBJECT_OBJECT_H
#define HEDDLE_OBJECT_OBJECT_H
#include "object/type.h"
#include "object/error.h"
#include "object/str.h"
#include "object/int.h"
#include "object/float.h"
#include "object/tuple.h"
#include "object/list.h"
#include "object/dict.h"

// ---- basics (object.c) --------------------------------------------------------------------------------------------
V obj_repr(Thread *t, V v);
V obj_str(Thread *t, V v);
V obj_ascii(Thread *t, V v);
V obj_bytes(Thread *t, V v);
V obj_format(Thread *t, V v, V spec);             // spec a str or V_NULL
int obj_hash(Thread *t, V v, int64_t *out);       // TypeError "unhashable type: 'list'"
int obj_hash_unhashable(Thread *t, V v, int64_t *out); // a type's `hash` slot that raises it (and sets __hash__ to None)
int obj_hash_identity(Thread *t, V v, int64_t *out);   // object.__hash__
V obj_id(Thread *t, V v);                         // id(v)
int obj_is_true(Thread *t, V v);
V obj_compare(Thread *t, V a, V b, int op);       // CMP_*; the full protocol with reflected operands
int obj_compare_bool(Thread *t, V a, V b, int op);// identity shortcut for EQ and NE, as containers compare
bool obj_is_callable(V v);
V obj_dir(Thread *t, V v);                        // V_NULL: names of the current scope
int obj_isinstance(Thread *t, V v, V cls);
int obj_issubclass(Thread *t, V v, V cls);
int obj_repr_enter(Thread *t, V v);               // 1: v is being repr'd already; 0; -1.  Pair with leave.
void obj_repr_leave(Thread *t, V v);
int recursion_enter(Thread *t, const char *where);// C recursion guard: -1 with RecursionError "maximum recursion depth exceeded" + where
void recursion_leave(Thread *t);

// ---- attributes (attr.c) ------------------------------------------------------------------------------------------
V obj_getattr(Thread *t, V v, V name);            // name: a str
int obj_setattr(Thread *t, V v, V name, V value); // value V_NULL deletes
V obj_lookup_attr(Thread *t, V v, V name);        // V_NULL when missing (AttributeError swallowed), V_ERROR otherwise
V obj_getattr_c(Thread *t, V v, const char *name);
int obj_setattr_c(Thread *t, V v, const char *name, V value);
int obj_hasattr(Thread *t, V v, V name);
V obj_generic_getattr(Thread *t, V v, V name);    // object.__getattribute__
V obj_generic_getattr_or_null(Thread *t, V v, V name); // V_NULL when missing, no exception made
int obj_generic_setattr(Thread *t, V v, V name, V value);
V attr_error(Thread *t, V obj, V name, const char *format, ...); // AttributeError with its name and obj; V_ERROR
V attr_error_missing(Thread *t, V obj, V name);   // "'X' object has no attribute 'y'" or the type's form of it
V obj_get_dict(Thread *t, V v);                   // __dict__ as a stack value, made when it must be; V_ERROR: none
// Special method on the type, not bound: *self_out is v when it is to be passed as first argument, V_NULL when the
// returned callable is bound already.  V_NULL when missing.
V obj_lookup_special(Thread *t, V v, V name, V *self_out);
// Method lookup for calls: 1 and *method unbound (pass v first), 0 and *method the attribute itself, -1.
int obj_get_method(Thread *t, V v, V name, V *method);

// ---- calls (call.c) -----------------------------------------------------------------------------------------------
V obj_call(Thread *t, V callable, const V *args, size_t nargs, V kwnames);
V obj_call0(Thread *t, V callable);
V obj_call1(Thread *t, V callable, V a);
V obj_call2(Thread *t, V callable, V a, V b);
V obj_call3(Thread *t, V callable, V a, V b, V c);
V obj_call_tuple(Thread *t, V callable, V args_tuple, V kwargs_dict); // kwargs V_NULL allowed: f(*args, **kwargs)
V obj_call_method(Thread *t, V v, V name, const V *args, size_t nargs); // v.name(*args)
V obj_call_method0(Thread *t, V v, V name);
V obj_call_method1(Thread *t, V v, V name, V a);
V obj_call_method2(Thread *t, V v, V name, V a, V b);

// ---- numbers (number.c) -------------------------------------------------------------------------------------------
typedef enum { // order and values of BINARY_OP's argument; in-place forms are +13
    OP_ADD, OP_AND, OP_FLOOR_DIVIDE, OP_LSHIFT, OP_MATRIX_MULTIPLY, OP_MULTIPLY, OP_REMAINDER, OP_OR, OP_POWER,
    OP_RSHIFT, OP_SUBTRACT, OP_TRUE_DIVIDE, OP_XOR, OP_INPLACE = 13
} BinaryOp;
V num_binary(Thread *t, int op, V a, V b);        // op: BinaryOp, with OP_INPLACE added for augmented assignment
V num_add(Thread *t, V a, V b);
V num_subtract(Thread *t, V a, V b);
V num_multiply(Thread *t, V a, V b);
V num_floor_divide(Thread *t, V a, V b);
V num_true_divide(Thread *t, V a, V b);
V num_remainder(Thread *t, V a, V b);
V num_divmod(Thread *t, V a, V b);
V num_power(Thread *t, V a, V b, V mod);          // mod V_NONE or V_NULL: none
V num_negative(Thread *t, V a);
V num_positive(Thread *t, V a);
V num_invert(Thread *t, V a);
V num_absolute(Thread *t, V a);
V num_int(Thread *t, V v);                        // int(v) without a base
V num_float(Thread *t, V v);                      // float(v)
V num_index(Thread *t, V v);                      // __index__: an int (exact) value
int num_as_ssize(Thread *t, V v, Type *overflow, ptrdiff_t *out); // __index__; overflow NULL clips
int num_as_count(Thread *t, V v, ptrdiff_t *out); // the same for how often or how many; OverflowError worded as of an index
int num_as_double(Thread *t, V v, double *out);   // __float__ or __index__
int num_as_optional_count(Thread *t, V v, ptrdiff_t *out); // None and absent: -1
int num_as_i64(Thread *t, V v, int64_t *out);     // __index__; OverflowError
int num_as_long(Thread *t, V v, int64_t *out);    // the same, worded as of a C long
int num_as_int(Thread *t, V v, int *out);         // C int; OverflowError
int num_as_int_old(Thread *t, V v, int *out);     // the same with the words of the older way to parse arguments

// ---- containers and iteration (container.c) -----------------------------------------------------------------------
ptrdiff_t obj_len(Thread *t, V v);
ptrdiff_t obj_len_hint(Thread *t, V v, ptrdiff_t fallback); // __len__ or __length_hint__
V obj_getitem(Thread *t, V v, V key);
int obj_setitem(Thread *t, V v, V key, V value);  // value V_NULL deletes
int obj_contains(Thread *t, V container, V item);
int obj_iter_contains(Thread *t, V container, V item); // by iterating and comparing
V obj_iter(Thread *t, V v);
V obj_next(Thread *t, V iterator);                // V_END at the end (StopIteration swallowed)
// For loops in C that CPython runs to their end without letting another thread in (sum, list, dict.update): like obj_iter,
// but over a dict, set, view or deque that is SHARED it walks a copy.
V obj_iter_whole(Thread *t, V v);
// A list of the items of a dict, a view of one, a set or a deque, taken in one go; V_NULL for anything else.
V obj_snapshot(Thread *t, V v);
int obj_iter_send(Thread *t, V iterator, V arg, V *result); // SEND_*
V obj_to_list(Thread *t, V iterable);             // a new list
V obj_to_tuple(Thread *t, V iterable);            // a tuple (the same one for an exact tuple)
bool obj_is_sequence(V v);                        // has item access and is no dict
bool obj_is_mapping(V v);

// ---- buffers (buffer.c) -------------------------------------------------------------------------------------------
typedef struct Buffer {
    void *data;
    V owner;              // counted; V_NULL when released
    ptrdiff_t len;        // bytes
    ptrdiff_t item_size;
    bool readonly;
    int ndim;
    const char *format;   // NULL means "B"
    ptrdiff_t *shape, *strides, *suboffsets;
    void *internal;
    ptrdiff_t shape1, stride1; // storage for one dimension
} Buffer;
enum { BUF_SIMPLE = 0, BUF_WRITABLE = 1, BUF_FORMAT = 4, BUF_ND = 8, BUF_STRIDES = 16 | BUF_ND, BUF_FULL_RO = 0x11c, BUF_CONTIG = 32, BUF_FULL = 0x11d };
int buffer_get(Thread *t, V v, Buffer *view, int flags); // TypeError "a bytes-like object is required, not 'X'"
void buffer_release(Thread *t, Buffer *view);
int buffer_fill(Thread *t, Buffer *view, V owner, void *data, ptrdiff_t len, bool readonly, int flags);
bool obj_has_buffer(V v);
#endif
