/* One part of a MedMNIST data set: images of 28 pixels and their classes. */
#ifndef BENCH_MEDMNIST_DATA_H
#define BENCH_MEDMNIST_DATA_H

#include "tensor/tensor.h"

enum {
    SIDE = 28,
    PLANE = SIDE * SIDE,
    CHANNELS = 3,
    PIXELS = CHANNELS * PLANE,
};

typedef struct med_part {
    size_t n;
    float *images;   /* [n][3][28][28]: (x / 255 - 0.5) / 0.5 */
    int32_t *labels; /* [n] */
} med_part;

/* DIR/NAME_images.npy, u8 [n][28][28] (grey, repeated to three channels) or
 * [n][28][28][3], and DIR/NAME_labels.npy, u8 [n][1]. Zeroed before;
 * part_done() after, whatever the outcome. */
int part_read(med_part *p, const char *dir, const char *name, cs_errinfo *info);
void part_done(med_part *p);

/* One more than the largest label. */
size_t part_classes(const med_part *p);

#endif
