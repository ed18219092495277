#include "base/cpu.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/cgroup.h"
#include "base/str.h"

/* --- how many --- */

/* A machine may have more CPUs than a plain cpu_set_t holds: the kernel then
 * refuses (EINVAL) until the set is large enough. */
#define CPU_SETS 64

static unsigned affinity_count(void)
{
    cpu_set_t sets[CPU_SETS];
    for (size_t n = 1; n <= CPU_SETS; n *= 2) {
        if (sched_getaffinity(0, n * sizeof(*sets), sets) == 0)
            return (unsigned)CPU_COUNT_S(n * sizeof(*sets), sets);
    }
    return 1;
}

unsigned cs_cpu_usable(void)
{
    unsigned cpus = affinity_count();
    cs_cgroup_limits limits;
    cs_cgroup_read("", &limits);
    if (limits.cpus > 0 && limits.cpus < (double)cpus) {
        unsigned whole = (unsigned)limits.cpus;
        cpus = whole + ((double)whole < limits.cpus);
    }
    return CS_MAX(cpus, 1u);
}

/* --- tiers --- */

static const char *const tier_names[CS_CPU_TIERS] = {
    [CS_CPU_BASELINE] = "baseline",
    [CS_CPU_AVX2] = "avx2",
    [CS_CPU_AVX512] = "avx512",
};

/* What a CPU offers whose best tier is the index. */
static const char *const available_tiers[CS_CPU_TIERS] = {
    [CS_CPU_BASELINE] = "auto, baseline",
    [CS_CPU_AVX2] = "auto, baseline, avx2",
    [CS_CPU_AVX512] = "auto, baseline, avx2, avx512",
};

/* Bits of CPUID leaf 1 (ecx), leaf 7 (ebx), and of the register state that the
 * system saves on a thread switch (XCR0). */
#define L1_FMA (1u << 12)
#define L1_OSXSAVE (1u << 27)
#define L1_AVX (1u << 28)
#define L1_F16C (1u << 29)
#define L7_BMI1 (1u << 3)
#define L7_AVX2 (1u << 5)
#define L7_BMI2 (1u << 8)
#define L7_AVX512F (1u << 16)
#define L7_AVX512DQ (1u << 17)
#define L7_AVX512BW (1u << 30)
#define L7_AVX512VL (1u << 31)
#define XCR0_YMM 0x06u /* SSE and AVX state */
#define XCR0_ZMM 0xe6u /* those, mask registers and both parts of ZMM */

#define L1_FOR_AVX2 (L1_FMA | L1_OSXSAVE | L1_AVX | L1_F16C)
#define L7_FOR_AVX2 (L7_BMI1 | L7_AVX2 | L7_BMI2)
#define L7_FOR_AVX512 (L7_AVX512F | L7_AVX512DQ | L7_AVX512BW | L7_AVX512VL)

static bool has_all(uint64_t bits, uint64_t wanted)
{
    return (bits & wanted) == wanted;
}

cs_cpu_tier cs_cpu_tier_of(const cs_cpu_features *f)
{
    if (!has_all(f->leaf1_ecx, L1_FOR_AVX2) ||
        !has_all(f->leaf7_ebx, L7_FOR_AVX2) || !has_all(f->xcr0, XCR0_YMM))
        return CS_CPU_BASELINE;
    if (!has_all(f->leaf7_ebx, L7_FOR_AVX512) || !has_all(f->xcr0, XCR0_ZMM))
        return CS_CPU_AVX2;
    return CS_CPU_AVX512;
}

#if defined(__x86_64__)
static cs_cpu_features read_features(void)
{
    cs_cpu_features f = {0, 0, 0};
    uint32_t a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d))
        f.leaf1_ecx = c;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        f.leaf7_ebx = b;
    if (f.leaf1_ecx & L1_OSXSAVE) { /* else the instruction faults */
        __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
        f.xcr0 = (uint64_t)d << 32 | a;
    }
    return f;
}
#else
static cs_cpu_features read_features(void)
{
    return (cs_cpu_features){0, 0, 0};
}
#endif

static cs_cpu_tier best_tier;
static pthread_once_t best_tier_once = PTHREAD_ONCE_INIT;

static void find_best_tier(void)
{
    cs_cpu_features f = read_features();
    best_tier = cs_cpu_tier_of(&f);
}

cs_cpu_tier cs_cpu_tier_best(void)
{
    pthread_once(&best_tier_once, find_best_tier);
    return best_tier;
}

const char *cs_cpu_tier_name(cs_cpu_tier tier)
{
    return tier < CS_CPU_TIERS ? tier_names[tier] : "unknown";
}

int cs_cpu_tier_select(const char *wanted, cs_cpu_tier *ret, cs_errinfo *info)
{
    cs_cpu_tier best = cs_cpu_tier_best();
    if (!wanted || cs_str_is(cs_str_of(wanted), "auto")) {
        *ret = best;
        return 0;
    }
    for (unsigned t = 0; t < CS_CPU_TIERS; t++) {
        if (!cs_str_is(cs_str_of(wanted), tier_names[t]))
            continue;
        if (t > best)
            return cs_fail(info, CS_E_UNSUPPORTED,
                           "this CPU has no '%s' instructions; it offers %s",
                           wanted, available_tiers[best]);
        *ret = (cs_cpu_tier)t;
        return 0;
    }
    return cs_fail(info, CS_E_RANGE,
                   "there is no instruction tier '%s'; this CPU offers %s",
                   wanted, available_tiers[best]);
}

/* --- model --- */

#if defined(__x86_64__)
/* Three leaves of 16 characters, padded with blanks or NUL. */
static size_t read_brand(char dst[48])
{
    uint32_t words[12] = {0};
    for (unsigned i = 0; i < 3; i++) {
        uint32_t *w = &words[4 * (size_t)i];
        if (!__get_cpuid(0x80000002u + i, &w[0], &w[1], &w[2], &w[3]))
            return 0;
    }
    memcpy(dst, words, sizeof(words));
    return strnlen(dst, sizeof(words));
}
#else
static size_t read_brand(char dst[48])
{
    (void)dst;
    return 0;
}
#endif

char *cs_cpu_model(char dst[CS_CPU_MODEL_MAX])
{
    char brand[48];
    cs_str name = cs_str_trim((cs_str){brand, read_brand(brand)});
    if (name.len == 0)
        name = CS_STR("unknown");
    memcpy(dst, name.data, name.len);
    dst[name.len] = '\0';
    return dst;
}
