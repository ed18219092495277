/* Models of ONNX, as somebody meets them who passes networks on, or gets one.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "program.h"
#include "support/tmp.h"
#include "tensor/npy.h"
#include "weights/weights.h"
#include "zoo/state.h"
#include "zoo/zoo.h"

/* Random weights of a network, and an input, which every test may use. */
static void put_weights(const char *dir, const char *file,
                        const zoo_network *net, const tk_dims *dims)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(zoo_build(net, NULL, dims, params, &graph, NULL), 0);
    nn_params_reset(params, 7);
    assert_int_equal(zoo_save(params, &d, NULL), 0);
    assert_int_equal(wt_write(tmp_path(dir, file), &d, NULL), 0);
}

static void put_input(const char *dir, const char *name, const tn_shape *shape)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_rng r = cs_rng_stream(5, 1);
    assert_int_equal(tn_tensor_init(&t, TN_F32, shape, NULL), 0);
    cs_rng_fill_normal_f32(&r, 0, tn_f32(&t), tn_count(&t));
    assert_int_equal(tn_npy_write(tmp_path(dir, name), &t, NULL), 0);
}

static int group_setup(void **state)
{
    tmp_setup(state);
    put_weights(*state, "w.pth", zoo_find("simple3dunet"),
                &(tk_dims){1, 1, 8, 8, 8});
    put_input(*state, "in.npy", &TN_SHAPE(1, 1, 8, 8, 16));
    return 0;
}

/* Standard output of a call that succeeds, to be freed. */
static char *run(void **state, const char *const *args)
{
    program_run call = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int status = program(&call, &result);
    if (status != 0)
        fail_msg("status %d: %s", status, result.err.data);
    char *text = cs_strdup(result.out.data);
    cs_proc_result_done(&result);
    return text;
}

static void says(void **state, const char *const *args, const char *part)
{
    CS_AUTO_MEM char *text = run(state, args);
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

static void refused(void **state, const char *const *args, int status,
                    const char *part)
{
    program_run call = {.args = args, .cwd = *state};
    expect_part(&call, status, part);
    assert_int_not_equal(access(tmp_path(*state, "none.onnx"), F_OK), 0);
    assert_int_not_equal(access(tmp_path(*state, "none.npy"), F_OK), 0);
}

static void same_files(void **state, const char *a, const char *b)
{
    const size_t max = (size_t)256 << 20;
    CS_SCOPED(cs_strbuf) x = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) y = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_path(*state, a), max, &x, NULL), 0);
    assert_int_equal(cs_file_read(tmp_path(*state, b), max, &y, NULL), 0);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
}

static void convert(void **state, const char *shape)
{
    cs_free(run(state, ARGS("weights", "convert", "w.pth", "m.onnx", "--like",
                            "simple3dunet", "--shape", shape)));
}

/* A network written as a model gives the same bits as the network itself. */
static void round_trip(void **state, const zoo_network *net, size_t side)
{
    char shape[64];
    const tk_dims dims = {1, net->channels, net->rank == 3 ? side : 1, side,
                          side};
    const tn_shape s = net->rank == 3 ? TN_SHAPE(1, dims.c, side, side, side)
                                      : TN_SHAPE(1, dims.c, side, side);
    if (net->rank == 3)
        snprintf(shape, sizeof(shape), "1,%zu,%zu,%zu,%zu", dims.c, side, side,
                 side);
    else
        snprintf(shape, sizeof(shape), "1,%zu,%zu,%zu", dims.c, side, side);
    put_weights(*state, "net.safetensors", net, &dims);
    put_input(*state, "net.npy", &s);
    cs_free(run(state, ARGS("weights", "convert", "net.safetensors", "net.onnx",
                            "--like", net->name, "--shape", shape)));
    says(state, ARGS("weights", "verify", "net.onnx", "--like", net->name),
         "no faults");
    cs_free(run(state, ARGS("infer", net->name, "-w", "net.safetensors",
                            "net.npy", "net-a.npy")));
    cs_free(run(state, ARGS("infer", "net.onnx", "net.npy", "net-b.npy")));
    same_files(state, "net-a.npy", "net-b.npy");
}

static void every_network_gives_the_same_bits_as_a_model(void **state)
{
    for (size_t i = 0; i < zoo_count(); i++)
        round_trip(state, zoo_at(i), zoo_at(i)->rank == 3 ? 16 : 28);
    /* The second output of nodule detection is the last of its kind here. */
    round_trip(state, zoo_find("noduledet"), 8);
    same_files(state, "net-a.1.npy", "net-b.1.npy");
}

static void weights_come_out_as_they_went_in(void **state)
{
    convert(state, "1,1,8,8,16");
    says(state, ARGS("weights", "convert", "m.onnx", "back.pth"),
         "106 tensors");
    says(state, ARGS("weights", "verify", "back.pth", "--like", "w.pth"),
         "106 tensors, no faults");
    cs_free(run(state, ARGS("infer", "simple3dunet", "-w", "w.pth", "in.npy",
                            "a.npy")));
    cs_free(run(state, ARGS("infer", "simple3dunet", "-w", "back.pth", "in.npy",
                            "b.npy")));
    same_files(state, "a.npy", "b.npy");
}

static void a_model_is_listed(void **state)
{
    convert(state, "1,1,8,8,16");
    says(state, ARGS("weights", "inspect", "m.onnx"),
         "ONNX opset 17, IR version 8, made by consilium\n"
         "input input [1, 1, 8, 8, 16]\n"
         "output output [1, 2, 8, 8, 16]\n"
         "Conv 15\n");
    says(state, ARGS("weights", "inspect", "m.onnx", "--lang=zh"),
         "ONNX 算子集 17");
    CS_AUTO_MEM char *text =
        run(state, ARGS("weights", "inspect", "m.onnx", "--json"));
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json, "opset")), 17);
    const json_t *ops = json_object_get(json, "operators");
    assert_int_equal(json_integer_value(json_object_get(ops, "MaxPool")), 3);
    assert_int_equal(json_array_size(json_object_get(json, "outputs")), 1);
    json_decref(json);
}

static void wrong_calls_are_explained(void **state)
{
    refused(state, ARGS("weights", "convert", "w.pth", "none.onnx"), 2,
            "ONNX wants the network, too: --like NETWORK");
    refused(state,
            ARGS("weights", "convert", "w.pth", "none.onnx", "--like", "unet"),
            2, "there is no network 'unet'");
    refused(state,
            ARGS("weights", "convert", "w.pth", "none.onnx", "--like",
                 "simple3dunet", "--shape", "1,1,8"),
            2, "simple3dunet takes 5 numbers above 0");
    refused(
        state,
        ARGS("weights", "convert", "w.pth", "none.onnx", "--like", "noduledet"),
        3, "the weights do not fit");
    refused(state,
            ARGS("weights", "convert", "w.pth", "none.pth", "--shape", "1"), 2,
            "--shape belongs to convert to .onnx");
    refused(state, ARGS("weights", "inspect", "w.pth", "--like", "unet3d"), 2,
            "--like belongs to verify, and to convert to .onnx");
    refused(state,
            ARGS("infer", "none.onnx", "-w", "w.pth", "in.npy", "none.npy"), 2,
            "has its weights in it");
}

static void a_shape_that_is_not_the_models_is_refused(void **state)
{
    convert(state, "1,1,8,8,8");
    refused(state, ARGS("infer", "m.onnx", "in.npy", "none.npy"), 3,
            "[1, 1, 8, 8, 16] does not suit the model's input 'input'");
}

static void a_damaged_model_is_one_line(void **state)
{
    convert(state, "1,1,8,8,16");
    assert_int_equal(truncate(tmp_path(*state, "m.onnx"), 1000000), 0);
    refused(state, ARGS("infer", "m.onnx", "in.npy", "none.npy"), 3,
            "m.onnx: the file is cut short or damaged");
    refused(state, ARGS("weights", "inspect", "m.onnx", "--lang=zh"), 3,
            "文件被截断或已损坏");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_network_gives_the_same_bits_as_a_model),
        cmocka_unit_test(weights_come_out_as_they_went_in),
        cmocka_unit_test(a_model_is_listed),
        cmocka_unit_test(wrong_calls_are_explained),
        cmocka_unit_test(a_shape_that_is_not_the_models_is_refused),
        cmocka_unit_test(a_damaged_model_is_one_line),
    };
    return cmocka_run_group_tests(tests, group_setup, tmp_teardown);
}
