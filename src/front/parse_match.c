// SPDX-License-Identifier: MIT
//
// parse_match.c: the match statement and its patterns.
//
// `match` and `case` are ordinary names elsewhere: a statement that begins with `match` is tried as a match statement
// first, and as anything else when that does not work out.
#include "parser.h"

static Node *pattern(Parser *p);
static Node *or_pattern(Parser *p);

// NAME that captures: not `_`, and not the beginning of something longer.
static const Token *capture_target(Parser *p) {
    if (!at(p, T_NAME) || at_word(p, "_")) return NULL;
    TokenType next = peek_second(p);
    if (p->failed || next == T_DOT || next == T_LPAR || next == T_EQUAL) return NULL;
    return p->tokens[p->mark++];
}

// ---- literals -------------------------------------------------------------------------------------------------------
// ['-'] NUMBER
static Node *signed_number(Parser *p) {
    int mark = p->mark;
    const Token *minus = take(p, T_MINUS);
    Node *number = p->failed ? NULL : parse_number(p);
    if (!number) {
        p->mark = mark;
        return NULL;
    }
    return minus ? NODE_NEW(p, span_from(p, minus), UnaryOp, AST_USub, number) : number;
}

static bool is_imaginary(const Node *number) {
    if (number->kind == AST_UnaryOp) number = number->UnaryOp.operand;
    V v = number->Constant.value;
    return v_is_object(v) && v_obj(v)->type == &complex_type;
}

// A number, or real ± imaginary.
static Node *number(Parser *p) {
    Node *left = signed_number(p);
    if (!left || !(at(p, T_PLUS) || at(p, T_MINUS))) return p->failed ? NULL : left;
    int mark = p->mark;
    AstKind op = p->tokens[p->mark++]->type == T_PLUS ? AST_Add : AST_Sub;
    if (is_imaginary(left)) return raise_node(p, left, "real number required in complex literal");
    Node *right = parse_number(p);
    if (!right) {
        p->mark = mark - 1;
        return NULL;
    }
    if (!is_imaginary(right)) return raise_node(p, right, "imaginary number required in complex literal");
    return NODE_NEW(p, span_nodes(left, right), BinOp, left, op, right);
}

static bool at_singleton(Parser *p) { return at(p, KW_None) || at(p, KW_True) || at(p, KW_False); }

static Node *literal_value(Parser *p) {
    int mark = p->mark;
    Node *node = at(p, T_STRING) ? parse_strings(p) : number(p);
    if (!node) p->mark = mark;
    return node;
}

// ---- names ----------------------------------------------------------------------------------------------------------
// NAME ('.' NAME)*, as far as it goes.
static Node *name_or_attr(Parser *p) {
    int start = p->mark;
    Node *node = parser_name(p, AST_Load);
    while (node && at(p, T_DOT)) {
        int mark = p->mark++;
        const Token *name = take(p, T_NAME);
        if (!name) {
            p->mark = mark;
            break;
        }
        V attr = parser_identifier(p, name);
        if (attr == V_NULL) return NULL;
        node = NODE_NEW(p, span_at(p, start), Attribute, node, attr, AST_Load);
    }
    return p->failed ? NULL : node;
}

static Node *capture(Parser *p, const Token *name) {
    V id = parser_identifier(p, name);
    return id == V_NULL ? NULL : NODE_NEW(p, token_pos(name), MatchAs, NULL, id);
}

// ---- sequences ------------------------------------------------------------------------------------------------------
static Node *maybe_star_pattern(Parser *p) {
    int mark = p->mark;
    const Token *star = take(p, T_STAR);
    if (!star) return p->failed ? NULL : pattern(p);
    const Token *name = capture_target(p);
    V id = V_NULL;
    if (name) {
        id = parser_identifier(p, name);
    } else if (!p->failed && at_word(p, "_")) {
        p->mark++;
    } else {
        p->mark = mark;
        return NULL;
    }
    return p->failed ? NULL : NODE_NEW(p, span_from(p, star), MatchStar, id);
}

// item (',' item)* [',']: pushes; false when there is none.
static bool push_patterns(Parser *p, Node *(*item)(Parser *p), bool *comma) {
    *comma = false;
    for (int n = 0;; n++) {
        int mark = p->mark;
        Node *node = n > 0 && !take(p, T_COMMA) ? NULL : item(p);
        if (!node) {
            p->mark = mark;
            *comma = n > 0 && take(p, T_COMMA);
            return !p->failed && n > 0;
        }
        if (!seq_push(p, node)) return false;
    }
}

// Behind '[' or '('.
static Node *sequence_pattern(Parser *p, TokenType closer) {
    const Token *open = p->tokens[p->mark++];
    int begin = seq_begin(p);
    bool comma = false;
    if (!at(p, closer)) push_patterns(p, maybe_star_pattern, &comma);
    int n = (int)p->stack.len - begin;
    Node *only = n == 1 && !comma && closer == T_RPAR ? p->stack.data[begin] : NULL;
    if (p->failed || !take(p, closer) || (only && only->kind == AST_MatchStar)) {
        seq_abandon(p, begin);
        return NULL;
    }
    NodeSeq patterns = seq_end(p, begin);
    if (p->failed || only) return only;
    return NODE_NEW(p, span_from(p, open), MatchSequence, patterns);
}

// ---- mappings -------------------------------------------------------------------------------------------------------
static Node *mapping_key(Parser *p) {
    if (at_singleton(p)) return parse_atom(p);
    if (!at(p, T_NAME)) return literal_value(p);
    int mark = p->mark;
    Node *node = name_or_attr(p);
    if (node && node->kind == AST_Attribute) return node;
    p->mark = mark;
    return NULL;
}

// Pushes keys and patterns in turn, up to '**' or the end.
static bool mapping_items(Parser *p) {
    for (bool first = true;; first = false) {
        int mark = p->mark;
        if (!first && !take(p, T_COMMA)) break;
        Node *key = mapping_key(p);
        Node *value = key && take(p, T_COLON) ? pattern(p) : NULL;
        if (!value) {
            p->mark = mark;
            break;
        }
        if (!seq_push(p, key) || !seq_push(p, value)) return false;
    }
    return !p->failed;
}

static Node *mapping_pattern(Parser *p) {
    const Token *open = p->tokens[p->mark++];
    int begin = seq_begin(p);
    V rest = V_NULL;
    if (!at(p, T_RBRACE) && !mapping_items(p)) return NULL;
    int n = ((int)p->stack.len - begin) / 2, mark = p->mark;
    if (n == 0 || take(p, T_COMMA)) {
        if (take(p, T_DOUBLESTAR)) {
            const Token *name = capture_target(p);
            if (!name) {
                p->mark = mark;
                seq_abandon(p, begin);
                return NULL;
            }
            rest = parser_identifier(p, name);
            take(p, T_COMMA);
        }
    }
    NodeSeq keys = ast_seq(p->ast, n), patterns = ast_seq(p->ast, n);
    for (int i = 0; i < n && !p->ast->no_memory; i++) {
        keys.items[i] = p->stack.data[begin + 2 * i];
        patterns.items[i] = p->stack.data[begin + 2 * i + 1];
    }
    seq_abandon(p, begin);
    if (p->ast->no_memory) return parser_checked(p, NULL);
    if (p->failed || !take(p, T_RBRACE)) return NULL;
    return NODE_NEW(p, span_from(p, open), MatchMapping, keys, patterns, rest);
}

// ---- classes --------------------------------------------------------------------------------------------------------
typedef VEC(V) NameVec;

// NAME '=' pattern
static Node *keyword_pattern(Parser *p, V *name) {
    if (!at(p, T_NAME) || peek_second(p) != T_EQUAL) return NULL;
    int mark = p->mark;
    const Token *token = p->tokens[p->mark];
    p->mark += 2;
    Node *node = pattern(p);
    if (!node) {
        p->mark = mark;
        return NULL;
    }
    *name = parser_identifier(p, token);
    return *name == V_NULL ? NULL : node;
}

static void keyword_patterns(Parser *p, NameVec *names, bool comma) {
    for (int n = 0;; n++) {
        int mark = p->mark;
        V name;
        Node *node = (n > 0 || comma) && !take(p, T_COMMA) ? NULL : keyword_pattern(p, &name);
        if (!node) {
            p->mark = mark;
            return;
        }
        if (!vec_push(names, name)) parser_checked(p, NULL);
        if (!seq_push(p, node)) return;
    }
}

static void positional_patterns(Parser *p) {
    for (int n = 0;; n++) {
        int mark = p->mark;
        Node *node = n > 0 && !take(p, T_COMMA) ? NULL : pattern(p);
        if (!node || at(p, T_EQUAL)) {
            p->mark = mark;
            return;
        }
        if (!seq_push(p, node)) return;
    }
}

// `cls(` was seen.
static Node *class_pattern(Parser *p, Node *cls, int start) {
    NameVec names = VEC_INIT;
    int begin = seq_begin(p);
    p->mark++;
    positional_patterns(p);
    int n = (int)p->stack.len - begin;
    if (!p->failed) keyword_patterns(p, &names, n > 0);
    int n_keywords = (int)names.len;
    IdSeq kwd_attrs = {n_keywords, n_keywords ? arena_memdup(&p->ast->arena, names.data, names.len * sizeof(V)) : NULL};
    vec_free(&names);
    if (n_keywords && !kwd_attrs.items) return parser_checked(p, NULL);
    if (!p->failed && n + n_keywords > 0) take(p, T_COMMA);
    if (p->failed || !take(p, T_RPAR)) {
        seq_abandon(p, begin);
        p->mark = start;
        if (p->diagnose && !p->failed) invalid_class_pattern(p);
        return NULL;
    }
    NodeSeq kwd_patterns = seq_end(p, begin + n), patterns = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_at(p, start), MatchClass, cls, patterns, kwd_attrs, kwd_patterns);
}

bool invalid_class_pattern(Parser *p) {
    if (!name_or_attr(p) || !take(p, T_LPAR)) return p->failed;
    NameVec names = VEC_INIT;
    int begin = seq_begin(p);
    positional_patterns(p);
    int n = (int)p->stack.len - begin;
    if (!p->failed && (n == 0 || at(p, T_COMMA))) keyword_patterns(p, &names, n > 0);
    bool keywords = names.len > 0;
    vec_free(&names);
    int first = (int)p->stack.len;
    if (!p->failed && keywords && take(p, T_COMMA)) positional_patterns(p);
    if (!p->failed && (int)p->stack.len > first)
        raise_nodes(p, p->stack.data[first], vec_last(&p->stack), "positional patterns follow keyword patterns");
    seq_abandon(p, begin);
    return p->failed;
}

// ---- patterns -------------------------------------------------------------------------------------------------------
static Node *name_pattern(Parser *p) {
    int start = p->mark;
    const Token *token = capture_target(p);
    if (token || p->failed) return token ? capture(p, token) : NULL;
    if (at_word(p, "_")) {
        TokenType next = peek_second(p);
        if (next != T_DOT && next != T_LPAR) {
            p->mark++;
            return NODE_NEW(p, token_pos(p->tokens[start]), MatchAs, NULL, V_NULL);
        }
    }
    Node *node = name_or_attr(p);
    if (!node) return NULL;
    if (at(p, T_LPAR)) return class_pattern(p, node, start);
    if (node->kind != AST_Attribute || at(p, T_EQUAL) || at(p, T_DOT)) return NULL;
    return NODE_NEW(p, node->pos, MatchValue, node);
}

static Node *read_closed_pattern(Parser *p) {
    const Token *first = peek_token(p);
    if (!first) return NULL;
    Node *node;
    switch (first->type) {
    case KW_None:
    case KW_True:
    case KW_False:
        p->mark++;
        return NODE_NEW(p, token_pos(first), MatchSingleton,
                        first->type == KW_None ? V_NONE : v_from_bool(first->type == KW_True));
    case T_NAME: return name_pattern(p);
    case T_LPAR: return sequence_pattern(p, T_RPAR);
    case T_LSQB: return sequence_pattern(p, T_RSQB);
    case T_LBRACE: return mapping_pattern(p);
    default:
        node = literal_value(p);
        return node ? NODE_NEW(p, node->pos, MatchValue, node) : NULL;
    }
}

enum { PATTERN_COST = 1 };

static Node *closed_pattern(Parser *p) {
    MEMO_RETURN(p, RULE_CLOSED_PATTERN);
    int mark = p->mark, begin = seq_begin(p);
    if (!parser_enter(p, PATTERN_COST)) return NULL;
    Node *node = read_closed_pattern(p);
    parser_leave(p, PATTERN_COST);
    if (!node) {
        p->mark = mark;
        seq_abandon(p, begin);
    }
    return memo_put(p, RULE_CLOSED_PATTERN, mark, p->failed ? NULL : node);
}

static Node *or_pattern(Parser *p) {
    const Token *first_token = peek_token(p);
    Node *first = closed_pattern(p);
    if (!first || !at(p, T_VBAR)) return p->failed ? NULL : first;
    int begin = seq_begin(p);
    Node *next = first;
    do {
        if (!seq_push(p, next)) return NULL;
        int mark = p->mark;
        next = take(p, T_VBAR) ? closed_pattern(p) : NULL;
        if (!next) p->mark = mark;
    } while (next);
    NodeSeq patterns = seq_end(p, begin);
    if (p->failed || patterns.n == 1) return p->failed ? NULL : first;
    return NODE_NEW(p, span_from(p, first_token), MatchOr, patterns);
}

// Behind a pattern, at `as`: raises for what cannot be a target.
static void invalid_as_target(Parser *p) {
    int mark = p->mark++;
    if (at_word(p, "_")) {
        raise_token(p, p->tokens[p->mark], "cannot use '_' as a target");
    } else if (!at(p, T_NAME)) {
        Node *target = parse_expression(p);
        if (target) raise_node(p, target, "invalid pattern target");
    }
    p->mark = mark;
}

static Node *pattern(Parser *p) {
    const Token *first = peek_token(p);
    Node *node = or_pattern(p);
    if (!node || !at(p, KW_as)) return p->failed ? NULL : node;
    int mark = p->mark++;
    const Token *name = capture_target(p);
    if (!name) {
        p->mark = mark;
        if (p->diagnose && !p->failed) invalid_as_target(p);
        return p->failed ? NULL : node;
    }
    V id = parser_identifier(p, name);
    return id == V_NULL ? NULL : NODE_NEW(p, span_from(p, first), MatchAs, node, id);
}

static Node *patterns(Parser *p) {
    const Token *open = peek_token(p);
    int begin = seq_begin(p);
    bool comma;
    if (!push_patterns(p, maybe_star_pattern, &comma)) return NULL;
    Node *first = p->stack.data[begin];
    if ((int)p->stack.len - begin == 1 && !comma) {
        seq_abandon(p, begin);
        return first->kind == AST_MatchStar ? NULL : first;
    }
    NodeSeq seq = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, span_from(p, open), MatchSequence, seq);
}

// ---- the statement --------------------------------------------------------------------------------------------------
static Node *case_block(Parser *p) {
    if (!at_word(p, "case")) return NULL;
    int mark = p->mark;
    const Token *word = p->tokens[p->mark++];
    Node *pattern = patterns(p), *guard = NULL;
    NodeSeq body;
    if (!pattern) goto no;
    int before = p->mark;
    if (take(p, KW_if) && !(guard = parse_named_expression(p))) p->mark = before;
    if (p->failed || !header_end(p, word, "'case' statement") || !parse_block(p, &body)) goto no;
    return NODE_NEW(p, ((AstPos){0}), match_case, pattern, guard, body);
no:
    p->mark = mark;
    return NULL;
}

static Node *subject(Parser *p) {
    const Token *first_token = peek_token(p);
    int mark = p->mark;
    Node *first = parse_star_named_expression(p);
    if (first && at(p, T_COMMA)) {
        int begin = seq_begin(p);
        bool comma;
        p->mark++;
        if (!seq_push(p, first)) return NULL;
        parse_star_named_expressions(p, &comma);
        NodeSeq elts = seq_end(p, begin);
        return p->failed ? NULL : NODE_NEW(p, span_from(p, first_token), Tuple, elts, AST_Load);
    }
    if (p->failed || (first && first->kind != AST_Starred)) return p->failed ? NULL : first;
    p->mark = mark;
    return NULL;
}

Node *parse_match_stmt(Parser *p) {
    const Token *word = p->tokens[p->mark++];
    Node *subject_expr = subject(p), *node;
    if (!subject_expr) return NULL;
    if (p->diagnose && at(p, T_NEWLINE)) {
        if (check_version(p, 10, "Pattern matching is")) raise_syntax(p, "expected ':'");
        return NULL;
    }
    if (!take(p, T_COLON)) return NULL;
    if (!at(p, T_NEWLINE)) return NULL;
    if (peek_second(p) != T_INDENT) {
        if (p->diagnose && !p->failed)
            raise_indent(p, "expected an indented block after 'match' statement on line %d", word->lineno);
        return NULL;
    }
    p->mark += 2;
    int begin = seq_begin(p);
    while ((node = case_block(p)))
        if (!seq_push(p, node)) return NULL;
    NodeSeq cases = seq_end(p, begin);
    if (p->failed || !cases.n || !take(p, T_DEDENT) || !check_version(p, 10, "Pattern matching is")) return NULL;
    return NODE_NEW(p, span_from(p, word), Match, subject_expr, cases);
}
