#include "image/metaimage.h"

#include <unistd.h>

#include "base/dir.h"
#include "support/volume.h"

#define HEAD                                                                   \
    "NDims = 3\nDimSize = 2 2 3\nElementType = MET_SHORT\n"                    \
    "ElementSpacing = 1 1 1\n"
static const int16_t voxels[12] = {1,  -2, 3,     -4,     5,  -6,
                                   70, -8, 32767, -32768, 11, 0};

static const char *header(const char *dir, const char *lines)
{
    char text[4096];
    snprintf(text, sizeof(text), HEAD "%s\n", lines);
    return tmp_write(dir, "a.mhd", text);
}

static void reads(const char *path)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    if (im_read(path, &v, &info) < 0)
        fail_msg("%s", info.message);
    assert_memory_equal(im_i16(&v), voxels, sizeof(voxels));
}

static void data_beside_the_header_are_read(void **state)
{
    const char *dir = *state;
    vt_bytes(dir, "a.raw", voxels, sizeof(voxels));
    reads(header(dir, "ElementDataFile = a.raw"));
    /* other things in front of them */
    char more[7 + sizeof(voxels)] = "prefix";
    memcpy(more + 7, voxels, sizeof(voxels));
    vt_bytes(dir, "more.raw", more, sizeof(more));
    reads(header(dir, "HeaderSize = 7\nElementDataFile = more.raw"));
    reads(header(dir, "HeaderSize = -1\nElementDataFile = more.raw"));
}

static void big_endian_data_are_turned_around(void **state)
{
    unsigned char turned[sizeof(voxels)];
    im_swap_bytes(voxels, 12, 2, turned);
    vt_bytes(*state, "big.raw", turned, sizeof(turned));
    reads(header(*state,
                 "BinaryDataByteOrderMSB = True\nElementDataFile = big.raw"));
}

static void text_is_read_as_numbers(void **state)
{
    const char *dir = *state;
    reads(header(dir, "BinaryData = False\nElementDataFile = LOCAL\n"
                      "1 -2 3 -4\n5 -6 70 -8\n32767 -32768 11 0"));
    vt_refused(header(dir, "BinaryData = False\nElementDataFile = LOCAL\n"
                           "1 -2 3 -4\n5 -6 70 -8\n32767 -32768 11"),
               CS_E_FORMAT, "ends after 11 of 12 numbers");
    vt_refused(header(dir, "BinaryData = False\nElementDataFile = LOCAL\n1"),
               CS_E_FORMAT, "cannot be as many numbers");
}

static void slices(const char *dir)
{
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof(name), "s%03d.raw", i + 8);
        vt_bytes(dir, name, voxels + (size_t)i * 4, 8);
    }
}

static void slices_are_read_from_a_list_or_a_pattern(void **state)
{
    const char *dir = *state;
    slices(dir);
    reads(header(dir, "ElementDataFile = LIST\ns008.raw\ns009.raw\ns010.raw"));
    reads(header(dir, "ElementDataFile = LIST 2D\r\ns008.raw\r\n\r\n"
                      "s009.raw\r\ns010.raw"));
    reads(header(dir, "ElementDataFile = s%03d.raw 8 10 1"));
    reads(header(dir, "ElementDataFile = s%03d.raw 8 10"));
    reads(header(dir, "ElementDataFile = s%03d.raw 8"));
    vt_bytes(dir, "all.raw", voxels, sizeof(voxels));
    reads(header(dir, "ElementDataFile = LIST 3D\nall.raw"));
}

static void wrong_lists_are_refused(void **state)
{
    const char *dir = *state;
    slices(dir);
    vt_refused(header(dir, "ElementDataFile = LIST\ns008.raw\ns009.raw"),
               CS_E_FORMAT, "LIST has 2 names, DimSize asks for 3");
    vt_refused(header(dir, "ElementDataFile = LIST\ns008.raw\nx.raw\ns010.raw"),
               CS_E_NOTFOUND, "names 'x.raw', and there is no such file");
    vt_refused(header(dir, "ElementDataFile = LIST\n../s008.raw"), CS_E_UNSAFE,
               "may lead out of the header's folder");
    vt_refused(header(dir, "ElementDataFile = LIST 1D\ns008.raw"), CS_E_FORMAT,
               "LIST 1D");
    static const char *const patterns[] = {
        "s%03d.raw 8 11 1", "s%03d.raw 8 10 0", "s%s.raw 8 10 1",
        "s%03d%03d.raw",    "s%n.raw",          "s%999999999d.raw",
        "s%d.raw 8 x",      "s%03d.raw -1",     "s%03d.raw 8 10 1 1"};
    for (size_t i = 0; i < CS_COUNTOF(patterns); i++) {
        char line[128];
        snprintf(line, sizeof(line), "ElementDataFile = %s", patterns[i]);
        vt_refused(header(dir, line), CS_E_FORMAT,
                   "does not name the 3 slices");
    }
    vt_bytes(dir, "s009.raw", voxels, 7);
    vt_refused(header(dir, "ElementDataFile = s%03d.raw 8 10 1"), CS_E_FORMAT,
               "s009.raw' is too short");
}

/* Thousands of names of nothing: one line, at once. */
static void ten_thousand_missing_slices_are_one_error(void **state)
{
    const char *dir = *state;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_strbuf_add(&text, "NDims = 3\nDimSize = 100000 100000 10000\n"
                         "ElementType = MET_DOUBLE\nElementSpacing = 1 1 1\n"
                         "ElementDataFile = LIST\n");
    for (int i = 0; i < 10000; i++)
        cs_strbuf_printf(&text, "tiny%05d.raw\n", i);
    assert_int_equal(cs_strbuf_check(&text), 0);
    tmp_write(dir, "tiny00000.raw", "x");
    vt_refused(tmp_write(dir, "many.mhd", text.data), CS_E_FORMAT,
               "tiny00000.raw' is too short");
}

static void sizes_that_do_not_fit_are_refused(void **state)
{
    const char *dir = *state;
    vt_bytes(dir, "a.raw", voxels, sizeof(voxels) - 1);
    vt_refused(header(dir, "ElementDataFile = a.raw"), CS_E_FORMAT,
               "a.raw' is too short: DimSize and ElementType ask for 24 bytes");
    char more[sizeof(voxels) + 1] = "";
    vt_bytes(dir, "a.raw", more, sizeof(more));
    vt_refused(header(dir, "ElementDataFile = a.raw"), CS_E_FORMAT,
               "has 25 bytes, DimSize and ElementType ask for 24");
    vt_refused(header(dir, "HeaderSize = 99\nElementDataFile = a.raw"),
               CS_E_FORMAT, "a.raw' is too short");
    vt_refused(tmp_write(dir, "huge.mhd",
                         "NDims = 3\nDimSize = 2000000 2000000 100000\n"
                         "ElementType = MET_UCHAR\nElementSpacing = 1 1 1\n"
                         "CompressedData = True\nElementDataFile = a.raw\n"),
               CS_E_FORMAT, "compressed bytes cannot hold");
    vt_refused(header(dir, "CompressedData = True\nElementDataFile = a.raw"),
               CS_E_FORMAT, "the compressed data in");
    vt_refused(header(dir, "CompressedData = True\nCompressedDataSize = 77\n"
                           "ElementDataFile = a.raw"),
               CS_E_FORMAT,
               "is too short: HeaderSize and CompressedDataSize ask for 77");
}

static void a_header_does_not_lead_elsewhere(void **state)
{
    const char *dir = *state;
    vt_refused(header(dir, "ElementDataFile = /etc/passwd"), CS_E_UNSAFE,
               "put the file beside the header and write its plain name");
    vt_refused(header(dir, "ElementDataFile = ../a.raw"), CS_E_UNSAFE,
               "ElementDataFile '../a.raw'");
    vt_refused(header(dir, "ElementDataFile = none.raw"), CS_E_NOTFOUND,
               "ElementDataFile names 'none.raw'");
    assert_int_equal(cs_mkdir_p(tmp_path(dir, "d.raw"), 0700, NULL), 0);
    vt_refused(header(dir, "ElementDataFile = d.raw"), CS_E_FORMAT,
               "d.raw' is not a regular file");
}

static void headers_in_the_working_folder_find_their_data(void **state)
{
    const char *dir = *state;
    char before[4096];
    vt_bytes(dir, "a.raw", voxels, sizeof(voxels));
    header(dir, "ElementDataFile = a.raw");
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(dir), 0);
    reads("a.mhd");
    reads("./a.mhd");
    assert_int_equal(chdir(before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_beside_the_header_are_read),
        cmocka_unit_test(big_endian_data_are_turned_around),
        cmocka_unit_test(text_is_read_as_numbers),
        cmocka_unit_test(slices_are_read_from_a_list_or_a_pattern),
        cmocka_unit_test(wrong_lists_are_refused),
        cmocka_unit_test(ten_thousand_missing_slices_are_one_error),
        cmocka_unit_test(sizes_that_do_not_fit_are_refused),
        cmocka_unit_test(a_header_does_not_lead_elsewhere),
        cmocka_unit_test(headers_in_the_working_folder_find_their_data),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
