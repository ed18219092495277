#include "base/progress.h"

#include <stdio.h>

#include "base/columns.h"
#include "base/parse.h"
#include "base/utf8.h"

#define DRAW_EVERY_NS (CS_NS_PER_S / 10)
#define LINE_EVERY_NS (30 * CS_NS_PER_S)
#define WIDTH_DEFAULT 80u
#define BAR_MAX 30u
#define BAR_MIN 8u
#define TEXT_MAX 512
#define TERMINAL_MAX 1024

void cs_progress_start(cs_progress *p, const cs_progress_spec *spec)
{
    *p = (cs_progress){.spec = *spec};
    if (!p->spec.clock)
        p->spec.clock = cs_clock_system();
    if (!p->spec.width)
        p->spec.width = WIDTH_DEFAULT;
    p->started = cs_mono_ns(p->spec.clock);
}

void cs_progress_value(cs_progress *p, const char *name, double value)
{
    size_t i = 0;
    while (i < p->value_count && strcmp(p->values[i].name, name) != 0)
        i++;
    if (i == CS_PROGRESS_VALUES_MAX)
        return;
    p->values[i].name = name;
    p->values[i].value = value;
    p->value_count = CS_MAX(p->value_count, i + 1);
}

/* --- the text --- */

typedef struct line {
    char text[TEXT_MAX];
    size_t len;
} line;

static void put(line *l, const char *fmt, ...) CS_PRINTF(2, 3);
static void put(line *l, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(l->text + l->len, TEXT_MAX - l->len, fmt, args);
    va_end(args);
    if (n > 0)
        l->len = CS_MIN(l->len + (size_t)n, (size_t)TEXT_MAX - 1);
}

static double part_done(const cs_progress *p)
{
    double part = (double)p->done / (double)p->spec.total;
    return CS_MIN(part, 1.0);
}

/* "12/40  3.1/s  9 s left  loss 0.123" */
static void put_numbers(const cs_progress *p, line *l, int64_t now)
{
    char text[CS_FORMAT_SIZE_MAX];
    double seconds = (double)(now - p->started) / 1e9;
    put(l, "%llu", (unsigned long long)p->done);
    if (p->spec.total)
        put(l, "/%llu", (unsigned long long)p->spec.total);
    if (seconds > 0 && p->done)
        put(l, "  %.3g/s", (double)p->done / seconds);
    cs_lang lang = p->spec.lang;
    if (p->spec.total && p->done >= p->spec.total) {
        put(l, "  ");
        put(l, cs_msg(lang, "took %s"),
            cs_format_duration(now - p->started, text));
    } else if (p->spec.total && p->done && seconds > 0) {
        double left =
            seconds / (double)p->done * (double)(p->spec.total - p->done);
        put(l, "  ");
        put(l, cs_msg(lang, "%s left"),
            cs_format_duration((int64_t)(CS_MIN(left, 9e8) * 1e9), text));
    }
    for (size_t i = 0; i < p->value_count; i++)
        put(l, "  %s %.4g", p->values[i].name, p->values[i].value);
}

/* Eighths of a block, so that slow progress is seen to move. */
static void put_bar(line *l, double part, size_t width)
{
    static const char *const eighths[] = {"",  "▏", "▎", "▍",
                                          "▌", "▋", "▊", "▉"};
    size_t filled = (size_t)(part * (double)(8 * width));
    for (size_t i = 0; i < filled / 8; i++)
        put(l, "█");
    put(l, "%s", eighths[filled % 8]);
    for (size_t i = filled / 8 + (filled % 8 > 0); i < width; i++)
        put(l, "░");
}

static void emit(const cs_progress *p, cs_str text)
{
    p->spec.sink(p->spec.ctx, text);
}

/* Back to the start of the line, the line, and blanks to its right gone. */
static void draw(cs_progress *p, int64_t now)
{
    line numbers = {.len = 0}, l = {.len = 0};
    put_numbers(p, &numbers, now);
    size_t taken = cs_columns_of(p->spec.label) + 2 +
                   cs_columns_of(numbers.text) + (p->spec.total ? 7 : 0);
    put(&l, "%s  ", p->spec.label);
    if (p->spec.total && taken + BAR_MIN < p->spec.width)
        put_bar(&l, part_done(p),
                CS_MIN(p->spec.width - taken - 1, (size_t)BAR_MAX));
    if (p->spec.total)
        put(&l, " %3u%%  ", (unsigned)(100 * part_done(p)));
    put(&l, "%s", numbers.text);
    cs_str fits = cs_columns_cut((cs_str){l.text, l.len}, p->spec.width - 1);
    char out[TERMINAL_MAX];
    int n = snprintf(out, sizeof(out), "\r%.*s\x1b[K", CS_STR_ARG(fits));
    emit(p, (cs_str){out, (size_t)n});
    p->drawn = now;
}

static void write_line(cs_progress *p, int64_t now)
{
    line l = {.len = 0};
    put(&l, "%s  ", p->spec.label);
    if (p->spec.total)
        put(&l, "%3u%%  ", (unsigned)(100 * part_done(p)));
    put_numbers(p, &l, now);
    l.len = CS_MIN(l.len, (size_t)TEXT_MAX - 2);
    l.text[l.len++] = '\n';
    emit(p, (cs_str){l.text, l.len});
    p->drawn = now;
}

/* --- when --- */

void cs_progress_update(cs_progress *p, uint64_t done)
{
    p->done = done;
    if (p->spec.mode == CS_PROGRESS_SILENT)
        return;
    int64_t now = cs_mono_ns(p->spec.clock);
    if (p->spec.mode == CS_PROGRESS_TERMINAL) {
        if (p->drawn == 0 || now - p->drawn >= DRAW_EVERY_NS)
            draw(p, now);
        return;
    }
    unsigned tenth = p->spec.total ? (unsigned)(10 * part_done(p)) : 0;
    int64_t since = p->drawn ? p->drawn : p->started;
    if (tenth > p->tenth || now - since >= LINE_EVERY_NS)
        write_line(p, now);
    p->tenth = CS_MAX(p->tenth, tenth);
}

void cs_progress_finish(cs_progress *p)
{
    int64_t now = cs_mono_ns(p->spec.clock);
    bool said = p->spec.total && p->tenth == 10;
    if (p->spec.mode == CS_PROGRESS_TERMINAL) {
        draw(p, now);
        emit(p, CS_STR("\n"));
    } else if (p->spec.mode == CS_PROGRESS_PLAIN && !said) {
        write_line(p, now);
    }
}
