// SPDX-License-Identifier: MIT
//
// unicode_names.c: from a code point to its name and back. The format of the tables is described in
// unicode_names_gen.c; Hangul syllables and unified ideographs are computed by the Standard's rules
// (sections 3.12, 4.8).
#include "unicode_names.h"

#include <stdio.h>
#include <string.h>

#include "unicode_names_tables.inc"

// --- Hangul
// ------------------------------------------------------------------------------------------------------------

enum { HANGUL_BASE = 0xac00, LEADINGS = 19, VOWELS = 21, TRAILINGS = 28 };

static const char leading_names[LEADINGS][3] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                                "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
static const char vowel_names[VOWELS][4] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                            "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
static const char trailing_names[TRAILINGS][3] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D", "L",  "LG",
                                                  "LM", "LB", "LS", "LT", "LP", "LH", "M",  "B", "BS", "S",
                                                  "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};

static const char hangul_prefix[] = "HANGUL SYLLABLE ", ideograph_prefix[] = "CJK UNIFIED IDEOGRAPH-";

static int hangul_name(uint32_t index, char *buf) {
    return snprintf(buf, UC_NAME_MAX, "%s%s%s%s", hangul_prefix, leading_names[index / (VOWELS * TRAILINGS)],
                    vowel_names[index / TRAILINGS % VOWELS], trailing_names[index % TRAILINGS]);
}

// The longest of the names that *text begins with; -1 when none does. *text moves behind it.
static int longest(const char **text, const char *end, const char *names, size_t size, int count) {
    int best = -1;
    size_t best_length = 0;
    for (int i = 0; i < count; i++) {
        const char *name = names + (size_t)i * size;
        size_t n = strlen(name);
        if (n > (size_t)(end - *text) || memcmp(name, *text, n) != 0) continue;
        if (best < 0 || n > best_length) best = i, best_length = n;
    }
    *text += best_length;
    return best;
}

static int lookup_hangul(const char *text, const char *end, uint32_t *out) {
    int leading = longest(&text, end, leading_names[0], sizeof leading_names[0], LEADINGS);
    int vowel = longest(&text, end, vowel_names[0], sizeof vowel_names[0], VOWELS);
    int trailing = longest(&text, end, trailing_names[0], sizeof trailing_names[0], TRAILINGS);
    if (leading < 0 || vowel < 0 || trailing < 0 || text != end) return 0;
    *out = (uint32_t)(HANGUL_BASE + (leading * VOWELS + vowel) * TRAILINGS + trailing);
    return 1;
}

// --- ideographs
// --------------------------------------------------------------------------------------------------------

static bool is_ideograph(uint32_t cp) {
    for (size_t i = 0; i < countof(names_ideographs); i++)
        if (cp - names_ideographs[i].first < names_ideographs[i].count) return true;
    return false;
}

// Four or five upper-case hexadecimal digits.
static int lookup_ideograph(const char *text, const char *end, uint32_t *out) {
    uint32_t cp = 0;
    if (end - text != 4 && end - text != 5) return 0;
    for (; text < end; text++) {
        if (*text >= '0' && *text <= '9') cp = cp * 16 + (uint32_t)(*text - '0');
        else if (*text >= 'A' && *text <= 'F') cp = cp * 16 + (uint32_t)(*text - 'A' + 10);
        else return 0;
    }
    *out = cp;
    return is_ideograph(cp);
}

// --- stored names
// ------------------------------------------------------------------------------------------------------

// Appends the text of token number `code` of a group; returns the new end.
static char *put_token(char *to, const char *text, const uint16_t *first, unsigned code) {
    size_t length = 0;
    while (first[length + 1] <= code) { // code is not among those of this length
        text += (size_t)(first[length + 1] - first[length]) * length;
        length++;
    }
    memcpy(to, text + (code - first[length]) * length, length);
    return to + length;
}

// Writes the name of an entry, which fits UC_NAME_MAX; returns its length.
static int entry_name(size_t entry, char *buf) {
    const uint8_t *p = names_data + names_offsets[entry / NAMES_STRIDE];
    for (size_t skip = entry % NAMES_STRIDE; skip; skip--) p += 1 + *p;
    const uint8_t *end = p + 1 + *p;
    char *to = buf;
    for (p++; p < end; p++) {
        // a space, unless at the start or behind a hyphen that the token before ended with
        const char *before = to;
        if (*p < NAMES_SHORT_CODES) {
            to = put_token(to, names_short_text, names_short_first, *p);
        } else {
            unsigned code = (unsigned)(p[0] - NAMES_SHORT_CODES) << 8 | p[1];
            to = put_token(to, names_long_text, names_long_first, code);
            p++;
        }
        bool hyphen = to > before && to[-1] == '-';
        if (p + 1 < end && !hyphen) *to++ = ' ';
    }
    *to = '\0';
    return (int)(to - buf);
}

int uc_name(uint32_t cp, char *buf) {
    if (cp - HANGUL_BASE < LEADINGS * VOWELS * TRAILINGS) return hangul_name(cp - HANGUL_BASE, buf);
    if (is_ideograph(cp)) return snprintf(buf, UC_NAME_MAX, "%s%X", ideograph_prefix, (unsigned)cp);
    size_t low = 0, high = countof(names_runs);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const NamesRun *run = &names_runs[middle];
        if (cp - run->first < run->count) return entry_name(run->entry + (cp - run->first), buf);
        if (cp < run->first) high = middle;
        else low = middle + 1;
    }
    return 0;
}

static uint32_t entry_character(size_t entry) {
    size_t low = 0, high = countof(names_runs);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (names_runs[middle].entry <= entry) low = middle;
        else high = middle;
    }
    return names_runs[low].first + (uint32_t)(entry - names_runs[low].entry);
}

// What an entry stands for; 0 for a sequence where none is wanted.
static int entry_value(size_t entry, unsigned flags, uint32_t *out) {
    int n = 1;
    if (entry < NAMES_CHARACTERS) {
        out[0] = entry_character(entry);
    } else if (entry - NAMES_CHARACTERS < countof(names_aliases)) {
        out[0] = names_aliases[entry - NAMES_CHARACTERS];
    } else {
        if (!(flags & UC_LOOKUP_SEQUENCES)) return 0;
        const uint32_t *sequence = names_sequences[entry - NAMES_CHARACTERS - countof(names_aliases)];
        for (n = 0; n < UC_SEQUENCE_MAX && sequence[n]; n++) out[n] = sequence[n];
    }
    return n;
}

static bool same_name(const char *name, size_t len, const char *stored, size_t stored_len) {
    if (len != stored_len) return false;
    for (size_t i = 0; i < len; i++)
        if (names_upper(name[i]) != stored[i]) return false;
    return true;
}

static bool has_prefix(const char *name, size_t len, const char *prefix, size_t prefix_len) {
    return len > prefix_len && memcmp(name, prefix, prefix_len) == 0;
}

int uc_lookup(const char *name, size_t len, unsigned flags, uint32_t out[UC_SEQUENCE_MAX]) {
    const size_t hangul = sizeof hangul_prefix - 1, ideograph = sizeof ideograph_prefix - 1;
    char stored[UC_NAME_MAX];
    if (len >= UC_NAME_MAX) return 0;
    if (has_prefix(name, len, hangul_prefix, hangul)) return lookup_hangul(name + hangul, name + len, out);
    if (has_prefix(name, len, ideograph_prefix, ideograph)) return lookup_ideograph(name + ideograph, name + len, out);
    uint32_t slot = names_hash(name, len) % NAMES_SLOTS;
    for (; names_slots[slot]; slot = (slot + 1) % NAMES_SLOTS) {
        size_t entry = names_slots[slot] - 1u;
        if (same_name(name, len, stored, (size_t)entry_name(entry, stored))) return entry_value(entry, flags, out);
    }
    return 0;
}
