#include "detect/target.h"

#include "base/mem.h"
#include "target_case.h"

static const md_recipe recipe = {.head = {.stride = 1}};

static void weights_of_a_nodule_sum_to_its_part(void **state)
{
    (void)state;
    const dt_seen nodules[4] = {{{0}, 1, false}};
    const dt_truth truths[] = {{nodules, 3, NULL, 0}, {nodules, 1, NULL, 0}};
    dt_batch b = batch_of(&recipe, truths, 2, 5, 1, 1);
    CS_SCOPED(dt_target) t = DT_TARGET_INIT;
    assert_int_equal(dt_target_init(&b, 5, false, &t, NULL), 0);
    assert_null(t.heat);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(t.owner[i], DT_NOBODY);
    const int32_t owner[] = {2, 2, -1, 0, 2, -2, 0, -1, -1, -1};
    memcpy(t.owner, owner, sizeof(owner));
    dt_target_count(&b, &t);
    assert_true(t.found == 3); /* nodule 1 of the first sample owns none */
    assert_int_equal(t.first[1], 3);
    const size_t owned[] = {1, 0, 3, 1};
    assert_memory_equal(t.owned, owned, sizeof(owned));
    assert_true(fabs(dt_target_weight(&t, 0, 2) - 1.0 / 9) < 1e-15);
    assert_true(fabs(dt_target_weight(&t, 1, 0) - 1.0 / 3) < 1e-15);
}

static void without_nodules_one_is_divided_by(void **state)
{
    (void)state;
    const dt_truth none = {0};
    dt_batch b = batch_of(&recipe, &none, 1, 5, 1, 1);
    CS_SCOPED(dt_target) t = DT_TARGET_INIT;
    assert_int_equal(dt_target_init(&b, 5, true, &t, NULL), 0);
    assert_non_null(t.heat);
    dt_target_count(&b, &t);
    assert_true(t.found == 1);
}

static bool refuse(CS_UNUSED const cs_alloc_site *site)
{
    return false;
}

static void memory_refused_is_an_error(void **state)
{
    (void)state;
    const dt_truth none = {0};
    dt_batch b = batch_of(&recipe, &none, 1, 5, 1, 1);
    dt_target t = DT_TARGET_INIT;
    cs_alloc_set_gate(refuse);
    int r = dt_target_init(&b, 5, true, &t, NULL);
    cs_alloc_set_gate(NULL);
    assert_int_equal(r, CS_E_NOMEM);
    assert_null(t.owner);
    assert_int_equal(dt_target_init(&b, SIZE_MAX, true, &t, NULL), CS_E_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_of_a_nodule_sum_to_its_part),
        cmocka_unit_test(without_nodules_one_is_divided_by),
        cmocka_unit_test(memory_refused_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
