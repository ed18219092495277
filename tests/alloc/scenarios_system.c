#include "scenarios.h"

#include "base/args.h"
#include "base/config.h"
#include "base/file.h"
#include "base/log.h"
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

/* Small files, so that it rotates; what cannot be written is counted. */
static int logging(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_printf(&path, "%s/log", dir);
    if (cs_strbuf_check(&path) < 0)
        return CS_E_NOMEM;
    cs_log_spec spec = {.path = path.data, .max_size = 100, .keep = 1};
    CS_AUTO(cs_log) log = NULL;
    int r = cs_log_new(&spec, &log, NULL);
    for (int i = 0; r == 0 && i < 5; i++)
        cs_log(log, CS_LOG_INFO, "tick", CS_LOG_MASKED("name", dir));
    return r;
}

typedef struct values {
    const char *data;
    CS_LIST(int) steps;
} values;

static const cs_field fields[] = {
    CS_FIELD(STRING, values, data, "data", .fallback = "."),
    CS_FIELD_LIST_OF(INT, values, steps, "steps", .fallback = "1,2,3"),
};
static const cs_table table = CS_TABLE(values, fields);

static int settings(const char *dir)
{
    char data[] = "X_DATA=here";
    char *const env[] = {data, NULL};
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_printf(&path, "%s/.env", dir);
    if (cs_strbuf_check(&path) < 0)
        return CS_E_NOMEM;
    cs_config_spec spec = {.table = &table, .prefix = "X", .env = env};
    spec.dotenv = path.data;
    cs_arena arena = CS_ARENA_INIT;
    cs_config config;
    values v;
    memset(&v, 0, sizeof(v));
    int r = cs_file_write(path.data, "X_STEPS='4, 5'\n", 15, 0600, NULL);
    if (r == 0)
        r = cs_config_load(&spec, &v, &config, &arena, NULL);
    cs_arena_done(&arena);
    return r;
}

static const alloc_scenario items[] = {
    {"pool", pool, true},
    {"arguments", arguments, false},
    {"logging", logging, false},
    {"settings", settings, false},
};

const scenario_list scenarios_system = SCENARIO_LIST(items);
