#include "zoo/outputs.h"

static void nine_anchors_for_each_cell(void **state)
{
    (void)state;
    const tk_dims in = {1, 1, 24, 20, 12};
    check_output("noduledet", in, 0, (tk_dims){1, 18, 3, 2, 1}, false);
    check_output("noduledet", in, 1, (tk_dims){1, 54, 3, 2, 1}, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nine_anchors_for_each_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
