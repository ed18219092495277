#include "base/map.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "support/test.h"

#define MANY 100000

static cs_str key_of(char buffer[16], int i)
{
    int n = snprintf(buffer, 16, "key-%d", i);
    return (cs_str){buffer, (size_t)n};
}

static void put(cs_map *m, int i, void *value)
{
    char buffer[16];
    assert_int_equal(cs_map_put(m, key_of(buffer, i), value, NULL), 0);
}

static void *get(const cs_map *m, int i)
{
    char buffer[16];
    return cs_map_get(m, key_of(buffer, i));
}

static void many_keys_are_found_and_absent_ones_are_not(void **state)
{
    (void)state;
    static int values[MANY];
    cs_map m = CS_MAP_INIT;
    for (int i = 0; i < MANY; i++)
        put(&m, i, &values[i]);
    assert_int_equal(m.len, MANY);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(get(&m, i), &values[i]);
    assert_null(get(&m, MANY));
    assert_null(get(&m, -1));
    cs_map_done(&m);
}

static void iteration_follows_insertion_past_removals(void **state)
{
    (void)state;
    cs_map m = CS_MAP_INIT;
    for (int i = 0; i < 1000; i++)
        put(&m, i, &m);
    char buffer[16];
    for (int i = 0; i < 1000; i += 2)
        assert_ptr_equal(cs_map_remove(&m, key_of(buffer, i)), &m);
    put(&m, 0, NULL);
    assert_int_equal(m.len, 501);
    int expected = 1;
    const cs_map_entry *last = NULL;
    for (const cs_map_entry *e = NULL; (e = cs_map_next(&m, e));) {
        if (expected < 1000)
            assert_true(cs_str_eq(e->key, key_of(buffer, expected)));
        expected += 2;
        last = e;
    }
    assert_int_equal(expected, 1 + 2 * 501);
    assert_string_equal(last->key.data, "key-0");
    cs_map_done(&m);
}

static void replacing_gives_the_old_value_and_keeps_the_place(void **state)
{
    (void)state;
    int a = 1, b = 2;
    cs_map m = CS_MAP_INIT;
    void *old = &m;
    assert_int_equal(cs_map_put(&m, CS_STR("x"), &a, &old), 0);
    assert_null(old);
    put(&m, 1, NULL);
    assert_int_equal(cs_map_put(&m, CS_STR("x"), &b, &old), 0);
    assert_ptr_equal(old, &a);
    assert_int_equal(m.len, 2);
    assert_string_equal(cs_map_next(&m, NULL)->key.data, "x");
    cs_map_done(&m);
}

static void null_values_and_odd_keys_are_keys_too(void **state)
{
    (void)state;
    int a = 1, b = 2;
    cs_map m = CS_MAP_INIT;
    assert_int_equal(cs_map_put(&m, CS_STR(""), NULL, NULL), 0);
    assert_int_equal(cs_map_put(&m, CS_STR("a\0b"), &a, NULL), 0);
    assert_int_equal(cs_map_put(&m, CS_STR("a"), &b, NULL), 0);
    assert_null(cs_map_get(&m, CS_STR("")));
    assert_non_null(cs_map_find(&m, CS_STR("")));
    assert_null(cs_map_find(&m, CS_STR("a\0c")));
    assert_ptr_equal(cs_map_get(&m, CS_STR("a\0b")), &a);
    assert_ptr_equal(cs_map_get(&m, CS_STR("a")), &b);
    cs_map_done(&m);
}

static void churn_does_not_grow_the_map(void **state)
{
    (void)state;
    cs_map m = CS_MAP_INIT;
    char buffer[16];
    for (int i = 0; i < MANY; i++) {
        put(&m, i, &m);
        if (i >= 4)
            assert_non_null(cs_map_remove(&m, key_of(buffer, i - 4)));
    }
    assert_int_equal(m.len, 4);
    assert_in_range(m.slot_count, 8, 32);
    for (int i = MANY - 4; i < MANY; i++)
        assert_ptr_equal(get(&m, i), &m);
    cs_map_done(&m);
}

static void an_empty_map_answers_no(void **state)
{
    (void)state;
    cs_map m = CS_MAP_INIT;
    assert_null(get(&m, 1));
    assert_null(cs_map_next(&m, NULL));
    assert_null(cs_map_remove(&m, CS_STR("x")));
    put(&m, 1, &m);
    cs_map_clear(&m);
    assert_int_equal(m.len, 0);
    assert_null(get(&m, 1));
    put(&m, 1, &m);
    assert_ptr_equal(get(&m, 1), &m);
    cs_map_done(&m);
}

static void keys_removed_and_put_back_come_last(void **state)
{
    (void)state;
    static int values[MANY];
    char buffer[16];
    cs_map m = CS_MAP_INIT;
    for (int i = 0; i < MANY; i++)
        put(&m, i, &values[i]);
    for (int i = 0; i < MANY; i += 3)
        assert_ptr_equal(cs_map_remove(&m, key_of(buffer, i)), &values[i]);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(get(&m, i), i % 3 == 0 ? NULL : &values[i]);
    for (int i = MANY - 1; i >= 0; i--) {
        if (i % 3 == 0)
            put(&m, i, &values[i]);
    }
    assert_int_equal(m.len, MANY);
    const cs_map_entry *e = NULL;
    for (int i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            continue;
        e = cs_map_next(&m, e);
        assert_ptr_equal(e->value, &values[i]);
    }
    for (int i = (MANY - 1) / 3 * 3; i >= 0; i -= 3) {
        e = cs_map_next(&m, e);
        assert_ptr_equal(e->value, &values[i]);
    }
    assert_null(cs_map_next(&m, e));
    cs_map_done(&m);
}

static void a_key_is_copied(void **state)
{
    (void)state;
    char key[] = {'a', '\0', 'b'};
    cs_map m = CS_MAP_INIT;
    assert_int_equal(cs_map_put(&m, (cs_str){key, 3}, &m, NULL), 0);
    memset(key, 'x', sizeof(key));
    const cs_map_entry *e = cs_map_find(&m, CS_STR("a\0b"));
    assert_non_null(e);
    assert_int_equal(e->key.len, 3);
    assert_int_equal(e->key.data[3], '\0');
    /* also when the map's own copy is what is asked with */
    assert_ptr_equal(cs_map_remove(&m, e->key), &m);
    assert_int_equal(m.len, 0);
    cs_map_done(&m);
}

static bool refuse(const cs_alloc_site *site)
{
    (void)site;
    return false;
}

static void a_refused_put_changes_nothing(void **state)
{
    (void)state;
    cs_map m = CS_MAP_INIT;
    for (int i = 0; i < 500; i++) {
        void *old = &old;
        cs_alloc_set_gate(refuse);
        assert_int_equal(cs_map_put(&m, CS_STR("new"), &m, &old), CS_E_NOMEM);
        cs_alloc_set_gate(NULL);
        assert_ptr_equal(old, &old);
        assert_int_equal(m.len, i);
        assert_null(cs_map_find(&m, CS_STR("new")));
        put(&m, i, &m);
    }
    for (int i = 0; i < 500; i++)
        assert_ptr_equal(get(&m, i), &m);
    cs_map_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_keys_are_found_and_absent_ones_are_not),
        cmocka_unit_test(iteration_follows_insertion_past_removals),
        cmocka_unit_test(replacing_gives_the_old_value_and_keeps_the_place),
        cmocka_unit_test(null_values_and_odd_keys_are_keys_too),
        cmocka_unit_test(churn_does_not_grow_the_map),
        cmocka_unit_test(an_empty_map_answers_no),
        cmocka_unit_test(keys_removed_and_put_back_come_last),
        cmocka_unit_test(a_key_is_copied),
        cmocka_unit_test(a_refused_put_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
