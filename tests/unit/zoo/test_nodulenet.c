#include "zoo/outputs.h"

static void a_logit_for_each_class_of_any_patch(void **state)
{
    (void)state;
    check_output("nodulenet", (tk_dims){3, 1, 32, 32, 32}, 0,
                 (tk_dims){3, 2, 1, 1, 1}, true);
    check_output("nodulenet", (tk_dims){1, 1, 40, 24, 16}, 0,
                 (tk_dims){1, 2, 1, 1, 1}, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_logit_for_each_class_of_any_patch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
