/* A few kernels against what PyTorch made of the same inputs. */
#include "../../../golden/kernels.h"

#include "support/kernel.h"
#include "tensor/kernels/attention.h"
#include "tensor/kernels/layer_norm.h"
#include "tensor/kernels/resize.h"
#include "tensor/kernels/softmax.h"

/* As values() in the script. */
static double *golden_values(size_t n, uint32_t seed)
{
    double *to = kt_doubles(n);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525U + 1013904223U;
        to[i] = (double)(seed >> 24) / 64 - 2;
    }
    return to;
}

static float *golden_floats(size_t n, uint32_t seed)
{
    CS_AUTO_MEM double *p = golden_values(n, seed);
    return kt_to_floats(p, n);
}

/* dy of every result. */
#define DY 99

static void near_golden(const float *got, const float *golden, size_t n)
{
    CS_AUTO_MEM double *expected = kt_to_doubles(golden, n);
    kt_near_floats(got, expected, n, 2e-6);
}

static tk_run one_thread(void)
{
    return (tk_run){.table = tk_table_of(cs_cpu_tier_best())};
}

/* An image's contents against plain golden values. */
static void image_is_golden(const tk_image *x, const float *golden)
{
    CS_AUTO_MEM double *plain = kt_plain(x);
    CS_AUTO_MEM float *got = kt_to_floats(plain, kt_elements(&x->dims));
    near_golden(got, golden, kt_elements(&x->dims));
}

static tk_image golden_image(tk_dims dims, uint32_t seed)
{
    CS_AUTO_MEM double *plain = golden_values(kt_elements(&dims), seed);
    return kt_image(dims, plain);
}

static void check_resize(tk_resize how, tk_dims x_dims, tk_dims y_dims,
                         const float *y_golden, const float *dx_golden)
{
    tk_run run = one_thread();
    tk_image x = golden_image(x_dims, 1);
    tk_image dy = golden_image(y_dims, DY);
    tk_image y = tk_image_at(kt_floats(tk_image_floats(&y_dims)), y_dims);
    tk_resize_forward(&run, how, &x, &y);
    image_is_golden(&y, y_golden);
    tk_resize_backward(&run, how, &dy, &x);
    image_is_golden(&x, dx_golden);
    cs_free(x.data);
    cs_free(y.data);
    cs_free(dy.data);
}

static void resizing_is_that_of_pytorch(void **state)
{
    (void)state;
    tk_dims x = {1, 1, 2, 3, 4};
    tk_dims y = {1, 1, 3, 5, 3};
    check_resize(TK_RESIZE_NEAREST, x, y, golden_nearest, golden_nearest_da);
    check_resize(TK_RESIZE_LINEAR, x, y, golden_linear, golden_linear_da);
    check_resize(TK_RESIZE_LINEAR_CORNERS, x, y, golden_corners,
                 golden_corners_da);
    x = (tk_dims){1, 1, 1, 3, 4};
    y = (tk_dims){1, 1, 1, 7, 5};
    check_resize(TK_RESIZE_LINEAR, x, y, golden_bilinear, golden_bilinear_da);
    check_resize(TK_RESIZE_LINEAR_CORNERS, x, y, golden_bilinear_corners,
                 golden_bilinear_corners_da);
}

/* Where nearest reads from `in` voxels for each of `out`. */
static void read_places(size_t in, size_t out, float *places)
{
    float x[64 * TK_LANES] __attribute__((aligned(32))) = {0};
    float y[128 * TK_LANES] __attribute__((aligned(32)));
    for (size_t i = 0; i < in; i++)
        x[i * TK_LANES] = (float)i;
    tk_image from = tk_image_at(x, (tk_dims){1, 1, 1, 1, in});
    tk_image to = tk_image_at(y, (tk_dims){1, 1, 1, 1, out});
    tk_run run = {0};
    tk_resize_forward(&run, TK_RESIZE_NEAREST, &from, &to);
    for (size_t i = 0; i < out; i++)
        places[i] = y[i * TK_LANES];
}

static void nearest_rounds_as_pytorch_does(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t in = 1; in <= 64; in++)
        for (size_t out = 1; out <= 128; out++) {
            float places[128];
            read_places(in, out, places);
            for (size_t o = 0; o < out; o++) {
                size_t expected = o * in / out;
                const unsigned char *g = golden_places[seen];
                if (g[0] == in && g[1] == out && g[2] == o) {
                    expected = g[3];
                    seen = CS_MIN(seen + 1, CS_COUNTOF(golden_places) - 1);
                }
                assert_true(places[o] == (float)expected);
            }
        }
    assert_int_equal(seen, CS_COUNTOF(golden_places) - 1);
}

static void layer_norm_is_that_of_pytorch(void **state)
{
    (void)state;
    const tk_dims dims = {3, 5, 1, 1, 1};
    tk_image x = golden_image(dims, 2);
    tk_image dy = golden_image(dims, DY);
    tk_image y = tk_image_at(kt_floats(tk_image_floats(&dims)), dims);
    CS_AUTO_MEM float *gain = golden_floats(5, 3);
    CS_AUTO_MEM float *shift = golden_floats(5, 4);
    CS_AUTO_MEM float *scratch = kt_floats(tk_layer_norm_scratch(&dims));
    tk_run run = one_thread();
    run.scratch = scratch;
    tk_layer_norm norm = {gain, shift, 1e-5};
    float dgain[5];
    float dshift[5];
    tk_layer_norm_forward(&run, &norm, &x, &y);
    image_is_golden(&y, golden_norm);
    tk_layer_norm_gradients to = {&y, dgain, dshift};
    tk_layer_norm_backward(&run, &norm, &x, &dy, &to);
    image_is_golden(&y, golden_norm_da);
    near_golden(dgain, golden_norm_db, 5);
    near_golden(dshift, golden_norm_dc, 5);
    cs_free(x.data);
    cs_free(dy.data);
    cs_free(y.data);
}

static void check_softmax(tk_softmax kind, const float *y_golden,
                          const float *dx_golden)
{
    tk_run run = one_thread();
    tk_image x = golden_image((tk_dims){2, 3, 1, 1, 2}, 5);
    tk_image dy = golden_image((tk_dims){2, 3, 1, 1, 2}, DY);
    tk_softmax_forward(&run, kind, &x, &x);
    image_is_golden(&x, y_golden);
    tk_softmax_backward(&run, kind, &x, &dy, &dy);
    image_is_golden(&dy, dx_golden);
    cs_free(x.data);
    cs_free(dy.data);
}

static void softmax_is_that_of_pytorch(void **state)
{
    (void)state;
    check_softmax(TK_SOFTMAX, golden_softmax, golden_softmax_da);
    check_softmax(TK_LOG_SOFTMAX, golden_log_softmax, golden_log_softmax_da);
}

static void attention_is_that_of_pytorch(void **state)
{
    (void)state;
    CS_AUTO_MEM float *q = golden_floats(24, 6);
    CS_AUTO_MEM float *k = golden_floats(40, 7);
    CS_AUTO_MEM float *v = golden_floats(40, 8);
    CS_AUTO_MEM float *mask = golden_floats(15, 9);
    CS_AUTO_MEM float *dy = golden_floats(24, DY);
    static const uint8_t padding[5] = {0, 0, 0, 0, 1};
    tk_attention p = {1, 2, 3, 5, 4, .scale = 0.5F};
    p.mask = mask;
    p.padding = padding;
    tk_run run = one_thread();
    CS_AUTO_MEM float *scratch = kt_floats(CS_MAX(
        tk_attention_scratch(&p, 1), tk_attention_backward_scratch(&p, 1)));
    run.scratch = scratch;
    tk_attention_inputs in = {q, k, v};
    float y[24];
    float dk[40];
    float dv[40];
    tk_attention_forward(&run, &p, &in, y);
    near_golden(y, golden_attention, 24);
    tk_attention_gradients to = {y, dk, dv};
    tk_attention_backward(&run, &p, &in, dy, &to);
    near_golden(y, golden_attention_da, 24);
    near_golden(dk, golden_attention_db, 40);
    near_golden(dv, golden_attention_dc, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resizing_is_that_of_pytorch),
        cmocka_unit_test(nearest_rounds_as_pytorch_does),
        cmocka_unit_test(layer_norm_is_that_of_pytorch),
        cmocka_unit_test(softmax_is_that_of_pytorch),
        cmocka_unit_test(attention_is_that_of_pytorch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
