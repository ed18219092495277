/* Vectors of eight floats for the files of one tier. The compiler splits them
 * where the machine's are shorter. A file defines TK_TIER before: its
 * functions then carry the tier's name, which tools/check-baseline wants. */
#ifndef CS_TENSOR_KERNELS_VECTOR_H
#define CS_TENSOR_KERNELS_VECTOR_H

#include <stddef.h>
#include <string.h>
#ifdef __FMA__
#include <immintrin.h>
#endif

typedef float v8 __attribute__((vector_size(32)));
typedef float v8_anywhere __attribute__((vector_size(32), aligned(4)));
typedef int v8i __attribute__((vector_size(32)));
typedef unsigned v8u __attribute__((vector_size(32)));

#define TK_INLINE static inline __attribute__((always_inline))
#define TK_GLUE_(a, b) a##b
#define TK_GLUE(a, b) TK_GLUE_(a, b)
#define TK_NAME(name) TK_GLUE(name, TK_TIER)

#ifdef __clang__
#define TK_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TK_UNROLL _Pragma("GCC unroll 16")
#endif

/* Vectors are passed between inlined functions only; no ABI is at stake. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"

TK_INLINE v8 v8_set(float f)
{
    return (v8){f, f, f, f, f, f, f, f};
}

TK_INLINE v8 v8_load(const float *p)
{
    return *(const v8 *)p;
}

TK_INLINE void v8_store(float *p, v8 v)
{
    *(v8 *)p = v;
}

/* At any address of a float. */
TK_INLINE v8 v8_load_any(const float *p)
{
    return *(const v8_anywhere *)p;
}

TK_INLINE void v8_store_any(float *p, v8 v)
{
    *(v8_anywhere *)p = v;
}

/* yes where the mask, of a comparison, is set; no elsewhere. */
TK_INLINE v8 v8_select(v8i mask, v8 yes, v8 no)
{
    return (v8)((mask & (v8i)yes) | (~mask & (v8i)no));
}

TK_INLINE v8 v8_abs(v8 x)
{
    return (v8)((v8i)x & 0x7fffffff);
}

TK_INLINE v8i v8_is_nan(v8 x)
{
    return ((v8i)x & 0x7fffffff) > 0x7f800000;
}

/* a * b + c; rounded once where the tier has fused multiply-add. */
TK_INLINE v8 v8_fma(v8 a, v8 b, v8 c)
{
#ifdef __FMA__
    return (v8)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

/* c - a * b */
TK_INLINE v8 v8_fnma(v8 a, v8 b, v8 c)
{
#ifdef __FMA__
    return (v8)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return c - a * b;
#endif
}

/* NaN in b wins, as in a > b ? a : b. */
TK_INLINE v8 v8_max(v8 a, v8 b)
{
#ifdef __AVX__
    return (v8)_mm256_max_ps((__m256)a, (__m256)b);
#else
    v8 r = a;
    for (int i = 0; i < 8; i++)
        r[i] = a[i] > b[i] ? a[i] : b[i];
    return r;
#endif
}

/* The larger one; NaN if either is. */
TK_INLINE v8 v8_max_nan(v8 a, v8 b)
{
#ifdef __AVX__
    __m256 most = _mm256_max_ps((__m256)a, (__m256)b); /* b where one is NaN */
    __m256 nan = _mm256_cmp_ps((__m256)a, (__m256)a, _CMP_UNORD_Q);
    return (v8)_mm256_blendv_ps(most, (__m256)a, nan);
#else
    v8 r = v8_set(0);
    for (int i = 0; i < 8; i++)
        r[i] = a[i] > b[i] || a[i] != a[i] ? a[i] : b[i];
    return r;
#endif
}

#pragma GCC diagnostic pop

#endif
