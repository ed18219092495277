#include "lung/notes.h"

#include <string.h>

#include "support/test.h"

static md_set make(void)
{
    md_set s = {.has_check = true, .has_malignancy = true};
    md_model *const all[] = {&s.detect, &s.check, &s.malignancy};
    for (size_t i = 0; i < CS_COUNTOF(all); i++) {
        all[i]->card.data.source = MD_SOURCE_PATIENTS;
        all[i]->card.is_signed = true;
    }
    return s;
}

static void expect(const md_set *s, const lu_options *o,
                   const char *const *codes)
{
    lu_warnings w = CS_VEC_INIT;
    assert_int_equal(lu_note_models(s, o, &w, NULL), 0);
    size_t n = 0;
    for (; codes[n]; n++) {
        assert_true(n < w.len);
        assert_string_equal(w.items[n].code, codes[n]);
        assert_false(w.items[n].severe);
    }
    assert_int_equal(w.len, n);
    cs_vec_done(&w);
}

#define CODES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void good_models_need_no_word(void **state)
{
    (void)state;
    md_set s = make();
    const lu_options o = {.sensitivity = 0.5};
    expect(&s, &o, (const char *const[]){NULL});
}

static void phantoms_come_first_whichever_network_saw_them(void **state)
{
    (void)state;
    const lu_options o = {.sensitivity = 0.7, .fast = true};
    for (int i = 0; i < 3; i++) {
        md_set s = make();
        md_model *const all[] = {&s.detect, &s.check, &s.malignancy};
        all[i]->card.data.source = MD_SOURCE_PHANTOMS;
        all[i]->card.is_signed = false;
        expect(&s, &o,
               CODES("phantoms-only", "unsigned", "fast", "sensitivity"));
    }
}

static void a_network_that_is_not_there_is_missed(void **state)
{
    (void)state;
    md_set s = make();
    s.has_check = s.has_malignancy = false;
    s.check.card.data.source = MD_SOURCE_PHANTOMS;
    s.malignancy.card.is_signed = false;
    lu_options o = {.sensitivity = 0.5};
    expect(&s, &o, CODES("no-check", "no-malignancy"));
    o.detect_only = true;
    expect(&s, &o, CODES("no-check"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_models_need_no_word),
        cmocka_unit_test(phantoms_come_first_whichever_network_saw_them),
        cmocka_unit_test(a_network_that_is_not_there_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
