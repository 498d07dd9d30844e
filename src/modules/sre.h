// SPDX-License-Identifier: MIT
// The regular-expression engine behind `re`: patterns compiled by the library's re/_compiler.py, matched here.
//
// mod__sre.c     module, Pattern          sre_match.c   Match objects
// sre_code.c     checking and preparing code, case, categories          sre_engine.c/.inc  the matcher
// The code format is that of CPython 3.11's re/_constants.py (MAGIC), which the unmodified library emits.
#ifndef HEDDLE_SRE_H
#define HEDDLE_SRE_H
#include "object/bytes.h"
#include "object/misc.h"

enum { SRE_MAGIC = 20220615 };
enum {
    RE_FAILURE, RE_SUCCESS, RE_ANY, RE_ANY_ALL, RE_ASSERT, RE_ASSERT_NOT, RE_AT, RE_BRANCH, RE_CATEGORY, RE_CHARSET, RE_BIGCHARSET,
    RE_GROUPREF, RE_GROUPREF_EXISTS, RE_IN, RE_INFO, RE_JUMP, RE_LITERAL, RE_MARK, RE_MAX_UNTIL, RE_MIN_UNTIL, RE_NOT_LITERAL, RE_NEGATE,
    RE_RANGE, RE_REPEAT, RE_REPEAT_ONE, RE_SUBPATTERN, RE_MIN_REPEAT_ONE, RE_ATOMIC_GROUP, RE_POSSESSIVE_REPEAT, RE_POSSESSIVE_REPEAT_ONE,
    RE_GROUPREF_IGNORE, RE_IN_IGNORE, RE_LITERAL_IGNORE, RE_NOT_LITERAL_IGNORE, RE_GROUPREF_LOC_IGNORE, RE_IN_LOC_IGNORE,
    RE_LITERAL_LOC_IGNORE, RE_NOT_LITERAL_LOC_IGNORE, RE_GROUPREF_UNI_IGNORE, RE_IN_UNI_IGNORE, RE_LITERAL_UNI_IGNORE,
    RE_NOT_LITERAL_UNI_IGNORE, RE_RANGE_UNI_IGNORE, RE_LAST,
};
enum { AT_BEGINNING, AT_BEGINNING_LINE, AT_BEGINNING_STRING, AT_BOUNDARY, AT_NON_BOUNDARY, AT_END, AT_END_LINE, AT_END_STRING,
       AT_LOC_BOUNDARY, AT_LOC_NON_BOUNDARY, AT_UNI_BOUNDARY, AT_UNI_NON_BOUNDARY, AT_LAST };
enum { CAT_DIGIT, CAT_SPACE = 2, CAT_WORD = 4, CAT_LINEBREAK = 6, CAT_LOC_WORD = 8, CAT_UNI_DIGIT = 10, CAT_UNI_SPACE = 12,
       CAT_UNI_WORD = 14, CAT_UNI_LINEBREAK = 16, CAT_LAST = 18 }; // odd: the complement
enum { INFO_PREFIX = 1, INFO_LITERAL = 2, INFO_CHARSET = 4 };
enum { FLAG_IGNORECASE = 2, FLAG_LOCALE = 4, FLAG_MULTILINE = 8, FLAG_DOTALL = 16, FLAG_UNICODE = 32, FLAG_VERBOSE = 64, FLAG_DEBUG = 128, FLAG_ASCII = 256, FLAG_TEMPLATE = 1 };
#define SRE_MAXREPEAT 0xFFFFFFFFu

typedef uint32_t Re;             // one word of code
typedef struct ReBitmap { uint64_t bits[4]; } ReBitmap; // which of the first 256 characters a set holds

typedef struct Pattern {         // immutable after init
    Obj head;
    Slot pattern;                // str, bytes or None
    Slot groupindex;             // dict name -> number
    Slot indexgroup;             // tuple: names by number
    size_t groups;
    int flags;
    int is_bytes;                // -1: from None
    size_t n_code;
    Re *code;
    ReBitmap *bitmaps;           // of the IN instructions
    int32_t *bitmap_of;          // by position of an IN instruction: index, or -1
    uint32_t first_char;         // search: a match begins with it …
    bool has_first_char;
    int32_t first_set;           // … or with a character of this bitmap (and any above 255); -1: no such thing
} Pattern;
static inline Pattern *pattern_of(V v) { return (Pattern *)v_obj(v); }

typedef struct Match {           // immutable after init
    Obj head;
    Slot string, pattern, regs;
    ptrdiff_t pos, endpos, lastindex;
    size_t groups;               // 0 included
    ptrdiff_t *marks;            // start and end of every group; -1: not matched
} Match;
static inline Match *match_of(V v) { return (Match *)v_obj(v); }
extern Type pattern_type, match_type, scanner_type;

typedef struct ReStack ReStack;
typedef struct ReState {         // one search
    Thread *t;
    Pattern *pattern;
    V string;                    // borrowed
    Buffer view;
    bool has_view;
    int kind;                    // bytes a character: 1, 2, 4
    const char *beginning, *start, *end, *ptr; // ptr: end of the match
    bool must_advance, match_all;
    ptrdiff_t lastindex;
    const char **marks;          // 2 a group
    ReStack *stack;              // backtracking, kept between searches
    size_t n_stack, cap_stack;
    struct ReRepeat *repeat;     // innermost running REPEAT
    struct ReRepeat *free_repeats, *all_repeats;
    uint32_t steps;
} ReState;
int re_state_init(Thread *t, ReState *s, Pattern *p, V string, ptrdiff_t pos, ptrdiff_t endpos);
void re_state_free(ReState *s);
void re_state_reset(ReState *s);
int re_match(ReState *s);        // at s->start: 1, 0, -1 with an exception
int re_search(ReState *s);       // from s->start on; s->start is where the match begins
V re_match_new(Thread *t, V pattern, ReState *s, int status); // a Match, None, or the error
V re_slice(Thread *t, const ReState *s, V string, ptrdiff_t start, ptrdiff_t end);
ptrdiff_t re_index(const ReState *s, const char *p); // characters from the beginning

// sre_code.c
int re_check(Thread *t, Pattern *p);     // RuntimeError "invalid SRE code" for code that would break the matcher
int re_prepare(Thread *t, Pattern *p);
bool re_in_set(const Re *set, uint32_t ch);
bool re_category(Re category, uint32_t ch);
uint32_t re_lower_ascii(uint32_t ch);
uint32_t re_lower_unicode(uint32_t ch);
uint32_t re_lower_locale(uint32_t ch);
bool re_equal_locale(Re pattern_char, uint32_t ch);
static inline bool re_bitmap_has(const ReBitmap *b, uint32_t ch) { return b->bits[ch >> 6] >> (ch & 63) & 1; }
#endif
