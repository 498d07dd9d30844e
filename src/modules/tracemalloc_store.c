// SPDX-License-Identifier: MIT
// Tracing of allocations: told of each block when it comes and goes (threading/heap.h, MemTracer), it keeps a table of
// blocks, each with the number of a stack of frames, whose file names are numbers, too.
//
// All is in C memory that is not traced itself, under lock_memtrace, the last of the ranks: whoever allocates or frees may
// hold any other.  Stacks and names are made once and stay as long as their store.  clear and stop begin or leave a store;
// who still reads the old one (TraceView) keeps it.  Start with block_allocated.
#include "tracemalloc_private.h"

#include "runtime/runtime.h"
#include "threading/mutex.h"
#include "vm/vm.h"

#include <stdlib.h>

enum { NO_NUMBER = 0xffffffff }; // no memory

typedef struct Numbers { // an open hash table of numbers + 1; 0 is a free place
    uint32_t *at;
    size_t mask;
} Numbers;

struct TraceStore {
    size_t users; // one for being in use, and one for each view; under lock_memtrace, as all of this
    TraceName *names;
    TraceStack **stacks;
    uint32_t nnames, nstacks, name_room, stack_room;
    Numbers names_by_text, stacks_by_frames;
    TraceBlock *blocks; // an open hash table by address
    size_t nblocks, block_mask;
    size_t current, peak, own; // bytes traced, the most there were, used for this
};

static TraceStore *store;   // NULL: off
static TraceStack *scratch; // room for a stack of `limit` frames
static int limit = 1;

// ---- memory -----------------------------------------------------------------------------------------------------------
static void *own_alloc(TraceStore *s, size_t size) {
    void *p = calloc(1, size);
    if (p) s->own += size;
    return p;
}

// Twice the room for numbered things of `size` bytes.
static bool own_grow(TraceStore *s, void **array, uint32_t *room, size_t size) {
    uint32_t wanted = *room ? *room * 2 : 64;
    void *grown = realloc(*array, wanted * size);
    if (!grown) return false;
    s->own += (wanted - *room) * size;
    *array = grown;
    *room = wanted;
    return true;
}

static void store_release(TraceStore *s) {
    if (!s || --s->users) return;
    for (uint32_t i = 0; i < s->nnames; i++) free(s->names[i].units);
    for (uint32_t i = 0; i < s->nstacks; i++) free(s->stacks[i]);
    free(s->names);
    free(s->stacks);
    free(s->names_by_text.at);
    free(s->stacks_by_frames.at);
    free(s->blocks);
    free(s);
}

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

// ---- names and stacks -------------------------------------------------------------------------------------------------
static uint64_t name_hash(const TraceStore *s, uint32_t i) { return s->names[i].hash; }
static uint64_t stack_hash(const TraceStore *s, uint32_t i) { return s->stacks[i]->hash; }

// Room in `numbers` for one more than n.
static bool numbers_reserve(TraceStore *s, Numbers *numbers, uint32_t n, uint64_t (*hash)(const TraceStore *, uint32_t)) {
    if (numbers->at && n * (size_t)2 <= numbers->mask) return true;
    size_t size = numbers->at ? (numbers->mask + 1) * 2 : 128;
    Numbers grown = {own_alloc(s, size * sizeof *grown.at), size - 1};
    if (!grown.at) return false;
    for (uint32_t number = 0; number < n; number++) {
        size_t i = hash(s, number) & grown.mask;
        while (grown.at[i]) i = (i + 1) & grown.mask;
        grown.at[i] = number + 1;
    }
    if (numbers->at) s->own -= (numbers->mask + 1) * sizeof *numbers->at;
    free(numbers->at);
    *numbers = grown;
    return true;
}

static uint32_t name_add(TraceStore *s, const TraceName *name, size_t place) {
    if (s->nnames == s->name_room && !own_grow(s, (void **)&s->names, &s->name_room, sizeof *s->names)) return NO_NUMBER;
    size_t bytes = name->len * (size_t)name->kind;
    TraceName copy = *name;
    copy.units = own_alloc(s, bytes + 1);
    if (!copy.units) return NO_NUMBER;
    memcpy(copy.units, name->units, bytes);
    s->names[s->nnames] = copy;
    s->names_by_text.at[place] = ++s->nnames;
    return s->nnames - 1;
}

static uint32_t name_number(TraceStore *s, const TraceName *name) {
    if (!numbers_reserve(s, &s->names_by_text, s->nnames, name_hash)) return NO_NUMBER;
    size_t i = name->hash & s->names_by_text.mask;
    for (; s->names_by_text.at[i]; i = (i + 1) & s->names_by_text.mask) {
        uint32_t number = s->names_by_text.at[i] - 1;
        const TraceName *old = &s->names[number];
        if (old->hash == name->hash && old->len == name->len && old->kind == name->kind &&
            memcmp(old->units, name->units, name->len * (size_t)name->kind) == 0)
            return number;
    }
    return name_add(s, name, i);
}

static uint32_t stack_add(TraceStore *s, const TraceStack *stack, size_t bytes, size_t place) {
    if (s->nstacks == s->stack_room && !own_grow(s, (void **)&s->stacks, &s->stack_room, sizeof *s->stacks)) return NO_NUMBER;
    TraceStack *copy = own_alloc(s, bytes);
    if (!copy) return NO_NUMBER;
    memcpy(copy, stack, bytes);
    s->stacks[s->nstacks] = copy;
    s->stacks_by_frames.at[place] = ++s->nstacks;
    return s->nstacks - 1;
}

static uint32_t stack_number(TraceStore *s, const TraceStack *stack) {
    if (!numbers_reserve(s, &s->stacks_by_frames, s->nstacks, stack_hash)) return NO_NUMBER;
    size_t bytes = sizeof *stack + stack->n * sizeof stack->frames[0], i = stack->hash & s->stacks_by_frames.mask;
    for (; s->stacks_by_frames.at[i]; i = (i + 1) & s->stacks_by_frames.mask) {
        uint32_t number = s->stacks_by_frames.at[i] - 1;
        const TraceStack *old = s->stacks[number];
        if (old->hash == stack->hash && old->n == stack->n && memcmp(old, stack, bytes) == 0) return number;
    }
    return stack_add(s, stack, bytes, i);
}

// ---- where the thread is ------------------------------------------------------------------------------------------------
static bool frame_describe(TraceStore *s, const Frame *f, TraceFrame *frame) {
    V filename = slot_peek(&f->code->filename);
    TraceName name = {(uint64_t)str_hash(filename), str_len(filename), str_kind(filename), str_data(filename)};
    int lineno = frame_lineno(f);
    *frame = (TraceFrame){name_number(s, &name), lineno < 0 ? 0 : lineno};
    return frame->name != NO_NUMBER;
}

static uint32_t stack_of_thread(TraceStore *s, const Thread *t) {
    static const char nowhere[] = "<unknown>";
    uint32_t n = 0, total = 0;
    for (const Frame *f = t->frame; f; f = f->prev) {
        if (n < (uint32_t)limit && !frame_describe(s, f, &scratch->frames[n++])) return NO_NUMBER;
        if (total < TRACE_MOST_FRAMES) total++;
    }
    if (n == 0) {
        TraceName name = {1, sizeof nowhere - 1, 1, (void *)(uintptr_t)nowhere};
        scratch->frames[0] = (TraceFrame){name_number(s, &name), 0};
        if (scratch->frames[0].name == NO_NUMBER) return NO_NUMBER;
        n = total = 1;
    }
    uint64_t hash = mix(n, total);
    for (uint32_t i = 0; i < n; i++) hash = mix(hash, (uint64_t)scratch->frames[i].name << 32 | (uint32_t)scratch->frames[i].lineno);
    scratch->hash = hash;
    scratch->n = n;
    scratch->total = total;
    return stack_number(s, scratch);
}

// ---- blocks -----------------------------------------------------------------------------------------------------------
static size_t block_home(const TraceStore *s, uintptr_t address) { return mix(0, address) & s->block_mask; }

static TraceBlock *block_place(const TraceStore *s, uintptr_t address) {
    size_t i = block_home(s, address);
    while (s->blocks[i].address && s->blocks[i].address != address) i = (i + 1) & s->block_mask;
    return &s->blocks[i];
}

static bool blocks_reserve(TraceStore *s) {
    if (s->blocks && s->nblocks * 2 <= s->block_mask) return true;
    size_t size = s->blocks ? (s->block_mask + 1) * 2 : 1024, old_size = s->blocks ? s->block_mask + 1 : 0;
    TraceBlock *old = s->blocks, *fresh = own_alloc(s, size * sizeof *fresh);
    if (!fresh) return false;
    s->blocks = fresh;
    s->block_mask = size - 1;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].address) *block_place(s, old[i].address) = old[i];
    s->own -= old_size * sizeof *old;
    free(old);
    return true;
}

static void block_remove(TraceStore *s, TraceBlock *block) {
    s->current -= block->size;
    s->nblocks--;
    size_t gap = (size_t)(block - s->blocks);
    for (size_t i = (gap + 1) & s->block_mask; s->blocks[i].address; i = (i + 1) & s->block_mask) {
        size_t home = block_home(s, s->blocks[i].address);
        if (((i - home) & s->block_mask) < ((i - gap) & s->block_mask)) continue;
        s->blocks[gap] = s->blocks[i];
        gap = i;
    }
    s->blocks[gap].address = 0;
}

static bool block_enter(TraceStore *s, const Thread *t, uintptr_t address, size_t size) {
    uint32_t stack = stack_of_thread(s, t);
    if (stack == NO_NUMBER || !blocks_reserve(s)) return false;
    TraceBlock *block = block_place(s, address);
    if (block->address) s->current -= block->size; // it went while tracing was just being switched on or off
    else s->nblocks++;
    *block = (TraceBlock){address, size, stack};
    s->current += size;
    if (s->current > s->peak) s->peak = s->current;
    return true;
}

static bool block_allocated(Thread *t, const void *block, size_t size) {
    rt_mutex_lock(&lock_memtrace);
    bool done = !store || block_enter(store, t, (uintptr_t)block, size);
    rt_mutex_unlock(&lock_memtrace);
    return done;
}

static void block_freed(const void *address) {
    rt_mutex_lock(&lock_memtrace);
    TraceBlock *block = store && store->blocks ? block_place(store, (uintptr_t)address) : NULL;
    if (block && block->address) block_remove(store, block);
    rt_mutex_unlock(&lock_memtrace);
}

// ---- on and off -------------------------------------------------------------------------------------------------------
static const MemTracer tracer = {block_allocated, block_freed};

static TraceStore *store_new(void) {
    TraceStore *s = calloc(1, sizeof *s);
    if (s) *s = (TraceStore){.users = 1, .own = sizeof *s};
    return s;
}

bool trace_is_on(void) {
    rt_mutex_lock(&lock_memtrace);
    bool on = store != NULL;
    rt_mutex_unlock(&lock_memtrace);
    return on;
}

bool trace_start(int frames) {
    TraceStore *fresh = store_new();
    TraceStack *room = calloc(1, sizeof *room + (size_t)frames * sizeof room->frames[0]);
    bool on = fresh && room;
    rt_mutex_lock(&lock_memtrace);
    if (on && !store) {
        store = fresh;
        scratch = room;
        limit = frames;
        fresh = NULL;
        room = NULL;
        mem_trace(&tracer);
    }
    rt_mutex_unlock(&lock_memtrace);
    free(fresh);
    free(room);
    vm_note_places(trace_is_on());
    return on;
}

void trace_stop(void) {
    rt_mutex_lock(&lock_memtrace);
    mem_trace(NULL);
    store_release(store);
    store = NULL;
    free(scratch);
    scratch = NULL;
    rt_mutex_unlock(&lock_memtrace);
    vm_note_places(trace_is_on());
}

bool trace_clear(void) {
    TraceStore *fresh = store_new();
    if (!fresh) return false;
    rt_mutex_lock(&lock_memtrace);
    if (store) {
        store_release(store);
        store = fresh;
        fresh = NULL;
    }
    rt_mutex_unlock(&lock_memtrace);
    free(fresh);
    return true;
}

int trace_limit(void) {
    rt_mutex_lock(&lock_memtrace);
    int frames = limit;
    rt_mutex_unlock(&lock_memtrace);
    return frames;
}

void trace_figures(TraceFigures *figures) {
    rt_mutex_lock(&lock_memtrace);
    *figures = store ? (TraceFigures){store->current, store->peak, store->own} : (TraceFigures){0};
    rt_mutex_unlock(&lock_memtrace);
}

void trace_reset_peak(void) {
    rt_mutex_lock(&lock_memtrace);
    if (store) store->peak = store->current;
    rt_mutex_unlock(&lock_memtrace);
}

// ---- views ------------------------------------------------------------------------------------------------------------
static void *copy_of(const void *p, size_t size) {
    void *copy = malloc(size ? size : 1);
    if (copy && size) memcpy(copy, p, size);
    return copy;
}

static void view_blocks(TraceView *view, const TraceStore *s, uintptr_t address) {
    if (address) {
        const TraceBlock *block = s->blocks ? block_place(s, address) : NULL;
        if (block && block->address) view->blocks[view->nblocks++] = *block;
        return;
    }
    for (size_t i = 0; s->blocks && i <= s->block_mask; i++)
        if (s->blocks[i].address) view->blocks[view->nblocks++] = s->blocks[i];
}

static bool view_fill(TraceView *view, TraceStore *s, uintptr_t address) {
    view->names = copy_of(s->names, s->nnames * sizeof *s->names);
    view->stacks = copy_of(s->stacks, s->nstacks * sizeof(TraceStack *));
    view->blocks = malloc((address ? 1 : s->nblocks + 1) * sizeof *view->blocks);
    if (!view->names || !view->stacks || !view->blocks) return false;
    view_blocks(view, s, address);
    view->nnames = s->nnames;
    view->nstacks = s->nstacks;
    view->store = s;
    s->users++;
    return true;
}

bool trace_view(TraceView *view, uintptr_t address) {
    *view = (TraceView){0};
    rt_mutex_lock(&lock_memtrace);
    bool done = !store || view_fill(view, store, address);
    rt_mutex_unlock(&lock_memtrace);
    if (!done) trace_view_free(view);
    return done;
}

void trace_view_free(TraceView *view) {
    free(view->names);
    free(view->stacks);
    free(view->blocks);
    rt_mutex_lock(&lock_memtrace);
    store_release(view->store);
    rt_mutex_unlock(&lock_memtrace);
    *view = (TraceView){0};
}
