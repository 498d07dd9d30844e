// SPDX-License-Identifier: MIT
// Running patterns: the state of a search, its backtracking stack, and the three instances of sre_engine.inc.
#include "sre.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { // below FIRST_CHOICE: what failing undoes on its way
    UNDO_MARK,     // a: mark, p: its old value, n: lastindex
    UNDO_COUNT,    // r->count = n, r->last = p
    UNDO_REPEAT,   // s->repeat = r
    FIRST_CHOICE,
    CHOICE_BRANCH = FIRST_CHOICE, // n: the alternatives of node still to try at p
    CHOICE_FEWER,    // N_ONE took n at p
    CHOICE_ONE_MORE, // N_ONE_LAZY took n up to p
    CHOICE_TAIL,     // N_UNTIL: go on behind the repeat r, with node
    CHOICE_BODY,     // N_UNTIL_LAZY: the n-th item of r, node
};

typedef struct ReRepeat {
    ptrdiff_t count;         // items matched, less one
    const char *last;        // where the last optional item began: an empty one is not repeated
    struct ReRepeat *outer;
    struct ReRepeat *next;   // all of the state
} ReRepeat;

static NOINLINE ReStack *stack_grow(ReState *s) {
    size_t cap = s->cap_stack * 2 < 64 ? 64 : s->cap_stack * 2;
    bool small = s->stack == s->small_stack;
    ReStack *grown = mem_realloc(s->t, small ? NULL : s->stack, cap * sizeof *grown);
    if (!grown) {
        err_no_memory(s->t);
        return NULL;
    }
    if (small) memcpy(grown, s->small_stack, sizeof s->small_stack);
    s->stack = grown;
    s->cap_stack = cap;
    return &s->stack[s->n_stack++];
}

static inline ReStack *stack_push(ReState *s) {
    return likely(s->n_stack < s->cap_stack) ? &s->stack[s->n_stack++] : stack_grow(s);
}

static inline void undo(ReState *s, const ReStack *e) {
    switch (e->kind) {
    case UNDO_MARK:
        s->marks[e->a] = e->p;
        s->lastindex = (ptrdiff_t)e->n;
        break;
    case UNDO_COUNT:
        e->r->count = (ptrdiff_t)e->n;
        e->r->last = e->p;
        break;
    case UNDO_REPEAT: s->repeat = e->r; break;
    default: break;
    }
}

static void undo_to(ReState *s, size_t mark) {
    while (s->n_stack > mark) undo(s, &s->stack[--s->n_stack]);
}

// What ran above mark has succeeded for good: its choices go, what it changed can still be undone.  A CHOICE_TAIL or
// CHOICE_BODY is a choice only; the undo entries beside it stay.
static void cut_choices(ReState *s, size_t mark) {
    size_t kept = mark;
    for (size_t i = mark; i < s->n_stack; i++) {
        if (s->stack[i].kind < FIRST_CHOICE) s->stack[kept++] = s->stack[i];
    }
    s->n_stack = kept;
}

static ReRepeat *repeat_new(ReState *s) {
    ReRepeat *r = s->free_repeats;
    if (r) {
        s->free_repeats = r->next;
    } else {
        r = mem_alloc(s->t, sizeof *r);
        if (!r) {
            err_no_memory(s->t);
            return NULL;
        }
    }
    r->next = s->all_repeats;
    s->all_repeats = r;
    return r;
}

static inline bool is_small(uint32_t ch) { return ch < 256; } // has a place in a set's table

static inline void forget_marks(ReState *s) {
    memset(s->marks, 0, 2 * (s->pattern->groups + 1) * sizeof *s->marks);
    s->lastindex = -1;
    s->dirty = false;
}

// The first of four bytes from p on; NULL.
static const uint8_t *find_few(const uint8_t *p, const uint8_t *end, const uint8_t few[4]) {
#if defined(__SSE2__)
    __m128i a = _mm_set1_epi8((char)few[0]), b = _mm_set1_epi8((char)few[1]), c = _mm_set1_epi8((char)few[2]), d = _mm_set1_epi8((char)few[3]);
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, a), _mm_cmpeq_epi8(v, b)), _mm_or_si128(_mm_cmpeq_epi8(v, c), _mm_cmpeq_epi8(v, d)));
        int mask = _mm_movemask_epi8(found);
        if (mask) return p + __builtin_ctz((unsigned)mask);
    }
#endif
    for (; p < end; p++) {
        if (*p == few[0] || *p == few[1] || *p == few[2] || *p == few[3]) return p;
    }
    return NULL;
}

#define CHAR uint8_t
#define RE_NAME_(x, w) x##_##w
#define RE_NAME(x, w) RE_NAME_(x, w)
#define FN(x) RE_NAME(x, 1)
#include "sre_engine.inc"
#undef CHAR
#undef FN
#define CHAR uint16_t
#define FN(x) RE_NAME(x, 2)
#include "sre_engine.inc"
#undef CHAR
#undef FN
#define CHAR uint32_t
#define FN(x) RE_NAME(x, 4)
#include "sre_engine.inc"
#undef CHAR
#undef FN

// ---- the state of a search ------------------------------------------------------------------------------------------
void re_state_reset(ReState *s) {
    s->n_stack = 0;
    s->repeat = NULL;
    forget_marks(s);
    while (s->all_repeats) {
        ReRepeat *r = s->all_repeats;
        s->all_repeats = r->next;
        r->next = s->free_repeats;
        s->free_repeats = r;
    }
}

int re_match(ReState *s) {
    re_state_reset(s);
    if (s->start > s->end) return 0;
    const ReNode *start = s->pattern->start;
    switch (s->kind) {
    case 1: return run_1(s, start, (const uint8_t *)s->start, true);
    case 2: return run_2(s, start, (const uint16_t *)s->start, true);
    default: return run_4(s, start, (const uint32_t *)s->start, true);
    }
}

int re_search(ReState *s) {
    re_state_reset(s);
    if (s->start > s->end) return 0;
    switch (s->kind) {
    case 1: return search_1(s);
    case 2: return search_2(s);
    default: return search_4(s);
    }
}

static int open_subject(Thread *t, ReState *s, V string, ptrdiff_t *len) {
    int is_bytes = s->pattern->is_bytes;
    if (v_is_str(string)) {
        if (is_bytes > 0) {
            err_set(t, &exc_TypeError, "cannot use a bytes pattern on a string-like object");
            return -1;
        }
        s->kind = str_kind(string);
        s->beginning = str_data(string);
        *len = (ptrdiff_t)str_len(string);
        return 0;
    }
    if (!obj_has_buffer(string)) {
        err_set(t, &exc_TypeError, "expected string or bytes-like object, got '%T'", string);
        return -1;
    }
    if (buffer_get(t, string, &s->view, BUF_SIMPLE) < 0) return -1;
    s->has_view = true;
    if (is_bytes == 0) {
        buffer_release(t, &s->view);
        s->has_view = false;
        err_set(t, &exc_TypeError, "cannot use a string pattern on a bytes-like object");
        return -1;
    }
    s->kind = 1;
    s->beginning = s->view.data;
    *len = s->view.len;
    return 0;
}

int re_state_init(Thread *t, ReState *s, Pattern *p, V string, ptrdiff_t pos, ptrdiff_t endpos) {
    ptrdiff_t len;
    memset(s, 0, offsetof(ReState, small_marks));
    s->t = t;
    s->pattern = p;
    s->string = string;
    s->lastindex = -1;
    s->stack = s->small_stack;
    s->cap_stack = countof(s->small_stack);
    if (open_subject(t, s, string, &len) < 0) return -1;
    if (pos < 0) pos = 0;
    if (pos > len) pos = len;
    if (endpos > len) endpos = len;
    if (endpos < pos) endpos = endpos < 0 ? 0 : endpos;
    size_t n_marks = 2 * (p->groups + 1);
    s->marks = n_marks <= countof(s->small_marks) ? s->small_marks : mem_alloc(t, n_marks * sizeof *s->marks);
    if (!s->marks) {
        re_state_free(s);
        err_no_memory(t);
        return -1;
    }
    s->start = s->beginning + pos * s->kind;
    s->end = s->beginning + endpos * s->kind;
    return 0;
}

void re_state_free(ReState *s) {
    while (s->all_repeats) {
        ReRepeat *r = s->all_repeats;
        s->all_repeats = r->next;
        mem_free(r);
    }
    while (s->free_repeats) {
        ReRepeat *r = s->free_repeats;
        s->free_repeats = r->next;
        mem_free(r);
    }
    if (s->marks != s->small_marks) mem_free(s->marks);
    if (s->stack != s->small_stack) mem_free(s->stack);
    if (s->has_view) buffer_release(s->t, &s->view);
}

V re_slice(Thread *t, const char *beginning, V string, ptrdiff_t start, ptrdiff_t end) {
    if (end < start) end = start;
    if (v_is_str(string)) {
        if (start == 0 && (size_t)end == str_len(string) && v_is_exact(string, &str_type)) return v_dup(string);
        return str_substring(t, string, (size_t)start, (size_t)end);
    }
    if (v_is_exact(string, &bytes_type) && start == 0 && (size_t)end == bytes_len(string)) return v_dup(string);
    return bytes_from(t, beginning + start, (size_t)(end - start));
}
