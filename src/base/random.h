/* Random numbers by counting: Philox4x32-10 (Salmon et al., SC 2011).
 *
 * A stream is a function of (seed, stream, index) and nothing else: the word
 * at any index can be had at any time, by any thread, in any order. Parallel
 * code gives each piece of work its own stream (by its number, never by its
 * thread) or fills by offset, and so gives the same values on any number of
 * threads. All values, normal ones too, have the same bits on every machine:
 * only + - * / and sqrt are used, none from libm. See docs/determinism.md.
 *
 * For simulation and training only. Keys, tokens and nonces come from the
 * system's generator, never from here. */
#ifndef CS_BASE_RANDOM_H
#define CS_BASE_RANDOM_H

#include "base/defs.h"
#include "base/hash.h"

/* A place in a stream. A plain value: copy it to keep the place. One thread at
 * a time. A stream holds 2^64 words; it starts again after them. */
typedef struct cs_rng {
    uint64_t seed;
    uint64_t stream;
    uint64_t next; /* index of the next 32-bit word */
    uint32_t
        block[4]; /* the words around `next`, if it is not at their start */
} cs_rng;

/* Stream number `stream` of a seed, at its start. Streams are independent. */
cs_rng cs_rng_stream(uint64_t seed, uint64_t stream);

/* A stream of its own for a named purpose, and for item `number` of it:
 * cs_rng_derive(&r, "augment", scan). It follows from the parent's seed and
 * stream, not from its place, so that the order of derivations is free. */
cs_rng cs_rng_derive(const cs_rng *parent, const char *label, uint64_t number);

/* Moves to word `index` of the stream. */
void cs_rng_seek(cs_rng *r, uint64_t index);

/* --- one after the other --- */

uint32_t cs_rng_u32(cs_rng *r);       /* takes one word */
uint64_t cs_rng_u64(cs_rng *r);       /* two: low half, high half */
float cs_rng_uniform_f32(cs_rng *r);  /* one; [0, 1) in steps of 2^-24 */
double cs_rng_uniform_f64(cs_rng *r); /* two; [0, 1) in steps of 2^-53 */
float cs_rng_normal_f32(cs_rng *r);   /* one; mean 0, deviation 1, |x| < 6.4 */
double cs_rng_normal_f64(cs_rng *r);  /* two; |x| < 8.3 */

/* Every value of [0, n) equally likely; n is at least 1. Takes two words, now
 * and then more. */
uint64_t cs_rng_below(cs_rng *r, uint64_t n);

/* Puts n items of `size` bytes into a random order, each equally likely. */
void cs_rng_shuffle(cs_rng *r, void *items, size_t n, size_t size);

/* --- by index --- */

/* dst[i] = what the functions above give at word `index` + i of r's stream;
 * r's own place plays no part and stays. */
void cs_rng_fill_u32(const cs_rng *r, uint64_t index, uint32_t *dst, size_t n);
void cs_rng_fill_uniform_f32(const cs_rng *r, uint64_t index, float *dst,
                             size_t n);
void cs_rng_fill_normal_f32(const cs_rng *r, uint64_t index, float *dst,
                            size_t n);

/* --- pure parts --- */

/* One block of the generator. */
void cs_philox(const uint32_t counter[4], const uint32_t key[2],
               uint32_t ret[4]);

#endif
