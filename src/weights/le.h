/* Little-endian numbers in files: read and written byte by byte, so that
 * neither alignment nor the machine's order matters. */
#ifndef CS_WEIGHTS_LE_H
#define CS_WEIGHTS_LE_H

#include "base/defs.h"

/* `n` is 1 to 8. */
static inline uint64_t wt_le_get(const unsigned char *p, unsigned n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static inline void wt_le_set(unsigned char *p, unsigned n, uint64_t v)
{
    for (unsigned i = 0; i < n; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

static inline uint16_t wt_le16(const unsigned char *p)
{
    return (uint16_t)wt_le_get(p, 2);
}

static inline uint32_t wt_le32(const unsigned char *p)
{
    return (uint32_t)wt_le_get(p, 4);
}

static inline uint64_t wt_le64(const unsigned char *p)
{
    return wt_le_get(p, 8);
}

#endif
