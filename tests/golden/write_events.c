/* write_events DIR: two runs of a training's log, the second resumed at step 3
 * of the first, for events_python.py to read. */
#include <stdio.h>

#include "train/log.h"

static int steps(tr_log *l, uint64_t first, uint64_t last, cs_errinfo *info)
{
    int r = 0;
    for (uint64_t n = first; r == 0 && n <= last; n++) {
        const tr_step s = {.step = n,
                           .steps = 400,
                           .epoch = 1,
                           .loss = {1.0 / (double)n, 0.5, 0.25},
                           .lr = 1e-3 * (double)n,
                           .norm = 2,
                           .seconds = 0.125,
                           .waited = 0.0625};
        r = tr_log_step(l, &s, info);
    }
    return r;
}

static int epoch(tr_log *l, uint64_t step, cs_errinfo *info)
{
    md_metric metrics[] = {{"cpm", 0.75}, {"froc_0.125", 0.5}};
    const tr_epoch e = {.epoch = 1,
                        .step = step,
                        .loss = 0.3,
                        .validated = true,
                        .metrics = metrics,
                        .metric_count = CS_COUNTOF(metrics)};
    return tr_log_epoch(l, &e, info);
}

static int run(const char *dir, uint64_t from, uint64_t last, cs_errinfo *info)
{
    CS_AUTO(tr_log) l = NULL;
    int r = tr_log_open(dir, from, &l, info);
    if (r == 0)
        r = steps(l, from + 1, last, info);
    if (r == 0 && from)
        r = epoch(l, last, info);
    return r < 0 ? r : tr_log_flush(l, info);
}

int main(int argc, char **argv)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    if (argc != 2)
        return 2;
    int r = run(argv[1], 0, 9, &info);
    if (r == 0)
        r = run(argv[1], 3, 300, &info);
    if (r < 0)
        fprintf(stderr, "%s\n", info.message);
    return r < 0;
}
