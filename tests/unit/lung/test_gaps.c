#include "lung/gaps.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

#define SLICES 40
#define MISSING 21 /* the first slice of those that are left out */

/* Rods that lean, so that each slice differs from the one before by as much as
 * it lies away. `skip` slices are left out, or one is repeated. */
static void make(im_volume *v, unsigned axis, size_t skip, bool repeat)
{
    size_t size[3] = {64, 64, 64};
    size[axis] = SLICES;
    im_geometry g = im_geometry_plain(size[0], size[1], size[2]);
    for (int a = 0; a < 3; a++)
        g.spacing[a] = 2.5;
    assert_int_equal(im_volume_init(v, TN_I16, &g, NULL), 0);
    int16_t *hu = tn_data(&v->voxels);
    unsigned u = axis == 0 ? 1 : 0, w = axis == 2 ? 1 : 2;
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        const size_t at[3] = {i % size[0], i / size[0] % size[1],
                              i / size[0] / size[1]};
        size_t k = at[axis];
        if (k >= MISSING)
            k += skip;
        if (repeat && k >= MISSING)
            k--;
        double x = remainder((double)at[u] + 0.3 * (double)k, 21);
        double y = remainder((double)at[w] - 0.2 * (double)k, 17);
        /* Noise that follows the slice, so that repeated ones are alike. */
        size_t noise = (at[u] * 7919 + at[w] * 104729 + k * 1299709) % 41;
        hu[i] = (int16_t)((x * x + y * y < 36 ? 50 : -850) + (int)noise - 20);
    }
}

static void expect(unsigned axis, size_t skip, bool repeat, double low,
                   double high)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    lu_gaps g;
    make(&v, axis, skip, repeat);
    assert_int_equal(lu_gaps_find(&here, &v, axis, 0, SLICES, &g, NULL), 0);
    assert_true(g.step > low && g.step < high);
    if (skip)
        assert_int_equal(g.after, MISSING - 1);
    assert_int_equal(g.repeated, repeat ? 1 : 0);
}

static void a_whole_scan_has_no_step(void **state)
{
    (void)state;
    for (unsigned axis = 0; axis < 3; axis++)
        expect(axis, 0, false, 0.99, LU_GAPS_STEP);
}

static void a_missing_slice_is_found_where_it_was(void **state)
{
    (void)state;
    for (unsigned axis = 0; axis < 3; axis++) {
        expect(axis, 1, false, LU_GAPS_STEP, 2.4);
        expect(axis, 3, false, 2.4, 5);
    }
}

static void a_repeated_slice_is_counted(void **state)
{
    (void)state;
    expect(2, 0, true, 0.99, LU_GAPS_STEP);
}

/* Thick slices passed off as thin ones: most changes are none. */
static void slices_that_come_four_times_are_counted(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    lu_gaps g;
    make(&v, 2, 0, false);
    int16_t *hu = tn_data(&v.voxels);
    size_t plane = (size_t)64 * 64;
    for (size_t k = 0; k < SLICES; k++)
        memcpy(hu + k * plane, hu + k / 4 * 4 * plane, plane * sizeof(*hu));
    assert_int_equal(lu_gaps_find(&here, &v, 2, 0, SLICES, &g, NULL), 0);
    assert_int_equal(g.repeated, SLICES - SLICES / 4);
    for (size_t i = 0; i < SLICES * plane; i++)
        hu[i] = -850;
    assert_int_equal(lu_gaps_find(&here, &v, 2, 0, SLICES, &g, NULL), 0);
    assert_true(g.step == 1 && g.repeated == 0);
}

static void what_lies_outside_the_range_is_not_looked_at(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    lu_gaps g;
    make(&v, 2, 2, false);
    assert_int_equal(lu_gaps_find(&here, &v, 2, 0, MISSING, &g, NULL), 0);
    assert_true(g.step < LU_GAPS_STEP);
    assert_int_equal(lu_gaps_find(&here, &v, 2, 3, SLICES, &g, NULL), 0);
    assert_int_equal(g.after, MISSING - 1);
    assert_int_equal(lu_gaps_find(&here, &v, 2, 18, 24, &g, NULL), 0);
    assert_true(g.step == 1 && g.repeated == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_scan_has_no_step),
        cmocka_unit_test(a_missing_slice_is_found_where_it_was),
        cmocka_unit_test(a_repeated_slice_is_counted),
        cmocka_unit_test(slices_that_come_four_times_are_counted),
        cmocka_unit_test(what_lies_outside_the_range_is_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
