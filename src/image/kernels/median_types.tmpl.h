/* median.tmpl.h for bytes and for 16 bits, in the tier's vectors. */

#if defined(__AVX2__)
#define MEDIAN_BYTES 32
#define MEDIAN_DO(op, a, b, type)                                              \
    (MEDIAN_NAME(mv)) _mm256_##op##_##type((__m256i)(a), (__m256i)(b))
#elif defined(__SSE2__)
#define MEDIAN_BYTES 16
#define MEDIAN_DO(op, a, b, type)                                              \
    (MEDIAN_NAME(mv)) _mm_##op##_##type((__m128i)(a), (__m128i)(b))
#else
#define MEDIAN_BYTES 16
#define MEDIAN_LESS(a, b) ((MEDIAN_NAME(mv))((a) < (b)))
#define MEDIAN_DO_min(a, b)                                                    \
    (((a)&MEDIAN_LESS(a, b)) | ((b) & ~MEDIAN_LESS(a, b)))
#define MEDIAN_DO_max(a, b)                                                    \
    (((b)&MEDIAN_LESS(a, b)) | ((a) & ~MEDIAN_LESS(a, b)))
#define MEDIAN_DO(op, a, b, type) MEDIAN_DO_##op(a, b)
#endif

#define MEDIAN_TYPE int16_t
#define MEDIAN_NAME(f) TK_NAME(f##_i16)
#define MEDIAN_MIN(a, b) MEDIAN_DO(min, a, b, epi16)
#define MEDIAN_MAX(a, b) MEDIAN_DO(max, a, b, epi16)
#include "image/kernels/median.tmpl.h"

#define MEDIAN_TYPE uint8_t
#define MEDIAN_NAME(f) TK_NAME(f##_u8)
#define MEDIAN_MIN(a, b) MEDIAN_DO(min, a, b, epu8)
#define MEDIAN_MAX(a, b) MEDIAN_DO(max, a, b, epu8)
#include "image/kernels/median.tmpl.h"
