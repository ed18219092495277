#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "support/faults.h"
#include "support/test.h"
#include "support/tmp.h"

#define TEXT_MAX_BYTES ((size_t)16 << 20)

static const char *text_of(const char *path)
{
    static cs_strbuf text = CS_STRBUF_INIT;
    cs_strbuf_done(&text);
    assert_int_equal(cs_file_read(path, TEXT_MAX_BYTES, &text, NULL), 0);
    static char copy[1 << 16];
    assert_true(text.len < sizeof(copy));
    memcpy(copy, text.data, text.len + 1);
    cs_strbuf_done(&text);
    return copy;
}

static void lines_carry_time_level_event_and_fields(void **state)
{
    cs_manual_clock clock;
    cs_manual_clock_init(&clock, INT64_C(1795222923004000000));
    const char *path = tmp_path(*state, "log");
    cs_log_spec spec = {
        .level = CS_LOG_INFO, .path = path, .clock = &clock.clock};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    cs_log(log, CS_LOG_DEBUG, "not-written", CS_LOG_INT("n", 1));
    cs_log(log, CS_LOG_INFO, "round-done", CS_LOG_INT("n", -7),
           CS_LOG_TAG("site", "north.1"), CS_LOG_SECONDS("took", 1500000000));
    cs_log(log, CS_LOG_ERROR, "plain", );
    assert_string_equal(text_of(path),
                        "2026-11-21T01:02:03.004Z info    round-done n=-7 "
                        "site=north.1 took=1.5\n"
                        "2026-11-21T01:02:03.004Z error   plain\n");
    cs_log(NULL, CS_LOG_ERROR, "nobody-listens", );
}

static void a_full_disk_loses_lines_and_says_so_later(void **state)
{
    const char *path = tmp_path(*state, "log");
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int good = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int fd = dup(full);
    assert_true(full >= 0 && good >= 0 && fd >= 0);
    cs_log_spec spec = {.format = CS_LOG_JSON, .fd = fd};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    cs_log(log, CS_LOG_INFO, "one", );
    cs_log(log, CS_LOG_INFO, "two", );
    assert_int_equal(cs_log_lost(log), 2);
    assert_int_equal(dup2(good, fd), fd);
    cs_log(log, CS_LOG_INFO, "three", );
    assert_int_equal(cs_log_lost(log), 0);
    const char *text = text_of(path);
    assert_non_null(strstr(text, "\"event\":\"log-lines-lost\",\"lines\":2}"));
    assert_non_null(strstr(text, "\"event\":\"three\"}"));
    assert_null(strstr(text, "\"one\""));
    close(full);
    close(good);
    close(fd);
}

static void files_rotate_and_old_ones_go(void **state)
{
    const char *path = tmp_path(*state, "log");
    cs_log_spec spec = {.path = path, .max_size = 200, .keep = 2};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    for (int i = 0; i < 50; i++)
        cs_log(log, CS_LOG_INFO, "tick", CS_LOG_INT("i", i));
    cs_dir_list list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(*state, &list, NULL), 0);
    assert_int_equal(list.len, 3);
    assert_string_equal(list.names[0], "log");
    assert_string_equal(list.names[1], "log.1");
    assert_string_equal(list.names[2], "log.2");
    cs_dir_list_done(&list);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_in_range(st.st_size, 1, 200);
    assert_non_null(strstr(text_of(path), "i=49\n"));
    assert_null(strstr(text_of(tmp_path(*state, "log.1")), "i=49\n"));
}

#define WRITERS 8
#define LINES 500

static void *write_lines(void *log)
{
    for (int i = 0; i < LINES; i++)
        cs_log(log, CS_LOG_INFO, "tick", CS_LOG_INT("i", i),
               CS_LOG_TAG("pad", "xxxxxxxxxxxxxxxxxxxxxxxx"));
    return NULL;
}

static size_t count_json_lines(const char *path)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    if (cs_file_read(path, TEXT_MAX_BYTES, &text, NULL) < 0)
        return 0;
    size_t n = 0;
    cs_str rest = cs_strbuf_str(&text), line;
    while (cs_str_cut(rest, '\n', &line, &rest)) {
        json_t *json = json_loadb(line.data, line.len, 0, NULL);
        assert_non_null(json);
        json_decref(json);
        n++;
    }
    assert_int_equal(line.len, 0);
    return n;
}

static void no_line_is_lost_or_torn_between_threads_and_files(void **state)
{
    const char *path = tmp_path(*state, "log");
    cs_log_spec spec = {
        .path = path, .format = CS_LOG_JSON, .max_size = 20000, .keep = 100};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, log),
                         0);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    cs_dir_list list = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(*state, &list, NULL), 0);
    assert_true(list.len > 5);
    size_t n = 0;
    for (size_t i = 0; i < list.len; i++)
        n += count_json_lines(tmp_path(*state, list.names[i]));
    assert_int_equal(n, WRITERS * LINES);
    cs_dir_list_done(&list);
}

static void a_file_moved_away_is_opened_anew(void **state)
{
    const char *path = tmp_path(*state, "log");
    const char *away = tmp_path(*state, "away");
    cs_log_spec spec = {.path = path};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    cs_log(log, CS_LOG_INFO, "one", );
    assert_int_equal(rename(path, away), 0);
    cs_log(log, CS_LOG_INFO, "two", );
    assert_int_equal(cs_log_reopen(log, NULL), 0);
    cs_log(log, CS_LOG_INFO, "three", );
    assert_non_null(strstr(text_of(away), "two"));
    assert_null(strstr(text_of(path), "two"));
    assert_non_null(strstr(text_of(path), "three"));
}

static void a_log_that_cannot_be_opened_is_an_error(void **state)
{
    cs_log *log = NULL;
    cs_errinfo info = {0};
    cs_log_spec spec = {.path = tmp_path(*state, "no/log")};
    assert_int_equal(cs_log_new(&spec, &log, &info), CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "no/log"));
    spec = (cs_log_spec){.fd = 2, .keep = CS_LOG_KEEP_MAX + 1};
    assert_int_equal(cs_log_new(&spec, &log, &info), CS_E_RANGE);
    assert_null(log);
    cs_log_free(NULL);
}

static void a_logger_that_says_nothing_takes_every_call(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_log(NULL, CS_LOG_ERROR, "nobody-listens", CS_LOG_FAILURE(NULL));
    assert_int_equal(cs_log_reopen(NULL, &info), 0);
    assert_int_equal(info.code, 0);
    assert_int_equal(cs_log_lost(NULL), 0);
}

static void without_a_descriptor_lines_are_lost_and_counted(void **state)
{
    (void)state;
    cs_log_spec spec = {.fd = -1, .max_size = 10, .keep = 1};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    cs_log(log, CS_LOG_INFO, "one", );
    cs_log(log, CS_LOG_INFO, "two", );
    assert_int_equal(cs_log_lost(log), 2);
    assert_int_equal(cs_log_reopen(log, NULL), 0);
}

/* --- files that resist --- */

static void a_failed_reopening_keeps_the_old_file(void **state)
{
    const char *path = tmp_path(*state, "log");
    const char *away = tmp_path(*state, "away");
    cs_log_spec spec = {.path = path};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    assert_int_equal(rename(path, away), 0);
    faults_arm("open", 1, EMFILE);
    assert_int_equal(cs_log_reopen(log, NULL), CS_E_LIMIT);
    assert_true(faults_disarm());
    cs_log(log, CS_LOG_INFO, "one", );
    assert_int_equal(cs_log_lost(log), 0);
    assert_non_null(strstr(text_of(away), "one\n"));
    assert_int_equal(access(path, F_OK), -1);
}

/* Lines while no new file can be opened. */
static void tick_without_descriptors(cs_log *log, int n)
{
    for (int i = 0; i < n; i++) {
        faults_arm("open", 1, EMFILE);
        cs_log(log, CS_LOG_INFO, "tick", CS_LOG_INT("i", i));
        faults_disarm();
    }
}

static void a_failed_rotation_drops_no_old_file_but_the_last(void **state)
{
    const char *path = tmp_write(*state, "log", "new\n");
    tmp_write(*state, "log.1", "old\n");
    tmp_write(*state, "log.2", "oldest\n");
    cs_log_spec spec = {.path = path, .max_size = 10, .keep = 2};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    tick_without_descriptors(log, 5);
    assert_string_equal(text_of(tmp_path(*state, "log.2")), "old\n");
    const char *text = text_of(tmp_path(*state, "log.1"));
    assert_non_null(strstr(text, "new\n"));
    assert_non_null(strstr(text, "i=0\n"));
    assert_non_null(strstr(text, "i=4\n"));
    cs_log(log, CS_LOG_INFO, "back", );
    assert_non_null(strstr(text_of(tmp_path(*state, "log")), "back\n"));
    assert_string_equal(text_of(tmp_path(*state, "log.2")), "old\n");
    assert_int_equal(cs_log_lost(log), 0);
}

static void without_old_files_no_line_goes_to_a_deleted_one(void **state)
{
    const char *path = tmp_write(*state, "log", "new\n");
    cs_log_spec spec = {.path = path, .max_size = 10};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    tick_without_descriptors(log, 3);
    assert_non_null(strstr(text_of(path), "new\n"));
    assert_non_null(strstr(text_of(path), "i=2\n"));
    cs_log(log, CS_LOG_INFO, "back", );
    assert_null(strstr(text_of(path), "tick"));
    assert_non_null(strstr(text_of(path), "back\n"));
    assert_int_equal(rename(path, tmp_path(*state, "away")), 0);
    cs_log(log, CS_LOG_INFO, "anew", );
    assert_non_null(strstr(text_of(path), "anew\n"));
    assert_null(strstr(text_of(tmp_path(*state, "away")), "anew"));
}

static void a_device_is_not_moved_away(void **state)
{
    const char *path = tmp_path(*state, "log");
    assert_int_equal(symlink("/dev/null", path), 0);
    cs_log_spec spec = {.path = path, .max_size = 10, .keep = 1};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    for (int i = 0; i < 5; i++)
        cs_log(log, CS_LOG_INFO, "tick", );
    assert_int_equal(access(tmp_path(*state, "log.1"), F_OK), -1);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void log_half_a_line(cs_log *log)
{
    faults_arm("write", 1, FAULT_SHORT);
    cs_log(log, CS_LOG_INFO, "half", );
    assert_true(faults_disarm());
    assert_int_equal(cs_log_lost(log), 1);
}

static void half_a_line_is_taken_back(void **state)
{
    const char *path = tmp_path(*state, "log");
    cs_log_spec spec = {.path = path, .format = CS_LOG_JSON};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    cs_log(log, CS_LOG_INFO, "one", );
    log_half_a_line(log);
    assert_int_equal(count_json_lines(path), 1);
    cs_log(log, CS_LOG_INFO, "two", );
    assert_int_equal(count_json_lines(path), 3);
    assert_null(strstr(text_of(path), "half"));
}

static void taking_back_spares_what_others_did_to_the_file(void **state)
{
    const char *path = tmp_path(*state, "log");
    cs_log_spec spec = {.path = path};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    cs_log(log, CS_LOG_INFO, "one", );
    tmp_write(*state, "log", "only this\n"); /* in place of all */
    log_half_a_line(log);
    assert_string_equal(text_of(path), "only this\n");
    faults_arm("fstat", 1, EIO); /* the size is not known */
    assert_int_equal(cs_log_reopen(log, NULL), 0);
    assert_true(faults_disarm());
    cs_log(log, CS_LOG_INFO, "two", );
    log_half_a_line(log);
    assert_non_null(strstr(text_of(path), "only this\n"));
    assert_non_null(strstr(text_of(path), "two\n"));
}

static void half_a_line_that_stays_gets_its_own_end(void **state)
{
    const char *path = tmp_path(*state, "log");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    cs_log_spec spec = {.fd = fd};
    CS_AUTO(cs_log) log = NULL;
    assert_int_equal(cs_log_new(&spec, &log, NULL), 0);
    log_half_a_line(log);
    cs_log(log, CS_LOG_INFO, "two", );
    const char *first_end = strchr(text_of(path), '\n');
    assert_non_null(first_end);
    assert_non_null(
        strstr(first_end + 1, "Z warning log-lines-lost lines=1\n"));
    assert_null(strstr(text_of(path), "\n\n"));
    assert_int_equal(first_end[1], '2');
    close(fd);
}

#define IN_DIR(test)                                                           \
    cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(lines_carry_time_level_event_and_fields),
        IN_DIR(a_full_disk_loses_lines_and_says_so_later),
        IN_DIR(files_rotate_and_old_ones_go),
        IN_DIR(no_line_is_lost_or_torn_between_threads_and_files),
        IN_DIR(a_file_moved_away_is_opened_anew),
        IN_DIR(a_log_that_cannot_be_opened_is_an_error),
        cmocka_unit_test(a_logger_that_says_nothing_takes_every_call),
        cmocka_unit_test(without_a_descriptor_lines_are_lost_and_counted),
        IN_DIR(a_failed_reopening_keeps_the_old_file),
        IN_DIR(a_failed_rotation_drops_no_old_file_but_the_last),
        IN_DIR(without_old_files_no_line_goes_to_a_deleted_one),
        IN_DIR(a_device_is_not_moved_away),
        IN_DIR(half_a_line_is_taken_back),
        IN_DIR(taking_back_spares_what_others_did_to_the_file),
        IN_DIR(half_a_line_that_stays_gets_its_own_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
