#include "base/random.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

/* The vectors published with Random123 for philox4x32-10. */
static void the_generator_is_philox(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } rows[] = {
        {{0, 0, 0, 0},
         {0, 0},
         {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        uint32_t out[4];
        cs_philox(rows[i].counter, rows[i].key, out);
        assert_memory_equal(out, rows[i].out, sizeof(out));
    }
}

static void a_word_depends_on_seed_stream_and_index_only(void **state)
{
    (void)state;
    uint32_t words[100];
    cs_rng r = cs_rng_stream(7, 9);
    for (size_t i = 0; i < 100; i++)
        words[i] = cs_rng_u32(&r);
    for (size_t i = 100; i-- > 0;) {
        cs_rng_seek(&r, i);
        assert_int_equal(cs_rng_u32(&r), words[i]);
    }
    cs_rng other = cs_rng_stream(7, 10), seed = cs_rng_stream(8, 9);
    assert_int_not_equal(cs_rng_u32(&other), words[0]);
    assert_int_not_equal(cs_rng_u32(&seed), words[0]);
}

static void filling_gives_the_scalar_values_from_any_offset(void **state)
{
    (void)state;
    uint32_t words[200];
    float uniform[200], normal[200];
    cs_rng r = cs_rng_stream(3, 1);
    for (uint64_t from = 0; from < 9; from++) {
        for (size_t n = 0; n <= 200; n += 67 - from) {
            cs_rng_fill_u32(&r, from, words, n);
            cs_rng_fill_uniform_f32(&r, from, uniform, n);
            cs_rng_fill_normal_f32(&r, from, normal, n);
            for (size_t i = 0; i < n; i++) {
                cs_rng one = r;
                cs_rng_seek(&one, from + i);
                cs_rng again = one, third = one;
                assert_int_equal(words[i], cs_rng_u32(&one));
                float u = cs_rng_uniform_f32(&again);
                float z = cs_rng_normal_f32(&third);
                assert_memory_equal(&uniform[i], &u, sizeof(u));
                assert_memory_equal(&normal[i], &z, sizeof(z));
            }
        }
    }
}

static void derived_streams_follow_name_and_number(void **state)
{
    (void)state;
    cs_rng root = cs_rng_stream(1, 0), moved = root;
    cs_rng_u32(&moved);
    cs_rng a = cs_rng_derive(&root, "augment", 4);
    cs_rng same = cs_rng_derive(&moved, "augment", 4);
    cs_rng b = cs_rng_derive(&root, "augment", 5);
    cs_rng c = cs_rng_derive(&root, "sample", 4);
    uint64_t first = cs_rng_u64(&a);
    assert_true(cs_rng_u64(&same) == first);
    assert_true(cs_rng_u64(&b) != first);
    assert_true(cs_rng_u64(&c) != first);
}

#define DRAWS 200000

static void below_is_even(void **state)
{
    (void)state;
    cs_rng r = cs_rng_stream(11, 0);
    unsigned counts[7] = {0};
    for (int i = 0; i < DRAWS; i++)
        counts[cs_rng_below(&r, 7)]++;
    double chi2 = 0, expected = DRAWS / 7.0;
    for (int i = 0; i < 7; i++)
        chi2 += pow(counts[i] - expected, 2) / expected;
    assert_true(chi2 < 22.46); /* 6 degrees of freedom, p = 0.001 */
    assert_true(cs_rng_below(&r, 1) == 0);
    uint64_t large = (UINT64_C(1) << 63) + 1;
    for (int i = 0; i < 1000; i++)
        assert_true(cs_rng_below(&r, large) < large);
}

static void uniform_values_fill_the_unit_interval(void **state)
{
    (void)state;
    cs_rng r = cs_rng_stream(12, 0);
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double u =
            i % 2 ? cs_rng_uniform_f64(&r) : (double)cs_rng_uniform_f32(&r);
        assert_true(u >= 0 && u < 1);
        sum += u;
        squares += u * u;
    }
    double mean = sum / DRAWS;
    assert_true(fabs(mean - 0.5) < 4 * 0.2887 / sqrt(DRAWS));
    assert_true(fabs(squares / DRAWS - mean * mean - 1.0 / 12) < 0.001);
}

static void normal_values_have_their_moments(void **state)
{
    (void)state;
    cs_rng r = cs_rng_stream(13, 0);
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int i = 0; i < DRAWS; i++) {
        double z =
            i % 2 ? cs_rng_normal_f64(&r) : (double)cs_rng_normal_f32(&r);
        m1 += z;
        m2 += z * z;
        m3 += z * z * z;
        m4 += z * z * z * z;
    }
    double n = DRAWS;
    assert_true(fabs(m1 / n) < 4 / sqrt(n));
    assert_true(fabs(m2 / n - 1) < 4 * sqrt(2 / n));
    assert_true(fabs(m3 / n) < 4 * sqrt(15 / n));
    assert_true(fabs(m4 / n - 3) < 4 * sqrt(96 / n));
}

static void shuffling_keeps_all_and_favours_none(void **state)
{
    (void)state;
    cs_rng r = cs_rng_stream(14, 0);
    unsigned first[5] = {0};
    for (int i = 0; i < 50000; i++) {
        int cards[5] = {0, 1, 2, 3, 4};
        cs_rng_shuffle(&r, cards, 5, sizeof(cards[0]));
        unsigned seen = 0;
        for (int k = 0; k < 5; k++)
            seen |= 1u << cards[k];
        assert_int_equal(seen, 31);
        first[cards[0]]++;
    }
    for (int k = 0; k < 5; k++)
        assert_in_range(first[k], 9600, 10400);
    char big[3][100];
    memset(big, 'x', sizeof(big));
    cs_rng_shuffle(&r, big, 3, sizeof(big[0]));
    cs_rng_shuffle(&r, big, 0, sizeof(big[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_is_philox),
        cmocka_unit_test(a_word_depends_on_seed_stream_and_index_only),
        cmocka_unit_test(filling_gives_the_scalar_values_from_any_offset),
        cmocka_unit_test(derived_streams_follow_name_and_number),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(uniform_values_fill_the_unit_interval),
        cmocka_unit_test(normal_values_have_their_moments),
        cmocka_unit_test(shuffling_keeps_all_and_favours_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
