#include "image/metaimage.h"

#include "support/volume.h"

#define PLAIN                                                                  \
    "NDims = 3\nDimSize = 5 4 3\nElementType = MET_SHORT\n"                    \
    "ElementSpacing = 0.5 0.75 2\n"

static int parse(const char *text, im_metaimage *m, cs_errinfo *info)
{
    return im_metaimage_parse(cs_str_of(text), "a.mhd", m, info);
}

/* The header's lines before ElementDataFile, and what is said of them. */
static void refused(const char *lines, int code, const char *says)
{
    char text[2048], line[1024];
    cs_errinfo info = {0};
    im_metaimage m;
    snprintf(text, sizeof(text), "%sElementDataFile = a.raw\n", lines);
    int r = parse(text, &m, &info);
    cs_errinfo_format(&info, line, sizeof(line));
    if (r != code || !strstr(line, says))
        fail_msg("%s: %d '%s', expected '%s'", lines, r, line, says);
}

static void a_plain_header_is_read(void **state)
{
    (void)state;
    im_metaimage m;
    assert_int_equal(parse(PLAIN "ElementDataFile = LOCAL\nvoxels", &m, NULL),
                     0);
    const im_geometry *g = &m.info.geometry;
    assert_true(g->size[0] == 5 && g->size[1] == 4 && g->size[2] == 3);
    assert_true(g->spacing[0] == 0.5 && g->spacing[2] == 2);
    assert_true(g->origin[0] == 0 && g->direction[0] == 1);
    assert_int_equal(m.info.element, IM_I16);
    assert_int_equal(m.info.packing, IM_PLAIN);
    assert_false(m.info.big_endian || m.info.placed);
    assert_string_equal(m.info.data, "");
    assert_int_equal(m.text, strlen(PLAIN "ElementDataFile = LOCAL\n"));
}

/* A row of the text is the direction of one axis of the grid. */
static void a_row_of_the_matrix_is_a_column_of_ours(void **state)
{
    (void)state;
    static const char *const names[] = {"TransformMatrix", "Orientation",
                                        "Rotation"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        char text[512];
        im_metaimage m;
        snprintf(text, sizeof(text),
                 PLAIN "%s = 0 1 0 0 0 1 1 0 0\nOrigin = 10 20 30\n"
                       "ElementDataFile = a.raw\n",
                 names[i]);
        assert_int_equal(parse(text, &m, NULL), 0);
        /* one step along x goes 0.5 mm towards +y of the world */
        const double grid[3] = {1, 0, 0};
        double world[3];
        im_grid_to_world(&m.info.geometry, grid, world);
        assert_true(world[0] == 10 && world[1] == 20.5 && world[2] == 30);
        const double last[3] = {0, 0, 1};
        im_grid_to_world(&m.info.geometry, last, world);
        assert_true(world[0] == 12 && world[1] == 20 && world[2] == 30);
        assert_true(m.info.placed);
    }
}

static void two_and_four_axes_are_three(void **state)
{
    (void)state;
    im_metaimage m;
    assert_int_equal(parse("NDims = 2\nDimSize = 5 4\nElementType = MET_UCHAR\n"
                           "ElementSpacing = 0.5 0.75\nOffset = 1 2\n"
                           "TransformMatrix = 0 1 -1 0\n"
                           "ElementDataFile = a.raw\n",
                           &m, NULL),
                     0);
    const im_geometry *g = &m.info.geometry;
    assert_true(g->size[2] == 1 && g->spacing[2] == 1 && g->origin[1] == 2);
    assert_true(g->direction[3] == 1 && g->direction[1] == -1 &&
                g->direction[8] == 1);
    assert_int_equal(
        parse("NDims = 4\nDimSize = 5 4 3 1\nElementType = MET_UCHAR\n"
              "ElementSpacing = 0.5 0.75 2 1\nPosition = 1 2 3 0\n"
              "TransformMatrix = 1 0 0 0  0 1 0 0  0 0 1 0  0 0 0 1\n"
              "ElementDataFile = a.raw\n",
              &m, NULL),
        0);
    assert_true(m.info.geometry.size[2] == 3 && m.info.geometry.origin[2] == 3);
}

static void every_type_of_number_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        im_element element;
    } types[] = {
        {"MET_CHAR", IM_I8},       {"MET_UCHAR", IM_U8},
        {"MET_SHORT", IM_I16},     {"MET_USHORT", IM_U16},
        {"MET_INT", IM_I32},       {"MET_UINT", IM_U32},
        {"MET_LONG", IM_I32},      {"MET_ULONG", IM_U32},
        {"MET_LONG_LONG", IM_I64}, {"MET_ULONG_LONG", IM_U64},
        {"MET_FLOAT", IM_F32},     {"MET_DOUBLE", IM_F64},
    };
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        char text[512];
        im_metaimage m;
        snprintf(text, sizeof(text),
                 "NDims = 3\nDimSize = 1 1 1\nElementSpacing = 1 1 1\n"
                 "ElementType = %s\nElementDataFile = LOCAL\n",
                 types[i].name);
        assert_int_equal(parse(text, &m, NULL), 0);
        assert_int_equal(m.info.element, types[i].element);
    }
}

static void notes_comments_and_carriage_returns_do_no_harm(void **state)
{
    (void)state;
    im_metaimage m;
    assert_int_equal(
        parse("# made by hand\r\nObjectType = Image\r\nComment = a = b\r\n\r\n"
              "NDims=3\r\nDimSize =  5  4\t3 \r\nMyKey = anything: at all\r\n"
              "ElementType = MET_FLOAT\r\nElementSize = 1 2 3\r\n"
              "ElementByteOrderMSB = true\r\nCompressedData = True\r\n"
              "CompressedDataSize = 17\r\nHeaderSize = 0\r\n"
              "ElementNumberOfChannels = 1\r\nDistanceUnits = mm\r\n"
              "ElementDataFile = a b.zraw\r\n",
              &m, NULL),
        0);
    assert_true(m.info.big_endian);
    assert_int_equal(m.info.packing, IM_ZLIB);
    assert_int_equal(m.packed, 17);
    assert_true(m.info.geometry.spacing[2] == 3);
    assert_string_equal(m.info.data, "a b.zraw");
}

static void geometry_that_is_none_is_refused_by_field(void **state)
{
    (void)state;
    static const char type[] = "ElementType = MET_SHORT\n";
    char text[512];
    static const struct {
        const char *lines, *says;
    } cases[] = {
        {"NDims = 3\nDimSize = 0 4 3\n", "a.mhd:2: DimSize: '0 4 3'"},
        {"NDims = 3\nDimSize = -5 4 3\n", "DimSize"},
        {"NDims = 3\nDimSize = 5 4\n", "DimSize"},
        {"NDims = 3\nDimSize = 5 4 3 2\n", "DimSize"},
        {"NDims = 3\nDimSize = 99999999999 1 1\n", "DimSize"},
        {"NDims = 3\nDimSize = 2147483647 2147483647 2147483647\n"
         "ElementSpacing = 1 1 1\n",
         "a.mhd: DimSize: 2147483647 x"},
        {"NDims = 5\nDimSize = 1 1 1 1 1\n", "NDims: '5'"},
        {"NDims = 4\nDimSize = 1 1 1 7\nElementSpacing = 1 1 1 1\n",
         "7 volumes in one file"},
        {"DimSize = 1 1 1\n", "NDims is missing"},
        {"NDims = 3\n", "DimSize is missing"},
        {"NDims = 3\nDimSize = 5 4 3\n", "ElementSpacing is missing"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 0 1\n",
         "a.mhd: ElementSpacing: 0 along axis 2"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 1 -2.5\n",
         "ElementSpacing: -2.5 along axis 3"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 nan 1\n",
         "a.mhd:3: ElementSpacing: 'nan' is no finite number"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 1 1\n"
         "Offset = 0 inf 0\n",
         "a.mhd:4: Offset: 'inf'"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 1 1\nOffset = 0 0\n",
         "Offset has 2 numbers, NDims asks for 3"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 1 1\n"
         "TransformMatrix = 1 0 0 0 1 0 0 0 0\n",
         "TransformMatrix: the axes are not"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 1 1\n"
         "Rotation = 1 0 0 0 1 0 0 0 1 0\n",
         "Rotation has more than the 9 numbers"},
        {"NDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 1 1\n"
         "Offset = 0 0 0\nOrigin = 0 0 1\n",
         "a.mhd:5: Origin says otherwise than Offset in line 4"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        snprintf(text, sizeof(text), "%s%s", cases[i].lines, type);
        refused(text, CS_E_FORMAT, cases[i].says);
    }
}

static void what_we_do_not_read_is_refused_with_a_reason(void **state)
{
    (void)state;
    refused("NDims = 3\nDimSize = 0x4 1 1\nElementType = MET_SHORT\n"
            "ElementSpacing = 1 1 1\nElementDataFile = LOCAL\n",
            CS_E_FORMAT, "DimSize: '0x4 1 1' is not");
    refused("NDims = 0x3\nDimSize = 4 1 1\nElementType = MET_SHORT\n"
            "ElementSpacing = 1 1 1\nElementDataFile = LOCAL\n",
            CS_E_FORMAT, "NDims: '0x3' is not");
    refused(PLAIN "ElementNumberOfChannels = 3\n", CS_E_FORMAT,
            "ElementNumberOfChannels is '3'");
    refused("NDims = 3\nDimSize = 1 1 1\nElementType = MET_FLOAT_ARRAY\n",
            CS_E_FORMAT, "ElementType: 'MET_FLOAT_ARRAY'");
    refused("NDims = 3\nDimSize = 1 1 1\n", CS_E_FORMAT,
            "ElementType is missing");
    refused(PLAIN "DistanceUnits = um\n", CS_E_FORMAT, "DistanceUnits");
    refused(PLAIN "ObjectType = Tube\n", CS_E_FORMAT, "ObjectType: 'Tube'");
    refused(PLAIN "BinaryData = maybe\n", CS_E_FORMAT,
            "BinaryData: 'maybe' is not True or False");
    refused(PLAIN "CompressedData = True\nBinaryData = False\n", CS_E_FORMAT,
            "exclude each other");
    refused(PLAIN "HeaderSize = -2\n", CS_E_FORMAT, "HeaderSize: '-2'");
    refused(PLAIN "HeaderSize = -1\nCompressedData = True\n", CS_E_FORMAT,
            "HeaderSize = -1 needs");
    refused(PLAIN "this is a letter\n", CS_E_FORMAT, "a.mhd:5: a MetaImage");
    im_metaimage m;
    cs_errinfo info = {0};
    assert_int_equal(parse(PLAIN "ElementDataFile =\n", &m, &info),
                     CS_E_FORMAT);
    assert_int_equal(parse(PLAIN, &m, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "ElementDataFile is missing");
}

static void a_header_without_end_is_not_read_to_its_end(void **state)
{
    (void)state;
    size_t n = (size_t)1 << 20;
    CS_AUTO_MEM char *text = cs_malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        text[i] = "K = V\n"[i % 6];
    im_metaimage m;
    cs_errinfo info = {0};
    assert_int_equal(im_metaimage_parse((cs_str){text, n}, "a", &m, &info),
                     CS_E_FORMAT);
    assert_non_null(strstr(info.message, "in the first 64 KiB"));
}

/* RAI: from right, front and below, which is our LPS. */
static void letters_are_held_against_the_matrix(void **state)
{
    (void)state;
    im_metaimage m;
    const char *const end = "ElementDataFile = a.raw\n";
    char text[512];
    snprintf(text, sizeof(text), PLAIN "AnatomicalOrientation = RAI\n%s", end);
    assert_int_equal(parse(text, &m, NULL), 0);
    assert_false(m.info.contradicted);
    snprintf(text, sizeof(text),
             PLAIN "AnatomicalOrientation = RAI\n"
                   "TransformMatrix = -1 0 0 0 -1 0 0 0 1\n%s",
             end);
    assert_int_equal(parse(text, &m, NULL), 0);
    assert_true(m.info.contradicted);
    snprintf(text, sizeof(text),
             PLAIN "AnatomicalOrientation = LPI\n"
                   "TransformMatrix = -1 0 0 0 -1 0 0 0 1\n%s",
             end);
    assert_int_equal(parse(text, &m, NULL), 0);
    assert_false(m.info.contradicted);
    snprintf(text, sizeof(text), PLAIN "AnatomicalOrientation = ???\n%s", end);
    assert_int_equal(parse(text, &m, NULL), 0);
    refused(PLAIN "AnatomicalOrientation = LPI\n", CS_E_FORMAT,
            "no TransformMatrix says");
    refused(PLAIN "AnatomicalOrientation = XYZ\n", CS_E_FORMAT,
            "AnatomicalOrientation: 'XYZ'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_header_is_read),
        cmocka_unit_test(a_row_of_the_matrix_is_a_column_of_ours),
        cmocka_unit_test(two_and_four_axes_are_three),
        cmocka_unit_test(every_type_of_number_is_known),
        cmocka_unit_test(notes_comments_and_carriage_returns_do_no_harm),
        cmocka_unit_test(geometry_that_is_none_is_refused_by_field),
        cmocka_unit_test(what_we_do_not_read_is_refused_with_a_reason),
        cmocka_unit_test(a_header_without_end_is_not_read_to_its_end),
        cmocka_unit_test(letters_are_held_against_the_matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
