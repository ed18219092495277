#include "trainer.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/loss.h"
#include "nn/schedule.h"
#include "nn/trainable.h"
#include "score.h"
#include "zoo/zoo.h"

static const char network[] = "resnet18-2d-28";

/* --- life --- */

static int runner_init(runner *u, trainer *t, size_t n, bool training,
                       cs_errinfo *info)
{
    const zoo_options options = {.channels = CHANNELS,
                                 .classes = t->recipe.classes};
    const tk_dims dims = {n, CHANNELS, 1, SIDE, SIDE};
    const nn_plan_options o = {
        .training = training, .pool = t->recipe.pool, .tier = t->recipe.tier};
    u->n = n;
    int r = zoo_build(zoo_find(network), &options, &dims, t->params, &u->graph,
                      info);
    return r < 0 ? r : nn_plan_new(u->graph, &o, &u->plan, info);
}

static void runner_done(runner *u)
{
    nn_plan_free(u->plan);
    nn_graph_free(u->graph);
}

static int make_runners(trainer *t, cs_errinfo *info)
{
    size_t whole = CS_MIN(t->recipe.batch, t->train->n);
    size_t rest = t->train->n % whole;
    int r = runner_init(&t->whole, t, whole, true, info);
    if (r == 0 && rest)
        r = runner_init(&t->rest, t, rest, true, info);
    return r < 0 ? r : runner_init(&t->look, t, whole, false, info);
}

static int make_room(trainer *t, cs_errinfo *info)
{
    size_t n = t->whole.n;
    size_t scores = n * t->recipe.classes;
    t->order = cs_calloc(t->train->n, sizeof(*t->order));
    t->images = cs_calloc(n, PIXELS * sizeof(*t->images));
    t->labels = cs_calloc(n, sizeof(*t->labels));
    t->logits = cs_calloc(scores, sizeof(*t->logits));
    t->grad = cs_calloc(scores, sizeof(*t->grad));
    if (!t->order || !t->images || !t->labels || !t->logits || !t->grad)
        return cs_fail_nomem(info);
    return 0;
}

int trainer_init(trainer *t, const recipe *how, const med_part *train,
                 cs_errinfo *info)
{
    t->recipe = *how;
    t->train = train;
    int r = nn_params_new(&t->params, info);
    if (r == 0)
        r = make_runners(t, info);
    if (r == 0)
        r = make_room(t, info);
    if (r < 0)
        return r;
    nn_params_reset(t->params, how->seed);
    r = nn_trainable(t->params, &t->list, &t->list_n, info);
    return r < 0 ? r
                 : nn_optim_new(&NN_ADAM_DEFAULT, t->list, t->list_n, &t->optim,
                                info);
}

void trainer_done(trainer *t)
{
    nn_optim_free(t->optim);
    runner_done(&t->whole);
    runner_done(&t->rest);
    runner_done(&t->look);
    nn_params_free(t->params);
    cs_free(t->list);
    cs_free(t->order);
    cs_free(t->images);
    cs_free(t->labels);
    cs_free(t->logits);
    cs_free(t->grad);
    *t = (trainer){0};
}

/* --- training --- */

static double rate(const trainer *t, uint64_t epoch)
{
    uint64_t epochs = t->recipe.epochs;
    const uint64_t milestones[] = {(epochs + 1) / 2, (3 * epochs + 3) / 4};
    const nn_schedule s = {.kind = NN_SCHEDULE_MULTI_STEP,
                           .lr = 1e-3,
                           .gamma = 0.1,
                           .milestones = milestones,
                           .milestone_count = CS_COUNTOF(milestones)};
    return nn_schedule_lr(&s, epoch);
}

static void shuffle(trainer *t, uint64_t epoch)
{
    const cs_rng seed = cs_rng_stream(t->recipe.seed, 0);
    cs_rng r = cs_rng_derive(&seed, "order", epoch);
    for (size_t i = 0; i < t->train->n; i++)
        t->order[i] = i;
    cs_rng_shuffle(&r, t->order, t->train->n, sizeof(*t->order));
}

/* `axes`: 1 left for right, 2 top for bottom. */
static void copy_mirrored(const float *from, uint32_t axes, float *to)
{
    for (size_t i = 0; i < PIXELS; i++) {
        size_t x = i % SIDE;
        size_t y = i / SIDE % SIDE;
        size_t channel = i / (SIDE * SIDE);
        x = axes & 1 ? SIDE - 1 - x : x;
        y = axes & 2 ? SIDE - 1 - y : y;
        to[i] = from[(channel * SIDE + y) * SIDE + x];
    }
}

static void gather(trainer *t, uint64_t epoch, size_t begin, size_t n)
{
    const cs_rng seed = cs_rng_stream(t->recipe.seed, begin);
    cs_rng r = cs_rng_derive(&seed, "mirror", epoch);
    for (size_t i = 0; i < n; i++) {
        size_t from = t->order[begin + i];
        copy_mirrored(t->train->images + from * PIXELS,
                      t->recipe.mirror ? cs_rng_u32(&r) & 3 : 0,
                      t->images + i * PIXELS);
        t->labels[i] = t->train->labels[from];
    }
}

static int step(trainer *t, runner *u, double lr, double *ret_loss,
                cs_errinfo *info)
{
    const nn_loss_dims dims = {u->n, t->recipe.classes, 1};
    const float *inputs[] = {t->images};
    float *outputs[] = {t->logits};
    const float *gradients[] = {t->grad};
    nn_plan_forward(u->plan, inputs, outputs);
    int r = nn_loss_cross_entropy(t->recipe.pool, &dims, NULL, t->logits,
                                  t->labels, ret_loss, t->grad, info);
    if (r < 0)
        return r;
    if (!isfinite(*ret_loss))
        return cs_fail(info, CS_E_RANGE, "the loss is %g", *ret_loss);
    nn_params_zero_gradients(t->params);
    nn_plan_backward(u->plan, gradients, NULL);
    nn_optim_step(t->optim, t->recipe.pool, lr);
    return 0;
}

int trainer_epoch(trainer *t, uint64_t epoch, double *ret_loss,
                  cs_errinfo *info)
{
    double sum = 0;
    shuffle(t, epoch);
    for (size_t begin = 0; begin < t->train->n;) {
        bool whole = t->train->n - begin >= t->whole.n;
        runner *u = whole ? &t->whole : &t->rest;
        double loss = 0;
        gather(t, epoch, begin, u->n);
        int r = step(t, u, rate(t, epoch), &loss, info);
        if (r < 0)
            return r;
        sum += loss * (double)u->n;
        begin += u->n;
    }
    *ret_loss = sum / (double)t->train->n;
    return 0;
}

/* --- looking --- */

/* The last batch is filled up with images from before; nobody reads what they
 * give. */
int trainer_predict(trainer *t, const med_part *p, double *ret,
                    cs_errinfo *info)
{
    size_t classes = t->recipe.classes;
    const float *inputs[] = {t->images};
    float *outputs[] = {t->logits};
    int r = nn_plan_refresh(t->look.plan, info);
    for (size_t begin = 0; r == 0 && begin < p->n; begin += t->look.n) {
        size_t n = CS_MIN(t->look.n, p->n - begin);
        memcpy(t->images, p->images + begin * PIXELS,
               n * PIXELS * sizeof(float));
        nn_plan_forward(t->look.plan, inputs, outputs);
        r = softmax_rows(t->logits, n, classes, ret + begin * classes, info);
    }
    return r;
}
