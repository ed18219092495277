/* bench_measure SITE SEED SCANS: one CSV line for each nodule of so many
 * phantoms, measured from a seed that is up to 2 mm off along each axis and 25
 * % off in size. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/parse.h"
#include "base/random.h"
#include "image/phantom/site.h"
#include "lung/lung.h"
#include "truth.h"

#define OFF_MM 2.0
#define OFF_SIZE 0.25

static const char heading[] =
    "site,scan,nodule,slice_mm,type,place,spiculated,diameter_mm,mean_mm,"
    "left,upper,seed_mm,segmented,density,dice,found_diameter_mm,"
    "found_mean_mm,found_spiculation,found_sphericity,found_edge_hu_mm,"
    "found_left,found_upper,pleura_mm,solid_mm,seconds\n";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double off(cs_rng *rng, double most)
{
    return most * (2 * (double)cs_rng_uniform_f32(rng) - 1);
}

static lu_seed seed_of(const im_phantom_finding *f, uint64_t stream)
{
    cs_rng rng = cs_rng_stream(stream, 1);
    lu_seed s;
    for (int a = 0; a < 3; a++)
        s.centre[a] = f->centre[a] + off(&rng, OFF_MM);
    s.diameter = f->diameter * (1 + off(&rng, OFF_SIZE));
    return s;
}

static void say(const im_phantom_spec *spec, const im_phantom *p, size_t i,
                const lu_seed *s, const lu_measure *m, const truth *t)
{
    const im_phantom_finding *f = &p->findings[i];
    bool upper = f->lobe[1] == 'U';
    printf("%s,%llu,%zu,%.3f,%s,%s,%d,%.3f,%.3f,%d,%d,%.3f,", spec->site->name,
           (unsigned long long)spec->index, i, p->image.geometry.spacing[2],
           im_phantom_type_names[f->type], im_phantom_place_names[f->place],
           f->spiculated, f->diameter, t->mean_mm, t->left, upper, s->diameter);
    printf("%d,%s,%.4f,%.3f,%.3f,%.3f,%.3f,%.1f,%d,%d,%.2f,%.2f,", m->segmented,
           lu_density_words[m->density], t->dice,
           cbrt(6 / M_PI * m->volume_mm3), m->mean_mm, m->spiculation,
           m->sphericity, m->edge_hu_mm, m->left, m->upper_lobe_likely,
           m->pleura_mm, m->solid_mm);
}

static int measure_one(const im_run *run, const im_phantom_spec *spec,
                       const im_phantom *p, const im_volume *lungs, size_t i,
                       cs_errinfo *info)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    const lu_seed s =
        seed_of(&p->findings[i], spec->seed * 100000 + spec->index * 10 + i);
    lu_measure m = {.segmented = false};
    truth t = {.dice = 0};
    double from = seconds();
    int r = lu_measure_nodule(run, &p->image, lungs, &s, &m, &mask, info);
    double took = seconds() - from;
    if (r == 0)
        r = truth_find(run, p, i, &mask, &t, info);
    if (r < 0)
        return r;
    say(spec, p, i, &s, &m, &t);
    printf("%.3f\n", took);
    return 0;
}

static int measure_scan(const im_run *run, const im_phantom_spec *spec,
                        cs_errinfo *info)
{
    im_phantom p = IM_PHANTOM_INIT;
    lu_lungs lungs = {.windpipe = false};
    int r = im_phantom_make(spec, run, &p, info);
    if (r == 0)
        r = lu_find_lungs(run, &p.image, NULL, &lungs, info);
    for (size_t i = 0; r == 0 && i < p.finding_count; i++)
        r = measure_one(run, spec, &p, &lungs.labels, i, info);
    lu_lungs_done(&lungs);
    im_phantom_done(&p);
    return r;
}

int main(int argc, char **argv)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    const im_run run = {NULL, cs_cpu_tier_best()};
    const im_phantom_site *site;
    int64_t seed, scans;
    if (argc != 4 || cs_parse_i64(cs_str_of(argv[2]), &seed) < 0 ||
        cs_parse_i64(cs_str_of(argv[3]), &scans) < 0) {
        fprintf(stderr, "usage: bench_measure SITE SEED SCANS\n");
        return 2;
    }
    int r = im_phantom_site_find(argv[1], &site, &info);
    fputs(heading, stdout);
    for (int64_t i = 0; r == 0 && i < scans; i++) {
        const im_phantom_spec spec = {
            .site = site, .seed = (uint64_t)seed, .index = (uint64_t)i};
        r = measure_scan(&run, &spec, &info);
    }
    if (r < 0)
        fprintf(stderr, "bench_measure: %s\n", info.message);
    return r < 0;
}
