#include "train/log.h"

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/test.h"
#include "support/tmp.h"
#include "train/event_record.h"

#define PER_EPOCH 4

static void step(tr_log *l, uint64_t n)
{
    const tr_step s = {.step = n,
                       .steps = 12,
                       .epoch = 1 + (n - 1) / PER_EPOCH,
                       .loss = {0.5 * (double)n, 0.25, 0.125},
                       .lr = 1e-3,
                       .norm = n == 2 ? (double)INFINITY : 3,
                       .seconds = 0.5,
                       .waited = 0};
    assert_int_equal(tr_log_step(l, &s, NULL), 0);
}

static void epoch(tr_log *l, uint64_t n)
{
    md_metric cpm = {"cpm", 0.1 * (double)n};
    const tr_epoch e = {.epoch = n,
                        .step = n * PER_EPOCH,
                        .loss = 2,
                        .seconds = 3,
                        .validated = true,
                        .metrics = &cpm,
                        .metric_count = 1,
                        .best = true};
    assert_int_equal(tr_log_epoch(l, &e, NULL), 0);
}

/* Steps after `from` up to `last`, with their epochs. */
static void run(const char *dir, uint64_t from, uint64_t last)
{
    CS_AUTO(tr_log) l = NULL;
    cs_errinfo info = {.lang = CS_LANG_EN};
    if (tr_log_open(dir, from, &l, &info) < 0)
        fail_msg("%s", info.message);
    for (uint64_t n = from + 1; n <= last; n++) {
        step(l, n);
        if (n % PER_EPOCH == 0)
            epoch(l, n / PER_EPOCH);
    }
    assert_int_equal(tr_log_flush(l, NULL), 0);
}

static void assert_file(const char *dir, const char *name, const char *wanted)
{
    CS_SCOPED(cs_strbuf) have = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_path(dir, name), 1 << 20, &have, NULL),
                     0);
    assert_string_equal(have.data, wanted);
}

static void append(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_int_equal(cs_write_all(fd, text, strlen(text), path, NULL), 0);
    close(fd);
}

static const char first_rows[] =
    "step,epoch,loss,scores,boxes,lr,norm,seconds,waited\n"
    "1,1,0.5,0.25,0.125,0.001,3.0,0.5,0.0\n"
    "2,1,1.0,0.25,0.125,0.001,,0.5,0.0\n"
    "3,1,1.5,0.25,0.125,0.001,3.0,0.5,0.0\n";

static void steps_and_epochs_are_rows(void **state)
{
    run(*state, 0, 3);
    assert_file(*state, "metrics.csv", first_rows);
    assert_file(*state, "epochs.csv", "epoch,step,loss,seconds,best\n");
    run(*state, 3, 4);
    assert_file(*state, "epochs.csv",
                "epoch,step,loss,seconds,best,val_cpm\n1,4,2.0,3.0,1,0.1\n");
}

/* The whole of a folder but the event files' times. */
static void gather(const char *dir, cs_strbuf *out)
{
    static const char *const names[] = {"metrics.csv", "epochs.csv",
                                        "history.json"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        assert_int_equal(
            cs_file_read(tmp_path(dir, names[i]), 1 << 20, out, NULL), 0);
}

/* The last step that event files hold, and how many files there are. */
static uint64_t last_event(const char *dir, size_t *files)
{
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    uint64_t last = 0;
    assert_int_equal(cs_dir_read(dir, &list, NULL), 0);
    *files = 0;
    for (size_t i = 0; i < list.len; i++) {
        CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
        uint64_t step;
        if (!strstr(list.names[i], "tfevents"))
            continue;
        ++*files;
        assert_int_equal(
            cs_file_read(tmp_path(dir, list.names[i]), 1 << 20, &text, NULL),
            0);
        assert_int_equal(tr_event_keep(text.data, text.len, 1000, &step),
                         text.len);
        last = CS_MAX(last, step);
    }
    return last;
}

static void resumed_runs_leave_what_one_run_would(void **state)
{
    CS_SCOPED(cs_strbuf) wanted = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) have = CS_STRBUF_INIT;
    CS_AUTO_MEM char *whole = cs_strdup(tmp_path(*state, "whole"));
    assert_non_null(whole);
    assert_int_equal(cs_mkdir_p(whole, 0755, NULL), 0);
    run(whole, 0, 10);
    gather(whole, &wanted);
    CS_AUTO_MEM char *parts = cs_strdup(tmp_path(*state, "parts"));
    assert_non_null(parts);
    assert_int_equal(cs_mkdir_p(parts, 0755, NULL), 0);
    run(parts, 0, 9);
    run(parts, 6, 8);
    run(parts, 7, 10);
    gather(parts, &have);
    assert_string_equal(have.data, wanted.data);
    size_t files;
    assert_int_equal(last_event(parts, &files), 10);
    assert_int_equal(files, 3);
}

static void torn_rows_are_cut(void **state)
{
    run(*state, 0, 3);
    append(tmp_path(*state, "metrics.csv"), "4,1,0.");
    run(*state, 4, 4);
    assert_file(*state, "metrics.csv", first_rows);
    append(tmp_path(*state, "metrics.csv"), "garbage\n");
    run(*state, 5, 5);
    assert_file(*state, "metrics.csv", first_rows);
}

static void from_the_start_all_is_new(void **state)
{
    run(*state, 0, 9);
    run(*state, 0, 3);
    assert_file(*state, "metrics.csv", first_rows);
    assert_file(*state, "epochs.csv", "epoch,step,loss,seconds,best\n");
    size_t files;
    assert_int_equal(last_event(*state, &files), 3);
    assert_int_equal(files, 1);
}

/* A checkpoint may lie before the validation of its own step. */
static void an_epoch_told_again_is_there_once(void **state)
{
    run(*state, 0, 4);
    CS_AUTO(tr_log) l = NULL;
    assert_int_equal(tr_log_open(*state, 4, &l, NULL), 0);
    epoch(l, 1);
    assert_file(*state, "epochs.csv",
                "epoch,step,loss,seconds,best,val_cpm\n1,4,2.0,3.0,1,0.1\n");
}

static void files_of_others_are_refused(void **state)
{
    tr_log *l = NULL;
    cs_errinfo info = {.lang = CS_LANG_EN};
    tmp_write(*state, "metrics.csv",
              "a table of somebody else's, and quite a long one at that\n");
    assert_int_equal(tr_log_open(*state, 3, &l, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.place, "metrics.csv"));
    tmp_write(*state, "history.json", "{}");
    assert_int_equal(tr_log_open(*state, 3, &l, &info), CS_E_FORMAT);
    assert_null(l);
}

#define TMP_TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TMP_TEST(steps_and_epochs_are_rows),
        TMP_TEST(resumed_runs_leave_what_one_run_would),
        TMP_TEST(torn_rows_are_cut),
        TMP_TEST(from_the_start_all_is_new),
        TMP_TEST(an_epoch_told_again_is_there_once),
        TMP_TEST(files_of_others_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
