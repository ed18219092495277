#include "image/file.h"

#include <sys/stat.h>

#include "base/dir.h"
#include "support/volume.h"

static const tn_dtype types[] = {TN_I8,  TN_U8,  TN_I16, TN_U16,
                                 TN_I32, TN_I64, TN_F32, TN_F64};

static void round_trip(const char *dir, const char *name, tn_dtype d,
                       bool compress, const im_geometry *g, double mm)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) back = IM_VOLUME_INIT;
    const im_write_options o = {.compress = compress};
    const char *path = tmp_path(dir, name);
    cs_errinfo info = {0};
    im_file_info said = {0};
    vt_init(&v, d, g);
    if (im_write(path, &v, &o, &info) < 0 || im_read(path, &back, &info) < 0)
        fail_msg("%s: %s", name, info.message);
    vt_same_voxels(&v, &back);
    vt_same_place(g, &back.geometry, mm);
    assert_int_equal(im_read_info(path, &said, NULL), 0);
    assert_int_equal(said.dtype, d);
    assert_memory_equal(&said.geometry, &back.geometry, sizeof(*g));
    assert_true(said.placed && !said.contradicted && !said.big_endian);
}

static void metaimage_keeps_all_bits_of_every_type(void **state)
{
    const im_geometry g = vt_oblique();
    for (size_t i = 0; i < CS_COUNTOF(types); i++)
        for (int compress = 0; compress < 2; compress++) {
            round_trip(*state, "a.mhd", types[i], compress, &g, 0);
            round_trip(*state, "a.mha", types[i], compress, &g, 0);
        }
}

/* NIfTI-1 has floats: 1434.5 mm to 1e-4. */
static void nifti_keeps_voxels_and_places_them_to_float(void **state)
{
    const im_geometry g = vt_oblique();
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        round_trip(*state, "a.nii", types[i], false, &g, 1e-4);
        round_trip(*state, "a.nii.gz", types[i], false, &g, 1e-4);
    }
}

static void a_long_axis_goes_to_nifti_2_with_doubles(void **state)
{
    im_geometry g = vt_oblique();
    im_file_info said = {0};
    g.size[0] = 40000;
    g.size[1] = g.size[2] = 1;
    round_trip(*state, "long.nii.gz", TN_I16, false, &g, 1e-9);
    assert_int_equal(im_read_info(tmp_path(*state, "long.nii.gz"), &said, NULL),
                     0);
    assert_int_equal(said.format, IM_NIFTI2);
}

static void one_voxel_and_mirrored_axes_come_back(void **state)
{
    im_geometry one = im_geometry_plain(1, 1, 1);
    im_geometry left = vt_oblique();
    for (int i = 0; i < 3; i++)
        left.direction[3 * i + 2] *= -1; /* left-handed */
    im_geometry swapped = im_geometry_plain(3, 2, 4);
    const double turn[9] = {0, 0, -1, 1, 0, 0, 0, 1, 0};
    memcpy(swapped.direction, turn, sizeof(turn));
    static const char *const names[] = {"b.mha", "b.nii.gz", "b.nii"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        round_trip(*state, names[i], TN_U8, false, &one, 0);
        round_trip(*state, names[i], TN_I16, false, &left, 1e-4);
        round_trip(*state, names[i], TN_I16, false, &swapped, 0);
    }
}

/* What was read from NIfTI and written again is the same file. */
static void a_second_trip_changes_nothing(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) once = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) twice = IM_VOLUME_INIT;
    const im_geometry g = vt_oblique();
    vt_init(&v, TN_I16, &g);
    assert_int_equal(im_write(tmp_path(*state, "1.nii"), &v, NULL, NULL), 0);
    assert_int_equal(im_read(tmp_path(*state, "1.nii"), &once, NULL), 0);
    assert_int_equal(im_write(tmp_path(*state, "2.nii"), &once, NULL, NULL), 0);
    assert_int_equal(im_read(tmp_path(*state, "2.nii"), &twice, NULL), 0);
    vt_same_place(&once.geometry, &twice.geometry, 1e-6);
    for (int i = 0; i < 3; i++) {
        assert_true(once.geometry.spacing[i] == twice.geometry.spacing[i]);
        assert_true(once.geometry.origin[i] == twice.geometry.origin[i]);
    }
}

static void content_tells_the_format_not_the_name(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) back = IM_VOLUME_INIT;
    const im_geometry g = vt_oblique();
    vt_init(&v, TN_I16, &g);
    const char *from = tmp_path(*state, "c.nii.gz");
    const char *to = tmp_path(*state, "c.dat");
    assert_int_equal(im_write(from, &v, NULL, NULL), 0);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(im_read(to, &back, NULL), 0);
    vt_same_voxels(&v, &back);
}

static void what_is_no_volume_is_refused_by_name(void **state)
{
    const char *dir = *state;
    vt_refused(tmp_write(dir, "letter", "Dear colleague,\n"), CS_E_FORMAT,
               "letter' is neither");
    vt_refused(tmp_write(dir, "letter.mhd", "Dear colleague,\n"), CS_E_FORMAT,
               "letter.mhd:1: a MetaImage header has lines");
    vt_refused(tmp_write(dir, "letter.nii", "Dear colleague,\n"), CS_E_FORMAT,
               "has no NIfTI header");
    vt_refused(tmp_write(dir, "empty.mha", ""), CS_E_FORMAT,
               "ElementDataFile is missing");
    vt_refused(tmp_write(dir, "empty", ""), CS_E_FORMAT, "neither");
    vt_refused(tmp_path(dir, "none.mha"), CS_E_NOTFOUND, "none.mha");
    vt_refused(dir, CS_E_FORMAT, "is not a regular file");
    const char *fifo = tmp_path(dir, "fifo.mha");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    vt_refused(fifo, CS_E_FORMAT, "is not a regular file");
}

static void only_known_endings_are_written(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(2, 2, 2);
    const im_write_options packed = {.compress = true};
    char dir[256];
    snprintf(dir, sizeof(dir), "%s", tmp_path(*state, "endings"));
    vt_init(&v, TN_I16, &g);
    assert_int_equal(cs_mkdir_p(dir, 0700, NULL), 0);
    assert_int_equal(im_write(tmp_path(dir, "a.nrrd"), &v, NULL, NULL),
                     CS_E_USAGE);
    assert_int_equal(im_write(tmp_path(dir, "a.hdr"), &v, NULL, NULL),
                     CS_E_USAGE);
    assert_int_equal(im_write(tmp_path(dir, "a.nii"), &v, &packed, NULL),
                     CS_E_USAGE);
    assert_true(im_can_write("x.nii.gz") && im_can_write("x.mhd"));
    assert_false(im_can_write("x.gz"));
    v.geometry.spacing[1] = 0;
    assert_int_equal(im_write(tmp_path(dir, "a.mha"), &v, NULL, NULL),
                     CS_E_FORMAT);
    CS_SCOPED(cs_dir_list) left = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &left, NULL), 0);
    assert_int_equal(left.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metaimage_keeps_all_bits_of_every_type),
        cmocka_unit_test(nifti_keeps_voxels_and_places_them_to_float),
        cmocka_unit_test(a_long_axis_goes_to_nifti_2_with_doubles),
        cmocka_unit_test(one_voxel_and_mirrored_axes_come_back),
        cmocka_unit_test(a_second_trip_changes_nothing),
        cmocka_unit_test(content_tells_the_format_not_the_name),
        cmocka_unit_test(what_is_no_volume_is_refused_by_name),
        cmocka_unit_test(only_known_endings_are_written),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
