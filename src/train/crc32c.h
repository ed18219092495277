/* CRC-32C (Castagnoli), as RFC 3720 and TensorFlow's records have it. */
#ifndef CS_TRAIN_CRC32C_H
#define CS_TRAIN_CRC32C_H

#include "base/defs.h"

uint32_t tr_crc32c(const void *data, size_t size);

/* Turned and shifted, so that the sum of bytes that hold a sum is still one:
 * how records carry it. */
static inline uint32_t tr_crc32c_masked(const void *data, size_t size)
{
    uint32_t crc = tr_crc32c(data, size);
    return ((crc >> 15) | (crc << 17)) + UINT32_C(0xa282ead8);
}

#endif
