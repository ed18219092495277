#include "tensor/kernels/matmul.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_matmul p;
    const float *a, *b, *bias;
    const float *before; /* of C, for `add` and for what lies between rows */
    size_t floats;       /* of C */
} kt_case;

static void kernel(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    memcpy(out, k->before, k->floats * sizeof(float));
    tk_matmul_run(run, &k->p, k->a, k->b, k->bias, out);
}

/* Bound of a sum of k products in float: k + 2 roundings of what was added. */
static void check_element(const kt_case *k, size_t i, size_t r, size_t c,
                          float got)
{
    const tk_matmul *p = &k->p;
    double sum = k->bias ? (double)k->bias[c] : 0;
    size_t at = i * p->c_batch + r * p->c_row + c;
    if (p->add)
        sum += (double)k->before[at];
    double size = fabs(sum);
    for (size_t d = 0; d < p->k; d++) {
        size_t a = p->a_transposed ? d * p->a_row + r : r * p->a_row + d;
        size_t b = p->b_transposed ? c * p->b_row + d : d * p->b_row + c;
        double product =
            (double)k->a[i * p->a_batch + a] * (double)k->b[i * p->b_batch + b];
        sum += product;
        size += fabs(product);
    }
    double bound = ((double)p->k + 2) * 0x1p-24 * size;
    if (!(fabs((double)got - sum) <= bound))
        fail_msg("%zu x %zu x %zu, [%zu][%zu][%zu]: %.9g, expected %.9g", p->m,
                 p->n, p->k, i, r, c, (double)got, sum);
}

static void check_all(const kt_case *k, const float *out)
{
    const tk_matmul *p = &k->p;
    for (size_t at = 0; at < k->floats; at++) {
        size_t i = p->c_batch ? at / p->c_batch : 0;
        size_t r = at % CS_MAX(p->c_batch, (size_t)1) / p->c_row;
        size_t c = at % CS_MAX(p->c_batch, (size_t)1) % p->c_row;
        if (i < p->batch && r < p->m && c < p->n)
            check_element(k, i, r, c, out[at]);
        else
            assert_true(out[at] == k->before[at]);
    }
}

static void check(const tk_matmul *p, bool bias)
{
    size_t na = p->batch * CS_MAX(p->a_batch, p->a_row * (p->m + p->k)) + 1;
    size_t nb = p->batch * CS_MAX(p->b_batch, p->b_row * (p->n + p->k)) + 1;
    kt_case k = {.p = *p, .floats = p->batch * p->c_batch};
    CS_AUTO_MEM double *a = kt_values(na, 1);
    CS_AUTO_MEM double *b = kt_values(nb, 2);
    CS_AUTO_MEM double *c = kt_values(k.floats, 3);
    CS_AUTO_MEM double *d = kt_values(p->n, 4);
    CS_AUTO_MEM float *af = kt_to_floats(a, na);
    CS_AUTO_MEM float *bf = kt_to_floats(b, nb);
    CS_AUTO_MEM float *cf = kt_to_floats(c, k.floats);
    CS_AUTO_MEM float *df = kt_to_floats(d, p->n);
    CS_AUTO_MEM float *out = kt_floats(k.floats);
    k.a = af;
    k.b = bf;
    k.before = cf;
    k.bias = bias ? df : NULL;
    for (int tier = 0; tier <= (int)cs_cpu_tier_best(); tier++) {
        kt_run_on(tk_table_of((cs_cpu_tier)tier), kernel, &k, out, k.floats,
                  tk_matmul_scratch(p, KT_THREADS));
        check_all(&k, out);
    }
}

static void all_sizes_and_transpositions(void **state)
{
    (void)state;
    static const size_t sizes[][4] = {
        {1, 1, 1, 1},    {1, 1, 17, 3},  {3, 5, 8, 13},    {2, 97, 33, 9},
        {1, 13, 193, 7}, {1, 7, 3, 520}, {1, 100, 200, 8}, {5, 8, 16, 24},
    };
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++)
        for (int t = 0; t < 4; t++) {
            const size_t *s = sizes[i];
            tk_matmul p = tk_matmul_dense(s[0], s[1], s[2], s[3], t & 1, t & 2);
            check(&p, t == 1 || t == 2);
            p.add = true;
            check(&p, t == 3);
        }
}

static void a_depth_beyond_one_block_is_summed_on(void **state)
{
    (void)state;
    tk_matmul p = tk_matmul_dense(1, 9, 21, 1100, false, true);
    check(&p, true);
    p = tk_matmul_dense(1, 9, 21, 1024, true, false);
    check(&p, false);
}

static void rows_may_lie_apart(void **state)
{
    (void)state;
    tk_matmul p = tk_matmul_dense(2, 5, 6, 7, false, false);
    p.a_row = 10;
    p.b_row = 9;
    p.c_row = 11;
    p.a_batch = 60;
    p.b_batch = 70;
    p.c_batch = 80;
    check(&p, true);
}

static void one_matrix_serves_a_whole_batch(void **state)
{
    (void)state;
    tk_matmul p = tk_matmul_dense(3, 5, 6, 7, false, true);
    p.b_batch = 0;
    check(&p, false);
    p = tk_matmul_dense(3, 5, 6, 7, true, true);
    p.a_batch = 0;
    check(&p, false);
}

static void large_batches_are_packed_by_groups(void **state)
{
    (void)state;
    /* 3 of 600 x 640 exceed what is packed at once. */
    tk_matmul p = tk_matmul_dense(3, 2, 600, 640, false, false);
    assert_true(tk_matmul_scratch(&p, 1) < 3 * 600 * 640);
    check(&p, false);
}

static void nothing_to_add_is_zero_or_the_bias(void **state)
{
    (void)state;
    tk_matmul p = tk_matmul_dense(2, 3, 5, 0, false, false);
    check(&p, true);
    check(&p, false);
    p = tk_matmul_dense(0, 3, 5, 4, false, false);
    check(&p, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sizes_and_transpositions),
        cmocka_unit_test(a_depth_beyond_one_block_is_summed_on),
        cmocka_unit_test(rows_may_lie_apart),
        cmocka_unit_test(one_matrix_serves_a_whole_batch),
        cmocka_unit_test(large_batches_are_packed_by_groups),
        cmocka_unit_test(nothing_to_add_is_zero_or_the_bias),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
