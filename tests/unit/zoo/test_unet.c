#include "zoo/outputs.h"

static void masks_are_as_large_as_their_volumes(void **state)
{
    (void)state;
    check_output("unet3d", (tk_dims){2, 1, 16, 32, 48}, 0,
                 (tk_dims){2, 1, 16, 32, 48}, false);
    check_output("simple3dunet", (tk_dims){1, 1, 8, 16, 24}, 0,
                 (tk_dims){1, 2, 8, 16, 24}, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_are_as_large_as_their_volumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
