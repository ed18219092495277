#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"

static cs_doc *parse(const char *text, size_t len)
{
    cs_doc *doc = NULL;
    cs_errinfo info = {0};
    if (cs_doc_parse_json(text, len, "x.json", NULL, &doc, &info) < 0)
        fail_msg("%u:%u: %s", info.line, info.column, info.message);
    return doc;
}

#define PARSE(literal) parse("" literal, sizeof(literal) - 1)

static void values_of_every_kind_are_read_with_their_places(void **state)
{
    (void)state;
    CS_AUTO(cs_doc)
    doc = PARSE("{\"a\": [1, -2.5e1, true, null],\n"
                "  \"会\": {\"b\": \"x\\u4f1a\\n\"}}\n");
    const cs_node *root = cs_doc_root(doc);
    assert_int_equal(root->kind, CS_NODE_MAP);
    assert_int_equal(root->len, 2);
    const cs_node *a = cs_node_get(root, CS_STR("a"));
    assert_int_equal(a->kind, CS_NODE_LIST);
    assert_int_equal(a->len, 4);
    assert_int_equal(a->column, 7);
    const cs_node *one = a->first, *real = one->next, *yes = real->next;
    assert_int_equal(one->integer, 1);
    assert_true(real->number == -25);
    assert_true(yes->kind == CS_NODE_BOOL && yes->boolean);
    assert_int_equal(yes->next->kind, CS_NODE_NULL);
    assert_null(yes->next->next);
    assert_int_equal(yes->line, 1);
    assert_int_equal(yes->column, 19);
    const cs_node *b =
        cs_node_get(cs_node_get(root, CS_STR("会")), CS_STR("b"));
    assert_string_equal(b->string.data, "x会\n");
    assert_int_equal(b->line, 2);
    assert_int_equal(b->key_column, 9);
    assert_int_equal(b->column, 14);
    assert_null(cs_node_get(root, CS_STR("c")));
}

static void scalars_and_a_byte_order_mark_are_documents_too(void **state)
{
    (void)state;
    CS_AUTO(cs_doc) mark = PARSE("\xef\xbb\xbf 9223372036854775807 ");
    assert_true(cs_doc_root(mark)->integer == INT64_MAX);
    CS_AUTO(cs_doc) empty = PARSE("[]");
    assert_int_equal(cs_doc_root(empty)->len, 0);
}

typedef struct bad {
    const char *text;
    unsigned line, column;
    int code;
    const char *says;
} bad;

static void refuse(const bad *b, size_t len)
{
    cs_doc *doc = NULL;
    cs_errinfo info = {0};
    int r = cs_doc_parse_json(b->text, len, "x.json", NULL, &doc, &info);
    if (r != b->code || info.line != b->line || info.column != b->column ||
        strcmp(info.message, b->says) != 0)
        fail_msg("%s: %d at %u:%u: %s", b->text, r, info.line, info.column,
                 info.message);
    assert_string_equal(info.place, "x.json");
    assert_null(doc);
}

static void mistakes_are_placed_and_explained(void **state)
{
    (void)state;
    static const bad rows[] = {
        {"", 1, 1, CS_E_FORMAT, "the text is empty; a JSON value is expected"},
        {"{\n \"a\" 1}", 2, 6, CS_E_FORMAT, "expected ':' after the key"},
        {"{\"a\": 1 \"b\": 2}", 1, 9, CS_E_FORMAT, "expected ',' or '}'"},
        {"[1 2]", 1, 4, CS_E_FORMAT, "expected ',' or ']'"},
        {"{a: 1}", 1, 2, CS_E_FORMAT,
         "expected a key in double quotes, or '}'"},
        {"{\"a\": 1,\n\n \"a\": 2}", 3, 2, CS_E_FORMAT,
         "key \"a\" is given twice"},
        {"[1] 2", 1, 5, CS_E_FORMAT, "more text after the end of the document"},
        {"[\"abc", 1, 2, CS_E_FORMAT, "this string is never closed"},
        {"[1,", 1, 4, CS_E_FORMAT,
         "the text ends too early: something is not closed"},
        {"[9223372036854775808]", 1, 2, CS_E_RANGE,
         "the number 9223372036854775808 is too large"},
        {"[1e999]", 1, 2, CS_E_RANGE, "the number 1e999 is too large"},
        {"[\"\\x\"]", 1, 2, CS_E_FORMAT,
         "an escape sequence in this string is not valid"},
        {"[nul]", 1, 2, CS_E_FORMAT, "unexpected 'nul'"},
        {"[\"a\xff\"]", 1, 4, CS_E_FORMAT, "the text is not valid UTF-8 here"},
        {"[1,\r\n2 3]", 2, 3, CS_E_FORMAT, "expected ',' or ']'"},
        {"[1,]", 1, 4, CS_E_FORMAT, "unexpected ']'"},
        {"[01]", 1, 2, CS_E_FORMAT, "unexpected '01'"},
        {"[NaN]", 1, 2, CS_E_FORMAT, "unexpected 'NaN'"},
        {"[\"\\u0000\"]", 1, 2, CS_E_FORMAT,
         "a string must not hold NUL (\\u0000)"},
        {"{\"a\\u0000b\": 1}", 1, 2, CS_E_FORMAT,
         "a string must not hold NUL (\\u0000)"},
        {"[\"\\ud800\"]", 1, 2, CS_E_FORMAT,
         "an escape sequence in this string is not valid"},
        {"[\"a\tb\"]", 1, 4, CS_E_FORMAT,
         "a control character inside a string; write it as \\n, \\t or "
         "\\u00XX"},
        {"{\"a\": 1,\n\"\\u0061\": 2}", 2, 1, CS_E_FORMAT,
         "key \"\\u0061\" is given twice"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++)
        refuse(&rows[i], strlen(rows[i].text));
    static const bad nul = {"[1,\0]", 1, 4, CS_E_FORMAT,
                            "a NUL byte in the text"};
    refuse(&nul, 5);
}

static void mistakes_are_explained_in_chinese(void **state)
{
    (void)state;
    cs_doc *doc = NULL;
    cs_errinfo info = {.lang = CS_LANG_ZH};
    assert_int_equal(cs_doc_parse_json("[1 2]", 5, "x.json", NULL, &doc, &info),
                     CS_E_FORMAT);
    assert_string_equal(info.message, "应为 “,” 或 “]”");
    assert_string_equal(info.msgid, "expected ',' or ']'");
    assert_null(doc);
}

static void depth_and_size_are_limited(void **state)
{
    (void)state;
    char deep[201];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    deep[200] = '\0';
    bad b = {deep, 1, 65, CS_E_LIMIT, "nested more than 64 levels deep"};
    refuse(&b, 200);
    CS_AUTO(cs_doc) fits = parse(deep + 36, 128);
    assert_non_null(fits);
    cs_doc_limits two = {.nodes = 2};
    cs_doc *doc = NULL;
    assert_int_equal(cs_doc_parse_json("[1,2]", 5, "x.json", &two, &doc, NULL),
                     CS_E_LIMIT);
    assert_null(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_kind_are_read_with_their_places),
        cmocka_unit_test(scalars_and_a_byte_order_mark_are_documents_too),
        cmocka_unit_test(mistakes_are_placed_and_explained),
        cmocka_unit_test(mistakes_are_explained_in_chinese),
        cmocka_unit_test(depth_and_size_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
