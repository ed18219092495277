#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"

#define SLOTS 16

typedef struct visit {
    _Atomic unsigned char *seen;
    size_t n, grain;
    unsigned threads;
    _Atomic int busy[SLOTS];
    _Atomic bool wrong;
} visit;

static void mark(void *ctx, size_t begin, size_t end, unsigned slot)
{
    visit *v = ctx;
    size_t grain = cs_pool_grain(v->n, v->grain);
    if (slot >= v->threads || atomic_fetch_add(&v->busy[slot], 1) != 0 ||
        begin % grain != 0 || begin >= end || end > v->n ||
        (end - begin != grain && end != v->n))
        atomic_store(&v->wrong, true);
    for (size_t i = begin; i < end; i++)
        atomic_fetch_add(&v->seen[i], 1);
    if (slot < v->threads)
        atomic_fetch_sub(&v->busy[slot], 1);
}

static void check_loop(cs_pool *pool, size_t n, size_t grain)
{
    visit v = {.n = n, .grain = grain, .threads = cs_pool_threads(pool)};
    unsigned char *seen = cs_calloc(n, 1);
    v.seen = (_Atomic unsigned char *)seen;
    cs_pool_for(pool, n, grain, mark, &v);
    assert_false(v.wrong);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(v.seen[i], 1);
    cs_free(seen);
}

static void every_index_is_visited_once_in_fixed_chunks(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 7, 64, 65, 1000, 4097};
    static const size_t grains[] = {0, 1, 3, 64, 5000};
    for (unsigned threads = 1; threads <= 8; threads += threads) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        assert_int_equal(cs_pool_threads(pool), threads);
        for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
            for (size_t k = 0; k < CS_COUNTOF(grains); k++)
                check_loop(pool, sizes[i], grains[k]);
        }
    }
}

static void without_a_pool_the_caller_does_it_all(void **state)
{
    (void)state;
    assert_int_equal(cs_pool_threads(NULL), 1);
    check_loop(NULL, 1000, 7);
    cs_pool_free(NULL);
}

typedef struct bounds {
    _Atomic size_t calls, last_end;
} bounds;

static void note_bounds(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    bounds *b = ctx;
    atomic_fetch_add(&b->calls, 1);
    if (begin > SIZE_MAX / 2)
        atomic_store(&b->last_end, end);
}

static void sizes_at_the_edge_do_not_wrap(void **state)
{
    (void)state;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    bounds b = {0};
    cs_pool_for(pool, SIZE_MAX, SIZE_MAX / 2 + 1, note_bounds, &b);
    assert_int_equal(b.calls, 2);
    assert_true(b.last_end == SIZE_MAX);
    b = (bounds){0};
    cs_pool_for(pool, SIZE_MAX, SIZE_MAX, note_bounds, &b);
    assert_int_equal(b.calls, 1);
}

static double part(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)ctx;
    (void)slot;
    double sum = 0;
    for (size_t i = begin; i < end; i++)
        sum += 1.0 / (double)(3 * i + 1);
    return sum;
}

static void a_sum_has_the_same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    double expected = 0;
    assert_int_equal(cs_pool_sum_f64(NULL, 100000, 37, part, NULL, &expected),
                     0);
    for (unsigned threads = 1; threads <= 8; threads++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        for (int i = 0; i < 20; i++) {
            double sum = 0;
            assert_int_equal(
                cs_pool_sum_f64(pool, 100000, 37, part, NULL, &sum), 0);
            assert_memory_equal(&sum, &expected, sizeof(sum));
        }
    }
}

typedef struct nest {
    cs_pool *pool;
    _Atomic size_t leaves;
    int depth;
} nest;

static void go_deeper(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    nest *outer = ctx;
    if (outer->depth == 3) {
        atomic_fetch_add(&outer->leaves, end - begin);
        return;
    }
    nest inner = {.pool = outer->pool, .depth = outer->depth + 1};
    for (size_t i = begin; i < end; i++)
        cs_pool_for(outer->pool, 10, 3, go_deeper, &inner);
    atomic_fetch_add(&outer->leaves, inner.leaves);
}

static void loops_may_nest(void **state)
{
    (void)state;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(4, &pool, NULL), 0);
    nest top = {.pool = pool, .depth = 0};
    cs_pool_for(pool, 10, 1, go_deeper, &top);
    assert_int_equal(top.leaves, 10000);
}

static void *hammer(void *arg)
{
    double sum = 0;
    for (int i = 0; i < 200; i++)
        cs_pool_sum_f64(arg, 1000, 9, part, NULL, &sum);
    double *ret = cs_malloc(sizeof(*ret));
    *ret = sum;
    return ret;
}

static void several_outside_threads_share_a_pool(void **state)
{
    (void)state;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    double expected = 0;
    cs_pool_sum_f64(NULL, 1000, 9, part, NULL, &expected);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, pool), 0);
    for (int i = 0; i < 4; i++) {
        void *sum;
        assert_int_equal(pthread_join(threads[i], &sum), 0);
        assert_memory_equal(sum, &expected, sizeof(expected));
        cs_free(sum);
    }
}

static void pools_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(1 + i % 5, &pool, NULL), 0);
        if (i % 2)
            check_loop(pool, 100, 1);
    }
}

static void too_many_threads_are_refused(void **state)
{
    (void)state;
    cs_pool *pool = NULL;
    cs_errinfo info = {0};
    assert_int_equal(cs_pool_new(CS_POOL_MAX_THREADS + 1, &pool, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message,
                        "4097 threads are too many; at most 4096 can be used");
    assert_null(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_visited_once_in_fixed_chunks),
        cmocka_unit_test(without_a_pool_the_caller_does_it_all),
        cmocka_unit_test(sizes_at_the_edge_do_not_wrap),
        cmocka_unit_test(a_sum_has_the_same_bits_on_any_number_of_threads),
        cmocka_unit_test(loops_may_nest),
        cmocka_unit_test(several_outside_threads_share_a_pool),
        cmocka_unit_test(pools_come_and_go),
        cmocka_unit_test(too_many_threads_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
