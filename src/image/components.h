/* Connected components of a mask, by runs: only the stretches of set voxels
 * are numbered, never single voxels.
 *
 * Finding keeps the mask as bits and 4 bytes a run, whatever the labels are
 * wanted for: beside the mask of 512x512x300 voxels that is 10 MiB, 2 to 20
 * MiB for the runs of an anatomical mask (150 MiB at the very worst, every
 * other voxel set) and 96 bytes a component. The mask may be dropped before
 * labels are written. */
#ifndef CS_IMAGE_COMPONENTS_H
#define CS_IMAGE_COMPONENTS_H

#include "image/bits.h"

typedef struct im_component {
    size_t voxels;
    size_t first;            /* index of its first voxel in the volume */
    size_t begin[3], end[3]; /* the box around it: begin <= voxel < end */
    double centroid[3];      /* mean grid position of its voxels */
} im_component;

/* items[i] has label i + 1; 0 is the background. Everything below `items` is
 * this module's. */
typedef struct im_components {
    size_t count;
    im_component *items;
    im_bits bits;
    uint32_t *row_runs; /* runs before each row; one more at the end */
    uint32_t *owner;    /* of each run: 1 + its component as found */
    size_t found;       /* components, before any were dropped */
    uint32_t *label;    /* of each of these, from 1 on; 0: dropped */
} im_components;

#define IM_COMPONENTS_INIT                                                     \
    {                                                                          \
        .items = NULL                                                          \
    }

/* The components of the non-zero voxels, labelled in the order of their first
 * voxels. *ret must be empty. CS_E_LIMIT above 2^31 - 1 runs. */
int im_components_find(const im_run *run, const im_volume *mask,
                       im_neighbours neighbours, im_components *ret,
                       cs_errinfo *info);

/* The same of bits, which are taken over on success. */
int im_components_of_bits(const im_run *run, im_bits *bits,
                          im_neighbours neighbours, im_components *ret,
                          cs_errinfo *info);

void im_components_done(im_components *c);

/* Labels anew by size, the largest 1, equal ones by their first voxel (as
 * ITK's RelabelComponentImageFilter), and drops those of fewer than
 * `min_voxels`. */
int im_components_by_size(im_components *c, size_t min_voxels,
                          cs_errinfo *info);

/* The label of a voxel. */
uint32_t im_components_at(const im_components *c, size_t x, size_t y, size_t z);

/* Labels as a TN_I32 volume on g; *ret must be empty. */
int im_components_labels(const im_run *run, const im_components *c,
                         const im_geometry *g, im_volume *ret,
                         cs_errinfo *info);

/* dst[voxel] = label, 0 for the background: every voxel is written. */
void im_components_paint(const im_run *run, const im_components *c,
                         int32_t *dst);

/* The voxels of the labels from `first` to `last`, as bits or as 0 and 1. */
int im_components_bits(const im_run *run, const im_components *c,
                       uint32_t first, uint32_t last, im_bits *ret,
                       cs_errinfo *info);
int im_components_mask(const im_run *run, const im_components *c,
                       uint32_t first, uint32_t last, const im_geometry *g,
                       im_volume *ret, cs_errinfo *info);

#endif
