// SPDX-License-Identifier: MIT
//
// parse_expr.c: expressions, from lists without parentheses down to primaries.
//
// Binary operators are one loop over a table of binding strengths. Where an operator's right operand does not parse,
// the operator is given back and the left operand stands: the caller then stumbles over the operator, at the right place.
#include "parser.h"

static Node *make_tuple(Parser *p, int start, int begin) {
    NodeSeq elts = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), Tuple, elts, AST_Load);
}

// `item (',' item)* [',']`, the first item, which began at `start`, given: a tuple if there is a comma.
static Node *comma_list(Parser *p, int start, Node *first, Node *(*item)(Parser *p)) {
    if (!first || !at(p, T_COMMA)) return p->failed ? NULL : first;
    int begin = seq_begin(p);
    if (!seq_push(p, first)) return NULL;
    while (at(p, T_COMMA)) {
        int mark = p->mark++;
        Node *next = item(p);
        if (!next) {
            p->mark = mark;
            break;
        }
        if (!seq_push(p, next)) return NULL;
    }
    take(p, T_COMMA);
    if (p->failed) return seq_abandon(p, begin), NULL;
    return make_tuple(p, start, begin);
}

Node *parse_star_expressions(Parser *p) {
    int start = p->mark;
    return comma_list(p, start, parse_star_expression(p), parse_star_expression);
}

Node *parse_expressions(Parser *p) {
    int start = p->mark;
    return comma_list(p, start, parse_expression(p), parse_expression);
}

// '*' operand, the operand read by `operand`.
static Node *starred(Parser *p, Node *(*operand)(Parser *p)) {
    int mark = p->mark;
    const Token *star = take(p, T_STAR);
    if (!star) return NULL;
    Node *value = operand(p);
    if (!value) {
        p->mark = mark;
        return NULL;
    }
    return NODE_NEW(p, span_from(p, star), Starred, value, AST_Load);
}

Node *parse_starred_expression(Parser *p) { return starred(p, parse_expression); }

Node *parse_star_expression(Parser *p) {
    MEMO_RETURN(p, RULE_STAR_EXPRESSION);
    int mark = p->mark;
    Node *node = at(p, T_STAR) ? starred(p, parse_bitwise_or) : parse_expression(p);
    return memo_put(p, RULE_STAR_EXPRESSION, mark, node);
}

Node *parse_star_named_expression(Parser *p) {
    return at(p, T_STAR) ? starred(p, parse_bitwise_or) : parse_named_expression(p);
}

bool parse_star_named_expressions(Parser *p, bool *trailing_comma) {
    int n = 0;
    *trailing_comma = false;
    for (;;) {
        int mark = p->mark;
        if (n > 0 && !take(p, T_COMMA)) break;
        Node *node = parse_star_named_expression(p);
        if (!node) {
            p->mark = mark;
            *trailing_comma = n > 0 && take(p, T_COMMA);
            break;
        }
        if (!seq_push(p, node)) return false;
        n++;
    }
    return !p->failed && n > 0;
}

// NAME ':=' expression; once ':=' is read there is no way back: *committed.
static Node *assignment_expression(Parser *p, bool *committed) {
    *committed = false;
    if (!at(p, T_NAME) || peek_second(p) != T_COLONEQUAL) return NULL;
    int mark = p->mark;
    Node *target = parser_name(p, AST_Store);
    if (!target) return NULL;
    p->mark++;
    *committed = true;
    Node *value = parse_expression(p);
    if (!value || !check_version(p, 8, "Assignment expressions are")) {
        p->mark = mark;
        return NULL;
    }
    return NODE_NEW(p, span_at(p, mark), NamedExpr, target, value);
}

static Node *expression_not_assigned(Parser *p) {
    int mark = p->mark;
    Node *node = parse_expression(p);
    if (node && at(p, T_COLONEQUAL)) {
        p->mark = mark;
        return NULL;
    }
    return p->failed ? NULL : node;
}

Node *parse_plain_expression(Parser *p) {
    bool committed;
    Node *node = assignment_expression(p, &committed);
    return node || committed || p->failed ? node : expression_not_assigned(p);
}

Node *parse_named_expression(Parser *p) {
    bool committed;
    Node *node = assignment_expression(p, &committed);
    if (node || committed || p->failed) return node;
    if (p->diagnose && invalid_named_expression(p)) return NULL;
    return expression_not_assigned(p);
}

// ---- expression -----------------------------------------------------------------------------------------------------
static Node *conditional(Parser *p) {
    int start = p->mark;
    Node *body = parse_disjunction(p);
    if (!body || !at(p, KW_if)) return p->failed ? NULL : body;
    int mark = p->mark++;
    Node *test = parse_disjunction(p);
    Node *orelse = test && take(p, KW_else) ? parse_expression(p) : NULL;
    if (!orelse) {
        p->mark = mark;
        return p->failed ? NULL : body;
    }
    return NODE_NEW(p, span_at(p, start), IfExp, test, body, orelse);
}

enum { EXPRESSION_COST = 1, LAMBDA_COST = 1, POWER_COST = 1, TRAILER_COST = 22 };

static Node *expression(Parser *p) {
    Node *node = at(p, KW_lambda) ? NULL : conditional(p);
    return node || p->failed ? node : parse_lambda(p);
}

Node *parse_expression(Parser *p) {
    MEMO_RETURN(p, RULE_EXPRESSION);
    int mark = p->mark;
    if (!parser_enter(p, EXPRESSION_COST)) return NULL;
    Node *node = p->diagnose && invalid_expression(p) ? NULL : expression(p);
    parser_leave(p, EXPRESSION_COST);
    return memo_put(p, RULE_EXPRESSION, mark, node);
}

Node *parse_expression_without_invalid(Parser *p) {
    bool diagnose = p->diagnose;
    p->diagnose = false;
    Node *node = expression(p);
    p->diagnose = diagnose;
    return node;
}

Node *parse_lambda(Parser *p) {
    int mark = p->mark;
    const Token *word = take(p, KW_lambda);
    if (!word) return NULL;
    if (!parser_enter(p, LAMBDA_COST)) return NULL;
    Node *args = parse_params(p, true);
    Node *body = args && take(p, T_COLON) ? parse_expression(p) : NULL;
    parser_leave(p, LAMBDA_COST);
    if (!body) {
        p->mark = mark;
        return NULL;
    }
    return NODE_NEW(p, span_from(p, word), Lambda, args, body);
}

Node *parse_yield_expr(Parser *p) {
    const Token *word = take(p, KW_yield);
    if (!word) return NULL;
    if (at(p, KW_from)) {
        int mark = p->mark++;
        Node *value = parse_expression(p);
        if (value) return NODE_NEW(p, span_from(p, word), YieldFrom, value);
        p->mark = mark;
    }
    if (p->failed) return NULL;
    Node *value = parse_star_expressions(p);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, word), Yield, value);
}

// ---- and, or, not ---------------------------------------------------------------------------------------------------
static Node *bool_op(Parser *p, TokenType word, AstKind op, Node *(*operand)(Parser *p)) {
    int start = p->mark;
    Node *first = operand(p);
    if (!first || !at(p, word)) return p->failed ? NULL : first;
    int begin = seq_begin(p);
    if (!seq_push(p, first)) return NULL;
    while (at(p, word)) {
        int mark = p->mark++;
        Node *next = operand(p);
        if (!next) {
            p->mark = mark;
            break;
        }
        if (!seq_push(p, next)) return NULL;
    }
    if (p->failed) return seq_abandon(p, begin), NULL;
    if ((int)p->stack.len - begin == 1) {
        seq_abandon(p, begin);
        return first;
    }
    NodeSeq values = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), BoolOp, op, values);
}

// The operator at p->mark if it is one; *words tokens long.
static AstKind comparison_operator(Parser *p, int *words) {
    *words = 1;
    const Token *token = peek_token(p);
    if (!token) return AST_NONE;
    switch (token->type) {
    case T_EQEQUAL: return AST_Eq;
    case T_LESS: return AST_Lt;
    case T_GREATER: return AST_Gt;
    case T_LESSEQUAL: return AST_LtE;
    case T_GREATEREQUAL: return AST_GtE;
    case KW_in: return AST_In;
    case T_NOTEQUAL: {
        bool flufl = (p->flags & FRONT_FUTURE_BARRY_AS_BDFL) != 0;
        if (flufl && token_is(token, "!=")) {
            raise_syntax(p, "with Barry as BDFL, use '<>' instead of '!='");
            return AST_NONE;
        }
        return token_is(token, flufl ? "<>" : "!=") ? AST_NotEq : AST_NONE;
    }
    case KW_not:
        *words = 2;
        return peek_second(p) == KW_in ? AST_NotIn : AST_NONE;
    case KW_is:
        if (peek_second(p) == KW_not) {
            *words = 2;
            return AST_IsNot;
        }
        return AST_Is;
    default: return AST_NONE;
    }
}

static Node *make_compare(Parser *p, int start, Node *left, int begin, const AstKind *ops) {
    NodeSeq comparators = seq_end(p, begin);
    KindSeq kinds = {comparators.n, arena_memdup(&p->ast->arena, ops, (size_t)comparators.n * sizeof *ops)};
    if (!kinds.items) return parser_checked(p, NULL);
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), Compare, left, kinds, comparators);
}

static Node *comparison(Parser *p) {
    int start = p->mark;
    Node *left = parse_bitwise_or(p);
    if (!left) return NULL;
    VEC(AstKind) ops = VEC_INIT;
    int begin = seq_begin(p), words;
    AstKind op;
    while ((op = comparison_operator(p, &words)) != AST_NONE) {
        int mark = p->mark;
        p->mark += words;
        Node *right = parse_bitwise_or(p);
        // `is not x` may also be read as `is` and `not x`, which is no operand: nothing to retry.
        if (!right) {
            p->mark = mark;
            break;
        }
        if (!seq_push(p, right) || !vec_push(&ops, op)) parser_checked(p, NULL);
    }
    Node *node = p->failed ? NULL : ops.len ? make_compare(p, start, left, begin, ops.data) : left;
    seq_abandon(p, begin);
    vec_free(&ops);
    return node;
}

enum { INVERSION_COST = 1 };

static Node *inversion(Parser *p) {
    const Token *word = take(p, KW_not);
    if (!word) return comparison(p);
    int mark = p->mark - 1;
    if (!parser_enter(p, INVERSION_COST)) return NULL;
    Node *operand = inversion(p);
    parser_leave(p, INVERSION_COST);
    if (!operand) {
        p->mark = mark;
        return NULL;
    }
    return NODE_NEW(p, span_from(p, word), UnaryOp, AST_Not, operand);
}

static Node *conjunction(Parser *p) { return bool_op(p, KW_and, AST_And, inversion); }

Node *parse_disjunction(Parser *p) {
    MEMO_RETURN(p, RULE_DISJUNCTION);
    int mark = p->mark;
    return memo_put(p, RULE_DISJUNCTION, mark, bool_op(p, KW_or, AST_Or, conjunction));
}

// ---- binary operators -----------------------------------------------------------------------------------------------
typedef struct Binary { uint8_t strength; uint16_t kind; } Binary;

static Binary binary_operator(TokenType type) {
    switch (type) {
    case T_VBAR: return (Binary){1, AST_BitOr};
    case T_CIRCUMFLEX: return (Binary){2, AST_BitXor};
    case T_AMPER: return (Binary){3, AST_BitAnd};
    case T_LEFTSHIFT: return (Binary){4, AST_LShift};
    case T_RIGHTSHIFT: return (Binary){4, AST_RShift};
    case T_PLUS: return (Binary){5, AST_Add};
    case T_MINUS: return (Binary){5, AST_Sub};
    case T_STAR: return (Binary){6, AST_Mult};
    case T_SLASH: return (Binary){6, AST_Div};
    case T_DOUBLESLASH: return (Binary){6, AST_FloorDiv};
    case T_PERCENT: return (Binary){6, AST_Mod};
    case T_AT: return (Binary){6, AST_MatMult};
    default: return (Binary){0, AST_NONE};
    }
}

static Node *factor(Parser *p);

// *stuck: the operator that comes next has no operand.  Who called this for its own operand need not try it again, which
// would double the time at each bracket in there.
static Node *binary(Parser *p, int min_strength, bool *stuck) {
    int start = p->mark;
    Node *left = factor(p);
    while (left && !*stuck) {
        Binary op = binary_operator(peek(p));
        if (op.strength < min_strength || op.strength == 0) break;
        if (op.kind == AST_MatMult && !check_version(p, 5, "The '@' operator is")) return NULL;
        int mark = p->mark++;
        Node *right = binary(p, op.strength + 1, stuck);
        if (!right) {
            p->mark = mark;
            *stuck = true;
            break;
        }
        left = NODE_NEW(p, span_at(p, start), BinOp, left, (AstKind)op.kind, right);
    }
    return p->failed ? NULL : left;
}

Node *parse_bitwise_or(Parser *p) {
    MEMO_RETURN(p, RULE_BITWISE_OR);
    int mark = p->mark;
    bool stuck = false;
    return memo_put(p, RULE_BITWISE_OR, mark, binary(p, 1, &stuck));
}

static Node *await_primary(Parser *p) {
    int mark = p->mark;
    const Token *word = take(p, T_AWAIT);
    if (!word) return parse_primary(p);
    Node *value = parse_primary(p);
    if (!value || !check_version(p, 5, "Await expressions are")) {
        p->mark = mark;
        return NULL;
    }
    return NODE_NEW(p, span_from(p, word), Await, value);
}

static Node *power(Parser *p) {
    int start = p->mark;
    Node *left = await_primary(p);
    if (!left || !at(p, T_DOUBLESTAR)) return p->failed ? NULL : left;
    int mark = p->mark++;
    if (!parser_enter(p, POWER_COST)) return NULL;
    Node *right = factor(p);
    parser_leave(p, POWER_COST);
    if (!right) {
        p->mark = mark;
        return p->failed ? NULL : left;
    }
    return NODE_NEW(p, span_at(p, start), BinOp, left, AST_Pow, right);
}

enum { FACTOR_COST = 1 };

static Node *factor(Parser *p) {
    const Token *sign = peek_token(p);
    if (!sign || !parser_enter(p, FACTOR_COST)) return NULL;
    AstKind op = sign->type == T_PLUS ? AST_UAdd : sign->type == T_MINUS ? AST_USub : sign->type == T_TILDE ? AST_Invert : AST_NONE;
    Node *node;
    if (op == AST_NONE) {
        node = power(p);
    } else {
        int mark = p->mark++;
        node = factor(p);
        if (!node) p->mark = mark;
        else node = NODE_NEW(p, span_from(p, sign), UnaryOp, op, node);
    }
    parser_leave(p, FACTOR_COST);
    return node;
}

// ---- primaries ------------------------------------------------------------------------------------------------------
// expression? ':' expression? [':' expression?] or a named expression.
static Node *slice(Parser *p) {
    const Token *first = peek_token(p);
    if (!first) return NULL;
    int mark = p->mark;
    Node *lower = at(p, T_COLON) ? NULL : p->diagnose ? parse_expression(p) : parse_plain_expression(p);
    if (p->failed) return NULL;
    bool named = lower && lower->kind == AST_NamedExpr && !lower->parens;
    if (named || !at(p, T_COLON)) {
        if (!p->diagnose) return lower; // the first pass remembers nothing: to read it again would double at each bracket
        p->mark = mark;
        return p->failed ? NULL : parse_named_expression(p);
    }
    p->mark++;
    Node *upper = parse_expression(p), *step = NULL;
    if (!p->failed && take(p, T_COLON)) step = parse_expression(p);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, first), Slice, lower, upper, step);
}

static Node *slice_or_starred(Parser *p) { return at(p, T_STAR) ? parse_starred_expression(p) : slice(p); }

Node *parse_slices(Parser *p) {
    int start = p->mark;
    Node *first = slice_or_starred(p);
    if (!first) return NULL;
    if (first->kind != AST_Starred || at(p, T_COMMA)) return comma_list(p, start, first, slice_or_starred);
    int begin = seq_begin(p);
    return seq_push(p, first) ? make_tuple(p, start, begin) : NULL;
}

static Node *attribute(Parser *p, int start, Node *value) {
    p->mark++;
    const Token *name = take(p, T_NAME);
    V attr = name ? parser_identifier(p, name) : V_NULL;
    if (attr == V_NULL) return NULL;
    return NODE_NEW(p, span_at(p, start), Attribute, value, attr, AST_Load);
}

static Node *subscript(Parser *p, int start, Node *value) {
    p->mark++;
    Node *index = parse_slices(p);
    if (!index || !take(p, T_RSQB)) return NULL;
    return NODE_NEW(p, span_at(p, start), Subscript, value, index, AST_Load);
}

static Node *make_call(Parser *p, int start, Node *func, NodeSeq args, NodeSeq keywords) {
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), Call, func, args, keywords);
}

// The second pass tries `f(x for x in y)` before anything else.
static Node *call_with_genexp(Parser *p, int start, Node *func) {
    const Token *open = take(p, T_LPAR);
    Node *elt = parse_plain_expression(p);
    NodeSeq generators;
    if (!elt || !parse_for_if_clauses(p, &generators) || !take(p, T_RPAR)) return NULL;
    int begin = seq_begin(p);
    if (!seq_push(p, NODE_NEW(p, span_from(p, open), GeneratorExp, elt, generators))) return NULL;
    return make_call(p, start, func, seq_end(p, begin), (NodeSeq){0, NULL});
}

static Node *call(Parser *p, int start, Node *func) {
    int mark = p->mark;
    if (p->second_pass) {
        Node *node = call_with_genexp(p, start, func);
        if (node || p->failed) return node;
        p->mark = mark;
        if (p->diagnose && invalid_comprehension(p)) return NULL;
    } else {
        p->genexp_at = mark + 1;
    }
    const Token *open = take(p, T_LPAR);
    Node *arguments = at(p, T_RPAR) && !p->diagnose ? NULL : parse_arguments(p);
    if (!take(p, T_RPAR)) return NULL;
    NodeSeq none = {0, NULL};
    if (!arguments) return make_call(p, start, func, none, none);
    NodeSeq args = arguments->Call.args;
    if (args.n == 1 && args.items[0]->mark) {
        args.items[0]->mark = 0; // a generator's parentheses are the call's
        args.items[0]->pos = span_from(p, open);
    }
    return make_call(p, start, func, args, arguments->Call.keywords);
}

Node *parse_primary(Parser *p) {
    MEMO_RETURN(p, RULE_PRIMARY);
    int begin = p->mark;
    Node *node = parse_atom(p);
    while (node) {
        int mark = p->mark;
        Node *longer;
        // A bracket behind a primary is taken for a generator's first, whatever bracket it is.
        if (p->diagnose && (at(p, T_LSQB) || at(p, T_LBRACE)) && invalid_comprehension(p)) break;
        TokenType type = peek(p);
        int cost = type == T_LPAR || type == T_LSQB ? TRAILER_COST : 0;
        if (!parser_enter(p, cost)) return NULL;
        switch (type) {
        case T_DOT: longer = attribute(p, begin, node); break;
        case T_LPAR: longer = call(p, begin, node); break;
        case T_LSQB: longer = subscript(p, begin, node); break;
        default: longer = NULL; break;
        }
        parser_leave(p, cost);
        if (!longer) {
            p->mark = mark;
            break;
        }
        node = longer;
    }
    return memo_put(p, RULE_PRIMARY, begin, p->failed ? NULL : node);
}

// ---- arguments ------------------------------------------------------------------------------------------------------
static bool push_item(Parser *p, Node *node) { return node && seq_push(p, node); }

static Node *keyword_argument(Parser *p) {
    if (!at(p, T_NAME) || peek_second(p) != T_EQUAL) return NULL;
    int mark = p->mark;
    const Token *name = take(p, T_NAME);
    p->mark++;
    Node *value = parse_expression(p);
    if (!value) {
        p->mark = mark;
        return NULL;
    }
    V id = parser_identifier(p, name);
    return id == V_NULL ? NULL : NODE_NEW(p, span_from(p, name), keyword, id, value);
}

// starred_expression | (assignment_expression | expression !':=') !'='; in the first pass also `x for y in z)`.
static Node *positional_argument(Parser *p) {
    int mark = p->mark;
    if (at(p, T_STAR)) {
        Node *node = parse_starred_expression(p);
        if (!node) p->no_argument_at = mark;
        return node;
    }
    bool may_be_generator = mark == p->genexp_at;
    Node *node = parse_plain_expression(p);
    if (!node) return NULL;
    if (at(p, T_EQUAL)) {
        p->mark = mark;
        return NULL;
    }
    NodeSeq generators;
    if (may_be_generator && parse_for_if_clauses(p, &generators)) {
        if (!at(p, T_RPAR)) return NULL;
        node = NODE_NEW(p, node->pos, GeneratorExp, node, generators);
        if (node) node->mark = 1;
    }
    return p->failed ? NULL : node;
}

static Node *double_starred_argument(Parser *p) {
    int mark = p->mark;
    const Token *stars = take(p, T_DOUBLESTAR);
    if (!stars) return NULL;
    Node *value = parse_expression(p);
    if (!value) {
        p->mark = mark;
        return NULL;
    }
    return NODE_NEW(p, span_from(p, stars), keyword, V_NULL, value);
}

static Node *keyword_or_starred(Parser *p) {
    if (p->diagnose && invalid_kwarg(p)) return NULL;
    if (p->mark == p->no_argument_at) return NULL; // tried a moment ago, as positional_argument; it would double at each bracket
    Node *node = keyword_argument(p);
    if (!node && !p->failed) node = parse_starred_expression(p);
    if (!node) p->no_argument_at = p->mark;
    return node;
}

static Node *keyword_or_double_starred(Parser *p) {
    if (p->diagnose && invalid_kwarg(p)) return NULL;
    Node *node = p->mark == p->no_argument_at ? NULL : keyword_argument(p);
    return node || p->failed ? node : double_starred_argument(p);
}

// item (',' item)*: pushes the items, which follow a comma when `comma`; returns how many.
static int gather(Parser *p, bool comma, Node *(*item)(Parser *p)) {
    for (int n = 0;; n++) {
        int mark = p->mark;
        if ((n > 0 || comma) && !take(p, T_COMMA)) return n;
        if (!push_item(p, item(p))) {
            p->mark = mark;
            return n;
        }
    }
}

// Sorts what was pushed into positional arguments and keywords.
static Node *make_arguments(Parser *p, const Token *first, int begin) {
    int n = (int)p->stack.len - begin, n_keywords = 0;
    for (int i = 0; i < n; i++) n_keywords += p->stack.data[begin + i]->kind == AST_keyword;
    NodeSeq args = ast_seq(p->ast, n - n_keywords), keywords = ast_seq(p->ast, n_keywords);
    if (p->ast->no_memory) return parser_checked(p, NULL);
    int next_arg = 0, next_keyword = 0;
    for (int i = 0; i < n; i++) {
        Node *node = p->stack.data[begin + i];
        if (node->kind == AST_keyword) keywords.items[next_keyword++] = node;
        else args.items[next_arg++] = node;
    }
    seq_abandon(p, begin);
    return NODE_NEW(p, span_from(p, first), Call, NULL, args, keywords);
}

Node *parse_args(Parser *p) {
    const Token *first = peek_token(p);
    int begin = seq_begin(p);
    p->no_argument_at = -1;
    int n = gather(p, false, positional_argument);
    if (!p->failed) n += gather(p, n > 0, keyword_or_starred);
    if (!p->failed) n += gather(p, n > 0, keyword_or_double_starred);
    if (p->failed || n == 0) {
        seq_abandon(p, begin);
        return NULL;
    }
    return make_arguments(p, first, begin);
}

Node *parse_arguments(Parser *p) {
    MEMO_RETURN(p, RULE_ARGUMENTS);
    int mark = p->mark;
    Node *node = parse_args(p);
    if (node) {
        take(p, T_COMMA);
        if (at(p, T_RPAR)) return memo_put(p, RULE_ARGUMENTS, mark, node);
    }
    p->mark = mark;
    if (p->diagnose && !p->failed && invalid_arguments(p)) return NULL;
    return memo_put(p, RULE_ARGUMENTS, mark, NULL);
}
