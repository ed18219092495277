#include "zoo/outputs.h"

static void two_scores_and_no_shortcut(void **state)
{
    (void)state;
    check_output("malignancy", (tk_dims){3, 1, 32, 32, 32}, 0,
                 (tk_dims){3, 2, 1, 1, 1}, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_scores_and_no_shortcut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
