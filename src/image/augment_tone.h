/* Values of a patch: noise, gamma, contrast and brightness, in that order. */
#ifndef CS_IMAGE_AUGMENT_TONE_H
#define CS_IMAGE_AUGMENT_TONE_H

#include "image/augment.h"
#include "image/run.h"

/* Changes n values in place. Voxel i has word i of the plan's stream of noise.
 * Values within the gamma's bounds become
 * low + (high - low) * ((v - low) / (high - low))^gamma, then all
 * centre + contrast * (v - centre) + brightness. */
void im_augment_tone(const im_run *run, const im_augment_plan *plan, size_t n,
                     float *voxels);

#endif
