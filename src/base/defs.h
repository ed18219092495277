/* Compiler spellings used everywhere: attributes, ownership by scope.
 *
 * Verbs of the whole tree:  init/done  caller's storage
 *                           new/free   heap, one owner
 *                           ref/unref  heap, shared
 *                           clear      empty, but usable again
 * Pointers named `ret` or `ret_*` are outputs, written only on success. */
#ifndef CS_BASE_DEFS_H
#define CS_BASE_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CS_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define CS_FORMAT_ARG(n) __attribute__((format_arg(n)))
#define CS_MUST_CHECK __attribute__((warn_unused_result))
#define CS_UNUSED __attribute__((unused))
#define CS_NORETURN __attribute__((noreturn))

#define CS_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

#define CS_MIN(a, b)                                                           \
    ({                                                                         \
        __auto_type cs_min_a_ = (a);                                           \
        __auto_type cs_min_b_ = (b);                                           \
        cs_min_a_ < cs_min_b_ ? cs_min_a_ : cs_min_b_;                         \
    })
#define CS_MAX(a, b)                                                           \
    ({                                                                         \
        __auto_type cs_max_a_ = (a);                                           \
        __auto_type cs_max_b_ = (b);                                           \
        cs_max_a_ > cs_max_b_ ? cs_max_a_ : cs_max_b_;                         \
    })

/* CS_AUTO(T) p = NULL;  frees *p with T_free() when the scope ends.
 * A type offers it by CS_DEFINE_AUTO(T) after declaring T_free(). */
#define CS_DEFINE_AUTO(T)                                                      \
    static inline CS_UNUSED void T##_freep(T **p)                              \
    {                                                                          \
        T##_free(*p);                                                          \
    }
#define CS_AUTO(T) __attribute__((cleanup(T##_freep))) T *

/* CS_SCOPED(T) v = T_INIT;  runs T_done(&v) when the scope ends. */
#define CS_SCOPED(T) __attribute__((cleanup(T##_done))) T

/* Hands a scoped pointer on: yields p and leaves NULL behind. */
#define CS_TAKE(p)                                                             \
    ({                                                                         \
        __auto_type cs_p_ = &(p);                                              \
        __auto_type cs_v_ = *cs_p_;                                            \
        *cs_p_ = NULL;                                                         \
        cs_v_;                                                                 \
    })

#endif
