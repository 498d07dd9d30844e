// SPDX-License-Identifier: MIT
//
// parse_stmt.c: statements of one line, and sequences of statements.
#include "parser.h"

// ---- assignment and expression statements -------------------------------------------------------------------------------
static AstKind augmented_operator(TokenType type) {
    switch (type) {
    case T_PLUSEQUAL: return AST_Add;
    case T_MINEQUAL: return AST_Sub;
    case T_STAREQUAL: return AST_Mult;
    case T_ATEQUAL: return AST_MatMult;
    case T_SLASHEQUAL: return AST_Div;
    case T_PERCENTEQUAL: return AST_Mod;
    case T_AMPEREQUAL: return AST_BitAnd;
    case T_VBAREQUAL: return AST_BitOr;
    case T_CIRCUMFLEXEQUAL: return AST_BitXor;
    case T_LEFTSHIFTEQUAL: return AST_LShift;
    case T_RIGHTSHIFTEQUAL: return AST_RShift;
    case T_DOUBLESTAREQUAL: return AST_Pow;
    case T_DOUBLESLASHEQUAL: return AST_FloorDiv;
    default: return AST_NONE;
    }
}

static Node *yield_or_star_expressions(Parser *p) {
    return at(p, KW_yield) ? parse_yield_expr(p) : parse_star_expressions(p);
}

// target ':' annotation ['=' value], the colon being next.
static Node *annotated(Parser *p, const Token *first, Node *target) {
    int mark = p->mark++;
    Node *annotation = parse_expression(p), *value = NULL;
    if (!annotation) {
        p->mark = mark;
        return NULL;
    }
    if (at(p, T_EQUAL)) {
        int before = p->mark++;
        value = yield_or_star_expressions(p);
        if (!value) p->mark = before;
    }
    if (p->failed || !check_version(p, 6, "Variable annotation syntax is")) return NULL;
    set_context(target, AST_Store);
    int simple = target->kind == AST_Name && !target->parens;
    return NODE_NEW(p, span_from(p, first), AnnAssign, target, annotation, value, simple);
}

static Node *augmented(Parser *p, const Token *first, Node *target, AstKind op) {
    int mark = p->mark++;
    Node *value = yield_or_star_expressions(p);
    if (!value) {
        p->mark = mark;
        return NULL;
    }
    if (op == AST_MatMult && !check_version(p, 5, "The '@' operator is")) return NULL;
    set_context(target, AST_Store);
    return NODE_NEW(p, span_from(p, first), AugAssign, target, op, value);
}

static Node *make_assign(Parser *p, const Token *first, NodeSeq targets, Node *value) {
    const Token *comment = take(p, T_TYPE_COMMENT);
    V type_comment = parser_type_comment(p, comment);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, first), Assign, targets, value, type_comment);
}

// `a = b = value`: the first target was read, '=' is next.
static Node *assignment_chain(Parser *p, const Token *first, Node *target) {
    int begin = seq_begin(p);
    Node *value = target;
    while (take(p, T_EQUAL)) {
        if (!is_star_target(value)) return NULL;
        set_context(value, AST_Store);
        if (!seq_push(p, value)) return NULL;
        value = yield_or_star_expressions(p);
        if (!value) return NULL;
        if (value->kind == AST_Yield || value->kind == AST_YieldFrom) break;
    }
    if (p->failed || at(p, T_EQUAL)) return NULL;
    return make_assign(p, first, seq_end(p, begin), value);
}

// The first pass: what the statement is shows behind its first expression.
static Node *expression_statement(Parser *p) {
    const Token *first = peek_token(p);
    if (!first) return NULL;
    Node *node = yield_or_star_expressions(p);
    if (!node) return NULL;
    TokenType next = peek(p);
    AstKind op;
    if (next == T_EQUAL) return assignment_chain(p, first, node);
    if (next == T_COLON && is_single_target(node)) return annotated(p, first, node);
    if (is_single_target(node) && (op = augmented_operator(next)) != AST_NONE) return augmented(p, first, node, op);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, first), Expr, node);
}

// ---- the same, looking for mistakes -------------------------------------------------------------------------------------
// (targets '=')+: pushes the targets, stops in front of the value.
static bool push_targets(Parser *p) {
    bool any = false;
    for (;;) {
        int mark = p->mark;
        Node *target = parse_star_targets(p);
        if (!target || !take(p, T_EQUAL)) {
            p->mark = mark;
            return any && !p->failed;
        }
        any = true;
        if (!seq_push(p, target)) return false;
    }
}

static Node *plain_target(Parser *p) {
    Node *node = parse_primary(p);
    return node && is_single_target(node) ? node : NULL;
}

static Node *assignment_diagnosing(Parser *p) {
    int mark = p->mark, begin = seq_begin(p);
    const Token *first = peek_token(p);
    Node *node, *target = plain_target(p);
    if (p->failed) return NULL;
    if (target && at(p, T_COLON)) {
        node = annotated(p, first, target);
        if (node || p->failed) return node;
    }
    p->mark = mark;
    if (push_targets(p)) {
        Node *value = yield_or_star_expressions(p);
        if (value && !at(p, T_EQUAL)) return make_assign(p, first, seq_end(p, begin), value);
    }
    seq_abandon(p, begin);
    if (p->failed) return NULL;
    p->mark = mark;
    AstKind op;
    target = plain_target(p);
    if (target && (op = augmented_operator(peek(p))) != AST_NONE) {
        node = augmented(p, first, target, op);
        if (!node) p->mark = mark;
        return node;
    }
    p->mark = mark;
    if (!p->failed && p->diagnose) invalid_assignment(p);
    p->mark = mark;
    return NULL;
}

static Node *expression_statement_diagnosing(Parser *p) {
    const Token *first = peek_token(p);
    if (!first) return NULL;
    Node *node = assignment_diagnosing(p);
    if (node || p->failed) return node;
    node = yield_or_star_expressions(p);
    return node && !p->failed ? NODE_NEW(p, span_from(p, first), Expr, node) : NULL;
}

// ---- statements with a word of their own -----------------------------------------------------------------------------------
static Node *return_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    Node *value = parse_star_expressions(p);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, word), Return, value);
}

static Node *raise_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    Node *exc = parse_expression(p), *cause = NULL;
    if (exc && at(p, KW_from)) {
        int mark = p->mark++;
        cause = parse_expression(p);
        if (!cause) p->mark = mark;
    }
    return p->failed ? NULL : NODE_NEW(p, span_from(p, word), Raise, exc, cause);
}

static Node *assert_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    Node *test = parse_expression(p), *msg = NULL;
    if (!test) return NULL;
    if (at(p, T_COMMA)) {
        int mark = p->mark++;
        msg = parse_expression(p);
        if (!msg) p->mark = mark;
    }
    return p->failed ? NULL : NODE_NEW(p, span_from(p, word), Assert, test, msg);
}

static Node *del_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    int mark = p->mark;
    NodeSeq targets;
    if (parse_del_targets(p, &targets) && (at(p, T_SEMI) || at(p, T_NEWLINE)))
        return NODE_NEW(p, span_from(p, word), Delete, targets);
    if (p->failed || !p->diagnose) return NULL;
    p->mark = mark;
    Node *node = parse_star_expressions(p);
    if (node) raise_invalid_target(p, node, DEL_TARGETS);
    return NULL;
}

// global and nonlocal.
static Node *names_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    VEC(V) names = VEC_INIT;
    IdSeq ids = {0, NULL};
    for (;;) {
        int mark = p->mark;
        if (names.len && !take(p, T_COMMA)) break;
        const Token *name = take(p, T_NAME);
        if (!name) {
            p->mark = mark;
            break;
        }
        V id = parser_identifier(p, name);
        if (id == V_NULL || !vec_push(&names, id)) break;
    }
    ids.n = (int)names.len;
    ids.items = names.len ? arena_memdup(&p->ast->arena, names.data, names.len * sizeof(V)) : NULL;
    vec_free(&names);
    if (p->failed || !ids.n) return NULL;
    if (!ids.items) return parser_checked(p, NULL);
    return word->type == KW_global ? NODE_NEW(p, span_from(p, word), Global, ids)
                                   : NODE_NEW(p, span_from(p, word), Nonlocal, ids);
}

// ---- import ---------------------------------------------------------------------------------------------------------
// a.b.c as one identifier; its tokens are not counted among the arena's names.
static V dotted_name(Parser *p) {
    const Token *first = take(p, T_NAME);
    if (!first) return V_NULL;
    V id = parser_identifier(p, first);
    while (id != V_NULL && at(p, T_DOT)) {
        int mark = p->mark++;
        const Token *name = take(p, T_NAME);
        if (!name) {
            p->mark = mark;
            break;
        }
        V part = parser_identifier(p, name);
        if (part == V_NULL) return V_NULL;
        V joined = err_format_message(p->t, "%V.%V", id, part);
        if (!v_is_error(joined)) joined = str_intern_steal(p->t, joined);
        id = v_is_error(joined) ? V_NULL : ast_keep(p->t, p->ast, joined);
        if (id == V_NULL) p->failed = true;
    }
    return p->failed ? V_NULL : id;
}

// ['as' NAME]; false: failed.
static bool as_name(Parser *p, V *name) {
    *name = V_NULL;
    if (!at(p, KW_as)) return !p->failed;
    int mark = p->mark++;
    const Token *token = take(p, T_NAME);
    if (token) *name = parser_identifier(p, token);
    else p->mark = mark;
    return !p->failed;
}

static Node *dotted_as_name(Parser *p) {
    const Token *first = peek_token(p);
    V asname, name = dotted_name(p);
    if (name == V_NULL || !as_name(p, &asname)) return NULL;
    return NODE_NEW(p, span_from(p, first), alias, name, asname);
}

static Node *import_from_as_name(Parser *p) {
    const Token *first = take(p, T_NAME);
    V asname, name = first ? parser_identifier(p, first) : V_NULL;
    if (name == V_NULL || !as_name(p, &asname)) return NULL;
    return NODE_NEW(p, span_from(p, first), alias, name, asname);
}

static bool push_aliases(Parser *p, Node *(*read)(Parser *p)) {
    for (int n = 0;; n++) {
        int mark = p->mark;
        Node *node = n > 0 && !take(p, T_COMMA) ? NULL : read(p);
        if (!node) {
            p->mark = mark;
            return !p->failed && n > 0;
        }
        if (!seq_push(p, node)) return false;
    }
}

static Node *import_name(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    int begin = seq_begin(p);
    if (!push_aliases(p, dotted_as_name)) return NULL;
    NodeSeq names = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, word), Import, names);
}

static bool import_targets(Parser *p, NodeSeq *names) {
    int begin = seq_begin(p);
    const Token *star = take(p, T_STAR);
    if (star) {
        V name = ast_identifier(p->t, p->ast, "*", 1);
        if (name == V_NULL) return p->failed = true, false;
        if (!seq_push(p, NODE_NEW(p, token_pos(star), alias, name, V_NULL))) return false;
    } else if (take(p, T_LPAR)) {
        if (!push_aliases(p, import_from_as_name)) return false;
        take(p, T_COMMA);
        if (!take(p, T_RPAR)) return false;
    } else {
        if (!push_aliases(p, import_from_as_name)) return false;
        if (at(p, T_COMMA)) {
            if (p->diagnose && peek_second(p) == T_NEWLINE)
                raise_syntax(p, "trailing comma not allowed without surrounding parentheses");
            return false;
        }
    }
    *names = seq_end(p, begin);
    return !p->failed;
}

static Node *import_from(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    int level = 0;
    while (at(p, T_DOT) || at(p, T_ELLIPSIS)) level += p->tokens[p->mark++]->type == T_DOT ? 1 : 3;
    V module = dotted_name(p);
    NodeSeq names;
    if (p->failed || (module == V_NULL && level == 0)) return NULL;
    if (!take(p, KW_import) || !import_targets(p, &names)) return NULL;
    return NODE_NEW(p, span_from(p, word), ImportFrom, module, names, level);
}

// ---- one statement --------------------------------------------------------------------------------------------------
// type NAME [params] = expression. A glance at the text keeps `type x` failing where it always did.
static bool type_alias_follows(Parser *p) {
    if (!at_word(p, "type") || peek_second(p) != T_NAME) return false;
    if (p->mark + 2 < p->fill) {
        TokenType third = (TokenType)p->tokens[p->mark + 2]->type;
        return third == T_EQUAL || third == T_LSQB;
    }
    const char *c = p->tok.cur;
    while (*c == ' ' || *c == '\t') c++;
    return *c == '[' || (*c == '=' && c[1] != '=');
}

static Node *type_alias(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    Node *name = parser_name(p, AST_Store);
    NodeSeq type_params;
    if (!name || !parse_type_params(p, &type_params) || !take(p, T_EQUAL)) return NULL;
    Node *value = parse_expression(p);
    return value ? NODE_NEW(p, span_from(p, word), TypeAlias, name, type_params, value) : NULL;
}

static Node *simple_stmt(Parser *p) {
    const Token *word = peek_token(p);
    if (!word) return NULL;
    switch (word->type) {
    case KW_return: return return_stmt(p);
    case KW_import: return import_name(p);
    case KW_from: return import_from(p);
    case KW_raise: return raise_stmt(p);
    case KW_del: return del_stmt(p);
    case KW_assert: return assert_stmt(p);
    case KW_global:
    case KW_nonlocal: return names_stmt(p);
    case KW_pass: p->mark++; return NODE_NEW(p, token_pos(word), Pass, );
    case KW_break: p->mark++; return NODE_NEW(p, token_pos(word), Break, );
    case KW_continue: p->mark++; return NODE_NEW(p, token_pos(word), Continue, );
    case T_NAME:
        if (type_alias_follows(p)) return type_alias(p);
        FALLTHROUGH;
    default: return p->second_pass ? expression_statement_diagnosing(p) : expression_statement(p);
    }
}

static Node *remembered_simple_stmt(Parser *p) {
    MEMO_RETURN(p, RULE_SIMPLE_STATEMENT);
    int mark = p->mark;
    Node *node = simple_stmt(p);
    if (!node) p->mark = mark;
    return memo_put(p, RULE_SIMPLE_STATEMENT, mark, node);
}

// stmt (';' stmt)* [';'] NEWLINE
bool parse_simple_stmts(Parser *p) {
    int begin = seq_begin(p), start = p->mark;
    for (;;) {
        int mark = p->mark;
        if ((int)p->stack.len > begin && !take(p, T_SEMI)) break;
        Node *node = remembered_simple_stmt(p);
        if (!node) {
            p->mark = mark;
            take(p, T_SEMI);
            break;
        }
        if (!seq_push(p, node)) return false;
    }
    if (!p->failed && (int)p->stack.len > begin && take(p, T_NEWLINE)) return true;
    seq_abandon(p, begin);
    p->mark = start;
    return false;
}

bool parse_statement(Parser *p) {
    Node *node = parse_compound_stmt(p);
    if (node) return seq_push(p, node);
    return !p->failed && parse_simple_stmts(p);
}

bool parse_statements(Parser *p, NodeSeq *out) {
    int begin = seq_begin(p);
    while (!at(p, T_DEDENT) && !at(p, T_ENDMARKER) && parse_statement(p)) {}
    *out = seq_end(p, begin);
    return !p->failed && out->n > 0;
}
