/* Time behind a seam: code that needs it takes a cs_clock, so that tests can
 * own time. Wall time is for people and records and may jump; monotonic time
 * is for durations and deadlines. Both in nanoseconds. */
#ifndef CS_BASE_CLOCK_H
#define CS_BASE_CLOCK_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

#define CS_NS_PER_S INT64_C(1000000000)
#define CS_NS_PER_MS INT64_C(1000000)

typedef struct cs_clock {
    int64_t (*wall_ns)(const struct cs_clock *c); /* since 1970, UTC */
    int64_t (*mono_ns)(const struct cs_clock *c); /* since some start */
    void (*sleep_ns)(const struct cs_clock *c, int64_t ns);
} cs_clock;

/* The system's clock; lives for ever, usable by any thread. */
const cs_clock *cs_clock_system(void);

static inline int64_t cs_wall_ns(const cs_clock *c)
{
    return c->wall_ns(c);
}
static inline int64_t cs_mono_ns(const cs_clock *c)
{
    return c->mono_ns(c);
}
static inline void cs_sleep_ns(const cs_clock *c, int64_t ns)
{
    c->sleep_ns(c, ns);
}

/* A clock that moves only when told to; sleeping advances it. Not shared
 * between threads. */
typedef struct cs_manual_clock {
    cs_clock clock; /* first: hand out &m->clock */
    int64_t wall, mono;
} cs_manual_clock;

void cs_manual_clock_init(cs_manual_clock *m, int64_t wall_ns);
void cs_manual_clock_advance(cs_manual_clock *m, int64_t ns);       /* both */
void cs_manual_clock_set_wall(cs_manual_clock *m, int64_t wall_ns); /* a jump */

#define CS_TIME_TEXT_MAX 40
/* RFC 3339 in UTC with milliseconds, cut and not rounded:
 * "2026-11-21T01:02:03.004Z". Nanoseconds in 64 bits reach from 1677-09-21 to
 * 2262-04-11; all of them can be written. Returns dst. */
char *cs_time_format(int64_t wall_ns, char dst[CS_TIME_TEXT_MAX]);
/* The same back, also with other fractions (beyond nanoseconds they are cut)
 * and "+08:00" offsets. CS_E_FORMAT: not such a text; CS_E_RANGE: no such day
 * or hour (leap seconds among them), or outside the years above. */
int cs_time_parse(cs_str text, int64_t *ret_wall_ns);

#endif
