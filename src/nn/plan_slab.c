/* Inference in slabs: where results are large, a run of layers advances some
 * planes at a time, and a result that only the run reads exists for as many
 * planes as the next slab still needs.
 *
 * Nothing is computed twice and the planes are cut where the convolutions' own
 * tiles are, so the bits are those of the plain way. Docs: docs/engine.md. */
#include <string.h>

#include "nn/plan_impl.h"
#include "tensor/kernels/layout.h"

/* Results of this size and more are worth it. */
#define LARGE_BYTES ((size_t)64 << 20)
/* A slab of the largest result: fewer planes save memory, more save time. */
#define SLAB_BYTES ((size_t)64 << 20)
#define SLAB_SHARE 16 /* of the whole result, if that is more */
#define SLAB_BYTES_MIN ((size_t)64 << 10)
#define PLANES 4 /* slabs are multiples of it: the deepest Winograd tile */

/* --- which layers --- */

static size_t result_bytes(const nn_plan *p, size_t i)
{
    return tk_image_floats(&nn_plan_node(p, i)->dims) * sizeof(float);
}

/* Can a part of the depth be computed from a part of the inputs' depth? */
static bool sliceable(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    switch (n->op) {
    case NN_INPUT:
    case NN_CONV:
    case NN_ACTIVATION:
    case NN_ADD:
    case NN_MULTIPLY:
    case NN_SOFTMAX:
    case NN_CONCAT:
        return true;
    case NN_NORM:
        return n->norm.mean != NN_NONE;
    case NN_POOL:
        return !n->pool.adaptive;
    default:
        return false;
    }
}

bool nn_plan_thinner_slabs(nn_plan *p)
{
    size_t now = p->options.slab_bytes ? p->options.slab_bytes : LARGE_BYTES;
    if (p->options.training || now == SIZE_MAX || now < SLAB_BYTES_MIN)
        return false;
    p->options.slab_bytes = now / 4;
    return true;
}

static bool in_slabs(const nn_plan *p, size_t i)
{
    size_t large = p->options.slab_bytes ? p->options.slab_bytes : LARGE_BYTES;
    return !p->options.training && result_bytes(p, i) >= large &&
           nn_plan_node(p, i)->dims.d > PLANES && sliceable(p, i);
}

static void end_segment(nn_plan *p, const nn_segment *s, size_t running)
{
    if (running < 2)
        return;
    for (size_t i = s->first; i <= s->last; i++)
        if (nn_plan_runs(p, i))
            p->slots[i].slab.segment = (int)p->n_segments;
    p->segments[p->n_segments++] = *s;
}

void nn_plan_segments(nn_plan *p)
{
    p->n_segments = 0;
    nn_segment s = {0};
    size_t running = 0;
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        if (!in_slabs(p, i)) {
            end_segment(p, &s, running);
            running = 0;
            continue;
        }
        s.first = running++ ? s.first : i;
        s.last = i;
    }
    end_segment(p, &s, running);
}

/* --- how far each layer goes --- */

tk_planes nn_step_reads(const nn_plan *p, size_t i, unsigned k, tk_planes to)
{
    const nn_node *n = nn_plan_node(p, i);
    size_t depth = nn_plan_node(p, nn_plan_input(p, i, k))->dims.d;
    if (n->op == NN_CONV)
        return tk_conv_reads(&p->slots[i].forward, to);
    if (n->op == NN_POOL)
        return tk_pool_reads(&n->pool, to, depth);
    return depth == n->dims.d ? to : (tk_planes){0, 1}; /* repeated */
}

static bool is_inside(size_t i, const nn_segment *s)
{
    return i >= s->first && i <= s->last;
}

static void need(nn_slab *slab, size_t planes, size_t step, size_t depth)
{
    planes = (planes + step - 1) / step * step;
    planes = CS_MIN(planes, depth);
    slab->target = CS_MAX(slab->target, planes);
}

/* Targets of slab number `s` (from 1): from the last layers up to the first,
 * each as far as those after it read. */
static void set_targets(nn_plan *p, const nn_segment *seg, size_t s)
{
    for (size_t i = seg->first; i <= seg->last; i++)
        p->slots[i].slab.target = p->slots[i].slab.done;
    for (size_t i = seg->last + 1; i-- > seg->first;) {
        if (!nn_plan_runs(p, i))
            continue;
        const nn_node *n = nn_plan_node(p, i);
        nn_slab *own = &p->slots[i].slab;
        size_t step =
            n->op == NN_CONV ? tk_conv_plane_step(&p->slots[i].forward) : 1;
        size_t planes = own->target;
        bool ends = own->leaves || own->is_output;
        if (!own->read_inside || (ends && s == seg->slabs))
            planes = n->dims.d * s / seg->slabs;
        need(own, planes, step, n->dims.d);
        for (unsigned k = 0; k < n->n_inputs && own->target > own->done; k++) {
            size_t input = nn_plan_input(p, i, k);
            const tk_planes to = {own->done, own->target};
            if (is_inside(input, seg))
                need(&p->slots[input].slab, nn_step_reads(p, i, k, to).end, 1,
                     nn_plan_node(p, input)->dims.d);
        }
    }
}

/* The first plane of each sliding result that is still read. */
static size_t lowest_read(const nn_plan *p, const nn_segment *seg, size_t root)
{
    size_t low = SIZE_MAX;
    for (size_t i = seg->first; i <= seg->last; i++) {
        const nn_slab *own = &p->slots[i].slab;
        if (!nn_plan_runs(p, i))
            continue;
        if (p->slots[i].root == (int)root)
            low = CS_MIN(low, own->done);
        size_t depth = nn_plan_node(p, i)->dims.d;
        for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++) {
            size_t input = nn_plan_input(p, i, k);
            if (p->slots[input].root != (int)root || own->done >= depth)
                continue;
            const tk_planes next = {own->done, own->done + 1};
            size_t begin = nn_step_reads(p, i, k, next).begin;
            low = CS_MIN(low, begin);
        }
    }
    return low;
}

static size_t furthest(const nn_plan *p, const nn_segment *seg, size_t root,
                       bool after)
{
    size_t most = 0;
    for (size_t i = seg->first; i <= seg->last; i++) {
        const nn_slab *slab = &p->slots[i].slab;
        if (nn_plan_runs(p, i) && p->slots[i].root == (int)root)
            most = CS_MAX(most, after ? slab->target : slab->done);
    }
    return most;
}

static void begin_segment(nn_plan *p, const nn_segment *seg)
{
    for (size_t i = seg->first; i <= seg->last; i++) {
        p->slots[i].slab.done = 0;
        p->slots[i].slab.low = 0;
    }
}

/* --- windows --- */

static void find_readers(nn_plan *p)
{
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++) {
            nn_slab *in = &p->slots[nn_plan_input(p, i, k)].slab;
            if (in->segment == p->slots[i].slab.segment)
                in->read_inside = true;
            else
                in->leaves = true;
        }
    }
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++)
        p->slots[p->slots[nn_graph_output(p->graph, k)].owner].slab.is_output =
            true;
}

/* A root slides if nothing that lies in it leaves. */
static void find_sliding(nn_plan *p, const nn_segment *seg)
{
    for (size_t i = seg->first; i <= seg->last; i++)
        p->slots[i].slab.slides =
            nn_plan_runs(p, i) && p->slots[i].root == (int)i;
    for (size_t i = seg->first; i <= seg->last; i++)
        if (nn_plan_runs(p, i) && p->slots[i].slab.leaves)
            p->slots[p->slots[i].root].slab.slides = false;
}

static size_t count_slabs(const nn_plan *p, const nn_segment *seg)
{
    size_t most = 0;
    size_t depth = 0;
    for (size_t i = seg->first; i <= seg->last; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        most = CS_MAX(most, result_bytes(p, i));
        depth = CS_MAX(depth, nn_plan_node(p, i)->dims.d);
    }
    size_t bytes = CS_MAX(SLAB_BYTES, most / SLAB_SHARE);
    if (p->options.slab_bytes)
        bytes = p->options.slab_bytes;
    size_t planes = bytes / (most / depth) / PLANES * PLANES;
    planes = CS_MAX(planes, (size_t)PLANES);
    return (depth + planes - 1) / planes;
}

static void measure_windows(nn_plan *p, const nn_segment *seg)
{
    begin_segment(p, seg);
    for (size_t s = 1; s <= seg->slabs; s++) {
        set_targets(p, seg, s);
        for (size_t i = seg->first; i <= seg->last; i++) {
            nn_slab *root = &p->slots[i].slab;
            if (!root->slides)
                continue;
            size_t planes = furthest(p, seg, i, true) - lowest_read(p, seg, i);
            root->window = CS_MAX(root->window, planes);
        }
        for (size_t i = seg->first; i <= seg->last; i++)
            p->slots[i].slab.done = p->slots[i].slab.target;
    }
}

void nn_plan_windows(nn_plan *p)
{
    find_readers(p);
    for (size_t i = 0; i < p->n_segments; i++) {
        nn_segment *seg = &p->segments[i];
        find_sliding(p, seg);
        seg->slabs = count_slabs(p, seg);
        measure_windows(p, seg);
    }
}

/* --- running --- */

typedef struct slide {
    const tk_image *image;
    size_t planes, by;
} slide;

static void slide_blocks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const slide *s = ctx;
    size_t plane = s->image->dims.h * s->image->dims.w * TK_LANES;
    size_t blocks = tk_blocks(s->image->dims.c);
    for (size_t i = begin; i < end; i++) {
        float *block = tk_block(s->image, i / blocks, i % blocks);
        memmove(block, block + s->by * plane,
                s->planes * plane * sizeof(float));
    }
}

/* Moves the window of a root on to the first plane that is still read. */
static void slide_root(nn_plan *p, const nn_segment *seg, size_t i)
{
    nn_slab *root = &p->slots[i].slab;
    size_t low = lowest_read(p, seg, i);
    size_t end = furthest(p, seg, i, false);
    slide s = {&p->slots[i].image, end - low, low - root->low};
    root->low = low;
    if (s.by > 0 && s.planes > 0)
        cs_pool_for(p->options.pool,
                    s.image->dims.n * tk_blocks(s.image->dims.c), 1,
                    slide_blocks, &s);
}

void nn_segment_forward(nn_plan *p, const nn_segment *seg)
{
    begin_segment(p, seg);
    for (size_t s = 1; s <= seg->slabs; s++) {
        set_targets(p, seg, s);
        for (size_t i = seg->first; i <= seg->last; i++)
            if (p->slots[i].slab.slides)
                slide_root(p, seg, i);
        for (size_t i = seg->first; i <= seg->last; i++) {
            nn_slab *own = &p->slots[i].slab;
            const tk_planes to = {own->done, own->target};
            if (nn_plan_runs(p, i) && to.end > to.begin) {
                nn_step_forward(p, i, &to);
                nn_give_outputs(p, i, &to);
            }
            own->done = own->target;
        }
    }
}
