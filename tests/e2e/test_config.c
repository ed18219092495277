/* Settings from files and variables, good and bad, as a hospital's IT would
 * meet them. */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "program.h"
#include "support/tmp.h"

static char file[4096];

/* Writes a settings file and runs `config show` on it. */
static program_run with(void **state, const char *name, const char *text)
{
    snprintf(file, sizeof(file), "%s", tmp_write(*state, name, text));
    static const char *args[] = {"config", "show", file, NULL};
    return (program_run){.args = args, .cwd = *state};
}

static void settings_show_value_and_origin(void **state)
{
    program_run run = with(state, "a.yaml", "data: /var/x\nthreads: 4\n");
    tmp_write(*state, ".env", "CONSILIUM_THREADS=2\n");
    run.env = ARGS("CONSILIUM_LANGUAGE=zh");
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    char expected[8192];
    snprintf(expected, sizeof(expected),
             "setting   value   comes from\n"
             "data      /var/x  %s:1\n"
             "language  zh      CONSILIUM_LANGUAGE\n"
             "threads   2       .env:1\n",
             file);
    assert_string_equal(result.out.data, expected);
    cs_proc_result_done(&result);
}

static void settings_are_json_for_programs(void **state)
{
    program_run run = with(state, "a.json", "{\"threads\": 3}");
    run.args = ARGS("--json", "config", "show", "--config", file);
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    json_t *json = json_loads(result.out.data, JSON_REJECT_DUPLICATES, NULL);
    json_t *threads = json_array_get(json_object_get(json, "settings"), 2);
    assert_string_equal(json_string_value(json_object_get(threads, "key")),
                        "threads");
    assert_string_equal(json_string_value(json_object_get(threads, "value")),
                        "3");
    assert_string_equal(json_string_value(json_object_get(threads, "source")),
                        "file");
    json_decref(json);
    cs_proc_result_done(&result);
}

static void valid_settings_check_out(void **state)
{
    program_run run = with(state, "a.yaml", "threads: 4\n");
    run.args = ARGS("config", "check", file);
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    assert_string_equal(result.out.data, "The settings are valid.\n");
    cs_proc_result_done(&result);
}

static void broken_files_are_one_line_and_status_3(void **state)
{
    static const struct {
        const char *name, *text, *says;
    } rows[] = {
        {"a.yaml", "threads: 4\nthread: 5\n",
         ":2:1: unknown key 'thread' (did you mean 'threads'?)"},
        {"a.yaml", "threads: 2000\n",
         ":1:10: key 'threads': expected 0 to 1024, not 2000"},
        {"a.yaml", "threads: many\n",
         ":1:10: key 'threads': expected a whole number, not 'many'"},
        {"a.yaml", "language: fr\n",
         ":1:11: key 'language': expected one of auto, en, zh, not 'fr'"},
        {"a.yaml", "data: ''\n",
         ":1:7: key 'data': expected a path; this one is empty"},
        {"a.yaml", "threads: [1\n", ".yaml:2:1: "},
        {"a.yaml", "a: \xff\n", ":1:4: the text is not valid UTF-8 here"},
        {"a.json", "{\"threads\": 4,}", ".json:1:15: "},
        {"a.json", "{\n\"threads\": 4,\n\"threads\": 5}",
         ":3:1: key \"threads\" is given twice"},
        {"a.toml", "threads = 4",
         ": the name must end in .json, .yaml or .yml, to tell the format"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        program_run run = with(state, rows[i].name, rows[i].text);
        expect_part(&run, 3, rows[i].says);
    }
}

static void wrong_variables_are_named(void **state)
{
    program_run run = with(state, "a.yaml", "threads: 4\n");
    run.env = ARGS("CONSILIUM_THREADS=-1");
    expect(&run, 3,
           "consilium: environment variable CONSILIUM_THREADS: expected 0 to "
           "1024, not -1");
    run.env = ARGS("CONSILIUM_TREADS=1");
    expect(&run, 3,
           "consilium: unknown variable CONSILIUM_TREADS (did you mean "
           "CONSILIUM_THREADS?)");
    run.env = ARGS("CONSILIUM_LANG=zh", "CONSILIUM_THREADS=x");
    expect(&run, 3,
           "consilium: 环境变量 CONSILIUM_THREADS：应为 整数，而不是 “x”");
    run.env = NULL;
    tmp_write(*state, ".env", "CONSILIUM_THREADS=1\nnonsense\n");
    expect(&run, 3, "consilium: .env:2: expected KEY=value");
}

static void files_that_cannot_be_read_are_explained(void **state)
{
    program_run run = {.args = ARGS("config", "show", "no.yaml"),
                       .cwd = *state};
    expect(&run, 3,
           "consilium: cannot open 'no.yaml': no such file or directory");
    assert_int_equal(mkdir(tmp_path(*state, "dir.yaml"), 0755), 0);
    run.args = ARGS("config", "show", "dir.yaml");
    expect_part(&run, 3, "dir.yaml");
    run.args = ARGS("config", "show", "../x/../no.yaml");
    expect_part(&run, 3, "no such file or directory");
    char name[4101];
    memset(name, 'n', sizeof(name));
    snprintf(name + 4090, 11, ".yaml");
    run.args = ARGS("config", "show", name);
    expect_part(&run, 3, "the name is too long");
    run.args = ARGS("config", "show", "bad\xff.yaml");
    expect_part(&run, 3, "'bad\\xff.yaml': no such file or directory");
}

static void a_file_without_permission_is_explained(void **state)
{
    program_run run = with(state, "a.yaml", "threads: 4\n");
    assert_int_equal(chmod(file, 0), 0);
    if (access(file, R_OK) == 0) {
        /* root reads everything: ask as nobody, who may enter the directory */
        assert_int_equal(chmod(*state, 0755), 0);
        char script[4300];
        snprintf(script, sizeof(script),
                 "exec setpriv --reuid 65534 --regid 65534 --clear-groups "
                 "\"$0\" config show '%s'",
                 file);
        const char *const argv[] = {"sh", "-c", script, CS_PROGRAM, NULL};
        cs_proc_spec spec = {.argv = argv, .cwd = "/"};
        cs_proc_result result = CS_PROC_RESULT_INIT;
        cs_errinfo info = {0};
        int r = cs_proc_run(&spec, NULL, 0, 10000, INT64_C(60000000000),
                            &result, &info);
        assert_int_equal(r, 0);
        if (strstr(result.err.data, CS_PROGRAM)) {
            cs_proc_result_done(&result);
            return; /* nobody cannot reach the program itself from here */
        }
        assert_int_equal(result.status, 3);
        assert_non_null(strstr(result.err.data, "permission denied\n"));
        cs_proc_result_done(&result);
        return;
    }
    expect_part(&run, 3, "permission denied");
}

static void nothing_is_left_behind_by_a_check(void **state)
{
    program_run run = {.args = ARGS("check", "--data", *state, "--json")};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    json_t *json = json_loads(result.out.data, JSON_REJECT_DUPLICATES, NULL);
    assert_true(json_is_true(json_object_get(json, "fit")));
    assert_int_equal(json_array_size(json_object_get(json, "findings")), 9);
    json_decref(json);
    cs_proc_result_done(&result);
    cs_dir_list list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(*state, &list, NULL), 0);
    assert_int_equal(list.len, 0);
    cs_dir_list_done(&list);
}

static void a_place_that_cannot_be_written_is_a_problem(void **state)
{
    (void)state;
    program_run run = {.args = ARGS("check", "--data", "/proc/x", "--json")};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 1);
    assert_non_null(strstr(result.out.data, "\"fit\": false"));
    assert_non_null(strstr(result.out.data, "\"status\": \"problem\""));
    cs_proc_result_done(&result);
}

#define IN_DIR(test)                                                           \
    cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(settings_show_value_and_origin),
        IN_DIR(settings_are_json_for_programs),
        IN_DIR(valid_settings_check_out),
        IN_DIR(broken_files_are_one_line_and_status_3),
        IN_DIR(wrong_variables_are_named),
        IN_DIR(files_that_cannot_be_read_are_explained),
        IN_DIR(a_file_without_permission_is_explained),
        IN_DIR(nothing_is_left_behind_by_a_check),
        IN_DIR(a_place_that_cannot_be_written_is_a_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
