/* Trees that fill a region, a point at a time: a straight line runs to each
 * point from the nearest line so far, which it leaves some way upstream, so at
 * an acute angle. The first points draw the trunks, the later ones what lies
 * between: order matters. Radii follow Murray's law: a parent's radius to the
 * power of 2.8 is the sum of its children's. */
#ifndef CS_IMAGE_PHANTOM_TREE_H
#define CS_IMAGE_PHANTOM_TREE_H

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
    const ph_vec *points; /* in the order in which they are reached */
    size_t n;
    float twig; /* radius of a branch with one leaf */
} ph_growth;

/* Appends the tree's branches, parents before children; the child that goes
 * straight on comes right after its parent. 0 or CS_E_NOMEM. */
int ph_tree_grow(const ph_growth *g, ph_branches *list);

/* The branch as a gently bent line of tubes, appended. */
int ph_branch_tubes(const ph_branch *b, float end_radius, const ph_tube *like,
                    ph_tubes *list);

#endif
