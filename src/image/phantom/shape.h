/* The two shapes that everything thin is made of: tubes (vessels, airways) and
 * rods (bones: oval in section, with a shell). Lists of them are bucketed by
 * height, so that a slice finds those it cuts. */
#ifndef CS_IMAGE_PHANTOM_SHAPE_H
#define CS_IMAGE_PHANTOM_SHAPE_H

#include "base/defs.h"
#include "base/error.h"
#include "image/phantom/vec3.h"

typedef enum ph_tube_kind {
    PH_TISSUE,   /* replaces what is there */
    PH_VESSEL,   /* in the lung: brightens what is there */
    PH_BRONCHUS, /* a lumen with a wall */
    PH_TRACHEA,  /* the same: trachea and main bronchi, outside the lungs */
} ph_tube_kind;

/* A piece of tube: a cone with round ends. */
typedef struct ph_tube {
    ph_vec a, b;
    float ra, rb; /* of the lumen where there is a wall */
    float wall;   /* mm */
    float hu;
    ph_tube_kind kind;
} ph_tube;

typedef struct ph_tubes {
    ph_tube *items;
    size_t len, cap;
} ph_tubes;

/* A bone: half axes `across` along n and `along` at right angles to n and the
 * axis. Flat: ends in planes (a vertebral body), otherwise rounded. */
typedef struct ph_rod {
    ph_vec a, b, n;
    float across, along;
    float shell;          /* mm of cortex; 0: none */
    float cortex, marrow; /* HU */
    bool flat;
} ph_rod;

typedef struct ph_rods {
    ph_rod *items;
    size_t len, cap;
} ph_rods;

/* Signed distance to the tube's lumen, exact but for the taper. */
float ph_tube_distance(const ph_tube *t, ph_vec p);
/* Signed distance to the rod, first order near its surface. */
float ph_rod_distance(const ph_rod *r, ph_vec p);

/* A curve through n points (x, y, z, radius) cut into `pieces` tubes between
 * each two of them, appended. Kind, wall and HU are those of `like`. */
int ph_tubes_curve(ph_tubes *list, const float (*points)[4], size_t n,
                   unsigned pieces, const ph_tube *like);

/* Which shapes reach into each band of heights of `band` mm from `low` on. */
typedef struct ph_buckets {
    float low, band;
    size_t bands;
    uint32_t *first; /* bands + 1 places in `index` */
    uint32_t *index;
} ph_buckets;

#define PH_BUCKETS_INIT                                                        \
    {                                                                          \
        .first = NULL                                                          \
    }

/* `reach[2*i]` and `reach[2*i+1]` are the lowest and highest z of shape i. */
int ph_buckets_init(ph_buckets *b, float low, float high, float band,
                    const float *reach, size_t n);
void ph_buckets_done(ph_buckets *b);
/* The shapes of the band around z: `*ret_n` of them. */
const uint32_t *ph_buckets_at(const ph_buckets *b, float z, size_t *ret_n);

#endif
