#include "image/augment_patch.h"

#include <math.h>
#include <string.h>

#include "image/augment_map.h"
#include "support/test.h"

/* A scan at an angle, its slices further apart than its pixels, with bright
 * balls on grey; each is a label of the mask. */
enum { BALLS = 5 };
#define RADIUS 4.0

static const double places[BALLS][3] = {
    {48, 40, 30}, {30, 28, 21}, {66, 44, 22}, {40, 60, 40}, {62, 24, 39}};

typedef struct scene {
    im_volume scan, mask;
    double centre[BALLS][3]; /* world */
} scene;

static void scene_done(scene *s)
{
    im_volume_done(&s->scan);
    im_volume_done(&s->mask);
}

static double distance(const double a[3], const double b[3])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                (a[2] - b[2]) * (a[2] - b[2]));
}

/* The balls' edges are a ramp of 1 mm: no staircase moves a centroid. */
static void paint(scene *s, size_t voxel, const double world[3])
{
    double value = -800;
    for (int b = 0; b < BALLS; b++) {
        double d = distance(world, s->centre[b]);
        double share = RADIUS + 0.5 - d;
        share = share < 0 ? 0 : share;
        value += 800 * (share > 1 ? 1 : share);
        if (d < RADIUS)
            im_u8(&s->mask)[voxel] = (uint8_t)(b + 1);
    }
    ((int16_t *)tn_data(&s->scan.voxels))[voxel] = (int16_t)lround(value);
}

static void scene_init(scene *s)
{
    im_geometry g = {.size = {96, 88, 60},
                     .spacing = {0.8, 0.8, 1.25},
                     .origin = {-30, 20, -500},
                     .direction = {0.866025, -0.5, 0, 0.469846, 0.813798,
                                   -0.342020, 0.171010, 0.296198, 0.939693}};
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    assert_int_equal(im_volume_init(&s->scan, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&s->mask, TN_U8, &g, NULL), 0);
    for (int b = 0; b < BALLS; b++)
        im_grid_to_world(&g, places[b], s->centre[b]);
    for (size_t z = 0; z < 60; z++)
        for (size_t y = 0; y < 88; y++)
            for (size_t x = 0; x < 96; x++) {
                double world[3];
                im_grid_to_world(
                    &g, (double[]){(double)x, (double)y, (double)z}, world);
                paint(s, im_at(&g, x, y, z), world);
            }
}

static im_geometry patch_of(const scene *s, const size_t size[3], double mm)
{
    im_geometry g;
    assert_int_equal(
        im_augment_patch_around(&s->scan.geometry, s->centre[0], size,
                                (double[]){mm, mm, 1.25 * mm}, &g, NULL),
        0);
    return g;
}

/* Centroids in patch indices, of what is bright within 1.6 radii of a place
 * and of a label. False where the ball is not wholly in the patch. */
static bool centroids(const im_volume *image, const im_volume *mask, int label,
                      const double at[3], double reach, double bright[3],
                      double marked[3])
{
    const im_geometry *g = &image->geometry;
    double sum = 0, count = 0;
    for (int i = 0; i < 3; i++) {
        double most = reach / g->spacing[i];
        if (at[i] < most || at[i] > (double)g->size[i] - 1 - most)
            return false;
        bright[i] = marked[i] = 0;
    }
    for (size_t v = 0; v < im_geometry_voxels(g); v++) {
        size_t row = v / g->size[0], slice = row / g->size[1];
        const double here[3] = {(double)(v % g->size[0]),
                                (double)(row % g->size[1]), (double)slice};
        double a[3], b[3];
        im_grid_to_world(g, here, a);
        im_grid_to_world(g, at, b);
        double weight = (double)im_f32(image)[v] + 800;
        bool near = distance(a, b) < reach;
        bool is = im_u8(mask)[v] == label;
        for (int i = 0; i < 3; i++) {
            bright[i] += near ? weight * here[i] : 0;
            marked[i] += is ? here[i] : 0;
        }
        sum += near ? weight : 0;
        count += is;
    }
    for (int i = 0; i < 3; i++) {
        bright[i] /= sum;
        marked[i] /= count;
    }
    return true;
}

static im_augment_plan moved(uint64_t number)
{
    im_augment_spec s = im_augment_nodules();
    s.rotate.probability = s.scale.probability = s.shift.probability = 1;
    s.elastic.probability = number % 2 ? 1 : 0;
    s.rotate.degrees[0] = s.rotate.degrees[1] = 180;
    s.thick.probability = s.blur.probability = s.noise.probability = 0;
    s.contrast.probability = s.brightness.probability = 0;
    return im_augment_draw(&s, 17, number);
}

static void image_mask_and_points_stay_together(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    CS_SCOPED(scene) s = {.scan = IM_VOLUME_INIT, .mask = IM_VOLUME_INIT};
    scene_init(&s);
    const im_geometry g = patch_of(&s, (size_t[]){64, 60, 48}, 0.9);
    CS_SCOPED(im_volume) image = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&image, TN_F32, &g, NULL), 0);
    assert_int_equal(im_volume_init(&mask, TN_U8, &g, NULL), 0);
    int seen = 0;
    for (uint64_t i = 0; i < 12; i++) {
        const im_augment_plan p = moved(i);
        const im_augment_map m = im_augment_map_of(&p, &g);
        assert_int_equal(
            im_augment_image(&run, &p, &s.scan, -800, &image, NULL), 0);
        assert_int_equal(im_augment_labels(&run, &p, &s.mask, &mask, NULL), 0);
        for (int b = 0; b < BALLS; b++) {
            double at[3], bright[3], marked[3];
            im_augment_point(&m, s.centre[b], at);
            im_world_to_grid(&g, at, at);
            if (!centroids(&image, &mask, b + 1, at, 1.6 * RADIUS, bright,
                           marked))
                continue;
            /* Bending alone moves a ball's centroid off its middle. */
            double most = p.elastic_mm > 0 ? 0.3 : 0.02;
            assert_true(distance(at, bright) < most);
            assert_true(distance(at, marked) < 0.3);
            assert_true(distance(bright, marked) < 0.2);
            seen++;
        }
    }
    assert_true(seen > 20);
}

static void the_identity_gives_exactly_the_scan(void **state)
{
    (void)state;
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    CS_SCOPED(scene) s = {.scan = IM_VOLUME_INIT, .mask = IM_VOLUME_INIT};
    scene_init(&s);
    const im_geometry *g = &s.scan.geometry;
    size_t n = im_geometry_voxels(g);
    for (int t = 0; t < 2; t++) {
        const im_run run = {NULL, tiers[t]};
        CS_SCOPED(im_volume) same = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) floats = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
        assert_int_equal(im_volume_init(&same, TN_I16, g, NULL), 0);
        assert_int_equal(im_volume_init(&floats, TN_F32, g, NULL), 0);
        assert_int_equal(im_volume_init(&mask, TN_U8, g, NULL), 0);
        const im_augment_plan p = im_augment_identity();
        assert_int_equal(im_augment_image(&run, &p, &s.scan, 0, &same, NULL),
                         0);
        assert_int_equal(im_augment_image(&run, &p, &s.scan, 0, &floats, NULL),
                         0);
        assert_int_equal(im_augment_labels(&run, &p, &s.mask, &mask, NULL), 0);
        assert_memory_equal(im_i16(&same), im_i16(&s.scan), n * 2);
        assert_memory_equal(im_u8(&mask), im_u8(&s.mask), n);
        for (size_t i = 0; i < n; i++)
            assert_true(im_f32(&floats)[i] == (float)im_i16(&s.scan)[i]);
    }
}

/* A part of the scan, mirrored: voxel by voxel, image and mask alike. */
static void flips_are_exact(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    CS_SCOPED(scene) s = {.scan = IM_VOLUME_INIT, .mask = IM_VOLUME_INIT};
    scene_init(&s);
    const im_geometry *g = &s.scan.geometry;
    const im_geometry part = im_geometry_part(
        g, (const ptrdiff_t[]){20, 10, 11}, (const size_t[]){50, 51, 32});
    CS_SCOPED(im_volume) image = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&image, TN_I16, &part, NULL), 0);
    assert_int_equal(im_volume_init(&mask, TN_U8, &part, NULL), 0);
    for (unsigned flips = 0; flips < 8; flips++) {
        im_augment_plan p = im_augment_identity();
        for (unsigned i = 0; i < 3; i++)
            p.flip[i] = flips >> i & 1;
        assert_int_equal(im_augment_image(&run, &p, &s.scan, 0, &image, NULL),
                         0);
        assert_int_equal(im_augment_labels(&run, &p, &s.mask, &mask, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(&part); i++) {
            size_t x = i % 50, y = i / 50 % 51, z = i / 50 / 51;
            size_t from = im_at(g, 20 + (p.flip[0] ? 49 - x : x),
                                10 + (p.flip[1] ? 50 - y : y),
                                11 + (p.flip[2] ? 31 - z : z));
            assert_int_equal(im_i16(&image)[i], im_i16(&s.scan)[from]);
            assert_int_equal(im_u8(&mask)[i], im_u8(&s.mask)[from]);
        }
    }
}

/* All at once, twice: same seed, same bits, on any number of threads; i16 is
 * the float image, rounded. */
static void same_seed_same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    CS_SCOPED(scene) s = {.scan = IM_VOLUME_INIT, .mask = IM_VOLUME_INIT};
    scene_init(&s);
    const im_geometry g = patch_of(&s, (size_t[]){47, 40, 33}, 1);
    size_t n = im_geometry_voxels(&g);
    im_augment_spec spec = im_augment_nodules();
    spec.elastic.probability = spec.thick.probability = 1;
    spec.blur.probability = spec.noise.probability = 1;
    spec.gamma.probability = spec.contrast.probability = 1;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) rounded = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&a, TN_F32, &g, NULL), 0);
    assert_int_equal(im_volume_init(&b, TN_F32, &g, NULL), 0);
    assert_int_equal(im_volume_init(&rounded, TN_I16, &g, NULL), 0);
    for (uint64_t i = 0; i < 4; i++) {
        const im_augment_plan p = im_augment_draw(&spec, 99, i);
        const im_augment_plan q = im_augment_draw(&spec, 99, i);
        const im_run one = {NULL, cs_cpu_tier_best()};
        const im_run three = {pool, cs_cpu_tier_best()};
        assert_int_equal(im_augment_image(&one, &p, &s.scan, -1024, &a, NULL),
                         0);
        assert_int_equal(im_augment_image(&three, &q, &s.scan, -1024, &b, NULL),
                         0);
        assert_int_equal(
            im_augment_image(&three, &q, &s.scan, -1024, &rounded, NULL), 0);
        assert_memory_equal(im_f32(&a), im_f32(&b), n * sizeof(float));
        for (size_t k = 0; k < n; k++)
            assert_int_equal(im_i16(&rounded)[k], lrintf(im_f32(&a)[k]));
    }
}

static void values_beyond_i16_are_clamped(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    const im_geometry g = im_geometry_plain(3, 1, 1);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) out = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&scan, TN_F32, &g, NULL), 0);
    assert_int_equal(im_volume_init(&out, TN_I16, &g, NULL), 0);
    const float values[] = {1e9F, -40000, NAN};
    memcpy(im_f32(&scan), values, sizeof(values));
    const im_augment_plan p = im_augment_identity();
    assert_int_equal(im_augment_image(&run, &p, &scan, 0, &out, NULL), 0);
    assert_int_equal(im_i16(&out)[0], 32767);
    assert_int_equal(im_i16(&out)[1], -32768);
    assert_int_equal(im_i16(&out)[2], 0);
}

static void patches_of_other_types_are_refused(void **state)
{
    (void)state;
    const im_run run = {NULL, CS_CPU_BASELINE};
    const im_geometry g = im_geometry_plain(2, 2, 2);
    const im_augment_plan p = im_augment_identity();
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) bytes = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&scan, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&bytes, TN_U8, &g, NULL), 0);
    cs_errinfo info = {0};
    assert_int_equal(im_augment_image(&run, &p, &scan, 0, &bytes, &info),
                     CS_E_UNSUPPORTED);
    assert_string_equal(info.message,
                        "augmentation makes patches of i16 or f32, not of u8");
    assert_int_equal(im_augment_labels(&run, &p, &scan, &bytes, &info),
                     CS_E_UNSUPPORTED);
    assert_string_equal(info.message,
                        "labels of i16 cannot become labels of u8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_mask_and_points_stay_together),
        cmocka_unit_test(the_identity_gives_exactly_the_scan),
        cmocka_unit_test(flips_are_exact),
        cmocka_unit_test(same_seed_same_bits_on_any_number_of_threads),
        cmocka_unit_test(values_beyond_i16_are_clamped),
        cmocka_unit_test(patches_of_other_types_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
