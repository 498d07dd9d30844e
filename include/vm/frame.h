// SPDX-License-Identifier: MIT
// Frames of running Python code, and the frame objects that programs see.
//
// A frame is a run of V words on its thread's chunked V stack (or inside a generator object):
//
//        localsplus[0 .. n-1]           arguments first, in the place where the caller pushed them
//        struct Frame                   `f` points here; local i is ((V *)f)[i - n]
//        operand stack [0 .. stacksize-1]
//
// Locals and operands are stack values (owned, U, immediate) or V_NULL.  Everything below `sp` is valid at every
// safepoint, because whatever may reach one stores f->ip and f->sp first.  A frame's func keeps its code, globals and
// builtins alive.  A frame object of a running frame holds no values, only {thread, frame, serial}; when the frame
// returns, its values move there.
#ifndef HEDDLE_VM_FRAME_H
#define HEDDLE_VM_FRAME_H
#include "object/code.h"
#include "object/object.h"

enum { // Frame.kind, bits: what returning from it means besides going on with the caller
    FRAME_PLAIN = 0,     // a Python function called by Python code
    FRAME_ENTRY = 1,     // called from C: returning leaves vm_run
    FRAME_INIT = 2,      // an inlined __init__: the caller gets the instance, which stands in the caller's stack
    FRAME_GENERATOR = 4, // lives in a generator object
    FRAME_OWNS_CHUNK = 8, // the first frame of its chunk
    // A special method called by the instruction it is for (vm/ops_operator.inc).
    FRAME_OPERATOR = 16, // the operands still stand in the caller's stack: NotImplemented goes on with them
    FRAME_LEN = 32,      // the result must be a length
    FRAME_SETITEM = 64,  // the result is nothing
    FRAME_INPLACE = 128, // with FRAME_OPERATOR: `__iadd__`, not `__add__`
    FRAME_RESULTS = FRAME_OPERATOR | FRAME_LEN | FRAME_SETITEM,
};

typedef struct Frame {
    struct Frame *prev;  // the frame that goes on when this one is done; NULL: none
    Code *code;          // borrowed from func
    const Unit *ip;      // the instruction it is at, stored before anything that can look
    V *sp;               // top of the operand stack, stored likewise; while a callee runs: below the consumed operands
    const Slot *consts;  // items of the code's constants
    V func;              // stack value: the Function
    V globals, builtins; // plain, borrowed from func
    V locals;            // stack value: the namespace of a class or module body; in functions what locals() made, or V_NULL
    V object;            // its frame object or V_NULL: a stack value; a suspended generator's Slot
    uint8_t kind;        // FRAME_*
    uint8_t resumed_by;  // generators: GEN_BY_* (vm/gen.h)
    uint16_t advance;    // units to go on when the callee returns: the calling instruction and its caches
    uint32_t serial;     // unique in its thread while it runs; given when a frame object is made
} Frame;
#define FRAME_WORDS ((int)(sizeof(Frame) / sizeof(V)))
_Static_assert(sizeof(Frame) % sizeof(V) == 0, "a frame header is whole words");

static inline V *frame_locals_base(const Frame *f) { return (V *)f - f->code->nlocalsplus; }
static inline V *frame_stack_base(const Frame *f) { return (V *)(f + 1); }
// Byte offset of the current instruction in co_code.
static inline int frame_lasti(const Frame *f) { return (int)(f->ip - code_units(f->code)) * 2; }
int frame_lineno(const Frame *f); // -1: the instruction has no line

typedef struct FrameObject {
    Obj head;
    Frame *frame;       // while it runs, or is a suspended generator's; NULL afterwards.  Owner thread
    Thread *thread;     // the one that runs it
    int lineno;         // while a trace function runs, else 0
    int lasti;          // when finished
    int jump;           // set at a yield: the unit to go on at when the generator is resumed, else 0
    char event;         // while a trace function runs: the first letter of its event, else 0
    bool trace_lines, trace_opcodes; // atomic
    bool locals_seen;   // atomic: f_locals was made: tracing copies it back
    Slot back;          // f_back once finished
    Slot func, code;
    struct Generator *gen; // whose frame this is, as long as `frame` is set; not counted: it clears this when it ends
    Slot locals;        // f_locals once finished
    Slot trace;         // f_trace
    uint32_t nvalues;   // const
    Slot values[];      // once finished: localsplus
} FrameObject;
static inline FrameObject *frame_object_at(V v) { return (FrameObject *)v_obj(v); }

V frame_object_of(Thread *t, Frame *f);            // its frame object, made when needed: stack value
V frame_object_code_borrow(V frame_object);
V frame_locals(Thread *t, Frame *f);               // f_locals: stack value; copies fast locals to the dict
V frame_object_locals(Thread *t, V frame_object);
int frame_locals_to_fast(Thread *t, V frame_object, bool clear); // after a trace function
V frame_object_back(Thread *t, V frame_object);    // stack value, V_NONE when there is none
int frame_object_lineno(Thread *t, V frame_object); // -1: none
// The frame is done: its frame object (if there is one) takes the values.  Consumes locals, func, everything.
void frame_release(Thread *t, Frame *f);

// ---- the thread's V stack -----------------------------------------------------------------------------------------
// A place for a frame of `words` words that does not stand on its caller's operands.  NULL with MemoryError.
V *frame_reserve(Thread *t, size_t words);
void frame_stack_free(Thread *t);                  // the thread ends
void frame_visit_stack(Thread *t, StackVisitor visit, void *arg);
#endif
