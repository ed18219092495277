#include <stdio.h>

#include "nn/graph_case.h"

typedef nn_value joins(nn_graph *g, nn_value a, nn_value b);

static joins *const each[] = {nn_add, nn_subtract, nn_multiply};
static const char *const names[] = {"add", "subtract", "multiply"};

static void either_side_is_repeated(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(each); i++) {
        fixture f = begin((tk_dims){2, 8, 1, 5, 1});
        nn_value y = nn_input(f.g, "y", &(tk_dims){1, 8, 4, 1, 3});
        expect_dims(&f, each[i](f.g, f.x, y), (tk_dims){2, 8, 4, 5, 3});
        expect_dims(&f, each[i](f.g, y, f.x), (tk_dims){2, 8, 4, 5, 3});
        expect_dims(&f, each[i](f.g, y, y), (tk_dims){1, 8, 4, 1, 3});
        end(&f);
    }
}

static void what_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(each); i++) {
        char text[128];
        fixture f = begin((tk_dims){1, 8, 4, 4, 4});
        nn_value y = nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 12});
        nn_enter(f.g, "enc2");
        snprintf(text, sizeof(text),
                 "enc2.%s [1, 8, 4, 4, 4]: [1, 8, 4, 4, 4] and [1, 12, 4, 4, "
                 "4] cannot be joined",
                 names[i]);
        expect_mistake(&f, each[i](f.g, f.x, y), CS_E_RANGE, text);
    }
}

static void a_probability_of_one_would_drop_all(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 12, 4, 4, 4});
    expect_mistake(&f, nn_dropout(f.g, 1.0, false, f.x), CS_E_RANGE,
                   "dropout [1, 12, 4, 4, 4]: a probability of 1; it must be "
                   "at least 0 and below 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_side_is_repeated),
        cmocka_unit_test(what_does_not_fit_together_is_refused),
        cmocka_unit_test(a_probability_of_one_would_drop_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
