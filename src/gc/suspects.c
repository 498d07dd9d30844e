// SPDX-License-Identifier: MIT
// Trial deletion: which of the objects that a collection suspects are referred to by none but one another.
//
// Each suspect starts with its count, or with the collector's opinion of what has none; references among suspects are
// taken off; what has some left is referred to from elsewhere, and so alive with all it reaches.
#include "gc_private.h"

#include <stdlib.h>

static void take_slot(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    V v = slot_peek(s);
    if (!v_is_counted(v) || !gc_is_unmarked(arg, v_obj(v))) return;
    uint32_t *count = gc_count_of(v_obj(v));
    if (*count >= COUNT_NONE) return;
    HD_ASSERT(*count > 0);
    --*count;
}

static void take_references(Suspects *suspects, const Marker *marker, Obj *o) {
    SlotSpan span;
    if (!upcall_slots(o, &span)) {
        upcall_traverse(marker->t, o, take_slot, &suspects->marks);
        return;
    }
    for (; span.n; span.n--, span.at += span.stride) {
        take_slot(marker->t, o, span.at, &suspects->marks);
        if (span.pairs) take_slot(marker->t, o, span.at + 1, &suspects->marks);
    }
}

static bool is_referred_to(uint32_t count) { return count >= COUNT_PINNED || (count != 0 && count < COUNT_NONE); }

void suspects_deduce(Suspects *suspects, Marker *marker) {
    const ObjVec *objects = &suspects->objects;
    for (size_t i = 0; i < objects->n; i++) {
        __builtin_prefetch(objects->at[i + 8 < objects->n ? i + 8 : i]);
        take_references(suspects, marker, objects->at[i]);
    }
    for (size_t i = 0; i < objects->n; i++) {
        if (is_referred_to(*gc_count_of(objects->at[i]))) mark_object(marker, objects->at[i]);
    }
    mark_run(marker);
}

// ---- C stacks ---------------------------------------------------------------------------------------------------------
typedef struct Words {
    Marker *marker;
    bool (*accepts)(const Obj *o);
    AddressSet large; // suspects that are in no page
} Words;

static void spare_word(uintptr_t word, void *arg) {
    Words *words = arg;
    Obj *o = gc_suspect_at(words->marker->marks, word);
    if (!o) o = address_set_find(&words->large, word);
    if (!o || !gc_is_unmarked(words->marker->marks, o) || !words->accepts(o)) return;
    mark_object(words->marker, o);
    words->marker->t->heap.domain->held = true;
}

// C stacks of other threads refer to nothing of this one's.
static void spare_words(Thread *t, void *arg) {
    Words *words = arg;
    Thread *self = words->marker->t;
    if (t == self || !words->marker->marks->t || threading_gil_enabled()) scan_each_word(self, t, spare_word, words);
}

// false: no memory.
static bool list_large(const Suspects *suspects, AddressSet *large) {
    ObjVec found = {0};
    for (size_t i = 0; i < suspects->objects.n; i++) {
        Obj *o = suspects->objects.at[i];
        if (!in_chunk(o) && gc_is_unmarked(&suspects->marks, o)) objvec_push(&found, o);
    }
    bool listed = address_set_init(large, found.n);
    for (size_t i = 0; listed && i < found.n; i++) listed = address_set_add(large, found.at[i]);
    objvec_free(&found);
    return listed;
}

void suspects_spare(Suspects *suspects, Marker *marker, bool (*may_be_on_c_stacks)(const Obj *o)) {
    Words words = {.marker = marker, .accepts = may_be_on_c_stacks};
    if (!list_large(suspects, &words.large)) gc_ran_out = true;
    else threads_each(spare_words, &words);
    mark_run(marker);
    address_set_free(&words.large);
}

void suspects_spare_others(Suspects *suspects, Marker *marker, const ObjVec *garbage) {
    for (size_t i = 0; i < garbage->n; i++)
        if (gc_is_unmarked(&suspects->marks, garbage->at[i])) *gc_count_of(garbage->at[i]) = COUNT_CONDEMNED;
    for (size_t i = 0; i < suspects->objects.n; i++) {
        Obj *o = suspects->objects.at[i];
        if (gc_is_unmarked(&suspects->marks, o) && *gc_count_of(o) != COUNT_CONDEMNED) mark_object(marker, o);
    }
    mark_run(marker);
}

void suspects_take_garbage(const Suspects *suspects, ObjVec *garbage) {
    for (size_t i = 0; i < suspects->objects.n; i++)
        if (gc_is_unmarked(&suspects->marks, suspects->objects.at[i])) objvec_push(garbage, suspects->objects.at[i]);
}
