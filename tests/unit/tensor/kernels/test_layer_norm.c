#include "tensor/kernels/layer_norm.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_dims dims;
    tk_layer_norm norm;
    const double *gain; /* of the reference */
    const double *shift;
    const tk_image *x, *dy;
} kt_case;

static void reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    size_t c = k->dims.c;
    size_t voxels = tk_voxels(&k->dims);
    for (size_t i = 0; i < k->dims.n * voxels; i++) {
        size_t first = i / voxels * c * voxels + i % voxels;
        double mean = 0;
        double variance = 0;
        for (size_t l = 0; l < c; l++)
            mean += x[first + l * voxels] / (double)c;
        for (size_t l = 0; l < c; l++) {
            double d = x[first + l * voxels] - mean;
            variance += d * d / (double)c;
        }
        for (size_t l = 0; l < c; l++)
            y[first + l * voxels] = (x[first + l * voxels] - mean) /
                                        sqrt(variance + k->norm.eps) *
                                        (k->gain ? k->gain[l] : 1) +
                                    (k->shift ? k->shift[l] : 0);
    }
}

static void forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->dims);
    tk_layer_norm_forward(run, &k->norm, k->x, &y);
}

/* dx, then dgain and dshift, in one array. */
static void backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image dx = tk_image_at(out, k->dims);
    tk_layer_norm_gradients to = {.dx = &dx};
    to.dgain = out + tk_image_floats(&k->dims);
    to.dshift = to.dgain + k->dims.c;
    tk_layer_norm_backward(run, &k->norm, k->x, k->dy, &to);
}

static void check_parameter_gradients(const kt_case *k, const double *x,
                                      const double *dy, const float *got)
{
    size_t n = kt_elements(&k->dims);
    size_t c = k->dims.c;
    size_t voxels = tk_voxels(&k->dims);
    kt_case bare = {.dims = k->dims, .norm = {.eps = k->norm.eps}};
    CS_AUTO_MEM double *t = kt_doubles(n);
    CS_AUTO_MEM double *sums = kt_doubles(2 * c);
    reference(&bare, x, t);
    for (size_t i = 0; i < n; i++) {
        sums[i / voxels % c] += dy[i] * t[i];
        sums[c + i / voxels % c] += dy[i];
    }
    kt_near_floats(got, sums, 2 * c, 1e-5);
}

static void check_backward(kt_case *k, double *x, const double *dy)
{
    size_t n = kt_elements(&k->dims);
    size_t floats = tk_image_floats(&k->dims);
    CS_AUTO_MEM float *out = kt_floats(floats + 2 * k->dims.c);
    kt_run(backward, k, out, floats + 2 * k->dims.c,
           tk_layer_norm_scratch(&k->dims));
    tk_image image = tk_image_at(out, k->dims);
    CS_AUTO_MEM double *dx = kt_plain(&image);
    if (n < 1000)
        kt_gradient(reference, k, x, n, dy, n, dx, 2e-5);
    check_parameter_gradients(k, x, dy, out + floats);
}

static void check(kt_case k)
{
    size_t n = kt_elements(&k.dims);
    CS_AUTO_MEM double *x = kt_values(n, 1);
    CS_AUTO_MEM double *dy = kt_values(n, 2);
    CS_AUTO_MEM double *expected = kt_doubles(n);
    tk_image image = kt_image(k.dims, x);
    tk_image given = kt_image(k.dims, dy);
    k.x = &image;
    k.dy = &given;
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, k.dims, 0);
    reference(&k, x, expected);
    kt_near(y, expected, n, 1e-6);
    check_backward(&k, x, dy);
    cs_free(image.data);
    cs_free(given.data);
}

static void it_follows_its_definition(void **state)
{
    (void)state;
    static const tk_dims shapes[] = {{1, 1, 1, 1, 1},   {3, 8, 1, 1, 1},
                                     {1, 13, 1, 7, 1},  {2, 21, 1, 3, 6},
                                     {1, 130, 1, 1, 5}, {2, 9, 3, 19, 31}};
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        kt_case k = {.dims = shapes[i], .norm = {.eps = 1e-5}};
        check(k);
        CS_AUTO_MEM double *gain = kt_values(k.dims.c, 3);
        CS_AUTO_MEM double *shift = kt_values(k.dims.c, 4);
        CS_AUTO_MEM float *gainf = kt_to_floats(gain, k.dims.c);
        CS_AUTO_MEM float *shiftf = kt_to_floats(shift, k.dims.c);
        k.norm.gain = gainf;
        k.norm.shift = shiftf;
        k.gain = gain;
        k.shift = shift;
        check(k);
    }
}

static void a_large_offset_costs_nothing(void **state)
{
    (void)state;
    const double x[] = {0x800000p1, 0x800001p1, 0x800002p1, 0x800003p1};
    const double expected[] = {-1.3416407, -0.4472136, 0.4472136, 1.3416407};
    kt_case k = {.dims = {1, 4, 1, 1, 1}};
    tk_image image = kt_image(k.dims, x);
    k.x = &image;
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, k.dims, 0);
    kt_near(y, expected, 4, 1e-7);
    cs_free(image.data);
}

static void nan_stays_in_its_voxel(void **state)
{
    (void)state;
    /* Channels of voxel 0: 1, 3, 2. */
    const double x[] = {1, KT_NAN, 3, 4, 2, 5};
    const double expected[] = {-1.2247449, KT_NAN, 1.2247449,
                               KT_NAN,     0,      KT_NAN};
    kt_case k = {.dims = {1, 3, 1, 1, 2}};
    tk_image image = kt_image(k.dims, x);
    k.x = &image;
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, k.dims, 0);
    kt_near(y, expected, 6, 1e-6);
    cs_free(image.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_its_definition),
        cmocka_unit_test(a_large_offset_costs_nothing),
        cmocka_unit_test(nan_stays_in_its_voxel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
