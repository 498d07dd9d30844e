// SPDX-License-Identifier: MIT
// The marks and counts of a collection: given to pages and prefixes, and taken back.  gcmark.h says what they are.
#include "threading/gcmark.h"

#include "pages.h"
#include "sync.h"
#include "threading/debug.h"

#include <stdlib.h>
#include <string.h>

// ---- memory -----------------------------------------------------------------------------------------------------------
__thread bool gc_ran_out;

static bool made_to_fail(void) {
    static int64_t asked; // atomic
    return unlikely(debug_flags.failgc) && at_fetch_add_relaxed(&asked, 1) % debug_flags.failgc == 0;
}

void *gc_memory(void *old, size_t size) {
    void *p = made_to_fail() ? NULL : realloc(old, size);
    if (!p) gc_ran_out = true;
    return p;
}

void *gc_memory_zeroed(size_t n, size_t size) {
    void *p = made_to_fail() ? NULL : calloc(n, size);
    if (!p) gc_ran_out = true;
    return p;
}

static bool note_page(GcMarks *marks, Page *page) {
    if (marks->n == marks->cap) {
        size_t cap = marks->cap ? marks->cap * 2 : 64;
        Page **grown = gc_memory(marks->marked, cap * sizeof *grown);
        if (!grown) return false;
        marks->marked = grown;
        marks->cap = cap;
    }
    marks->marked[marks->n++] = page;
    return true;
}

static void note_any_page(Page *page, void *marks) { note_page(marks, page); }

// ---- lists ------------------------------------------------------------------------------------------------------------
static void list_mark(GcLink *list, uint8_t mark) {
    for (GcLink *link = gc_next(list); link != list; link = gc_next(link)) link->mark = mark;
}

static void domain_mark(Thread *t, uint8_t mark) {
    GcDomain *domain = t->heap.domain;
    for (int i = 0; i < AGES; i++) list_mark(&domain->gen[i], mark);
    list_mark(&domain->frozen, mark);
}

static void unmark_domain(Thread *t, void *arg) {
    (void)arg;
    domain_mark(t, 0);
}
static void forget_domain(Thread *t, void *arg) {
    (void)arg;
    domain_mark(t, 1);
}

static void shared_mark(uint8_t mark) {
    for (int i = 0; i < GC_STRIPES; i++) {
        list_mark(&gc_shared[i].list, mark);
        list_mark(&gc_shared[i].frozen, mark);
    }
}

// ---- everything -------------------------------------------------------------------------------------------------------
void gc_marks_all(GcMarks *marks, Thread *t) {
    *marks = (GcMarks){.t = t};
    if (t) {
        marks->pages = t->heap.pages;
        for (unsigned age = 0; age < AGES; age++) {
            for (Page *page = t->heap.pages->age[age]; page; page = page->age_next)
                if (!page->all_shared) note_page(marks, page);
        }
    } else {
        pages_each(note_any_page, marks);
    }
    marks->bytes = gc_memory_zeroed(marks->n + 1, PAGE_GRAINS);
    if (gc_ran_out) {
        free(marks->bytes);
        free(marks->marked);
        *marks = (GcMarks){.t = t};
        return;
    }
    if (t) {
        domain_mark(t, 0);
    } else {
        threads_each(unmark_domain, NULL);
        shared_mark(0);
    }
    for (size_t i = 0; i < marks->n; i++) marks->marked[i]->marks = marks->bytes + i * PAGE_GRAINS;
}

// How many marks there are: whether they are as many as the page's blocks in use is what most pages are asked.
static uint32_t count_marks(const uint8_t *marks) {
    uint32_t n = 0;
    for (size_t from = 0; from < PAGE_GRAINS; from += PAGE_GRAINS / 2) { // a byte of a sum holds no more
        uint64_t sum = 0;
        for (size_t i = 0; i < PAGE_GRAINS / 2; i += sizeof sum) {
            uint64_t word;
            memcpy(&word, marks + from + i, sizeof word);
            sum += word;
        }
        for (; sum; sum >>= 8) n += sum & 255;
    }
    return n;
}

bool page_all_marked(const Page *page) { return page->marks && count_marks(page->marks) == page->used; }

// ---- suspects ---------------------------------------------------------------------------------------------------------
typedef struct Suspects {
    GcVisitor fn;
    void *arg;
} Suspects;

static bool suspect_batch(Obj *const *objects, size_t n, void *arg) {
    const Suspects *suspects = arg;
    if (in_chunk(objects[0]) && !(page_of(objects[0])->counts = gc_memory(NULL, PAGE_GRAINS * sizeof(uint32_t)))) return true;
    return suspects->fn(objects, n, suspects->arg);
}

void gc_marks_suspects(GcMarks *marks, GcVisitor fn, void *arg) {
    Suspects suspects = {fn, arg};
    if (marks->t) gc_walk_local_unmarked(marks->t, suspect_batch, &suspects);
    else gc_walk_shared_unmarked(suspect_batch, &suspects);
}

Obj *gc_suspect_at(const GcMarks *marks, uintptr_t word) {
    const void *at = (const void *)word;
    if (word >> ADDRESS_BITS || !in_chunk(at)) return NULL; // any word: it need not be an address
    const Page *page = page_of(at);
    if ((marks->t && page->heap != marks->pages) || !page->counts) return NULL;
    size_t size = page->block_size, from_end = ((size_t)(page_end(page) - (const char *)at) + size - 1) / size; // 1: the last one
    if (from_end <= page->fresh || from_end > page_capacity(page)) return NULL;
    Obj *o = (Obj *)(void *)(page_end(page) - from_end * size);
    return gc_is_unmarked(marks, o) ? o : NULL;
}

// Of a page with suspects all others count as marked.  One block of memory: the counts, then the marks.
static bool page_suspect(GcMarks *marks, Page *page) {
    if (page->marks) return true;
    if (!note_page(marks, page) || !(page->counts = gc_memory(NULL, PAGE_GRAINS * (sizeof(uint32_t) + 1)))) return false;
    page->marks = memset(page->counts + PAGE_GRAINS, 1, PAGE_GRAINS);
    return true;
}

void gc_marks_suspect(GcMarks *marks, Thread *t, Obj *const *objects, size_t n) {
    *marks = (GcMarks){.t = t, .pages = t->heap.pages};
    for (size_t i = 0; i < n; i++) {
        Obj *o = objects[i];
        if (in_chunk(o)) {
            if (!page_suspect(marks, page_of(o))) return;
            page_of(o)->marks[page_grain(o)] = 0;
        } else {
            gc_link(o)->mark = 0;
        }
    }
}

void gc_marks_end(GcMarks *marks, Obj *const *suspects, size_t n) {
    for (size_t i = 0; i < marks->n; i++) {
        Page *page = marks->marked[i];
        free(page->counts);
        page->counts = NULL;
        page->marks = NULL;
    }
    if (!marks->bytes) {
        for (size_t i = 0; i < n; i++)
            if (!in_chunk(suspects[i])) gc_link(suspects[i])->mark = 1;
    } else if (marks->t) {
        domain_mark(marks->t, 1);
    } else {
        threads_each(forget_domain, NULL);
        shared_mark(1);
    }
    free(marks->bytes);
    free(marks->marked);
    *marks = (GcMarks){0};
}
