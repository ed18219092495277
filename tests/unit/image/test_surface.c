#include "image/surface.h"

#include <math.h>

#include "mask_case.h"

#define PI 3.14159265358979323846

/* The steps of all 13 directions, in an order of the test's own. */
static size_t list_directions(int d[13][3])
{
    size_t n = 0;
    for (int k = 14; k < 27; k++, n++) {
        d[n][0] = k % 3 - 1;
        d[n][1] = k / 3 % 3 - 1;
        d[n][2] = k / 9 - 1;
    }
    return n;
}

/* Shares of the sphere nearest to each direction, from points that lie on it
 * evenly along a spiral. */
static void spiral_weights(const int d[13][3], const double s[3], double w[13])
{
    const int points = 60000;
    for (int i = 0; i < points; i++) {
        double z = 1 - (2 * i + 1.0) / points, r = sqrt(1 - z * z);
        double angle = PI * (1 + sqrt(5)) * (i + 0.5);
        const double p[] = {r * cos(angle), r * sin(angle), z};
        size_t best = 0;
        double most = 0;
        for (size_t k = 0; k < 13; k++) {
            double dot = 0, square = 0;
            for (unsigned a = 0; a < 3; a++) {
                dot += p[a] * d[k][a] * s[a];
                square += d[k][a] * s[a] * d[k][a] * s[a];
            }
            if (fabs(dot) / sqrt(square) > most) {
                most = fabs(dot) / sqrt(square);
                best = k;
            }
        }
        w[best] += 1.0 / points;
    }
}

/* Crofton's formula, pair by pair. */
static double plain_area(const im_volume *v)
{
    const size_t *n = v->geometry.size;
    const double *s = v->geometry.spacing;
    int d[13][3];
    double w[13] = {0}, area = 0;
    assert_int_equal(list_directions(d), 13);
    spiral_weights((const int(*)[3])d, s, w);
    for (size_t k = 0; k < 13; k++) {
        size_t passed = 0;
        double length = 0;
        for (unsigned a = 0; a < 3; a++)
            length += d[k][a] * s[a] * d[k][a] * s[a];
        for (ptrdiff_t z = -1; z <= (ptrdiff_t)n[2]; z++)
            for (ptrdiff_t y = -1; y <= (ptrdiff_t)n[1]; y++)
                for (ptrdiff_t x = -1; x <= (ptrdiff_t)n[0]; x++)
                    passed +=
                        mk_get(v, x, y, z, false) !=
                        mk_get(v, x + d[k][0], y + d[k][1], z + d[k][2], false);
        area += 2 * w[k] * (double)passed * s[0] * s[1] * s[2] / sqrt(length);
    }
    return area;
}

static const double spacings[][3] = {
    {1, 1, 1}, {0.7, 0.7, 1.25}, {0.7, 0.7, 2.5}};

static void areas_are_those_of_the_pairs(void **state)
{
    for (size_t s = 0; s < CS_COUNTOF(spacings); s++)
        MK_EACH_MASK(mask, {
            double first = -1;
            memcpy(mask.geometry.spacing, spacings[s], sizeof(spacings[s]));
            double want = plain_area(&mask);
            MK_EACH_RUN(state, run)
            {
                im_shape got;
                assert_int_equal(im_shape_of(run, &mask, &got, NULL), 0);
                assert_true(fabs(got.area_mm2 - want) <= 2e-3 * want);
                first = first < 0 ? got.area_mm2 : first;
                assert_true(got.area_mm2 == first);
            }
        })
}

static void an_empty_mask_is_nothing(void **state)
{
    const im_run *run = ((mk_runs *)*state)->run;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    im_shape got;
    mk_fill(&mask, mk_sizes[5], 0);
    assert_int_equal(im_shape_of(run, &mask, &got, NULL), 0);
    assert_true(got.voxels == 0 && got.volume_mm3 == 0 && got.area_mm2 == 0 &&
                got.sphericity == 0);
}

/* |R p| < half along each axis of a turned box; a ball where half[0] < 0. */
typedef struct solid {
    double half[3], turn[9], middle[3];
} solid;

static bool holds(const solid *b, const double mm[3])
{
    double p[3], square = 0;
    for (unsigned a = 0; a < 3; a++) {
        p[a] = mm[a] - b->middle[a];
        square += p[a] * p[a];
    }
    if (b->half[0] < 0)
        return square <= b->half[0] * b->half[0];
    for (unsigned r = 0; r < 3; r++)
        if (fabs(b->turn[3 * r] * p[0] + b->turn[3 * r + 1] * p[1] +
                 b->turn[3 * r + 2] * p[2]) > b->half[r])
            return false;
    return true;
}

static im_shape measure(const solid *b, const double spacing[3], double mm)
{
    const im_run run = {NULL, cs_cpu_tier_best()};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain((size_t)ceil(mm / spacing[0]),
                                      (size_t)ceil(mm / spacing[1]),
                                      (size_t)ceil(mm / spacing[2]));
    memcpy(g.spacing, spacing, sizeof(g.spacing));
    assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        const size_t voxel[] = {i % g.size[0], i / g.size[0] % g.size[1],
                                i / g.size[0] / g.size[1]};
        double at[3];
        for (unsigned a = 0; a < 3; a++)
            at[a] = (double)voxel[a] * spacing[a];
        im_u8(&v)[i] = holds(b, at);
    }
    im_shape s;
    assert_int_equal(im_shape_of(&run, &v, &s, NULL), 0);
    return s;
}

/* The errors that the header promises. */
static void balls_are_round(void **state)
{
    (void)state;
    static const struct {
        double voxels, error;
    } cases[] = {{2.5, 0.06}, {6, 0.02}, {20, 0.003}};
    for (size_t s = 0; s < CS_COUNTOF(spacings); s++)
        for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
            const double r = cases[i].voxels * spacings[s][2], mm = 2.4 * r + 2;
            const solid ball = {.half = {-r},
                                .middle = {mm / 2, mm / 2 + 0.1, mm / 2 + 0.3}};
            im_shape got = measure(&ball, spacings[s], mm);
            const double area = 4 * PI * r * r;
            if (fabs(got.area_mm2 - area) > cases[i].error * area)
                fail_msg("ball of %g mm: %g mm2, expected %g", r, got.area_mm2,
                         area);
            if (i == 2) {
                assert_true(fabs(got.sphericity - 1) < 0.005);
                assert_true(fabs(got.volume_mm3 - r * area / 3) <
                            0.005 * got.volume_mm3);
            }
        }
}

static void boxes_are_a_little_small(void **state)
{
    (void)state;
    /* Turned by 30 degrees about z, then by 40 about x. */
    const double c = cos(PI / 6), s = sin(PI / 6), e = cos(PI / 4.5),
                 f = sin(PI / 4.5);
    const solid oblique = {{8, 10, 12},
                           {c, s, 0, -s * e, c * e, f, s * f, -c * f, e},
                           {25, 25.2, 25.4}};
    const solid along = {
        {8, 10, 12}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {25.3, 25.3, 25.3}};
    const double area = 8 * (8 * 10 + 10 * 12 + 12 * 8);
    double error = measure(&oblique, spacings[0], 51).area_mm2 / area - 1;
    assert_true(error > -0.08 && error < 0.02);
    error = measure(&along, spacings[0], 51).area_mm2 / area - 1;
    assert_true(error > -0.13 && error < -0.07);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_are_those_of_the_pairs),
        cmocka_unit_test(an_empty_mask_is_nothing),
        cmocka_unit_test(balls_are_round),
        cmocka_unit_test(boxes_are_a_little_small),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
