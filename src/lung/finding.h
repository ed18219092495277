/* What is known of one nodule and of one scan when a diagnosis is done: filled
 * by lung/, shown by report/. Positions are world millimetres of the scan. */
#ifndef CS_LUNG_FINDING_H
#define CS_LUNG_FINDING_H

#include "base/arena.h"
#include "base/vec.h"
#include "image/volume.h"
#include "lung/lung.h"

typedef enum lu_density {
    LU_SOLID,
    LU_PART_SOLID,
    LU_GROUND_GLASS,
    LU_CALCIFIED,
    LU_DENSITIES,
} lu_density;
extern const char *const lu_density_words[]; /* "solid", "part-solid", … */

typedef enum lu_zone { LU_ZONE_UPPER, LU_ZONE_MIDDLE, LU_ZONE_LOWER } lu_zone;
extern const char *const lu_zone_words[];

/* Where a measured line runs, for pictures. */
typedef struct lu_line {
    double from[3], to[3];
} lu_line;

typedef struct lu_measure {
    bool segmented; /* false: its border could not be found, and sizes are
                       the detector's */
    double centroid[3];
    double long_mm, short_mm; /* axes in the transverse plane where it is
                                 widest; short is perpendicular to long */
    double mean_mm;           /* their mean: what guidelines mean by diameter */
    lu_line long_axis, short_axis;
    double extent_mm[3]; /* of the bounding box: width, depth, height */
    double volume_mm3;
    double solid_mm3; /* of its solid part */
    double solid_mm;  /* mean diameter of the solid part */
    double mean_hu, std_hu, max_hu;
    lu_density density;
    double sphericity;  /* 0 … 1 */
    double edge_hu_mm;  /* sharpness: median slope across its border */
    double spiculation; /* 0 … 1; 0.5 and more is called spiculated */
    bool spiculated;
    bool left;              /* the patient's left lung */
    bool upper_lobe_likely; /* zone based; no fissures are looked for */
    lu_zone zone;
    double pleura_mm;          /* from its surface to the lung's border */
    bool perifissural_unknown; /* true: fissures are not judged */
} lu_measure;

typedef struct lu_finding {
    unsigned number; /* from 1, by falling confidence */
    double centre[3];
    double confidence; /* 0 … 1: that it is a nodule */
    lu_measure measure;
    bool has_malignancy;
    double malignancy;      /* 0 … 1, calibrated */
    const char *lung_rads;  /* "2", "3", "4A", "4B", "4X"; of this nodule */
    const char *fleischner; /* CS_N_() text of what is advised; or NULL */
} lu_finding;

typedef CS_VEC(lu_finding) lu_findings;

typedef enum lu_risk { LU_RISK_LOW, LU_RISK_MEDIUM, LU_RISK_HIGH } lu_risk;
extern const char *const lu_risk_words[]; /* "low", "medium", "high" */

/* Something the reader must know. `text` is CS_N_() with the numbers as its
 * arguments %1 … in `values`. */
typedef struct lu_warning {
    const char *code; /* "cut-lung-foot", "thick-slices", for programs */
    const char *text; /* CS_N_(), a format with a double for each value */
    double values[2];
    unsigned value_count;
    bool severe; /* the result should not be relied on */
} lu_warning;

typedef CS_VEC(lu_warning) lu_warnings;

#endif
