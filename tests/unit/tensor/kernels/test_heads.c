#include "tensor/kernels/heads.h"

#include "support/kernel.h"

typedef struct kt_case {
    size_t heads;
    tk_image image; /* what is taken, or what is there before */
    const float *plain;
    bool add;
} kt_case;

static void take(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_heads_take(run, k->heads, &k->image, out);
}

static void give(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image to = tk_image_at(out, k->image.dims);
    if (k->add)
        memcpy(out, k->image.data, tk_image_floats(&to.dims) * sizeof(float));
    (k->add ? tk_heads_add : tk_heads_give)(run, k->heads, k->plain, &to);
}

/* Where element i of [n][c][voxels] lies in [n][heads][voxels][dim]. */
static size_t place(const kt_case *k, size_t i)
{
    const tk_dims *s = &k->image.dims;
    size_t voxels = tk_voxels(s);
    size_t dim = s->c / k->heads;
    size_t c = i / voxels % s->c;
    size_t head = i / voxels / s->c * k->heads + c / dim;
    return (head * voxels + i % voxels) * dim + c % dim;
}

static void check(tk_dims dims, size_t heads)
{
    size_t n = kt_elements(&dims);
    CS_AUTO_MEM double *x = kt_values(n, 1);
    CS_AUTO_MEM float *plain = kt_floats(n);
    kt_case k = {.heads = heads, .image = kt_image(dims, x), .plain = plain};
    kt_run(take, &k, plain, n, 0);
    for (size_t i = 0; i < n; i++)
        assert_true((double)plain[place(&k, i)] == x[i]);
    CS_AUTO_MEM double *back = kt_run_image(give, &k, dims, 0);
    assert_memory_equal(back, x, n * sizeof(*x));
    k.add = true;
    CS_AUTO_MEM double *twice = kt_run_image(give, &k, dims, 0);
    for (size_t i = 0; i < n; i++)
        assert_true(twice[i] == 2 * x[i]);
    cs_free(k.image.data);
}

static void heads_are_taken_and_given_back(void **state)
{
    (void)state;
    check((tk_dims){1, 1, 1, 1, 1}, 1);
    check((tk_dims){2, 16, 1, 3, 5}, 2);
    check((tk_dims){2, 21, 2, 3, 5}, 3); /* parts of blocks */
    check((tk_dims){1, 30, 1, 1, 7}, 10);
    check((tk_dims){2, 13, 3, 19, 23}, 1); /* more than one chunk */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_taken_and_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
