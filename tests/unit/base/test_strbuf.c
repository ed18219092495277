#include "base/strbuf.h"

#include "base/error.h"
#include "base/mem.h"
#include "support/test.h"

static void an_untouched_buffer_is_an_empty_string(void **state)
{
    (void)state;
    cs_strbuf b = CS_STRBUF_INIT;
    assert_string_equal(b.data, "");
    assert_int_equal(cs_strbuf_check(&b), 0);
    cs_strbuf_clear(&b);
    cs_strbuf_done(&b);
    assert_string_equal(b.data, "");
}

static void appends_add_up(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "one");
    cs_strbuf_putc(&b, ' ');
    cs_strbuf_add_str(&b, CS_STR("two"));
    cs_strbuf_pad(&b, '.', 3);
    cs_strbuf_printf(&b, "%d|%s", 3, "four");
    cs_strbuf_append(&b, "\0x", 2);
    assert_int_equal(cs_strbuf_check(&b), 0);
    assert_int_equal(b.len, strlen("one two...3|four") + 2);
    assert_memory_equal(b.data, "one two...3|four\0x", b.len + 1);
}

static void long_texts_grow_the_buffer(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    for (int i = 0; i < 10000; i++)
        assert_int_equal(cs_strbuf_printf(&b, "%04d", i), 0);
    assert_int_equal(b.len, 40000);
    assert_memory_equal(b.data + 4 * 9876, "9876", 4);
    assert_int_equal(b.data[b.len], '\0');
}

static void taking_hands_the_text_over(void **state)
{
    (void)state;
    cs_strbuf b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "mine");
    char *text = cs_strbuf_take(&b);
    assert_string_equal(text, "mine");
    assert_string_equal(b.data, "");
    cs_free(text);
    text = cs_strbuf_take(&b);
    assert_string_equal(text, "");
    cs_free(text);
    cs_strbuf_done(&b);
}

static bool refuse(const cs_alloc_site *site)
{
    (void)site;
    return false;
}

static void failure_sticks_until_cleared_and_keeps_the_content(void **state)
{
    (void)state;
    cs_strbuf b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "before");
    cs_alloc_set_gate(refuse);
    assert_int_equal(cs_strbuf_pad(&b, 'x', 1000), CS_E_NOMEM);
    cs_alloc_set_gate(NULL);
    assert_string_equal(b.data, "before");
    assert_int_equal(cs_strbuf_add(&b, "y"), CS_E_NOMEM);
    assert_int_equal(cs_strbuf_check(&b), CS_E_NOMEM);
    cs_strbuf_clear(&b);
    assert_int_equal(cs_strbuf_add(&b, "again"), 0);
    assert_string_equal(b.data, "again");
    cs_strbuf_done(&b);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    cs_strbuf b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "x");
    assert_int_equal(cs_strbuf_reserve(&b, SIZE_MAX), CS_E_NOMEM);
    cs_strbuf_clear(&b);
    assert_int_equal(cs_strbuf_reserve(&b, SIZE_MAX - 1), CS_E_NOMEM);
    assert_null(cs_strbuf_take(&b));
    cs_strbuf_done(&b);
}

static void padding_and_formatting_nothing_is_fine(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_strbuf_pad(&b, 'x', 0), 0);
    assert_int_equal(cs_strbuf_printf(&b, "%s", ""), 0);
    assert_int_equal(cs_strbuf_append(&b, NULL, 0), 0);
    assert_int_equal(cs_strbuf_add_str(&b, (cs_str){NULL, 0}), 0);
    assert_string_equal(b.data, "");
    assert_int_equal(b.len, 0);
}

static void clearing_keeps_the_memory(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_strbuf_reserve(&b, 5000), 0);
    char *data = b.data;
    cs_strbuf_pad(&b, 'x', 5000);
    cs_strbuf_clear(&b);
    assert_string_equal(b.data, "");
    cs_strbuf_pad(&b, 'y', 5000);
    assert_ptr_equal(b.data, data);
    assert_true(cs_str_eq(cs_strbuf_str(&b), (cs_str){data, 5000}));
}

static void a_text_of_every_length_is_terminated(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n++) {
        CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
        assert_int_equal(cs_strbuf_printf(&b, "%*s", (int)n, ""), 0);
        assert_int_equal(b.len, n);
        assert_true(b.cap > n);
        assert_int_equal(b.data[n], '\0');
        assert_int_equal(cs_strbuf_putc(&b, '!'), 0);
        assert_int_equal(b.data[n], '!');
        assert_int_equal(b.data[n + 1], '\0');
    }
}

static void a_refused_take_leaves_an_empty_buffer(void **state)
{
    (void)state;
    cs_strbuf b = CS_STRBUF_INIT;
    cs_alloc_set_gate(refuse);
    assert_null(cs_strbuf_take(&b));
    cs_alloc_set_gate(NULL);
    assert_string_equal(b.data, "");
    assert_int_equal(cs_strbuf_check(&b), 0);
    assert_int_equal(cs_strbuf_add(&b, "ok"), 0);
    cs_strbuf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_buffer_is_an_empty_string),
        cmocka_unit_test(appends_add_up),
        cmocka_unit_test(long_texts_grow_the_buffer),
        cmocka_unit_test(taking_hands_the_text_over),
        cmocka_unit_test(failure_sticks_until_cleared_and_keeps_the_content),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(padding_and_formatting_nothing_is_fine),
        cmocka_unit_test(clearing_keeps_the_memory),
        cmocka_unit_test(a_text_of_every_length_is_terminated),
        cmocka_unit_test(a_refused_take_leaves_an_empty_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
