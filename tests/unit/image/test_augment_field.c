#include "image/augment_field.h"

#include <math.h>

#include "support/test.h"

static im_field field_of(double grid_mm, double amplitude_mm, uint64_t seed)
{
    return (im_field){cs_rng_stream(seed, 9), grid_mm, amplitude_mm};
}

/* Positions all over, other ones for each i. */
static void position(uint64_t i, double mm[3])
{
    cs_rng r = cs_rng_stream(77, i);
    for (int k = 0; k < 3; k++)
        mm[k] = 200 * cs_rng_uniform_f64(&r) - 100;
}

static double determinant(const double m[9])
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) -
           m[1] * (m[3] * m[8] - m[5] * m[6]) +
           m[2] * (m[3] * m[7] - m[4] * m[6]);
}

static void no_amplitude_moves_nothing(void **state)
{
    (void)state;
    const im_field f = field_of(0, 0, 1);
    const double at[3] = {1, -2, 3};
    double u[3], j[9], back[3];
    im_field_at(&f, at, u, j);
    im_field_undo(&f, at, back);
    for (int i = 0; i < 3; i++)
        assert_true(u[i] == 0 && back[i] == at[i]);
    for (int i = 0; i < 9; i++)
        assert_true(j[i] == 0);
}

static void the_derivative_is_that_of_the_displacement(void **state)
{
    (void)state;
    const im_field f = field_of(16, 5.6, 2);
    const double h = 1e-4;
    double largest = 0;
    for (uint64_t i = 0; i < 200; i++) {
        double at[3], u[3], j[9];
        position(i, at);
        im_field_at(&f, at, u, j);
        for (int c = 0; c < 3; c++) {
            double there[3] = {at[0], at[1], at[2]}, up[3], down[3];
            there[c] = at[c] + h;
            im_field_at(&f, there, up, NULL);
            there[c] = at[c] - h;
            im_field_at(&f, there, down, NULL);
            for (int r = 0; r < 3; r++)
                assert_true(fabs((up[r] - down[r]) / (2 * h) - j[3 * r + c]) <
                            1e-6);
        }
        for (int r = 0; r < 3; r++) {
            assert_true(fabs(u[r]) <= 5.6);
            largest = fabs(u[r]) > largest ? fabs(u[r]) : largest;
        }
    }
    assert_true(largest > 1.5); /* it does move things */
}

/* Value, slope and curvature of a cubic B-spline go on across a knot. */
static void knots_cannot_be_seen(void **state)
{
    (void)state;
    const im_field f = field_of(10, 3, 3);
    for (int knot = -3; knot <= 3; knot++) {
        double before[3] = {10.0 * knot - 1e-9, 3, 4};
        double after[3] = {10.0 * knot + 1e-9, 3, 4};
        double a[3], b[3], ja[9], jb[9];
        im_field_at(&f, before, a, ja);
        im_field_at(&f, after, b, jb);
        for (int i = 0; i < 3; i++)
            assert_true(fabs(a[i] - b[i]) < 1e-8);
        for (int i = 0; i < 9; i++)
            assert_true(fabs(ja[i] - jb[i]) < 1e-8);
    }
}

static void space_does_not_fold_and_the_way_back_is_found(void **state)
{
    (void)state;
    double least = 1;
    for (uint64_t seed = 0; seed < 8; seed++) {
        const im_field f = field_of(8, 0.35 * 8, seed);
        for (uint64_t i = 0; i < 500; i++) {
            double at[3], u[3], j[9], back[3];
            position(i + 1000 * seed, at);
            im_field_at(&f, at, u, j);
            for (int k = 0; k < 3; k++)
                j[4 * k] += 1;
            double det = determinant(j);
            assert_true(det > 0);
            least = det < least ? det : least;
            for (int k = 0; k < 3; k++)
                u[k] += at[k];
            im_field_undo(&f, u, back);
            for (int k = 0; k < 3; k++)
                assert_true(fabs(back[k] - at[k]) < 1e-6);
        }
    }
    assert_true(least < 0.7); /* the cases were not tame */
}

static void far_away_nothing_moves(void **state)
{
    (void)state;
    const im_field f = field_of(8, 2, 1);
    const double far[3] = {1e30, 0, 0};
    double u[3], back[3];
    im_field_at(&f, far, u, NULL);
    im_field_undo(&f, far, back);
    assert_true(u[0] == 0 && u[1] == 0 && u[2] == 0);
    assert_true(back[0] == 1e30);
}

/* Rows of every kind of step, against the field itself times the matrix. */
static void check_rows(cs_cpu_tier tier, double grid_mm, double step)
{
    enum { N = 61 };
    const im_table *t = im_table_of(tier);
    const im_field f = field_of(grid_mm, 0.3 * grid_mm, 4);
    const double matrix[9] = {1, 0.5, 0, -0.25, 2, 0.125, 0, 1, -1};
    const double low[3] = {-0.5 * step * (N - 1), -20, -13};
    const double high[3] = {0.5 * step * (N - 1), 20, 13};
    CS_SCOPED(im_field_block) b = {.knots = NULL};
    assert_int_equal(im_field_block_init(&b, &f, low, high, matrix, NULL), 0);
    static float slice[8192], line[1024], rows[3][N + 8];
    float *const ret[3] = {rows[0], rows[1], rows[2]};
    assert_true(im_field_slice_size(&b) <= CS_COUNTOF(slice));
    assert_true(im_field_line_size(&b) <= CS_COUNTOF(line));
    for (int k = -1; k <= 1; k++) {
        const double y = 20.0 * k, z = -13.0 * k;
        im_field_slice(t, &b, z, slice);
        im_field_line(t, &b, slice, y, line);
        im_field_row(t, &b, line, low[0], step, N, ret);
        for (int i = 0; i < N; i++) {
            const double at[3] = {low[0] + step * i, y, z};
            double u[3];
            im_field_at(&f, at, u, NULL);
            for (int r = 0; r < 3; r++) {
                double want = matrix[3 * r] * u[0] + matrix[3 * r + 1] * u[1] +
                              matrix[3 * r + 2] * u[2];
                assert_true(fabs((double)rows[r][i] - want) < 2e-6 * grid_mm);
            }
        }
    }
}

static void rows_are_the_field(void **state)
{
    (void)state;
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    for (size_t i = 0; i < CS_COUNTOF(tiers); i++) {
        check_rows(tiers[i], 16, 1);
        check_rows(tiers[i], 16, 0.7);
        check_rows(tiers[i], 10, 2.5); /* whole cells of 4 */
        check_rows(tiers[i], 4, 9);    /* leaps over knots */
        check_rows(tiers[i], 100, 0.01);
    }
}

static void a_grid_too_fine_is_refused(void **state)
{
    (void)state;
    const im_field f = field_of(4, 1, 1);
    const double low[3] = {-1e5, 0, 0}, high[3] = {1e5, 1, 1};
    const double matrix[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    im_field_block b = {.knots = NULL};
    cs_errinfo info = {0};
    assert_int_equal(im_field_block_init(&b, &f, low, high, matrix, &info),
                     CS_E_LIMIT);
    assert_string_equal(info.message, "an elastic grid of 4 mm is too fine for "
                                      "a patch of 200000 mm");
    assert_null(b.knots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_amplitude_moves_nothing),
        cmocka_unit_test(the_derivative_is_that_of_the_displacement),
        cmocka_unit_test(knots_cannot_be_seen),
        cmocka_unit_test(space_does_not_fold_and_the_way_back_is_found),
        cmocka_unit_test(far_away_nothing_moves),
        cmocka_unit_test(rows_are_the_field),
        cmocka_unit_test(a_grid_too_fine_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
