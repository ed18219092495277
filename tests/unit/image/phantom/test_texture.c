#include "image/phantom/texture.h"

#include "support/test.h"

static void moments(const float *v, size_t n, double *mean, double *spread)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)v[i];
        squares += (double)v[i] * (double)v[i];
    }
    *mean = sum / (double)n;
    *spread = sqrt(squares / (double)n - *mean * *mean);
}

/* Correlation of neighbours along x. */
static double neighbours(const float *v, size_t width, size_t rows)
{
    double sum = 0;
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < width; x++)
            sum += (double)v[y * width + x] *
                   (double)v[y * width + (x + 1) % width];
    return sum / (double)(width * rows);
}

static void textures_have_unit_deviation_and_the_grain_asked_for(void **state)
{
    (void)state;
    const cs_rng rng = cs_rng_stream(3, 0);
    double before = -1;
    for (int k = 0; k < 3; k++) {
        CS_SCOPED(ph_texture) t = PH_TEXTURE_INIT;
        assert_int_equal(
            ph_texture_init(&t, &rng, 0.3F + 0.5F * (float)k, NULL), 0);
        double mean, spread;
        moments(t.tile, (size_t)PH_TILE * PH_TILE, &mean, &spread);
        assert_true(fabs(mean) < 1e-4 && fabs(spread - 1) < 1e-3);
        moments(t.block, (size_t)PH_BLOCK * PH_BLOCK * PH_BLOCK, &mean,
                &spread);
        assert_true(fabs(mean) < 1e-4 && fabs(spread - 1) < 1e-3);
        double near = neighbours(t.tile, PH_TILE, PH_TILE);
        assert_true(near > before + 0.05);
        before = near;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(textures_have_unit_deviation_and_the_grain_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
