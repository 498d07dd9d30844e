// SPDX-License-Identifier: MIT
// What bytes and bytearray have in common: searching, and all methods that work on either.
//
// A shared method takes self as bytes or bytearray (or a class derived from them) and gives a result of the same kind:
// bytes for bytes, a new bytearray for a bytearray.  bytearray.c puts BYTES_METHODS_LOCKED into its method
// table: the call wrapper then keeps the array from moving while a body looks at it.  A body that calls Python (to get
// at an argument) does so before it takes the address of self's data.
#ifndef HEDDLE_OBJECT_BYTES_ALGO_H
#define HEDDLE_OBJECT_BYTES_ALGO_H
#include "object/bytes.h"

// ---- (data, length) -------------------------------------------------------------------------------------------------
ptrdiff_t bytes_algo_find(const void *hay, size_t n, const void *needle, size_t m);
ptrdiff_t bytes_algo_rfind(const void *hay, size_t n, const void *needle, size_t m);
size_t bytes_algo_count(const void *hay, size_t n, const void *needle, size_t m, size_t max);
V bytes_algo_bad_size(Thread *t, V size);      // of bytes(n): OverflowError, in place of the pending one
int bytes_algo_compare(const void *a, size_t n, const void *b, size_t m);              // -1, 0, 1
// "b'...'" with text around it: repr(bytearray) is ("bytearray(", ")").
V bytes_algo_repr(Thread *t, const void *data, size_t n, const char *prefix, const char *suffix);
// item in a bytes or bytearray, whose data are looked at after the item has been asked: an int 0..255 or a bytes-like object; 1/0/-1 (ValueError "byte must be in range(0, 256)", TypeError)
int bytes_algo_contains(Thread *t, V self, V item);
// data % args: a bytes.
V bytes_algo_format_percent(Thread *t, const void *data, size_t n, V args, bool to_bytearray);
// An int 0..255 from an __index__-able value; -1 with ValueError "byte must be in range(0, 256)" ("bytes must be" with
// plural) or TypeError.
int bytes_algo_byte(Thread *t, V v, bool plural);
// Data and length of a bytes or bytearray.
static inline const char *bytes_algo_data(V self, size_t *n) {
    if (v_is_bytes(self)) return *n = bytes_len(self), bytes_data(self);
    return *n = bytearray_len(self), bytearray_data(self);
}
// A new value of self's kind (bytes or bytearray), subclasses excluded; data may be NULL: then to be filled.
V bytes_algo_new(Thread *t, V self, const void *data, size_t n);

// ---- methods ----------------------------------------------------------------------------------------------------------
// X(name, signature, flags, doc)
#define BYTES_ALGO_METHOD_LIST(X)                                                                                      \
    X(capitalize, "", 0, "The first byte in upper case, the rest in lower case (ASCII letters only).") \
    X(center, "width, fillchar=b' ', /", 0, "Padded with fillchar on both sides to the given width.") \
    X(count, NULL, M_RAW | M_TUPLE, "How often sub occurs without overlapping, in self[start:end].") \
    X(decode, "encoding='utf-8', errors='strict'", 0, "The text that the bytes encode.") \
    X(endswith, NULL, M_RAW | M_TUPLE, "Whether self[start:end] ends with the suffix, or with one of a tuple of them.") \
    X(expandtabs, "tabsize=8", 0, "Tabs replaced by spaces up to the next multiple of tabsize.") \
    X(find, NULL, M_RAW | M_TUPLE, "The lowest index at which sub lies within self[start:end], or -1.") \
    X(hex, "sep=<unrepresentable>, bytes_per_sep=1", 0, "Two hexadecimal digits a byte, as a str, with sep between groups of bytes_per_sep (counted from the left when negative).\n\n>>> b'hedd'.hex()\n'68656464'\n>>> b'hedd'.hex('-')\n'68-65-64-64'\n>>> b'hedd'.hex('-', 2)\n'6865-6464'\n>>> b'hedd'.hex('-', 3)\n'68-656464'\n>>> b'hedd'.hex('-', -3)\n'686564-64'") \
    X(index, NULL, M_RAW | M_TUPLE, "Like find, but raises ValueError when sub does not occur.") \
    X(isalnum, "", 0, "Whether there are only ASCII letters and digits, and at least one.") \
    X(isalpha, "", 0, "Whether there are only ASCII letters, and at least one.") \
    X(isascii, "", 0, "Whether all bytes are below 128.") \
    X(isdigit, "", 0, "Whether there are only ASCII digits, and at least one.") \
    X(islower, "", 0, "Whether there are ASCII letters and all of them are in lower case.") \
    X(isspace, "", 0, "Whether there is only ASCII white space, and at least one byte.") \
    X(istitle, "", 0, "Whether words start with an upper case letter and go on in lower case.") \
    X(isupper, "", 0, "Whether there are ASCII letters and all of them are in upper case.") \
    X(join, "iterable_of_bytes, /", M_OLD_ARITY, "The items of the iterable with self between them.") \
    X(ljust, "width, fillchar=b' ', /", 0, "Padded with fillchar on the right to the given width.") \
    X(lower, "", 0, "A copy with ASCII letters in lower case.") \
    X(lstrip, "bytes=None, /", 0, "Without the leading bytes that occur in the argument (default: ASCII white space).") \
    X(partition, "sep, /", M_OLD_ARITY, "A tuple of what stands before the first sep, sep, and what stands behind it.") \
    X(removeprefix, "prefix, /", M_OLD_ARITY, "Without the prefix, when self starts with it.") \
    X(removesuffix, "suffix, /", M_OLD_ARITY, "Without the suffix, when self ends with it.") \
    X(replace, "old, new, count=-1, /", 0, "A copy in which (the first count) occurrences of old are new.") \
    X(rfind, NULL, M_RAW | M_TUPLE, "The highest index at which sub lies within self[start:end], or -1.") \
    X(rindex, NULL, M_RAW | M_TUPLE, "Like rfind, but raises ValueError when sub does not occur.") \
    X(rjust, "width, fillchar=b' ', /", 0, "Padded with fillchar on the left to the given width.") \
    X(rpartition, "sep, /", M_OLD_ARITY, "A tuple of what stands before the last sep, sep, and what stands behind it.") \
    X(rsplit, "sep=None, maxsplit=-1", 0, "A list of the parts between separators, split from the right at most maxsplit times.") \
    X(rstrip, "bytes=None, /", 0, "Without the trailing bytes that occur in the argument (default: ASCII white space).") \
    X(split, "sep=None, maxsplit=-1", 0, "A list of the parts between separators (None: runs of ASCII white space), split at most maxsplit times.") \
    X(splitlines, "keepends=False", 0, "A list of the lines, with their ends when keepends is true.") \
    X(startswith, NULL, M_RAW | M_TUPLE, "Whether self[start:end] starts with the prefix, or with one of a tuple of them.") \
    X(strip, "bytes=None, /", 0, "Without the leading and trailing bytes that occur in the argument (default: ASCII white space).") \
    X(swapcase, "", 0, "A copy with the case of ASCII letters exchanged.") \
    X(title, "", 0, "A copy in which words start in upper case and go on in lower case.") \
    X(translate, "table, /, delete=b''", 0, "A copy without the bytes in delete, the others mapped through the table of 256 (None: not mapped).") \
    X(upper, "", 0, "A copy with ASCII letters in upper case.") \
    X(zfill, "width, /", M_OLD_ARITY, "Padded with zeros on the left, behind a sign, to the given width.")

#define X(name, sig, flags, doc) NATIVE(bytes_m_##name);
BYTES_ALGO_METHOD_LIST(X)
#undef X
NATIVE(bytes_m_maketrans); // static: {"maketrans", bytes_m_maketrans, "frm, to, /", 0, M_STATIC, ...}
// Text of the bytes in hexadecimal; sep V_NULL, or a str or bytes of one character between groups of `group` bytes.
V bytes_algo_hex(Thread *t, const void *data, size_t n, V sep, ptrdiff_t group);
// bytes.fromhex's work: the bytes that the hexadecimal text says, as a bytes.
V bytes_algo_fromhex(Thread *t, V text);

#define BYTES_ALGO_ROW_NONE(name, sig, flags, doc) {#name, bytes_m_##name, sig, LOCK_NONE, flags, doc},
#define BYTES_ALGO_ROW_SELF(name, sig, flags, doc) {#name, bytes_m_##name, sig, LOCK_SELF, flags, doc},
// Rows for a Method table: bytes needs no lock, bytearray takes its own.
#define BYTES_METHODS_UNLOCKED BYTES_ALGO_METHOD_LIST(BYTES_ALGO_ROW_NONE)
#define BYTES_METHODS_LOCKED BYTES_ALGO_METHOD_LIST(BYTES_ALGO_ROW_SELF)
#endif
