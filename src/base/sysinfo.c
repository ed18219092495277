#include "base/sysinfo.h"

#include "base/cgroup.h"
#include "base/file.h"
#include "base/parse.h"

#define MEMINFO_MAX 65536

uint64_t cs_meminfo_bytes(cs_str text, const char *key)
{
    while (text.len) {
        cs_str line, name, value;
        cs_str_cut(text, '\n', &line, &text);
        if (!cs_str_cut(line, ':', &name, &value) || !cs_str_is(name, key))
            continue;
        value = cs_str_trim(value);
        uint64_t kib;
        if (!cs_str_ends_with(value, CS_STR(" kB")) ||
            cs_parse_u64(cs_str_sub(value, 0, value.len - 3), &kib) < 0)
            return 0;
        return kib > UINT64_MAX / 1024 ? UINT64_MAX : kib * 1024;
    }
    return 0;
}

static uint64_t machine_bytes(const char *key)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    if (cs_file_read("/proc/meminfo", MEMINFO_MAX, &text, NULL) < 0)
        return 0;
    return cs_meminfo_bytes(cs_strbuf_str(&text), key);
}

uint64_t cs_mem_total(void)
{
    cs_cgroup_limits limits;
    cs_cgroup_read("", &limits);
    return CS_MIN(machine_bytes("MemTotal"), limits.memory);
}

uint64_t cs_mem_available(void)
{
    cs_cgroup_limits limits;
    cs_cgroup_read("", &limits);
    return CS_MIN(machine_bytes("MemAvailable"), limits.memory_left);
}
