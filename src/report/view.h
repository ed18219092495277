/* Slices on a sheet, with what a reader looks for on them. */
#ifndef CS_REPORT_VIEW_H
#define CS_REPORT_VIEW_H

#include "eval/canvas.h"
#include "lung/finding.h"
#include "report/plane.h"

extern const ev_colour rp_accent, rp_alarm;

/* Where a picture stands, in points. */
typedef struct rp_frame {
    double x, y, width, height;
} rp_frame;

/* The picture with its orientation letters and a scale bar of 1 or 5 cm. */
void rp_view(ev_canvas *c, const rp_frame *at, const rp_slice *s);

/* Four corners around a finding, which stays free, and its number. */
void rp_view_mark(ev_canvas *c, const rp_frame *at, const rp_slice *s,
                  const lu_finding *f);

/* Long and short axis, where the plane is axial and near them. */
void rp_view_axes(ev_canvas *c, const rp_frame *at, const rp_slice *s,
                  const lu_measure *m);

#endif
