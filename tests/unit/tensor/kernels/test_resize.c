#include "tensor/kernels/resize.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_resize how;
    tk_dims x, y;
    const tk_image *from;
} kt_case;

/* Weight of input voxel i for output voxel o, from the definition. */
static double weight(tk_resize how, size_t o, size_t i, size_t in, size_t out)
{
    double scale = (double)in / (double)out;
    double place = CS_MAX(scale * ((double)o + 0.5) - 0.5, 0.0);
    if (how == TK_RESIZE_NEAREST)
        return o * in / out == i ? 1 : 0;
    if (how == TK_RESIZE_LINEAR_CORNERS)
        place =
            out > 1 ? (double)o * (double)(in - 1) / (double)(out - 1) : 0.0;
    place = CS_MIN(place, (double)(in - 1));
    return CS_MAX(1 - fabs(place - (double)i), 0.0);
}

static double element(const kt_case *k, const double *x, size_t z, size_t y,
                      size_t i)
{
    double sum = 0;
    for (size_t a = 0; a < k->x.d; a++)
        for (size_t b = 0; b < k->x.h; b++)
            for (size_t c = 0; c < k->x.w; c++)
                sum += weight(k->how, z, a, k->x.d, k->y.d) *
                       weight(k->how, y, b, k->x.h, k->y.h) *
                       weight(k->how, i, c, k->x.w, k->y.w) *
                       x[(a * k->x.h + b) * k->x.w + c];
    return sum;
}

static void reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    for (size_t m = 0; m < k->x.n * k->x.c; m++, x += tk_voxels(&k->x))
        for (size_t z = 0; z < k->y.d; z++)
            for (size_t v = 0; v < k->y.h; v++)
                for (size_t i = 0; i < k->y.w; i++)
                    *y++ = element(k, x, z, v, i);
}

static void forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->y);
    tk_resize_forward(run, k->how, k->from, &y);
}

static void backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image dx = tk_image_at(out, k->x);
    tk_resize_backward(run, k->how, k->from, &dx);
}

static void check(kt_case k)
{
    size_t nx = kt_elements(&k.x);
    size_t ny = kt_elements(&k.y);
    CS_AUTO_MEM double *x = kt_values(nx, 1);
    CS_AUTO_MEM double *dy = kt_values(ny, 2);
    CS_AUTO_MEM double *expected = kt_doubles(ny);
    tk_image from = kt_image(k.x, x);
    k.from = &from;
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, k.y, 0);
    cs_free(from.data);
    reference(&k, x, expected);
    kt_near(y, expected, ny, 3e-6);
    from = kt_image(k.y, dy);
    CS_AUTO_MEM double *dx = kt_run_image(backward, &k, k.x, 0);
    cs_free(from.data);
    kt_gradient(reference, &k, x, nx, dy, ny, dx, 1e-5);
}

static void all_modes_follow_their_definition(void **state)
{
    (void)state;
    static const size_t extents[][6] = {
        {1, 4, 5, 1, 8, 10}, {2, 3, 4, 4, 6, 8}, {3, 5, 2, 2, 3, 7},
        {1, 1, 1, 3, 1, 2},  {4, 1, 6, 1, 1, 1}, {2, 2, 3, 2, 2, 3},
        {1, 7, 9, 1, 3, 4},
    };
    static const size_t channels[] = {1, 3, 8, 13};
    for (int how = 0; how <= TK_RESIZE_LINEAR_CORNERS; how++)
        for (size_t e = 0; e < CS_COUNTOF(extents); e++) {
            const size_t *s = extents[e];
            size_t c = channels[e % CS_COUNTOF(channels)];
            check((kt_case){.how = (tk_resize)how,
                            .x = {2, c, s[0], s[1], s[2]},
                            .y = {2, c, s[3], s[4], s[5]}});
        }
}

static void the_same_extents_are_a_copy(void **state)
{
    (void)state;
    tk_dims s = {1, 3, 2, 3, 4};
    CS_AUTO_MEM double *x = kt_values(kt_elements(&s), 1);
    x[0] = KT_INFINITY;
    x[1] = KT_NAN;
    x[2] = -0x1p127;
    tk_image from = kt_image(s, x);
    for (int how = 0; how <= TK_RESIZE_LINEAR_CORNERS; how++) {
        kt_case k = {.how = (tk_resize)how, .x = s, .y = s, .from = &from};
        CS_AUTO_MEM double *y = kt_run_image(forward, &k, s, 0);
        kt_near(y, x, kt_elements(&s), 0);
    }
    cs_free(from.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_modes_follow_their_definition),
        cmocka_unit_test(the_same_extents_are_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
