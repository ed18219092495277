/* The tree's rules fail when they should: each test breaks a copy of the tree
 * in one way and runs the tool that guards against it. */
#include <string.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/subprocess.h"
#include "support/test.h"
#include "support/tmp.h"

#define LIMIT ((size_t)1 << 20)
#define TIMEOUT_NS (INT64_C(60) * 1000000000)

static int run(const char *const *argv, cs_proc_result *ret)
{
    cs_errinfo info = {0};
    cs_proc_spec spec = {.argv = argv, .cwd = CS_SOURCE_DIR};
    spec.out = spec.err = CS_STDIO_PIPE;
    if (cs_proc_run(&spec, NULL, 0, LIMIT, TIMEOUT_NS, ret, &info) < 0)
        fail_msg("%s: %s", argv[0], info.message);
    return ret->status;
}

/* A copy of src/ (and what the tools read besides) in the test's directory. */
static int copy_tree(void **state)
{
    if (tmp_setup(state) < 0)
        return -1;
    cs_proc_result result = CS_PROC_RESULT_INIT;
    const char *copy[] = {"cp", "-r", "src", *state, NULL};
    int status = run(copy, &result);
    cs_proc_result_done(&result);
    return status;
}

static void append(const char *dir, const char *name, const char *text)
{
    cs_strbuf content = CS_STRBUF_INIT;
    const char *path = tmp_path(dir, name);
    assert_int_equal(cs_file_read(path, LIMIT, &content, NULL), 0);
    assert_int_equal(cs_strbuf_add(&content, text), 0);
    assert_int_equal(cs_file_write(path, content.data, content.len, 0644, NULL),
                     0);
    cs_strbuf_done(&content);
}

static void expect_includes(const char *dir, int status, const char *says)
{
    cs_proc_result result = CS_PROC_RESULT_INIT;
    const char *check[] = {"tools/check-includes", dir, NULL};
    assert_int_equal(run(check, &result), status);
    if (says)
        assert_non_null(strstr(result.out.data, says));
    else
        assert_string_equal(result.out.data, "");
    cs_proc_result_done(&result);
}

static void the_tree_as_it_is_passes(void **state)
{
    expect_includes(*state, 0, NULL);
}

static void an_arrow_that_points_up_is_refused(void **state)
{
    append(*state, "src/base/arena.c", "#include \"cli/command.h\"\n");
    expect_includes(*state, 1,
                    "'base' may not use 'cli' (it may use no other room");
}

static void the_fault_names_file_and_line(void **state)
{
    tmp_write(*state, "src/base/up.c",
              "#include <stdio.h>\n\n#include \"cli/command.h\"\n");
    expect_includes(*state, 1, "src/base/up.c:3: ");
}

static void a_way_around_by_dots_is_refused(void **state)
{
    append(*state, "src/base/arena.c", "#include \"../cli/command.h\"\n");
    expect_includes(*state, 1, "include by path from src/");
}

static void a_room_outside_the_table_is_refused(void **state)
{
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "src/attic"), 0755, NULL), 0);
    expect_includes(*state, 1, "room 'attic' is missing in src/rooms.txt");
}

static void a_table_with_a_way_up_is_refused(void **state)
{
    append(*state, "src/rooms.txt", "attic cellar\ncellar attic\n");
    expect_includes(*state, 1, "'attic' uses 'cellar', which is not listed");
}

static void a_text_without_chinese_is_refused(void **state)
{
    append(*state, "src/base/error.c",
           "int extra(void);\nint extra(void)\n{\n"
           "    return cs_fail(NULL, CS_E_IO, \"a new complaint\");\n}\n");
    cs_proc_result result = CS_PROC_RESULT_INIT;
    const char *check[] = {"tools/messages", "check", *state, NULL};
    assert_int_equal(run(check, &result), 1);
    assert_non_null(
        strstr(result.out.data, "no Chinese for 'a new complaint'"));
    cs_proc_result_done(&result);
}

static void a_translation_with_other_conversions_is_refused(void **state)
{
    append(*state, "src/base/error.c",
           "int extra(void);\nint extra(void)\n{\n"
           "    return cs_fail(NULL, CS_E_IO, \"%d too many\", 1);\n}\n");
    append(*state, "src/base/zh-CN.po",
           "\nmsgid \"%d too many\"\nmsgstr \"多了 %s 个\"\n");
    cs_proc_result result = CS_PROC_RESULT_INIT;
    const char *check[] = {"tools/messages", "check", *state, NULL};
    assert_int_equal(run(check, &result), 1);
    assert_non_null(strstr(result.err.data, "format specifications"));
    cs_proc_result_done(&result);
}

#define RULE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, copy_tree, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(the_tree_as_it_is_passes),
        RULE(an_arrow_that_points_up_is_refused),
        RULE(the_fault_names_file_and_line),
        RULE(a_way_around_by_dots_is_refused),
        RULE(a_room_outside_the_table_is_refused),
        RULE(a_table_with_a_way_up_is_refused),
        RULE(a_text_without_chinese_is_refused),
        RULE(a_translation_with_other_conversions_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
