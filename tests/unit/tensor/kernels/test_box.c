#include "tensor/kernels/box.h"

#include "support/kernel.h"

typedef struct kt_case {
    tk_image whole, box;
    tk_dims first;
} kt_case;

static void take(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image to = tk_image_at(out, k->box.dims);
    tk_box_take(run, &k->whole, &k->first, &to);
}

static void add(const void *ctx, const tk_run *run, float *out)
{
    const kt_case *k = ctx;
    tk_image to = tk_image_at(out, k->whole.dims);
    memcpy(out, k->whole.data, tk_image_floats(&to.dims) * sizeof(float));
    tk_box_add(run, &k->box, &k->first, &to);
}

/* Where element i of the box lies in the whole, both plain. */
static size_t place(const kt_case *k, size_t i)
{
    const tk_dims *b = &k->box.dims;
    const tk_dims *s = &k->whole.dims;
    size_t w = i % b->w + k->first.w;
    size_t h = i / b->w % b->h + k->first.h;
    size_t d = i / b->w / b->h % b->d + k->first.d;
    size_t c = i / tk_voxels(b) % b->c + k->first.c;
    size_t n = i / tk_voxels(b) / b->c + k->first.n;
    return (((n * s->c + c) * s->d + d) * s->h + h) * s->w + w;
}

static void check(tk_dims dims, tk_dims first, tk_dims count)
{
    size_t n = kt_elements(&count);
    CS_AUTO_MEM double *x = kt_values(kt_elements(&dims), 1);
    CS_AUTO_MEM double *y = kt_values(n, 2);
    kt_case k = {kt_image(dims, x), kt_image(count, y), first};
    CS_AUTO_MEM double *taken = kt_run_image(take, &k, count, 0);
    CS_AUTO_MEM double *sum = kt_run_image(add, &k, dims, 0);
    for (size_t i = 0; i < n; i++) {
        size_t at = place(&k, i);
        assert_true(taken[i] == x[at]);
        x[at] = (double)((float)x[at] + (float)y[i]);
    }
    assert_memory_equal(sum, x, kt_elements(&dims) * sizeof(*x));
    cs_free(k.whole.data);
    cs_free(k.box.data);
}

static void any_box_is_taken_and_added(void **state)
{
    (void)state;
    const tk_dims dims = {3, 21, 4, 5, 7};
    check(dims, (tk_dims){0, 0, 0, 0, 0}, dims);
    check(dims, (tk_dims){1, 8, 1, 2, 3}, (tk_dims){2, 13, 2, 1, 4});
    check(dims, (tk_dims){0, 3, 0, 0, 6}, (tk_dims){3, 11, 4, 5, 1});
    check(dims, (tk_dims){2, 20, 3, 4, 0}, (tk_dims){1, 1, 1, 1, 7});
    check(dims, (tk_dims){0, 5, 0, 1, 0}, (tk_dims){1, 16, 4, 3, 7});
    check(dims, (tk_dims){0, 0, 0, 0, 0}, (tk_dims){1, 3, 1, 1, 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_box_is_taken_and_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
