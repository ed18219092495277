#include "tensor/kernels/reduce.h"

#include "support/broadcast.h"
#include "support/kernel.h"

typedef struct kt_case {
    tk_reduction kind;
    tk_dims x, y;
    tk_image from, result, dy;
    tk_arith op;
    bool second;
    const double *other; /* of the reference, repeated to x */
} kt_case;

static void reduce(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->y);
    tk_reduce(run, k->kind, &k->from, &y);
}

static void max_backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image dx = tk_image_at(out, k->x);
    tk_reduce_max_backward(run, &k->from, &k->result, &k->dy, &dx);
}

static void reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    size_t nx = kt_elements(&k->x);
    size_t ny = kt_elements(&k->y);
    for (size_t i = 0; i < ny; i++)
        y[i] = k->kind == TK_REDUCE_MAX ? -KT_INFINITY : 0;
    for (size_t i = 0; i < nx; i++) {
        double *to = y + kt_repeated(&k->x, i, &k->y);
        if (k->kind == TK_REDUCE_MAX)
            *to = CS_MAX(*to, x[i]);
        else
            *to += x[i];
    }
    for (size_t i = 0; i < ny && k->kind == TK_REDUCE_MEAN; i++)
        y[i] /= (double)nx / (double)ny;
}

static void check_max_gradient(kt_case *k, double *x, const double *y)
{
    size_t nx = kt_elements(&k->x);
    size_t ny = kt_elements(&k->y);
    CS_AUTO_MEM double *dy = kt_values(ny, 2);
    k->result = kt_image(k->y, y);
    k->dy = kt_image(k->y, dy);
    CS_AUTO_MEM double *dx = kt_run_image(max_backward, k, k->x, 0);
    if (nx < 1500)
        kt_gradient(reference, k, x, nx, dy, ny, dx, 1e-6);
    cs_free(k->result.data);
    cs_free(k->dy.data);
}

static void check(tk_dims x, tk_dims y)
{
    kt_case k = {.x = x, .y = y};
    CS_AUTO_MEM double *values = kt_values(kt_elements(&x), 1);
    CS_AUTO_MEM double *expected = kt_doubles(kt_elements(&y));
    k.from = kt_image(x, values);
    for (int kind = 0; kind <= TK_REDUCE_MAX; kind++) {
        k.kind = (tk_reduction)kind;
        CS_AUTO_MEM double *got =
            kt_run_image(reduce, &k, y, tk_reduce_scratch());
        reference(&k, values, expected);
        kt_near(got, expected, kt_elements(&y), 1e-7);
        if (kind == TK_REDUCE_MAX)
            check_max_gradient(&k, values, got);
    }
    cs_free(k.from.data);
}

static const tk_dims shapes[] = {
    {2, 13, 3, 4, 5}, {1, 3, 2, 1, 37}, {3, 8, 1, 5, 2}, {1, 1, 1, 1, 1}};

/* Each set of axes, by the bits of `axes`. */
static tk_dims without(tk_dims s, int axes)
{
    return (tk_dims){axes & 1 ? 1 : s.n, axes & 2 ? 1 : s.c, axes & 4 ? 1 : s.d,
                     axes & 8 ? 1 : s.h, axes & 16 ? 1 : s.w};
}

static void any_axes_are_reduced(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++)
        for (int axes = 0; axes < 32; axes++)
            check(shapes[i], without(shapes[i], axes));
    check((tk_dims){1, 3, 9, 40, 33}, (tk_dims){1, 1, 1, 1, 1});
    check((tk_dims){1, 9, 9, 21, 33}, (tk_dims){1, 9, 1, 1, 1});
}

/* --- operands that were repeated --- */

static void arith_backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image to = tk_image_at(out, k->y);
    tk_arith_backward(run, k->op, k->second, &k->from, &k->dy, &to);
}

static void check_operand(tk_dims dims, tk_dims operand, tk_dims other)
{
    kt_case k = {.x = dims, .y = operand};
    size_t n = kt_elements(&dims);
    CS_AUTO_MEM double *b = kt_values(kt_elements(&other), 1);
    CS_AUTO_MEM double *dy = kt_values(n, 2);
    k.from = kt_image(other, b);
    k.dy = kt_image(dims, dy);
    for (int i = 0; i < 6; i++) {
        k.op = (tk_arith)(i / 2);
        k.second = i % 2 == 1;
        CS_AUTO_MEM double *got =
            kt_run_image(arith_backward, &k, operand, tk_reduce_scratch());
        CS_AUTO_MEM double *expected = kt_doubles(kt_elements(&operand));
        for (size_t e = 0; e < n; e++) {
            double slope = k.op == TK_MUL ? b[kt_repeated(&dims, e, &other)]
                           : k.op == TK_SUB && k.second ? -1
                                                        : 1;
            expected[kt_repeated(&dims, e, &operand)] += dy[e] * slope;
        }
        kt_near(got, expected, kt_elements(&operand), 1e-6);
    }
    cs_free(k.from.data);
    cs_free(k.dy.data);
}

static void gradients_are_summed_to_the_operand(void **state)
{
    (void)state;
    tk_dims s = shapes[0];
    for (int axes = 0; axes < 32; axes++) {
        check_operand(s, without(s, axes), s);
        check_operand(s, without(s, axes), without(s, axes ^ 31));
        check_operand(s, s, without(s, axes));
    }
}

/* --- extremes --- */

static void equal_maxima_give_to_the_first(void **state)
{
    (void)state;
    kt_case k = {.kind = TK_REDUCE_MAX, .x = {1, 3, 1, 1, 4}};
    k.y = (tk_dims){1, 3, 1, 1, 1};
    const double x[] = {1,
                        2,
                        2,
                        0,
                        -KT_INFINITY,
                        -KT_INFINITY,
                        -KT_INFINITY,
                        -KT_INFINITY,
                        5,
                        KT_NAN,
                        9,
                        KT_NAN};
    const double most[] = {2, -KT_INFINITY, KT_NAN};
    const double dy[] = {10, 20, 30};
    const double expected[] = {0, 10, 0, 0, 20, 0, 0, 0, 0, 30, 0, 0};
    k.from = kt_image(k.x, x);
    k.dy = kt_image(k.y, dy);
    CS_AUTO_MEM double *y = kt_run_image(reduce, &k, k.y, tk_reduce_scratch());
    kt_near(y, most, 3, 0);
    k.result = kt_image(k.y, y);
    CS_AUTO_MEM double *dx = kt_run_image(max_backward, &k, k.x, 0);
    kt_near(dx, expected, 12, 0);
    cs_free(k.from.data);
    cs_free(k.dy.data);
    cs_free(k.result.data);
}

static void sums_do_not_lose_small_numbers(void **state)
{
    (void)state;
    kt_case k = {.x = {1, 2, 1, 1, 3}, .y = {1, 1, 1, 1, 1}};
    const double x[] = {0x1p60, 1, -0x1p60, 0x1p30, 1, -0x1p30};
    double exact = 1; /* the 1 beside 2^60 is lost in double too */
    k.from = kt_image(k.x, x);
    CS_AUTO_MEM double *y = kt_run_image(reduce, &k, k.y, tk_reduce_scratch());
    kt_near(y, &exact, 1, 0);
    cs_free(k.from.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_axes_are_reduced),
        cmocka_unit_test(gradients_are_summed_to_the_operand),
        cmocka_unit_test(equal_maxima_give_to_the_first),
        cmocka_unit_test(sums_do_not_lose_small_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
