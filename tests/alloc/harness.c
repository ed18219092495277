#include "harness.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
#include <sanitizer/lsan_interface.h>
#endif

#define RUNS_MAX 20000u

/* --- what to refuse --- */

enum mode { GRANT, REFUSE_ONE, REFUSE_FROM };

static enum mode mode;
static unsigned target;
static _Atomic unsigned asked;
static _Atomic bool refused;
static _Atomic(const cs_alloc_site *) refused_at; /* NULL: not our door */
static _Atomic long blocks;

extern const cs_alloc_site __start_cs_alloc_sites[];
extern const cs_alloc_site __stop_cs_alloc_sites[];

#define SITES_MAX 4096
static _Atomic bool site_refused[SITES_MAX];

static bool refuse(const cs_alloc_site *site)
{
    if (mode == GRANT)
        return false;
    unsigned n = atomic_fetch_add(&asked, 1) + 1;
    if (mode == REFUSE_ONE ? n != target : n < target)
        return false;
    atomic_store(&refused, true);
    atomic_store(&refused_at, site);
    if (site && site - __start_cs_alloc_sites < SITES_MAX)
        atomic_store(&site_refused[site - __start_cs_alloc_sites], true);
    return true;
}

#ifdef SANITIZED

static bool leaks(void)
{
    return __lsan_do_recoverable_leak_check() != 0;
}

static bool gate(const cs_alloc_site *site)
{
    return !refuse(site);
}

#else

static bool leaks(void)
{
    return false; /* blocks were counted */
}

/* The door passes on which site asks; malloc() below decides. */
static _Thread_local const cs_alloc_site *asking;

static bool gate(const cs_alloc_site *site)
{
    asking = site;
    return true;
}

static bool granted(void)
{
    const cs_alloc_site *site = asking;
    asking = NULL;
    if (!refuse(site)) {
        atomic_fetch_add(&blocks, 1);
        return true;
    }
    errno = ENOMEM;
    return false;
}

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *p);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void *aligned_alloc(size_t align, size_t size);
int posix_memalign(void **ret, size_t align, size_t size);
void free(void *p);

void *malloc(size_t size)
{
    return granted() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t n, size_t size)
{
    return granted() ? __libc_calloc(n, size) : NULL;
}

void *aligned_alloc(size_t align, size_t size)
{
    return granted() ? __libc_memalign(align, size) : NULL;
}

int posix_memalign(void **ret, size_t align, size_t size)
{
    *ret = aligned_alloc(align, size);
    return *ret ? 0 : ENOMEM;
}

void *realloc(void *p, size_t size)
{
    if (!granted())
        return NULL;
    if (p)
        atomic_fetch_sub(&blocks, 1);
    return __libc_realloc(p, size);
}

void free(void *p)
{
    if (p)
        atomic_fetch_sub(&blocks, 1);
    __libc_free(p);
}

#endif

/* --- trying --- */

static char fault[512];

/* Where the refusal was, for whoever has to find out what came of it. */
static const char *last_refusal(void)
{
    static char where[256];
    const cs_alloc_site *site = atomic_load(&refused_at);
    if (!site)
        return "inside a library";
    snprintf(where, sizeof(where), "%s:%d", site->file, site->line);
    return where;
}

static const char *try_once(const alloc_scenario *s, const char *dir,
                            enum mode how, unsigned nth, bool *ret_refused)
{
    static const char *const words[] = {"none", "one", "all from"};
    long before = atomic_load(&blocks);
    atomic_store(&asked, 0);
    atomic_store(&refused, false);
    target = nth;
    mode = how;
    int r = s->run(dir);
    mode = GRANT;
    *ret_refused = atomic_load(&refused);
    long left = atomic_load(&blocks) - before;
    if (r != 0 && !(r == CS_E_NOMEM && *ret_refused))
        snprintf(fault, sizeof(fault), "%s: refusing %s %u (%s) gave %s",
                 s->name, words[how], nth, last_refusal(), cs_err_name(r));
    else if (left != 0 && !s->uncounted)
        snprintf(fault, sizeof(fault),
                 "%s: refusing %s %u (%s) left %ld blocks behind", s->name,
                 words[how], nth, last_refusal(), left);
    else
        return NULL;
    return fault;
}

const char *alloc_try(const alloc_scenario *s, const char *dir)
{
    bool met;
    cs_alloc_set_gate(gate);
    /* Once to let libraries keep what they keep for ever. */
    s->run(dir);
    const char *wrong = try_once(s, dir, GRANT, 0, &met);
    for (unsigned how = REFUSE_ONE; how <= REFUSE_FROM && !wrong; how++) {
        unsigned nth = 0;
        do {
            wrong = try_once(s, dir, (enum mode)how, ++nth, &met);
        } while (!wrong && met && nth < RUNS_MAX);
        if (nth == RUNS_MAX)
            wrong = "a scenario that never ends";
    }
    cs_alloc_set_gate(NULL);
    if (!wrong && leaks()) {
        snprintf(fault, sizeof(fault), "%s: left memory behind", s->name);
        wrong = fault;
    }
    return wrong;
}

size_t alloc_sites_missed(const char *prefix)
{
    size_t missed = 0;
    size_t n = (size_t)(__stop_cs_alloc_sites - __start_cs_alloc_sites);
    for (size_t i = 0; i < n; i++) {
        const cs_alloc_site *site = &__start_cs_alloc_sites[i];
        if (strncmp(site->file, prefix, strlen(prefix)) != 0 ||
            (i < SITES_MAX && site_refused[i]))
            continue;
        printf("%s:%d: no scenario reaches this allocation\n", site->file,
               site->line);
        missed++;
    }
    if (n == 0 || n > SITES_MAX)
        printf("%zu allocation sites: none, or too many to follow\n", n);
    return missed + (n == 0 || n > SITES_MAX);
}
