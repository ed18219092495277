/* Volumes, as somebody meets them who was sent some. */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "program.h"
#include "support/tmp.h"

/* 3 x 2 x 2 voxels with a place of their own. */
#define HEADER                                                                 \
    "ObjectType = Image\nNDims = 3\nDimSize = 3 2 2\n"                         \
    "ElementType = MET_SHORT\nElementSpacing = 0.5 0.75 2.5\n"                 \
    "Offset = -10 20.5 -300\nTransformMatrix = 0 1 0 -1 0 0 0 0 1\n"
static const int16_t voxels[12] = {-1024, -500, 0,   40,  70,  100,
                                   200,   300,  400, 500, 600, 3071};

static void put(void **state, const char *name, const char *header)
{
    char raw[64];
    snprintf(raw, sizeof(raw), "%s.raw", name);
    assert_int_equal(cs_file_write(tmp_path(*state, raw), voxels,
                                   sizeof(voxels), 0644, NULL),
                     0);
    char text[4096], mhd[64];
    snprintf(text, sizeof(text), "%sElementDataFile = %s\n", header, raw);
    snprintf(mhd, sizeof(mhd), "%s.mhd", name);
    tmp_write(*state, mhd, text);
}

static char *output_of(void **state, const char *const *args)
{
    static char text[1 << 16];
    program_run run = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&run, &result);
    if (status != 0)
        fail_msg("%d: %s", status, result.err.data);
    assert_string_equal(result.err.data, "");
    assert_in_range(result.out.len, 0, sizeof(text) - 1);
    memcpy(text, result.out.data, result.out.len + 1);
    cs_proc_result_done(&result);
    return text;
}

static json_t *info_of(void **state, const char *file)
{
    json_t *json = json_loads(
        output_of(state, ARGS("image", "info", "--json", file)), 0, NULL);
    assert_non_null(json);
    return json;
}

static void refused(void **state, int status, const char *const *args,
                    const char *says)
{
    expect_part(&(program_run){.args = args, .cwd = *state}, status, says);
}

static void info_says_what_and_where(void **state)
{
    put(state, "a", HEADER);
    assert_string_equal(output_of(state, ARGS("image", "info", "a.mhd")),
                        "a.mhd\n"
                        "  format        MetaImage, a.raw\n"
                        "  type          i16\n"
                        "  size          3 x 2 x 2\n"
                        "  spacing       0.5  0.75  2.5\n"
                        "  origin        -10  20.5  -300\n"
                        "  axes towards  PRS\n"
                        "  direction     0  -1  0\n"
                        "                1  0  0\n"
                        "                0  0  1\n"
                        "  values        -1024 .. 3071\n"
                        "  bytes         24 (24 B)\n");
    char *zh = output_of(state, ARGS("image", "info", "--lang=zh", "a.mhd"));
    assert_non_null(strstr(zh, "间距"));
    json_t *json = info_of(state, "a.mhd"), *file;
    file = json_array_get(json_object_get(json, "files"), 0);
    assert_true(json_number_value(json_object_get(file, "max")) == 3071);
    assert_true(json_number_value(json_array_get(
                    json_object_get(file, "spacing"), 2)) == 2.5);
    assert_string_equal(json_string_value(json_object_get(file, "axes")),
                        "PRS");
    json_decref(json);
}

/* Round and round through every format: the same numbers at the end. */
static void formats_lead_back_to_the_same_volume(void **state)
{
    put(state, "b", HEADER);
    static const char *const ways[] = {"b.mhd", "c.mha", "d.nii.gz",
                                       "e.nii", "f.mhd", "g.mha"};
    for (size_t i = 0; i + 1 < CS_COUNTOF(ways); i++) {
        const char *const plain[] = {"image", "convert", ways[i], ways[i + 1],
                                     NULL};
        const char *const packed[] = {"image",     "convert",    ways[i],
                                      ways[i + 1], "--compress", NULL};
        bool metaimage = strstr(ways[i + 1], ".m") != NULL;
        output_of(state, metaimage ? packed : plain);
    }
    json_t *first = info_of(state, "b.mhd"), *last = info_of(state, "g.mha");
    static const char *const keys[] = {"size", "spacing", "origin", "direction",
                                       "type", "min",     "max"};
    for (size_t i = 0; i < CS_COUNTOF(keys); i++) {
        json_t *a = json_object_get(
            json_array_get(json_object_get(first, "files"), 0), keys[i]);
        json_t *b = json_object_get(
            json_array_get(json_object_get(last, "files"), 0), keys[i]);
        assert_non_null(a);
        assert_true(json_equal(a, b));
    }
    json_decref(first);
    json_decref(last);
    output_of(state, ARGS("image", "convert", "g.mha", "h.mhd"));
    CS_SCOPED(cs_strbuf) raw = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_path(*state, "h.raw"), 100, &raw, NULL),
                     0);
    assert_int_equal(raw.len, sizeof(voxels));
    assert_memory_equal(raw.data, voxels, sizeof(voxels));
}

static void types_are_rounded_and_clamped_aloud(void **state)
{
    put(state, "t", HEADER);
    assert_string_equal(output_of(state, ARGS("image", "convert", "t.mhd",
                                              "t8.mha", "-t", "u8")),
                        "7 voxels did not fit u8 and were clamped\n");
    json_t *json = info_of(state, "t8.mha");
    json_t *file = json_array_get(json_object_get(json, "files"), 0);
    assert_true(json_number_value(json_object_get(file, "min")) == 0);
    assert_true(json_number_value(json_object_get(file, "max")) == 255);
    json_decref(json);
    assert_string_equal(output_of(state, ARGS("image", "convert", "t.mhd",
                                              "t32.mha", "-t", "f32")),
                        "");
}

static void pictures_come_one_or_all(void **state)
{
    put(state, "p", HEADER);
    output_of(state, ARGS("image", "convert", "p.mhd", "one.png", "-w", "lung",
                          "--slice", "1"));
    output_of(state, ARGS("image", "convert", "p.mhd", "all%02d.png"));
    assert_string_equal(
        output_of(state, ARGS("image", "convert", "p.mhd", "pictures/",
                              "--axis=coronal", "--window=40,400")),
        "3 pictures\n");
    static const char *const files[] = {"one.png", "all00.png", "all01.png",
                                        "pictures/coronal-0000.png",
                                        "pictures/coronal-0002.png"};
    struct stat st;
    for (size_t i = 0; i < CS_COUNTOF(files); i++)
        assert_int_equal(stat(tmp_path(*state, files[i]), &st), 0);
}

static void options_that_do_not_belong_are_refused(void **state)
{
    put(state, "o", HEADER);
    refused(state, 2, ARGS("image"), "ACTION");
    refused(state, 2, ARGS("image", "inof", "o.mhd"), "info, convert");
    refused(state, 2, ARGS("image", "info"), "FILE");
    refused(state, 2, ARGS("image", "convert", "o.mhd"), "OUT");
    refused(state, 2, ARGS("image", "convert", "o.mhd", "x.jpg"),
            "'x.jpg': expected a name that ends in .mhd");
    refused(state, 2, ARGS("image", "convert", "o.mhd", "x.png", "-t", "u8"),
            "belong to volumes");
    refused(state, 2, ARGS("image", "convert", "o.mhd", "x.mha", "-w", "lung"),
            "belong to pictures");
    refused(state, 2, ARGS("image", "convert", "o.mhd", "x.png", "-w", "0,-5"),
            "--window: expected");
    refused(state, 2, ARGS("image", "convert", "o.mhd", "x%s.png"),
            "expected one number");
    refused(state, 2, ARGS("image", "convert", "o.mhd", "x.nii", "-z"),
            "ends in .nii.gz");
    refused(state, 3,
            ARGS("image", "convert", "o.mhd", "x.png", "--slice", "2"),
            "there is no slice 2; this axis has 0 to 1");
}

static void what_is_read_is_not_written_over(void **state)
{
    put(state, "own", HEADER);
    tmp_write(*state, "other.mhd", HEADER "ElementDataFile = own.raw\n");
    refused(state, 2, ARGS("image", "convert", "own.mhd", "./own.mhd"),
            "'own.mhd' is read, and the result would replace it");
    refused(state, 2, ARGS("image", "convert", "other.mhd", "own.mhd", "-z"),
            "./own.raw' is read");
    assert_int_equal(symlink("own.mhd", tmp_path(*state, "link.mhd")), 0);
    refused(state, 2, ARGS("image", "convert", "own.mhd", "link.mhd"),
            "'own.mhd' is read");
    output_of(state, ARGS("image", "info", "own.mhd", "other.mhd"));
}

/* Only what the replaced header called its own, under its own name. */
static void old_voxels_go_with_their_header(void **state)
{
    put(state, "s", HEADER);
    struct stat st;
    output_of(state, ARGS("image", "convert", "s.mhd", "t.mhd", "-z"));
    assert_int_equal(stat(tmp_path(*state, "t.zraw"), &st), 0);
    output_of(state, ARGS("image", "convert", "s.mhd", "t.mhd"));
    assert_int_equal(stat(tmp_path(*state, "t.raw"), &st), 0);
    assert_int_equal(stat(tmp_path(*state, "t.zraw"), &st), -1);
    tmp_write(*state, "t.zraw", "somebody's");
    output_of(state, ARGS("image", "convert", "s.mhd", "t.mhd"));
    assert_int_equal(stat(tmp_path(*state, "t.zraw"), &st), 0);
    tmp_write(*state, "u.mhd", HEADER "ElementDataFile = s.raw\n");
    output_of(state, ARGS("image", "convert", "t.mhd", "u.mhd", "-z"));
    assert_int_equal(stat(tmp_path(*state, "s.raw"), &st), 0);
}

static void half_a_series_of_pictures_is_not_left(void **state)
{
    put(state, "h", HEADER);
    struct stat st;
    assert_int_equal(mkdir(tmp_path(*state, "half01.png"), 0700), 0);
    refused(state, 3, ARGS("image", "convert", "h.mhd", "half%02d.png"),
            "half01.png");
    assert_int_equal(stat(tmp_path(*state, "half00.png"), &st), -1);
    assert_int_equal(stat(tmp_path(*state, "half01.png"), &st), 0);
}

/* One line that names file and field, and nothing written. */
static void bad_volumes_are_told_in_one_line(void **state)
{
    char dir[512];
    snprintf(dir, sizeof(dir), "%s/bad", (char *)*state);
    assert_int_equal(cs_mkdir_p(dir, 0700, NULL), 0);
    void *at = dir;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"Dear colleague,\n", "x.mhd:1: a MetaImage header has lines"},
        {"NDims = 4\nDimSize = 3 2 2 2\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 1 1 1\nElementDataFile = x.raw\n",
         "DimSize: 2 volumes in one file; split them"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT_ARRAY\n"
         "ElementSpacing = 1 1 1\nElementDataFile = x.raw\n",
         "ElementType: 'MET_SHORT_ARRAY' is not supported"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT\n"
         "ElementNumberOfChannels = 3\nElementSpacing = 1 1 1\n"
         "ElementDataFile = x.raw\n",
         "colours and vectors are no volume of one value each"},
        {"NDims = 3\nDimSize = 3 2 0\nElementType = MET_SHORT\n"
         "ElementDataFile = x.raw\n",
         "x.mhd:2: DimSize"},
        {"NDims = 3\nDimSize = 30000 30000 30000\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 1 1\nElementDataFile = x.raw\n",
         "x.raw' is too short: DimSize and ElementType ask for"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 0 1\nElementDataFile = x.raw\n",
         "x.mhd: ElementSpacing: 0 along axis 2"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 1 1\nTransformMatrix = 1 0 0 1 0 0 0 0 1\n"
         "ElementDataFile = x.raw\n",
         "x.mhd: TransformMatrix"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 1 1\nElementDataFile = gone.raw\n",
         "x.mhd: ElementDataFile names 'gone.raw'"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 1 1\nElementDataFile = /etc/passwd\n",
         "x.mhd: ElementDataFile '/etc/passwd' may lead out"},
        {"NDims = 3\nDimSize = 3 2 2\nElementType = MET_SHORT\n"
         "ElementSpacing = 1 1 1\nElementDataFile = fifo\n",
         "fifo' is not a regular file"},
    };
    tmp_write(dir, "x.raw", "12345");
    assert_int_equal(mkfifo(tmp_path(dir, "fifo"), 0600), 0);
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        tmp_write(dir, "x.mhd", cases[i].text);
        refused(&at, 3, ARGS("image", "info", "x.mhd"), cases[i].says);
        refused(&at, 3, ARGS("image", "convert", "x.mhd", "y.mhd"),
                cases[i].says);
    }
    CS_SCOPED(cs_dir_list) left = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &left, NULL), 0);
    assert_int_equal(left.len, 3);
}

/* Whoever reads the answer must not meet the first half of it. */
static void a_bad_file_after_a_good_one_leaves_no_half_document(void **state)
{
    put(state, "good", HEADER);
    tmp_write(*state, "bad.mhd", "NDims = 3\n");
    const program_run run = {
        .args = ARGS("image", "info", "--json", "good.mhd", "bad.mhd"),
        .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 3);
    assert_string_equal(result.out.data ? result.out.data : "", "");
    cs_proc_result_done(&result);
}

/* A message in one language, field names and all. */
static void too_short_is_said_in_chinese(void **state)
{
    put(state, "short",
        "NDims = 3\nDimSize = 3 2 9\n"
        "ElementType = MET_SHORT\nElementSpacing = 1 1 1\n");
    refused(state, 3, ARGS("image", "info", "--lang=zh", "short.mhd"),
            "DimSize 和 ElementType");
}

/* Made by ITK and by nibabel; what they must hold was read by those. */
static void real_scans_are_read(void **state)
{
    static const char data[] = CS_SOURCE_DIR "/../shared/data/ct";
    struct stat st;
    if (stat(data, &st) < 0) {
        print_message("skipped: data not present\n");
        skip();
    }
    char *text = output_of(
        state, ARGS("image", "info",
                    CS_SOURCE_DIR "/../shared/data/ct/lung/3DCT_lung.mha"));
    assert_non_null(strstr(text, "MetaImage, zlib"));
    assert_non_null(strstr(text, "115 x 157 x 129\n"));
    assert_non_null(strstr(text, "1.366  1.366  2.5\n"));
    assert_non_null(strstr(text, "-153.827  -150.352  -1434.5\n"));
    assert_non_null(strstr(text, "-1255 .. 1474\n"));
    text = output_of(state,
                     ARGS("image", "info",
                          CS_SOURCE_DIR
                          "/../shared/data/ct/chest-crop/ct_cropped.nii.gz"));
    assert_non_null(strstr(text, "NIfTI-1, gzip"));
    assert_non_null(strstr(text, "-71.65820312  -255.6582031  576.2000122\n"));
    assert_non_null(strstr(text, "-1064 .. 3343\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_says_what_and_where),
        cmocka_unit_test(formats_lead_back_to_the_same_volume),
        cmocka_unit_test(types_are_rounded_and_clamped_aloud),
        cmocka_unit_test(pictures_come_one_or_all),
        cmocka_unit_test(options_that_do_not_belong_are_refused),
        cmocka_unit_test(what_is_read_is_not_written_over),
        cmocka_unit_test(old_voxels_go_with_their_header),
        cmocka_unit_test(half_a_series_of_pictures_is_not_left),
        cmocka_unit_test(bad_volumes_are_told_in_one_line),
        cmocka_unit_test(a_bad_file_after_a_good_one_leaves_no_half_document),
        cmocka_unit_test(too_short_is_said_in_chinese),
        cmocka_unit_test(real_scans_are_read),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
