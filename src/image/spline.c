#include "image/spline.h"

#include "base/checked.h"
#include "base/mem.h"
#include "image/elements.h"

typedef struct filtering {
    const im_volume *v;
    im_spline *s;
    const im_table *table;
    float *scratch; /* by slot */
    size_t scratch_floats;
} filtering;

/* Columns, along y or z: IM_LINES at a time. */
static void filter_columns(const filtering *f, float *first, size_t step,
                           size_t n, float *lines)
{
    for (size_t x = 0; x < f->s->stride; x += IM_LINES) {
        f->table->lines_of_columns(first + x, step, n, lines);
        f->table->spline_lines(lines, n);
        f->table->columns_of_lines(lines, n, first + x, step);
    }
}

/* Rows, by way of a copy of IM_LINES of them: the last ones may be fewer. */
static void filter_rows(const filtering *f, float *rows, size_t count,
                        float *lines)
{
    const im_geometry *g = &f->v->geometry;
    size_t n = g->size[0], stride = f->s->stride;
    if (count == IM_LINES) {
        f->table->lines_of_rows(rows, stride, n, lines);
    } else {
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < IM_LINES; k++)
                lines[i * IM_LINES + k] = k < count ? rows[k * stride + i] : 0;
    }
    f->table->spline_lines(lines, n);
    f->table->rows_of_lines(lines, n, rows, stride, count);
}

static void filter_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const filtering *f = ctx;
    const im_geometry *g = &f->v->geometry;
    const tn_dtype d = f->v->voxels.dtype;
    float *lines = f->scratch + slot * f->scratch_floats;
    size_t ny = g->size[1], stride = f->s->stride;
    for (size_t z = begin; z < end; z++) {
        float *plane = f->s->c + z * ny * stride;
        const char *from = tn_data(&f->v->voxels);
        from += im_at(g, 0, 0, z) * tn_dtype_size(d);
        for (size_t y = 0; y < ny; y++)
            im_load_row(f->table, d, from + y * g->size[0] * tn_dtype_size(d),
                        g->size[0], plane + y * stride);
        filter_columns(f, plane, stride, ny, lines);
        for (size_t y = 0; y < ny; y += IM_LINES)
            filter_rows(f, plane + y * stride, CS_MIN(ny - y, IM_LINES), lines);
    }
}

static void filter_along_z(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const filtering *f = ctx;
    const im_geometry *g = &f->v->geometry;
    float *lines = f->scratch + slot * f->scratch_floats;
    for (size_t y = begin; y < end; y++)
        filter_columns(f, f->s->c + y * f->s->stride, f->s->stride * g->size[1],
                       g->size[2], lines);
}

static int take_memory(filtering *f, unsigned slots, cs_errinfo *info)
{
    const im_geometry *g = &f->v->geometry;
    size_t most = CS_MAX(g->size[0], g->size[1]), bytes, floats;
    most = CS_MAX(most, g->size[2]);
    if (!cs_align_size(g->size[0], IM_LINES, &f->s->stride) ||
        !cs_mul_size(f->s->stride, g->size[1] * g->size[2], &bytes) ||
        !cs_mul_size(bytes, sizeof(float), &bytes) ||
        !cs_mul_size(most, IM_LINES, &f->scratch_floats) ||
        !cs_mul_size(f->scratch_floats, slots, &floats))
        return cs_fail_nomem(info);
    f->scratch = cs_calloc(floats, sizeof(float));
    return f->scratch ? tn_buffer_new(bytes, &f->s->memory, info)
                      : cs_fail_nomem(info);
}

int im_spline_init(im_spline *s, const im_volume *v, const im_run *run,
                   cs_errinfo *info)
{
    filtering f = {.v = v, .s = s, .table = im_table_of(run->tier)};
    int r = take_memory(&f, cs_pool_threads(run->pool), info);
    if (r == 0) {
        s->c = tn_buffer_data(s->memory);
        cs_pool_for(run->pool, v->geometry.size[2], 1, filter_planes, &f);
        cs_pool_for(run->pool, v->geometry.size[1], 1, filter_along_z, &f);
    }
    cs_free(f.scratch);
    return r;
}

void im_spline_done(im_spline *s)
{
    s->memory = tn_buffer_unref(s->memory);
    s->c = NULL;
}
