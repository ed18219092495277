/* Does the scan lie as its header says? Lungs come to a round top and stand on
 * a dome at the bottom; the heart reaches further to the left, and leaves the
 * right lung larger; behind, lungs reach lower than in front. Each sign changes
 * its sense when the axis is turned over, so what is found in a normal chest is
 * found, with the other sign, in one that was turned. */
#ifndef CS_LUNG_POSE_H
#define CS_LUNG_POSE_H

#include "image/run.h"
#include "image/volume.h"

typedef struct lu_pose {
    double dome_mm;   /* how much lower the lungs' rims are than their middles,
                         at top and bottom together: 90 and more in a chest */
    double recess_mm; /* how much lower they reach behind: 14 and more */
    double heart_mm;  /* how much further it reaches to the left: 14 and more */
    double right_share; /* of the lungs' volume: the right one's */
    bool two;           /* the two above are known */
    bool upside_down, mirrored, front_to_back;
} lu_pose;

/* `labels` as by lu_coarse_labels(), in the patient's axes. */
int lu_pose_find(const im_run *run, const im_volume *labels, lu_pose *ret,
                 cs_errinfo *info);

#endif
