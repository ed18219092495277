#include "base/arena.h"

#include "base/mem.h"
#include "support/test.h"

static void memory_is_zeroed_aligned_and_separate(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    unsigned char *blocks[200];
    for (size_t i = 0; i < CS_COUNTOF(blocks); i++) {
        blocks[i] = cs_arena_alloc(&a, i);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_equal(blocks[i][k], 0);
            blocks[i][k] = (unsigned char)i;
        }
    }
    for (size_t i = 0; i < CS_COUNTOF(blocks); i++) {
        for (size_t k = 0; k < i; k++)
            assert_int_equal(blocks[i][k], (unsigned char)i);
    }
    cs_arena_done(&a);
}

static void a_block_larger_than_any_chunk_fits(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    char *small = cs_arena_strdup(&a, "small");
    char *large = cs_arena_alloc(&a, (size_t)5 << 20);
    assert_non_null(large);
    large[((size_t)5 << 20) - 1] = 1;
    assert_string_equal(small, "small");
    cs_arena_done(&a);
}

static void the_limit_holds_and_refusal_changes_nothing(void **state)
{
    (void)state;
    cs_arena a;
    cs_arena_init(&a, 1024);
    assert_non_null(cs_arena_alloc(&a, 1000));
    size_t used = a.used;
    assert_null(cs_arena_alloc(&a, 100));
    assert_int_equal(a.used, used);
    assert_non_null(cs_arena_alloc(&a, 8));
    cs_arena_done(&a);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    assert_null(cs_arena_alloc(&a, SIZE_MAX));
    assert_null(cs_arena_alloc(&a, SIZE_MAX - 64));
    assert_null(cs_arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(cs_arena_strcopy(&a, (cs_str){"", SIZE_MAX}));
    assert_int_equal(a.used, 0);
    cs_arena_done(&a);
}

static void clearing_keeps_one_chunk_and_zeroes_again(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            char *p = cs_arena_alloc(&a, 400);
            assert_int_equal(p[0], 0);
            p[0] = p[399] = 'x';
        }
        cs_arena_clear(&a);
        assert_int_equal(a.used, 0);
        assert_non_null(a.chunks);
    }
    cs_arena_done(&a);
    cs_arena_clear(&a);
    assert_null(a.chunks);
}

static void texts_are_copied_and_terminated(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    assert_string_equal(cs_arena_strcopy(&a, (cs_str){"abcdef", 3}), "abc");
    assert_string_equal(cs_arena_strcopy(&a, (cs_str){NULL, 0}), "");
    assert_string_equal(cs_arena_printf(&a, "%s-%d", "n", 7), "n-7");
    int *one = cs_arena_new(&a, int);
    assert_int_equal(*one, 0);
    cs_arena_done(&a);
}

static void the_limit_counts_again_after_clearing(void **state)
{
    (void)state;
    cs_arena a;
    cs_arena_init(&a, 10000);
    for (int round = 0; round < 5; round++) {
        assert_non_null(cs_arena_alloc(&a, 9984));
        assert_non_null(cs_arena_alloc(&a, 16));
        assert_null(cs_arena_alloc(&a, 1));
        cs_arena_clear(&a);
    }
    cs_arena_done(&a);
    assert_int_equal(a.limit, 10000);
    assert_non_null(cs_arena_alloc(&a, 1));
    cs_arena_done(&a);
}

static void a_block_of_size_zero_is_distinct(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    void *p = cs_arena_alloc(&a, 0), *q = cs_arena_array(&a, 0, 8);
    assert_non_null(p);
    assert_non_null(q);
    assert_ptr_not_equal(p, q);
    cs_arena_done(&a);
}

static void memory_that_was_used_is_zeroed_when_given_again(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    char *p = cs_arena_alloc(&a, 100);
    memset(p, 0x5a, 100);
    cs_arena_clear(&a);
    char *q = cs_arena_alloc(&a, 100);
    assert_ptr_equal(q, p);
    for (int i = 0; i < 100; i++)
        assert_int_equal(q[i], 0);
    cs_arena_done(&a);
}

static bool refuse(const cs_alloc_site *site)
{
    (void)site;
    return false;
}

static void a_refused_chunk_leaves_the_arena_as_it_was(void **state)
{
    (void)state;
    cs_arena a = CS_ARENA_INIT;
    char *text = cs_arena_strdup(&a, "text");
    size_t used = a.used;
    cs_alloc_set_gate(refuse);
    assert_null(cs_arena_alloc(&a, 100000));
    assert_non_null(cs_arena_alloc(&a, 16)); /* the chunk has room for it */
    cs_alloc_set_gate(NULL);
    assert_int_equal(a.used, used + 16);
    assert_string_equal(text, "text");
    assert_non_null(cs_arena_alloc(&a, 100000));
    cs_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_separate),
        cmocka_unit_test(a_block_larger_than_any_chunk_fits),
        cmocka_unit_test(the_limit_holds_and_refusal_changes_nothing),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(clearing_keeps_one_chunk_and_zeroes_again),
        cmocka_unit_test(texts_are_copied_and_terminated),
        cmocka_unit_test(the_limit_counts_again_after_clearing),
        cmocka_unit_test(a_block_of_size_zero_is_distinct),
        cmocka_unit_test(memory_that_was_used_is_zeroed_when_given_again),
        cmocka_unit_test(a_refused_chunk_leaves_the_arena_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
