// SPDX-License-Identifier: MIT
// Whether code objects that marshal reads come from the interpreter's own cache files: then release builds take them as
// they are, as CPython does; others go through the verifier (code_check.c), which costs a tenth of an import.
#ifndef HEDDLE_VM_CODE_TRUST_H
#define HEDDLE_VM_CODE_TRUST_H
#include <stdbool.h>
extern _Thread_local bool code_from_cache; // set by the import system around unmarshalling
#endif
