#include "base/doc.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "support/tmp.h"

static void the_extension_chooses_the_format(void **state)
{
    static const char *const names[] = {"a.json", "a.yaml", "a.yml"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        CS_AUTO(cs_doc) doc = NULL;
        const char *path = tmp_write(*state, names[i], "{\"a\": 1}");
        assert_int_equal(cs_doc_load(path, 100, &doc, NULL), 0);
        assert_string_equal(cs_doc_name(doc), path);
        const cs_node *a = cs_node_get(cs_doc_root(doc), CS_STR("a"));
        assert_int_equal(a->integer, 1);
        assert_string_equal(cs_node_place(a).file, path);
        assert_int_equal(cs_node_key_place(a).column, 2);
    }
}

static void an_unknown_extension_names_the_known_ones(void **state)
{
    cs_doc *doc = NULL;
    cs_errinfo info = {0};
    const char *path = tmp_write(*state, "a.toml", "a = 1");
    assert_int_equal(cs_doc_load(path, 100, &doc, &info), CS_E_FORMAT);
    assert_string_equal(
        info.message,
        "the name must end in .json, .yaml or .yml, to tell the format");
    assert_string_equal(info.place, path);
}

static void missing_and_oversized_files_are_refused(void **state)
{
    cs_doc *doc = NULL;
    cs_errinfo info = {0};
    assert_int_equal(cs_doc_load(tmp_path(*state, "no.yaml"), 100, &doc, &info),
                     CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "no.yaml"));
    const char *path = tmp_write(*state, "big.yaml", "0123456789");
    assert_int_equal(cs_doc_load(path, 9, &doc, &info), CS_E_LIMIT);
    assert_null(doc);
}

static void members_are_found_among_many_and_kept_in_order(void **state)
{
    static char text[20000];
    size_t n = 0;
    for (int i = 0; i < 1000; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "k%d: %d\n",
                              i * 7919 % 1000, i);
    CS_AUTO(cs_doc) doc = NULL;
    const char *path = tmp_write(*state, "many.yaml", text);
    assert_int_equal(cs_doc_load(path, sizeof(text), &doc, NULL), 0);
    int expected = 0;
    for (CS_EACH_CHILD(child, cs_doc_root(doc))) {
        assert_int_equal(child->integer, expected++);
        assert_ptr_equal(cs_node_get(cs_doc_root(doc), child->key), child);
    }
    assert_int_equal(expected, 1000);
    cs_doc_free(NULL);
}

#define IN_DIR(test)                                                           \
    cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(the_extension_chooses_the_format),
        IN_DIR(an_unknown_extension_names_the_known_ones),
        IN_DIR(missing_and_oversized_files_are_refused),
        IN_DIR(members_are_found_among_many_and_kept_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
