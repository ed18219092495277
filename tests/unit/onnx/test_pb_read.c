#include "onnx/pb_read.h"

#include "support/test.h"

#define BYTES(...)                                                             \
    ((cs_str){(const char *)(const unsigned char[]){__VA_ARGS__},              \
              sizeof((const unsigned char[]){__VA_ARGS__})})

static void fields_are_read_in_order(void **state)
{
    (void)state;
    ox_reader r = ox_read(BYTES(0x08, 0x96, 0x01, 0x12, 2, 'h', 'i', 0x1d, 0, 0,
                                0x80, 0x3f, 0x21, 1, 0, 0, 0, 0, 0, 0, 0x80));
    ox_field f;
    int64_t i = 0;
    cs_str s;
    float v = 0;
    assert_int_equal(ox_next(&r, &f, NULL), 1);
    assert_int_equal(f.number, 1);
    assert_int_equal(ox_get_int(&f, &i, NULL), 0);
    assert_int_equal(i, 150);
    assert_int_equal(ox_next(&r, &f, NULL), 1);
    assert_int_equal(ox_get_bytes(&f, &s, NULL), 0);
    assert_true(cs_str_is(s, "hi"));
    assert_int_equal(ox_next(&r, &f, NULL), 1);
    assert_int_equal(ox_get_float(&f, &v, NULL), 0);
    assert_true(v == 1);
    assert_int_equal(ox_next(&r, &f, NULL), 1);
    assert_true(f.number == 4 && f.value == 0x8000000000000001U);
    assert_int_equal(ox_next(&r, &f, NULL), 0);
}

static void a_field_of_another_kind_is_refused(void **state)
{
    (void)state;
    const ox_field f = {.number = 7, .wire = OX_FIXED64};
    cs_errinfo info = {0};
    int64_t i = 5;
    float v;
    cs_str s;
    size_t n;
    assert_int_equal(ox_get_int(&f, &i, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "field 7"));
    assert_int_equal(i, 5);
    assert_int_equal(ox_get_float(&f, &v, NULL), CS_E_FORMAT);
    assert_int_equal(ox_get_bytes(&f, &s, NULL), CS_E_FORMAT);
    assert_int_equal(ox_count(&f, 4, &n, NULL), CS_E_FORMAT);
}

static void expect_damage(cs_str bytes)
{
    ox_reader r = ox_read(bytes);
    ox_field f;
    assert_int_equal(ox_next(&r, &f, NULL), CS_E_FORMAT);
}

static void damage_is_refused(void **state)
{
    (void)state;
    expect_damage(BYTES(0x08));                   /* no value */
    expect_damage(BYTES(0x08, 0x80));             /* half a number */
    expect_damage(BYTES(0x00, 1));                /* field 0 */
    expect_damage(BYTES(0x0b, 0x0c));             /* a group */
    expect_damage(BYTES(0x0e, 0));                /* no such wire type */
    expect_damage(BYTES(0x12, 3, 'h', 'i'));      /* longer than the file */
    expect_damage(BYTES(0x15, 0, 0, 0));          /* three of four bytes */
    expect_damage(BYTES(0x11, 0, 0, 0, 0, 0, 0)); /* six of eight */
    expect_damage(BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 1, 0)); /* a field number
                                                                 of 38 bits */
    /* Lengths that would wrap, and a varint of 65 bits. */
    expect_damage(BYTES(0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                        0xff, 0x01, 'a'));
    expect_damage(BYTES(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                        0xff, 0x02));
}

static void negative_numbers_take_ten_bytes(void **state)
{
    (void)state;
    ox_reader r = ox_read(BYTES(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                0xff, 0xff, 0x01));
    ox_field f;
    int64_t i = 0;
    assert_int_equal(ox_next(&r, &f, NULL), 1);
    assert_int_equal(ox_get_int(&f, &i, NULL), 0);
    assert_int_equal(i, -1);
}

static void repeated_numbers_come_packed_or_alone(void **state)
{
    (void)state;
    ox_field packed = {.wire = OX_BYTES, .bytes = BYTES(1, 0x96, 1, 0)};
    const ox_field alone = {.wire = OX_VARINT, .value = 9};
    uint64_t v[3] = {0};
    size_t n = 0;
    assert_int_equal(ox_count(&packed, 0, &n, NULL), 0);
    assert_int_equal(n, 3);
    ox_numbers(&packed, 0, v);
    assert_true(v[0] == 1 && v[1] == 150 && v[2] == 0);
    assert_int_equal(ox_count(&alone, 0, &n, NULL), 0);
    assert_int_equal(n, 1);
    ox_numbers(&alone, 0, v);
    assert_true(v[0] == 9);
    assert_int_equal(ox_count(&packed, 4, &n, NULL), 0);
    assert_int_equal(n, 1);
    ox_numbers(&packed, 4, v);
    assert_true(v[0] == 0x00019601);
    assert_int_equal(ox_count(&packed, 8, &n, NULL), CS_E_FORMAT);
    packed.bytes = BYTES(1, 0x80);
    assert_int_equal(ox_count(&packed, 0, &n, NULL), CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_in_order),
        cmocka_unit_test(a_field_of_another_kind_is_refused),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(negative_numbers_take_ten_bytes),
        cmocka_unit_test(repeated_numbers_come_packed_or_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
