#include <string.h>

#include "lung/rules.h"
#include "support/test.h"

/* The guideline's table as cells, in words that only that cell has. */
static const struct {
    lu_density density;
    bool multiple;
    double mm;
    const char *low, *high;
} cells[] = {
    {LU_SOLID, false, 5.4, "no routine", "12 months is optional"},
    {LU_SOLID, false, 5.5, "6 to 12 months, then consider",
     "6 to 12 months, then CT at"},
    {LU_SOLID, false, 6, "6 to 12 months, then consider",
     "6 to 12 months, then CT at"},
    {LU_SOLID, false, 8.4, "6 to 12 months, then consider",
     "6 to 12 months, then CT at"},
    {LU_SOLID, false, 8.5, "tissue sampling", "tissue sampling"},
    {LU_SOLID, true, 5.4, "no routine", "12 months is optional"},
    {LU_SOLID, true, 5.5, "3 to 6 months, then consider",
     "3 to 6 months, then at"},
    {LU_SOLID, true, 30, "3 to 6 months, then consider",
     "3 to 6 months, then at"},
    {LU_GROUND_GLASS, false, 5.4, "no routine", "no routine"},
    {LU_GROUND_GLASS, false, 5.5, "every 2 years", "every 2 years"},
    {LU_GROUND_GLASS, true, 5.4, "2 and 4 years", "2 and 4 years"},
    {LU_GROUND_GLASS, true, 5.5, "most suspicious", "most suspicious"},
    {LU_PART_SOLID, false, 5.4, "no routine", "no routine"},
    {LU_PART_SOLID, false, 5.5, "every year for 5", "every year for 5"},
    {LU_PART_SOLID, true, 5.4, "2 and 4 years", "2 and 4 years"},
    {LU_PART_SOLID, true, 5.5, "most suspicious", "most suspicious"},
    {LU_CALCIFIED, false, 20, "benign pattern", "benign pattern"},
    {LU_CALCIFIED, true, 3, "benign pattern", "benign pattern"},
};

static void each_cell_is_the_guidelines(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(cells); i++) {
        const lu_finding f = {
            .measure = {.density = cells[i].density, .mean_mm = cells[i].mm}};
        assert_non_null(
            strstr(lu_fleischner(&f, cells[i].multiple, false), cells[i].low));
        assert_non_null(
            strstr(lu_fleischner(&f, cells[i].multiple, true), cells[i].high));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cell_is_the_guidelines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
