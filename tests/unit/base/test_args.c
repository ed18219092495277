#include "base/args.h"

#include <string.h>

#include "support/test.h"

typedef struct options {
    bool quick, all;
    int64_t threads;
    double rate;
    const char *name, *out;
    int mode;
    uint64_t size;
    int64_t wait;
    cs_arg_list tags;
    const char *scan;
    cs_arg_list more;
} options;

static const char *const modes[] = {"auto", "cpu", "cuda", NULL};

static const cs_arg rows[] = {
    CS_ARG_FLAG(options, quick, 'q', "quick", "be quick"),
    CS_ARG_FLAG(options, all, 'a', "all", "all of it"),
    CS_ARG_INT(options, threads, 't', "threads", "N", 0, 512, "0", "threads"),
    CS_ARG_FLOAT(options, rate, 'r', "rate", "X", 0, 1, "0.1", "rate"),
    CS_ARG_STRING(options, name, 'n', "name", "NAME", NULL, "a name"),
    CS_ARG_PATH(options, out, 'o', "out", "DIR", NULL, "where to"),
    CS_ARG_WORD(options, mode, 'm', "mode", "MODE", modes, "auto", "how"),
    CS_ARG_SIZE(options, size, 's', "size", "SIZE", 1, 1048576, NULL, "size"),
    CS_ARG_DURATION(options, wait, 'w', "wait", "TIME", 0, 60000000000, NULL,
                    "time"),
    CS_ARG_LIST(options, tags, 'g', "tag", "TAG", "a tag"),
    CS_ARG_ONE(options, scan, "SCAN", 1, "a scan"),
    CS_ARG_MANY(options, more, "MORE", 0, 2, "more scans"),
};

static options chosen;

static int parse(cs_errinfo *info, const char *const *words)
{
    char *argv[20] = {NULL};
    int argc = 0;
    for (; words[argc]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc];
    chosen = (options){.name = "before"};
    cs_arg_group group = {"options", rows, CS_COUNTOF(rows), &chosen};
    *info = (cs_errinfo){.lang = info->lang};
    return cs_args_parse(&group, 1, argc, argv, info);
}

static void done(void)
{
    cs_arg_group group = {"options", rows, CS_COUNTOF(rows), &chosen};
    cs_args_done(&group, 1);
}

#define PARSE(...) parse(&info, (const char *const[]){__VA_ARGS__, NULL})

static void every_spelling_of_a_value_is_read(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(PARSE("--threads", "4", "--rate=0.5", "-n", "x", "-oDIR",
                           "--mode=cuda", "-s64KiB", "--wait", "30s", "a.mhd"),
                     0);
    assert_int_equal(chosen.threads, 4);
    assert_true(chosen.rate == 0.5);
    assert_string_equal(chosen.name, "x");
    assert_string_equal(chosen.out, "DIR");
    assert_int_equal(chosen.mode, 2);
    assert_int_equal(chosen.size, 65536);
    assert_true(chosen.wait == INT64_C(30000000000));
    assert_string_equal(chosen.scan, "a.mhd");
    done();
}

static void short_flags_go_together(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(PARSE("-qat7", "x"), 0);
    assert_true(chosen.quick && chosen.all);
    assert_int_equal(chosen.threads, 7);
    done();
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(PARSE("-q", "--", "-a", "--all"), 0);
    assert_true(chosen.quick);
    assert_false(chosen.all);
    assert_string_equal(chosen.scan, "-a");
    assert_int_equal(chosen.more.len, 1);
    assert_string_equal(chosen.more.items[0], "--all");
    done();
    assert_int_equal(PARSE("-"), 0);
    assert_string_equal(chosen.scan, "-");
    done();
}

static void lists_keep_their_order(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(PARSE("-g1", "x", "--tag", "2", "--tag=3", "y", "z"), 0);
    assert_int_equal(chosen.tags.len, 3);
    assert_string_equal(chosen.tags.items[2], "3");
    assert_int_equal(chosen.more.len, 2);
    done();
}

static void expect_message(const cs_errinfo *info, int r, const char *says)
{
    assert_int_equal(r, CS_E_USAGE);
    assert_string_equal(info->message, says);
    assert_string_equal(chosen.name, "before");
    assert_int_equal(chosen.threads, 0);
    done();
}

static void mistakes_name_what_was_written_and_what_is_allowed(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    expect_message(&info, PARSE("--thread", "4", "x"),
                   "unknown option '--thread' (did you mean '--threads'?)");
    expect_message(&info, PARSE("--zzz", "x"), "unknown option '--zzz'");
    expect_message(&info, PARSE("-z", "x"), "unknown option '-z'");
    expect_message(&info, PARSE("--threads=513", "x"),
                   "'--threads': expected a whole number from 0 to 512, not "
                   "'513'");
    expect_message(&info, PARSE("--threads=", "x"),
                   "'--threads': expected a whole number from 0 to 512, not "
                   "''");
    expect_message(&info, PARSE("-m", "gpu", "x"),
                   "'-m': expected one of auto, cpu, cuda, not 'gpu'");
    expect_message(&info, PARSE("x", "--name"), "'--name' needs a value");
    expect_message(&info, PARSE("--quick=1", "x"), "'--quick' takes no value");
    expect_message(&info, PARSE("-q", "-q", "x"), "'-q' is given twice");
    expect_message(&info, PARSE("-q"), "argument SCAN is missing");
    expect_message(&info, PARSE("1", "2", "3", "4"), "unexpected argument '4'");
    expect_message(&info, PARSE("--out=", "x"), "'--out': the path is empty");
}

static void mistakes_are_explained_in_chinese(void **state)
{
    (void)state;
    cs_errinfo info = {.lang = CS_LANG_ZH};
    expect_message(&info, PARSE("--thread", "4", "x"),
                   "未知选项 “--thread”（是不是 “--threads”？）");
}

static void hostile_words_are_shown_safely(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(PARSE("--\x1b[2J\n", "x"), CS_E_USAGE);
    assert_null(strchr(info.message, '\n'));
    assert_null(strchr(info.message, '\x1b'));
    char word[4100];
    memset(word, 'w', sizeof(word) - 1);
    word[0] = word[1] = '-';
    word[sizeof(word) - 1] = '\0';
    assert_int_equal(PARSE(word), CS_E_USAGE);
    assert_true(strlen(info.message) < CS_ERR_MESSAGE_MAX);
}

static void leading_options_stop_at_the_first_word(void **state)
{
    (void)state;
    char q[] = "-q", word[] = "check", a[] = "--all";
    char *const argv[] = {q, word, a, NULL};
    chosen = (options){0};
    cs_arg_group group = {"options", rows, 10, &chosen};
    assert_int_equal(cs_args_parse_leading(&group, 1, 3, argv, NULL), 1);
    assert_true(chosen.quick);
    assert_false(chosen.all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_of_a_value_is_read),
        cmocka_unit_test(short_flags_go_together),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(lists_keep_their_order),
        cmocka_unit_test(mistakes_name_what_was_written_and_what_is_allowed),
        cmocka_unit_test(mistakes_are_explained_in_chinese),
        cmocka_unit_test(hostile_words_are_shown_safely),
        cmocka_unit_test(leading_options_stop_at_the_first_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
