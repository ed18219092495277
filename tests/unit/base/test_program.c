#include "base/program.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "support/test.h"
#include "support/tmp.h"

static void make(const char *dir, const char *name, unsigned mode)
{
    assert_int_equal(chmod(tmp_write(dir, name, "#!/bin/true\n"), mode), 0);
}

static int setup(void **state)
{
    assert_int_equal(tmp_setup(state), 0);
    assert_int_equal(mkdir(tmp_path(*state, "one"), 0700), 0);
    assert_int_equal(mkdir(tmp_path(*state, "two"), 0700), 0);
    assert_int_equal(mkdir(tmp_path(*state, "two/folder"), 0700), 0);
    make(*state, "one/tool", 0700);
    make(*state, "two/tool", 0700);
    make(*state, "one/blocked-in-one", 0600);
    make(*state, "two/blocked-in-one", 0700);
    make(*state, "two/blocked", 0600);
    return 0;
}

/* `path` with each '@' standing for the fixture's directory. */
static int find(const char *dir, const char *name, const char *path, char **ret,
                cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    for (const char *c = path; *c; c++) {
        if (*c == '@')
            cs_strbuf_add(&b, dir);
        else
            cs_strbuf_putc(&b, *c);
    }
    assert_int_equal(cs_strbuf_check(&b), 0);
    return cs_program_find(name, b.data, ret, info);
}

static void expect_found(void **state, const char *name, const char *path,
                         const char *file)
{
    CS_AUTO_MEM char *found = NULL;
    assert_int_equal(find(*state, name, path, &found, NULL), 0);
    assert_string_equal(found, tmp_path(*state, file));
}

static void the_first_directory_that_has_it_wins(void **state)
{
    expect_found(state, "tool", "@/one:@/two", "one/tool");
    expect_found(state, "tool", "@/two:@/one", "two/tool");
    expect_found(state, "tool", "/nowhere:@/two/", "two/tool");
}

static void what_may_not_be_executed_is_passed_over(void **state)
{
    expect_found(state, "blocked-in-one", "@/one:@/two", "two/blocked-in-one");
}

static void only_blocked_files_are_a_matter_of_permission(void **state)
{
    cs_errinfo info = {0};
    char *found = NULL;
    assert_int_equal(find(*state, "blocked", "@/one:@/two", &found, &info),
                     CS_E_ACCESS);
    assert_string_equal(info.message,
                        "cannot run 'blocked': the file is not executable");
    assert_null(found);
}

static void what_is_nowhere_is_not_found(void **state)
{
    cs_errinfo info = {0};
    char *found = NULL;
    assert_int_equal(find(*state, "no-such", "@/one:@/two", &found, &info),
                     CS_E_NOTFOUND);
    assert_string_equal(info.message,
                        "cannot run 'no-such': no such program is "
                        "installed (PATH)");
    assert_int_equal(find(*state, "folder", "@/two", &found, NULL),
                     CS_E_NOTFOUND);
    assert_int_equal(find(*state, "tool", "", &found, NULL), CS_E_NOTFOUND);
    assert_int_equal(find(*state, "", "@/one", &found, NULL), CS_E_NOTFOUND);
    assert_null(found);
}

static void the_current_directory_is_never_searched(void **state)
{
    char here[4096];
    char *found = NULL;
    assert_non_null(getcwd(here, sizeof(here)));
    assert_int_equal(chdir(tmp_path(*state, "one")), 0);
    int r = find(*state, "tool", ":.:../one::", &found, NULL);
    assert_int_equal(chdir(here), 0);
    assert_int_equal(r, CS_E_NOTFOUND);
    assert_null(found);
}

static void a_name_with_a_slash_is_taken_as_it_is(void **state)
{
    (void)state;
    CS_AUTO_MEM char *found = NULL;
    assert_int_equal(cs_program_find("./no/such", "/bin", &found, NULL), 0);
    assert_string_equal(found, "./no/such");
}

static void without_a_path_the_usual_places_are_searched(void **state)
{
    (void)state;
    CS_AUTO_MEM char *found = NULL;
    assert_int_equal(cs_program_find("sh", NULL, &found, NULL), 0);
    assert_int_equal(access(found, X_OK), 0);
    assert_true(cs_str_ends_with(cs_str_of(found), CS_STR("/bin/sh")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_directory_that_has_it_wins),
        cmocka_unit_test(what_may_not_be_executed_is_passed_over),
        cmocka_unit_test(only_blocked_files_are_a_matter_of_permission),
        cmocka_unit_test(what_is_nowhere_is_not_found),
        cmocka_unit_test(the_current_directory_is_never_searched),
        cmocka_unit_test(a_name_with_a_slash_is_taken_as_it_is),
        cmocka_unit_test(without_a_path_the_usual_places_are_searched),
    };
    return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
