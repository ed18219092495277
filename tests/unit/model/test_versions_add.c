#include <unistd.h>

#include "base/dir.h"
#include "base/mem.h"
#include "model/cards.h"
#include "model/versions.h"

static void the_next_number_is_taken_and_signed(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    char models[512];
    snprintf(models, sizeof(models), "%s", tmp_path(*state, "models"));
    const char *from = put_model(*state, "best.safetensors", MD_CHECK, 1, NULL);
    static const char *const want[] = {"session_1_model", "session_2_model"};
    for (int i = 0; i < 2; i++) {
        CS_AUTO_MEM char *name = NULL;
        assert_int_equal(md_versions_add(models, from, NULL, key, &name, NULL),
                         0);
        assert_string_equal(name, want[i]);
    }
    CS_AUTO_MEM char *name = NULL;
    assert_int_equal(md_versions_add(models, from, "40", key, &name, NULL), 0);
    CS_AUTO_MEM char *next = NULL;
    from = put_model(*state, "best.pth", MD_CHECK, 1, NULL);
    assert_int_equal(md_versions_add(models, from, NULL, key, &next, NULL), 0);
    md_versions v = MD_VERSIONS_INIT;
    assert_int_equal(md_versions_read(models, &v, NULL), 0);
    assert_int_equal(v.len, 4);
    assert_string_equal(v.items[3].file, "session_41_model.pth");
    for (size_t i = 0; i < v.len; i++) {
        assert_string_equal(v.items[i].card.session, v.items[i].session);
        assert_string_equal(v.items[i].card.signer, md_key_public(key));
        assert_int_equal(
            md_card_check_weights(&v.items[i].card, v.items[i].path, NULL), 0);
    }
    md_versions_done(&v);
}

static void refuse(const char *models, const char *from, const char *session,
                   const md_key *key, int code, const char *says)
{
    cs_errinfo info = {0};
    char *name = NULL;
    int r = md_versions_add(models, from, session, key, &name, &info);
    if (r != code || !strstr(info.message, says))
        fail_msg("%d, '%s' is not in: %s", r, says, info.message);
    assert_null(name);
}

static void what_is_not_right_is_not_added(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    char models[512];
    snprintf(models, sizeof(models), "%s", tmp_path(*state, "models"));
    const char *from = put_model(*state, "best.safetensors", MD_CHECK, 1, NULL);
    CS_AUTO_MEM char *name = NULL;
    assert_int_equal(md_versions_add(models, from, "a", key, &name, NULL), 0);
    refuse(models, from, "a", key, CS_E_EXISTS, "session 'a' has a model");
    refuse(models, from, "../a", key, CS_E_USAGE, "cannot name a session");
    refuse(models, tmp_path(*state, "none.pth"), NULL, key, CS_E_NOTFOUND,
           "none");
    edit(tmp_path(*state, "best.card.json"), "\"bytes\": ", "\"bytes\": 1");
    refuse(models, from, NULL, key, CS_E_UNSAFE, "is not the file");
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(models, &names, NULL), 0);
    assert_int_equal(names.len, 3); /* lock, card, weights */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_next_number_is_taken_and_signed,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_right_is_not_added,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
