#include "model/versions.h"

#include <unistd.h>

#include "model/cards.h"

static void put_version(const char *dir, const char *file, const char *session)
{
    md_card c = sample_card();
    c.session = session;
    const char *path = tmp_write(dir, file, "weights");
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
}

static void versions_are_listed_by_session(void **state)
{
    md_versions v = MD_VERSIONS_INIT;
    put_version(*state, "session_10_model.safetensors", "10");
    put_version(*state, "session_9_federated_model.pth", "9");
    put_version(*state, "session_abc_model.pt", "abc");
    tmp_write(*state, "notes.txt", "");
    tmp_write(*state, "other.safetensors", "");
    assert_int_equal(md_versions_read(*state, &v, NULL), 0);
    assert_int_equal(v.len, 3);
    assert_string_equal(v.items[0].name, "session_9_federated_model");
    assert_string_equal(v.items[1].session, "10");
    assert_string_equal(v.items[1].card.name, "test-check");
    assert_string_equal(v.items[2].file, "session_abc_model.pt");
    assert_true(v.items[2].usable);
    md_versions_done(&v);
}

static void what_is_wrong_with_a_version_is_kept(void **state)
{
    md_versions v = MD_VERSIONS_INIT;
    tmp_write(*state, "session_1_model.safetensors", "weights");
    put_version(*state, "session_2_model.safetensors", "3");
    assert_int_equal(md_versions_read(*state, &v, NULL), 0);
    assert_int_equal(v.len, 2);
    assert_false(v.items[0].usable || v.items[1].usable);
    assert_non_null(strstr(v.items[0].why.message, "is missing"));
    assert_non_null(strstr(v.items[1].why.message,
                           "is named for session '2', its card says '3'"));
    assert_null(v.items[1].card.arena);
    md_versions_done(&v);
}

static void a_directory_that_is_not_there_is_empty(void **state)
{
    md_versions v = MD_VERSIONS_INIT;
    cs_errinfo info = {0};
    assert_int_equal(md_versions_read(tmp_path(*state, "none"), &v, &info), 0);
    assert_int_equal(v.len, 0);
    assert_int_equal(info.code, 0);
    md_versions_done(&v);
    assert_true(md_versions_read(tmp_write(*state, "file", ""), &v, &info) < 0);
}

static void find(const md_versions *v, const char *text, int code,
                 const char *says)
{
    const md_version *found = NULL;
    cs_errinfo info = {0};
    int r = md_versions_find(v, text, &found, &info);
    const char *got = r == 0 ? found->file : info.message;
    if (r != code || !strstr(got, says))
        fail_msg("%s: %d, '%s' is not in: %s", text, r, says, got);
}

static void versions_are_found_by_any_of_their_names(void **state)
{
    md_versions v = MD_VERSIONS_INIT;
    put_version(*state, "session_1_model.safetensors", "1");
    put_version(*state, "session_2_model.safetensors", "2");
    put_version(*state, "session_2_federated_model.pth", "2");
    assert_int_equal(md_versions_read(*state, &v, NULL), 0);
    find(&v, "1", 0, "session_1_model.safetensors");
    find(&v, "session_1_model", 0, "session_1_model.safetensors");
    find(&v, "session_2_federated_model.pth", 0, "session_2_federated");
    find(&v, "session_2_model", 0, "session_2_model.safetensors");
    find(&v, "2", CS_E_USAGE, "'session_2_federated_model.pth' or");
    find(&v, "sesion_1_model", CS_E_NOTFOUND,
         "(did you mean 'session_1_model'?)");
    find(&v, "../session_1_model", CS_E_NOTFOUND, "no model is called");
    find(&v, "", CS_E_NOTFOUND, "'consilium model list'");
    md_versions_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(versions_are_listed_by_session,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_a_version_is_kept,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_directory_that_is_not_there_is_empty,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(
            versions_are_found_by_any_of_their_names, tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
