// SPDX-License-Identifier: MIT
//
// unicode.h: character properties, case mappings, normalisation and names of Unicode 14.0, which is what Python 3.11
// reports.
//
// The tables are made at build time from the distribution's Unicode data (see unicode_gen.c and unicode_names_gen.c),
// with everything newer than 14.0 treated as unassigned. All functions take any 32-bit value: what is above U+10FFFF
// has the properties of an unassigned code point. Nothing here allocates except normalisation.
#ifndef HEDDLE_BASE_UNICODE_H
#define HEDDLE_BASE_UNICODE_H

#include "base/assert.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UC_VERSION "14.0.0"
enum { UC_LIMIT = 0x110000 };

// --- what str methods ask
// ----------------------------------------------------------------------------------------------

enum {
    UC_ALPHA = 1 << 0,     // category L*
    UC_DECIMAL = 1 << 1,   // has a decimal value
    UC_DIGIT = 1 << 2,     // has a digit value: decimals, superscripts, ...
    UC_NUMERIC = 1 << 3,   // has a numeric value: digits, fractions, ideographs, ...
    UC_SPACE = 1 << 4,     // str.isspace: bidirectional WS, B, S or category Zs
    UC_LINEBREAK = 1 << 5, // str.splitlines
    UC_UPPER = 1 << 6,     // derived property Uppercase
    UC_LOWER = 1 << 7,     // derived property Lowercase
    UC_TITLE = 1 << 8,     // category Lt
    UC_PRINTABLE = 1 << 9, // repr() shows it as it is
    UC_XID_START = 1 << 10,
    UC_XID_CONTINUE = 1 << 11,
    UC_CASED = 1 << 12,
    UC_CASE_IGNORABLE = 1 << 13,
};

typedef struct UcType {
    uint16_t flags;
    uint16_t special;            // index into uc_specials when some mapping is not one code point, else 0
    int32_t upper, lower, title; // simple mappings, as distances
    int8_t decimal, digit;       // -1 when there is none
} UcType;

enum { UC_BLOCK_BITS = 7 };
extern const uint16_t uc_type_blocks[], uc_type_rows[];
extern const UcType uc_types[];

static inline const UcType *uc_type(uint32_t cp) {
    if (unlikely(cp >= UC_LIMIT)) return &uc_types[0];
    size_t block = uc_type_blocks[cp >> UC_BLOCK_BITS];
    return &uc_types[uc_type_rows[block << UC_BLOCK_BITS | (cp & ((1 << UC_BLOCK_BITS) - 1))]];
}

#define UC_PREDICATE_(name, flag)                                                                                      \
    static inline bool uc_is_##name(uint32_t cp) { return (uc_type(cp)->flags & (flag)) != 0; }
UC_PREDICATE_(alpha, UC_ALPHA)
UC_PREDICATE_(decimal, UC_DECIMAL)
UC_PREDICATE_(digit, UC_DIGIT)
UC_PREDICATE_(numeric, UC_NUMERIC)
UC_PREDICATE_(alnum, UC_ALPHA | UC_DECIMAL | UC_DIGIT | UC_NUMERIC)
UC_PREDICATE_(space, UC_SPACE)
UC_PREDICATE_(linebreak, UC_LINEBREAK)
UC_PREDICATE_(upper, UC_UPPER)
UC_PREDICATE_(lower, UC_LOWER)
UC_PREDICATE_(title, UC_TITLE)
UC_PREDICATE_(printable, UC_PRINTABLE)
UC_PREDICATE_(xid_start, UC_XID_START) // '_' is not one: identifiers allow it besides
UC_PREDICATE_(xid_continue, UC_XID_CONTINUE)
UC_PREDICATE_(cased, UC_CASED)
UC_PREDICATE_(case_ignorable, UC_CASE_IGNORABLE)
#undef UC_PREDICATE_

static inline int uc_decimal_value(uint32_t cp) { return uc_type(cp)->decimal; }
static inline int uc_digit_value(uint32_t cp) { return uc_type(cp)->digit; }
double uc_numeric_value(uint32_t cp); // -1.0 when there is none (no character has a negative value but U+0F33, -0.5)

// Simple case mappings, one code point to one.
static inline uint32_t uc_to_upper(uint32_t cp) { return cp + (uint32_t)uc_type(cp)->upper; }
static inline uint32_t uc_to_lower(uint32_t cp) { return cp + (uint32_t)uc_type(cp)->lower; }
static inline uint32_t uc_to_title(uint32_t cp) { return cp + (uint32_t)uc_type(cp)->title; }

// Full case mappings, without the conditional ones (a final sigma is the caller's business: uc_is_cased and
// uc_is_case_ignorable are there for it). They return how many code points were written, 1 to 3.
enum { UC_CASE_MAX = 3 };
int uc_to_upper_full(uint32_t cp, uint32_t out[UC_CASE_MAX]);
int uc_to_lower_full(uint32_t cp, uint32_t out[UC_CASE_MAX]);
int uc_to_title_full(uint32_t cp, uint32_t out[UC_CASE_MAX]);
int uc_fold_full(uint32_t cp, uint32_t out[UC_CASE_MAX]);

// --- what unicodedata asks
// ---------------------------------------------------------------------------------------------

typedef struct UcInfo {
    uint8_t category, bidirectional, combining, east_asian_width;
    uint8_t mirrored;
    uint8_t quick_check; // two bits a form, UcForm in order: 0 yes, 1 maybe, 2 no
    uint8_t age;         // ten times the version that assigned it: 32 for 3.2; 0 unassigned
    uint8_t numeric;     // index of the numeric value, 0 for none
} UcInfo;

const UcInfo *uc_info(uint32_t cp);
static inline unsigned uc_category(uint32_t cp) { return uc_info(cp)->category; }
static inline unsigned uc_combining(uint32_t cp) { return uc_info(cp)->combining; }

// "Lu", "AL", "Na": what the indices of UcInfo are called. The bidirectional name is "" for what has no class.
const char *uc_category_name(unsigned category);
const char *uc_bidirectional_name(unsigned bidirectional);
const char *uc_east_asian_width_name(unsigned width);

// The decomposition mapping as the database has it, one step: *cps points at the returned number of code points (0:
// none), *tag at "" or the kind, such as "<compat>". Hangul syllables have none here.
int uc_decomposition(uint32_t cp, const uint32_t **cps, const char **tag);

// --- normalisation
// -----------------------------------------------------------------------------------------------------

typedef enum UcForm { UC_NFC, UC_NFD, UC_NFKC, UC_NFKD } UcForm;
typedef enum UcQuick { UC_YES, UC_MAYBE, UC_NO } UcQuick;
typedef VEC(uint32_t) UcText;

// Whether the text is in the form, as far as a look at each code point tells.
UcQuick uc_quick_check(UcForm form, const uint32_t *text, size_t n);

// Appends the normal form of text to *out, which starts empty. false when memory is exhausted.
MUST_CHECK bool uc_normalize(UcForm form, const uint32_t *text, size_t n, UcText *out);

// 1, 0, or -1 when memory is exhausted.
MUST_CHECK int uc_is_normalized(UcForm form, const uint32_t *text, size_t n);

// --- names
// -------------------------------------------------------------------------------------------------------------

enum { UC_NAME_MAX = 128, UC_SEQUENCE_MAX = 4 };

// Writes the name with a NUL into buf, which has UC_NAME_MAX bytes, and returns its length; 0 when there is none.
int uc_name(uint32_t cp, char *buf);

enum { UC_LOOKUP_CHARACTER = 0, UC_LOOKUP_SEQUENCES = 1 };

// The code point that a name or an alias denotes (upper or lower case); with UC_LOOKUP_SEQUENCES also the several of a
// named sequence. Returns how many were written to out, 0 when the name is unknown.
int uc_lookup(const char *name, size_t len, unsigned flags, uint32_t out[UC_SEQUENCE_MAX]);

#endif
