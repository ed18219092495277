#include "image/components.h"

#include "mask_case.h"

/* Labels by flooding, in the order of first voxels. */
static int32_t *flood_all(const im_volume *mask, im_neighbours neighbours,
                          uint32_t *count)
{
    const im_geometry *g = &mask->geometry;
    const size_t voxels = im_geometry_voxels(g);
    int32_t *label = cs_calloc(voxels, sizeof(*label));
    CS_AUTO_MEM size_t *stack = cs_calloc(voxels, sizeof(*stack));
    assert_non_null(label);
    assert_non_null(stack);
    *count = 0;
    for (size_t i = 0; i < voxels; i++) {
        if (!im_u8(mask)[i] || label[i])
            continue;
        size_t depth = 0;
        stack[depth++] = i;
        label[i] = (int32_t)++ * count;
        while (depth) {
            size_t at = stack[--depth];
            for (int k = 0; k < 27; k++) {
                int d[] = {k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1};
                int apart = (d[0] != 0) + (d[1] != 0) + (d[2] != 0);
                if (apart > (neighbours == 6 ? 1 : neighbours == 18 ? 2 : 3))
                    continue;
                ptrdiff_t x = (ptrdiff_t)(at % g->size[0]) + d[0];
                ptrdiff_t y = (ptrdiff_t)(at / g->size[0] % g->size[1]) + d[1];
                ptrdiff_t z = (ptrdiff_t)(at / g->size[0] / g->size[1]) + d[2];
                if (!mk_get(mask, x, y, z, false))
                    continue;
                size_t to = im_at(g, (size_t)x, (size_t)y, (size_t)z);
                if (label[to])
                    continue;
                label[to] = label[i];
                stack[depth++] = to;
            }
        }
    }
    return label;
}

/* What is said of each component, from its voxels. */
static void check_items(const im_components *c, const im_geometry *g,
                        const int32_t *label)
{
    for (size_t i = 0; i < c->count; i++) {
        im_component want = {.begin = {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
        for (size_t v = im_geometry_voxels(g); v-- > 0;) {
            if (label[v] != (int32_t)i + 1)
                continue;
            const size_t at[] = {v % g->size[0], v / g->size[0] % g->size[1],
                                 v / g->size[0] / g->size[1]};
            want.voxels++;
            want.first = v;
            for (unsigned a = 0; a < 3; a++) {
                want.begin[a] = CS_MIN(want.begin[a], at[a]);
                want.end[a] = CS_MAX(want.end[a], at[a] + 1);
                want.centroid[a] += (double)at[a];
            }
        }
        assert_int_equal(c->items[i].voxels, want.voxels);
        assert_int_equal(c->items[i].first, want.first);
        for (unsigned a = 0; a < 3; a++) {
            assert_int_equal(c->items[i].begin[a], want.begin[a]);
            assert_int_equal(c->items[i].end[a], want.end[a]);
            assert_true(c->items[i].centroid[a] ==
                        want.centroid[a] / (double)want.voxels);
        }
    }
}

static void check_labels(const im_run *run, const im_components *c,
                         const im_geometry *g, const int32_t *want)
{
    CS_SCOPED(im_volume) labels = IM_VOLUME_INIT;
    assert_int_equal(im_components_labels(run, c, g, &labels, NULL), 0);
    assert_memory_equal(tn_data(&labels.voxels), want,
                        im_geometry_voxels(g) * sizeof(*want));
    for (size_t i = 0; i < im_geometry_voxels(g); i++)
        assert_int_equal(im_components_at(c, i % g->size[0],
                                          i / g->size[0] % g->size[1],
                                          i / g->size[0] / g->size[1]),
                         want[i]);
}

static void labels_are_those_of_flooding(void **state)
{
    static const im_neighbours kinds[] = {IM_NEIGHBOURS_6, IM_NEIGHBOURS_18,
                                          IM_NEIGHBOURS_26};
    for (size_t k = 0; k < CS_COUNTOF(kinds); k++)
        MK_EACH_MASK(mask, {
            uint32_t count;
            CS_AUTO_MEM int32_t *want = flood_all(&mask, kinds[k], &count);
            MK_EACH_RUN(state, run)
            {
                CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
                assert_int_equal(
                    im_components_find(run, &mask, kinds[k], &c, NULL), 0);
                assert_int_equal(c.count, count);
                check_labels(run, &c, &mask.geometry, want);
                check_items(&c, &mask.geometry, want);
            }
        })
}

/* The label that is next by size among those not yet taken. */
static size_t next_by_size(const size_t *sizes, size_t count, size_t least)
{
    size_t best = 0;
    for (size_t i = 1; i <= count; i++)
        if (sizes[i] >= least && sizes[i] > (best ? sizes[best] : 0))
            best = i;
    return best;
}

static void by_size_the_largest_comes_first(void **state)
{
    const im_run *run = ((mk_runs *)*state)->run;
    MK_EACH_MASK(mask, {
        uint32_t count;
        const size_t voxels = im_geometry_voxels(&mask.geometry);
        CS_AUTO_MEM int32_t *want = flood_all(&mask, IM_NEIGHBOURS_6, &count);
        CS_AUTO_MEM size_t *sizes = cs_calloc(count + 1, sizeof(*sizes));
        CS_AUTO_MEM int32_t *anew = cs_calloc(count + 1, sizeof(*anew));
        assert_non_null(sizes);
        assert_non_null(anew);
        for (size_t i = 0; i < voxels; i++)
            sizes[want[i]]++;
        int32_t kept = 0;
        for (size_t at; (at = next_by_size(sizes, count, 2)); sizes[at] = 0)
            anew[at] = ++kept;
        for (size_t i = 0; i < voxels; i++)
            want[i] = anew[want[i]];
        CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
        assert_int_equal(
            im_components_find(run, &mask, IM_NEIGHBOURS_6, &c, NULL), 0);
        assert_int_equal(im_components_by_size(&c, 1, NULL), 0);
        assert_int_equal(im_components_by_size(&c, 2, NULL), 0);
        assert_int_equal(c.count, kept);
        check_labels(run, &c, &mask.geometry, want);
        check_items(&c, &mask.geometry, want);
    })
}

/* Slabs of thousands of voxels, two of them of one size. */
static void large_ones_are_ordered_too(void **state)
{
    const im_run *run = ((mk_runs *)*state)->run;
    const im_geometry g = im_geometry_plain(50, 50, 10);
    static const uint8_t set[10] = {1, 0, 1, 0, 1, 1, 0, 1, 0, 0};
    static const size_t want[][2] = {
        {4, 5000}, {0, 2500}, {2, 2500}, {7, 2499}};
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    assert_int_equal(im_volume_init(&mask, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        im_u8(&mask)[i] = set[i / 2500];
    uint8_t *voxels = im_u8(&mask);
    voxels[im_at(&g, 49, 49, 7)] = 0;
    assert_int_equal(im_components_find(run, &mask, IM_NEIGHBOURS_6, &c, NULL),
                     0);
    for (int twice = 0; twice < 2; twice++) {
        assert_int_equal(im_components_by_size(&c, 1, NULL), 0);
        assert_int_equal(c.count, 4);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(c.items[i].begin[2], want[i][0]);
            assert_int_equal(c.items[i].voxels, want[i][1]);
            assert_int_equal(im_components_at(&c, 20, 20, want[i][0]), i + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_those_of_flooding),
        cmocka_unit_test(by_size_the_largest_comes_first),
        cmocka_unit_test(large_ones_are_ordered_too),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
