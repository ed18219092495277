#include "detect/head_impl.h"
#include "support/test.h"

static void add(const void *ctx, size_t begin, size_t end, double sums[DT_SUMS])
{
    const double *scale = ctx;
    for (size_t i = begin; i < end; i++) {
        sums[0] += 1;
        sums[1] += (double)i;
        sums[2] += *scale / (double)(i + 1);
    }
}

static void each_index_is_added_once(void **state)
{
    (void)state;
    const size_t counts[] = {0, 1, 1023, 1024, 1025, 65536, 100003};
    double scale = 0;
    for (size_t i = 0; i < CS_COUNTOF(counts); i++) {
        double sums[DT_SUMS];
        dt_sum(NULL, counts[i], add, &scale, sums);
        double n = (double)counts[i];
        assert_true(sums[0] == n);
        assert_true(sums[1] == n * (n - 1) / 2 || counts[i] == 0);
    }
}

static void threads_do_not_show(void **state)
{
    (void)state;
    double scale = 3;
    double alone[DT_SUMS];
    dt_sum(NULL, 100003, add, &scale, alone);
    for (unsigned threads = 1; threads <= 3; threads++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        double sums[DT_SUMS];
        dt_sum(pool, 100003, add, &scale, sums);
        assert_memory_equal(sums, alone, sizeof(sums));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_index_is_added_once),
        cmocka_unit_test(threads_do_not_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
