// SPDX-License-Identifier: MIT
//
// arena.c: see base/arena.h. Chunks double from 8 KiB to 256 KiB, so that a one-line program costs one small malloc and
// the waste at the end of chunks stays a small part of a large tree. A block over half the next chunk gets a chunk of
// its own, which goes behind the newest one so that the room left there is still used.
#include "base/arena.h"
#include "base/bits.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_FIRST_CHUNK = 8 << 10, ARENA_LARGEST_CHUNK = 256 << 10 };

struct ArenaChunk {
    ArenaChunk *older;
    char *end;
    size_t size; // as asked of malloc
    size_t pad;
    char data[];
};
_Static_assert(offsetof(ArenaChunk, data) % 16 == 0, "blocks are 16-byte aligned");

static ArenaChunk *chunk_new(Arena *arena, size_t size) {
    ArenaChunk *chunk = malloc(size);
    if (chunk == NULL) return NULL;
    chunk->end = (char *)chunk + size;
    chunk->size = size;
    arena->total += size;
    MEM_POISON(chunk->data, (size_t)(chunk->end - chunk->data));
    return chunk;
}

void arena_free(Arena *arena) {
    for (ArenaChunk *chunk = arena->chunk, *older; chunk; chunk = older) {
        older = chunk->older;
        free(chunk);
    }
    arena_init(arena);
}

static void *alloc_own_chunk(Arena *arena, size_t size, size_t asked) {
    ArenaChunk *chunk = chunk_new(arena, sizeof(ArenaChunk) + size);
    if (chunk == NULL) return NULL;
    MEM_UNPOISON(chunk->data, asked);
    (void)asked;
    chunk->older = arena->chunk->older;
    arena->chunk->older = chunk;
    return chunk->data;
}

void *arena_alloc_slow(Arena *arena, size_t size) {
    if (size > PTRDIFF_MAX / 2) return NULL;
    size_t asked = size;
    size = align_up(size ? size : 1, 16);
    size_t chunk_size = ARENA_FIRST_CHUNK;
    while (chunk_size < arena->total && chunk_size < ARENA_LARGEST_CHUNK) chunk_size *= 2;
    if (size > chunk_size / 2) {
        if (arena->chunk) return alloc_own_chunk(arena, size, asked);
        chunk_size = sizeof(ArenaChunk) + size;
    }
    ArenaChunk *chunk = chunk_new(arena, chunk_size);
    if (chunk == NULL) return NULL;
    chunk->older = arena->chunk;
    arena->chunk = chunk;
    arena->at = chunk->data + size;
    arena->end = chunk->end;
    MEM_UNPOISON(chunk->data, asked);
    return chunk->data;
}

void *arena_calloc(Arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (size_mul_overflow(count, size, &bytes)) return NULL;
    return arena_zalloc(arena, bytes);
}

void *arena_memdup(Arena *arena, const void *data, size_t n) {
    void *copy = arena_alloc(arena, n);
    if (copy && n) memcpy(copy, data, n);
    return copy;
}

char *arena_strndup(Arena *arena, const char *text, size_t n) {
    size_t size;
    if (size_add_overflow(n, 1, &size)) return NULL;
    char *copy = arena_alloc(arena, size);
    if (copy == NULL) return NULL;
    if (n) memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *arena_strdup(Arena *arena, const char *text) { return arena_strndup(arena, text, strlen(text)); }

char *arena_printf(Arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0) return NULL;
    char *text = arena_alloc(arena, (size_t)n + 1);
    if (text == NULL) return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)n + 1, format, arguments);
    va_end(arguments);
    return text;
}

void *arena_grow(Arena *arena, void *data, size_t old_size, size_t new_size) {
    if (new_size <= old_size && data) return data;
    if (data && new_size <= PTRDIFF_MAX / 2 && (char *)data + align_up(old_size, 16) == arena->at) {
        size_t extra = align_up(new_size, 16) - align_up(old_size, 16);
        if (extra <= (size_t)(arena->end - arena->at)) {
            arena->at += extra;
            MEM_UNPOISON(data, new_size);
            return data;
        }
    }
    void *copy = arena_alloc(arena, new_size);
    if (copy && old_size) memcpy(copy, data, old_size);
    return copy;
}

ArenaMark arena_mark(const Arena *arena) { return (ArenaMark){arena->chunk, arena->at}; }

// Chunks newer than the mark go. Blocks with a chunk of their own that stand behind the marked chunk stay until the
// end: they cannot be told from those that were there before, and are rare.
void arena_rewind(Arena *arena, ArenaMark mark) {
    while (arena->chunk != mark.chunk) {
        ArenaChunk *older = arena->chunk->older;
        arena->total -= arena->chunk->size;
        free(arena->chunk);
        arena->chunk = older;
    }
    arena->at = mark.at;
    arena->end = mark.chunk ? mark.chunk->end : NULL;
    if (mark.chunk) MEM_POISON(arena->at, (size_t)(arena->end - arena->at));
}
