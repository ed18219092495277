/* The walk over the volume for medians of 3x3x3, for one element type: with
 * MEDIAN_TYPE, and MEDIAN_NAME(f) naming f for it. */

/* Rows of a slot: a ring of three rows sorted along z, each low, middle and
 * high; and nine sorted along y too, with a voxel repeated at both ends. */
typedef struct MEDIAN_NAME(rows) {
    MEDIAN_TYPE *ring[3][3], *table[9];
} MEDIAN_NAME(rows);

static MEDIAN_NAME(rows) MEDIAN_NAME(lay_out)(void *scratch, size_t stride)
{
    MEDIAN_NAME(rows) r;
    MEDIAN_TYPE *at = (MEDIAN_TYPE *)scratch + IM_MEDIAN_ROOM;
    for (unsigned i = 0; i < 9; i++, at += stride)
        r.ring[i / 3][i % 3] = at;
    for (unsigned i = 0; i < 9; i++, at += stride)
        r.table[i] = at;
    return r;
}

static void MEDIAN_NAME(sort_along_z)(const cube_median *m, size_t y, size_t z,
                                      const MEDIAN_NAME(rows) * r)
{
    const size_t *n = m->from->geometry.size;
    const MEDIAN_TYPE *v = tn_data(&m->from->voxels);
    const MEDIAN_TYPE *x[3];
    for (size_t k = 0; k < 3; k++)
        x[k] = v + im_at(&m->from->geometry, 0, y, held(z, k, n[2]));
    m->table->MEDIAN_NAME(sort3)(x, n[0], r->ring[y % 3]);
}

static void MEDIAN_NAME(sort_along_y)(const cube_median *m, size_t y,
                                      const MEDIAN_NAME(rows) * r)
{
    const size_t *n = m->from->geometry.size;
    for (unsigned rank = 0; rank < 3; rank++) {
        const MEDIAN_TYPE *x[3];
        MEDIAN_TYPE *const to[] = {r->table[rank], r->table[3 + rank],
                                   r->table[6 + rank]};
        for (size_t k = 0; k < 3; k++)
            x[k] = r->ring[held(y, k, n[1]) % 3][rank];
        m->table->MEDIAN_NAME(sort3)(x, n[0], to);
        for (unsigned k = 0; k < 3; k++) {
            *(to[k] - 1) = to[k][0];
            to[k][n[0]] = to[k][n[0] - 1];
        }
    }
}

static void MEDIAN_NAME(planes)(void *ctx, size_t begin, size_t end,
                                unsigned slot)
{
    const cube_median *m = ctx;
    const im_geometry *g = &m->from->geometry;
    MEDIAN_TYPE *dst = tn_data(&m->to->voxels);
    MEDIAN_NAME(rows)
    r = MEDIAN_NAME(lay_out)(m->scratch + slot * m->room, m->stride);
    for (size_t z = begin; z < end; z++) {
        MEDIAN_NAME(sort_along_z)(m, 0, z, &r);
        for (size_t y = 0; y < g->size[1]; y++) {
            if (y + 1 < g->size[1])
                MEDIAN_NAME(sort_along_z)(m, y + 1, z, &r);
            MEDIAN_NAME(sort_along_y)(m, y, &r);
            m->table->MEDIAN_NAME(median27)((const MEDIAN_TYPE *const *)r.table,
                                            g->size[0],
                                            dst + im_at(g, 0, y, z));
        }
    }
}

#undef MEDIAN_TYPE
#undef MEDIAN_NAME
