/* Studies from texts or by chance, for tests of evaluation. */
#ifndef CS_TESTS_SUPPORT_STUDY_H
#define CS_TESTS_SUPPORT_STUDY_H

#include "base/random.h"
#include "base/strbuf.h"
#include "eval/study.h"
#include "support/test.h"
#include "support/tmp.h"

/* Writes the four texts into `dir` (excluded may be NULL) and reads them. */
static inline CS_UNUSED int study_read(const char *dir, const char *scans,
                                       const char *annotations,
                                       const char *excluded,
                                       const char *predictions, ev_study *ret,
                                       cs_errinfo *info)
{
    const ev_study_files files = {
        tmp_write(dir, "scans.csv", scans),
        tmp_write(dir, "annotations.csv", annotations),
        excluded ? tmp_write(dir, "excluded.csv", excluded) : NULL,
        tmp_write(dir, "predictions.csv", predictions)};
    return ev_study_read(&files, ret, info);
}

/* One finding or mark of table `kind`: 1 annotations, 2 excluded, 3 marks. */
static inline CS_UNUSED void study_put_row(cs_rng *r, size_t scan, size_t kind,
                                           cs_strbuf *out)
{
    cs_strbuf_printf(out, "s%zu", scan);
    for (int a = 0; a < 3; a++)
        cs_strbuf_printf(out, ",%.3f", 20 * cs_rng_uniform_f64(r));
    unsigned v = (unsigned)cs_rng_below(r, 24);
    if (kind == 1)
        cs_strbuf_printf(out, ",%u,%s,%u\n", v + 2, v % 2 ? "solid" : "soft",
                         v % 3 == 0);
    else if (kind == 2)
        cs_strbuf_printf(out, ",%d\n", v < 12 ? -1 : (int)v);
    else
        cs_strbuf_printf(out, ",%.2f,%.2f\n", v / 24.0, cs_rng_uniform_f64(r));
}

/* Crowded scans: marks on several findings, findings on each other, equal
 * probabilities. Some scans have nothing. */
static inline CS_UNUSED void study_by_chance(const char *dir, uint64_t seed,
                                             size_t scans, ev_study *ret)
{
    static const char *const heads[] = {
        "scan\n", "scan,x,y,z,diameter,type,malignant\n",
        "scan,x,y,z,diameter\n", "scan,x,y,z,probability,malignancy_score\n"};
    cs_rng r = cs_rng_stream(seed, 0);
    cs_strbuf text[4];
    for (size_t i = 0; i < 4; i++) {
        cs_strbuf_init(&text[i]);
        cs_strbuf_add(&text[i], heads[i]);
    }
    for (size_t s = 0; s < scans; s++) {
        cs_strbuf_printf(&text[0], "s%zu\n", s);
        for (size_t kind = 1; s % 4 != 3 && kind < 4; kind++) {
            size_t n = (size_t)cs_rng_below(&r, kind == 3 ? 16 : 4);
            for (size_t k = 0; k < n; k++)
                study_put_row(&r, s, kind, &text[kind]);
        }
    }
    assert_int_equal(study_read(dir, text[0].data, text[1].data, text[2].data,
                                text[3].data, ret, NULL),
                     0);
    for (size_t i = 0; i < 4; i++)
        cs_strbuf_done(&text[i]);
}

#endif
