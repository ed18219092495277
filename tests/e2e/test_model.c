/* Versions of models, as whoever keeps an installation meets them. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "model/cards.h"
#include "program.h"

/* Runs in the test's directory; the output, valid until the next call. */
static const char *output_of(void **state, const char *const *args, int status)
{
    static char text[1 << 16];
    program_run run = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int got = program(&run, &result);
    if (got != status)
        fail_msg("%d: %s%s", got, result.out.data, result.err.data);
    assert_string_equal(result.err.data, "");
    assert_true(result.out.len < sizeof(text));
    memcpy(text, result.out.data, result.out.len + 1);
    cs_proc_result_done(&result);
    return text;
}

static void expect_out(void **state, const char *const *args, int status,
                       const char *says)
{
    const char *got = output_of(state, args, status);
    if (!strstr(got, says))
        fail_msg("'%s' is not in: %s", says, got);
}

static void expect_error(void **state, const char *const *args, int status,
                         const char *says)
{
    program_run run = {.args = args, .cwd = *state};
    expect_part(&run, status, says);
}

static json_t *json_of(void **state, const char *const *args, int status)
{
    json_t *json = json_loads(output_of(state, args, status),
                              JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    return json;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A training run's folder with its best weights. */
static void put_run(void **state, const char *name, md_task task, uint64_t seed,
                    double metric)
{
    md_metric metrics[] = {{task == MD_DETECT ? "cpm" : "auc", metric},
                           {"loss", 1 - metric}};
    md_card c = card_for(task);
    char dir[512];
    snprintf(dir, sizeof(dir), "%s", tmp_path(*state, name));
    assert_int_equal(cs_mkdir_p(dir, 0777, NULL), 0);
    c.metrics = metrics;
    c.metric_count = 2;
    c.seed = seed;
    const char *path =
        put_weights(dir, "best.safetensors", c.recipe.network->name, seed);
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
}

/* Two detectors, of which the second is better, and a checker. */
static void put_versions(void **state)
{
    put_run(state, "run1", MD_DETECT, 1, 0.81);
    put_run(state, "run2", MD_DETECT, 2, 0.92);
    put_run(state, "run3", MD_CHECK, 3, 0.97);
    output_of(state, ARGS("model", "add", "run1"), 0);
    output_of(state, ARGS("model", "add", "run2/best.safetensors"), 0);
    output_of(state, ARGS("model", "add", "run3", "--session", "7"), 0);
}

/* --- what is done --- */

static void trained_models_become_signed_versions(void **state)
{
    struct stat st;
    put_run(state, "run", MD_DETECT, 1, 0.8);
    expect_out(state, ARGS("model", "list"), 0,
               "no versions in './consilium-data/models'");
    expect_out(state, ARGS("model", "add", "run"), 0,
               "session_1_model is in './consilium-data/models', its card "
               "signed with the key ");
    const char *key = tmp_path(*state, "consilium-data/keys/model.key");
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    expect_out(state, ARGS("model", "verify", "1"), 0,
               "card, weights and network (nodulefpn) fit together\n"
               "signed here, with the key ");
    json_t *json = json_of(state, ARGS("model", "add", "run", "--json"), 0);
    assert_string_equal(text_of(json, "id"), "session_2_model");
    json_decref(json);
    json =
        json_of(state, ARGS("model", "verify", "session_2_model", "--json"), 0);
    assert_true(json_is_true(json_object_get(json, "valid")));
    assert_string_equal(text_of(json, "signed"), "here");
    json_decref(json);
}

/* Each run of blanks as one: columns are as wide as what else is in them. */
static const char *squeezed(const char *text)
{
    static char out[1 << 16];
    size_t n = 0;
    for (const char *p = text; *p; p++)
        if (*p != ' ' || n == 0 || out[n - 1] != ' ')
            out[n++] = *p;
    out[n] = '\0';
    return out;
}

static void versions_are_listed(void **state)
{
    put_versions(state);
    output_of(state, ARGS("model", "promote", "2"), 0);
    const char *list = squeezed(output_of(state, ARGS("model", "list"), 0));
    assert_non_null(strstr(
        list,
        " session task network made scans nodules data result signed\n"
        " 1 detect nodulefpn 2026-11-21 60 143 phantoms cpm 0.810 here\n"
        "* 2 detect nodulefpn 2026-11-21 60 143 phantoms cpm 0.920 here\n"
        " 7 check nodulenet 2026-11-21 60 143 phantoms auc 0.970 here\n"));
    expect_out(state, ARGS("model", "list", "--lang=zh"), 0, "* 正在使用");
    json_t *json = json_of(state, ARGS("model", "list", "--json"), 0);
    json_t *models = json_object_get(json, "models");
    assert_int_equal(json_array_size(models), 3);
    const json_t *second = json_array_get(models, 1);
    assert_true(json_is_true(json_object_get(second, "in_use")));
    const json_t *card = json_object_get(second, "card");
    assert_string_equal(text_of(json_object_get(card, "recipe"), "task"),
                        "detect");
    assert_int_equal(json_array_size(json_object_get(json, "history")), 1);
    json_decref(json);
}

static void use_follows_promotions_and_their_taking_back(void **state)
{
    put_versions(state);
    expect_out(state, ARGS("model", "promote", "1", "--note", "first"), 0,
               "detect: session_1_model.safetensors is in use from now on\n");
    expect_out(state, ARGS("model", "promote", "1"), 0, "was in use already");
    expect_out(state,
               ARGS("model", "promote", "session_2_model", "--who", "Dr Li"), 0,
               "session_2_model.safetensors is in use");
    expect_out(state, ARGS("model", "rollback", "detect"), 0,
               "session_1_model.safetensors is in use");
    put_weights(tmp_path(*state, "consilium-data/models"),
                "session_1_model.safetensors", "nodulefpn", 99);
    output_of(state, ARGS("model", "promote", "2"), 0);
    expect_out(state, ARGS("model", "rollback", "detect"), 0,
               "\nwarning: './consilium-data/models/session_1_model."
               "safetensors' is not the file that its card was made for");
    expect_out(state, ARGS("model", "rollback", "detect"), 0,
               "nothing is promoted any more");
    expect_error(state, ARGS("model", "rollback", "detect"), 3,
                 "nothing is promoted for 'detect'");
    json_t *json = json_of(state, ARGS("model", "list", "--json"), 0);
    const json_t *history = json_object_get(json, "history");
    assert_int_equal(json_array_size(history), 6);
    assert_string_equal(text_of(json_array_get(history, 0), "note"), "first");
    assert_string_equal(text_of(json_array_get(history, 1), "who"), "Dr Li");
    assert_string_equal(text_of(json_array_get(history, 5), "action"),
                        "rollback");
    json_decref(json);
}

static void models_are_compared_side_by_side(void **state)
{
    put_versions(state);
    const char *text = output_of(
        state, ARGS("model", "compare", "1", "run2/best.safetensors"), 0);
    assert_non_null(strstr(text, "~  session         1  "));
    assert_non_null(strstr(text, "~  seed            1  "));
    assert_non_null(strstr(text, "   task            detect  "));
    assert_non_null(strstr(text, "   cpm             0.81                  "));
    assert_non_null(strstr(text, "  0.92 *\n"));
    assert_non_null(strstr(text, "  0.08 *\n")); /* the loss */
    tmp_write(*state, "1", "a file of this name is not meant");
    expect_out(state, ARGS("model", "compare", "1", "7"), 0,
               "are for different tasks");
    json_t *json =
        json_of(state, ARGS("model", "compare", "1", "2", "7", "--json"), 0);
    const json_t *metrics = json_object_get(json, "metrics");
    assert_int_equal(json_array_size(metrics), 3);
    assert_true(
        json_is_null(json_object_get(json_array_get(metrics, 0), "best")));
    json_decref(json);
    json = json_of(state, ARGS("model", "compare", "1", "2", "--json"), 0);
    const json_t *cpm = json_array_get(json_object_get(json, "metrics"), 0);
    assert_int_equal(json_integer_value(json_object_get(cpm, "best")), 1);
    json_decref(json);
}

static void a_model_tells_of_itself(void **state)
{
    put_versions(state);
    const char *text = output_of(state, ARGS("model", "show", "7"), 0);
    assert_non_null(strstr(text, "patch           32 x 24 x 16\n"));
    assert_non_null(strstr(text, "auc             0.97\n"));
    assert_non_null(
        strstr(text, "Has seen only phantoms.\\x0aNot for patients.\n"));
    json_t *json = json_of(
        state, ARGS("model", "show", "run3/best.safetensors", "--json"), 0);
    assert_string_equal(text_of(json, "signed"), "none");
    json_decref(json);
}

/* The program finds its models wherever both are put. */
static void check_shipped(void **state, const char *program_at,
                          const char *models_at)
{
    CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
    char at[512];
    char dir[512];
    char parent[512];
    snprintf(at, sizeof(at), "%s", tmp_path(*state, program_at));
    snprintf(dir, sizeof(dir), "%s", tmp_path(*state, models_at));
    snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(at, '/') - at), at);
    assert_int_equal(cs_mkdir_p(parent, 0777, NULL), 0);
    assert_int_equal(cs_mkdir_p(dir, 0777, NULL), 0);
    assert_int_equal(cs_file_read(CS_PROGRAM, (size_t)1 << 30, &bytes, NULL),
                     0);
    assert_int_equal(cs_file_write(at, bytes.data, bytes.len, 0755, NULL), 0);
    put_model(dir, "detect.safetensors", MD_DETECT, 1, NULL);
    program_run run = {
        .args = ARGS("model", "list", "--json"), .cwd = *state, .program = at};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), 0);
    json_t *json = json_loads(result.out.data, 0, NULL);
    const json_t *shipped = json_object_get(json, "shipped");
    assert_int_equal(json_array_size(shipped), 1);
    assert_true(
        json_is_true(json_object_get(json_array_get(shipped, 0), "in_use")));
    json_decref(json);
    cs_proc_result_done(&result);
}

static void models_that_came_with_the_program_are_found(void **state)
{
    check_shipped(state, "repo/build/dev/consilium",
                  "repo/models/lung-phantom");
    check_shipped(state, "usr/bin/consilium",
                  "usr/share/consilium/models/lung-phantom");
}

/* --- what is refused --- */

static void what_was_changed_is_told(void **state)
{
    put_versions(state);
    edit(tmp_path(*state, "consilium-data/models/session_1_model.card.json"),
         "0.81", "0.99");
    expect_error(state, ARGS("model", "verify", "1"), 3,
                 "the card was changed after it was signed: metrics");
    expect_error(state, ARGS("model", "promote", "1"), 3,
                 "'session_1_model.safetensors' cannot be promoted: ");
    expect_out(state, ARGS("model", "list"), 0,
               "session_1_model.safetensors cannot be used: ");
    char models[512];
    snprintf(models, sizeof(models), "%s",
             tmp_path(*state, "consilium-data/models"));
    put_weights(models, "session_2_model.safetensors", "nodulefpn", 99);
    expect_error(state, ARGS("model", "verify", "2"), 3,
                 "is not the file that its card was made for");
    expect_error(state, ARGS("model", "promote", "2"), 3, "is not the file");
    assert_int_equal(unlink(tmp_path(models, "session_7_model.card.json")), 0);
    expect_error(state, ARGS("model", "show", "7"), 3, "has no card");
    json_t *json = json_of(state, ARGS("model", "list", "--json"), 0);
    const json_t *first = json_array_get(json_object_get(json, "models"), 0);
    assert_true(json_is_false(json_object_get(first, "usable")));
    assert_non_null(strstr(text_of(first, "problem"), "metrics"));
    json_decref(json);
}

static void an_unsigned_card_is_no_proof(void **state)
{
    put_run(state, "run", MD_CHECK, 1, 0.8);
    expect_out(state, ARGS("model", "verify", "run/best.safetensors"), 1,
               "not signed: anyone may have written its card\n");
}

static void keys_and_histories_that_cannot_be_trusted_stop(void **state)
{
    put_versions(state);
    output_of(state, ARGS("model", "promote", "1"), 0);
    edit(tmp_path(*state, "consilium-data/models/promoted.json"), "promote\"",
         "rollback\"");
    expect_error(state, ARGS("model", "list"), 3,
                 "promoted.json: history[0] does not follow from what is "
                 "before it");
    expect_error(state, ARGS("model", "promote", "2"), 3, "history[0]");
    const char *key = tmp_path(*state, "consilium-data/keys/model.key");
    assert_int_equal(chmod(key, 0644), 0);
    expect_error(state, ARGS("model", "add", "run1"), 3,
                 "others may use the key");
}

static void names_from_outside_are_checked(void **state)
{
    put_versions(state);
    expect_error(state, ARGS("model", "promote", "8"), 3,
                 "no model is called '8'");
    expect_error(state, ARGS("model", "promote", "sesion_2_model"), 3,
                 "did you mean 'session_2_model'?");
    expect_error(state, ARGS("model", "promote", "../run1/best.safetensors"), 3,
                 "no model is called");
    expect_error(state, ARGS("model", "add", "run1", "--session", "../8"), 2,
                 "'../8' cannot name a session");
    expect_error(state, ARGS("model", "add", "run1", "--session", "7"), 3,
                 "session '7' has a model already");
    expect_error(state, ARGS("model", "add", "nothing.pth"), 3, "nothing.pth");
    expect_error(state, ARGS("model", "rollback", "detct"), 2, "detect");
    expect_error(state, ARGS("model", "compare", "1"), 2, "MODEL");
    expect_error(state, ARGS("model", "lst"), 2, "list");
    expect_error(state, ARGS("model"), 2, "ACTION");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trained_models_become_signed_versions,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(versions_are_listed, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(
            use_follows_promotions_and_their_taking_back, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(models_are_compared_side_by_side,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_model_tells_of_itself, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(
            models_that_came_with_the_program_are_found, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(what_was_changed_is_told, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(an_unsigned_card_is_no_proof, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(
            keys_and_histories_that_cannot_be_trusted_stop, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(names_from_outside_are_checked,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
