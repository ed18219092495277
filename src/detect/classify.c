/* Networks over patches about given places. */
#include <string.h>

#include "detect/head.h"
#include "detect/network.h"
#include "detect/scan.h"
#include "image/resample.h"

#define OUTSIDE (-1024.0)

/* Always so many, be there fewer places: sums are made in another order for
 * another number, and a place's logit must not depend on its neighbours. */
#define BATCH ((size_t)8)

/* A patch with the place in its very middle. */
static im_geometry patch_grid(const md_input *input, const im_geometry *scan,
                              const double centre[3])
{
    const size_t *n = input->patch;
    im_geometry g = im_geometry_plain(n[0], n[1], n[2]);
    double corner[3];
    for (int i = 0; i < 3; i++) {
        g.spacing[i] = input->spacing > 0 ? input->spacing : scan->spacing[i];
        corner[i] = -0.5 * ((double)n[i] - 1);
    }
    if (!(input->spacing > 0))
        memcpy(g.direction, scan->direction, sizeof(g.direction));
    memcpy(g.origin, centre, sizeof(g.origin));
    im_grid_to_world(&g, corner, g.origin);
    return g;
}

static int cut(const md_input *input, const im_run *run, const im_volume *scan,
               const double centre[3], float *ret, cs_errinfo *info)
{
    static const im_resampling straight = {
        .by = IM_LINEAR, .outside = OUTSIDE, .dtype = TN_I16};
    CS_SCOPED(im_volume) patch = IM_VOLUME_INIT;
    im_geometry grid = patch_grid(input, &scan->geometry, centre);
    int r = im_geometry_check(&grid, info);
    if (r == 0)
        r = im_resample(scan, &grid, &straight, run, &patch, info);
    if (r == 0)
        dt_patch(input, &patch, (const ptrdiff_t[3]){0, 0, 0}, input->patch,
                 ret);
    return r;
}

typedef struct classifying {
    const md_recipe *r;
    const im_run *run;
    const im_volume *scan;
    const double (*centres)[3];
    size_t n;
    dt_network net;
} classifying;

static int run_batch(classifying *c, size_t first, double *logits,
                     cs_errinfo *info)
{
    const md_input *input = &c->r->input;
    const size_t each = input->patch[0] * input->patch[1] * input->patch[2];
    const size_t count = CS_MIN(c->n - first, BATCH);
    double all[BATCH];
    int r = 0;
    for (size_t i = 0; i < count && r == 0; i++)
        r = cut(input, c->run, c->scan, c->centres[first + i],
                c->net.input + i * each, info);
    if (r < 0)
        return r;
    dt_network_run(&c->net);
    dt_head_logits(c->r, BATCH, dt_network_outputs(&c->net), all);
    memcpy(logits + first, all, count * sizeof(*all));
    return 0;
}

int dt_classify(const md_recipe *r, nn_params *params, const im_run *run,
                const im_volume *scan, const double (*centres)[3], size_t n,
                double *logits, cs_errinfo *info)
{
    classifying c = {
        .r = r, .run = run, .scan = scan, .centres = centres, .n = n};
    if (n == 0)
        return 0;
    int e =
        dt_network_init(&c.net, r, params, run, BATCH, r->input.patch, 0, info);
    for (size_t i = 0; i < n && e == 0; i += BATCH)
        e = run_batch(&c, i, logits, info);
    dt_network_done(&c.net);
    return e;
}
