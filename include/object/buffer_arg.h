// SPDX-License-Identifier: MIT
// Bytes-like arguments of natives.
#ifndef HEDDLE_OBJECT_BUFFER_ARG_H
#define HEDDLE_OBJECT_BUFFER_ARG_H
#include "object/object.h"

// Memory that the caller may write to.  `whose` begins the TypeError: "readinto() argument", "recv_into() argument 1".
int buffer_get_writable(Thread *t, V v, Buffer *view, const char *whose);
#endif
