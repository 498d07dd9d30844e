// SPDX-License-Identifier: MIT
//
// tokenizer.h: source text in UTF-8 to tokens, one at a time, on demand.
//
// The tokenizer reads a line at a time and remembers where that line starts and ends, because error messages show
// "the current line" and columns count from its start. Errors that know their place are raised at once (done is
// TOK_ERROR and an exception is pending); the others leave a code in `done` for the parser, which knows more.
// Where to start reading: tokenizer_next.
#ifndef HEDDLE_FRONT_TOKENIZER_H
#define HEDDLE_FRONT_TOKENIZER_H
#include "threading/thread.h"

typedef enum TokenType {
#define TOKEN(NAME) T_##NAME,
#include "front/tokens.def"
    TOKEN_TYPES,
    KW_FIRST_ = 499,
#define KEYWORD(word) KW_##word,
#include "front/tokens.def"
} TokenType;

enum { TOK_MAX_INDENT = 100, TOK_MAX_LEVEL = 200 };

typedef enum TokDone {
    TOK_OK,
    TOK_EOF,
    TOK_ERROR,     // an exception is pending
    TOK_EOF_IN_STRING, // the same, at the end of the text
    TOK_BAD_UTF8,  // in a name
    TOK_BAD_DEDENT,
    TOK_TOO_DEEP,
    TOK_BAD_TABS,
    TOK_BAD_CONTINUATION,
} TokDone;

typedef struct Tokenizer {
    Thread *t;
    V filename;                                // borrowed
    const char *source, *end;                  // NUL-ended text
    const char *cur;                           // next byte
    const char *inp;                           // end of the line being read, behind its newline
    const char *line_start;                    // of that line
    const char *buf;                           // of the first line of the token being read
    const char *start;                         // of the token being read; NULL between tokens
    int lineno;                                // of the line being read
    TokDone done;
    int indent, pending;                       // depth of the stack below; indents (> 0) or dedents (< 0) to deliver
    int columns[TOK_MAX_INDENT];               // with tabs to multiples of 8
    int alt_columns[TOK_MAX_INDENT];           // with tabs of one column: both must agree
    bool at_line_start, continued;
    int level;                                 // open brackets
    char bracket[TOK_MAX_LEVEL];
    int bracket_line[TOK_MAX_LEVEL], bracket_column[TOK_MAX_LEVEL];
    const char *string_line_start;             // the line on which the last string began
    int string_lineno;
    bool extended;                             // the last string is an f-string that only PEP 701 allows
    const char *classic_from;                  // f-strings from here on are read by the rules before PEP 701
    bool of_file;                              // a program's file
    bool type_comments;
    bool async_optional;                       // async and await are names outside `async def` (before Python 3.7)
    bool async_def, async_def_newline;
    int async_def_indent;
} Tokenizer;

// text[len] must be NUL; it is not copied.
void tokenizer_init(Tokenizer *k, Thread *t, const char *text, size_t len, V filename);
// The next token's type (keywords are T_NAME) and its text, [*start, *end); both NULL where there is none.
// T_ERRORTOKEN: see done.
TokenType tokenizer_next(Tokenizer *k, const char **start, const char **end);
// The keyword's token, or T_NAME.
TokenType tokenizer_keyword(const char *name, size_t n);
const char *tokenizer_type_name(TokenType type); // "NAME"; a keyword's is the word
// The text of an operator ("**"), or NULL.
const char *tokenizer_operator_text(TokenType type);

// The end of an f-string read with PEP 701's nesting: body is behind the opening quote. NULL when it is not closed.
const char *tokenizer_fstring_end(const char *body, const char *end, char quote, int quote_size, bool raw);
// The same for the expression of a replacement field: stops at its closing brace, '!', ':' or a single '='.
const char *tokenizer_field_end(const char *expression, const char *end);
#endif
