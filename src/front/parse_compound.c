// SPDX-License-Identifier: MIT
//
// parse_compound.c: statements with blocks, except `match`.
//
// In the second pass a missing colon or a missing indented block is reported before anything else about the statement:
// header_end does that for every statement whose header has been read.
#include "parser.h"

// ---- blocks ---------------------------------------------------------------------------------------------------------
enum { BLOCK_COST = 6 };

static bool indented_block(Parser *p, NodeSeq *out) {
    int mark = p->mark++;
    if (take(p, T_INDENT) && parse_statements(p, out) && take(p, T_DEDENT)) return true;
    p->mark = mark;
    if (p->diagnose && !p->failed && peek_second(p) != T_INDENT && !p->failed)
        raise_indent(p, "expected an indented block");
    return false;
}

static bool simple_block(Parser *p, NodeSeq *out) {
    int begin = seq_begin(p);
    if (!parse_simple_stmts(p)) return false;
    *out = seq_end(p, begin);
    return !p->failed;
}

static bool read_block(Parser *p, NodeSeq *out) {
    if (!parser_enter(p, BLOCK_COST)) return false;
    bool ok = at(p, T_NEWLINE) ? indented_block(p, out) : simple_block(p, out);
    parser_leave(p, BLOCK_COST);
    return ok;
}

bool parse_block(Parser *p, NodeSeq *out) {
    if (!p->remember) return read_block(p, out);
    NodeSeq *remembered;
    if (memo_get(p, RULE_BLOCK, &remembered)) {
        if (remembered) *out = *remembered;
        return remembered != NULL;
    }
    int mark = p->mark;
    bool ok = read_block(p, out);
    remembered = ok ? arena_memdup(&p->ast->arena, out, sizeof *out) : NULL;
    memo_put(p, RULE_BLOCK, mark, remembered);
    return ok;
}

bool invalid_block(Parser *p, const Token *word, const char *what) {
    if (!at(p, T_NEWLINE) || peek_second(p) == T_INDENT || p->failed) return p->failed;
    raise_indent(p, "expected an indented block after %s on line %d", what, word->lineno);
    return true;
}

// ':' behind a header. Raises for the missing colon at the end of the line, and for a missing block.
bool header_end(Parser *p, const Token *word, const char *what) {
    if (p->diagnose && at(p, T_NEWLINE)) {
        raise_syntax(p, "expected ':'");
        return false;
    }
    if (!take(p, T_COLON)) return false;
    return !(p->diagnose && invalid_block(p, word, what));
}

// The same where any other token is reported as well.
static bool forced_colon(Parser *p, const Token *word, const char *what) {
    if (!p->diagnose) return take_forced(p, T_COLON) != NULL;
    return take_forced(p, T_COLON) && !invalid_block(p, word, what);
}

// ---- if, while ------------------------------------------------------------------------------------------------------
// ['else' ':' block]
static bool else_block(Parser *p, NodeSeq *out) {
    *out = (NodeSeq){0, NULL};
    const Token *word = take(p, KW_else);
    if (!word) return !p->failed;
    int mark = p->mark - 1;
    if (forced_colon(p, word, "'else' statement") && parse_block(p, out)) return true;
    p->mark = mark;
    return !p->failed;
}

// A chain of elif is read in a loop and nested afterwards, from the last to the first.
static Node *if_stmt(Parser *p) {
    typedef struct Arm { const Token *word; Node *test; NodeSeq body; } Arm;
    VEC(Arm) arms = VEC_INIT;
    Node *node = NULL;
    do {
        Arm arm = {p->tokens[p->mark], NULL, {0, NULL}};
        int mark = p->mark++;
        const char *what = arms.len ? "'elif' statement" : "'if' statement";
        arm.test = parse_named_expression(p);
        if (!arm.test || !header_end(p, arm.word, what) || !parse_block(p, &arm.body)) {
            p->mark = mark;
            break;
        }
        if (!vec_push(&arms, arm)) parser_checked(p, NULL);
    } while (at(p, KW_elif));
    NodeSeq orelse = {0, NULL};
    if (arms.len && !p->failed) else_block(p, &orelse);
    for (size_t i = arms.len; i-- > 0 && !p->failed;) {
        Arm *arm = &arms.data[i];
        node = NODE_NEW(p, span_from(p, arm->word), If, arm->test, arm->body, orelse);
        int begin = seq_begin(p);
        if (i > 0 && seq_push(p, node)) orelse = seq_end(p, begin);
    }
    vec_free(&arms);
    return p->failed ? NULL : node;
}

static Node *while_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    NodeSeq body, orelse;
    Node *test = parse_named_expression(p);
    if (!test || !header_end(p, word, "'while' statement") || !parse_block(p, &body) || !else_block(p, &orelse)) return NULL;
    return NODE_NEW(p, span_from(p, word), While, test, body, orelse);
}

// ---- for ------------------------------------------------------------------------------------------------------------
static Node *for_stmt(Parser *p) {
    const Token *first = p->tokens[p->mark];
    bool async = take(p, T_ASYNC) != NULL;
    int mark = p->mark;
    const Token *word = p->tokens[p->mark++];
    NodeSeq body, orelse;
    Node *target = parse_star_targets(p);
    if (p->failed) return NULL;
    if (!target || !take(p, KW_in)) {
        p->mark = mark;
        if (p->diagnose && !p->failed) invalid_for_target(p);
        return NULL;
    }
    Node *iter = parse_star_expressions(p);
    if (!iter || !header_end(p, word, "'for' statement")) return NULL;
    const Token *comment = take(p, T_TYPE_COMMENT);
    V type_comment = parser_type_comment(p, comment);
    if (!parse_block(p, &body) || !else_block(p, &orelse)) return NULL;
    if (!async) return NODE_NEW(p, span_from(p, first), For, target, iter, body, orelse, type_comment);
    if (!check_version(p, 5, "Async for loops are")) return NULL;
    return NODE_NEW(p, span_from(p, first), AsyncFor, target, iter, body, orelse, type_comment);
}

// ---- with -----------------------------------------------------------------------------------------------------------
static bool ends_with_item(Parser *p) { return at(p, T_COMMA) || at(p, T_RPAR) || at(p, T_COLON); }

static Node *with_item(Parser *p) {
    Node *context = parse_expression(p);
    if (!context) return NULL;
    Node *target = NULL;
    int mark = p->mark;
    if (take(p, KW_as)) {
        target = parse_star_target(p);
        if (!target || !ends_with_item(p)) {
            p->mark = mark + 1;
            Node *bad = p->diagnose && !p->failed ? parse_expression(p) : NULL;
            if (bad && ends_with_item(p)) raise_invalid_target(p, bad, STAR_TARGETS);
            p->mark = mark;
            target = NULL;
        }
    }
    return p->failed ? NULL : NODE_NEW(p, ((AstPos){0}), withitem, context, target);
}

static bool with_items(Parser *p, NodeSeq *out) {
    int begin = seq_begin(p);
    for (;;) {
        int mark = p->mark;
        if ((int)p->stack.len > begin && !take(p, T_COMMA)) break;
        Node *node = with_item(p);
        if (!node) {
            p->mark = mark;
            break;
        }
        if (!seq_push(p, node)) return false;
    }
    *out = seq_end(p, begin);
    return !p->failed && out->n > 0;
}

// The items in parentheses, up to the colon.
static bool with_items_in_parentheses(Parser *p, NodeSeq *items) {
    int mark = p->mark;
    if (take(p, T_LPAR) && with_items(p, items)) {
        take(p, T_COMMA);
        if (take(p, T_RPAR) && take(p, T_COLON)) return true;
    }
    p->mark = mark;
    return false;
}

static Node *with_stmt(Parser *p) {
    const Token *first = p->tokens[p->mark];
    int start = p->mark;
    if (p->diagnose && invalid_with_stmt_indent(p)) return NULL;
    p->mark = start;
    bool async = take(p, T_ASYNC) != NULL;
    p->mark++;
    NodeSeq items, body;
    V type_comment = V_NULL;
    int mark = p->mark;
    if (with_items_in_parentheses(p, &items)) {
        if (async && p->feature_version < 5) return check_version(p, 5, "Async with statements are"), NULL;
        if (!check_version(p, 9, "Parenthesized context managers are")) return NULL;
        if (parse_block(p, &body)) goto done;
        p->mark = mark;
    }
    if (!p->failed && with_items(p, &items) && take(p, T_COLON)) {
        const Token *comment = take(p, T_TYPE_COMMENT);
        type_comment = parser_type_comment(p, comment);
        if (!p->failed && parse_block(p, &body)) goto done;
    }
    p->mark = start;
    if (p->diagnose && !p->failed) invalid_with_stmt(p);
    return NULL;
done:
    if (!async) return NODE_NEW(p, span_from(p, first), With, items, body, type_comment);
    if (!check_version(p, 5, "Async with statements are")) return NULL;
    return NODE_NEW(p, span_from(p, first), AsyncWith, items, body, type_comment);
}

// ---- try ------------------------------------------------------------------------------------------------------------
// The exceptions of a handler: one expression, or several with commas (PEP 758) when no `as` follows.
static Node *handler_type(Parser *p) {
    int start = p->mark;
    Node *type = parse_expression(p);
    if (!type || !at(p, T_COMMA)) return type;
    int mark = p->mark, begin = seq_begin(p);
    if (!seq_push(p, type)) return NULL;
    while (take(p, T_COMMA)) {
        Node *next = at(p, T_COLON) ? NULL : parse_expression(p);
        if (!next) break;
        if (!seq_push(p, next)) return NULL;
    }
    if (p->failed || !at(p, T_COLON) || p->stack.len - (size_t)begin < 2) {
        seq_abandon(p, begin);
        p->mark = mark;
        p->blame = p->tokens[mark]; // what was looked at behind the comma is none of the message's business
        return p->failed ? NULL : type;
    }
    NodeSeq elts = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), Tuple, elts, AST_Load);
}

static bool handler_name(Parser *p, V *name) {
    *name = V_NULL;
    int mark = p->mark;
    if (!take(p, KW_as)) return !p->failed;
    const Token *token = take(p, T_NAME);
    if (token) *name = parser_identifier(p, token);
    else p->mark = mark;
    return !p->failed;
}

Node *parse_except_block(Parser *p, bool star) {
    int start = p->mark;
    const Token *word = take(p, KW_except);
    if (!word) return NULL;
    const char *what = star ? "'except*' statement" : "'except' statement";
    Node *type = NULL;
    V name = V_NULL;
    NodeSeq body;
    if (star ? take(p, T_STAR) == NULL : at(p, T_STAR)) goto no;
    if (star || !at(p, T_COLON)) {
        type = handler_type(p);
        if (!type || !handler_name(p, &name)) goto no;
    }
    if (!take(p, T_COLON) || (p->diagnose && invalid_block(p, word, what)) || !parse_block(p, &body)) goto no;
    return NODE_NEW(p, span_from(p, word), ExceptHandler, type, name, body);
no:
    p->mark = start;
    if (p->diagnose && !p->failed) invalid_except_stmt(p);
    p->mark = start;
    return NULL;
}

static bool finally_block(Parser *p, NodeSeq *out) {
    *out = (NodeSeq){0, NULL};
    const Token *word = take(p, KW_finally);
    if (!word) return !p->failed;
    int mark = p->mark - 1;
    if (forced_colon(p, word, "'finally' statement") && parse_block(p, out)) return true;
    p->mark = mark;
    return !p->failed;
}

static bool handlers(Parser *p, bool star, NodeSeq *out) {
    int begin = seq_begin(p);
    Node *node;
    while (at(p, KW_except) && (node = parse_except_block(p, star)))
        if (!seq_push(p, node)) return false;
    *out = seq_end(p, begin);
    return !p->failed;
}

static Node *try_stmt(Parser *p) {
    int start = p->mark;
    const Token *word = p->tokens[p->mark];
    if (p->diagnose && invalid_try_stmt(p)) return NULL;
    p->mark = start + 1;
    NodeSeq body, excepts = {0, NULL}, orelse = {0, NULL}, finalbody;
    if (!take_forced(p, T_COLON) || !parse_block(p, &body)) return NULL;
    bool star = at(p, KW_except) && peek_second(p) == T_STAR;
    if (at(p, KW_except) && !handlers(p, star, &excepts)) return NULL;
    if (excepts.n && !else_block(p, &orelse)) return NULL;
    if (!finally_block(p, &finalbody) || (!excepts.n && !finalbody.n)) return NULL;
    if (!star) return NODE_NEW(p, span_from(p, word), Try, body, excepts, orelse, finalbody);
    if (!check_version(p, 11, "Exception groups are")) return NULL;
    return NODE_NEW(p, span_from(p, word), TryStar, body, excepts, orelse, finalbody);
}

// ---- def, class -----------------------------------------------------------------------------------------------------
// A type comment behind the colon, or alone on the next line.
static bool func_type_comment(Parser *p, V *type_comment) {
    int mark = p->mark;
    const Token *comment;
    *type_comment = V_NULL;
    if (take(p, T_NEWLINE)) {
        comment = take(p, T_TYPE_COMMENT);
        if (comment) {
            int behind = p->mark;
            bool good = take2(p, T_NEWLINE, T_INDENT);
            p->mark = behind;
            if (good) {
                *type_comment = parser_type_comment(p, comment);
                return !p->failed;
            }
        }
    } else if (!p->failed && (comment = take(p, T_TYPE_COMMENT))) {
        int behind = p->mark;
        if (p->diagnose && take2(p, T_NEWLINE, T_TYPE_COMMENT) && take2(p, T_NEWLINE, T_INDENT))
            raise_syntax(p, "Cannot have two type comments on def");
        p->mark = behind;
        *type_comment = parser_type_comment(p, comment);
        return !p->failed;
    }
    p->mark = mark;
    return !p->failed;
}

static Node *function_def(Parser *p, NodeSeq decorators) {
    const Token *first = p->tokens[p->mark];
    bool async = take(p, T_ASYNC) != NULL;
    const Token *word = p->tokens[p->mark++], *name = take(p, T_NAME);
    NodeSeq type_params, body;
    Node *params, *returns = NULL;
    V type_comment, id = name ? parser_identifier(p, name) : V_NULL;
    if (id == V_NULL || !parse_type_params(p, &type_params)) return NULL;
    if (!take_forced(p, T_LPAR) || !(params = parse_params(p, false)) || !take(p, T_RPAR)) return NULL;
    int arrow = p->mark;
    if (take(p, T_RARROW) && !(returns = parse_expression(p))) p->mark = arrow;
    if (p->failed || !forced_colon(p, word, "function definition")) return NULL;
    if (!func_type_comment(p, &type_comment) || !parse_block(p, &body)) return NULL;
    if (!async)
        return NODE_NEW(p, span_from(p, first), FunctionDef, id, params, body, decorators, returns, type_comment,
                        type_params);
    if (!check_version(p, 5, "Async functions are")) return NULL;
    return NODE_NEW(p, span_from(p, first), AsyncFunctionDef, id, params, body, decorators, returns, type_comment,
                    type_params);
}

static Node *class_def(Parser *p, NodeSeq decorators) {
    const Token *word = p->tokens[p->mark++], *name = take(p, T_NAME);
    NodeSeq type_params, body, none = {0, NULL};
    Node *arguments = NULL;
    V id = name ? parser_identifier(p, name) : V_NULL;
    if (id == V_NULL || !parse_type_params(p, &type_params)) return NULL;
    if (take(p, T_LPAR)) {
        if (!at(p, T_RPAR) || p->diagnose) arguments = parse_arguments(p);
        if (p->failed || !take(p, T_RPAR)) return NULL;
    }
    if (!header_end(p, word, "class definition") || !parse_block(p, &body)) return NULL;
    return NODE_NEW(p, span_from(p, word), ClassDef, id, arguments ? arguments->Call.args : none,
                    arguments ? arguments->Call.keywords : none, body, decorators, type_params);
}

static bool is_async(Parser *p, TokenType word) { return at(p, T_ASYNC) && peek_second(p) == word; }

static Node *decorated(Parser *p) {
    int begin = seq_begin(p);
    while (take(p, T_AT)) {
        Node *decorator = parse_named_expression(p);
        if (!decorator || !take(p, T_NEWLINE)) return NULL;
        if (!seq_push(p, decorator)) return NULL;
    }
    NodeSeq decorators = seq_end(p, begin);
    if (p->failed) return NULL;
    if (at(p, KW_class)) return class_def(p, decorators);
    return at(p, KW_def) || is_async(p, KW_def) ? function_def(p, decorators) : NULL;
}

static Node *async_stmt(Parser *p) {
    switch (peek_second(p)) {
    case KW_def: return function_def(p, (NodeSeq){0, NULL});
    case KW_with: return with_stmt(p);
    case KW_for: return for_stmt(p);
    default: return NULL;
    }
}

static Node *compound(Parser *p) {
    switch (peek(p)) {
    case KW_def: return function_def(p, (NodeSeq){0, NULL});
    case T_AT: return decorated(p);
    case KW_class: return class_def(p, (NodeSeq){0, NULL});
    case KW_if: return if_stmt(p);
    case KW_with: return with_stmt(p);
    case KW_for: return for_stmt(p);
    case KW_try: return try_stmt(p);
    case KW_while: return while_stmt(p);
    case T_ASYNC: return async_stmt(p);
    case T_NAME: return at_word(p, "match") ? parse_match_stmt(p) : NULL;
    default: return NULL;
    }
}

Node *parse_compound_stmt(Parser *p) {
    int mark = p->mark, begin = seq_begin(p);
    Node *node = compound(p);
    if (!node) {
        p->mark = mark;
        seq_abandon(p, begin);
    }
    return p->failed ? NULL : node;
}
