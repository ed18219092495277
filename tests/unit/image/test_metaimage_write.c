#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "image/metaimage.h"
#include "support/volume.h"

static void the_header_is_as_itk_writes_it(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    im_geometry g = im_geometry_plain(2, 3, 4);
    g.spacing[0] = 0.7;
    g.spacing[2] = 1.0 / 3;
    g.origin[1] = -1e-5;
    const double turned[9] = {0, 0, 1, 1, 0, 0, 0, 1, 0};
    memcpy(g.direction, turned, sizeof(turned));
    vt_init(&v, TN_I16, &g);
    const char *path = tmp_path(*state, "t.mhd");
    assert_int_equal(im_metaimage_write(path, &v, false, NULL), 0);
    assert_int_equal(cs_file_read(path, 4096, &text, NULL), 0);
    assert_string_equal(
        text.data, "ObjectType = Image\nNDims = 3\nBinaryData = True\n"
                   "BinaryDataByteOrderMSB = False\nCompressedData = False\n"
                   "TransformMatrix = 0 1 0 0 0 1 1 0 0\n"
                   "Offset = 0 -1e-05 0\nCenterOfRotation = 0 0 0\n"
                   "AnatomicalOrientation = AIR\n"
                   "ElementSpacing = 0.7 1 0.3333333333333333\n"
                   "DimSize = 2 3 4\nElementType = MET_SHORT\n"
                   "ElementDataFile = t.raw\n");
}

static void compressed_pairs_are_smaller_and_named_zraw(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) back = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(20, 20, 20);
    struct stat st;
    assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
    const char *path = tmp_path(*state, "z.mhd");
    assert_int_equal(im_metaimage_write(path, &v, true, NULL), 0);
    assert_int_equal(stat(tmp_path(*state, "z.zraw"), &st), 0);
    assert_in_range(st.st_size, 1, 100);
    assert_int_equal(im_read(path, &back, NULL), 0);
    vt_same_voxels(&v, &back);
}

static void short_floats_are_refused(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(1, 1, 1);
    assert_int_equal(im_volume_init(&v, TN_F16, &g, NULL), 0);
    assert_int_equal(
        im_metaimage_write(tmp_path(*state, "f.mha"), &v, false, NULL),
        CS_E_UNSUPPORTED);
}

/* What cannot be written leaves the old pair as it was. */
static void a_failed_pair_leaves_the_old_one(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) other = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) back = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(2, 2, 2), h = vt_oblique();
    char dir[256];
    snprintf(dir, sizeof(dir), "%s", tmp_path(*state, "pair"));
    assert_int_equal(cs_mkdir_p(dir, 0700, NULL), 0);
    vt_init(&v, TN_I16, &g);
    vt_init(&other, TN_I16, &h);
    const char *path = tmp_path(dir, "p.mhd");
    assert_int_equal(im_metaimage_write(path, &v, false, NULL), 0);
    /* a folder where the compressed data should go */
    assert_int_equal(cs_mkdir_p(tmp_path(dir, "p.zraw"), 0700, NULL), 0);
    assert_true(im_metaimage_write(path, &other, true, NULL) < 0);
    assert_int_equal(im_read(path, &back, NULL), 0);
    vt_same_voxels(&v, &back);
    CS_SCOPED(cs_dir_list) left = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &left, NULL), 0);
    assert_int_equal(left.len, 3);
}

static void a_link_in_the_headers_place_is_refused(void **state)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(2, 2, 2);
    vt_init(&v, TN_I16, &g);
    const char *path = tmp_path(*state, "link.mhd");
    assert_int_equal(symlink("elsewhere.mhd", path), 0);
    assert_int_equal(im_metaimage_write(path, &v, false, NULL), CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_as_itk_writes_it),
        cmocka_unit_test(compressed_pairs_are_smaller_and_named_zraw),
        cmocka_unit_test(short_floats_are_refused),
        cmocka_unit_test(a_failed_pair_leaves_the_old_one),
        cmocka_unit_test(a_link_in_the_headers_place_is_refused),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
