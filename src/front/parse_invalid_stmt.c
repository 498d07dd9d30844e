// SPDX-License-Identifier: MIT
//
// parse_invalid_stmt.c: mistakes in statements and parameter lists that have messages of their own.
//
// Called in the second pass only, with the same contract as parse_invalid.c.
#include "parser.h"

#define TRY(p, begin) ((p)->mark = (begin), !(p)->failed)

// ---- assignment -----------------------------------------------------------------------------------------------------
// list | tuple | '(' one of them ')'
static Node *bracketed_target(Parser *p) {
    if (!at(p, T_LSQB) && !at(p, T_LPAR)) return NULL;
    Node *node = parse_atom(p);
    return node && (node->kind == AST_List || node->kind == AST_Tuple) ? node : NULL;
}

static void annotated_sequence(Parser *p) {
    Node *a = bracketed_target(p);
    if (a && take(p, T_COLON) && parse_expression(p))
        raise_node(p, a, "only single target (not %s) can be annotated", expr_name(a));
}

static void annotated_tuple(Parser *p) {
    Node *a = parse_star_named_expression(p);
    if (!a || !take(p, T_COMMA)) return;
    int begin = seq_begin(p);
    bool comma;
    while (!p->failed && parse_star_named_expressions(p, &comma)) {}
    seq_abandon(p, begin);
    if (!p->failed && take(p, T_COLON) && parse_expression(p))
        raise_node(p, a, "only single target (not tuple) can be annotated");
}

static void annotated_expression(Parser *p) {
    Node *a = parse_expression(p);
    if (a && take(p, T_COLON) && parse_expression(p)) raise_node(p, a, "illegal target for annotation");
}

// (targets '=')*
static void skip_targets(Parser *p) {
    for (;;) {
        int mark = p->mark;
        if (parse_star_targets(p) && take(p, T_EQUAL)) continue;
        p->mark = mark;
        return;
    }
}

static void bad_target(Parser *p) {
    skip_targets(p);
    Node *a = p->failed ? NULL : parse_star_expressions(p);
    if (a && take(p, T_EQUAL)) raise_invalid_target(p, a, STAR_TARGETS);
}

static void assigned_yield(Parser *p) {
    skip_targets(p);
    Node *a = p->failed ? NULL : parse_yield_expr(p);
    if (a && take(p, T_EQUAL)) raise_node(p, a, "assignment to yield expression not possible");
}

static void bad_augmented_target(Parser *p) {
    Node *a = parse_star_expressions(p);
    TokenType op = a ? peek(p) : T_ERRORTOKEN;
    if (!a || !((op >= T_PLUSEQUAL && op <= T_DOUBLESTAREQUAL) || op == T_DOUBLESLASHEQUAL || op == T_ATEQUAL)) return;
    p->mark++;
    if (at(p, KW_yield) ? parse_yield_expr(p) : parse_star_expressions(p))
        raise_node(p, a, "'%s' is an illegal expression for augmented assignment", expr_name(a));
}

bool invalid_assignment(Parser *p) {
    static void (*const mistakes[])(Parser *) = {annotated_sequence, annotated_tuple, annotated_expression,
                                                 bad_target, assigned_yield, bad_augmented_target};
    int begin = p->mark;
    for (size_t i = 0; i < countof(mistakes); i++)
        if (TRY(p, begin)) mistakes[i](p);
    p->mark = begin;
    return p->failed;
}

// ---- with -----------------------------------------------------------------------------------------------------------
// item ['as' target] (',' ...)*
static bool skip_with_items(Parser *p, Node *(*context)(Parser *p)) {
    for (int n = 0;; n++) {
        int mark = p->mark;
        if ((n > 0 && !take(p, T_COMMA)) || !context(p)) {
            p->mark = mark;
            return n > 0 && !p->failed;
        }
        int as = p->mark;
        if (take(p, KW_as) && !parse_star_target(p)) p->mark = as;
    }
}

static bool skip_with_header(Parser *p, bool parentheses) {
    if (!parentheses) return skip_with_items(p, parse_expression);
    if (!take(p, T_LPAR) || !skip_with_items(p, parse_expressions)) return false;
    take(p, T_COMMA);
    return take(p, T_RPAR) != NULL;
}

static const Token *with_word(Parser *p) {
    take(p, T_ASYNC);
    return take(p, KW_with);
}

bool invalid_with_stmt_indent(Parser *p) {
    int begin = p->mark;
    for (int parentheses = 0; parentheses < 2; parentheses++) {
        if (!TRY(p, begin)) return true;
        const Token *word = with_word(p);
        if (skip_with_header(p, parentheses) && take(p, T_COLON)) invalid_block(p, word, "'with' statement");
    }
    p->mark = begin;
    return p->failed;
}

bool invalid_with_stmt(Parser *p) {
    int begin = p->mark;
    for (int parentheses = 0; parentheses < 2; parentheses++) {
        if (!TRY(p, begin)) return true;
        with_word(p);
        if (skip_with_header(p, parentheses) && take(p, T_NEWLINE)) raise_syntax(p, "expected ':'");
    }
    p->mark = begin;
    return p->failed;
}

// ---- try ------------------------------------------------------------------------------------------------------------
static const char mixed_handlers[] = "cannot have both 'except' and 'except*' on the same 'try'";

// 'try' ':' block* and at least one handler of the given kind.
static bool skip_try_and_handlers(Parser *p, int begin, bool star) {
    NodeSeq body;
    p->mark = begin + 1;
    if (!take(p, T_COLON)) return false;
    while (!p->failed && parse_block(p, &body)) {}
    int n = 0;
    while (at(p, KW_except) && parse_except_block(p, star)) n++;
    return n > 0 && !p->failed;
}

static void plain_then_star(Parser *p) {
    const Token *word = take(p, KW_except), *star = word ? take(p, T_STAR) : NULL;
    if (!star || !parse_expression(p)) return;
    int mark = p->mark;
    if (!take2(p, KW_as, T_NAME)) p->mark = mark;
    if (take(p, T_COLON))
        raise_at(p, (AstPos){word->lineno, word->col_offset, star->end_lineno, star->end_col_offset}, mixed_handlers);
}

static void star_then_plain(Parser *p) {
    const Token *word = take(p, KW_except);
    if (!word) return;
    if (parse_expression(p)) {
        int mark = p->mark;
        if (!take2(p, KW_as, T_NAME)) p->mark = mark;
    }
    if (take(p, T_COLON)) raise_token(p, word, mixed_handlers);
}

bool invalid_try_stmt(Parser *p) {
    int begin = p->mark;
    const Token *word = p->tokens[p->mark++];
    NodeSeq body;
    if (take(p, T_COLON)) {
        if (invalid_block(p, word, "'try' statement")) return true;
        if (parse_block(p, &body) && !at(p, KW_except) && !at(p, KW_finally) && !p->failed)
            raise_syntax(p, "expected 'except' or 'finally' block");
    }
    if (!p->failed && skip_try_and_handlers(p, begin, false)) plain_then_star(p);
    if (!p->failed && skip_try_and_handlers(p, begin, true)) star_then_plain(p);
    p->mark = begin;
    return p->failed;
}

static void several_types(Parser *p) {
    p->mark++;
    take(p, T_STAR);
    Node *a = parse_expression(p);
    if (!a || !take(p, T_COMMA) || !parse_expressions(p)) return;
    int mark = p->mark;
    bool named = take2(p, KW_as, T_NAME);
    if (!named) p->mark = mark;
    if (take(p, T_COLON) && named) raise_from(p, a->pos, "multiple exception types must be parenthesized");
}

static void handler_without_colon(Parser *p) {
    p->mark++;
    take(p, T_STAR);
    if (!parse_expression(p)) return;
    int mark = p->mark;
    if (!take2(p, KW_as, T_NAME)) p->mark = mark;
    if (take(p, T_NEWLINE)) raise_syntax(p, "expected ':'");
}

bool invalid_except_stmt(Parser *p) {
    int begin = p->mark;
    several_types(p);
    if (TRY(p, begin)) handler_without_colon(p);
    if (TRY(p, begin + 1) && take(p, T_NEWLINE)) raise_syntax(p, "expected ':'");
    if (TRY(p, begin + 1) && take(p, T_STAR) && (at(p, T_NEWLINE) || at(p, T_COLON)))
        raise_syntax(p, "expected one or more exception types");
    p->mark = begin;
    return p->failed;
}

// ---- parameters -----------------------------------------------------------------------------------------------------
typedef struct ParamReader {
    Parser *p;
    bool lambda;
} ParamReader;

static bool at_closer(ParamReader *r) { return at(r->p, r->lambda ? T_COLON : T_RPAR); }

// NAME [':' annotation]
static Node *read_param(ParamReader *r) {
    Parser *p = r->p;
    int start = p->mark;
    Node *name = parser_name(p, AST_Load);
    int mark = p->mark;
    if (name && !r->lambda && take(p, T_COLON) && !parse_expression(p)) p->mark = mark;
    if (!name || p->failed) return NULL;
    name->pos = span_at(p, start);
    return name;
}

static bool separator(ParamReader *r) {
    Parser *p = r->p;
    if (take(p, T_COMMA)) {
        if (!r->lambda) take(p, T_TYPE_COMMENT);
        return true;
    }
    if (!r->lambda) take(p, T_TYPE_COMMENT);
    return at_closer(r);
}

// '=' expression; raises when nothing comes.
static bool read_default(ParamReader *r) {
    Parser *p = r->p;
    const Token *equal = take(p, T_EQUAL);
    if (!equal) return false;
    if (parse_expression(p)) return true;
    if (!p->failed && (at(p, T_RPAR) || at(p, T_COMMA))) raise_token(p, equal, "expected default value expression");
    return false;
}

// A parameter with its separator: without (0), with (1) or with or without (-1) a default.
static Node *read_item(ParamReader *r, int wants_default) {
    Parser *p = r->p;
    int mark = p->mark;
    Node *name = read_param(r);
    if (name) {
        bool has_default = at(p, T_EQUAL) && wants_default != 0 ? read_default(r) : false;
        if (!p->failed && (wants_default != 1 || has_default) && separator(r)) return name;
    }
    p->mark = mark;
    return NULL;
}

static int read_items(ParamReader *r, int wants_default) {
    int n = 0;
    while (read_item(r, wants_default)) n++;
    return n;
}

// '/' with its separator.
static bool read_slash(ParamReader *r) {
    int mark = r->p->mark;
    if (take(r->p, T_SLASH) && (take(r->p, T_COMMA) || at_closer(r))) return true;
    r->p->mark = mark;
    return false;
}

static bool slash_no_default(ParamReader *r) {
    int mark = r->p->mark;
    if (read_items(r, 0) > 0 && read_slash(r)) return true;
    r->p->mark = mark;
    return false;
}

static bool slash_with_default(ParamReader *r) {
    int mark = r->p->mark;
    read_items(r, 0);
    if (read_items(r, 1) > 0 && read_slash(r)) return true;
    r->p->mark = mark;
    return false;
}

static bool slash_parameters(ParamReader *r) { return slash_no_default(r) || (!r->p->failed && slash_with_default(r)); }

static void default_then_none(ParamReader *r) {
    read_items(r, 0);
    if (!slash_with_default(r) && read_items(r, 1) == 0) return;
    Node *a = r->p->failed ? NULL : read_item(r, 0);
    if (a) raise_node(r->p, a, "non-default argument follows default argument");
}

static void parenthesised(ParamReader *r) {
    Parser *p = r->p;
    read_items(r, 0);
    const Token *open = take(p, T_LPAR), *close;
    if (!open) return;
    if (r->lambda) {
        int n = 0;
        while (take(p, T_NAME)) {
            n++;
            if (!take(p, T_COMMA)) break;
        }
        if (n == 0) return;
    } else {
        if (read_items(r, 0) == 0) return;
        take(p, T_COMMA);
    }
    close = take(p, T_RPAR);
    if (close)
        raise_at(p, (AstPos){open->lineno, open->col_offset, close->end_lineno, close->end_col_offset},
                 "%s parameters cannot be parenthesized", r->lambda ? "Lambda expression" : "Function");
}

static void leading_slash(ParamReader *r) {
    const Token *slash = take(r->p, T_SLASH);
    if (slash && take(r->p, T_COMMA)) raise_token(r->p, slash, "at least one argument must precede /");
}

static void second_slash(ParamReader *r) {
    if (!slash_parameters(r)) return;
    read_items(r, -1);
    const Token *slash = take(r->p, T_SLASH);
    if (slash) raise_token(r->p, slash, "/ may appear only once");
}

static void slash_behind_star(ParamReader *r) {
    slash_parameters(r);
    if (r->p->failed) return;
    read_items(r, -1);
    if (!take(r->p, T_STAR) || !(take(r->p, T_COMMA) || read_item(r, 0))) return;
    read_items(r, -1);
    const Token *slash = take(r->p, T_SLASH);
    if (slash) raise_token(r->p, slash, "/ must be ahead of *");
}

static void star_touches_slash(ParamReader *r) {
    if (read_items(r, -1) == 0 || !take(r->p, T_SLASH)) return;
    const Token *star = take(r->p, T_STAR);
    if (star) raise_token(r->p, star, "expected comma between / and *");
}

bool invalid_parameters(Parser *p, bool lambda) {
    static void (*const mistakes[])(ParamReader *) = {default_then_none, parenthesised, leading_slash, second_slash,
                                                      slash_behind_star, star_touches_slash};
    ParamReader r = {p, lambda};
    int begin = p->mark;
    for (size_t i = 0; i < countof(mistakes); i++)
        if (TRY(p, begin)) mistakes[i](&r);
    p->mark = begin;
    return p->failed;
}

// At '*'.
static void bare_star(ParamReader *r) {
    Parser *p = r->p;
    const Token *star = take(p, T_STAR);
    bool end = at_closer(r);
    if (!end && take(p, T_COMMA)) {
        end = at_closer(r) || at(p, T_DOUBLESTAR);
        if (!end && !r->lambda && at(p, T_TYPE_COMMENT)) {
            raise_syntax(p, "bare * has associated type comment");
            return;
        }
    }
    static const char message[] = "named arguments must follow bare *";
    if (end && r->lambda) raise_syntax(p, message);
    else if (end && !p->failed) raise_token(p, star, message);
}

static void star_default(ParamReader *r) {
    Parser *p = r->p;
    p->mark++;
    if (!read_param(r)) return;
    const Token *equal = take(p, T_EQUAL);
    if (equal) raise_token(p, equal, "var-positional argument cannot have default value");
}

static void second_star(ParamReader *r) {
    Parser *p = r->p;
    p->mark++;
    if (!(read_item(r, 0) || take(p, T_COMMA))) return;
    read_items(r, -1);
    const Token *star = take(p, T_STAR);
    if (star && (read_item(r, 0) || take(p, T_COMMA))) raise_token(p, star, "* argument may appear only once");
}

bool invalid_star_etc(Parser *p, bool lambda) {
    ParamReader r = {p, lambda};
    int begin = p->mark;
    bare_star(&r);
    if (TRY(p, begin)) star_default(&r);
    if (TRY(p, begin)) second_star(&r);
    p->mark = begin;
    return p->failed;
}

// At '**'.
bool invalid_kwds(Parser *p, bool lambda) {
    ParamReader r = {p, lambda};
    int begin = p->mark++;
    if (read_param(&r)) {
        const Token *token = take(p, T_EQUAL);
        if (token) {
            raise_token(p, token, "var-keyword argument cannot have default value");
        } else if (take(p, T_COMMA)) {
            token = peek_token(p);
            Node *next = read_param(&r);
            if (next) raise_node(p, next, "arguments cannot follow var-keyword argument");
            else if (token && !p->failed && (token->type == T_STAR || token->type == T_DOUBLESTAR || token->type == T_SLASH))
                raise_token(p, token, "arguments cannot follow var-keyword argument");
        }
    }
    p->mark = begin;
    return p->failed;
}
