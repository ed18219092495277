#include "nn/place.h"

#include "base/random.h"
#include "support/test.h"

static bool collide(const nn_tenant *a, const nn_tenant *b)
{
    bool time = a->first <= b->last && b->first <= a->last;
    bool space =
        a->offset < b->offset + b->size && b->offset < a->offset + a->size;
    return a->size && b->size && time && space;
}

static void what_lives_together_does_not_overlap(void **state)
{
    (void)state;
    cs_rng r = cs_rng_stream(7, 0);
    for (int round = 0; round < 200; round++) {
        nn_tenant t[40];
        size_t n = 1 + cs_rng_below(&r, CS_COUNTOF(t));
        for (size_t i = 0; i < n; i++) {
            size_t first = cs_rng_below(&r, 50);
            t[i] = (nn_tenant){.size = cs_rng_below(&r, 1000),
                               .first = first,
                               .last = first + cs_rng_below(&r, 10)};
        }
        size_t all;
        assert_int_equal(nn_place(t, n, &all, NULL), 0);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(t[i].offset % 16, 0);
            assert_true(t[i].offset + t[i].size <= all);
            for (size_t k = 0; k < i; k++)
                assert_false(collide(&t[i], &t[k]));
        }
    }
}

static void memory_is_used_again(void **state)
{
    (void)state;
    nn_tenant chain[] = {{.size = 160, .first = 0, .last = 1},
                         {.size = 160, .first = 1, .last = 2},
                         {.size = 160, .first = 2, .last = 3},
                         {.size = 160, .first = 3, .last = 4}};
    size_t all;
    assert_int_equal(nn_place(chain, CS_COUNTOF(chain), &all, NULL), 0);
    assert_int_equal(all, 320);
}

static void nothing_and_too_much(void **state)
{
    (void)state;
    size_t all = 1;
    assert_int_equal(nn_place(NULL, 0, &all, NULL), 0);
    assert_int_equal(all, 0);
    nn_tenant vast[] = {{.size = SIZE_MAX / 2, .first = 0, .last = 0},
                        {.size = SIZE_MAX / 2, .first = 0, .last = 0},
                        {.size = SIZE_MAX / 2, .first = 0, .last = 0}};
    assert_int_equal(nn_place(vast, 3, &all, NULL), CS_E_NOMEM);
    nn_tenant end[] = {{.size = SIZE_MAX, .first = 0, .last = 0}};
    assert_int_equal(nn_place(end, 1, &all, NULL), CS_E_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lives_together_does_not_overlap),
        cmocka_unit_test(memory_is_used_again),
        cmocka_unit_test(nothing_and_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
