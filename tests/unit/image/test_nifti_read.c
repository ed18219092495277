#include "image/nifti.h"

#include <unistd.h>

#include "support/volume.h"

/* A .nii of the oblique volume, and its bytes. */
static size_t file_of(const char *dir, im_volume *v, unsigned char *bytes,
                      size_t room)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    const im_geometry g = vt_oblique();
    vt_init(v, TN_I16, &g);
    const char *path = tmp_path(dir, "from.nii");
    assert_int_equal(im_nifti_write(path, v, NULL), 0);
    assert_int_equal(cs_file_read(path, room, &b, NULL), 0);
    memcpy(bytes, b.data, b.len);
    return b.len;
}

static void reads(const char *path, const im_volume *v)
{
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    if (im_read(path, &got, &info) < 0)
        fail_msg("%s", info.message);
    vt_same_voxels(v, &got);
}

static void a_pair_is_read_by_its_header_only(void **state)
{
    const char *dir = *state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    unsigned char bytes[1024];
    size_t n = file_of(dir, &v, bytes, sizeof(bytes));
    const float none = 0;
    memcpy(bytes + 344, "ni1", 4);
    memcpy(bytes + 108, &none, sizeof(none));
    vt_bytes(dir, "p.hdr", bytes, 348);
    vt_bytes(dir, "p.img", bytes + 352, n - 352);
    reads(tmp_path(dir, "p.hdr"), &v);
    im_file_info said;
    assert_int_equal(im_read_info(tmp_path(dir, "p.hdr"), &said, NULL), 0);
    assert_string_equal(said.data, "p.img");
    vt_refused(tmp_path(dir, "p.img"), CS_E_FORMAT, "neither");
    vt_bytes(dir, "p.nii", bytes, 348);
    vt_refused(tmp_path(dir, "p.nii"), CS_E_FORMAT, "must be named .hdr");
    assert_int_equal(unlink(tmp_path(dir, "p.img")), 0);
    vt_refused(tmp_path(dir, "p.hdr"), CS_E_NOTFOUND, "names 'p.img'");
}

/* With both in one folder, each is its own. */
static void siblings_are_never_guessed(void **state)
{
    const char *dir = *state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) other = IM_VOLUME_INIT;
    const im_geometry g = vt_oblique(), h = im_geometry_plain(2, 2, 2);
    vt_init(&v, TN_I16, &g);
    vt_init(&other, TN_F32, &h);
    assert_int_equal(im_write(tmp_path(dir, "ct.nii"), &v, NULL, NULL), 0);
    assert_int_equal(im_write(tmp_path(dir, "ct.nii.gz"), &other, NULL, NULL),
                     0);
    reads(tmp_path(dir, "ct.nii"), &v);
    reads(tmp_path(dir, "ct.nii.gz"), &other);
}

static void voxels_after_extensions_are_found(void **state)
{
    const char *dir = *state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    unsigned char bytes[1024], with[1100] = {0};
    size_t n = file_of(dir, &v, bytes, sizeof(bytes));
    const float offset = 352 + 48;
    memcpy(with, bytes, 352);
    memcpy(with + 108, &offset, sizeof(offset));
    with[348] = 1;
    memcpy(with + 400, bytes + 352, n - 352);
    reads(vt_bytes(dir, "ext.nii", with, n + 48), &v);
}

static void truncated_files_are_refused(void **state)
{
    const char *dir = *state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    unsigned char bytes[1024];
    size_t n = file_of(dir, &v, bytes, sizeof(bytes));
    vt_refused(vt_bytes(dir, "t.nii", bytes, n - 1), CS_E_FORMAT,
               "t.nii' is too short: dim and datatype ask for 120 bytes");
    vt_refused(vt_bytes(dir, "t.nii", bytes, 351), CS_E_FORMAT, "too short");
    const int16_t huge = 32767;
    for (size_t at = 42; at < 48; at += 2)
        memcpy(bytes + at, &huge, sizeof(huge));
    vt_refused(vt_bytes(dir, "t.nii", bytes, n), CS_E_FORMAT, "too short");
}

static void compressed_files_lie_about_nothing(void **state)
{
    const char *dir = *state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    im_geometry g = vt_oblique();
    g.size[2] = 30;
    vt_init(&v, TN_I16, &g);
    const char *path = tmp_path(dir, "g.nii.gz");
    assert_int_equal(im_nifti_write(path, &v, NULL), 0);
    assert_int_equal(cs_file_read(path, 1 << 20, &b, NULL), 0);
    vt_refused(vt_bytes(dir, "cut.nii.gz", b.data, b.len - 9), CS_E_FORMAT,
               "cut.nii.gz' is cut short");
    vt_refused(vt_bytes(dir, "cut.nii.gz", b.data, 200), CS_E_FORMAT,
               "is cut short within its compressed data");
    b.data[b.len - 6] ^= 1;
    vt_refused(vt_bytes(dir, "crc.nii.gz", b.data, b.len), CS_E_FORMAT,
               "crc.nii.gz' is damaged");
    /* the header is stored as it is, 15 bytes in: now it asks for terabytes */
    b.data[b.len - 6] ^= 1;
    const int16_t huge = 32767;
    for (size_t at = 42; at < 48; at += 2)
        memcpy(b.data + 15 + at, &huge, sizeof(huge));
    vt_refused(vt_bytes(dir, "bomb.nii.gz", b.data, b.len), CS_E_FORMAT,
               "compressed bytes cannot hold");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_read_by_its_header_only),
        cmocka_unit_test(siblings_are_never_guessed),
        cmocka_unit_test(voxels_after_extensions_are_found),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(compressed_files_lie_about_nothing),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
