#include "cli/bench_base.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/yaml.h"

#define ROUNDS 7
#define HASH_BYTES ((size_t)64 << 20)
#define RANDOM_COUNT ((size_t)16 << 20)
#define DOC_ITEMS 40000
#define DOC_NODES_MAX ((size_t)400000)
#define LOOPS 2000     /* parallel loops in a round */
#define LOOP_CHUNKS 64 /* of the loop that has work to do */
#define CHUNK_NS 20000 /* how long each of its chunks takes */

/* What the cases work on; made once. */
typedef struct bench {
    cs_pool *pool;
    unsigned char *bytes;
    float *floats;
    cs_strbuf json, yaml;
    cs_errinfo *info;
} bench;

typedef int bench_fn(bench *b);

typedef struct bench_case {
    const char *name;
    bench_fn *run;
    unsigned threads;  /* of the pool; 0: none needed */
    double operations; /* in one run */
    double amount;
    const char *unit;
} bench_case;

/* --- threads --- */

static void do_nothing(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)ctx;
    (void)begin;
    (void)end;
    (void)slot;
}

static void spin(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)ctx;
    (void)begin;
    (void)end;
    (void)slot;
    const cs_clock *clock = cs_clock_system();
    int64_t until = cs_mono_ns(clock) + CHUNK_NS;
    while (cs_mono_ns(clock) < until)
        ;
}

static int run_empty_loops(bench *b)
{
    for (int i = 0; i < LOOPS; i++)
        cs_pool_for(b->pool, 2, 1, do_nothing, NULL);
    return 0;
}

static int run_busy_loop(bench *b)
{
    cs_pool_for(b->pool, LOOP_CHUNKS, 1, spin, NULL);
    return 0;
}

/* --- the rest --- */

static int run_sha256(bench *b)
{
    cs_digest d;
    return cs_hash_bytes(CS_HASH_SHA256, b->bytes, HASH_BYTES, &d, b->info);
}

static int run_blake2b(bench *b)
{
    cs_digest d;
    return cs_hash_bytes(CS_HASH_BLAKE2B, b->bytes, HASH_BYTES, &d, b->info);
}

static int run_uniform(bench *b)
{
    cs_rng rng = cs_rng_stream(1, 2);
    cs_rng_fill_uniform_f32(&rng, 0, b->floats, RANDOM_COUNT);
    return 0;
}

static int run_normal(bench *b)
{
    cs_rng rng = cs_rng_stream(1, 2);
    cs_rng_fill_normal_f32(&rng, 0, b->floats, RANDOM_COUNT);
    return 0;
}

static const cs_doc_limits roomy = {.nodes = DOC_NODES_MAX};

static int run_json(bench *b)
{
    CS_AUTO(cs_doc) doc = NULL;
    return cs_doc_parse_json(b->json.data, b->json.len, "bench.json", &roomy,
                             &doc, b->info);
}

static int run_yaml(bench *b)
{
    CS_AUTO(cs_doc) doc = NULL;
    return cs_doc_parse_yaml(b->yaml.data, b->yaml.len, "bench.yaml", &roomy,
                             &doc, b->info);
}

#define MB 1e6
static const bench_case cases[BENCH_BASE_ROWS] = {
    {"pool-empty-t1", run_empty_loops, 1, LOOPS, 0, NULL},
    {"pool-empty-t2", run_empty_loops, 2, LOOPS, 0, NULL},
    {"pool-20us-t2", run_busy_loop, 2, 1, 0, NULL},
    {"sha256-64mib", run_sha256, 0, 1, HASH_BYTES / MB, "MB/s"},
    {"blake2b-64mib", run_blake2b, 0, 1, HASH_BYTES / MB, "MB/s"},
    {"uniform-16m-f32", run_uniform, 0, 1, RANDOM_COUNT / MB, "M/s"},
    {"normal-16m-f32", run_normal, 0, 1, RANDOM_COUNT / MB, "M/s"},
    {"json-parse", run_json, 0, 1, 0, "MB/s"},
    {"yaml-parse", run_yaml, 0, 1, 0, "MB/s"},
};

/* --- measuring --- */

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int measure(bench *b, const bench_case *c, bench_row *row)
{
    const cs_clock *clock = cs_clock_system();
    double seconds[ROUNDS];
    int r = c->run(b); /* caches and pages warm */
    for (int i = 0; i < ROUNDS && r == 0; i++) {
        int64_t from = cs_mono_ns(clock);
        r = c->run(b);
        seconds[i] = (double)(cs_mono_ns(clock) - from) / 1e9;
    }
    if (r < 0)
        return r;
    qsort(seconds, ROUNDS, sizeof(*seconds), compare_double);
    double amount = c->amount;
    if (c->run == run_json)
        amount = (double)b->json.len / MB;
    else if (c->run == run_yaml)
        amount = (double)b->yaml.len / MB;
    *row = (bench_row){.name = c->name,
                       .seconds = seconds[ROUNDS / 2] / c->operations,
                       .amount = amount,
                       .unit = c->unit};
    return 0;
}

static int run_case(bench *b, const bench_case *c, bench_row *row)
{
    CS_AUTO(cs_pool) pool = NULL;
    int r = c->threads ? cs_pool_new(c->threads, &pool, b->info) : 0;
    if (r < 0)
        return r;
    b->pool = pool;
    return measure(b, c, row);
}

/* Lists of records, as a plan or a data set's index would hold. */
static void make_documents(bench *b)
{
    cs_strbuf_putc(&b->json, '[');
    for (int i = 0; i < DOC_ITEMS; i++) {
        cs_strbuf_printf(&b->json,
                         "%s{\"uid\": \"1.3.6.1.4.%d\", \"x\": -%d.25, "
                         "\"y\": %d.5, \"z\": %d, \"diameter_mm\": %d.75}",
                         i ? ",\n" : "", i, i % 300, i % 200, i % 400, i % 30);
        cs_strbuf_printf(&b->yaml,
                         "- uid: 1.3.6.1.4.%d\n  x: -%d.25\n  y: %d.5\n"
                         "  z: %d\n  diameter_mm: %d.75\n",
                         i, i % 300, i % 200, i % 400, i % 30);
    }
    cs_strbuf_add(&b->json, "]\n");
}

static int make_data(bench *b)
{
    b->bytes = cs_malloc(HASH_BYTES);
    b->floats = cs_malloc(RANDOM_COUNT * sizeof(float));
    make_documents(b);
    if (!b->bytes || !b->floats || cs_strbuf_check(&b->json) < 0 ||
        cs_strbuf_check(&b->yaml) < 0)
        return cs_fail_nomem(b->info);
    memset(b->bytes, 0xa5, HASH_BYTES);
    return 0;
}

static void done(bench *b)
{
    cs_free(b->bytes);
    cs_free(b->floats);
    cs_strbuf_done(&b->json);
    cs_strbuf_done(&b->yaml);
}

const char *bench_base_name(size_t i)
{
    return i < BENCH_BASE_ROWS ? cases[i].name : NULL;
}

int bench_base(const char *only, bench_row rows[BENCH_BASE_ROWS], size_t *ret_n,
               cs_errinfo *info)
{
    bench b = {.json = CS_STRBUF_INIT, .yaml = CS_STRBUF_INIT, .info = info};
    size_t n = 0;
    int r = make_data(&b);
    for (size_t i = 0; i < BENCH_BASE_ROWS && r == 0; i++) {
        if (!only || strcmp(only, cases[i].name) == 0)
            r = run_case(&b, &cases[i], &rows[n++]);
    }
    done(&b);
    if (r < 0)
        return r;
    if (n == 0)
        return cs_fail(info, CS_E_USAGE,
                       "no case is called '%s'; 'consilium bench base --list' "
                       "names them all",
                       only);
    *ret_n = n;
    return 0;
}
