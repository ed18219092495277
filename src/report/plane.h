/* Pictures of a scan in the three planes, cut out of the world and not out of
 * the file: whatever the file's axes, the patient's right is on the left of the
 * picture, the front on top of axial ones, the head on top of the others. */
#ifndef CS_REPORT_PLANE_H
#define CS_REPORT_PLANE_H

#include "image/run.h"
#include "image/volume.h"

typedef enum rp_axis { RP_AXIAL, RP_CORONAL, RP_SAGITTAL, RP_AXES } rp_axis;

typedef struct rp_plane {
    rp_axis axis;
    double centre[3]; /* world, mm: the middle of the picture */
    double mm;        /* of a pixel's side */
    size_t width, height;
} rp_plane;

/* In lung window, rows from the top. cs_free() grey. */
typedef struct rp_slice {
    rp_plane plane;
    uint8_t *grey;
} rp_slice;

int rp_slice_cut(const im_run *run, const im_volume *scan,
                 const rp_plane *plane, rp_slice *ret, cs_errinfo *info);
void rp_slice_done(rp_slice *s);

/* The brightest of `depth` mm about the plane: vessels and nodules over the
 * whole thickness in one picture. */
int rp_slice_project(const im_run *run, const im_volume *scan,
                     const rp_plane *plane, double depth, rp_slice *ret,
                     cs_errinfo *info);

/* Where a world position is seen, in pixels from the picture's top left
 * corner; the centre of the first pixel is at 0.5. */
void rp_plane_place(const rp_plane *p, const double world[3], double ret[2]);

/* Letters of the picture's left, right, upper and lower side: "R", "L", "A",
 * "P" and so on. */
const char *rp_plane_letters(rp_axis axis);

#endif
