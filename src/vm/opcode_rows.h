// SPDX-License-Identifier: MIT
// What the rows of opcodes.def are written in.  Only for files that include those: the names are short.
#ifndef HEDDLE_VM_OPCODE_ROWS_H
#define HEDDLE_VM_OPCODE_ROWS_H
#include "code/opcode.h"

#define CONST OPF_CONST
#define NAME OPF_NAME
#define LOCAL OPF_LOCAL
#define FREE OPF_FREE
#define JREL OPF_JREL
#define JBACK OPF_JBACK
#define COMPARE OPF_COMPARE
#define NARGS OPF_NARGS
#define ARG OPF_ARG
#define STOP OPF_STOP
#endif
