/* CRC-32 as in zip (reflected, polynomial 0x04c11db7). It finds broken copies,
 * not forged ones. */
#ifndef CS_WEIGHTS_CRC32_H
#define CS_WEIGHTS_CRC32_H

#include "base/defs.h"

/* Of the bytes before, whose sum is `crc` (0: none), and these. */
uint32_t wt_crc32(uint32_t crc, const void *data, size_t size);

#endif
