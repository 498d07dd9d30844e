// SPDX-License-Identifier: MIT
// The traces of module _tracemalloc: which blocks of memory there are, and where in the program they were allocated.
#ifndef HEDDLE_MODULES_TRACEMALLOC_PRIVATE_H
#define HEDDLE_MODULES_TRACEMALLOC_PRIVATE_H
#include "object/misc.h"

enum { TRACE_MOST_FRAMES = 65535 };

typedef struct TraceFrame {
    uint32_t name; // number of the file name
    int32_t lineno; // 0: none
} TraceFrame;

typedef struct TraceStack { // newest frame first; const
    uint64_t hash;
    uint32_t n, total; // frames here; frames there were, no more than TRACE_MOST_FRAMES
    TraceFrame frames[];
} TraceStack;

typedef struct TraceName { // text of a file name, copied: a trace refers to no object; const
    uint64_t hash;
    size_t len;
    int kind;
    void *units;
} TraceName;

typedef struct TraceBlock {
    uintptr_t address; // 0: a free place of the table
    size_t size;
    uint32_t stack;    // number of the stack
} TraceBlock;

typedef struct TraceStore TraceStore;

// What was there at one moment, to be read at leisure: names and stacks stay until it is freed.  C memory of its own.
typedef struct TraceView {
    TraceStore *store;
    TraceName *names;
    TraceStack **stacks;
    TraceBlock *blocks;
    size_t nnames, nstacks, nblocks;
} TraceView;

typedef struct TraceFigures { // bytes
    size_t current, peak, own;
} TraceFigures;

bool trace_start(int frames); // false: no memory.  Nothing happens when it is on already
void trace_stop(void);
bool trace_is_on(void);
int trace_limit(void); // frames a stack may have
bool trace_clear(void); // forgets all blocks; false: no memory
void trace_figures(TraceFigures *figures);
void trace_reset_peak(void);
// Everything, or the block at `address` alone (none when it is not known).  false: no memory.
bool trace_view(TraceView *view, uintptr_t address);
void trace_view_free(TraceView *view);
#endif
