// SPDX-License-Identifier: MIT
// Shared by gen.c, gen_types.c and async_generator.c.
#ifndef HEDDLE_VM_GEN_PRIVATE_H
#define HEDDLE_VM_GEN_PRIVATE_H
#include "vm_private.h"
#include "object/exceptions.h"
#include "object/misc.h"
#include "object/plain.h"

// Like gen_throw; without close_on_exit a GeneratorExit goes to what is delegated to by its throw, not its close.
// As gen_send: SEND_*, and what came out.
int gen_throw_step(Thread *t, V gen, bool close_on_exit, V type, V value, V traceback, V *result);
// What send and next return to Python: the value, or StopIteration raised.
V gen_result(Thread *t, int how, V value);
int gen_finalize(Thread *t, V gen);       // at death: close, or say that it was never awaited
void gen_destroy(Thread *t, Obj *o);
void gen_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
V gen_repr(Thread *t, V self);
V gen_next(Thread *t, V self);
V gen_finalize_slot(Thread *t, V self);
int async_gen_finalize(Thread *t, V gen); // hands it to the event loop; 0: there is no hook
extern const Method gen_methods[];
NATIVE(gen_throw_method);
NATIVE(gen_close_method);
NATIVE(gen_send_method);
#endif
