/* Help, version, wrong usage: what somebody meets who has just built it. */
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "program.h"
#include "support/tmp.h"

static char *output_of(const program_run *run)
{
    static char text[1 << 16];
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(run, &result), 0);
    assert_string_equal(result.err.data, "");
    assert_in_range(result.out.len, 1, sizeof(text) - 1);
    memcpy(text, result.out.data, result.out.len + 1);
    cs_proc_result_done(&result);
    return text;
}

static json_t *json_of(const program_run *run)
{
    json_error_t error;
    json_t *json = json_loads(output_of(run), JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("line %d: %s", error.line, error.text);
    return json;
}

/* In the order of the help. */
static const char *const commands[] = {
    "check",   "config",   "weights", "infer",         "image",
    "phantom", "evaluate", "train",   "segment-lungs", "diagnose",
    "model",   "bench",    "help",
};

static void help_lists_the_commands_and_only_those(void **state)
{
    (void)state;
    char *text = output_of(&(program_run){.args = ARGS("--help")});
    char *list = strstr(text, "commands:\n");
    assert_non_null(list);
    list += strlen("commands:\n");
    for (size_t i = 0; i < CS_COUNTOF(commands); i++) {
        size_t n = strlen(commands[i]);
        assert_memory_equal(list, "  ", 2);
        assert_memory_equal(list + 2, commands[i], n);
        assert_int_equal(list[2 + n], ' ');
        do
            list = strchr(list, '\n') + 1;
        while (strncmp(list, "   ", 3) == 0);
    }
    assert_int_equal(list[0], '\n');
}

static void every_command_explains_itself_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(commands); i++) {
        char *en =
            output_of(&(program_run){.args = ARGS(commands[i], "--help")});
        assert_memory_equal(en, "usage: consilium ", 17);
        assert_non_null(strstr(en, commands[i]));
        assert_non_null(strstr(en, "--json"));
        char *zh = output_of(
            &(program_run){.args = ARGS(commands[i], "--help", "--lang=zh")});
        assert_non_null(strstr(zh, "用法"));
        assert_non_null(strstr(zh, "--json"));
        assert_true(cs_utf8_valid(zh, strlen(zh)));
        char *other =
            output_of(&(program_run){.args = ARGS("help", commands[i]),
                                     .env = ARGS("CONSILIUM_LANG=zh_CN")});
        assert_non_null(strstr(other, "用法"));
    }
}

static void help_fits_the_width_it_is_given(void **state)
{
    (void)state;
    static const char *const langs[] = {"--lang=en", "--lang=zh"};
    for (size_t i = 0; i < 2; i++) {
        char *text = output_of(&(program_run){.args = ARGS(langs[i], "--help"),
                                              .env = ARGS("COLUMNS=60")});
        cs_str rest = cs_str_of(strchr(text, ':')), line;
        while (cs_str_cut(rest, '\n', &line, &rest) &&
               !cs_str_starts_with(rest, CS_STR("\n")))
            assert_true(cs_utf8_width(line.data, line.len) <= 60);
    }
}

static void version_says_what_runs_here(void **state)
{
    (void)state;
    char *text = output_of(&(program_run){.args = ARGS("--version")});
    assert_memory_equal(text, "consilium 0.1.0 (", 17);
    assert_non_null(strstr(text, "jansson 2."));
    json_t *json =
        json_of(&(program_run){.args = ARGS("--json", "--version"),
                               .env = ARGS("CONSILIUM_CPU_TIER=baseline")});
    assert_string_equal(json_string_value(json_object_get(json, "version")),
                        "0.1.0");
    assert_string_equal(json_string_value(json_object_get(json, "cpu_tier")),
                        "baseline");
    json_decref(json);
}

static void a_wrong_tier_is_refused_by_name(void **state)
{
    (void)state;
    expect_part(&(program_run){.args = ARGS("--version"),
                               .env = ARGS("CONSILIUM_CPU_TIER=sse9")},
                3, "consilium: CONSILIUM_CPU_TIER: ");
}

static void wrong_usage_is_one_line_and_status_2(void **state)
{
    (void)state;
    expect(&(program_run){.args = ARGS("chekc")}, 2,
           "consilium: unknown command 'chekc' (did you mean 'check'?)");
    expect(&(program_run){.args = ARGS("frobnicate")}, 2,
           "consilium: unknown command 'frobnicate'; 'consilium --help' lists "
           "them all");
    const char *const none[] = {NULL};
    expect(&(program_run){.args = none}, 2,
           "consilium: a command is missing; 'consilium --help' lists them");
    expect_part(&(program_run){.args = ARGS("check", "--jsno")}, 2, "'--json'");
    expect_part(&(program_run){.args = ARGS("check", "--data")}, 2, "--data");
    expect_part(&(program_run){.args = ARGS("check", "extra")}, 2, "extra");
    expect_part(&(program_run){.args = ARGS("weights")}, 2, "ACTION");
    expect_part(&(program_run){.args = ARGS("infer")}, 2, "NETWORK");
    expect_part(&(program_run){.args = ARGS("--lang", "fr", "check")}, 2, "fr");
    expect_part(&(program_run){.args = ARGS("--lang", "zh", "chekc")}, 2,
                "check");
    expect(&(program_run){.args = ARGS("--lang", "zh", "chekc")}, 2,
           "consilium: 未知命令 “chekc”（是不是想输入 “check”？）");
}

static void hostile_words_stay_on_one_safe_line(void **state)
{
    (void)state;
    expect_part(&(program_run){.args = ARGS("a\nb\x1b[2J\xff")}, 2,
                "a\\x0ab\\x1b[2J\\xff");
    char word[4097];
    memset(word, 'w', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    expect_part(&(program_run){.args = ARGS(word)}, 2, "lists them all");
    expect(&(program_run){.args = ARGS("check", "--data", word)}, 1, "");
}

static void a_full_disk_on_standard_output_is_noticed(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full > 0);
    expect(&(program_run){.args = ARGS("--help"), .out_fd = full}, 3,
           "consilium: cannot write 'standard output': the disk is full");
    close(full);
}

static void a_reader_that_has_gone_ends_it_quietly(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    expect(&(program_run){.args = ARGS("--help"), .out_fd = ends[1]}, 1, "");
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_lists_the_commands_and_only_those),
        cmocka_unit_test(every_command_explains_itself_in_both_languages),
        cmocka_unit_test(help_fits_the_width_it_is_given),
        cmocka_unit_test(version_says_what_runs_here),
        cmocka_unit_test(a_wrong_tier_is_refused_by_name),
        cmocka_unit_test(wrong_usage_is_one_line_and_status_2),
        cmocka_unit_test(hostile_words_stay_on_one_safe_line),
        cmocka_unit_test(a_full_disk_on_standard_output_is_noticed),
        cmocka_unit_test(a_reader_that_has_gone_ends_it_quietly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
