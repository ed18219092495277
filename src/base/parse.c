#include "base/parse.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned __int128 u128;

/* More would not fit: 10^18 times the largest unit stays below 2^127. */
#define FRACTION_DIGITS 18

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the first byte of *s if it is `c`. */
static bool take_char(cs_str *s, char c)
{
    if (s->len == 0 || s->data[0] != c)
        return false;
    *s = cs_str_sub(*s, 1, s->len);
    return true;
}

/* Takes decimal digits from the front of *s and returns how many. */
static size_t take_digits(cs_str *s)
{
    size_t n = 0;
    while (n < s->len && is_digit(s->data[n]))
        n++;
    *s = cs_str_sub(*s, n, s->len);
    return n;
}

static bool take_sign(cs_str *s)
{
    bool negative = take_char(s, '-');
    if (!negative)
        take_char(s, '+');
    return negative;
}

/* --- whole numbers --- */

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : INT32_MAX;
}

/* All of s in `base`. A byte that is no digit outweighs a range exceeded. */
static int parse_digits(cs_str s, unsigned base, uint64_t *ret)
{
    uint64_t v = 0;
    bool fits = true;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)digit_value(s.data[i]);
        if (digit >= base)
            return CS_E_FORMAT;
        if (__builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, digit, &v))
            fits = false;
    }
    if (s.len == 0)
        return CS_E_FORMAT;
    if (!fits)
        return CS_E_RANGE;
    *ret = v;
    return 0;
}

int cs_parse_u64(cs_str s, uint64_t *ret)
{
    bool hex = cs_str_starts_with(s, CS_STR("0x"));
    return parse_digits(hex ? cs_str_sub(s, 2, s.len) : s, hex ? 16 : 10, ret);
}

int cs_parse_i64(cs_str s, int64_t *ret)
{
    bool negative = take_sign(&s);
    uint64_t v;
    int r = cs_parse_u64(s, &v);
    if (r < 0)
        return r;
    if (v > (uint64_t)INT64_MAX + negative)
        return CS_E_RANGE;
    *ret = (int64_t)(negative ? -v : v);
    return 0;
}

/* --- floating point --- */

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* [+-]? digits [. digits] [e [+-]? digits], with a digit before or after the
 * point. *ret_zero: every digit of the mantissa is 0. */
static bool is_decimal(cs_str s, bool *ret_zero)
{
    take_sign(&s);
    cs_str mantissa = s;
    size_t digits = take_digits(&s);
    if (take_char(&s, '.'))
        digits += take_digits(&s);
    mantissa.len -= s.len;
    if (digits == 0)
        return false;
    if (take_char(&s, 'e') || take_char(&s, 'E')) {
        take_sign(&s);
        if (take_digits(&s) == 0)
            return false;
    }
    *ret_zero = true;
    for (size_t i = 0; i < mantissa.len; i++)
        *ret_zero &= mantissa.data[i] == '0' || mantissa.data[i] == '.';
    return s.len == 0;
}

int cs_parse_f64(cs_str s, double *ret)
{
    bool zero;
    char copy[CS_PARSE_F64_MAX + 1];
    if (s.len > CS_PARSE_F64_MAX || !is_decimal(s, &zero))
        return CS_E_FORMAT;
    pthread_once(&c_locale_once, make_c_locale);
    if (!c_locale)
        return CS_E_NOMEM;
    memcpy(copy, s.data, s.len);
    copy[s.len] = '\0';
    double v = strtod_l(copy, NULL, c_locale);
    if (isinf(v) || (!zero && v == 0))
        return CS_E_RANGE;
    *ret = v;
    return 0;
}

int cs_parse_bool(cs_str s, bool *ret)
{
    static const char *const words[] = {"false", "true", "no", "yes",
                                        "off",   "on",   "0",  "1"};
    for (size_t i = 0; i < CS_COUNTOF(words); i++) {
        if (cs_str_is(s, words[i])) {
            *ret = i % 2 == 1;
            return 0;
        }
    }
    return CS_E_FORMAT;
}

/* --- quantities --- */

typedef struct scale_unit {
    const char *name;
    uint64_t scale;
} scale_unit;

static const scale_unit size_units[] = {
    {"", 1},
    {"B", 1},
    {"kB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {"TB", 1000000000000},
    {"PB", 1000000000000000},
    {"EB", 1000000000000000000},
    {"KiB", (uint64_t)1 << 10},
    {"MiB", (uint64_t)1 << 20},
    {"GiB", (uint64_t)1 << 30},
    {"TiB", (uint64_t)1 << 40},
    {"PiB", (uint64_t)1 << 50},
    {"EiB", (uint64_t)1 << 60},
};

#define SECOND ((uint64_t)1000000000)

static const scale_unit duration_units[] = {
    {"ns", 1},
    {"us", 1000},
    {"ms", 1000000},
    {"s", SECOND},
    {"min", 60 * SECOND},
    {"h", 3600 * SECOND},
    {"d", 86400 * SECOND},
};

/* whole.fraction times scale, rounded to the nearest (a half upwards). */
static int scale_decimal(cs_str whole, cs_str fraction, uint64_t scale,
                         uint64_t max, uint64_t *ret)
{
    uint64_t v = 0, part = 0, denominator = 1;
    int r = parse_digits(whole, 10, &v);
    if (r == 0 && fraction.len > 0)
        r = parse_digits(fraction, 10, &part);
    if (r < 0)
        return r;
    for (size_t i = 0; i < fraction.len; i++)
        denominator *= 10;
    u128 rest = ((u128)part * scale + denominator / 2) / denominator;
    u128 total = (u128)v * scale + rest;
    if (total > max)
        return CS_E_RANGE;
    *ret = (uint64_t)total;
    return 0;
}

static const scale_unit *find_unit(cs_str name, const scale_unit *units,
                                   size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cs_str_is(name, units[i].name))
            return &units[i];
    }
    return NULL;
}

static int parse_quantity(cs_str s, const scale_unit *units, size_t n,
                          bool blank, uint64_t max, uint64_t *ret)
{
    bool negative = take_char(&s, '-');
    cs_str whole = s, fraction = {0};
    whole.len = take_digits(&s);
    if (take_char(&s, '.')) {
        fraction = s;
        fraction.len = take_digits(&s);
        if (fraction.len == 0 || fraction.len > FRACTION_DIGITS)
            return CS_E_FORMAT;
    }
    if (blank && s.len > 1)
        take_char(&s, ' ');
    const scale_unit *u = find_unit(s, units, n);
    if (!u || (u->scale == 1 && fraction.len > 0))
        return CS_E_FORMAT;
    uint64_t v;
    int r = scale_decimal(whole, fraction, u->scale, max, &v);
    if (r == 0 && negative && v > 0)
        r = CS_E_RANGE;
    if (r == 0)
        *ret = v;
    return r;
}

int cs_parse_size(cs_str s, uint64_t *ret)
{
    return parse_quantity(s, size_units, CS_COUNTOF(size_units), true,
                          UINT64_MAX, ret);
}

int cs_parse_duration(cs_str s, int64_t *ret)
{
    uint64_t v;
    int r = parse_quantity(s, duration_units, CS_COUNTOF(duration_units), false,
                           INT64_MAX, &v);
    if (r == 0)
        *ret = (int64_t)v;
    return r;
}

/* --- and back --- */

/* Nearest whole number of `unit_size` in v, a half upwards. */
static uint64_t nearest(uint64_t v, uint64_t unit_size)
{
    return v / unit_size + (v % unit_size >= unit_size - unit_size / 2);
}

char *cs_format_size(uint64_t bytes, char dst[CS_FORMAT_SIZE_MAX])
{
    static const char prefixes[] = "KMGTPE";
    if (bytes < 1024) {
        snprintf(dst, CS_FORMAT_SIZE_MAX, "%u B", (unsigned)bytes);
        return dst;
    }
    unsigned i = 0;
    u128 tenths = 0;
    for (; i < CS_COUNTOF(prefixes) - 1; i++) {
        unsigned shift = 10 * (i + 1);
        tenths = ((u128)bytes * 10 + ((u128)1 << (shift - 1))) >> shift;
        /* What rounds to 1024.0 of this unit is 1.0 of the next. */
        if (tenths < 10240 || i == CS_COUNTOF(prefixes) - 2)
            break;
    }
    snprintf(dst, CS_FORMAT_SIZE_MAX, "%u.%u %ciB", (unsigned)(tenths / 10),
             (unsigned)(tenths % 10), prefixes[i]);
    return dst;
}

static void format_pair(char *dst, size_t size, const char *sign,
                        uint64_t total, unsigned per,
                        const char *const names[2])
{
    snprintf(dst, size, "%s%llu %s %02u %s", sign,
             (unsigned long long)(total / per), names[0],
             (unsigned)(total % per), names[1]);
}

/* Below 10 s. Each step takes what does not round up to the next. */
static bool format_short(char *dst, size_t size, const char *sign, uint64_t ns)
{
    uint64_t us = nearest(ns, 1000), ms = nearest(ns, 1000000);
    uint64_t hundredths = nearest(ns, 10000000);
    if (ns == 0)
        snprintf(dst, size, "0 s");
    else if (ns < 1000)
        snprintf(dst, size, "%s%u ns", sign, (unsigned)ns);
    else if (us < 1000)
        snprintf(dst, size, "%s%u us", sign, (unsigned)us);
    else if (ms < 100)
        snprintf(dst, size, "%s%u ms", sign, (unsigned)ms);
    else if (hundredths < 1000)
        snprintf(dst, size, "%s%u.%02u s", sign, (unsigned)(hundredths / 100),
                 (unsigned)(hundredths % 100));
    else
        return false;
    return true;
}

char *cs_format_duration(int64_t ns, char dst[CS_FORMAT_SIZE_MAX])
{
    static const char *const units[][2] = {
        {"min", "s"}, {"h", "min"}, {"d", "h"}};
    const char *sign = ns < 0 ? "-" : "";
    uint64_t abs = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    if (format_short(dst, CS_FORMAT_SIZE_MAX, sign, abs))
        return dst;
    uint64_t s = nearest(abs, SECOND), min = nearest(abs, 60 * SECOND);
    if (s < 60)
        snprintf(dst, CS_FORMAT_SIZE_MAX, "%s%u s", sign, (unsigned)s);
    else if (s < 3600)
        format_pair(dst, CS_FORMAT_SIZE_MAX, sign, s, 60, units[0]);
    else if (min < UINT64_C(24) * 60)
        format_pair(dst, CS_FORMAT_SIZE_MAX, sign, min, 60, units[1]);
    else
        format_pair(dst, CS_FORMAT_SIZE_MAX, sign, nearest(abs, 3600 * SECOND),
                    24, units[2]);
    return dst;
}
