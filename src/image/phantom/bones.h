/* The skeleton of the chest in the patient's frame: ribs with their cartilage,
 * spine, breastbone, collar bones, shoulder blades, and plaques of calcium. */
#ifndef CS_IMAGE_PHANTOM_BONES_H
#define CS_IMAGE_PHANTOM_BONES_H

#include "image/phantom/patient.h"
#include "image/phantom/shape.h"

/* Appends them. 0 or CS_E_NOMEM. */
int ph_bones(const ph_patient *p, ph_rods *list);

#endif
