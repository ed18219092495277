/* Losses and networks together: a few steps of training find balls. */
#include <math.h>

#include "base/mem.h"
#include "base/random.h"
#include "detect/head.h"
#include "nn/optim.h"
#include "nn/plan.h"
#include "nn/trainable.h"
#include "support/test.h"

#define SIDE 16
#define VOXELS ((size_t)SIDE * SIDE * SIDE)
#define BATCH 4
#define FLOATS (5 * (VOXELS / 8)) /* of an output, a sample; at most */

static nn_value trunk(nn_graph *g, nn_value x, size_t stride)
{
    const size_t s = stride;
    const size_t k = stride + 2; /* about each cell's centre */
    x = nn_relu(g, nn_conv(g, "first", x,
                           &(nn_conv_spec){.out = 16,
                                           .kernel = {k, k, k},
                                           .stride = {s, s, s},
                                           .pad = {1, 1, 1}}));
    return nn_relu(g, nn_conv(g, "second", x,
                              &(nn_conv_spec){.out = 16,
                                              .kernel = {3, 3, 3},
                                              .pad = {1, 1, 1}}));
}

static void centres(nn_graph *g, nn_value x, size_t outputs)
{
    x = trunk(g, x, 2);
    nn_output(g, nn_conv(g, "out", x, &(nn_conv_spec){.out = outputs}));
}

static void anchors(nn_graph *g, nn_value x, size_t count)
{
    x = trunk(g, x, 4);
    nn_output(g, nn_conv(g, "score", x, &(nn_conv_spec){.out = 2 * count}));
    nn_output(g, nn_conv(g, "box", x, &(nn_conv_spec){.out = 6 * count}));
}

/* Bright balls, one in each patch, in noise. */
typedef struct scene {
    float x[BATCH * VOXELS];
    dt_seen balls[BATCH];
    dt_truth truths[BATCH];
} scene;

static void draw(scene *s, uint64_t number)
{
    cs_rng r = cs_rng_stream(3, number);
    for (size_t i = 0; i < BATCH; i++) {
        dt_seen *b = &s->balls[i];
        b->diameter = 5 + 2 * (double)cs_rng_uniform_f32(&r);
        b->excluded = false;
        for (int a = 0; a < 3; a++)
            b->at[a] = 4 + 8 * (double)cs_rng_uniform_f32(&r);
        s->truths[i] = (dt_truth){b, 1, NULL, 0};
        for (size_t k = 0; k < VOXELS; k++) {
            size_t plane = k / (SIDE * SIDE);
            double x = (double)(k % SIDE) - b->at[0];
            double y = (double)(k / SIDE % SIDE) - b->at[1];
            double z = (double)plane - b->at[2];
            bool in = 4 * (x * x + y * y + z * z) <= b->diameter * b->diameter;
            s->x[i * VOXELS + k] =
                (in ? 0.8F : 0.1F) + 0.1F * cs_rng_uniform_f32(&r);
        }
    }
}

typedef struct trainee {
    md_recipe r;
    nn_params *params;
    nn_graph *graph;
    nn_plan *plan;
    nn_optim *optim;
    scene scene;
    float out[2][BATCH * FLOATS], grad[2][BATCH * FLOATS];
} trainee;

static const size_t size[] = {SIDE, SIDE, SIDE};

static trainee *trainee_new(const md_recipe *r)
{
    trainee *t = cs_new0(trainee);
    assert_non_null(t);
    t->r = *r;
    assert_int_equal(nn_params_new(&t->params, NULL), 0);
    const tk_dims dims = {BATCH, 1, SIDE, SIDE, SIDE};
    const zoo_options classes = {.classes = r->classes};
    assert_int_equal(
        zoo_build(r->network, &classes, &dims, t->params, &t->graph, NULL), 0);
    nn_params_reset(t->params, 1);
    assert_int_equal(dt_head_start(r, t->params, NULL), 0);
    const nn_plan_options o = {.training = true, .tier = cs_cpu_tier_best()};
    assert_int_equal(nn_plan_new(t->graph, &o, &t->plan, NULL), 0);
    nn_optim_param *list = NULL;
    size_t n = 0;
    assert_int_equal(nn_trainable(t->params, &list, &n, NULL), 0);
    assert_int_equal(nn_optim_new(&NN_ADAM_DEFAULT, list, n, &t->optim, NULL),
                     0);
    cs_free(list);
    return t;
}

static void trainee_free(trainee *t)
{
    nn_optim_free(t->optim);
    nn_plan_free(t->plan);
    nn_graph_free(t->graph);
    nn_params_free(t->params);
    cs_free(t);
}

static double step(trainee *t, uint64_t number)
{
    const float *inputs[] = {t->scene.x};
    float *outputs[] = {t->out[0], t->out[1]};
    const float *seen[] = {t->out[0], t->out[1]};
    float *gradients[] = {t->grad[0], t->grad[1]};
    const float *slopes[] = {t->grad[0], t->grad[1]};
    dt_loss loss;
    draw(&t->scene, number);
    nn_plan_forward(t->plan, inputs, outputs);
    assert_int_equal(dt_head_loss(&t->r, NULL, NULL, t->scene.truths, BATCH,
                                  size, seen, gradients, &loss, NULL),
                     0);
    nn_params_zero_gradients(t->params);
    nn_plan_backward(t->plan, slopes, NULL);
    nn_optim_step(t->optim, NULL, 0.01);
    return loss.loss;
}

/* How far the best cell of a sample says the ball's centre is off. */
static double off(const trainee *t, size_t sample)
{
    float map[FLOATS];
    size_t cells[3];
    const float *seen[] = {t->out[0], t->out[1]};
    dt_head_cells(&t->r, size, cells);
    size_t points = cells[0] * cells[1] * cells[2];
    dt_head_map(&t->r, BATCH, sample, size, seen, map);
    size_t best = 0;
    for (size_t i = 1; i < points; i++)
        best = map[i] > map[best] ? i : best;
    const size_t cell[] = {best % cells[0], best / cells[0] % cells[1],
                           best / cells[0] / cells[1]};
    double d2 = 0;
    for (size_t a = 0; a < 3; a++) {
        double stride = (double)t->r.head.stride;
        double at = ((double)cell[a] + 0.5) * stride - 0.5 +
                    (double)map[(a + 1) * points + best];
        d2 += (at - t->scene.balls[sample].at[a]) *
              (at - t->scene.balls[sample].at[a]);
    }
    return sqrt(d2);
}

static void learn(const md_recipe *r, size_t steps)
{
    trainee *t = trainee_new(r);
    double first = 0;
    double last = 0;
    for (uint64_t i = 0; i < steps; i++) {
        double loss = step(t, i);
        assert_true(isfinite(loss));
        first += i < 5 ? loss : 0;
        last += i + 5 >= steps ? loss : 0;
    }
    assert_true(last < 0.6 * first);
    /* balls not seen before */
    (void)step(t, 1000);
    for (size_t i = 0; i < BATCH; i++) {
        double apart = off(t, i);
        if (!(apart < 2))
            fail_msg("ball %zu is missed by %.3g voxels; loss %.3g, then %.3g",
                     i, apart, first / 5, last / 5);
    }
    trainee_free(t);
}

static void centres_find_balls(void **state)
{
    (void)state;
    const zoo_network net = {"small", "", 3, 1, 5, centres};
    const md_recipe r = {.network = &net,
                         .input.patch = {SIDE, SIDE, SIDE},
                         .head = {.kind = MD_HEAD_CENTRES, .stride = 2}};
    learn(&r, 40);
}

static void anchors_find_balls(void **state)
{
    (void)state;
    const zoo_network net = {"small", "", 3, 1, 2, anchors};
    const md_recipe r = {.network = &net,
                         .input.patch = {SIDE, SIDE, SIDE},
                         .head = {.kind = MD_HEAD_ANCHORS,
                                  .stride = 4,
                                  .anchors = {5, 7},
                                  .anchor_count = 2}};
    learn(&r, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(centres_find_balls),
        cmocka_unit_test(anchors_find_balls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
