// SPDX-License-Identifier: MIT
// Generators, coroutines and asynchronous generators.
//
// The frame stands in the object: resuming is a switch of frames, not a C call.  state says who may touch it:
//
//        CREATED --resume--> RUNNING --yield--> SUSPENDED --resume--> RUNNING --return, raise--> DONE
//        (CAS, acquire; the loser raises "generator already executing")   (store, release)
//
//        SUSPENDED --gen_yield_from of a SHARED one--> LOOKED_AT --> SUSPENDED     others wait: a few instructions
//
// A suspended frame holds counted references and immediates, never U, so that its words are traversed like Slots.
#ifndef HEDDLE_VM_GEN_H
#define HEDDLE_VM_GEN_H
#include "vm/frame.h"

enum { GEN_CREATED, GEN_SUSPENDED, GEN_RUNNING, GEN_DONE, GEN_LOOKED_AT };
enum { // Frame.resumed_by: what to do with what it yields or returns
    GEN_BY_C,        // gen_resume: leave vm_run
    GEN_BY_FOR_ITER, // push the item, or drop the iterator and jump
    GEN_BY_SEND,     // replace the operand
};

typedef struct Generator {
    Obj head;
    uint32_t state;      // atomic: GEN_*
    bool hooks_inited, closed, running_async; // asynchronous generators
    bool never_awaited_checked;
    ExcItem exc;         // exceptions it is handling; linked into the thread's stack while it runs
    Slot name, qualname, code;
    Slot origin;         // coroutines: cr_origin; asynchronous generators: the finalizer hook; V_NULL
    Frame *frame;        // in words; const
    bool *yielded;       // resumed by C: set when it comes back by a yield
    V *base;             // while it runs: where frames called from it may stand
    FrameObject *seen;   // its frame object or NULL, not counted (frame->object is): whichever dies first clears the other's
    V words[];           // localsplus, Frame, operand stack
} Generator;
static inline Generator *gen_of(V v) { return (Generator *)v_obj(v); }
static inline bool v_is_generator(V v) { return v_is_exact(v, &generator_type); }
static inline bool v_is_coroutine(V v) { return v_is_exact(v, &coroutine_type); }
static inline bool v_is_async_generator(V v) { return v_is_exact(v, &async_generator_type); }

// Resumes with a value.  SEND_NEXT: *result is what it yielded; SEND_RETURN: what it returned; SEND_ERROR.
int gen_send(Thread *t, V gen, V value, V *result);
// gen.throw; value and traceback V_NULL when not given.  V_ERROR also for the StopIteration of a return.
V gen_throw(Thread *t, V gen, V type, V value, V traceback);
int gen_close(Thread *t, V gen);
// What it is delegating to (suspended in yield from or await), a stack value; or V_NULL.
V gen_yield_from(Thread *t, Generator *g);
// The iterator that `await v` drives: TypeError "object X can't be used in 'await' expression".
V awaitable_iter(Thread *t, V v);
V async_gen_wrap(Thread *t, V value);      // marks an item (ASYNC_GEN_WRAP)
V async_gen_anext(Thread *t, V agen);      // the awaitable of __anext__
V anext_awaitable_new(Thread *t, V awaitable, V fallback); // anext(it, default)
V anext_awaitable_new(Thread *t, V awaitable, V fallback); // anext(it, fallback)
#endif
