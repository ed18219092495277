/* Volumes brought to other grids, as somebody does it at the command line. */
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/random.h"
#include "image/file.h"
#include "image/normalise.h"
#include "image/resample.h"
#include "program.h"
#include "support/tmp.h"

/* --- files --- */

static im_geometry scan_grid(void)
{
    im_geometry g = {
        .size = {13, 12, 9},
        .spacing = {0.7, 0.7, 1.25},
        .origin = {-50.5, 12, 300},
        .direction = {0.866025, -0.5, 0, 0.5, 0.866025, 0, 0, 0, 1}};
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    return g;
}

static void put_scan(const char *path)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = scan_grid();
    cs_rng rng = cs_rng_stream(3, 1);
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    int16_t *p = tn_data(&v.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        p[i] = (int16_t)((int)cs_rng_below(&rng, 2000) - 1000);
    p[5] = -1024;
    assert_int_equal(im_write(path, &v, NULL, NULL), 0);
}

static void put_mask(const char *path)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(20, 18, 7);
    assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        im_u8(&v)[i] = (uint8_t)(i % 3 == 0);
    assert_int_equal(im_write(path, &v, NULL, NULL), 0);
}

static int group_setup(void **state)
{
    tmp_setup(state);
    put_scan(tmp_path(*state, "scan.mha"));
    put_mask(tmp_path(*state, "mask.nii.gz"));
    return 0;
}

/* --- running --- */

/* Standard output, to be freed. */
static char *run(void **state, const char *const *args)
{
    program_run call = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&call, &result);
    if (status != 0)
        fail_msg("status %d: %s", status, result.err.data);
    assert_string_equal(result.err.data, "");
    char *text = cs_strdup(result.out.data);
    assert_non_null(text);
    cs_proc_result_done(&result);
    return text;
}

static void refused(void **state, const char *const *args, int status,
                    const char *part)
{
    program_run call = {.args = args, .cwd = *state};
    expect_part(&call, status, part);
    assert_int_not_equal(access(tmp_path(*state, "none.mha"), F_OK), 0);
}

/* What the library makes of the scan on `grid`, held against a file. */
static void is_the_librarys(void **state, const char *file,
                            const im_geometry *grid, im_interpolation by,
                            double outside)
{
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) want = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    const im_run plain = {.tier = cs_cpu_tier_best()};
    const im_resampling how = {by, outside, TN_I16};
    assert_int_equal(im_read(tmp_path(*state, "scan.mha"), &scan, NULL), 0);
    assert_int_equal(im_read(tmp_path(*state, file), &got, NULL), 0);
    assert_int_equal(im_resample(&scan, grid, &how, &plain, &want, NULL), 0);
    assert_int_equal(got.voxels.dtype, TN_I16);
    assert_true(im_geometry_same(&got.geometry, grid, 1e-6));
    assert_memory_equal(tn_data(&got.voxels), tn_data(&want.voxels),
                        tn_bytes(&want.voxels));
}

/* --- tests --- */

static void a_spacing_covers_the_same_box(void **state)
{
    const im_geometry from = scan_grid();
    im_geometry to;
    CS_AUTO_MEM char *says =
        run(state, ARGS("image", "resample", "scan.mha", "one.mha", "--spacing",
                        "1", "-t", "2"));
    assert_string_equal(says, "one.mha: 10 x 9 x 12 voxels of 1 x 1 x 1 mm\n");
    const double one[3] = {1, 1, 1};
    assert_int_equal(im_geometry_respaced(&from, one, &to, NULL), 0);
    is_the_librarys(state, "one.mha", &to, IM_LINEAR, -1024);
    cs_free(run(state, ARGS("image", "resample", "scan.mha", "fine.nii.gz",
                            "--spacing=0.5,0.7,2", "--interpolation", "cubic",
                            "--default", "77")));
    const double fine[3] = {0.5, 0.7, 2};
    assert_int_equal(im_geometry_respaced(&from, fine, &to, NULL), 0);
    is_the_librarys(state, "fine.nii.gz", &to, IM_CUBIC, 77);
}

/* Outside is the lowest value where nobody says otherwise. */
static void the_grid_of_another_volume(void **state)
{
    im_geometry to = im_geometry_plain(20, 18, 7);
    CS_AUTO_MEM char *says =
        run(state, ARGS("--json", "image", "resample", "scan.mha", "like.mhd",
                        "--like", "mask.nii.gz", "-i", "nearest"));
    is_the_librarys(state, "like.mhd", &to, IM_NEAREST, -1024);
    json_t *said = json_loads(says, 0, NULL);
    assert_non_null(said);
    assert_string_equal(
        json_string_value(json_object_get(said, "interpolation")), "nearest");
    assert_true(json_number_value(json_object_get(said, "default")) == -1024);
    assert_int_equal(
        json_integer_value(json_array_get(json_object_get(said, "size"), 1)),
        18);
    json_decref(said);
}

static void masks_get_a_word_of_advice(void **state)
{
    CS_AUTO_MEM char *mixed =
        run(state, ARGS("image", "resample", "mask.nii.gz", "m.mha",
                        "--spacing", "0.9"));
    assert_non_null(strstr(mixed, "--interpolation nearest"));
    CS_AUTO_MEM char *chosen =
        run(state, ARGS("image", "resample", "mask.nii.gz", "m.mha",
                        "--spacing", "0.9", "-i", "nearest"));
    assert_null(strstr(chosen, "--interpolation"));
    CS_SCOPED(im_volume) m = IM_VOLUME_INIT;
    assert_int_equal(im_read(tmp_path(*state, "m.mha"), &m, NULL), 0);
    assert_int_equal(m.voxels.dtype, TN_U8);
    for (size_t i = 0; i < im_geometry_voxels(&m.geometry); i++)
        assert_true(im_u8(&m)[i] <= 1);
}

static void grids_that_miss_each_other_are_told(void **state)
{
    CS_SCOPED(im_volume) far = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(3, 3, 3);
    g.origin[0] = 5000;
    assert_int_equal(im_volume_init(&far, TN_U8, &g, NULL), 0);
    assert_int_equal(im_write(tmp_path(*state, "far.mha"), &far, NULL, NULL),
                     0);
    CS_AUTO_MEM char *says =
        run(state, ARGS("image", "resample", "scan.mha", "missed.mha", "--like",
                        "far.mha"));
    assert_non_null(strstr(says, "warning: the two grids do not overlap"));
    CS_AUTO_MEM char *met = run(state, ARGS("image", "resample", "scan.mha",
                                            "met.mha", "--like", "scan.mha"));
    assert_null(strstr(met, "warning"));
}

static void what_cannot_be_done_is_said(void **state)
{
    refused(state, ARGS("image", "resample", "scan.mha", "none.mha"), 2,
            "--spacing or --like");
    refused(state,
            ARGS("image", "resample", "scan.mha", "none.mha", "--spacing", "1",
                 "--like", "mask.nii.gz"),
            2, "--spacing or --like");
    const char *const bad[] = {"0", "-1", "1,2", "1,2,3,4", "x", "1,,2", "nan"};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        CS_SCOPED(cs_strbuf) s = CS_STRBUF_INIT;
        cs_strbuf_printf(&s, "--spacing=%s", bad[i]);
        refused(state,
                ARGS("image", "resample", "scan.mha", "none.mha", s.data), 2,
                "--spacing: expected millimetres");
    }
    refused(state,
            ARGS("image", "resample", "scan.mha", "./scan.mha", "-s", "1"), 2,
            "'scan.mha' is read, and the result would replace it");
    refused(state,
            ARGS("image", "resample", "scan.mha", "mask.nii.gz", "--like",
                 "mask.nii.gz"),
            2, "'mask.nii.gz' is read");
    static const char *const out[] = {"1e9", "-32769", "32768"};
    for (size_t i = 0; i < CS_COUNTOF(out); i++)
        refused(state,
                ARGS("image", "resample", "scan.mha", "none.mha", "-s", "1",
                     "-d", out[i]),
                2, "does not fit the volume's type, i16");
    refused(state,
            ARGS("image", "resample", "scan.mha", "none.mha", "-s", "0.001"), 3,
            "TiB of memory");
    refused(state,
            ARGS("image", "resample", "scan.mha", "none.jpg", "--spacing", "1"),
            2, "none.jpg");
    refused(state,
            ARGS("image", "resample", "gone.mha", "none.mha", "--spacing", "1"),
            3, "gone.mha");
    refused(
        state,
        ARGS("image", "resample", "scan.mha", "none.mha", "--spacing", "1e-12"),
        3, "voxels");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spacing_covers_the_same_box),
        cmocka_unit_test(the_grid_of_another_volume),
        cmocka_unit_test(masks_get_a_word_of_advice),
        cmocka_unit_test(grids_that_miss_each_other_are_told),
        cmocka_unit_test(what_cannot_be_done_is_said),
    };
    return cmocka_run_group_tests(tests, group_setup, tmp_teardown);
}
