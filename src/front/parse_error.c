// SPDX-License-Identifier: MIT
//
// parse_error.c: raising SyntaxError with the place and the text of the line, and the names that messages use.
//
// The line shown is the file's when there is one of that name, else what the tokenizer is reading when the error is on
// or behind its line, else that line of the text.
#include "parser.h"
#include "front/source.h"

#include <stdarg.h>

// ---- the text of a line ---------------------------------------------------------------------------------------------
static V line_of_source(Parser *p, int lineno) {
    const char *line = p->tok.source, *end = p->tok.end;
    int steps = p->starting_lineno ? lineno - p->starting_lineno : lineno - 1;
    for (; steps > 0; steps--) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline || newline + 1 > end) break;
        line = newline + 1;
    }
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return source_shown(p->t, line, (size_t)((newline ? newline : end) - line));
}

static V line_text(Parser *p, int lineno) {
    const Tokenizer *k = &p->tok;
    if (p->start_rule == START_FILE) {
        V text = source_line_of_file(p->t, p->filename, lineno);
        if (text != V_NULL) return text;
    }
    if (k->lineno <= lineno && k->inp > k->buf) return source_shown(p->t, k->buf, (size_t)(k->inp - k->buf));
    return line_of_source(p, lineno);
}

// A byte column (from 1) as a character column.
static int char_column(Parser *p, V text, int column) {
    size_t n;
    const char *bytes = str_utf8(p->t, text, &n);
    if (!bytes) {
        err_clear(p->t);
        return column;
    }
    int chars = 0;
    for (int i = 0; i < column; i++) {
        if ((size_t)i > n) break;
        chars += (size_t)i == n || (bytes[i] & 0xc0) != 0x80;
    }
    return chars;
}

// ---- raising --------------------------------------------------------------------------------------------------------
enum { HERE = -5 }; // an end column: where the tokenizer stands

// Columns count bytes from 1; end_column 0 or -1: unknown.
static void *raise_va(Parser *p, const Type *type, int lineno, int column, int end_lineno, int end_column,
                      const char *format, va_list ap) {
    if (p->failed && err_pending(p->t)) return NULL;
    p->failed = true;
    V message = err_format_message_va(p->t, format, ap);
    if (v_is_error(message)) return NULL;
    if (p->start_rule == START_FSTRING) {
        V prefixed = err_format_message(p->t, "f-string: %V", message);
        v_drop(p->t, message);
        if (v_is_error(prefixed)) return NULL;
        message = prefixed;
    }
    if (end_column == HERE) {
        end_lineno = p->tok.lineno;
        end_column = (int)(p->tok.cur - p->tok.line_start);
    }
    V text = line_text(p, lineno);
    if (v_is_error(text)) {
        v_drop(p->t, message);
        return NULL;
    }
    if (p->start_rule == START_FSTRING) {
        column -= p->starting_col_offset;
        end_column -= p->starting_col_offset;
    }
    bool chars = !p->byte_columns;
    int from = chars && column > 0 ? char_column(p, text, column) : column;
    int to = chars && end_column > 0 ? char_column(p, text, end_column) : end_column;
    err_set_syntax(p->t, type, message, p->filename, lineno, from, text, end_lineno, to);
    v_drop(p->t, message);
    v_drop(p->t, text);
    return NULL;
}

#define RAISE_VA(p, type, lineno, column, end_lineno, end_column, format)                                              \
    do {                                                                                                               \
        va_list ap;                                                                                                    \
        va_start(ap, format);                                                                                          \
        raise_va((p), (type), (lineno), (column), (end_lineno), (end_column), (format), ap);                           \
        va_end(ap);                                                                                                    \
    } while (0)

void *raise_known(Parser *p, const Type *type, int lineno, int col, int end_lineno, int end_col, const char *format, ...) {
    RAISE_VA(p, type, lineno, col + 1, end_lineno, end_col + 1, format);
    return NULL;
}

void *raise_at(Parser *p, AstPos pos, const char *format, ...) {
    RAISE_VA(p, &exc_SyntaxError, pos.lineno, pos.col_offset + 1, pos.end_lineno, pos.end_col_offset + 1, format);
    return NULL;
}

void *raise_from(Parser *p, AstPos pos, const char *format, ...) {
    RAISE_VA(p, &exc_SyntaxError, pos.lineno, pos.col_offset + 1, 0, HERE, format);
    return NULL;
}

static void raise_unclosed(Parser *p) {
    const Tokenizer *k = &p->tok;
    int line = k->bracket_line[k->level - 1], column = k->bracket_column[k->level - 1];
    raise_known(p, &exc_SyntaxError, line, column, line, -1, "'%c' was never closed", k->bracket[k->level - 1]);
}

// Where the tokenizer stands, for tokens without a place of their own.
static int tokenizer_column(const Tokenizer *k) { return k->cur == k->buf ? 0 : (int)(k->cur - k->line_start); }

static void raise_unexpected_end(Parser *p) {
    if (p->tok.level) {
        raise_unclosed(p);
        return;
    }
    const Token *last = p->tokens[p->fill - 1];
    int column = last->col_offset == -1 ? tokenizer_column(&p->tok) : last->col_offset + 1;
    raise_known(p, &exc_SyntaxError, last->lineno, column - 1, last->end_lineno,
                last->end_col_offset == -1 ? -2 : last->end_col_offset, "unexpected EOF while parsing");
}

void *raise_at_last(Parser *p, const Type *type, const char *format, ...) {
    if (p->failed && err_pending(p->t)) return NULL;
    if (p->fill == 0) {
        RAISE_VA(p, type, 0, 0, 0, -1, format);
        return NULL;
    }
    const Token *last = p->tokens[p->fill - 1];
    if (last->type == T_ERRORTOKEN && p->tok.done == TOK_EOF) {
        raise_unexpected_end(p);
        return NULL;
    }
    int column = last->col_offset == -1 ? tokenizer_column(&p->tok) : last->col_offset + 1;
    int end_column = last->end_col_offset == -1 ? -1 : last->end_col_offset + 1;
    if (p->tok.of_file && type == &exc_IndentationError) end_column = column + 1; // a program's file: one caret
    RAISE_VA(p, type, last->lineno, column, last->end_lineno, end_column, format);
    return NULL;
}

void *raise_undecodable(Parser *p, const char *text, size_t n) {
    Utf8Scan scan = utf8_scan(text, n, UTF8_STRICT);
    const char *reason = utf8_reason(scan.status);
    int first = (int)scan.error_at, last = first + (int)scan.error_len - 1;
    if (first == last)
        return raise_syntax(p, "(unicode error) 'utf-8' codec can't decode byte 0x%.2x in position %d: %s",
                            (unsigned char)text[first], first, reason);
    return raise_syntax(p, "(unicode error) 'utf-8' codec can't decode bytes in position %d-%d: %s", first, last, reason);
}

void raise_for_tokenizer(Parser *p) {
    const Tokenizer *k = &p->tok;
    if (err_pending(p->t)) return;
    switch (k->done) {
    case TOK_EOF: raise_unexpected_end(p); break;
    case TOK_BAD_UTF8: raise_undecodable(p, k->start, (size_t)(k->cur - k->start)); break;
    case TOK_BAD_DEDENT: raise_indent(p, "unindent does not match any outer indentation level"); break;
    case TOK_BAD_TABS:
        raise_known(p, &exc_TabError, k->lineno, 0, k->lineno, -1, "inconsistent use of tabs and spaces in indentation");
        break;
    case TOK_TOO_DEEP:
        raise_known(p, &exc_IndentationError, k->lineno, 0, k->lineno, -1, "too many levels of indentation");
        break;
    case TOK_BAD_CONTINUATION:
        raise_known(p, &exc_SyntaxError, k->lineno, (int)(k->cur - k->buf - 1), k->lineno, -1,
                    "unexpected character after line continuation character");
        break;
    default: raise_known(p, &exc_SyntaxError, k->lineno, 0, k->lineno, -1, "unknown parsing error"); break;
    }
}

// A mistake of the tokenizer's behind the one that was found tells more: a bracket or string that is never closed.
static void look_through_the_rest(Parser *p) {
    V found = err_fetch(p->t);
    int error_line = p->tokens[p->fill - 1]->lineno;
    TokenType type;
    const char *start, *end;
    do type = tokenizer_next(&p->tok, &start, &end);
    while (type != T_ERRORTOKEN && type != T_ENDMARKER);
    if (type == T_ERRORTOKEN && p->tok.done == TOK_BAD_UTF8) // a name there: shown as it is, as CPython does
        (void)str_from_utf8(p->t, p->tok.start, (size_t)(p->tok.cur - p->tok.start));
    if (type == T_ERRORTOKEN && !err_pending(p->t) && p->tok.level &&
        error_line > p->tok.bracket_line[p->tok.level - 1]) {
        p->failed = false;
        raise_unclosed(p);
    }
    if (err_pending(p->t)) v_drop(p->t, found);
    else err_restore_steal(p->t, found);
}

void raise_for_failure(Parser *p, const Token *last) {
    p->failed = false;
    if (err_pending(p->t)) {
        if (last && p->tok.done == TOK_OK && err_matches(p->t, &exc_SyntaxError)) look_through_the_rest(p);
        p->failed = true;
        return;
    }
    if (last->type == T_ERRORTOKEN && p->tok.done == TOK_EOF) {
        raise_unexpected_end(p);
    } else if (last->type == T_INDENT || last->type == T_DEDENT) {
        raise_indent(p, last->type == T_INDENT ? "unexpected indent" : "unexpected unindent");
    } else {
        raise_token(p, last, "invalid syntax");
        look_through_the_rest(p);
    }
    p->failed = true;
}

bool check_version(Parser *p, int minor, const char *what) {
    if (p->feature_version >= minor) return true;
    raise_syntax(p, "%s only supported in Python 3.%d and greater", what, minor);
    return false;
}

// ---- names for messages ---------------------------------------------------------------------------------------------
static const char *constant_name(const Node *node) {
    V value = node->Constant.value;
    if (value == V_NONE) return "None";
    if (value == V_TRUE) return "True";
    if (value == V_FALSE) return "False";
    if (value == V_ELLIPSIS) return "ellipsis";
    return "literal";
}

const char *expr_name(const Node *node) {
    switch (node->kind) {
    case AST_Attribute: return "attribute";
    case AST_Subscript: return "subscript";
    case AST_Starred: return "starred";
    case AST_Name: return "name";
    case AST_List: return "list";
    case AST_Tuple: return "tuple";
    case AST_Lambda: return "lambda";
    case AST_Call: return "function call";
    case AST_BoolOp:
    case AST_BinOp:
    case AST_UnaryOp: return "expression";
    case AST_GeneratorExp: return "generator expression";
    case AST_Yield:
    case AST_YieldFrom: return "yield expression";
    case AST_Await: return "await expression";
    case AST_ListComp: return "list comprehension";
    case AST_SetComp: return "set comprehension";
    case AST_DictComp: return "dict comprehension";
    case AST_Dict: return "dict literal";
    case AST_Set: return "set display";
    case AST_JoinedStr:
    case AST_FormattedValue: return "f-string expression";
    case AST_Constant: return constant_name(node);
    case AST_Compare: return "comparison";
    case AST_IfExp: return "conditional expression";
    case AST_NamedExpr: return "named expression";
    default: return "expression";
    }
}

Node *invalid_target(Node *node, TargetKind kind) {
    if (!node) return NULL;
    switch (node->kind) {
    case AST_List:
    case AST_Tuple: {
        NodeSeq elts = node->kind == AST_List ? node->List.elts : node->Tuple.elts;
        for (int i = 0; i < elts.n; i++) {
            Node *found = invalid_target(elts.items[i], kind);
            if (found) return found;
        }
        return NULL;
    }
    case AST_Starred: return kind == DEL_TARGETS ? node : invalid_target(node->Starred.value, kind);
    case AST_Compare: // `for a in b` without the clause around it reads as a comparison
        if (kind == FOR_TARGETS)
            return node->Compare.ops.items[0] == AST_In ? invalid_target(node->Compare.left, kind) : NULL;
        return node;
    case AST_Name:
    case AST_Subscript:
    case AST_Attribute: return NULL;
    default: return node;
    }
}

void *raise_invalid_target(Parser *p, Node *node, TargetKind kind) {
    Node *bad = invalid_target(node, kind);
    if (!bad) return NULL;
    return raise_node(p, bad, "cannot %s %s", kind == DEL_TARGETS ? "delete" : "assign to", expr_name(bad));
}
