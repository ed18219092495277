/* Every allocation in src/base is refused at least once, and survived. */
#include <stdio.h>

#include "scenarios.h"
#include "support/test.h"
#include "support/tmp.h"

static void run_all(const scenario_list *list, const char *dir)
{
    for (size_t i = 0; i < list->len; i++) {
        const char *wrong = alloc_try(&list->items[i], dir);
        if (wrong)
            fail_msg("%s", wrong);
    }
}

static void containers_survive(void **state)
{
    run_all(&scenarios_containers, *state);
}

static void files_and_processes_survive(void **state)
{
    run_all(&scenarios_files, *state);
}

static void documents_and_configuration_survive(void **state)
{
    run_all(&scenarios_documents, *state);
}

static void the_rest_of_the_system_survives(void **state)
{
    run_all(&scenarios_system, *state);
}

static void no_allocation_was_left_out(void **state)
{
    (void)state;
    assert_int_equal(alloc_sites_missed("src/base/"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_survive),
        cmocka_unit_test(files_and_processes_survive),
        cmocka_unit_test(documents_and_configuration_survive),
        cmocka_unit_test(the_rest_of_the_system_survives),
        cmocka_unit_test(no_allocation_was_left_out),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
