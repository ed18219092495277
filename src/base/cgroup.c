#include "base/cgroup.h"

#include "base/file.h"
#include "base/parse.h"
#include "base/path.h"

#define FILE_MAX ((size_t)1 << 20)
#define DEPTH_MAX 64 /* levels looked at, from the process upwards */

/* --- texts --- */

/* Takes the next line, or the next word, off *rest. */
static bool next_part(cs_str *rest, char sep, cs_str *ret)
{
    if (rest->len == 0)
        return false;
    cs_str_cut(*rest, sep, ret, rest);
    return true;
}

/* Whether `list` ("cpu,cpuacct") holds `word`. */
static bool lists(cs_str list, const char *word)
{
    cs_str item;
    while (next_part(&list, ',', &item)) {
        if (cs_str_is(item, word))
            return true;
    }
    return false;
}

cs_str cs_cgroup_path(cs_str text, const char *controller)
{
    cs_str line;
    while (next_part(&text, '\n', &line)) {
        cs_str number, controllers, path; /* 4:cpu,cpuacct:/a/b */
        if (!cs_str_cut(line, ':', &number, &line) ||
            !cs_str_cut(line, ':', &controllers, &path))
            continue;
        if (controller[0] ? lists(controllers, controller)
                          : cs_str_is(number, "0") && controllers.len == 0)
            return path;
    }
    return (cs_str){NULL, 0};
}

/* 36 35 98:0 /root /point rw,noatime master:1 - cgroup cgroup rw,memory */
static bool is_mount_of(cs_str line, const char *controller, cs_str *ret_root,
                        cs_str *ret_point)
{
    cs_str word[5];
    for (size_t i = 0; i < CS_COUNTOF(word); i++) {
        if (!next_part(&line, ' ', &word[i]))
            return false;
    }
    cs_str field;
    do {
        if (!next_part(&line, ' ', &field))
            return false;
    } while (!cs_str_is(field, "-"));
    cs_str type, source;
    if (!next_part(&line, ' ', &type) || !next_part(&line, ' ', &source))
        return false;
    if (controller[0] ? !cs_str_is(type, "cgroup") || !lists(line, controller)
                      : !cs_str_is(type, "cgroup2"))
        return false;
    *ret_root = word[3];
    *ret_point = word[4];
    return true;
}

bool cs_cgroup_mount(cs_str text, const char *controller, cs_str *ret_root,
                     cs_str *ret_point)
{
    cs_str line;
    while (next_part(&text, '\n', &line)) {
        if (is_mount_of(line, controller, ret_root, ret_point))
            return true;
    }
    return false;
}

static double quota_of(cs_str quota, cs_str period)
{
    uint64_t us, per;
    if (cs_parse_u64(cs_str_trim(quota), &us) < 0 ||
        cs_parse_u64(cs_str_trim(period), &per) < 0 || us == 0 || per == 0)
        return 0;
    return (double)us / (double)per;
}

double cs_cgroup_quota_v2(cs_str text)
{
    cs_str quota, period;
    if (!cs_str_cut(cs_str_trim(text), ' ', &quota, &period))
        return 0;
    return quota_of(quota, period);
}

double cs_cgroup_quota_v1(cs_str quota, cs_str period)
{
    return quota_of(quota, period);
}

uint64_t cs_cgroup_bytes(cs_str text, uint64_t otherwise)
{
    uint64_t bytes;
    return cs_parse_u64(cs_str_trim(text), &bytes) < 0 ? otherwise : bytes;
}

uint64_t cs_cgroup_stat(cs_str text, const char *key)
{
    cs_str line;
    while (next_part(&text, '\n', &line)) {
        cs_str name, value;
        if (cs_str_cut(line, ' ', &name, &value) && cs_str_is(name, key))
            return cs_cgroup_bytes(value, 0);
    }
    return 0;
}

/* --- the file system --- */

/* Content of dir/name, trimmed to nothing where it cannot be read. */
static cs_str read_text(cs_str dir, const char *name, cs_strbuf *text)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_clear(text);
    if (cs_strbuf_add_str(&path, dir) < 0 || cs_strbuf_putc(&path, '/') < 0 ||
        cs_strbuf_add(&path, name) < 0 ||
        cs_file_read(path.data, FILE_MAX, text, NULL) < 0)
        return (cs_str){"", 0};
    return cs_strbuf_str(text);
}

static double tighter(double a, double b)
{
    if (a <= 0 || b <= 0)
        return a > 0 ? a : b;
    return CS_MIN(a, b);
}

static void read_cpu(cs_str dir, bool v2, cs_cgroup_limits *limits)
{
    CS_SCOPED(cs_strbuf) quota = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) period = CS_STRBUF_INIT;
    double cpus =
        v2 ? cs_cgroup_quota_v2(read_text(dir, "cpu.max", &quota))
           : cs_cgroup_quota_v1(read_text(dir, "cpu.cfs_quota_us", &quota),
                                read_text(dir, "cpu.cfs_period_us", &period));
    limits->cpus = tighter(limits->cpus, cpus);
}

static void read_memory(cs_str dir, bool v2, cs_cgroup_limits *limits)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    uint64_t most = cs_cgroup_bytes(
        read_text(dir, v2 ? "memory.max" : "memory.limit_in_bytes", &text),
        UINT64_MAX);
    /* Version 1 says "no limit" by a number of pages that no machine has. */
    if (most >= UINT64_C(1) << 60)
        return;
    uint64_t used = cs_cgroup_bytes(
        read_text(dir, v2 ? "memory.current" : "memory.usage_in_bytes", &text),
        0);
    uint64_t cache =
        cs_cgroup_stat(read_text(dir, "memory.stat", &text),
                       v2 ? "inactive_file" : "total_inactive_file");
    used -= CS_MIN(used, cache);
    limits->memory = CS_MIN(limits->memory, most);
    uint64_t left = most > used ? most - used : 0;
    limits->memory_left = CS_MIN(limits->memory_left, left);
}

/* Directory of the process's group in one hierarchy; *ret_top is the length of
 * its topmost visible part. False when there is no such hierarchy. */
static bool find_group(const char *root, const char *controller, cs_strbuf *dir,
                       size_t *ret_top)
{
    CS_SCOPED(cs_strbuf) groups = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) mounts = CS_STRBUF_INIT;
    cs_str proc = cs_str_of(root), shown, point;
    cs_str path = cs_cgroup_path(read_text(proc, "proc/self/cgroup", &groups),
                                 controller);
    if (!path.data ||
        !cs_cgroup_mount(read_text(proc, "proc/self/mountinfo", &mounts),
                         controller, &shown, &point))
        return false;
    cs_strbuf_clear(dir);
    cs_strbuf_add_str(dir, proc);
    cs_strbuf_add_str(dir, point);
    *ret_top = dir->len;
    /* Seen from a container, our path may lie outside what is mounted: then
     * the mount itself is the closest that we can see. */
    if (cs_str_is(shown, "/"))
        shown.len = 0;
    cs_str below = cs_str_sub(path, shown.len, path.len);
    if (cs_str_starts_with(path, shown) && below.len > 1 &&
        below.data[0] == '/' && !cs_str_starts_with(below, CS_STR("/..")))
        cs_strbuf_add_str(dir, below);
    return cs_strbuf_check(dir) == 0;
}

typedef void read_level(cs_str dir, bool v2, cs_cgroup_limits *limits);

static void read_levels(const char *root, const char *controller,
                        read_level *read, cs_cgroup_limits *limits)
{
    CS_SCOPED(cs_strbuf) buf = CS_STRBUF_INIT;
    size_t top;
    if (!find_group(root, controller, &buf, &top))
        return;
    cs_str dir = cs_strbuf_str(&buf);
    for (int i = 0; i < DEPTH_MAX; i++) {
        read(dir, controller[0] == '\0', limits);
        if (dir.len <= top)
            break;
        dir.len = CS_MAX(cs_path_dir(dir).len, top);
    }
}

void cs_cgroup_read(const char *root, cs_cgroup_limits *ret)
{
    *ret = (cs_cgroup_limits){0, UINT64_MAX, UINT64_MAX};
    read_levels(root, "", read_cpu, ret);
    read_levels(root, "cpu", read_cpu, ret);
    read_levels(root, "", read_memory, ret);
    read_levels(root, "memory", read_memory, ret);
}
