#include "base/random.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/normal.h"

#define MULTIPLIER_0 0xd2511f53u
#define MULTIPLIER_1 0xcd9e8d57u
#define WEYL_0 0x9e3779b9u
#define WEYL_1 0xbb67ae85u
#define ROUNDS 10

/* Words made at a time when filling: as many as fit well in the cache. */
#define BATCH 256

void cs_philox(const uint32_t counter[4], const uint32_t key[2],
               uint32_t ret[4])
{
    uint32_t c0 = counter[0], c1 = counter[1];
    uint32_t c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t p0 = (uint64_t)MULTIPLIER_0 * c0;
        uint64_t p1 = (uint64_t)MULTIPLIER_1 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    ret[0] = c0;
    ret[1] = c1;
    ret[2] = c2;
    ret[3] = c3;
}

/* The block that holds words 4 * number to 4 * number + 3. */
static void make_block(const cs_rng *r, uint64_t number, uint32_t ret[4])
{
    const uint32_t counter[4] = {(uint32_t)number, (uint32_t)(number >> 32),
                                 (uint32_t)r->stream,
                                 (uint32_t)(r->stream >> 32)};
    const uint32_t key[2] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)};
    cs_philox(counter, key, ret);
}

cs_rng cs_rng_stream(uint64_t seed, uint64_t stream)
{
    return (cs_rng){.seed = seed, .stream = stream};
}

static void store_u64(unsigned char *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

static uint64_t load_u64(const unsigned char *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

cs_rng cs_rng_derive(const cs_rng *parent, const char *label, uint64_t number)
{
    unsigned char key[24], hash[16];
    store_u64(key, parent->seed);
    store_u64(key + 8, parent->stream);
    store_u64(key + 16, number);
    /* Fails only for sizes out of range, which these are not. */
    (void)crypto_generichash_blake2b(hash, sizeof(hash),
                                     (const unsigned char *)label,
                                     strlen(label), key, sizeof(key));
    return cs_rng_stream(load_u64(hash), load_u64(hash + 8));
}

void cs_rng_seek(cs_rng *r, uint64_t index)
{
    r->next = index;
    if (index % 4)
        make_block(r, index / 4, r->block);
}

/* --- words to values --- */

static inline float uniform_f32(uint32_t w)
{
    return (float)(w >> 8) * 0x1p-24f;
}

/* The middle of the word's share of (0, 1), so that 0 and 1 do not occur and
 * w and ~w give x and -x. */
static inline float normal_f32(uint32_t w)
{
    return (float)cs_normal_quantile(((double)w + 0.5) * 0x1p-32);
}

uint32_t cs_rng_u32(cs_rng *r)
{
    uint64_t at = r->next++;
    if (at % 4 == 0)
        make_block(r, at / 4, r->block);
    return r->block[at % 4];
}

uint64_t cs_rng_u64(cs_rng *r)
{
    uint64_t low = cs_rng_u32(r);
    return low | (uint64_t)cs_rng_u32(r) << 32;
}

float cs_rng_uniform_f32(cs_rng *r)
{
    return uniform_f32(cs_rng_u32(r));
}

double cs_rng_uniform_f64(cs_rng *r)
{
    return (double)(cs_rng_u64(r) >> 11) * 0x1p-53;
}

float cs_rng_normal_f32(cs_rng *r)
{
    return normal_f32(cs_rng_u32(r));
}

/* 52 bits and a half are exact in a double; 53 would round the last one to 1.
 */
double cs_rng_normal_f64(cs_rng *r)
{
    return cs_normal_quantile(((double)(cs_rng_u64(r) >> 12) + 0.5) * 0x1p-52);
}

/* Multiplies instead of dividing; a draw that lands in the uneven remainder is
 * thrown away (D. Lemire, "Fast random integer generation in an interval",
 * 2019). */
uint64_t cs_rng_below(cs_rng *r, uint64_t n)
{
    assert(n > 0);
    unsigned __int128 m = (unsigned __int128)cs_rng_u64(r) * n;
    if ((uint64_t)m < n) {
        uint64_t uneven = (UINT64_MAX - n + 1) % n;
        while ((uint64_t)m < uneven)
            m = (unsigned __int128)cs_rng_u64(r) * n;
    }
    return (uint64_t)(m >> 64);
}

static void swap_bytes(unsigned char *a, unsigned char *b, size_t size)
{
    unsigned char held[64];
    while (size > 0) {
        size_t n = CS_MIN(size, sizeof(held));
        memcpy(held, a, n);
        memcpy(a, b, n);
        memcpy(b, held, n);
        a += n;
        b += n;
        size -= n;
    }
}

void cs_rng_shuffle(cs_rng *r, void *items, size_t n, size_t size)
{
    unsigned char *p = items;
    for (size_t left = n; left > 1; left--) {
        size_t pick = (size_t)cs_rng_below(r, left);
        if (pick != left - 1)
            swap_bytes(p + pick * size, p + (left - 1) * size, size);
    }
}

/* --- by index --- */

/* Lanes side by side, so that the compiler can use vector registers; the
 * values are those of cs_philox(). */
#define LANES 8

static void make_blocks(const cs_rng *r, uint64_t number,
                        uint32_t dst[4 * LANES])
{
    uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
    uint32_t k0 = (uint32_t)r->seed, k1 = (uint32_t)(r->seed >> 32);
    for (unsigned l = 0; l < LANES; l++) {
        c0[l] = (uint32_t)(number + l);
        c1[l] = (uint32_t)((number + l) >> 32);
        c2[l] = (uint32_t)r->stream;
        c3[l] = (uint32_t)(r->stream >> 32);
    }
    for (int i = 0; i < ROUNDS; i++) {
        for (unsigned l = 0; l < LANES; l++) {
            uint64_t p0 = (uint64_t)MULTIPLIER_0 * c0[l];
            uint64_t p1 = (uint64_t)MULTIPLIER_1 * c2[l];
            c0[l] = (uint32_t)(p1 >> 32) ^ c1[l] ^ k0;
            c1[l] = (uint32_t)p1;
            c2[l] = (uint32_t)(p0 >> 32) ^ c3[l] ^ k1;
            c3[l] = (uint32_t)p0;
        }
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    for (unsigned l = 0; l < LANES; l++) {
        dst[(size_t)4 * l] = c0[l];
        dst[(size_t)4 * l + 1] = c1[l];
        dst[(size_t)4 * l + 2] = c2[l];
        dst[(size_t)4 * l + 3] = c3[l];
    }
}

/* n words from word `index` on: whole groups of blocks while they last, the
 * ragged ends one block at a time. */
void cs_rng_fill_u32(const cs_rng *r, uint64_t index, uint32_t *dst, size_t n)
{
    while (n > 0) {
        uint32_t words[4 * LANES];
        size_t skip = index % 4, made = 4;
        if (skip == 0 && n >= CS_COUNTOF(words)) {
            make_blocks(r, index / 4, words);
            made = CS_COUNTOF(words);
        } else {
            make_block(r, index / 4, words);
        }
        size_t take = CS_MIN(n, made - skip);
        memcpy(dst, words + skip, take * sizeof(*dst));
        dst += take;
        index += take;
        n -= take;
    }
}

void cs_rng_fill_uniform_f32(const cs_rng *r, uint64_t index, float *dst,
                             size_t n)
{
    uint32_t words[BATCH];
    for (size_t done = 0; done < n;) {
        size_t take = CS_MIN(n - done, (size_t)BATCH);
        cs_rng_fill_u32(r, index + done, words, take);
        for (size_t i = 0; i < take; i++)
            dst[done + i] = uniform_f32(words[i]);
        done += take;
    }
}

void cs_rng_fill_normal_f32(const cs_rng *r, uint64_t index, float *dst,
                            size_t n)
{
    uint32_t words[BATCH];
    for (size_t done = 0; done < n;) {
        size_t take = CS_MIN(n - done, (size_t)BATCH);
        cs_rng_fill_u32(r, index + done, words, take);
        for (size_t i = 0; i < take; i++)
            dst[done + i] = normal_f32(words[i]);
        done += take;
    }
}
