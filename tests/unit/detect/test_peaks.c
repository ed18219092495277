#include "detect/peaks.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"

#define X 13
#define Y 7
#define Z 9
#define CELLS ((size_t)X * Y * Z)

typedef struct maps {
    float of[DT_MAP_CHANNELS_MAX][Z][Y][X];
} maps;

static void find(const maps *m, size_t planes, double least, size_t stride,
                 dt_candidates *ret)
{
    CS_SCOPED(dt_peaks) p = DT_PEAKS_INIT;
    const size_t cells[2] = {X, Y};
    assert_int_equal(dt_peaks_init(&p, cells, stride, least, ret, NULL), 0);
    for (size_t z = 0; z < planes; z++) {
        float *to = dt_peaks_next(&p);
        for (size_t c = 0; c < DT_MAP_CHANNELS_MAX; c++)
            memcpy(to + c * X * Y, m->of[c][z], sizeof(m->of[c][z]));
        assert_int_equal(dt_peaks_push(&p, NULL), 0);
    }
    assert_int_equal(dt_peaks_finish(&p, NULL), 0);
}

/* By all 26 neighbours, written out. */
static bool is_peak(const maps *m, size_t i)
{
    const ptrdiff_t x = (ptrdiff_t)(i % X), y = (ptrdiff_t)(i / X % Y);
    const ptrdiff_t z = (ptrdiff_t)(i / X / Y);
    const float *s = &m->of[0][0][0][0];
    for (ptrdiff_t k = 0; k < 27; k++) {
        const ptrdiff_t u = x + k % 3 - 1, v = y + k / 3 % 3 - 1;
        const ptrdiff_t w = z + k / 9 - 1;
        if (k == 13 || u < 0 || v < 0 || w < 0 || u >= X || v >= Y || w >= Z)
            continue;
        const size_t other = (size_t)((w * Y + v) * X + u);
        if (s[other] > s[i] || (other < i && s[other] == s[i]))
            return false;
    }
    return true;
}

static maps *noise(bool coarse)
{
    maps *m = cs_calloc(1, sizeof(*m));
    assert_non_null(m);
    cs_rng rng = cs_rng_stream(5, coarse);
    for (size_t i = 0; i < CELLS; i++) {
        const double v = cs_rng_uniform_f64(&rng);
        (&m->of[0][0][0][0])[i] = (float)(coarse ? round(v * 4) / 4 : v);
        for (size_t c = 1; c < DT_MAP_CHANNELS_MAX; c++)
            (&m->of[c][0][0][0])[i] = (float)(v * (double)c);
    }
    return m;
}

static void check_all(const maps *m, double least)
{
    dt_candidates found = CS_VEC_INIT;
    size_t k = 0;
    find(m, Z, least, 2, &found);
    for (size_t i = 0; i < CELLS; i++) {
        const double s = (double)(&m->of[0][0][0][0])[i];
        if (s < least || s <= 0 || !is_peak(m, i))
            continue;
        assert_true(k < found.len);
        const dt_candidate *c = &found.items[k++];
        const size_t at[3] = {i % X, i / X % Y, i / X / Y};
        assert_true(c->score == s);
        assert_true(c->diameter == (double)(&m->of[4][0][0][0])[i]);
        for (size_t a = 0; a < 3; a++) /* the middle of two voxels */
            assert_true(c->centre[a] ==
                        2 * (double)at[a] + 0.5 +
                            (double)(&m->of[a + 1][0][0][0])[i]);
    }
    assert_true(k > 0);
    assert_int_equal(k, found.len);
    cs_vec_done(&found);
}

static void peaks_are_those_of_a_plain_search(void **state)
{
    (void)state;
    CS_AUTO_MEM maps *fine = noise(false);
    CS_AUTO_MEM maps *coarse = noise(true);
    check_all(fine, 0.25);
    check_all(fine, 0);
    check_all(coarse, 0.5); /* full of plateaus */
}

static void a_plateau_has_its_peak_where_it_begins(void **state)
{
    (void)state;
    CS_AUTO_MEM maps *m = cs_calloc(1, sizeof(*m));
    dt_candidates found = CS_VEC_INIT;
    assert_non_null(m);
    for (size_t z = 3; z < 6; z++)
        for (size_t y = 2; y < 5; y++)
            for (size_t x = 4; x < 7; x++)
                m->of[0][z][y][x] = 1;
    find(m, Z, 0.5, 1, &found);
    assert_int_equal(found.len, 1);
    assert_true(found.items[0].centre[0] == 4);
    assert_true(found.items[0].centre[1] == 2);
    assert_true(found.items[0].centre[2] == 3);
    cs_vec_done(&found);
}

static void one_plane_is_enough(void **state)
{
    (void)state;
    CS_AUTO_MEM maps *m = cs_calloc(1, sizeof(*m));
    dt_candidates found = CS_VEC_INIT;
    assert_non_null(m);
    find(m, 0, 0, 1, &found);
    find(m, 1, 0, 1, &found);
    assert_int_equal(found.len, 0); /* zeros are no peaks */
    m->of[0][0][Y - 1][X - 1] = 0.5F;
    find(m, 1, 0.5, 1, &found);
    assert_int_equal(found.len, 1);
    cs_vec_done(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peaks_are_those_of_a_plain_search),
        cmocka_unit_test(a_plateau_has_its_peak_where_it_begins),
        cmocka_unit_test(one_plane_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
