#include "base/yaml.h"

#include <string.h>

#include "support/test.h"

static cs_doc *parse(const char *text)
{
    cs_doc *doc = NULL;
    cs_errinfo info = {0};
    if (cs_doc_parse_yaml(text, strlen(text), "x.yaml", NULL, &doc, &info) < 0)
        fail_msg("%u:%u: %s", info.line, info.column, info.message);
    return doc;
}

static void values_of_every_kind_are_read_with_their_places(void **state)
{
    (void)state;
    CS_AUTO(cs_doc)
    doc = parse("a: [1, -2.5e1, true, null, 0x10]\n"
                "# a comment\n"
                "会:\n"
                "  b: 'yes'\n"
                "  c: |\n"
                "    two\n"
                "    lines\n");
    const cs_node *root = cs_doc_root(doc);
    assert_int_equal(root->len, 2);
    const cs_node *a = cs_node_get(root, CS_STR("a"));
    const cs_node *one = a->first, *real = one->next, *yes = real->next;
    assert_int_equal(one->integer, 1);
    assert_int_equal(one->column, 5);
    assert_true(real->number == -25);
    assert_true(yes->boolean);
    assert_int_equal(yes->next->kind, CS_NODE_NULL);
    assert_int_equal(yes->next->next->integer, 16);
    const cs_node *inner = cs_node_get(root, CS_STR("会"));
    const cs_node *b = cs_node_get(inner, CS_STR("b"));
    assert_string_equal(b->string.data, "yes");
    assert_int_equal(b->line, 4);
    assert_int_equal(b->column, 6);
    const cs_node *c = cs_node_get(inner, CS_STR("c"));
    assert_string_equal(c->string.data, "two\nlines\n");
}

static void words_are_not_taken_for_truth_or_numbers(void **state)
{
    (void)state;
    CS_AUTO(cs_doc)
    doc =
        parse("- yes\n- no\n- on\n- 1_000\n- 12:30:00\n- '1'\n- 1.2.3\n- .\n");
    for (CS_EACH_CHILD(child, cs_doc_root(doc)))
        assert_int_equal(child->kind, CS_NODE_STRING);
}

typedef struct bad {
    const char *text;
    unsigned line;
    int code;
    const char *says;
} bad;

static void refuse(const bad *b, size_t len)
{
    cs_doc *doc = NULL;
    cs_errinfo info = {0};
    int r = cs_doc_parse_yaml(b->text, len, "x.yaml", NULL, &doc, &info);
    if (r != b->code || info.line != b->line ||
        strcmp(info.message, b->says) != 0)
        fail_msg("%s: %d at %u:%u: %s", b->text, r, info.line, info.column,
                 info.message);
    assert_true(info.column > 0);
    assert_null(doc);
}

static void what_could_mean_two_things_is_refused(void **state)
{
    (void)state;
    static const bad rows[] = {
        {"a: &x 1\nb: *x\n", 1, CS_E_FORMAT,
         "anchors and aliases (& and *) are not supported; put text in "
         "quotes"},
        {"a: 1\nb: !!int '2'\n", 2, CS_E_FORMAT, "tags (!) are not supported"},
        {"a: 1\n---\nb: 2\n", 2, CS_E_FORMAT,
         "a second document starts here; only one per file is supported"},
        {"a: 1\nb: 2\na: 3\n", 3, CS_E_FORMAT,
         "key 'a' is given twice, the first time on line 1"},
        {"? [1]\n: 2\n", 1, CS_E_FORMAT,
         "a key must be plain text, not a list or map"},
        {"<<: {a: 1}\n", 1, CS_E_FORMAT, "merge keys (<<) are not supported"},
        {"\n\na: 9223372036854775808\n", 3, CS_E_RANGE,
         "the number 9223372036854775808 is too large; put it in quotes if it "
         "is text"},
        {"a: b\xff\n", 1, CS_E_FORMAT, "the text is not valid UTF-8 here"},
        {"a:\n\tb: 1\n", 2, CS_E_FORMAT,
         "a value cannot start with this character (or a tab); put text in "
         "quotes and indent with spaces"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++)
        refuse(&rows[i], strlen(rows[i].text));
}

static void broken_text_has_a_line_and_a_reason(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a: [1, 2\n", "a: 'x\n", "a: b: c\n",    "- 1\nb\n",
        "{a: 1, b\n", "%x\n",    "a: \"\\q\"\n", "a: 1\n b: 2\n",
    };
    for (size_t i = 0; i < CS_COUNTOF(texts); i++) {
        cs_doc *doc = NULL;
        cs_errinfo info = {0};
        int r = cs_doc_parse_yaml(texts[i], strlen(texts[i]), "x.yaml", NULL,
                                  &doc, &info);
        if (r != CS_E_FORMAT || !info.line || !info.message[0])
            fail_msg("%s: %d at %u: %s", texts[i], r, info.line, info.message);
    }
}

static void depth_and_size_are_limited(void **state)
{
    (void)state;
    char deep[131];
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    deep[130] = '\0';
    bad b = {deep, 1, CS_E_LIMIT, "nested more than 64 levels deep"};
    refuse(&b, 130);
    cs_doc_limits two = {.nodes = 2};
    cs_doc *doc = NULL;
    assert_int_equal(cs_doc_parse_yaml("[1,2]", 5, "x.yaml", &two, &doc, NULL),
                     CS_E_LIMIT);
    assert_null(doc);
}

static void columns_count_characters_of_the_editor(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *says;
    } rows[] = {
        {"a: 1\r\nb: 2\r\nb: 3\r\n", 18,
         "x.yaml:3:1: key 'b' is given twice, the first time on line 2"},
        {"\xef\xbb\xbf会: &x 1\n", 13,
         "x.yaml:1:4: anchors and aliases (& and *) are not supported; put "
         "text in quotes"},
        {"会: 'x\ny: 2\n", 13, "x.yaml:1:4: this string is never closed"},
        {"a\0b", 3,
         "x.yaml:1:2: the character U+0000 must not stand here unescaped"},
        {"a: \"\\0\"\n", 8, "x.yaml:1:4: a string must not hold NUL (\\0)"},
        {"a: 1\n...\nb: 2\n", 14,
         "x.yaml:3:1: more text after the end of the document"},
        {"%TAG ! tag:x,2000:\n---\na: 1\n", 28,
         "x.yaml:1:1: tags (!) are not supported"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        cs_doc *doc = NULL;
        cs_errinfo info = {0};
        char line[800];
        assert_int_equal(cs_doc_parse_yaml(rows[i].text, rows[i].len, "x.yaml",
                                           NULL, &doc, &info),
                         CS_E_FORMAT);
        assert_string_equal(cs_errinfo_format(&info, line, sizeof(line)),
                            rows[i].says);
        assert_null(doc);
    }
}

static void mistakes_are_explained_in_chinese(void **state)
{
    (void)state;
    cs_doc *doc = NULL;
    cs_errinfo info = {.lang = CS_LANG_ZH};
    assert_int_equal(
        cs_doc_parse_yaml("a: 1\na: 2\n", 10, "x.yaml", NULL, &doc, &info),
        CS_E_FORMAT);
    assert_string_equal(info.message, "键 “a” 给了两次，第一次在第 1 行");
    assert_null(doc);
}

static void an_empty_text_is_null(void **state)
{
    (void)state;
    CS_AUTO(cs_doc) doc = parse("# only a comment\n");
    assert_int_equal(cs_doc_root(doc)->kind, CS_NODE_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_kind_are_read_with_their_places),
        cmocka_unit_test(words_are_not_taken_for_truth_or_numbers),
        cmocka_unit_test(what_could_mean_two_things_is_refused),
        cmocka_unit_test(broken_text_has_a_line_and_a_reason),
        cmocka_unit_test(depth_and_size_are_limited),
        cmocka_unit_test(columns_count_characters_of_the_editor),
        cmocka_unit_test(mistakes_are_explained_in_chinese),
        cmocka_unit_test(an_empty_text_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
