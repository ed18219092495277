#include "tensor/shape.h"

#include <string.h>

#include "support/test.h"

static void extents_from_a_file_are_checked(void **state)
{
    (void)state;
    tn_shape s;
    cs_errinfo info = {0};
    const uint64_t good[] = {2, 0, 5};
    assert_int_equal(tn_shape_make(good, 3, &s, &info), 0);
    assert_int_equal(tn_shape_count(&s), 0);
    assert_int_equal(tn_shape_make(NULL, 0, &s, &info), 0);
    assert_int_equal(tn_shape_count(&s), 1);

    const uint64_t seven[7] = {1, 1, 1, 1, 1, 1, 1};
    assert_int_equal(tn_shape_make(seven, 7, &s, &info), CS_E_RANGE);
    const uint64_t big[] = {(uint64_t)1 << 31, (uint64_t)1 << 31};
    assert_int_equal(tn_shape_make(big, 2, &s, &info), CS_E_RANGE);
    assert_non_null(strstr(info.message, "[2147483648, 2147483648]"));
    const uint64_t hidden[] = {0, UINT64_MAX, 2};
    assert_int_equal(tn_shape_make(hidden, 3, &s, &info), CS_E_RANGE);
}

static void broadcasting_follows_numpy(void **state)
{
    (void)state;
    tn_shape r;
    cs_errinfo info = {0};
    assert_int_equal(
        tn_shape_broadcast(&TN_SHAPE(4, 1, 3), &TN_SHAPE(2, 1), &r, &info), 0);
    assert_true(tn_shape_equal(&r, &TN_SHAPE(4, 2, 3)));
    assert_int_equal(tn_shape_broadcast(&TN_SHAPE(0), &TN_SHAPE(1), &r, &info),
                     0);
    assert_int_equal(r.dim[0], 0);
    assert_int_equal(
        tn_shape_broadcast(&TN_SHAPE(2, 3), &TN_SHAPE(4, 3), &r, &info),
        CS_E_RANGE);
    assert_string_equal(info.message,
                        "shapes [2, 3] and [4, 3] do not go together");
}

static void the_longest_shape_has_room(void **state)
{
    (void)state;
    tn_shape s = {.rank = TN_RANK_MAX};
    for (int i = 0; i < TN_RANK_MAX; i++)
        s.dim[i] = SIZE_MAX;
    char text[TN_SHAPE_TEXT_MAX];
    assert_int_equal(strlen(tn_shape_text(&s, text)), 6 * 20 + 5 * 2 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extents_from_a_file_are_checked),
        cmocka_unit_test(broadcasting_follows_numpy),
        cmocka_unit_test(the_longest_shape_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
