#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/cards.h"
#include "model/versions.h"

static const md_change change = {"2026-11-21T10:00:00.000Z", "a test",
                                 "because"};

static void add(const char *dir, uint64_t seed, md_task task, const md_key *key)
{
    CS_AUTO_MEM char *name = NULL;
    const char *from = put_model(dir, "best.safetensors", task, seed, NULL);
    assert_int_equal(md_versions_add(dir, from, NULL, key, &name, NULL), 0);
}

static const char *in_use(const char *dir, md_task task)
{
    static char session[32];
    md_promotions p = MD_PROMOTIONS_INIT;
    assert_int_equal(md_promotions_read(dir, &p, NULL), 0);
    const md_promotion *now = md_promotions_current(&p, task);
    snprintf(session, sizeof(session), "%s", now ? now->session : "none");
    md_promotions_done(&p);
    return session;
}

static void promoting_and_taking_back(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    md_promoted out = {.changed = false};
    add(*state, 1, MD_CHECK, key);
    add(*state, 2, MD_CHECK, key);
    assert_int_equal(md_promote(*state, "1", &change, &out, NULL), 0);
    assert_true(out.changed);
    assert_int_equal(out.task, MD_CHECK);
    assert_int_equal(md_promote(*state, "1", &change, &out, NULL), 0);
    assert_false(out.changed);
    assert_int_equal(md_promote(*state, "session_2_model", &change, NULL, NULL),
                     0);
    assert_string_equal(in_use(*state, MD_CHECK), "2");
    assert_int_equal(md_rollback(*state, MD_CHECK, &change, NULL), 0);
    assert_string_equal(in_use(*state, MD_CHECK), "1");
    assert_int_equal(md_rollback(*state, MD_CHECK, &change, NULL), 0);
    assert_string_equal(in_use(*state, MD_CHECK), "none");
    assert_int_equal(md_rollback(*state, MD_CHECK, &change, NULL),
                     CS_E_NOTFOUND);
    md_promotions p = MD_PROMOTIONS_INIT;
    assert_int_equal(md_promotions_read(*state, &p, NULL), 0);
    assert_int_equal(p.len, 4); /* nothing is ever lost */
    assert_true(p.items[3].back);
    assert_string_equal(p.items[3].note, "because");
    assert_string_equal(p.items[0].who, "a test");
    md_promotions_done(&p);
}

static void refuse(const char *dir, const char *version, int code,
                   const char *says)
{
    cs_errinfo info = {0};
    int r = md_promote(dir, version, &change, NULL, &info);
    if (r != code || !strstr(info.message, says))
        fail_msg("%d, '%s' is not in: %s", r, says, info.message);
}

static void what_could_not_be_used_is_not_promoted(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    add(*state, 1, MD_CHECK, key);
    add(*state, 2, MD_CHECK, key);
    add(*state, 3, MD_CHECK, key);
    refuse(*state, "4", CS_E_NOTFOUND, "no model is called '4'");
    edit(tmp_path(*state, "session_1_model.card.json"), "0.95", "0.96");
    refuse(*state, "1", CS_E_FORMAT, "after it was signed: metrics");
    put_weights(*state, "session_2_model.safetensors", "nodulenet", 77);
    refuse(*state, "2", CS_E_UNSAFE, "is not the file that its card");
    md_card c = card_for(MD_CHECK);
    c.session = "3";
    assert_int_equal(
        md_card_write(&c, tmp_path(*state, "session_3_model.safetensors"), NULL,
                      NULL),
        0);
    refuse(*state, "3", CS_E_UNSAFE, "its card is not signed");
    assert_string_equal(in_use(*state, MD_CHECK), "none");
}

/* Changes that were made, of some rounds; negative: something failed. */
static int change_often(const char *dir)
{
    int made = 0;
    for (int k = 0; k < 3; k++) {
        md_promoted out = {.changed = false};
        if (md_promote(dir, k % 2 ? "1" : "2", &change, &out, NULL) < 0)
            return -1;
        int r = md_rollback(dir, MD_CHECK, &change, NULL);
        if (r < 0 && r != CS_E_NOTFOUND)
            return -1;
        made += out.changed + (r == 0);
    }
    return made;
}

/* No change of several processes is lost. */
static void changes_at_once_follow_each_other(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    pid_t child[4];
    add(*state, 1, MD_CHECK, key);
    add(*state, 2, MD_CHECK, key);
    for (size_t i = 0; i < CS_COUNTOF(child); i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0)
            _exit(change_often(*state) & 0xff);
    }
    size_t made = 0;
    for (size_t i = 0; i < CS_COUNTOF(child); i++) {
        int status = 0;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 6);
        made += (size_t)WEXITSTATUS(status);
    }
    md_promotions p = MD_PROMOTIONS_INIT;
    assert_int_equal(md_promotions_read(*state, &p, NULL), 0);
    assert_int_equal(p.len, made);
    md_promotions_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(promoting_and_taking_back, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(what_could_not_be_used_is_not_promoted,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(changes_at_once_follow_each_other,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
