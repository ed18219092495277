#include "tensor/kernels/attention.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_attention p;
    size_t nq, nk; /* floats of q, and of k or v */
    const float *in, *dy;
} kt_case;

static kt_case case_of(tk_attention p)
{
    kt_case k = {.p = p};
    k.nq = p.batch * p.heads * p.queries * p.dim;
    k.nk = p.batch * p.heads * p.keys * p.dim;
    return k;
}

/* Whether and with what addition head h's query i sees key j. */
static double bias_of(const tk_attention *p, size_t h, size_t i, size_t j)
{
    double bias = 0;
    if (p->mask)
        bias = (double)p->mask[h / p->heads * p->mask_batch +
                               h % p->heads * p->mask_head + i * p->keys + j];
    if (p->padding && p->padding[h / p->heads * p->keys + j])
        bias = -KT_INFINITY;
    return p->causal && j > i ? -KT_INFINITY : bias;
}

static void one_query(const tk_attention *p, size_t h, size_t i,
                      const double *const in[3], double *y)
{
    const double *q = in[0] + (h * p->queries + i) * p->dim;
    const double *k = in[1] + h * p->keys * p->dim;
    const double *v = in[2] + h * p->keys * p->dim;
    double weights = 0;
    memset(y, 0, p->dim * sizeof(*y));
    for (size_t j = 0; j < p->keys; j++) {
        double s = bias_of(p, h, i, j);
        for (size_t d = 0; d < p->dim; d++)
            s += (double)p->scale * q[d] * k[j * p->dim + d];
        double w = exp(s); /* small enough in these tests */
        weights += w;
        for (size_t d = 0; d < p->dim; d++)
            y[d] += w * v[j * p->dim + d];
    }
    for (size_t d = 0; d < p->dim; d++)
        y[d] = weights > 0 ? y[d] / weights : 0;
}

/* x is q, k, v one after the other. */
static void reference(const void *ctx, const double *x, double *y)
{
    const kt_case *k = ctx;
    const double *const in[3] = {x, x + k->nq, x + k->nq + k->nk};
    for (size_t h = 0; h < k->p.batch * k->p.heads; h++)
        for (size_t i = 0; i < k->p.queries; i++, y += k->p.dim)
            one_query(&k->p, h, i, in, y);
}

static void forward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_attention_inputs in = {k->in, k->in + k->nq, k->in + k->nq + k->nk};
    tk_attention_forward(run, &k->p, &in, out);
}

static void backward(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_attention_inputs in = {k->in, k->in + k->nq, k->in + k->nq + k->nk};
    tk_attention_gradients to = {.dk = out + k->nq};
    to.dq = out;
    to.dv = to.dk + k->nk;
    tk_attention_backward(run, &k->p, &in, k->dy, &to);
}

static void check(tk_attention p, bool gradients)
{
    kt_case k = case_of(p);
    size_t nx = k.nq + 2 * k.nk;
    CS_AUTO_MEM double *x = kt_values(nx, 1);
    CS_AUTO_MEM double *dy = kt_values(k.nq, 2);
    CS_AUTO_MEM double *expected = kt_doubles(k.nq);
    CS_AUTO_MEM float *xf = kt_to_floats(x, nx);
    CS_AUTO_MEM float *dyf = kt_to_floats(dy, k.nq);
    CS_AUTO_MEM float *y = kt_floats(k.nq);
    CS_AUTO_MEM float *d = kt_floats(nx);
    k.in = xf;
    k.dy = dyf;
    reference(&k, x, expected);
    for (int tier = 0; tier <= (int)cs_cpu_tier_best(); tier++) {
        const tk_table *table = tk_table_of((cs_cpu_tier)tier);
        kt_run_on(table, forward, &k, y, k.nq,
                  tk_attention_scratch(&p, KT_THREADS));
        kt_near_floats(y, expected, k.nq, 3e-6);
        kt_run_on(table, backward, &k, d, nx,
                  tk_attention_backward_scratch(&p, KT_THREADS));
    }
    CS_AUTO_MEM double *dx = kt_to_doubles(d, nx);
    if (gradients)
        kt_gradient(reference, &k, x, nx, dy, k.nq, dx, 1e-5);
}

static void it_follows_its_definition(void **state)
{
    (void)state;
    check((tk_attention){2, 3, 5, 7, 8, .scale = 0.35F}, true);
    check((tk_attention){1, 1, 1, 1, 1, .scale = 1}, true);
    check((tk_attention){1, 2, 13, 3, 13, .scale = 0.3F}, true);
    check((tk_attention){1, 1, 3, 20, 17, .scale = 0.25F}, true);
    check((tk_attention){2, 2, 101, 67, 24, .scale = 0.2F}, false);
    check((tk_attention){1, 3, 97, 300, 33, .scale = 0.17F}, false);
}

/* The gradient of a long sequence, whose queries come in several blocks, is
 * that of the same queries in short ones. */
static void blocks_of_queries_add_up(void **state)
{
    (void)state;
    check((tk_attention){1, 1, 100, 5, 3, .scale = 0.5F}, true);
}

static void masks_hide_keys_and_padding_too(void **state)
{
    (void)state;
    enum { Q = 6, K = 9 };
    float mask[4 * Q * K];
    CS_AUTO_MEM double *values = kt_values(CS_COUNTOF(mask), 5);
    for (size_t i = 0; i < CS_COUNTOF(mask); i++)
        mask[i] = i % 5 == 0 ? -INFINITY : (float)values[i];
    uint8_t padding[2 * K] = {0};
    padding[0] = padding[8] = padding[K + 3] = padding[K + 7] = 1;
    tk_attention p = {2, 2, Q, K, 4, .scale = 0.5F, .mask = mask};
    check(p, true); /* one mask for all */
    p.mask_head = Q * K;
    check(p, true); /* one for each head */
    p.mask_batch = 2 * p.mask_head;
    check(p, true); /* one for each head of each sample */
    p.padding = padding;
    check(p, true);
    p.mask = NULL;
    check(p, true);
}

/* Also where a block of queries begins beyond the first, and where there are
 * fewer keys than queries, or more. */
static void a_causal_query_sees_no_later_key(void **state)
{
    (void)state;
    check((tk_attention){2, 2, 6, 6, 4, .scale = 0.5F, .causal = true}, true);
    check((tk_attention){1, 1, 5, 9, 3, .scale = 0.5F, .causal = true}, true);
    check((tk_attention){1, 1, 100, 70, 9, .scale = 0.3F, .causal = true},
          false);
}

static void a_query_that_sees_nothing_gives_zeros(void **state)
{
    (void)state;
    uint8_t padding[10] = {1, 1, 1, 1, 1};
    tk_attention p = {2, 1, 4, 5, 3, .scale = 1, .padding = padding};
    check(p, true);
    p.keys = 0;
    check(p, true);
}

static void large_scores_do_not_overflow(void **state)
{
    (void)state;
    const float q[] = {1e19F, -1e19F};
    const float k[] = {1e18F, -1e18F, 0};
    const float v[] = {1, 2, 3};
    const double expected[] = {1, 2};
    kt_case c = case_of((tk_attention){1, 1, 2, 3, 1, .scale = 1});
    float in[8];
    memcpy(in, q, sizeof(q));
    memcpy(in + 2, k, sizeof(k));
    memcpy(in + 5, v, sizeof(v));
    c.in = in;
    float y[2];
    kt_run(forward, &c, y, 2, tk_attention_scratch(&c.p, KT_THREADS));
    kt_near_floats(y, expected, 2, 0);
}

static void memory_does_not_grow_with_the_square(void **state)
{
    (void)state;
    tk_attention p = {1, 8, 8192, 8192, 64, .scale = 0.125F};
    assert_true(tk_attention_scratch(&p, 1) < (size_t)8192 * 512);
    assert_true(tk_attention_backward_scratch(&p, 1) < (size_t)8192 * 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_its_definition),
        cmocka_unit_test(blocks_of_queries_add_up),
        cmocka_unit_test(masks_hide_keys_and_padding_too),
        cmocka_unit_test(a_causal_query_sees_no_later_key),
        cmocka_unit_test(a_query_that_sees_nothing_gives_zeros),
        cmocka_unit_test(large_scores_do_not_overflow),
        cmocka_unit_test(memory_does_not_grow_with_the_square),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
