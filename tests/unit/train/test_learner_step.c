/* Steps of a learner, against the same arithmetic put together by hand from
 * the engine, the loss and the optimiser. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/optim_grad.h"
#include "nn/trainable.h"
#include "train/learner.h"
#include "train/world.h"

#define SIDE ((size_t)16)
#define VOXELS (SIDE * SIDE * SIDE)
#define BATCH ((size_t)2)

typedef struct lesson {
    float images[BATCH][VOXELS];
    dt_seen nodules[BATCH];
    tr_sample samples[BATCH];
    const tr_sample *batch[BATCH];
} lesson;

/* Noise with a bright cube whose place is known. */
static lesson *lesson_new(uint64_t number)
{
    lesson *s = cs_new0(lesson);
    assert_non_null(s);
    cs_rng r = cs_rng_stream(4, number);
    for (size_t i = 0; i < BATCH; i++) {
        for (size_t k = 0; k < VOXELS; k++)
            s->images[i][k] = 0.2F * cs_rng_uniform_f32(&r);
        double at[3];
        for (size_t a = 0; a < 3; a++)
            at[a] = 5 + (double)cs_rng_below(&r, 6);
        s->nodules[i] = (dt_seen){{at[0], at[1], at[2]}, 5, false};
        s->samples[i] = (tr_sample){.image = s->images[i]};
        s->samples[i].truth = (dt_truth){.nodules = &s->nodules[i], .count = 1};
        s->batch[i] = &s->samples[i];
    }
    return s;
}

typedef struct pupil {
    tr_source train, validate;
    tr_plan plan;
    tr_learner l;
} pupil;

static void pupil_init(pupil *p, int64_t accumulate, double clip)
{
    const im_run run = {.pool = NULL, .tier = cs_cpu_tier_best()};
    p->plan = world_plan(&p->train, &p->validate, MD_DETECT);
    p->plan.accumulate = accumulate;
    p->plan.optimiser.clip = clip;
    p->l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_learner_init(&p->l, &p->plan, &run, 0, NULL), 0);
    assert_int_equal(tr_learner_wake(&p->l, NULL), 0);
}

static tr_step step(pupil *p, uint64_t first)
{
    dt_loss sum = {.loss = 0};
    tr_step s = {.step = 0};
    for (int64_t i = 0; i < p->plan.accumulate; i++) {
        lesson *it = lesson_new(first + (uint64_t)i);
        assert_int_equal(tr_learner_batch(&p->l, it->batch, &sum, NULL), 0);
        cs_free(it);
    }
    assert_int_equal(tr_learner_update(&p->l, &sum, &s, NULL), 0);
    return s;
}

/* --- by hand --- */

typedef struct hand {
    nn_params *params;
    nn_graph *graph;
    nn_plan *engine;
    nn_optim_param *list;
    size_t n;
    nn_optim *optim;
    float *images, *output, *gradient;
} hand;

static void hand_init(hand *h, const tr_plan *plan)
{
    const nn_plan_options o = {
        .training = true, .tier = cs_cpu_tier_best(), .seed = plan->seed};
    *h = (hand){.params = NULL};
    assert_int_equal(nn_params_new(&h->params, NULL), 0);
    assert_int_equal(md_recipe_build(&plan->recipe, BATCH,
                                     plan->recipe.input.patch, h->params,
                                     &h->graph, NULL),
                     0);
    nn_params_reset(h->params, plan->seed);
    assert_int_equal(dt_head_start(&plan->recipe, h->params, NULL), 0);
    assert_int_equal(nn_plan_new(h->graph, &o, &h->engine, NULL), 0);
    assert_int_equal(nn_trainable(h->params, &h->list, &h->n, NULL), 0);
    assert_int_equal(
        nn_optim_new(&plan->optimiser.options, h->list, h->n, &h->optim, NULL),
        0);
    h->images = cs_calloc(BATCH, VOXELS * sizeof(float));
    h->output = cs_calloc(BATCH, 5 * VOXELS / 8 * sizeof(float));
    h->gradient = cs_calloc(BATCH, 5 * VOXELS / 8 * sizeof(float));
    assert_non_null(h->images);
    assert_non_null(h->output);
    assert_non_null(h->gradient);
}

static double hand_batch(hand *h, const tr_plan *plan, uint64_t number)
{
    lesson *it = lesson_new(number);
    dt_truth truths[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        memcpy(h->images + i * VOXELS, it->images[i], sizeof(it->images[i]));
        truths[i] = it->samples[i].truth;
    }
    const float *in[] = {h->images};
    float *out[] = {h->output};
    float *gradients[] = {h->gradient};
    dt_loss loss;
    nn_plan_forward(h->engine, in, out);
    assert_int_equal(dt_head_loss(&plan->recipe, &plan->loss, NULL, truths,
                                  BATCH, plan->recipe.input.patch,
                                  (const float *const *)out, gradients, &loss,
                                  NULL),
                     0);
    nn_plan_backward(h->engine, (const float *const *)gradients, NULL);
    cs_free(it);
    return loss.loss;
}

static void hand_done(hand *h)
{
    nn_plan_free(h->engine);
    nn_optim_free(h->optim);
    nn_graph_free(h->graph);
    nn_params_free(h->params);
    cs_free(h->list);
    cs_free(h->images);
    cs_free(h->output);
    cs_free(h->gradient);
}

static void same_weights(const tr_learner *l, const hand *h)
{
    for (size_t i = 0; i < h->n; i++)
        assert_memory_equal(l->list[i].value, h->list[i].value,
                            h->list[i].count * sizeof(float));
}

static void steps_are_those_done_by_hand(void **state)
{
    (void)state;
    pupil p;
    hand h;
    pupil_init(&p, 1, 0);
    hand_init(&h, &p.plan);
    for (uint64_t i = 0; i < 2; i++) {
        tr_step s = step(&p, i);
        nn_params_zero_gradients(h.params);
        double loss = hand_batch(&h, &p.plan, i);
        double norm = 0;
        assert_int_equal(nn_grads_norm(NULL, h.list, h.n, &norm, NULL), 0);
        nn_optim_step(h.optim, NULL, 1e-3);
        assert_true(s.step == i + 1 && s.lr == 1e-3);
        assert_true(s.loss.loss == loss && s.norm == norm && norm > 0);
        same_weights(&p.l, &h);
    }
    hand_done(&h);
    tr_learner_done(&p.l);
}

static void batches_are_averaged_and_their_norm_is_clipped(void **state)
{
    (void)state;
    pupil p;
    hand h;
    pupil_init(&p, 2, 0.01);
    hand_init(&h, &p.plan);
    tr_step s = step(&p, 0);
    double loss = hand_batch(&h, &p.plan, 0);
    loss = loss + hand_batch(&h, &p.plan, 1);
    nn_grads_scale(NULL, h.list, h.n, 0.5);
    double norm = 0;
    assert_int_equal(nn_grads_clip_norm(NULL, h.list, h.n, 0.01, &norm, NULL),
                     0);
    nn_optim_step(h.optim, NULL, 1e-3);
    assert_true(norm > 0.01 && s.norm == norm && s.loss.loss == loss / 2);
    same_weights(&p.l, &h);
    hand_done(&h);
    tr_learner_done(&p.l);
}

static void averages_follow_the_weights(void **state)
{
    (void)state;
    pupil p;
    pupil_init(&p, 1, 0);
    float was = p.l.list[0].value[0];
    step(&p, 0);
    float is = p.l.list[0].value[0];
    float want = (float)0.1 * was + (float)(1 - 0.1) * is;
    assert_true(is != was && nn_ema_data(p.l.ema, 0)[0] == want);
    tr_learner_done(&p.l);
}

static void what_is_not_finite_stops_before_any_weight_changes(void **state)
{
    (void)state;
    pupil p;
    pupil_init(&p, 1, 0);
    step(&p, 0);
    float was = p.l.list[0].value[0];
    cs_errinfo info = {.lang = CS_LANG_EN};
    dt_loss sum = {.loss = 1};
    tr_step s;
    p.l.list[3].grad[0] = (float)INFINITY;
    assert_int_equal(tr_learner_update(&p.l, &sum, &s, &info), CS_E_RANGE);
    assert_non_null(strstr(info.message, "step 2: the gradient of '"));
    assert_non_null(strstr(info.message, p.l.list[3].name));
    p.l.list[3].grad[0] = 0;
    sum.loss = (double)NAN;
    assert_int_equal(tr_learner_update(&p.l, &sum, &s, &info), CS_E_RANGE);
    assert_non_null(strstr(info.message, "step 2: the loss is"));
    assert_true(p.l.list[0].value[0] == was);
    assert_int_equal(nn_optim_steps(p.l.optim), 1);
    tr_learner_done(&p.l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_those_done_by_hand),
        cmocka_unit_test(batches_are_averaged_and_their_norm_is_clipped),
        cmocka_unit_test(averages_follow_the_weights),
        cmocka_unit_test(what_is_not_finite_stops_before_any_weight_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
