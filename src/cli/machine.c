#include "cli/machine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/path.h"
#include "base/sysinfo.h"
#include "cli/tier.h"

#define GIB (UINT64_C(1) << 30)
#define MEMORY_ENOUGH (4 * GIB)
#define DISK_ENOUGH (10 * GIB)
#define SYS_FILE_MAX 4096

/* 2026-01-01: this program is younger than that. */
#define WALL_NS_MIN (INT64_C(1767225600) * CS_NS_PER_S)

static void put(char dst[MACHINE_TEXT_MAX], const cli_context *ctx,
                const char *fmt, va_list args) CS_PRINTF(3, 0);
static void put(char dst[MACHINE_TEXT_MAX], const cli_context *ctx,
                const char *fmt, va_list args)
{
    vsnprintf(dst, MACHINE_TEXT_MAX, cs_msg(ctx->lang, fmt), args);
}

static void detail(const cli_context *ctx, machine_finding *f, const char *fmt,
                   ...) CS_PRINTF(3, 4);
static void detail(const cli_context *ctx, machine_finding *f, const char *fmt,
                   ...)
{
    va_list args;
    va_start(args, fmt);
    put(f->detail, ctx, fmt, args);
    va_end(args);
}

static void blame(const cli_context *ctx, machine_finding *f,
                  machine_status status, const char *fmt, ...) CS_PRINTF(4, 5);
static void blame(const cli_context *ctx, machine_finding *f,
                  machine_status status, const char *fmt, ...)
{
    va_list args;
    f->status = status;
    va_start(args, fmt);
    put(f->advice, ctx, fmt, args);
    va_end(args);
}

/* --- processor and memory --- */

static int look_at_cpu(const cli_context *ctx, machine_finding *f,
                       cs_errinfo *info)
{
    cs_cpu_tier tier;
    int r = cli_cpu_tier(ctx, &tier, info);
    if (r < 0)
        return r;
    char model[CS_CPU_MODEL_MAX];
    detail(ctx, f, CS_N_("%s, tier %s"), cs_cpu_model(model),
           cs_cpu_tier_name(tier));
    if (tier == CS_CPU_BASELINE)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("without AVX2 networks run several times slower"));
    return 0;
}

static void look_at_cores(const cli_context *ctx, machine_finding *f)
{
    unsigned cores = cs_cpu_usable();
    detail(ctx, f, CS_N_("%u usable"), cores);
    if (cores < 2)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("one core does everything in turn; give it two or more"));
}

static void look_at_memory(const cli_context *ctx, machine_finding *f)
{
    char total[CS_FORMAT_SIZE_MAX], free_now[CS_FORMAT_SIZE_MAX];
    uint64_t bytes = cs_mem_total();
    detail(ctx, f, CS_N_("%s, of which %s can be had now"),
           cs_format_size(bytes, total),
           cs_format_size(cs_mem_available(), free_now));
    if (bytes < MEMORY_ENOUGH)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("less than 4 GiB: a whole scan and a network may not fit"));
}

static void look_at_huge_pages(const cli_context *ctx, machine_finding *f)
{
    static const char path[] = "/sys/kernel/mm/transparent_hugepage/enabled";
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    bool known = cs_file_read(path, SYS_FILE_MAX, &text, NULL) == 0;
    bool can = known && (strstr(text.data, "[always]") ||
                         strstr(text.data, "[madvise]"));
    if (can)
        detail(ctx, f, CS_N_("can be had"));
    else
        detail(ctx, f, CS_N_("cannot be had"));
    if (!can)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("large volumes load slower; as root: echo madvise > %s"),
              path);
}

/* --- data directory --- */

/* The directory itself, or the nearest one above it that exists. */
static int existing_dir(const char *data, char **ret)
{
    CS_AUTO_MEM char *path = cs_strdup(data);
    while (path && access(path, F_OK) != 0 && errno == ENOENT) {
        cs_str above = cs_path_dir(cs_str_of(path));
        if (above.len == strlen(path))
            break;
        char *shorter = cs_strndup(above.data, above.len);
        cs_free(path);
        path = shorter;
    }
    if (!path)
        return CS_E_NOMEM;
    *ret = CS_TAKE(path);
    return 0;
}

/* Writes, and takes away, a real file. */
static int try_writing(const char *dir, cs_errinfo *info)
{
    static const char text[] = "consilium check";
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_AUTO_MEM char *place = NULL;
    int r = cs_mkdtemp(dir, ".consilium-check-", &place, info);
    if (r < 0)
        return r;
    r = cs_path_join(&path, cs_str_of(place), CS_STR("file"));
    r = r < 0 ? cs_fail_nomem(info)
              : cs_file_write(path.data, text, sizeof(text), 0600, info);
    int removed = cs_remove_tree(place, r < 0 ? NULL : info);
    return r < 0 ? r : removed;
}

static void look_at_data(const cli_context *ctx, machine_finding *f,
                         const char *data)
{
    CS_AUTO_MEM char *dir = NULL;
    cs_errinfo why = {.lang = ctx->lang};
    struct statvfs space;
    int r = existing_dir(data, &dir);
    r = r < 0 ? cs_fail_nomem(&why) : try_writing(dir, &why);
    if (r < 0 || !dir) {
        detail(ctx, f, CS_N_("cannot be written"));
        blame(ctx, f, MACHINE_PROBLEM, "%s", why.message);
        return;
    }
    uint64_t bytes = 0;
    if (statvfs(dir, &space) == 0)
        bytes = (uint64_t)space.f_bavail * space.f_frsize;
    char text[CS_FORMAT_SIZE_MAX];
    detail(ctx, f, CS_N_("writable, %s free"), cs_format_size(bytes, text));
    if (bytes < DISK_ENOUGH)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("less than 10 GiB: scans of up to 1 GB each soon fill it"));
}

/* --- system --- */

static void look_at_clock(const cli_context *ctx, machine_finding *f)
{
    const cs_clock *clock = cs_clock_system();
    char text[CS_TIME_TEXT_MAX];
    int64_t wall = cs_wall_ns(clock), before = cs_mono_ns(clock);
    cs_sleep_ns(clock, CS_NS_PER_MS);
    bool moves = cs_mono_ns(clock) > before;
    detail(ctx, f, "%s", cs_time_format(wall, text));
    if (wall < WALL_NS_MIN)
        blame(ctx, f, MACHINE_PROBLEM,
              CS_N_("the clock is years behind; certificates will be refused: "
                    "set the time"));
    else if (!moves)
        blame(ctx, f, MACHINE_PROBLEM,
              CS_N_("the monotonic clock stands still"));
}

static void look_at_sandbox(const cli_context *ctx, machine_finding *f)
{
    uint32_t kill = SECCOMP_RET_KILL_PROCESS;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
                       LANDLOCK_CREATE_RULESET_VERSION);
    bool filter = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == 0;
    if (abi > 0 && filter)
        detail(ctx, f, CS_N_("landlock ABI %ld, seccomp filters"), abi);
    else if (filter)
        detail(ctx, f, CS_N_("seccomp filters, no landlock"));
    else
        detail(ctx, f, CS_N_("no seccomp filters"));
    if (abi <= 0 || !filter)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("workers that read untrusted files are fenced in less; use "
                    "a kernel of 5.13 or newer with both enabled"));
}

/* Listens on a port of the system's choice and calls itself. */
static int try_loopback(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof(at);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool works = listener >= 0 && caller >= 0 &&
                 bind(listener, (struct sockaddr *)&at, len) == 0 &&
                 listen(listener, 1) == 0 &&
                 getsockname(listener, (struct sockaddr *)&at, &len) == 0 &&
                 connect(caller, (struct sockaddr *)&at, len) == 0;
    int err = works ? 0 : errno;
    if (listener >= 0)
        close(listener);
    if (caller >= 0)
        close(caller);
    return err;
}

static void look_at_loopback(const cli_context *ctx, machine_finding *f)
{
    int err = try_loopback();
    if (err == 0) {
        detail(ctx, f, CS_N_("a call on 127.0.0.1 is answered"));
        return;
    }
    detail(ctx, f, CS_N_("no call on 127.0.0.1"));
    blame(ctx, f, MACHINE_PROBLEM, "%s", cs_errno_text(ctx->lang, err));
}

static void look_at_terminal(const cli_context *ctx, machine_finding *f)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL;
    for (size_t i = 0; i < CS_COUNTOF(names) && !locale; i++) {
        locale = cli_env(ctx, names[i]);
        if (locale && !locale[0])
            locale = NULL;
    }
    bool utf8 =
        locale && (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
    detail(ctx, f, "%s", locale ? locale : "C");
    if (!utf8)
        blame(ctx, f, MACHINE_WARNING,
              CS_N_("Chinese text may not show; set LANG=C.UTF-8"));
}

int machine_look(const cli_context *ctx, const char *data,
                 machine_finding findings[MACHINE_FINDINGS], cs_errinfo *info)
{
    static const char *const subjects[MACHINE_FINDINGS] = {
        CS_N_("processor"),  CS_N_("cores"),          CS_N_("memory"),
        CS_N_("huge pages"), CS_N_("data directory"), CS_N_("clock"),
        CS_N_("sandbox"),    CS_N_("loopback"),       CS_N_("locale"),
    };
    for (size_t i = 0; i < MACHINE_FINDINGS; i++)
        findings[i] = (machine_finding){.subject = subjects[i]};
    int r = look_at_cpu(ctx, &findings[0], info);
    if (r < 0)
        return r;
    look_at_cores(ctx, &findings[1]);
    look_at_memory(ctx, &findings[2]);
    look_at_huge_pages(ctx, &findings[3]);
    look_at_data(ctx, &findings[4], data);
    look_at_clock(ctx, &findings[5]);
    look_at_sandbox(ctx, &findings[6]);
    look_at_loopback(ctx, &findings[7]);
    look_at_terminal(ctx, &findings[8]);
    return 0;
}
