#include "zoo/outputs.h"

static void five_numbers_for_each_cell_of_two(void **state)
{
    (void)state;
    const tk_dims in = {2, 1, 24, 16, 40};
    check_output("nodulefpn", in, 0, (tk_dims){2, 5, 12, 8, 20}, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_numbers_for_each_cell_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
