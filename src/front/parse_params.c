// SPDX-License-Identifier: MIT
//
// parse_params.c: parameters of functions and lambdas, and PEP 695's type parameters.
//
// A list of parameters is read item by item, as far as the items are in a legal order; an item counts only with the
// comma or closing token behind it. What then is left makes the caller fail at the right place.
#include "parser.h"

typedef struct Params {
    Parser *p;
    bool lambda;
    int begin;       // (parameter, default or NULL) pairs on the parser's stack
    int posonly;     // pairs in front of '/'
    int positional;  // pairs in front of '*'
    bool slash, defaults;
    Node *vararg, *kwarg;
} Params;

static int n_pairs(const Params *ps) { return ((int)ps->p->stack.len - ps->begin) / 2; }
static TokenType closer(const Params *ps) { return ps->lambda ? T_COLON : T_RPAR; }

// ',' [type comment] or [type comment] and the closing token, which is not read.
static bool end_item(Params *ps, Node *arg) {
    Parser *p = ps->p;
    bool comma = take(p, T_COMMA) != NULL;
    const Token *comment = ps->lambda ? NULL : take(p, T_TYPE_COMMENT);
    if (!comma && !at(p, closer(ps))) return false;
    if (arg) arg->arg.type_comment = parser_type_comment(p, comment);
    return !p->failed;
}

// NAME [':' annotation]; a star annotation may be `*Ts`.
static Node *param(Params *ps, bool star_annotation) {
    Parser *p = ps->p;
    const Token *name = take(p, T_NAME);
    if (!name) return NULL;
    int mark = p->mark - 1;
    Node *annotation = NULL;
    if (!ps->lambda && take(p, T_COLON)) {
        annotation = star_annotation ? parse_star_expression(p) : parse_expression(p);
        if (!annotation) {
            // Without its annotation the name may still be a parameter; the colon then is in the way.
            p->mark = mark + 1;
            if (p->failed) return NULL;
        }
    }
    V id = parser_identifier(p, name);
    return id == V_NULL ? NULL : NODE_NEW(p, span_from(p, name), arg, id, annotation, V_NULL);
}

// '=' expression: 1, 0 when there is none, -1 when it does not parse.
static int default_value(Parser *p, Node **value) {
    *value = NULL;
    int mark = p->mark;
    const Token *equal = take(p, T_EQUAL);
    if (!equal) return p->failed ? -1 : 0;
    *value = parse_expression(p);
    if (*value) return 1;
    if (p->diagnose && !p->failed && (at(p, T_RPAR) || at(p, T_COMMA)))
        raise_token(p, equal, "expected default value expression");
    p->mark = mark;
    return -1;
}

// One parameter with its separator. It must (1), must not (0) or may (-1) have a default.
static bool item(Params *ps, int wants_default) {
    Parser *p = ps->p;
    int mark = p->mark;
    Node *value, *arg = param(ps, false);
    if (arg) {
        int has_default = default_value(p, &value);
        if (has_default >= 0 && (wants_default < 0 || wants_default == has_default) && end_item(ps, arg))
            return seq_push(p, arg) && seq_push(p, value);
    }
    p->mark = mark;
    return false;
}

static bool slash(Params *ps) {
    Parser *p = ps->p;
    if (ps->slash || n_pairs(ps) == 0 || !at(p, T_SLASH)) return false;
    int mark = p->mark++;
    if (take(p, T_COMMA) || at(p, closer(ps))) {
        ps->slash = true;
        ps->posonly = n_pairs(ps);
        return check_version(p, 8, "Positional-only parameters are");
    }
    p->mark = mark;
    return false;
}

static void positional(Params *ps) {
    Parser *p = ps->p;
    for (;;) {
        if (slash(ps)) continue;
        if (p->failed || !at(p, T_NAME)) break;
        int before = (int)p->stack.len;
        if (!item(ps, ps->defaults ? 1 : -1)) break;
        if (p->stack.data[before + 1]) ps->defaults = true;
    }
    ps->positional = n_pairs(ps);
}

// '**' parameter.
static void keywords(Params *ps) {
    Parser *p = ps->p;
    if (!at(p, T_DOUBLESTAR)) return;
    if (p->diagnose && invalid_kwds(p, ps->lambda)) return;
    int mark = p->mark++;
    Node *arg = param(ps, false);
    if (arg && end_item(ps, arg)) ps->kwarg = arg;
    else p->mark = mark;
}

// '*' [parameter] and what follows it.
static void star_etc(Params *ps) {
    Parser *p = ps->p;
    if (!at(p, T_STAR)) {
        keywords(ps);
        return;
    }
    if (p->diagnose && invalid_star_etc(p, ps->lambda)) return;
    int mark = p->mark++;
    bool bare = take(p, T_COMMA) != NULL;
    Node *arg = bare ? NULL : param(ps, !ps->lambda);
    if (!bare && !(arg && end_item(ps, arg))) {
        p->mark = mark;
        return;
    }
    ps->vararg = arg;
    while (at(p, T_NAME) && item(ps, -1)) {}
    if (bare && n_pairs(ps) == ps->positional) {
        p->mark = mark;
        return;
    }
    if (!p->failed) keywords(ps);
}

static NodeSeq take_args(Params *ps, int from, int to) {
    NodeSeq seq = ast_seq(ps->p->ast, to - from);
    for (int i = 0; i < seq.n; i++) seq.items[i] = ps->p->stack.data[ps->begin + 2 * (from + i)];
    return seq;
}

static NodeSeq take_defaults(Params *ps, int from, int to, bool keep_null) {
    int n = 0;
    Node **pairs = ps->p->stack.data + ps->begin;
    for (int i = from; i < to; i++) n += keep_null || pairs[2 * i + 1];
    NodeSeq seq = ast_seq(ps->p->ast, n);
    for (int i = from, next = 0; i < to && next < seq.n; i++)
        if (keep_null || pairs[2 * i + 1]) seq.items[next++] = pairs[2 * i + 1];
    return seq;
}

Node *parse_params(Parser *p, bool lambda) {
    int mark = p->mark;
    if (p->diagnose && invalid_parameters(p, lambda)) return NULL;
    p->mark = mark;
    Params ps = {.p = p, .lambda = lambda, .begin = seq_begin(p)};
    positional(&ps);
    if (!p->failed) star_etc(&ps);
    if (p->failed) return NULL;
    int n = n_pairs(&ps);
    Node *node = NODE_NEW(p, ((AstPos){0}), arguments, take_args(&ps, 0, ps.posonly),
                          take_args(&ps, ps.posonly, ps.positional), ps.vararg, take_args(&ps, ps.positional, n),
                          take_defaults(&ps, ps.positional, n, true), ps.kwarg,
                          take_defaults(&ps, 0, ps.positional, false));
    seq_abandon(p, ps.begin);
    return p->ast->no_memory ? parser_checked(p, NULL) : node;
}

// ---- type parameters (PEP 695, defaults: PEP 696) -----------------------------------------------------------------------
// '[' and a glance at the text behind it: what cannot be a type parameter is refused at the bracket, as ever.
static bool type_params_follow(Parser *p) {
    if (!at(p, T_LSQB)) return false;
    const Token *open = p->tokens[p->mark];
    const char *c = open->text + open->len;
    while (*c == ' ' || *c == '\t' || *c == '\n') c++;
    return *c == '*' || *c == '_' || (*c & 0x80) || ((*c | 32) >= 'a' && (*c | 32) <= 'z');
}

static Node *type_param(Parser *p) {
    const Token *first = peek_token(p);
    if (!first) return NULL;
    bool star = take(p, T_STAR) != NULL, stars = !star && take(p, T_DOUBLESTAR);
    const Token *name = take(p, T_NAME);
    if (!name) return NULL;
    V id = parser_identifier(p, name);
    Node *bound = NULL, *value = NULL;
    if (id == V_NULL) return NULL;
    if (!star && !stars && take(p, T_COLON) && !(bound = parse_expression(p))) return NULL;
    if (take(p, T_EQUAL) && !(value = star ? parse_star_expression(p) : parse_expression(p))) return NULL;
    if (p->failed) return NULL;
    AstPos pos = span_from(p, first);
    if (star) return NODE_NEW(p, pos, TypeVarTuple, id, value);
    if (stars) return NODE_NEW(p, pos, ParamSpec, id, value);
    return NODE_NEW(p, pos, TypeVar, id, bound, value);
}

bool parse_type_params(Parser *p, NodeSeq *out) {
    *out = (NodeSeq){0, NULL};
    if (!type_params_follow(p)) return !p->failed;
    p->mark++;
    int begin = seq_begin(p), mark = p->mark - 1;
    do {
        if (at(p, T_RSQB) && (int)p->stack.len > begin) break;
        Node *node = type_param(p);
        if (!node || !seq_push(p, node)) break;
    } while (take(p, T_COMMA));
    if (!p->failed && take(p, T_RSQB)) {
        *out = seq_end(p, begin);
        return !p->failed;
    }
    seq_abandon(p, begin);
    p->mark = mark;
    p->blame = p->tokens[mark];
    return !p->failed;
}
