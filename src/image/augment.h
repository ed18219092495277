/* Random variations of a scan, for training: what may be varied (a spec), what
 * is varied for one sample (a plan), drawn from a seed.
 *
 * Everything spatial acts in millimetres along the axes of the patch that is
 * made, about its centre; everything else in Hounsfield units. A plan is a
 * plain value, the same for the image, its masks and its coordinates:
 * augment_map.h moves points, augment_patch.h makes voxels. See
 * docs/augmentation.md. */
#ifndef CS_IMAGE_AUGMENT_H
#define CS_IMAGE_AUGMENT_H

#include "base/error.h"
#include "base/random.h"

typedef struct im_augment_range {
    double low, high;
} im_augment_range;

/* What may happen to a sample, each with its probability. Values are drawn
 * evenly from their ranges. */
typedef struct im_augment_spec {
    struct {
        double probability[3]; /* per axis of the patch, x first */
    } flip;
    struct {
        double probability;
        double degrees[3]; /* at most, either way, about each axis; to 180 */
    } rotate;
    struct {
        double probability;
        im_augment_range factor; /* above 1: things grow */
    } scale;
    struct {
        double probability;
        double mm[3]; /* at most, either way, along each axis */
    } shift;
    struct {
        double probability;
        double grid_mm;      /* between the knots of the field */
        im_augment_range mm; /* a knot's greatest displacement along an axis;
                                at most 0.35 of grid_mm, so nothing folds */
    } elastic;
    struct {
        double probability;
        im_augment_range mm; /* thickness of the slices */
    } thick;
    struct {
        double probability;
        im_augment_range sigma_mm;
    } blur;
    struct {
        double probability;
        im_augment_range sigma_hu;
    } noise;
    struct {
        double probability;
        im_augment_range exponent;
        double low_hu, high_hu; /* acts between them; their values stay */
    } gamma;
    struct {
        double probability;
        im_augment_range factor;
        double centre_hu; /* this value stays */
    } contrast;
    struct {
        double probability;
        im_augment_range hu;
    } brightness;
} im_augment_spec;

/* Nothing happens; ranges are those of im_augment_nodules(). */
im_augment_spec im_augment_nothing(void);

/* Suits patches of some 64 mm around lung nodules. */
im_augment_spec im_augment_nodules(void);

/* CS_E_RANGE, naming the field, for what cannot be done. */
int im_augment_check(const im_augment_spec *spec, cs_errinfo *info);

/* What is done to one sample. */
typedef struct im_augment_plan {
    bool flip[3];
    double degrees[3]; /* about x, then y, then z */
    double scale;
    double shift_mm[3];
    double elastic_mm, elastic_grid_mm; /* 0: none */
    double thick_mm;                    /* 0: slices as they are */
    double
        thick_phase; /* [0, 1): how far into a thick slice the patch begins */
    double blur_mm;
    double noise_hu;
    double gamma, gamma_low, gamma_high;
    double contrast, contrast_centre;
    double brightness_hu;
    cs_rng knots, noise; /* the streams of the field and of the noise */
} im_augment_plan;

/* Leaves every voxel and point as it is. */
im_augment_plan im_augment_identity(void);

/* Sample `number` of a seed. Each kind of variation draws from a stream of its
 * own: switching one on or off leaves the others as they were. The spec has
 * passed im_augment_check(). */
im_augment_plan im_augment_draw(const im_augment_spec *spec, uint64_t seed,
                                uint64_t number);

#endif
