#include "lung/diagnose.h"
#include "support/test.h"

static void words_stand_at_their_values(void **state)
{
    (void)state;
    assert_string_equal(lu_density_words[LU_GROUND_GLASS], "ground-glass");
    assert_null(lu_density_words[LU_DENSITIES]);
    assert_string_equal(lu_zone_words[LU_ZONE_LOWER], "lower");
    assert_string_equal(lu_risk_words[LU_RISK_HIGH], "high");
    assert_string_equal(lu_stage_words[LU_STAGE_PREPARE], "prepare");
    assert_string_equal(lu_stage_words[LU_STAGE_MALIGNANCY], "malignancy");
    assert_null(lu_stage_words[LU_STAGES]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_at_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
