/* A network on a tensor, as somebody meets it who has weights and a volume. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "nn/plan.h"
#include "program.h"
#include "support/tmp.h"
#include "tensor/npy.h"
#include "weights/weights.h"
#include "zoo/state.h"
#include "zoo/zoo.h"

#define OUTPUTS_MAX 2

static const tk_dims small = {1, 1, 8, 8, 8};

/* --- files, made and read by the library --- */

typedef struct made {
    nn_params *params;
    nn_graph *graph;
} made;

static made make(const char *network)
{
    made m = {NULL, NULL};
    assert_int_equal(nn_params_new(&m.params, NULL), 0);
    assert_int_equal(
        zoo_build(zoo_find(network), NULL, &small, m.params, &m.graph, NULL),
        0);
    nn_params_reset(m.params, 7);
    return m;
}

static void made_done(made *m)
{
    nn_graph_free(m->graph);
    nn_params_free(m->params);
}

static void write_weights(const made *m, const char *path)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(zoo_save(m->params, &d, NULL), 0);
    assert_int_equal(wt_write(path, &d, NULL), 0);
}

static void put_weights(const char *dir, const char *name, const char *network)
{
    CS_SCOPED(made) m = make(network);
    write_weights(&m, tmp_path(dir, name));
}

static void put_input(const char *dir, const char *name, tn_shape shape)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_rng r = cs_rng_stream(5, 1);
    assert_int_equal(tn_tensor_init(&t, TN_F32, &shape, NULL), 0);
    cs_rng_fill_normal_f32(&r, 0, tn_f32(&t), tn_count(&t));
    assert_int_equal(tn_npy_write(tmp_path(dir, name), &t, NULL), 0);
}

/* Weights and volumes for all tests: of two networks, a tenth of a second. */
static int group_setup(void **state)
{
    tmp_setup(state);
    put_weights(*state, "unet.pth", "simple3dunet");
    put_weights(*state, "det.safetensors", "noduledet");
    put_input(*state, "in.npy", TN_SHAPE(1, 1, 8, 8, 8));
    return 0;
}

/* --- running --- */

/* Runs in the test's directory; standard output, to be freed. */
static char *run(void **state, const char *const *args)
{
    program_run call = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&call, &result);
    if (status != 0)
        fail_msg("status %d: %s", status, result.err.data);
    assert_string_equal(result.err.data, "");
    char *text = cs_strdup(result.out.data);
    cs_proc_result_done(&result);
    return text;
}

static void quietly(void **state, const char *const *args)
{
    cs_free(run(state, args));
}

/* Refused in one line that holds `part`, and nothing is written. */
static void refused(void **state, const char *const *args, int status,
                    const char *part)
{
    program_run call = {.args = args, .cwd = *state};
    expect_part(&call, status, part);
    assert_int_not_equal(access(tmp_path(*state, "none.npy"), F_OK), 0);
}

/* --- what the library computes --- */

/* The outputs of `network` for in.npy, to be freed. */
static void library(void **state, const char *network, bool exact,
                    float *outputs[OUTPUTS_MAX])
{
    CS_SCOPED(made) m = make(network);
    CS_SCOPED(tn_tensor) in = TN_TENSOR_INIT;
    CS_AUTO(nn_plan) plan = NULL;
    nn_plan_options o = {.exact = exact, .tier = cs_cpu_tier_best()};
    assert_int_equal(tn_npy_read(tmp_path(*state, "in.npy"), &in, NULL), 0);
    assert_int_equal(nn_plan_new(m.graph, &o, &plan, NULL), 0);
    for (size_t i = 0; i < nn_graph_outputs(m.graph); i++) {
        int id = nn_graph_output(m.graph, i);
        const tk_dims *d = &nn_graph_node(m.graph, (size_t)id)->dims;
        outputs[i] = cs_calloc(d->n * d->c * tk_voxels(d), sizeof(float));
        assert_non_null(outputs[i]);
    }
    const float *inputs[] = {tn_f32(&in)};
    nn_plan_forward(plan, inputs, outputs);
}

/* The file has this shape and these numbers, to the last bit; frees them. */
static void holds(void **state, const char *file, tn_shape shape,
                  float *numbers)
{
    char got[TN_SHAPE_TEXT_MAX];
    char wanted[TN_SHAPE_TEXT_MAX];
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    assert_int_equal(tn_npy_read(tmp_path(*state, file), &t, NULL), 0);
    assert_int_equal(t.dtype, TN_F32);
    assert_string_equal(tn_shape_text(&t.shape, got),
                        tn_shape_text(&shape, wanted));
    assert_memory_equal(tn_f32(&t), numbers, tn_bytes(&t));
    cs_free(numbers);
}

static void same_files(void **state, const char *a, const char *b)
{
    const size_t max = (size_t)1 << 20;
    CS_SCOPED(cs_strbuf) x = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) y = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_path(*state, a), max, &x, NULL), 0);
    assert_int_equal(cs_file_read(tmp_path(*state, b), max, &y, NULL), 0);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
}

/* --- tests --- */

static void the_result_is_the_librarys(void **state)
{
    float *y[OUTPUTS_MAX];
    char *said = run(state, ARGS("infer", "simple3dunet", "-w", "unet.pth",
                                 "in.npy", "fast.npy"));
    assert_memory_equal(said, "simple3dunet: ", 14);
    cs_free(said);
    library(state, "simple3dunet", false, y);
    holds(state, "fast.npy", TN_SHAPE(1, 2, 8, 8, 8), y[0]);
}

static void exact_is_by_definition(void **state)
{
    float *y[OUTPUTS_MAX];
    quietly(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                        "exact.npy", "--exact"));
    library(state, "simple3dunet", true, y);
    holds(state, "exact.npy", TN_SHAPE(1, 2, 8, 8, 8), y[0]);
}

static void further_outputs_are_numbered(void **state)
{
    float *y[OUTPUTS_MAX];
    quietly(state, ARGS("infer", "noduledet", "-w", "det.safetensors", "in.npy",
                        "det.npy"));
    library(state, "noduledet", false, y);
    holds(state, "det.npy", TN_SHAPE(1, 18, 1, 1, 1), y[0]);
    holds(state, "det.1.npy", TN_SHAPE(1, 54, 1, 1, 1), y[1]);
    assert_int_not_equal(access(tmp_path(*state, "det.2.npy"), F_OK), 0);
}

static void classes_are_a_vector(void **state)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    put_input(*state, "picture.npy", TN_SHAPE(2, 3, 28, 28));
    CS_SCOPED(made) m = {NULL, NULL};
    const tk_dims dims = {2, 3, 1, 28, 28};
    assert_int_equal(nn_params_new(&m.params, NULL), 0);
    assert_int_equal(zoo_build(zoo_find("resnet18-2d-28"), NULL, &dims,
                               m.params, &m.graph, NULL),
                     0);
    nn_params_reset(m.params, 7);
    write_weights(&m, tmp_path(*state, "resnet.safetensors"));
    quietly(state, ARGS("infer", "resnet18-2d-28", "-w", "resnet.safetensors",
                        "picture.npy", "classes.npy"));
    assert_int_equal(tn_npy_read(tmp_path(*state, "classes.npy"), &t, NULL), 0);
    assert_true(tn_shape_equal(&t.shape, &TN_SHAPE(2, 9)));
}

static void json_tells_time_memory_and_threads(void **state)
{
    char *text =
        run(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                        "json.npy", "--json", "--threads=2", "--repeat=3"));
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "network")),
                        "simple3dunet");
    assert_true(json_real_value(json_object_get(json, "median_s")) > 0);
    assert_true(json_real_value(json_object_get(json, "rss_mib")) > 20);
    assert_int_equal(json_integer_value(json_object_get(json, "threads")), 2);
    json_decref(json);
    cs_free(text);
}

static void threads_do_not_show(void **state)
{
    quietly(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                        "one.npy", "--threads", "1"));
    quietly(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                        "two.npy", "--threads", "2"));
    same_files(state, "one.npy", "two.npy");
}

static void wrong_weights_are_refused(void **state)
{
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "no.pth", "in.npy", "none.npy"),
            3, "no.pth");
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "det.safetensors", "in.npy",
                 "none.npy"),
            3,
            "det.safetensors: the weights do not fit, beginning with "
            "'enc1.0.weight': 106 missing, 48 unexpected");
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "in.npy", "in.npy", "none.npy"),
            2, "'in.npy': the name of a file of weights ends in");
}

static void cut_weights_are_refused(void **state)
{
    put_weights(*state, "cut.pth", "simple3dunet");
    const char *path = tmp_path(*state, "cut.pth");
    assert_int_equal(truncate(path, 1 << 20), 0);
    refused(
        state,
        ARGS("infer", "simple3dunet", "-w", "cut.pth", "in.npy", "none.npy"), 3,
        "cut.pth: ");
}

static void nan_in_weights_is_refused(void **state)
{
    CS_SCOPED(made) m = make("simple3dunet");
    tn_f32(&nn_params_find(m.params, "dec1.3.weight")->value)[5] = NAN;
    write_weights(&m, tmp_path(*state, "nan.safetensors"));
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "nan.safetensors", "in.npy",
                 "none.npy"),
            3,
            "nan.safetensors: the weights do not fit, beginning with "
            "'dec1.3.weight': 0 missing, 0 unexpected, 0 of another shape, 0 "
            "of another type, 1 with NaN or infinity");
}

/* Of an input of this shape. */
static void refused_shape(void **state, tn_shape shape, const char *part)
{
    put_input(*state, "odd.npy", shape);
    refused(
        state,
        ARGS("infer", "simple3dunet", "-w", "unet.pth", "odd.npy", "none.npy"),
        3, part);
}

static void wrong_inputs_name_layer_and_shape(void **state)
{
    refused_shape(state, TN_SHAPE(1, 8, 8, 8),
                  "simple3dunet wants 5 dimensions, the input is [1, 8, 8, 8]");
    refused_shape(state, TN_SHAPE(1, 3, 8, 8, 8),
                  "simple3dunet takes 1 channels, the input has 3");
    refused_shape(
        state, TN_SHAPE(1, 1, 4, 4, 4),
        "enc3.pool [1, 128, 1, 1, 1]: a pooling window of 2 does not fit "
        "in 1 voxels");
    refused_shape(state, TN_SHAPE(1, 1, 12, 8, 8),
                  "dec3.concat [1, 128, 2, 2, 2]: [1, 128, 2, 2, 2] and "
                  "[1, 128, 3, 2, 2] cannot be joined");
    refused_shape(state, TN_SHAPE(0, 1, 8, 8, 8), "is empty");
    tmp_write(*state, "text.npy", "hello");
    refused(
        state,
        ARGS("infer", "simple3dunet", "-w", "unet.pth", "text.npy", "none.npy"),
        3, "text.npy");
    refused(
        state,
        ARGS("infer", "simple3dunet", "-w", "unet.pth", "no.npy", "none.npy"),
        3, "cannot open 'no.npy'");
}

static void a_memory_limit_is_kept(void **state)
{
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                 "none.npy", "--memory=10MiB"),
            3, "MiB for this input; the limit is 10 MiB");
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                 "none.npy", "--memory=10MiB", "--lang=zh"),
            3, "10 MiB");
    quietly(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                        "enough.npy", "--memory=2GiB"));
}

/* Told before weights are read and anything is computed. */
static void a_result_without_a_place_is_refused_first(void **state)
{
    refused(
        state,
        ARGS("infer", "simple3dunet", "-w", "no.pth", "in.npy", "no/none.npy"),
        3, "cannot open the directory of 'no/none.npy'");
}

/* Slabs, when memory asks for them, change no bit. */
static void a_tight_limit_gives_the_same_result(void **state)
{
    put_input(*state, "big.npy", TN_SHAPE(1, 1, 48, 48, 48));
    quietly(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "big.npy",
                        "roomy.npy"));
    quietly(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "big.npy",
                        "tight.npy", "--threads=1", "--memory=145MiB"));
    same_files(state, "roomy.npy", "tight.npy");
}

static void wrong_calls_are_explained(void **state)
{
    refused(state,
            ARGS("infer", "unet4d", "-w", "unet.pth", "in.npy", "none.npy"), 2,
            "there is no network 'unet4d'; there are unet3d, simple3dunet");
    refused(state, ARGS("infer", "simple3dunet", "in.npy", "none.npy"), 2,
            "the network needs weights: --weights FILE");
    refused(state, ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy"), 2,
            "OUT");
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                 "none.npy", "--repeat=0"),
            2, "--repeat");
    refused(state,
            ARGS("infer", "simple3dunet", "in.npy", "none.npy", "--lang=zh"), 2,
            "网络需要权重");
}

static void the_result_needs_a_place(void **state)
{
    refused(state,
            ARGS("infer", "simple3dunet", "-w", "unet.pth", "in.npy",
                 "missing/none.npy"),
            3, "missing/none.npy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_result_is_the_librarys),
        cmocka_unit_test(exact_is_by_definition),
        cmocka_unit_test(further_outputs_are_numbered),
        cmocka_unit_test(classes_are_a_vector),
        cmocka_unit_test(json_tells_time_memory_and_threads),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(wrong_weights_are_refused),
        cmocka_unit_test(cut_weights_are_refused),
        cmocka_unit_test(nan_in_weights_is_refused),
        cmocka_unit_test(wrong_inputs_name_layer_and_shape),
        cmocka_unit_test(a_memory_limit_is_kept),
        cmocka_unit_test(a_tight_limit_gives_the_same_result),
        cmocka_unit_test(a_result_without_a_place_is_refused_first),
        cmocka_unit_test(wrong_calls_are_explained),
        cmocka_unit_test(the_result_needs_a_place),
    };
    return cmocka_run_group_tests(tests, group_setup, tmp_teardown);
}
