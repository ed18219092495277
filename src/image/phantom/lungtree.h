/* Arteries, veins and airways of the lungs, lobe by lobe: arteries with a
 * bronchus at their side, as they run in life, and veins between them. All in
 * the patient's frame. */
#ifndef CS_IMAGE_PHANTOM_LUNGTREE_H
#define CS_IMAGE_PHANTOM_LUNGTREE_H

#include "image/phantom/organs.h"
#include "image/phantom/shape.h"

/* Appends vessels and bronchi. 0 or CS_E_NOMEM. */
int ph_lung_tubes(const ph_patient *p, const ph_organs *o, ph_tubes *list);

#endif
