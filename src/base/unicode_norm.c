// SPDX-License-Identifier: MIT
//
// unicode_norm.c: the four normal forms (Unicode Standard Annex 15).
//
// Every form begins with a full decomposition in canonical order: each code point is expanded until nothing more
// expands (the table holds single steps), then runs of combining marks are sorted by class, stably. NFC and NFKC then
// compose: each mark that nothing blocks joins the last starter when the pair has a composite. Hangul is computed.
#include "base/unicode.h"

#include "unicode_internal.h"

#define UNICODE_COMPOSITIONS
#include "unicode_tables.inc"

// Hangul syllables are laid out as (leading * 21 + vowel) * 28 + trailing; trailing 0 is none.
enum {
    HANGUL_BASE = 0xac00,
    LEADING_BASE = 0x1100,
    VOWEL_BASE = 0x1161,
    TRAILING_BASE = 0x11a7,
    LEADINGS = 19,
    VOWELS = 21,
    TRAILINGS = 28,
    HANGUL_COUNT = LEADINGS * VOWELS * TRAILINGS
};

static bool form_composes(UcForm form) { return form == UC_NFC || form == UC_NFKC; }
static bool form_is_compatible(UcForm form) { return form == UC_NFKC || form == UC_NFKD; }

UcQuick uc_quick_check(UcForm form, const uint32_t *text, size_t n) {
    UcQuick result = UC_YES;
    unsigned previous = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < 0x80) {
            previous = 0;
            continue;
        }
        const UcInfo *info = uc_info(text[i]);
        if (info->combining && previous > info->combining) return UC_NO;
        previous = info->combining;
        UcQuick quick = (UcQuick)(info->quick_check >> form * 2 & 3);
        if (quick == UC_NO) return UC_NO;
        if (quick == UC_MAYBE) result = UC_MAYBE;
    }
    return result;
}

static bool decompose_hangul(uint32_t syllable, UcText *out) {
    uint32_t index = syllable - HANGUL_BASE, trailing = index % TRAILINGS;
    uint32_t leading = index / TRAILINGS / VOWELS, vowel = index / TRAILINGS % VOWELS;
    return vec_push(out, LEADING_BASE + leading) && vec_push(out, VOWEL_BASE + vowel) &&
           (trailing == 0 || vec_push(out, TRAILING_BASE + trailing));
}

// Appends everything that cp stands for. The recursion is as deep as the longest chain in the database, four steps.
static bool decompose(uint32_t cp, bool compatibility, UcText *out) {
    const uint32_t *parts;
    if (cp < 0x80) return vec_push(out, cp);
    if (cp - HANGUL_BASE < HANGUL_COUNT) return decompose_hangul(cp, out);
    int n = uc_decomposition_step(cp, compatibility, &parts);
    if (n == 0) return vec_push(out, cp);
    for (int i = 0; i < n; i++)
        if (!decompose(parts[i], compatibility, out)) return false;
    return true;
}

typedef struct Mark {
    uint32_t cp;
    uint32_t order; // class << 24 | place: sorting by it is stable
} Mark;

static int compare_marks(const void *a, const void *b) {
    const Mark *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

// Sorts a run of marks: insertion for the usual handful, otherwise an n log n sort, so that hostile text stays cheap.
static bool sort_marks(uint32_t *run, size_t n) {
    if (n > 32 && n < (size_t)1 << 24) {
        Mark *marks = malloc(n * sizeof *marks);
        if (marks == NULL) return false;
        for (size_t i = 0; i < n; i++) marks[i] = (Mark){run[i], uc_combining(run[i]) << 24 | (uint32_t)i};
        qsort(marks, n, sizeof *marks, compare_marks);
        for (size_t i = 0; i < n; i++) run[i] = marks[i].cp;
        free(marks);
        return true;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t mark = run[i];
        unsigned class = uc_combining(mark);
        size_t k = i;
        for (; k > 0 && uc_combining(run[k - 1]) > class; k--) run[k] = run[k - 1];
        run[k] = mark;
    }
    return true;
}

static bool reorder(uint32_t *text, size_t n) {
    for (size_t i = 0; i < n;) {
        if (text[i] < 0x300 || uc_combining(text[i]) == 0) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < n && uc_combining(text[i]) != 0) i++;
        if (i - start > 1 && !sort_marks(text + start, i - start)) return false;
    }
    return true;
}

// The composite of a pair, or 0.
static uint32_t compose_pair(uint32_t first, uint32_t second) {
    if (first - LEADING_BASE < LEADINGS && second - VOWEL_BASE < VOWELS)
        return HANGUL_BASE + ((first - LEADING_BASE) * VOWELS + (second - VOWEL_BASE)) * TRAILINGS;
    if (first - HANGUL_BASE < HANGUL_COUNT && (first - HANGUL_BASE) % TRAILINGS == 0 && second > TRAILING_BASE &&
        second < TRAILING_BASE + TRAILINGS)
        return first + (second - TRAILING_BASE);
    size_t low = 0, high = countof(uc_compositions);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const UcComposition *c = &uc_compositions[middle];
        if (c->first == first && c->second == second) return c->composite;
        if (c->first < first || (c->first == first && c->second < second)) low = middle + 1;
        else high = middle;
    }
    return 0;
}

// Composes in place and returns the new length. A mark is blocked from the last starter when what was kept in between
// has the same or a higher class, or is itself a starter.
static size_t compose(uint32_t *text, size_t n) {
    size_t kept = 0, starter = 0;
    bool have_starter = false;
    unsigned last = 0; // class of the last kept after the starter; 0 when nothing is between
    for (size_t i = 0; i < n; i++) {
        uint32_t cp = text[i];
        unsigned class = cp < 0x300 ? 0 : uc_combining(cp);
        bool adjacent = have_starter && kept == starter + 1;
        if (have_starter && (adjacent || (last != 0 && last < class))) {
            uint32_t composite = compose_pair(text[starter], cp);
            if (composite) {
                text[starter] = composite;
                continue;
            }
        }
        if (class == 0) {
            starter = kept;
            have_starter = true;
        }
        last = class;
        text[kept++] = cp;
    }
    return kept;
}

bool uc_normalize(UcForm form, const uint32_t *text, size_t n, UcText *out) {
    HD_ASSERT(out->len == 0);
    if (uc_quick_check(form, text, n) == UC_YES) return vec_append(out, text, n);
    if (!vec_reserve(out, n)) return false;
    for (size_t i = 0; i < n; i++)
        if (!decompose(text[i], form_is_compatible(form), out)) return false;
    if (!reorder(out->data, out->len)) return false;
    if (form_composes(form)) out->len = compose(out->data, out->len);
    return true;
}

int uc_is_normalized(UcForm form, const uint32_t *text, size_t n) {
    UcQuick quick = uc_quick_check(form, text, n);
    if (quick != UC_MAYBE) return quick == UC_YES;
    UcText normal = VEC_INIT;
    int result = -1;
    if (uc_normalize(form, text, n, &normal))
        result = normal.len == n && memcmp(normal.data, text, n * sizeof *text) == 0;
    vec_free(&normal);
    return result;
}
