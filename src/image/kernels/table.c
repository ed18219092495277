#include "image/kernels/table.h"

const im_table *im_table_of(cs_cpu_tier tier)
{
#ifdef __x86_64__
    if (tier >= CS_CPU_AVX2)
        return &im_table_avx2;
#endif
    (void)tier;
    return &im_table_baseline;
}
