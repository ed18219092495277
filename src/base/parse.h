/* Text to numbers, strictly: all of the text must be the number, the locale
 * plays no part, nothing is rounded or wrapped in silence. Each returns 0,
 * CS_E_FORMAT (not such a number) or CS_E_RANGE (it does not fit). */
#ifndef CS_BASE_PARSE_H
#define CS_BASE_PARSE_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

int cs_parse_i64(cs_str s, int64_t *ret); /* decimal, or 0x… */
int cs_parse_u64(cs_str s, uint64_t *ret);

/* Decimal or scientific; "inf" and "nan" are CS_E_FORMAT. */
int cs_parse_f64(cs_str s, double *ret);

/* true/false, yes/no, on/off, 1/0; lower case only. */
int cs_parse_bool(cs_str s, bool *ret);

/* Bytes: "1048576", "64KiB", "1.5 GiB", "200MB" (powers of 1000 for kB MB GB
 * TB, of 1024 for KiB MiB GiB TiB). */
int cs_parse_size(cs_str s, uint64_t *ret);

/* Nanoseconds: "250ms", "30s", "15min", "12h", "7d"; a unit is required. */
int cs_parse_duration(cs_str s, int64_t *ret);

#define CS_FORMAT_SIZE_MAX 32
/* "512 B", "64.0 KiB", "1.5 GiB"; returns dst. */
char *cs_format_size(uint64_t bytes, char dst[CS_FORMAT_SIZE_MAX]);
/* "0.35 s", "42 s", "3 min 05 s", "2 h 10 min"; returns dst. */
char *cs_format_duration(int64_t ns, char dst[CS_FORMAT_SIZE_MAX]);

#endif
