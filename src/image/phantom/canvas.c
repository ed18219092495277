#include "image/phantom/canvas.h"

#include "base/mem.h"

/* --- shared tables --- */

static void columns(ph_board *b, ph_columns *ret, size_t number,
                    const ph_grid *g)
{
    const ph_scan *c = &b->scene->scan;
    ret->first = b->indices + number * b->width;
    ret->share = b->shares + number * b->width;
    ph_taps(g, 0, c->start[0], c->spacing[0], b->width, ret->first, ret->share);
}

int ph_board_init(ph_board *b, const ph_scene *s, const im_table *table,
                  cs_errinfo *info)
{
    const ph_scan *c = &s->scan;
    *b = (ph_board){
        .scene = s, .table = table, .width = c->size[0], .height = c->size[1]};
    b->edge = CS_MAX(c->spacing[0], c->spacing[1]);
    b->layer = c->thickness / (float)c->layers;
    b->indices = cs_calloc(3 * b->width, sizeof(*b->indices));
    b->shares = cs_calloc(3 * b->width, sizeof(*b->shares));
    if (!b->indices || !b->shares)
        return cs_fail_nomem(info);
    columns(b, &b->organs, 0, &s->organs.grid);
    columns(b, &b->lobules, 1, &s->texture.fine);
    columns(b, &b->patches, 2, &s->texture.coarse);
    return 0;
}

void ph_board_done(ph_board *b)
{
    cs_free(b->indices);
    cs_free(b->shares);
    *b = (ph_board){.scene = NULL};
}

/* --- a canvas --- */

static float *take(float **at, size_t n)
{
    float *p = *at;
    *at += n;
    return p;
}

int ph_canvas_init(ph_canvas *c, const ph_board *b, cs_errinfo *info)
{
    const ph_scene *s = b->scene;
    size_t pixels = b->width * b->height;
    size_t plane = ph_grid_plane(&s->organs.grid);
    size_t block = ph_grid_plane(&s->texture.fine);
    size_t row = CS_MAX(s->organs.grid.size[0], (size_t)PH_BLOCK) + 1;
    size_t all = 7 * pixels + plane * PH_ORGANS + 2 * block + row +
                 CS_COUNTOF(c->rows) * (b->width + PH_TAPS_MAX);
    *c = (ph_canvas){.board = b};
    c->memory = cs_calloc(all, sizeof(float));
    c->bone_index = cs_calloc(pixels, sizeof(*c->bone_index));
    if (!c->memory || !c->bone_index)
        return cs_fail_nomem(info);
    float *at = c->memory;
    c->hu = take(&at, pixels);
    c->sum = take(&at, pixels);
    c->body = take(&at, pixels);
    c->vessel = take(&at, pixels);
    c->wall = take(&at, pixels);
    c->lumen = take(&at, pixels);
    c->bone = take(&at, pixels);
    c->planes = take(&at, plane * PH_ORGANS);
    c->lobules = take(&at, block);
    c->patches = take(&at, block);
    c->coarse = take(&at, row);
    for (size_t i = 0; i < CS_COUNTOF(c->rows); i++)
        c->rows[i] = take(&at, b->width + PH_TAPS_MAX);
    return 0;
}

void ph_canvas_done(ph_canvas *c)
{
    cs_free(c->memory);
    cs_free(c->bone_index);
    *c = (ph_canvas){.board = NULL};
}

void ph_canvas_layer(ph_canvas *c, float z)
{
    const ph_scene *s = c->board->scene;
    const im_table *t = c->board->table;
    size_t plane = ph_grid_plane(&s->organs.grid);
    ph_tap at = ph_tap_at(&s->organs.grid, 2, z);
    c->z = z;
    for (size_t k = 0; k < PH_ORGANS; k++)
        ph_field_plane(&s->organs.fields[k], t, at, c->planes + k * plane);
    ph_field_plane(&s->texture.lobules, t, ph_tap_at(&s->texture.fine, 2, z),
                   c->lobules);
    ph_field_plane(&s->texture.patches, t, ph_tap_at(&s->texture.coarse, 2, z),
                   c->patches);
}

static bool any_below(const float *v, size_t first, size_t last, float limit)
{
    for (size_t i = first; i <= last; i++)
        if (v[i] < limit)
            return true;
    return false;
}

bool ph_canvas_row(ph_canvas *c, ph_organ organ, float y, size_t begin,
                   size_t end, float limit, float *dst)
{
    const ph_board *b = c->board;
    const ph_grid *g = &b->scene->organs.grid;
    if (begin >= end)
        return false;
    ph_plane_row(g, b->table, c->planes + ph_grid_plane(g) * organ,
                 ph_tap_at(g, 1, y), c->coarse);
    if (!any_below(c->coarse, b->organs.first[begin],
                   b->organs.first[end - 1] + 1, limit))
        return false;
    b->table->phantom_expand(c->coarse, b->organs.first + begin,
                             b->organs.share + begin, end - begin, dst + begin);
    return true;
}

static bool range(float middle, float half, float start, float step, size_t n,
                  size_t ret[2])
{
    float low = ceilf((middle - half - start) / step);
    float high = floorf((middle + half - start) / step);
    if (!(high >= 0) || !(low <= (float)(n - 1)) || low > high)
        return false;
    ret[0] = low > 0 ? (size_t)low : 0;
    ret[1] = high < (float)(n - 1) ? (size_t)high + 1 : n;
    return true;
}

bool ph_canvas_box(const ph_board *b, float x, float y, float half_x,
                   float half_y, size_t ret[4])
{
    const ph_scan *c = &b->scene->scan;
    return range(x, half_x, c->start[0], c->spacing[0], b->width, ret) &&
           range(y, half_y, c->start[1], c->spacing[1], b->height, ret + 2);
}
