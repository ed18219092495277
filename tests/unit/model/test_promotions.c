#include "model/cards.h"
#include "model/versions.h"

#define ENTRY(action, task, session, hash)                                     \
    "{\"action\":\"" action "\",\"task\":\"" task                              \
    "\",\"model\":\"session_" session "_model.pth\",\"session\":\"" session    \
    "\",\"weights\":\"" hash "\",\"signer\":\"" PLAN                           \
    "\",\"when\":\"2026-11-21T00:00:00Z\"}"
#define A PLAN
#define B "b0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9f"
#define FILE_OF(list) "{\"promoted\":1,\"history\":[" list "]}"

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

/* Promotions of a task are a stack; tasks do not touch each other. */
static void taking_back_leads_to_the_one_before(void **state)
{
    tmp_write(*state, "promoted.json",
              FILE_OF(ENTRY("promote", "detect", "1", A) "," ENTRY(
                  "promote", "detect", "2", B) "," ENTRY("promote", "check",
                                                         "9", B)));
    assert_string_equal(in_use(*state, MD_DETECT), "2");
    assert_string_equal(in_use(*state, MD_CHECK), "9");
    assert_string_equal(in_use(*state, MD_MALIGNANCY), "none");
    tmp_write(*state, "promoted.json",
              FILE_OF(ENTRY("promote", "detect", "1", A) "," ENTRY(
                  "promote", "detect", "2",
                  B) "," ENTRY("rollback", "detect", "2",
                               B) "," ENTRY("promote", "detect", "3",
                                            B) "," ENTRY("rollback", "detect",
                                                         "3", B)));
    assert_string_equal(in_use(*state, MD_DETECT), "1");
    tmp_write(*state, "promoted.json",
              FILE_OF(ENTRY("promote", "check", "1",
                            A) "," ENTRY("rollback", "check", "1", A)));
    assert_string_equal(in_use(*state, MD_CHECK), "none");
}

static void no_file_is_no_history(void **state)
{
    assert_string_equal(in_use(*state, MD_DETECT), "none");
    assert_string_equal(in_use(tmp_path(*state, "none"), MD_DETECT), "none");
}

static void histories_that_cannot_be_are_refused(void **state)
{
    static const char *const bad[][2] = {
        {"", "promoted.json"},
        {"{\"promoted\":2,\"history\":[]}", "promoted"},
        {"{\"promoted\":1}", "history"},
        {FILE_OF(ENTRY("rollback", "detect", "1", A)), "history[0]"},
        {FILE_OF(ENTRY("promote", "detect", "1",
                       A) "," ENTRY("rollback", "detect", "2", A)),
         "history[1] does not follow"},
        {FILE_OF(ENTRY("promote", "detect", "1",
                       A) "," ENTRY("rollback", "detect", "1", B)),
         "history[1] does not follow"},
        {FILE_OF(ENTRY("promote", "detect", "1", "a0b1")), "SHA-256"},
        {FILE_OF(ENTRY("promote", "detect", "../1", A)), "is no name of"},
        {FILE_OF(ENTRY("promote", "detectt", "1", A)), "detectt"},
        {FILE_OF("{\"action\":\"promote\"}"), "history[0]"},
    };
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        md_promotions p = MD_PROMOTIONS_INIT;
        cs_errinfo info = {0};
        char line[1024];
        tmp_write(*state, "promoted.json", bad[i][0]);
        int r = md_promotions_read(*state, &p, &info);
        cs_errinfo_format(&info, line, sizeof(line));
        if (r >= 0 || !strstr(line, bad[i][1]) ||
            !strstr(line, "promoted.json"))
            fail_msg("%zu: %d, '%s' is not in: %s", i, r, bad[i][1], line);
        assert_null(p.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(taking_back_leads_to_the_one_before,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(no_file_is_no_history, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(histories_that_cannot_be_are_refused,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
