#include "image/element.h"

#include "support/volume.h"

static void each_type_has_its_size_and_tensor(void **state)
{
    (void)state;
    for (int e = 0; e < IM_ELEMENTS; e++) {
        bool wider = e == IM_U32 || e == IM_U64;
        tn_dtype d = im_element_dtype((im_element)e);
        im_element back;
        assert_int_equal(tn_dtype_size(d),
                         wider ? 8 : im_element_size((im_element)e));
        assert_true(im_element_of(d, &back));
        assert_int_equal(back, wider ? IM_I64 : (im_element)e);
        if (!wider)
            assert_string_equal(im_element_name((im_element)e),
                                tn_dtype_name(d));
    }
    im_element e;
    assert_true(im_element_of(TN_BOOL, &e) && e == IM_U8);
    assert_false(im_element_of(TN_F16, &e));
    assert_false(im_element_of(TN_BF16, &e));
}

static void bytes_are_turned_around_in_place_and_unaligned(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 2, 4, 8};
    for (size_t s = 0; s < CS_COUNTOF(sizes); s++) {
        unsigned char from[1 + 24], to[24];
        for (size_t i = 0; i < sizeof(from); i++)
            from[i] = (unsigned char)(i * 7);
        size_t n = 24 / sizes[s];
        im_swap_bytes(from + 1, n, sizes[s], to);
        for (size_t i = 0; i < n; i++)
            for (size_t b = 0; b < sizes[s]; b++)
                assert_int_equal(to[i * sizes[s] + b],
                                 from[1 + i * sizes[s] + sizes[s] - 1 - b]);
        im_swap_bytes(from + 1, n, sizes[s], from + 1);
        assert_memory_equal(from + 1, to, 24);
    }
}

static void unsigned_numbers_are_widened_or_refused(void **state)
{
    (void)state;
    const uint32_t narrow[] = {0, 7, UINT32_MAX};
    uint64_t wide[] = {0, 7, INT64_MAX};
    int64_t to[3];
    cs_errinfo info = {0};
    assert_int_equal(im_element_widen(IM_U32, narrow, 3, to, NULL), 0);
    assert_int_equal(to[2], (int64_t)UINT32_MAX);
    assert_int_equal(im_element_widen(IM_U64, wide, 3, to, NULL), 0);
    assert_true(to[2] == INT64_MAX);
    wide[1] = UINT64_C(1) << 63;
    assert_int_equal(im_element_widen(IM_U64, wide, 3, to, &info), CS_E_RANGE);
    assert_string_equal(info.message, "voxel 1 is 9223372036854775808; more "
                                      "than 9223372036854775807 does not fit");
}

static int parse(const char *text, im_element e, size_t n, void *to,
                 cs_errinfo *info)
{
    return im_elements_parse(cs_str_of(text), e, n, to, "t", info);
}

static void numbers_are_read_from_text(void **state)
{
    (void)state;
    int16_t i16[4] = {0};
    uint64_t u64;
    float f[2];
    assert_int_equal(parse(" -32768\t0\r\n32767\n-1 ", IM_I16, 4, i16, NULL),
                     0);
    assert_true(i16[0] == INT16_MIN && i16[1] == 0 && i16[2] == INT16_MAX &&
                i16[3] == -1);
    assert_int_equal(parse("18446744073709551615", IM_U64, 1, &u64, NULL), 0);
    assert_true(u64 == UINT64_MAX);
    assert_int_equal(parse("1.5 -2e3", IM_F32, 2, f, NULL), 0);
    assert_true(f[0] == 1.5F && f[1] == -2000.0F);
    cs_errinfo info = {0};
    assert_int_equal(parse("1 2 32768", IM_I16, 3, i16, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "'t': voxel 2, '32768', is no i16");
    assert_int_equal(parse("1 2", IM_I16, 3, i16, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "'t' ends after 2 of 3 numbers");
    assert_int_equal(parse("1 2 3 4", IM_I16, 3, i16, &info), CS_E_FORMAT);
    assert_int_equal(parse("-1", IM_U8, 1, i16, &info), CS_E_FORMAT);
    assert_int_equal(parse("-129", IM_I8, 1, i16, &info), CS_E_FORMAT);
    assert_int_equal(parse("nan", IM_F32, 1, f, &info), CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_has_its_size_and_tensor),
        cmocka_unit_test(bytes_are_turned_around_in_place_and_unaligned),
        cmocka_unit_test(unsigned_numbers_are_widened_or_refused),
        cmocka_unit_test(numbers_are_read_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
