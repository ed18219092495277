/* Files of weights, as somebody meets them who was sent one. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "program.h"
#include "support/tmp.h"

/* A safetensors file of this table and these floats. */
static const char *put(void **state, const char *name, const char *table,
                       const float *data, size_t n)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    unsigned char length[8] = {(unsigned char)strlen(table),
                               (unsigned char)(strlen(table) >> 8)};
    cs_strbuf_append(&b, length, sizeof(length));
    cs_strbuf_add(&b, table);
    cs_strbuf_append(&b, data, n * sizeof(*data));
    const char *path = tmp_path(*state, name);
    assert_int_equal(cs_file_write(path, b.data, b.len, 0644, NULL), 0);
    return path;
}

static const float numbers[] = {1, 2, 3, 4};

#define TABLE                                                                  \
    "{\"__metadata__\":{\"from\":\"a \\u001b[31mtest\"},"                      \
    "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3],"                           \
    "\"data_offsets\":[0,12]},"                                                \
    "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[12,16]}}"

static void put_good(void **state, const char *name)
{
    put(state, name, TABLE, numbers, 4);
}

/* Runs in the test's directory and expects this output. */
static void expect_out(void **state, const char *const *args, int status,
                       const char *says)
{
    program_run run = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), status);
    assert_string_equal(result.err.data, "");
    if (!strstr(result.out.data, says))
        fail_msg("'%s' is not in: %s", says, result.out.data);
    cs_proc_result_done(&result);
}

static json_t *json_of(void **state, const char *const *args, int status)
{
    program_run run = {.args = args, .cwd = *state};
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(&run, &result), status);
    json_t *json = json_loads(result.out.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    cs_proc_result_done(&result);
    return json;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void a_file_is_listed(void **state)
{
    put_good(state, "a.safetensors");
    expect_out(state, ARGS("weights", "inspect", "a.safetensors"), 0,
               "tensor    type  shape  bytes\n"
               "a.weight  f32   [3]    12\n"
               "b         f32   []     4\n"
               "from: a \\x1b[31mtest\n"
               "2 tensors, 4 numbers, 16 bytes\n");
    expect_out(state, ARGS("weights", "inspect", "a.safetensors", "--lang=zh"),
               0, "2 个张量，4 个数，16 字节\n");
    json_t *json = json_of(
        state, ARGS("weights", "inspect", "a.safetensors", "--json"), 0);
    assert_string_equal(text_of(json, "format"), "safetensors");
    const json_t *first = json_array_get(json_object_get(json, "tensors"), 0);
    assert_string_equal(text_of(first, "name"), "a.weight");
    assert_string_equal(text_of(json_object_get(json, "notes"), "from"),
                        "a \x1b[31mtest");
    json_decref(json);
}

static void files_are_converted_there_and_back(void **state)
{
    put_good(state, "a.safetensors");
    expect_out(state, ARGS("weights", "convert", "a.safetensors", "b.pth"), 0,
               "2 tensors are in b.pth\nThe notes of the file are lost");
    expect_out(state, ARGS("weights", "convert", "b.pth", "c.pt"), 0,
               "2 tensors are in c.pt\n");
    expect_out(state, ARGS("weights", "convert", "c.pt", "d.safetensors"), 0,
               "2 tensors");
    expect_out(
        state,
        ARGS("weights", "verify", "d.safetensors", "--like", "a.safetensors"),
        0, "2 tensors, no faults\n");
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) c = CS_STRBUF_INIT;
    const size_t max = 100000;
    assert_int_equal(cs_file_read(tmp_path(*state, "b.pth"), max, &b, NULL), 0);
    assert_int_equal(cs_file_read(tmp_path(*state, "c.pt"), max, &c, NULL), 0);
    assert_int_equal(b.len, c.len);
    assert_memory_equal(b.data, c.data, b.len);
}

static void every_difference_is_listed(void **state)
{
    put_good(state, "a.safetensors");
    put(state, "b.safetensors",
        "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1],"
        "\"data_offsets\":[0,4]},"
        "\"more\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
        numbers, 3);
    expect_out(
        state,
        ARGS("weights", "verify", "b.safetensors", "--like=a.safetensors"), 1,
        "a.weight: the shape is [1], expected [3]\n"
        "b: missing; expected [] of f32\n"
        "more: not expected; it is [2] of i32\nSHA-256 ");
    json_t *json = json_of(state,
                           ARGS("weights", "verify", "b.safetensors", "--like",
                                "a.safetensors", "--json"),
                           1);
    assert_true(json_is_false(json_object_get(json, "valid")));
    assert_int_equal(json_array_size(json_object_get(json, "faults")), 3);
    assert_int_equal(strlen(text_of(json, "sha256")), 64);
    json_decref(json);
}

static void nan_is_found(void **state)
{
    const float odd[] = {1, NAN, INFINITY, 0};
    put(state, "a.safetensors", TABLE, odd, 4);
    expect_out(state, ARGS("weights", "verify", "a.safetensors"), 1,
               "a.weight: 1 NaN and 1 infinite of 3 numbers\n");
    expect_out(state, ARGS("weights", "inspect", "a.safetensors"), 0,
               "2 tensors");
}

static void broken_files_are_one_line(void **state)
{
    tmp_write(*state, "a.pth", "hello");
    tmp_write(*state, "a.safetensors", "hello, is this a file of weights?");
    program_run run = {.args = ARGS("weights", "verify", "a.pth"),
                       .cwd = *state};
    expect(&run, 3, "consilium: a.pth: this is no file of PyTorch's");
    run.args = ARGS("weights", "inspect", "a.safetensors");
    expect_part(&run, 3, "a.safetensors: no safetensors file");
    run.args = ARGS("weights", "inspect", "none.pt");
    expect_part(&run, 3, "no such file or directory");
    put_good(state, "cut.safetensors");
    assert_int_equal(truncate(tmp_path(*state, "cut.safetensors"), 180), 0);
    run.args = ARGS("weights", "convert", "cut.safetensors", "out.pth");
    expect_part(&run, 3, "cut.safetensors");
    assert_int_not_equal(access(tmp_path(*state, "out.pth"), F_OK), 0);
}

static void wrong_calls_are_explained(void **state)
{
    put_good(state, "a.safetensors");
    program_run run = {.args = ARGS("weights", "inspect"), .cwd = *state};
    expect_part(&run, 2, "FILE");
    run.args = ARGS("weights", "convert", "a.safetensors");
    expect(&run, 2, "consilium: convert needs the file to write: OUT");
    run.args = ARGS("weights", "convert", "a.safetensors", "b.ckpt");
    expect_part(&run, 2, "'b.ckpt': the name of a file of weights ends in");
    run.args = ARGS("weights", "inspect", "a.safetensors", "b.pth");
    expect(&run, 2, "consilium: 'b.pth': only convert writes a file");
    run.args = ARGS("weights", "inspect", "a.safetensors", "--like", "b.pth");
    expect(&run, 2,
           "consilium: --like belongs to verify, and to convert to .onnx");
    run.args = ARGS("weights", "inspect", "a.txt", "--lang=zh");
    expect_part(&run, 2, "权重文件名应以");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_listed, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(files_are_converted_there_and_back,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(every_difference_is_listed, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(nan_is_found, tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(broken_files_are_one_line, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(wrong_calls_are_explained, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
