/* Probabilities that are right on average, from a network's logits: Platt's
 * scaling, a straight line through the logits fitted by logistic regression. */
#ifndef CS_TRAIN_CALIBRATE_H
#define CS_TRAIN_CALIBRATE_H

#include "model/card.h"

/* Of n logits and whether each case is positive. Where one kind is missing, or
 * where high logits do not mean positive, there is nothing to calibrate: 1 and
 * 0. A pure function: same bits on every machine. */
md_calibration tr_calibrate(const double *logits, const bool *positive,
                            size_t n);

/* The probability of a logit. */
double tr_calibrated(const md_calibration *c, double logit);

#endif
