#include "image/clahe.h"

#include "image/plain.h"

/* The definition of the header, for one voxel at a time: the mappings of the
 * tiles around are made anew at each question, by counting. */
typedef struct asked {
    const im_volume *v;
    const im_clahe *how;
    size_t tiles[3], begin_z, depth;
} asked;

static size_t bin_of(const im_clahe *how, double value)
{
    double bin =
        floor((value - how->low) * (double)how->bins / (how->high - how->low));
    return bin > 0 ? (size_t)fmin(bin, (double)how->bins - 1) : 0;
}

static double mapped(const asked *a, const size_t tile[3], size_t bin)
{
    const im_geometry *g = &a->v->geometry;
    const size_t n[3] = {g->size[0], g->size[1], a->depth};
    size_t count[64] = {0}, bins = a->how->bins, voxels = 0, sum = 0, cut = 0;
    for (size_t i = 0; i < n[0] * n[1] * n[2]; i++) {
        const size_t at[3] = {i % n[0], i / n[0] % n[1], i / n[0] / n[1]};
        bool in = true;
        for (int k = 0; k < 3; k++)
            in = in && at[k] >= tile[k] * n[k] / a->tiles[k] &&
                 at[k] < (tile[k] + 1) * n[k] / a->tiles[k];
        if (!in)
            continue;
        voxels++;
        count[bin_of(a->how, plain_value(a->v, im_at(g, at[0], at[1],
                                                     at[2] + a->begin_z)))]++;
    }
    size_t limit = (size_t)(a->how->clip * (double)voxels / (double)bins);
    limit = limit < 1 ? 1 : limit;
    for (size_t b = 0; b < bins && a->how->clip > 0; b++)
        if (count[b] > limit) {
            cut += count[b] - limit;
            count[b] = limit;
        }
    size_t rest = cut % bins;
    for (size_t b = 0; b < bins; b++)
        count[b] += cut / bins;
    for (size_t k = 0; k < rest; k++)
        count[k * (bins / rest)]++;
    for (size_t b = 0; b <= bin; b++)
        sum += count[b];
    return (double)sum / (double)voxels;
}

static double centre(size_t tile, size_t n, size_t tiles)
{
    size_t low = tile * n / tiles;
    size_t high = (tile + 1) * n / tiles;
    return ((double)(low + high) - 1) / 2;
}

/* A tile's share of a voxel along one axis. */
static double share(size_t tile, size_t at, size_t n, size_t tiles)
{
    double here = centre(tile, n, tiles), x = (double)at;
    if (x < here)
        return tile == 0 ? 1
                         : fmax(0, 1 - (here - x) /
                                           (here - centre(tile - 1, n, tiles)));
    return tile + 1 == tiles
               ? 1
               : fmax(0, 1 - (x - here) / (centre(tile + 1, n, tiles) - here));
}

static double plain_clahe(const asked *a, const size_t at[3])
{
    const im_geometry *g = &a->v->geometry;
    const size_t n[3] = {g->size[0], g->size[1], a->depth};
    double value =
        plain_value(a->v, im_at(g, at[0], at[1], at[2] + a->begin_z));
    size_t bin = bin_of(a->how, value), t[3];
    double sum = 0;
    for (t[2] = 0; t[2] < a->tiles[2]; t[2]++)
        for (t[1] = 0; t[1] < a->tiles[1]; t[1]++)
            for (t[0] = 0; t[0] < a->tiles[0]; t[0]++) {
                double w = 1;
                for (int k = 0; k < 3; k++)
                    w *= share(t[k], at[k], n[k], a->tiles[k]);
                if (w > 0)
                    sum += w * mapped(a, t, bin);
            }
    return sum;
}

static void check(const im_geometry *g, tn_dtype d, const im_clahe *how)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    plain_noise(&v, d, g);
    for (cs_cpu_tier t = CS_CPU_BASELINE; t <= cs_cpu_tier_best(); t++) {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(1 + (unsigned)t, &pool, NULL), 0);
        const im_run run = {.pool = pool, .tier = t};
        assert_int_equal(im_clahe_over(&v, how, &run, &got, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(g); i++) {
            size_t at[3] = {i % g->size[0], i / g->size[0] % g->size[1],
                            i / g->size[0] / g->size[1]};
            asked a = {
                .v = &v, .how = how, .depth = how->whole ? g->size[2] : 1};
            for (int k = 0; k < 3; k++) {
                size_t n = k == 2 ? a.depth : g->size[k];
                a.tiles[k] = CS_MIN(how->tiles[k], n);
            }
            if (!how->whole) {
                a.begin_z = at[2];
                at[2] = 0;
                a.tiles[2] = 1;
            }
            double want = plain_clahe(&a, at);
            if (!(fabs((double)im_f32(&got)[i] - want) < 1e-5))
                fail_msg("voxel %zu: %f, not %f", i, (double)im_f32(&got)[i],
                         want);
        }
    }
}

static void the_definition_voxel_by_voxel(void **state)
{
    (void)state;
    const im_geometry g = im_geometry_plain(19, 17, 2);
    im_clahe how = {.tiles = {3, 4, 2},
                    .bins = 64,
                    .clip = 1.7,
                    .low = -1000.3,
                    .high = 1901.2};
    check(&g, TN_F32, &how);
    check(&g, TN_I16, &how);
    how.clip = 0;
    check(&g, TN_I16, &how);
    how = (im_clahe){
        .tiles = {2, 2, 3}, .bins = 50, .clip = 3, .high = 256, .whole = true};
    const im_geometry deep = im_geometry_plain(9, 8, 7);
    check(&deep, TN_U8, &how);
    how.tiles[0] = 99; /* more than there are voxels */
    check(&deep, TN_U8, &how);
    const im_geometry one = im_geometry_plain(1, 1, 1);
    check(&one, TN_U8, &how);
}

static void contrast_is_limited(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) hard = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) soft = IM_VOLUME_INIT;
    const im_run run = {.tier = cs_cpu_tier_best()};
    const im_geometry g = im_geometry_plain(64, 64, 1);
    assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < 64 * 64; i++)
        im_u8(&v)[i] = (uint8_t)(100 + (i * 7 + i / 64 * 3) % 5);
    im_clahe how = im_clahe_plain(0, 256);
    how.clip = 0;
    assert_int_equal(im_clahe_over(&v, &how, &run, &hard, NULL), 0);
    how.clip = 2;
    assert_int_equal(im_clahe_over(&v, &how, &run, &soft, NULL), 0);
    float spread[2] = {0, 0};
    for (size_t i = 0; i < 64 * 64; i++) {
        spread[0] = fmaxf(spread[0], im_f32(&hard)[i] - im_f32(&hard)[0]);
        spread[1] = fmaxf(spread[1], im_f32(&soft)[i] - im_f32(&soft)[0]);
    }
    assert_true(spread[0] > 0.7F); /* five values over nearly all of [0, 1] */
    assert_true(spread[1] < 0.1F && spread[1] > 0.01F);
}

static void settings_that_are_none_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(4, 4, 1);
    const im_run run = {.tier = CS_CPU_BASELINE};
    const im_clahe good = im_clahe_plain(0, 10);
    im_clahe bad[] = {good, good, good, good, good, good};
    bad[0].bins = 1;
    bad[1].bins = 65537;
    bad[2].clip = -1;
    bad[3].high = 0;
    bad[4].tiles[1] = 0;
    bad[5].low = (double)NAN;
    plain_noise(&v, TN_U8, &g);
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        cs_errinfo info = {0};
        assert_int_equal(im_clahe_over(&v, &bad[i], &run, &got, &info),
                         CS_E_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_definition_voxel_by_voxel),
        cmocka_unit_test(contrast_is_limited),
        cmocka_unit_test(settings_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
