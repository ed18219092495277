#include "tensor/kernels/rows.h"

#include "support/kernel.h"
#include "tensor/kernels/activation.h"

typedef struct kt_case {
    tk_rows shape;
    size_t n; /* elements */
    tk_layer_norm norm;
    tk_activation f;
    const double *gain; /* of the reference */
    const double *shift;
    const float *x, *dy, *y;
} kt_case;

static const tk_rows shapes[] = {{1, 1}, {3, 8}, {7, 13}, {5, 130}, {1500, 9}};

/* --- layer normalisation --- */

static void norm_reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    size_t cols = k->shape.cols;
    for (size_t r = 0; r < k->shape.rows; r++, x += cols, y += cols) {
        double mean = 0;
        double variance = 0;
        for (size_t c = 0; c < cols; c++)
            mean += x[c] / (double)cols;
        for (size_t c = 0; c < cols; c++)
            variance += (x[c] - mean) * (x[c] - mean) / (double)cols;
        for (size_t c = 0; c < cols; c++)
            y[c] = (x[c] - mean) / sqrt(variance + k->norm.eps) *
                       (k->gain ? k->gain[c] : 1) +
                   (k->shift ? k->shift[c] : 0);
    }
}

static void norm_forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_layer_norm_forward(run, &k->norm, k->shape, k->x, out);
}

/* dx, then dgain and dshift, in one array. */
static void norm_backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_layer_norm_gradients to = {.dx = out};
    to.dgain = out + k->n;
    to.dshift = out + k->n + k->shape.cols;
    memcpy(out, k->dy, k->n * sizeof(float)); /* dx may be dy */
    tk_layer_norm_backward(run, &k->norm, k->shape, k->x, out, &to);
}

static void check_parameter_gradients(const kt_case *k, const double *x,
                                      const double *dy, const float *got)
{
    size_t cols = k->shape.cols;
    kt_case bare = {.shape = k->shape, .norm = {.eps = k->norm.eps}};
    CS_AUTO_MEM double *t = kt_doubles(k->n);
    CS_AUTO_MEM double *sums = kt_doubles(2 * cols);
    norm_reference(&bare, x, t);
    for (size_t i = 0; i < k->n; i++) {
        sums[i % cols] += dy[i] * t[i];
        sums[cols + i % cols] += dy[i];
    }
    kt_near_floats(got, sums, 2 * cols, 1e-5);
}

static void check_norm(kt_case k)
{
    size_t cols = k.shape.cols;
    CS_AUTO_MEM double *x = kt_values(k.n, 1);
    CS_AUTO_MEM double *dy = kt_values(k.n, 2);
    CS_AUTO_MEM double *expected = kt_doubles(k.n);
    CS_AUTO_MEM float *xf = kt_to_floats(x, k.n);
    CS_AUTO_MEM float *dyf = kt_to_floats(dy, k.n);
    CS_AUTO_MEM float *out = kt_floats(k.n + 2 * cols);
    k.x = xf;
    k.dy = dyf;
    kt_run(norm_forward, &k, out, k.n, 0);
    norm_reference(&k, x, expected);
    kt_near_floats(out, expected, k.n, 1e-6);
    kt_run(norm_backward, &k, out, k.n + 2 * cols,
           tk_layer_norm_scratch(k.shape));
    CS_AUTO_MEM double *dx = kt_to_doubles(out, k.n);
    if (k.n < 1000)
        kt_gradient(norm_reference, &k, x, k.n, dy, k.n, dx, 2e-5);
    check_parameter_gradients(&k, x, dy, out + k.n);
}

static void layer_norm_follows_its_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        kt_case k = {.shape = shapes[i], .norm = {.eps = 1e-5}};
        k.n = k.shape.rows * k.shape.cols;
        check_norm(k);
        CS_AUTO_MEM double *gain = kt_values(k.shape.cols, 3);
        CS_AUTO_MEM double *shift = kt_values(k.shape.cols, 4);
        CS_AUTO_MEM float *gainf = kt_to_floats(gain, k.shape.cols);
        CS_AUTO_MEM float *shiftf = kt_to_floats(shift, k.shape.cols);
        k.norm.gain = gainf;
        k.norm.shift = shiftf;
        k.gain = gain;
        k.shift = shift;
        check_norm(k);
    }
}

static void a_large_offset_costs_layer_norm_nothing(void **state)
{
    (void)state;
    const float x[] = {0x800000p1F, 0x800001p1F, 0x800002p1F, 0x800003p1F};
    const double expected[] = {-1.3416407, -0.4472136, 0.4472136, 1.3416407};
    float y[4];
    tk_layer_norm norm = {.eps = 0};
    tk_layer_norm_forward(&(tk_run){0}, &norm, (tk_rows){1, 4}, x, y);
    kt_near_floats(y, expected, 4, 1e-7);
}

/* --- softmax --- */

static void softmax_reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    size_t cols = k->shape.cols;
    for (size_t r = 0; r < k->shape.rows; r++, x += cols, y += cols) {
        double sum = 0;
        for (size_t c = 0; c < cols; c++)
            sum += exp(x[c]);
        for (size_t c = 0; c < cols; c++)
            y[c] = exp(x[c]) / sum;
    }
}

static void softmax_forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_rows_softmax(run, k->shape, k->x, out);
}

static void softmax_backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_rows_softmax_backward(run, k->shape, k->y, k->dy, out);
}

static void softmax_follows_its_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        kt_case k = {.shape = shapes[i]};
        k.n = k.shape.rows * k.shape.cols;
        CS_AUTO_MEM double *x = kt_values(k.n, 1);
        CS_AUTO_MEM double *dy = kt_values(k.n, 2);
        CS_AUTO_MEM double *expected = kt_doubles(k.n);
        CS_AUTO_MEM float *xf = kt_to_floats(x, k.n);
        CS_AUTO_MEM float *dyf = kt_to_floats(dy, k.n);
        CS_AUTO_MEM float *y = kt_floats(k.n);
        CS_AUTO_MEM float *out = kt_floats(k.n);
        k.x = xf;
        k.dy = dyf;
        k.y = y;
        kt_run(softmax_forward, &k, y, k.n, 0);
        softmax_reference(&k, x, expected);
        kt_near_floats(y, expected, k.n, 1e-6);
        kt_run(softmax_backward, &k, out, k.n, 0);
        CS_AUTO_MEM double *dx = kt_to_doubles(out, k.n);
        if (k.n < 1000)
            kt_gradient(softmax_reference, &k, x, k.n, dy, k.n, dx, 5e-6);
    }
}

static void softmax_bears_extremes(void **state)
{
    (void)state;
    const float x[] = {0x1p127F,  0x1p127F,  -0x1p127F, -INFINITY,
                       -INFINITY, -INFINITY, NAN,       0};
    const double expected[] = {0.5, 0.5, 0, 0, KT_NAN, KT_NAN, KT_NAN, KT_NAN};
    float y[8];
    tk_rows_softmax(&(tk_run){0}, (tk_rows){1, 4}, x, y);
    tk_rows_softmax(&(tk_run){0}, (tk_rows){2, 2}, x + 4, y + 4);
    kt_near_floats(y, expected, 8, 0);
}

/* --- activations, sums --- */

static void activate(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_activate_plain(run, k->f, k->x, k->n, out);
    tk_activate_plain_backward(run, k->f, k->x, k->dy, k->n, out + k->n);
}

static void gelu_works_on_plain_arrays(void **state)
{
    (void)state;
    kt_case k = {.n = 8197, .f = {.kind = TK_GELU}};
    CS_AUTO_MEM double *x = kt_values(k.n, 1);
    CS_AUTO_MEM double *dy = kt_values(k.n, 2);
    CS_AUTO_MEM float *xf = kt_to_floats(x, k.n);
    CS_AUTO_MEM float *dyf = kt_to_floats(dy, k.n);
    CS_AUTO_MEM float *out = kt_floats(2 * k.n);
    CS_AUTO_MEM double *expected = kt_doubles(2 * k.n);
    k.x = xf;
    k.dy = dyf;
    kt_run(activate, &k, out, 2 * k.n, 0);
    for (size_t i = 0; i < k.n; i++) {
        double cdf = 0.5 * erfc(-x[i] * M_SQRT1_2);
        double pdf = exp(-0.5 * x[i] * x[i]) / sqrt(2 * M_PI);
        expected[i] = x[i] * cdf;
        expected[k.n + i] = dy[i] * (cdf + x[i] * pdf);
    }
    kt_near_floats(out, expected, 2 * k.n, 1e-6);
}

static void sum_rows(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_rows_sum(run, k->shape, k->x, out);
}

static void columns_are_summed(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        kt_case k = {.shape = shapes[i]};
        size_t n = k.shape.rows * k.shape.cols;
        CS_AUTO_MEM double *x = kt_values(n, 1);
        CS_AUTO_MEM float *xf = kt_to_floats(x, n);
        CS_AUTO_MEM float *out = kt_floats(k.shape.cols);
        CS_AUTO_MEM double *expected = kt_doubles(k.shape.cols);
        for (size_t e = 0; e < n; e++)
            expected[e % k.shape.cols] += x[e];
        k.x = xf;
        kt_run(sum_rows, &k, out, k.shape.cols, 0);
        kt_near_floats(out, expected, k.shape.cols, 1e-7);
    }
}

/* --- embedding --- */

static const int32_t narrow[] = {2, 0, 2, 4};
static const int64_t wide[] = {2, 0, 2, 4};

static void embed(const void *ctx, const tk_run *run, float *out)
{
    const tk_indices *index = ctx;
    float table[5 * 67];
    for (size_t i = 0; i < CS_COUNTOF(table); i++)
        table[i] = (float)i;
    memset(out, 0, 9 * 67 * sizeof(float));
    assert_int_equal(
        tk_embedding_forward(run, (tk_rows){5, 67}, table, index, out, NULL),
        0);
    assert_int_equal(tk_embedding_backward(run, (tk_rows){5, 67}, index, table,
                                           out + (size_t)4 * 67, NULL),
                     0);
}

static void rows_are_looked_up_and_their_gradients_summed(void **state)
{
    (void)state;
    const tk_indices both[] = {{.i32 = narrow, .count = 4},
                               {.i64 = wide, .count = 4}};
    for (size_t k = 0; k < 2; k++) {
        float out[9 * 67];
        kt_run(embed, &both[k], out, CS_COUNTOF(out), 0);
        for (size_t i = 0; i < 4; i++)
            for (size_t c = 0; c < 67; c++)
                assert_true(out[i * 67 + c] ==
                            (float)((size_t)narrow[i] * 67 + c));
        const float *d = out + (size_t)4 * 67;
        for (size_t c = 0; c < 67; c++) {
            assert_true(d[c] == (float)(67 + c));               /* dy[1] */
            assert_true(d[67 + c] == 0);                        /* never */
            assert_true(d[2 * 67 + c] == (float)(134 + 2 * c)); /* 0 and 2 */
            assert_true(d[4 * 67 + c] == (float)(201 + c));     /* dy[3] */
        }
    }
}

static void an_index_outside_the_table_is_an_error(void **state)
{
    (void)state;
    const int64_t bad[][2] = {{0, 3}, {-1, 0}, {2, INT64_MIN}, {INT64_MAX, 1}};
    float table[6] = {0};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        tk_indices index = {.i64 = bad[i], .count = 2};
        cs_errinfo info = {0};
        float y[4] = {7, 7, 7, 7};
        tk_run run = {0};
        assert_int_equal(tk_embedding_forward(&run, (tk_rows){3, 2}, table,
                                              &index, y, &info),
                         CS_E_RANGE);
        assert_int_equal(tk_embedding_backward(&run, (tk_rows){3, 2}, &index,
                                               table, y, &info),
                         CS_E_RANGE);
        assert_true(y[0] == 7 && y[3] == 7);
    }
    tk_indices none = {.i32 = narrow, .count = 0};
    assert_int_equal(tk_embedding_forward(&(tk_run){0}, (tk_rows){3, 2}, table,
                                          &none, NULL, NULL),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layer_norm_follows_its_definition),
        cmocka_unit_test(a_large_offset_costs_layer_norm_nothing),
        cmocka_unit_test(softmax_follows_its_definition),
        cmocka_unit_test(softmax_bears_extremes),
        cmocka_unit_test(gelu_works_on_plain_arrays),
        cmocka_unit_test(columns_are_summed),
        cmocka_unit_test(rows_are_looked_up_and_their_gradients_summed),
        cmocka_unit_test(an_index_outside_the_table_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
