#include "train/checkpoint.h"

#include "train/world.h"
#include "weights/weights.h"

static const tr_origin origin = {"p", "t", "v"};

typedef struct pupil {
    tr_source train, validate;
    tr_plan plan;
    tr_learner l;
} pupil;

static void pupil_init(pupil *p, double ema, uint64_t seed)
{
    const im_run run = {.pool = NULL, .tier = CS_CPU_BASELINE};
    p->plan = world_plan(&p->train, &p->validate, MD_DETECT);
    p->plan.optimiser.ema = ema;
    p->plan.seed = seed;
    p->l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_learner_init(&p->l, &p->plan, &run, 0, NULL), 0);
}

/* Numbers of their own everywhere: gradients as they come, three steps. */
static void stir(tr_learner *l)
{
    cs_rng r = cs_rng_stream(6, 0);
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < l->list_n; i++) {
            for (size_t v = 0; v < l->list[i].count; v++)
                l->list[i].grad[v] = cs_rng_uniform_f32(&r) - 0.5F;
        }
        nn_optim_step(l->optim, NULL, 1e-3);
        if (l->ema)
            nn_ema_update(l->ema, NULL, 0.9);
    }
    for (size_t i = 0; i < nn_params_count(l->params); i++) {
        nn_param *p = nn_params_at(l->params, i);
        if (p->role == NN_MEAN || p->role == NN_VARIANCE)
            tn_f32(&p->value)[0] = 3.5F;
        if (p->role == NN_COUNT)
            *(int64_t *)tn_data(&p->value) = 12345;
    }
}

static void same_learner(tr_learner *a, tr_learner *b)
{
    for (size_t i = 0; i < nn_params_count(a->params); i++) {
        const nn_param *p = nn_params_at(a->params, i);
        const nn_param *q = nn_params_at(b->params, i);
        assert_memory_equal(tn_data(&p->value), tn_data(&q->value),
                            tn_bytes(&p->value));
    }
    assert_true(nn_optim_state_count(a->optim) > 0);
    for (size_t i = 0; i < nn_optim_state_count(a->optim); i++) {
        nn_optim_state s = nn_optim_state_at(a->optim, i);
        nn_optim_state t = nn_optim_state_at(b->optim, i);
        assert_memory_equal(s.data, t.data, s.count * sizeof(float));
    }
    for (size_t i = 0; a->ema && i < a->list_n; i++)
        assert_memory_equal(nn_ema_data(a->ema, i), nn_ema_data(b->ema, i),
                            a->list[i].count * sizeof(float));
    assert_int_equal(nn_optim_steps(a->optim), nn_optim_steps(b->optim));
}

static void push(tr_mined_list *m, size_t scan, double x)
{
    const tr_mined one = {scan, {{x, 2, 3}, 4.5, 0.3}};
    assert_int_equal(cs_vec_push(m, one), 0);
}

static void everything_comes_back(void **state)
{
    const char *path = tmp_path(*state, "c.safetensors");
    for (int averages = 0; averages < 2; averages++) {
        pupil a;
        pupil b;
        tr_mined_list out = CS_VEC_INIT;
        tr_mined_list in = CS_VEC_INIT;
        tr_progress p = TR_PROGRESS_INIT;
        tr_progress q = TR_PROGRESS_INIT;
        pupil_init(&a, averages ? 0.9 : 0, 1);
        pupil_init(&b, averages ? 0.9 : 0, 2);
        stir(&a.l);
        p.step = 3;
        p.best = 0.1;
        push(&out, 4, 0.1);
        push(&out, 0, -7);
        assert_int_equal(
            tr_checkpoint_write(path, &origin, &a.l, &p, &out, NULL), 0);
        assert_int_equal(
            tr_checkpoint_read(path, &origin, 5, &b.l, &q, &in, NULL), 0);
        same_learner(&a.l, &b.l);
        assert_true(q.step == 3 && q.best == 0.1 && in.len == 2);
        assert_true(in.items[0].scan == 4 && in.items[1].scan == 0);
        assert_memory_equal(&in.items[0].at, &out.items[0].at,
                            sizeof(dt_candidate));
        assert_true(in.items[1].at.centre[0] == -7);
        cs_vec_done(&out);
        cs_vec_done(&in);
        tr_learner_done(&a.l);
        tr_learner_done(&b.l);
    }
}

static void refused(const char *path, tr_learner *l, size_t scans, int code,
                    const char *words)
{
    tr_progress q = TR_PROGRESS_INIT;
    tr_mined_list in = CS_VEC_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_int_equal(
        tr_checkpoint_read(path, &origin, scans, l, &q, &in, &info), code);
    if (!strstr(info.message, words))
        fail_msg("'%s' is not in '%s'", words, info.message);
    assert_true(q.step == 0 && in.len == 0);
    cs_vec_done(&in);
}

static void what_does_not_fit_is_refused(void **state)
{
    const char *path = tmp_path(*state, "c.safetensors");
    pupil a;
    pupil b;
    tr_mined_list out = CS_VEC_INIT;
    tr_progress p = TR_PROGRESS_INIT;
    pupil_init(&a, 0, 1);
    pupil_init(&b, 0.9, 1);
    push(&out, 3, 1);
    assert_int_equal(tr_checkpoint_write(path, &origin, &a.l, &p, &out, NULL),
                     0);
    refused(path, &a.l, 3, CS_E_FORMAT, "mined");
    refused(path, &b.l, 4, CS_E_FORMAT, "average/");
    refused(tmp_path(*state, "none.safetensors"), &a.l, 4, CS_E_NOTFOUND, "");
    refused(tmp_write(*state, "bad.safetensors", "{}"), &a.l, 4, CS_E_FORMAT,
            "");
    cs_vec_done(&out);
    tr_learner_done(&a.l);
    tr_learner_done(&b.l);
}

static void another_network_is_refused(void **state)
{
    const char *path = tmp_path(*state, "c.safetensors");
    const im_run run = {.pool = NULL, .tier = CS_CPU_BASELINE};
    const tr_mined_list none = CS_VEC_INIT;
    const tr_progress p = TR_PROGRESS_INIT;
    pupil a;
    pupil b;
    pupil_init(&a, 0, 1);
    assert_int_equal(tr_checkpoint_write(path, &origin, &a.l, &p, &none, NULL),
                     0);
    b.plan = world_plan(&b.train, &b.validate, MD_CHECK);
    b.l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_learner_init(&b.l, &b.plan, &run, 0, NULL), 0);
    refused(path, &b.l, 1, CS_E_FORMAT, "weight/");
    tr_learner_done(&a.l);
    tr_learner_done(&b.l);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_comes_back),
        TEST(what_does_not_fit_is_refused),
        TEST(another_network_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
