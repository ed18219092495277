#include "weights/crc32.h"

#include <pthread.h>

#include "weights/le.h"

#define POLYNOMIAL 0xedb88320U
#define SLICES 8

/* table[0] is the classic one; table[k] carries a byte k places further, so
 * that eight bytes are looked up at once: five times as fast. */
static uint32_t table[SLICES][256];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ POLYNOMIAL : c >> 1;
        table[0][i] = c;
    }
    for (int k = 1; k < SLICES; k++) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = table[k - 1][i];
            table[k][i] = c >> 8 ^ table[0][c & 0xff];
        }
    }
}

static uint32_t eight(uint32_t crc, const unsigned char *p)
{
    uint64_t v = wt_le64(p) ^ crc;
    uint32_t c = 0;
    for (int k = 0; k < SLICES; k++)
        c ^= table[SLICES - 1 - k][v >> (8 * k) & 0xff];
    return c;
}

uint32_t wt_crc32(uint32_t crc, const void *data, size_t size)
{
    pthread_once(&made, make);
    const unsigned char *p = data;
    uint32_t c = ~crc;
    for (; size >= SLICES; p += SLICES, size -= SLICES)
        c = eight(c, p);
    for (; size > 0; p++, size--)
        c = c >> 8 ^ table[0][(c ^ *p) & 0xff];
    return ~c;
}
