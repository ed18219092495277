#include "train/crc32c.h"

/* 0x1edc6f41 with its bits reversed. */
#define POLYNOMIAL UINT32_C(0x82f63b78)

/* Eight steps of the division for one byte. Records are a few hundred bytes a
 * training step: a table would not be noticed. */
static uint32_t divide(uint32_t crc)
{
    for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (POLYNOMIAL & (0U - (crc & 1U)));
    return crc;
}

uint32_t tr_crc32c(const void *data, size_t size)
{
    const unsigned char *p = data;
    uint32_t crc = ~UINT32_C(0);
    for (size_t i = 0; i < size; i++)
        crc = divide(crc ^ p[i]);
    return ~crc;
}
