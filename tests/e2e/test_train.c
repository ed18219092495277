/* Training, as somebody meets it who has scans and wants a model: two small
 * phantoms, a few steps. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "program.h"
#include "support/namespace.h"
#include "support/tmp.h"

static const char plan[] = "name: tiny\n"                              /* 1 */
                           "task: detect\n"                            /* 2 */
                           "network: nodulefpn\n"                      /* 3 */
                           "input: {spacing: 6, patch: [16, 16, 8]}\n" /* 4 */
                           "data:\n"                                   /* 5 */
                           "  train: [{dir: scans}]\n"                 /* 6 */
                           "  validate: [{dir: scans, scans: 1}]\n"    /* 7 */
                           "  source: phantoms\n"                      /* 8 */
                           "sampling: {per-epoch: 4, jitter: 8}\n"     /* 9 */
                           "augment: {preset: nodules}\n"
                           "optimiser: {lr: 1e-3, ema: 0.9, clip: 10}\n"
                           "schedule: {kind: cosine}\n"
                           "epochs: 3\n"
                           "batch: 2\n"
                           "checkpoint-every: 1\n";

/* --- the scene: scans, a plan and one whole run, made once --- */

#define TRAIN(out, ...)                                                        \
    ARGS("train", "tiny.yaml", "-o", out, "--cache", "cache", "-t", "2",       \
         ##__VA_ARGS__)

static char *dir;

static int make_scene(void **state)
{
    assert_int_equal(tmp_setup(state), 0);
    dir = *state;
    tmp_write(dir, "tiny.yaml", plan);
    const program_run scans = {.args =
                                   ARGS("phantom", "scans", "-n", "2", "--size",
                                        "48x48x32", "--seed", "5", "-t", "2"),
                               .cwd = dir};
    expect(&scans, 0, "");
    cs_proc_result result = CS_PROC_RESULT_INIT;
    const program_run whole = {.args = TRAIN("whole", "--json"), .cwd = dir};
    assert_int_equal(program(&whole, &result), 0);
    assert_int_equal(cs_file_write(tmp_path(dir, "whole.json"), result.out.data,
                                   result.out.len, 0644, NULL),
                     0);
    assert_int_equal(cs_file_write(tmp_path(dir, "whole.err"), result.err.data,
                                   result.err.len, 0644, NULL),
                     0);
    cs_proc_result_done(&result);
    return 0;
}

static void read_in(const char *name, cs_strbuf *out)
{
    cs_strbuf_clear(out);
    assert_int_equal(cs_file_read(tmp_path(dir, name), 1 << 28, out, NULL), 0);
}

static void assert_same(const char *a, const char *b)
{
    CS_SCOPED(cs_strbuf) x = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) y = CS_STRBUF_INIT;
    read_in(a, &x);
    read_in(b, &y);
    if (x.len != y.len || memcmp(x.data, y.data, x.len) != 0)
        fail_msg("%s and %s differ", a, b);
}

/* Both tables without the seconds, which are the last columns. */
static void assert_same_steps(const char *a, const char *b)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_strbuf kept[2] = {CS_STRBUF_INIT, CS_STRBUF_INIT};
    const char *const names[] = {a, b};
    for (int i = 0; i < 2; i++) {
        read_in(names[i], &text);
        cs_str rest = cs_strbuf_str(&text);
        while (rest.len) {
            cs_str line, field;
            cs_str_cut(rest, '\n', &line, &rest);
            for (int k = 0; k < 7; k++) {
                cs_str_cut(line, ',', &field, &line);
                cs_strbuf_add_str(&kept[i], field);
                cs_strbuf_putc(&kept[i], ',');
            }
        }
    }
    assert_string_equal(kept[0].data, kept[1].data);
    cs_strbuf_done(&kept[0]);
    cs_strbuf_done(&kept[1]);
}

/* --- a run --- */

static void a_run_leaves_its_folder(void **state)
{
    (void)state;
    static const char *const names[] = {
        "best.card.json",         "best.safetensors", "last.card.json",
        "last.safetensors",       "metrics.csv",      "epochs.csv",
        "checkpoint.safetensors", "history.json"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        char path[64];
        struct stat st;
        snprintf(path, sizeof(path), "whole/%s", names[i]);
        assert_int_equal(stat(tmp_path(dir, path), &st), 0);
        assert_true(st.st_size > 0);
    }
    assert_same("tiny.yaml", "whole/plan.yaml");
}

static void a_run_says_what_it_did(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    read_in("whole.json", &text);
    json_t *json = json_loads(text.data, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "name")),
                        "tiny");
    assert_int_equal(json_integer_value(json_object_get(json, "steps")), 6);
    assert_int_equal(json_integer_value(json_object_get(json, "epochs")), 3);
    assert_true(json_is_true(json_object_get(json, "finished")));
    assert_string_equal(json_string_value(json_object_get(json, "metric")),
                        "cpm");
    json_decref(json);
    read_in("whole.err", &text);
    assert_non_null(strstr(text.data, "epoch 3/3  loss "));
    assert_non_null(strstr(text.data, "  cpm "));
    assert_null(strchr(text.data, '\r'));
}

/* --- stopping --- */

/* Starts a training; returns when its standard error says `word`. */
static cs_proc *start_until(const char *const *args, const char *word)
{
    const char *argv[24] = {CS_PROGRAM};
    static const char *const env[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8",
                                      NULL};
    for (size_t i = 0; args[i]; i++)
        argv[i + 1] = args[i];
    const cs_proc_spec spec = {.argv = argv,
                               .env = env,
                               .cwd = dir,
                               .in = CS_STDIO_NULL,
                               .out = CS_STDIO_NULL,
                               .err = CS_STDIO_PIPE};
    cs_proc *p = NULL;
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    CS_SCOPED(cs_strbuf) said = CS_STRBUF_INIT;
    while (!strstr(said.data, word)) {
        char part[512];
        ssize_t n = read(cs_proc_err(p), part, sizeof(part));
        if (n <= 0)
            fail_msg("it ended without '%s': %s", word, said.data);
        assert_int_equal(cs_strbuf_append(&said, part, (size_t)n), 0);
    }
    return p;
}

static int wait_for(cs_proc *p)
{
    int status = -1;
    assert_int_equal(cs_proc_wait(p, INT64_C(60000000000), &status, NULL), 0);
    cs_proc_free(p);
    return status;
}

static void a_killed_run_goes_on_to_the_same_weights(void **state)
{
    (void)state;
    cs_proc *p = start_until(TRAIN("parts", "--loaders", "0"), "epoch 1/3  ");
    assert_int_equal(cs_proc_signal(p, SIGKILL), 0);
    assert_int_equal(wait_for(p), 128 + SIGKILL);
    p = start_until(TRAIN("parts", "--resume"), "epoch 2/3  ");
    assert_int_equal(cs_proc_signal(p, SIGTERM), 0);
    assert_int_equal(wait_for(p), 1);
    const program_run rest = {.args = TRAIN("parts", "--resume", "--json"),
                              .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&rest, &result), 0);
    cs_proc_result_done(&result);
    assert_same("whole/last.safetensors", "parts/last.safetensors");
    assert_same("whole/best.safetensors", "parts/best.safetensors");
    assert_same_steps("whole/metrics.csv", "parts/metrics.csv");
}

static void whoever_stops_a_run_is_told_how_to_go_on(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) said = CS_STRBUF_INIT;
    cs_proc *p = start_until(TRAIN("stopped"), "epoch 1/3  ");
    assert_int_equal(cs_proc_signal(p, SIGINT), 0);
    char part[512];
    for (ssize_t n; (n = read(cs_proc_err(p), part, sizeof(part))) > 0;)
        assert_int_equal(cs_strbuf_append(&said, part, (size_t)n), 0);
    assert_int_equal(wait_for(p), 1);
    assert_non_null(strstr(said.data, "stopping after this step"));
    assert_non_null(strstr(said.data, " of 6; go on with: consilium train "
                                      "tiny.yaml -o stopped --resume\n"));
}

static void a_finished_run_has_nothing_left_to_do(void **state)
{
    (void)state;
    const program_run again = {.args = TRAIN("whole", "--resume"), .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&again, &result), 0);
    assert_non_null(strstr(result.out.data, "'whole': 6 steps in 3 epochs\n"));
    cs_proc_result_done(&result);
}

/* --- mistakes --- */

static void a_folder_is_not_trained_in_twice(void **state)
{
    (void)state;
    const program_run again = {.args = TRAIN("whole", "--loaders", "0"),
                               .cwd = dir};
    expect(&again, 3,
           "consilium: 'whole' holds a training already: --resume goes on with "
           "it; or name another folder");
}

static void bad_plans_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *find, *replace, *says;
    } slips[] = {
        {"epochs: 3", "epochs: 0",
         "consilium: bad.yaml:13:9: key 'epochs': expected 1 to 100000, not 0"},
        {"nodulefpn", "nodulefnp",
         "consilium: bad.yaml:3:10: key 'network': there is no network "
         "'nodulefnp' (did you mean 'nodulefpn'?)"},
        {"optimiser", "optimizer",
         "consilium: bad.yaml:11:1: unknown key 'optimizer' (did you mean "
         "'optimiser'?)"},
        {"16, 8]", "16, 12]",
         "consilium: bad.yaml:4:28: key 'input.patch': network 'nodulefpn' "
         "wants multiples of 8, not 12"},
    };
    for (size_t i = 0; i < CS_COUNTOF(slips); i++) {
        CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
        const char *at = strstr(plan, slips[i].find);
        assert_non_null(at);
        cs_strbuf_append(&text, plan, (size_t)(at - plan));
        cs_strbuf_add(&text, slips[i].replace);
        cs_strbuf_add(&text, at + strlen(slips[i].find));
        tmp_write(dir, "bad.yaml", text.data);
        const program_run run = {.args = ARGS("train", "bad.yaml", "-o", "bad"),
                                 .cwd = dir};
        expect(&run, 3, slips[i].says);
        assert_int_equal(access(tmp_path(dir, "bad"), F_OK), -1);
    }
}

static void another_plan_does_not_go_on(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_strbuf_add(&text, plan);
    cs_strbuf_add(&text, "seed: 9\n");
    tmp_write(dir, "other.yaml", text.data);
    const program_run run = {.args = ARGS("train", "other.yaml", "-o", "whole",
                                          "--resume", "--cache", "cache", "-t",
                                          "2"),
                             .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 3);
    assert_non_null(strstr(result.err.data, "begun with another plan"));
    cs_proc_result_done(&result);
    assert_same("tiny.yaml", "whole/plan.yaml");
}

static void usage_is_explained(void **state)
{
    (void)state;
    const program_run nowhere = {.args = ARGS("train", "tiny.yaml"),
                                 .cwd = dir};
    expect(&nowhere, 2, "consilium: where shall the run go? --output DIR");
    const program_run nothing = {.args = ARGS("train", "none.yaml", "-o", "x"),
                                 .cwd = dir};
    expect_part(&nothing, 3, "none.yaml");
}

/* --- --check --- */

static void a_plan_can_be_looked_at(void **state)
{
    (void)state;
    const program_run run = {.args = ARGS("train", "tiny.yaml", "--check"),
                             .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    assert_string_equal(
        result.out.data,
        "plan 'tiny' is good\n"
        "  network   nodulefpn, 1657813 numbers to learn, head 'centres'\n"
        "  patches   16 x 16 x 8 voxels of 6 mm\n"
        "  training  6 steps in 3 epochs, 2 patches a step\n"
        "  learns from\n"
        "    ./scans\n"
        "  is validated on\n"
        "    ./scans, only the first 1\n"
        "warning: 'scans' is both learned from and validated on\n");
    cs_proc_result_done(&result);
    const program_run away = {
        .args = ARGS("train", "tiny.yaml", "--check", "--data", "/nowhere"),
        .cwd = dir};
    expect(&away, 3,
           "consilium: there is no folder '/nowhere/scans'; --data says where "
           "the plan's folders are");
}

static void a_plan_can_be_looked_at_by_programs(void **state)
{
    (void)state;
    const program_run run = {
        .args = ARGS("train", "tiny.yaml", "--check", "--json"), .cwd = dir};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    json_t *json = json_loads(result.out.data, 0, NULL);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json, "parameters")),
                     1657813);
    assert_int_equal(json_array_size(json_object_get(json, "train")), 1);
    json_decref(json);
    cs_proc_result_done(&result);
}

/* --- a full disk --- */

/* Room for the tables and not for a checkpoint. 0: refused as it should be. */
static int train_on_small_disk(const char *arg)
{
    char disk[256];
    snprintf(disk, sizeof(disk), "%s/disk", arg);
    if (mkdir(disk, 0700) < 0 || mount("none", disk, "tmpfs", 0, "size=8m") < 0)
        return 2;
    const char *const argv[] = {CS_PROGRAM, "train",   "tiny.yaml", "-o",
                                "disk/run", "--cache", "cache",     "-t",
                                "2",        NULL};
    const cs_proc_spec spec = {.argv = argv, .cwd = arg, .in = CS_STDIO_NULL};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    if (cs_proc_run(&spec, NULL, 0, 1 << 20, INT64_C(60000000000), &result,
                    NULL) < 0)
        return 3;
    if (result.status != 3)
        return 4;
    if (!strstr(result.err.data, "checkpoint.safetensors") ||
        !strstr(result.err.data, "the disk is full"))
        return 5;
    snprintf(disk, sizeof(disk), "%s/disk/run/checkpoint.safetensors", arg);
    return access(disk, F_OK) == 0 ? 6 : 0;
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    int r = namespace_run(train_on_small_disk, dir);
    if (r < 0) {
        print_message("NOT PROVEN: no mount namespace to be had here\n");
        skip();
    }
    assert_int_equal(r, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_leaves_its_folder),
        cmocka_unit_test(a_run_says_what_it_did),
        cmocka_unit_test(a_killed_run_goes_on_to_the_same_weights),
        cmocka_unit_test(whoever_stops_a_run_is_told_how_to_go_on),
        cmocka_unit_test(a_finished_run_has_nothing_left_to_do),
        cmocka_unit_test(a_folder_is_not_trained_in_twice),
        cmocka_unit_test(bad_plans_are_refused_with_their_line),
        cmocka_unit_test(another_plan_does_not_go_on),
        cmocka_unit_test(usage_is_explained),
        cmocka_unit_test(a_plan_can_be_looked_at),
        cmocka_unit_test(a_plan_can_be_looked_at_by_programs),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, make_scene, tmp_teardown);
}
