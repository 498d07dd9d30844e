// SPDX-License-Identifier: MIT
//
// unicode_names_gen.c: writes unicode_names_tables.inc, the character names behind uc_name and uc_lookup.
//
//   unicode_names_gen OUTDIR UNICODE_DIR
//
// A name is a sequence of tokens, words or the parts of words up to and including a hyphen; a token is one byte for the
// most frequent, two for the others. The tokens of either group are sorted by length and stored without separators, so
// that a code's text is found by counting. Entries are the named characters in order, then aliases, then named
// sequences; a hash table leads from a name to its entry. Names that can be computed (Hangul, unified ideographs) are
// not stored.
#include "unicode_names.h"

#include "unicode_gen.h"

// 15.0 added these aliases to characters that 14.0 had already.
static const char *const newer_aliases[] = {"EM", "ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE",
                                            "SUNDANESE LETTER ARCHAIC I"};

typedef struct Entry {
    char *name;
    uint32_t cp[UC_SEQUENCE_MAX]; // a sequence ends with 0 where it is shorter
} Entry;

enum { ENTRIES_MAX = 65535 };
static Entry *entries;
static size_t entry_count, named_count, alias_count;

typedef struct Range {
    uint32_t first, last;
} Range;
static Range ideographs[64];
static size_t ideograph_ranges;

static Entry *new_entry(const char *name) {
    if (entry_count == ENTRIES_MAX) gen_fail("too many names");
    Entry *entry = &entries[entry_count++];
    entry->name = strdup(name);
    if (entry->name == NULL) gen_fail("out of memory");
    return entry;
}

// --- loading
// -----------------------------------------------------------------------------------------------------------

static void add_ideographs(uint32_t first, uint32_t last, const uint8_t *age) {
    while (last > first && !age[last]) last--;
    if (!age[first]) return;
    if (ideograph_ranges == countof(ideographs)) gen_fail("too many ranges of ideographs");
    ideographs[ideograph_ranges++] = (Range){first, last};
}

static void load_names(const char *directory, const uint8_t *age) {
    uint32_t first = 0;
    for (GenFile *in = gen_open(directory, "UnicodeData.txt"); gen_row(in);) {
        char *end, *name = in->field[1];
        uint32_t cp = gen_hex(in, in->field[0], &end);
        if (strstr(name, ", First>")) first = cp;
        if (strstr(name, ", Last>") && strncmp(name, "<CJK Ideograph", 14) == 0) add_ideographs(first, cp, age);
        if (*name != '<' && age[cp]) new_entry(name)->cp[0] = cp;
    }
    named_count = entry_count;
}

static bool is_newer_alias(const char *name) {
    for (size_t i = 0; i < countof(newer_aliases); i++)
        if (strcmp(name, newer_aliases[i]) == 0) return true;
    return false;
}

static void load_aliases(const char *directory, const uint8_t *age) {
    for (GenFile *in = gen_open(directory, "NameAliases.txt"); gen_row(in);) {
        char *end;
        uint32_t cp = gen_hex(in, in->field[0], &end);
        bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0); // they have an age, but be sure
        if ((age[cp] || control) && !is_newer_alias(in->field[1])) new_entry(in->field[1])->cp[0] = cp;
    }
    alias_count = entry_count - named_count;
}

static void load_sequences(const char *directory) {
    for (GenFile *in = gen_open(directory, "NamedSequences.txt"); gen_row(in);) {
        Entry *entry = new_entry(in->field[0]);
        gen_sequence(in, in->field[1], entry->cp, UC_SEQUENCE_MAX);
    }
}

// --- tokens
// ------------------------------------------------------------------------------------------------------------

typedef struct Token {
    char *text;
    size_t length, uses;
    unsigned code;
} Token;

enum { TOKEN_SLOTS = 1 << 16 };
static Token *token_table[TOKEN_SLOTS]; // open addressing, while counting
static Token *tokens[TOKEN_SLOTS];
static size_t token_count;

static Token *find_token(const char *text, size_t length) {
    uint32_t slot = names_hash(text, length) % TOKEN_SLOTS;
    for (; token_table[slot]; slot = (slot + 1) % TOKEN_SLOTS)
        if (token_table[slot]->length == length && memcmp(token_table[slot]->text, text, length) == 0)
            return token_table[slot];
    Token *token = gen_alloc(1, sizeof *token);
    token->text = strndup(text, length);
    token->length = length;
    if (token_count == TOKEN_SLOTS / 2) gen_fail("too many tokens");
    return tokens[token_count++] = token_table[slot] = token;
}

// The token at *at, which moves behind it; NULL at the end. "BKA- SHOG" is three: "BKA-", "" and "SHOG".
static Token *next_token(const char **at) {
    const char *text = *at;
    if (*text == '\0') return NULL;
    size_t length = strcspn(text, " -");
    if (text[length] == '-') length++;
    *at = text + length;
    bool hyphen = length && text[length - 1] == '-';
    if (!hyphen && **at == ' ') ++*at;
    return find_token(text, length);
}

static int by_use(const void *a, const void *b) {
    const Token *x = *(Token *const *)a, *y = *(Token *const *)b;
    if (x->uses != y->uses) return x->uses > y->uses ? -1 : 1;
    return strcmp(x->text, y->text);
}

static int by_length(const void *a, const void *b) {
    const Token *x = *(Token *const *)a, *y = *(Token *const *)b;
    if (x->length != y->length) return x->length < y->length ? -1 : 1;
    return strcmp(x->text, y->text);
}

static size_t short_codes; // how many tokens have one byte

static void number_tokens(void) {
    for (size_t i = 0; i < entry_count; i++) {
        const char *at = entries[i].name;
        for (Token *token; (token = next_token(&at));) token->uses++;
    }
    short_codes = 255;
    while (short_codes && (256 - short_codes) * 256 + short_codes < token_count) short_codes--;
    qsort(tokens, token_count, sizeof *tokens, by_use);
    qsort(tokens, short_codes, sizeof *tokens, by_length);
    qsort(tokens + short_codes, token_count - short_codes, sizeof *tokens, by_length);
    for (size_t i = 0; i < token_count; i++) tokens[i]->code = (unsigned)i;
}

// --- writing
// -----------------------------------------------------------------------------------------------------------

// PREFIX_text, and PREFIX_first[n]: the number of tokens of the group that are shorter than n.
static void put_group(FILE *out, const char *prefix, Token **group, size_t n) {
    fprintf(out, "static const char %s_text[] =\n", prefix);
    for (size_t i = 0; i < n; i++) fprintf(out, "%s\"%s\"", i && i % 8 == 0 ? "\n" : "", group[i]->text);
    fprintf(out, ";\nstatic const uint16_t %s_first[] = {", prefix);
    size_t at = 0;
    for (size_t length = 0; length <= NAMES_TOKEN_MAX; length++) {
        while (at < n && group[at]->length < length) at++;
        fprintf(out, "%zu,", at);
    }
    fprintf(out, "%zu};\n", n);
    if (n && group[n - 1]->length > NAMES_TOKEN_MAX) gen_fail("a token is too long");
}

static void put_entries(FILE *out) {
    uint8_t *data = gen_alloc(entry_count, 64);
    uint32_t *offsets = gen_alloc(entry_count / NAMES_STRIDE + 1, sizeof *offsets);
    size_t n = 0;
    for (size_t i = 0; i < entry_count; i++) {
        if (i % NAMES_STRIDE == 0) offsets[i / NAMES_STRIDE] = (uint32_t)n;
        size_t start = n++;
        const char *at = entries[i].name;
        for (Token *token; (token = next_token(&at));) {
            if (token->code < short_codes) {
                data[n++] = (uint8_t)token->code;
            } else {
                size_t code = token->code - short_codes;
                data[n++] = (uint8_t)(short_codes + code / 256);
                data[n++] = (uint8_t)(code % 256);
            }
        }
        data[start] = (uint8_t)(n - start - 1);
        if (strlen(entries[i].name) >= UC_NAME_MAX || n - start > 63)
            gen_fail("the name %s is too long", entries[i].name);
    }
    gen_put_u8(out, "static const uint8_t names_data", data, n);
    gen_put_u32(out, "static const uint32_t names_offsets", offsets, (entry_count + NAMES_STRIDE - 1) / NAMES_STRIDE);
}

static void put_runs(FILE *out) {
    fprintf(out, "static const NamesRun names_runs[] = {\n");
    for (size_t i = 0, n; i < named_count; i += n) {
        for (n = 1; i + n < named_count && entries[i + n].cp[0] == entries[i].cp[0] + n;) n++;
        fprintf(out, "{0x%x, %zu, %zu},\n", entries[i].cp[0], n, i);
    }
    fprintf(out, "};\nstatic const NamesRun names_ideographs[] = {\n");
    for (size_t i = 0; i < ideograph_ranges; i++)
        fprintf(out, "{0x%x, %u, 0},\n", ideographs[i].first, ideographs[i].last - ideographs[i].first + 1);
    fprintf(out, "};\nstatic const uint32_t names_aliases[] = {\n");
    for (size_t i = 0; i < alias_count; i++) fprintf(out, "0x%x,\n", entries[named_count + i].cp[0]);
    fprintf(out, "};\nstatic const uint32_t names_sequences[][UC_SEQUENCE_MAX] = {\n");
    for (size_t i = named_count + alias_count; i < entry_count; i++) {
        fprintf(out, "{");
        for (int k = 0; k < UC_SEQUENCE_MAX; k++) fprintf(out, "0x%x,", entries[i].cp[k]);
        fprintf(out, "},\n");
    }
    fprintf(out, "};\n");
}

static void put_hash_table(FILE *out) {
    uint16_t *slots = gen_alloc(NAMES_SLOTS, sizeof *slots);
    for (size_t i = 0; i < entry_count; i++) {
        uint32_t slot = names_hash(entries[i].name, strlen(entries[i].name)) % NAMES_SLOTS;
        while (slots[slot]) slot = (slot + 1) % NAMES_SLOTS;
        slots[slot] = (uint16_t)(i + 1);
    }
    gen_put_u16(out, "static const uint16_t names_slots", slots, NAMES_SLOTS);
}

int main(int argc, char **argv) {
    if (argc != 3) gen_fail("usage: unicode_names_gen OUTDIR UNICODE_DIR");
    const uint8_t *age = gen_ages(argv[2]);
    entries = gen_alloc(ENTRIES_MAX, sizeof *entries);
    load_names(argv[2], age);
    load_aliases(argv[2], age);
    load_sequences(argv[2]);
    number_tokens();

    FILE *out = gen_create(argv[1], "unicode_names_tables.inc");
    fprintf(out, "// Written by unicode_names_gen.c.\nenum { NAMES_SHORT_CODES = %zu, NAMES_CHARACTERS = %zu };\n",
            short_codes, named_count);
    put_group(out, "names_short", tokens, short_codes);
    put_group(out, "names_long", tokens + short_codes, token_count - short_codes);
    put_entries(out);
    put_runs(out);
    put_hash_table(out);
    gen_close(out);
    return 0;
}
