#include "detect/blend.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"

#define CHANNELS_MAX 5

/* The whole volume at once, in double. */
typedef struct whole {
    size_t cells[3], window[3], channels;
    double *weight, *sum; /* [channel][z][y][x] */
} whole;

static size_t product(const size_t n[3])
{
    return n[0] * n[1] * n[2];
}

static void whole_add(whole *w, const size_t begin[3], const float *map)
{
    const size_t all = product(w->cells), each = product(w->window);
    for (size_t i = 0; i < each; i++) {
        const size_t at[3] = {i % w->window[0], i / w->window[0] % w->window[1],
                              i / w->window[0] / w->window[1]};
        double weight = 1;
        size_t to = 0;
        for (int a = 2; a >= 0; a--) {
            const double n = (double)w->window[a];
            const double d = ((double)at[a] - (n - 1) / 2) / (n / 8);
            weight *= exp(-d * d / 2);
            to = to * w->cells[a] + begin[a] + at[a];
        }
        w->weight[to] += weight;
        w->sum[to] += weight * (double)map[i];
        for (size_t c = 1; c < w->channels; c++)
            w->sum[c * all + to] +=
                weight * (double)map[i] * (double)map[c * each + i];
    }
}

static double whole_value(const whole *w, size_t channel, size_t i)
{
    const double by = channel ? w->sum[i] : w->weight[i];
    return by > 0 ? w->sum[channel * product(w->cells) + i] / by : 0;
}

static void whole_init(whole *w)
{
    w->weight = cs_calloc(product(w->cells), sizeof(*w->weight));
    w->sum = cs_calloc(product(w->cells) * w->channels, sizeof(*w->sum));
    assert_non_null(w->weight);
    assert_non_null(w->sum);
}

static void whole_done(whole *w)
{
    cs_free(w->weight);
    cs_free(w->sum);
}

static void check_plane(const whole *w, const float *plane, size_t z)
{
    const size_t area = w->cells[0] * w->cells[1];
    for (size_t c = 0; c < w->channels; c++)
        for (size_t i = 0; i < area; i++) {
            const double want = whole_value(w, c, z * area + i);
            const double got = (double)plane[c * area + i];
            assert_true(fabs(got - want) <= 1e-5 * (1 + fabs(want)));
        }
}

static float *random_map(size_t n, uint64_t stream)
{
    float *map = cs_calloc(n, sizeof(*map));
    assert_non_null(map);
    cs_rng rng = cs_rng_stream(3, stream);
    for (size_t i = 0; i < n; i++)
        map[i] = (float)cs_rng_uniform_f64(&rng);
    return map;
}

/* Taken planes of a ring against the whole. The same for any pool. */
static void check_blend(whole *w, const size_t (*begins)[3], size_t n,
                        cs_pool *pool, float *planes)
{
    CS_SCOPED(dt_blend) b = DT_BLEND_INIT;
    const size_t floats = w->cells[0] * w->cells[1] * w->channels;
    whole_init(w);
    assert_int_equal(dt_blend_init(&b, w->cells, w->window, w->channels, NULL),
                     0);
    for (size_t i = 0; i < n; i++) {
        CS_AUTO_MEM float *map =
            random_map(product(w->window) * w->channels, i);
        while (b.done < begins[i][2])
            dt_blend_take(&b, pool, planes + b.done * floats);
        dt_blend_add(&b, pool, begins[i], map);
        whole_add(w, begins[i], map);
    }
    while (b.done < w->cells[2])
        dt_blend_take(&b, pool, planes + b.done * floats);
    for (size_t z = 0; z < w->cells[2]; z++)
        check_plane(w, planes + z * floats, z);
    whole_done(w);
}

static const size_t begins[][3] = {{0, 0, 0}, {3, 2, 0}, {1, 1, 2},
                                   {3, 0, 5}, {2, 2, 5}, {0, 0, 13}};

static void a_band_of_planes_gives_what_the_whole_gives(void **state)
{
    (void)state;
    const size_t channels[] = {1, CHANNELS_MAX};
    for (size_t i = 0; i < CS_COUNTOF(channels); i++) {
        whole w = {
            .cells = {11, 9, 19}, .window = {8, 7, 6}, .channels = channels[i]};
        const size_t bytes = product(w.cells) * channels[i] * sizeof(float);
        CS_AUTO_MEM float *one = cs_malloc(bytes);
        CS_AUTO_MEM float *three = cs_malloc(bytes);
        CS_AUTO(cs_pool) pool = NULL;
        assert_non_null(one);
        assert_non_null(three);
        assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
        check_blend(&w, begins, CS_COUNTOF(begins), NULL, one);
        check_blend(&w, begins, CS_COUNTOF(begins), pool, three);
        assert_memory_equal(one, three, bytes);
    }
}

static void a_window_alone_is_itself(void **state)
{
    (void)state;
    CS_SCOPED(dt_blend) b = DT_BLEND_INIT;
    const size_t n[3] = {300, 2, 3}; /* rows longer than a piece */
    float plane[600];
    CS_AUTO_MEM float *map = random_map(1800, 1);
    assert_int_equal(dt_blend_init(&b, n, n, 1, NULL), 0);
    dt_blend_add(&b, NULL, (size_t[]){0, 0, 0}, map);
    for (size_t z = 0; z < 3; z++) {
        dt_blend_take(&b, NULL, plane);
        for (size_t i = 0; i < 600; i++)
            assert_true(fabsf(plane[i] - map[z * 600 + i]) < 1e-6F);
    }
    assert_int_equal(dt_blend_bytes(&b) / sizeof(float),
                     600 * 3 * 2 + 300 + 2 + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_band_of_planes_gives_what_the_whole_gives),
        cmocka_unit_test(a_window_alone_is_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
