#include "cli/bench_image.h"

#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "cli/bench_time.h"
#include "cli/engine.h"
#include "cli/tier.h"
#include "image/components.h"
#include "image/distance.h"
#include "image/file.h"
#include "image/median.h"
#include "image/morphology.h"
#include "image/normalise.h"
#include "image/resample.h"
#include "lung/lung.h"

#define IMAGES ((size_t)100)
#define IMAGE_VOXELS ((size_t)512 * 512)
#define MEGA 1e6

typedef struct image_bench {
    im_run run;
    char *path;
    im_volume in, out;
} image_bench;

typedef struct image_case {
    const char *name;
    const char *file; /* in the folder of data; NULL: needs none */
    bool open;        /* the step gets the volume, not the path */
    bench_step *step;
} image_case;

static void image_bench_done(image_bench *b)
{
    im_volume_done(&b->in);
    im_volume_done(&b->out);
    cs_free(b->path);
}

/* --- reading --- */

/* A mapped file is not read before it is looked at, so every voxel is. */
static int read_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    im_volume_done(&b->out);
    int r = im_read(b->path, &b->out, info);
    if (r < 0)
        return r;
    const int16_t *v = im_i16(&b->out);
    size_t n = tn_count(&b->out.voxels);
    int64_t sum = 0;
    if (b->out.voxels.dtype == TN_I16)
        for (size_t i = 0; i < n; i++)
            sum += v[i];
    static volatile int64_t seen;
    seen = sum;
    (void)seen;
    return 0;
}

/* --- resampling --- */

static int to_1_mm(image_bench *b, im_interpolation by, double outside,
                   cs_errinfo *info)
{
    const double spacing[3] = {1, 1, 1};
    const im_resampling how = {by, outside, b->in.voxels.dtype};
    im_volume_done(&b->out);
    return im_resample_to_spacing(&b->in, spacing, &how, &b->run, &b->out,
                                  info);
}

static int linear_step(void *ctx, cs_errinfo *info)
{
    return to_1_mm(ctx, IM_LINEAR, -1024, info);
}

static int cubic_step(void *ctx, cs_errinfo *info)
{
    return to_1_mm(ctx, IM_CUBIC, -1024, info);
}

static int nearest_step(void *ctx, cs_errinfo *info)
{
    return to_1_mm(ctx, IM_NEAREST, 0, info);
}

/* --- filters and masks --- */

static int median_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    const size_t radius[3] = {1, 1, 1};
    im_volume_done(&b->out);
    return im_median(&b->run, &b->in, radius, &b->out, info);
}

/* As a caller does it who has no further use for the mask: it goes before the
 * labels, which are four times as large, come. It is opened anew each time. */
static int components_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    im_volume_done(&b->out);
    int r = im_read(b->path, &mask, info);
    const im_geometry g = mask.geometry;
    if (r == 0)
        r = im_components_find(&b->run, &mask, IM_NEIGHBOURS_6, &c, info);
    im_volume_done(&mask);
    if (r == 0)
        r = im_components_by_size(&c, 1, info);
    if (r == 0)
        r = im_components_labels(&b->run, &c, &g, &b->out, info);
    return r;
}

static int distance_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    im_volume_done(&b->out);
    return im_distance_signed(&b->run, &b->in, &b->out, info);
}

static int closing_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    const size_t radius[3] = {5, 5, 5};
    im_volume_done(&b->out);
    int r = im_brush_ball(&ball, radius, info);
    return r < 0 ? r : im_close(&b->run, &b->in, &ball, &b->out, info);
}

static int lungs_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    lu_lungs lungs = {.windpipe = false};
    im_volume_done(&b->out);
    int r = lu_find_lungs(&b->run, &b->in, NULL, &lungs, info);
    if (r == 0)
        r = im_volume_share(&lungs.labels, &b->out, info);
    lu_lungs_done(&lungs);
    return r;
}

/* --- intensities --- */

/* As a data loader does it, one image after the other. The images are a volume
 * of as many slices. */
static int percentile_step(void *ctx, cs_errinfo *info)
{
    image_bench *b = ctx;
    int r = 0;
    for (size_t i = 0; i < IMAGES && r == 0; i++) {
        CS_SCOPED(im_volume) image = IM_VOLUME_INIT;
        const tn_shape shape = TN_SHAPE(1, 512, 512);
        im_volume_done(&b->out);
        r = tn_tensor_over(&image.voxels, b->in.voxels.buffer, i * IMAGE_VOXELS,
                           TN_F32, &shape, info);
        image.geometry = im_geometry_plain(512, 512, 1);
        if (r == 0)
            r = im_scale_percentiles(&image, 1, 99, &b->run, &b->out, info);
    }
    return r;
}

static int make_images(image_bench *b, cs_errinfo *info)
{
    const im_geometry g = im_geometry_plain(512, 512, IMAGES);
    int r = im_volume_init(&b->in, TN_F32, &g, info);
    if (r < 0)
        return r;
    const cs_rng rng = cs_rng_stream(1, 1);
    float *v = im_f32(&b->in);
    cs_rng_fill_normal_f32(&rng, 0, v, IMAGES * IMAGE_VOXELS);
    for (size_t i = 0; i < IMAGES * IMAGE_VOXELS; i++)
        v[i] *= 300;
    return 0;
}

/* --- all --- */

static const image_case cases[] = {
    {"read-raw", "ct.mhd", false, read_step},
    {"read-nii-gz", "ct.nii.gz", false, read_step},
    {"read-mha-compressed", "ct.mha", false, read_step},
    {"linear-1mm", "ct.mhd", true, linear_step},
    {"nearest-1mm", "lungs.mhd", true, nearest_step},
    {"cubic-1mm", "ct.mhd", true, cubic_step},
    {"median-3", "ct.mhd", true, median_step},
    {"components-lungs", "lungs.mhd", false, components_step},
    {"components-fragments", "fragments.mhd", false, components_step},
    {"distance", "lungs.mhd", true, distance_step},
    {"closing-5", "lungs.mhd", true, closing_step},
    {"percentile-100x512x512", NULL, true, percentile_step},
    {"lung-mask", "ct.mhd", true, lungs_step},
};
_Static_assert(CS_COUNTOF(cases) <= BENCH_IMAGE_ROWS, "room for all rows");

const char *bench_image_name(size_t i)
{
    return i < CS_COUNTOF(cases) ? cases[i].name : NULL;
}

static int prepare(image_bench *b, const bench_image_options *o,
                   const image_case *c, cs_errinfo *info)
{
    if (!c->file)
        return make_images(b, info);
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_printf(&path, "%s/%s", o->data, c->file);
    if (cs_strbuf_check(&path) < 0 || !(b->path = cs_strdup(path.data)))
        return cs_fail_nomem(info);
    return c->open ? im_read(b->path, &b->in, info) : 0;
}

static int run_case(const bench_image_options *o, const im_run *run,
                    const image_case *c, bench_row *row, cs_errinfo *info)
{
    CS_SCOPED(image_bench)
    b = {.run = *run, .in = IM_VOLUME_INIT, .out = IM_VOLUME_INIT};
    *row = (bench_row){.name = c->name, .unit = "MV/s"};
    int r = prepare(&b, o, c, info);
    if (r == 0)
        r = bench_time(c->step, &b, &row->seconds, info);
    if (r < 0)
        return r;
    const im_volume *worked_on = c->open ? &b.in : &b.out;
    row->amount = (double)tn_count(&worked_on->voxels) / MEGA;
    row->rss_mib = engine_peak_mib();
    return o->output ? im_write(o->output, &b.out, NULL, info) : 0;
}

static const image_case *find_case(const char *name)
{
    for (size_t i = 0; i < CS_COUNTOF(cases); i++)
        if (strcmp(cases[i].name, name) == 0)
            return &cases[i];
    return NULL;
}

static int check_options(const bench_image_options *o, cs_errinfo *info)
{
    if (o->only && !find_case(o->only))
        return cs_fail(info, CS_E_USAGE,
                       "no case is called '%s'; 'consilium bench image --list' "
                       "names them all",
                       o->only);
    if (o->output && !o->only)
        return cs_fail(info, CS_E_USAGE,
                       "--output takes the result of one case: --only NAME");
    if (!o->data)
        return cs_fail(info, CS_E_USAGE,
                       "bench image needs a scan and its masks: --data DIR; "
                       "bench/image makes them");
    return 0;
}

int bench_image(const cli_context *ctx, const bench_image_options *o,
                bench_row rows[BENCH_IMAGE_ROWS], size_t *ret_n,
                cs_errinfo *info)
{
    CS_AUTO(cs_pool) pool = NULL;
    im_run run = {.pool = NULL};
    *ret_n = 0;
    int r = check_options(o, info);
    if (r == 0)
        r = cli_cpu_tier(ctx, &run.tier, info);
    if (r == 0)
        r = cs_pool_new(o->threads, &pool, info);
    run.pool = pool;
    for (size_t i = 0; i < CS_COUNTOF(cases) && r == 0; i++) {
        if (o->only && strcmp(o->only, cases[i].name) != 0)
            continue;
        r = run_case(o, &run, &cases[i], &rows[*ret_n], info);
        *ret_n += r == 0;
    }
    return r;
}
