#include "image/phantom/field.h"

#include "support/test.h"

/* A function that straight lines between points give exactly. */
static float plane(float x, float y, float z)
{
    return 3 * x - 2 * y + 0.5F * z + 7;
}

static float values[5 * 4 * 3];
static const ph_grid grid = {
    .size = {5, 4, 3}, .pitch = 2.5F, .origin = {-3, 1, 10}};

static ph_field linear(void)
{
    for (size_t z = 0; z < 3; z++)
        for (size_t y = 0; y < 4; y++)
            for (size_t x = 0; x < 5; x++)
                values[(z * 4 + y) * 5 + x] =
                    plane(-3 + 2.5F * (float)x, 1 + 2.5F * (float)y,
                          10 + 2.5F * (float)z);
    return (ph_field){&grid, values};
}

static void between_points_lie_straight_lines(void **state)
{
    (void)state;
    ph_field f = linear();
    for (float x = -3; x <= 7; x += 0.7F)
        for (float y = 1; y <= 8.5F; y += 0.9F)
            for (float z = 10; z <= 15; z += 0.6F)
                assert_true(fabsf(ph_field_at(&f, (ph_vec){x, y, z}) -
                                  plane(x, y, z)) < 1e-4F);
}

static void beyond_the_grid_its_edge_goes_on(void **state)
{
    (void)state;
    ph_field f = linear();
    float edge = ph_field_at(&f, (ph_vec){7, 3, 12});
    assert_true(ph_field_at(&f, (ph_vec){70, 3, 12}) == edge);
    assert_true(ph_field_at(&f, (ph_vec){-70, -70, -70}) == values[0]);
    assert_true(ph_field_at(&f, (ph_vec){70, 70, 70}) == values[59]);
}

static void rows_agree_with_points(void **state)
{
    (void)state;
    ph_field f = linear();
    for (int tier = CS_CPU_BASELINE; tier <= (int)cs_cpu_tier_best(); tier++) {
        const im_table *t = im_table_of((cs_cpu_tier)tier);
        float level[20], row[6], got[23], share[23];
        uint32_t first[23];
        ph_taps(&grid, 0, -5, 0.6F, 23, first, share);
        ph_field_plane(&f, t, ph_tap_at(&grid, 2, 11.3F), level);
        ph_plane_row(&grid, t, level, ph_tap_at(&grid, 1, 4.4F), row);
        t->phantom_expand(row, first, share, 23, got);
        for (size_t i = 0; i < 23; i++) {
            ph_vec v = {-5 + 0.6F * (float)i, 4.4F, 11.3F};
            assert_true(fabsf(got[i] - ph_field_at(&f, v)) < 1e-4F);
        }
    }
}

static void a_periodic_field_repeats(void **state)
{
    (void)state;
    static float v[4 * 4 * 4];
    const ph_grid g = {.size = {4, 4, 4}, .pitch = 1.5F, .periodic = true};
    for (size_t i = 0; i < 64; i++)
        v[i] = (float)(i * 7 % 13);
    ph_field f = {&g, v};
    ph_vec at = {1.2F, 5.3F, 2.9F};
    float here = ph_field_at(&f, at);
    for (int k = -3; k < 4; k++) {
        ph_vec far = {at.x + 6 * (float)k, at.y - 6 * (float)k, at.z + 12};
        assert_true(fabsf(ph_field_at(&f, far) - here) < 1e-4F);
    }
    /* between the last point and the first one */
    ph_vec seam = {5.25F, 0, 0};
    assert_true(fabsf(ph_field_at(&f, seam) - 0.5F * (v[3] + v[0])) < 1e-4F);
}

/* The kernels' plain reference. */
static void kernels_do_what_they_say(void **state)
{
    (void)state;
    enum { N = 37 };
    for (int tier = CS_CPU_BASELINE; tier <= (int)cs_cpu_tier_best(); tier++) {
        const im_table *t = im_table_of((cs_cpu_tier)tier);
        float a[N + 8], b[N], c[N], y[N], want;
        int16_t hu[N];
        for (int i = 0; i < N + 8; i++)
            a[i] = sinf((float)i) * 1900 - 300;
        for (int i = 0; i < N; i++) {
            b[i] = (float)(i % 7) - 3;
            c[i] = (float)(i % 5) * 10;
            y[i] = -1000;
        }
        t->phantom_cover(y, b, c, N, 0.5F, 40, 2, 0.5F);
        for (int i = 0; i < N; i++) {
            float part = ph_clamp(0.5F - (b[i] + 0.5F) * 0.5F, 0, 1);
            want = -1000 + part * (40 + 2 * c[i] + 1000);
            assert_true(fabsf(y[i] - want) < 1e-3F);
        }
        const float taps[5] = {-0.1F, 0.3F, 0.6F, 0.3F, -0.1F};
        t->phantom_taps(a, 2, taps, 5, N, y);
        for (int i = 0; i < N; i++) {
            want = 0;
            for (int k = 0; k < 5; k++)
                want += taps[k] * a[i + 2 * k];
            assert_true(fabsf(y[i] - want) < 0.01F);
        }
        t->phantom_store(a, b, c, c, N, hu);
        for (int i = 0; i < N; i++) {
            float v = a[i] + c[i] * (b[i] + c[i]);
            v = ph_clamp(v, -1024, 3071);
            assert_true(fabsf((float)hu[i] - v) <= 0.502F);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_points_lie_straight_lines),
        cmocka_unit_test(beyond_the_grid_its_edge_goes_on),
        cmocka_unit_test(rows_agree_with_points),
        cmocka_unit_test(a_periodic_field_repeats),
        cmocka_unit_test(kernels_do_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
