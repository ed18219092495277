#include "detect/scan.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"

/* Networks that say what is bright: 400 HU is 1, -1000 HU is 0. */

/* A score for each voxel, from itself alone. */
static void build_voxels(nn_graph *g, nn_value x, size_t classes)
{
    nn_output(
        g, nn_sigmoid(g, nn_conv(g, "c", x, &(nn_conv_spec){.out = classes})));
}

/* … from the voxels around, of which a window's faces know only some. */
static void build_wide(nn_graph *g, nn_value x, size_t classes)
{
    const nn_conv_spec spec = {
        .out = classes, .kernel = {3, 3, 3}, .pad = {1, 1, 1}};
    nn_output(g, nn_sigmoid(g, nn_conv(g, "c", x, &spec)));
}

/* Score, offset and diameter for each cell of two voxels. */
static void build_centres(nn_graph *g, nn_value x, size_t classes)
{
    x = nn_max_pool(g, 2, 2, 0, x);
    nn_output(g, nn_conv(g, "c", x, &(nn_conv_spec){.out = classes}));
}

static const zoo_network voxels = {"voxels", "", 3, 1, 1, build_voxels};
static const zoo_network wide = {"wide", "", 3, 1, 1, build_wide};
static const zoo_network centres = {"centres", "", 3, 1, 5, build_centres};

#define STEEP 40.0F /* logits from -20 to 20 */

static md_recipe recipe_of(const zoo_network *net)
{
    const bool cells = net == &centres;
    return (md_recipe){
        .task = MD_DETECT,
        .network = net,
        .input = {1, -1000, 400, {32, 32, 32}},
        .head = {.kind = cells ? MD_HEAD_CENTRES : MD_HEAD_VOXELS,
                 .stride = cells ? 2 : 1}};
}

/* Offsets in cells; the logarithm of the diameter is 0. */
static const float offset[3] = {0.25F, -0.5F, 0.125F};

static nn_params *params_of(const md_recipe *r)
{
    nn_params *p = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(md_recipe_build(r, 1, r->input.patch, p, &graph, NULL), 0);
    tn_tensor *weight = &nn_params_find(p, "c.weight")->value;
    float *bias = tn_f32(&nn_params_find(p, "c.bias")->value);
    const bool cells = r->network == &centres;
    const size_t taps = cells ? 1 : tn_count(weight);
    for (size_t i = 0; i < taps; i++)
        tn_f32(weight)[i] = STEEP / (float)taps;
    bias[0] = -STEEP / 2;
    if (cells)
        memcpy(bias + 1, offset, sizeof(offset));
    return p;
}

/* --- scenes --- */

static void scene_init(dt_prepared *p, bool oblique, size_t z)
{
    im_geometry g = im_geometry_plain(70, 51, z);
    const double a = 0.3, b = -0.2;
    const double direction[9] = {cos(a),          -sin(a),         0,
                                 sin(a) * cos(b), cos(a) * cos(b), -sin(b),
                                 sin(a) * sin(b), cos(a) * sin(b), cos(b)};
    g.origin[0] = -123.25;
    g.origin[1] = 40;
    g.origin[2] = -1434.5;
    if (oblique) {
        memcpy(g.direction, direction, sizeof(direction));
        g.spacing[0] = g.spacing[1] = 0.7;
        g.spacing[2] = 1.25;
    }
    *p = (dt_prepared)DT_PREPARED_INIT;
    assert_int_equal(im_volume_init(&p->image, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&p->lungs, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        const size_t x = i % 70;
        ((int16_t *)tn_data(&p->image.voxels))[i] = -1000;
        im_u8(&p->lungs)[i] = x >= 8 && (x < 30 || x >= 36) && x < 62;
    }
}

/* A ball of 400 HU about grid position `at`. */
static void paint(dt_prepared *p, const double at[3], double diameter)
{
    const im_geometry *g = &p->image.geometry;
    double centre[3];
    im_grid_to_world(g, at, centre);
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        const size_t y = i / g->size[0] % g->size[1];
        const size_t z = i / g->size[0] / g->size[1];
        double v[3] = {(double)(i % g->size[0]), (double)y, (double)z};
        im_grid_to_world(g, v, v);
        if (hypot(hypot(v[0] - centre[0], v[1] - centre[1]),
                  v[2] - centre[2]) <= diameter / 2)
            ((int16_t *)tn_data(&p->image.voxels))[i] = 400;
    }
}

static const double places[][3] = {
    {13.3, 9.2, 12.1}, {24.4, 32.2, 27.7}, {50, 40.5, 31.25}};
static const double diameters[] = {6, 9, 7.5};

static void paint_all(dt_prepared *p)
{
    for (size_t i = 0; i < CS_COUNTOF(places); i++)
        paint(p, places[i], diameters[i]);
}

static int scan(const zoo_network *net, const dt_prepared *p,
                const dt_scan_options *o, unsigned threads, dt_candidates *ret,
                dt_scan_report *report)
{
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
    const im_run run = {pool, cs_cpu_tier_best()};
    const md_recipe r = recipe_of(net);
    CS_AUTO(nn_params) params = params_of(&r);
    return dt_scan(&r, params, &run, p, o, ret, report, NULL);
}

static double distance(const double a[3], const double b[3])
{
    return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

/* Of a list that has one. */
static dt_candidate nearest(const dt_candidates *c, const double world[3])
{
    assert_true(c->len > 0);
    dt_candidate best = c->items[0];
    for (size_t i = 1; i < c->len; i++)
        if (distance(c->items[i].centre, world) < distance(best.centre, world))
            best = c->items[i];
    return best;
}

static void balls_are_found_where_they_are(void **state)
{
    (void)state;
    const dt_scan_options o = {
        .window = {32, 32, 32}, .overlap = 0.25, .score_min = 0.5};
    for (unsigned oblique = 0; oblique < 2; oblique++) {
        dt_prepared p;
        dt_candidates c = CS_VEC_INIT;
        scene_init(&p, oblique, 40);
        paint_all(&p);
        assert_int_equal(scan(&voxels, &p, &o, 2, &c, NULL), 0);
        assert_int_equal(c.len, 3);
        for (size_t i = 0; i < 3; i++) {
            double want[3];
            im_grid_to_world(&p.image.geometry, places[i], want);
            const dt_candidate ball = nearest(&c, want);
            assert_true(distance(ball.centre, want) < 0.2);
            assert_true(fabs(ball.diameter / diameters[i] - 1) < 0.05);
            assert_true(fabs(ball.score - 1) < 1e-6);
        }
        cs_vec_done(&c);
        dt_prepared_done(&p);
    }
}

static void check_alike(const dt_candidates *a, const dt_candidates *b,
                        double mm)
{
    assert_int_equal(a->len, b->len);
    for (size_t i = 0; i < a->len; i++) {
        const dt_candidate *x = &a->items[i];
        const dt_candidate y = nearest(b, x->centre);
        assert_true(distance(x->centre, y.centre) <= mm);
        assert_true(fabs(x->diameter - y.diameter) <= mm);
        assert_true(fabs(x->score - y.score) <= mm);
    }
}

/* A window for all of it against many, whatever they share. */
static void windows_do_not_show(void **state)
{
    (void)state;
    const zoo_network *const nets[] = {&voxels, &wide, &centres};
    const size_t windows[][3] = {
        {32, 32, 32}, {48, 32, 64}, {64, 48, 32}, {0, 0, 0}};
    const double overlaps[] = {0.5, -1, 0.3};
    dt_prepared p;
    scene_init(&p, true, 40);
    paint_all(&p);
    for (size_t n = 0; n < CS_COUNTOF(nets); n++) {
        dt_candidates whole = CS_VEC_INIT;
        dt_scan_options o = {.window = {80, 64, 48}, .score_min = 0.4};
        assert_int_equal(scan(nets[n], &p, &o, 1, &whole, NULL), 0);
        assert_true(whole.len >= 3);
        for (size_t i = 0; i < CS_COUNTOF(windows); i++) {
            dt_candidates c = CS_VEC_INIT;
            memcpy(o.window, windows[i], sizeof(o.window));
            o.overlap = overlaps[i % CS_COUNTOF(overlaps)];
            assert_int_equal(scan(nets[n], &p, &o, 2, &c, NULL), 0);
            check_alike(&whole, &c, n == 1 ? 2e-2 : 1e-5);
            cs_vec_done(&c);
        }
        cs_vec_done(&whole);
    }
    dt_prepared_done(&p);
}

/* Grey all round a ball: 0.2 of the score, which must not swallow it. */
static void faint_surroundings_do_not_count(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates c = CS_VEC_INIT;
    const dt_scan_options o = {.window = {32, 32, 32}, .score_min = 0.01};
    scene_init(&p, false, 40);
    for (size_t i = 0; i < im_geometry_voxels(&p.image.geometry); i++)
        ((int16_t *)tn_data(&p.image.voxels))[i] = -350; /* a logit of -1.4 */
    paint(&p, places[0], 6);
    assert_int_equal(scan(&voxels, &p, &o, 1, &c, NULL), 0);
    assert_int_equal(c.len, 1);
    assert_true(fabs(c.items[0].diameter / 6 - 1) < 0.05);
    assert_true(c.items[0].score > 0.999);
    cs_vec_done(&c);
    dt_prepared_done(&p);
}

static void cells_become_places(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates c = CS_VEC_INIT;
    const dt_scan_options o = {
        .window = {32, 32, 32}, .overlap = 0.25, .score_min = 0.5};
    scene_init(&p, true, 40);
    const im_geometry *g = &p.image.geometry;
    ((int16_t *)tn_data(&p.image.voxels))[im_at(g, 45, 20, 33)] = 400;
    assert_int_equal(scan(&centres, &p, &o, 1, &c, NULL), 0);
    assert_int_equal(c.len, 1);
    /* cell (22, 10, 16): its middle is at 44.5, 20.5, 32.5 */
    double want[3] = {44.5 + 0.5, 20.5 - 1, 32.5 + 0.25};
    im_grid_to_world(g, want, want);
    for (int i = 0; i < 3; i++)
        assert_true(fabs(c.items[0].centre[i] - want[i]) < 1e-5);
    /* 8 voxels, whose volume is that of cubes of */
    const double edge = cbrt(0.7 * 0.7 * 1.25);
    assert_true(fabs(c.items[0].diameter - 8 * edge) < 1e-4);
    assert_true(fabs(c.items[0].score - 1 / (1 + exp(-20.0))) < 1e-6);
    cs_vec_done(&c);
    dt_prepared_done(&p);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates one = CS_VEC_INIT;
    dt_candidates three = CS_VEC_INIT;
    const dt_scan_options o = {.window = {32, 48, 32}, .overlap = 0.4};
    scene_init(&p, false, 40);
    paint_all(&p);
    assert_int_equal(scan(&wide, &p, &o, 1, &one, NULL), 0);
    assert_int_equal(scan(&wide, &p, &o, 3, &three, NULL), 0);
    assert_int_equal(one.len, three.len);
    assert_true(one.len >= 2);
    assert_memory_equal(one.items, three.items, one.len * sizeof(*one.items));
    cs_vec_done(&one);
    cs_vec_done(&three);
    dt_prepared_done(&p);
}

/* Between the lungs, 2.5 mm and 4 mm from one. */
static void what_is_not_in_a_lung_is_dropped(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates c = CS_VEC_INIT;
    const dt_scan_options o = {
        .window = {32, 32, 32}, .overlap = 0.5, .score_min = 0.5};
    const double near[3] = {64, 20, 20}, far[3] = {66, 40, 20};
    scene_init(&p, false, 40);
    paint(&p, near, 4);
    paint(&p, far, 4);
    assert_int_equal(scan(&voxels, &p, &o, 1, &c, NULL), 0);
    assert_int_equal(c.len, 1);
    double want[3];
    im_grid_to_world(&p.image.geometry, near, want);
    assert_true(fabs(c.items[0].centre[0] - want[0]) < 0.1);
    cs_vec_done(&c);
    dt_prepared_done(&p);
}

static void only_so_many_are_kept(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates c = CS_VEC_INIT;
    const dt_scan_options o = {
        .window = {32, 32, 32}, .score_min = 0.5, .most = 2};
    scene_init(&p, false, 40);
    paint_all(&p);
    assert_int_equal(scan(&voxels, &p, &o, 1, &c, NULL), 0);
    assert_int_equal(c.len, 2);
    assert_true(c.items[0].score >= c.items[1].score);
    cs_vec_done(&c);
    dt_prepared_done(&p);
}

typedef struct watch {
    size_t calls, windows;
} watch;

static void count_call(void *ctx, size_t done, size_t all)
{
    watch *w = ctx;
    assert_int_equal(done, ++w->calls);
    w->windows = all;
}

static void memory_does_not_grow_with_the_scan(void **state)
{
    (void)state;
    dt_scan_report report[2];
    for (size_t i = 0; i < 2; i++) {
        dt_prepared p;
        dt_candidates c = CS_VEC_INIT;
        watch w = {0, 0};
        const dt_scan_options o = {.window = {32, 32, 32},
                                   .overlap = 0.25,
                                   .progress = count_call,
                                   .ctx = &w};
        scene_init(&p, false, i ? 130 : 40);
        assert_int_equal(scan(&voxels, &p, &o, 1, &c, &report[i]), 0);
        assert_int_equal(c.len, 0);
        assert_int_equal(w.calls, report[i].windows);
        assert_int_equal(w.windows, report[i].windows);
        dt_prepared_done(&p);
    }
    assert_true(report[1].windows > 2 * report[0].windows);
    assert_int_equal(report[0].bytes, report[1].bytes);
    assert_true(report[0].bytes > (size_t)32 * 32 * 32 * 4);
}

static void short_memory_means_smaller_windows(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates free_of_limit = CS_VEC_INIT;
    dt_candidates c = CS_VEC_INIT;
    dt_scan_report large, small;
    dt_scan_options o = {.overlap = -1, .score_min = 0.5};
    scene_init(&p, false, 40);
    paint_all(&p);
    assert_int_equal(scan(&wide, &p, &o, 1, &free_of_limit, &large), 0);
    o.memory_limit = 1 << 20;
    assert_int_equal(scan(&wide, &p, &o, 1, &c, &small), 0);
    assert_true(small.windows > large.windows);
    assert_true(small.window[0] * small.window[1] * small.window[2] <
                large.window[0] * large.window[1] * large.window[2]);
    check_alike(&free_of_limit, &c, 2e-2);
    cs_vec_done(&c);
    memcpy(o.window, large.window, sizeof(o.window)); /* a wish is no command */
    assert_int_equal(scan(&wide, &p, &o, 1, &c, &small), 0);
    check_alike(&free_of_limit, &c, 2e-2);
    cs_vec_done(&c);
    o.memory_limit = 1 << 10;
    assert_int_equal(scan(&wide, &p, &o, 1, &c, &small), CS_E_LIMIT);
    assert_int_equal(c.len, 0);
    cs_vec_done(&free_of_limit);
    dt_prepared_done(&p);
}

static void no_lung_has_no_candidates(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates c = CS_VEC_INIT;
    dt_scan_report report;
    const dt_scan_options o = {.window = {32, 32, 32}};
    scene_init(&p, false, 40);
    paint_all(&p);
    memset(im_u8(&p.lungs), 0, tn_bytes(&p.lungs.voxels));
    assert_int_equal(scan(&voxels, &p, &o, 1, &c, &report), 0);
    assert_int_equal(c.len, 0);
    assert_int_equal(report.windows, 0);
    assert_int_equal(report.skipped, 3 * 2 * 2);
    dt_prepared_done(&p);
}

static void what_cannot_be_scanned_is_refused(void **state)
{
    (void)state;
    dt_prepared p;
    dt_candidates c = CS_VEC_INIT;
    dt_scan_options o = {.window = {32, 32, 24}};
    scene_init(&p, false, 40);
    assert_int_equal(scan(&voxels, &p, &o, 1, &c, NULL), CS_E_RANGE);
    o.window[2] = 32;
    o.overlap = 0.8;
    assert_int_equal(scan(&voxels, &p, &o, 1, &c, NULL), CS_E_RANGE);
    dt_prepared_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balls_are_found_where_they_are),
        cmocka_unit_test(windows_do_not_show),
        cmocka_unit_test(faint_surroundings_do_not_count),
        cmocka_unit_test(cells_become_places),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(what_is_not_in_a_lung_is_dropped),
        cmocka_unit_test(only_so_many_are_kept),
        cmocka_unit_test(memory_does_not_grow_with_the_scan),
        cmocka_unit_test(short_memory_means_smaller_windows),
        cmocka_unit_test(no_lung_has_no_candidates),
        cmocka_unit_test(what_cannot_be_scanned_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
