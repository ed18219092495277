#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "support/test.h"

static const char *line_of(const cs_errinfo *info)
{
    static char line[1024];
    return cs_errinfo_format(info, line, sizeof(line));
}

static void a_failure_returns_its_code_and_keeps_the_words(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(cs_fail(&info, CS_E_RANGE, "%d is too many", 7),
                     CS_E_RANGE);
    assert_int_equal(info.code, CS_E_RANGE);
    assert_string_equal(info.message, "7 is too many");
    assert_string_equal(info.msgid, "%d is too many");
    assert_string_equal(line_of(&info), "7 is too many");
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    cs_place at = {"x", 1, 1};
    assert_int_equal(cs_fail(NULL, CS_E_IO, "lost"), CS_E_IO);
    assert_int_equal(cs_fail_at(NULL, CS_E_FORMAT, at, "bad"), CS_E_FORMAT);
    assert_int_equal(cs_fail_errno(NULL, ENOSPC, "full"), CS_E_NOSPACE);
    assert_int_equal(cs_fail_nomem(NULL), CS_E_NOMEM);
    cs_errinfo_set_place(NULL, "x");
    cs_errinfo_clear(NULL);
}

static void a_place_is_shown_as_far_as_it_is_known(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){"a.yaml", 12, 3}, "odd");
    assert_string_equal(line_of(&info), "a.yaml:12:3: odd");
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){"a.yaml", 12, 0}, "odd");
    assert_string_equal(line_of(&info), "a.yaml:12: odd");
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){"a.yaml", 0, 0}, "odd");
    assert_string_equal(line_of(&info), "a.yaml: odd");
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){NULL, 4, 0}, "odd");
    assert_string_equal(line_of(&info), "odd");
}

static void the_file_may_be_named_later_but_only_once(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_errinfo_set_place(&info, "nothing failed yet");
    assert_string_equal(info.place, "");
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){NULL, 4, 2}, "odd");
    cs_errinfo_set_place(&info, "plan.yaml");
    cs_errinfo_set_place(&info, "other.yaml");
    assert_string_equal(line_of(&info), "plan.yaml:4:2: odd");
}

static void clearing_keeps_the_language(void **state)
{
    (void)state;
    cs_errinfo info = {.lang = CS_LANG_ZH};
    cs_fail_at(&info, CS_E_IO, (cs_place){"x", 1, 1}, "lost");
    cs_errinfo_clear(&info);
    assert_int_equal(info.lang, CS_LANG_ZH);
    assert_int_equal(info.code, 0);
    assert_string_equal(info.message, "");
    assert_string_equal(info.place, "");
}

static void a_message_is_one_line_without_power_over_the_terminal(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_fail(&info, CS_E_FORMAT, "name '%s'", "a\nb\x1b[2J\xff\xe2\x80\xae");
    assert_string_equal(info.message,
                        "name 'a\\x0ab\\x1b[2J\\xff\\xe2\\x80\\xae'");
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){"x\ny", 1, 0}, "odd");
    assert_string_equal(line_of(&info), "x\\x0ay:1: odd");
}

static void a_4_kb_name_loses_its_middle_not_the_cause(void **state)
{
    (void)state;
    char name[4097];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    cs_errinfo info = {0};
    cs_fail_errno(&info, ENAMETOOLONG, "cannot open '%s'", name);
    size_t len = strlen(info.message);
    assert_in_range(len, CS_ERR_MESSAGE_MAX - 8, CS_ERR_MESSAGE_MAX - 1);
    assert_memory_equal(info.message, "cannot open 'nnn", 16);
    const char *end = "nnn': the name is too long";
    assert_string_equal(info.message + len - strlen(end), end);
    assert_non_null(strstr(info.message, "\xe2\x80\xa6"));
}

static void a_long_message_is_never_cut_inside_a_character(void **state)
{
    (void)state;
    char text[3 * 400 + 1] = "";
    for (int i = 0; i < 400; i++)
        memcpy(text + 3 * i, "\xe7\xbb\x93", 3);
    cs_errinfo info = {0};
    for (size_t n = 0; n < 6; n++) {
        cs_fail(&info, CS_E_FORMAT, "%.*s%s", (int)n, "abcdef", text);
        assert_null(strstr(info.message, "\\x"));
        assert_in_range(strlen(info.message), CS_ERR_MESSAGE_MAX - 8,
                        CS_ERR_MESSAGE_MAX - 1);
    }
}

static void messages_follow_the_language_of_their_owner(void **state)
{
    (void)state;
    cs_errinfo info = {.lang = CS_LANG_ZH};
    cs_fail_nomem(&info);
    assert_string_equal(info.message, "内存不足");
    assert_string_equal(info.msgid, "out of memory");
    cs_fail_errno(&info, ENOSPC, "%s", "x");
    assert_string_equal(info.message, "x: 磁盘已满");
}

static void errno_values_become_codes_and_words(void **state)
{
    (void)state;
    static const struct {
        int err, code;
        const char *text;
    } rows[] = {
        {ENOENT, CS_E_NOTFOUND, "no such file or directory"},
        {ENOTDIR, CS_E_NOTFOUND, "a part of the path is not a directory"},
        {EACCES, CS_E_ACCESS, "permission denied"},
        {EPERM, CS_E_ACCESS, "permission denied"},
        {EROFS, CS_E_ACCESS, "the file system is read-only"},
        {EEXIST, CS_E_EXISTS, "it exists already"},
        {ENOTEMPTY, CS_E_EXISTS, "the directory is not empty"},
        {EISDIR, CS_E_FORMAT, "it is a directory"},
        {ENOSPC, CS_E_NOSPACE, "the disk is full"},
        {EDQUOT, CS_E_NOSPACE, "the disk quota is used up"},
        {EFBIG, CS_E_LIMIT, "the file would be larger than is allowed"},
        {ENAMETOOLONG, CS_E_LIMIT, "the name is too long"},
        {ELOOP, CS_E_UNSAFE, "a symbolic link is not followed here"},
        {EXDEV, CS_E_UNSAFE, "the path leaves its directory"},
        {EMFILE, CS_E_LIMIT, "too many files are open"},
        {ENOMEM, CS_E_NOMEM, "out of memory"},
        {EIO, CS_E_IO, "the device reports an error"},
        {EPIPE, CS_E_IO, "the reader has gone"},
        {ETIMEDOUT, CS_E_TIMEOUT, "no answer in time"},
        {ECANCELED, CS_E_CANCELLED, "Operation canceled"},
        {ENOSYS, CS_E_UNSUPPORTED, "Function not implemented"},
        {99999, CS_E_IO, "unknown system error"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        assert_int_equal(cs_err_from_errno(rows[i].err), rows[i].code);
        assert_string_equal(cs_errno_text(CS_LANG_EN, rows[i].err),
                            rows[i].text);
    }
    assert_int_equal(cs_err_from_errno(0), CS_OK);
}

static void every_code_has_a_name_and_an_exit_status(void **state)
{
    (void)state;
    static const struct {
        int code, status;
        const char *name;
    } rows[] = {
        {CS_OK, 0, "CS_OK"},
        {CS_E_NOMEM, 1, "CS_E_NOMEM"},
        {CS_E_IO, 1, "CS_E_IO"},
        {CS_E_FORMAT, 3, "CS_E_FORMAT"},
        {CS_E_RANGE, 3, "CS_E_RANGE"},
        {CS_E_NOTFOUND, 3, "CS_E_NOTFOUND"},
        {CS_E_EXISTS, 3, "CS_E_EXISTS"},
        {CS_E_ACCESS, 3, "CS_E_ACCESS"},
        {CS_E_NOSPACE, 3, "CS_E_NOSPACE"},
        {CS_E_LIMIT, 3, "CS_E_LIMIT"},
        {CS_E_UNSAFE, 3, "CS_E_UNSAFE"},
        {CS_E_USAGE, 2, "CS_E_USAGE"},
        {CS_E_TIMEOUT, 1, "CS_E_TIMEOUT"},
        {CS_E_CANCELLED, 1, "CS_E_CANCELLED"},
        {CS_E_UNSUPPORTED, 1, "CS_E_UNSUPPORTED"},
        {CS_E_FAILED, 1, "CS_E_FAILED"},
        {12, 0, "CS_E_UNKNOWN"},
        {-99, 1, "CS_E_UNKNOWN"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        assert_int_equal(cs_exit_status(rows[i].code), rows[i].status);
        assert_string_equal(cs_err_name(rows[i].code), rows[i].name);
    }
}

static void the_remaining_errno_values_have_their_codes(void **state)
{
    (void)state;
    static const struct {
        int err, code;
    } rows[] = {
        {ESRCH, CS_E_NOTFOUND},         {ENFILE, CS_E_LIMIT},
        {EINVAL, CS_E_FORMAT},          {EILSEQ, CS_E_FORMAT},
        {EOPNOTSUPP, CS_E_UNSUPPORTED}, {EAGAIN, CS_E_IO},
        {ECONNRESET, CS_E_IO},          {-1, CS_E_IO},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++)
        assert_int_equal(cs_err_from_errno(rows[i].err), rows[i].code);
    assert_string_equal(cs_errno_text(CS_LANG_EN, ENFILE),
                        "too many files are open");
    for (int err = -5; err < 200; err++) {
        assert_true(strlen(cs_errno_text(CS_LANG_EN, err)) > 0);
        assert_true(strlen(cs_errno_text(CS_LANG_ZH, err)) > 0);
        assert_in_range(-cs_err_from_errno(err), err == 0 ? 0 : 1, 15);
    }
}

static void causes_are_told_in_chinese(void **state)
{
    (void)state;
    cs_errinfo info = {.lang = CS_LANG_ZH};
    static const struct {
        int err;
        const char *text;
    } rows[] = {
        {ENOENT, "没有这个文件或目录"}, {EACCES, "没有权限"},
        {EROFS, "文件系统是只读的"},    {EXDEV, "路径越出了所属目录"},
        {EIO, "设备报告错误"},          {99999, "未知的系统错误"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        char expected[128];
        int n =
            snprintf(expected, sizeof(expected), "扫描.mhd: %s", rows[i].text);
        assert_in_range(n, 1, sizeof(expected) - 1);
        cs_fail_errno(&info, rows[i].err, "%s", "扫描.mhd");
        assert_string_equal(info.message, expected);
        assert_string_equal(info.msgid, "%s");
    }
}

static void a_shortened_message_is_shortened_only_once(void **state)
{
    (void)state;
    char name[2000];
    for (size_t n = 400; n < sizeof(name); n += 37) {
        memset(name, 'n', n);
        name[n] = '\0';
        cs_errinfo info = {0};
        cs_fail_errno(&info, ENOENT, "cannot open '%s'", name);
        const char *gap = strstr(info.message, "\xe2\x80\xa6");
        if (gap)
            assert_null(strstr(gap + 1, "\xe2\x80\xa6"));
        const char *end = "': no such file or directory";
        size_t len = strlen(info.message);
        assert_string_equal(info.message + len - strlen(end), end);
        assert_true(len < sizeof(info.message));
    }
}

static void a_message_that_just_fits_is_whole(void **state)
{
    (void)state;
    char text[CS_ERR_MESSAGE_MAX + 1];
    memset(text, 't', sizeof(text));
    cs_errinfo info = {0};
    cs_fail(&info, CS_E_IO, "%.*s", CS_ERR_MESSAGE_MAX - 1, text);
    assert_int_equal(strlen(info.message), CS_ERR_MESSAGE_MAX - 1);
    assert_null(strstr(info.message, "\xe2\x80\xa6"));
    cs_fail(&info, CS_E_IO, "%.*s", CS_ERR_MESSAGE_MAX, text);
    assert_int_equal(strlen(info.message), CS_ERR_MESSAGE_MAX - 1);
    assert_non_null(strstr(info.message, "\xe2\x80\xa6"));
}

static void a_message_full_of_escapes_stays_one_valid_line(void **state)
{
    (void)state;
    char text[3001];
    for (size_t i = 0; i < 3000; i++)
        text[i] = "\n\xff\x1b\xe4\xbc\x9a"[i % 6];
    text[3000] = '\0';
    cs_errinfo info = {0};
    cs_fail(&info, CS_E_FORMAT, "%s.", text);
    assert_null(strpbrk(info.message, "\n\x1b\xff"));
    size_t len = strlen(info.message);
    assert_true(cs_utf8_valid(info.message, len));
    assert_string_equal(info.message + len - 4, "会.");
    assert_in_range(len, CS_ERR_MESSAGE_MAX - 8, CS_ERR_MESSAGE_MAX - 1);
}

static void a_long_place_keeps_its_end(void **state)
{
    (void)state;
    char file[4096];
    memset(file, 'd', sizeof(file));
    memcpy(file + sizeof(file) - 11, "/plan.yaml", 11);
    cs_errinfo info = {0};
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){file, 7, 2}, "odd");
    assert_true(strlen(info.place) < CS_ERR_PLACE_MAX);
    const char *end = "ddd/plan.yaml:7:2: odd";
    const char *line = line_of(&info);
    assert_string_equal(line + strlen(line) - strlen(end), end);
    assert_memory_equal(line, "dddd", 4);
}

static void a_small_buffer_gets_a_terminated_start(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_fail_at(&info, CS_E_FORMAT, (cs_place){"a.yaml", 12, 3}, "odd");
    char small[8];
    assert_string_equal(cs_errinfo_format(&info, small, sizeof(small)),
                        "a.yaml:");
}

static void an_earlier_failure_may_be_quoted_in_the_next(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_fail_at(&info, CS_E_IO, (cs_place){"f", 1, 2}, "inner");
    cs_fail(&info, CS_E_FAILED, "outer (%s)", info.message);
    assert_string_equal(info.message, "outer (inner)");
    assert_string_equal(info.place, "");
    assert_int_equal(info.line, 0);
    assert_int_equal(info.column, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_returns_its_code_and_keeps_the_words),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(a_place_is_shown_as_far_as_it_is_known),
        cmocka_unit_test(the_file_may_be_named_later_but_only_once),
        cmocka_unit_test(clearing_keeps_the_language),
        cmocka_unit_test(a_message_is_one_line_without_power_over_the_terminal),
        cmocka_unit_test(a_4_kb_name_loses_its_middle_not_the_cause),
        cmocka_unit_test(a_long_message_is_never_cut_inside_a_character),
        cmocka_unit_test(messages_follow_the_language_of_their_owner),
        cmocka_unit_test(errno_values_become_codes_and_words),
        cmocka_unit_test(every_code_has_a_name_and_an_exit_status),
        cmocka_unit_test(the_remaining_errno_values_have_their_codes),
        cmocka_unit_test(causes_are_told_in_chinese),
        cmocka_unit_test(a_shortened_message_is_shortened_only_once),
        cmocka_unit_test(a_message_that_just_fits_is_whole),
        cmocka_unit_test(a_message_full_of_escapes_stays_one_valid_line),
        cmocka_unit_test(a_long_place_keeps_its_end),
        cmocka_unit_test(a_small_buffer_gets_a_terminated_start),
        cmocka_unit_test(an_earlier_failure_may_be_quoted_in_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
