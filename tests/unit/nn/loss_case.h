/* What every loss must do, whatever it measures. A test describes its loss by
 * a function that runs it on a case. */
#ifndef CS_TESTS_NN_LOSS_CASE_H
#define CS_TESTS_NN_LOSS_CASE_H

#include <math.h>
#include <string.h>

#include "../../golden/losses.h"
#include "base/mem.h"
#include "base/random.h"
#include "gradcheck.h"
#include "nn/loss.h"
#include "support/test.h"

#define LOSS_SMALL 30 /* elements of the golden inputs, 2 x 3 x 5 */

typedef struct loss_case {
    nn_loss_dims d;
    const void *options;
    const float *pred, *target; /* target or labels */
    const int32_t *labels;
} loss_case;

typedef int loss_run(cs_pool *pool, const loss_case *k, double *ret,
                     float *grad);

#define LOSS_GOLDEN_DIMS ((nn_loss_dims){2, 3, 5})

static inline void loss_expect_close(double got, double wanted,
                                     double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance * (1 + fabs(wanted))))
        fail_msg("%.17g, expected %.17g", got, wanted);
}

/* The golden value in double; the gradient as a float can hold it. */
static inline void loss_expect_golden(loss_run *run, const loss_case *k,
                                      const golden_loss *golden)
{
    double loss = 0;
    float grad[LOSS_SMALL];
    assert_int_equal(run(NULL, k, &loss, grad), 0);
    loss_expect_close(loss, golden->loss, 1e-13);
    for (size_t i = 0; i < k->d.n * k->d.c * k->d.p; i++)
        loss_expect_close((double)grad[i], golden->grad[i], 6e-8);
    double alone = 0;
    assert_int_equal(run(NULL, k, &alone, NULL), 0);
    assert_true(alone == loss);
}

struct loss_slope {
    loss_run *run;
    loss_case k;
};

static inline double loss_at(void *ctx, const float *x)
{
    struct loss_slope *s = ctx;
    s->k.pred = x;
    double loss = 0;
    assert_int_equal(s->run(NULL, &s->k, &loss, NULL), 0);
    return loss;
}

static inline void loss_expect_gradient(loss_run *run, const loss_case *k)
{
    size_t n = k->d.n * k->d.c * k->d.p;
    float x[LOSS_SMALL];
    float grad[LOSS_SMALL];
    double loss = 0;
    memcpy(x, k->pred, n * sizeof(*x));
    assert_int_equal(run(NULL, k, &loss, grad), 0);
    struct loss_slope s = {run, *k};
    gradcheck(loss_at, &s, x, n, grad, 2e-6);
}

static inline float *loss_random(size_t n, bool normal, uint64_t stream)
{
    float *v = cs_calloc(n, sizeof(*v));
    assert_non_null(v);
    cs_rng r = cs_rng_stream(11, stream);
    for (size_t i = 0; i < n; i++)
        v[i] = normal ? cs_rng_normal_f32(&r) : cs_rng_uniform_f32(&r);
    return v;
}

static inline int32_t *loss_random_labels(size_t n, size_t c)
{
    int32_t *v = cs_calloc(n, sizeof(*v));
    assert_non_null(v);
    cs_rng r = cs_rng_stream(11, 3);
    for (size_t i = 0; i < n; i++)
        v[i] = (int32_t)cs_rng_below(&r, c);
    return v;
}

/* Many chunks, the last one odd; on 1, 2, 3 and 7 threads and on none. */
static inline void loss_expect_same_bits(loss_run *run, const void *options,
                                         bool logits)
{
    nn_loss_dims d = {3, 3, 20011};
    size_t n = d.n * d.c * d.p;
    CS_AUTO_MEM float *pred = loss_random(n, logits, 1);
    CS_AUTO_MEM float *target = loss_random(n, false, 2);
    CS_AUTO_MEM int32_t *labels = loss_random_labels(d.n * d.p, d.c);
    CS_AUTO_MEM float *first = cs_calloc(n, sizeof(*first));
    CS_AUTO_MEM float *grad = cs_calloc(n, sizeof(*grad));
    assert_non_null(first);
    assert_non_null(grad);
    loss_case k = {d, options, pred, target, labels};
    double wanted = 0;
    assert_int_equal(run(NULL, &k, &wanted, first), 0);
    const unsigned threads[] = {1, 2, 3, 7};
    for (size_t i = 0; i < CS_COUNTOF(threads); i++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads[i], &pool, NULL), 0);
        double loss = 0;
        memset(grad, 0xff, n * sizeof(*grad));
        assert_int_equal(run(pool, &k, &loss, grad), 0);
        assert_memory_equal(&loss, &wanted, sizeof(loss));
        assert_memory_equal(grad, first, n * sizeof(*grad));
    }
}

/* Logits of +-1e4 on the wrong and on the right side. */
static inline void loss_expect_finite(loss_run *run, const void *options)
{
    const float pred[] = {1e4F, -1e4F, 1e4F, -1e4F, 1e4F, 1e4F, -1e4F, 0};
    const float target[] = {0, 1, 1, 0, 1, 0, 1, 1};
    const int32_t labels[] = {1, 0, 1, 0};
    loss_case k = {{2, 2, 2}, options, pred, target, labels};
    double loss = (double)NAN;
    float grad[8];
    assert_int_equal(run(NULL, &k, &loss, grad), 0);
    assert_true(isfinite(loss));
    for (size_t i = 0; i < CS_COUNTOF(grad); i++)
        assert_true(isfinite(grad[i]));
}

static inline void loss_expect_no_empty(loss_run *run, const void *options)
{
    const nn_loss_dims bad[] = {
        {0, 3, 5}, {2, 0, 5}, {2, 3, 0}, {SIZE_MAX / 2, 3, 1}};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        loss_case k = {bad[i], options, golden_logits, golden_target,
                       golden_labels};
        double loss = -7;
        assert_int_equal(run(NULL, &k, &loss, NULL), CS_E_RANGE);
        assert_true(loss == -7);
    }
}

/* Memory refused: CS_E_NOMEM, and no leak that a sanitizer would see. */
static inline bool loss_refuse(CS_UNUSED const cs_alloc_site *site)
{
    return false;
}

static inline void loss_expect_nomem(loss_run *run, const loss_case *k)
{
    double loss = -7;
    cs_alloc_set_gate(loss_refuse);
    int r = run(NULL, k, &loss, NULL);
    cs_alloc_set_gate(NULL);
    assert_int_equal(r, CS_E_NOMEM);
    assert_true(loss == -7);
}

/* --- what holds for every loss over points --- */

/* A way to run it, on the golden inputs. */
typedef struct loss_variant {
    const void *options;
    const float *pred, *target;
    const int32_t *labels;
    const golden_loss *golden; /* what PyTorch says, or NULL */
} loss_variant;

typedef struct loss_laws {
    loss_run *run;
    const loss_variant *variants;
    size_t n;
    bool logits; /* predictions are any number; otherwise probabilities */
} loss_laws;

static inline loss_case loss_case_of(const loss_variant *v)
{
    return (loss_case){LOSS_GOLDEN_DIMS, v->options, v->pred, v->target,
                       v->labels};
}

static inline void loss_agrees_with_pytorch(void **state)
{
    const loss_laws *l = *state;
    for (size_t i = 0; i < l->n; i++) {
        const loss_case k = loss_case_of(&l->variants[i]);
        if (l->variants[i].golden)
            loss_expect_golden(l->run, &k, l->variants[i].golden);
    }
}

static inline void loss_gradient_is_the_slope(void **state)
{
    const loss_laws *l = *state;
    for (size_t i = 0; i < l->n; i++) {
        const loss_case k = loss_case_of(&l->variants[i]);
        loss_expect_gradient(l->run, &k);
    }
}

static inline void loss_has_the_same_bits_on_any_number_of_threads(void **state)
{
    const loss_laws *l = *state;
    for (size_t i = 0; i < l->n; i++)
        loss_expect_same_bits(l->run, l->variants[i].options, l->logits);
}

static inline void loss_stays_finite_for_extreme_logits(void **state)
{
    const loss_laws *l = *state;
    for (size_t i = 0; i < l->n && l->logits; i++)
        loss_expect_finite(l->run, l->variants[i].options);
}

static inline void loss_refuses_nothing_to_measure(void **state)
{
    const loss_laws *l = *state;
    loss_expect_no_empty(l->run, l->variants[0].options);
}

#define LOSS_LAWS(laws)                                                        \
    cmocka_unit_test_prestate(loss_agrees_with_pytorch, laws),                 \
        cmocka_unit_test_prestate(loss_gradient_is_the_slope, laws),           \
        cmocka_unit_test_prestate(                                             \
            loss_has_the_same_bits_on_any_number_of_threads, laws),            \
        cmocka_unit_test_prestate(loss_stays_finite_for_extreme_logits, laws), \
        cmocka_unit_test_prestate(loss_refuses_nothing_to_measure, laws)

#endif
