#include <unistd.h>

#include "base/dir.h"
#include "model/cards.h"
#include "model/model.h"
#include "model/versions.h"

static void refuse(int r, const cs_errinfo *info, int code, const char *says)
{
    if (r != code || !strstr(info->message, says))
        fail_msg("%d, '%s' is not in: %s", r, says, info->message);
}

static void a_directory_has_a_model_for_each_task(void **state)
{
    md_set s;
    cs_errinfo info = {0};
    put_model(*state, "check.pth", MD_CHECK, 2, NULL);
    refuse(md_set_load(*state, &s, &info), &info, CS_E_NOTFOUND,
           "holds no detector");
    put_model(*state, "detect.safetensors", MD_DETECT, 1, NULL);
    assert_int_equal(md_set_load(*state, &s, NULL), 0);
    assert_true(s.has_check);
    assert_false(s.has_malignancy);
    assert_string_equal(s.detect.card.recipe.network->name, "nodulefpn");
    assert_int_equal(s.check.card.recipe.task, MD_CHECK);
    md_set_done(&s);
    put_model(*state, "malignancy.safetensors", MD_MALIGNANCY, 3, NULL);
    assert_int_equal(md_set_load(*state, &s, NULL), 0);
    assert_true(s.has_check && s.has_malignancy);
    md_set_done(&s);
    put_weights(*state, "check.safetensors", "nodulenet", 4);
    refuse(md_set_load(*state, &s, &info), &info, CS_E_EXISTS,
           "stand for the same model");
}

static void a_file_is_a_detector_alone(void **state)
{
    md_set s;
    cs_errinfo info = {0};
    const char *path = put_model(*state, "x.safetensors", MD_DETECT, 1, NULL);
    assert_int_equal(md_set_load(path, &s, NULL), 0);
    assert_false(s.has_check || s.has_malignancy);
    assert_non_null(s.detect.params);
    md_set_done(&s);
    path = put_model(*state, "y.safetensors", MD_MALIGNANCY, 1, NULL);
    refuse(md_set_load(path, &s, &info), &info, CS_E_FORMAT,
           "is a model for 'malignancy', not for 'detect'");
    refuse(md_set_load(tmp_path(*state, "none"), &s, &info), &info,
           CS_E_NOTFOUND, "cannot read the model");
}

static void a_model_in_the_wrong_place_is_named(void **state)
{
    md_set s;
    cs_errinfo info = {0};
    put_model(*state, "detect.safetensors", MD_DETECT, 1, NULL);
    put_model(*state, "check.safetensors", MD_MALIGNANCY, 1, NULL);
    refuse(md_set_load(*state, &s, &info), &info, CS_E_FORMAT,
           "check.safetensors' is a model for 'malignancy', not for 'check'");
}

static const md_change change = {"2026-11-21T10:00:00.000Z", "a test", NULL};

/* Adds and promotes. */
static void use(const char *models, const char *from, const md_key *key)
{
    CS_AUTO_MEM char *name = NULL;
    assert_int_equal(md_versions_add(models, from, NULL, key, &name, NULL), 0);
    assert_int_equal(md_promote(models, name, &change, NULL, NULL), 0);
}

static void promoted_versions_stand_before_shipped_ones(void **state)
{
    md_set s;
    cs_errinfo info = {0};
    char models[512];
    char shipped[512];
    snprintf(models, sizeof(models), "%s", tmp_path(*state, "models"));
    snprintf(shipped, sizeof(shipped), "%s", tmp_path(*state, "shipped"));
    assert_int_equal(cs_mkdir_p(shipped, 0777, NULL), 0);
    CS_AUTO(md_key) key = make_key(*state, "k");
    put_model(shipped, "detect.safetensors", MD_DETECT, 1, NULL);
    refuse(md_set_load_promoted(models, NULL, NULL, &s, &info), &info,
           CS_E_NOTFOUND, "there is no detector");
    assert_int_equal(md_set_load_promoted(models, shipped, NULL, &s, NULL), 0);
    assert_false(s.detect.card.is_signed || s.has_check);
    md_set_done(&s);
    use(models, put_model(*state, "d.safetensors", MD_DETECT, 2, NULL), key);
    use(models, put_model(*state, "c.safetensors", MD_CHECK, 3, NULL), key);
    assert_int_equal(md_set_load_promoted(models, shipped, NULL, &s, NULL), 0);
    assert_string_equal(s.detect.card.session, "1");
    assert_true(s.has_check);
    assert_string_equal(s.check.card.session, "2");
    md_set_done(&s);
    assert_int_equal(md_rollback(models, MD_DETECT, &change, NULL), 0);
    assert_int_equal(md_set_load_promoted(models, shipped, NULL, &s, NULL), 0);
    assert_null(s.detect.card.session);
    assert_true(s.has_check);
    md_set_done(&s);
}

static void a_version_may_be_asked_for(void **state)
{
    md_set s;
    CS_AUTO(md_key) key = make_key(*state, "k");
    const char *from = put_model(*state, "d.safetensors", MD_DETECT, 2, NULL);
    use(*state, from, key);
    use(*state, from, key);
    md_versions v = MD_VERSIONS_INIT;
    assert_int_equal(md_versions_read(*state, &v, NULL), 0);
    assert_int_equal(md_set_load_promoted(*state, NULL, &v.items[0], &s, NULL),
                     0);
    assert_string_equal(s.detect.card.session, "1");
    md_set_done(&s);
    md_versions_done(&v);
}

/* Both files of a version put in the place of another's: right in itself, but
 * not what was promoted. */
static void a_promoted_model_is_not_exchanged(void **state)
{
    md_set s;
    cs_errinfo info = {0};
    CS_AUTO(md_key) key = make_key(*state, "k");
    use(*state, put_model(*state, "d.safetensors", MD_DETECT, 2, NULL), key);
    put_model(*state, "session_1_model.safetensors", MD_DETECT, 9, key);
    refuse(md_set_load_promoted(*state, NULL, NULL, &s, &info), &info,
           CS_E_UNSAFE, "is not the model that was promoted");
}

/* The same weights under another card: stripped of its signature, or signed by
 * somebody else. */
static void a_promoted_card_is_not_exchanged(void **state)
{
    md_set s;
    cs_errinfo info = {0};
    CS_AUTO(md_key) key = make_key(*state, "k");
    CS_AUTO(md_key) other = make_key(*state, "other");
    const md_key *const signers[] = {NULL, other};
    use(*state, put_model(*state, "d.safetensors", MD_DETECT, 2, NULL), key);
    char path[512];
    snprintf(path, sizeof(path), "%s",
             tmp_path(*state, "session_1_model.safetensors"));
    for (size_t i = 0; i < CS_COUNTOF(signers); i++) {
        md_card c = card_for(MD_DETECT);
        c.session = "1";
        c.threshold = 0.99;
        assert_int_equal(md_card_write(&c, path, signers[i], NULL), 0);
        refuse(md_set_load_promoted(*state, NULL, NULL, &s, &info), &info,
               CS_E_UNSAFE, "is not signed by whoever had signed it");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_directory_has_a_model_for_each_task,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_file_is_a_detector_alone, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(a_model_in_the_wrong_place_is_named,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(
            promoted_versions_stand_before_shipped_ones, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(a_version_may_be_asked_for, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(a_promoted_card_is_not_exchanged,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_promoted_model_is_not_exchanged,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
