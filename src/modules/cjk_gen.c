// SPDX-License-Identifier: MIT
// Writes cjk_tables.inc: the double-byte character sets of East Asia, one array a set.
//
// The mappings come from the C library's iconv on the machine that builds; cjk_delta.def corrects the rows where CPython
// has another opinion.  A set is a rectangle of codes (lead byte, trail byte); its cells hold the character, 0 for none,
// PAIR + i for the i-th pair of characters.  Sets of plane 0 alone have 16-bit cells.
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIR = 0x110000 };

typedef struct Set {
    const char *name, *charset; // ours, iconv's
    const char *prefix;         // bytes that stand before each code
    int lead, lead_end, trail, trail_end; // both ends included
    bool wide;
    bool hole;                  // no trail bytes 0x7f and 0x80 in the order of codes
} Set;

static const Set sets[] = {
    {"gb2312", "EUC-CN", "", 0xa1, 0xf7, 0xa1, 0xfe, false, false},
    {"gbk", "GBK", "", 0x81, 0xfe, 0x40, 0xfe, false, false},
    {"gb18030", "GB18030", "", 0x81, 0xfe, 0x40, 0xfe, false, false},
    {"big5", "BIG5", "", 0xa1, 0xf9, 0x40, 0xfe, false, true},
    {"cp950", "BIG5", "", 0xa1, 0xf9, 0x40, 0xfe, false, true},
    {"big5hkscs", "BIG5-HKSCS", "", 0x87, 0xfe, 0x40, 0xfe, true, true},
    {"jisx0208", "EUC-JP", "", 0xa1, 0xf4, 0xa1, 0xfe, false, false},
    {"jisx0212", "EUC-JP", "\x8f", 0xa1, 0xed, 0xa1, 0xfe, false, false},
    {"cp932", "CP932", "", 0x81, 0xfc, 0x40, 0xfc, false, false},
    {"jisx0213_1", "EUC-JISX0213", "", 0xa1, 0xfe, 0xa1, 0xfe, true, false},
    {"jisx0213_2", "EUC-JISX0213", "\x8f", 0xa1, 0xfe, 0xa1, 0xfe, true, false},
    {"ksx1001", "EUC-KR", "", 0xa1, 0xfd, 0xa1, 0xfe, false, false},
    {"cp949", "UHC", "", 0x81, 0xfd, 0x41, 0xfe, false, false},
    {"johab", "JOHAB", "", 0x84, 0xf9, 0x31, 0xfe, false, false},
};
enum { N_SETS = sizeof sets / sizeof *sets };

typedef struct Delta {
    const char *set;
    uint32_t code, count, character; // count 0: an ENCODES row
} Delta;
static const Delta deltas[] = {
#define DECODES(set, code, n, u) {#set, code, n, u},
#define ENCODES(set, u, code) {#set, code, 0, u},
#include "cjk_delta.def"
#undef DECODES
#undef ENCODES
};
enum { N_DELTAS = sizeof deltas / sizeof *deltas };

static FILE *out;
static uint32_t cells[256 * 256];
static uint32_t pairs[256][2];
static int n_pairs;

static void fail(const char *what, const char *which) {
    fprintf(stderr, "cjk_gen: %s %s\n", what, which);
    exit(1);
}

// The characters of one code (trail < 0: of the lead byte alone), at most two; 0 when there are none.
static int convert(iconv_t cd, const Set *s, int lead, int trail, uint32_t characters[2]) {
    char in[8], *p = in;
    size_t n = 0;
    for (const char *c = s->prefix; *c; c++) in[n++] = *c;
    in[n++] = (char)lead;
    if (trail >= 0) in[n++] = (char)trail;
    uint32_t result[8];
    char *q = (char *)result;
    size_t room = sizeof result;
    iconv(cd, NULL, NULL, NULL, NULL);
    if (iconv(cd, &p, &n, &q, &room) != 0 || n || iconv(cd, NULL, NULL, &q, &room) != 0) return 0;
    size_t count = (size_t)(q - (char *)result) / 4;
    if (count > 2) return 0;
    memcpy(characters, result, count * 4);
    return (int)count;
}

static void read_set(const Set *s) {
    iconv_t cd = iconv_open("UTF-32LE", s->charset);
    if (cd == (iconv_t)-1) fail("iconv has no charset", s->charset);
    memset(cells, 0, sizeof cells);
    n_pairs = 0;
    for (int lead = s->lead; lead <= s->lead_end; lead++) {
        uint32_t u[2];
        if (convert(cd, s, lead, -1, u)) continue; // a byte that is a character
        for (int trail = s->trail; trail <= s->trail_end; trail++) {
            int n = convert(cd, s, lead, trail, u);
            if (n == 2) {
                pairs[n_pairs][0] = u[0];
                pairs[n_pairs][1] = u[1];
                cells[lead << 8 | trail] = PAIR + (uint32_t)n_pairs++;
            } else if (n == 1) {
                cells[lead << 8 | trail] = u[0];
            }
        }
    }
    iconv_close(cd);
}

static uint32_t next_code(const Set *s, uint32_t code) {
    uint32_t lead = code >> 8, trail = (code & 0xff) + 1;
    if (s->hole && trail == 0x7f) trail = 0xa1;
    else if (!s->hole && trail == 0x7f && s->trail < 0x7f) trail = s->lead == 0x84 ? 0x81 : 0x80;
    if (trail > (uint32_t)s->trail_end) {
        trail = (uint32_t)s->trail;
        lead++;
    }
    return lead << 8 | trail;
}

static void correct(const Set *s) {
    for (int i = 0; i < N_DELTAS; i++) {
        const Delta *d = &deltas[i];
        if (strcmp(d->set, s->name)) continue;
        uint32_t code = d->code;
        for (uint32_t k = 0; k < d->count; k++, code = next_code(s, code)) cells[code] = d->character ? d->character + k : 0;
    }
}

static void write_set(const Set *s) {
    fprintf(out, "static const uint%d_t cjk_%s_cells[] = {", s->wide ? 32 : 16, s->name);
    int n = 0;
    for (int lead = s->lead; lead <= s->lead_end; lead++)
        for (int trail = s->trail; trail <= s->trail_end; trail++) {
            uint32_t u = cells[lead << 8 | trail];
            if (!s->wide && u > 0xffff) fail("characters outside of plane 0 in", s->name);
            fprintf(out, "%s%u,", n++ % 24 ? "" : "\n", (unsigned)u);
        }
    fprintf(out, "\n};\nstatic const uint32_t cjk_%s_pairs[][2] = {", s->name);
    for (int i = 0; i < n_pairs; i++) fprintf(out, "{0x%x, 0x%x}, ", (unsigned)pairs[i][0], (unsigned)pairs[i][1]);
    fprintf(out, "{0, 0}};\nstatic const uint32_t cjk_%s_prefers[][2] = { // character, code\n", s->name);
    for (int i = 0; i < N_DELTAS; i++)
        if (!deltas[i].count && !strcmp(deltas[i].set, s->name))
            fprintf(out, "{0x%x, 0x%x}, ", (unsigned)deltas[i].character, (unsigned)deltas[i].code);
    fprintf(out, "{0, 0}};\nCjkSet cjk_%s = {\"%s\", %d, %d, %d, %d, %s, cjk_%s_cells, cjk_%s_pairs, cjk_%s_prefers, NULL};\n\n",
            s->name, s->name, s->lead, s->lead_end, s->trail, s->trail_end, s->wide ? "true" : "false", s->name, s->name, s->name);
}

int main(int argc, char **argv) {
    if (argc < 2) fail("usage:", "cjk_gen OUTDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/cjk_tables.inc", argv[1]);
    out = fopen(path, "w");
    if (!out) fail("cannot write", path);
    fprintf(out, "// Written by cjk_gen.c.\n");
    for (int i = 0; i < N_SETS; i++) {
        read_set(&sets[i]);
        correct(&sets[i]);
        write_set(&sets[i]);
    }
    if (fclose(out)) fail("cannot write", path);
    return 0;
}
