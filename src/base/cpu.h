/* The processor: how many CPUs we may keep busy, and which instruction tier
 * our kernels may use. */
#ifndef CS_BASE_CPU_H
#define CS_BASE_CPU_H

#include "base/defs.h"
#include "base/error.h"

/* CPUs that this process may use: those of its affinity mask, no more than its
 * control group's CPU quota rounded up; at least 1. Looks anew at each call. */
unsigned cs_cpu_usable(void);

/* Tiers of instructions, each holding the ones before it. */
typedef enum cs_cpu_tier {
    CS_CPU_BASELINE, /* any x86-64 (SSE2), or plain C elsewhere */
    CS_CPU_AVX2,     /* AVX2, FMA, F16C, BMI1, BMI2 */
    CS_CPU_AVX512,   /* AVX-512 F, BW, DQ, VL */
    CS_CPU_TIERS,    /* how many there are */
} cs_cpu_tier;

/* The best tier that both the CPU and the operating system support. Found out
 * once; any thread may ask. */
cs_cpu_tier cs_cpu_tier_best(void);

/* "baseline", "avx2", "avx512". */
const char *cs_cpu_tier_name(cs_cpu_tier tier);

/* The tier that a user wants: NULL or "auto" is the best one. A name that is
 * unknown (CS_E_RANGE) or beyond this CPU (CS_E_UNSUPPORTED) is an error that
 * lists what can be had. */
int cs_cpu_tier_select(const char *wanted, cs_cpu_tier *ret, cs_errinfo *info);

#define CS_CPU_MODEL_MAX 64
/* The CPU's own name, as "Intel(R) Xeon(R) Processor", or "unknown". Always
 * terminated; returns dst. */
char *cs_cpu_model(char dst[CS_CPU_MODEL_MAX]);

/* --- pure parts, for tests --- */

/* What CPUID and XGETBV say, as far as tiers depend on it. */
typedef struct cs_cpu_features {
    uint32_t leaf1_ecx, leaf7_ebx;
    uint64_t xcr0; /* 0 where the system has not enabled XGETBV */
} cs_cpu_features;

cs_cpu_tier cs_cpu_tier_of(const cs_cpu_features *f);

#endif
