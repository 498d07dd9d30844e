// SPDX-License-Identifier: MIT
// Double-byte character sets: the generated arrays, and their reverse, which is made when a codec is first asked for.
#include "cjk.h"

#include "cjk_tables.inc"

typedef struct CjkReverse {
    const uint16_t *pages[0x300];  // codes by character, 256 a page; NULL: none.  Planes 0 to 2
    uint64_t pair_bits;            // bit (c & 63): some pair begins with such a character
    uint16_t pair_codes[64];
} CjkReverse;

static uint32_t cell(const CjkSet *set, size_t i) {
    return set->wide ? ((const uint32_t *)set->cells)[i] : ((const uint16_t *)set->cells)[i];
}

uint32_t cjk_character(const CjkSet *set, unsigned lead, unsigned trail) {
    if (lead < (unsigned)set->lead || lead > (unsigned)set->lead_end || trail < (unsigned)set->trail || trail > (unsigned)set->trail_end)
        return 0;
    size_t width = (size_t)(set->trail_end - set->trail + 1);
    return cell(set, (lead - (unsigned)set->lead) * width + trail - (unsigned)set->trail);
}

// ---- the reverse ----------------------------------------------------------------------------------------------------
typedef void (*EachCode)(CjkReverse *r, unsigned code, uint32_t character);
static void each_code(const CjkSet *set, CjkReverse *r, EachCode each) {
    size_t i = 0;
    for (int lead = set->lead; lead <= set->lead_end; lead++)
        for (int trail = set->trail; trail <= set->trail_end; trail++, i++)
            if (cell(set, i)) each(r, (unsigned)(lead << 8 | trail), cell(set, i));
    for (const uint32_t(*p)[2] = set->prefers; (*p)[0]; p++) each(r, (*p)[1], (*p)[0]);
}

static const uint16_t present[1]; // marks a page that there must be

static void mark_page(CjkReverse *r, unsigned code, uint32_t c) {
    (void)code;
    if (c < CJK_PAIR) r->pages[c >> 8] = present;
}

static uint16_t *place(CjkReverse *r, uint32_t c) { return (uint16_t *)(uintptr_t)&r->pages[c >> 8][c & 0xff]; }

// The lowest code wins.
static void enter(CjkReverse *r, unsigned code, uint32_t c) {
    if (c >= CJK_PAIR) r->pair_codes[c - CJK_PAIR] = (uint16_t)code;
    else if (!*place(r, c) || *place(r, c) > code) *place(r, c) = (uint16_t)code;
}

static CjkReverse *reverse_new(Thread *t, const CjkSet *set) {
    CjkReverse *r = mem_calloc(t, 1, sizeof *r);
    if (!r) return NULL;
    each_code(set, r, mark_page);
    size_t n = 0;
    for (size_t i = 0; i < countof(r->pages); i++) n += r->pages[i] != NULL;
    uint16_t *pages = mem_calloc(t, n, 256 * sizeof *pages);
    if (!pages) {
        mem_free(r);
        return NULL;
    }
    for (size_t i = 0; i < countof(r->pages); i++) {
        if (!r->pages[i]) continue;
        r->pages[i] = pages;
        pages += 256;
    }
    each_code(set, r, enter);
    for (const uint32_t(*p)[2] = set->prefers; (*p)[0]; p++) *place(r, (*p)[0]) = (uint16_t)(*p)[1];
    for (const uint32_t(*p)[2] = set->pairs; (*p)[0]; p++) r->pair_bits |= UINT64_C(1) << ((*p)[0] & 63);
    return r;
}

int cjk_set_prepare(Thread *t, CjkSet *set) {
    if (at_load_acquire(&set->reverse)) return 0;
    CjkReverse *r = reverse_new(t, set), *none = NULL;
    if (!r) {
        err_no_memory(t);
        return -1;
    }
    if (!at_cas_acq_rel(&set->reverse, &none, r)) { // another thread was faster, with the same
        for (size_t i = 0; i < countof(r->pages); i++)
            if (r->pages[i]) {
                mem_free((void *)(uintptr_t)r->pages[i]); // the first page begins the block
                break;
            }
        mem_free(r);
    }
    return 0;
}

unsigned cjk_code(const CjkSet *set, uint32_t c) {
    const CjkReverse *r = at_load_acquire(&set->reverse);
    if (c >= 0x30000 || !r->pages[c >> 8]) return 0;
    return r->pages[c >> 8][c & 0xff];
}

bool cjk_begins_pair(const CjkSet *set, uint32_t c) {
    if (!(at_load_acquire(&set->reverse)->pair_bits >> (c & 63) & 1)) return false;
    for (const uint32_t(*p)[2] = set->pairs; (*p)[0]; p++)
        if ((*p)[0] == c) return true;
    return false;
}

unsigned cjk_pair_code(const CjkSet *set, uint32_t first, uint32_t second) {
    for (size_t i = 0; set->pairs[i][0]; i++)
        if (set->pairs[i][0] == first && set->pairs[i][1] == second) return at_load_acquire(&set->reverse)->pair_codes[i];
    return 0;
}

// ---- for coders -------------------------------------------------------------------------------------------------------
int cjk_decode_code(const CjkSet *set, unsigned lead, unsigned trail, int taken, CjkText *out) {
    uint32_t c = cjk_character(set, lead, trail);
    if (!c) return -1;
    out->n = 1;
    out->c[0] = c;
    if (c >= CJK_PAIR) {
        out->n = 2;
        out->c[0] = set->pairs[c - CJK_PAIR][0];
        out->c[1] = set->pairs[c - CJK_PAIR][1];
    }
    return taken;
}

int cjk_encode_pairing(const CjkSet *set, const uint32_t *u, size_t n, bool last, unsigned *code) {
    if (cjk_begins_pair(set, u[0])) {
        if (n < 2 && !last) return 0;
        if (n == 2 && (*code = cjk_pair_code(set, u[0], u[1]))) return 2;
    }
    *code = cjk_code(set, u[0]);
    return *code ? 1 : -1;
}
