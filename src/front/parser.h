// SPDX-License-Identifier: MIT
//
// parser.h: what the files of the parser share.
//
// Every parsing function has the same contract. It looks at tokens from p->mark on. It either returns a node and leaves
// p->mark behind what it read, which may be less than the caller hoped for (`a + )` reads as `a`); or it returns NULL
// and leaves p->mark where it was. p->failed tells that an exception is pending: then everybody returns NULL at once.
//
// Parsing is done twice when the text is wrong. The first pass builds the tree and only finds *that* it is wrong. The
// second has p->diagnose set: functions then also look for mistakes they know (parse_invalid_*.c) and raise; a failed
// function may be called again at the same place, so results are remembered in the tokens (memo_*). If nothing was
// raised, the message is "invalid syntax" at the last token the first pass has looked at, so tokens are fetched only
// when somebody really looks.
#ifndef HEDDLE_FRONT_PARSER_H
#define HEDDLE_FRONT_PARSER_H
#include "base/unicode.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "front/ast.h"
#include "front/tokenizer.h"
#include "object/error.h"
#include "object/str.h"

typedef enum Rule { // what memo_get and memo_put remember
    RULE_EXPRESSION, RULE_DISJUNCTION, RULE_BITWISE_OR, RULE_PRIMARY, RULE_STAR_EXPRESSION, RULE_NAMED, RULE_STRINGS,
    RULE_SIMPLE_STATEMENT, RULE_BLOCK, RULE_ARGUMENTS, RULE_CLOSED_PATTERN,
} Rule;

typedef struct Memo {
    struct Memo *next;
    void *result; // NULL: does not match here
    int rule, end;
} Memo;

typedef struct Token {
    uint16_t type;
    bool extended;      // an f-string by PEP 701 only
    int level;          // open brackets behind it
    int lineno, col_offset, end_lineno, end_col_offset; // columns -1: no text of its own
    int len;
    const char *text;
    Memo *memo;
} Token;

typedef enum StartRule { START_FILE, START_EVAL, START_SINGLE, START_FUNC_TYPE, START_FSTRING } StartRule;

typedef struct Parser {
    Thread *t;
    Ast *ast;
    Tokenizer tok;
    Token **tokens;
    int fill, capacity;   // tokens fetched
    int mark;             // next token to read
    int genexp_at;        // first pass: the argument that starts here may be a generator without parentheses
    int no_argument_at;   // what starts here is neither a keyword argument nor a starred one, as an attempt just showed
    bool failed;          // an exception is pending
    bool diagnose;        // raise for known mistakes
    bool second_pass;
    bool remember;        // keep results: the same place may be read again
    bool started;         // a token was delivered since the last implied newline (START_SINGLE)
    StartRule start_rule;
    const Token *blame;   // where "invalid syntax" is, if not at the last token fetched
    int start_depth;
    int depth;            // of the recursion, in CPython's rules
    unsigned flags;
    int feature_version;
    int starting_lineno, starting_col_offset; // where an expression in an f-string stands
    V filename;
    VEC(Node *) stack;    // sequences under construction
    VEC(Node *) ignores;  // TypeIgnore
    bool byte_columns;    // positions in errors count bytes: text that came as bytes without a declared encoding
    bool retry_classic;   // an f-string read by PEP 701 failed: read it by the old rules
    const char *classic_from;
} Parser;

// ---- tokens (parser.c) --------------------------------------------------------------------------------------------
bool parser_fill(Parser *p); // fetches one more token; false when that raised
static inline Token *peek_token(Parser *p) { // NULL: failed
    if (unlikely(p->mark == p->fill) && !parser_fill(p)) return NULL;
    return p->failed ? NULL : p->tokens[p->mark];
}
static inline TokenType peek(Parser *p) {
    Token *token = peek_token(p);
    return token ? (TokenType)token->type : T_ERRORTOKEN;
}
static inline bool at(Parser *p, TokenType type) { return peek(p) == type; }
static inline Token *take(Parser *p, TokenType type) {
    Token *token = peek_token(p);
    if (!token || token->type != type) return NULL;
    p->mark++;
    return token;
}
// take(a) take(b), or neither.
bool take2(Parser *p, TokenType a, TokenType b);
TokenType peek_second(Parser *p); // the token behind the next one; looks only when the next one is there
static inline bool token_is(const Token *token, const char *word) {
    size_t n = strlen(word);
    return (size_t)token->len == n && memcmp(token->text, word, n) == 0;
}
static inline bool at_word(Parser *p, const char *word) { // a soft keyword
    Token *token = peek_token(p);
    return token && token->type == T_NAME && token_is(token, word);
}
// &&token: takes it or raises "expected ':'".
Token *take_forced(Parser *p, TokenType type);

// ---- positions ----------------------------------------------------------------------------------------------------
AstPos span_from(Parser *p, const Token *first);           // ... to the last token read
AstPos span_at(Parser *p, int start);                      // from the token of that index
static inline AstPos span_nodes(const Node *a, const Node *b) {
    return (AstPos){a->lineno, a->col_offset, b->end_lineno, b->end_col_offset};
}
static inline AstPos token_pos(const Token *t) {
    return (AstPos){t->lineno, t->col_offset, t->end_lineno, t->end_col_offset};
}

// ---- nodes and sequences ------------------------------------------------------------------------------------------
#define NODE_NEW(p, pos, Name, ...) parser_checked((p), AST_NEW((p)->ast, pos, Name, __VA_ARGS__))
Node *parser_checked(Parser *p, Node *node);               // turns NULL into a MemoryError
static inline int seq_begin(Parser *p) { return (int)p->stack.len; }
bool seq_push(Parser *p, Node *node);                      // node may be NULL where the tree has None
NodeSeq seq_end(Parser *p, int begin);                     // cuts the stack back
static inline void seq_abandon(Parser *p, int begin) { p->stack.len = (size_t)begin; }
V parser_identifier(Parser *p, const Token *name);         // V_NULL: failed
V parser_type_comment(Parser *p, const Token *comment);    // NULL allowed; V_NULL then
Node *parser_name(Parser *p, AstKind ctx);                 // takes a NAME

// ---- memo ---------------------------------------------------------------------------------------------------------
bool memo_get(Parser *p, Rule rule, void *result);         // *(T **)result; moves p->mark
void *memo_put(Parser *p, Rule rule, int at, void *result);// at: where the rule began; p->mark: its end
// Results are remembered once something has failed; those for strings always.
#define MEMO_RETURN(p, rule)                                                                                           \
    do {                                                                                                               \
        Node *remembered_;                                                                                             \
        if ((p)->remember && memo_get((p), (rule), &remembered_)) return remembered_;                               \
    } while (0)

// ---- recursion ----------------------------------------------------------------------------------------------------
// Around everything that can nest. cost: how many rules of CPython's grammar the step passes, so that the same depth
// of nesting is refused, with MemoryError as there.
bool parser_enter(Parser *p, int cost); // false: failed
static inline void parser_leave(Parser *p, int cost) { p->depth -= cost; }

// ---- errors (parse_error.c): all return NULL -------------------------------------------------------------------------
void *raise_at_last(Parser *p, const Type *type, const char *format, ...);          // at the last token fetched
void *raise_at(Parser *p, AstPos pos, const char *format, ...);                     // SyntaxError over a range
void *raise_from(Parser *p, AstPos pos, const char *format, ...);                   // from pos to where the tokenizer is
// Columns count bytes from 0; end_col -1: unknown.
void *raise_known(Parser *p, const Type *type, int lineno, int col, int end_lineno, int end_col, const char *format, ...);
#define raise_syntax(p, ...) raise_at_last((p), &exc_SyntaxError, __VA_ARGS__)
#define raise_indent(p, ...) raise_at_last((p), &exc_IndentationError, __VA_ARGS__)
#define raise_node(p, node, ...) raise_at((p), (node)->pos, __VA_ARGS__)
#define raise_token(p, token, ...) raise_at((p), token_pos(token), __VA_ARGS__)
#define raise_nodes(p, a, b, ...) raise_at((p), span_nodes(a, b), __VA_ARGS__)
void *raise_undecodable(Parser *p, const char *text, size_t n); // "(unicode error)": the text is not UTF-8
void raise_for_tokenizer(Parser *p);            // an ERRORTOKEN has come: raises what it stands for
void raise_for_failure(Parser *p, const Token *last); // after the second pass
const char *expr_name(const Node *node);        // "function call", as messages name it
typedef enum TargetKind { STAR_TARGETS, DEL_TARGETS, FOR_TARGETS } TargetKind;
Node *invalid_target(Node *node, TargetKind kind); // the part that cannot be one, or NULL
void *raise_invalid_target(Parser *p, Node *node, TargetKind kind);
// "X is only supported in Python 3.N and greater" for a lower feature_version.
bool check_version(Parser *p, int minor, const char *what);

// ---- expressions (parse_expr.c, parse_atom.c) --------------------------------------------------------------------------
Node *parse_star_expressions(Parser *p);
Node *parse_star_expression(Parser *p);
Node *parse_star_named_expression(Parser *p);
bool parse_star_named_expressions(Parser *p, bool *trailing_comma); // pushes at least one; false: none
Node *parse_named_expression(Parser *p);
Node *parse_plain_expression(Parser *p);         // assignment_expression | expression !':='
Node *parse_expression(Parser *p);
Node *parse_expression_without_invalid(Parser *p);
Node *parse_expressions(Parser *p);              // expression, or a tuple without parentheses
Node *parse_disjunction(Parser *p);
Node *parse_bitwise_or(Parser *p);
Node *parse_primary(Parser *p);                  // without await
Node *parse_atom(Parser *p);
Node *parse_strings(Parser *p);                  // parse_string.c
Node *parse_number(Parser *p);
Node *parse_yield_expr(Parser *p);
Node *parse_lambda(Parser *p);
Node *parse_starred_expression(Parser *p);       // '*' expression
bool parse_for_if_clauses(Parser *p, NodeSeq *out); // true: at least one
Node *parse_slices(Parser *p);
bool parse_kvpair(Parser *p, Node **key, Node **value);
bool parse_double_starred_kvpair(Parser *p, Node **key, Node **value); // '**' bitwise_or: *key NULL
Node *parse_args(Parser *p);                     // a Call without func: whatever can be read as arguments
Node *parse_arguments(Parser *p);                // args [','] &')'

// ---- targets (parse_target.c) ------------------------------------------------------------------------------------------
bool is_star_target(const Node *node);
bool is_single_target(const Node *node);         // Name, Attribute, Subscript
void set_context(Node *node, AstKind ctx);
Node *parse_star_target(Parser *p);
Node *parse_star_targets(Parser *p);
bool parse_del_targets(Parser *p, NodeSeq *out);

// ---- parameters (parse_params.c) ---------------------------------------------------------------------------------------
Node *parse_params(Parser *p, bool lambda);      // an arguments node, empty if there are none; NULL: failed or wrong
bool parse_type_params(Parser *p, NodeSeq *out); // '[' ... ']' if there; false: wrong

// ---- statements (parse_stmt.c, parse_compound.c, parse_match.c) ----------------------------------------------------------
bool parse_statements(Parser *p, NodeSeq *out);  // at least one
bool parse_statement(Parser *p);                 // pushes what it reads
bool parse_simple_stmts(Parser *p);
bool parse_block(Parser *p, NodeSeq *out);
Node *parse_compound_stmt(Parser *p);
Node *parse_match_stmt(Parser *p);
Node *parse_except_block(Parser *p, bool star);
bool header_end(Parser *p, const Token *word, const char *what);    // ':' and, when diagnosing, what must follow
bool invalid_block(Parser *p, const Token *word, const char *what); // true: raised (or failed)

// ---- diagnosis (parse_invalid.c): true when raised --------------------------------------------------------------------------
bool invalid_expression(Parser *p);
bool invalid_named_expression(Parser *p);
bool invalid_assignment(Parser *p);
bool invalid_group(Parser *p);
bool invalid_comprehension(Parser *p);
bool invalid_dict_comprehension(Parser *p);
bool invalid_double_starred_kvpairs(Parser *p);
bool invalid_arguments(Parser *p);
bool invalid_kwarg(Parser *p);
bool invalid_for_target(Parser *p);
bool invalid_parameters(Parser *p, bool lambda);
bool invalid_star_etc(Parser *p, bool lambda);
bool invalid_kwds(Parser *p, bool lambda);
bool invalid_with_stmt(Parser *p);
bool invalid_with_stmt_indent(Parser *p);
bool invalid_try_stmt(Parser *p);
bool invalid_except_stmt(Parser *p);
bool invalid_class_pattern(Parser *p);

// ---- entry --------------------------------------------------------------------------------------------------------------
bool parser_init(Parser *p, Thread *t, Ast *ast, const char *text, size_t len, V filename, StartRule rule, unsigned flags,
                 int feature_version);
void parser_free(Parser *p);
Node *parser_run(Parser *p); // NULL: an exception is pending
#endif
