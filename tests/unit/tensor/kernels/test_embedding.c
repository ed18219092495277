#include "tensor/kernels/embedding.h"

#include "support/kernel.h"

enum { ROWS = 5, SIZE = 67, COUNT = 6 };

typedef struct kt_case {
    tk_image ids;
    const tk_image *dy;
    const float *table;
} kt_case;

static void forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, (tk_dims){2, SIZE, 1, 1, COUNT / 2});
    tk_embedding_forward(run, ROWS, k->table, &k->ids, &y);
}

static void backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    for (size_t i = 0; i < (size_t)ROWS * SIZE; i++)
        out[i] = 1; /* it is added to */
    tk_embedding_backward(run, ROWS, &k->ids, k->dy, out);
}

/* The number of voxel i, or -1 for none of the rows. */
static void check(const double ids[COUNT], const int rows[COUNT])
{
    const tk_dims dims = {2, SIZE, 1, 1, COUNT / 2};
    CS_AUTO_MEM double *table = kt_values((size_t)ROWS * SIZE, 1);
    CS_AUTO_MEM float *tablef = kt_to_floats(table, (size_t)ROWS * SIZE);
    CS_AUTO_MEM double *dy = kt_values((size_t)COUNT * SIZE, 2);
    CS_AUTO_MEM double *want = kt_doubles((size_t)ROWS * SIZE);
    CS_AUTO_MEM float *got = kt_floats((size_t)ROWS * SIZE);
    tk_image given = kt_image(dims, dy);
    kt_case k = {.table = tablef, .dy = &given};
    k.ids = kt_image((tk_dims){2, 1, 1, 1, COUNT / 2}, ids);
    CS_AUTO_MEM double *y = kt_run_image(forward, &k, dims, 0);
    kt_run(backward, &k, got, (size_t)ROWS * SIZE, 0);
    for (size_t i = 0; i < (size_t)ROWS * SIZE; i++)
        want[i] = 1;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t c = 0; c < SIZE; c++) {
            size_t at = (i / 3 * SIZE + c) * 3 + i % 3;
            if (rows[i] < 0) {
                assert_true(isnan(y[at]));
                continue;
            }
            assert_true(y[at] == table[(size_t)rows[i] * SIZE + c]);
            want[(size_t)rows[i] * SIZE + c] += dy[at];
        }
    kt_near_floats(got, want, (size_t)ROWS * SIZE, 1e-6);
    cs_free(given.data);
    cs_free(k.ids.data);
}

static void rows_are_looked_up_and_their_gradients_summed(void **state)
{
    (void)state;
    check((const double[]){2, 0, 2, 4, 3, 0}, (const int[]){2, 0, 2, 4, 3, 0});
}

static void what_is_no_row_is_nan(void **state)
{
    (void)state;
    check((const double[]){5, -1, 1.5, 4, KT_NAN, 0},
          (const int[]){-1, -1, -1, 4, -1, 0});
    check((const double[]){1e30, -1e30, KT_INFINITY, -KT_INFINITY, 0x1p63, 1},
          (const int[]){-1, -1, -1, -1, -1, 1});
    check((const double[]){-0.0, -1e-30, 4.9999995, 4, 1, 1},
          (const int[]){0, -1, -1, 4, 1, 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_looked_up_and_their_gradients_summed),
        cmocka_unit_test(what_is_no_row_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
