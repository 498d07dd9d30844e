// SPDX-License-Identifier: MIT
// Codecs: the registry, error handlers, and the encodings that are written in C.
//
// str_encode and codec_decode (object/str.h) take the C functions below for UTF-8, ASCII, Latin-1, UTF-16 and UTF-32
// without looking anything up; other names go through the registry, which imports `encodings` at its first use.
//
// A decoder keeps its input and output in a Decoder and calls decoder_error for what it cannot decode; an encoder the
// same with an Encoder.  Both find the handler by name only then, so that good input never asks for one.
#ifndef HEDDLE_RUNTIME_CODECS_H
#define HEDDLE_RUNTIME_CODECS_H
#include "object/bytes.h"
#include "object/object.h"

int codecs_start(Thread *t);                                  // once, by runtime_start; codec functions do it if not
V codec_register(Thread *t, V search_function);               // V_NONE
V codec_unregister(Thread *t, V search_function);
V codec_register_error(Thread *t, const char *name, V handler);
V codec_lookup_error(Thread *t, const char *name);            // "unknown error handler name"

// ---- decoding ---------------------------------------------------------------------------------------------------------
typedef struct Decoder {
    Thread *t;
    const char *encoding, *errors; // errors NULL: strict
    const uint8_t *p;              // the input; an error handler may replace it
    size_t n;
    V object;                      // bytes of the input, made for the first exception; V_NULL
    V handler;                     // V_NULL until needed
    bool multibyte;                // an East Asian codec: other words for what a handler returns wrongly
    StrBuilder out;
} Decoder;
void decoder_init(Decoder *d, Thread *t, const char *encoding, const char *errors, const void *p, size_t n);
// d->p[start:end] is wrong: the handler's replacement goes to the output, *at is where to go on.  -1 with an exception.
int decoder_error(Decoder *d, size_t start, size_t end, const char *reason, size_t *at);
V decoder_finish(Decoder *d, int status);                     // the str, or V_ERROR when status < 0

// ---- encoding ---------------------------------------------------------------------------------------------------------
typedef struct Encoder {
    Thread *t;
    const char *encoding, *errors;
    V text;                                          // borrowed
    V handler;
    bool (*put)(struct Encoder *, uint32_t c);       // encodes one character; false: impossible
    char *data;
    size_t len, cap;
    bool failed;                                     // out of memory
    bool multibyte;                                  // as a Decoder's
    unsigned char unit;                              // 0, or UTF's unit: replacements are ASCII, or bytes in whole units
    void *arg;                                       // put's own
} Encoder;
void encoder_init(Encoder *e, Thread *t, const char *encoding, const char *errors, V text, bool (*put)(Encoder *, uint32_t));
void encoder_bytes(Encoder *e, const void *p, size_t n);
static inline void encoder_byte(Encoder *e, unsigned byte) { char c = (char)byte; encoder_bytes(e, &c, 1); }
// text[start:end] cannot be encoded: as decoder_error.
int encoder_error(Encoder *e, size_t start, size_t end, const char *reason, size_t *at);
V encoder_finish(Encoder *e, int status);            // bytes

// ---- the encodings ------------------------------------------------------------------------------------------------------
// consumed NULL: the input is complete; otherwise an incomplete end is left, and *consumed set.
V codec_utf8_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed);
V codec_utf8_encode(Thread *t, V str, const char *errors);
V codec_ascii_decode(Thread *t, const void *p, size_t n, const char *errors);
V codec_ascii_encode(Thread *t, V str, const char *errors);
V codec_latin1_decode(Thread *t, const void *p, size_t n);
V codec_latin1_encode(Thread *t, V str, const char *errors);
// *order: -1 little, 1 big, 0 by the byte order mark (set to what it said)
V codec_utf16_decode(Thread *t, const void *p, size_t n, const char *errors, int *order, size_t *consumed);
V codec_utf16_encode(Thread *t, V str, const char *errors, int order); // 0: native, with a byte order mark
V codec_utf32_decode(Thread *t, const void *p, size_t n, const char *errors, int *order, size_t *consumed);
V codec_utf32_encode(Thread *t, V str, const char *errors, int order);
V codec_utf7_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed);
V codec_utf7_encode(Thread *t, V str, const char *errors);
V codec_unicode_escape_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed);
V codec_unicode_escape_encode(Thread *t, V str);
V codec_raw_unicode_escape_decode(Thread *t, const void *p, size_t n, const char *errors, size_t *consumed);
V codec_raw_unicode_escape_encode(Thread *t, V str);
// None in sys.modules in place of unicodedata: \N{...} is refused, until it worked once.
extern const char codec_names_withheld_text[];
bool codec_names_withheld(Thread *t);
V codec_escape_decode(Thread *t, const void *p, size_t n, const char *errors); // bytes from the text of a bytes literal
V codec_escape_encode(Thread *t, V bytes);
V codec_charmap_decode(Thread *t, const void *p, size_t n, const char *errors, V mapping);
V codec_charmap_encode(Thread *t, V str, const char *errors, V mapping);
V codec_charmap_build(Thread *t, V table);
#endif
