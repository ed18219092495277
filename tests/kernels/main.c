/* check_kernels: every kernel of every tier against its reference, or, with
 * --bench, their speed. Exit status: 0 all hold, 1 one does not, 2 usage, 77
 * a tier that this CPU has not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "kc.h"

#define EXIT_SKIP 77

typedef struct options {
    const char *tier, *only;
    bool bench, quick, errors;
    int64_t seed, threads;
} options;

static const cs_arg rows[] = {
    CS_ARG_STRING(options, tier, 't', "tier", "NAME", NULL, "one tier, or all"),
    CS_ARG_STRING(options, only, 'o', "only", "TEXT", NULL,
                  "names that contain it"),
    CS_ARG_FLAG(options, bench, 'b', "bench", "time instead of checking"),
    CS_ARG_FLAG(options, quick, 'q', "quick", "fewer cases"),
    CS_ARG_FLAG(options, errors, 'e', "errors",
                "also print the largest errors of Winograd convolutions and of "
                "exp and the like"),
    CS_ARG_INT(options, seed, 's', "seed", "N", 0, INT64_MAX, NULL, "of data"),
    CS_ARG_INT(options, threads, 'j', "threads", "N", 1, 512, NULL,
               "of kernels that are not checked on several numbers of them"),
};

typedef struct group {
    void (*check)(kc *k);
    void (*bench)(kc *k);
} group;

static const group groups[] = {
    {check_gemm, bench_gemm},     {check_winograd, bench_winograd},
    {check_conv, bench_conv},     {check_pool, bench_pool},
    {check_norm, bench_norm},     {check_activation, bench_activation},
    {check_layout, bench_layout}, {check_elementary, NULL},
};

static void print_errors(const kc *k)
{
    static const char *const kinds[TK_WINOGRADS] = {"F444", "F244", "F222",
                                                    "F144", "F122"};
    for (int i = 0; i < TK_WINOGRADS; i++)
        printf("%s: forward %.2g, data %.2g, weights %.2g\n", kinds[i],
               k->winograd_errors[i][0], k->winograd_errors[i][1],
               k->winograd_errors[i][2]);
}

static void run_tier(kc *k, cs_cpu_tier tier, const options *o)
{
    k->tier = tier;
    k->table = tk_table_of(tier);
    k->checks = 0;
    size_t before = k->failures;
    int64_t from = cs_mono_ns(cs_clock_system());
    for (size_t i = 0; i < CS_COUNTOF(groups); i++) {
        void (*fn)(kc *) = o->bench ? groups[i].bench : groups[i].check;
        if (fn)
            fn(k);
        kc_end(k);
    }
    if (!o->bench)
        printf("%s: %zu checks, %zu failed, %.1f s\n", cs_cpu_tier_name(tier),
               k->checks, k->failures - before,
               (double)(cs_mono_ns(cs_clock_system()) - from) / 1e9);
    if (o->errors)
        print_errors(k);
}

/* Each table once: tiers without one of their own use a lower one's. */
static void run_all(kc *k, const options *o)
{
    for (cs_cpu_tier t = CS_CPU_BASELINE; t <= cs_cpu_tier_best(); t++)
        if (t == CS_CPU_BASELINE || tk_table_of(t) != tk_table_of(t - 1))
            run_tier(k, t, o);
}

static int run(kc *k, const options *o)
{
    cs_errinfo info = {0};
    const char *wanted = o->tier;
    if (!wanted)
        wanted = getenv("CONSILIUM_CPU_TIER");
    if (!wanted || strcmp(wanted, "all") == 0) {
        run_all(k, o);
        return k->failures ? 1 : 0;
    }
    cs_cpu_tier tier;
    int r = cs_cpu_tier_select(wanted, &tier, &info);
    if (r < 0) {
        fprintf(stderr, "check_kernels: %s\n", info.message);
        return r == CS_E_UNSUPPORTED ? EXIT_SKIP : 2;
    }
    run_tier(k, tier, o);
    return k->failures ? 1 : 0;
}

static int pools_new(kc *k, unsigned threads, cs_errinfo *info)
{
    int r = cs_pool_new(threads, &k->pool, info);
    for (unsigned i = 0; i < KC_POOLS && r == 0; i++)
        r = cs_pool_new(i + 1, &k->pools[i], info);
    return r;
}

static void pools_free(kc *k)
{
    cs_pool_free(k->pool);
    for (unsigned i = 0; i < KC_POOLS; i++)
        cs_pool_free(k->pools[i]);
}

int main(int argc, char **argv)
{
    options o = {.seed = 1, .threads = 1};
    const cs_arg_group arguments = {"options", rows, CS_COUNTOF(rows), &o};
    cs_errinfo info = {0};
    kc k = {0};
    int r = cs_args_parse(&arguments, 1, argc - 1, argv + 1, &info);
    if (r == 0)
        r = pools_new(&k, (unsigned)o.threads, &info);
    int status = 2;
    if (r == 0) {
        k.seed = (uint64_t)o.seed;
        k.quick = o.quick;
        k.only = o.only;
        k.show_ulps = o.errors;
        status = run(&k, &o);
    } else {
        fprintf(stderr, "check_kernels: %s\n", info.message);
    }
    pools_free(&k);
    cs_args_done(&arguments, 1);
    return status;
}
