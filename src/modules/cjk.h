// SPDX-License-Identifier: MIT
// The East Asian codecs: double-byte sets, and the coders that are written on them.
//
// A coder takes one step at a time: one character out of bytes, or the bytes of one character (two where a set has codes
// for a character with its accent).  What it must remember between steps is in eight bytes, which are also what getstate()
// shows.  Coders know nothing of errors, buffers and streams: that is cjk_codec.c's and mod__multibytecodec.c's.
#ifndef HEDDLE_CJK_H
#define HEDDLE_CJK_H
#include "object/object.h"

// ---- sets (cjk_set.c) -------------------------------------------------------------------------------------------------
struct CjkReverse;
typedef struct CjkSet {
    const char *name;
    int lead, lead_end, trail, trail_end; // the rectangle of codes, both ends included
    bool wide;                            // 32-bit cells
    const void *cells;
    const uint32_t (*pairs)[2];           // ended by {0, 0}
    const uint32_t (*prefers)[2];         // {character, code}, ended by {0, 0}
    struct CjkReverse *reverse;           // atomic: made at the first use (cjk_set_prepare), never changed or freed
} CjkSet;
extern CjkSet cjk_gb2312, cjk_gbk, cjk_gb18030, cjk_big5, cjk_cp950, cjk_big5hkscs, cjk_jisx0208, cjk_jisx0212, cjk_cp932,
    cjk_jisx0213_1, cjk_jisx0213_2, cjk_ksx1001, cjk_cp949, cjk_johab;

enum { CJK_PAIR = 0x110000 };
int cjk_set_prepare(Thread *t, CjkSet *set);                 // before cjk_code and cjk_pair_code; -1: out of memory
uint32_t cjk_character(const CjkSet *set, unsigned lead, unsigned trail); // 0: none; from CJK_PAIR on: a pair
unsigned cjk_code(const CjkSet *set, uint32_t character);    // 0: none
bool cjk_begins_pair(const CjkSet *set, uint32_t character);
unsigned cjk_pair_code(const CjkSet *set, uint32_t first, uint32_t second); // 0: none

// ---- coders -----------------------------------------------------------------------------------------------------------
enum { CJK_MAX_BYTES = 12 }; // of one step
typedef struct Cjk Cjk;
typedef struct CjkText { uint32_t c[2]; int n; } CjkText;   // n 0: a step that only changed the state
typedef struct CjkBytes { uint8_t b[CJK_MAX_BYTES]; int n; } CjkBytes;
struct Cjk {
    const char *name;
    // Bytes taken; 0: more are needed; negative: so many bytes are illegal.
    int (*decode)(const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, CjkText *out);
    // Characters of u[0..n) taken, n 1 or 2; 0: the next character must be seen (never when `last`); -1: impossible.
    int (*encode)(const Cjk *c, uint8_t *state, const uint32_t *u, size_t n, bool last, CjkBytes *out);
    void (*decode_start)(uint8_t *state); // NULL: zeros
    void (*decode_reset)(uint8_t *state); // what reset() does to it; NULL: nothing
    void (*encode_start)(uint8_t *state);
    void (*encode_end)(uint8_t *state, CjkBytes *out);      // NULL: nothing
    CjkSet *sets[8];                      // to be prepared
    const void *variant;                  // the coder's own
    int option;
};

static inline void cjk_put_byte(CjkBytes *out, unsigned byte) { out->b[out->n++] = (uint8_t)byte; }
static inline void cjk_put_code(CjkBytes *out, unsigned code) {
    cjk_put_byte(out, code >> 8);
    cjk_put_byte(out, code & 0xff);
}
static inline int cjk_one(CjkText *out, uint32_t c, int taken) {
    out->c[0] = c;
    out->n = 1;
    return taken;
}
// The character of a code of two bytes, or an illegal byte.
int cjk_decode_code(const CjkSet *set, unsigned lead, unsigned trail, int taken, CjkText *out);
// u[0], or u[0] with u[1], by a set that has pairs: characters taken, 0 and -1 as above.
int cjk_encode_pairing(const CjkSet *set, const uint32_t *u, size_t n, bool last, unsigned *code);

// ---- codec objects (cjk_codec.c) ----------------------------------------------------------------------------------------
extern Type cjk_codec_type;              // _multibytecodec.MultibyteCodec
typedef struct CjkCodec { Obj head; const Cjk *coder; } CjkCodec;
static inline const Cjk *cjk_of(V codec) { return ((CjkCodec *)v_obj(codec))->coder; }
V cjk_getcodec(Thread *t, V name, const Cjk *const *codecs); // of a NULL-ended list

// Text of p[0..n).  Unless `final`, an unfinished code at the end is left; failed_at_end: the error raised is about one.
typedef struct CjkEnd { bool final; size_t left; bool failed_at_end; } CjkEnd;
V cjk_decode(Thread *t, const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, const char *errors, CjkEnd *end);
// Bytes of text.  left NULL: all of it; else a character at the end that waits for the next one is told.
// finish: the state goes back to where it began.
V cjk_encode(Thread *t, const Cjk *c, uint8_t *state, V text, const char *errors, size_t *left, bool finish);
#endif
