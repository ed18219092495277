#include "image/line.h"

#include "image/elements.h"

#define CHUNK ((size_t)1 << 16)
#define PIECE ((size_t)1024) /* floats on the stack */

typedef struct over {
    const im_volume *from;
    im_volume *to;
    const im_table *table;
    float a, b, low, high;
} over;

/* n <= PIECE values as floats into *out. */
static void piece(const over *o, size_t at, size_t n, float *out)
{
    const tn_dtype d = o->from->voxels.dtype;
    const char *from = tn_data(&o->from->voxels);
    from += at * tn_dtype_size(d);
    if (d == TN_I16) {
        o->table->affine_i16((const int16_t *)(const void *)from, n, o->a, o->b,
                             o->low, o->high, out);
    } else if (d == TN_F32) {
        o->table->affine_f32((const float *)(const void *)from, n, o->a, o->b,
                             o->low, o->high, out);
    } else {
        float loaded[PIECE];
        im_load_row(o->table, d, from, n, loaded);
        o->table->affine_f32(loaded, n, o->a, o->b, o->low, o->high, out);
    }
}

static void run_over(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const over *o = ctx;
    const tn_dtype d = o->to->voxels.dtype;
    char *to = tn_data(&o->to->voxels);
    for (size_t at = begin; at < end; at += PIECE) {
        float floats[PIECE];
        size_t n = end - at < PIECE ? end - at : PIECE;
        if (d == TN_F32) {
            piece(o, at, n, (float *)(void *)to + at);
        } else {
            piece(o, at, n, floats);
            im_store_row(o->table, d, floats, n, to + at * tn_dtype_size(d));
        }
    }
}

int im_line_over(const im_volume *v, const im_line *line, tn_dtype dtype,
                 const im_run *run, im_volume *ret, cs_errinfo *info)
{
    int r = im_volume_init(ret, dtype, &v->geometry, info);
    if (r < 0)
        return r;
    over o = {.from = v,
              .to = ret,
              .table = im_table_of(run->tier),
              .a = (float)line->a,
              .b = (float)line->b,
              .low = (float)line->low,
              .high = (float)line->high};
    cs_pool_for(run->pool, im_geometry_voxels(&v->geometry), CHUNK, run_over,
                &o);
    return 0;
}
