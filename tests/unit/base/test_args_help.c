#include <string.h>

#include "base/args.h"
#include "base/utf8.h"
#include "support/test.h"

typedef struct options {
    bool quick;
    int64_t threads;
    const char *scan;
} options;

static const cs_arg rows[] = {
    CS_ARG_FLAG(options, quick, 'q', "quick", "explain a command"),
    CS_ARG_INT(options, threads, '\0', "threads", "N", 0, 512, "0",
               "a very long explanation that has to be wrapped because it does "
               "not fit"),
    CS_ARG_ONE(options, scan, "SCAN", 0, "a scan"),
};

static const cs_arg_group group = {"options", rows, CS_COUNTOF(rows), NULL};

static void help_names_usage_summary_and_every_row(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    assert_int_equal(
        cs_args_help(&out, "it", "does it", &group, 1, CS_LANG_EN, 100), 0);
    assert_memory_equal(out.data, "usage: it", 9);
    static const char *const parts[] = {"[SCAN]", "does it", "-q, --quick",
                                        "--threads N", "(default:"};
    for (size_t i = 0; i < CS_COUNTOF(parts); i++) {
        if (!strstr(out.data, parts[i]))
            fail_msg("'%s' is not in\n%s", parts[i], out.data);
    }
}

static void lines_fit_the_width(void **state)
{
    (void)state;
    for (size_t width = 50; width <= 100; width += 10) {
        CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
        assert_int_equal(
            cs_args_help(&out, "it", NULL, &group, 1, CS_LANG_ZH, width), 0);
        cs_str rest = cs_strbuf_str(&out), line;
        while (cs_str_cut(rest, '\n', &line, &rest))
            assert_true(cs_utf8_width(line.data, line.len) <= width);
    }
}

static void chinese_help_is_translated_and_aligned(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_args_help(&out, "it", NULL, &group, 1, CS_LANG_ZH, 80);
    assert_non_null(strstr(out.data, "用法：it"));
    assert_non_null(strstr(out.data, "说明一条命令"));
    assert_non_null(strstr(out.data, "（默认：0）"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_names_usage_summary_and_every_row),
        cmocka_unit_test(lines_fit_the_width),
        cmocka_unit_test(chinese_help_is_translated_and_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
