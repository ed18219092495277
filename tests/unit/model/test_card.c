#include "model/cards.h"

static void a_card_has_the_name_of_its_weights(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"a/b.safetensors", "a/b.card.json"},
        {"x.pth", "x.card.json"},
        {"x.y.pt", "x.y.card.json"},
    };
    for (size_t i = 0; i < CS_COUNTOF(pairs); i++) {
        CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
        assert_int_equal(md_card_path(pairs[i][0], &b, NULL), 0);
        assert_string_equal(b.data, pairs[i][1]);
    }
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(md_card_path("weights.onnx", &b, NULL), CS_E_USAGE);
}

static void weights_are_held_against_the_card(void **state)
{
    const char *path = tmp_write(*state, "w.pth", "weights");
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    cs_errinfo info = {0};
    assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
    assert_int_equal(md_card_read(path, &got, NULL), 0);
    assert_int_equal(md_card_check_weights(&got, path, NULL), 0);
    tmp_write(*state, "w.pth", "Weights");
    assert_int_equal(md_card_check_weights(&got, path, &info), CS_E_UNSAFE);
    assert_non_null(strstr(info.message, "its SHA-256 is "));
    tmp_write(*state, "w.pth", "weigh");
    assert_int_equal(md_card_check_weights(&got, path, &info), CS_E_UNSAFE);
    assert_non_null(strstr(info.message, "it has 5 bytes, not 7"));
    md_card_done(&got);
    md_card_done(&got);
    md_card_done(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_has_the_name_of_its_weights),
        cmocka_unit_test_setup_teardown(weights_are_held_against_the_card,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
