#include <math.h>

#include "base/hash.h"
#include "train/plan_text.h"

static void values_land_where_they_belong(void **state)
{
    tr_plan p;
    plan_take(*state, NULL, NULL, &p);
    assert_string_equal(p.name, "small-detect");
    assert_string_equal(p.recipe.network->name, "nodulefpn");
    assert_int_equal(p.recipe.task, MD_DETECT);
    assert_int_equal(p.recipe.head.kind, MD_HEAD_CENTRES);
    assert_int_equal(p.recipe.head.stride, 2);
    assert_int_equal(p.recipe.classes, 0);
    assert_true(p.recipe.input.low == -1000 && p.recipe.input.high == 400);
    assert_int_equal(p.recipe.input.patch[0], 32);
    assert_int_equal(p.recipe.input.patch[2], 16);
    assert_int_equal(p.data.train.len, 2);
    assert_string_equal(p.data.train.items[1].dir, "b");
    assert_int_equal(p.data.train.items[1].scans, 0);
    assert_null(p.data.train.items[1].candidates);
    assert_int_equal(p.data.validate.items[0].scans, 2);
    assert_int_equal(p.data.source, MD_SOURCE_PHANTOMS);
    assert_int_equal(p.epochs, 3);
    assert_int_equal(p.seed, 7);
    assert_int_equal(p.precision, TR_PRECISION_F32);
    assert_null(p.start);
    tr_plan_done(&p);
    assert_null(p.arena);
}

static void the_text_and_its_digest_are_kept(void **state)
{
    tr_plan p;
    plan_take(*state, NULL, NULL, &p);
    assert_string_equal(p.text, good_plan);
    cs_digest d;
    char hex[CS_DIGEST_TEXT_MAX];
    assert_int_equal(
        cs_hash_bytes(CS_HASH_SHA256, good_plan, strlen(good_plan), &d, NULL),
        0);
    assert_string_equal(p.sha256, cs_digest_format(&d, hex));
    tr_plan_done(&p);
}

static void what_is_absent_takes_its_default(void **state)
{
    tr_plan p;
    plan_take(*state, "  spacing: 1.0\n  window: [-1000, 400]\n", "", &p);
    assert_true(p.recipe.input.spacing == 1);
    assert_true(p.recipe.input.low == -1000 && p.recipe.input.high == 400);
    assert_int_equal(p.accumulate, 1);
    assert_int_equal(p.checkpoint_every, 0);
    assert_int_equal(p.validation.every, 1);
    assert_int_equal(p.validation.metric, TR_METRIC_CPM);
    assert_true(p.optimiser.options.weight_decay == 0.01);
    assert_true(p.optimiser.ema == 0);
    tr_plan_done(&p);
}

static void weights_to_start_from_lie_beside_the_plan(void **state)
{
    tr_plan p;
    plan_take(*state, "seed: 7", "start: runs/a.pth", &p);
    assert_string_equal(p.start, tmp_path(*state, "runs/a.pth"));
    tr_plan_done(&p);
    plan_take(*state, "seed: 7", "start: /b.pth", &p);
    assert_string_equal(p.start, "/b.pth");
    tr_plan_done(&p);
}

static void mistakes_name_key_and_place(void **state)
{
    static const plan_slip slips[] = {
        {"batch: 4", "bacth: 4",
         "21:1: unknown key 'bacth' (did you mean "
         "'batch'?)"},
        {"epochs: 3", "epochs: 0",
         "20:9: key 'epochs': expected 1 to 100000, not 0"},
        {"epochs: 3\n", "", "1:1: key 'epochs' is missing"},
        {"lr: 1e-3", "lr: -1e-3",
         "18:7: key 'optimiser.lr': expected 1e-12 to 100.0, not -0.001"},
        {"  spacing: 1.0", "  spacing: fine",
         "5:12: key 'input.spacing': expected a number, not 'fine'"},
        {"  spacing: 1.0", "  spacings: 1.0",
         "5:3: unknown key 'input.spacings' (did you mean 'spacing'?)"},
        {"[32, 32, 16]", "[32, 32]",
         "7:10: key 'input.patch': expected 3 to 3 items, not 2"},
        {"{dir: b}", "{scans: 3}", "9:21: key 'data.train[1].dir' is missing"},
        {"  source: phantoms\n", "", "9:3: key 'data.source' is missing"},
        {"source: phantoms",
         "source: phantoms\n  query: {min-diameter: 9, "
         "max-diameter: 6}",
         "12:25: key 'data.query.min-diameter': 9 is above 'max-diameter', 6"},
        {"seed: 7", "seed: -1",
         "22:7: key 'seed': expected 0 to 9223372036854775807, not -1"},
        {"name: small-detect", "name: ''",
         "1:7: key 'name': expected 1 to 64 bytes of text, not 0"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

static void what_is_no_plan_is_refused(void **state)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    tr_plan p = {.arena = NULL};
    assert_int_equal(tr_plan_load(tmp_path(*state, "none.yaml"), &p, &info),
                     CS_E_NOTFOUND);
    assert_int_equal(tr_plan_load(tmp_write(*state, "e.yaml", ""), &p, &info),
                     CS_E_FORMAT);
    assert_int_equal(
        tr_plan_load(tmp_write(*state, "l.yaml", "- a\n"), &p, &info),
        CS_E_FORMAT);
    assert_null(p.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAN_TEST(values_land_where_they_belong),
        PLAN_TEST(the_text_and_its_digest_are_kept),
        PLAN_TEST(what_is_absent_takes_its_default),
        PLAN_TEST(weights_to_start_from_lie_beside_the_plan),
        PLAN_TEST(mistakes_name_key_and_place),
        PLAN_TEST(what_is_no_plan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
