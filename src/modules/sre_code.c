// SPDX-License-Identifier: MIT
// Pattern code before it runs: it comes from Python, so every jump and every set is checked; then sets get bitmaps for
// the first 256 characters, and the first character of a match is worked out for searching.
#include "sre.h"
#include "base/unicode.h"
#include <ctype.h>

// ---- characters -------------------------------------------------------------------------------------------------------
uint32_t re_lower_ascii(uint32_t ch) { return ch < 128 && ch - 'A' < 26 ? ch + 32 : ch; }
uint32_t re_lower_unicode(uint32_t ch) { return ch < 128 ? re_lower_ascii(ch) : uc_to_lower(ch); }
uint32_t re_lower_locale(uint32_t ch) { return ch < 256 ? (uint32_t)tolower((int)ch) : ch; }
bool re_equal_locale(Re p, uint32_t ch) {
    return p == ch || (ch < 256 && ((uint32_t)tolower((int)ch) == p || (uint32_t)toupper((int)ch) == p));
}

static bool is_word_ascii(uint32_t ch) { return ch < 128 && (ch - '0' < 10 || (ch | 32) - 'a' < 26 || ch == '_'); }
static bool is_word_unicode(uint32_t ch) {
    return ch < 128 ? is_word_ascii(ch) : uc_is_alpha(ch) || uc_is_decimal(ch) || uc_is_digit(ch) || uc_is_numeric(ch);
}

bool re_category(Re category, uint32_t ch) {
    bool in;
    switch (category & ~1u) {
    case CAT_DIGIT: in = ch - '0' < 10; break;
    case CAT_SPACE: in = ch == ' ' || (ch >= '\t' && ch <= '\r'); break;
    case CAT_WORD: in = is_word_ascii(ch); break;
    case CAT_LINEBREAK: in = ch == '\n'; break;
    case CAT_LOC_WORD: in = ch < 256 && (isalnum((int)ch) || ch == '_'); break;
    case CAT_UNI_DIGIT: in = ch < 128 ? ch - '0' < 10 : uc_is_decimal(ch); break;
    case CAT_UNI_SPACE: in = uc_is_space(ch); break;
    case CAT_UNI_WORD: in = is_word_unicode(ch); break;
    default: in = uc_is_linebreak(ch); break;
    }
    return in != (category & 1);
}

bool re_in_set(const Re *set, uint32_t ch) {
    bool ok = true;
    for (;;) {
        switch (*set++) {
        case RE_FAILURE: return !ok;
        case RE_LITERAL:
            if (ch == *set++) return ok;
            break;
        case RE_CATEGORY:
            if (re_category(*set++, ch)) return ok;
            break;
        case RE_CHARSET:
            if (ch < 256 && (set[ch >> 5] >> (ch & 31) & 1)) return ok;
            set += 8;
            break;
        case RE_RANGE:
            if (set[0] <= ch && ch <= set[1]) return ok;
            set += 2;
            break;
        case RE_RANGE_UNI_IGNORE: {
            uint32_t upper = uc_to_upper(ch);
            if ((set[0] <= ch && ch <= set[1]) || (set[0] <= upper && upper <= set[1])) return ok;
            set += 2;
            break;
        }
        case RE_NEGATE: ok = !ok; break;
        case RE_BIGCHARSET: {
            Re count = *set++;
            const uint8_t *blocks = (const uint8_t *)set;
            set += 64;
            if (ch < 65536) {
                const Re *block = set + 8 * blocks[ch >> 8];
                if (block[(ch & 255) >> 5] >> (ch & 31) & 1) return ok;
            }
            set += 8 * count;
            break;
        }
        default: return false; // re_check has seen to it that there is nothing else
        }
    }
}

// ---- checking -----------------------------------------------------------------------------------------------------------
typedef struct Check { const Re *code; size_t end, groups; int depth; } Check;
enum { MAX_NESTING = 1000 };

static bool check_set(const Check *c, size_t at, size_t end) { // [at, end) ends with FAILURE
    while (at < end) {
        size_t left = end - at;
        switch (c->code[at]) {
        case RE_FAILURE: return left == 1;
        case RE_NEGATE: at++; break;
        case RE_LITERAL: at += 2; break;
        case RE_CATEGORY:
            if (left < 2 || c->code[at + 1] >= CAT_LAST) return false;
            at += 2;
            break;
        case RE_RANGE:
        case RE_RANGE_UNI_IGNORE: at += 3; break;
        case RE_CHARSET: at += 9; break;
        case RE_BIGCHARSET: {
            if (left < 66) return false;
            Re count = c->code[at + 1];
            const uint8_t *blocks = (const uint8_t *)&c->code[at + 2];
            if (count > 256 || left < 66 + 8 * (size_t)count) return false;
            for (int i = 0; i < 256; i++) {
                if (blocks[i] >= count) return false;
            }
            at += 66 + 8 * (size_t)count;
            break;
        }
        default: return false;
        }
    }
    return false;
}

static bool check(Check *c, size_t at, size_t end);

static bool check_branch(Check *c, size_t *at, size_t end) {
    size_t p = *at + 1, target = 0;
    while (p < end && c->code[p]) {
        size_t skip = c->code[p], next = p + skip;
        if (skip < 3 || next > end || c->code[next - 2] != RE_JUMP) return false;
        if (!check(c, p + 1, next - 2)) return false;
        size_t to = next - 1 + c->code[next - 1];
        if (to > end || to <= next || (target && to != target)) return false;
        target = to;
        p = next;
    }
    if (p >= end || !target || target != p + 1) return false;
    *at = target;
    return true;
}

static bool is_one_char(Re op) {
    switch (op) {
    case RE_ANY:
    case RE_ANY_ALL:
    case RE_IN:
    case RE_IN_IGNORE:
    case RE_IN_LOC_IGNORE:
    case RE_IN_UNI_IGNORE:
    case RE_LITERAL:
    case RE_NOT_LITERAL:
    case RE_LITERAL_IGNORE:
    case RE_NOT_LITERAL_IGNORE:
    case RE_LITERAL_LOC_IGNORE:
    case RE_NOT_LITERAL_LOC_IGNORE:
    case RE_LITERAL_UNI_IGNORE:
    case RE_NOT_LITERAL_UNI_IGNORE: return true;
    default: return false;
    }
}

static bool check_repeat(Check *c, size_t *at, size_t end) {
    size_t p = *at;
    Re op = c->code[p];
    if (end - p < 5) return false;
    size_t skip = c->code[p + 1], stop = p + 1 + skip; // the word that ends the item
    if (skip < 4 || c->code[p + 2] > c->code[p + 3]) return false;
    bool until = op == RE_REPEAT || op == RE_POSSESSIVE_REPEAT; // their skip ends before the last word
    size_t item_end = until ? stop : stop - 1;
    if (stop > end || (until && stop >= end)) return false;
    Re last = c->code[item_end];
    if (op == RE_REPEAT ? last != RE_MAX_UNTIL && last != RE_MIN_UNTIL : last != RE_SUCCESS) return false;
    if (!until && (item_end == p + 4 || !is_one_char(c->code[p + 4]))) return false;
    if (!check(c, p + 4, item_end)) return false;
    *at = until ? stop + 1 : stop;
    return true;
}

static bool check_assert(Check *c, size_t *at, size_t end) { // ASSERT skip back … SUCCESS; ATOMIC_GROUP skip … SUCCESS
    size_t p = *at, first = c->code[p] == RE_ATOMIC_GROUP ? 2 : 3;
    if (end - p < first + 1) return false;
    size_t skip = c->code[p + 1], stop = p + 1 + skip;
    if (skip < first || stop > end || c->code[stop - 1] != RE_SUCCESS) return false;
    if (!check(c, p + first, stop - 1)) return false;
    *at = stop;
    return true;
}

static bool check_conditional(Check *c, size_t *at, size_t end) { // GROUPREF_EXISTS group skip yes [JUMP skip no]
    size_t p = *at;
    if (end - p < 3 || c->code[p + 1] >= c->groups) return false;
    size_t skip = c->code[p + 2], no = p + 1 + skip;
    if (skip < 2 || no > end) return false;
    if (skip >= 4 && c->code[no - 2] == RE_JUMP && no - 1 + c->code[no - 1] <= end && c->code[no - 1] >= 1) {
        size_t to = no - 1 + c->code[no - 1];
        if (check(c, p + 3, no - 2) && check(c, no, to)) {
            *at = to;
            return true;
        }
    }
    if (!check(c, p + 3, no)) return false;
    *at = no;
    return true;
}

static bool check_one(Check *c, size_t *at, size_t end) {
    size_t p = *at, left = end - p;
    switch (c->code[p]) {
    case RE_SUCCESS:
    case RE_FAILURE:
    case RE_ANY:
    case RE_ANY_ALL: *at = p + 1; return true;
    case RE_MARK:
        if (left < 2 || c->code[p + 1] > 2 * c->groups) return false;
        *at = p + 2;
        return true;
    case RE_LITERAL:
    case RE_NOT_LITERAL:
    case RE_LITERAL_IGNORE:
    case RE_NOT_LITERAL_IGNORE:
    case RE_LITERAL_LOC_IGNORE:
    case RE_NOT_LITERAL_LOC_IGNORE:
    case RE_LITERAL_UNI_IGNORE:
    case RE_NOT_LITERAL_UNI_IGNORE: *at = p + 2; return left >= 2;
    case RE_AT: *at = p + 2; return left >= 2 && c->code[p + 1] < AT_LAST;
    case RE_GROUPREF:
    case RE_GROUPREF_IGNORE:
    case RE_GROUPREF_LOC_IGNORE:
    case RE_GROUPREF_UNI_IGNORE: *at = p + 2; return left >= 2 && c->code[p + 1] < c->groups;
    case RE_IN:
    case RE_IN_IGNORE:
    case RE_IN_LOC_IGNORE:
    case RE_IN_UNI_IGNORE: {
        if (left < 3) return false;
        size_t next = p + 1 + c->code[p + 1];
        if (next > end || next < p + 3) return false;
        *at = next;
        return check_set(c, p + 2, next);
    }
    case RE_INFO: {
        if (left < 5) return false;
        size_t skip = c->code[p + 1];
        *at = p + 1 + skip;
        return skip >= 4 && *at <= end;
    }
    case RE_BRANCH: return check_branch(c, at, end);
    case RE_REPEAT_ONE:
    case RE_MIN_REPEAT_ONE:
    case RE_POSSESSIVE_REPEAT_ONE:
    case RE_REPEAT:
    case RE_POSSESSIVE_REPEAT: return check_repeat(c, at, end);
    case RE_ASSERT:
    case RE_ASSERT_NOT:
    case RE_ATOMIC_GROUP: return check_assert(c, at, end);
    case RE_GROUPREF_EXISTS: return check_conditional(c, at, end);
    default: return false;
    }
}

static bool check(Check *c, size_t at, size_t end) {
    if (++c->depth > MAX_NESTING) return false;
    while (at < end) {
        if (!check_one(c, &at, end)) return false;
    }
    c->depth--;
    return at == end;
}

int re_check(Thread *t, Pattern *p) {
    Check c = {p->code, p->n_code, p->groups, 0};
    if (p->n_code && p->code[p->n_code - 1] == RE_SUCCESS && check(&c, 0, p->n_code - 1)) return 0;
    err_set(t, &exc_RuntimeError, "invalid SRE code");
    return -1;
}

// ---- preparing ------------------------------------------------------------------------------------------------------------
static bool is_in(Re op) { return op == RE_IN || op == RE_IN_IGNORE || op == RE_IN_UNI_IGNORE; }

static size_t next_op(const Pattern *p, size_t at) { // the instruction behind, entering groups; sets and infos skipped
    switch (p->code[at]) {
    case RE_IN:
    case RE_IN_IGNORE:
    case RE_IN_LOC_IGNORE:
    case RE_IN_UNI_IGNORE:
    case RE_INFO: return at + 1 + p->code[at + 1];
    case RE_BRANCH: return at + 2; // over the first skip word
    case RE_REPEAT_ONE:
    case RE_MIN_REPEAT_ONE:
    case RE_POSSESSIVE_REPEAT_ONE:
    case RE_REPEAT:
    case RE_POSSESSIVE_REPEAT: return at + 4;
    case RE_ASSERT:
    case RE_ASSERT_NOT:
    case RE_GROUPREF_EXISTS: return at + 3;
    case RE_ATOMIC_GROUP: return at + 2;
    case RE_SUCCESS:
    case RE_FAILURE:
    case RE_ANY:
    case RE_ANY_ALL:
    case RE_MAX_UNTIL:
    case RE_MIN_UNTIL: return at + 1;
    case RE_JUMP: return at + 2;
    default: return at + 2;
    }
}

static void fill_bitmap(ReBitmap *b, Re op, const Re *set) {
    *b = (ReBitmap){{0}};
    for (uint32_t ch = 0; ch < 256; ch++) {
        uint32_t c = op == RE_IN ? ch : op == RE_IN_IGNORE ? re_lower_ascii(ch) : re_lower_unicode(ch);
        if (re_in_set(set, c)) b->bits[ch >> 6] |= 1ull << (ch & 63);
    }
}

// Alternatives follow one another as JUMP target, skip of the next: both are data words that the linear walk would take
// for instructions, so positions are found by walking the structure.
static size_t mark_sets(Pattern *p, size_t at, size_t end, int32_t *n) {
    while (at < end) {
        Re op = p->code[at];
        if (is_in(op)) p->bitmap_of[at] = (*n)++;
        switch (op) {
        case RE_BRANCH:
            at++;
            while (p->code[at]) {
                size_t next = at + p->code[at];
                mark_sets(p, at + 1, next - 2, n);
                at = next;
            }
            at++;
            break;
        case RE_REPEAT:
        case RE_POSSESSIVE_REPEAT:
            mark_sets(p, at + 4, at + 1 + p->code[at + 1], n);
            at += 2 + p->code[at + 1];
            break;
        case RE_REPEAT_ONE:
        case RE_MIN_REPEAT_ONE:
        case RE_POSSESSIVE_REPEAT_ONE:
            mark_sets(p, at + 4, at + p->code[at + 1], n);
            at += 1 + p->code[at + 1];
            break;
        default: at = next_op(p, at); break;
        }
    }
    return at;
}

static void find_first(Pattern *p, int32_t spare) { // what a match must begin with, from the INFO block or the first instruction
    const Re *code = p->code;
    size_t at = 0;
    p->first_set = -1;
    if (code[0] == RE_INFO) {
        at = 1 + code[1];
        if ((code[2] & INFO_PREFIX) && code[5] > 0) {
            p->has_first_char = true;
            p->first_char = code[7];
            return;
        }
        if (code[2] & INFO_CHARSET) {
            fill_bitmap(&p->bitmaps[spare], RE_IN, &code[5]);
            p->first_set = spare;
            return;
        }
    }
    while (code[at] == RE_MARK) at += 2;
    if (code[at] == RE_REPEAT_ONE && code[at + 2] > 0) at += 4;
    if (code[at] == RE_LITERAL) {
        p->has_first_char = true;
        p->first_char = code[at + 1];
    } else if (is_in(code[at])) {
        p->first_set = p->bitmap_of[at];
    }
}

int re_prepare(Thread *t, Pattern *p) {
    p->bitmap_of = mem_alloc(t, (p->n_code + 1) * sizeof *p->bitmap_of);
    if (!p->bitmap_of) goto no_memory;
    for (size_t i = 0; i < p->n_code; i++) p->bitmap_of[i] = -1;
    int32_t n = 0;
    mark_sets(p, 0, p->n_code, &n);
    p->bitmaps = mem_alloc(t, (size_t)(n + 1) * sizeof *p->bitmaps);
    if (!p->bitmaps) goto no_memory;
    for (size_t i = 0; i < p->n_code; i++) {
        if (p->bitmap_of[i] >= 0) fill_bitmap(&p->bitmaps[p->bitmap_of[i]], p->code[i], &p->code[i + 2]);
    }
    find_first(p, n);
    return 0;
no_memory:
    err_no_memory(t);
    return -1;
}
