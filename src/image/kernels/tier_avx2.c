/* AVX2 and FMA; compiled with those flags (see cmake/kernels.cmake). */
#ifdef __x86_64__
#define TK_TIER _avx2
#include "image/kernels/tier.tmpl.h"
#endif
