#include "train/events.h"

#include <string.h>

#include "base/dir.h"
#include "base/file.h"
#include "support/test.h"
#include "support/tmp.h"

#define SECOND CS_NS_PER_S

static void put(tr_events *e, uint64_t first, uint64_t last)
{
    for (uint64_t s = first; s <= last; s++) {
        const tr_scalar one = {"train", "loss", 1.0 / (double)s};
        assert_int_equal(tr_events_put(e, s, &one, 1, NULL), 0);
    }
    assert_int_equal(tr_events_sync(e, NULL), 0);
}

/* Opens at second `now`, writes the steps, closes. */
static void run(const char *dir, int64_t now, uint64_t from, uint64_t last)
{
    cs_manual_clock clock;
    cs_manual_clock_init(&clock, now * SECOND);
    CS_AUTO(tr_events) e = NULL;
    assert_int_equal(tr_events_open(dir, from, &clock.clock, &e, NULL), 0);
    put(e, from + 1, last);
}

/* "name:last step" of each file in order. */
static void assert_files(const char *dir, const char *wanted)
{
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) have = CS_STRBUF_INIT;
    assert_int_equal(cs_dir_read(dir, &list, NULL), 0);
    for (size_t i = 0; i < list.len; i++) {
        CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
        uint64_t last;
        assert_int_equal(
            cs_file_read(tmp_path(dir, list.names[i]), 1 << 20, &text, NULL),
            0);
        assert_int_equal(tr_event_keep(text.data, text.len, 1000, &last),
                         text.len);
        cs_strbuf_printf(&have, "%s:%u ", list.names[i], (unsigned)last);
    }
    assert_string_equal(have.data, wanted);
}

static void a_run_has_a_file(void **state)
{
    run(*state, 1700000000, 0, 3);
    assert_files(*state, "events.out.tfevents.1700000000.consilium:3 ");
}

static void no_step_is_there_twice(void **state)
{
    run(*state, 1700000000, 0, 9);
    run(*state, 1700000050, 6, 12);
    assert_files(*state, "events.out.tfevents.1700000000.consilium:6 "
                         "events.out.tfevents.1700000050.consilium:12 ");
    run(*state, 1700000090, 4, 5);
    assert_files(*state, "events.out.tfevents.1700000000.consilium:4 "
                         "events.out.tfevents.1700000090.consilium:5 ");
    run(*state, 1700000100, 0, 1);
    assert_files(*state, "events.out.tfevents.1700000100.consilium:1 ");
}

static void names_rise_though_the_clock_does_not(void **state)
{
    run(*state, 1700000000, 0, 2);
    run(*state, 1700000000, 2, 3);
    run(*state, 5, 3, 4);
    assert_files(*state, "events.out.tfevents.1700000000.consilium:2 "
                         "events.out.tfevents.1700000001.consilium:3 "
                         "events.out.tfevents.1700000002.consilium:4 ");
}

static void files_of_others_are_left_alone(void **state)
{
    tmp_write(*state, "events.out.tfevents.17.host", "");
    run(*state, 1700000000, 0, 2);
    assert_files(*state, "events.out.tfevents.17.host:0 "
                         "events.out.tfevents.1700000000.consilium:2 ");
}

static void a_missing_folder_is_told(void **state)
{
    tr_events *e = NULL;
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_int_equal(
        tr_events_open(tmp_path(*state, "none"), 0, NULL, &e, &info),
        CS_E_NOTFOUND);
    assert_null(e);
}

#define TMP_TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TMP_TEST(a_run_has_a_file),
        TMP_TEST(no_step_is_there_twice),
        TMP_TEST(names_rise_though_the_clock_does_not),
        TMP_TEST(files_of_others_are_left_alone),
        TMP_TEST(a_missing_folder_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
