#include "base/message.h"

#include <string.h>

#include "base/message_table.h"
#include "base/utf8.h"
#include "support/test.h"

static void english_is_the_key_itself(void **state)
{
    (void)state;
    const char *text = "out of memory";
    assert_ptr_equal(cs_msg(CS_LANG_EN, text), text);
}

static void chinese_comes_from_the_table(void **state)
{
    (void)state;
    assert_string_equal(cs_msg(CS_LANG_ZH, "out of memory"), "内存不足");
}

static void an_unknown_text_stays_as_it_is(void **state)
{
    (void)state;
    const char *text = "no catalogue holds this";
    assert_ptr_equal(cs_msg(CS_LANG_ZH, text), text);
}

static void the_table_is_sorted_complete_and_valid(void **state)
{
    (void)state;
    assert_true(cs_message_table_zh_len > 10);
    for (size_t i = 0; i < cs_message_table_zh_len; i++) {
        const cs_message_entry *e = &cs_message_table_zh[i];
        assert_true(strlen(e->msgid) > 0 && strlen(e->text) > 0);
        assert_true(cs_utf8_valid(e->text, strlen(e->text)));
        if (i > 0)
            assert_true(strcmp(e[-1].msgid, e->msgid) < 0);
        assert_ptr_equal(cs_msg(CS_LANG_ZH, e->msgid), e->text);
    }
}

static void a_locale_chooses_the_language(void **state)
{
    (void)state;
    static const char *const chinese[] = {"zh", "zh_CN", "zh_CN.UTF-8",
                                          "zh-Hans", "zh.UTF-8"};
    for (size_t i = 0; i < CS_COUNTOF(chinese); i++)
        assert_int_equal(cs_lang_from_locale(chinese[i]), CS_LANG_ZH);
    static const char *const english[] = {NULL,  "",  "C",     "en_US.UTF-8",
                                          "zha", "z", "de_CH", "ZH"};
    for (size_t i = 0; i < CS_COUNTOF(english); i++)
        assert_int_equal(cs_lang_from_locale(english[i]), CS_LANG_EN);
    assert_string_equal(cs_lang_tag(CS_LANG_ZH), "zh-CN");
    assert_string_equal(cs_lang_tag(CS_LANG_EN), "en");
}

static void chinese_formats_keep_their_conversions(void **state)
{
    (void)state;
    for (size_t i = 0; i < cs_message_table_zh_len; i++) {
        const cs_message_entry *e = &cs_message_table_zh[i];
        const char *a = e->msgid, *b = e->text;
        while (a && b) {
            a = strchr(a, '%');
            b = strchr(b, '%');
            if (!a != !b || (a && strncmp(a, b, 2) != 0))
                fail_msg("%s", e->msgid);
            if (a) {
                a += 2;
                b += 2;
            }
        }
    }
}

static void chinese_texts_are_one_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < cs_message_table_zh_len; i++) {
        const cs_message_entry *e = &cs_message_table_zh[i];
        bool multiline = strchr(e->msgid, '\n') != NULL;
        assert_int_equal(strchr(e->text, '\n') != NULL, multiline);
        assert_null(strchr(e->text, '\x1b'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_is_the_key_itself),
        cmocka_unit_test(chinese_comes_from_the_table),
        cmocka_unit_test(an_unknown_text_stays_as_it_is),
        cmocka_unit_test(the_table_is_sorted_complete_and_valid),
        cmocka_unit_test(a_locale_chooses_the_language),
        cmocka_unit_test(chinese_formats_keep_their_conversions),
        cmocka_unit_test(chinese_texts_are_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
