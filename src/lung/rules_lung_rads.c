/* Lung-RADS v2022, American College of Radiology (released November 2022),
 * baseline screening: acr.org, "Lung-RADS v2022 Assessment Categories". Only
 * what a single scan and a measured nodule can tell: nothing of growth, of
 * airways, of cysts or of nodules at the pleura and in fissures. */
#include <math.h>
#include <string.h>

#include "lung/rules.h"

typedef enum measured { WHOLE, SOLID_PART } measured;

/* The first row whose density fits and whose diameter lies below. */
typedef struct row {
    lu_density density;
    measured what;
    double below; /* mm */
    const char *category;
} row;

static const row rows[] = {
    {LU_SOLID, WHOLE, 6, "2"},
    {LU_SOLID, WHOLE, 8, "3"},
    {LU_SOLID, WHOLE, 15, "4A"},
    {LU_SOLID, WHOLE, (double)INFINITY, "4B"},
    {LU_PART_SOLID, WHOLE, 6, "2"},
    {LU_PART_SOLID, SOLID_PART, 6, "3"},
    {LU_PART_SOLID, SOLID_PART, 8, "4A"},
    {LU_PART_SOLID, SOLID_PART, (double)INFINITY, "4B"},
    {LU_GROUND_GLASS, WHOLE, 30, "2"},
    {LU_GROUND_GLASS, WHOLE, (double)INFINITY, "3"},
    {LU_CALCIFIED, WHOLE, (double)INFINITY, "1"},
};

/* Rising. */
typedef struct category {
    const char *name, *text;
} category;

#define YEAR CS_N_("low-dose CT again in 12 months")
#define DIAGNOSE                                                               \
    CS_N_("referral for further examination: diagnostic chest CT with or "     \
          "without contrast, PET-CT where a solid part has 8 mm or more, "     \
          "tissue sampling")

static const category categories[] = {
    {"0", CS_N_("cannot be judged: the scan is incomplete or unfit, a further "
                "CT is needed")},
    {"1", YEAR},
    {"2", YEAR},
    {"3", CS_N_("low-dose CT again in 6 months")},
    {"4A", CS_N_("low-dose CT again in 3 months; PET-CT may be considered "
                 "where a solid part has 8 mm or more")},
    {"4B", DIAGNOSE},
    {"4X", DIAGNOSE},
};

static size_t rank_of(const char *name)
{
    size_t i = CS_COUNTOF(categories);
    while (i > 0 && strcmp(categories[i - 1].name, name) != 0)
        i--;
    return i;
}

/* Mean diameters are reported, and so compared, to a tenth of a mm. */
static double tenths(double mm)
{
    return floor(mm * 10 + 0.5) / 10;
}

const char *lu_lung_rads(const lu_finding *f)
{
    const lu_measure *m = &f->measure;
    const double mm[] = {
        [WHOLE] = tenths(m->mean_mm), [SOLID_PART] = tenths(m->solid_mm)};
    const row *at = rows;
    while (at->density != m->density || mm[at->what] >= at->below)
        at++;
    /* Spiculation is what v2022 names first of the features that make a
     * nodule of category 3 or 4 more suspicious. */
    bool suspicious = m->spiculated && rank_of(at->category) >= rank_of("3");
    return suspicious ? "4X" : at->category;
}

const char *lu_lung_rads_scan(const lu_finding *f, size_t n, bool readable)
{
    if (!readable)
        return "0";
    const char *highest = "1";
    for (size_t i = 0; i < n; i++)
        if (rank_of(f[i].lung_rads) > rank_of(highest))
            highest = f[i].lung_rads;
    return highest;
}

const char *lu_lung_rads_text(const char *name)
{
    size_t rank = rank_of(name);
    return rank ? categories[rank - 1].text : "";
}
