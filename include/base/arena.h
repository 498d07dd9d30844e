// SPDX-License-Identifier: MIT
//
// arena.h: bump allocation for data that dies together: tokens, syntax trees, symbol tables, a function being compiled.
//
// Memory comes in chunks from malloc and is handed out by moving a pointer; nothing is freed singly. Every block is
// 16-byte aligned. When memory is exhausted the functions return NULL and the arena stays usable and freeable. An arena
// belongs to one thread at a time.
//
// arena_mark and arena_rewind drop everything allocated in between, which is how a backtracking parser gives up a
// branch.
//
// What is not handed out, or given up, is poisoned; so is what rounding leaves between two blocks.
#ifndef HEDDLE_BASE_ARENA_H
#define HEDDLE_BASE_ARENA_H

#include "base/assert.h"
#include "base/poison.h"

#include <stddef.h>
#include <string.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    char *at, *end;    // the free part of the newest chunk; both NULL before the first allocation
    ArenaChunk *chunk; // newest first
    size_t total;      // bytes asked of malloc so far, chunk headers included
} Arena;

typedef struct ArenaMark {
    ArenaChunk *chunk;
    char *at;
} ArenaMark;

#define ARENA_INIT                                                                                                     \
    (Arena) { NULL, NULL, NULL, 0 }

static inline void arena_init(Arena *arena) { *arena = ARENA_INIT; }

// Frees every chunk; the arena is empty and may be used again.
void arena_free(Arena *arena);

// Not to be called directly: makes room in a new chunk.
MUST_CHECK COLD void *arena_alloc_slow(Arena *arena, size_t size);

// size bytes, uninitialised; a size of 0 gives a pointer that is not NULL.
MUST_CHECK static inline void *arena_alloc(Arena *arena, size_t size) {
    size_t room = (size_t)(arena->end - arena->at);
    if (unlikely(size > room || arena->at == NULL)) return arena_alloc_slow(arena, size);
    char *block = arena->at;
    MEM_UNPOISON(block, size);
    size = (size + 15) & ~(size_t)15;
    arena->at = size <= room ? block + size : arena->end;
    return block;
}

// The same, zeroed.
MUST_CHECK static inline void *arena_zalloc(Arena *arena, size_t size) {
    void *block = arena_alloc(arena, size);
    return block ? memset(block, 0, size) : NULL;
}

// count elements of size bytes, zeroed; NULL also when the product overflows.
MUST_CHECK void *arena_calloc(Arena *arena, size_t count, size_t size);

// A copy of n bytes followed by a NUL, or of a C string.
MUST_CHECK char *arena_strndup(Arena *arena, const char *text, size_t n);
MUST_CHECK char *arena_strdup(Arena *arena, const char *text);

// A copy of n bytes, nothing added.
MUST_CHECK void *arena_memdup(Arena *arena, const void *data, size_t n);

// printf into the arena.
MUST_CHECK char *arena_printf(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

// A block of old_size bytes made new_size long: in place when it is the newest block and there is room, else copied.
// data may be NULL with old_size 0.
MUST_CHECK void *arena_grow(Arena *arena, void *data, size_t old_size, size_t new_size);

ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

// A zeroed T, or count of them.
#define arena_new(arena, T) ((T *)arena_zalloc((arena), sizeof(T)))
#define arena_array(arena, T, count) ((T *)arena_calloc((arena), (count), sizeof(T)))

#endif
