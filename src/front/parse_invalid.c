// SPDX-License-Identifier: MIT
//
// parse_invalid.c: mistakes in expressions that have messages of their own.
//
// Called in the second pass only. Each function looks at the text from p->mark on for its mistakes, in CPython's order,
// and returns true when it has raised (or something it called has). Otherwise p->mark may be anywhere: callers reset it.
#include "parser.h"

// Restores the mark around an attempt.
#define TRY(p, begin) ((p)->mark = (begin), !(p)->failed)

// ---- expression -----------------------------------------------------------------------------------------------------
// As CPython 3.11 does it: the beginning of a soft keyword counts as one.
static bool is_soft_keyword(const Token *token) {
    static const char *const words[] = {"_", "case", "match"};
    if (token->type != T_NAME) return false;
    for (size_t i = 0; i < countof(words); i++)
        if (strncmp(words[i], token->text, (size_t)token->len) == 0) return true;
    return false;
}

static bool is_legacy_statement(const Node *name) {
    return name->kind == AST_Name && (str_equal_ascii(name->Name.id, "print") || str_equal_ascii(name->Name.id, "exec"));
}

// `a b`: a comma was forgotten, if that makes sense.
static void forgotten_comma(Parser *p, int begin) {
    const Token *first = p->tokens[begin];
    if (is_soft_keyword(first) || (first->type == T_NAME && peek_second(p) == T_STRING) || p->failed) return;
    Node *a = parse_disjunction(p);
    Node *b = a ? parse_expression_without_invalid(p) : NULL;
    if (!b || p->failed || is_legacy_statement(a) || p->tokens[p->mark - 1]->level == 0) return;
    raise_nodes(p, a, b, "invalid syntax. Perhaps you forgot a comma?");
}

static void missing_else(Parser *p) {
    Node *a = parse_disjunction(p);
    if (!a || !take(p, KW_if)) return;
    Node *b = parse_disjunction(p);
    if (b && !at(p, KW_else) && !at(p, T_COLON) && !p->failed)
        raise_nodes(p, a, b, "expected 'else' after 'if' expression");
}

// `print x`
static void legacy_statement(Parser *p) {
    if (!at(p, T_NAME) || peek_second(p) == T_LPAR || p->failed) return;
    Node *a = parser_name(p, AST_Load);
    Node *b = a ? parse_star_expressions(p) : NULL;
    if (b && is_legacy_statement(a))
        raise_nodes(p, a, b, "Missing parentheses in call to '%V'. Did you mean %V(...)?", a->Name.id, a->Name.id);
}

bool invalid_expression(Parser *p) {
    int begin = p->mark;
    if (!peek_token(p)) return true;
    forgotten_comma(p, begin);
    if (TRY(p, begin)) missing_else(p);
    if (TRY(p, begin)) legacy_statement(p);
    p->mark = begin;
    return p->failed;
}

// ---- named expression -----------------------------------------------------------------------------------------------
// Tuples, lists, generators and the constants get another message as targets.
static bool is_special_target(const Node *node) {
    return node->kind == AST_List || node->kind == AST_Tuple || node->kind == AST_GeneratorExp ||
           (node->kind == AST_Constant && (v_is_bool(node->Constant.value) || node->Constant.value == V_NONE));
}

// !(list | tuple | genexp | 'True' | 'None' | 'False')
static bool special_target_follows(Parser *p) {
    int mark = p->mark;
    TokenType type = peek(p);
    bool special = type == KW_True || type == KW_None || type == KW_False;
    if (type == T_LSQB || type == T_LPAR) {
        Node *node = parse_atom(p);
        special = node && !node->parens && is_special_target(node);
    }
    p->mark = mark;
    return special;
}

static bool assignment_sign_follows(Parser *p) { return at(p, T_EQUAL) || at(p, T_COLONEQUAL); }

static void bad_walrus_target(Parser *p) {
    Node *a = parse_expression(p);
    if (a && take(p, T_COLONEQUAL) && parse_expression(p))
        raise_node(p, a, "cannot use assignment expressions with %s", expr_name(a));
}

static void single_equal(Parser *p) {
    if (!at(p, T_NAME) || peek_second(p) != T_EQUAL) return;
    Node *a = parser_name(p, AST_Load);
    p->mark++;
    Node *b = a ? parse_bitwise_or(p) : NULL;
    if (b && !assignment_sign_follows(p) && !p->failed)
        raise_nodes(p, a, b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
}

static void comparison_meant(Parser *p) {
    if (special_target_follows(p) || p->failed) return;
    Node *a = parse_bitwise_or(p);
    if (a && take(p, T_EQUAL) && parse_bitwise_or(p) && !assignment_sign_follows(p) && !p->failed)
        raise_node(p, a, "cannot assign to %s here. Maybe you meant '==' instead of '='?", expr_name(a));
}

bool invalid_named_expression(Parser *p) {
    Node *remembered;
    int begin = p->mark;
    if (memo_get(p, RULE_NAMED, &remembered)) {
        p->mark = begin;
        return p->failed;
    }
    bad_walrus_target(p);
    if (TRY(p, begin)) single_equal(p);
    if (TRY(p, begin)) comparison_meant(p);
    p->mark = begin;
    memo_put(p, RULE_NAMED, begin, NULL);
    return p->failed;
}

// ---- brackets -------------------------------------------------------------------------------------------------------
bool invalid_group(Parser *p) {
    int begin = p->mark++;
    Node *a = parse_starred_expression(p);
    if (a && at(p, T_RPAR)) raise_node(p, a, "cannot use starred expression here");
    if (TRY(p, begin + 1)) {
        const Token *stars = take(p, T_DOUBLESTAR);
        if (stars && parse_expression(p) && at(p, T_RPAR)) raise_token(p, stars, "cannot use double starred expression here");
    }
    return p->failed;
}

static const char forgotten_parentheses[] = "did you forget parentheses around the comprehension target?";

// '[' or '{' x ',' ... for
static void unparenthesised_target(Parser *p) {
    Node *a = parse_star_named_expression(p);
    NodeSeq clauses;
    const Token *comma = a ? take(p, T_COMMA) : NULL;
    if (!comma) return;
    int behind_comma = p->mark, begin = seq_begin(p);
    bool trailing;
    if (parse_star_named_expressions(p, &trailing)) {
        Node *last = vec_last(&p->stack);
        seq_abandon(p, begin);
        if (parse_for_if_clauses(p, &clauses)) raise_nodes(p, a, last, forgotten_parentheses);
    }
    seq_abandon(p, begin);
    if (!TRY(p, behind_comma)) return;
    if (parse_for_if_clauses(p, &clauses))
        raise_at(p, (AstPos){a->lineno, a->col_offset, comma->end_lineno, comma->end_col_offset}, forgotten_parentheses);
}

// At the opening bracket.
bool invalid_comprehension(Parser *p) {
    int begin = p->mark;
    TokenType open = peek(p);
    NodeSeq clauses;
    p->mark++;
    Node *a = parse_starred_expression(p);
    if (a && parse_for_if_clauses(p, &clauses)) raise_node(p, a, "iterable unpacking cannot be used in comprehension");
    if (TRY(p, begin + 1) && open != T_LPAR) unparenthesised_target(p);
    p->mark = begin;
    return p->failed;
}

bool invalid_dict_comprehension(Parser *p) {
    int begin = p->mark++;
    NodeSeq clauses;
    const Token *stars = take(p, T_DOUBLESTAR);
    if (stars && parse_bitwise_or(p) && parse_for_if_clauses(p, &clauses) && take(p, T_RBRACE))
        raise_token(p, stars, "dict unpacking cannot be used in dict comprehension");
    p->mark = begin;
    return p->failed;
}

// `key: *value` and `key:` without a value.
static void bad_value(Parser *p) {
    int begin = p->mark;
    Node *key = parse_expression(p);
    const Token *colon = key ? take(p, T_COLON) : NULL;
    if (!colon) return;
    const Token *star = take(p, T_STAR);
    if (star && parse_bitwise_or(p)) raise_from(p, token_pos(star), "cannot use a starred expression in a dictionary value");
    if (!TRY(p, begin)) return;
    if (parse_expression(p) && take(p, T_COLON) && (at(p, T_RBRACE) || at(p, T_COMMA)) && !p->failed)
        raise_token(p, colon, "expression expected after dictionary key and ':'");
}

static void bad_pair(Parser *p) {
    int begin = p->mark;
    Node *a = parse_expression(p);
    if (a && !at(p, T_COLON) && !p->failed)
        raise_known(p, &exc_SyntaxError, a->lineno, a->end_col_offset - 1, a->end_lineno, -1,
                    "':' expected after dictionary key");
    if (TRY(p, begin)) bad_value(p);
}

// Behind '{'.
bool invalid_double_starred_kvpairs(Parser *p) {
    int begin = p->mark, pairs = 0;
    Node *key, *value;
    for (;;) {
        int mark = p->mark;
        if ((pairs > 0 && !take(p, T_COMMA)) || !parse_double_starred_kvpair(p, &key, &value)) {
            p->mark = mark;
            break;
        }
        pairs++;
    }
    if (!p->failed && pairs && take(p, T_COMMA)) bad_pair(p);
    if (TRY(p, begin)) bad_value(p);
    p->mark = begin;
    return p->failed;
}

// ---- calls ----------------------------------------------------------------------------------------------------------
static Node *last_of_comprehension(NodeSeq clauses) {
    const Nodecomprehension *last = &clauses.items[clauses.n - 1]->comprehension;
    return last->ifs.n ? last->ifs.items[last->ifs.n - 1] : last->iter;
}

static const char parenthesise_generator[] = "Generator expression must be parenthesized";

static void star_behind_keywords(Parser *p) {
    Node *a = parse_args(p);
    if (a && take(p, T_COMMA) && at(p, T_STAR))
        raise_node(p, a, "iterable argument unpacking follows keyword argument unpacking");
}

static void generator_with_others(Parser *p) {
    NodeSeq clauses, more;
    Node *a = parse_expression(p);
    if (!a || !parse_for_if_clauses(p, &clauses) || !take(p, T_COMMA)) return;
    int mark = p->mark;
    if (!parse_args(p) && !p->failed) {
        p->mark = mark;
        if (parse_expression(p)) parse_for_if_clauses(p, &more);
    }
    if (!p->failed) raise_nodes(p, a, last_of_comprehension(clauses), parenthesise_generator);
}

// NAME '=' expression for ...
static void keyword_with_clauses(Parser *p) {
    if (!at(p, T_NAME) || peek_second(p) != T_EQUAL) return;
    const Token *name = p->tokens[p->mark], *equal = p->tokens[p->mark + 1];
    NodeSeq clauses;
    p->mark += 2;
    if (parse_expression(p) && parse_for_if_clauses(p, &clauses))
        raise_at(p, (AstPos){name->lineno, name->col_offset, equal->end_lineno, equal->end_col_offset},
                 "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
}

static void args_then_clauses(Parser *p) {
    NodeSeq clauses;
    Node *a = parse_args(p);
    if (!a || !parse_for_if_clauses(p, &clauses) || a->Call.args.n <= 1) return;
    raise_nodes(p, a->Call.args.items[a->Call.args.n - 1], last_of_comprehension(clauses), parenthesise_generator);
}

static void generator_behind_args(Parser *p) {
    NodeSeq clauses;
    if (!parse_args(p) || !take(p, T_COMMA)) return;
    Node *a = parse_expression(p);
    if (a && parse_for_if_clauses(p, &clauses)) raise_nodes(p, a, last_of_comprehension(clauses), parenthesise_generator);
}

static void positional_behind_keyword(Parser *p) {
    Node *a = parse_args(p);
    if (!a || !take(p, T_COMMA) || !parse_args(p)) return;
    bool unpacking = false;
    for (int i = 0; i < a->Call.keywords.n; i++) unpacking |= a->Call.keywords.items[i]->keyword.arg == V_NULL;
    raise_syntax(p, unpacking ? "positional argument follows keyword argument unpacking"
                              : "positional argument follows keyword argument");
}

bool invalid_arguments(Parser *p) {
    static void (*const mistakes[])(Parser *) = {star_behind_keywords, generator_with_others, keyword_with_clauses,
                                                 args_then_clauses, generator_behind_args, positional_behind_keyword};
    int begin = p->mark;
    for (size_t i = 0; i < countof(mistakes); i++)
        if (TRY(p, begin)) mistakes[i](p);
    p->mark = begin;
    return p->failed;
}

bool invalid_kwarg(Parser *p) {
    int begin = p->mark;
    TokenType type = peek(p);
    if ((type == KW_True || type == KW_False || type == KW_None) && peek_second(p) == T_EQUAL) {
        const Token *name = p->tokens[begin], *equal = p->tokens[begin + 1];
        raise_at(p, (AstPos){name->lineno, name->col_offset, equal->end_lineno, equal->end_col_offset},
                 "cannot assign to %s", tokenizer_type_name(type));
    }
    if (TRY(p, begin)) keyword_with_clauses(p);
    if (TRY(p, begin) && !(at(p, T_NAME) && peek_second(p) == T_EQUAL)) {
        Node *a = parse_expression(p);
        const Token *equal = a ? take(p, T_EQUAL) : NULL;
        if (equal)
            raise_at(p, (AstPos){a->lineno, a->col_offset, equal->end_lineno, equal->end_col_offset},
                     "expression cannot contain assignment, perhaps you meant \"==\"?");
    }
    p->mark = begin;
    return p->failed;
}

// ['async'] 'for' something that is no target
bool invalid_for_target(Parser *p) {
    int begin = p->mark;
    take(p, T_ASYNC);
    Node *a = take(p, KW_for) ? parse_star_expressions(p) : NULL;
    if (a) raise_invalid_target(p, a, FOR_TARGETS);
    p->mark = begin;
    return p->failed;
}
