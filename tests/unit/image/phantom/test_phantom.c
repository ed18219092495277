#include "image/phantom/phantom.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

#define WIDTH 64
#define HEIGHT 60
#define DEPTH 48
#define VOXELS ((size_t)WIDTH * HEIGHT * DEPTH)
#define SITES 5
#define SEED 21

static im_phantom make(size_t site, uint64_t seed, uint64_t index)
{
    const im_phantom_spec spec = {.site = &im_phantom_sites[site],
                                  .seed = seed,
                                  .index = index,
                                  .size = {WIDTH, HEIGHT, DEPTH}};
    const im_run run = {NULL, cs_cpu_tier_best()};
    im_phantom p = IM_PHANTOM_INIT;
    assert_int_equal(im_phantom_make(&spec, &run, &p, NULL), 0);
    return p;
}

/* One of each site, for all tests: a phantom takes most of a second. */
static im_phantom phantoms[SITES];

static int make_phantoms(void **state)
{
    (void)state;
    assert_int_equal(im_phantom_site_count, SITES);
    for (size_t i = 0; i < SITES; i++)
        phantoms[i] = make(i, SEED, 0);
    return 0;
}

static int drop_phantoms(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITES; i++)
        im_phantom_done(&phantoms[i]);
    return 0;
}

static void threads_and_tiers_make_no_difference(void **state)
{
    (void)state;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const im_phantom_spec spec = {.site = &im_phantom_sites[0],
                                  .seed = SEED,
                                  .size = {WIDTH, HEIGHT, DEPTH}};
    const im_run plain = {pool, CS_CPU_BASELINE};
    const im_phantom *a = &phantoms[0]; /* best tier, one thread */
    CS_SCOPED(im_phantom) b = IM_PHANTOM_INIT;
    assert_int_equal(im_phantom_make(&spec, &plain, &b, NULL), 0);
    assert_memory_equal(im_i16(&a->image), im_i16(&b.image), VOXELS * 2);
    assert_memory_equal(im_u8(&a->lungs), im_u8(&b.lungs), VOXELS);
    assert_memory_equal(im_u8(&a->nodules), im_u8(&b.nodules), VOXELS);
    assert_string_equal(a->uid, b.uid);
}

static void another_scan_is_another_patient(void **state)
{
    (void)state;
    const im_phantom *a = &phantoms[0];
    CS_SCOPED(im_phantom) b = make(0, SEED, 1);
    CS_SCOPED(im_phantom) c = make(0, SEED + 1, 0);
    assert_string_not_equal(a->uid, b.uid);
    assert_string_not_equal(a->uid, c.uid);
    assert_memory_not_equal(im_i16(&a->image), im_i16(&b.image), VOXELS * 2);
    assert_memory_not_equal(im_i16(&a->image), im_i16(&c.image), VOXELS * 2);
}

static void position(size_t i, double ret[3])
{
    size_t y = i / WIDTH % HEIGHT;
    size_t z = i / ((size_t)WIDTH * HEIGHT);
    ret[0] = (double)(i % WIDTH);
    ret[1] = (double)y;
    ret[2] = (double)z;
}

/* The mask says the same as the row: centroid, volume, inside the lung. */
static void check_finding(const im_phantom *p, size_t index)
{
    const im_phantom_finding *f = &p->findings[index];
    const im_geometry *g = &p->image.geometry;
    double sum[3] = {0, 0, 0};
    size_t n = 0;
    for (size_t i = 0; i < VOXELS; i++) {
        if (im_u8(&p->nodules)[i] != index + 1)
            continue;
        double grid[3];
        position(i, grid);
        double world[3];
        im_grid_to_world(g, grid, world);
        for (int k = 0; k < 3; k++)
            sum[k] += world[k];
        n++;
        if (f->voxels > 1) {
            uint8_t lung = im_u8(&p->lungs)[i];
            assert_true(lung == IM_LABEL_LEFT_LUNG ||
                        lung == IM_LABEL_RIGHT_LUNG);
            assert_int_equal(f->lobe[0] == 'L', lung == IM_LABEL_LEFT_LUNG);
        }
    }
    assert_int_equal(n, f->voxels);
    for (int k = 0; k < 3; k++)
        assert_true(fabs(sum[k] / (double)n - f->centre[k]) < 1e-6);
    double volume = (double)n * g->spacing[0] * g->spacing[1] * g->spacing[2];
    if (n > 60)
        assert_true(fabs(volume / f->volume - 1) < 0.15);
    assert_true(f->diameter >= 3 && f->diameter <= 30);
}

static void annotations_are_what_the_mask_holds(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t site = 0; site < SITES; site++) {
        const im_phantom *p = &phantoms[site];
        for (size_t k = 0; k < p->finding_count; k++)
            check_finding(p, k);
        const uint8_t *labels = im_u8(&p->nodules);
        uint8_t most = 0;
        for (size_t v = 0; v < VOXELS; v++)
            most = labels[v] > most ? labels[v] : most;
        assert_int_equal(most, p->finding_count);
        seen += p->finding_count;
    }
    assert_true(seen >= 8);
}

static void the_left_lung_lies_to_the_left(void **state)
{
    (void)state;
    for (size_t site = 0; site < SITES; site++) {
        const im_phantom *p = &phantoms[site];
        double x[6] = {0}, hu[6] = {0};
        size_t n[6] = {0};
        for (size_t i = 0; i < VOXELS; i++) {
            uint8_t l = im_u8(&p->lungs)[i];
            double grid[3];
            position(i, grid);
            double world[3];
            im_grid_to_world(&p->image.geometry, grid, world);
            assert_true(l == 0 || (l >= 3 && l <= 5));
            x[l] += world[0];
            hu[l] += im_i16(&p->image)[i];
            n[l]++;
        }
        assert_true(n[3] > 5000 && n[4] > n[3] && n[5] > 10);
        double left = x[3] / (double)n[3];
        double right = x[4] / (double)n[4];
        assert_true(left > right + 80);
        assert_true(hu[3] / (double)n[3] < -640 && hu[3] / (double)n[3] > -950);
        assert_true(hu[4] / (double)n[4] < -640 && hu[4] / (double)n[4] > -950);
        assert_true(hu[5] / (double)n[5] < -800);
    }
}

static void names_are_uids_under_2_25(void **state)
{
    (void)state;
    im_phantom_spec spec = {.site = &im_phantom_sites[0], .seed = 1};
    char a[IM_PHANTOM_UID_MAX], b[IM_PHANTOM_UID_MAX];
    assert_int_equal(im_phantom_uid(&spec, a, NULL), 0);
    spec.size[0] = 64;
    assert_int_equal(im_phantom_uid(&spec, b, NULL), 0);
    assert_string_not_equal(a, b);
    /* 0x5048414e, "PHAN", at the top of 128 bits */
    assert_memory_equal(a, "2.25.10671340", 13);
    assert_memory_equal(b, "2.25.10671340", 13);
    assert_int_equal(strlen(a), 5 + 39);
    assert_int_equal(strspn(a, "0123456789."), strlen(a));
}

static void sizes_have_limits(void **state)
{
    (void)state;
    im_phantom_spec spec = {.site = &im_phantom_sites[0], .size = {64, 15, 64}};
    const im_run run = {NULL, CS_CPU_BASELINE};
    im_phantom p = IM_PHANTOM_INIT;
    assert_int_equal(im_phantom_make(&spec, &run, &p, NULL), CS_E_RANGE);
    spec.size[1] = 1025;
    assert_int_equal(im_phantom_make(&spec, &run, &p, NULL), CS_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_tiers_make_no_difference),
        cmocka_unit_test(another_scan_is_another_patient),
        cmocka_unit_test(annotations_are_what_the_mask_holds),
        cmocka_unit_test(the_left_lung_lies_to_the_left),
        cmocka_unit_test(names_are_uids_under_2_25),
        cmocka_unit_test(sizes_have_limits),
    };
    return cmocka_run_group_tests(tests, make_phantoms, drop_phantoms);
}
