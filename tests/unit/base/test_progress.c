#include "base/progress.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "support/test.h"

static cs_strbuf out = CS_STRBUF_INIT;
static cs_manual_clock now;

static void sink(void *ctx, cs_str text)
{
    assert_ptr_equal(ctx, &out);
    cs_strbuf_add_str(&out, text);
}

static void start(cs_progress *p, cs_progress_mode mode, uint64_t total,
                  cs_lang lang)
{
    cs_strbuf_clear(&out);
    cs_manual_clock_init(&now, 0);
    const cs_progress_spec spec = {mode, "reading",  total, 50,
                                   lang, &now.clock, sink,  &out};
    cs_progress_start(p, &spec);
}

static void advance_ms(int64_t ms)
{
    cs_manual_clock_advance(&now, ms * CS_NS_PER_MS);
}

static void a_terminal_shows_bar_rate_and_time_left(void **state)
{
    (void)state;
    cs_progress p;
    start(&p, CS_PROGRESS_TERMINAL, 40, CS_LANG_EN);
    advance_ms(10000);
    cs_progress_update(&p, 10);
    assert_string_equal(out.data, "\rreading  ███░░░░░░░░░  25%  10/40  1/s"
                                  "  30 s left\x1b[K");
}

static void it_is_drawn_at_most_ten_times_a_second(void **state)
{
    (void)state;
    cs_progress p;
    start(&p, CS_PROGRESS_TERMINAL, 1000, CS_LANG_EN);
    for (uint64_t i = 1; i <= 1000; i++) {
        advance_ms(1);
        cs_progress_update(&p, i);
    }
    size_t drawn = 0;
    for (size_t i = 0; i < out.len; i++)
        drawn += out.data[i] == '\r';
    assert_int_equal(drawn, 10);
    cs_progress_finish(&p);
    assert_non_null(strstr(out.data, "100%  1000/1000"));
    assert_int_equal(out.data[out.len - 1], '\n');
}

static void every_line_fits_the_terminal(void **state)
{
    (void)state;
    for (int lang = CS_LANG_EN; lang <= CS_LANG_ZH; lang++) {
        cs_progress p;
        start(&p, CS_PROGRESS_TERMINAL, 1000000, (cs_lang)lang);
        cs_progress_value(&p, "loss", 0.123456);
        cs_progress_value(&p, "dice", 0.9);
        for (uint64_t i = 1; i < 1000000; i *= 3) {
            advance_ms(977);
            cs_strbuf_clear(&out);
            cs_progress_update(&p, i);
            size_t end = out.len - 3;
            assert_true(cs_utf8_width(out.data + 1, end - 1) < 50);
        }
    }
}

static void elsewhere_a_line_is_written_for_each_tenth(void **state)
{
    (void)state;
    cs_progress p;
    start(&p, CS_PROGRESS_PLAIN, 20, CS_LANG_EN);
    cs_progress_value(&p, "loss", 0.5);
    for (uint64_t i = 1; i <= 20; i++) {
        advance_ms(500);
        cs_progress_update(&p, i);
    }
    cs_progress_finish(&p);
    cs_str rest = cs_strbuf_str(&out), text;
    size_t lines = 0;
    while (cs_str_cut(rest, '\n', &text, &rest))
        lines++;
    assert_int_equal(lines, 10);
    const char *first = "reading   10%  2/20  2/s  9.00 s left  loss 0.5\n";
    assert_memory_equal(out.data, first, strlen(first));
    assert_non_null(
        strstr(out.data, "reading  100%  20/20  2/s  took 10 s  loss 0.5\n"));
}

static void a_slow_task_of_unknown_length_still_speaks(void **state)
{
    (void)state;
    cs_progress p;
    start(&p, CS_PROGRESS_PLAIN, 0, CS_LANG_ZH);
    cs_progress_update(&p, 1);
    assert_string_equal(out.data, "");
    advance_ms(30000);
    cs_progress_update(&p, 3);
    assert_string_equal(out.data, "reading  3  0.1/s\n");
}

static void chinese_readers_get_chinese(void **state)
{
    (void)state;
    cs_progress p;
    start(&p, CS_PROGRESS_PLAIN, 2, CS_LANG_ZH);
    advance_ms(1000);
    cs_progress_update(&p, 1);
    assert_string_equal(out.data, "reading   50%  1/2  1/s  剩余 1.00 s\n");
}

static void silence_is_silent(void **state)
{
    (void)state;
    cs_progress p;
    start(&p, CS_PROGRESS_SILENT, 2, CS_LANG_EN);
    advance_ms(60000);
    cs_progress_update(&p, 2);
    cs_progress_finish(&p);
    assert_string_equal(out.data, "");
}

static int free_out(void **state)
{
    (void)state;
    cs_strbuf_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_shows_bar_rate_and_time_left),
        cmocka_unit_test(it_is_drawn_at_most_ten_times_a_second),
        cmocka_unit_test(every_line_fits_the_terminal),
        cmocka_unit_test(elsewhere_a_line_is_written_for_each_tenth),
        cmocka_unit_test(a_slow_task_of_unknown_length_still_speaks),
        cmocka_unit_test(chinese_readers_get_chinese),
        cmocka_unit_test(silence_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, free_out);
}
