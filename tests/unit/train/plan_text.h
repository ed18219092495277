/* A good plan, and the same with one thing changed. */
#ifndef CS_TESTS_TRAIN_PLAN_TEXT_H
#define CS_TESTS_TRAIN_PLAN_TEXT_H

#include <string.h>

#include "base/strbuf.h"
#include "support/test.h"
#include "support/tmp.h"
#include "train/plan.h"

static const char good_plan[] = "name: small-detect\n"               /* 1 */
                                "task: detect\n"                     /* 2 */
                                "network: nodulefpn\n"               /* 3 */
                                "input:\n"                           /* 4 */
                                "  spacing: 1.0\n"                   /* 5 */
                                "  window: [-1000, 400]\n"           /* 6 */
                                "  patch: [32, 32, 16]\n"            /* 7 */
                                "data:\n"                            /* 8 */
                                "  train: [{dir: a}, {dir: b}]\n"    /* 9 */
                                "  validate: [{dir: c, scans: 2}]\n" /* 10 */
                                "  source: phantoms\n"               /* 11 */
                                "sampling:\n"                        /* 12 */
                                "  per-epoch: 20\n"                  /* 13 */
                                "augment:\n"                         /* 14 */
                                "  preset: none\n"                   /* 15 */
                                "optimiser:\n"                       /* 16 */
                                "  kind: adamw\n"                    /* 17 */
                                "  lr: 1e-3\n"                       /* 18 */
                                "schedule: {kind: cosine}\n"         /* 19 */
                                "epochs: 3\n"                        /* 20 */
                                "batch: 4\n"                         /* 21 */
                                "seed: 7\n";                         /* 22 */

/* The plan with the first `find` replaced; NULL: as it is. */
static inline const char *plan_file(const char *dir, const char *find,
                                    const char *replace)
{
    cs_strbuf text = CS_STRBUF_INIT;
    const char *at = find ? strstr(good_plan, find) : good_plan;
    assert_non_null(at);
    size_t before = (size_t)(at - good_plan);
    cs_strbuf_append(&text, good_plan, before);
    if (find)
        cs_strbuf_add(&text, replace);
    cs_strbuf_add(&text, at + (find ? strlen(find) : 0));
    const char *path = tmp_write(dir, "plan.yaml", text.data);
    cs_strbuf_done(&text);
    return path;
}

/* Loads it; fails the test where it cannot be. */
static inline void plan_take(const char *dir, const char *find,
                             const char *replace, tr_plan *ret)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    *ret = (tr_plan){.arena = NULL};
    if (tr_plan_load(plan_file(dir, find, replace), ret, &info) < 0)
        fail_msg("%u:%u %s", info.line, info.column, info.message);
}

/* It is refused with exactly these words, after "PATH:". */
static inline void plan_refused(const char *dir, const char *find,
                                const char *replace, const char *words)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    tr_plan p = {.arena = NULL};
    const char *path = plan_file(dir, find, replace);
    int r = tr_plan_load(path, &p, &info);
    char text[CS_ERR_MESSAGE_MAX + CS_ERR_PLACE_MAX];
    cs_errinfo_format(&info, text, sizeof(text));
    if (r >= 0)
        fail_msg("taken, not refused: %s", words);
    assert_non_null(strstr(text, "plan.yaml:"));
    assert_string_equal(strstr(text, "plan.yaml:") + strlen("plan.yaml:"),
                        words);
    assert_null(p.arena);
}

typedef struct plan_slip {
    const char *find, *replace, *words;
} plan_slip;

static inline void plan_slips(const char *dir, const plan_slip *slips, size_t n)
{
    for (size_t i = 0; i < n; i++)
        plan_refused(dir, slips[i].find, slips[i].replace, slips[i].words);
}

#define PLAN_TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

#endif
