/* How sure it is that a candidate is a nodule, from what the networks say, and
 * from where on it is shown. All in logits, in which evidence adds up. */
#ifndef CS_LUNG_CONFIDENCE_H
#define CS_LUNG_CONFIDENCE_H

#include "model/model.h"

/* log(p / (1 - p)); p beyond 1e-7 and 1 - 1e-7 is brought back there. */
double lu_logit(double p);

/* The detector's calibrated logit for a score of its map. */
double lu_detect_logit(const md_set *models, double score);

/* The mean of the detector's logit and the check's; without a check the
 * detector's alone. `check` is the check's own, not calibrated logit. */
double lu_confidence(const md_set *models, double score, double check);

/* Where the cards' thresholds (their mean, in logits) end up with
 * `sensitivity` 0 … 1: 0.5 leaves them, 1 takes 3 off the logit, 0 adds 3. */
double lu_threshold(const md_set *models, double sensitivity);

#endif
