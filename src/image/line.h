/* A line over a volume's values: a * v + b between two bounds. */
#ifndef CS_IMAGE_LINE_H
#define CS_IMAGE_LINE_H

#include "image/run.h"
#include "image/volume.h"

typedef struct im_line {
    double a, b;
    double low, high; /* may be infinite; NaN gives low */
} im_line;

/* To TN_F32, or to TN_U8 or another integer type, rounded. In single
 * precision; *ret must be empty. */
int im_line_over(const im_volume *v, const im_line *line, tn_dtype dtype,
                 const im_run *run, im_volume *ret, cs_errinfo *info);

#endif
