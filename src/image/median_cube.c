#include "image/median_cube.h"

#include <string.h>

#include "base/mem.h"
#include "image/kernels/table.h"

typedef struct cube_median {
    const im_table *table;
    const im_volume *from;
    im_volume *to;
    size_t stride, room; /* elements of a row; bytes of a slot */
    uint8_t *scratch;
} cube_median;

/* Neighbour k of i, from 0 (before) to 2 (after), repeating the border. */
static size_t held(size_t i, size_t k, size_t n)
{
    if (k == 0)
        return i ? i - 1 : 0;
    return i + k - 1 < n ? i + k - 1 : n - 1;
}

#define MEDIAN_TYPE int16_t
#define MEDIAN_NAME(f) f##_i16
#include "image/median27.tmpl.h"

#define MEDIAN_TYPE uint8_t
#define MEDIAN_NAME(f) f##_u8
#include "image/median27.tmpl.h"

int im_median_cube(const im_run *run, const im_volume *from, im_volume *to,
                   cs_errinfo *info)
{
    const size_t *n = from->geometry.size;
    const bool wide = from->voxels.dtype == TN_I16;
    cube_median m = {.table = im_table_of(run->tier), .from = from, .to = to};
    /* Whole vectors, one more before each row and one after, for the repeated
     * voxels and for what goes over the end. */
    m.stride = (n[0] / IM_MEDIAN_ROOM + 3) * IM_MEDIAN_ROOM;
    m.room = 18 * m.stride * (wide ? sizeof(int16_t) : 1);
    m.scratch =
        cs_aligned_alloc(IM_MEDIAN_ROOM, m.room * cs_pool_threads(run->pool));
    if (!m.scratch)
        return cs_fail_nomem(info);
    memset(m.scratch, 0, m.room * cs_pool_threads(run->pool));
    cs_pool_for(run->pool, n[2], 1, wide ? planes_i16 : planes_u8, &m);
    cs_free(m.scratch);
    return 0;
}
