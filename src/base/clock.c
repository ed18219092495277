#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define S_PER_DAY INT64_C(86400)

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts); /* cannot fail for the clocks named below */
    return ts.tv_sec * CS_NS_PER_S + ts.tv_nsec;
}

static int64_t system_wall(const cs_clock *c)
{
    (void)c;
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_mono(const cs_clock *c)
{
    (void)c;
    return read_clock(CLOCK_MONOTONIC);
}

/* Towards a point in time, so that signals do not stretch the sleep. */
static void system_sleep(const cs_clock *c, int64_t ns)
{
    int64_t until;
    if (ns <= 0 || __builtin_add_overflow(system_mono(c), ns, &until))
        return;
    struct timespec ts = {.tv_sec = until / CS_NS_PER_S,
                          .tv_nsec = until % CS_NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
        ;
}

const cs_clock *cs_clock_system(void)
{
    static const cs_clock clock = {system_wall, system_mono, system_sleep};
    return &clock;
}

static int64_t manual_wall(const cs_clock *c)
{
    return ((const cs_manual_clock *)c)->wall;
}

static int64_t manual_mono(const cs_clock *c)
{
    return ((const cs_manual_clock *)c)->mono;
}

/* Sleepers see a const clock; this one is really the caller's to move. */
static void manual_sleep(const cs_clock *c, int64_t ns)
{
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    cs_manual_clock *m = (cs_manual_clock *)(uintptr_t)c;
    if (ns > 0)
        cs_manual_clock_advance(m, ns);
}

void cs_manual_clock_init(cs_manual_clock *m, int64_t wall_ns)
{
    *m = (cs_manual_clock){.clock = {manual_wall, manual_mono, manual_sleep},
                           .wall = wall_ns};
}

void cs_manual_clock_advance(cs_manual_clock *m, int64_t ns)
{
    m->wall += ns;
    m->mono += ns;
}

void cs_manual_clock_set_wall(cs_manual_clock *m, int64_t wall_ns)
{
    m->wall = wall_ns;
}

/* The proleptic Gregorian calendar. Days count from 0001-01-01, which is
 * day 0; years are 1 and up, so that no division meets a negative number. */
#define DAYS_TO_1970 719162
#define DAYS_IN_400_YEARS 146097

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_before_year(int64_t year)
{
    int64_t full = year - 1;
    return 365 * full + full / 4 - full / 100 + full / 400;
}

static int64_t days_in_month(int64_t year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
    int64_t days = days_before_year(year) + day - 1;
    for (unsigned m = 1; m < month; m++)
        days += days_in_month(year, m);
    return days;
}

typedef struct date {
    int64_t year;
    unsigned month, day;
} date;

static date date_from_days(int64_t days)
{
    /* At most one year short: long-term, years have their mean length. */
    int64_t year = days * 400 / DAYS_IN_400_YEARS + 1;
    if (days_before_year(year + 1) <= days)
        year++;
    if (days_before_year(year) > days)
        year--;
    int64_t rest = days - days_before_year(year);
    unsigned month = 1;
    while (rest >= days_in_month(year, month))
        rest -= days_in_month(year, month++);
    return (date){year, month, (unsigned)rest + 1};
}

static int64_t floor_div(int64_t a, int64_t b, int64_t *ret_rest)
{
    int64_t quotient = a / b - (a % b < 0);
    *ret_rest = a - quotient * b;
    return quotient;
}

char *cs_time_format(int64_t wall_ns, char dst[CS_TIME_TEXT_MAX])
{
    int64_t ns, s;
    int64_t seconds = floor_div(wall_ns, CS_NS_PER_S, &ns);
    int64_t days = floor_div(seconds, S_PER_DAY, &s);
    date d = date_from_days(days + DAYS_TO_1970);
    snprintf(dst, CS_TIME_TEXT_MAX, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
             (int)d.year, d.month, d.day, (int)(s / 3600), (int)(s / 60 % 60),
             (int)(s % 60), (int)(ns / CS_NS_PER_MS));
    return dst;
}

/* Parsing consumes `s` from the front. */
static bool take_digits(cs_str *s, size_t n, unsigned *ret)
{
    if (s->len < n)
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->data[i] < '0' || s->data[i] > '9')
            return false;
        value = 10 * value + (unsigned)(s->data[i] - '0');
    }
    *s = cs_str_sub(*s, n, s->len);
    *ret = value;
    return true;
}

static bool take_char(cs_str *s, char c)
{
    if (s->len == 0 || s->data[0] != c)
        return false;
    *s = cs_str_sub(*s, 1, s->len);
    return true;
}

/* ".5", ".004", ".123456789…": digits beyond nanoseconds are cut off. */
static bool take_fraction(cs_str *s, int64_t *ret_ns)
{
    int64_t ns = 0, unit = CS_NS_PER_S;
    unsigned digit;
    size_t digits = 0;
    *ret_ns = 0;
    if (!take_char(s, '.'))
        return true;
    for (; take_digits(s, 1, &digit); digits++) {
        unit /= 10;
        ns += unit * digit;
    }
    *ret_ns = ns;
    return digits > 0;
}

typedef struct time_parts {
    unsigned year, month, day, hour, minute, second;
    unsigned offset_hour, offset_minute;
    int offset_sign;
    int64_t ns;
} time_parts;

static bool take_date(cs_str *s, time_parts *t)
{
    return take_digits(s, 4, &t->year) && take_char(s, '-') &&
           take_digits(s, 2, &t->month) && take_char(s, '-') &&
           take_digits(s, 2, &t->day);
}

static bool take_time(cs_str *s, time_parts *t)
{
    return take_digits(s, 2, &t->hour) && take_char(s, ':') &&
           take_digits(s, 2, &t->minute) && take_char(s, ':') &&
           take_digits(s, 2, &t->second) && take_fraction(s, &t->ns);
}

static bool take_offset(cs_str *s, time_parts *t)
{
    if (take_char(s, 'Z') || take_char(s, 'z'))
        return true;
    t->offset_sign = take_char(s, '+') ? 1 : take_char(s, '-') ? -1 : 0;
    return t->offset_sign != 0 && take_digits(s, 2, &t->offset_hour) &&
           take_char(s, ':') && take_digits(s, 2, &t->offset_minute);
}

static bool in_calendar(const time_parts *t)
{
    return t->year >= 1 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
           t->day <= days_in_month(t->year, t->month) && t->hour <= 23 &&
           t->minute <= 59 && t->second <= 59 && t->offset_hour <= 23 &&
           t->offset_minute <= 59;
}

int cs_time_parse(cs_str text, int64_t *ret_wall_ns)
{
    time_parts t = {0};
    if (!take_date(&text, &t) ||
        !(take_char(&text, 'T') || take_char(&text, 't')) ||
        !take_time(&text, &t) || !take_offset(&text, &t) || text.len != 0)
        return CS_E_FORMAT;
    if (!in_calendar(&t))
        return CS_E_RANGE;
    int64_t days = days_from_date(t.year, t.month, t.day) - DAYS_TO_1970;
    int64_t minutes = t.offset_hour * INT64_C(60) + t.offset_minute;
    int64_t seconds = days * S_PER_DAY + t.hour * INT64_C(3600) +
                      t.minute * INT64_C(60) + t.second -
                      t.offset_sign * minutes * 60;
    /* The whole nanosecond range: its first second has no whole product. */
    __int128 ns = (__int128)seconds * CS_NS_PER_S + t.ns;
    if (ns < INT64_MIN || ns > INT64_MAX)
        return CS_E_RANGE;
    *ret_wall_ns = (int64_t)ns;
    return 0;
}
