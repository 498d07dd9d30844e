// SPDX-License-Identifier: MIT
//
// unicode_gen.c: writes unicode_tables.inc, the property tables behind base/unicode.h, from the Unicode database.
//
//   unicode_gen OUTDIR UNICODE_DIR
//
// The database may be newer than what Python 3.11 reports (14.0). Code points that 14.0 did not assign are left out by
// their age; the few older ones whose properties changed since are put back by restore_14.
//
// load_* fill one Character per code point, find_* number the distinct records, put_* write.
#include "base/unicode.h"
#include "unicode_gen.h"

typedef struct Mapping {
    int n; // 0: none
    uint32_t cp[UC_CASE_MAX];
} Mapping;

enum { MAP_UPPER, MAP_LOWER, MAP_TITLE, MAP_FOLD, MAP_KINDS };
enum { DECOMPOSITION_MAX = 18 };

typedef struct Character {
    UcInfo info;
    UcType type;
    uint32_t simple[3]; // upper, lower, title; 0: itself
    Mapping *full;      // MAP_KINDS of them, or NULL
    int8_t decomposition_tag, decomposition_count;
    uint32_t *decomposition;
    bool excluded; // from composition
} Character;

static Character *characters;

static const char *const categories[] = {"Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No",
                                         "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Lm", "Lo", "Pc",
                                         "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"};
static const char *const bidirectionals[] = {"",    "L",  "LRE", "LRO", "R",   "AL",  "RLE", "RLO",
                                             "PDF", "EN", "ES",  "ET",  "AN",  "CS",  "NSM", "BN",
                                             "B",   "S",  "WS",  "ON",  "LRI", "RLI", "FSI", "PDI"};
// The first is what unassigned code points get: Python 3.11 says "F" of them, though the database says otherwise.
static const char *const widths[] = {"F", "H", "W", "Na", "A", "N"};
static const char *const tags[] = {"",           "<font>",   "<noBreak>", "<initial>",  "<medial>",   "<final>",
                                   "<isolated>", "<circle>", "<super>",   "<sub>",      "<vertical>", "<wide>",
                                   "<narrow>",   "<small>",  "<square>",  "<fraction>", "<compat>"};

static int find_name(const char *const *names, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) return (int)i;
    gen_fail("the value '%s' is new to this program", name);
}
#define FIND_NAME(names, name) find_name(names, countof(names), name)

// --- loading
// -----------------------------------------------------------------------------------------------------------

static void load_defaults(const uint8_t *age) {
    characters = gen_alloc(GEN_LIMIT, sizeof *characters);
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) {
        Character *c = &characters[cp];
        c->info.age = age[cp];
        c->type.decimal = c->type.digit = -1;
    }
}

static void load_decomposition(Character *c, GenFile *in, char *text) {
    if (*text == '<') {
        char *end = strchr(text, '>') + 1, kind[32];
        snprintf(kind, sizeof kind, "%.*s", (int)(end - text), text);
        c->decomposition_tag = (int8_t)FIND_NAME(tags, kind);
        text = end;
    }
    if (*text == '\0') return;
    c->decomposition = gen_alloc(DECOMPOSITION_MAX, sizeof *c->decomposition);
    c->decomposition_count = (int8_t)gen_sequence(in, text, c->decomposition, DECOMPOSITION_MAX);
}

static void load_character(Character *c, GenFile *in) {
    char *end;
    c->info.category = (uint8_t)FIND_NAME(categories, in->field[2]);
    c->info.combining = (uint8_t)atoi(in->field[3]);
    c->info.bidirectional = (uint8_t)FIND_NAME(bidirectionals, in->field[4]);
    load_decomposition(c, in, in->field[5]);
    if (*in->field[6]) c->type.decimal = (int8_t)atoi(in->field[6]), c->type.flags |= UC_DECIMAL;
    if (*in->field[7]) c->type.digit = (int8_t)atoi(in->field[7]), c->type.flags |= UC_DIGIT;
    c->info.mirrored = *in->field[9] == 'Y';
    static const int field_of[] = {12, 13, 14};
    for (int i = 0; i < 3; i++)
        if (*in->field[field_of[i]]) c->simple[i] = gen_hex(in, in->field[field_of[i]], &end);
    if (!*in->field[14]) c->simple[MAP_TITLE] = c->simple[MAP_UPPER];
}

static void load_unicode_data(const char *directory) {
    uint32_t first = 0;
    for (GenFile *in = gen_open(directory, "UnicodeData.txt"); gen_row(in);) {
        char *end;
        uint32_t cp = gen_hex(in, in->field[0], &end);
        if (in->count != 15) gen_fail("%s:%d: not 15 fields", in->path, in->line);
        size_t name_length = strlen(in->field[1]);
        bool range_ends = name_length > 6 && strcmp(in->field[1] + name_length - 6, " Last>") == 0;
        if (!range_ends) first = cp;
        for (uint32_t each = first; each <= cp; each++)
            if (characters[each].info.age) load_character(&characters[each], in);
    }
}

// Sets a flag on the code points of a file whose second field is `property`.
static void load_flag(const char *directory, const char *name, const char *property, unsigned flag) {
    uint32_t first, last;
    for (GenFile *in = gen_open(directory, name); gen_row(in);) {
        if (in->count < 2 || strcmp(in->field[1], property) != 0) continue;
        gen_range(in, &first, &last);
        for (uint32_t cp = first; cp <= last; cp++)
            if (characters[cp].info.age) characters[cp].type.flags |= (uint16_t)flag;
    }
}

static void load_flags(const char *directory) {
    static const char core[] = "DerivedCoreProperties.txt", breaks[] = "LineBreak.txt";
    load_flag(directory, core, "Uppercase", UC_UPPER);
    load_flag(directory, core, "Lowercase", UC_LOWER);
    load_flag(directory, core, "Cased", UC_CASED);
    load_flag(directory, core, "Case_Ignorable", UC_CASE_IGNORABLE);
    load_flag(directory, core, "XID_Start", UC_XID_START);
    load_flag(directory, core, "XID_Continue", UC_XID_CONTINUE);
    static const char *const mandatory[] = {"BK", "CR", "LF", "NL"};
    for (size_t i = 0; i < countof(mandatory); i++) load_flag(directory, breaks, mandatory[i], UC_LINEBREAK);
}

// Numeric values, as the fractions they are written as; 0 is "none".
enum { NUMERIC_MAX = 256 };
static char *numerics[NUMERIC_MAX];
static int numeric_count = 1;

static uint8_t numeric_index(const char *text) {
    for (int i = 1; i < numeric_count; i++)
        if (strcmp(numerics[i], text) == 0) return (uint8_t)i;
    if (numeric_count == NUMERIC_MAX) gen_fail("too many numeric values");
    numerics[numeric_count] = strdup(text);
    return (uint8_t)numeric_count++;
}

static void load_numerics(const char *directory) {
    uint32_t first, last;
    for (GenFile *in = gen_open(directory, "extracted/DerivedNumericValues.txt"); gen_row(in);) {
        gen_range(in, &first, &last);
        if (in->count < 4) gen_fail("%s:%d: no value", in->path, in->line);
        for (uint32_t cp = first; cp <= last; cp++) {
            if (!characters[cp].info.age) continue;
            characters[cp].info.numeric = numeric_index(in->field[3]);
            characters[cp].type.flags |= UC_NUMERIC;
        }
    }
}

static void load_widths(const char *directory) {
    uint32_t first, last;
    for (GenFile *in = gen_open(directory, "EastAsianWidth.txt"); gen_row(in);) {
        gen_range(in, &first, &last);
        for (uint32_t cp = first; cp <= last; cp++)
            if (characters[cp].info.age)
                characters[cp].info.east_asian_width = (uint8_t)FIND_NAME(widths, in->field[1]);
    }
}

static void load_quick_checks(const char *directory) {
    static const char *const properties[] = {"NFC_QC", "NFD_QC", "NFKC_QC", "NFKD_QC"}; // UcForm in order
    uint32_t first, last;
    for (GenFile *in = gen_open(directory, "DerivedNormalizationProps.txt"); gen_row(in);) {
        if (in->count < 2) continue;
        gen_range(in, &first, &last);
        bool exclusion = strcmp(in->field[1], "Full_Composition_Exclusion") == 0;
        for (unsigned form = 0; form < countof(properties); form++) {
            bool quick = strcmp(in->field[1], properties[form]) == 0;
            if (!quick && !exclusion) continue;
            for (uint32_t cp = first; cp <= last; cp++) {
                if (!characters[cp].info.age) continue;
                if (exclusion) characters[cp].excluded = true;
                else
                    characters[cp].info.quick_check |= (uint8_t)((*in->field[2] == 'M' ? UC_MAYBE : UC_NO) << form * 2);
            }
        }
    }
}

static Mapping *full_mappings(uint32_t cp) {
    Character *c = &characters[cp];
    if (c->full == NULL) c->full = gen_alloc(MAP_KINDS, sizeof *c->full);
    return c->full;
}

static void set_mapping(GenFile *in, uint32_t cp, int kind, char *text) {
    Mapping *mapping = &full_mappings(cp)[kind];
    mapping->n = gen_sequence(in, text, mapping->cp, UC_CASE_MAX);
}

static void load_full_mappings(const char *directory) {
    char *end;
    for (GenFile *in = gen_open(directory, "SpecialCasing.txt"); gen_row(in);) {
        uint32_t cp = gen_hex(in, in->field[0], &end);
        if (in->count > 4 && *in->field[4]) continue; // conditional: a language, or Final_Sigma
        if (!characters[cp].info.age) continue;
        set_mapping(in, cp, MAP_LOWER, in->field[1]);
        set_mapping(in, cp, MAP_TITLE, in->field[2]);
        set_mapping(in, cp, MAP_UPPER, in->field[3]);
    }
    for (GenFile *in = gen_open(directory, "CaseFolding.txt"); gen_row(in);) {
        uint32_t cp = gen_hex(in, in->field[0], &end);
        if (strcmp(in->field[1], "C") != 0 && strcmp(in->field[1], "F") != 0) continue;
        if (characters[cp].info.age) set_mapping(in, cp, MAP_FOLD, in->field[2]);
    }
}

// What 15.0 changed of characters that 14.0 had already: five modifier letters became Lowercase.
static const uint32_t since_14_lowercase[] = {0x10fc, 0xa7f2, 0xa7f3, 0xa7f4, 0xab69};

static void restore_14(void) {
    for (size_t i = 0; i < countof(since_14_lowercase); i++)
        characters[since_14_lowercase[i]].type.flags &= (uint16_t)~(UC_LOWER | UC_CASED);
}

// --- deriving
// ----------------------------------------------------------------------------------------------------------

static bool is_category(const Character *c, const char *list) {
    return strstr(list, categories[c->info.category]) != NULL;
}

static void derive_flags(Character *c, uint32_t cp) {
    unsigned flags = 0;
    const char *bidirectional = bidirectionals[c->info.bidirectional];
    bool paragraph = strcmp(bidirectional, "B") == 0;
    if (is_category(c, "Lu Ll Lt Lm Lo")) flags |= UC_ALPHA;
    if (is_category(c, "Lt")) flags |= UC_TITLE;
    if (is_category(c, "Zs") || paragraph || !strcmp(bidirectional, "WS") || !strcmp(bidirectional, "S"))
        flags |= UC_SPACE;
    if (paragraph) flags |= UC_LINEBREAK;
    if (cp == ' ' || !is_category(c, "Cc Cf Cs Co Cn Zl Zp Zs")) flags |= UC_PRINTABLE;
    c->type.flags |= (uint16_t)flags;
}

static bool mapping_is(const Mapping *mapping, uint32_t cp) { return mapping->n == 1 && mapping->cp[0] == cp; }

// Mappings that the distances of UcType cannot say: several code points, or a folding that is not the lower case (what
// the database gives no folding stays as it is: the Cherokee capitals).
static bool is_special(Character *c, uint32_t cp) {
    if (c->full == NULL && c->simple[MAP_LOWER] == 0) return false;
    Mapping *full = full_mappings(cp);
    bool special = false;
    for (int kind = 0; kind < MAP_FOLD; kind++) {
        uint32_t simple = c->simple[kind] ? c->simple[kind] : cp;
        if (full[kind].n == 0) full[kind] = (Mapping){1, {simple}};
        if (!mapping_is(&full[kind], simple)) special = true;
    }
    if (full[MAP_FOLD].n == 0) full[MAP_FOLD] = (Mapping){1, {cp}};
    return special || !mapping_is(&full[MAP_FOLD], c->simple[MAP_LOWER] ? c->simple[MAP_LOWER] : cp);
}

static int32_t distance(uint32_t cp, uint32_t to) { return to ? (int32_t)to - (int32_t)cp : 0; }

// --- numbering
// ---------------------------------------------------------------------------------------------------------

// Gives every distinct record of `size` bytes a number, that of the all-default record being 0.
typedef struct Records {
    unsigned char *data;
    size_t size, count, capacity, latest;
} Records;

static uint16_t record_number(Records *records, const void *record) {
    if (records->count && memcmp(records->data + records->latest * records->size, record, records->size) == 0)
        return (uint16_t)records->latest; // neighbours are mostly alike
    for (size_t i = 0; i < records->count; i++)
        if (memcmp(records->data + i * records->size, record, records->size) == 0)
            return (uint16_t)(records->latest = i);
    if (records->count == records->capacity) {
        records->capacity = records->capacity ? records->capacity * 2 : 64;
        records->data = realloc(records->data, records->capacity * records->size);
        if (records->data == NULL) gen_fail("out of memory");
    }
    memcpy(records->data + records->count * records->size, record, records->size);
    if (records->count == UINT16_MAX) gen_fail("too many records");
    return (uint16_t)(records->latest = records->count++);
}

// --- writing
// -----------------------------------------------------------------------------------------------------------

static void put_names(FILE *out, const char *array, const char *const *names, size_t n) {
    fprintf(out, "static const char *const %s[] = {", array);
    for (size_t i = 0; i < n; i++) fprintf(out, "\"%s\", ", names[i]);
    fprintf(out, "};\n");
}

static void put_mapping(FILE *out, const Mapping *mapping) {
    fprintf(out, "{%d, {", mapping->n);
    for (int i = 0; i < UC_CASE_MAX; i++) fprintf(out, "0x%x,", mapping->cp[i]);
    fprintf(out, "}}, ");
}

static void put_specials(FILE *out) {
    int specials = 1;
    fprintf(out, "static const UcSpecial uc_specials[] = {\n{{{0, {0, 0, 0}}}},\n");
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) {
        Character *c = &characters[cp];
        if (!is_special(c, cp)) continue;
        c->type.special = (uint16_t)specials++;
        fprintf(out, "{{");
        for (int kind = 0; kind < MAP_KINDS; kind++) put_mapping(out, &c->full[kind]);
        fprintf(out, "}},\n");
    }
    fprintf(out, "};\n");
}

static void put_types(FILE *out) {
    uint16_t *numbers = gen_alloc(GEN_LIMIT, sizeof *numbers);
    UcType nothing;
    memset(&nothing, 0, sizeof nothing);
    nothing.decimal = nothing.digit = -1;
    Records records = {.size = sizeof(UcType)};
    record_number(&records, &nothing);
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) {
        UcType type, *from = &characters[cp].type;
        memset(&type, 0, sizeof type);
        type.flags = from->flags;
        type.special = from->special;
        type.decimal = from->decimal;
        type.digit = from->digit;
        type.upper = distance(cp, characters[cp].simple[MAP_UPPER]);
        type.lower = distance(cp, characters[cp].simple[MAP_LOWER]);
        type.title = distance(cp, characters[cp].simple[MAP_TITLE]);
        numbers[cp] = record_number(&records, &type);
    }
    fprintf(out, "const UcType uc_types[] = {\n");
    for (size_t i = 0; i < records.count; i++) {
        const UcType *t = (const UcType *)(const void *)(records.data + i * records.size);
        fprintf(out, "{%u, %u, %d, %d, %d, %d, %d},\n", t->flags, t->special, t->upper, t->lower, t->title, t->decimal,
                t->digit);
    }
    fprintf(out, "};\n");
    gen_put_two_stage(out, "", "uc_type", numbers, UC_BLOCK_BITS);
}

static void put_infos(FILE *out) {
    uint16_t *numbers = gen_alloc(GEN_LIMIT, sizeof *numbers);
    UcInfo nothing = {0};
    Records records = {.size = sizeof(UcInfo)};
    record_number(&records, &nothing);
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) numbers[cp] = record_number(&records, &characters[cp].info);
    fprintf(out, "static const UcInfo uc_infos[] = {\n");
    for (size_t i = 0; i < records.count; i++) {
        const UcInfo *r = (const UcInfo *)(const void *)(records.data + i * records.size);
        fprintf(out, "{%u, %u, %u, %u, %u, %u, %u, %u},\n", r->category, r->bidirectional, r->combining,
                r->east_asian_width, r->mirrored, r->quick_check, r->age, r->numeric);
    }
    fprintf(out, "};\n");
    gen_put_two_stage(out, "static ", "uc_info", numbers, UC_BLOCK_BITS);
    fprintf(out, "static const double uc_numerics[] = {-1.0,\n");
    for (int i = 1; i < numeric_count; i++) {
        char *slash = strchr(numerics[i], '/');
        fprintf(out, "%.*s.0 / %s.0,\n", slash ? (int)(slash - numerics[i]) : 99, numerics[i], slash ? slash + 1 : "1");
    }
    fprintf(out, "};\n");
}

// uc_decompositions: for each mapping a word (tag << 8 | count), then its code points; index 0 is "none".
static void put_decompositions(FILE *out) {
    uint16_t *numbers = gen_alloc(GEN_LIMIT, sizeof *numbers);
    size_t n = 1;
    fprintf(out, "static const uint32_t uc_decompositions[] = {0,\n");
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) {
        Character *c = &characters[cp];
        if (c->decomposition_count == 0) continue;
        if (n > UINT16_MAX) gen_fail("too many decompositions");
        numbers[cp] = (uint16_t)n;
        fprintf(out, "0x%x,", c->decomposition_tag << 8 | c->decomposition_count);
        for (int i = 0; i < c->decomposition_count; i++) fprintf(out, "0x%x,", c->decomposition[i]);
        fprintf(out, "\n");
        n += 1 + (size_t)c->decomposition_count;
    }
    fprintf(out, "};\n");
    gen_put_two_stage(out, "static ", "uc_decomposition", numbers, UC_BLOCK_BITS);
}

typedef struct Composition {
    uint32_t first, second, composite;
} Composition;

static int compare_compositions(const void *a, const void *b) {
    const Composition *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x->second < y->second ? -1 : x->second > y->second;
}

// uc_compositions: the primary composites, sorted by their two parts.
static void put_compositions(FILE *out) {
    Composition *all = gen_alloc(GEN_LIMIT, sizeof *all);
    size_t n = 0;
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) {
        Character *c = &characters[cp];
        if (c->decomposition_count == 2 && c->decomposition_tag == 0 && !c->excluded)
            all[n++] = (Composition){c->decomposition[0], c->decomposition[1], cp};
    }
    qsort(all, n, sizeof *all, compare_compositions);
    fprintf(out, "static const UcComposition uc_compositions[] = {\n");
    for (size_t i = 0; i < n; i++) fprintf(out, "{0x%x, 0x%x, 0x%x},\n", all[i].first, all[i].second, all[i].composite);
    fprintf(out, "};\n");
}

int main(int argc, char **argv) {
    if (argc != 3) gen_fail("usage: unicode_gen OUTDIR UNICODE_DIR");
    const char *directory = argv[2];
    load_defaults(gen_ages(directory));
    load_unicode_data(directory);
    load_flags(directory);
    load_numerics(directory);
    load_widths(directory);
    load_quick_checks(directory);
    load_full_mappings(directory);
    restore_14();
    for (uint32_t cp = 0; cp < GEN_LIMIT; cp++) derive_flags(&characters[cp], cp);

    FILE *out = gen_create(argv[1], "unicode_tables.inc");
    fprintf(out, "// Written by unicode_gen.c.\n#ifdef UNICODE_PROPERTIES\n");
    put_names(out, "uc_category_names", categories, countof(categories));
    put_names(out, "uc_bidirectional_names", bidirectionals, countof(bidirectionals));
    put_names(out, "uc_width_names", widths, countof(widths));
    put_names(out, "uc_tag_names", tags, countof(tags));
    put_specials(out);
    put_types(out);
    put_infos(out);
    put_decompositions(out);
    fprintf(out, "#endif\n#ifdef UNICODE_COMPOSITIONS\n");
    put_compositions(out);
    fprintf(out, "#endif\n");
    gen_close(out);
    return 0;
}
