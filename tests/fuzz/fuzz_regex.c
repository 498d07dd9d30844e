// SPDX-License-Identifier: MIT
// The regular-expression engine: flags, a pattern and a text; or raw code words, as `_sre.compile` takes them
// (fuzz_regex.py).
#include "fuzz.h"

static V match;

int fuzz_start(Thread *t) { return v_is_error(match = fuzz_helper(t, "fuzz_regex", "match")) ? -1 : 0; }
void fuzz_one(Thread *t, const uint8_t *data, size_t size) { fuzz_call(t, match, data, size); }
