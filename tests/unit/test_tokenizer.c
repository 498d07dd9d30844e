// SPDX-License-Identifier: MIT
//
// Units for front/tokenizer.h: types and texts of tokens, indentation, what is open at an error, PEP 701's nesting.
#include "base/strbuf.h"
#include "front/tokenizer.h"

#include "suite.h"
#include <stdlib.h>

static Thread *thread;

static void start(void) { thread = threading_init(); }

// "NAME:x EQUAL:= NUMBER:1 NEWLINE ENDMARKER"
static char *tokens_of(const char *source) {
    static Tokenizer k;
    StrBuf out = STRBUF_INIT;
    const char *begin, *end;
    TokenType type;
    tokenizer_init(&k, thread, source, strlen(source), V_NONE);
    do {
        type = tokenizer_next(&k, &begin, &end);
        strbuf_printf(&out, "%s%s", out.len ? " " : "", tokenizer_type_name(type));
        if (begin && end > begin && type != T_NEWLINE) strbuf_printf(&out, ":%.*s", (int)(end - begin), begin);
    } while (type != T_ENDMARKER && type != T_ERRORTOKEN);
    return strbuf_take(&out, NULL);
}

#define CHECK_TOKENS(source, expected)                                                                                 \
    do {                                                                                                               \
        char *got = tokens_of(source);                                                                                 \
        ck_assert_str_eq(got, expected);                                                                               \
        free(got);                                                                                                     \
    } while (0)

START_TEST(simple_line) {
    CHECK_TOKENS("x = 1\n", "NAME:x EQUAL:= NUMBER:1 NEWLINE ENDMARKER");
    CHECK_TOKENS("", "ENDMARKER");
    CHECK_TOKENS("x", "NAME:x ENDMARKER");
    CHECK_TOKENS("# only a comment\n\n", "ENDMARKER");
}
END_TEST

START_TEST(operators_are_the_longest) {
    CHECK_TOKENS("a**=b//c->d...:=<<=!=<>", "NAME:a DOUBLESTAREQUAL:**= NAME:b DOUBLESLASH:// NAME:c RARROW:-> NAME:d "
                                            "ELLIPSIS:... COLONEQUAL::= LEFTSHIFTEQUAL:<<= NOTEQUAL:!= NOTEQUAL:<> ENDMARKER");
    CHECK_TOKENS("a..b$", "NAME:a DOT:. DOT:. NAME:b OP:$ ENDMARKER");
}
END_TEST

START_TEST(numbers) {
    CHECK_TOKENS("0 00 1_000 0x_f 0b1 0o7 1. .5 1e5 1e-5j 1 if",
                 "NUMBER:0 NUMBER:00 NUMBER:1_000 NUMBER:0x_f NUMBER:0b1 NUMBER:0o7 NUMBER:1. NUMBER:.5 NUMBER:1e5 "
                 "NUMBER:1e-5j NUMBER:1 NAME:if ENDMARKER");
}
END_TEST

START_TEST(strings_and_prefixes) {
    CHECK_TOKENS("'a' \"b\" rb'\\'' bR\"\" u'' \"\"\"x\n'\n\"\"\" fr'{a}' bu''",
                 "STRING:'a' STRING:\"b\" STRING:rb'\\'' STRING:bR\"\" STRING:u'' STRING:\"\"\"x\n'\n\"\"\" STRING:fr'{a}' "
                 "NAME:bu STRING:'' ENDMARKER");
}
END_TEST

START_TEST(nested_fstrings_are_one_token) {
    CHECK_TOKENS("f'{a['b']}' c", "STRING:f'{a['b']}' NAME:c ENDMARKER");
    CHECK_TOKENS("f'{f'{f'{1}'}'}'", "STRING:f'{f'{f'{1}'}'}' ENDMARKER");
    CHECK_TOKENS("f'{x:{'>'}{w}}'", "STRING:f'{x:{'>'}{w}}' ENDMARKER");
    CHECK_TOKENS("f'{{' 'x'", "STRING:f'{{' STRING:'x' ENDMARKER");
    CHECK_TOKENS("f'\\N{DIGIT ONE}{'a'}'", "STRING:f'\\N{DIGIT ONE}{'a'}' ENDMARKER");
}
END_TEST

START_TEST(indentation) {
    CHECK_TOKENS("if a:\n  b\n  # c\n\n  if d:\n  \te\nf\n",
                 "NAME:if NAME:a COLON:: NEWLINE INDENT NAME:b NEWLINE NAME:if NAME:d COLON:: NEWLINE INDENT NAME:e NEWLINE "
                 "DEDENT DEDENT NAME:f NEWLINE ENDMARKER");
    CHECK_TOKENS("(\n  a\n b)\n", "LPAR:( NAME:a NAME:b RPAR:) NEWLINE ENDMARKER");
    CHECK_TOKENS("a \\\n  b\n", "NAME:a NAME:b NEWLINE ENDMARKER");
}
END_TEST

static TokDone done_after(const char *source) {
    static Tokenizer k;
    const char *begin, *end;
    TokenType type;
    tokenizer_init(&k, thread, source, strlen(source), V_NONE);
    do type = tokenizer_next(&k, &begin, &end);
    while (type != T_ENDMARKER && type != T_ERRORTOKEN);
    return type == T_ERRORTOKEN ? k.done : TOK_OK;
}

START_TEST(mistakes_left_to_the_parser) {
    ck_assert_int_eq(done_after("if a:\n    b\n  c\n"), TOK_BAD_DEDENT);
    ck_assert_int_eq(done_after("if a:\n        b\n\tc\n"), TOK_BAD_TABS);
    ck_assert_int_eq(done_after("a \\ b\n"), TOK_BAD_CONTINUATION);
    ck_assert_int_eq(done_after("a = (1,\n"), TOK_EOF);
    ck_assert_int_eq(done_after("a \\\n"), TOK_EOF);
    ck_assert_int_eq(done_after("a\xff"), TOK_BAD_UTF8);
}
END_TEST

START_TEST(too_many_indents) {
    StrBuf source = STRBUF_INIT;
    for (size_t i = 0; i < TOK_MAX_INDENT; i++) {
        strbuf_fill(&source, ' ', i);
        strbuf_puts(&source, "if a:\n");
    }
    strbuf_fill(&source, ' ', TOK_MAX_INDENT);
    strbuf_puts(&source, "a\n");
    ck_assert_int_eq(done_after(source.data), TOK_TOO_DEEP);
    strbuf_free(&source);
}
END_TEST

START_TEST(keywords) {
    ck_assert_int_eq(tokenizer_keyword("while", 5), KW_while);
    ck_assert_int_eq(tokenizer_keyword("None", 4), KW_None);
    ck_assert_int_eq(tokenizer_keyword("match", 5), T_NAME);
    ck_assert_int_eq(tokenizer_keyword("whilex", 6), T_NAME);
    ck_assert_str_eq(tokenizer_operator_text(T_DOUBLESTAR), "**");
    ck_assert_ptr_null(tokenizer_operator_text(T_NAME));
}
END_TEST

START_TEST(positions_of_lines) {
    static Tokenizer k;
    const char *begin, *end, *source = "a = '''x\ny''' + b\nc\n";
    tokenizer_init(&k, thread, source, strlen(source), V_NONE);
    tokenizer_next(&k, &begin, &end);
    ck_assert_int_eq(k.lineno, 1);
    tokenizer_next(&k, &begin, &end);
    ck_assert_int_eq(tokenizer_next(&k, &begin, &end), T_STRING);
    ck_assert_int_eq(k.string_lineno, 1);
    ck_assert_int_eq(k.lineno, 2);
    ck_assert_ptr_eq(k.buf, source);
    ck_assert_ptr_eq(k.line_start, source + 9);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("front/tokenizer");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, start, NULL);
    tcase_add_test(tc, simple_line);
    tcase_add_test(tc, operators_are_the_longest);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, strings_and_prefixes);
    tcase_add_test(tc, nested_fstrings_are_one_token);
    tcase_add_test(tc, indentation);
    tcase_add_test(tc, mistakes_left_to_the_parser);
    tcase_add_test(tc, too_many_indents);
    tcase_add_test(tc, keywords);
    tcase_add_test(tc, positions_of_lines);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
