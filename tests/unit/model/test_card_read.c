#include "model/cards.h"

/* A signed card, edited: refused, and told what was. */
static void refuse_edit(const char *dir, const md_key *key, const char *from,
                        const char *to, int code, const char *says)
{
    const char *path = tmp_write(dir, "w.safetensors", "abc");
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    cs_errinfo info = {0};
    assert_int_equal(md_card_write(&c, path, key, NULL), 0);
    edit(tmp_path(dir, "w.card.json"), from, to);
    int r = md_card_read(path, &got, &info);
    if (r != code || !strstr(info.message, says))
        fail_msg("%s: %d, '%s' is not in: %s", to, r, says, info.message);
    assert_non_null(strstr(info.place, "w.card.json"));
    assert_null(got.arena);
}

#define CHANGED "changed after it was signed: "

static void every_section_is_sealed(void **state)
{
    static const char *const edits[][3] = {
        {"\"test-check\"", "\"test-other\"", "name"},
        {"\"session\": \"7\"", "\"session\": \"8\"", "session"},
        {"2026", "2025", "created"},
        {"\"recipe\"", "\"parent\": \"" PLAN "\", \"recipe\"", "parent"},
        {"\"check\"", "\"malignancy\"", "recipe"},
        {"-1200", "-1199", "recipe"},
        {"\"stride\": 1", "\"stride\": 1, \"anchors\": []", ""},
        {"1.25", "1.26", "calibration"},
        {"\"threshold\": 0.4", "\"threshold\": 0.5", "threshold"},
        {"phantoms\"", "patients\"", "data"},
        {"\"nodules\": 143", "\"nodules\": 144", "data"},
        {"\"steps\": 1200", "\"steps\": 1300", "training"},
        {"0.95", "0.99", "metrics"},
        {"Not for patients", "For all patients", "limits"},
        {"\"bytes\": 3", "\"bytes\": 4", "weights"},
    };
    CS_AUTO(md_key) key = make_key(*state, "k");
    for (size_t i = 0; i < CS_COUNTOF(edits); i++) {
        char says[80];
        if (!edits[i][2][0])
            continue; /* says the same */
        snprintf(says, sizeof(says), CHANGED "%s", edits[i][2]);
        refuse_edit(*state, key, edits[i][0], edits[i][1], CS_E_UNSAFE, says);
    }
}

static void a_signature_of_somebody_else_is_refused(void **state)
{
    CS_AUTO(md_key) key = make_key(*state, "k");
    CS_AUTO(md_key) other = make_key(*state, "other");
    refuse_edit(*state, key, md_key_public(key), md_key_public(other),
                CS_E_UNSAFE, "not its signer's");
    refuse_edit(*state, key, "\"signer\"", "\"seals\": [], \"signer\"",
                CS_E_FORMAT, "seals");
    refuse_edit(*state, key, "\"signature\": {", "\"signature\": {}, \"x\": {",
                CS_E_FORMAT, "'x'");
    refuse_edit(*state, key, "\"value\": \"", "\"value\": \"0", CS_E_RANGE,
                "signature.value");
}

static void values_that_cannot_be(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } edits[] = {
        {"\"card\": 1", "\"card\": 2", "version 2; this program reads"},
        {"\"card\": 1", "\"card\": 0", "no model card has version 0"},
        {"\"card\"", "\"kard\"", "this is no model card"},
        {"\"nodulenet\"", "\"nodulenot\"", "no network 'nodulenot'"},
        {"\"nodulenet\"", "\"resnet18-2d\"", "is for images"},
        {"\"check\"", "\"detect\"", "cannot answer 'detect'"},
        {"\"limits\"", "\"secret\": 1, \"limits\"", "secret"},
        {"\"bytes\": 3", "\"bytes\": -3", "weights.bytes"},
        {"\"bytes\": 3", "\"bytes\": \"3\"", "weights.bytes"},
        {"ba7816bf", "BA7816BF", "expected a SHA-256"},
        {"-1200", "700", "is empty"},
        {"32,", "32, 1, 1, 1,", "recipe.input.patch"},
        {"\"name\": \"cpm\"", "\"name\": \"\"", "metrics[0].name"},
        {"0.95", "1e999", "too large"},
        {"18446744073709551615", "18446744073709551616", "whole number"},
        {"\"weights\"", "\"signature\": {}, \"weights\"",
         "a signature has 'signer', 'value' and 'seals'"},
        {"{", "[", "w.card.json"},
    };
    for (size_t i = 0; i < CS_COUNTOF(edits); i++) {
        const char *path = tmp_write(*state, "w.safetensors", "abc");
        md_card c = sample_card();
        md_card got = MD_CARD_INIT;
        cs_errinfo info = {0};
        char line[1024];
        assert_int_equal(md_card_write(&c, path, NULL, NULL), 0);
        edit(tmp_path(*state, "w.card.json"), edits[i].from, edits[i].to);
        int r = md_card_read(path, &got, &info);
        cs_errinfo_format(&info, line, sizeof(line));
        if ((r != CS_E_FORMAT && r != CS_E_RANGE) ||
            !strstr(line, edits[i].says))
            fail_msg("%s: %d, '%s' is not in: %s", edits[i].to, r,
                     edits[i].says, line);
        assert_true(info.line > 0);
    }
}

static void a_card_cut_short_is_refused_at_every_length(void **state)
{
    const char *path = tmp_write(*state, "w.safetensors", "abc");
    CS_AUTO(md_key) key = make_key(*state, "k");
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    md_card c = sample_card();
    md_card got = MD_CARD_INIT;
    assert_int_equal(md_card_write(&c, path, key, NULL), 0);
    assert_int_equal(
        cs_file_read(tmp_path(*state, "w.card.json"), 1 << 20, &text, NULL), 0);
    for (size_t n = 0; n + 2 < text.len; n += 3)
        assert_true(md_card_parse((cs_str){text.data, n}, "c", &got, NULL) < 0);
    assert_int_equal(md_card_parse(cs_strbuf_str(&text), "c", &got, NULL), 0);
    md_card_done(&got);
}

static void a_missing_card_is_named(void **state)
{
    md_card got = MD_CARD_INIT;
    cs_errinfo info = {0};
    const char *path = tmp_write(*state, "w.safetensors", "abc");
    assert_int_equal(md_card_read(path, &got, &info), CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "w.safetensors' has no card"));
    assert_non_null(strstr(info.message, "w.card.json' is missing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_section_is_sealed, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(a_signature_of_somebody_else_is_refused,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(values_that_cannot_be, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(
            a_card_cut_short_is_refused_at_every_length, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(a_missing_card_is_named, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
