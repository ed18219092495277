#include "model/model.h"

#include <unistd.h>

#include "model/cards.h"

static void a_model_is_loaded_with_its_weights(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    static const char *const names[] = {"m.safetensors", "n.pth"};
    for (int i = 0; i < 2; i++) {
        const char *path = put_model(*state, names[i], MD_CHECK, 5, key);
        CS_AUTO(nn_params) want = NULL;
        CS_AUTO(nn_graph) g = NULL;
        const size_t size[3] = {16, 16, 16};
        md_card c = card_for(MD_CHECK);
        md_model m = {.params = NULL};
        assert_int_equal(md_model_load(path, &m, NULL), 0);
        assert_true(m.card.is_signed);
        assert_int_equal(nn_params_new(&want, NULL), 0);
        assert_int_equal(md_recipe_build(&c.recipe, 1, size, want, &g, NULL),
                         0);
        nn_params_reset(want, 5);
        assert_int_equal(nn_params_count(m.params), nn_params_count(want));
        for (size_t k = 0; k < nn_params_count(want); k++)
            assert_memory_equal(tn_data(&nn_params_at(m.params, k)->value),
                                tn_data(&nn_params_at(want, k)->value),
                                tn_bytes(&nn_params_at(want, k)->value));
        md_model_done(&m);
    }
}

static void refuse(const char *path, int code, const char *says)
{
    md_model m = {.params = NULL};
    cs_errinfo info = {0};
    char line[1024];
    int r = md_model_load(path, &m, &info);
    cs_errinfo_format(&info, line, sizeof(line));
    if (r != code || !strstr(line, says))
        fail_msg("%d, '%s' is not in: %s", r, says, line);
    assert_null(m.params);
    assert_null(m.card.arena);
}

static void swapped_weights_are_refused(void **state)
{
    put_model(*state, "a.safetensors", MD_CHECK, 1, NULL);
    const char *path = put_weights(*state, "a.safetensors", "nodulenet", 2);
    refuse(path, CS_E_UNSAFE, "a.safetensors' is not the file that its card");
    assert_int_equal(truncate(path, 5000), 0);
    refuse(path, CS_E_UNSAFE, "it has 5000 bytes, not");
    assert_int_equal(unlink(path), 0);
    refuse(path, CS_E_NOTFOUND, "a.safetensors");
}

static void weights_of_another_network_are_refused(void **state)
{
    md_card c = card_for(MD_CHECK);
    const char *path = put_weights(*state, "a.safetensors", "nodulefpn", 2);
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    refuse(path, CS_E_FORMAT, "a.safetensors");
    path = tmp_write(*state, "b.safetensors", "no weights at all");
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    refuse(path, CS_E_LIMIT, "no safetensors file");
}

static void recipes_that_the_network_denies_are_refused(void **state)
{
    md_card c = card_for(MD_DETECT);
    c.recipe.head.stride = 4;
    const char *path = put_weights(*state, "a.safetensors", "nodulefpn", 2);
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    refuse(path, CS_E_FORMAT, "look at 'stride'");
    c.recipe.head.stride = 2;
    c.recipe.input.patch[0] = 47;
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    refuse(path, CS_E_FORMAT, "no multiple of 8");
}

static void without_a_card_there_is_no_model(void **state)
{
    refuse(put_weights(*state, "a.safetensors", "nodulenet", 2), CS_E_NOTFOUND,
           "a.card.json' is missing");
    refuse(tmp_write(*state, "a.onnx", ""), CS_E_USAGE, ".safetensors");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_model_is_loaded_with_its_weights,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(swapped_weights_are_refused, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(weights_of_another_network_are_refused,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(
            recipes_that_the_network_denies_are_refused, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(without_a_card_there_is_no_model,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
