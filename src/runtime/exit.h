// SPDX-License-Identifier: MIT
// What start-up tells the end of a program.
#ifndef HEDDLE_RUNTIME_EXIT_H
#define HEDDLE_RUNTIME_EXIT_H
#include "object/object.h"

void exit_note_own_names(Thread *t); // what builtins and sys hold by now is no program's
#endif
