// SPDX-License-Identifier: MIT
//
// parser.c: the parser's machinery: fetching tokens, positions, sequences, remembered results, the two passes.
//
// Where to start reading: parser_run. What is parsed how stands in parse_stmt.c (statements), parse_compound.c,
// parse_match.c, parse_params.c, parse_target.c, parse_expr.c, parse_atom.c, parse_string.c; the mistakes that have
// messages of their own in parse_invalid.c and parse_invalid_stmt.c.
#include "parser.h"
#include "front/source.h"
#include "object/cstack.h"
#include "threading/heap.h"

enum { MAX_DEPTH = 6000, START_COST = 28 };

// ---- tokens ---------------------------------------------------------------------------------------------------------
static bool out_of_memory(Parser *p) {
    if (!p->failed) err_no_memory(p->t);
    p->failed = true;
    return false;
}

static bool add_type_ignore(Parser *p, const char *start, const char *end) {
    V tag = source_shown(p->t, start, (size_t)(end - start));
    if (v_is_error(tag)) return p->failed = true, false;
    tag = ast_keep(p->t, p->ast, tag);
    if (tag == V_NULL) return out_of_memory(p);
    Node *node = NODE_NEW(p, ((AstPos){0}), TypeIgnore, p->tok.lineno, tag);
    return node && (vec_push(&p->ignores, node) || out_of_memory(p));
}

// At the end of interactive input a newline is implied, and dedents behind it.
static TokenType imply_newline(Parser *p, TokenType type) {
    if (p->start_rule != START_SINGLE || type != T_ENDMARKER || !p->started) {
        p->started = true;
        return type;
    }
    p->started = false;
    if (p->tok.indent && !(p->flags & FRONT_DONT_IMPLY_DEDENT)) {
        p->tok.pending = -p->tok.indent;
        p->tok.indent = 0;
    }
    return T_NEWLINE;
}

static void place_token(Parser *p, Token *token, const char *start, const char *end) {
    const Tokenizer *k = &p->tok;
    bool string = token->type == T_STRING;
    const char *line_start = string ? k->string_line_start : k->line_start;
    int shift = k->lineno == p->starting_lineno ? p->starting_col_offset : 0;
    token->lineno = string ? k->string_lineno : k->lineno;
    token->end_lineno = k->lineno;
    token->col_offset = start && start >= line_start ? (int)(start - line_start) : -1;
    token->end_col_offset = end && end >= k->line_start ? (int)(end - k->line_start) : -1;
    token->col_offset += shift;
    token->end_col_offset += shift;
}

bool parser_fill(Parser *p) {
    if (p->failed) return false;
    const char *start, *end;
    TokenType type = tokenizer_next(&p->tok, &start, &end);
    while (type == T_TYPE_IGNORE) {
        if (!add_type_ignore(p, start, end)) return false;
        type = tokenizer_next(&p->tok, &start, &end);
    }
    type = imply_newline(p, type);
    if (p->fill == p->capacity) {
        int capacity = p->capacity ? p->capacity * 2 : 256;
        Token **tokens = mem_realloc(p->t, p->tokens, (size_t)capacity * sizeof *tokens);
        if (!tokens) return out_of_memory(p);
        p->tokens = tokens;
        p->capacity = capacity;
    }
    Token *token = arena_alloc(&p->ast->arena, sizeof *token);
    if (!token) return out_of_memory(p);
    token->text = start;
    token->len = start ? (int)(end - start) : 0;
    token->type = (uint16_t)(type == T_NAME ? tokenizer_keyword(start, (size_t)token->len) : type);
    token->extended = type == T_STRING && p->tok.extended;
    token->level = p->tok.level;
    token->memo = NULL;
    place_token(p, token, start, end);
    p->tokens[p->fill++] = token;
    if (type == T_ERRORTOKEN) {
        raise_for_tokenizer(p);
        p->failed = true;
        return false;
    }
    return true;
}

bool take2(Parser *p, TokenType a, TokenType b) {
    int mark = p->mark;
    if (take(p, a) && take(p, b)) return true;
    p->mark = mark;
    return false;
}

TokenType peek_second(Parser *p) {
    if (!peek_token(p)) return T_ERRORTOKEN;
    p->mark++;
    TokenType type = peek(p);
    p->mark--;
    return type;
}

Token *take_forced(Parser *p, TokenType type) {
    Token *token = take(p, type);
    if (token || p->failed) return token;
    return raise_token(p, p->tokens[p->mark], "expected '%s'", tokenizer_operator_text(type));
}

// ---- positions ------------------------------------------------------------------------------------------------------
static const Token *last_read(const Parser *p) {
    for (int i = p->mark - 1; i > 0; i--) {
        const Token *token = p->tokens[i];
        if (token->type != T_ENDMARKER && (token->type < T_NEWLINE || token->type > T_DEDENT)) return token;
    }
    return p->tokens[0];
}

AstPos span_from(Parser *p, const Token *first) {
    const Token *last = last_read(p);
    return (AstPos){first->lineno, first->col_offset, last->end_lineno, last->end_col_offset};
}

AstPos span_at(Parser *p, int start) { return span_from(p, p->tokens[start]); }

// ---- nodes and sequences --------------------------------------------------------------------------------------------
Node *parser_checked(Parser *p, Node *node) {
    if (unlikely(!node)) out_of_memory(p);
    return node;
}

bool seq_push(Parser *p, Node *node) { return vec_push(&p->stack, node) || out_of_memory(p); }

NodeSeq seq_end(Parser *p, int begin) {
    NodeSeq seq = ast_seq(p->ast, (int)p->stack.len - begin);
    if (p->ast->no_memory) out_of_memory(p);
    if (seq.n) memcpy(seq.items, p->stack.data + begin, (size_t)seq.n * sizeof *seq.items);
    p->stack.len = (size_t)begin;
    return seq;
}

// A name with characters beyond ASCII means its NFKC form.
static V normalized_identifier(Parser *p, const Token *name) {
    uint32_t *text = mem_alloc(p->t, (size_t)name->len * sizeof *text);
    UcText out = VEC_INIT;
    V v;
    if (text) {
        const unsigned char *at = (const unsigned char *)name->text, *end = at + name->len;
        size_t n = 0;
        for (unsigned len; at < end; at += len) utf8_decode_one(at, end, UTF8_STRICT, &text[n++], &len);
        v = uc_normalize(UC_NFKC, text, n, &out) ? str_from_units(p->t, 4, out.data, out.len) : err_no_memory(p->t);
    } else {
        v = err_no_memory(p->t);
    }
    mem_free(text);
    vec_free(&out);
    return v_is_error(v) ? v : str_intern_steal(p->t, v);
}

V parser_identifier(Parser *p, const Token *name) {
    V v;
    if (utf8_is_ascii(name->text, (size_t)name->len)) {
        v = ast_identifier(p->t, p->ast, name->text, (size_t)name->len);
    } else {
        v = normalized_identifier(p, name);
        v = v_is_error(v) ? V_NULL : ast_keep(p->t, p->ast, v);
        if (v == V_NULL && !err_pending(p->t)) err_no_memory(p->t);
    }
    if (v == V_NULL) p->failed = true;
    return v;
}

V parser_type_comment(Parser *p, const Token *comment) {
    if (!comment) return V_NULL;
    V v = source_shown(p->t, comment->text, (size_t)comment->len);
    if (v_is_error(v)) return p->failed = true, V_NULL;
    v = ast_keep(p->t, p->ast, v);
    if (v == V_NULL) out_of_memory(p);
    return v;
}

Node *parser_name(Parser *p, AstKind ctx) {
    const Token *token = take(p, T_NAME);
    if (!token) return NULL;
    V id = parser_identifier(p, token);
    return id == V_NULL ? NULL : NODE_NEW(p, token_pos(token), Name, id, ctx);
}

// ---- memo -----------------------------------------------------------------------------------------------------------
bool memo_get(Parser *p, Rule rule, void *result) {
    if (p->mark == p->fill && !parser_fill(p)) {
        *(void **)result = NULL;
        return true;
    }
    for (Memo *memo = p->tokens[p->mark]->memo; memo; memo = memo->next) {
        if (memo->rule != (int)rule) continue;
        *(void **)result = p->failed ? NULL : memo->result;
        p->mark = memo->end;
        return true;
    }
    return false;
}

void *memo_put(Parser *p, Rule rule, int at, void *result) {
    if (p->failed || at >= p->fill || (!p->remember && rule != RULE_STRINGS)) return p->failed ? NULL : result;
    Memo *memo = arena_alloc(&p->ast->arena, sizeof *memo);
    if (!memo) {
        out_of_memory(p);
        return NULL;
    }
    *memo = (Memo){p->tokens[at]->memo, result, (int)rule, p->mark};
    p->tokens[at]->memo = memo;
    return result;
}

// ---- recursion ------------------------------------------------------------------------------------------------------
bool parser_enter(Parser *p, int cost) {
    if (p->failed) return false;
    p->depth += cost;
    if (likely(p->depth < MAX_DEPTH) && !c_stack_is_low(p->t)) return true;
    p->depth -= cost;
    return out_of_memory(p);
}

// ---- start rules ----------------------------------------------------------------------------------------------------
static Node *parse_file(Parser *p) {
    NodeSeq body = {0, NULL};
    if (!at(p, T_ENDMARKER) && !parse_statements(p, &body)) return NULL;
    if (!take(p, T_ENDMARKER)) return NULL;
    NodeSeq ignores = ast_seq(p->ast, (int)p->ignores.len);
    if (ignores.n) memcpy(ignores.items, p->ignores.data, (size_t)ignores.n * sizeof *ignores.items);
    return NODE_NEW(p, ((AstPos){0}), Module, body, ignores);
}

// compound_stmt NEWLINE | simple_stmts | NEWLINE
static Node *parse_interactive(Parser *p) {
    int begin = seq_begin(p);
    const Token *first = peek_token(p);
    if (!first) return NULL;
    Node *compound = parse_compound_stmt(p);
    if (p->failed) return NULL;
    if (compound) {
        if (!take(p, T_NEWLINE) || !seq_push(p, compound)) return NULL;
    } else if (!parse_simple_stmts(p)) {
        if (p->failed) return NULL;
        if (take(p, T_NEWLINE)) {
            if (!seq_push(p, NODE_NEW(p, span_from(p, first), Pass, ))) return NULL;
        } else {
            return NULL; // the end of the input as well
        }
    }
    NodeSeq body = seq_end(p, begin);
    return p->failed ? NULL : NODE_NEW(p, ((AstPos){0}), Interactive, body);
}

static bool parse_end(Parser *p) {
    while (take(p, T_NEWLINE)) {}
    return take(p, T_ENDMARKER) != NULL;
}

static Node *parse_eval(Parser *p) {
    Node *body = parse_expressions(p);
    return body && parse_end(p) ? NODE_NEW(p, ((AstPos){0}), Expression, body) : NULL;
}

// The argument types of a function type comment: expressions, '*' and '**' ones last.
static bool parse_type_expressions(Parser *p) {
    bool star = false, double_star = false;
    while (!at(p, T_RPAR)) {
        if (take(p, T_DOUBLESTAR)) {
            double_star = true;
        } else if (star) {
            return false;
        } else if (take(p, T_STAR)) {
            star = true;
        }
        Node *type = parse_expression(p);
        if (!type || !seq_push(p, type)) return false;
        if (double_star || !take(p, T_COMMA)) break;
        if (at(p, T_RPAR)) return false;
    }
    return true;
}

static Node *parse_func_type(Parser *p) {
    int begin = seq_begin(p);
    if (!take(p, T_LPAR) || !parse_type_expressions(p) || !take(p, T_RPAR) || !take(p, T_RARROW)) return NULL;
    NodeSeq argtypes = seq_end(p, begin);
    Node *returns = parse_expression(p);
    return returns && parse_end(p) ? NODE_NEW(p, ((AstPos){0}), FunctionType, argtypes, returns) : NULL;
}

static Node *parse_start(Parser *p) {
    Node *node = NULL;
    switch (p->start_rule) {
    case START_FILE: node = parse_file(p); break;
    case START_SINGLE: node = parse_interactive(p); break;
    case START_EVAL: node = parse_eval(p); break;
    case START_FUNC_TYPE: node = parse_func_type(p); break;
    case START_FSTRING: node = parse_star_expressions(p); break;
    }
    if (p->ast->no_memory) out_of_memory(p);
    return p->failed ? NULL : node;
}

// ---- the two passes -------------------------------------------------------------------------------------------------
// Is there anything but comments behind the statement that was compiled?
static bool more_than_one_statement(const Parser *p) {
    for (const char *at = p->tok.cur; *at; at++) {
        if (*at == '#') {
            while (*at && *at != '\n') at++;
            if (!*at) return false;
        } else if (!strchr(" \t\n\f", *at)) {
            return true;
        }
    }
    return false;
}

static bool at_end_of_source(const Parser *p) { return p->tok.done == TOK_EOF || p->tok.done == TOK_EOF_IN_STRING; }

static void begin_second_pass(Parser *p) {
    for (int i = 0; i < p->fill; i++) p->tokens[i]->memo = NULL;
    p->mark = 0;
    p->depth = p->start_depth;
    p->stack.len = 0;
    p->failed = false;
    p->second_pass = p->diagnose = p->remember = true;
}

Node *parser_run(Parser *p) {
    Node *node = parse_start(p);
    if (node) {
        if (p->start_rule == START_SINGLE && more_than_one_statement(p))
            return raise_syntax(p, "multiple statements found while compiling a single statement");
        return node;
    }
    if (p->retry_classic) return NULL;
    if ((p->flags & FRONT_ALLOW_INCOMPLETE_INPUT) && at_end_of_source(p)) {
        err_clear(p->t);
        p->failed = false;
        p->tok.done = TOK_OK; // or the unclosed bracket would be told instead
        return raise_syntax(p, "incomplete input");
    }
    const Token *last = p->blame ? p->blame : p->fill ? p->tokens[p->fill - 1] : NULL;
    if (!err_pending(p->t)) {
        begin_second_pass(p);
        parse_start(p);
    }
    if (!p->retry_classic) raise_for_failure(p, last);
    return NULL;
}

bool parser_init(Parser *p, Thread *t, Ast *ast, const char *text, size_t len, V filename, StartRule rule, unsigned flags,
                 int feature_version) {
    memset(p, 0, offsetof(Parser, tok));
    memset((char *)p + offsetof(Parser, tokens), 0, sizeof *p - offsetof(Parser, tokens));
    p->t = t;
    p->ast = ast;
    p->start_rule = rule;
    p->flags = flags;
    p->feature_version = feature_version;
    p->filename = filename;
    tokenizer_init(&p->tok, t, text, len, filename);
    p->depth = p->start_depth = START_COST;
    p->tok.of_file = (flags & FRONT_OF_FILE) != 0;
    p->tok.type_comments = (flags & FRONT_TYPE_COMMENTS) != 0;
    p->tok.async_optional = feature_version < 7;
    return true;
}

void parser_free(Parser *p) {
    mem_free(p->tokens);
    vec_free(&p->stack);
    vec_free(&p->ignores);
}
