/* Trees that fill a region: from a root, branches run towards the middle of
 * the points they are to feed, the points are halved across their longest
 * direction, and so on until each point has its twig. Radii follow Murray's
 * law: a parent's radius to the power of 2.8 is the sum of its children's. */
#ifndef CS_IMAGE_PHANTOM_TREE_H
#define CS_IMAGE_PHANTOM_TREE_H

#include "base/random.h"
#include "image/phantom/shape.h"

typedef struct ph_branch {
    ph_vec a, b;
    ph_vec from; /* direction in which it leaves a, of length 1 */
    float radius;
    uint32_t leaves;
    int32_t parent; /* -1: the root's first branch */
    uint16_t generation;
} ph_branch;

typedef struct ph_branches {
    ph_branch *items;
    size_t len, cap;
} ph_branches;

typedef struct ph_growth {
    ph_vec root, direction;
    ph_vec *points; /* reordered */
    size_t n;
    float twig; /* radius of a branch with one leaf */
    cs_rng rng;
} ph_growth;

/* Appends the tree's branches, parents before children. 0 or CS_E_NOMEM. */
int ph_tree_grow(ph_growth *g, ph_branches *list);

/* The branch as a gently bent line of tubes, appended. */
int ph_branch_tubes(const ph_branch *b, float end_radius, const ph_tube *like,
                    ph_tubes *list);

#endif
