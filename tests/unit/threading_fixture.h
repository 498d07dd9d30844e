// SPDX-License-Identifier: MIT
// What the tests of SHARED objects begin with: a thread, and a SHARED node that theirs hang on.
#ifndef HEDDLE_TESTS_THREADING_FIXTURE_H
#define HEDDLE_TESTS_THREADING_FIXTURE_H
#include "threading_stubs.h"

static Thread *t;
static V root;
static uint32_t stage; // atomic: what the other thread and the test have got to

enum { ROOT_SLOTS = 8 };

static void setup(void) {
    t = threading_init();
    stub_frame(t);
    root = stub_share_root(t, ROOT_SLOTS);
}

static inline void publish_new(unsigned slot, unsigned flags) { node_publish_new(t, root, slot, flags); }
#endif
