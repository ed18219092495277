#include "base/clock.h"

#include <string.h>

#include "support/test.h"

static void times_are_written_and_read_back(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns;
    } rows[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"1969-12-31T23:59:59.999Z", -CS_NS_PER_MS},
        {"2000-02-29T12:00:00.000Z", INT64_C(951825600) * CS_NS_PER_S},
        {"2026-11-21T01:02:03.004Z",
         INT64_C(1795222923) * CS_NS_PER_S + 4 * CS_NS_PER_MS},
        {"2100-03-01T00:00:00.000Z", INT64_C(4107542400) * CS_NS_PER_S},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        char text[CS_TIME_TEXT_MAX];
        int64_t ns = 1;
        assert_string_equal(cs_time_format(rows[i].ns, text), rows[i].text);
        assert_int_equal(cs_time_parse(cs_str_of(rows[i].text), &ns), 0);
        assert_true(ns == rows[i].ns);
    }
}

static void every_day_of_four_centuries_round_trips(void **state)
{
    (void)state;
    const int64_t day = INT64_C(86400) * CS_NS_PER_S;
    for (int64_t d = -90000; d < 100000; d += 37) {
        char text[CS_TIME_TEXT_MAX];
        int64_t back;
        cs_time_format(d * day, text);
        assert_int_equal(cs_time_parse(cs_str_of(text), &back), 0);
        assert_true(back == d * day);
    }
}

static void offsets_and_fractions_are_understood(void **state)
{
    (void)state;
    int64_t utc, east;
    assert_int_equal(cs_time_parse(CS_STR("2026-11-21T01:00:00Z"), &utc), 0);
    assert_int_equal(cs_time_parse(CS_STR("2026-11-21T09:00:00+08:00"), &east),
                     0);
    assert_true(utc == east);
    assert_int_equal(
        cs_time_parse(CS_STR("2026-11-21T01:00:00.123456789Z"), &east), 0);
    assert_true(east - utc == 123456789);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "2026-11-21",
                                      "2026-11-21T01:02:03",
                                      "now",
                                      "2026-11-21 01:02:03Zx",
                                      "2026-1-21T01:02:03Z"};
    int64_t ns = 5;
    for (size_t i = 0; i < CS_COUNTOF(bad); i++)
        assert_int_equal(cs_time_parse(cs_str_of(bad[i]), &ns), CS_E_FORMAT);
    static const char *const out[] = {
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "9999-01-01T00:00:00Z"};
    for (size_t i = 0; i < CS_COUNTOF(out); i++)
        assert_int_equal(cs_time_parse(cs_str_of(out[i]), &ns), CS_E_RANGE);
    assert_true(ns == 5);
}

static void the_system_clock_moves(void **state)
{
    (void)state;
    const cs_clock *c = cs_clock_system();
    int64_t from = cs_mono_ns(c);
    cs_sleep_ns(c, CS_NS_PER_MS);
    assert_true(cs_mono_ns(c) - from >= CS_NS_PER_MS);
    assert_true(cs_wall_ns(c) > INT64_C(1767225600) * CS_NS_PER_S);
    cs_sleep_ns(c, 0);
    cs_sleep_ns(c, -5);
}

static void a_manual_clock_moves_when_told(void **state)
{
    (void)state;
    cs_manual_clock m;
    cs_manual_clock_init(&m, 1000);
    assert_true(cs_wall_ns(&m.clock) == 1000);
    int64_t mono = cs_mono_ns(&m.clock);
    cs_manual_clock_advance(&m, 50);
    cs_sleep_ns(&m.clock, 7);
    assert_true(cs_wall_ns(&m.clock) == 1057);
    assert_true(cs_mono_ns(&m.clock) - mono == 57);
    cs_manual_clock_set_wall(&m, 10);
    assert_true(cs_wall_ns(&m.clock) == 10);
    assert_true(cs_mono_ns(&m.clock) - mono == 57);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_and_read_back),
        cmocka_unit_test(every_day_of_four_centuries_round_trips),
        cmocka_unit_test(offsets_and_fractions_are_understood),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_system_clock_moves),
        cmocka_unit_test(a_manual_clock_moves_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
