#include "model/version_name.h"

#include "support/test.h"

static void versions_are_known_by_their_names(void **state)
{
    (void)state;
    static const char *const good[][3] = {
        {"session_3_model.safetensors", "session_3_model", "3"},
        {"session_12_federated_model.pth", "session_12_federated_model", "12"},
        {"session_a-B9_model.pt", "session_a-B9_model", "a-B9"},
    };
    for (size_t i = 0; i < CS_COUNTOF(good); i++) {
        md_version_name n;
        assert_true(md_version_name_parse(cs_str_of(good[i][0]), &n));
        assert_true(cs_str_is(n.name, good[i][1]));
        assert_true(cs_str_is(n.session, good[i][2]));
    }
}

static void other_names_are_not_taken(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "session_3_model.card.json",
        "session_3_model",
        "session__model.pth",
        "session_3.pth",
        "session_../x_model.pth",
        "session_a_b_model.pth",
        "session_3_model.pth.tmp",
        "xsession_3_model.pth",
        "session_model.pth",
        "session_\xff_model.pth",
        "../session_3_model.pth",
    };
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        md_version_name n;
        if (md_version_name_parse(cs_str_of(bad[i]), &n))
            fail_msg("%s", bad[i]);
    }
}

static void sessions_have_numbers_or_not(void **state)
{
    (void)state;
    assert_true(md_session_number(CS_STR("42")) == 42);
    assert_true(md_session_number(CS_STR("042")) == 0);
    assert_true(md_session_number(CS_STR("0x2a")) == 0);
    assert_true(md_session_number(CS_STR("a")) == 0);
    assert_true(md_session_number(CS_STR("99999999999999999999")) == 0);
    assert_int_equal(md_session_check(CS_STR("a-1"), NULL), 0);
    assert_int_equal(md_session_check(CS_STR(""), NULL), CS_E_USAGE);
    assert_int_equal(md_session_check(CS_STR("a/b"), NULL), CS_E_USAGE);
    assert_int_equal(md_session_check(CS_STR("a_b"), NULL), CS_E_USAGE);
    char word[70];
    memset(word, 'a', sizeof(word));
    assert_int_equal(md_session_check((cs_str){word, 64}, NULL), 0);
    assert_int_equal(md_session_check((cs_str){word, 65}, NULL), CS_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_known_by_their_names),
        cmocka_unit_test(other_names_are_not_taken),
        cmocka_unit_test(sessions_have_numbers_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
