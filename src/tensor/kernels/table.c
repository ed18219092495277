#include "tensor/kernels/table.h"

const tk_table *tk_table_of(cs_cpu_tier tier)
{
#ifdef __x86_64__
    if (tier >= CS_CPU_AVX2)
        return &tk_table_avx2;
#endif
    (void)tier;
    return &tk_table_baseline;
}
