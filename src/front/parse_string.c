// SPDX-License-Identifier: MIT
//
// parse_string.c: string literals: prefixes, escapes, adjacent literals, f-strings.
//
// An f-string is one token. Its replacement fields are cut out here and parsed by a parser of their own on the text
// "(" expression ")", told where the brace stood, so that positions come out right. Fields are delimited by the rules
// before PEP 701 first; only where those refuse are they delimited with nesting, so that the messages for wrong
// f-strings stay what they were.
#include "parser.h"
#include "base/strbuf.h"
#include "object/bytes.h"
#include "runtime/codecs.h"

typedef struct Literal { // one run of adjacent literals
    Parser *p;
    const Token *first, *last; // nodes are placed from first to last; the end of a format specification on its token
    const Token *token;        // the literal at work
    bool raw, bytes, formatted;// of that literal
    bool any_formatted;
    bool later;                // only PEP 701 allows it: so the tokenizer says, or a field two format specifications deep
    bool surrogates;           // text holds some
    StrBuf text;               // what was read since the last field, UTF-8
    int begin;                 // the values of the JoinedStr on the parser's stack
} Literal;

static bool fail_memory(Literal *l) {
    parser_checked(l->p, NULL);
    return false;
}

// ---- values ---------------------------------------------------------------------------------------------------------
// The str of UTF-8 text that may hold surrogates.
static V text_value(Thread *t, const StrBuf *text, bool surrogates) {
    if (!surrogates) return str_from_utf8(t, strbuf_cstr(text), text->len);
    uint32_t *units = mem_alloc(t, text->len * sizeof *units);
    if (!units) return err_no_memory(t);
    const unsigned char *p = (const unsigned char *)text->data, *end = p + text->len;
    size_t n = 0;
    while (p < end) {
        unsigned len;
        utf8_decode_one(p, end, UTF8_SURROGATES, &units[n++], &len);
        p += len;
    }
    V v = str_from_units(t, 4, units, n);
    mem_free(units);
    return v;
}

static AstPos literal_pos(const Literal *l) {
    return (AstPos){l->first->lineno, l->first->col_offset, l->last->end_lineno, l->last->end_col_offset};
}

static Node *make_constant(Literal *l, AstPos pos, V value) {
    Parser *p = l->p;
    if (v_is_error(value)) return p->failed = true, NULL;
    value = ast_keep(p->t, p->ast, value);
    if (value == V_NULL) return parser_checked(p, NULL);
    V kind = V_NULL;
    if (l->first->text[0] == 'u' && !l->bytes) {
        kind = ast_identifier(p->t, p->ast, "u", 1);
        if (kind == V_NULL) return p->failed = true, NULL;
    }
    return NODE_NEW(p, pos, Constant, value, kind);
}

// Pushes the text so far as a constant, if there is any.
static bool flush_text(Literal *l, AstPos pos) {
    if (l->text.failed) return fail_memory(l);
    if (l->text.len == 0) return true;
    Node *node = make_constant(l, pos, text_value(l->p->t, &l->text, l->surrogates));
    strbuf_clear(&l->text);
    l->surrogates = false;
    return node && seq_push(l->p, node);
}

static Node *make_joined(Literal *l, AstPos pos, int begin) {
    if (!flush_text(l, pos)) return NULL;
    NodeSeq values = seq_end(l->p, begin);
    return l->p->failed ? NULL : NODE_NEW(l->p, pos, JoinedStr, values);
}

// ---- escapes --------------------------------------------------------------------------------------------------------
// The first escape that means nothing, or three octal digits beyond a byte; `at` stands behind the backslash.
static bool warn_escape(Literal *l, const char *at) {
    Parser *p = l->p;
    bool octal = *at >= '0' && *at <= '7';
    char text[4] = {0};
    memcpy(text, at, octal ? 3 : 1);
    V message = err_format_message(p->t, octal ? "invalid octal escape sequence '\\%s'" : "invalid escape sequence '\\%s'", text);
    if (v_is_error(message)) return !(p->failed = true);
    int result = warn_explicit(p->t, &exc_DeprecationWarning, message, p->filename, l->token->lineno, V_NULL, V_NULL);
    if (result < 0 && err_matches(p->t, &exc_DeprecationWarning)) {
        err_clear(p->t);
        raise_token(p, l->token, "%V", message);
    }
    v_drop(p->t, message);
    if (result == 0) return true;
    p->failed = true;
    return false;
}

// Where text would be if every character beyond ASCII were written \UXXXXXXXX: positions in messages count so.
static int escaped_length(const char *text, const char *end) {
    int n = 0;
    for (; text < end; text++) n += (*text & 0x80) == 0 ? 1 : (*text & 0xc0) == 0xc0 ? 10 : 0;
    return n;
}

static bool unicode_error(Literal *l, const char *base, const char *from, const char *to, const char *reason) {
    int start = escaped_length(base, from), end = start + escaped_length(from, to);
    if (end - start == 1)
        raise_syntax(l->p, "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position %d: %s", start, reason);
    else
        raise_syntax(l->p, "(unicode error) 'unicodeescape' codec can't decode bytes in position %d-%d: %s", start,
                     end - 1, reason);
    return false;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_char(Literal *l, uint32_t c) {
    l->surrogates |= cp_is_surrogate(c);
    strbuf_put_utf8(&l->text, c);
}

// \xXX, \uXXXX, \UXXXXXXXX; *at stands behind the letter.
static bool hex_escape(Literal *l, const char *base, const char **at, const char *end, int digits) {
    const char *from = *at - 2, *p = *at;
    uint32_t c = 0;
    int n = 0;
    for (; n < digits && p < end && hex_value(*p) >= 0; n++) c = c << 4 | (uint32_t)hex_value(*p++);
    *at = p;
    if (n < digits)
        return unicode_error(l, base, from, p, digits == 2   ? "truncated \\xXX escape"
                                               : digits == 4 ? "truncated \\uXXXX escape"
                                                             : "truncated \\UXXXXXXXX escape");
    if (c > UTF8_MAX_CP) return unicode_error(l, base, from, p, "illegal Unicode character");
    put_char(l, c);
    return true;
}

// \N{name}; *at stands behind the N.
static bool name_escape(Literal *l, const char *base, const char **at, const char *end) {
    const char *from = *at - 2, *p = *at;
    if (codec_names_withheld(l->p->t)) {
        raise_syntax(l->p, "(unicode error) %s", codec_names_withheld_text);
        return false;
    }
    if (p < end && *p == '{') {
        const char *name = ++p;
        while (p < end && *p != '}') p++;
        if (p > name && p < end) {
            uint32_t c[UC_SEQUENCE_MAX];
            int n = uc_lookup(name, (size_t)(p - name), UC_LOOKUP_CHARACTER, c);
            *at = ++p;
            if (n != 1) return unicode_error(l, base, from, p, "unknown Unicode character name");
            put_char(l, c[0]);
            return true;
        }
    }
    return unicode_error(l, base, from, p, "malformed \\N character escape");
}

static uint32_t octal_escape(const char **at, const char *end) {
    const char *p = *at;
    uint32_t c = 0;
    for (int n = 0; n < 3 && p < end && *p >= '0' && *p <= '7'; n++) c = c << 3 | (uint32_t)(*p++ - '0');
    *at = p;
    return c;
}

// The character that a one-letter escape stands for, or -1.
static int simple_escape(char c) {
    switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
    default: return -1;
    }
}

// Appends [p, end), escapes replaced.
static bool add_escaped(Literal *l, const char *p, const char *end) {
    const char *base = p, *bad = NULL;
    while (p < end) {
        const char *backslash = memchr(p, '\\', (size_t)(end - p));
        strbuf_append(&l->text, p, (size_t)((backslash ? backslash : end) - p));
        if (!backslash) break;
        p = backslash + 1;
        if (p == end || (*p & 0x80)) {
            strbuf_putc(&l->text, '\\');
            continue;
        }
        char c = *p++;
        int simple = simple_escape(c);
        bool ok = true;
        if (simple >= 0) strbuf_putc(&l->text, (char)simple);
        else if (c == '\n') continue;
        else if (c >= '0' && c <= '7') {
            const char *digits = --p;
            uint32_t value = octal_escape(&p, end);
            if (value > 0xff && !bad) bad = digits;
            put_char(l, value);
        }
        else if (c == 'x') ok = hex_escape(l, base, &p, end, 2);
        else if (c == 'u') ok = hex_escape(l, base, &p, end, 4);
        else if (c == 'U') ok = hex_escape(l, base, &p, end, 8);
        else if (c == 'N') ok = name_escape(l, base, &p, end);
        else {
            if (!bad) bad = p - 1;
            strbuf_putc(&l->text, '\\');
            strbuf_putc(&l->text, c);
        }
        if (!ok) return false;
    }
    return !bad || warn_escape(l, bad);
}

static bool add_bytes_escaped(Literal *l, const char *p, const char *end) {
    const char *base = p, *bad = NULL;
    while (p < end) {
        if (*p != '\\') {
            strbuf_putc(&l->text, *p++);
            continue;
        }
        char c = *++p;
        p++;
        int simple = simple_escape(c);
        if (simple >= 0) {
            strbuf_putc(&l->text, (char)simple);
        } else if (c == '\n') {
            continue;
        } else if (c >= '0' && c <= '7') {
            const char *digits = --p;
            uint32_t value = octal_escape(&p, end);
            if (value > 0xff && !bad) bad = digits;
            strbuf_putc(&l->text, (char)value);
        } else if (c == 'x') {
            if (end - p < 2 || hex_value(p[0]) < 0 || hex_value(p[1]) < 0) {
                raise_syntax(l->p, "(value error) invalid \\x escape at position %d", (int)(p - 2 - base));
                return false;
            }
            strbuf_putc(&l->text, (char)(hex_value(p[0]) << 4 | hex_value(p[1])));
            p += 2;
        } else {
            if (!bad) bad = p - 1;
            strbuf_putc(&l->text, '\\');
            p--;
        }
    }
    return !bad || warn_escape(l, bad);
}

// Text that came as bytes may be wrong UTF-8. With escapes in it, each run beyond ASCII is decoded by itself.
static bool check_utf8(Literal *l, const char *p, const char *end, bool escapes) {
    size_t n = (size_t)(end - p);
    if (utf8_is_ascii(p, n) || utf8_scan(p, n, UTF8_STRICT).status == UTF8_OK) return true;
    while (escapes) {
        while (!(*p & 0x80)) p++;
        for (n = 0; p + n < end && (p[n] & 0x80);) n++;
        if (utf8_scan(p, n, UTF8_STRICT).status != UTF8_OK) break;
        p += n;
    }
    raise_undecodable(l->p, p, n);
    return false;
}

static bool add_text(Literal *l, const char *p, const char *end) {
    bool escapes = !l->raw && memchr(p, '\\', (size_t)(end - p));
    if (!l->bytes && !check_utf8(l, p, end, escapes)) return false;
    if (!escapes) {
        strbuf_append(&l->text, p, (size_t)(end - p));
        return true;
    }
    return l->bytes ? add_bytes_escaped(l, p, end) : add_escaped(l, p, end);
}

// ---- replacement fields: where the expression ends --------------------------------------------------------------------
typedef struct Trouble { // a message with up to two characters in it
    const char *format;
    char a, b;
} Trouble;

static bool closes(char open, char close) {
    return (open == '(' && close == ')') || (open == '[' && close == ']') || (open == '{' && close == '}');
}

// Behind a quote inside an expression: the end of that string, NULL: there is none.
static const char *skip_quoted(const char *p, const char *end) {
    char quote = p[-1];
    if (end - p >= 2 && p[0] == quote && p[1] == quote) {
        for (p += 2; p < end; p++)
            if (*p == quote && p + 2 < end && p[1] == quote && p[2] == quote) return p + 3;
        return NULL;
    }
    p = memchr(p, quote, (size_t)(end - p));
    return p ? p + 1 : NULL;
}

// The end of a field's expression by the rules before PEP 701: no backslash, no comment, strings are opaque. It stands
// at '!', ':', '=' or the closing brace, or at `end`.
static const char *classic_end(const char *p, const char *end, Trouble *trouble) {
    char open[TOK_MAX_LEVEL];
    int depth = 0;
    *trouble = (Trouble){NULL, 0, 0};
    const char *backslash = memchr(p, '\\', (size_t)(end - p));
    for (; p < end; p++) {
        char c = *p, next = p + 1 < end ? p[1] : '\0';
        if (c == '\\') break;
        if (c == '\'' || c == '"') {
            const char *behind = skip_quoted(p + 1, end);
            if (backslash && (!behind || backslash < behind)) {
                p = backslash;
                break;
            }
            if (!behind) {
                *trouble = (Trouble){"f-string: unterminated string", 0, 0};
                return NULL;
            }
            p = behind - 1;
        } else if (c == '(' || c == '[' || c == '{') {
            if (depth >= TOK_MAX_LEVEL) {
                *trouble = (Trouble){"f-string: too many nested parenthesis", 0, 0};
                return NULL;
            }
            open[depth++] = c;
        } else if (c == '#') {
            *trouble = (Trouble){"f-string expression part cannot include '#'", 0, 0};
            return NULL;
        } else if (depth == 0 && strchr("!:}=<>", c) && c) {
            if (next == '=' && strchr("!=<>", c)) p++;
            else if (c != '<' && c != '>') return p;
        } else if (c == ')' || c == ']' || c == '}') {
            if (depth == 0) {
                *trouble = (Trouble){"f-string: unmatched '%c'", c, 0};
                return NULL;
            }
            if (!closes(open[--depth], c)) {
                *trouble = (Trouble){"f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, open[depth]};
                return NULL;
            }
        }
    }
    if (p < end) {
        *trouble = (Trouble){"f-string expression part cannot include a backslash", 0, 0};
        return NULL;
    }
    if (depth) {
        *trouble = (Trouble){"f-string: unmatched '%c'", open[depth - 1], 0};
        return NULL;
    }
    return end;
}

static void raise_trouble(Parser *p, Trouble trouble) {
    if (trouble.b) raise_syntax(p, trouble.format, trouble.a, trouble.b);
    else if (trouble.a) raise_syntax(p, trouble.format, trouble.a);
    else raise_syntax(p, "%s", trouble.format);
}

static bool old_rules(const Literal *l) { return l->p->tok.classic_from && l->token->text >= l->p->tok.classic_from; }

// Where the expression from p on ends; NULL: raised. trouble->format is set when only PEP 701 allows the expression.
static const char *expression_end(Literal *l, const char *p, const char *end, Trouble *trouble) {
    const char *classic = classic_end(p, end, trouble);
    if (classic && (classic < end || !l->token->extended)) return classic;
    const char *nested = old_rules(l) ? NULL : tokenizer_field_end(p, end);
    if (nested) return nested;
    if (!classic) raise_trouble(l->p, *trouble);
    return classic;
}

// ---- replacement fields: the expression -----------------------------------------------------------------------------------
// How far the brace is from the token's start: lines, and columns from the last newline.
static void locate(const Literal *l, const char *brace, int *lines, int *columns) {
    const char *start = l->token->text, *p = brace + 1;
    *lines = *columns = 0;
    while (*p == ' ' || *p == '\t' || *p == '\f') p++;
    if (*p != '\n' && *p != '}') {
        p = brace;
        while (p > start && *p != '\n') p--;
        *columns = (int)(brace - p) - (*p == '\n');
    }
    for (p = start; p < brace; p++) *lines += *p == '\n';
}

enum { FIELD_COST = 1 };

static Node *parse_field_text(Literal *l, const char *text, size_t len, const char *brace) {
    Parser *p = l->p, *inner = mem_alloc(p->t, sizeof *inner);
    if (!inner) return parser_checked(p, NULL);
    int lines, columns;
    locate(l, brace, &lines, &columns);
    parser_init(inner, p->t, p->ast, text, len, p->filename, START_FSTRING, p->flags, p->feature_version);
    inner->starting_lineno = l->token->lineno + lines;
    inner->starting_col_offset = lines ? columns : l->token->col_offset + columns;
    inner->tok.lineno = inner->starting_lineno - 1;
    inner->depth = inner->start_depth = p->depth;
    inner->byte_columns = true; // as CPython has it
    if (old_rules(l)) inner->tok.classic_from = text;
    Node *node = parser_run(inner);
    if (!node) {
        p->failed = true;
        if (inner->retry_classic) p->retry_classic = true, p->classic_from = l->token->text;
    }
    parser_free(inner);
    mem_free(inner);
    return node;
}

static bool is_blank(const char *p, const char *end) {
    while (p < end && strchr(" \t\n\f\r", *p) && *p) p++;
    return p == end;
}

static Node *field_expression(Literal *l, const char *from, const char *to) {
    if (is_blank(from, to)) {
        if (*to == '}') return raise_syntax(l->p, "f-string: empty expression not allowed");
        return raise_syntax(l->p, "f-string: expression required before '%c'", *to);
    }
    size_t n = (size_t)(to - from);
    char *text = arena_alloc(&l->p->ast->arena, n + 4);
    if (!text) return parser_checked(l->p, NULL);
    text[0] = '(';
    memcpy(text + 1, from, n);
    memcpy(text + 1 + n, ")\n", 3);
    return parse_field_text(l, text, n + 3, from - 1);
}

static bool fstring_part(Literal *l, const char **at, const char *end, int level);

static void *expecting_brace(Literal *l) { return raise_syntax(l->p, "f-string: expecting '}'"); }

// ['!' conversion]; -1: none, 0: failed.
static int conversion(Literal *l, const char **at, const char *end) {
    if (**at != '!') return -1;
    if (++*at >= end) {
        expecting_brace(l);
        return 0;
    }
    const char *start = *at;
    unsigned char c = (unsigned char)*(*at)++;
    if (c == 's' || c == 'r' || c == 'a') return c;
    (void)start;
    raise_syntax(l->p, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    return 0;
}

// [':' format specification] as a JoinedStr.
static bool format_spec(Literal *l, const char **at, const char *end, int level, Node **spec) {
    *spec = NULL;
    if (**at != ':') return true;
    if (++*at >= end) return expecting_brace(l) != NULL;
    int begin = seq_begin(l->p);
    StrBuf outer = l->text;
    bool surrogates = l->surrogates;
    l->text = STRBUF_INIT;
    if (fstring_part(l, at, end, level + 1)) *spec = make_joined(l, token_pos(l->token), begin);
    strbuf_free(&l->text);
    l->text = outer;
    l->surrogates = surrogates;
    return *spec != NULL;
}

// *at stands on the opening brace, in the end behind the closing one.
static bool field(Literal *l, const char **at, const char *end, int level) {
    Parser *p = l->p;
    if (level >= (old_rules(l) ? 2 : 3)) return raise_syntax(p, "f-string: expressions nested too deeply") != NULL;
    l->later |= level == 2;
    const char *from = ++*at;
    Trouble trouble;
    *at = expression_end(l, from, end, &trouble);
    if (!*at) return false;
    if (*at >= end) return expecting_brace(l) != NULL;
    Node *value = field_expression(l, from, *at), *spec;
    if (!value) {
        if (trouble.format && err_pending(p->t) && err_matches(p->t, &exc_SyntaxError)) {
            err_clear(p->t);
            p->failed = false;
            raise_trouble(p, trouble);
        }
        return false;
    }
    bool shows_text = **at == '=';
    if (shows_text) {
        if (p->feature_version < 8)
            return raise_syntax(p, "f-string: self documenting expressions are only supported in Python 3.8 and greater");
        ++*at;
        while (*at < end && (**at == ' ' || (**at >= '\t' && **at <= '\r'))) ++*at;
        if (*at >= end) return expecting_brace(l) != NULL;
        strbuf_append(&l->text, from, (size_t)(*at - from));
    }
    if (!flush_text(l, literal_pos(l))) return false;
    int convert = conversion(l, at, end);
    if (convert == 0) return false;
    if (*at >= end) return expecting_brace(l) != NULL;
    if (!format_spec(l, at, end, level, &spec)) return false;
    if (*at >= end || **at != '}') return expecting_brace(l) != NULL;
    ++*at;
    if (shows_text && !spec && convert == -1) convert = 'r';
    Node *node = NODE_NEW(p, literal_pos(l), FormattedValue, value, convert, spec);
    return node && seq_push(p, node);
}

// ---- f-strings: literal text and fields in turn -----------------------------------------------------------------------
// Reads literal text from *at on. 1: a doubled brace was read as one, more text follows; 0: at a brace or the end; -1.
static int literal_text(Literal *l, const char **at, const char *end, int level) {
    const char *start = *at, *p = start;
    int result = 0;
    while (p < end) {
        char c = *p++;
        if (!l->raw && c == '\\' && p < end) {
            c = *p++;
            if (c == 'N') {
                if (p < end && *p++ == '{')
                    while (p < end && *p++ != '}') {}
                continue;
            }
            if (c == '{' && !warn_escape(l, "{")) return -1;
        }
        if (c != '{' && c != '}') continue;
        if (level == 0) {
            if (p < end && *p == c) {
                *at = p + 1;
                result = 1;
                goto done;
            }
            if (c == '}') {
                raise_syntax(l->p, "f-string: single '}' is not allowed");
                return -1;
            }
        }
        p--;
        break;
    }
    *at = p;
done:
    return add_text(l, start, p) ? result : -1;
}

// Text and fields up to the end, or to the brace that closes a format specification.
static bool fstring_part(Literal *l, const char **at, const char *end, int level) {
    for (;;) {
        int more = literal_text(l, at, end, level);
        if (more < 0) return false;
        if (more) continue;
        if (*at >= end || **at == '}') break;
        if (!field(l, at, end, level)) return false;
    }
    if (level == 0 && *at < end) return raise_syntax(l->p, "f-string: unexpected end of string") != NULL;
    if (level > 0 && *at >= end) return expecting_brace(l) != NULL;
    return true;
}

static bool fstring(Literal *l, const char *p, const char *end) {
    l->later = l->token->extended;
    bool ok = fstring_part(l, &p, end, 0);
    if (!ok && l->later && err_pending(l->p->t) && err_matches(l->p->t, &exc_SyntaxError)) {
        l->p->retry_classic = true;
        l->p->classic_from = l->token->text;
    }
    return ok;
}

// ---- literals -------------------------------------------------------------------------------------------------------
// Reads the prefix; returns the first quote.
static const char *read_prefix(Literal *l) {
    const char *p = l->token->text;
    l->raw = l->bytes = l->formatted = false;
    for (; *p != '\'' && *p != '"'; p++) {
        char c = *p | 32;
        if (c == 'r') l->raw = true;
        else if (c == 'b') l->bytes = true;
        else if (c == 'f') l->formatted = true;
    }
    return p;
}

static bool add_literal(Literal *l) {
    const char *p = read_prefix(l), *end = l->token->text + l->token->len;
    bool triple = end - p >= 6 && p[1] == *p && p[2] == *p;
    p += triple ? 3 : 1;
    end -= triple ? 3 : 1;
    if (l->formatted) {
        if (!check_version(l->p, 6, "Format strings are")) return false;
        l->any_formatted = true;
        return fstring(l, p, end);
    }
    if (l->bytes && !utf8_is_ascii(p, (size_t)(end - p)))
        return raise_syntax(l->p, "bytes can only contain ASCII literal characters") != NULL;
    return add_text(l, p, end);
}

static Node *make_literal(Literal *l) {
    if (l->text.failed) return parser_checked(l->p, NULL);
    if (l->bytes) return make_constant(l, literal_pos(l), bytes_from(l->p->t, strbuf_cstr(&l->text), l->text.len));
    if (l->any_formatted) return make_joined(l, literal_pos(l), l->begin);
    return make_constant(l, literal_pos(l), text_value(l->p->t, &l->text, l->surrogates));
}

static Node *concatenate(Parser *p, int from, int to) {
    Literal l = {.p = p, .first = p->tokens[from], .last = p->tokens[to - 1], .text = STRBUF_INIT, .begin = seq_begin(p)};
    bool bytes = false;
    Node *node = NULL;
    for (int i = from; i < to && !p->failed; i++) {
        l.token = p->tokens[i];
        if (i > from) {
            read_prefix(&l);
            if (l.bytes != bytes) raise_syntax(p, "cannot mix bytes and nonbytes literals");
        }
        if (!p->failed && !add_literal(&l)) p->failed = true;
        bytes = l.bytes;
    }
    if (!p->failed) node = make_literal(&l);
    strbuf_free(&l.text);
    seq_abandon(p, l.begin);
    return p->failed ? NULL : node;
}

Node *parse_strings(Parser *p) {
    Node *node;
    if (memo_get(p, RULE_STRINGS, &node)) return node;
    int from = p->mark;
    while (take(p, T_STRING)) {}
    if (p->failed || !parser_enter(p, FIELD_COST)) return NULL;
    node = concatenate(p, from, p->mark);
    parser_leave(p, FIELD_COST);
    if (!node) return NULL;
    return memo_put(p, RULE_STRINGS, from, node);
}
