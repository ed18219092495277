#include "image/nifti.h"

#include "support/volume.h"

/* A header of the version that the extents ask for, to be spoilt. */
typedef struct made {
    unsigned char bytes[IM_NIFTI2_VOXELS];
    size_t size;
} made;

static made make(size_t x)
{
    made m = {{0}, 0};
    im_geometry g = vt_oblique();
    g.size[0] = x;
    m.size = im_nifti_make(&g, IM_I16, m.bytes);
    return m;
}

static int parse(const made *m, im_nifti *n, cs_errinfo *info)
{
    return im_nifti_parse(m->bytes, m->size, "a.nii", n, info);
}

static void put16(made *m, size_t at, int16_t v)
{
    memcpy(m->bytes + at, &v, sizeof(v));
}

static void putf(made *m, size_t at, float v)
{
    memcpy(m->bytes + at, &v, sizeof(v));
}

static void refused(const made *m, int code, const char *says)
{
    im_nifti n;
    cs_errinfo info = {0};
    assert_int_equal(parse(m, &n, &info), code);
    if (!strstr(info.message, says))
        fail_msg("'%s', expected '%s'", info.message, says);
}

static void both_versions_are_read_again(void **state)
{
    (void)state;
    const size_t extents[] = {5, 40000};
    for (size_t i = 0; i < 2; i++) {
        im_nifti n;
        im_geometry g = vt_oblique();
        g.size[0] = extents[i];
        const made m = make(extents[i]);
        assert_true(im_nifti_is(m.bytes, m.size));
        assert_int_equal(parse(&m, &n, NULL), 0);
        assert_int_equal(n.info.format, i ? IM_NIFTI2 : IM_NIFTI1);
        assert_int_equal(n.offset, i ? 544 : 352);
        assert_int_equal(n.info.element, IM_I16);
        assert_false(n.pair || n.info.big_endian);
        vt_same_place(&g, &n.info.geometry, i ? 1e-11 : 1e-2);
    }
}

/* Turned around field by field, by the widths of the format. */
static void turn(made *m, bool two)
{
    static const unsigned char widths1[][2] = {
        {4, 1}, {1, 28}, {4, 1},   {2, 1}, {1, 2},  {2, 8},
        {4, 3}, {2, 4},  {4, 8},   {4, 3}, {2, 1},  {1, 2},
        {4, 4}, {4, 2},  {1, 104}, {2, 2}, {4, 18}, {1, 20}};
    static const unsigned char widths2[][2] = {
        {4, 1}, {1, 8}, {2, 2},   {8, 8}, {8, 3},  {8, 8}, {8, 1},
        {8, 6}, {8, 2}, {1, 104}, {4, 2}, {8, 18}, {4, 3}};
    const unsigned char(*w)[2] = two ? widths2 : widths1;
    size_t n = two ? CS_COUNTOF(widths2) : CS_COUNTOF(widths1), at = 0;
    for (size_t i = 0; i < n; at += (size_t)w[i][0] * w[i][1], i++)
        im_swap_bytes(m->bytes + at, w[i][1], w[i][0], m->bytes + at);
}

static void both_byte_orders_are_read(void **state)
{
    (void)state;
    const size_t extents[] = {5, 40000};
    for (size_t i = 0; i < 2; i++) {
        made m = make(extents[i]);
        im_nifti plain, turned;
        assert_int_equal(parse(&m, &plain, NULL), 0);
        turn(&m, i == 1);
        assert_int_equal(parse(&m, &turned, NULL), 0);
        assert_true(turned.info.big_endian);
        assert_memory_equal(&plain.info.geometry, &turned.info.geometry,
                            sizeof(im_geometry));
        assert_int_equal(plain.offset, turned.offset);
    }
}

static void wrong_fields_are_named(void **state)
{
    (void)state;
    made m = make(5);
    put16(&m, 70, 128);
    refused(&m, CS_E_FORMAT, "a.nii: datatype 128");
    m = make(5);
    put16(&m, 40, 1);
    refused(&m, CS_E_FORMAT, "dim[0] is 1");
    m = make(5);
    put16(&m, 44, -4);
    refused(&m, CS_E_FORMAT, "dim[2] is -4");
    m = make(5);
    put16(&m, 40, 4);
    put16(&m, 48, 20);
    refused(&m, CS_E_FORMAT, "dim[4] is 20: more than one volume");
    m = make(5);
    putf(&m, 108, 100.0F);
    refused(&m, CS_E_FORMAT, "vox_offset is 100");
    putf(&m, 108, 352.5F);
    refused(&m, CS_E_FORMAT, "vox_offset is 352.5");
    putf(&m, 108, NAN);
    refused(&m, CS_E_FORMAT, "vox_offset is ");
    m = make(5);
    putf(&m, 116, INFINITY);
    refused(&m, CS_E_FORMAT, "scl_inter");
    m = make(5);
    memset(m.bytes + 344, 0, 4);
    refused(&m, CS_E_FORMAT, "no NIfTI mark");
    m = make(5);
    m.size = 347;
    refused(&m, CS_E_FORMAT, "has no NIfTI header");
    m = make(40000);
    m.size = 539;
    refused(&m, CS_E_FORMAT, "ends within its NIfTI-2 header");
    m = make(40000);
    const int64_t huge = INT64_MAX;
    memcpy(m.bytes + 24, &huge, 8);
    refused(&m, CS_E_FORMAT, "a.nii: dim: 9223372036854775807 x");
}

static void four_axes_with_one_volume_are_three(void **state)
{
    (void)state;
    made m = make(5);
    im_nifti n;
    put16(&m, 40, 5);
    assert_int_equal(parse(&m, &n, NULL), 0);
    put16(&m, 40, 2);
    assert_int_equal(parse(&m, &n, NULL), 0);
    assert_int_equal(n.info.geometry.size[2], 1);
}

static void slopes_make_floats_only_where_they_change_anything(void **state)
{
    (void)state;
    const struct {
        float slope, intercept;
        tn_dtype dtype;
    } cases[] = {{1, 0, TN_I16},       {0, 5, TN_I16}, {NAN, 5, TN_I16},
                 {1, 5, TN_F32},       {2, 0, TN_F32}, {-1, 0, TN_F32},
                 {INFINITY, 0, TN_I16}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        made m = make(5);
        im_nifti n;
        putf(&m, 112, cases[i].slope);
        putf(&m, 116, cases[i].intercept);
        assert_int_equal(parse(&m, &n, NULL), 0);
        assert_int_equal(n.info.dtype, cases[i].dtype);
        assert_true(cases[i].dtype == TN_F32 ||
                    (n.info.slope == 1 && n.info.intercept == 0));
    }
}

static void a_missing_offset_is_the_usual_one(void **state)
{
    (void)state;
    made m = make(5);
    im_nifti n;
    putf(&m, 108, 0);
    assert_int_equal(parse(&m, &n, NULL), 0);
    assert_int_equal(n.offset, 352);
    memcpy(m.bytes + 344, "ni1", 4);
    assert_int_equal(parse(&m, &n, NULL), 0);
    assert_true(n.pair && n.offset == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_are_read_again),
        cmocka_unit_test(both_byte_orders_are_read),
        cmocka_unit_test(wrong_fields_are_named),
        cmocka_unit_test(four_axes_with_one_volume_are_three),
        cmocka_unit_test(slopes_make_floats_only_where_they_change_anything),
        cmocka_unit_test(a_missing_offset_is_the_usual_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
