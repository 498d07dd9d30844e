// SPDX-License-Identifier: MIT
//
// tokenizer.c: layout (lines, indentation, brackets), names, numbers, strings, operators.
//
// Characters come through next_char, which moves from line to line and keeps lineno, line_start and inp; only loops
// that cannot meet a newline look at the bytes directly. The state after an error is what the message needs: `cur`
// stands behind the offending character.
#include "front/tokenizer.h"
#include "front/source.h"
#include "base/utf8.h"
#include "object/cstack.h"
#include "object/error.h"
#include "object/str.h"
#include "base/unicode.h"

#include <string.h>

#define EOF_CHAR (-1)

// ---- characters -----------------------------------------------------------------------------------------------------
static int next_line(Tokenizer *k) {
    if (k->done != TOK_OK) return EOF_CHAR;
    if (k->inp == k->end) {
        if (k->of_file && !k->start) k->buf = k->cur; // nothing is left of the last line: errors have no column
        k->done = TOK_EOF;
        return EOF_CHAR;
    }
    if (!k->start) k->buf = k->cur;
    k->line_start = k->cur;
    k->lineno++;
    const char *newline = memchr(k->cur, '\n', (size_t)(k->end - k->cur));
    k->inp = newline ? newline + 1 : k->end;
    return (unsigned char)*k->cur++;
}

static inline int next_char(Tokenizer *k) {
    if (likely(k->cur != k->inp)) return (unsigned char)*k->cur++;
    return next_line(k);
}

static inline void back(Tokenizer *k, int c) {
    if (c != EOF_CHAR) k->cur--;
}

static inline bool is_digit(int c) { return c >= '0' && c <= '9'; }
static inline bool is_hex_digit(int c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static inline bool starts_name(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128; }
static inline bool continues_name(int c) { return starts_name(c) || is_digit(c); }

// ---- errors ---------------------------------------------------------------------------------------------------------
static size_t count_chars(const char *p, const char *end) {
    size_t n = 0;
    for (; p < end; p++) n += (*p & 0xc0) != 0x80;
    return n;
}

// A SyntaxError on the current line. Columns count characters from 1; 0 means "where the tokenizer stands" and no end.
static TokenType fail_at(Tokenizer *k, int column, int end_column, V message) {
    k->done = TOK_ERROR;
    if (v_is_error(message)) return T_ERRORTOKEN;
    if (column == 0) column = (int)count_chars(k->line_start, k->cur);
    const char *newline = memchr(k->line_start, '\n', (size_t)(k->end - k->line_start));
    const char *line_end = newline ? newline : k->end;
    V text = source_shown(k->t, k->line_start, (size_t)(line_end - k->line_start));
    if (!v_is_error(text)) {
        err_set_syntax(k->t, &exc_SyntaxError, message, k->filename, k->lineno, column, text, k->lineno,
                       end_column ? end_column : column);
        v_drop(k->t, text);
    }
    v_drop(k->t, message);
    return T_ERRORTOKEN;
}

#define fail(k, ...) fail_at((k), 0, 0, err_format_message((k)->t, __VA_ARGS__))

static TokenType fail_later(Tokenizer *k, TokDone why) {
    k->done = why;
    return T_ERRORTOKEN;
}

// ---- numbers --------------------------------------------------------------------------------------------------------
static bool looking_at(Tokenizer *k, const char *rest) {
    size_t n = strlen(rest);
    return (size_t)(k->inp - k->cur) >= n && memcmp(k->cur, rest, n) == 0 &&
           !((size_t)(k->inp - k->cur) > n && continues_name((unsigned char)k->cur[n]));
}

// True when c and what follows spell a keyword that valid code may write right behind a number: `1if x else y`.
static bool keyword_follows(Tokenizer *k, int c) {
    switch (c) {
    case 'a': return looking_at(k, "nd");
    case 'e': return looking_at(k, "lse");
    case 'f': return looking_at(k, "or");
    case 'i': return k->cur < k->inp && strchr("fns", *k->cur) != NULL && *k->cur;
    case 'n': return looking_at(k, "ot");
    case 'o': return looking_at(k, "r");
    default: return false;
    }
}

static bool warn_bad_number(Tokenizer *k, const char *kind) {
    V message = err_format_message(k->t, "invalid %s literal", kind);
    if (v_is_error(message)) return false;
    int result = warn_explicit(k->t, &exc_SyntaxWarning, message, k->filename, k->lineno, V_NULL, V_NULL);
    v_drop(k->t, message);
    if (result == 0) return true;
    if (err_matches(k->t, &exc_SyntaxWarning)) {
        err_clear(k->t);
        fail(k, "invalid %s literal", kind);
    }
    k->done = TOK_ERROR;
    return false;
}

// c, just read, stands behind a number. False when an error was raised.
static bool number_may_end(Tokenizer *k, int c, const char *kind) {
    if (keyword_follows(k, c)) {
        back(k, c);
        if (!warn_bad_number(k, kind)) return false;
        next_char(k);
    } else if (continues_name(c)) {
        back(k, c);
        fail(k, "invalid %s literal", kind);
        return false;
    }
    return true;
}

// Reads the digits that follow a first digit; returns the character behind them, or 0 after an error.
static int decimal_tail(Tokenizer *k) {
    int c;
    for (;;) {
        do c = next_char(k);
        while (is_digit(c));
        if (c != '_') return c;
        c = next_char(k);
        if (!is_digit(c)) {
            back(k, c);
            fail(k, "invalid decimal literal");
            return 0;
        }
    }
}

static TokenType end_number(Tokenizer *k, int c, const char *kind) {
    if (!number_may_end(k, c, kind)) return T_ERRORTOKEN;
    back(k, c);
    return T_NUMBER;
}

static bool digit_of(int c, int base) {
    return base == 16 ? is_hex_digit(c) : c >= '0' && c < '0' + base;
}

// Behind 0x, 0o or 0b.
static TokenType radix_number(Tokenizer *k, int base, const char *kind) {
    int c = next_char(k);
    do {
        if (c == '_') c = next_char(k);
        if (!digit_of(c, base)) {
            if (is_digit(c)) return fail(k, "invalid digit '%c' in %s literal", c, kind);
            back(k, c);
            return fail(k, "invalid %s literal", kind);
        }
        do c = next_char(k);
        while (digit_of(c, base));
    } while (c == '_');
    if (is_digit(c)) return fail(k, "invalid digit '%c' in %s literal", c, kind);
    return end_number(k, c, kind);
}

// c is the character behind the integral part (or the point, with c the one behind it when `fraction`).
static TokenType number_tail(Tokenizer *k, int c, bool fraction) {
    if (!fraction && c == '.') {
        c = next_char(k);
        fraction = true;
    }
    if (fraction && is_digit(c)) {
        c = decimal_tail(k);
        if (c == 0) return T_ERRORTOKEN;
    }
    if (c == 'e' || c == 'E') {
        int e = c;
        c = next_char(k);
        if (c == '+' || c == '-') {
            c = next_char(k);
            if (!is_digit(c)) {
                back(k, c);
                return fail(k, "invalid decimal literal");
            }
        } else if (!is_digit(c)) {
            back(k, c);
            return end_number(k, e, "decimal");
        }
        c = decimal_tail(k);
        if (c == 0) return T_ERRORTOKEN;
    }
    if (c == 'j' || c == 'J') return end_number(k, next_char(k), "imaginary");
    return end_number(k, c, "decimal");
}

static TokenType zero_number(Tokenizer *k) {
    int c = next_char(k);
    if (c == 'x' || c == 'X') return radix_number(k, 16, "hexadecimal");
    if (c == 'o' || c == 'O') return radix_number(k, 8, "octal");
    if (c == 'b' || c == 'B') return radix_number(k, 2, "binary");
    for (;;) {
        if (c == '_') {
            c = next_char(k);
            if (!is_digit(c)) {
                back(k, c);
                return fail(k, "invalid decimal literal");
            }
        }
        if (c != '0') break;
        c = next_char(k);
    }
    const char *zeros_end = k->cur;
    bool nonzero = is_digit(c);
    if (nonzero) {
        c = decimal_tail(k);
        if (c == 0) return T_ERRORTOKEN;
    }
    if (c == '.' || c == 'e' || c == 'E' || c == 'j' || c == 'J') return number_tail(k, c, false);
    if (nonzero) {
        back(k, c);
        return fail_at(k, (int)(k->start + 1 - k->line_start), (int)(zeros_end - k->line_start),
                       str_from_cstr(k->t, "leading zeros in decimal integer literals are not permitted; "
                                           "use an 0o prefix for octal integers"));
    }
    return end_number(k, c, "decimal");
}

// ---- PEP 701: strings inside strings --------------------------------------------------------------------------------
static const char *string_end(const char *body, const char *end, char quote, int size, bool raw, bool formatted);

// p stands on a quote inside an expression: the end of that string, whose prefix stands before it.
static const char *nested_string_end(const char *first, const char *p, const char *end) {
    bool raw = false, formatted = false;
    for (const char *q = p; q > first && q > p - 3 && strchr("rRbBuUfF", q[-1]); q--) {
        raw |= (q[-1] | 32) == 'r';
        formatted |= (q[-1] | 32) == 'f';
    }
    int size = end - p >= 3 && p[1] == *p && p[2] == *p ? 3 : 1;
    if (size == 1 && p + 1 < end && p[1] == *p) return p + 2;
    return string_end(p + size, end, *p, size, raw, formatted);
}

const char *tokenizer_field_end(const char *expression, const char *end) {
    char open[TOK_MAX_LEVEL];
    int depth = 0;
    for (const char *p = expression; p < end; p++) {
        switch (*p) {
        case '\'':
        case '"':
            p = nested_string_end(expression, p, end);
            if (!p) return NULL;
            p--;
            break;
        case '#':
            p = memchr(p, '\n', (size_t)(end - p));
            if (!p) return NULL;
            break;
        case '(':
        case '[':
        case '{':
            if (depth == TOK_MAX_LEVEL) return NULL;
            open[depth++] = *p;
            break;
        case ')':
        case ']':
        case '}':
            if (depth == 0) return *p == '}' ? p : NULL;
            if (open[--depth] != (*p == ')' ? '(' : *p == ']' ? '[' : '{')) return NULL;
            break;
        case ':':
            if (depth == 0) return p;
            break;
        case '!':
        case '=':
        case '<':
        case '>':
            if (p + 1 < end && p[1] == '=') p++;
            else if (depth == 0 && (*p == '!' || *p == '=')) return p;
            break;
        case '\0': return NULL;
        }
    }
    return NULL;
}

// p stands behind the opening brace; the result behind the closing one.  Fields nested deeper than the C stack have no end.
static const char *field_end(const char *p, const char *end, char quote, int size) {
    if (c_stack_is_low(thread_current())) return NULL;
    p = tokenizer_field_end(p, end);
    while (p && *p != '}' && *p != ':') {
        if (*p == '=') {
            p = tokenizer_field_end(p + 1, end);
            continue;
        }
        p++;
        while (p < end && *p != '}' && *p != ':' && *p != quote && *p != '\n') p++;
        if (p == end || *p == quote || *p == '\n') return NULL;
    }
    if (!p || *p == '}') return p ? p + 1 : NULL;
    for (p++; p < end; p++) {
        if (*p == '}') return p + 1;
        if (*p == '{') {
            p = field_end(p + 1, end, quote, size);
            if (!p) return NULL;
            p--;
        } else if (*p == quote && (size == 1 || (end - p >= 3 && p[1] == quote && p[2] == quote))) {
            return NULL;
        } else if (*p == '\n' && size == 1) {
            return NULL;
        }
    }
    return NULL;
}

// The literal text of a string from body on; the result stands behind the closing quotes, NULL: there are none.
static const char *string_end(const char *body, const char *end, char quote, int size, bool raw, bool formatted) {
    for (const char *p = body; p < end;) {
        if (*p == quote && (size == 1 || (end - p >= 3 && p[1] == quote && p[2] == quote))) return p + size;
        if (*p == '\n' && size == 1) return NULL;
        if (*p == '\\') {
            p++;
            if (formatted && !raw && end - p >= 2 && p[0] == 'N' && p[1] == '{') {
                while (p < end && *p != '}' && *p != quote) p++;
            } else if (!(formatted && (*p == '{' || *p == '}'))) {
                p++;
            }
        } else if (formatted && *p == '{') {
            if (p + 1 < end && p[1] == '{') p += 2;
            else if (!(p = field_end(p + 1, end, quote, size))) return NULL;
        } else {
            p++;
        }
    }
    return NULL;
}

const char *tokenizer_fstring_end(const char *body, const char *end, char quote, int quote_size, bool raw) {
    return string_end(body, end, quote, quote_size, raw, true);
}

// ---- strings --------------------------------------------------------------------------------------------------------
static void skip_to(Tokenizer *k, const char *target) {
    while (k->cur < target) next_char(k);
}

static TokenType unterminated(Tokenizer *k, int size) {
    int last_line = k->lineno;
    bool at_end = k->done == TOK_EOF;
    k->cur = k->start + 1;
    k->line_start = k->string_line_start;
    k->lineno = k->string_lineno;
    fail(k, "unterminated %sstring literal (detected at line %d)", size == 3 ? "triple-quoted " : "", last_line);
    if (at_end) k->done = TOK_EOF_IN_STRING;
    return T_ERRORTOKEN;
}

// Reads up to the closing quote as if nothing could nest in a string; false at the end of the line or text.
static bool skip_string_body(Tokenizer *k, int quote, int size) {
    for (int run = 0; run < size;) {
        int c = next_char(k);
        if (c == EOF_CHAR || (size == 1 && c == '\n')) return false;
        if (c == quote) {
            run++;
        } else {
            run = 0;
            if (c == '\\') next_char(k);
        }
    }
    return true;
}

// The opening quote has been read.
static TokenType string(Tokenizer *k, int quote, bool raw, bool formatted) {
    k->string_lineno = k->lineno;
    k->string_line_start = k->line_start;
    k->extended = false;
    int size = 1, c = next_char(k);
    if (c == quote) {
        c = next_char(k);
        if (c != quote) {
            back(k, c);
            return T_STRING;
        }
        size = 3;
    } else {
        back(k, c);
    }
    const char *body = k->cur;
    const char *nested = NULL;
    if (formatted && (!k->classic_from || k->start < k->classic_from))
        nested = tokenizer_fstring_end(body, k->end, (char)quote, size, raw);
    if (skip_string_body(k, quote, size)) {
        if (nested && nested > k->cur) {
            skip_to(k, nested);
            k->extended = true;
        }
        return T_STRING;
    }
    if (!nested || nested < k->cur) return unterminated(k, size);
    skip_to(k, nested);
    k->extended = true;
    return T_STRING;
}

// ---- names ----------------------------------------------------------------------------------------------------------
// Checks a name with characters beyond ASCII.
static bool name_is_valid(Tokenizer *k) {
    const unsigned char *p = (const unsigned char *)k->start, *end = (const unsigned char *)k->cur;
    bool first = true;
    while (p < end) {
        uint32_t c;
        unsigned n;
        if (utf8_decode_one(p, end, UTF8_STRICT, &c, &n) != UTF8_OK) {
            k->done = TOK_BAD_UTF8;
            return false;
        }
        if (!(first ? uc_is_xid_start(c) || c == '_' : uc_is_xid_continue(c))) {
            k->cur = (const char *)p + n;
            char text[5] = {0};
            memcpy(text, p, n);
            if (uc_is_printable(c)) fail(k, "invalid character '%s' (U+%04X)", text, c);
            else fail(k, "invalid non-printable character U+%04X", c);
            return false;
        }
        first = false;
        p += n;
    }
    return true;
}

#define WORD_IS(k, word) ((size_t)((k)->cur - (k)->start) == sizeof(word) - 1 && memcmp((k)->start, word, sizeof(word) - 1) == 0)

// Is the next token `def`? Looks ahead on a copy; what is wrong there is told when it is really read.
static bool def_follows(const Tokenizer *k) {
    Tokenizer ahead = *k;
    const char *start, *end;
    ahead.async_optional = false;
    bool yes = tokenizer_next(&ahead, &start, &end) == T_NAME && end - start == 3 && memcmp(start, "def", 3) == 0;
    err_clear(k->t);
    return yes;
}

static TokenType name_or_async(Tokenizer *k) {
    bool is_async = WORD_IS(k, "async");
    if (!is_async && !WORD_IS(k, "await")) return T_NAME;
    TokenType type = is_async ? T_ASYNC : T_AWAIT;
    if (!k->async_optional || k->async_def) return type;
    if (!is_async || !def_follows(k)) return T_NAME;
    k->async_def = true;
    k->async_def_indent = k->indent;
    return T_ASYNC;
}

// c, the first character, has been read: a name, or a string with a prefix.
static TokenType name_or_string(Tokenizer *k, int c) {
    bool b = false, u = false, r = false, f = false, nonascii = false;
    for (;;) {
        if (!(b || u || f) && (c | 32) == 'b') b = true;
        else if (!(b || u || r || f) && (c | 32) == 'u') u = true;
        else if (!(r || u) && (c | 32) == 'r') r = true;
        else if (!(f || b || u) && (c | 32) == 'f') f = true;
        else break;
        c = next_char(k);
        if (c == '"' || c == '\'') return string(k, c, r, f);
    }
    while (continues_name(c)) {
        nonascii |= c >= 128;
        c = next_char(k);
    }
    back(k, c);
    if (nonascii && !name_is_valid(k)) return T_ERRORTOKEN;
    return name_or_async(k);
}

TokenType tokenizer_keyword(const char *name, size_t n) {
    static const struct Word {
        const char *text;
        uint16_t type;
        uint8_t len;
    } words[] = {
#define KEYWORD(word) {#word, KW_##word, sizeof #word - 1},
#include "front/tokens.def"
    };
    if (n < 2 || n > 8) return T_NAME;
    for (size_t i = 0; i < countof(words); i++)
        if (words[i].len == n && words[i].text[0] == name[0] && memcmp(words[i].text, name, n) == 0)
            return (TokenType)words[i].type;
    return T_NAME;
}

// ---- operators ------------------------------------------------------------------------------------------------------
static const uint8_t one_char[128] = {
#define TOKEN(NAME)
#define TOKEN1(NAME, c) [c] = T_##NAME,
#include "front/tokens.def"
};

static TokenType two_chars(int c, int d) {
    switch (c << 8 | d) {
#define TOKEN(NAME)
#define TOKEN1(NAME, c)
#define TOKEN2(NAME, c, d) case c << 8 | d: return T_##NAME;
#include "front/tokens.def"
    case '<' << 8 | '>': return T_NOTEQUAL;
    default: return T_OP;
    }
}

static TokenType three_chars(int c, int d, int e) {
    switch (c << 16 | d << 8 | e) {
#define TOKEN(NAME)
#define TOKEN1(NAME, c)
#define TOKEN2(NAME, c, d)
#define TOKEN3(NAME, c, d, e) case c << 16 | d << 8 | e: return T_##NAME;
#include "front/tokens.def"
    default: return T_OP;
    }
}

const char *tokenizer_operator_text(TokenType type) {
    static const char texts[][4] = {
#define TOKEN(NAME)
#define TOKEN1(NAME, c) [T_##NAME] = {c},
#define TOKEN2(NAME, c, d) [T_##NAME] = {c, d},
#define TOKEN3(NAME, c, d, e) [T_##NAME] = {c, d, e},
#include "front/tokens.def"
    };
    return (size_t)type < countof(texts) && texts[type][0] ? texts[type] : NULL;
}

const char *tokenizer_type_name(TokenType type) {
    static const char *const names[] = {
#define TOKEN(NAME) #NAME,
#include "front/tokens.def"
    };
    static const char *const words[] = {
#define KEYWORD(word) #word,
#include "front/tokens.def"
    };
    return type > KW_FIRST_ ? words[type - KW_FIRST_ - 1] : names[type];
}

static TokenType open_bracket(Tokenizer *k, int c) {
    if (k->level >= TOK_MAX_LEVEL) return fail(k, "too many nested parentheses");
    k->bracket[k->level] = (char)c;
    k->bracket_line[k->level] = k->lineno;
    k->bracket_column[k->level] = (int)(k->start - k->line_start);
    k->level++;
    return T_OP;
}

static TokenType close_bracket(Tokenizer *k, int c) {
    if (k->level == 0) return fail(k, "unmatched '%c'", c);
    k->level--;
    int open = k->bracket[k->level];
    if (open == (c == ')' ? '(' : c == ']' ? '[' : '{')) return T_OP;
    if (k->bracket_line[k->level] != k->lineno)
        return fail(k, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c, open,
                    k->bracket_line[k->level]);
    return fail(k, "closing parenthesis '%c' does not match opening parenthesis '%c'", c, open);
}

// c has been read.
static TokenType operator(Tokenizer *k, int c) {
    int d = next_char(k);
    TokenType type = d < 0 ? T_OP : two_chars(c, d);
    if (type != T_OP) {
        int e = next_char(k);
        TokenType longer = e < 0 ? T_OP : three_chars(c, d, e);
        if (longer != T_OP) return longer;
        back(k, e);
        return type;
    }
    back(k, d);
    if (strchr("([{", c) && open_bracket(k, c) == T_ERRORTOKEN) return T_ERRORTOKEN;
    if (strchr(")]}", c) && close_bracket(k, c) == T_ERRORTOKEN) return T_ERRORTOKEN;
    if (c < ' ' || c == 127) return fail(k, "invalid non-printable character U+%04X", c);
    return one_char[c] ? (TokenType)one_char[c] : T_OP;
}

// ---- lines ----------------------------------------------------------------------------------------------------------
// Behind a backslash: the newline and a further line must follow.
static bool continue_line(Tokenizer *k) {
    int c = next_char(k);
    if (c != '\n') {
        k->done = TOK_BAD_CONTINUATION;
        return false;
    }
    c = next_char(k);
    if (c == EOF_CHAR) {
        k->done = TOK_EOF;
        k->cur = k->inp;
        return false;
    }
    back(k, c);
    return true;
}

static TokenType bad_tabs(Tokenizer *k) {
    k->cur = k->inp;
    return fail_later(k, TOK_BAD_TABS);
}

// Compares the line's indentation with the stack. T_OP: fine, k->pending says what to deliver.
static TokenType compare_indent(Tokenizer *k, int column, int alt_column) {
    if (column == k->columns[k->indent]) {
        if (alt_column != k->alt_columns[k->indent]) return bad_tabs(k);
    } else if (column > k->columns[k->indent]) {
        if (k->indent + 1 >= TOK_MAX_INDENT) {
            k->cur = k->inp;
            return fail_later(k, TOK_TOO_DEEP);
        }
        if (alt_column <= k->alt_columns[k->indent]) return bad_tabs(k);
        k->pending++;
        k->columns[++k->indent] = column;
        k->alt_columns[k->indent] = alt_column;
    } else {
        while (k->indent > 0 && column < k->columns[k->indent]) {
            k->pending--;
            k->indent--;
        }
        if (column != k->columns[k->indent]) {
            k->cur = k->inp;
            return fail_later(k, TOK_BAD_DEDENT);
        }
        if (alt_column != k->alt_columns[k->indent]) return bad_tabs(k);
    }
    return T_OP;
}

// At the start of a line: measures its indentation. T_OP: fine.
static TokenType read_indent(Tokenizer *k, bool *blank) {
    int column = 0, alt_column = 0, kept_column = 0, c;
    k->at_line_start = false;
    for (;;) {
        c = next_char(k);
        if (c == ' ') {
            column++, alt_column++;
        } else if (c == '\t') {
            column = (column / 8 + 1) * 8;
            alt_column++;
        } else if (c == '\f') {
            column = alt_column = 0;
        } else if (c == '\\') {
            // The first of several lines joined by backslashes gives the indentation.
            kept_column = kept_column ? kept_column : column;
            if (!continue_line(k)) return T_ERRORTOKEN;
        } else {
            break;
        }
    }
    back(k, c);
    *blank = c == '#' || c == '\n';
    if (*blank || k->level > 0) return T_OP;
    if (kept_column) column = alt_column = kept_column;
    return compare_indent(k, column, alt_column);
}

// Does [comment, end) start with "# type: "? Then the text behind it, else NULL. Blanks match any run of blanks.
static const char *type_comment_text(const char *comment, const char *end) {
    const char *p = comment;
    for (const char *pattern = "# type: "; *pattern; pattern++) {
        if (*pattern == ' ') {
            while (p < end && (*p == ' ' || *p == '\t')) p++;
        } else if (p < end && *p == *pattern) {
            p++;
        } else {
            return NULL;
        }
    }
    return p;
}

// A comment has been read up to c, a newline or the end. T_OP: nothing that anybody wants.
static TokenType type_comment(Tokenizer *k, int *c, bool blank, const char **start, const char **end) {
    const char *text_end = *c == EOF_CHAR ? k->cur : k->cur - 1;
    const char *text = type_comment_text(k->start, text_end);
    if (!text) return T_OP;
    back(k, *c);
    const char *behind = text + 6;
    bool ignore = text_end >= behind && memcmp(text, "ignore", 6) == 0 &&
                  !(text_end > behind && ((unsigned char)*behind >= 128 ||
                                          (continues_name((unsigned char)*behind) && *behind != '_')));
    *start = ignore ? behind : text;
    *end = text_end;
    if (!ignore) return T_TYPE_COMMENT;
    if (blank) {
        next_char(k);
        k->at_line_start = true;
    }
    return T_TYPE_IGNORE;
}

static TokenType pending_indent(Tokenizer *k) {
    if (k->pending < 0) {
        k->pending++;
        return T_DEDENT;
    }
    k->pending--;
    return T_INDENT;
}

// Without async as a keyword, `async def` ends with the line that is indented no more than it.
static void leave_async_def(Tokenizer *k, bool blank) {
    if (!k->async_def || blank || k->level > 0 || !k->async_def_newline || k->async_def_indent < k->indent) return;
    if (k->cur < k->inp && *k->cur == '\n') return; // behind a type comment: the body's indentation is still to come
    k->async_def = k->async_def_newline = false;
    k->async_def_indent = 0;
}

// The first character of a token (not a blank, comment or newline) has been read.
static TokenType token_from(Tokenizer *k, int c) {
    if (starts_name(c)) return name_or_string(k, c);
    if (c == '\'' || c == '"') return string(k, c, false, false);
    if (c == '0') return zero_number(k);
    if (is_digit(c)) {
        c = decimal_tail(k);
        return c == 0 ? T_ERRORTOKEN : number_tail(k, c, false);
    }
    if (c == '.') {
        int d = next_char(k);
        if (is_digit(d)) return number_tail(k, d, true);
        if (d == '.') {
            int e = next_char(k);
            if (e == '.') return T_ELLIPSIS;
            back(k, e);
        }
        back(k, d);
        return T_DOT;
    }
    return operator(k, c);
}

static TokenType newline_token(Tokenizer *k, const char **start, const char **end) {
    *start = k->start;
    *end = k->cur - 1;
    k->continued = false;
    if (k->async_def) k->async_def_newline = true;
    return T_NEWLINE;
}

TokenType tokenizer_next(Tokenizer *k, const char **start, const char **end) {
    *start = *end = NULL;
    for (;;) { // once a line, until one has a token
        bool blank = false;
        k->start = NULL;
        if (k->at_line_start && read_indent(k, &blank) == T_ERRORTOKEN) return T_ERRORTOKEN;
        k->start = k->cur;
        if (k->pending) return pending_indent(k);
        back(k, next_char(k)); // a line is there to be measured
        leave_async_def(k, blank);
        for (;;) { // again behind a backslash
            int c;
            k->start = NULL;
            do c = next_char(k);
            while (c == ' ' || c == '\t' || c == '\f');
            k->start = c == EOF_CHAR ? k->cur : k->cur - 1;
            if (c == '#') {
                while (c != EOF_CHAR && c != '\n') c = next_char(k);
                TokenType type = k->type_comments ? type_comment(k, &c, blank, start, end) : T_OP;
                if (type != T_OP) return type;
            }
            if (c == EOF_CHAR) return k->level || k->done != TOK_EOF ? T_ERRORTOKEN : T_ENDMARKER;
            if (c == '\n') {
                k->at_line_start = true;
                if (blank || k->level > 0) break;
                return newline_token(k, start, end);
            }
            if (c == '\\') {
                if (!continue_line(k)) return T_ERRORTOKEN;
                k->continued = true;
                continue;
            }
            TokenType type = token_from(k, c);
            if (type != T_ERRORTOKEN) {
                *start = k->start;
                *end = k->cur;
            }
            return type;
        }
    }
}

void tokenizer_init(Tokenizer *k, Thread *t, const char *text, size_t len, V filename) {
    memset(k, 0, offsetof(Tokenizer, columns));
    k->t = t;
    k->filename = filename;
    k->source = k->cur = k->inp = k->line_start = k->buf = text;
    k->end = text + len;
    k->columns[0] = k->alt_columns[0] = 0;
    k->at_line_start = true;
    k->continued = k->extended = k->of_file = k->type_comments = k->async_optional = k->async_def = k->async_def_newline = false;
    k->level = k->string_lineno = k->async_def_indent = 0;
    k->string_line_start = k->classic_from = NULL;
}
