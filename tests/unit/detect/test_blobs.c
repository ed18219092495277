#include "detect/blobs.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"

typedef struct scores {
    size_t n[3];
    float *v;
} scores;

static size_t count(const scores *s)
{
    return s->n[0] * s->n[1] * s->n[2];
}

static void find(const scores *s, double threshold, size_t least,
                 dt_candidates *ret)
{
    dt_blobs b;
    assert_int_equal(dt_blobs_init(&b, s->n, threshold, least, ret, NULL), 0);
    for (size_t z = 0; z < s->n[2]; z++)
        assert_int_equal(dt_blobs_push(&b, s->v + z * s->n[0] * s->n[1], NULL),
                         0);
    assert_int_equal(dt_blobs_finish(&b, NULL), 0);
    dt_blobs_done(&b);
}

/* --- the plain way: a flood from each voxel --- */

/* Pushes the neighbours of voxel i that are set and not yet seen. */
static size_t spread(const scores *s, double threshold, size_t i, bool *seen,
                     size_t *stack, size_t top)
{
    const ptrdiff_t nx = (ptrdiff_t)s->n[0], ny = (ptrdiff_t)s->n[1];
    const ptrdiff_t at = (ptrdiff_t)i;
    const ptrdiff_t x = at % nx, y = at / nx % ny, z = at / nx / ny;
    for (ptrdiff_t k = 0; k < 27; k++) {
        const ptrdiff_t u = x + k % 3 - 1, v = y + k / 3 % 3 - 1;
        const ptrdiff_t w = z + k / 9 - 1;
        if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny ||
            w >= (ptrdiff_t)s->n[2])
            continue;
        const size_t to = (size_t)((w * ny + v) * nx + u);
        if (seen[to] || !((double)s->v[to] >= threshold))
            continue;
        seen[to] = true;
        stack[top++] = to;
    }
    return top;
}

static dt_candidate flood(const scores *s, double threshold, size_t from,
                          bool *seen, size_t *stack, size_t *voxels)
{
    dt_candidate c = {.score = 0};
    double sum = 0;
    size_t top = 1;
    stack[0] = from;
    seen[from] = true;
    *voxels = 0;
    while (top) {
        const size_t i = stack[--top];
        const double v = (double)s->v[i];
        sum += v;
        c.centre[0] += v * (double)(i % s->n[0]);
        const size_t y = i / s->n[0] % s->n[1];
        const size_t z = i / s->n[0] / s->n[1];
        c.centre[1] += v * (double)y;
        c.centre[2] += v * (double)z;
        ++*voxels;
        top = spread(s, threshold, i, seen, stack, top);
    }
    for (int a = 0; a < 3; a++)
        c.centre[a] /= sum;
    c.score = sum / (double)*voxels;
    c.diameter = pow(6 * (double)*voxels / acos(-1.0), 1.0 / 3);
    return c;
}

static void find_plainly(const scores *s, double threshold, size_t least,
                         dt_candidates *ret)
{
    CS_AUTO_MEM bool *seen = cs_calloc(count(s), sizeof(*seen));
    CS_AUTO_MEM size_t *stack = cs_calloc(count(s), sizeof(*stack));
    assert_non_null(seen);
    assert_non_null(stack);
    for (size_t i = 0; i < count(s); i++) {
        size_t voxels;
        if (seen[i] || !((double)s->v[i] >= threshold))
            continue;
        const dt_candidate c = flood(s, threshold, i, seen, stack, &voxels);
        if (voxels >= least)
            assert_int_equal(cs_vec_push(ret, c), 0);
    }
}

static size_t check_same(const scores *s, double threshold, size_t least)
{
    dt_candidates got = CS_VEC_INIT;
    dt_candidates want = CS_VEC_INIT;
    find(s, threshold, least, &got);
    find_plainly(s, threshold, least, &want);
    assert_int_equal(got.len, want.len);
    for (size_t i = 0; i < got.len; i++) {
        const dt_candidate *g = &got.items[i];
        size_t equal = 0;
        for (size_t k = 0; k < want.len; k++) {
            const dt_candidate *w = &want.items[k];
            bool same = fabs(g->score - w->score) < 1e-9 &&
                        fabs(g->diameter - w->diameter) < 1e-9;
            for (int a = 0; a < 3; a++)
                same = same && fabs(g->centre[a] - w->centre[a]) < 1e-9;
            equal += same;
        }
        assert_int_equal(equal, 1);
    }
    const size_t found = got.len;
    cs_vec_done(&got);
    cs_vec_done(&want);
    return found;
}

static float *random_scores(size_t n, uint64_t stream)
{
    float *v = cs_calloc(n, sizeof(*v));
    assert_non_null(v);
    cs_rng rng = cs_rng_stream(11, stream);
    for (size_t i = 0; i < n; i++)
        v[i] = (float)cs_rng_uniform_f64(&rng);
    return v;
}

/* From dust to a net that fills the volume: all ways in which parts meet. */
static void components_are_those_of_a_flood(void **state)
{
    (void)state;
    const size_t sizes[][3] = {
        {17, 13, 11}, {1, 9, 30}, {23, 1, 14}, {9, 8, 1}};
    size_t found = 0;
    const double thresholds[] = {0.97, 0.93, 0.9, 0.85, 0.7, 0.2};
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
        scores s = {.n = {sizes[i][0], sizes[i][1], sizes[i][2]}};
        CS_AUTO_MEM float *v = random_scores(count(&s), i);
        s.v = v;
        for (size_t k = 0; k < CS_COUNTOF(thresholds); k++)
            found += check_same(&s, thresholds[k], k == 1 ? 2 : 1);
    }
    assert_true(found > 250);
}

/* Arms that meet late: in the last plane, and beside each other. */
static void parts_that_meet_late_are_one(void **state)
{
    (void)state;
    scores s = {.n = {9, 5, 6}};
    CS_AUTO_MEM float *v = cs_calloc(count(&s), sizeof(*v));
    dt_candidates found = CS_VEC_INIT;
    assert_non_null(v);
    s.v = v;
    for (size_t z = 0; z < 6; z++)
        for (size_t x = 0; x < 9; x += z == 5 ? 1 : 2)
            v[(z * 5 + 2) * 9 + x] = 0.5F;
    find(&s, 0.5, 1, &found);
    assert_int_equal(found.len, 1);
    assert_true(fabs(found.items[0].centre[0] - 4) < 1e-12);
    assert_true(fabs(found.items[0].score - 0.5) < 1e-12);
    cs_vec_done(&found);
}

static void what_is_small_is_dropped(void **state)
{
    (void)state;
    scores s = {.n = {8, 4, 3}};
    CS_AUTO_MEM float *v = cs_calloc(count(&s), sizeof(*v));
    dt_candidates found = CS_VEC_INIT;
    assert_non_null(v);
    s.v = v;
    v[0] = v[1] = 0.9F;
    v[5] = v[6] = v[7] = 0.8F;
    find(&s, 0.3, 3, &found);
    assert_int_equal(found.len, 1);
    assert_true(fabs(found.items[0].centre[0] - 6) < 1e-6);
    find(&s, 0, 2, &found); /* zeros never count */
    assert_int_equal(found.len, 3);
    cs_vec_done(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_are_those_of_a_flood),
        cmocka_unit_test(parts_that_meet_late_are_one),
        cmocka_unit_test(what_is_small_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
