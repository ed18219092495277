/* MacMahon H, Naidich DP, Goo JM et al.: Guidelines for Management of
 * Incidental Pulmonary Nodules Detected on CT Images: From the Fleischner
 * Society 2017. Radiology 2017;284:228-43, table 1. */
#include <math.h>

#include "lung/rules.h"

#define NONE CS_N_("no routine follow-up")
#define PERHAPS_12 CS_N_("CT at 12 months is optional")
#define ONE_LOW                                                                \
    CS_N_("CT at 6 to 12 months, then consider CT at 18 to 24 months")
#define ONE_HIGH CS_N_("CT at 6 to 12 months, then CT at 18 to 24 months")
#define LARGE CS_N_("consider CT at 3 months, PET-CT or tissue sampling")
#define MORE_LOW                                                               \
    CS_N_("CT at 3 to 6 months, then consider CT at 18 to 24 months")
#define MORE_HIGH CS_N_("CT at 3 to 6 months, then at 18 to 24 months")
#define GLASS                                                                  \
    CS_N_("CT at 6 to 12 months to see whether it persists, then CT every 2 "  \
          "years until 5 years")
#define PART                                                                   \
    CS_N_("CT at 3 to 6 months to see whether it persists; if unchanged and "  \
          "its solid part stays below 6 mm, CT every year for 5 years")
#define MORE_SMALL                                                             \
    CS_N_("CT at 3 to 6 months; if stable, consider CT at 2 and 4 years")
#define MORE_SUBSOLID                                                          \
    CS_N_("CT at 3 to 6 months; then by the most suspicious nodule")

/* The first row that fits and whose diameter the nodule does not pass. */
typedef struct row {
    lu_density density;
    bool multiple;
    double up_to;           /* mm */
    const char *low, *high; /* by the patient's risk */
} row;

static const row rows[] = {
    {LU_SOLID, false, 5, NONE, PERHAPS_12},
    {LU_SOLID, false, 8, ONE_LOW, ONE_HIGH},
    {LU_SOLID, false, (double)INFINITY, LARGE, LARGE},
    {LU_SOLID, true, 5, NONE, PERHAPS_12},
    {LU_SOLID, true, (double)INFINITY, MORE_LOW, MORE_HIGH},
    {LU_GROUND_GLASS, false, 5, NONE, NONE},
    {LU_GROUND_GLASS, false, (double)INFINITY, GLASS, GLASS},
    {LU_GROUND_GLASS, true, 5, MORE_SMALL, MORE_SMALL},
    {LU_GROUND_GLASS, true, (double)INFINITY, MORE_SUBSOLID, MORE_SUBSOLID},
    {LU_PART_SOLID, false, 5, NONE, NONE},
    {LU_PART_SOLID, false, (double)INFINITY, PART, PART},
    {LU_PART_SOLID, true, 5, MORE_SMALL, MORE_SMALL},
    {LU_PART_SOLID, true, (double)INFINITY, MORE_SUBSOLID, MORE_SUBSOLID},
};

const char *lu_fleischner(const lu_finding *f, bool multiple, bool high_risk)
{
    const lu_measure *m = &f->measure;
    if (m->density == LU_CALCIFIED)
        return CS_N_("no follow-up where the calcification is of a benign "
                     "pattern");
    /* Whole millimetres are what it asks to be measured and compared. */
    double mm = floor(m->mean_mm + 0.5);
    const row *at = rows;
    while (at->density != m->density || at->multiple != multiple ||
           mm > at->up_to)
        at++;
    return high_risk ? at->high : at->low;
}
