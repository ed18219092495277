#include "eval/detection.h"

#include <math.h>

ev_rule ev_rule_luna16(void)
{
    return (ev_rule){
        .radius = 0, .marks_max = 100, .threshold = -(double)INFINITY};
}

void ev_detection_done(ev_detection *d)
{
    ev_match_done(&d->match);
    cs_vec_done(&d->calls);
    ev_froc_done(&d->froc);
    cs_vec_done(&d->strata);
}

static int run_bootstrap(ev_detection *d, cs_pool *pool, cs_errinfo *info)
{
    const ev_study *s = d->study;
    CS_AUTO_MEM uint32_t *nodules = cs_calloc(s->scan_count, sizeof(*nodules));
    if (!nodules)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < s->nodules.len; i++)
        nodules[s->nodules.items[i].scan] += !s->nodules.items[i].excluded;
    int r = ev_bootstrap_froc(&d->calls, nodules, s->scan_count,
                              &d->spec.bootstrap, pool, &d->bootstrap, info);
    d->has_bootstrap = r == 0;
    return r;
}

int ev_detection_run(const ev_study *s, const ev_detection_spec *spec,
                     cs_pool *pool, ev_detection *ret, cs_errinfo *info)
{
    ev_detection d = EV_DETECTION_INIT;
    d.study = s;
    d.spec = *spec;
    int r = ev_match_study(s, &spec->rule, &d.match, info);
    d.nodules = d.match.counts.tp + d.match.counts.fn;
    if (r == 0)
        r = ev_calls_of(s, &d.match, &d.calls, info);
    if (r == 0)
        r = ev_froc_of(&d.calls, d.nodules, s->scan_count, &d.froc, info);
    if (r == 0 && spec->bootstrap.samples && d.nodules)
        r = run_bootstrap(&d, pool, info);
    if (r == 0)
        r = ev_strata_of(s, &d.calls, &d.strata, info);
    if (r == 0)
        *ret = d;
    else
        ev_detection_done(&d);
    return r;
}
