// SPDX-License-Identifier: MIT
//
// source.h: from bytes to the text that is parsed: byte-order mark, PEP 263 cookie, encodings, line ends.
#ifndef HEDDLE_FRONT_SOURCE_H
#define HEDDLE_FRONT_SOURCE_H
#include "threading/thread.h"

typedef struct Source {
    char *text; // UTF-8, lines ended by '\n' alone, NUL behind it; free with source_free
    size_t len;
    bool declared; // a byte-order mark or a cookie told the encoding (or the text was a str)
} Source;

enum { SOURCE_END_LINE = 1, SOURCE_IGNORE_COOKIE = 2, SOURCE_OF_FILE = 4 }; // OF_FILE: messages for a program's file

// Checks and copies UTF-8 text. With SOURCE_END_LINE the last line gets a newline if it has none. -1: raised.
int source_from_utf8(Thread *t, const char *text, size_t len, unsigned flags, Source *out);
// Decodes a file's bytes: their own encoding, or UTF-8. -1: raised (SyntaxError with the file name).
int source_from_bytes(Thread *t, const char *bytes, size_t len, V filename, unsigned flags, Source *out);
void source_free(Source *source);

// The encoding that a byte-order mark or a cookie in the first two lines names: "utf-8" when there is none; *bom tells
// the length of the mark. A name too long for buf (32 bytes) is cut.
const char *source_encoding(const char *bytes, size_t len, char buf[32], size_t *bom);

// A str of UTF-8 text, with U+FFFD for bad bytes: lines that are only shown.
V source_shown(Thread *t, const char *text, size_t n);

// Line lineno (from 1) of the file of that name, its newline included; V_NULL when it cannot be read.
V source_line_of_file(Thread *t, V filename, int lineno);
#endif
