// SPDX-License-Identifier: MIT
//
// parse_atom.c: names, constants, and everything in brackets: groups, tuples, lists, sets, dicts, comprehensions.
//
// One opening bracket begins several constructs that look alike for a while. The first pass reads the first element
// and goes by the token behind it. The second pass goes through the constructs one after the other, as the messages
// depend on that order.
#include "parser.h"
#include "base/dtoa.h"
#include "object/float.h"
#include "object/int.h"

// ---- constants ------------------------------------------------------------------------------------------------------
static Node *constant(Parser *p, V value) {
    const Token *token = p->tokens[p->mark++];
    return NODE_NEW(p, token_pos(token), Constant, value, V_NULL);
}

// The limit on decimal digits is reported as a SyntaxError with an advice.
static void *raise_too_many_digits(Parser *p, const Token *token) {
    if (!err_matches(p->t, &exc_ValueError)) return p->failed = true, NULL;
    V error = err_fetch(p->t);
    raise_token(p, token,
                "%V - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.", error);
    v_drop(p->t, error);
    return NULL;
}

static V number_value(Parser *p, const char *text, size_t n) {
    bool prefixed = n > 1 && text[0] == '0' && strchr("xXoObB", text[1]);
    bool imaginary = !prefixed && (text[n - 1] | 32) == 'j';
    bool real = imaginary;
    for (size_t i = 0; !prefixed && i < n; i++) real |= strchr(".eE", text[i]) != NULL;
    if (!real) return int_parse_literal(p->t, text, n);
    double d = double_parse(text, n - imaginary, NULL);
    return imaginary ? complex_from_doubles(p->t, 0.0, d) : float_from_double(p->t, d);
}

Node *parse_number(Parser *p) {
    const Token *token = take(p, T_NUMBER);
    if (!token) return NULL;
    char small[64], *text = token->len < (int)sizeof small ? small : arena_alloc(&p->ast->arena, (size_t)token->len + 1);
    if (!text) return parser_checked(p, NULL);
    size_t n = 0;
    for (int i = 0; i < token->len; i++)
        if (token->text[i] != '_') text[n++] = token->text[i];
    text[n] = '\0';
    if ((int)n < token->len && p->feature_version < 6)
        return raise_syntax(p, "Underscores in numeric literals are only supported in Python 3.6 and greater");
    V value = number_value(p, text, n);
    if (v_is_error(value)) return raise_too_many_digits(p, token);
    value = ast_keep(p->t, p->ast, value);
    if (value == V_NULL) return parser_checked(p, NULL);
    return NODE_NEW(p, token_pos(token), Constant, value, V_NULL);
}

// ---- comprehension clauses ----------------------------------------------------------------------------------------------
// ['async'] 'for' targets 'in' disjunction ('if' disjunction)*. Behind 'in' there is no way back.
static Node *for_if_clause(Parser *p, bool *committed) {
    int mark = p->mark;
    *committed = false;
    const Token *async = take(p, T_ASYNC);
    if (!take(p, KW_for)) goto no;
    Node *target = parse_star_targets(p);
    if (!target || !take(p, KW_in)) goto no;
    *committed = true;
    Node *iter = parse_disjunction(p);
    if (!iter) goto no;
    int begin = seq_begin(p);
    while (at(p, KW_if)) {
        int before = p->mark++;
        Node *test = parse_disjunction(p);
        if (!test) {
            p->mark = before;
            break;
        }
        if (!seq_push(p, test)) return NULL;
    }
    NodeSeq ifs = seq_end(p, begin);
    if (p->failed || (async && !check_version(p, 6, "Async comprehensions are"))) return NULL;
    return NODE_NEW(p, ((AstPos){0}), comprehension, target, iter, ifs, async != NULL);
no:
    p->mark = mark;
    return NULL;
}

bool parse_for_if_clauses(Parser *p, NodeSeq *out) {
    int begin = seq_begin(p);
    while (at(p, KW_for) || at(p, T_ASYNC)) {
        bool committed;
        Node *clause = for_if_clause(p, &committed);
        if (!clause) {
            if (!p->failed && !committed && p->diagnose) invalid_for_target(p);
            break;
        }
        if (!seq_push(p, clause)) return false;
    }
    *out = seq_end(p, begin);
    return !p->failed && out->n > 0;
}

// ---- parentheses ----------------------------------------------------------------------------------------------------
static Node *close_tuple(Parser *p, const Token *open, int begin) {
    NodeSeq elts = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, open), Tuple, elts, AST_Load);
}

// Behind '(' and a first element that a comma follows.
static Node *tuple_rest(Parser *p, const Token *open, Node *first) {
    int begin = seq_begin(p);
    bool comma;
    if (!seq_push(p, first)) return NULL;
    p->mark++;
    if (!at(p, T_RPAR)) parse_star_named_expressions(p, &comma);
    if (!p->failed && take(p, T_RPAR)) return close_tuple(p, open, begin);
    seq_abandon(p, begin);
    return NULL;
}

static Node *grouped(Parser *p, Node *node) {
    if (!node || !take(p, T_RPAR)) return NULL;
    if (node->parens < UINT8_MAX) node->parens++;
    return node;
}

static Node *genexp_rest(Parser *p, const Token *open, Node *elt) {
    NodeSeq generators;
    if (!parse_for_if_clauses(p, &generators) || !take(p, T_RPAR)) return NULL;
    return NODE_NEW(p, span_from(p, open), GeneratorExp, elt, generators);
}

static Node *parentheses(Parser *p) {
    const Token *open = p->tokens[p->mark++];
    if (take(p, T_RPAR)) return close_tuple(p, open, seq_begin(p));
    if (at(p, KW_yield)) return grouped(p, parse_yield_expr(p));
    Node *first = parse_star_named_expression(p);
    if (!first) return NULL;
    if (at(p, T_COMMA)) return tuple_rest(p, open, first);
    if (first->kind == AST_Starred) return NULL;
    return at(p, T_RPAR) ? grouped(p, first) : genexp_rest(p, open, first);
}

static Node *parentheses_diagnosing(Parser *p) {
    int mark = p->mark;
    const Token *open = p->tokens[p->mark++];
    if (take(p, T_RPAR)) return close_tuple(p, open, seq_begin(p));
    Node *node = parse_star_named_expression(p);
    if (node && at(p, T_COMMA)) node = tuple_rest(p, open, node);
    else node = NULL;
    if (node || p->failed) return node;
    p->mark = mark + 1;
    node = grouped(p, at(p, KW_yield) ? parse_yield_expr(p) : parse_named_expression(p));
    if (node || p->failed) return node;
    p->mark = mark;
    if (p->diagnose && invalid_group(p)) return NULL;
    p->mark = mark + 1;
    node = parse_plain_expression(p);
    if (node) node = genexp_rest(p, open, node);
    if (node || p->failed) return node;
    p->mark = mark;
    if (p->diagnose) invalid_comprehension(p);
    return NULL;
}

// ---- square brackets ------------------------------------------------------------------------------------------------
static Node *brackets(Parser *p) {
    const Token *open = p->tokens[p->mark++];
    int begin = seq_begin(p), inner = p->mark;
    bool comma = false;
    if (!at(p, T_RSQB)) parse_star_named_expressions(p, &comma);
    if (p->failed) return NULL;
    if (take(p, T_RSQB)) {
        NodeSeq elts = seq_end(p, begin);
        return p->failed ? NULL : NODE_NEW(p, span_from(p, open), List, elts, AST_Load);
    }
    Node *elt = p->stack.len - (size_t)begin == 1 && !comma ? p->stack.data[begin] : NULL;
    seq_abandon(p, begin);
    if (p->second_pass) {
        p->mark = inner;
        elt = parse_named_expression(p);
    }
    NodeSeq generators;
    if (elt && elt->kind != AST_Starred && parse_for_if_clauses(p, &generators) && take(p, T_RSQB))
        return NODE_NEW(p, span_from(p, open), ListComp, elt, generators);
    p->mark = inner - 1;
    if (p->diagnose && !p->failed) invalid_comprehension(p);
    return NULL;
}

// ---- braces ---------------------------------------------------------------------------------------------------------
bool parse_kvpair(Parser *p, Node **key, Node **value) {
    int mark = p->mark;
    *key = parse_expression(p);
    if (*key && take(p, T_COLON) && (*value = parse_expression(p))) return true;
    p->mark = mark;
    return false;
}

bool parse_double_starred_kvpair(Parser *p, Node **key, Node **value) {
    if (!at(p, T_DOUBLESTAR)) return parse_kvpair(p, key, value);
    int mark = p->mark++;
    *key = NULL;
    *value = parse_bitwise_or(p);
    if (!*value) p->mark = mark;
    return *value != NULL;
}

// Pushes keys and values in turn; returns the number of pairs.
static int kvpairs(Parser *p, bool *comma) {
    *comma = false;
    for (int n = 0;; n++) {
        int mark = p->mark;
        Node *key, *value;
        if (n > 0 && !take(p, T_COMMA)) return n;
        if (!parse_double_starred_kvpair(p, &key, &value)) {
            p->mark = mark;
            *comma = n > 0 && take(p, T_COMMA) != NULL;
            return n;
        }
        if (!seq_push(p, key) || !seq_push(p, value)) return n;
    }
}

static Node *make_dict(Parser *p, const Token *open, int begin) {
    int n = ((int)p->stack.len - begin) / 2;
    NodeSeq keys = ast_seq(p->ast, n), values = ast_seq(p->ast, n);
    if (p->ast->no_memory) return parser_checked(p, NULL);
    for (int i = 0; i < n; i++) {
        keys.items[i] = p->stack.data[begin + 2 * i];
        values.items[i] = p->stack.data[begin + 2 * i + 1];
    }
    seq_abandon(p, begin);
    return NODE_NEW(p, span_from(p, open), Dict, keys, values);
}

static Node *dict_comprehension(Parser *p, const Token *open, Node *key, Node *value) {
    NodeSeq generators;
    if (!parse_for_if_clauses(p, &generators) || !take(p, T_RBRACE)) return NULL;
    return NODE_NEW(p, span_from(p, open), DictComp, key, value, generators);
}

// '{' was read and a dict's first pair comes.
static Node *dict(Parser *p, const Token *open) {
    int begin = seq_begin(p);
    bool comma;
    int n = kvpairs(p, &comma);
    if (!p->failed && take(p, T_RBRACE)) return make_dict(p, open, begin);
    Node *key = n == 1 && !comma ? p->stack.data[begin] : NULL, *value = key ? p->stack.data[begin + 1] : NULL;
    seq_abandon(p, begin);
    if (p->failed || p->second_pass || !key) return NULL;
    return dict_comprehension(p, open, key, value);
}

static Node *set(Parser *p, const Token *open, bool *single, Node **first) {
    int begin = seq_begin(p);
    bool comma;
    if (parse_star_named_expressions(p, &comma) && take(p, T_RBRACE)) {
        NodeSeq elts = seq_end(p, begin);
        return p->failed ? NULL : NODE_NEW(p, span_from(p, open), Set, elts);
    }
    *single = p->stack.len - (size_t)begin == 1 && !comma;
    *first = *single ? p->stack.data[begin] : NULL;
    seq_abandon(p, begin);
    return NULL;
}

static Node *set_comprehension(Parser *p, const Token *open, Node *elt) {
    NodeSeq generators;
    if (!elt || elt->kind == AST_Starred || !parse_for_if_clauses(p, &generators) || !take(p, T_RBRACE)) return NULL;
    return NODE_NEW(p, span_from(p, open), SetComp, elt, generators);
}

// The first pass: is this a dict? Goes by the token behind the first expression.
static Node *dict_or_set(Parser *p) {
    const Token *open = p->tokens[p->mark++];
    int begin = seq_begin(p);
    if (take(p, T_RBRACE)) return make_dict(p, open, begin);
    if (at(p, T_DOUBLESTAR)) return dict(p, open);
    bool single, comma;
    Node *first = parse_star_named_expression(p);
    if (!first) return NULL;
    if (at(p, T_COLON) && first->kind != AST_Starred && (first->kind != AST_NamedExpr || first->parens)) {
        p->mark++;
        Node *value = parse_expression(p);
        if (!value) return NULL;
        if (at(p, KW_for) || at(p, T_ASYNC)) return dict_comprehension(p, open, first, value);
        if (!seq_push(p, first) || !seq_push(p, value)) return NULL;
        if (at(p, T_COMMA)) {
            p->mark++;
            kvpairs(p, &comma);
        }
        if (!p->failed && take(p, T_RBRACE)) return make_dict(p, open, begin);
        seq_abandon(p, begin);
        return NULL;
    }
    if (!at(p, T_COMMA) && !at(p, T_RBRACE)) return set_comprehension(p, open, first);
    if (!seq_push(p, first)) return NULL;
    if (take(p, T_COMMA) && !at(p, T_RBRACE)) parse_star_named_expressions(p, &single);
    if (!p->failed && take(p, T_RBRACE)) {
        NodeSeq elts = seq_end(p, begin);
        return p->failed ? NULL : NODE_NEW(p, span_from(p, open), Set, elts);
    }
    seq_abandon(p, begin);
    return NULL;
}

// Some mistakes in dicts are reported by the first pass already.
static Node *braces(Parser *p) {
    int mark = p->mark;
    Node *node = dict_or_set(p);
    if (node || p->failed) return node;
    p->mark = mark + 1;
    p->remember = true;
    invalid_double_starred_kvpairs(p);
    return NULL;
}

static Node *braces_diagnosing(Parser *p) {
    int mark = p->mark;
    const Token *open = p->tokens[p->mark++];
    Node *node = dict(p, open), *key, *value;
    if (node || p->failed) return node;
    p->mark = mark + 1;
    if (invalid_double_starred_kvpairs(p)) return NULL;
    p->mark = mark + 1;
    bool single;
    node = set(p, open, &single, &key);
    if (node || p->failed) return node;
    p->mark = mark + 1;
    if (parse_kvpair(p, &key, &value)) node = dict_comprehension(p, open, key, value);
    if (node || p->failed) return node;
    p->mark = mark;
    if (p->diagnose && invalid_dict_comprehension(p)) return NULL;
    p->mark = mark + 1;
    node = parse_named_expression(p);
    if (node) node = set_comprehension(p, open, node);
    if (node || p->failed) return node;
    p->mark = mark;
    if (p->diagnose) invalid_comprehension(p);
    return NULL;
}

// ---- atoms ----------------------------------------------------------------------------------------------------------
enum { BRACKET_COST = 25 };

static Node *bracketed(Parser *p, Node *(*read)(Parser *p)) {
    int mark = p->mark;
    if (!parser_enter(p, BRACKET_COST)) return NULL;
    Node *node = read(p);
    parser_leave(p, BRACKET_COST);
    if (!node) p->mark = mark;
    return node;
}

Node *parse_atom(Parser *p) {
    switch (peek(p)) {
    case T_NAME: return parser_name(p, AST_Load);
    case T_NUMBER: return parse_number(p);
    case T_STRING: return parse_strings(p);
    case KW_None: return constant(p, V_NONE);
    case KW_True: return constant(p, V_TRUE);
    case KW_False: return constant(p, V_FALSE);
    case T_ELLIPSIS: return constant(p, V_ELLIPSIS);
    case T_LPAR: return bracketed(p, p->second_pass ? parentheses_diagnosing : parentheses);
    case T_LSQB: return bracketed(p, brackets);
    case T_LBRACE: return bracketed(p, p->second_pass ? braces_diagnosing : braces);
    default: return NULL;
    }
}
