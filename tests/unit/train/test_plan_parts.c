#include <math.h>

#include "train/plan_text.h"

/* --- sampling --- */

static void shares_are_those_of_the_task(void **state)
{
    tr_plan p;
    plan_take(*state, NULL, NULL, &p);
    assert_true(p.sampling.nodules == 0.5 && p.sampling.hard == 0.2);
    assert_true(p.sampling.background == 0.3);
    tr_plan_done(&p);
    plan_take(*state, "task: detect\nnetwork: nodulefpn",
              "task: malignancy\nnetwork: nodulenet", &p);
    assert_true(p.sampling.nodules == 1 && p.sampling.background == 0);
    tr_plan_done(&p);
    plan_take(*state, "per-epoch: 20",
              "per-epoch: 20\n  nodules: 0.1\n  background: 0.9", &p);
    assert_true(p.sampling.nodules == 0.1 && p.sampling.hard == 0);
    tr_plan_done(&p);
}

static void tenths_add_up(void **state)
{
    tr_plan p;
    plan_take(*state, "per-epoch: 20",
              "per-epoch: 20\n  nodules: 0.7\n  hard: 0.1\n  background: 0.2",
              &p);
    tr_plan_done(&p);
}

static void samples_that_cannot_be_are_refused(void **state)
{
    static const plan_slip slips[] = {
        {"per-epoch: 20", "per-epoch: 20\n  nodules: 0.5\n  hard: 0.4",
         "13:3: key 'sampling': nodules, hard and background are shares of 1; "
         "they add up to 0.9"},
        {"per-epoch: 20", "per-epoch: 20\n  nodules: 1.5",
         "14:12: key 'sampling.nodules': expected 0.0 to 1.0, not 1.5"},
        {"per-epoch: 20", "per-epoch: 3",
         "13:14: key 'sampling.per-epoch': a step alone takes 4 samples (batch "
         "times accumulate), more than 3"},
        {"per-epoch: 20", "per-epoch: 20\n  crop: centre\n  jitter: 2",
         "15:3: key 'sampling.jitter' means nothing with 'crop: centre'; leave "
         "it out"},
        {"per-epoch: 20", "per-epoch: 20\n  mine-scans: 2",
         "14:3: key 'sampling.mine-scans' means nothing with 'mine-every: 0'; "
         "leave it out"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

static const char network_lines[] = "task: detect\nnetwork: nodulefpn";

static void classifiers_have_their_own_rules(void **state)
{
    static const char check[] = "task: check\nnetwork: nodulenet\n";
    static const char malignancy[] = "task: malignancy\nnetwork: nodulenet\n";
    cs_strbuf text = CS_STRBUF_INIT;
    const struct {
        const char *task, *find, *replace, *words;
    } rows[] = {
        {check, "batch: 4", "batch: 1",
         "21:8: key 'batch': one patch has one class; a head 'class' needs 2 "
         "or more at a time"},
        {check, "per-epoch: 20", "per-epoch: 20\n  crop: centre",
         "14:9: key 'sampling.crop': 'centre' is for task 'detect'; 'check' "
         "looks at nodules"},
        {check, "per-epoch: 20", "per-epoch: 20\n  mine-every: 2",
         "14:3: key 'sampling.mine-every' means nothing with 'check'; leave it "
         "out"},
        {malignancy, "per-epoch: 20",
         "per-epoch: 20\n  nodules: 0.5\n  hard: 0.5",
         "14:12: key 'sampling.nodules': task 'malignancy' learns from nodules "
         "alone; expected 1, not 0.5"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        const char *from = strstr(good_plan, network_lines);
        const char *to = strstr(good_plan, rows[i].find);
        assert_true(from && to > from);
        from += strlen(network_lines) + 1;
        cs_strbuf_clear(&text);
        cs_strbuf_add(&text, rows[i].task);
        cs_strbuf_append(&text, from, (size_t)(to - from));
        cs_strbuf_add(&text, rows[i].replace);
        char span[sizeof(good_plan)];
        const char *start = strstr(good_plan, network_lines);
        size_t n = (size_t)(to - start) + strlen(rows[i].find);
        memcpy(span, start, n);
        span[n] = '\0';
        plan_refused(*state, span, text.data, rows[i].words);
    }
    cs_strbuf_done(&text);
}

/* --- loss --- */

static void losses_fit_their_heads(void **state)
{
    tr_plan p;
    plan_take(*state, network_lines,
              "task: detect\nnetwork: simple3dunet\nloss: {kind: tversky, "
              "gamma: 1.5}",
              &p);
    assert_int_equal(p.loss.kind, DT_LOSS_TVERSKY);
    assert_true(p.loss.gamma == 1.5);
    tr_plan_done(&p);
    static const plan_slip slips[] = {
        {"epochs: 3", "loss: {kind: dice}\nepochs: 3",
         "20:14: key 'loss.kind': not a loss of a head 'centres'"},
        {"task: detect\nnetwork: nodulefpn\n",
         "task: detect\nnetwork: unet3d\nloss: {kind: dice-ce, alpha: 0.6}\n",
         "4:23: key 'loss.alpha' means nothing with 'dice-ce'; leave it out"},
        {"epochs: 3", "loss: {kind: bce}\nepochs: 3",
         "20:14: key 'loss.kind': not a loss of a head 'centres'"},
        {"epochs: 3", "loss: {smoothing: 0.1}\nepochs: 3",
         "20:8: key 'loss.smoothing' means nothing with 'centres'; leave it "
         "out"},
        {"epochs: 3", "loss: {gamma: -2}\nepochs: 3",
         "20:15: key 'loss.gamma': expected 0.0 to 9.0, not -2.0"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

/* --- optimiser --- */

static void optimisers_take_their_own_keys(void **state)
{
    tr_plan p;
    plan_take(*state, "kind: adamw",
              "kind: sgd\n  momentum: 0.9\n  nesterov: true\n  clip: 5\n  ema: "
              "0.99",
              &p);
    assert_int_equal(p.optimiser.options.kind, NN_OPTIM_SGD);
    assert_true(p.optimiser.options.momentum == 0.9);
    assert_true(p.optimiser.options.nesterov);
    assert_true(p.optimiser.options.weight_decay == 0);
    assert_true(p.optimiser.clip == 5 && p.optimiser.ema == 0.99);
    tr_plan_done(&p);
    plan_take(*state, "kind: adamw",
              "kind: adam\n  betas: [0.8, 0.95]\n  weight-decay: 0.001", &p);
    assert_true(p.optimiser.options.beta1 == 0.8);
    assert_true(p.optimiser.options.beta2 == 0.95);
    assert_true(p.optimiser.options.eps == 1e-8);
    assert_true(p.optimiser.options.weight_decay == 0.001);
    tr_plan_done(&p);
    static const plan_slip slips[] = {
        {"kind: adamw", "kind: sgd\n  nesterov: true",
         "18:13: key 'optimiser.nesterov': needs a momentum"},
        {"kind: adamw", "kind: adam\n  momentum: 0.9",
         "18:3: key 'optimiser.momentum' means nothing with 'adam'; leave it "
         "out"},
        {"kind: adamw", "kind: sgd\n  betas: [0.9, 0.99]",
         "18:3: key 'optimiser.betas' means nothing with 'sgd'; leave it out"},
        {"kind: adamw", "kind: adam\n  ema: 1",
         "18:8: key 'optimiser.ema': expected 0.0 to 0.9999999, not 1.0"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

/* --- schedule --- */

static void
a_schedule_without_period_lasts_as_long_as_the_training(void **state)
{
    tr_plan p;
    plan_take(*state, "{kind: cosine}",
              "{kind: cosine, warm-up: 3, min-lr: 1e-5}", &p);
    assert_int_equal(tr_plan_steps(&p), 15);
    assert_int_equal(p.schedule.period, 12);
    assert_true(nn_schedule_lr(&p.schedule, 0) == 0);
    assert_true(nn_schedule_lr(&p.schedule, 3) == 1e-3);
    assert_true(nn_schedule_lr(&p.schedule, 15) == 1e-5);
    tr_plan_done(&p);
}

static void milestones_are_kept(void **state)
{
    tr_plan p;
    plan_take(*state, "{kind: cosine}",
              "{kind: multi-step, milestones: [5, 9], gamma: 0.5}", &p);
    assert_int_equal(p.schedule.milestone_count, 2);
    assert_true(nn_schedule_lr(&p.schedule, 4) == 1e-3);
    assert_true(nn_schedule_lr(&p.schedule, 5) == 1e-3 * 0.5);
    assert_true(nn_schedule_lr(&p.schedule, 9) == 1e-3 * 0.25);
    tr_plan_done(&p);
}

static void rates_that_cannot_be_are_refused(void **state)
{
    static const plan_slip slips[] = {
        {"{kind: cosine}", "{kind: cosine, warm-up: 15}",
         "19:35: key 'schedule.warm-up': 15 steps are not less than the whole "
         "training's 15"},
        {"{kind: cosine}", "{kind: cosine, min-lr: 0.01}",
         "19:34: key 'schedule.min-lr': 0.01 is above 'optimiser.lr', 0.001"},
        {"{kind: cosine}", "{kind: multi-step}",
         "19:11: key 'schedule.milestones' is missing: the steps at which the "
         "rate falls"},
        {"{kind: cosine}", "{kind: multi-step, milestones: [9, 5]}",
         "19:11: key 'schedule': milestone 2 of the schedule lies before the "
         "one in front of it"},
        {"{kind: cosine}", "{kind: cosine, period: 0}",
         "19:34: key 'schedule.period': expected 1 to 100000000, not 0"},
        {"{kind: cosine}", "{kind: constant, period: 9}",
         "19:28: key 'schedule.period' means nothing with 'constant'; leave it "
         "out"},
        {"{kind: cosine}", "{kind: cosine, gamma: 0.5}",
         "19:26: key 'schedule.gamma' means nothing with 'cosine'; leave it "
         "out"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

/* --- validation --- */

static void measures_fit_their_heads(void **state)
{
    static const struct {
        const char *network;
        int metric;
    } rows[] = {{network_lines, TR_METRIC_CPM},
                {"task: detect\nnetwork: unet3d", TR_METRIC_CPM},
                {"task: check\nnetwork: nodulenet", TR_METRIC_AUC}};
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        tr_plan p;
        plan_take(*state, network_lines, rows[i].network, &p);
        assert_int_equal(p.validation.metric, rows[i].metric);
        tr_plan_done(&p);
    }
    static const plan_slip slips[] = {
        {"seed: 7", "validation: {metric: auc}",
         "22:22: key 'validation.metric': 'auc' is not a measure of a head "
         "'centres'"},
        {"seed: 7", "validation: {metric: dice}",
         "22:22: key 'validation.metric': 'dice' is not a measure of a head "
         "'centres'"},
        {"seed: 7", "validation: {patience: -1}",
         "22:24: key 'validation.patience': expected 0 to 100000, not -1"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

static void without_data_nothing_is_validated(void **state)
{
    tr_plan p;
    plan_take(*state, "  validate: [{dir: c, scans: 2}]\n", "", &p);
    assert_int_equal(p.validation.every, 0);
    assert_int_equal(p.data.validate.len, 0);
    tr_plan_done(&p);
    plan_refused(*state,
                 "  validate: [{dir: c, scans: 2}]\n  source: phantoms\n",
                 "  source: phantoms\nvalidation: {every: 2}\n",
                 "11:1: key 'validation' means nothing with 'data.validate: "
                 "[]'; leave it out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAN_TEST(shares_are_those_of_the_task),
        PLAN_TEST(tenths_add_up),
        PLAN_TEST(samples_that_cannot_be_are_refused),
        PLAN_TEST(classifiers_have_their_own_rules),
        PLAN_TEST(losses_fit_their_heads),
        PLAN_TEST(optimisers_take_their_own_keys),
        PLAN_TEST(a_schedule_without_period_lasts_as_long_as_the_training),
        PLAN_TEST(milestones_are_kept),
        PLAN_TEST(rates_that_cannot_be_are_refused),
        PLAN_TEST(measures_fit_their_heads),
        PLAN_TEST(without_data_nothing_is_validated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
