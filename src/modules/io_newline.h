// SPDX-License-Identifier: MIT
// Line ends and decoders, for TextIOWrapper and StringIO.
#ifndef HEDDLE_IO_NEWLINE_H
#define HEDDLE_IO_NEWLINE_H
#include "io_private.h"

typedef enum { LINES_LF, LINES_UNIVERSAL, LINES_CUSTOM } LineMode;
enum { SEEN_CR = 1, SEEN_LF = 2, SEEN_CRLF = 4 };
ptrdiff_t io_find_line_end(V text, size_t start, LineMode mode, V newline);
V io_translate_newlines(Thread *t, V text, bool translate, int *seen);
V io_seen_newlines(Thread *t, int seen);
V io_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames); // a new_ slot: type_alloc

typedef struct NewlineDecoder {
    Obj head;
    Slot decoder;          // V_NONE: input is text already
    bool translate, pending_cr;
    int seen;              // SEEN_*
} NewlineDecoder;
V newline_decoder_decode(Thread *t, V self, V input, bool final);

enum { PLAIN_UTF8, PLAIN_ASCII, PLAIN_LATIN1, PLAIN_NONE };
extern const char *const plain_encoding_names[];
typedef struct PlainDecoder {
    Obj head;
    int encoding;          // PLAIN_*
    char *errors;          // owned
    char pending[4];       // the beginning of a character
    size_t n_pending;
} PlainDecoder;
extern Type plain_decoder_type;
V plain_decoder_new(Thread *t, int encoding, const char *errors);
V plain_decoder_decode(Thread *t, V self, V input, bool final);
#endif
