/* A run of the tiny world: its folders and its plan. */
#ifndef CS_TESTS_TRAIN_WORLD_RUN_H
#define CS_TESTS_TRAIN_WORLD_RUN_H

#include "base/cpu.h"
#include "base/strbuf.h"
#include "train/trainer.h"
#include "train/world.h"

typedef struct world_run {
    tr_source train, validate;
    tr_plan plan;
    const char *root;
    char cache[WORLD_PATH], dir[WORLD_PATH];
    tr_run_spec spec;
    im_run run;
} world_run;

/* Below the private folder `root`, in which world_make() was called for
 * "train" and "validate". *w stays where it is. */
static inline void world_run_init(world_run *w, const char *root, md_task task)
{
    memset(w, 0, sizeof(*w));
    world_join(root, "cache", w->cache);
    world_join(root, "run", w->dir);
    w->root = root;
    w->plan = world_plan(&w->train, &w->validate, task);
    w->spec = (tr_run_spec){
        .plan = &w->plan, .dir = w->dir, .root = w->root, .cache = w->cache};
    w->run = (im_run){.pool = NULL, .tier = cs_cpu_tier_best()};
}

static inline void world_both(const char *root, size_t train, size_t validate)
{
    world_make(root, "train", 0, train);
    world_make(root, "validate", 100, validate);
}

/* The bytes of DIR/NAME. */
static inline void world_bytes(const char *dir, const char *name,
                               cs_strbuf *ret)
{
    char path[WORLD_PATH];
    FILE *f = fopen(world_join(dir, name, path), "rb");
    if (!f)
        fail_msg("no %s", path);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
        assert_int_equal(cs_strbuf_append(ret, part, n), 0);
    fclose(f);
}

/* Asserts that DIR_A/NAME and DIR_B/NAME hold the same. */
static inline void world_same(const char *a, const char *b, const char *name)
{
    cs_strbuf x = CS_STRBUF_INIT;
    cs_strbuf y = CS_STRBUF_INIT;
    world_bytes(a, name, &x);
    world_bytes(b, name, &y);
    assert_true(x.len > 0);
    if (x.len != y.len || memcmp(x.data, y.data, x.len) != 0)
        fail_msg("%s differs", name);
    cs_strbuf_done(&x);
    cs_strbuf_done(&y);
}

#endif
