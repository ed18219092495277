/* binary_ops OPERATION IN OUT NX NY NZ SX SY SZ NUMBER: one operation on a raw
 * volume, so that binary_ops.py can hold it against another program. NUMBER is
 * the neighbours of components, and a radius elsewhere. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "image/components.h"
#include "image/distance.h"
#include "image/fill.h"
#include "image/median.h"
#include "image/morphology.h"

#define LARGEST ((size_t)1 << 30)

typedef int operation(const im_run *run, im_volume *in, size_t number,
                      im_volume *ret, cs_errinfo *info);

static int components(const im_run *run, im_volume *in, size_t number,
                      im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    int r = im_components_find(run, in, (im_neighbours)number, &c, info);
    if (r == 0)
        r = im_components_labels(run, &c, &in->geometry, ret, info);
    return r;
}

static int distance(const im_run *run, im_volume *in, size_t number,
                    im_volume *ret, cs_errinfo *info)
{
    (void)number;
    return im_distance_inside(run, in, ret, info);
}

static int ball(const im_run *run, im_volume *in, size_t number, im_volume *ret,
                cs_errinfo *info)
{
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    int r = im_brush_ball(&e, (size_t[]){number, number, number}, info);
    return r < 0 ? r : im_close(run, in, &e, ret, info);
}

static int box(const im_run *run, im_volume *in, size_t number, im_volume *ret,
               cs_errinfo *info)
{
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    int r = im_brush_box(&e, (size_t[]){number, number, number}, info);
    return r < 0 ? r : im_open(run, in, &e, ret, info);
}

static int fill(const im_run *run, im_volume *in, size_t number, im_volume *ret,
                cs_errinfo *info)
{
    (void)number;
    int r = im_fill(run, in, IM_NEIGHBOURS_6, SIZE_MAX, NULL, info);
    return r < 0 ? r : im_volume_share(in, ret, info);
}

static int median(const im_run *run, im_volume *in, size_t number,
                  im_volume *ret, cs_errinfo *info)
{
    return im_median(run, in, (size_t[]){number, number, number}, ret, info);
}

static const struct {
    const char *name;
    operation *run;
    tn_dtype of;
} operations[] = {
    {"components", components, TN_U8},
    {"distance", distance, TN_U8},
    {"close-ball", ball, TN_U8},
    {"open-box", box, TN_U8},
    {"fill", fill, TN_U8},
    {"median", median, TN_I16},
};

static int run_on_file(size_t which, char **argv, im_geometry *g, size_t number,
                       cs_errinfo *info)
{
    CS_SCOPED(im_volume) in = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) out = IM_VOLUME_INIT;
    CS_SCOPED(cs_strbuf) raw = CS_STRBUF_INIT;
    const im_run run = {NULL, cs_cpu_tier_best()};
    int r = im_geometry_check(g, info);
    if (r == 0)
        r = im_volume_init(&in, operations[which].of, g, info);
    if (r == 0)
        r = cs_file_read(argv[2], LARGEST, &raw, info);
    if (r < 0)
        return r;
    if (raw.len != tn_bytes(&in.voxels))
        return CS_E_FORMAT;
    memcpy(tn_data(&in.voxels), raw.data, raw.len);
    r = operations[which].run(&run, &in, number, &out, info);
    if (r == 0)
        r = cs_file_write(argv[3], tn_data(&out.voxels), tn_bytes(&out.voxels),
                          0644, info);
    return r;
}

int main(int argc, char **argv)
{
    cs_errinfo info = {0};
    im_geometry g = im_geometry_plain(1, 1, 1);
    uint64_t n[3], number;
    size_t which = 0;
    if (argc != 11 || cs_parse_u64(cs_str_of(argv[10]), &number) < 0)
        return 2;
    for (unsigned a = 0; a < 3; a++) {
        if (cs_parse_u64(cs_str_of(argv[4 + a]), &n[a]) < 0 ||
            cs_parse_f64(cs_str_of(argv[7 + a]), &g.spacing[a]) < 0)
            return 2;
        g.size[a] = (size_t)n[a];
    }
    while (which < CS_COUNTOF(operations) &&
           strcmp(operations[which].name, argv[1]) != 0)
        which++;
    if (which == CS_COUNTOF(operations))
        return 2;
    int r = run_on_file(which, argv, &g, (size_t)number, &info);
    if (r < 0)
        fprintf(stderr, "%s\n", info.message);
    return r < 0;
}
