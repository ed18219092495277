#include "detect/window.h"

#include <math.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"

static const im_run alone = {NULL, CS_CPU_BASELINE};

static void blank(im_volume *v, size_t x, size_t y, size_t z)
{
    const im_geometry g = im_geometry_plain(x, y, z);
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
}

static void fill_box(im_volume *v, const size_t low[3], const size_t high[3])
{
    for (size_t z = low[2]; z < high[2]; z++)
        for (size_t y = low[1]; y < high[1]; y++)
            for (size_t x = low[0]; x < high[0]; x++)
                im_u8(v)[im_at(&v->geometry, x, y, z)] = 1;
}

/* Two lungs, one of them leaning, apart. */
static void fill_lungs(im_volume *v)
{
    const size_t *n = v->geometry.size;
    for (size_t i = 0; i < im_geometry_voxels(&v->geometry); i++) {
        const size_t row = i / n[0];
        const size_t plane = row / n[1];
        const double x = (double)(i % n[0]) / (double)n[0];
        const double y = (double)(row % n[1]) / (double)n[1];
        const double z = (double)plane / (double)n[2];
        const double side = fabs(x - 0.5) - 0.1 - 0.15 * z;
        im_u8(v)[i] = hypot(hypot(side * 7, (y - 0.5) * 2.6), z - 0.5) < 0.42;
    }
}

/* Distance of voxel `at` from the window's nearer face along an axis; far, if
 * that face is the volume's or beyond. */
static size_t depth(const dt_windows *w, const dt_window *one, int axis,
                    size_t at, size_t volume)
{
    const size_t begin = one->begin[axis];
    const size_t end = begin + w->size[axis];
    if (at < begin || at >= end)
        return 0;
    const size_t before = begin == 0 ? SIZE_MAX : at - begin + 1;
    const size_t behind = end >= volume ? SIZE_MAX : end - at;
    return CS_MIN(before, behind);
}

static bool is_deep(const dt_windows *w, const size_t at[3],
                    const size_t volume[3], const size_t margin[3])
{
    for (size_t i = 0; i < w->count; i++) {
        bool deep = true;
        for (int a = 0; a < 3; a++)
            deep =
                deep && depth(w, &w->items[i], a, at[a], volume[a]) > margin[a];
        if (deep)
            return true;
    }
    return false;
}

static void check_places(const dt_windows *w, const size_t volume[3])
{
    for (int a = 0; a < 3; a++) {
        assert_true(w->padded[a] >= volume[a] && w->padded[a] >= w->size[a]);
        assert_true(w->padded[a] % DT_WINDOW_STEP == 0);
    }
    for (size_t i = 0; i < w->count; i++) {
        const size_t *b = w->items[i].begin;
        for (int a = 0; a < 3; a++) {
            assert_true(b[a] % DT_WINDOW_STEP == 0);
            assert_true(b[a] + w->size[a] <= w->padded[a]);
        }
        if (i)
            assert_true(b[2] >= w->items[i - 1].begin[2]);
    }
}

static void check_cover(const im_volume *v, const size_t size[3],
                        double overlap, dt_windows *w)
{
    CS_SCOPED(dt_blocks) b = DT_BLOCKS_INIT;
    const size_t *n = v->geometry.size;
    size_t margin[3];
    assert_int_equal(dt_blocks_init(&b, &alone, v, NULL), 0);
    assert_int_equal(dt_windows_init(w, &b, size, overlap, NULL), 0);
    check_places(w, n);
    for (int a = 0; a < 3; a++) {
        double half =
            overlap < 0 ? DT_WINDOW_MARGIN : 0.5 * overlap * (double)size[a];
        half = fmin(half, 0.5 * ((double)size[a] - DT_WINDOW_UNIT));
        margin[a] = (size_t)(half / DT_BLOCK) * DT_BLOCK;
    }
    for (size_t i = 0; i < im_geometry_voxels(&v->geometry); i++) {
        const size_t at[3] = {i % n[0], i / n[0] % n[1], i / n[0] / n[1]};
        if (im_u8(v)[i])
            assert_true(is_deep(w, at, n, margin));
    }
}

static void each_voxel_of_lung_is_deep_in_a_window(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const size_t sizes[][3] = {
        {32, 32, 32}, {48, 32, 64}, {16, 16, 16}, {80, 96, 112}};
    const double overlaps[] = {0, 0.25, 0.5, 0.75, -1};
    blank(&v, 75, 61, 83);
    fill_lungs(&v);
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++)
        for (size_t k = 0; k < CS_COUNTOF(overlaps); k++) {
            CS_SCOPED(dt_windows) w = DT_WINDOWS_INIT;
            check_cover(&v, sizes[i], overlaps[k], &w);
            assert_true(w.count > 0 && w.count <= w.all);
        }
}

static void windows_without_lung_are_left_out(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(dt_windows) w = DT_WINDOWS_INIT;
    const size_t size[3] = {32, 32, 32};
    blank(&v, 128, 96, 64);
    fill_box(&v, (size_t[]){3, 40, 20}, (size_t[]){5, 44, 24});
    fill_box(&v, (size_t[]){120, 40, 20}, (size_t[]){124, 44, 24});
    check_cover(&v, size, 0, &w);
    assert_int_equal(w.count, 2);
    assert_int_equal(w.all, 4 * 3 * 2);
    /* What is to spare is shared out between the sides. */
    assert_int_equal(w.items[0].begin[0], 0);
    assert_int_equal(w.items[0].begin[1], 24);
    assert_int_equal(w.items[0].begin[2], 0);
    assert_int_equal(w.items[1].begin[0], 96);
}

static void full_volumes_get_a_full_grid(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const size_t size[3] = {32, 32, 32};
    CS_SCOPED(dt_windows) w = DT_WINDOWS_INIT;
    CS_SCOPED(dt_windows) half = DT_WINDOWS_INIT;
    blank(&v, 64, 33, 31);
    fill_box(&v, (size_t[]){0, 0, 0}, v.geometry.size);
    check_cover(&v, size, 0, &w);
    assert_int_equal(w.count, 4);
    assert_int_equal(w.all, 4);
    assert_int_equal(w.padded[1], 40);
    assert_int_equal(w.padded[2], 32);
    check_cover(&v, size, 0.5, &half);
    assert_int_equal(half.count, 3 * 2);
    assert_int_equal(half.items[1].begin[0], 16);
    assert_int_equal(half.items[5].begin[1], 8); /* shifted inside */
}

static void no_lung_needs_no_window(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(dt_windows) w = DT_WINDOWS_INIT;
    blank(&v, 40, 40, 40);
    check_cover(&v, (size_t[]){16, 32, 16}, 0.5, &w);
    assert_int_equal(w.count, 0);
}

static void sizes_that_are_no_multiples_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(dt_blocks) b = DT_BLOCKS_INIT;
    CS_SCOPED(dt_windows) w = DT_WINDOWS_INIT;
    blank(&v, 40, 40, 40);
    assert_int_equal(dt_blocks_init(&b, &alone, &v, NULL), 0);
    assert_int_equal(dt_windows_init(&w, &b, (size_t[]){32, 32, 24}, 0, NULL),
                     CS_E_RANGE);
    assert_int_equal(dt_windows_init(&w, &b, (size_t[]){0, 32, 32}, 0, NULL),
                     CS_E_RANGE);
}

static double voxels_of(const dt_windows *w)
{
    return (double)w->count * (double)w->size[0] * (double)w->size[1] *
           (double)w->size[2];
}

static void the_size_with_the_fewest_voxels_is_chosen(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(dt_blocks) b = DT_BLOCKS_INIT;
    size_t best[3], size[3];
    blank(&v, 75, 61, 83);
    fill_lungs(&v);
    assert_int_equal(dt_blocks_init(&b, &alone, &v, NULL), 0);
    assert_int_equal(
        dt_windows_choose(&b, 0.25, 32, 64, 48 * 48 * 64, best, NULL), 0);
    CS_SCOPED(dt_windows) chosen = DT_WINDOWS_INIT;
    assert_int_equal(dt_windows_init(&chosen, &b, best, 0.25, NULL), 0);
    for (size[0] = 32; size[0] <= 64; size[0] += 16)
        for (size[1] = 32; size[1] <= 64; size[1] += 16)
            for (size[2] = 32; size[2] <= 64; size[2] += 16) {
                CS_SCOPED(dt_windows) w = DT_WINDOWS_INIT;
                if (size[0] * size[1] * size[2] > 48 * 48 * 64)
                    continue;
                assert_int_equal(dt_windows_init(&w, &b, size, 0.25, NULL), 0);
                assert_true(voxels_of(&chosen) <= voxels_of(&w));
            }
    assert_int_equal(dt_windows_choose(&b, 0, 96, 160, 1, best, NULL), 0);
    assert_int_equal(best[0], 80); /* no larger than the volume */
    assert_int_equal(best[1], 64);
    assert_int_equal(best[2], 96);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_voxel_of_lung_is_deep_in_a_window),
        cmocka_unit_test(windows_without_lung_are_left_out),
        cmocka_unit_test(full_volumes_get_a_full_grid),
        cmocka_unit_test(no_lung_needs_no_window),
        cmocka_unit_test(sizes_that_are_no_multiples_are_refused),
        cmocka_unit_test(the_size_with_the_fewest_voxels_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
