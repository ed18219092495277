/* Connected voxels of a score, plane by plane: of the planes that have gone by
 * only the components that still grow are remembered. */
#ifndef CS_DETECT_BLOBS_H
#define CS_DETECT_BLOBS_H

#include "base/vec.h"
#include "detect/candidate.h"

typedef struct dt_blob {
    size_t voxels;
    double sum;       /* of scores */
    double moment[3]; /* of score times x, y, z */
    uint32_t parent;  /* of a merged one: what it is part of; its own number
                         while it stands for itself */
    bool grows;       /* has voxels in the plane at hand */
} dt_blob;

typedef struct dt_run {
    uint32_t begin, end; /* x */
    uint32_t blob;
} dt_run;

/* The runs of a plane; those of row y are [row[y], row[y + 1]). */
typedef struct dt_runs {
    CS_VEC(dt_run) all;
    size_t *row;
} dt_runs;

typedef struct dt_blobs {
    size_t size[2]; /* x, y */
    double threshold;
    size_t voxels_min;
    size_t planes;   /* that were pushed */
    dt_runs runs[2]; /* of the last plane and the one before, by z % 2 */
    CS_VEC(dt_blob) open;
    CS_VEC(uint32_t) number; /* scratch: what a blob is called next */
    dt_candidates *ret;      /* borrowed */
} dt_blobs;

/* Candidates are added to *ret as their components end: components of voxels
 * whose score is at least `threshold` (and above 0), with 26 neighbours, of
 * `voxels_min` voxels or more. Centre: in voxels, weighted by the score;
 * diameter: of the ball with as many voxels; score: the mean. */
int dt_blobs_init(dt_blobs *b, const size_t size[2], double threshold,
                  size_t voxels_min, dt_candidates *ret, cs_errinfo *info);
void dt_blobs_done(dt_blobs *b);

/* The next plane, [y][x]. */
int dt_blobs_push(dt_blobs *b, const float *scores, cs_errinfo *info);

/* After the last plane. */
int dt_blobs_finish(dt_blobs *b, cs_errinfo *info);

#endif
