/* Pictures of an evaluation of detections. */
#ifndef CS_EVAL_DETECTION_PLOT_H
#define CS_EVAL_DETECTION_PLOT_H

#include "eval/detection.h"

/* Adds froc.svg and froc.png, strata.svg and strata.png. */
int ev_detection_plots(const ev_detection *d, cs_lang lang, ev_files *files,
                       cs_errinfo *info);

#endif
