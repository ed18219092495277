/* A study's nodules in groups: by size, and by what the readers called them. */
#ifndef CS_EVAL_STRATA_H
#define CS_EVAL_STRATA_H

#include "eval/froc.h"
#include "eval/proportion.h"

/* Diameters in mm: below 3, [3, 6), [6, 10), [10, 30), from 30 on, unknown. */
#define EV_SIZE_GROUPS 6u
extern const char *const ev_size_names[EV_SIZE_GROUPS]; /* CS_N_() */

size_t ev_size_group(double diameter);

typedef struct ev_stratum {
    const char *name; /* of a size: CS_N_(); of a type: the study's */
    bool is_type;
    ev_proportion found; /* by any mark that counts */
    double at[EV_FROC_RATES];
    double cpm;
} ev_stratum;

typedef CS_VEC(ev_stratum) ev_strata;

/* Groups that have nodules: the sizes, then the types in the order in which
 * they appear. Each group's curve has its own nodules and all false
 * positives. `ret` is empty before; after a failure too. */
int ev_strata_of(const ev_study *s, const ev_calls *calls, ev_strata *ret,
                 cs_errinfo *info);

#endif
