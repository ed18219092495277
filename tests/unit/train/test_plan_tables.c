#include "train/plan_raw.h"

#include <stdio.h>

#include "train/plan_text.h"

/* --- the tables are sound, as far down as they go --- */

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables
static void check_keys(const cs_table *t, unsigned depth)
{
    assert_true(depth <= 3);
    for (size_t i = 0; i < t->n; i++) {
        const cs_field *f = &t->fields[i];
        assert_true(f->offset + (f->kind == CS_FIELD_LIST ? sizeof(tr_numbers)
                                                          : f->size) <=
                    t->size);
        for (const char *c = f->key; *c; c++)
            assert_true((*c >= 'a' && *c <= 'z') || *c == '-');
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(f->key, t->fields[k].key);
        if (f->table) {
            assert_int_equal(f->table->size, f->size);
            check_keys(f->table, depth + 1);
        }
    }
}

static void keys_are_written_alike(void **state)
{
    (void)state;
    check_keys(&tr_plan_table, 0);
}

/* What need not be given has a default that its own limits allow. */
static void defaults_are_allowed(void **state)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    tr_plan p = {.arena = NULL};
    const char *path = tmp_write(*state, "least.yaml",
                                 "name: a\ntask: detect\nnetwork: nodulefpn\n"
                                 "data: {train: [{dir: x}], source: mixed}\n"
                                 "sampling: {per-epoch: 1}\n"
                                 "optimiser: {lr: 0.1}\nepochs: 1\n");
    if (tr_plan_load(path, &p, &info) < 0)
        fail_msg("%u:%u %s", info.line, info.column, info.message);
    assert_int_equal(p.data.source, MD_SOURCE_MIXED);
    assert_int_equal(p.optimiser.options.kind, NN_OPTIM_ADAMW);
    assert_int_equal(p.schedule.kind, NN_SCHEDULE_CONSTANT);
    assert_int_equal(p.recipe.input.patch[1], 64);
    assert_int_equal(p.sampling.mine_scans, 8);
    assert_int_equal(p.sampling.crop, TR_CROP_BALANCED);
    tr_plan_done(&p);
}

/* The tables' own list of heads is the recipe's, and "auto". */
static void heads_have_the_words_of_recipes(void **state)
{
    for (int i = 0; i < MD_HEADS; i++) {
        static const char *const networks[MD_HEADS] = {
            "detect\nnetwork: unet3d",
            "detect\nnetwork: noduledet",
            "detect\nnetwork: nodulefpn",
            "check\nnetwork: nodulenet",
        };
        char lines[128];
        tr_plan p;
        snprintf(lines, sizeof(lines), "%s\nhead: {kind: %s%s}", networks[i],
                 md_head_words[i],
                 i == MD_HEAD_ANCHORS ? ", anchors: [5]" : "");
        plan_take(*state, "detect\nnetwork: nodulefpn", lines, &p);
        assert_int_equal(p.recipe.head.kind, i);
        tr_plan_done(&p);
    }
}

static void metrics_have_words(void **state)
{
    (void)state;
    assert_string_equal(tr_metric_words[TR_METRIC_LOSS], "loss");
    assert_string_equal(tr_metric_words[TR_METRIC_CPM], "cpm");
    assert_string_equal(tr_metric_words[TR_METRIC_DICE], "dice");
    assert_string_equal(tr_metric_words[TR_METRIC_AUC], "auc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_written_alike),
        PLAN_TEST(defaults_are_allowed),
        PLAN_TEST(heads_have_the_words_of_recipes),
        cmocka_unit_test(metrics_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
