#include "train/checkpoint_notes.h"

#include <math.h>

#include "support/test.h"

static const tr_origin origin = {"plan-hash", "train-hash", ""};

static tr_progress far(void)
{
    tr_progress p = {.step = UINT64_C(0x123456789ABCDEF0),
                     .epoch = 7,
                     .sample = 12,
                     .loss = 0.1 + 0.2,
                     .seconds = 1e-9,
                     .best_epoch = 5,
                     .best = 1.0 / 3,
                     .stale = 2,
                     .saved = INT64_C(1790000000123456789)};
    p.verdict = (tr_verdict)TR_VERDICT_INIT;
    p.verdict.epoch = 6;
    p.verdict.threshold = 0.7;
    p.verdict.calibration = (md_calibration){1.5, -0.25};
    tr_verdict_set(&p.verdict, "cpm", 2.0 / 3);
    tr_verdict_set(&p.verdict, "loss", (double)NAN);
    return p;
}

static void note(wt_dict *d, const char *key, const char *text)
{
    assert_int_equal(wt_dict_note(d, cs_str_of(key), cs_str_of(text), NULL), 0);
}

static void numbers_come_back_to_the_bit(void **state)
{
    (void)state;
    const tr_progress p = far();
    tr_progress q = TR_PROGRESS_INIT;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(tr_notes_add(&d, &origin, &p, NULL), 0);
    assert_int_equal(tr_notes_read(&d, &origin, &q, NULL), 0);
    assert_true(q.step == p.step && q.epoch == 7 && q.sample == 12);
    assert_true(q.loss == p.loss && q.seconds == p.seconds);
    assert_true(q.best_epoch == 5 && q.best == p.best && q.stale == 2);
    assert_true(q.saved == p.saved && q.verdict.epoch == 6);
    assert_true(q.verdict.threshold == 0.7);
    assert_true(q.verdict.calibration.a == 1.5 &&
                q.verdict.calibration.b == -0.25);
    assert_int_equal(q.verdict.count, 2);
    assert_true(tr_verdict_get(&q.verdict, "cpm") == 2.0 / 3);
    assert_string_equal(q.verdict.metrics[1].name, "loss");
    assert_true(isnan(q.verdict.metrics[1].value));
}

static void another_plan_or_other_data_are_named(void **state)
{
    (void)state;
    const tr_origin others[] = {{"other", "train-hash", ""},
                                {"plan-hash", "other", ""},
                                {"plan-hash", "train-hash", "other"}};
    const char *const words[] = {"another plan", "to train on",
                                 "to validate on"};
    const tr_progress p = far();
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(tr_notes_add(&d, &origin, &p, NULL), 0);
    for (size_t i = 0; i < CS_COUNTOF(others); i++) {
        cs_errinfo info = {.lang = CS_LANG_EN};
        tr_progress q = TR_PROGRESS_INIT;
        assert_int_equal(tr_notes_read(&d, &others[i], &q, &info), CS_E_FORMAT);
        assert_non_null(strstr(info.message, words[i]));
        assert_int_equal(q.step, 0);
    }
}

static void broken_notes_are_named(void **state)
{
    (void)state;
    const char *const broken[][2] = {
        {"step", "-1"},      {"best", "much"},
        {"saved", ""},       {"format", "something else"},
        {"metric.cpm", "x"}, {"metric.unknown", "1"}};
    for (size_t i = 0; i < CS_COUNTOF(broken); i++) {
        const tr_progress p = far();
        tr_progress q = TR_PROGRESS_INIT;
        cs_errinfo info = {.lang = CS_LANG_EN};
        CS_SCOPED(wt_dict) d = WT_DICT_INIT;
        assert_int_equal(tr_notes_add(&d, &origin, &p, NULL), 0);
        note(&d, broken[i][0], broken[i][1]);
        assert_int_equal(tr_notes_read(&d, &origin, &q, &info), CS_E_FORMAT);
        assert_non_null(strstr(info.message, broken[i][0]));
        assert_int_equal(q.step, 0);
    }
}

static void other_weights_are_no_checkpoint(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    tr_progress q = TR_PROGRESS_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_int_equal(tr_notes_read(&d, &origin, &q, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "not a checkpoint"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back_to_the_bit),
        cmocka_unit_test(another_plan_or_other_data_are_named),
        cmocka_unit_test(broken_notes_are_named),
        cmocka_unit_test(other_weights_are_no_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
