// SPDX-License-Identifier: MIT
// Pattern code before it is planned: it comes from Python, so every jump and every set is checked.  And what characters
// mean to it: case, categories, sets.
#include "sre.h"
#include "base/unicode.h"
#include <ctype.h>

// ---- characters -------------------------------------------------------------------------------------------------------
uint32_t re_lower_ascii(uint32_t ch) { return ch < 128 && ch - 'A' < 26 ? ch + 32 : ch; }
uint32_t re_lower_unicode(uint32_t ch) { return ch < 128 ? re_lower_ascii(ch) : uc_to_lower(ch); }
uint32_t re_lower_locale(uint32_t ch) { return ch < 256 ? (uint32_t)tolower((int)ch) : ch; }
static bool equal_locale(Re p, uint32_t ch) {
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

static bool in_set(const Re *set, uint32_t ch) {
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

// ---- one-character instructions --------------------------------------------------------------------------------------
static bool in_locale(const Re *set, uint32_t ch) {
    uint32_t lower = re_lower_locale(ch), upper = ch < 256 ? (uint32_t)toupper((int)ch) : ch;
    return in_set(set, lower) || (upper != lower && in_set(set, upper));
}

bool re_takes(const Re *instruction, uint32_t ch) {
    switch (instruction[0]) {
    case RE_ANY: return ch != '\n';
    case RE_ANY_ALL: return true;
    case RE_LITERAL: return ch == instruction[1];
    case RE_NOT_LITERAL: return ch != instruction[1];
    case RE_LITERAL_IGNORE: return re_lower_ascii(ch) == instruction[1];
    case RE_NOT_LITERAL_IGNORE: return re_lower_ascii(ch) != instruction[1];
    case RE_LITERAL_UNI_IGNORE: return re_lower_unicode(ch) == instruction[1];
    case RE_NOT_LITERAL_UNI_IGNORE: return re_lower_unicode(ch) != instruction[1];
    case RE_LITERAL_LOC_IGNORE: return equal_locale(instruction[1], ch);
    case RE_NOT_LITERAL_LOC_IGNORE: return !equal_locale(instruction[1], ch);
    case RE_IN: return in_set(instruction + 2, ch);
    case RE_IN_IGNORE: return in_set(instruction + 2, re_lower_ascii(ch));
    case RE_IN_UNI_IGNORE: return in_set(instruction + 2, re_lower_unicode(ch));
    default: return in_locale(instruction + 2, ch);
    }
}

static ReSet categories[CAT_LAST / 2]; // const after start-up

void re_categories_start(void) {
    for (Re category = 0; category < CAT_LAST; category += 2) {
        ReSet *set = &categories[category / 2];
        static const Re unicode_word[] = {RE_IN, 4, RE_CATEGORY, CAT_UNI_WORD, RE_FAILURE};
        for (uint32_t ch = 0; ch < 256; ch++) set->has[ch] = re_category(category, ch);
        if (category == CAT_UNI_WORD) set->wide = WIDE_ASK, set->code = unicode_word;
    }
}

const ReSet *re_word_set(bool unicode) { return &categories[(unicode ? CAT_UNI_WORD : CAT_WORD) / 2]; }

// Which characters below 256 an item of a set names; returns the words it has.
static size_t item_has(const Re *item, uint8_t has[256]) {
    memset(has, 0, 256);
    switch (item[0]) {
    case RE_LITERAL:
        if (item[1] < 256) has[item[1]] = 1;
        return 2;
    case RE_RANGE:
        for (Re ch = item[1]; ch <= item[2] && ch < 256; ch++) has[ch] = 1;
        return 3;
    case RE_CATEGORY:
        for (int ch = 0; ch < 256; ch++) has[ch] = categories[item[1] / 2].has[ch] ^ (item[1] & 1);
        return 2;
    case RE_CHARSET:
        for (int ch = 0; ch < 256; ch++) has[ch] = item[1 + (ch >> 5)] >> (ch & 31) & 1;
        return 9;
    case RE_RANGE_UNI_IGNORE:
        for (uint32_t ch = 0; ch < 256; ch++) {
            uint32_t upper = uc_to_upper(ch);
            has[ch] = (item[1] <= ch && ch <= item[2]) || (item[1] <= upper && upper <= item[2]);
        }
        return 3;
    default: { // BIGCHARSET
        const Re *block = item + 66 + 8 * ((const uint8_t *)(item + 2))[0];
        for (int ch = 0; ch < 256; ch++) has[ch] = block[ch >> 5] >> (ch & 31) & 1;
        return 66 + 8 * (size_t)item[1];
    }
    }
}

static void set_has(const Re *set, uint8_t has[256]) { // the first item that names a character decides
    uint8_t item[256], open[256];
    uint8_t in = 1;
    memset(open, 1, sizeof open);
    memset(has, 0, 256);
    while (*set != RE_FAILURE) {
        if (*set == RE_NEGATE) {
            in ^= 1;
            set++;
            continue;
        }
        set += item_has(set, item);
        for (int ch = 0; ch < 256; ch++) {
            uint8_t decides = item[ch] & open[ch];
            has[ch] |= decides & in;
            open[ch] ^= decides;
        }
    }
    for (int ch = 0; ch < 256; ch++) has[ch] |= open[ch] & (in ^ 1);
}

void re_fill_set(uint8_t has[256], const Re *instruction) {
    Re op = instruction[0];
    if (op == RE_IN) {
        set_has(instruction + 2, has);
    } else if (op == RE_IN_IGNORE || op == RE_IN_UNI_IGNORE) {
        uint8_t plain[256];
        set_has(instruction + 2, plain);
        for (uint32_t ch = 0; ch < 256; ch++) has[ch] = plain[(op == RE_IN_IGNORE ? re_lower_ascii(ch) : re_lower_unicode(ch)) & 255];
    } else {
        for (uint32_t ch = 0; ch < 256; ch++) has[ch] = re_takes(instruction, ch);
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

static bool check_else(Check *c, size_t p, size_t end, size_t *no_end) {
    size_t skip = c->code[p + 2], no = p + 1 + skip;
    if (skip < 4 || c->code[no - 2] != RE_JUMP || c->code[no - 1] < 1 || no - 1 + c->code[no - 1] > end) return false;
    *no_end = no - 1 + c->code[no - 1];
    int depth = c->depth;
    bool ok = check(c, p + 3, no - 2) && check(c, no, *no_end);
    c->depth = depth;
    return ok;
}
bool re_conditional(const Pattern *p, size_t at, size_t end, size_t *no_end) {
    Check c = {p->code, p->n_code, p->groups, 0};
    return check_else(&c, at, end, no_end);
}

static bool check_conditional(Check *c, size_t *at, size_t end) { // GROUPREF_EXISTS group skip yes [JUMP skip no]
    size_t p = *at;
    if (end - p < 3 || c->code[p + 1] >= c->groups) return false;
    size_t skip = c->code[p + 2], no = p + 1 + skip;
    if (skip < 2 || no > end) return false;
    if (check_else(c, p, end, at)) return true;
    *at = no;
    return check(c, p + 3, no);
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
