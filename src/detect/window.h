/* Where windows stand on a volume, so that each voxel of a lung lies well
 * inside at least one of them, with as few windows as that takes. */
#ifndef CS_DETECT_WINDOW_H
#define CS_DETECT_WINDOW_H

#include "image/run.h"
#include "image/volume.h"

#define DT_WINDOW_UNIT 16u /* voxels: windows' sizes are multiples of it */
#define DT_WINDOW_STEP                                                         \
    8u              /* voxels: they begin at multiples of it, so that          \
                       the pooled maps of neighbours coincide */
#define DT_BLOCK 4u /* voxels: how finely lungs are looked at */
/* Voxels: half of what neighbours share, where nothing else is wanted. */
#define DT_WINDOW_MARGIN 8u

/* Which blocks of DT_BLOCK voxels a side hold lung: how many do among those
 * before (x, y, z), so that any box of them is asked in eight steps. */
typedef struct dt_blocks {
    size_t voxels[3]; /* of the volume, x, y, z */
    size_t n[3];      /* blocks, the last ones perhaps cut */
    uint32_t *below;  /* [n[2] + 1][n[1] + 1][n[0] + 1] */
} dt_blocks;

#define DT_BLOCKS_INIT                                                         \
    {                                                                          \
        .below = NULL                                                          \
    }

/* `lungs` is TN_U8; anything but 0 is lung. */
int dt_blocks_init(dt_blocks *b, const im_run *run, const im_volume *lungs,
                   cs_errinfo *info);
void dt_blocks_done(dt_blocks *b);

typedef struct dt_window {
    size_t begin[3]; /* voxels */
} dt_window;

typedef struct dt_windows {
    size_t size[3];   /* of each window */
    size_t padded[3]; /* extents of what they stand on: the volume, made large
                         enough for a window, and a multiple of the step */
    dt_window *items; /* by rising z, then y, then x */
    size_t count;
    size_t all; /* that would stand on the volume if all of it were lung */
} dt_windows;

#define DT_WINDOWS_INIT                                                        \
    {                                                                          \
        .items = NULL                                                          \
    }

/* Windows of `size` voxels. Neighbours share about `overlap` (0 … 0.75) of a
 * window, or where it is below 0 twice DT_WINDOW_MARGIN: each voxel of lung is
 * half of that away from the faces of one of them, but for the volume's own
 * faces. CS_E_RANGE for sizes that are no multiples of the unit. */
int dt_windows_init(dt_windows *w, const dt_blocks *b, const size_t size[3],
                    double overlap, cs_errinfo *info);
void dt_windows_done(dt_windows *w);

/* The size whose windows have the fewest voxels in all: from `least` to `most`
 * voxels along each axis (less where the volume is), at most `voxels` each (no
 * less than the smallest, whatever it says). Of equal ones the largest. */
int dt_windows_choose(const dt_blocks *b, double overlap, size_t least,
                      size_t most, size_t voxels, size_t ret[3],
                      cs_errinfo *info);

#endif
