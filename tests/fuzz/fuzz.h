// SPDX-License-Identifier: MIT
// What the harnesses share (fuzz.c).  Each defines fuzz_start and fuzz_one; libFuzzer or replay.c calls them.
//
// A target treats every exception as an answer: what it looks for are crashes, sanitizer reports, hangs, internal errors
// (SystemError) and broken promises, for which it calls fuzz_wrong.
#ifndef HEDDLE_TESTS_FUZZ_H
#define HEDDLE_TESTS_FUZZ_H
#include "object/bytes.h"
#include "object/misc.h"
#include "object/object.h"

int fuzz_start(Thread *t);                                  // once; -1 with an exception
void fuzz_one(Thread *t, const uint8_t *data, size_t size); // may leave an exception pending

// The function `name` of the Python file FILE.py beside the harnesses, run once as a module.
V fuzz_helper(Thread *t, const char *file, const char *name);
// Calls helper(bytes of the data).
void fuzz_call(Thread *t, V helper, const uint8_t *data, size_t size);
// Ends the process with a message: an input is found.
_Noreturn void fuzz_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

// libFuzzer's two entries, for replay.c too.
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#endif
