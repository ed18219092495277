#include "image/morphology.h"

#include "image/dilate.h"

/* Replaces b by its dilation, or its erosion. */
static int replace(const im_run *run, im_bits *b, const im_brush *e,
                   bool turned, cs_errinfo *info)
{
    im_bits to = IM_BITS_INIT;
    int r = im_bits_init(&to, b->size, info);
    if (r == 0)
        r = im_dilate_bits(run, b, e, turned, &to, info);
    if (r < 0) {
        im_bits_done(&to);
        return r;
    }
    im_bits_done(b);
    *b = to;
    return 0;
}

int im_bits_dilate(const im_run *run, im_bits *b, const im_brush *e,
                   cs_errinfo *info)
{
    return replace(run, b, e, false, info);
}

int im_bits_erode(const im_run *run, im_bits *b, const im_brush *e,
                  cs_errinfo *info)
{
    return replace(run, b, e, true, info);
}

static int copy_bits(const im_bits *b, im_bits *ret, cs_errinfo *info)
{
    const ptrdiff_t none[3] = {0};
    int r = im_bits_init(ret, b->size, info);
    if (r == 0)
        im_bits_move(b, none, ret);
    return r;
}

int im_bits_open(const im_run *run, im_bits *b, const im_brush *e,
                 cs_errinfo *info)
{
    CS_SCOPED(im_bits) work = IM_BITS_INIT;
    int r = copy_bits(b, &work, info);
    if (r == 0)
        r = replace(run, &work, e, true, info);
    if (r == 0)
        r = im_dilate_bits(run, &work, e, false, b, info);
    return r;
}

int im_bits_close(const im_run *run, im_bits *b, const im_brush *e,
                  cs_errinfo *info)
{
    CS_SCOPED(im_bits) wide = IM_BITS_INIT;
    size_t size[3];
    ptrdiff_t out[3], back[3];
    for (unsigned a = 0; a < 3; a++) {
        size[a] = b->size[a] + 2 * e->radius[a];
        out[a] = (ptrdiff_t)e->radius[a];
        back[a] = -out[a];
    }
    int r = im_bits_init(&wide, size, info);
    if (r < 0)
        return r;
    im_bits_move(b, out, &wide);
    r = replace(run, &wide, e, false, info);
    if (r == 0)
        r = replace(run, &wide, e, true, info);
    if (r == 0)
        im_bits_move(&wide, back, b);
    return r;
}

static void set_cross(im_brush *e, im_neighbours neighbours)
{
    /* Rows (dy, dz) of (0,0), (1,0), (0,1), (1,1). */
    static const uint32_t faces[] = {2, 1, 1, 0}, edges[] = {2, 2, 2, 1};
    for (unsigned i = 0; i < 4 && neighbours != IM_NEIGHBOURS_26; i++)
        e->reach[i] = neighbours == IM_NEIGHBOURS_6 ? faces[i] : edges[i];
}

int im_bits_rim(const im_run *run, const im_bits *b, im_neighbours neighbours,
                im_bits *ret, cs_errinfo *info)
{
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    int r = im_brush_box(&e, (size_t[]){1, 1, 1}, info);
    if (r < 0)
        return r;
    set_cross(&e, neighbours);
    r = im_bits_init(ret, b->size, info);
    if (r == 0)
        r = im_dilate_bits(run, b, &e, true, ret, info);
    for (size_t i = 0; r == 0 && i < im_bits_rows(b) * b->words; i++)
        ret->data[i] = b->data[i] & ~ret->data[i];
    if (r < 0)
        im_bits_done(ret);
    return r;
}

typedef int bits_operation(const im_run *run, im_bits *b, const im_brush *e,
                           cs_errinfo *info);

static int on_volume(const im_run *run, const im_volume *mask,
                     bits_operation *operation, const im_brush *e,
                     im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &bits, info);
    if (r == 0)
        r = operation(run, &bits, e, info);
    if (r == 0)
        r = im_bits_to_volume(run, &bits, &mask->geometry, ret, info);
    return r;
}

int im_dilate(const im_run *run, const im_volume *mask, const im_brush *e,
              im_volume *ret, cs_errinfo *info)
{
    return on_volume(run, mask, im_bits_dilate, e, ret, info);
}

int im_erode(const im_run *run, const im_volume *mask, const im_brush *e,
             im_volume *ret, cs_errinfo *info)
{
    return on_volume(run, mask, im_bits_erode, e, ret, info);
}

int im_open(const im_run *run, const im_volume *mask, const im_brush *e,
            im_volume *ret, cs_errinfo *info)
{
    return on_volume(run, mask, im_bits_open, e, ret, info);
}

int im_close(const im_run *run, const im_volume *mask, const im_brush *e,
             im_volume *ret, cs_errinfo *info)
{
    return on_volume(run, mask, im_bits_close, e, ret, info);
}
