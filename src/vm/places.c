// SPDX-License-Identifier: MIT
// The text of a place in Python code, for ThreadSanitizer (places.h).
//
// It asks in the middle of a report, with its own locks held: nothing here that it would ask about is instrumented, and what
// is read are copies, as the code object may be gone.
#include "places.h"

#if HEDDLE_TSAN
#include "object/str.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct Place { // const once it is in the list
    struct Place *next; // an older one
    const Unit *units;
    int n_units;
    char *function, *file;
    int lines[]; // one a unit; -1: none
} Place;
static Place *places; // atomic: newest first, because memory is used again

static char *copy_of(V text) {
    size_t n = str_len(text);
    char *copy = malloc(n + 1);
    for (size_t i = 0; copy && i < n; i++) copy[i] = str_at(text, i) < 127 ? (char)str_at(text, i) : '?';
    if (copy) copy[n] = '\0';
    return copy;
}

void places_note(const Code *c, const Unit *units) {
    Place *p = malloc(sizeof *p + (size_t)c->n_units * sizeof p->lines[0]);
    if (!p) return; // the report shows one line less
    p->units = units;
    p->n_units = c->n_units;
    p->function = copy_of(slot_peek(&c->qualname));
    p->file = copy_of(slot_peek(&c->filename));
    CodeLocations it;
    code_locations_start(v_from((Obj *)(uintptr_t)&c->head), &it);
    for (int i = 0; i < c->n_units; i++) {
        while (i * 2 >= it.stop && code_locations_next(&it)) { }
        p->lines[i] = i * 2 < it.stop ? it.at.line : -1;
    }
    p->next = at_load_acquire(&places);
    while (!at_cas_acq_rel(&places, &p->next, p)) { }
}

__attribute__((no_sanitize("thread"))) static const Place *place_find(const Unit *ip) {
    const Place *p = __atomic_load_n(&places, __ATOMIC_RELAXED);
    while (p && !(ip >= p->units && ip < p->units + p->n_units)) p = p->next;
    return p;
}

__attribute__((no_sanitize("thread"))) static void put(char *to, uintptr_t room, const char *text) {
    uintptr_t i = 0;
    for (; text && i + 1 < room && text[i]; i++) to[i] = text[i];
    if (room) to[i] = '\0';
}

// ThreadSanitizer's question (it has a weak answer of its own, "none"); 1: answered.
__attribute__((no_sanitize("thread"), visibility("default"))) int __tsan_symbolize_external(uintptr_t pc, char *function,
    uintptr_t function_room, char *file, uintptr_t file_room, int *line, int *column);
int __tsan_symbolize_external(uintptr_t pc, char *function, uintptr_t function_room, char *file, uintptr_t file_room, int *line,
                              int *column) {
    const Unit *ip = (const Unit *)(pc & ~PLACE_BIT);
    const Place *p = place_find(ip);
    if (!p) return 0;
    put(function, function_room, p->function);
    put(file, file_room, p->file);
    *line = p->lines[ip - p->units];
    *column = 0;
    return 1;
}
#endif
