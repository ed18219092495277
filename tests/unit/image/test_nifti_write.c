#include "image/nifti.h"
#include "support/volume.h"

/* Byte by byte, by the format's description. */
static void the_header_says_scanner_millimetres_in_both_forms(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    im_geometry g = im_geometry_plain(3, 2, 1);
    g.spacing[1] = 0.5;
    g.origin[0] = 11;
    g.origin[1] = -12;
    g.origin[2] = 13;
    vt_init(&v, TN_I16, &g);
    const char *path = tmp_path(*state, "w.nii");
    assert_int_equal(im_nifti_write(path, &v, NULL), 0);
    assert_int_equal(cs_file_read(path, 4096, &b, NULL), 0);
    assert_int_equal(b.len, 352 + 12);
    int16_t dim[8], codes[2], type[2];
    float pixdim[4], quatern[6], rows[12], offset, slope[2];
    memcpy(dim, b.data + 40, sizeof(dim));
    memcpy(type, b.data + 70, sizeof(type));
    memcpy(pixdim, b.data + 76, sizeof(pixdim));
    memcpy(&offset, b.data + 108, sizeof(offset));
    memcpy(slope, b.data + 112, sizeof(slope));
    memcpy(codes, b.data + 252, sizeof(codes));
    memcpy(quatern, b.data + 256, sizeof(quatern));
    memcpy(rows, b.data + 280, sizeof(rows));
    const int16_t dims[8] = {3, 3, 2, 1, 1, 1, 1, 1};
    const float row[12] = {-1, 0, 0, -11, 0, -0.5F, 0, 12, 0, 0, 1, 13};
    const float quat[6] = {0, 0, 1, -11, 12, 13}; /* half a turn about z */
    assert_memory_equal(dim, dims, sizeof(dims));
    assert_true(type[0] == 4 && type[1] == 16);
    assert_true(pixdim[0] == 1 && pixdim[1] == 1 && pixdim[2] == 0.5F);
    assert_true(offset == 352 && slope[0] == 1 && slope[1] == 0);
    assert_true(codes[0] == 1 && codes[1] == 1);
    for (size_t i = 0; i < 12; i++)
        assert_true(rows[i] == row[i]);
    for (size_t i = 0; i < 6; i++)
        assert_true(quatern[i] == quat[i]);
    assert_int_equal(b.data[123], 2);
    assert_memory_equal(b.data + 344, "n+1\0\0\0\0\0", 8);
    assert_memory_equal(b.data + 352, im_i16(&v), 12);
}

static void short_floats_are_refused(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(1, 1, 1);
    assert_int_equal(im_volume_init(&v, TN_BF16, &g, NULL), 0);
    assert_int_equal(im_nifti_write(tmp_path(*state, "f.nii"), &v, NULL),
                     CS_E_UNSUPPORTED);
}

static void the_same_volume_gives_the_same_file(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    const im_geometry g = vt_oblique();
    vt_init(&v, TN_I16, &g);
    const char *path = tmp_path(*state, "s.nii.gz");
    assert_int_equal(im_nifti_write(path, &v, NULL), 0);
    assert_int_equal(cs_file_read(path, 4096, &a, NULL), 0);
    assert_int_equal(im_nifti_write(path, &v, NULL), 0);
    assert_int_equal(cs_file_read(path, 4096, &b, NULL), 0);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_says_scanner_millimetres_in_both_forms),
        cmocka_unit_test(short_floats_are_refused),
        cmocka_unit_test(the_same_volume_gives_the_same_file),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
