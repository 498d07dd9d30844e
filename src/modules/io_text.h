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
// For calls.  A method lets go of the lock while it calls, so another thread's detach(), reconfigure() or __init__() may
// have taken the part away: None then, whose missing methods raise.
static inline V text_part(Slot *s) {
    V v = slot_peek(s);
    return v == V_NULL ? V_NONE : v;
}
static inline V text_buffer(TextIO *s) { return text_part(&s->buffer); }
static inline V text_decoder(TextIO *s) { return text_part(&s->decoder); }
int text_check(Thread *t, TextIO *s);
int text_flush_pending(Thread *t, V self);
V text_decode(Thread *t, TextIO *s, V data, bool final);
NATIVE(text_tell);
NATIVE(text_seek);
NATIVE(text_truncate);
#endif
