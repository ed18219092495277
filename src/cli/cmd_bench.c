/* consilium bench SUBJECT: how fast Consilium is on this machine. */
#include "base/columns.h"
#include "cli/bench_base.h"
#include "cli/bench_engine.h"
#include "cli/bench_image.h"
#include "cli/commands.h"

enum { BASE, ENGINE, IMAGE };
static const char *const subject_words[] = {"base", "engine", "image", NULL};

typedef struct options {
    int subject;
    const char *only, *data, *output;
    uint64_t memory;
    int64_t threads;
    bool list;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE_WORD(options, subject, CS_N_("SUBJECT"), 1, subject_words,
                    CS_N_("base: threads, hashing, random numbers, JSON and "
                          "YAML; engine: networks and their layers; image: "
                          "what is done with whole scans")),
    CS_ARG_STRING(options, only, '\0', "only", CS_N_("NAME"), NULL,
                  CS_N_("measure only this case")),
    CS_ARG_SIZE(options, memory, '\0', "memory", CS_N_("SIZE"), 0, UINT64_MAX,
                NULL, CS_N_("engine: memory that a network may use")),
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                CS_N_("image: the scan and its masks, as bench/image makes "
                      "them")),
    CS_ARG_PATH(options, output, 'o', "output", CS_N_("FILE"), NULL,
                CS_N_("image: where the result of one case goes")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("image: threads; 0 means every core")),
    CS_ARG_FLAG(options, list, '\0', "list",
                CS_N_("name the cases and measure none")),
};

/* Each subject has fewer. */
#define ROWS_MAX 128
_Static_assert(BENCH_BASE_ROWS <= ROWS_MAX && BENCH_ENGINE_ROWS <= ROWS_MAX &&
                   BENCH_IMAGE_ROWS <= ROWS_MAX,
               "room for the rows of every subject");

static const char summary[] = "measure how fast Consilium is on this machine";

static void write_peers_place(cs_json *w, const char *key)
{
    cs_json_key(w, key);
    cs_json_open_object(w);
    cs_json_close_object(w);
}

static void write_number(cs_json *w, const char *key, double value)
{
    cs_json_key(w, key);
    cs_json_double(w, value);
}

static void write_row(cs_json *w, const bench_row *row)
{
    cs_json_open_object(w);
    cs_json_key(w, "name");
    cs_json_cstring(w, row->name);
    if (row->amount > 0) {
        write_number(w, "amount", row->amount);
        cs_json_key(w, "unit");
        cs_json_cstring(w, row->unit);
    }
    cs_json_key(w, "ours");
    cs_json_open_object(w);
    write_number(w, "s", row->seconds);
    if (row->rss_mib > 0)
        write_number(w, "rss_mib", row->rss_mib);
    if (row->norm > 0) {
        write_number(w, "norm", row->norm);
        write_number(w, "probe", row->probe);
    }
    cs_json_close_object(w);
    write_peers_place(w, "peers");
    write_peers_place(w, "ratio");
    cs_json_close_object(w);
}

static int write_json(cli_context *ctx, const bench_row *results, size_t n,
                      cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "rows");
    cs_json_open_array(&w);
    for (size_t i = 0; i < n; i++)
        write_row(&w, &results[i]);
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

static int list_names(cli_context *ctx, int subject, cs_errinfo *info)
{
    static const char *(*const namers[])(size_t i) = {
        bench_base_name, bench_engine_name, bench_image_name};
    const char *(*name)(size_t i) = namers[subject];
    if (!ctx->common.json) {
        for (size_t i = 0; name(i); i++)
            cs_strbuf_printf(&ctx->out, "%s\n", name(i));
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "names");
    cs_json_open_array(&w);
    for (size_t i = 0; name(i); i++)
        cs_json_cstring(&w, name(i));
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

static void write_table(cli_context *ctx, const bench_row *results, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++)
        width = CS_MAX(width, strlen(results[i].name));
    for (size_t i = 0; i < n; i++) {
        cs_columns_pad(&ctx->out, results[i].name, width + 2);
        cs_strbuf_printf(&ctx->out, "%12.3f \xc2\xb5s",
                         results[i].seconds * 1e6);
        if (results[i].amount > 0)
            cs_strbuf_printf(&ctx->out, "%10.1f %s",
                             results[i].amount / results[i].seconds,
                             results[i].unit);
        if (results[i].rss_mib > 0)
            cs_strbuf_printf(&ctx->out, "%8.0f MiB", results[i].rss_mib);
        cs_strbuf_putc(&ctx->out, '\n');
    }
}

static int measure(cli_context *ctx, const options *o, bench_row *results,
                   size_t *n, cs_errinfo *info)
{
    const bench_engine_options engine = {o->only, o->memory};
    const bench_image_options image = {o->only, o->data, o->output,
                                       (unsigned)o->threads};
    if (o->subject == ENGINE)
        return bench_engine(ctx, &engine, results, n, info);
    if (o->subject == IMAGE)
        return bench_image(ctx, &image, results, n, info);
    return bench_base(o->only, results, n, info);
}

int cmd_bench(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options chosen = {.subject = BASE};
    cs_arg_group group = {CS_N_("arguments"), rows, CS_COUNTOF(rows), &chosen};
    int r =
        cli_parse(ctx, "consilium bench", summary, &group, 1, argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    if (chosen.list)
        return list_names(ctx, chosen.subject, info);
    bench_row results[ROWS_MAX];
    size_t n = 0;
    r = measure(ctx, &chosen, results, &n, info);
    if (r < 0)
        return r;
    if (ctx->common.json)
        return write_json(ctx, results, n, info);
    write_table(ctx, results, n);
    return 0;
}
