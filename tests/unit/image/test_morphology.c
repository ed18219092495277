#include "image/morphology.h"

#include "element_case.h"

static const size_t none[3];

/* As if the volume went on as background: dilated on a larger grid, and
 * eroded there. */
static void plain_close(const im_volume *v, const im_brush *e, im_volume *ret)
{
    CS_SCOPED(im_volume) wide = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) back = IM_VOLUME_INIT;
    const im_geometry *g = &v->geometry;
    ec_plain(v, e, false, e->radius, &wide);
    ec_plain(&wide, e, true, none, &back);
    assert_int_equal(im_volume_init(ret, TN_U8, g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(g); i++)
        im_u8(ret)[i] =
            im_u8(&back)[im_at(&back.geometry, i % g->size[0] + e->radius[0],
                               i / g->size[0] % g->size[1] + e->radius[1],
                               i / g->size[0] / g->size[1] + e->radius[2])];
}

static void plain_open(const im_volume *v, const im_brush *e, im_volume *ret)
{
    CS_SCOPED(im_volume) eroded = IM_VOLUME_INIT;
    ec_plain(v, e, true, none, &eroded);
    ec_plain(&eroded, e, false, none, ret);
}

static void check(const im_run *run, const im_volume *mask, size_t radius,
                  bool ball)
{
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    CS_SCOPED(im_volume) dilated = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) eroded = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) opened = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) closed = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) want_dilated = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) want_eroded = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) want_opened = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) want_closed = IM_VOLUME_INIT;
    ec_element(&e, radius, ball);
    assert_int_equal(im_dilate(run, mask, &e, &dilated, NULL), 0);
    assert_int_equal(im_erode(run, mask, &e, &eroded, NULL), 0);
    assert_int_equal(im_open(run, mask, &e, &opened, NULL), 0);
    assert_int_equal(im_close(run, mask, &e, &closed, NULL), 0);
    ec_plain(mask, &e, false, none, &want_dilated);
    ec_plain(mask, &e, true, none, &want_eroded);
    plain_open(mask, &e, &want_opened);
    plain_close(mask, &e, &want_closed);
    ec_same(&dilated, &want_dilated);
    ec_same(&eroded, &want_eroded);
    ec_same(&opened, &want_opened);
    ec_same(&closed, &want_closed);
}

static void operations_are_those_of_every_voxel(void **state)
{
    const mk_runs *runs = *state;
    for (size_t i = 0; i < 4; i++)
        for (size_t s = 0; s < CS_COUNTOF(mk_sizes); s++) {
            CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
            mk_fill(&mask, mk_sizes[s], i == 2 ? 4 : 40);
            check(&runs->run[s % 3], &mask, i, s % 2);
        }
}

static void closing_at_the_border_takes_nothing_away(void **state)
{
    const im_run *run = ((mk_runs *)*state)->run;
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    assert_int_equal(im_brush_ball(&e, (size_t[]){3, 3, 3}, NULL), 0);
    MK_EACH_MASK(mask, {
        CS_SCOPED(im_volume) closed = IM_VOLUME_INIT;
        assert_int_equal(im_close(run, &mask, &e, &closed, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++)
            assert_true(!im_u8(&mask)[i] || im_u8(&closed)[i]);
    })
}

static bool on_rim(const im_volume *v, size_t i, int neighbours)
{
    const size_t *n = v->geometry.size;
    const ptrdiff_t x = (ptrdiff_t)(i % n[0]), y = (ptrdiff_t)(i / n[0] % n[1]),
                    z = (ptrdiff_t)(i / n[0] / n[1]);
    for (int k = 0; im_u8(v)[i] && k < 27; k++) {
        int d[] = {k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1};
        int apart = (d[0] != 0) + (d[1] != 0) + (d[2] != 0);
        if (apart <= (neighbours == 6    ? 1
                      : neighbours == 18 ? 2
                                         : 3) &&
            !mk_get(v, x + d[0], y + d[1], z + d[2], true))
            return true;
    }
    return false;
}

static void the_rim_has_neighbours_outside(void **state)
{
    static const im_neighbours kinds[] = {IM_NEIGHBOURS_6, IM_NEIGHBOURS_18,
                                          IM_NEIGHBOURS_26};
    for (size_t k = 0; k < CS_COUNTOF(kinds); k++)
        MK_EACH_RUN(state, run)
    MK_EACH_MASK(mask, {
        CS_SCOPED(im_bits) bits = IM_BITS_INIT;
        CS_SCOPED(im_bits) rim = IM_BITS_INIT;
        const size_t *n = mask.geometry.size;
        assert_int_equal(im_bits_of(run, &mask, &bits, NULL), 0);
        assert_int_equal(im_bits_rim(run, &bits, kinds[k], &rim, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++)
            assert_int_equal(
                im_bits_get(&rim, i % n[0], i / n[0] % n[1], i / n[0] / n[1]),
                on_rim(&mask, i, kinds[k]));
    })
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_those_of_every_voxel),
        cmocka_unit_test(closing_at_the_border_takes_nothing_away),
        cmocka_unit_test(the_rim_has_neighbours_outside),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
