#include "train/history.h"

#include <math.h>

#include "support/test.h"

static void put(tr_history *h, uint64_t epoch, md_metric *metrics, size_t n)
{
    const tr_epoch e = {.epoch = epoch,
                        .step = 10 * epoch,
                        .loss = 1.0 / (double)epoch,
                        .seconds = 0.1,
                        .validated = n > 0,
                        .metrics = metrics,
                        .metric_count = n,
                        .best = epoch == 2};
    assert_int_equal(tr_history_put(h, &e, NULL), 0);
}

static void fill(tr_history *h)
{
    md_metric first[] = {{"loss", 0.5}, {"cpm", 0.25}};
    md_metric third[] = {{"cpm", (double)NAN}, {"froc_1", 0.1}};
    put(h, 1, first, 2);
    put(h, 2, NULL, 0);
    put(h, 3, third, 2);
}

static void the_table_has_all_metrics(void **state)
{
    (void)state;
    CS_SCOPED(tr_history) h = TR_HISTORY_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    fill(&h);
    assert_int_equal(tr_history_csv(&h, &out, NULL), 0);
    assert_string_equal(
        out.data, "epoch,step,loss,seconds,best,val_loss,val_cpm,val_froc_1\n"
                  "1,10,1.0,0.1,0,0.5,0.25,\n"
                  "2,20,0.5,0.1,1,,,\n"
                  "3,30,0.3333333333333333,0.1,0,,,0.1\n");
}

static void what_was_written_reads_back(void **state)
{
    (void)state;
    CS_SCOPED(tr_history) h = TR_HISTORY_INIT;
    CS_SCOPED(tr_history) back = TR_HISTORY_INIT;
    CS_SCOPED(cs_strbuf) json = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) again = CS_STRBUF_INIT;
    fill(&h);
    assert_int_equal(tr_history_json(&h, &json, NULL), 0);
    assert_int_equal(
        tr_history_read(&back, cs_strbuf_str(&json), "h", 30, NULL), 0);
    assert_int_equal(tr_history_json(&back, &again, NULL), 0);
    assert_string_equal(json.data, again.data);
    assert_int_equal(back.epochs.len, 3);
    assert_true(isnan(back.epochs.items[2].metrics[0].value));
    assert_false(back.epochs.items[1].validated);
}

static void epochs_beyond_the_step_are_left_out(void **state)
{
    (void)state;
    CS_SCOPED(tr_history) h = TR_HISTORY_INIT;
    CS_SCOPED(tr_history) back = TR_HISTORY_INIT;
    CS_SCOPED(cs_strbuf) json = CS_STRBUF_INIT;
    fill(&h);
    assert_int_equal(tr_history_json(&h, &json, NULL), 0);
    assert_int_equal(
        tr_history_read(&back, cs_strbuf_str(&json), "h", 29, NULL), 0);
    assert_int_equal(back.epochs.len, 2);
}

static void an_epoch_told_again_replaces_what_was(void **state)
{
    (void)state;
    CS_SCOPED(tr_history) h = TR_HISTORY_INIT;
    fill(&h);
    md_metric better[] = {{"cpm", 0.75}};
    assert_true(tr_history_has(&h, 2));
    put(&h, 2, better, 1);
    assert_int_equal(h.epochs.len, 2);
    assert_true(h.epochs.items[1].metrics[0].value == 0.75);
    assert_false(tr_history_has(&h, 3));
}

static void what_is_no_history_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"[]", "h:1:1: not the history of a training: 'epochs' is missing or "
               "of another kind"},
        {"{\"epochs\": [3]}", "h:1:13: not the history of a training: 'epoch' "
                              "is missing or of another kind"},
        {"{\"epochs\": [{\"epoch\": 0}]}",
         "h:1:23: not the history of a training: 'epoch' is missing or of "
         "another kind"},
        {"{\"epochs\": [{\"epoch\": 1, \"step\": 2, \"loss\": \"x\"}]}",
         "h:1:45: not the history of a training: 'loss' is missing or of "
         "another kind"},
        {"{\"epochs\": [{\"epoch\": 1, \"step\": 2, \"loss\": 1, \"seconds\": "
         "1}]}",
         "h:1:13: not the history of a training: 'best' is missing or of "
         "another kind"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        CS_SCOPED(tr_history) h = TR_HISTORY_INIT;
        cs_errinfo info = {.lang = CS_LANG_EN};
        char text[CS_ERR_MESSAGE_MAX + CS_ERR_PLACE_MAX];
        assert_int_equal(
            tr_history_read(&h, cs_str_of(rows[i].text), "h", 9, &info),
            CS_E_FORMAT);
        assert_string_equal(cs_errinfo_format(&info, text, sizeof(text)),
                            rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_all_metrics),
        cmocka_unit_test(what_was_written_reads_back),
        cmocka_unit_test(epochs_beyond_the_step_are_left_out),
        cmocka_unit_test(an_epoch_told_again_replaces_what_was),
        cmocka_unit_test(what_is_no_history_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
