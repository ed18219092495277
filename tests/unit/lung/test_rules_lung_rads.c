#include <string.h>

#include "lung/rules.h"
#include "support/test.h"

static lu_finding nodule(lu_density density, double mm, double solid)
{
    return (lu_finding){
        .measure = {.density = density, .mean_mm = mm, .solid_mm = solid}};
}

static void categories_turn_exactly_where_the_guideline_says(void **state)
{
    (void)state;
    static const struct {
        lu_density density;
        double mm, solid;
        const char *category, *spiculated;
    } cases[] = {
        {LU_SOLID, 0, 0, "2", "2"},
        {LU_SOLID, 5.9, 5.9, "2", "2"},
        {LU_SOLID, 6, 6, "3", "4X"},
        {LU_SOLID, 7.9, 7.9, "3", "4X"},
        {LU_SOLID, 8, 8, "4A", "4X"},
        {LU_SOLID, 14.9, 14.9, "4A", "4X"},
        {LU_SOLID, 15, 15, "4B", "4X"},
        {LU_SOLID, 60, 60, "4B", "4X"},
        {LU_PART_SOLID, 5.9, 5.9, "2", "2"},
        {LU_PART_SOLID, 6, 5.9, "3", "4X"},
        {LU_PART_SOLID, 25, 5.9, "3", "4X"},
        {LU_PART_SOLID, 7, 6, "4A", "4X"},
        {LU_PART_SOLID, 25, 7.9, "4A", "4X"},
        {LU_PART_SOLID, 25, 8, "4B", "4X"},
        {LU_GROUND_GLASS, 29.9, 0, "2", "2"},
        {LU_GROUND_GLASS, 30, 0, "3", "4X"},
        {LU_CALCIFIED, 40, 40, "1", "1"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        lu_finding f = nodule(cases[i].density, cases[i].mm, cases[i].solid);
        assert_string_equal(lu_lung_rads(&f), cases[i].category);
        f.measure.spiculated = true;
        assert_string_equal(lu_lung_rads(&f), cases[i].spiculated);
    }
}

static void diameters_count_to_a_tenth(void **state)
{
    (void)state;
    const lu_finding below = nodule(LU_SOLID, 5.94, 0);
    const lu_finding at = nodule(LU_SOLID, 5.96, 0);
    assert_string_equal(lu_lung_rads(&below), "2");
    assert_string_equal(lu_lung_rads(&at), "3");
}

static void a_scan_has_its_highest_nodules_category(void **state)
{
    (void)state;
    static const char *const words[] = {"2", "4A", "3", "1"};
    lu_finding f[4];
    for (size_t i = 0; i < 4; i++)
        f[i] = (lu_finding){.lung_rads = words[i]};
    assert_string_equal(lu_lung_rads_scan(f, 4, true), "4A");
    assert_string_equal(lu_lung_rads_scan(f, 1, true), "2");
    assert_string_equal(lu_lung_rads_scan(NULL, 0, true), "1");
    assert_string_equal(lu_lung_rads_scan(f, 4, false), "0");
    f[3].lung_rads = "4X";
    f[1].lung_rads = "4B";
    assert_string_equal(lu_lung_rads_scan(f, 4, true), "4X");
}

static void each_category_has_its_text(void **state)
{
    (void)state;
    static const struct {
        const char *category, *part;
    } cases[] = {{"0", "cannot be judged"}, {"1", "12 months"},
                 {"2", "12 months"},        {"3", "6 months"},
                 {"4A", "3 months"},        {"4B", "tissue sampling"},
                 {"4X", "tissue sampling"}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++)
        assert_non_null(
            strstr(lu_lung_rads_text(cases[i].category), cases[i].part));
    assert_string_equal(lu_lung_rads_text("5"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(categories_turn_exactly_where_the_guideline_says),
        cmocka_unit_test(diameters_count_to_a_tenth),
        cmocka_unit_test(a_scan_has_its_highest_nodules_category),
        cmocka_unit_test(each_category_has_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
