#include "image/voxels.h"

#include "support/volume.h"

static tn_buffer *buffer_of(const void *p, size_t n, size_t at)
{
    tn_buffer *b = NULL;
    assert_int_equal(tn_buffer_new(at + n, &b, NULL), 0);
    memcpy((char *)tn_buffer_data(b) + at, p, n);
    return b;
}

static im_file_info info_of(im_element e)
{
    return (im_file_info){.element = e,
                          .dtype = im_element_dtype(e),
                          .slope = 1,
                          .geometry = im_geometry_plain(3, 1, 1)};
}

static void voxels_are_taken_where_they_lie_or_moved(void **state)
{
    (void)state;
    const int16_t x[] = {-1000, 0, 32767};
    const size_t offsets[] = {0, 352, 2, 7};
    for (size_t i = 0; i < CS_COUNTOF(offsets); i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        const im_file_info f = info_of(IM_I16);
        tn_buffer *b = buffer_of(x, sizeof(x), offsets[i]);
        assert_int_equal(im_voxels_take(b, offsets[i], &f, "a", &v, NULL), 0);
        assert_ptr_equal(v.voxels.buffer, b); /* no second copy */
        tn_buffer_unref(b);
        assert_memory_equal(im_i16(&v), x, sizeof(x));
        assert_int_equal((uintptr_t)im_i16(&v) % 32, 0);
    }
}

static void foreign_byte_order_is_set_right(void **state)
{
    (void)state;
    const unsigned char x[] = {0, 1, 1, 0, 0xff, 0xfe};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_file_info f = info_of(IM_I16);
    f.big_endian = true;
    tn_buffer *b = buffer_of(x, sizeof(x), 0);
    assert_int_equal(im_voxels_take(b, 0, &f, "a", &v, NULL), 0);
    tn_buffer_unref(b);
    assert_true(im_i16(&v)[0] == 1 && im_i16(&v)[1] == 256 &&
                im_i16(&v)[2] == -2);
}

static void unsigned_numbers_become_wider(void **state)
{
    (void)state;
    const unsigned char x[] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_file_info f = info_of(IM_U32);
    f.big_endian = true;
    tn_buffer *b = buffer_of(x, sizeof(x), 0);
    assert_int_equal(im_voxels_take(b, 0, &f, "a", &v, NULL), 0);
    tn_buffer_unref(b);
    const int64_t *got = tn_data(&v.voxels);
    assert_true(got[0] == UINT32_MAX && got[1] == 1 && got[2] == 0);
    const uint64_t large[] = {1, UINT64_MAX, 0};
    CS_SCOPED(im_volume) none = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    f = info_of(IM_U64);
    b = buffer_of(large, sizeof(large), 0);
    assert_int_equal(im_voxels_take(b, 0, &f, "a.raw", &none, &info),
                     CS_E_RANGE);
    assert_string_equal(info.place, "a.raw");
    tn_buffer_unref(b);
}

static void slopes_give_floats_rounded_once(void **state)
{
    (void)state;
    const int32_t x[] = {16777217, -3, 0};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_file_info f = info_of(IM_I32);
    f.slope = 0.5;
    f.intercept = -1024;
    f.dtype = TN_F32;
    tn_buffer *b = buffer_of(x, sizeof(x), 0);
    assert_int_equal(im_voxels_take(b, 0, &f, "a", &v, NULL), 0);
    tn_buffer_unref(b);
    assert_int_equal(v.voxels.dtype, TN_F32);
    for (size_t i = 0; i < 3; i++)
        assert_true(im_f32(&v)[i] == (float)((double)x[i] * 0.5 - 1024));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(voxels_are_taken_where_they_lie_or_moved),
        cmocka_unit_test(foreign_byte_order_is_set_right),
        cmocka_unit_test(unsigned_numbers_become_wider),
        cmocka_unit_test(slopes_give_floats_rounded_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
