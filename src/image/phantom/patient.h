/* Who lies on the table: everything about one scan that is drawn by chance
 * before anything is built, and the map from the standard chest to theirs.
 *
 * Anatomy is written down once, in a standard frame: millimetres, LPS, z = 0
 * at the carina. A patient's frame is that frame scaled and gently bent; world
 * positions are the patient's plus an offset. */
#ifndef CS_IMAGE_PHANTOM_PATIENT_H
#define CS_IMAGE_PHANTOM_PATIENT_H

#include "base/random.h"
#include "image/phantom/site.h"
#include "image/phantom/vec3.h"

#define PH_BENDS 3

typedef struct ph_patient {
    cs_rng rng; /* the scan's root: everything derives from it */
    float age;
    bool female;
    ph_vec scale;
    float fat;       /* mm under the skin */
    float breath;    /* mm by which the diaphragm stands lower */
    float tilt;      /* mm by which the right diaphragm stands higher */
    float heart;     /* size, 1 normal */
    float turn;      /* of its axis, radians */
    float thymus;    /* mm of fat before the great vessels */
    float emphysema; /* 0 none to 1 severe */
    float density;   /* parenchyma, HU against the normal */
    float gravity;   /* HU per mm towards the back */
    float blood;     /* HU */
    float heart_hu, liver_hu, muscle_hu, fat_hu;
    float marrow;  /* HU of spongy bone */
    float calcium; /* plaques, 0 to 1 */
    float gas;     /* y of the level in the stomach */
    struct {
        ph_vec k; /* radians per mm */
        ph_vec amount;
        float phase;
    } bend[PH_BENDS];
} ph_patient;

/* Scan `index` of a site; nothing else plays a part. */
void ph_patient_draw(ph_patient *p, const im_phantom_site *site, uint64_t seed,
                     uint64_t index);

/* From the standard frame to the patient's, and back (to within 0.5 mm; the
 * bends are gentle). */
ph_vec ph_place(const ph_patient *p, ph_vec standard);
ph_vec ph_standard(const ph_patient *p, ph_vec v);

/* Evenly between low and high. */
float ph_between(cs_rng *r, float low, float high);

#endif
