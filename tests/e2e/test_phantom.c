/* Phantoms, as somebody meets them who needs scans and has none. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "program.h"
#include "support/tmp.h"

static char *text_of(const char *dir, const char *name)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_path(dir, name), 1 << 24, &text, NULL),
                     0);
    return cs_strbuf_take(&text);
}

static void a_folder_is_made_and_made_again(void **state)
{
    const program_run first = {.args = ARGS("phantom", "a", "--scans", "1",
                                            "--size", "48x48x32", "--seed", "9",
                                            "--threads", "1"),
                               .cwd = *state};
    const program_run second = {.args = ARGS("phantom", "b", "--scans", "2",
                                             "--size", "48x48x32", "--seed",
                                             "9", "--threads", "2"),
                                .cwd = *state};
    expect(&first, 0, "");
    expect(&second, 0, "");
    CS_AUTO_MEM char *a = text_of(*state, "a/annotations.csv");
    CS_AUTO_MEM char *b = text_of(*state, "b/annotations.csv");
    /* a second scan, and another number of threads, change nothing before it */
    assert_memory_equal(a, b, strlen(a));
    CS_AUTO_MEM char *uids = text_of(*state, "a/seriesuids.csv");
    char name[160];
    for (char *at = uids; *at; at = strchr(at, '\n') + 1) {
        size_t n = strcspn(at, "\n");
        CS_SCOPED(cs_strbuf) x = CS_STRBUF_INIT;
        CS_SCOPED(cs_strbuf) y = CS_STRBUF_INIT;
        snprintf(name, sizeof(name), "a/%.*s.raw", (int)n, at);
        assert_int_equal(
            cs_file_read(tmp_path(*state, name), 1 << 24, &x, NULL), 0);
        name[0] = 'b';
        assert_int_equal(
            cs_file_read(tmp_path(*state, name), 1 << 24, &y, NULL), 0);
        assert_int_equal(x.len, (size_t)48 * 48 * 32 * 2);
        assert_int_equal(y.len, x.len);
        assert_memory_equal(x.data, y.data, x.len);
    }
}

static void what_is_there_is_not_overwritten(void **state)
{
    const program_run make = {
        .args = ARGS("phantom", "c", "-n", "1", "--size", "32x32x32", "--json"),
        .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&make, &result), 0);
    json_t *json = json_loads(result.out.data, 0, NULL);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json, "scans")), 1);
    assert_false(json_is_true(json_object_get(json, "already_there")));
    json_decref(json);
    cs_proc_result_done(&result);
    assert_int_equal(program(&make, &result), 0);
    json = json_loads(result.out.data, 0, NULL);
    assert_true(json_is_true(json_object_get(json, "already_there")));
    json_decref(json);
    cs_proc_result_done(&result);
    const program_run other = {.args = ARGS("phantom", "c", "-n", "1", "--size",
                                            "32x32x32", "--seed", "2"),
                               .cwd = *state};
    expect(&other, 3,
           "consilium: 'c' is not empty and holds other things; take another "
           "folder, or --force to replace phantoms");
    const program_run forced = {.args =
                                    ARGS("phantom", "c", "-n", "1", "--size",
                                         "32x32x32", "--seed", "2", "--force"),
                                .cwd = *state};
    expect(&forced, 0, "");
}

static void force_spares_what_is_not_ours(void **state)
{
    const program_run forced = {.args = ARGS("phantom", "docs", "-n", "1",
                                             "--size", "32x32x32", "--force"),
                                .cwd = *state};
    assert_int_equal(mkdir(tmp_path(*state, "docs"), 0755), 0);
    tmp_write(*state, "docs/thesis.tex", "years");
    expect_part(&forced, 3, "'docs' was not made here as a phantom");
    CS_AUTO_MEM char *text = text_of(*state, "docs/thesis.tex");
    assert_string_equal(text, "years");
}

static void sites_are_listed_and_slips_are_answered(void **state)
{
    const program_run list = {.args = ARGS("phantom", "--list-sites")};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&list, &result), 0);
    static const char *const sites[] = {"default", "screening", "routine",
                                        "community"};
    for (size_t i = 0; i < CS_COUNTOF(sites); i++)
        assert_non_null(strstr(result.out.data, sites[i]));
    cs_proc_result_done(&result);
    expect(&(program_run){.args = ARGS("phantom")}, 2,
           "consilium: name the folder: consilium phantom DIR");
    expect_part(&(program_run){.args = ARGS("phantom", "d", "--site", "routin"),
                               .cwd = *state},
                2, "(did you mean 'routine'?)");
    static const char *const sizes[] = {
        "64x64", "64x64x64x64", "64x8x64", "64x64x-1", "axbxc", "9999x64x64"};
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
        const program_run run = {
            .args = ARGS("phantom", "d", "--size", sizes[i]), .cwd = *state};
        expect_part(&run, 2, "--size: expected XxYxZ with 16 to 1024 each");
    }
    expect(&(program_run){.args = ARGS("phantom", "d", "-s",
                                       "18446744073709551615")},
           2,
           "consilium: '-s': expected a whole number from 0 to "
           "9223372036854775807, not '18446744073709551615'");
    assert_int_equal(access(tmp_path(*state, "d"), F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_made_and_made_again),
        cmocka_unit_test(what_is_there_is_not_overwritten),
        cmocka_unit_test(force_spares_what_is_not_ours),
        cmocka_unit_test(sites_are_listed_and_slips_are_answered),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
