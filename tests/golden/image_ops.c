/* image_ops CASE IN OUT RADIUS: one operation on a volume, for imaging_itk.py,
 * which compares the result with ITK's. */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "image/components.h"
#include "image/distance.h"
#include "image/file.h"
#include "image/median.h"
#include "image/morphology.h"

typedef struct job {
    im_run run;
    const im_volume *in;
    size_t radius;
    im_volume *out;
} job;

static int label(const job *j, im_neighbours neighbours, cs_errinfo *info)
{
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    int r = im_components_find(&j->run, j->in, neighbours, &c, info);
    if (r == 0)
        r = im_components_by_size(&c, 1, info);
    if (r == 0)
        r = im_components_labels(&j->run, &c, &j->in->geometry, j->out, info);
    return r;
}

static int components(const job *j, cs_errinfo *info)
{
    return label(j, IM_NEIGHBOURS_6, info);
}

static int components26(const job *j, cs_errinfo *info)
{
    return label(j, IM_NEIGHBOURS_26, info);
}

static int distance(const job *j, cs_errinfo *info)
{
    return im_distance_signed(&j->run, j->in, j->out, info);
}

typedef int morphology_fn(const im_run *run, const im_volume *mask,
                          const im_brush *e, im_volume *ret, cs_errinfo *info);

static int with_ball(const job *j, morphology_fn *work, cs_errinfo *info)
{
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    const size_t radius[3] = {j->radius, j->radius, j->radius};
    int r = im_brush_ball(&ball, radius, info);
    return r < 0 ? r : work(&j->run, j->in, &ball, j->out, info);
}

static int dilate(const job *j, cs_errinfo *info)
{
    return with_ball(j, im_dilate, info);
}
static int erode(const job *j, cs_errinfo *info)
{
    return with_ball(j, im_erode, info);
}
static int closing(const job *j, cs_errinfo *info)
{
    return with_ball(j, im_close, info);
}
static int opening(const job *j, cs_errinfo *info)
{
    return with_ball(j, im_open, info);
}

static int median(const job *j, cs_errinfo *info)
{
    const size_t radius[3] = {j->radius, j->radius, j->radius};
    return im_median(&j->run, j->in, radius, j->out, info);
}

static const struct {
    const char *name;
    int (*work)(const job *j, cs_errinfo *info);
} cases[] = {
    {"components", components}, {"components26", components26},
    {"distance", distance},     {"dilate", dilate},
    {"erode", erode},           {"closing", closing},
    {"opening", opening},       {"median", median},
};

static int run(const char *name, const char *in, const char *out,
               const char *radius, cs_errinfo *info)
{
    CS_SCOPED(im_volume) volume = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) result = IM_VOLUME_INIT;
    job j = {
        .run = {.tier = cs_cpu_tier_best()}, .in = &volume, .out = &result};
    uint64_t voxels = 0;
    int r = cs_parse_u64(cs_str_of(radius), &voxels);
    if (r == 0)
        r = im_read(in, &volume, info);
    if (r < 0)
        return r;
    j.radius = (size_t)voxels;
    for (size_t i = 0; i < CS_COUNTOF(cases); i++)
        if (strcmp(cases[i].name, name) == 0)
            r = cases[i].work(&j, info);
    return r < 0 ? r : im_write(out, &result, NULL, info);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    cs_errinfo info = {0};
    int r = run(argv[1], argv[2], argv[3], argv[4], &info);
    if (r < 0)
        fprintf(stderr, "%s: %s\n", info.place, info.message);
    return r < 0;
}
