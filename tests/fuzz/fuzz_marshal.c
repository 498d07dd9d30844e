// SPDX-License-Identifier: MIT
// The reader of marshalled data: what `.pyc` files hold behind their header.  What it lets through is looked at in every
// way there is, code objects included (fuzz_marshal.py).
#include "fuzz.h"

static V look;

int fuzz_start(Thread *t) { return v_is_error(look = fuzz_helper(t, "fuzz_marshal", "look")) ? -1 : 0; }
void fuzz_one(Thread *t, const uint8_t *data, size_t size) { fuzz_call(t, look, data, size); }
