// SPDX-License-Identifier: MIT
// Chunked lists of pointers: they grow without moving, and whole lists change hands by two pointers.  Stacks of objects.
#include "sync.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void threading_fatal(const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    fputs("Fatal Python error: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    abort();
}

static PtrChunk *chunk_new(uint32_t room) {
    PtrChunk *chunk = malloc(sizeof *chunk + room * sizeof(void *));
    if (!chunk) threading_fatal("out of memory in the bookkeeping of shared objects");
    chunk->next = chunk->prev = NULL;
    chunk->n = 0;
    chunk->room = room;
    return chunk;
}

void ptrlist_push(PtrList *list, void *p) {
    PtrChunk *chunk = list->last;
    if (!chunk || chunk->n == chunk->room) {
        PtrChunk *fresh = chunk_new(chunk ? PTR_CHUNK : PTR_FIRST);
        fresh->prev = chunk;
        if (chunk) chunk->next = fresh;
        else list->first = fresh;
        list->last = chunk = fresh;
    }
    chunk->items[chunk->n++] = p;
    list->count++;
}

// The last item; NULL when there is none.
void *ptrlist_pop(PtrList *list) {
    if (!list->count) return NULL;
    PtrChunk *chunk = list->last;
    void *p = chunk->items[--chunk->n];
    list->count--;
    if (chunk->n) return p;
    list->last = chunk->prev;
    if (list->last) list->last->next = NULL;
    else list->first = NULL;
    free(chunk);
    return p;
}

void ptrlist_append(PtrList *to, PtrList *from) {
    if (!from->first) return;
#if HEDDLE_DEBUG_CHECKS
    ptrlist_close(to, &from->closed);
#endif
    if (to->last && from->count <= PTR_FIRST && from->first == from->last) { // few: their chunks must not pile up
        for (uint32_t i = 0; i < from->first->n; i++) ptrlist_push(to, from->first->items[i]);
        to->bytes += from->bytes;
        ptrlist_free(from);
        return;
    }
    from->first->prev = to->last;
    if (to->last) to->last->next = from->first;
    else to->first = from->first;
    to->last = from->last;
    to->count += from->count;
    to->bytes += from->bytes;
    *from = (PtrList){0};
}

void ptrlist_free(PtrList *list) {
    for (PtrChunk *chunk = list->first, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *list = (PtrList){0};
}

// ---- stacks -----------------------------------------------------------------------------------------------------------
void objstack_grow(ObjStack *stack) {
    size_t cap = stack->cap ? stack->cap * 2 : 64;
    Obj **grown = realloc(stack->at, cap * sizeof *grown);
    if (!grown) threading_fatal("out of memory in the bookkeeping of objects");
    stack->at = grown;
    stack->cap = cap;
}

void objstack_free(ObjStack *stack) {
    free(stack->at);
    *stack = (ObjStack){0};
}
