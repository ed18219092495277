#include "image/fill.h"

#include "mask_case.h"

/* Flooding of one background part: its voxels get `mark`; returns how many,
 * and whether it touches the border. `axis` < 3 keeps it in a slice. */
typedef struct flood {
    const im_volume *mask;
    uint32_t *mark;
    size_t *stack;
    unsigned axis, apart;
} flood;

static size_t flood_part(const flood *f, size_t from, uint32_t mark,
                         bool *border)
{
    const im_geometry *g = &f->mask->geometry;
    size_t depth = 0, count = 0;
    *border = false;
    f->stack[depth++] = from;
    f->mark[from] = mark;
    while (depth) {
        size_t at = f->stack[--depth];
        count++;
        const ptrdiff_t p[] = {(ptrdiff_t)(at % g->size[0]),
                               (ptrdiff_t)(at / g->size[0] % g->size[1]),
                               (ptrdiff_t)(at / g->size[0] / g->size[1])};
        for (unsigned a = 0; a < 3; a++)
            if (a != f->axis && (p[a] == 0 || (size_t)p[a] + 1 == g->size[a]))
                *border = true;
        for (int k = 0; k < 27; k++) {
            const int d[] = {k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1};
            unsigned apart =
                (unsigned)((d[0] != 0) + (d[1] != 0) + (d[2] != 0));
            if (apart > f->apart || (f->axis < 3 && d[f->axis] != 0) ||
                mk_get(f->mask, p[0] + d[0], p[1] + d[1], p[2] + d[2], true))
                continue;
            size_t to = im_at(g, (size_t)(p[0] + d[0]), (size_t)(p[1] + d[1]),
                              (size_t)(p[2] + d[2]));
            if (f->mark[to])
                continue;
            f->mark[to] = mark;
            f->stack[depth++] = to;
        }
    }
    return count;
}

/* What filling should give; returns how many voxels it fills. */
static size_t plain_fill(const im_volume *mask, unsigned axis, unsigned apart,
                         size_t max_voxels, uint8_t *want)
{
    const size_t voxels = im_geometry_voxels(&mask->geometry);
    CS_AUTO_MEM uint32_t *mark = cs_calloc(voxels, sizeof(*mark));
    CS_AUTO_MEM size_t *stack = cs_calloc(voxels, sizeof(*stack));
    assert_non_null(mark);
    assert_non_null(stack);
    flood f = {mask, mark, stack, axis, apart};
    memcpy(want, im_u8(mask), voxels);
    size_t filled = 0;
    uint32_t next = 1;
    for (size_t i = 0; i < voxels; i++) {
        bool border;
        if (im_u8(mask)[i] || mark[i])
            continue;
        size_t count = flood_part(&f, i, next, &border);
        if (!border && count <= max_voxels) {
            for (size_t k = 0; k < voxels; k++)
                if (mark[k] == next)
                    want[k] = 1;
            filled += count;
        }
        next++;
    }
    return filled;
}

static void check(const im_run *run, const im_volume *mask, unsigned axis,
                  im_neighbours neighbours, size_t max_voxels)
{
    const size_t voxels = im_geometry_voxels(&mask->geometry);
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    CS_AUTO_MEM uint8_t *want = cs_calloc(voxels, 1);
    assert_non_null(want);
    size_t filled = 99;
    unsigned apart = neighbours == 6 ? 1 : neighbours == 18 ? 2 : 3;
    assert_int_equal(im_volume_convert(mask, TN_U8, &got, NULL), 0);
    int r = axis == 3
                ? im_fill(run, &got, neighbours, max_voxels, &filled, NULL)
                : im_fill_slices(run, &got, axis, neighbours, max_voxels,
                                 &filled, NULL);
    assert_int_equal(r, 0);
    assert_int_equal(filled, plain_fill(mask, axis, apart, max_voxels, want));
    assert_memory_equal(im_u8(&got), want, voxels);
}

static void holes_that_touch_no_border_are_filled(void **state)
{
    MK_EACH_RUN(state, run)
    MK_EACH_MASK(mask, {
        for (unsigned axis = 0; axis <= 3; axis++) {
            check(run, &mask, axis, IM_NEIGHBOURS_6, SIZE_MAX);
            check(run, &mask, axis, IM_NEIGHBOURS_26, SIZE_MAX);
            check(run, &mask, axis, IM_NEIGHBOURS_6, 2);
        }
    })
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_that_touch_no_border_are_filled),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
