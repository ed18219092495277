/* The memory of one sample, and how a chosen patch is put into it. */
#ifndef CS_TRAIN_CANVAS_H
#define CS_TRAIN_CANVAS_H

#include "train/choice.h"
#include "train/sampler.h"

typedef struct tr_canvas {
    tr_sample sample; /* first: who gives it back gives this back */
    im_volume image;  /* TN_F32, the recipe's patch */
    im_volume labels; /* TN_U8, of the same size; the sample's mask */
    im_volume around; /* TN_U8, twice as wide: balls before they are moved;
                         only where the middle of scans is learned from */
    size_t nodules_max;
} tr_canvas;

int tr_canvas_new(const tr_plan *plan, const tr_dataset *data, tr_canvas **ret,
                  cs_errinfo *info);
void tr_canvas_free(tr_canvas *c);
CS_DEFINE_AUTO(tr_canvas)

/* Fills the sample. */
int tr_canvas_paint(tr_canvas *c, const tr_plan *plan, const tr_dataset *data,
                    const tr_choice *choice, const im_run *run,
                    cs_errinfo *info);

#endif
