// SPDX-License-Identifier: MIT
//
// unicode_gen.h: what the generators of the Unicode tables share: reading the database's files, and writing arrays.
//
// The files are lines of fields separated by ';', with '#' comments; the first field is a code point or FIRST..LAST.
// A file that is missing or a line that makes no sense ends the program: no table is better than a wrong one.
#ifndef HEDDLE_BASE_UNICODE_GEN_H
#define HEDDLE_BASE_UNICODE_GEN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GEN_LIMIT = 0x110000, GEN_FIELDS = 20, GEN_LINE = 1024, GEN_VERSION = 140 };

static inline __attribute__((noreturn, format(printf, 1, 2))) void gen_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "unicode tables: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

static inline void *gen_alloc(size_t count, size_t size) {
    void *p = calloc(count, size);
    if (p == NULL) gen_fail("out of memory");
    return p;
}

typedef struct GenFile {
    FILE *file;
    char path[512];
    int line;
    int count; // fields of the current row
    char *field[GEN_FIELDS];
    char text[GEN_LINE];
} GenFile;

static inline GenFile *gen_open(const char *directory, const char *name) {
    GenFile *in = gen_alloc(1, sizeof *in);
    snprintf(in->path, sizeof in->path, "%s/%s", directory, name);
    in->file = fopen(in->path, "r");
    if (in->file == NULL) gen_fail("cannot open %s", in->path);
    return in;
}

static inline char *gen_trim(char *text) {
    while (*text == ' ' || *text == '\t') text++;
    char *end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1])) *--end = '\0';
    return text;
}

// The next row that is not empty, its fields trimmed; at the end of the file closes it, frees `in` and returns false.
static inline bool gen_row(GenFile *in) {
    while (fgets(in->text, sizeof in->text, in->file)) {
        in->line++;
        char *comment = strchr(in->text, '#');
        if (comment) *comment = '\0';
        if (*gen_trim(in->text) == '\0') continue;
        in->count = 0;
        for (char *at = in->text; at; in->count++) {
            if (in->count == GEN_FIELDS) gen_fail("%s:%d: too many fields", in->path, in->line);
            char *semicolon = strchr(at, ';');
            if (semicolon) *semicolon = '\0';
            in->field[in->count] = gen_trim(at);
            at = semicolon ? semicolon + 1 : NULL;
        }
        return true;
    }
    fclose(in->file);
    free(in);
    return false;
}

static inline uint32_t gen_hex(GenFile *in, const char *text, char **end) {
    unsigned long cp = strtoul(text, end, 16);
    if (*end == text || cp >= GEN_LIMIT) gen_fail("%s:%d: no code point", in->path, in->line);
    return (uint32_t)cp;
}

// The range in a row's first field.
static inline void gen_range(GenFile *in, uint32_t *first, uint32_t *last) {
    char *end;
    *first = *last = gen_hex(in, in->field[0], &end);
    if (strncmp(end, "..", 2) == 0) *last = gen_hex(in, end + 2, &end);
    if (*end || *last < *first) gen_fail("%s:%d: no range", in->path, in->line);
}

// Code points separated by blanks; returns how many.
static inline int gen_sequence(GenFile *in, char *text, uint32_t *out, int max) {
    int n = 0;
    for (char *at = gen_trim(text); *at; at = gen_trim(at)) {
        if (n == max) gen_fail("%s:%d: too many code points", in->path, in->line);
        out[n++] = gen_hex(in, at, &at);
    }
    return n;
}

// Ten times the version that assigned each code point; 0 where that is none up to GEN_VERSION.
static inline uint8_t *gen_ages(const char *directory) {
    uint8_t *age = gen_alloc(GEN_LIMIT, 1);
    uint32_t first, last;
    for (GenFile *in = gen_open(directory, "DerivedAge.txt"); gen_row(in);) {
        int major, minor;
        gen_range(in, &first, &last);
        if (in->count < 2 || sscanf(in->field[1], "%d.%d", &major, &minor) != 2)
            gen_fail("%s:%d: no version", in->path, in->line);
        if (major * 10 + minor > GEN_VERSION) continue;
        for (uint32_t cp = first; cp <= last; cp++) age[cp] = (uint8_t)(major * 10 + minor);
    }
    return age;
}

static inline FILE *gen_create(const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *out = fopen(path, "w");
    if (out == NULL) gen_fail("cannot write %s", path);
    return out;
}

static inline void gen_close(FILE *out) {
    if (ferror(out) | (fclose(out) != 0)) gen_fail("writing failed");
}

#define GEN_PUT_ARRAY_(suffix, type)                                                                                   \
    static inline __attribute__((unused)) void gen_put_##suffix(FILE *out, const char *declaration,                    \
                                                                const type *values, size_t n) {                        \
        fprintf(out, "%s[] = {", declaration);                                                                         \
        for (size_t i = 0; i < n; i++) fprintf(out, "%s%lu,", i % 24 ? "" : "\n", (unsigned long)values[i]);           \
        fprintf(out, "\n};\n");                                                                                        \
    }
GEN_PUT_ARRAY_(u8, uint8_t)
GEN_PUT_ARRAY_(u16, uint16_t)
GEN_PUT_ARRAY_(u32, uint32_t)
#undef GEN_PUT_ARRAY_

// Writes values[0..GEN_LIMIT) as two arrays, PREFIX_blocks and PREFIX_rows: the value of cp is
// rows[blocks[cp >> bits] << bits | low bits of cp].
static inline void gen_put_two_stage(FILE *out, const char *qualifiers, const char *prefix, const uint16_t *values,
                                     int bits) {
    size_t size = (size_t)1 << bits, blocks = GEN_LIMIT >> bits, used = 0;
    uint16_t *index = gen_alloc(blocks, sizeof *index), *rows = gen_alloc(GEN_LIMIT, sizeof *rows);
    char declaration[128];
    for (size_t b = 0; b < blocks; b++) {
        size_t row = 0;
        while (row < used && memcmp(rows + row * size, values + b * size, size * sizeof *rows) != 0) row++;
        if (row == used) memcpy(rows + used++ * size, values + b * size, size * sizeof *rows);
        index[b] = (uint16_t)row;
    }
    snprintf(declaration, sizeof declaration, "%sconst uint16_t %s_blocks", qualifiers, prefix);
    gen_put_u16(out, declaration, index, blocks);
    snprintf(declaration, sizeof declaration, "%sconst uint16_t %s_rows", qualifiers, prefix);
    gen_put_u16(out, declaration, rows, used * size);
    free(index);
    free(rows);
}

#endif
