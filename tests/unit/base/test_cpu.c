#include "base/cpu.h"

#include <sched.h>
#include <string.h>

#include "support/test.h"

/* Bits of leaf 1 ECX, leaf 7 EBX and XCR0 as the CPU manuals number them. */
#define ECX_AVX2_NEEDS                                                         \
    (1u << 12 | 1u << 27 | 1u << 28 | 1u << 29)      /* FMA OSXSAVE AVX F16C */
#define EBX_AVX2_NEEDS (1u << 3 | 1u << 5 | 1u << 8) /* BMI1 AVX2 BMI2 */
#define EBX_AVX512_NEEDS (1u << 16 | 1u << 17 | 1u << 30 | 1u << 31)
#define XCR0_AVX 0x6u
#define XCR0_AVX512 0xe6u

static void a_tier_needs_all_of_its_features(void **state)
{
    (void)state;
    cs_cpu_features f = {ECX_AVX2_NEEDS, EBX_AVX2_NEEDS, XCR0_AVX};
    assert_int_equal(cs_cpu_tier_of(&f), CS_CPU_AVX2);
    for (unsigned bit = 0; bit < 32; bit++) {
        cs_cpu_features less = f;
        less.leaf1_ecx &= ~(1u << bit);
        bool needed = ECX_AVX2_NEEDS >> bit & 1 && bit != 27;
        if (needed)
            assert_int_equal(cs_cpu_tier_of(&less), CS_CPU_BASELINE);
        less = f;
        less.leaf7_ebx &= ~(1u << bit);
        if (EBX_AVX2_NEEDS >> bit & 1)
            assert_int_equal(cs_cpu_tier_of(&less), CS_CPU_BASELINE);
    }
    f.leaf7_ebx |= EBX_AVX512_NEEDS;
    assert_int_equal(cs_cpu_tier_of(&f), CS_CPU_AVX2);
    f.xcr0 = XCR0_AVX512;
    assert_int_equal(cs_cpu_tier_of(&f), CS_CPU_AVX512);
    f.xcr0 = 0x2;
    assert_int_equal(cs_cpu_tier_of(&f), CS_CPU_BASELINE);
}

static void a_tier_is_chosen_by_name(void **state)
{
    (void)state;
    cs_cpu_tier tier = CS_CPU_TIERS;
    cs_errinfo info = {0};
    assert_int_equal(cs_cpu_tier_select("baseline", &tier, &info), 0);
    assert_int_equal(tier, CS_CPU_BASELINE);
    assert_int_equal(cs_cpu_tier_select(NULL, &tier, &info), 0);
    assert_int_equal(tier, cs_cpu_tier_best());
    assert_int_equal(cs_cpu_tier_select("auto", &tier, &info), 0);
    assert_int_equal(tier, cs_cpu_tier_best());
    assert_int_equal(cs_cpu_tier_select("sse9", &tier, &info), CS_E_RANGE);
    assert_non_null(strstr(info.message, "'sse9'"));
    assert_non_null(strstr(info.message, "baseline"));
    assert_string_equal(cs_cpu_tier_name(CS_CPU_AVX2), "avx2");
}

static void affinity_limits_the_usable_cpus(void **state)
{
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    unsigned usable = cs_cpu_usable();
    assert_in_range(usable, 1, (unsigned)CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, &all)) {
            CPU_SET(i, &one);
            break;
        }
    }
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(cs_cpu_usable(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
    assert_int_equal(cs_cpu_usable(), usable);
}

static void the_model_has_a_name(void **state)
{
    (void)state;
    char model[CS_CPU_MODEL_MAX];
    assert_ptr_equal(cs_cpu_model(model), model);
    assert_in_range(strlen(model), 1, CS_CPU_MODEL_MAX - 1);
    assert_true(model[0] != ' ' && model[strlen(model) - 1] != ' ');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tier_needs_all_of_its_features),
        cmocka_unit_test(a_tier_is_chosen_by_name),
        cmocka_unit_test(affinity_limits_the_usable_cpus),
        cmocka_unit_test(the_model_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
