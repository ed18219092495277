#include "train/crc32c.h"

#include "support/test.h"

/* RFC 3720, B.4, and the check value of the catalogue of CRCs. */
static void known_sums(void **state)
{
    (void)state;
    unsigned char bytes[32] = {0};
    assert_int_equal(tr_crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(tr_crc32c(bytes, 32), 0x8a9136aa);
    for (int i = 0; i < 32; i++)
        bytes[i] = 0xff;
    assert_int_equal(tr_crc32c(bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++)
        bytes[i] = (unsigned char)i;
    assert_int_equal(tr_crc32c(bytes, 32), 0x46dd794e);
    assert_int_equal(tr_crc32c(NULL, 0), 0);
}

static void masks_turn_and_shift(void **state)
{
    (void)state;
    /* 0xe3069283 turned right by 15 is 0x2507c60d; with 0xa282ead8 added: */
    assert_int_equal(tr_crc32c_masked("123456789", 9),
                     (uint32_t)(0x2507c60dU + 0xa282ead8U));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_sums),
        cmocka_unit_test(masks_turn_and_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
