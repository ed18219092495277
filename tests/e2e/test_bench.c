/* What `consilium bench` lists, and that the layers that it times compute what
 * oneDNN computes: norms and probes below are those of
 * bench/peers/onednn_peer.c under oneDNN 2.6.3. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "program.h"

static json_t *json_of(const program_run *run)
{
    cs_proc_result result = CS_PROC_RESULT_INIT;
    json_error_t error;
    assert_int_equal(program(run, &result), 0);
    assert_string_equal(result.err.data, "");
    json_t *json = json_loads(result.out.data, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("line %d: %s", error.line, error.text);
    cs_proc_result_done(&result);
    return json;
}

static double number_of(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

typedef struct known {
    const char *name;
    double norm, probe;
} known;

static const known layers[] = {
    {"conv-3-5-k3-s1-g1-2x4x5x6-t1", 88.544385253118151, -42.731392074998112},
    {"conv-16-16-k3-s2-g16-1x1x9x9-t1", 17.287011386963332, 3.5048069378495774},
    {"data-9-6-k3-s1-g1-1x1x7x5-t1", 38.927233126085682, -37.156043471564558},
    {"weights-4-12-k3-s1-g2-2x5x4x6-t2", 106.19118423022081, 59.977126861475},
    {"up-10-4-k2-s2-g1-1x3x4x5-t1", 44.974300785898265, -4.8602358096967464},
    {"maxpool-9-9-k3-s2-g1-2x1x9x7-t1", 14.796240427708968,
     -2.4219120016145155},
    {"maxpoolback-9-9-k3-s2-g1-2x1x9x7-t1", 10.894682449749524,
     4.1169769140851429},
    {"batchnorm-5-5-k1-s1-g1-2x3x4x5-t1", 14.936992359196694,
     4.6724652748666378},
    {"batchnormback-5-5-k1-s1-g1-2x3x4x5-t1", 4.0090530497724304,
     -1.1530549563143797},
    {"linear-20-30-k1-s1-g1-7x1x1x1-t1", 21.939100102331071,
     5.9875266025907852},
    {"gelu-9-9-k1-s1-g1-1x3x4x5-t1", 8.2602269820252676, -1.3323265090768706},
    {"softmax-11-11-k1-s1-g1-1x3x4x5-t1", 2.6625934278101422,
     0.9315423646043417},
};

static void layers_compute_what_onednn_computes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(layers); i++) {
        const known *k = &layers[i];
        json_t *json = json_of(&(program_run){
            .args = ARGS("bench", "engine", "--only", k->name, "--json")});
        json_t *row = json_array_get(json_object_get(json, "rows"), 0);
        json_t *ours = json_object_get(row, "ours");
        assert_true(number_of(ours, "s") > 0);
        assert_true(number_of(row, "amount") > 0);
        if (!(fabs(number_of(ours, "norm") - k->norm) <= 1e-6 * k->norm) ||
            !(fabs(number_of(ours, "probe") - k->probe) <= 1e-6 * k->norm))
            fail_msg("%s: another result", k->name);
        json_decref(json);
    }
}

static void cases_are_listed_and_none_is_measured(void **state)
{
    (void)state;
    static const char *const subjects[] = {"base", "engine"};
    static const char *const some[] = {"sha256-64mib",
                                       "unet3d-infer-64x96x96-t1"};
    for (size_t i = 0; i < CS_COUNTOF(subjects); i++) {
        json_t *json = json_of(&(program_run){
            .args = ARGS("bench", subjects[i], "--list", "--json")});
        json_t *names = json_object_get(json, "names");
        json_t *name;
        size_t at;
        bool found = false;
        json_array_foreach(names, at, name) found =
            found || strcmp(json_string_value(name), some[i]) == 0;
        assert_true(found);
        json_decref(json);
    }
}

static void names_that_make_no_sense_are_wrong_usage(void **state)
{
    (void)state;
    static const char *const names[] = {
        "conv",
        "conv-3-5-k3-s1-g1-2x4x5x6",
        "conv-3-5-k3-s1-g1-2x4x5x6-t0",
        "conv-3-5-k3-s1-g1-2x4x5x6-t1-",
        "conv-3-5-k3-s1-g1-2x4x5-t1",
        "conv-3-5-k3-s0-g1-2x4x5x6-t1",
        "conv-3-5-3-s1-g1-2x4x5x6-t1",
        "gelu-3-5-k1-s1-g1-2x4x5x6-t1",
        "conv-60000-60000-k3-s1-g1-60000x60000x60000x60000-t1",
    };
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        expect_part(
            &(program_run){.args = ARGS("bench", "engine", "--only", names[i])},
            2, "no case is called");
    expect_part(&(program_run){.args = ARGS("bench", "engine", "--only",
                                            "conv-3-5-k3-s1-g2-2x4x5x6-t1")},
                3, "groups");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_compute_what_onednn_computes),
        cmocka_unit_test(cases_are_listed_and_none_is_measured),
        cmocka_unit_test(names_that_make_no_sense_are_wrong_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
