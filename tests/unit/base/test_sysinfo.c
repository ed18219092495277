#include "base/sysinfo.h"

#include "support/test.h"

static const char meminfo[] = "MemTotal:       16384000 kB\n"
                              "MemFree:         1000000 kB\n"
                              "MemAvailable:    8192000 kB\n"
                              "HugePages_Total:       3\n";

static void a_line_is_found_by_its_whole_name(void **state)
{
    (void)state;
    cs_str s = cs_str_of(meminfo);
    assert_true(cs_meminfo_bytes(s, "MemTotal") == UINT64_C(16384000) * 1024);
    assert_true(cs_meminfo_bytes(s, "MemAvailable") ==
                UINT64_C(8192000) * 1024);
    assert_true(cs_meminfo_bytes(s, "Mem") == 0);
    assert_true(cs_meminfo_bytes(s, "SwapTotal") == 0);
    assert_true(cs_meminfo_bytes(CS_STR(""), "MemTotal") == 0);
    assert_true(cs_meminfo_bytes(CS_STR("MemTotal: x kB"), "MemTotal") == 0);
}

static void this_machine_has_memory(void **state)
{
    (void)state;
    assert_true(cs_mem_total() > (UINT64_C(64) << 20));
    assert_true(cs_mem_available() > 0);
    assert_true(cs_mem_available() <= cs_mem_total());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_found_by_its_whole_name),
        cmocka_unit_test(this_machine_has_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
