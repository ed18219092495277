#include "tensor/kernels/arith.h"

#include "support/broadcast.h"
#include "support/kernel.h"

typedef struct kt_case {
    tk_arith op;
    tk_dims y;
    tk_image a, b;
    float factor;
} kt_case;

static void arith(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->y);
    tk_arith_run(run, k->op, &k->a, &k->b, &y);
}

static void scale(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image y = tk_image_at(out, k->y);
    tk_scale(run, k->factor, &k->a, &y);
}

static double combined(tk_arith op, double a, double b)
{
    float p = (float)a;
    float q = (float)b;
    return (double)(op == TK_ADD ? p + q : op == TK_SUB ? p - q : p * q);
}

static void check(const tk_dims *a, const tk_dims *b)
{
    kt_case k = {.factor = 0.3F};
    assert_int_equal(tk_broadcast(a, b, &k.y, NULL), 0);
    size_t n = kt_elements(&k.y);
    CS_AUTO_MEM double *p = kt_values(kt_elements(a), 1);
    CS_AUTO_MEM double *q = kt_values(kt_elements(b), 2);
    k.a = kt_image(*a, p);
    k.b = kt_image(*b, q);
    for (int op = TK_ADD; op <= TK_MUL; op++) {
        k.op = (tk_arith)op;
        CS_AUTO_MEM double *y = kt_run_image(arith, &k, k.y, 0);
        for (size_t i = 0; i < n; i++)
            assert_true(y[i] == combined(k.op, p[kt_repeated(&k.y, i, a)],
                                         q[kt_repeated(&k.y, i, b)]));
    }
    CS_AUTO_MEM double *y = kt_run_image(scale, &k, k.y, 0);
    for (size_t i = 0; i < n; i++)
        assert_true(y[i] ==
                    (double)((float)p[kt_repeated(&k.y, i, a)] * k.factor));
    cs_free(k.a.data);
    cs_free(k.b.data);
}

static void extents_of_one_are_repeated(void **state)
{
    (void)state;
    static const tk_dims pairs[][2] = {
        {{2, 13, 3, 4, 5}, {2, 13, 3, 4, 5}},
        {{2, 13, 3, 4, 5}, {2, 13, 1, 1, 1}},
        {{2, 3, 3, 4, 5}, {2, 1, 3, 4, 5}},
        {{1, 8, 1, 4, 1}, {2, 1, 3, 1, 5}},
        {{1, 1, 1, 1, 1}, {2, 13, 1, 4, 20}},
        {{1, 1, 2, 3, 1}, {1, 1, 1, 1, 7}},
        {{3, 24, 1, 1, 9}, {1, 24, 2, 1, 9}},
        {{1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
    };
    for (size_t i = 0; i < CS_COUNTOF(pairs); i++) {
        check(&pairs[i][0], &pairs[i][1]);
        check(&pairs[i][1], &pairs[i][0]);
    }
}

static void other_extents_do_not_go_together(void **state)
{
    (void)state;
    const tk_dims a = {2, 3, 4, 5, 6};
    const tk_dims bad[] = {
        {3, 3, 4, 5, 6}, {2, 2, 4, 5, 6}, {2, 3, 2, 5, 6},
        {2, 3, 4, 4, 6}, {2, 3, 4, 5, 5},
    };
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        tk_dims y = {7, 7, 7, 7, 7};
        cs_errinfo info = {0};
        assert_int_equal(tk_broadcast(&a, &bad[i], &y, &info), CS_E_RANGE);
        assert_int_equal(tk_broadcast(&bad[i], &a, &y, &info), CS_E_RANGE);
        assert_int_equal(y.n, 7);
    }
}

static void lanes_beyond_the_channels_stay_zero_even_for_infinity(void **state)
{
    (void)state;
    double a[] = {KT_INFINITY};
    double b[] = {1, KT_NAN, 0};
    kt_case k = {.op = TK_MUL, .y = {1, 3, 1, 1, 1}, .factor = INFINITY};
    k.a = kt_image((tk_dims){1, 1, 1, 1, 1}, a);
    k.b = kt_image((tk_dims){1, 3, 1, 1, 1}, b);
    const double expected[] = {KT_INFINITY, KT_NAN, KT_NAN};
    CS_AUTO_MEM double *y = kt_run_image(arith, &k, k.y, 0);
    kt_near(y, expected, 3, 0);
    const double scaled[] = {KT_INFINITY, KT_INFINITY, KT_INFINITY};
    CS_AUTO_MEM double *z = kt_run_image(scale, &k, k.y, 0);
    kt_near(z, scaled, 3, 0);
    cs_free(k.a.data);
    cs_free(k.b.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extents_of_one_are_repeated),
        cmocka_unit_test(other_extents_do_not_go_together),
        cmocka_unit_test(lanes_beyond_the_channels_stay_zero_even_for_infinity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
