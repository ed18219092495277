#include "target_case.h"

static const md_recipe stride4 = {.head = {.stride = 4}};

/* Cell 0 of four voxels has its centre between voxels 1 and 2. */
static void cells_and_voxels_are_translated(void **state)
{
    (void)state;
    assert_true(dt_cell_voxel(0, 4) == 1.5);
    assert_true(dt_cell_voxel(3, 1) == 3);
    assert_true(dt_in_cells(1.5, 4) == 0);
    assert_true(dt_in_cells(-0.5, 2) == -0.5);
    for (size_t cell = 0; cell < 9; cell++)
        assert_true(dt_in_cells(dt_cell_voxel(cell, 3), 3) == (double)cell);
}

static void a_cell_holds_its_voxels_and_none_beyond(void **state)
{
    (void)state;
    dt_batch b = batch_of(&stride4, NULL, 0, 5, 3, 2);
    size_t cell = 99;
    dt_seen s = seen(-0.5, 0, 0, 1);
    assert_true(dt_cell_holding(&b, &s, &cell));
    assert_int_equal(cell, 0);
    s = seen(19.4, 11, 7.49, 1);
    assert_true(dt_cell_holding(&b, &s, &cell));
    assert_int_equal(cell, 29);
    s = seen(19.6, 11, 7, 1);
    assert_false(dt_cell_holding(&b, &s, &cell));
    s = seen(-0.6, 0, 0, 1);
    assert_false(dt_cell_holding(&b, &s, &cell));
    s = seen(1, -1e300, 0, 1);
    assert_false(dt_cell_holding(&b, &s, &cell));
}

static void index_and_place_agree(void **state)
{
    (void)state;
    dt_batch b = batch_of(&stride4, NULL, 0, 5, 3, 2);
    for (size_t i = 0; i < b.points; i++) {
        size_t at[3];
        dt_cell_place(&b, i, at);
        assert_true(at[0] < 5 && at[1] < 3 && at[2] < 2);
        assert_int_equal(dt_cell_index(&b, at[0], at[1], at[2]), i);
    }
}

/* Against asking each cell. */
static void ranges_are_those_within_reach(void **state)
{
    (void)state;
    dt_batch b = batch_of(&stride4, NULL, 0, 5, 3, 2);
    const double ats[] = {-7, -1, -0.2, 0, 1.5, 4, 4.3, 9, 1e300, -1e300};
    const double reaches[] = {0, 0.4, 1, 2.5, 1e299};
    for (size_t i = 0; i < CS_COUNTOF(ats); i++)
        for (size_t k = 0; k < CS_COUNTOF(reaches); k++) {
            const double at[] = {ats[i], ats[i], ats[i]};
            dt_range r = dt_range_about(&b, at, reaches[k]);
            for (int axis = 0; axis < 3; axis++)
                for (size_t c = 0; c < b.cells[axis]; c++) {
                    bool in = (ptrdiff_t)c >= r.low[axis] &&
                              (ptrdiff_t)c <= r.high[axis];
                    assert_int_equal(in,
                                     fabs((double)c - ats[i]) <= reaches[k]);
                }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_and_voxels_are_translated),
        cmocka_unit_test(a_cell_holds_its_voxels_and_none_beyond),
        cmocka_unit_test(index_and_place_agree),
        cmocka_unit_test(ranges_are_those_within_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
