#include <assert.h>

#include "lung/diagnose.h"

const char *const lu_density_words[] = {"solid", "part-solid", "ground-glass",
                                        "calcified", NULL};
const char *const lu_zone_words[] = {"upper", "middle", "lower", NULL};
const char *const lu_risk_words[] = {"low", "medium", "high", NULL};
const char *const lu_stage_words[] = {"lungs",      "quality", "prepare",
                                      "detect",     "check",   "measure",
                                      "malignancy", NULL};
static_assert(CS_COUNTOF(lu_density_words) == LU_DENSITIES + 1, "a word each");
static_assert(CS_COUNTOF(lu_zone_words) == LU_ZONE_LOWER + 2, "a word each");
static_assert(CS_COUNTOF(lu_risk_words) == LU_RISK_HIGH + 2, "a word each");
static_assert(CS_COUNTOF(lu_stage_words) == LU_STAGES + 1, "a word each");
