/* Local maxima of scores, plane by plane: three planes are held at a time. */
#ifndef CS_DETECT_PEAKS_H
#define CS_DETECT_PEAKS_H

#include "detect/candidate.h"
#include "detect/head.h"

typedef struct dt_peaks {
    size_t cells[2]; /* x, y */
    size_t stride;   /* voxels a cell */
    double score_min;
    size_t planes;      /* that were pushed */
    float *plane[3];    /* [channel][y][x]; by z % 3 */
    dt_candidates *ret; /* in voxels of the volume, centres of voxels at whole
                           numbers; diameters in voxels too. Borrowed */
} dt_peaks;

#define DT_PEAKS_INIT                                                          \
    {                                                                          \
        .ret = NULL                                                            \
    }

/* Candidates are added to *ret. */
int dt_peaks_init(dt_peaks *p, const size_t cells[2], size_t stride,
                  double score_min, dt_candidates *ret, cs_errinfo *info);
void dt_peaks_done(dt_peaks *p);

/* Where the next plane is to be written: DT_MAP_CHANNELS_MAX channels as
 * dt_head_map() has them, [channel][y][x]. */
float *dt_peaks_next(dt_peaks *p);

/* It is written. A peak is a cell of at least score_min (and above 0) that no
 * neighbour of 26 exceeds; of neighbours that are equal, the first by z, y, x.
 */
int dt_peaks_push(dt_peaks *p, cs_errinfo *info);

/* After the last plane. */
int dt_peaks_finish(dt_peaks *p, cs_errinfo *info);

#endif
