/* The plans that ship with the program, and the page that explains plans. */
#include <stdio.h>

#include "base/dir.h"
#include "base/file.h"
#include "support/test.h"
#include "train/plan_raw.h"

static void bundled_plans_are_good(void **state)
{
    (void)state;
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(CS_SOURCE_DIR "/plans", &list, NULL), 0);
    assert_true(list.len >= 6);
    for (size_t i = 0; i < list.len; i++) {
        char path[512];
        cs_errinfo info = {.lang = CS_LANG_EN};
        tr_plan p = {.arena = NULL};
        snprintf(path, sizeof(path), CS_SOURCE_DIR "/plans/%s", list.names[i]);
        if (tr_plan_load(path, &p, &info) < 0)
            fail_msg("%s:%u:%u: %s", path, info.line, info.column,
                     info.message);
        cs_str stem = cs_str_of(list.names[i]);
        stem.len -= strlen(".yaml");
        assert_true(cs_str_is(stem, p.name));
        tr_plan_done(&p);
    }
}

/* --- docs/training.md --- */

/* The rest of the line in which the key stands between backticks. */
static cs_str line_of(const cs_strbuf *page, const char *key)
{
    char quoted[128];
    snprintf(quoted, sizeof(quoted), "`%s`", key);
    const char *at = strstr(page->data, quoted);
    if (!at) {
        fail_msg("docs/training.md does not name %s", quoted);
        return CS_STR("");
    }
    return (cs_str){at, strcspn(at, "\n")};
}

static void assert_says(cs_str line, const char *key, const char *limit)
{
    char copy[1024];
    snprintf(copy, sizeof(copy), "%.*s", CS_STR_ARG(line));
    if (!strstr(copy, limit))
        fail_msg("docs/training.md: the line of '%s' does not say %s", key,
                 limit);
}

static void check_limits(const cs_field *f, const char *key, cs_str line)
{
    char text[64];
    cs_field_kind kind = f->kind == CS_FIELD_LIST ? f->item : f->kind;
    if (kind == CS_FIELD_FLOAT) {
        snprintf(text, sizeof(text), "%g to %.7g", f->fmin, f->fmax);
        assert_says(line, key, text);
    } else if (kind == CS_FIELD_INT64 && f->max < INT64_MAX) {
        snprintf(text, sizeof(text), "%lld to %lld", (long long)f->min,
                 (long long)f->max);
        assert_says(line, key, text);
    }
    for (size_t i = 0; f->words && f->words[i]; i++) {
        snprintf(text, sizeof(text), "`%s`", f->words[i]);
        assert_says(line, key, text);
    }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables
static void check_table(const cs_strbuf *page, const cs_table *t,
                        const char *above)
{
    for (size_t i = 0; i < t->n; i++) {
        const cs_field *f = &t->fields[i];
        char key[96];
        snprintf(key, sizeof(key), "%s%s", above, f->key);
        /* Folders to validate on have the keys of those to train on. */
        if (f->kind == CS_FIELD_STRUCT || strcmp(key, "data.train") == 0) {
            char below[100];
            snprintf(below, sizeof(below), "%s%s", key,
                     f->kind == CS_FIELD_LIST ? "[]." : ".");
            check_table(page, f->table, below);
        }
        if (f->kind != CS_FIELD_STRUCT)
            check_limits(f, key, line_of(page, key));
    }
}

static void the_page_names_each_key_with_its_limits(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) page = CS_STRBUF_INIT;
    assert_int_equal(
        cs_file_read(CS_SOURCE_DIR "/docs/training.md", 1 << 20, &page, NULL),
        0);
    check_table(&page, &tr_plan_table, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundled_plans_are_good),
        cmocka_unit_test(the_page_names_each_key_with_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
