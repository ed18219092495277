#include "base/cgroup.h"

#include "support/test.h"

static void a_group_is_found_for_each_version(void **state)
{
    (void)state;
    cs_str text = CS_STR("12:cpu,cpuacct:/docker/abc\n"
                         "4:memory:/docker/abc/m\n"
                         "0::/user.slice/x\n");
    assert_true(cs_str_is(cs_cgroup_path(text, "cpu"), "/docker/abc"));
    assert_true(cs_str_is(cs_cgroup_path(text, "memory"), "/docker/abc/m"));
    assert_true(cs_str_is(cs_cgroup_path(text, ""), "/user.slice/x"));
    assert_null(cs_cgroup_path(text, "pids").data);
    assert_null(cs_cgroup_path(CS_STR(""), "").data);
    assert_null(cs_cgroup_path(CS_STR("nonsense"), "cpu").data);
}

static void quotas_become_cpus(void **state)
{
    (void)state;
    assert_true(cs_cgroup_quota_v2(CS_STR("150000 100000\n")) == 1.5);
    assert_true(cs_cgroup_quota_v2(CS_STR("max 100000\n")) == 0);
    assert_true(cs_cgroup_quota_v2(CS_STR("")) == 0);
    assert_true(cs_cgroup_quota_v2(CS_STR("5 0")) == 0);
    assert_true(cs_cgroup_quota_v1(CS_STR("50000\n"), CS_STR("100000\n")) ==
                0.5);
    assert_true(cs_cgroup_quota_v1(CS_STR("-1\n"), CS_STR("100000\n")) == 0);
}

static void sizes_may_be_unlimited(void **state)
{
    (void)state;
    assert_true(cs_cgroup_bytes(CS_STR("1048576\n"), 7) == 1048576);
    assert_true(cs_cgroup_bytes(CS_STR("max\n"), UINT64_MAX) == UINT64_MAX);
    assert_true(cs_cgroup_bytes(CS_STR("x"), 7) == 7);
    cs_str stat = CS_STR("anon 10\nfile 20\ninactive_file 15\n");
    assert_true(cs_cgroup_stat(stat, "file") == 20);
    assert_true(cs_cgroup_stat(stat, "inactive_file") == 15);
    assert_true(cs_cgroup_stat(stat, "slab") == 0);
}

static void a_system_without_groups_has_no_limits(void **state)
{
    (void)state;
    cs_cgroup_limits limits;
    cs_cgroup_read("/nonexistent", &limits);
    assert_true(limits.cpus == 0);
    assert_true(limits.memory == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_found_for_each_version),
        cmocka_unit_test(quotas_become_cpus),
        cmocka_unit_test(sizes_may_be_unlimited),
        cmocka_unit_test(a_system_without_groups_has_no_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
