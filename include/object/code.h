// SPDX-License-Identifier: MIT
// Code objects: what the compiler makes, marshal stores and the machine runs.
//
// co_code is CPython 3.11's encoding (two-byte units, see opcodes.def).  What runs is `units`: one Unit at the same
// index for every code unit, cache entries included, EXTENDED_ARG folded into the argument of the instruction it
// belongs to.  Arguments that index localsplus are stored as the distance below the frame header (nlocalsplus - i).
// The machine rewrites `op` (quickening) and cache units while running; `arg` of an instruction never changes.
// Code is immutable otherwise, but for what a cache file's function keeps in the file until somebody needs it (code_thaw).  Offsets in this interface (lasti, addresses) are bytes in co_code: 2 * unit index.
#ifndef HEDDLE_OBJECT_CODE_H
#define HEDDLE_OBJECT_CODE_H
#include "object/type.h"
#include "code/opcode.h"

typedef struct Unit {
    uint16_t op;  // atomic relaxed: index into the handler table
    uint16_t arg; // const for instructions
} Unit;

enum { // co_flags
    CO_OPTIMIZED = 0x1, CO_NEWLOCALS = 0x2, CO_VARARGS = 0x4, CO_VARKEYWORDS = 0x8, CO_NESTED = 0x10,
    CO_GENERATOR = 0x20, CO_COROUTINE = 0x80, CO_ITERABLE_COROUTINE = 0x100, CO_ASYNC_GENERATOR = 0x200,
    CO_FUTURE_DIVISION = 0x20000, CO_FUTURE_ABSOLUTE_IMPORT = 0x40000, CO_FUTURE_WITH_STATEMENT = 0x80000,
    CO_FUTURE_PRINT_FUNCTION = 0x100000, CO_FUTURE_UNICODE_LITERALS = 0x200000, CO_FUTURE_BARRY_AS_BDFL = 0x400000,
    CO_FUTURE_GENERATOR_STOP = 0x800000, CO_FUTURE_ANNOTATIONS = 0x1000000,
};
enum { CO_FAST_LOCAL = 0x20, CO_FAST_CELL = 0x40, CO_FAST_FREE = 0x80 }; // bytes of localspluskinds

typedef struct Code {
    Obj head;
    // -- what a call reads --------------------------------------------------------------------------------------
    Unit *units;          // n_units of them, 8-aligned; owned.  NULL until the code first runs: atomic, set once (code_ready)
    const Unit *entry;    // where a quick call begins: behind a RESUME that comes first; set with units
    const Slot *const_items; // items of consts
    const Slot *name_items;  // items of names
    int32_t nlocalsplus;  // locals, then cells that are no arguments, then free variables
    int32_t stacksize;
    int32_t argcount;     // positional parameters, positional-only ones included
    int32_t flags;        // CO_*
    int32_t posonlyargcount, kwonlyargcount;
    int32_t nlocals, ncellvars, nfreevars; // ncellvars counts cells that are arguments too
    int32_t nparams;      // argcount + kwonlyargcount + one each for *args and **kwargs
    int32_t frame_size;   // V words of a frame: nlocalsplus + header + stacksize
    int32_t simple_args;  // call_args once there are units, -1 before: what quick calls go by.  Atomic: release behind entry
    int32_t call_args;    // argcount when there are no other parameters and the locals are fast; else -1
    // -- the rest -------------------------------------------------------------------------------------------------
    int32_t n_units;
    int32_t firstlineno;
    int32_t declared_stacksize; // co_stacksize; stacksize is at least what the code needs
    Slot consts;          // tuple
    Slot names;           // tuple of interned str
    Slot localsplusnames; // tuple of interned str
    Slot localspluskinds; // bytes
    Slot filename, name, qualname; // str
    Slot linetable;       // bytes: CPython 3.11's location table
    Slot exceptiontable;  // bytes: CPython 3.11's exception table
    Slot code;            // bytes: co_code as given
    Slot frozen;          // bytes of a cache file: code, consts, names, localsplusnames, linetable and exceptiontable are
    uint32_t frozen_at, frozen_size; // still in there; V_NULL: here (release, behind them)
    Slot varnames, cellvars, freevars; // tuples made on demand, or V_NULL
    struct CodeRecord *records; // immutable cache records made by specialisation (vm/specialise.c); freed with the code
    int64_t hash;         // 0: not computed
} Code;
static inline Code *code_of(V v) { return (Code *)v_obj(v); }
// The units of code that is ready.  Another thread that came too late may still be trying to set them.
static inline Unit *code_units(const Code *c) { return at_load_relaxed(&c->units); }

typedef struct CodeArgs { // everything borrowed
    int argcount, posonlyargcount, kwonlyargcount, stacksize, flags, firstlineno;
    V code;            // bytes: co_code
    V consts, names;   // tuples (names are interned by code_new)
    V localsplusnames; // tuple of str
    V localspluskinds; // bytes, one a name
    V filename, name, qualname; // str
    V linetable, exceptiontable; // bytes
    bool trusted;      // made by the compiler, here or in the cache: checked in debug builds only
} CodeArgs;

// A code object; ValueError/TypeError for sizes that do not fit together or code that is no instruction stream.
V code_new(Thread *t, const CodeArgs *args);
// What a cache file (bytes) holds from `start`: our compiler's work.  Most functions of a program never run, so theirs
// keep only what MAKE_FUNCTION needs and remember where in the file the rest is.
V code_unmarshal(Thread *t, V file, size_t start);
// A function's code as cache files hold it: args without code, consts, names, localsplusnames, linetable, exceptiontable.
V code_new_frozen(Thread *t, const CodeArgs *args, V file, size_t at, size_t size);
// Those six, read from the file: stack values in args.  0/-1 with nothing in args.
int code_unmarshal_rest(Thread *t, V file, size_t at, size_t size, CodeArgs *args);
void code_args_drop_rest(Thread *t, CodeArgs *args);
int code_thaw_slow(Thread *t, Code *code);
// Before anything looks at those six (a frame's code has them): 0/-1 with what reading them raised.
static inline int code_thaw(Thread *t, Code *code) { return slot_peek(&code->frozen) == V_NULL ? 0 : code_thaw_slow(t, code); }
// A function's __doc__ (a stack value): what was assigned, else its first code's.
V function_doc(Thread *t, V func);
// An empty code object that has only a name and a line: for tracebacks through C (and tests).
V code_new_empty(Thread *t, const char *filename, const char *name, int firstlineno);

// Where an instruction comes from.  Lines are 1-based, columns byte offsets; -1: unknown.
typedef struct CodePosition { int line, end_line, col, end_col; } CodePosition;
int code_addr_to_line(V code, int addr); // addr < 0: the first line.  -1: the instruction has no line
CodePosition code_addr_to_position(V code, int addr);

// Walks the location table entry by entry.
typedef struct CodeLocations {
    const uint8_t *p, *end;
    int start, stop; // byte addresses of the current entry
    int computed_line;
    CodePosition at;
} CodeLocations;
void code_locations_start(V code, CodeLocations *it);
V code_table_without_columns(Thread *t, V code); // its location table as -X no_debug_ranges wants it: bytes
bool code_locations_next(CodeLocations *it); // false at the end

// The handler for an exception raised by the instruction at byte address addr.
typedef struct CodeHandler { int target, depth; bool push_lasti; } CodeHandler; // target: byte address
bool code_find_handler(const Code *code, int addr, CodeHandler *out);

V code_varnames(Thread *t, V code); // tuples, stack values
V code_cellvars(Thread *t, V code);
V code_freevars(Thread *t, V code);
static inline V code_local_name_borrow(const Code *code, int i);
static inline uint8_t code_local_kind(const Code *code, int i);

#include "object/bytes.h"
#include "object/tuple.h"
static inline V code_local_name_borrow(const Code *code, int i) { return tuple_borrow(slot_peek(&code->localsplusnames), (size_t)i); }
static inline uint8_t code_local_kind(const Code *code, int i) { return (uint8_t)bytes_data(slot_peek(&code->localspluskinds))[i]; }
#endif
