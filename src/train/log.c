#include "train/log.h"

#include <fcntl.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/path.h"
#include "train/appended.h"
#include "train/cell.h"
#include "train/events.h"
#include "train/history.h"

#define TABLE_MAX ((size_t)1 << 30)
#define HISTORY_MAX ((size_t)256 << 20)
/* What the log may hold in memory: a million epochs. */
#define MEMORY_MAX ((size_t)1 << 30)

struct tr_log {
    char *dir;
    tr_appended steps; /* metrics.csv */
    tr_events *events;
    tr_history history;
    cs_strbuf text, path; /* reused */
};

static const char head[] =
    "step,epoch,loss,scores,boxes,lr,norm,seconds,waited\n";

/* --- the beginning: what is kept of an earlier run --- */

/* "dir/name", valid until the next call; NULL: no memory. */
static const char *path_of(tr_log *l, const char *name)
{
    cs_strbuf_clear(&l->path);
    if (cs_path_join(&l->path, cs_str_of(l->dir), cs_str_of(name)) < 0)
        return NULL;
    return l->path.data;
}

/* Reads a file that need not be there. */
static int read_if_there(const char *path, size_t max, cs_strbuf *out,
                         cs_errinfo *info)
{
    int r = cs_file_read(path, max, out, info);
    if (r != CS_E_NOTFOUND)
        return r;
    cs_errinfo_clear(info);
    return 0;
}

/* Bytes of the table up to the first row that is beyond `from` or not whole. */
static int keep_rows(cs_str text, const char *path, uint64_t from, size_t *ret,
                     cs_errinfo *info)
{
    const cs_str wanted = {head, sizeof(head) - 1};
    *ret = 0;
    if (from == 0 || text.len < wanted.len)
        return 0;
    if (!cs_str_starts_with(text, wanted))
        return cs_fail_at(info, CS_E_FORMAT, cs_at(path, 1, 1),
                          "not the table of a training's steps");
    size_t at = wanted.len;
    for (;;) {
        cs_str rest = cs_str_sub(text, at, text.len);
        size_t end = cs_str_index(rest, '\n');
        uint64_t step;
        cs_str number = cs_str_sub(rest, 0, cs_str_index(rest, ','));
        if (end == rest.len || cs_parse_u64(number, &step) < 0 || step > from)
            break;
        at += end + 1;
    }
    *ret = at;
    return 0;
}

static int open_steps(tr_log *l, uint64_t from, cs_errinfo *info)
{
    const char *path = path_of(l, "metrics.csv");
    if (!path)
        return cs_fail_nomem(info);
    size_t keep = 0;
    cs_strbuf_clear(&l->text);
    int r = read_if_there(path, TABLE_MAX, &l->text, info);
    if (r == 0)
        r = keep_rows(cs_strbuf_str(&l->text), path, from, &keep, info);
    if (r == 0)
        r = tr_appended_open(&l->steps, path, keep, info);
    if (r == 0 && keep == 0)
        r = tr_appended_write(&l->steps, cs_str_of(head), info);
    return r;
}

static int write_epochs(tr_log *l, cs_errinfo *info)
{
    cs_strbuf_clear(&l->text);
    int r = tr_history_csv(&l->history, &l->text, info);
    const char *path = path_of(l, "epochs.csv");
    if (r == 0 && !path)
        r = cs_fail_nomem(info);
    if (r == 0)
        r = cs_file_write(path, l->text.data, l->text.len, 0644, info);
    cs_strbuf_clear(&l->text);
    if (r == 0)
        r = tr_history_json(&l->history, &l->text, info);
    path = path_of(l, "history.json");
    if (r == 0 && !path)
        r = cs_fail_nomem(info);
    if (r == 0)
        r = cs_file_write(path, l->text.data, l->text.len, 0644, info);
    return r;
}

static int open_history(tr_log *l, uint64_t from, cs_errinfo *info)
{
    const char *path = path_of(l, "history.json");
    if (!path)
        return cs_fail_nomem(info);
    cs_strbuf_clear(&l->text);
    int r = from ? read_if_there(path, HISTORY_MAX, &l->text, info) : 0;
    if (r == 0 && l->text.len)
        r = tr_history_read(&l->history, cs_strbuf_str(&l->text), path, from,
                            info);
    return r < 0 ? r : write_epochs(l, info);
}

/* The names of new files outlast a power cut. */
static int sync_dir(const tr_log *l, cs_errinfo *info)
{
    CS_AUTO_FD fd = CS_RETRY(open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot open '%s'", l->dir);
    return cs_dir_sync(fd, l->dir, info);
}

int tr_log_open(const char *dir, uint64_t from, tr_log **ret, cs_errinfo *info)
{
    CS_AUTO(tr_log) l = cs_new0(tr_log);
    if (!l)
        return cs_fail_nomem(info);
    l->steps = (tr_appended)TR_APPENDED_INIT;
    l->history = (tr_history)TR_HISTORY_INIT;
    l->history.arena.limit = MEMORY_MAX;
    cs_strbuf_init(&l->text);
    cs_strbuf_init(&l->path);
    l->dir = cs_strdup(dir);
    if (!l->dir)
        return cs_fail_nomem(info);
    int r = open_history(l, from, info);
    if (r == 0)
        r = open_steps(l, from, info);
    if (r == 0)
        r = tr_events_open(dir, from, NULL, &l->events, info);
    if (r == 0)
        r = tr_log_flush(l, info);
    if (r == 0)
        r = sync_dir(l, info);
    if (r == 0)
        *ret = CS_TAKE(l);
    return r;
}

void tr_log_free(tr_log *l)
{
    if (!l)
        return;
    tr_appended_done(&l->steps);
    tr_events_free(l->events);
    tr_history_done(&l->history);
    cs_strbuf_done(&l->text);
    cs_strbuf_done(&l->path);
    cs_free(l->dir);
    cs_free(l);
}

/* --- steps --- */

static int write_step(tr_log *l, const tr_step *s, cs_errinfo *info)
{
    cs_strbuf *b = &l->text;
    cs_strbuf_clear(b);
    cs_strbuf_printf(b, "%llu,%llu,", (unsigned long long)s->step,
                     (unsigned long long)s->epoch);
    tr_cell(b, s->loss.loss, ',');
    tr_cell(b, s->loss.scores, ',');
    tr_cell(b, s->loss.boxes, ',');
    tr_cell(b, s->lr, ',');
    tr_cell(b, s->norm, ',');
    tr_cell(b, s->seconds, ',');
    tr_cell(b, s->waited, '\n');
    if (cs_strbuf_check(b) < 0)
        return cs_fail_nomem(info);
    return tr_appended_write(&l->steps, cs_strbuf_str(b), info);
}

int tr_log_step(tr_log *l, const tr_step *s, cs_errinfo *info)
{
    const tr_scalar scalars[] = {
        {"train", "loss", s->loss.loss},   {"train", "scores", s->loss.scores},
        {"train", "boxes", s->loss.boxes}, {"train", "lr", s->lr},
        {"train", "norm", s->norm},        {"train", "seconds", s->seconds},
        {"train", "waited", s->waited},
    };
    int r = write_step(l, s, info);
    return r < 0 ? r
                 : tr_events_put(l->events, s->step, scalars,
                                 CS_COUNTOF(scalars), info);
}

/* --- epochs --- */

#define SCALARS_MAX ((size_t)66)

static int put_epoch_event(tr_log *l, const tr_epoch *e, cs_errinfo *info)
{
    tr_scalar scalars[SCALARS_MAX] = {{"epoch", "loss", e->loss},
                                      {"epoch", "seconds", e->seconds}};
    size_t n = 2;
    for (size_t i = 0; i < e->metric_count && n < SCALARS_MAX; i++)
        scalars[n++] =
            (tr_scalar){"val", e->metrics[i].name, e->metrics[i].value};
    return tr_events_put(l->events, e->step, scalars, n, info);
}

int tr_log_epoch(tr_log *l, const tr_epoch *e, cs_errinfo *info)
{
    bool again = tr_history_has(&l->history, e->epoch);
    int r = tr_history_put(&l->history, e, info);
    if (r == 0)
        r = write_epochs(l, info);
    if (r == 0 && !again)
        r = put_epoch_event(l, e, info);
    return r;
}

int tr_log_flush(tr_log *l, cs_errinfo *info)
{
    int r = tr_appended_sync(&l->steps, info);
    return r < 0 ? r : tr_events_sync(l->events, info);
}
