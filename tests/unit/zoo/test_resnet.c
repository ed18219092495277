#include "zoo/outputs.h"

static void one_score_for_each_class(void **state)
{
    (void)state;
    check_output("resnet18-2d", (tk_dims){2, 3, 1, 50, 39}, 0,
                 (tk_dims){2, 1000, 1, 1, 1}, true);
    check_output("resnet50-2d-28", (tk_dims){1, 3, 1, 28, 28}, 0,
                 (tk_dims){1, 9, 1, 1, 1}, true);
    check_output("resnet50-3d", (tk_dims){1, 1, 16, 16, 16}, 0,
                 (tk_dims){1, 2, 1, 1, 1}, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_score_for_each_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
