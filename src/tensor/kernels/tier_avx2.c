/* AVX2 and FMA; compiled with those flags (see CMakeLists.txt). */
#ifdef __x86_64__
#define TK_TIER _avx2
#include "tensor/kernels/tier.tmpl.h"
#endif
