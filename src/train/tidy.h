/* What writers that were killed left in a cache. */
#ifndef CS_TRAIN_TIDY_H
#define CS_TRAIN_TIDY_H

#include "base/clock.h"
#include "base/error.h"

/* No writer takes that long over one file. */
#define TR_TIDY_AFTER_S 3600

/* Removes temporaries of the folder (atomic_file.h) that nobody has written
 * to for TR_TIDY_AFTER_S. What cannot be removed stays: it does no harm. */
int tr_tidy(const char *dir, const cs_clock *clock, cs_errinfo *info);

#endif
