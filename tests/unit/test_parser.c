// SPDX-License-Identifier: MIT
//
// Units for the parser and front/ast.h: shapes and places of trees, what pass one leaves to pass two, later syntax,
// nesting limits. The messages for wrong programs are compared with CPython's by tests/lang/syntax_messages.py.
#include "base/strbuf.h"
#include "front/ast.h"
#include "object/error.h"
#include "object/str.h"
#include "runtime/runtime.h"

#include "suite.h"
#include <stdlib.h>

static Thread *thread;

static void start(void) {
    thread = threading_init();
    static char *arguments[] = {"test", "-I", "-S", "-c", "pass"};
    ck_assert_int_eq(options_parse(&start_options, countof(arguments), arguments), 0);
    ck_assert_int_eq(runtime_start(thread, &start_options), 0);
}

static Ast *parse_mode(const char *source, int mode) {
    V filename = str_from_cstr(thread, "<test>");
    Ast *ast = front_parse(thread, source, strlen(source), filename, mode, 0, FRONT_FEATURE_VERSION);
    v_drop(thread, filename);
    ck_assert((ast == NULL) == err_pending(thread));
    return ast;
}

// "Call(Name Constant)": kinds only.
static void shape(StrBuf *out, Node *node);
static int shape_child(Node *child, void *arg) {
    StrBuf *out = arg;
    if (out->data[out->len - 1] != '(') strbuf_putc(out, ' ');
    shape(out, child);
    return 0;
}
static void shape(StrBuf *out, Node *node) {
    strbuf_puts(out, ast_info((AstKind)node->kind)->name);
    size_t before = out->len;
    strbuf_putc(out, '(');
    ast_each_child(node, shape_child, out);
    if (out->len == before + 1) strbuf_truncate(out, before);
    else strbuf_putc(out, ')');
}

static void check_shape(const char *source, const char *expected) {
    Ast *ast = parse_mode(source, FRONT_EXEC);
    ck_assert_msg(ast != NULL, "does not parse: %s", source);
    StrBuf out = STRBUF_INIT;
    NodeSeq body = ast->root->Module.body;
    for (int i = 0; i < body.n; i++) {
        if (i) strbuf_puts(&out, "; ");
        shape(&out, body.items[i]);
    }
    ck_assert_str_eq(strbuf_cstr(&out), expected);
    strbuf_free(&out);
    ast_free(thread, ast);
}

START_TEST(binary_operators_bind_as_they_should) {
    check_shape("a + b * c ** -d", "Expr(BinOp(Name BinOp(Name BinOp(Name UnaryOp(Name)))))");
    check_shape("a - b - c", "Expr(BinOp(BinOp(Name Name) Name))");
    check_shape("a ** b ** c", "Expr(BinOp(Name BinOp(Name Name)))");
    check_shape("-a ** b", "Expr(UnaryOp(BinOp(Name Name)))");
    check_shape("not a in b and c or d", "Expr(BoolOp(BoolOp(UnaryOp(Compare(Name Name)) Name) Name))");
    check_shape("a < b is not c", "Expr(Compare(Name Name Name))");
    check_shape("a if b else c if d else e", "Expr(IfExp(Name Name IfExp(Name Name Name)))");
    check_shape("lambda x, *y, z=1: x", "Expr(Lambda(arguments(arg arg arg Constant) Name))");
}
END_TEST

START_TEST(statements) {
    check_shape("a = b, *c = d", "Assign(Name Tuple(Name Starred(Name)) Name)");
    check_shape("x.y: int = 1", "AnnAssign(Attribute(Name) Name Constant)");
    check_shape("for x, y in z: pass\nelse: q", "For(Tuple(Name Name) Name Pass Expr(Name))");
    check_shape("if a: b\nelif c: d\nelse: e", "If(Name Expr(Name) If(Name Expr(Name) Expr(Name)))");
    check_shape("with (a as b, c): pass", "With(withitem(Name Name) withitem(Name) Pass)");
    check_shape("with (a, b): pass", "With(withitem(Name) withitem(Name) Pass)");
    check_shape("with (a).b: pass", "With(withitem(Attribute(Name)) Pass)");
    check_shape("try: a\nexcept* b as c: d\nfinally: e", "TryStar(Expr(Name) ExceptHandler(Name Expr(Name)) Expr(Name))");
    check_shape("@a\nasync def f(x: int, /, *y) -> z: await x",
                "AsyncFunctionDef(arguments(arg(Name) arg) Expr(Await(Name)) Name Name)");
    check_shape("from . import a as b, c; import x.y", "ImportFrom(alias alias); Import(alias)");
}
END_TEST

START_TEST(brackets) {
    check_shape("(); (a,); (a); [a, *b]; {a}; {}; {a: b, **c}",
                "Expr(Tuple); Expr(Tuple(Name)); Expr(Name); Expr(List(Name Starred(Name))); Expr(Set(Name)); Expr(Dict); "
                "Expr(Dict(Name Name Name))");
    check_shape("[a for b in c if d]", "Expr(ListComp(Name comprehension(Name Name Name)))");
    check_shape("{a: b async for c in d}", "Expr(DictComp(Name Name comprehension(Name Name)))");
    check_shape("f(a for b in c)", "Expr(Call(Name GeneratorExp(Name comprehension(Name Name))))");
    check_shape("f(g(a) for b in c)", "Expr(Call(Name GeneratorExp(Call(Name Name) comprehension(Name Name))))");
    check_shape("f(a, *b, c=d, **e)", "Expr(Call(Name Name Starred(Name) keyword(Name) keyword(Name)))");
    check_shape("a[b:c, ::d, *e]", "Expr(Subscript(Name Tuple(Slice(Name Name) Slice(Name) Starred(Name))))");
}
END_TEST

START_TEST(soft_keywords_are_names_too) {
    check_shape("match = 1; match(x); match[x]; case = type = 2", "Assign(Name Constant); Expr(Call(Name Name)); "
                                                                 "Expr(Subscript(Name Name)); Assign(Name Name Constant)");
    check_shape("match x, *y:\n case [1, *_, {'a': b, **c}] | d.e if f: pass\n case A(1, x=2) as g: pass",
                "Match(Tuple(Name Starred(Name)) match_case(MatchOr(MatchSequence(MatchValue(Constant) MatchStar "
                "MatchMapping(Constant MatchAs)) MatchValue(Attribute(Name))) Name Pass) match_case(MatchAs(MatchClass(Name "
                "MatchValue(Constant) MatchValue(Constant))) Pass))");
}
END_TEST

START_TEST(later_syntax) {
    check_shape("type X[T: int = str, *Ts, **P] = T", "TypeAlias(Name TypeVar(Name Name) TypeVarTuple ParamSpec Name)");
    check_shape("def f[T](x): pass", "FunctionDef(arguments(arg) Pass TypeVar)");
    check_shape("class A[T](B): pass", "ClassDef(Name Pass TypeVar)");
    check_shape("try: a\nexcept b, c: d", "Try(Expr(Name) ExceptHandler(Tuple(Name Name) Expr(Name)))");
    check_shape("f'{a['b']}'", "Expr(JoinedStr(FormattedValue(Subscript(Name Constant))))");
    check_shape("f'{f'{f'{1}'}'}'",
                "Expr(JoinedStr(FormattedValue(JoinedStr(FormattedValue(JoinedStr(FormattedValue(Constant)))))))");
    check_shape("f'{'\\n'.join(a)}'", "Expr(JoinedStr(FormattedValue(Call(Attribute(Constant) Name))))");
}
END_TEST

static void check_place(const Node *node, int lineno, int col, int end_lineno, int end_col) {
    ck_assert_int_eq(node->lineno, lineno);
    ck_assert_int_eq(node->col_offset, col);
    ck_assert_int_eq(node->end_lineno, end_lineno);
    ck_assert_int_eq(node->end_col_offset, end_col);
}

START_TEST(places) {
    Ast *ast = parse_mode("x = (\xc3\xa9 +\n  1)\nf'{ a.b }'\n@d\ndef g(): pass\n", FRONT_EXEC);
    NodeSeq body = ast->root->Module.body;
    check_place(body.items[0], 1, 0, 2, 4);
    check_place(body.items[0]->Assign.value, 1, 5, 2, 3);
    Node *field = body.items[1]->Expr.value->JoinedStr.values.items[0];
    check_place(field, 3, 0, 3, 10);
    check_place(field->FormattedValue.value, 3, 4, 3, 7);
    check_place(body.items[2], 5, 0, 5, 13);
    ast_free(thread, ast);
}
END_TEST

static const Type *error_of(const char *source, int mode) {
    Ast *ast = parse_mode(source, mode);
    ck_assert_msg(ast == NULL, "parses: %s", source);
    V error = err_fetch(thread);
    const Type *type = v_type(error);
    v_drop(thread, error);
    return type;
}

START_TEST(errors) {
    ck_assert_ptr_eq(error_of("a b", FRONT_EXEC), &exc_SyntaxError);
    ck_assert_ptr_eq(error_of("if a:\nb", FRONT_EXEC), &exc_IndentationError);
    ck_assert_ptr_eq(error_of("if a:\n        b\n\tc", FRONT_EXEC), &exc_TabError);
    ck_assert_ptr_eq(error_of("a = 1", FRONT_EVAL), &exc_SyntaxError);
    ck_assert_ptr_eq(error_of("a\nb", FRONT_SINGLE), &exc_SyntaxError);
    ck_assert_ptr_eq(error_of("f'{a b}'", FRONT_EXEC), &exc_SyntaxError);
    ck_assert_ptr_eq(error_of("'\\N{no such name}'", FRONT_EXEC), &exc_SyntaxError);
}
END_TEST

static char *repeated(const char *part, int n, const char *rest) {
    StrBuf out = STRBUF_INIT;
    for (int i = 0; i < n; i++) strbuf_puts(&out, part);
    strbuf_puts(&out, rest);
    return strbuf_take(&out, NULL);
}

START_TEST(nesting_has_limits) {
    char *deep = repeated("-", 100000, "1"), *brackets = repeated("(", 100000, "1"), *flat = repeated("1 + ", 100000, "1");
    ck_assert_ptr_eq(error_of(deep, FRONT_EXEC), &exc_MemoryError);
    ck_assert_ptr_eq(error_of(brackets, FRONT_EXEC), &exc_SyntaxError);
    Ast *ast = parse_mode(flat, FRONT_EXEC);
    ck_assert_ptr_nonnull(ast);
    ast_free(thread, ast);
    free(deep);
    free(brackets);
    free(flat);
}
END_TEST

START_TEST(descriptions_agree_with_structs) {
    ck_assert_int_eq(ast_info(AST_Call)->n_fields, 3);
    ck_assert_uint_eq(ast_info(AST_Call)->fields[2].offset, offsetof(NodeCall, keywords));
    ck_assert_int_eq(ast_info(AST_Load)->is_node, false);
    ck_assert_int_eq(ast_info(AST_TypeAlias)->later, true);
    for (AstKind kind = AST_NONE + 1; kind + 1 < AST_KINDS; kind++)
        ck_assert_int_le(ast_info(kind)->base, ast_info(kind + 1)->base);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("front/parser");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, start, NULL);
    tcase_add_test(tc, binary_operators_bind_as_they_should);
    tcase_add_test(tc, statements);
    tcase_add_test(tc, brackets);
    tcase_add_test(tc, soft_keywords_are_names_too);
    tcase_add_test(tc, later_syntax);
    tcase_add_test(tc, places);
    tcase_add_test(tc, errors);
    tcase_add_test(tc, nesting_has_limits);
    tcase_add_test(tc, descriptions_agree_with_structs);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
