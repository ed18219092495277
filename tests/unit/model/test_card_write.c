#include <math.h>
#include <unistd.h>

#include "base/dir.h"
#include "model/cards.h"

static void expect_same(const md_card *a, const md_card *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->session, b->session);
    assert_string_equal(a->created, b->created);
    assert_null(b->parent);
    assert_int_equal(a->recipe.task, b->recipe.task);
    assert_ptr_equal(a->recipe.network, b->recipe.network);
    assert_memory_equal(&a->recipe.input, &b->recipe.input,
                        sizeof(a->recipe.input));
    assert_int_equal(a->recipe.head.kind, b->recipe.head.kind);
    assert_memory_equal(&a->calibration, &b->calibration,
                        sizeof(a->calibration));
    assert_memory_equal(&a->threshold, &b->threshold, sizeof(a->threshold));
    assert_int_equal(a->data.source, b->data.source);
    assert_true(a->data.scans == b->data.scans);
    assert_true(a->data.nodules == b->data.nodules);
    assert_true(a->data.malignant == b->data.malignant);
    assert_true(a->data.sites == b->data.sites);
    assert_true(a->steps == b->steps && a->epochs == b->epochs);
    assert_true(a->seed == b->seed);
    assert_string_equal(a->plan, b->plan);
    assert_string_equal(a->limits, b->limits);
}

static void what_is_written_is_read(void **state)
{
    const char *path = tmp_write(*state, "w.safetensors", "abc");
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    assert_int_equal(md_card_read(path, &got, NULL), 0);
    expect_same(&c, &got);
    assert_int_equal(got.metric_count, c.metric_count);
    for (size_t i = 0; i < c.metric_count; i++) {
        assert_string_equal(got.metrics[i].name, c.metrics[i].name);
        assert_memory_equal(&got.metrics[i].value, &c.metrics[i].value,
                            sizeof(double));
    }
    assert_string_equal(
        got.weights,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(got.weights_bytes, 3);
    assert_false(got.is_signed);
    assert_null(got.signer);
    md_card_done(&got);
}

static void anchors_and_a_parent_are_kept(void **state)
{
    const char *path = tmp_write(*state, "w.safetensors", "abc");
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    c.parent = PLAN;
    c.session = c.limits = c.plan = NULL;
    c.recipe.task = MD_DETECT;
    c.recipe.network = zoo_find("noduledet");
    c.recipe.classes = 3;
    c.recipe.head = (md_head){MD_HEAD_ANCHORS, 8, {5, 10.5, 20}, 3};
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    assert_int_equal(md_card_read(path, &got, NULL), 0);
    assert_string_equal(got.parent, PLAN);
    assert_null(got.session);
    assert_null(got.limits);
    assert_null(got.plan);
    assert_int_equal(got.recipe.classes, 3);
    assert_int_equal(got.recipe.head.anchor_count, 3);
    assert_memory_equal(got.recipe.head.anchors, c.recipe.head.anchors,
                        3 * sizeof(double));
    md_card_done(&got);
}

static void metrics_without_a_value_are_left_out(void **state)
{
    const char *path = tmp_write(*state, "w.safetensors", "abc");
    md_metric metrics[] = {{"auc", (double)NAN}, {"loss", 2}};
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    c.metrics = metrics;
    c.metric_count = 2;
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    assert_int_equal(md_card_read(path, &got, NULL), 0);
    assert_int_equal(got.metric_count, 1);
    assert_string_equal(got.metrics[0].name, "loss");
    md_card_done(&got);
}

static void a_signature_names_its_signer(void **state)
{
    const char *path = tmp_write(*state, "w.safetensors", "abc");
    CS_AUTO(md_key) key = make_key(*state, "k");
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    assert_int_equal(md_card_write(&c, path, key, NULL), 0);
    assert_int_equal(md_card_read(path, &got, NULL), 0);
    assert_true(got.is_signed);
    assert_string_equal(got.signer, md_key_public(key));
    /* Blanks are no part of what it says. */
    edit(tmp_path(*state, "w.card.json"), "\"name\": ", "\"name\"   :\n");
    md_card again = MD_CARD_INIT;
    assert_int_equal(md_card_read(path, &again, NULL), 0);
    md_card_done(&again);
    md_card_done(&got);
}

/* Fails, and leaves no file. */
static void refuse(const char *dir, const md_card *c, const char *says)
{
    cs_errinfo info = {0};
    const char *path = tmp_write(dir, "w.safetensors", "abc");
    int r = md_card_write(c, path, NULL, &info);
    assert_true(r == CS_E_FORMAT || r == CS_E_RANGE);
    if (!strstr(info.message, says))
        fail_msg("'%s' is not in: %s", says, info.message);
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &names, NULL), 0);
    assert_int_equal(names.len, 1);
}

static void what_could_not_be_read_is_not_written(void **state)
{
    md_card c = sample_card();
    c.name = "";
    refuse(*state, &c, "name");
    c = sample_card();
    c.created = "yesterday";
    refuse(*state, &c, "expected a time");
    c = sample_card();
    c.threshold = 1.5;
    refuse(*state, &c, "threshold");
    c = sample_card();
    c.calibration = (md_calibration){0, 0};
    refuse(*state, &c, "calibration.a");
    c = sample_card();
    c.steps = UINT64_MAX;
    refuse(*state, &c, "too large");
    c = sample_card();
    c.session = "../7";
    refuse(*state, &c, "letters, digits");
    c = sample_card();
    c.recipe.input.high = c.recipe.input.low;
    refuse(*state, &c, "window");
}

static void without_weights_there_is_no_card(void **state)
{
    md_card c = sample_card();
    const char *path = tmp_path(*state, "none.safetensors");
    assert_int_equal(md_card_write(&c, path, NULL, NULL), CS_E_NOTFOUND);
    assert_int_not_equal(access(tmp_path(*state, "none.card.json"), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(anchors_and_a_parent_are_kept,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(metrics_without_a_value_are_left_out,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_signature_names_its_signer, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(what_could_not_be_read_is_not_written,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(without_weights_there_is_no_card,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
