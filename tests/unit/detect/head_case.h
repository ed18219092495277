/* A head under test: its recipe, truth and outputs, and what every kind of
 * head must do. */
#ifndef CS_TESTS_DETECT_HEAD_CASE_H
#define CS_TESTS_DETECT_HEAD_CASE_H

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "detect/head.h"
#include "nn/gradcheck.h"
#include "support/test.h"

#define HEAD_OUTPUTS 2

typedef struct head_case {
    md_recipe r;
    dt_loss_options o;
    const dt_truth *truths;
    size_t n, size[3];
    size_t channels[HEAD_OUTPUTS]; /* of each output; 0: there is none */
} head_case;

static inline size_t head_points(const head_case *k)
{
    size_t cells[3];
    dt_head_cells(&k->r, k->size, cells);
    return cells[0] * cells[1] * cells[2];
}

static inline size_t head_floats(const head_case *k, size_t output)
{
    return k->n * k->channels[output] * head_points(k);
}

/* Outputs and their gradients. */
typedef struct head_run {
    float *out[HEAD_OUTPUTS], *grad[HEAD_OUTPUTS];
    dt_loss loss;
} head_run;

static inline head_run head_start(const head_case *k, float value)
{
    head_run h = {0};
    for (size_t i = 0; i < HEAD_OUTPUTS; i++) {
        size_t n = head_floats(k, i);
        h.out[i] = cs_calloc(n, sizeof(float));
        h.grad[i] = cs_calloc(n, sizeof(float));
        assert_non_null(h.out[i]);
        assert_non_null(h.grad[i]);
        for (size_t j = 0; j < n; j++)
            h.out[i][j] = value;
    }
    return h;
}

static inline void head_done(head_run *h)
{
    for (size_t i = 0; i < HEAD_OUTPUTS; i++) {
        cs_free(h->out[i]);
        cs_free(h->grad[i]);
    }
}

static inline int head_try(const head_case *k, cs_pool *pool, head_run *h,
                           cs_errinfo *info)
{
    const float *outputs[] = {h->out[0], h->out[1]};
    return dt_head_loss(&k->r, &k->o, pool, k->truths, k->n, k->size, outputs,
                        h->grad, &h->loss, info);
}

static inline void head_do(const head_case *k, cs_pool *pool, head_run *h)
{
    for (size_t i = 0; i < HEAD_OUTPUTS; i++)
        memset(h->grad[i], 0xff, head_floats(k, i) * sizeof(float));
    cs_errinfo info = {0};
    if (head_try(k, pool, h, &info) < 0)
        fail_msg("%s", info.message);
}

/* Logits and boxes; or, between low and high, probabilities. */
static inline void head_fill(const head_case *k, head_run *h, float low,
                             float high)
{
    for (size_t i = 0; i < HEAD_OUTPUTS; i++) {
        cs_rng r = cs_rng_stream(17, i);
        for (size_t j = 0; j < head_floats(k, i); j++)
            h->out[i][j] = low + (high - low) * cs_rng_uniform_f32(&r);
    }
}

static inline void head_expect(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-6 * (1 + fabs(wanted))))
        fail_msg("%.12g, expected %.12g", got, wanted);
}

struct head_slope {
    const head_case *k;
    head_run *h;
};

static inline double head_loss_at(void *ctx, CS_UNUSED const float *x)
{
    struct head_slope *s = ctx;
    head_run h = *s->h;
    head_run apart = head_start(s->k, 0);
    memcpy(h.grad, apart.grad, sizeof(h.grad));
    head_do(s->k, NULL, &h);
    head_done(&apart);
    return h.loss.loss;
}

/* By central differences, in every output. */
static inline void head_expect_gradient(const head_case *k, float low,
                                        float high)
{
    head_run h = head_start(k, 0);
    head_fill(k, &h, low, high);
    head_do(k, NULL, &h);
    assert_true(h.loss.loss > 0);
    struct head_slope s = {k, &h};
    for (size_t i = 0; i < HEAD_OUTPUTS; i++)
        gradcheck(head_loss_at, &s, h.out[i], head_floats(k, i), h.grad[i],
                  4e-6);
    head_done(&h);
}

/* For a case of several chunks. */
static inline void head_expect_same_bits(const head_case *k, float low,
                                         float high)
{
    head_run one = head_start(k, 0);
    head_run many = head_start(k, 0);
    head_fill(k, &one, low, high);
    head_fill(k, &many, low, high);
    head_do(k, NULL, &one);
    for (unsigned threads = 2; threads <= 3; threads++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        head_do(k, pool, &many);
        assert_memory_equal(&one.loss, &many.loss, sizeof(one.loss));
        for (size_t i = 0; i < HEAD_OUTPUTS; i++)
            assert_memory_equal(one.grad[i], many.grad[i],
                                head_floats(k, i) * sizeof(float));
    }
    head_done(&one);
    head_done(&many);
}

/* Every output at `value`: no overflow anywhere. */
static inline void head_expect_finite(const head_case *k, float value)
{
    head_run h = head_start(k, value);
    head_do(k, NULL, &h);
    assert_true(isfinite(h.loss.loss));
    for (size_t i = 0; i < HEAD_OUTPUTS; i++)
        for (size_t j = 0; j < head_floats(k, i); j++)
            assert_true(isfinite(h.grad[i][j]));
    head_done(&h);
}

static inline void head_expect_nan_shows(const head_case *k)
{
    head_run h = head_start(k, 0.25F);
    h.out[0][0] = NAN;
    head_do(k, NULL, &h);
    assert_true(isnan(h.loss.loss));
    head_done(&h);
}

/* A network that is only named: its classes are in the recipe. */
static const zoo_network head_network = {.name = "none", .classes = 1};

static inline head_case head_of(md_head_kind kind, size_t stride,
                                size_t classes, const dt_truth *truths,
                                size_t n)
{
    return (head_case){
        .r = {.network = &head_network,
              .classes = classes,
              .head = {.kind = kind, .stride = stride}},
        .truths = truths,
        .n = n,
        .channels = {classes, 0},
    };
}

static inline void head_size(head_case *k, size_t x, size_t y, size_t z)
{
    const size_t size[] = {x, y, z};
    memcpy(k->size, size, sizeof(size));
}

static inline dt_seen head_seen(double x, double y, double z, double diameter)
{
    return (dt_seen){{x, y, z}, diameter, false};
}

#endif
