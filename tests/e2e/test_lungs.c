/* The lungs of a scan, as somebody meets it who has one. */
#include <jansson.h>
#include <unistd.h>

#include "image/file.h"
#include "lung/chest.h"
#include "program.h"
#include "support/tmp.h"

/* A chest in a .mhd, and what is known of it. */
static chest truth;

static int group_setup(void **state)
{
    tmp_setup(state);
    im_geometry g = chest_geometry(2.6, 3);
    chest_make(&truth, &g, 30);
    assert_int_equal(
        im_write(tmp_path(*state, "scan.mha"), &truth.hu, NULL, NULL), 0);
    CS_SCOPED(im_volume) slice = IM_VOLUME_INIT;
    im_geometry thin = im_geometry_plain(64, 64, 2);
    assert_int_equal(im_volume_init(&slice, TN_I16, &thin, NULL), 0);
    assert_int_equal(im_write(tmp_path(*state, "thin.nii"), &slice, NULL, NULL),
                     0);
    return 0;
}

static int group_teardown(void **state)
{
    chest_done(&truth);
    return tmp_teardown(state);
}

/* Runs in the test's directory; its answer in JSON. */
static json_t *run(void **state, const char *const *args)
{
    program_run call = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&call, &result);
    if (status != 0)
        fail_msg("status %d: %s", status, result.err.data);
    assert_string_equal(result.err.data, "");
    json_t *answer = json_loads(result.out.data, 0, NULL);
    assert_non_null(answer);
    cs_proc_result_done(&result);
    return answer;
}

static double number(const json_t *answer, const char *key)
{
    return json_number_value(json_object_get(answer, key));
}

static void the_mask_has_both_lungs_on_the_scans_grid(void **state)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    json_t *answer = run(state, ARGS("segment-lungs", "scan.mha", "-o",
                                     "mask.nii.gz", "--threads=2", "--json"));
    assert_int_equal(im_read(tmp_path(*state, "mask.nii.gz"), &mask, NULL), 0);
    assert_true(im_geometry_same(&mask.geometry, &truth.hu.geometry, 1e-3));
    assert_true(chest_dice(&mask, &truth, CHEST_LEFT) > 0.98);
    assert_true(chest_dice(&mask, &truth, CHEST_RIGHT) > 0.98);
    size_t airway = 0;
    for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++)
        airway += im_u8(&mask)[i] == CHEST_AIRWAY;
    assert_int_equal(airway, 0);
    assert_true(number(answer, "left_ml") > 800);
    assert_true(number(answer, "right_ml") > 800);
    assert_int_equal(number(answer, "lungs"), 2);
    assert_int_equal(json_array_size(json_object_get(answer, "warnings")), 0);
    json_decref(answer);
}

static void labels_can_be_chosen(void **state)
{
    static const struct {
        const char *option;
        unsigned largest;
    } cases[] = {{"--labels=plain", 1}, {"--labels=airways", 5}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
        json_decref(run(state, ARGS("segment-lungs", "scan.mha", "-o",
                                    "mask.mha", cases[i].option, "--json")));
        assert_int_equal(im_read(tmp_path(*state, "mask.mha"), &mask, NULL), 0);
        unsigned largest = 0;
        for (size_t k = 0; k < im_geometry_voxels(&mask.geometry); k++)
            largest = CS_MAX(largest, (unsigned)im_u8(&mask)[k]);
        assert_int_equal(largest, cases[i].largest);
    }
}

static void refused(void **state, const char *const *args, int status,
                    const char *part)
{
    program_run call = {.args = args, .cwd = *state};
    expect_part(&call, status, part);
    assert_int_not_equal(access(tmp_path(*state, "none.mha"), F_OK), 0);
}

static void what_cannot_be_done_is_said_in_a_line(void **state)
{
    refused(state, ARGS("segment-lungs", "scan.mha"), 2, "--output");
    refused(state, ARGS("segment-lungs", "scan.mha", "-o", "./scan.mha"), 2,
            "is the scan itself");
    refused(state, ARGS("segment-lungs", "scan.mha", "-o", "none.png"), 2,
            "none.png");
    refused(state, ARGS("segment-lungs", "gone.mha", "-o", "none.mha"), 3,
            "gone.mha");
    refused(state, ARGS("segment-lungs", "thin.nii", "-o", "none.mha"), 3,
            "thin.nii: too little to find a lung in");
    refused(state, ARGS("segment-lungs", "scan.mha", "-o", "no/none.mha"), 3,
            "no/none.mha");
}

/* --- a real one: half a chest, the lung touching the edge --- */

#define REAL CS_SOURCE_DIR "/../shared/data/ct/lung/"
static const char real_scan[] = REAL "3DCT_lung.mha";
static const char real_mask[] = REAL "CT_3D_lung_fixed_mask.mha";

static double dice(const im_volume *a, const im_volume *b)
{
    size_t both = 0, all = 0;
    for (size_t i = 0; i < im_geometry_voxels(&a->geometry); i++) {
        bool x = im_u8(a)[i] != 0, y = im_u8(b)[i] != 0;
        both += x && y;
        all += (size_t)x + (size_t)y;
    }
    return 2 * (double)both / (double)all;
}

static void a_real_lung_agrees_with_its_mask(void **state)
{
    if (access(real_scan, R_OK) != 0) {
        print_message("skipped: data not present (%s)\n", real_scan);
        skip();
    }
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) want = IM_VOLUME_INIT;
    json_t *answer = run(
        state, ARGS("segment-lungs", real_scan, "-o", "real.mha", "--json"));
    assert_int_equal(im_read(tmp_path(*state, "real.mha"), &mask, NULL), 0);
    assert_int_equal(im_read(real_mask, &want, NULL), 0);
    double d = dice(&mask, &want);
    if (d < 0.98)
        fail_msg("Dice %.4f", d);
    assert_true(number(answer, "left_ml") == 0);
    assert_true(number(answer, "side_confidence") > 0.9);
    assert_int_equal(number(answer, "lungs"), 1);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mask_has_both_lungs_on_the_scans_grid),
        cmocka_unit_test(labels_can_be_chosen),
        cmocka_unit_test(what_cannot_be_done_is_said_in_a_line),
        cmocka_unit_test(a_real_lung_agrees_with_its_mask),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
