/* Maps of windows that overlap, blended into those of the whole volume, of
 * which only a band of planes exists at a time.
 *
 * Each cell of a window counts by a Gaussian about the window's middle: what a
 * network says near the faces, where it sees no surroundings, counts little
 * where another window saw them. Its sigma is an eighth of the window: at the
 * faces four of them, so that the weight has faded to 0.0003 there, and no
 * seam can be seen.
 *
 * Channel 0, the score: sum(w s) / sum(w). Further ones mean something only
 * where the score is high, so they count by it: sum(w s c) / sum(w s). */
#ifndef CS_DETECT_BLEND_H
#define CS_DETECT_BLEND_H

#include "base/pool.h"
#include "tensor/buffer.h"

typedef struct dt_blend {
    size_t cells[3];  /* of the volume, x, y, z */
    size_t window[3]; /* of a window, x, y, z */
    size_t channels;
    size_t plane; /* floats of a plane: those of the channels and weights */
    size_t done;  /* planes that were taken */
    tn_buffer *memory;
    float *weight[3]; /* along each axis of a window */
    float *ring;      /* as many planes as a window has */
} dt_blend;

#define DT_BLEND_INIT                                                          \
    {                                                                          \
        .memory = NULL                                                         \
    }

int dt_blend_init(dt_blend *b, const size_t cells[3], const size_t window[3],
                  size_t channels, cs_errinfo *info);
void dt_blend_done(dt_blend *b);
size_t dt_blend_bytes(const dt_blend *b);

/* A window's map [channel][z][y][x] that begins at cell `begin`; begin[2] is
 * the next plane to be taken. Along x and y it lies within the volume. */
void dt_blend_add(dt_blend *b, cs_pool *pool, const size_t begin[3],
                  const float *map);

/* The next plane into `plane` [channel][y][x]; its memory is that of a later
 * one then. 0 where no window was. */
void dt_blend_take(dt_blend *b, cs_pool *pool, float *plane);

#endif
