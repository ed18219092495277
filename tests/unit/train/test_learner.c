#include "train/learner.h"

#include <math.h>

#include "train/world.h"
#include "weights/weights.h"
#include "zoo/state.h"

typedef struct pupil {
    tr_source train, validate;
    tr_plan plan;
    tr_learner l;
} pupil;

static void pupil_init(pupil *p, double ema, size_t limit)
{
    const im_run run = {.pool = NULL, .tier = CS_CPU_BASELINE};
    p->plan = world_plan(&p->train, &p->validate, MD_DETECT);
    p->plan.optimiser.ema = ema;
    p->l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_learner_init(&p->l, &p->plan, &run, limit, NULL), 0);
}

static const float *weights(const tr_learner *l)
{
    return l->list[0].value;
}

static void a_learner_follows_from_its_seed(void **state)
{
    (void)state;
    pupil a;
    pupil b;
    pupil_init(&a, 0, 0);
    pupil_init(&b, 0, 0);
    assert_true(a.l.list_n > 10 && a.l.list_n == b.l.list_n);
    for (size_t i = 0; i < a.l.list_n; i++)
        assert_memory_equal(a.l.list[i].value, b.l.list[i].value,
                            a.l.list[i].count * sizeof(float));
    assert_null(a.l.ema);
    tr_learner_done(&b.l);
    b.plan.seed++;
    const im_run run = {.pool = NULL, .tier = CS_CPU_BASELINE};
    assert_int_equal(tr_learner_init(&b.l, &b.plan, &run, 0, NULL), 0);
    assert_true(weights(&a.l)[0] != weights(&b.l)[0]);
    tr_learner_done(&a.l);
    tr_learner_done(&b.l);
}

static void the_rate_is_the_optimisers(void **state)
{
    (void)state;
    pupil a;
    pupil_init(&a, 0, 0);
    assert_true(a.l.schedule.lr == a.plan.optimiser.lr);
    tr_learner_done(&a.l);
    a.plan.optimiser.lr = -1;
    cs_errinfo info = {.lang = CS_LANG_EN};
    const im_run run = {.pool = NULL, .tier = CS_CPU_BASELINE};
    assert_int_equal(tr_learner_init(&a.l, &a.plan, &run, 0, &info),
                     CS_E_RANGE);
    tr_learner_done(&a.l);
}

static void the_engine_rests_only_where_memory_is_short(void **state)
{
    (void)state;
    pupil a;
    pupil_init(&a, 0, 0);
    assert_null(a.l.engine);
    assert_int_equal(tr_learner_wake(&a.l, NULL), 0);
    assert_non_null(a.l.engine);
    tr_learner_rest(&a.l);
    assert_non_null(a.l.engine);
    tr_learner_done(&a.l);
    pupil_init(&a, 0, (size_t)1 << 30);
    assert_int_equal(tr_learner_wake(&a.l, NULL), 0);
    tr_learner_rest(&a.l);
    assert_null(a.l.engine);
    assert_int_equal(tr_learner_wake(&a.l, NULL), 0);
    assert_non_null(a.l.engine);
    tr_learner_done(&a.l);
}

static void too_little_memory_is_told(void **state)
{
    (void)state;
    pupil a;
    cs_errinfo info = {.lang = CS_LANG_EN};
    pupil_init(&a, 0, 1000);
    assert_int_equal(tr_learner_wake(&a.l, &info), CS_E_LIMIT);
    tr_learner_done(&a.l);
}

static void averages_and_weights_change_places(void **state)
{
    (void)state;
    pupil a;
    pupil_init(&a, 0.9, 0);
    float *value = a.l.list[0].value;
    float was = value[0];
    value[0] = was + 1;
    tr_learner_swap(&a.l);
    assert_true(value[0] == was);
    tr_learner_swap(&a.l);
    assert_true(value[0] == was + 1);
    tr_learner_done(&a.l);
    pupil_init(&a, 0, 0);
    tr_learner_swap(&a.l);
    assert_true(a.l.list[0].value[0] == was);
    tr_learner_done(&a.l);
}

/* Weights of a file, in the averages too: swapping shows them. */
static void a_start_from_weights_is_one_for_averages_too(void **state)
{
    pupil a;
    pupil_init(&a, 0.9, 0);
    float *value = a.l.list[0].value;
    value[0] = 0.625F;
    wt_dict d = WT_DICT_INIT;
    const char *path = tmp_path(*state, "start.safetensors");
    assert_int_equal(zoo_save(a.l.params, &d, NULL), 0);
    assert_int_equal(wt_write(path, &d, NULL), 0);
    wt_dict_done(&d);
    tr_learner_done(&a.l);
    pupil_init(&a, 0.9, 0);
    value = a.l.list[0].value;
    assert_true(value[0] != 0.625F);
    assert_int_equal(tr_learner_start(&a.l, path, NULL), 0);
    assert_true(value[0] == 0.625F);
    tr_learner_swap(&a.l);
    assert_true(value[0] == 0.625F);
    cs_errinfo info = {.lang = CS_LANG_EN};
    const char *none = tmp_path(*state, "none.safetensors");
    assert_int_equal(tr_learner_start(&a.l, none, &info), CS_E_NOTFOUND);
    tr_learner_done(&a.l);
}

static void early_averages_forget_the_start(void **state)
{
    (void)state;
    tr_plan p = {.optimiser = {.ema = 0.99}};
    assert_true(fabs(tr_learner_decay(&p, 0) - 0.1) < 1e-15);
    assert_true(fabs(tr_learner_decay(&p, 80) - 0.9) < 1e-15);
    assert_true(tr_learner_decay(&p, 100000) == 0.99);
}

#define FILES(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_learner_follows_from_its_seed),
        cmocka_unit_test(the_rate_is_the_optimisers),
        cmocka_unit_test(the_engine_rests_only_where_memory_is_short),
        cmocka_unit_test(too_little_memory_is_told),
        cmocka_unit_test(averages_and_weights_change_places),
        FILES(a_start_from_weights_is_one_for_averages_too),
        cmocka_unit_test(early_averages_forget_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
