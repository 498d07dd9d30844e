// SPDX-License-Identifier: MIT
// TextIOWrapper's fields, shared by io_text.c and io_text_tell.c.
#ifndef HEDDLE_IO_TEXT_H
#define HEDDLE_IO_TEXT_H
#include "io_newline.h"

typedef struct TextIO {
    IoBase base;
    bool ok, detached;
    bool line_buffering, write_through, universal, translate, seekable, telling, has_read1, writable;
    int plain;               // PLAIN_*: encoded without a codec object
    LineMode lines;
    ptrdiff_t chunk_size;
    Slot buffer, encoding, errors, encoder, decoder;
    Slot decoded;            // str or V_NULL
    size_t used;             // characters of decoded given out
    char *pending;           // encoded, not yet written
    size_t pending_len, pending_cap;
    Slot snapshot_bytes;     // decoder's buffer before the last chunk, then the chunk; V_NULL: none
    Slot snapshot_flags;     // decoder's flags before the last chunk
    Slot read_newline, write_newline; // newline as given; what "\n" becomes or V_NULL
} TextIO;
static inline TextIO *text_of(V v) { return (TextIO *)v_obj(v); }
static inline V text_hold(TextIO *s, Slot *part) { return io_hold(&s->base, part); }
static inline V text_call0(Thread *t, TextIO *s, Slot *part, V name) { return io_part_call(t, &s->base, part, name, NULL, 0); }
static inline V text_call1(Thread *t, TextIO *s, Slot *part, V name, V a) { return io_part_call(t, &s->base, part, name, &a, 1); }
static inline V text_call2(Thread *t, TextIO *s, Slot *part, V name, V a, V b) { return io_part_call(t, &s->base, part, name, (V[]){a, b}, 2); }
int text_check(Thread *t, TextIO *s);
int text_flush_pending(Thread *t, V self);
V text_decode(Thread *t, TextIO *s, V data, bool final);
NATIVE(text_tell);
NATIVE(text_seek);
NATIVE(text_truncate);
#endif
