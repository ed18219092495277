#include "train/events.h"

#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/path.h"
#include "train/appended.h"

/* TensorBoard takes files with "tfevents" in their name, in order of it. */
#define NAME_PREFIX "events.out.tfevents."
#define NAME_SUFFIX ".consilium"
#define FILE_MAX ((size_t)1 << 30)

struct tr_events {
    const cs_clock *clock;
    tr_appended file;
    cs_strbuf record; /* reused */
};

/* --- what is there --- */

/* The number in a name of ours. */
static bool number_of(const char *name, uint64_t *ret)
{
    cs_str s = cs_str_of(name);
    const cs_str prefix = CS_STR(NAME_PREFIX);
    const cs_str suffix = CS_STR(NAME_SUFFIX);
    if (s.len < prefix.len + suffix.len || !cs_str_starts_with(s, prefix) ||
        !cs_str_ends_with(s, suffix))
        return false;
    return cs_parse_u64(cs_str_sub(s, prefix.len, s.len - suffix.len), ret) ==
           0;
}

/* A file of which no step is left goes. */
static int cut_file(const char *path, uint64_t from, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) content = CS_STRBUF_INIT;
    int r = cs_file_read(path, FILE_MAX, &content, info);
    if (r < 0)
        return r;
    uint64_t last;
    size_t keep = tr_event_keep(content.data, content.len, from, &last);
    if (last == 0)
        return cs_remove_tree(path, info);
    if (keep == content.len)
        return 0;
    tr_appended file = TR_APPENDED_INIT;
    r = tr_appended_open(&file, path, keep, info);
    if (r == 0)
        r = tr_appended_sync(&file, info);
    tr_appended_done(&file);
    return r;
}

/* *ret_newest: the largest number in a name. */
static int cut_files(const char *dir, uint64_t from, uint64_t *ret_newest,
                     cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    *ret_newest = 0;
    int r = cs_dir_read(dir, &list, info);
    for (size_t i = 0; r == 0 && i < list.len; i++) {
        uint64_t number;
        if (!number_of(list.names[i], &number))
            continue;
        *ret_newest = CS_MAX(*ret_newest, number);
        cs_strbuf_clear(&path);
        if (cs_path_join(&path, cs_str_of(dir), cs_str_of(list.names[i])) < 0)
            return cs_fail_nomem(info);
        r = cut_file(path.data, from, info);
    }
    return r;
}

/* --- what is written --- */

static double wall_seconds(const tr_events *e)
{
    return (double)cs_wall_ns(e->clock) / (double)CS_NS_PER_S;
}

/* A file whose name comes after those that are there, whatever the clock. */
static int open_file(tr_events *e, const char *dir, uint64_t newest,
                     cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int64_t now = cs_wall_ns(e->clock) / CS_NS_PER_S;
    uint64_t number = now > 0 ? (uint64_t)now : 1;
    if (number <= newest)
        number = newest + 1;
    cs_strbuf_printf(&path, "%s/" NAME_PREFIX "%010llu" NAME_SUFFIX, dir,
                     (unsigned long long)number);
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    return tr_appended_open(&e->file, path.data, 0, info);
}

static int write_record(tr_events *e, int made, cs_errinfo *info)
{
    int r = made < 0
                ? cs_fail_nomem(info)
                : tr_appended_write(&e->file, cs_strbuf_str(&e->record), info);
    cs_strbuf_clear(&e->record);
    return r;
}

int tr_events_open(const char *dir, uint64_t from, const cs_clock *clock,
                   tr_events **ret, cs_errinfo *info)
{
    CS_AUTO(tr_events) e = cs_new0(tr_events);
    if (!e)
        return cs_fail_nomem(info);
    e->clock = clock ? clock : cs_clock_system();
    e->file = (tr_appended)TR_APPENDED_INIT;
    cs_strbuf_init(&e->record);
    uint64_t newest;
    int r = cut_files(dir, from, &newest, info);
    if (r == 0)
        r = open_file(e, dir, newest, info);
    if (r == 0)
        r = write_record(e, tr_event_version(&e->record, wall_seconds(e)),
                         info);
    if (r == 0 && from > 0)
        r = write_record(
            e, tr_event_start(&e->record, wall_seconds(e), from + 1), info);
    if (r == 0)
        *ret = CS_TAKE(e);
    return r;
}

void tr_events_free(tr_events *e)
{
    if (!e)
        return;
    tr_appended_done(&e->file);
    cs_strbuf_done(&e->record);
    cs_free(e);
}

int tr_events_put(tr_events *e, uint64_t step, const tr_scalar *scalars,
                  size_t n, cs_errinfo *info)
{
    int made = tr_event_scalars(&e->record, wall_seconds(e), step, scalars, n);
    return write_record(e, made, info);
}

int tr_events_sync(tr_events *e, cs_errinfo *info)
{
    return tr_appended_sync(&e->file, info);
}
