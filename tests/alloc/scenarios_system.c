#include "scenarios.h"

#include "base/args.h"
#include "base/pool.h"

static double count(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)ctx;
    (void)slot;
    return (double)(end - begin);
}

static int pool(const char *dir)
{
    (void)dir;
    CS_AUTO(cs_pool) p = NULL;
    double sum;
    int r = cs_pool_new(2, &p, NULL);
    /* Want of memory for a thread shows as a limit on threads. */
    if (r == CS_E_LIMIT)
        return CS_E_NOMEM;
    return r == 0 ? cs_pool_sum_f64(p, 1000, 1, count, NULL, &sum) : r;
}

typedef struct options {
    cs_arg_list names;
    const char *out;
} options;

static const cs_arg rows[] = {
    CS_ARG_LIST(options, names, 'n', "name", "NAME", "a name"),
    CS_ARG_PATH(options, out, 'o', "out", "FILE", NULL, "a file"),
};

static int arguments(const char *dir)
{
    char name[] = "--name=x", out[] = "--out=y";
    char *const argv[] = {name, name, out, name, NULL};
    options chosen = {.out = dir};
    cs_arg_group group = {"options", rows, CS_COUNTOF(rows), &chosen};
    CS_SCOPED(cs_strbuf) help = CS_STRBUF_INIT;
    int r = cs_args_parse(&group, 1, 4, argv, NULL);
    cs_args_done(&group, 1);
    if (r < 0)
        return r;
    return cs_args_help(&help, "it", "a summary", &group, 1, CS_LANG_ZH, 60);
}

static const alloc_scenario items[] = {
    {"pool", pool, true},
    {"arguments", arguments, false},
};

const scenario_list scenarios_system = SCENARIO_LIST(items);
