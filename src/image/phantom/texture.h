/* Random textures: a periodic block of smooth noise in space, and a periodic
 * tile of noise as a kernel leaves it in a slice. Mean 0, deviation 1. */
#ifndef CS_IMAGE_PHANTOM_TEXTURE_H
#define CS_IMAGE_PHANTOM_TEXTURE_H

#include "base/random.h"
#include "image/phantom/field.h"

/* 2^k points along each edge. */
#define PH_BLOCK 64u
#define PH_TILE 512u

typedef struct ph_texture {
    ph_grid fine, coarse; /* two looks at one block */
    ph_field lobules;     /* structure of a few millimetres */
    ph_field patches;     /* structure of a few centimetres */
    float *block;         /* owned */
    float *tile;          /* owned: PH_TILE * PH_TILE */
} ph_texture;

#define PH_TEXTURE_INIT                                                        \
    {                                                                          \
        .block = NULL                                                          \
    }

/* `grain` is the correlation length of the tile in its points. The texture
 * must not be moved. */
int ph_texture_init(ph_texture *t, const cs_rng *rng, float grain,
                    cs_errinfo *info);
void ph_texture_done(ph_texture *t);

#endif
