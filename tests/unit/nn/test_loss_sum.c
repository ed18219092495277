#include "nn/loss_impl.h"

#include "support/test.h"

#define N 2
#define C 3
#define P 5003

/* Marks what it has seen and counts each channel once. */
static double mark(const void *ctx, size_t begin, size_t end, size_t c)
{
    unsigned char *const *seen = ctx;
    for (size_t i = begin; i < end; i++) {
        assert_int_equal(i / P % C, c);
        (*seen)[i]++;
    }
    return (double)(end - begin);
}

static void pieces_are_rows_and_cover_all(void **state)
{
    (void)state;
    static unsigned char seen[N * C * P];
    unsigned char *p = seen;
    double total = nn_loss_sum_rows(NULL, &(nn_loss_dims){N, C, P}, mark, &p);
    assert_true(total == N * C * P);
    for (size_t i = 0; i < CS_COUNTOF(seen); i++)
        assert_int_equal(seen[i], 1);
}

/* One point for each row: a chunk then holds many rows. */
static double channel(CS_UNUSED const void *ctx, size_t begin, size_t end,
                      size_t c)
{
    assert_int_equal(end, begin + 1);
    return (double)c;
}

static void short_rows_keep_count_of_channels(void **state)
{
    (void)state;
    nn_loss_dims d = {4000, 5, 1};
    assert_true(nn_loss_sum_rows(NULL, &d, channel, NULL) == 4000 * 10);
}

static bool is_multiple_of(const void *ctx, size_t i)
{
    const size_t *n = ctx;
    return i && i % *n == 0;
}

static void the_first_is_found_or_none(void **state)
{
    (void)state;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    size_t n = 7001;
    for (int i = 0; i < 50; i++)
        assert_int_equal(nn_loss_first_bad(pool, 100000, is_multiple_of, &n),
                         7001);
    assert_int_equal(nn_loss_first_bad(pool, 7001, is_multiple_of, &n), 7001);
}

static void chunks_never_need_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n < SIZE_MAX / 3; n *= 3)
        assert_true(cs_pool_chunks(n, nn_loss_grain(n)) <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_rows_and_cover_all),
        cmocka_unit_test(short_rows_keep_count_of_channels),
        cmocka_unit_test(the_first_is_found_or_none),
        cmocka_unit_test(chunks_never_need_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
