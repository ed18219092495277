/* A bowl to roll down, the one of tests/golden/make_losses.py, and a larger
 * one of several parameters to show that threads change nothing. */
#ifndef CS_TESTS_NN_OPTIM_BOWL_H
#define CS_TESTS_NN_OPTIM_BOWL_H

#include <math.h>
#include <string.h>

#include "../../golden/optim.h"
#include "base/random.h"
#include "nn/optim.h"
#include "support/test.h"

/* w - centre in float, times 0.5, 1.5 or 2.5. */
static inline void bowl_grad(const float *w, float *grad, int step)
{
    for (size_t i = 0; i < GOLDEN_SIZE; i++)
        grad[i] = (w[i] - golden_centre[i]) * (0.5F + (float)(step % 3));
}

/* To the bit: PyTorch ran without fused multiply-adds. */
static inline void bowl_expect(const float *got, const float *wanted)
{
    for (size_t i = 0; i < GOLDEN_SIZE; i++) {
        if (got[i] != wanted[i])
            fail_msg("%zu: %.9g, expected %.9g", i, (double)got[i],
                     (double)wanted[i]);
    }
}

static inline void bowl_expect_golden(const nn_optim_options *o, double lr,
                                      const float *wanted,
                                      const float *const *wanted_state)
{
    float value[GOLDEN_SIZE];
    float grad[GOLDEN_SIZE];
    memcpy(value, golden_start, sizeof(value));
    nn_optim_param p = {"w", value, grad, GOLDEN_SIZE, 1, true};
    CS_AUTO(nn_optim) optim = NULL;
    assert_int_equal(nn_optim_new(o, &p, 1, &optim, NULL), 0);
    for (int step = 0; step < GOLDEN_STEPS; step++) {
        bowl_grad(value, grad, step);
        nn_optim_step(optim, NULL, lr);
    }
    bowl_expect(value, wanted);
    for (size_t i = 0; i < nn_optim_state_count(optim); i++)
        bowl_expect(nn_optim_state_at(optim, i).data, wanted_state[i]);
    assert_int_equal(nn_optim_steps(optim), GOLDEN_STEPS);
}

#define BOWL_LARGE 30011

static inline void bowl_roll(const nn_optim_options *o, cs_pool *pool,
                             float *value, float *grad)
{
    cs_rng r = cs_rng_stream(5, 0);
    cs_rng_fill_normal_f32(&r, 0, value, BOWL_LARGE);
    nn_optim_param params[] = {
        {"a", value, grad, 11, 2, false},
        {"b", value + 11, grad + 11, BOWL_LARGE - 11, 1, true}};
    CS_AUTO(nn_optim) optim = NULL;
    assert_int_equal(nn_optim_new(o, params, 2, &optim, NULL), 0);
    for (int step = 0; step < 5; step++) {
        for (size_t i = 0; i < BOWL_LARGE; i++)
            grad[i] = value[i] * 0.7F;
        nn_optim_step(optim, pool, 0.01);
    }
}

static inline void bowl_expect_same_bits(const nn_optim_options *o)
{
    static float first[BOWL_LARGE], value[BOWL_LARGE], grad[BOWL_LARGE];
    bowl_roll(o, NULL, first, grad);
    const unsigned threads[] = {1, 2, 3, 7};
    for (size_t i = 0; i < CS_COUNTOF(threads); i++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads[i], &pool, NULL), 0);
        bowl_roll(o, pool, value, grad);
        assert_memory_equal(value, first, sizeof(value));
    }
}

#endif
