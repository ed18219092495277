#include "detect/scan.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "detect/blend.h"
#include "detect/blobs.h"
#include "detect/head.h"
#include "detect/nearby.h"
#include "detect/network.h"
#include "detect/peaks.h"
#include "detect/window.h"

#define MOST 100
/* Of voxels' scores: lower ones join a nodule to whatever lies beside it. */
#define THRESHOLD 0.3

/* Windows of our own choice, in voxels. Large ones have less to share, so they
 * are better as far as memory goes. */
#define EDGE ((size_t)64)       /* along an axis at least … */
#define EDGE_SHORT ((size_t)32) /* … and where memory is short */
#define EDGE_MOST ((size_t)224)
#define WINDOW_VOXELS ((size_t)4 << 20)
#define PLAN_BYTES ((size_t)1 << 30) /* that their plan may take */

#define LUNG_MM 3.0  /* a centre may lie outside a lung by so much */
#define APART_MM 4.0 /* two candidates nearer than this are one */
#define BLOB_MM3 8.0 /* a ball of 2.5 mm: what is smaller is noise */

typedef struct scanner {
    const md_recipe *r;
    const im_run *run;
    const dt_prepared *p;
    const dt_scan_options *o;
    dt_windows windows;
    dt_network net;
    float *map;
    size_t stride; /* voxels a cell */
    dt_blend blend;
    dt_peaks peaks; /* of maps with several channels … */
    dt_blobs blobs; /* … or with one, whose plane is: */
    float *plane;
    dt_candidates found; /* in voxels */
} scanner;

static bool has_peaks(const scanner *s)
{
    return s->blend.channels > 1;
}

/* --- planes --- */

/* The next plane is final. */
static int take_plane(scanner *s, cs_errinfo *info)
{
    float *plane = has_peaks(s) ? dt_peaks_next(&s->peaks) : s->plane;
    dt_blend_take(&s->blend, s->run->pool, plane);
    return has_peaks(s) ? dt_peaks_push(&s->peaks, info)
                        : dt_blobs_push(&s->blobs, plane, info);
}

static int take_planes(scanner *s, size_t end, cs_errinfo *info)
{
    int r = 0;
    while (s->blend.done < end && r == 0)
        r = take_plane(s, info);
    return r;
}

static int take_rest(scanner *s, cs_errinfo *info)
{
    int r = take_planes(s, s->blend.cells[2], info);
    if (r < 0)
        return r;
    return has_peaks(s) ? dt_peaks_finish(&s->peaks, info)
                        : dt_blobs_finish(&s->blobs, info);
}

/* --- windows --- */

typedef struct patching {
    const scanner *s;
    const dt_window *w;
} patching;

static void patch_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const patching *p = ctx;
    const scanner *s = p->s;
    const size_t *size = s->windows.size;
    const size_t *at = p->w->begin;
    const ptrdiff_t from[3] = {(ptrdiff_t)at[0], (ptrdiff_t)at[1],
                               (ptrdiff_t)(at[2] + begin)};
    const size_t part[3] = {size[0], size[1], end - begin};
    dt_patch(&s->r->input, &s->p->image, from, part,
             s->net.input + begin * size[0] * size[1]);
}

static int run_window(scanner *s, const dt_window *w, cs_errinfo *info)
{
    const size_t at[3] = {w->begin[0] / s->stride, w->begin[1] / s->stride,
                          w->begin[2] / s->stride};
    patching p = {s, w};
    int r = take_planes(s, at[2], info);
    if (r < 0)
        return r;
    cs_pool_for(s->run->pool, s->windows.size[2], 4, patch_planes, &p);
    dt_network_run(&s->net);
    dt_head_map(s->r, 1, 0, s->windows.size, dt_network_outputs(&s->net),
                s->map);
    dt_blend_add(&s->blend, s->run->pool, at, s->map);
    return 0;
}

static int run_windows(scanner *s, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; i < s->windows.count && r == 0; i++) {
        r = run_window(s, &s->windows.items[i], info);
        if (r == 0 && s->o->progress)
            s->o->progress(s->o->ctx, i + 1, s->windows.count);
    }
    return r < 0 ? r : take_rest(s, info);
}

/* --- candidates --- */

/* From voxels to the world; what is no lung's is dropped. */
static void to_world(scanner *s)
{
    const im_geometry *g = &s->p->image.geometry;
    const double mm = cbrt(g->spacing[0] * g->spacing[1] * g->spacing[2]);
    size_t kept = 0;
    for (size_t i = 0; i < s->found.len; i++) {
        dt_candidate c = s->found.items[i];
        if (!dt_is_near(&s->p->lungs, c.centre, LUNG_MM))
            continue;
        im_grid_to_world(g, c.centre, c.centre);
        c.diameter *= mm;
        s->found.items[kept++] = c;
    }
    s->found.len = kept;
}

/* --- getting ready --- */

static size_t product(const size_t n[3])
{
    return n[0] * n[1] * n[2];
}

static int place_windows(scanner *s, const dt_blocks *blocks,
                         const size_t wanted[3], size_t voxels,
                         cs_errinfo *info)
{
    const size_t least = voxels < EDGE * EDGE * EDGE ? EDGE_SHORT : EDGE;
    size_t size[3] = {wanted[0], wanted[1], wanted[2]};
    int r = 0;
    if (size[0] == 0)
        r = dt_windows_choose(blocks, s->o->overlap, least, EDGE_MOST, voxels,
                              size, info);
    dt_windows_done(&s->windows);
    return r < 0 ? r
                 : dt_windows_init(&s->windows, blocks, size, s->o->overlap,
                                   info);
}

static int make_network(scanner *s, nn_params *params, cs_errinfo *info)
{
    const size_t own_limit = s->o->window[0] ? 0 : PLAN_BYTES;
    const size_t limit = s->o->memory_limit ? s->o->memory_limit : own_limit;
    if (s->windows.count == 0)
        return 0;
    return dt_network_init(&s->net, s->r, params, s->run, 1, s->windows.size,
                           limit, info);
}

/* Windows and a network for them: smaller ones where its plan does not fit. */
static int fit_windows(scanner *s, nn_params *params, cs_errinfo *info)
{
    CS_SCOPED(dt_blocks) blocks = DT_BLOCKS_INIT;
    const size_t *wanted = s->o->window;
    size_t voxels = WINDOW_VOXELS;
    int r = dt_blocks_init(&blocks, s->run, &s->p->lungs, info);
    if (r == 0)
        r = place_windows(s, &blocks, wanted, voxels, info);
    if (r == 0)
        r = make_network(s, params, info);
    while (r == CS_E_LIMIT && voxels > EDGE_SHORT * EDGE_SHORT * EDGE_SHORT) {
        voxels = CS_MIN(voxels, product(s->windows.size)) / 2;
        r = place_windows(s, &blocks, (const size_t[3]){0}, voxels, info);
        if (r == 0)
            r = make_network(s, params, info);
    }
    return r;
}

static int take_floats(size_t n, size_t channels, float **ret, cs_errinfo *info)
{
    *ret = cs_malloc(n * channels * sizeof(**ret));
    return *ret ? 0 : cs_fail_nomem(info);
}

static int make_maps(scanner *s, cs_errinfo *info)
{
    const size_t channels = dt_head_channels(s->r);
    const double least = s->o->score_min;
    const im_geometry *g = &s->p->image.geometry;
    const double voxel = g->spacing[0] * g->spacing[1] * g->spacing[2];
    size_t cells[3], window[3];
    dt_head_cells(s->r, s->windows.padded, cells);
    dt_head_cells(s->r, s->windows.size, window);
    s->stride = s->windows.size[0] / window[0];
    int r = dt_blend_init(&s->blend, cells, window, channels, info);
    if (r == 0)
        r = take_floats(product(window), channels, &s->map, info);
    if (r < 0)
        return r;
    if (channels > 1)
        return dt_peaks_init(&s->peaks, cells, s->stride, least, &s->found,
                             info);
    r = take_floats(cells[0] * cells[1], 1, &s->plane, info);
    return r < 0
               ? r
               : dt_blobs_init(&s->blobs, cells, fmax(least, THRESHOLD),
                               (size_t)ceil(BLOB_MM3 / voxel), &s->found, info);
}

static void scanner_done(scanner *s)
{
    dt_windows_done(&s->windows);
    dt_network_done(&s->net);
    dt_blend_done(&s->blend);
    dt_peaks_done(&s->peaks);
    dt_blobs_done(&s->blobs);
    cs_free(s->map);
    cs_free(s->plane);
    cs_vec_done(&s->found);
}

static int check(const scanner *s, cs_errinfo *info)
{
    const size_t stride = s->r->head.stride;
    if (s->r->head.kind == MD_HEAD_CLASS || stride == 0 ||
        DT_WINDOW_STEP % stride)
        return cs_fail(info, CS_E_USAGE,
                       "a network with cells of %zu voxels cannot go over a "
                       "scan in windows; expected 1, 2, 4 or 8",
                       stride);
    if (!(s->o->overlap <= 0.75))
        return cs_fail(info, CS_E_RANGE,
                       "windows that overlap by %g of their size; expected 0 "
                       "to 0.75",
                       s->o->overlap);
    return 0;
}

static int scan(scanner *s, nn_params *params, cs_errinfo *info)
{
    int r = check(s, info);
    if (r == 0)
        r = fit_windows(s, params, info);
    if (r < 0 || s->windows.count == 0)
        return r;
    r = make_maps(s, info);
    if (r == 0)
        r = run_windows(s, info);
    if (r < 0)
        return r;
    to_world(s);
    dt_candidates_merge(&s->found, APART_MM, s->o->most ? s->o->most : MOST);
    return 0;
}

static void tell(const scanner *s, dt_scan_report *report)
{
    const size_t map = product(s->blend.window) * s->blend.channels;
    const size_t all = CS_MAX(s->windows.all, s->windows.count);
    *report =
        (dt_scan_report){.windows = s->windows.count,
                         .skipped = all - s->windows.count,
                         .bytes = s->net.bytes + dt_blend_bytes(&s->blend) +
                                  map * sizeof(float)};
    memcpy(report->window, s->windows.size, sizeof(report->window));
}

int dt_scan(const md_recipe *r, nn_params *params, const im_run *run,
            const dt_prepared *p, const dt_scan_options *o, dt_candidates *ret,
            dt_scan_report *report, cs_errinfo *info)
{
    scanner s = {.r = r, .run = run, .p = p, .o = o};
    int e = scan(&s, params, info);
    if (e == 0) {
        if (report)
            tell(&s, report);
        cs_vec_done(ret);
        *ret = s.found;
        s.found = (dt_candidates)CS_VEC_INIT;
    }
    scanner_done(&s);
    return e;
}
