/* Everything that one phantom consists of, ready to be cut into slices. */
#ifndef CS_IMAGE_PHANTOM_SCENE_H
#define CS_IMAGE_PHANTOM_SCENE_H

#include "image/phantom/nodule.h"
#include "image/phantom/texture.h"
#include "image/volume.h"

#define PH_NODULES 8
#define PH_TAPS_MAX 13

/* How it is scanned. Positions are those of the patient's frame; the grid's
 * axes are its axes, and turning them over comes last. */
typedef struct ph_scan {
    size_t size[3];
    float spacing[3];
    float start[3];          /* of voxel (0, 0, 0) */
    float thickness;         /* of a slice */
    unsigned layers;         /* a slice is the mean of so many */
    float taps[PH_TAPS_MAX]; /* the kernel, the same along x and y */
    size_t tap_count;        /* odd */
    float noise;             /* HU in the middle of the body */
    float streaks;
    bool flipped, padded;
} ph_scan;

typedef struct ph_scene {
    const im_phantom_site *site;
    ph_patient patient;
    ph_scan scan;
    im_geometry geometry; /* of the volumes, in the world */
    ph_vec offset;        /* world = patient's frame + offset */
    ph_organs organs;
    ph_texture texture;
    ph_tubes tubes;
    ph_rods rods;
    ph_buckets tube_bands, rod_bands;
    ph_nodule nodules[PH_NODULES]; /* those that are annotated */
    size_t nodule_count;
    ph_nodule specks[PH_NODULES]; /* those below 3 mm */
    size_t speck_count;
} ph_scene;

/* Scan `index` of a site; `size` as asked for, or zeros for the site's own.
 * Too large to move about or to stand on a stack: the caller allocates, zeroed,
 * and calls done also after a failure. */
int ph_scene_init(ph_scene *s, const im_phantom_site *site, uint64_t seed,
                  uint64_t index, const size_t size[3], cs_pool *pool,
                  cs_errinfo *info);
void ph_scene_done(ph_scene *s);

#endif
