#include "weights/crc32.h"

#include <string.h>

#include "support/test.h"

static void known_sums(void **state)
{
    (void)state;
    assert_int_equal(wt_crc32(0, "", 0), 0);
    assert_int_equal(wt_crc32(0, "123456789", 9), 0xcbf43926U);
    assert_int_equal(
        wt_crc32(0, "The quick brown fox jumps over the lazy dog", 43),
        0x414fa339U);
}

static void pieces_give_the_sum_of_the_whole(void **state)
{
    (void)state;
    unsigned char bytes[100];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 37);
    uint32_t whole = wt_crc32(0, bytes, sizeof(bytes));
    for (size_t n = 0; n <= sizeof(bytes); n++) {
        uint32_t sum = wt_crc32(0, bytes, n);
        assert_int_equal(wt_crc32(sum, bytes + n, sizeof(bytes) - n), whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_sums),
        cmocka_unit_test(pieces_give_the_sum_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
