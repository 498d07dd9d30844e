// SPDX-License-Identifier: MIT
// The regular-expression engine behind `re`: patterns compiled by the library's re/_compiler.py, matched here.
//
// mod__sre.c     module, Pattern          sre_match.c   Match objects          sre_sub.c   substitution
// sre_code.c     checking code, sets, case, categories                         sre_plan.c  code becomes a plan of nodes
// sre_engine.c/.inc  the matcher, which runs plans
// The code format is that of CPython 3.11's re/_constants.py (MAGIC), which the unmodified library emits.
#ifndef HEDDLE_SRE_H
#define HEDDLE_SRE_H
#include "base/arena.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "threading/poll.h"

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

// ---- plans: what runs (sre_plan.c) --------------------------------------------------------------------------------
// Code becomes nodes that point to what follows them, with everything that can be known beforehand beside each choice:
// the characters a branch, a repeat's body or what stands behind it can begin with.  Constant once made.
typedef struct ReSet {           // a set of characters
    uint8_t has[256];
    uint8_t wide;                // those above: WIDE_*
    int16_t only;                // the one character there is, or -1
    bool at_end;                 // as the beginning of something: it may stand at the end of the text
    const Re *code;              // WIDE_ASK: the instruction
} ReSet;
enum { WIDE_NONE, WIDE_ALL, WIDE_ASK };

enum {
    N_FAILURE, N_SUCCESS, N_MARK, N_AT, N_BRANCH, N_REF, N_REF_EXISTS, N_ASSERT, N_ASSERT_NOT, N_ATOMIC,
    N_TEXT,                      // several literals
    N_LITERAL, N_NOT_LITERAL, N_ANY, N_ANY_ALL, N_SET, N_LOCALE, // one character each
    N_ONE, N_ONE_LAZY, N_ONE_POSSESSIVE,                         // repeats of one of those
    N_REPEAT, N_UNTIL, N_UNTIL_LAZY, N_POSSESSIVE,
};
typedef struct ReNode ReNode;
struct ReNode {
    uint8_t op;
    bool exclusive;              // N_ONE: no character of the item can begin what follows
    uint32_t ch;                 // literal, mark, AT_ kind, group of a reference, distance of a lookbehind, length of a text
    const ReNode *next;
    const ReNode *body;          // item of a repeat, contents of an assertion; N_REF_EXISTS: when the group has not matched
    const ReSet *set;            // N_SET: itself; repeats: what the body begins with, NULL: anything
    const ReSet *then;           // repeats: what `next` begins with; NULL: anything
    uint32_t min, max;           // of repeats, here and in the UNTIL; N_BRANCH: max is the number of alternatives
    ReNode *made;                // the node made before this one
    union {
        const Re *code;          // N_LOCALE, N_REF: the instruction; N_TEXT: the characters
        const struct ReBranch *branch;
        const ReNode *until;     // N_REPEAT
    };
};
enum { BRANCH_MAX = 64, BRANCH_WIDE = 256, BRANCH_END = 257 };
typedef struct ReBranch {
    uint64_t may[258];           // by the next character (any above 255, the end): the alternatives worth trying
    const ReNode *to[];
} ReBranch;

typedef struct Pattern {         // immutable after init
    Obj head;                    // head.aux, atomic: matches made since it is SHARED, up to some
    Slot pattern;                // str, bytes or None
    Slot groupindex;             // dict name -> number
    Slot indexgroup;             // tuple: names by number
    size_t groups;
    int flags;
    int is_bytes;                // -1: from None
    size_t n_code;
    Re *code;
    Arena arena;                 // nodes and sets
    const ReNode *start;
    const ReSet *first;          // what a match begins with; NULL: anything
    const uint8_t *prefix;       // the bytes that every match begins with, …
    size_t n_prefix;
    uint8_t few[4];              // … or no more than four characters,
    int n_few;                   // 0: more
    bool literal;                // the pattern is its prefix and nothing else
} Pattern;
static inline Pattern *pattern_of(V v) { return (Pattern *)v_obj(v); }

typedef struct Match {           // immutable after init
    Obj head;
    Slot string, pattern;
    ptrdiff_t pos, endpos, lastindex;
    size_t groups;               // 0 included
    ptrdiff_t marks[];           // start and end of every group; -1: not matched
} Match;
static inline Match *match_of(V v) { return (Match *)v_obj(v); }
extern Type pattern_type, match_type, scanner_type;

typedef struct ReStack {         // sre_engine.c
    uint32_t kind, a;
    const ReNode *node;
    const char *p;
    uint64_t n;
    struct ReRepeat *r;
} ReStack;
enum { RE_SMALL_STACK = 12, RE_SMALL_MARKS = 20 };
typedef struct ReState {         // one search; never moves
    Thread *t;
    Pattern *pattern;
    V string;                    // borrowed
    Buffer view;
    bool has_view;
    int kind;                    // bytes a character: 1, 2, 4
    const char *beginning, *start, *end, *ptr; // ptr: end of the match
    bool must_advance, match_all, dirty;       // dirty: marks have been set without undo entries
    ptrdiff_t lastindex;
    const char **marks;          // 2 a group
    ReStack *stack;              // backtracking, kept between searches
    size_t n_stack, cap_stack;
    struct ReRepeat *repeat;     // innermost running REPEAT
    struct ReRepeat *free_repeats, *all_repeats;
    size_t steps; // of poll_step
    const char *small_marks[RE_SMALL_MARKS];
    ReStack small_stack[RE_SMALL_STACK];
} ReState;
int re_state_init(Thread *t, ReState *s, Pattern *p, V string, ptrdiff_t pos, ptrdiff_t endpos);
void re_state_free(ReState *s);
void re_state_reset(ReState *s);
int re_match(ReState *s);        // at s->start: 1, 0, -1 with an exception
int re_search(ReState *s);       // from s->start on; s->start is where the match begins
V re_match_new(Thread *t, V pattern, ReState *s, int status); // a Match, None, or the error
// Characters of the subject; `beginning` is where the bytes of one that is no str stand.
V re_slice(Thread *t, const char *beginning, V string, ptrdiff_t start, ptrdiff_t end);
// Characters from the beginning.
static inline ptrdiff_t re_index(const ReState *s, const char *p) { return (p - s->beginning) >> (s->kind >> 1); }
// After a match: where the next search begins.
static inline void re_advance(ReState *s) {
    s->must_advance = s->ptr == s->start;
    s->start = s->ptr;
}
V re_substitute(Thread *t, V pattern, const V *args, bool with_count); // repl, string, count=0

// sre_code.c
int re_check(Thread *t, Pattern *p);     // RuntimeError "invalid SRE code" for code that would break the matcher
bool re_conditional(const Pattern *p, size_t at, size_t end, size_t *no_end); // GROUPREF_EXISTS at: has it an else part?
void re_categories_start(void);          // at start-up
const ReSet *re_word_set(bool unicode);  // what \b goes by
void re_fill_set(uint8_t has[256], const Re *instruction); // which of the first 256 characters a one-character instruction takes
bool re_takes(const Re *instruction, uint32_t ch);         // any character
bool re_category(Re category, uint32_t ch);
uint32_t re_lower_ascii(uint32_t ch);
uint32_t re_lower_unicode(uint32_t ch);
uint32_t re_lower_locale(uint32_t ch);
// sre_plan.c
int re_plan(Thread *t, Pattern *p);
static inline bool re_set_has(const ReSet *set, uint32_t ch) {
    if (likely(ch < 256)) return set->has[ch];
    return set->wide == WIDE_ASK ? re_takes(set->code, ch) : set->wide == WIDE_ALL;
}
#endif
