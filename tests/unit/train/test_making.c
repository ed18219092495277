#include "train/making.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "train/scene.h"

static const im_run alone = {.pool = NULL};

static tr_making making_of(const char *dir, const dt_nodule *list,
                           const int32_t *labels, size_t n)
{
    static char paths[3][512];
    static const char *const names[] = {"scan0.mhd", "masks/scan0_lungs.mhd",
                                        "masks/scan0_nodules.mhd"};
    for (int i = 0; i < 3; i++)
        (void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, names[i]);
    return (tr_making){.scan = paths[0],
                       .lungs = paths[1],
                       .nodules = paths[2],
                       .spacing = 1,
                       .list = list,
                       .labels = labels,
                       .count = n};
}

static cs_digest key_of(const tr_making *m)
{
    cs_digest d;
    assert_int_equal(tr_making_key(m, &d, NULL), 0);
    return d;
}

static bool same_key(const tr_making *a, const cs_digest *b)
{
    const cs_digest d = key_of(a);
    return cs_digest_equal(&d, b);
}

static void the_key_knows_what_it_was_made_from(void **state)
{
    scene_make(*state, 1, true);
    dt_nodule list[1] = {{.diameter = 4}};
    int32_t labels[1] = {1};
    tr_making m = making_of(*state, list, labels, 1);
    const cs_digest was = key_of(&m);
    assert_true(same_key(&m, &was));
    m.spacing = 1.25;
    assert_false(same_key(&m, &was));
    m.spacing = 1;
    list[0].diameter = 5;
    assert_false(same_key(&m, &was));
    list[0].diameter = 4;
    labels[0] = 2;
    assert_false(same_key(&m, &was));
    labels[0] = 1;
    const char *lungs = m.lungs;
    m.lungs = NULL;
    assert_false(same_key(&m, &was));
    m.lungs = lungs;
    assert_true(same_key(&m, &was));
    const struct timespec times[2] = {{1, 0}, {1, 7}};
    assert_int_equal(
        utimensat(AT_FDCWD, tmp_path(*state, "scan0.raw"), times, 0), 0);
    assert_false(same_key(&m, &was));
}

static size_t count(const im_volume *v, uint8_t value)
{
    size_t n = 0;
    for (size_t i = 0; i < im_geometry_voxels(&v->geometry); i++)
        n += im_u8(v)[i] == value;
    return n;
}

/* Label 1 is the list's second, label 2 nobody's; the first has no voxels of
 * its own and gets a ball. */
static void numbers_follow_the_list(void **state)
{
    scene_make(*state, 1, true);
    dt_nodule list[2] = {{.diameter = 6}, {.diameter = 7}};
    const int32_t labels[2] = {0, 1};
    list[0].centre[0] = -10; /* away from both, in the lung */
    list[0].centre[1] = 40;
    list[0].centre[2] = -85;
    const tr_making m = making_of(*state, list, labels, 2);
    tr_prepared p = TR_PREPARED_INIT;
    assert_int_equal(tr_making_run(&m, &alone, &p, NULL), 0);
    const double third = 4.0 / 3 * 3.14159265;
    scene_near((double)count(&p.nodules, 1), third * 27, third * 27 * 0.2);
    double r = scene_diameter(0, 0) / 2, volume = third * r * r * r;
    scene_near((double)count(&p.nodules, 2), volume, 0.25 * volume);
    r = scene_diameter(0, 1) / 2;
    volume = third * r * r * r;
    scene_near((double)count(&p.nodules, TR_NODULE_UNKNOWN), volume,
               0.25 * volume);
    tr_prepared_done(&p);
}

static int all_is_lung(void *ctx, const im_run *run, const im_volume *scan,
                       im_volume *labels, cs_errinfo *info)
{
    (void)run;
    ++*(int *)ctx;
    int r = im_volume_init(labels, TN_U8, &scan->geometry, info);
    if (r == 0)
        memset(im_u8(labels), 3, im_geometry_voxels(&scan->geometry));
    return r;
}

static void lungs_are_made_where_there_is_no_mask(void **state)
{
    int calls = 0;
    cs_errinfo info = {0};
    scene_make(*state, 1, false);
    tr_making m = making_of(*state, NULL, NULL, 0);
    tr_prepared p = TR_PREPARED_INIT;
    m.lungs = m.nodules = NULL;
    assert_int_equal(tr_making_run(&m, &alone, &p, &info), CS_E_NOTFOUND);
    m.find_lungs = all_is_lung;
    m.lungs_ctx = &calls;
    assert_int_equal(tr_making_run(&m, &alone, &p, NULL), 0);
    assert_int_equal(calls, 1);
    assert_null(p.nodules.voxels.buffer);
    scene_near((double)count(&p.scan.lungs, 1), 40 * 45 * 50, 5000);
    tr_prepared_done(&p);
}

static void a_mask_of_another_scan_is_refused(void **state)
{
    cs_errinfo info = {0};
    tr_prepared p = TR_PREPARED_INIT;
    scene_make(*state, 2, false);
    tr_making m = making_of(*state, NULL, NULL, 0);
    m.nodules = NULL;
    m.lungs = tmp_path(*state, "masks/scan1_lungs.mhd");
    assert_int_equal(tr_making_run(&m, &alone, &p, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "scan1_lungs"));
}

static void a_scan_with_nan_is_refused(void **state)
{
    cs_errinfo info = {0};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    tr_prepared p = TR_PREPARED_INIT;
    scene_make(*state, 1, false);
    tr_making m = making_of(*state, NULL, NULL, 0);
    im_geometry g = im_geometry_plain(30, 30, 30);
    assert_int_equal(im_volume_init(&v, TN_F32, &g, NULL), 0);
    im_f32(&v)[7] = (float)(double)NAN;
    assert_int_equal(im_write(m.scan, &v, NULL, NULL), 0);
    assert_int_equal(tr_making_run(&m, &alone, &p, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "voxel (7, 0, 0) is NaN"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(the_key_knows_what_it_was_made_from),
        T(numbers_follow_the_list),
        T(lungs_are_made_where_there_is_no_mask),
        T(a_mask_of_another_scan_is_refused),
        T(a_scan_with_nan_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
