/* Inference in slabs: where results are large, a run of layers advances some
 * planes at a time, and a result that only the run reads exists for as many
 * planes as the next slab still needs.
 *
 * Nothing is computed twice and the planes are cut where the convolutions' own
 * tiles are, so the bits are those of the plain way. Docs: docs/engine.md. */
#include <string.h>

#include "nn/plan_impl.h"
#include "tensor/kernels/layout.h"

/* By default slabs begin where a plan without them is larger than this, with
 * results of this size. */
#define ROOMY_FLOATS (((size_t)1 << 30) / sizeof(float))
#define LARGE_BYTES ((size_t)64 << 20)
/* A slab of the largest result: fewer planes save memory, more save time. */
#define SLAB_SHARE 4   /* of what is large, or … */
#define WHOLE_SHARE 16 /* … of the whole result, if that is more */
#define PLANES 4 /* slabs are multiples of it: the deepest Winograd tile */
#define SLAB_BYTES_MIN ((size_t)64 << 10)

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
    case NN_SUBTRACT:
    case NN_MULTIPLY:
    case NN_SOFTMAX:
    case NN_CONCAT:
    case NN_LAYER_NORM:
        return true;
    case NN_NORM:
        return n->norm.mean != NN_NONE;
    case NN_POOL:
        return !n->pool.adaptive;
    default:
        return false;
    }
}

bool nn_plan_is_roomy(const nn_plan *p, size_t floats)
{
    return p->slab_bytes == SIZE_MAX && p->options.slab_bytes == 0 &&
           !p->options.training && floats > ROOMY_FLOATS;
}

void nn_plan_first_slabs(nn_plan *p)
{
    p->slab_bytes = p->options.slab_bytes ? p->options.slab_bytes : SIZE_MAX;
}

bool nn_plan_thinner_slabs(nn_plan *p)
{
    if (p->options.training || p->options.slab_bytes ||
        p->slab_bytes < SLAB_BYTES_MIN)
        return false;
    p->slab_bytes = p->slab_bytes == SIZE_MAX ? LARGE_BYTES : p->slab_bytes / 4;
    return true;
}

static bool in_slabs(const nn_plan *p, size_t i)
{
    return !p->options.training && result_bytes(p, i) >= p->slab_bytes &&
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

/* Planes that node i makes at a time are a multiple of this. */
static size_t step_of(const nn_plan *p, size_t i)
{
    return nn_plan_node(p, i)->op == NN_CONV
               ? tk_conv_plane_step(&p->slots[i].forward)
               : 1;
}

static void need(const nn_plan *p, size_t i, size_t planes)
{
    size_t step = step_of(p, i);
    planes = (planes + step - 1) / step * step;
    planes = CS_MIN(planes, nn_plan_node(p, i)->dims.d);
    nn_slab *slab = &p->slots[i].slab;
    slab->target = CS_MAX(slab->target, planes);
}

static void need_inputs(const nn_plan *p, const nn_segment *seg, size_t i)
{
    const nn_slab *own = &p->slots[i].slab;
    const tk_planes to = {own->done, own->target};
    for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++) {
        size_t input = nn_plan_input(p, i, k);
        if (is_inside(input, seg))
            need(p, input, nn_step_reads(p, i, k, to).end);
    }
}

/* Targets of slab number `s` (from 1): from the last layers up to the first,
 * each as far as those after it read. */
static void set_targets(const nn_plan *p, const nn_segment *seg, size_t s)
{
    for (size_t i = seg->first; i <= seg->last; i++)
        p->slots[i].slab.target = p->slots[i].slab.done;
    for (size_t i = seg->last + 1; i-- > seg->first;) {
        if (!nn_plan_runs(p, i))
            continue;
        const nn_slab *own = &p->slots[i].slab;
        bool ends = own->leaves || own->is_output;
        if (!own->read_inside || (ends && s == seg->slabs))
            need(p, i, nn_plan_node(p, i)->dims.d * s / seg->slabs);
        if (own->target > own->done)
            need_inputs(p, seg, i);
    }
}

static bool is_ready(const nn_plan *p, const nn_segment *seg, size_t i,
                     tk_planes to)
{
    for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++) {
        size_t input = nn_plan_input(p, i, k);
        if (is_inside(input, seg) &&
            nn_step_reads(p, i, k, to).end > p->slots[input].slab.done)
            return false;
    }
    return true;
}

/* The next planes of node i, of which the inputs are there: no more than its
 * share of a slab. */
static tk_planes next_planes(const nn_plan *p, const nn_segment *seg, size_t i)
{
    const nn_slab *own = &p->slots[i].slab;
    size_t depth = nn_plan_node(p, i)->dims.d;
    size_t step = step_of(p, i);
    size_t share = (depth + seg->slabs - 1) / seg->slabs;
    tk_planes next = {own->done, own->done};
    while (next.end < own->target && next.end - next.begin < share) {
        tk_planes more = next;
        more.end = CS_MIN(next.end + step, depth);
        if (!is_ready(p, seg, i, more))
            break;
        next = more;
    }
    return next;
}

/* The first plane that node i still reads of input k. */
static size_t reads_from(const nn_plan *p, size_t i, unsigned k)
{
    const nn_slab *own = &p->slots[i].slab;
    if (own->done >= nn_plan_node(p, i)->dims.d)
        return SIZE_MAX;
    const tk_planes next = {own->done, own->done + 1};
    return nn_step_reads(p, i, k, next).begin;
}

/* Planes of a sliding result that are still read, or not yet made. */
static tk_planes kept_planes(const nn_plan *p, const nn_segment *seg,
                             size_t root)
{
    tk_planes kept = {SIZE_MAX, 0};
    for (size_t i = seg->first; i <= seg->last; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        if (p->slots[i].root == (int)root) {
            kept.begin = CS_MIN(kept.begin, p->slots[i].slab.done);
            kept.end = CS_MAX(kept.end, p->slots[i].slab.done);
        }
        for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++) {
            size_t low = reads_from(p, i, k);
            if (p->slots[nn_plan_input(p, i, k)].root == (int)root)
                kept.begin = CS_MIN(kept.begin, low);
        }
    }
    return kept;
}

/* --- the walk: the same in planning and running --- */

typedef void visit(nn_plan *p, const nn_segment *seg, size_t i, tk_planes to);

static bool walk_once(nn_plan *p, const nn_segment *seg, visit *each)
{
    bool moved = false;
    for (size_t i = seg->first; i <= seg->last; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        const tk_planes to = next_planes(p, seg, i);
        if (to.end == to.begin)
            continue;
        each(p, seg, i, to);
        p->slots[i].slab.done = to.end;
        moved = true;
    }
    return moved;
}

static void walk(nn_plan *p, const nn_segment *seg, visit *each)
{
    for (size_t i = seg->first; i <= seg->last; i++)
        p->slots[i].slab.done = p->slots[i].slab.low = 0;
    for (size_t s = 1; s <= seg->slabs; s++) {
        set_targets(p, seg, s);
        while (walk_once(p, seg, each))
            ;
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
    size_t most = 1;
    size_t depth = 1;
    for (size_t i = seg->first; i <= seg->last; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        most = CS_MAX(most, result_bytes(p, i));
        depth = CS_MAX(depth, nn_plan_node(p, i)->dims.d);
    }
    size_t bytes = p->slab_bytes / SLAB_SHARE;
    if (p->slab_bytes == LARGE_BYTES)
        bytes = CS_MAX(bytes, most / WHOLE_SHARE);
    size_t plane_bytes = CS_MAX(most / depth, (size_t)1);
    size_t planes = bytes / plane_bytes / PLANES * PLANES;
    planes = CS_MAX(planes, (size_t)PLANES);
    return (depth + planes - 1) / planes;
}

static void measure(nn_plan *p, const nn_segment *seg, size_t i, tk_planes to)
{
    size_t root = (size_t)p->slots[i].root;
    nn_slab *slab = &p->slots[root].slab;
    const tk_planes kept = kept_planes(p, seg, root);
    size_t end = CS_MAX(kept.end, to.end);
    slab->window = CS_MAX(slab->window, end - kept.begin);
}

void nn_plan_windows(nn_plan *p)
{
    find_readers(p);
    for (size_t i = 0; i < p->n_segments; i++) {
        nn_segment *seg = &p->segments[i];
        find_sliding(p, seg);
        seg->slabs = count_slabs(p, seg);
        walk(p, seg, measure);
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
    const tk_planes kept = kept_planes(p, seg, i);
    slide s = {&p->slots[i].image, kept.end - kept.begin,
               kept.begin - root->low};
    root->low = kept.begin;
    if (s.by > 0 && s.planes > 0)
        cs_pool_for(p->options.pool,
                    s.image->dims.n * tk_blocks(s.image->dims.c), 1,
                    slide_blocks, &s);
}

static void run(nn_plan *p, const nn_segment *seg, size_t i, tk_planes to)
{
    size_t root = (size_t)p->slots[i].root;
    const nn_slab *slab = &p->slots[root].slab;
    if (slab->slides && to.end - slab->low > slab->window)
        slide_root(p, seg, root);
    nn_step_forward(p, i, &to);
    nn_give_outputs(p, i, &to);
}

void nn_segment_forward(nn_plan *p, const nn_segment *seg)
{
    walk(p, seg, run);
}
