#include "tensor/kernels/channels.h"

#include "support/kernel.h"

typedef struct kt_case {
    const tk_image *from;
    tk_image before; /* what `to` holds at first */
    size_t from_first, to_first, count;
    bool add;
} kt_case;

static void kernel(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image to = tk_image_at(out, k->before.dims);
    memcpy(out, k->before.data, tk_image_floats(&to.dims) * sizeof(float));
    (k->add ? tk_channels_add
            : tk_channels_copy)(run, (tk_range){k->from, k->from_first},
                                (tk_range){&to, k->to_first}, k->count);
}

static void check(kt_case k, const double *x, double *y)
{
    const tk_dims *from = &k.from->dims;
    const tk_dims *to = &k.before.dims;
    CS_AUTO_MEM double *got = kt_run_image(kernel, &k, *to, 0);
    size_t voxels = tk_voxels(to);
    for (size_t n = 0; n < to->n; n++)
        for (size_t i = 0; i < k.count * voxels; i++) {
            double *at = y + (n * to->c + k.to_first) * voxels + i;
            *at = x[(n * from->c + k.from_first) * voxels + i] +
                  (k.add ? *at : 0);
        }
    for (size_t i = 0; i < kt_elements(to); i++)
        assert_true((float)got[i] == (float)y[i]);
}

static void any_range_goes_to_any_place(void **state)
{
    (void)state;
    static const size_t ranges[][5] = {
        /* channels, first; channels, first, count */
        {13, 0, 13, 0, 13}, {8, 0, 16, 8, 8}, {3, 0, 16, 13, 3},
        {13, 2, 21, 7, 11}, {1, 0, 1, 0, 1},  {24, 5, 19, 0, 19},
        {16, 8, 11, 3, 8},  {9, 4, 9, 4, 0},
    };
    for (size_t i = 0; i < CS_COUNTOF(ranges); i++)
        for (int add = 0; add < 2; add++) {
            const size_t *r = ranges[i];
            tk_dims a = {2, r[0], 3, 19, 23};
            tk_dims b = {2, r[2], 3, 19, 23};
            CS_AUTO_MEM double *x = kt_values(kt_elements(&a), 1);
            CS_AUTO_MEM double *y = kt_values(kt_elements(&b), 2);
            tk_image from = kt_image(a, x);
            kt_case k = {.from = &from, .before = kt_image(b, y)};
            k.from_first = r[1];
            k.to_first = r[3];
            k.count = r[4];
            k.add = add == 1;
            check(k, x, y);
            cs_free(from.data);
            cs_free(k.before.data);
        }
}

/* Into fresh memory: what is copied last clears the lanes beyond. */
static void concatenate(const void *ctx, const tk_run *run, float *out)
{
    const tk_image *parts = ctx;
    tk_dims dims = parts[0].dims;
    dims.c = 13;
    tk_image to = tk_image_at(out, dims);
    tk_channels_copy(run, (tk_range){&parts[0], 0}, (tk_range){&to, 0}, 3);
    tk_channels_copy(run, (tk_range){&parts[1], 0}, (tk_range){&to, 3}, 10);
}

static void a_concatenation_leaves_no_garbage(void **state)
{
    (void)state;
    tk_dims a = {2, 3, 1, 5, 3};
    tk_dims b = {2, 10, 1, 5, 3};
    tk_dims whole = {2, 13, 1, 5, 3};
    CS_AUTO_MEM double *x = kt_values(kt_elements(&a), 1);
    CS_AUTO_MEM double *y = kt_values(kt_elements(&b), 2);
    tk_image parts[2] = {kt_image(a, x), kt_image(b, y)};
    CS_AUTO_MEM double *got = kt_run_image(concatenate, parts, whole, 0);
    for (size_t n = 0; n < 2; n++) {
        assert_memory_equal(got + n * 195, x + n * 45, 45 * sizeof(double));
        assert_memory_equal(got + n * 195 + 45, y + n * 150,
                            150 * sizeof(double));
    }
    cs_free(parts[0].data);
    cs_free(parts[1].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_range_goes_to_any_place),
        cmocka_unit_test(a_concatenation_leaves_no_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
