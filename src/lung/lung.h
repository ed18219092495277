/* The lungs in a chest CT, without a trained network: each lung by its side,
 * windpipe and main bronchi by themselves, vessels and nodules (those on the
 * pleura too) in the lung, air outside and in the gut ignored. The scan may be
 * a crop that cuts a lung. Every step: docs/lung-mask.md. */
#ifndef CS_LUNG_LUNG_H
#define CS_LUNG_LUNG_H

#include "lung/levels.h"
#include "lung/sides.h"

/* The scan's faces, in the patient's terms. */
typedef enum lu_face {
    LU_FACE_RIGHT,
    LU_FACE_LEFT,
    LU_FACE_FRONT,
    LU_FACE_BACK,
    LU_FACE_FOOT,
    LU_FACE_HEAD,
    LU_FACES,
} lu_face;

typedef struct lu_lungs {
    im_volume labels; /* TN_U8 on the scan's grid: 0, LU_LEFT, LU_RIGHT and
                         LU_AIRWAYS (sides.h) */
    double left_ml, right_ml, airways_ml;
    /* Where a lung touches the edge of the scan, or of what was scanned: cm2.
     * A little is no harm; from about 5 on some lung is likely missing. */
    double cut_cm2[LU_FACES];
    lu_levels levels;
    lu_sides sides;
    bool windpipe; /* was found */
} lu_lungs;

/* Called before step `done` of `steps`; may be NULL. */
typedef struct lu_watch {
    void (*step)(void *ctx, unsigned done, unsigned steps);
    void *ctx;
} lu_watch;

/* `scan` is in Hounsfield units, of any type that tn_copy() converts. *ret must
 * be zeroed; on failure it stays so. Beside scan and labels it takes some 20
 * bytes for each 2 mm voxel (90 MB for a whole chest), and the scan's size
 * again where it is not TN_I16.
 * CS_E_FORMAT where it is no CT or has no lung, CS_E_RANGE where it is too
 * thin. */
int lu_find_lungs(const im_run *run, const im_volume *scan,
                  const lu_watch *watch, lu_lungs *ret, cs_errinfo *info);
void lu_lungs_done(lu_lungs *l);

#endif
