#include "image/percentile.h"

#include <math.h>

#include "support/test.h"

#define N 1000
static const double q[] = {0, 1, 2.5, 33.3, 50, 62.7, 99, 100};
#define QS CS_COUNTOF(q)

/* numpy.percentile(x, q, method=...) of NumPy 1.24, to the bit. */
static const double of_floats[IM_QUANTILES][QS] = {
    {-0x1.4p+4, -0x1.292a6bf5c28f6p+4, -0x1.06ea0ee666666p+4,
     0x1.c18649ee978d4p+4, 0x1.a1b6dcp+5, 0x1.19ed6c1a9fbe8p+6,
     0x1.ea4a9a7ae147bp+6, 0x1.fp+6}, /* linear */
    {-0x1.4p+4, -0x1.2b6db6p+4, -0x1.092492p+4, 0x1.cp+4, 0x1.a12494p+5,
     0x1.19b6dcp+6, 0x1.ea4924p+6, 0x1.fp+6}, /* lower */
    {-0x1.4p+4, -0x1.292492p+4, -0x1.06db6ep+4, 0x1.c24924p+4, 0x1.a24924p+5,
     0x1.1a4924p+6, 0x1.eadb6cp+6, 0x1.fp+6}, /* higher */
    {-0x1.4p+4, -0x1.292492p+4, -0x1.06db6ep+4, 0x1.c24924p+4, 0x1.a24924p+5,
     0x1.19b6dcp+6, 0x1.ea4924p+6, 0x1.fp+6}, /* nearest */
    {-0x1.4p+4, -0x1.2a4924p+4, -0x1.08p+4, 0x1.c12492p+4, 0x1.a1b6dcp+5,
     0x1.1ap+6, 0x1.ea9248p+6, 0x1.fp+6}, /* midpoint */
    {-0x1.4p+4, -0x1.2b6db6p+4, -0x1.092492p+4, 0x1.cp+4, 0x1.a12494p+5,
     0x1.19b6dcp+6, 0x1.ea4924p+6, 0x1.fp+6}, /* inverted_cdf */
    {-0x1.4p+4, -0x1.2a4924p+4, -0x1.08p+4, 0x1.cp+4, 0x1.a1b6dcp+5, 0x1.1ap+6,
     0x1.ea9248p+6, 0x1.fp+6}, /* averaged_inverted_cdf */
    {-0x1.4p+4, -0x1.2b6db6p+4, -0x1.092492p+4, 0x1.cp+4, 0x1.a12494p+5,
     0x1.19b6dcp+6, 0x1.ea4924p+6, 0x1.fp+6}, /* closest_observation */
    {-0x1.4p+4, -0x1.2b6db6p+4, -0x1.092492p+4, 0x1.bfffffffffffep+4,
     0x1.a12494p+5, 0x1.19b6dcp+6, 0x1.ea4924p+6,
     0x1.fp+6}, /* interpolated_inverted_cdf */
    {-0x1.4p+4, -0x1.2a4924p+4, -0x1.08p+4, 0x1.c12491ffffffep+4, 0x1.a1b6dcp+5,
     0x1.1ap+6, 0x1.ea9248p+6, 0x1.fp+6}, /* hazen */
    {-0x1.4p+4, -0x1.2b67dc0a3d70ap+4, -0x1.0915f1199999ap+4,
     0x1.c0c2da116872ap+4, 0x1.a1b6dcp+5, 0x1.1a1293e560418p+6,
     0x1.ead9f5851eb85p+6, 0x1.fp+6}, /* weibull */
    {-0x1.4p+4, -0x1.2aa8b6ae147aep+4, -0x1.085ca5b333333p+4,
     0x1.c103ff5b22d0dp+4, 0x1.a1b6dcp+5, 0x1.1a06314c756b3p+6,
     0x1.eaaa2c81b4e81p+6, 0x1.fp+6}, /* median_unbiased */
    {-0x1.4p+4, -0x1.2a90d2028f5c3p+4, -0x1.08457c4666666p+4,
     0x1.c10c24045a1c9p+4, 0x1.a1b6dcp+5, 0x1.1a04a4f958106p+6,
     0x1.eaa4336147ae1p+6, 0x1.fp+6}, /* normal_unbiased */
};
static const double of_shorts[IM_QUANTILES][QS] = {
    {-0x1.c2p+9, -0x1.b9028f5c28f5cp+9, -0x1.ac9p+9, -0x1.bcaa7ef9db22ep+7,
     0x1.8ep+6, 0x1.4fp+8, 0x1.0c428f5c28f5cp+10, 0x1.134p+10}, /* linear */
    {-0x1.c2p+9, -0x1.bap+9, -0x1.afp+9, -0x1.bep+7, 0x1.8cp+6, 0x1.4fp+8,
     0x1.0c4p+10, 0x1.134p+10}, /* lower */
    {-0x1.c2p+9, -0x1.b9p+9, -0x1.ac8p+9, -0x1.bcp+7, 0x1.9p+6, 0x1.4fp+8,
     0x1.0d4p+10, 0x1.134p+10}, /* higher */
    {-0x1.c2p+9, -0x1.b9p+9, -0x1.ac8p+9, -0x1.bcp+7, 0x1.9p+6, 0x1.4fp+8,
     0x1.0c4p+10, 0x1.134p+10}, /* nearest */
    {-0x1.c2p+9, -0x1.b98p+9, -0x1.adcp+9, -0x1.bdp+7, 0x1.8ep+6, 0x1.4fp+8,
     0x1.0ccp+10, 0x1.134p+10}, /* midpoint */
    {-0x1.c2p+9, -0x1.bap+9, -0x1.afp+9, -0x1.bep+7, 0x1.8cp+6, 0x1.4fp+8,
     0x1.0c4p+10, 0x1.134p+10}, /* inverted_cdf */
    {-0x1.c2p+9, -0x1.b98p+9, -0x1.adcp+9, -0x1.bep+7, 0x1.8ep+6, 0x1.4fp+8,
     0x1.0ccp+10, 0x1.134p+10}, /* averaged_inverted_cdf */
    {-0x1.c2p+9, -0x1.bap+9, -0x1.afp+9, -0x1.bep+7, 0x1.8cp+6, 0x1.4fp+8,
     0x1.0c4p+10, 0x1.134p+10}, /* closest_observation */
    {-0x1.c2p+9, -0x1.bap+9, -0x1.afp+9, -0x1.be0000000000cp+7, 0x1.8cp+6,
     0x1.4fp+8, 0x1.0c4p+10, 0x1.134p+10}, /* interpolated_inverted_cdf */
    {-0x1.c2p+9, -0x1.b98p+9, -0x1.adcp+9, -0x1.bd00000000002p+7, 0x1.8ep+6,
     0x1.4fp+8, 0x1.0ccp+10, 0x1.134p+10}, /* hazen */
    {-0x1.c2p+9, -0x1.b9fd70a3d70a4p+9, -0x1.aefp+9, -0x1.bd55810624dd4p+7,
     0x1.8ep+6, 0x1.4fp+8, 0x1.0d3d70a3d70a4p+10, 0x1.134p+10}, /* weibull */
    {-0x1.c2p+9, -0x1.b9a9d0369d037p+9, -0x1.ae25555555555p+9,
     -0x1.bd1c8057619f2p+7, 0x1.8ep+6, 0x1.4fp+8, 0x1.0ce9d0369d036p+10,
     0x1.134p+10}, /* median_unbiased */
    {-0x1.c2p+9, -0x1.b99f5c28f5c29p+9, -0x1.ae0cp+9, -0x1.bd15604189376p+7,
     0x1.8ep+6, 0x1.4fp+8, 0x1.0cdf5c28f5c28p+10,
     0x1.134p+10}, /* normal_unbiased */
};
static const double of_bytes[IM_QUANTILES][QS] = {
    {0x1.8p+1, 0x1.d99999999999ap+1, 0x1.3p+2, 0x1.1p+4, 0x1.acp+5,
     0x1.a366666666665p+6, 0x1.f88p+7, 0x1.fep+7}, /* linear */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.1p+4, 0x1.68p+6, 0x1.9p+7,
     0x1.fep+7}, /* lower */
    {0x1.8p+1, 0x1.1p+4, 0x1.1p+4, 0x1.1p+4, 0x1.68p+6, 0x1.9p+7, 0x1.fep+7,
     0x1.fep+7}, /* higher */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.1p+4, 0x1.68p+6, 0x1.fep+7,
     0x1.fep+7}, /* nearest */
    {0x1.8p+1, 0x1.4p+3, 0x1.4p+3, 0x1.1p+4, 0x1.acp+5, 0x1.22p+7, 0x1.c7p+7,
     0x1.fep+7}, /* midpoint */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.1p+4, 0x1.68p+6, 0x1.fep+7,
     0x1.fep+7}, /* inverted_cdf */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.acp+5, 0x1.68p+6, 0x1.fep+7,
     0x1.fep+7}, /* averaged_inverted_cdf */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.1p+4, 0x1.68p+6, 0x1.fep+7,
     0x1.fep+7}, /* closest_observation */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.0f8d4fdf3b645p+4, 0x1.1p+4,
     0x1.22810624dd2f2p+6, 0x1.f766666666665p+7,
     0x1.fep+7}, /* interpolated_inverted_cdf */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.acp+5, 0x1.db47ae147ae18p+6,
     0x1.fep+7, 0x1.fep+7}, /* hazen */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.acp+5, 0x1.09947ae147ae2p+7,
     0x1.fep+7, 0x1.fep+7}, /* weibull */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.acp+5, 0x1.ede81b4e81b4dp+6,
     0x1.fep+7, 0x1.fep+7}, /* median_unbiased */
    {0x1.8p+1, 0x1.8p+1, 0x1.8p+1, 0x1.1p+4, 0x1.acp+5, 0x1.e940000000002p+6,
     0x1.fep+7, 0x1.fep+7}, /* normal_unbiased */
};

static void check(tn_dtype d, const void *x, size_t n,
                  const double want[IM_QUANTILES][QS])
{
    for (unsigned threads = 1; threads <= 2; threads++)
        for (im_quantile m = 0; m < IM_QUANTILES; m++) {
            CS_AUTO(cs_pool) pool = NULL;
            assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
            for (cs_cpu_tier t = CS_CPU_BASELINE; t <= cs_cpu_tier_best();
                 t++) {
                double got[QS];
                const im_run run = {.pool = pool, .tier = t};
                assert_int_equal(im_percentiles(&(im_numbers){d, x, n}, q, QS,
                                                m, &run, got, NULL),
                                 0);
                for (size_t i = 0; i < QS; i++)
                    if (got[i] != want[m][i])
                        fail_msg("method %u, %g: %a, not %a", (unsigned)m, q[i],
                                 got[i], want[m][i]);
            }
        }
}

static void all_methods_equal_numpys(void **state)
{
    (void)state;
    float floats[N];
    int16_t shorts[N];
    const uint8_t bytes[] = {3, 200, 17, 17, 90, 255};
    for (int i = 0; i < N; i++) {
        floats[i] = (float)((double)(i * 7919 % 1009) / 7) - 20;
        shorts[i] = (int16_t)((i * i * 31 + i * 7) % 2003 - 900);
    }
    check(TN_F32, floats, N, of_floats);
    check(TN_I16, shorts, N, of_shorts);
    check(TN_U8, bytes, CS_COUNTOF(bytes), of_bytes);
    int32_t words[N];
    for (int i = 0; i < N; i++)
        words[i] = shorts[i];
    check(TN_I32, words, N, of_shorts);
}

static const im_run plain_run = {.tier = CS_CPU_BASELINE};

static void nan_anywhere_makes_nan(void **state)
{
    (void)state;
    const float x[] = {1, NAN, 3, -INFINITY};
    double got[2];
    assert_int_equal(im_percentiles(&(im_numbers){TN_F32, x, 3},
                                    (double[]){0, 50}, 2, IM_QUANTILE_LINEAR,
                                    &plain_run, got, NULL),
                     0);
    assert_true(isnan(got[0]) && isnan(got[1]));
}

static void one_element_is_every_percentile(void **state)
{
    (void)state;
    const int16_t x = -7;
    for (im_quantile m = 0; m < IM_QUANTILES; m++) {
        double got[QS];
        assert_int_equal(im_percentiles(&(im_numbers){TN_I16, &x, 1}, q, QS, m,
                                        &plain_run, got, NULL),
                         0);
        for (size_t i = 0; i < QS; i++)
            assert_true(got[i] == -7);
    }
}

/* NumPy's own difference of int16 overflows here and gives 32767.5. */
static void far_neighbours_do_not_overflow(void **state)
{
    (void)state;
    const int16_t x[] = {INT16_MIN, INT16_MAX};
    double got;
    assert_int_equal(im_percentiles(&(im_numbers){TN_I16, x, 2}, (double[]){50},
                                    1, IM_QUANTILE_LINEAR, &plain_run, &got,
                                    NULL),
                     0);
    assert_true(got == -0.5);
}

static int refused(tn_dtype d, size_t n, double at)
{
    const double x[2] = {0, 1};
    double got = 77;
    cs_errinfo info = {0};
    int r = im_percentiles(&(im_numbers){d, x, n}, &at, 1, IM_QUANTILE_LINEAR,
                           &plain_run, &got, &info);
    assert_true(got == 77);
    assert_true(r < 0 && info.message[0]);
    return r;
}

static void what_cannot_be_asked_is_refused(void **state)
{
    (void)state;
    assert_int_equal(refused(TN_U8, 0, 50), CS_E_RANGE);
    assert_int_equal(refused(TN_U8, 2, -0.1), CS_E_RANGE);
    assert_int_equal(refused(TN_U8, 2, 100.1), CS_E_RANGE);
    assert_int_equal(refused(TN_U8, 2, (double)NAN), CS_E_RANGE);
    assert_int_equal(refused(TN_F64, 2, 50), CS_E_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_methods_equal_numpys),
        cmocka_unit_test(nan_anywhere_makes_nan),
        cmocka_unit_test(one_element_is_every_percentile),
        cmocka_unit_test(far_neighbours_do_not_overflow),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
