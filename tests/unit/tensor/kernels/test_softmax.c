#include "tensor/kernels/softmax.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_softmax kind;
    tk_dims dims;
    const tk_image *x, *dy; /* backward: x is the output */
} kt_case;

static void reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    size_t voxels = tk_voxels(&k->dims);
    for (size_t i = 0; i < k->dims.n * voxels; i++) {
        size_t first = i / voxels * k->dims.c * voxels + i % voxels;
        double most = -KT_INFINITY;
        double sum = 0;
        for (size_t c = 0; c < k->dims.c; c++)
            most = CS_MAX(most, x[first + c * voxels]);
        for (size_t c = 0; c < k->dims.c; c++)
            sum += exp(x[first + c * voxels] - most);
        for (size_t c = 0; c < k->dims.c; c++) {
            double t = x[first + c * voxels] - most;
            y[first + c * voxels] =
                k->kind == TK_SOFTMAX ? exp(t) / sum : t - log(sum);
        }
    }
}

static void forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->dims);
    tk_softmax_forward(run, k->kind, k->x, &y);
}

static void backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image dx = tk_image_at(out, k->dims);
    tk_softmax_backward(run, k->kind, k->x, k->dy, &dx);
}

static void check(tk_softmax kind, tk_dims dims)
{
    kt_case k = {.kind = kind, .dims = dims};
    size_t n = kt_elements(&dims);
    CS_AUTO_MEM double *x = kt_values(n, 1);
    CS_AUTO_MEM double *dy = kt_values(n, 2);
    CS_AUTO_MEM double *expected = kt_doubles(n);
    reference(&k, x, expected);
    tk_image image = kt_image(dims, x);
    k.x = &image;
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, dims, 0);
    kt_near(y, expected, n, 1e-6);
    cs_free(image.data);
    image = kt_image(dims, y);
    tk_image given = kt_image(dims, dy);
    k.dy = &given;
    CS_AUTO_MEM double *dx = kt_run_image(backward, &k, dims, 0);
    kt_gradient(reference, &k, x, n, dy, n, dx, 5e-6);
    cs_free(image.data);
    cs_free(given.data);
}

static void both_kinds_follow_their_definition(void **state)
{
    (void)state;
    static const size_t channels[] = {1, 2, 3, 8, 13, 16};
    for (size_t i = 0; i < CS_COUNTOF(channels); i++) {
        check(TK_SOFTMAX, (tk_dims){2, channels[i], 1, 3, 5});
        check(TK_LOG_SOFTMAX, (tk_dims){2, channels[i], 3, 2, 1});
    }
    check(TK_SOFTMAX, (tk_dims){1, 2, 4, 9, 10});
}

static void extremes_neither_overflow_nor_vanish(void **state)
{
    (void)state;
    double x[] = {0x1p127, 0x1p127, -0x1p127, /* next voxel */
                  -200,    0,       -KT_INFINITY};
    tk_dims dims = {2, 3, 1, 1, 1};
    tk_image image = kt_image(dims, x);
    kt_case k = {.kind = TK_SOFTMAX, .dims = dims, .x = &image};
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, dims, 0);
    const double soft[] = {0.5, 0.5, 0, 0, 1, 0};
    kt_near(y, soft, 6, 1e-7);
    k.kind = TK_LOG_SOFTMAX;
    CS_AUTO_MEM double *z = kt_run_image(forward, &k, dims, 0);
    const double logs[] = {-M_LN2, -M_LN2, -KT_INFINITY, -200, 0, -KT_INFINITY};
    kt_near(z, logs, 6, 1e-6);
    cs_free(image.data);
}

static void a_nan_spoils_its_voxel_alone(void **state)
{
    (void)state;
    double x[] = {1, 1, KT_NAN, 1}; /* [2][2 channels][1] */
    tk_dims dims = {2, 2, 1, 1, 1};
    tk_image image = kt_image(dims, x);
    kt_case k = {.kind = TK_SOFTMAX, .dims = dims, .x = &image};
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, dims, 0);
    const double expected[] = {0.5, 0.5, KT_NAN, KT_NAN};
    kt_near(y, expected, 4, 0);
    cs_free(image.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_kinds_follow_their_definition),
        cmocka_unit_test(extremes_neither_overflow_nor_vanish),
        cmocka_unit_test(a_nan_spoils_its_voxel_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
