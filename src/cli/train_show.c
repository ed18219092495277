#include "cli/train_show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "cli/stop.h"

static bool is_told(void *ctx)
{
    (void)ctx;
    return cli_stop_asked();
}

/* --- lines --- */

static void write_text(void *ctx, cs_str text)
{
    (void)ctx;
    /* What cannot be shown is no reason to stop. */
    (void)!cs_write_all(STDERR_FILENO, text.data, text.len, "", NULL);
}

/* A line that stays, in the place of the bar, which comes again below it. */
static void write_line(const train_show *s, const cs_strbuf *line)
{
    if (s->spec.mode == CS_PROGRESS_TERMINAL)
        write_text(NULL, CS_STR("\r\x1b[K"));
    if (cs_strbuf_check(line) == 0)
        write_text(NULL, cs_strbuf_str(line));
}

static void warning(void *ctx, const char *text)
{
    train_show *s = ctx;
    CS_SCOPED(cs_strbuf) line = CS_STRBUF_INIT;
    cs_strbuf_printf(&line, cs_msg(s->lang, CS_N_("warning: %s\n")), text);
    write_line(s, &line);
}

/* --- scans --- */

/* In a log, what takes less is not worth a line. */
#define WORTH_A_LINE_NS CS_NS_PER_S

/* A scan is heard of when it is done: the first one has been worked on since
 * whatever was shown before it. */
static void show_side(train_show *s, const char *label, size_t done, size_t of)
{
    int64_t now = cs_mono_ns(cs_clock_system());
    if (s->side_of != of) {
        cs_progress_spec spec = s->spec;
        spec.label = label;
        spec.total = of;
        cs_progress_start(&s->side, &spec);
        s->side.started = s->since;
        s->side_of = of;
    }
    if (s->spec.mode == CS_PROGRESS_TERMINAL ||
        now - s->side.started >= WORTH_A_LINE_NS)
        cs_progress_update(&s->side, done);
    if (done == of)
        s->since = now;
}

static void preparing(void *ctx, size_t done, size_t scans)
{
    train_show *s = ctx;
    show_side(s, cs_msg(s->lang, CS_N_("scans made ready")), done, scans);
}

/* In a log, the epoch's line says enough. */
static void validating(void *ctx, size_t done, size_t of)
{
    train_show *s = ctx;
    if (s->spec.mode == CS_PROGRESS_TERMINAL)
        show_side(s, cs_msg(s->lang, CS_N_("validation")), done, of);
}

/* --- steps and epochs --- */

static void start_steps(train_show *s, const tr_step *at)
{
    s->first = at->step - 1;
    cs_progress_spec spec = s->spec;
    spec.label = s->label;
    spec.total = at->steps - s->first;
    cs_progress_start(&s->steps, &spec);
    /* The first step is heard of when it is over. */
    s->steps.started -= (int64_t)(at->seconds * 1e9);
}

static void step(void *ctx, const tr_step *at)
{
    train_show *s = ctx;
    if (s->last == 0)
        start_steps(s, at);
    if (s->epoch != at->epoch) {
        s->sum = s->n = 0;
        snprintf(s->label, sizeof(s->label),
                 cs_msg(s->lang, CS_N_("epoch %llu/%llu")),
                 (unsigned long long)at->epoch, (unsigned long long)s->epochs);
    }
    s->side_of = 0;
    s->epoch = at->epoch;
    s->last = at->step;
    s->sum += at->loss.loss;
    s->n++;
    cs_progress_value(&s->steps, cs_msg(s->lang, CS_N_("loss")), s->sum / s->n);
    cs_progress_update(&s->steps, at->step - s->first);
    s->since = cs_mono_ns(cs_clock_system());
}

/* Of what validation measures, what fits into a line. */
static bool is_short(const char *name)
{
    static const char *const names[] = {"cpm", "dice", "auc"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void epoch(void *ctx, const tr_epoch *e)
{
    train_show *s = ctx;
    char took[CS_FORMAT_SIZE_MAX];
    CS_SCOPED(cs_strbuf) line = CS_STRBUF_INIT;
    cs_strbuf_printf(&line, cs_msg(s->lang, CS_N_("epoch %llu/%llu")),
                     (unsigned long long)e->epoch,
                     (unsigned long long)s->epochs);
    cs_strbuf_printf(&line, "  %s %.4g", cs_msg(s->lang, CS_N_("loss")),
                     e->loss);
    for (size_t i = 0; e->validated && i < e->metric_count; i++) {
        if (!isfinite(e->metrics[i].value))
            continue;
        if (strcmp(e->metrics[i].name, "loss") == 0)
            cs_strbuf_printf(&line, cs_msg(s->lang, CS_N_("  (held out %.4g)")),
                             e->metrics[i].value);
        else if (is_short(e->metrics[i].name))
            cs_strbuf_printf(&line, "  %s %.3f", e->metrics[i].name,
                             e->metrics[i].value);
    }
    cs_strbuf_printf(&line, "  %s",
                     cs_format_duration((int64_t)(e->seconds * 1e9), took));
    if (e->validated && e->best)
        cs_strbuf_add(&line, cs_msg(s->lang, CS_N_("  the best so far")));
    cs_strbuf_putc(&line, '\n');
    s->side_of = 0;
    write_line(s, &line);
}

/* --- life --- */

void train_show_start(train_show *s, const cli_context *ctx,
                      const tr_plan *plan)
{
    *s = (train_show){.lang = ctx->lang,
                      .since = cs_mono_ns(cs_clock_system()),
                      .epochs = (uint64_t)plan->epochs};
    s->spec = (cs_progress_spec){
        .mode =
            isatty(STDERR_FILENO) ? CS_PROGRESS_TERMINAL : CS_PROGRESS_PLAIN,
        .width = ctx->width,
        .lang = ctx->lang,
        .sink = write_text,
    };
    s->watch = (tr_watch){.preparing = preparing,
                          .warning = warning,
                          .step = step,
                          .validating = validating,
                          .epoch = epoch,
                          .stop = is_told,
                          .ctx = s};
}

void train_show_end(train_show *s)
{
    if (s->spec.mode == CS_PROGRESS_TERMINAL)
        write_text(NULL, CS_STR("\r\x1b[K"));
}
