#include "base/path.h"

#include <string.h>

#include "support/test.h"

static void a_join_has_exactly_one_slash(void **state)
{
    (void)state;
    static const struct {
        const char *dir, *name, *joined;
    } cases[] = {
        {"a", "b", "a/b"},     {"a/", "b", "a/b"},   {"a//", "b", "a/b"},
        {"/", "b", "/b"},      {"a", "/b", "/b"},    {"", "b", "b"},
        {"a", "", "a"},        {"", "", ""},         {"a/b", "c/d", "a/b/c/d"},
        {"//", "etc", "/etc"}, {"", "/etc", "/etc"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
        assert_int_equal(
            cs_path_join(&b, cs_str_of(cases[i].dir), cs_str_of(cases[i].name)),
            0);
        assert_string_equal(b.data, cases[i].joined);
    }
}

static void a_join_appends(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "file://");
    assert_int_equal(cs_path_join(&b, CS_STR("/srv"), CS_STR("x")), 0);
    assert_string_equal(b.data, "file:///srv/x");
}

static void a_join_that_cannot_fit_appends_nothing(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "kept");
    cs_str endless = {"x", SIZE_MAX};
    assert_int_equal(cs_path_join(&b, CS_STR("y"), endless), CS_E_NOMEM);
    assert_string_equal(b.data, "kept");
}

static void paths_come_apart_into_dir_base_and_extension(void **state)
{
    (void)state;
    static const struct {
        const char *path, *dir, *base, *ext;
    } cases[] = {
        {"a/b.tar.gz", "a", "b.tar.gz", "gz"},
        {"a/b", "a", "b", ""},
        {"b", ".", "b", ""},
        {"/b", "/", "b", ""},
        {"//b", "/", "b", ""},
        {"/", "/", "/", ""},
        {"///", "/", "/", ""},
        {"", ".", "", ""},
        {"a/b/", "a", "b", ""},
        {"a//b", "a", "b", ""},
        {"a/", ".", "a", ""},
        {".profile", ".", ".profile", ""},
        {"x/.profile.old", "x", ".profile.old", "old"},
        {"a.", ".", "a.", ""},
        {"a.b/c", "a.b", "c", ""},
        {"scan.nii.gz/", ".", "scan.nii.gz", "gz"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        cs_str path = cs_str_of(cases[i].path);
        assert_true(cs_str_is(cs_path_dir(path), cases[i].dir));
        assert_true(cs_str_is(cs_path_base(path), cases[i].base));
        assert_true(cs_str_is(cs_path_ext(path), cases[i].ext));
    }
}

static void ordinary_relative_names_are_accepted(void **state)
{
    (void)state;
    static const char *const names[] = {
        "a",          "a/b/c.raw",   "...", "..a",        "a..",   ".hidden",
        "with space", "会诊/肺.mha", "-rf", "a:b*?\"<>|", "~root", "é",
    };
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        assert_int_equal(cs_path_check_relative(cs_str_of(names[i]), NULL), 0);
}

typedef struct refusal {
    cs_str name;
    const char *message;
} refusal;

static void every_rule_refuses_with_its_reason(void **state)
{
    (void)state;
    static const char right_to_left[] = {
        'g', 'p', 'j', '.', (char)0xe2, (char)0x80, (char)0xae, 'a'};
    static const char empty_part[] =
        " has an empty part: write a single '/' between parts and none at the "
        "end";
    const refusal cases[] = {
        {CS_STR(""), "the name is empty"},
        {CS_STR("/etc/passwd"), "the name '/etc/passwd' starts with '/': give "
                                "one that is relative to its directory"},
        {CS_STR("/"), "the name '/' starts with '/': give one that is relative "
                      "to its directory"},
        {CS_STR(".."), "the name '..' has a part '..', which is not allowed"},
        {CS_STR("a/../b"),
         "the name 'a/../b' has a part '..', which is not allowed"},
        {CS_STR("a/.."),
         "the name 'a/..' has a part '..', which is not allowed"},
        {CS_STR("../a"),
         "the name '../a' has a part '..', which is not allowed"},
        {CS_STR("."), "the name '.' has a part '.', which is not allowed"},
        {CS_STR("./a"), "the name './a' has a part '.', which is not allowed"},
        {CS_STR("a//b"), empty_part},
        {CS_STR("a/"), empty_part},
        {CS_STR("a\\b"),
         "the name 'a\\b' has a '\\' in it: parts are joined by '/'"},
        {CS_STR("a\0b"), "the name 'a' has a NUL byte in it"},
        {CS_STR("\0"), "the name '' has a NUL byte in it"},
        {CS_STR("a\nb"), "the name 'a\\x0ab' has a control character in it"},
        {CS_STR("\x7f"), "the name '\\x7f' has a control character in it"},
        {CS_STR("\xc2\x9b"),
         "the name '\\xc2\\x9b' has a control character in it"},
        {{right_to_left, sizeof(right_to_left)},
         "the name 'gpj.\\xe2\\x80\\xaea' has a control character in it"},
        {CS_STR("\xff"), "the name '\\xff' is not valid UTF-8"},
        {CS_STR("a/\xc0\xaf"), "the name 'a/\\xc0\\xaf' is not valid UTF-8"},
        {CS_STR("\xc0\xae\xc0\xae/x"), /* an overlong ".." */
         "the name '\\xc0\\xae\\xc0\\xae/x' is not valid UTF-8"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        cs_errinfo info = {0};
        assert_int_equal(cs_path_check_relative(cases[i].name, &info),
                         CS_E_UNSAFE);
        assert_non_null(strstr(info.message, cases[i].message));
    }
}

static void lengths_are_limited_per_part_and_in_all(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    for (int i = 0; i < 16; i++) { /* 16 × 255 + 15 = 4095 */
        cs_strbuf_pad(&b, 'p', 255);
        cs_strbuf_putc(&b, '/');
    }
    cs_str full = cs_str_sub(cs_strbuf_str(&b), 0, 4095);
    assert_int_equal(cs_path_check_relative(full, &info), 0);
    cs_strbuf_putc(&b, 'q');
    cs_str longer = cs_str_sub(cs_strbuf_str(&b), 0, 4096);
    assert_int_equal(cs_path_check_relative(longer, &info), CS_E_UNSAFE);
    assert_string_equal(info.message, "the name is longer than 4095 bytes");

    cs_strbuf_clear(&b);
    cs_strbuf_add(&b, "a/");
    cs_strbuf_pad(&b, 'p', 256);
    assert_int_equal(cs_path_check_relative(cs_strbuf_str(&b), &info),
                     CS_E_UNSAFE);
    assert_true(cs_str_ends_with(cs_str_of(info.message),
                                 CS_STR("ppp' is longer than 255 bytes")));
}

static void a_safe_join_replaces_the_buffer(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "old");
    assert_int_equal(
        cs_path_join_safe(&b, CS_STR("/srv/in"), CS_STR("a/b.raw"), NULL), 0);
    assert_string_equal(b.data, "/srv/in/a/b.raw");
    assert_int_equal(cs_path_join_safe(&b, CS_STR("/"), CS_STR("a"), NULL), 0);
    assert_string_equal(b.data, "/a");
    assert_int_equal(cs_path_join_safe(&b, CS_STR("d/"), CS_STR("a"), NULL), 0);
    assert_string_equal(b.data, "d/a");
}

static void a_refused_join_leaves_the_buffer_alone(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "old");
    assert_int_equal(
        cs_path_join_safe(&b, CS_STR("/srv"), CS_STR("../etc"), &info),
        CS_E_UNSAFE);
    assert_int_equal(cs_path_join_safe(&b, CS_STR(""), CS_STR("etc"), &info),
                     CS_E_UNSAFE);
    assert_string_equal(info.message,
                        "the directory for 'etc' has no usable name");
    assert_int_equal(cs_path_join_safe(&b, CS_STR("/s\0v"), CS_STR("x"), NULL),
                     CS_E_UNSAFE);
    assert_string_equal(b.data, "old");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_join_has_exactly_one_slash),
        cmocka_unit_test(a_join_appends),
        cmocka_unit_test(a_join_that_cannot_fit_appends_nothing),
        cmocka_unit_test(paths_come_apart_into_dir_base_and_extension),
        cmocka_unit_test(ordinary_relative_names_are_accepted),
        cmocka_unit_test(every_rule_refuses_with_its_reason),
        cmocka_unit_test(lengths_are_limited_per_part_and_in_all),
        cmocka_unit_test(a_safe_join_replaces_the_buffer),
        cmocka_unit_test(a_refused_join_leaves_the_buffer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
