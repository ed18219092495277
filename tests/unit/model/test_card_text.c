#include "model/card_text.h"

#include "model/cards.h"

static const char want[] =
    "consilium-model-card\n"
    "{\"card\":1,\"name\":\"test-check\",\"session\":\"7\","
    "\"created\":\"2026-11-21T09:30:00.000Z\","
    "\"recipe\":{\"task\":\"check\",\"network\":\"nodulenet\","
    "\"input\":{\"spacing\":0.7,\"window\":[-1200.0,600.0],"
    "\"patch\":[32,24,16]},\"head\":{\"kind\":\"class\",\"stride\":1}},"
    "\"calibration\":{\"a\":1.25,\"b\":-0.5},\"threshold\":0.4,"
    "\"data\":{\"source\":\"phantoms\",\"scans\":60,\"nodules\":143,"
    "\"malignant\":51,\"sites\":3},"
    "\"training\":{\"steps\":1200,\"epochs\":8,"
    "\"seed\":\"18446744073709551615\",\"plan\":\"" PLAN "\"},"
    "\"metrics\":[{\"name\":\"cpm\",\"value\":0.30000000000000004},"
    "{\"name\":\"sensitivity at 0.5\",\"value\":0.95},"
    "{\"name\":\"loss\",\"value\":1e-300}],"
    "\"limits\":\"Has seen only phantoms.\\nNot for patients.\","
    "\"weights\":{\"sha256\":\"00\",\"bytes\":5}}";

static void what_is_signed_is_fixed_to_the_byte(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    md_card c = sample_card();
    c.weights = "00";
    c.weights_bytes = 5;
    assert_int_equal(md_card_signed_text(&c, &text, NULL), 0);
    assert_string_equal(text.data, want);
}

/* Each section's seal follows that section and no other. */
static void seals_tell_sections_apart(void **state)
{
    (void)state;
    md_card a = sample_card();
    md_card b = sample_card();
    b.threshold = 0.41;
    for (size_t i = 0; i < MD_CARD_SECTIONS; i++) {
        char x[MD_SEAL_TEXT + 1];
        char y[MD_SEAL_TEXT + 1];
        assert_int_equal(md_card_seal(&a, i, x, NULL), 0);
        assert_int_equal(md_card_seal(&b, i, y, NULL), 0);
        bool other = strcmp(md_card_sections[i], "threshold") == 0;
        assert_int_equal(strcmp(x, y) != 0, other);
    }
    assert_null(md_card_sections[MD_CARD_SECTIONS]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_is_fixed_to_the_byte),
        cmocka_unit_test(seals_tell_sections_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
