/* Whole trainings of a tiny world. What matters most: a run that was stopped or
 * killed, anywhere, and taken up again leaves the bytes that an undisturbed one
 * leaves. */
#include "train/trainer.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/faults.h"
#include "train/session_folder.h"
#include "train/world_run.h"

#define STEPS 4 /* of a run: two epochs of two */

/* --- tables without the columns that time is in --- */

static bool is_time(cs_str name)
{
    return cs_str_is(name, "seconds") || cs_str_is(name, "waited");
}

static void timeless(const char *dir, const char *name, cs_strbuf *ret)
{
    CS_SCOPED(cs_strbuf) all = CS_STRBUF_INIT;
    world_bytes(dir, name, &all);
    cs_str rest = cs_strbuf_str(&all);
    cs_str head;
    cs_str_cut(rest, '\n', &head, &(cs_str){NULL, 0});
    for (cs_str line; rest.len && cs_str_cut(rest, '\n', &line, &rest);) {
        cs_str names = head;
        cs_str key;
        cs_str cell;
        while (line.len) {
            cs_str_cut(names, ',', &key, &names);
            cs_str_cut(line, ',', &cell, &line);
            if (!is_time(key))
                cs_strbuf_printf(ret, "%.*s|", CS_STR_ARG(cell));
        }
        cs_strbuf_putc(ret, '\n');
    }
    assert_int_equal(cs_strbuf_check(ret), 0);
}

static void same_table(const char *a, const char *b, const char *name)
{
    CS_SCOPED(cs_strbuf) x = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) y = CS_STRBUF_INIT;
    timeless(a, name, &x);
    timeless(b, name, &y);
    if (strcmp(x.data, y.data) != 0)
        fail_msg("%s:\n%s\nis not\n%s", name, x.data, y.data);
}

static void same_run(const char *a, const char *b)
{
    world_same(a, b, "last.safetensors");
    world_same(a, b, "best.safetensors");
    world_same(a, b, "plan.yaml");
    same_table(a, b, "metrics.csv");
    same_table(a, b, "epochs.csv");
}

/* --- running --- */

static char whole[WORLD_PATH]; /* folder of the undisturbed run */

static void go(world_run *w, tr_result *ret)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    if (tr_run(&w->spec, &w->run, ret, &info) < 0)
        fail_msg("%s", info.message);
}

static void numbered(world_run *w, const char *name, unsigned number)
{
    char text[40];
    snprintf(text, sizeof(text), "%s%u", name, number);
    world_join(w->root, text, w->dir);
}

static void run_into(world_run *w, const char *dir)
{
    tr_result result;
    world_join(w->root, dir, w->dir);
    go(w, &result);
    assert_true(result.steps == STEPS && result.epochs == 2);
    assert_false(result.stopped || result.early);
}

static int group_setup(void **state)
{
    world_run w;
    int r = tmp_setup(state);
    world_both(*state, 3, 2);
    world_run_init(&w, *state, MD_MALIGNANCY);
    run_into(&w, "whole");
    memcpy(whole, w.dir, sizeof(whole));
    return r;
}

typedef struct stopper {
    uint64_t at, seen;
} stopper;

static void see(void *ctx, const tr_step *s)
{
    stopper *it = ctx;
    it->seen = s->step;
}

static bool stop(void *ctx)
{
    const stopper *it = ctx;
    return it->seen == it->at;
}

static void a_run_stopped_at_any_step_goes_on_to_the_same_bytes(void **state)
{
    for (uint64_t at = 1; at <= STEPS; at++) {
        world_run w;
        stopper it = {.at = at};
        const tr_watch watch = {.step = see, .stop = stop, .ctx = &it};
        tr_result result;
        world_run_init(&w, *state, MD_MALIGNANCY);
        numbered(&w, "stop", (unsigned)at);
        w.spec.watch = &watch;
        go(&w, &result);
        assert_true(result.steps == at);
        assert_true(result.stopped == (at < STEPS));
        w.spec.watch = NULL;
        w.spec.resume = true;
        go(&w, &result);
        assert_true(result.steps == STEPS && !result.stopped);
        same_run(whole, w.dir);
    }
}

static void the_order_of_loaders_and_threads_changes_nothing(void **state)
{
    world_run w;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    world_run_init(&w, *state, MD_MALIGNANCY);
    w.spec.loaders = 2;
    w.run.pool = pool;
    run_into(&w, "threads");
    same_run(whole, w.dir);
}

static void little_memory_changes_nothing(void **state)
{
    world_run w;
    world_run_init(&w, *state, MD_MALIGNANCY);
    w.spec.memory_limit = (size_t)1 << 30;
    run_into(&w, "little");
    same_run(whole, w.dir);
}

/* --- killed --- */

/* As kill -9 at the nth call of one kind of the run's system calls: files are
 * left as they are, half-written ones too. */
static bool killed_at(world_run *w, const char *call, unsigned nth)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        tr_result result;
        faults_arm(call, nth, FAULT_KILL);
        _exit(tr_run(&w->spec, &w->run, &result, NULL) < 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return true;
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return false;
}

/* A new run for each call of its kind, killed there once. Checkpoints after
 * each step; `at_least` so many calls there are in a run. */
static void kill_everywhere(const char *root, const char *call, unsigned step,
                            unsigned at_least)
{
    bool killed = true;
    for (unsigned nth = 1; killed; nth += step) {
        world_run w;
        world_run_init(&w, root, MD_MALIGNANCY);
        numbered(&w, call, nth);
        w.plan.checkpoint_every = 1;
        w.spec.resume = true;
        killed = killed_at(&w, call, nth);
        assert_true(killed || nth > at_least);
        if (killed)
            assert_false(killed_at(&w, call, 100000));
        same_run(whole, w.dir);
    }
}

/* Just before replacements of files: checkpoint, weights, cards, tables. An
 * epoch has eight or so, so that steps of three meet all kinds in two.
 */
static void a_run_killed_before_any_replacement_goes_on(void **state)
{
    kill_everywhere(*state, "renameat", 3, 15);
}

/* While a file is written, or its folder. */
static void a_run_killed_at_any_sync_goes_on(void **state)
{
    kill_everywhere(*state, "fsync", 11, 30);
}

static void a_full_disk_leaves_the_last_checkpoint(void **state)
{
    world_run w;
    tr_result result;
    cs_errinfo info = {.lang = CS_LANG_EN};
    world_run_init(&w, *state, MD_MALIGNANCY);
    world_join(w.root, "full", w.dir);
    stopper it = {.at = 2};
    const tr_watch watch = {.step = see, .stop = stop, .ctx = &it};
    w.spec.watch = &watch;
    go(&w, &result);
    CS_SCOPED(cs_strbuf) before = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) after = CS_STRBUF_INIT;
    world_bytes(w.dir, TR_CHECKPOINT, &before);
    w.spec.resume = true;
    it.at = 3;
    w.plan.checkpoint_every = 1;
    for (unsigned nth = 1; nth < 60; nth += 4) {
        faults_arm("write", nth, ENOSPC);
        int r = tr_run(&w.spec, &w.run, &result, &info);
        if (!faults_disarm())
            break;
        assert_int_equal(r, CS_E_NOSPACE);
        cs_strbuf_clear(&after);
        world_bytes(w.dir, TR_CHECKPOINT, &after);
        assert_true(after.len > 0);
    }
    w.spec.watch = NULL;
    w.plan.checkpoint_every = 0;
    go(&w, &result);
    same_run(whole, w.dir);
}

/* --- what is refused --- */

static void refused(world_run *w, int code, const char *words)
{
    tr_result result = {.steps = 77};
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_int_equal(tr_run(&w->spec, &w->run, &result, &info), code);
    if (!strstr(info.message, words))
        fail_msg("'%s' is not in '%s'", words, info.message);
    assert_int_equal(result.steps, 77);
}

static void another_plan_and_other_data_are_refused(void **state)
{
    world_run w;
    world_run_init(&w, *state, MD_MALIGNANCY);
    memcpy(w.dir, whole, sizeof(whole));
    refused(&w, CS_E_EXISTS, "holds a training already");
    w.spec.resume = true;
    w.plan.sha256[0] = 'b';
    refused(&w, CS_E_FORMAT, "another plan");
    w.plan.sha256[0] = 'a';
    w.train.scans = 2;
    refused(&w, CS_E_FORMAT, "to train on");
    w.train.scans = 0;
    w.validate.scans = 1;
    refused(&w, CS_E_FORMAT, "to validate on");
    w.validate.scans = 0;
    tr_result result;
    go(&w, &result);
    assert_true(result.steps == STEPS && result.best_epoch >= 1);
}

static void a_checkpoint_that_is_none_is_refused(void **state)
{
    world_run w;
    world_run_init(&w, *state, MD_MALIGNANCY);
    world_join(w.root, "junk", w.dir);
    assert_int_equal(mkdir(w.dir, 0700), 0);
    tmp_write(w.dir, TR_CHECKPOINT, "junk");
    w.spec.resume = true;
    refused(&w, CS_E_FORMAT, "");
}

/* --- what a run does --- */

static void nothing_ventured_ends_early(void **state)
{
    world_run w;
    tr_result result;
    world_run_init(&w, *state, MD_MALIGNANCY);
    world_join(w.root, "early", w.dir);
    w.plan.optimiser.lr = 0;
    w.plan.optimiser.ema = 1;
    w.plan.optimiser.options.weight_decay = 0;
    w.plan.epochs = 9;
    w.plan.validation.patience = 2;
    go(&w, &result);
    assert_true(result.early && !result.stopped);
    assert_true(result.epochs < 9);
    w.spec.resume = true;
    tr_result again;
    go(&w, &again);
    assert_true(again.early && again.epochs == result.epochs);
}

typedef struct diary {
    size_t steps, epochs, validations;
    uint64_t last;
    double waited;
} diary;

static void write_step(void *ctx, const tr_step *s)
{
    diary *d = ctx;
    d->steps++;
    assert_true(s->step == d->last + 1 && s->steps == STEPS);
    assert_true(s->epoch == (s->step - 1) / 2 + 1);
    assert_true(s->seconds >= s->waited && s->waited >= 0);
    d->last = s->step;
}

static void write_epoch(void *ctx, const tr_epoch *e)
{
    diary *d = ctx;
    d->epochs++;
    assert_true(e->epoch == d->epochs && e->step == 2 * d->epochs);
    assert_true(e->validated && e->metric_count > 2 && e->loss > 0);
}

static void write_validation(void *ctx, size_t done, size_t of)
{
    diary *d = ctx;
    d->validations += done == of;
}

/* Detection with mining: one scan of three is looked at after the first epoch,
 * and a run that is stopped later knows what was found. */
static void a_detector_is_trained_with_what_it_took_for_nodules(void **state)
{
    world_run w;
    diary d = {.steps = 0};
    const tr_watch watch = {.step = write_step,
                            .epoch = write_epoch,
                            .validating = write_validation,
                            .ctx = &d};
    world_run_init(&w, *state, MD_DETECT);
    w.plan.sampling.nodules = 0.4;
    w.plan.sampling.hard = 0.3;
    w.plan.sampling.background = 0.3;
    w.plan.sampling.mine_every = 1;
    w.plan.sampling.mine_scans = 1;
    w.plan.validation.scans = 1;
    w.spec.watch = &watch;
    run_into(&w, "detector");
    assert_true(d.steps == STEPS && d.epochs == 2 && d.validations == 2);
    world_run v;
    world_run_init(&v, *state, MD_DETECT);
    v.plan = w.plan;
    v.plan.data = w.plan.data;
    stopper it = {.at = 3};
    const tr_watch stopping = {.step = see, .stop = stop, .ctx = &it};
    tr_result result;
    v.spec.watch = &stopping;
    world_join(v.root, "detector-stopped", v.dir);
    go(&v, &result);
    v.spec.watch = NULL;
    v.spec.resume = true;
    go(&v, &result);
    same_run(w.dir, v.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_stopped_at_any_step_goes_on_to_the_same_bytes),
        cmocka_unit_test(the_order_of_loaders_and_threads_changes_nothing),
        cmocka_unit_test(little_memory_changes_nothing),
        cmocka_unit_test(a_run_killed_before_any_replacement_goes_on),
        cmocka_unit_test(a_run_killed_at_any_sync_goes_on),
        cmocka_unit_test(a_full_disk_leaves_the_last_checkpoint),
        cmocka_unit_test(another_plan_and_other_data_are_refused),
        cmocka_unit_test(a_checkpoint_that_is_none_is_refused),
        cmocka_unit_test(nothing_ventured_ends_early),
        cmocka_unit_test(a_detector_is_trained_with_what_it_took_for_nodules),
    };
    return cmocka_run_group_tests(tests, group_setup, tmp_teardown);
}
