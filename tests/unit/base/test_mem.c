#include "base/mem.h"

#include <string.h>

#include "support/test.h"

static void a_size_of_zero_gives_something_to_free(void **state)
{
    (void)state;
    void *p = cs_malloc(0);
    void *q = cs_calloc(0, 8);
    assert_non_null(p);
    assert_non_null(q);
    assert_ptr_not_equal(p, q);
    cs_free(p);
    cs_free(q);
    cs_free(NULL);
}

static void products_that_overflow_are_refused(void **state)
{
    (void)state;
    size_t half = SIZE_MAX / 2 + 2;
    assert_null(cs_calloc(half, 2));
    char *p = cs_strdup("kept");
    assert_null(cs_realloc_array(p, half, 2));
    assert_string_equal(p, "kept");
    cs_free(p);
}

static void aligned_memory_is_aligned(void **state)
{
    (void)state;
    for (size_t align = sizeof(void *); align <= 65536; align *= 2) {
        void *p = cs_aligned_alloc(align, 10);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % align, 0);
        cs_free(p);
    }
}

static void copies_end_where_they_should(void **state)
{
    (void)state;
    CS_AUTO_MEM char *whole = cs_strdup("abc");
    CS_AUTO_MEM char *part = cs_strndup("abcdef", 3);
    CS_AUTO_MEM char *more = cs_strndup("ab", 100);
    CS_AUTO_MEM char *bytes = cs_memdup("a\0b", 4);
    assert_string_equal(whole, "abc");
    assert_string_equal(part, "abc");
    assert_string_equal(more, "ab");
    assert_memory_equal(bytes, "a\0b", 4);
}

static unsigned asked;

static bool refuse_second(const cs_alloc_site *site)
{
#ifdef CS_TRACK_ALLOC
    assert_non_null(strstr(site->file, "test_mem.c"));
    assert_true(site->line > 0);
#else
    (void)site;
#endif
    return ++asked != 2;
}

static void the_gate_sees_and_can_refuse_each_allocation(void **state)
{
    (void)state;
    asked = 0;
    cs_alloc_set_gate(refuse_second);
    char *first = cs_strdup("1");
    char *second = cs_strdup("2");
    char *third = cs_strdup("3");
    cs_alloc_set_gate(NULL);
    assert_non_null(first);
    assert_null(second);
    assert_non_null(third);
    assert_int_equal(asked, 3);
    cs_free(first);
    cs_free(third);
    cs_free(cs_strdup("unseen"));
    assert_int_equal(asked, 3);
}

static void taking_leaves_null_behind(void **state)
{
    (void)state;
    CS_AUTO_MEM char *mine = cs_strdup("x");
    char *yours = CS_TAKE(mine);
    assert_null(mine);
    assert_string_equal(yours, "x");
    cs_free(yours);
}

static void no_block_is_larger_than_pointers_can_tell_apart(void **state)
{
    (void)state;
    size_t huge = (size_t)PTRDIFF_MAX + 1;
    assert_null(cs_malloc(huge));
    assert_null(cs_calloc(huge, 1));
    assert_null(cs_aligned_alloc(64, huge));
    char *p = cs_strdup("kept");
    assert_null(cs_realloc_array(p, huge, 1));
    assert_string_equal(p, "kept");
    cs_free(p);
}

static void new_objects_are_zero(void **state)
{
    (void)state;
    struct pair {
        int *p;
        uint64_t n;
    };
    CS_AUTO_MEM struct pair *one = cs_new0(struct pair);
    assert_null(one->p);
    assert_int_equal(one->n, 0);
    CS_AUTO_MEM unsigned char *many = cs_calloc(1000, 3);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(many[i], 0);
}

static bool refuse_all(const cs_alloc_site *site)
{
    (void)site;
    return false;
}

static void every_kind_of_allocation_asks_the_gate(void **state)
{
    (void)state;
    char *kept = cs_strdup("kept");
    cs_alloc_set_gate(refuse_all);
    assert_null(cs_malloc(1));
    assert_null(cs_calloc(1, 1));
    assert_null(cs_realloc_array(kept, 100, 1));
    assert_null(cs_realloc_array(NULL, 1, 1));
    assert_null(cs_aligned_alloc(64, 64));
    assert_null(cs_memdup("x", 1));
    assert_null(cs_strdup("x"));
    assert_null(cs_strndup("x", 1));
    assert_null(cs_new0(int));
    cs_alloc_set_gate(NULL);
    assert_string_equal(kept, "kept");
    cs_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_of_zero_gives_something_to_free),
        cmocka_unit_test(products_that_overflow_are_refused),
        cmocka_unit_test(aligned_memory_is_aligned),
        cmocka_unit_test(copies_end_where_they_should),
        cmocka_unit_test(the_gate_sees_and_can_refuse_each_allocation),
        cmocka_unit_test(taking_leaves_null_behind),
        cmocka_unit_test(no_block_is_larger_than_pointers_can_tell_apart),
        cmocka_unit_test(new_objects_are_zero),
        cmocka_unit_test(every_kind_of_allocation_asks_the_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
