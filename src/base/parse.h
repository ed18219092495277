/* Text to numbers, strictly: all of the text must be the number, blanks
 * included; the locale plays no part; nothing wraps in silence. Each returns
 * 0, CS_E_FORMAT (not such a number) or CS_E_RANGE (it does not fit).
 *
 * The text need not be terminated. And back: quantities for people to read. */
#ifndef CS_BASE_PARSE_H
#define CS_BASE_PARSE_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

/* Decimal digits, or 0x and hexadecimal ones; zeros in front do not make a
 * number octal. Only the i64 may have a sign. */
int cs_parse_i64(cs_str s, int64_t *ret);
int cs_parse_u64(cs_str s, uint64_t *ret);

#define CS_PARSE_F64_MAX 1100
/* Decimal or scientific ("1", ".5", "2.", "-1.5e-3"), rounded to the nearest
 * double; "inf", "nan" and hexadecimal are CS_E_FORMAT, and so is a text over
 * CS_PARSE_F64_MAX bytes. What rounds to infinity, or is not 0 and rounds to
 * 0, is CS_E_RANGE. */
int cs_parse_f64(cs_str s, double *ret);

/* true/false, yes/no, on/off, 1/0; lower case only. */
int cs_parse_bool(cs_str s, bool *ret);

/* Bytes: "1048576", "64KiB", "1.5 GiB", "200MB" (powers of 1000 for kB MB GB
 * TB PB EB, of 1024 for KiB MiB GiB TiB PiB EiB; B is one). One blank may
 * precede the unit. A fraction (up to 18 digits) needs a unit above B; the
 * result is rounded to the nearest byte. Less than 0 is CS_E_RANGE. */
int cs_parse_size(cs_str s, uint64_t *ret);

/* Nanoseconds: "250ms", "1.5s", "15min", "12h", "7d" (ns us ms s min h d); a
 * unit is required. Otherwise as sizes, without the blank. */
int cs_parse_duration(cs_str s, int64_t *ret);

#define CS_FORMAT_SIZE_MAX 32
/* "512 B", "64.0 KiB", "1.5 GiB": to the nearest tenth. Returns dst. */
char *cs_format_size(uint64_t bytes, char dst[CS_FORMAT_SIZE_MAX]);

/* To the nearest of what it shows: "20 us", "5 ms", "0.35 s" (to 10 s),
 * "42 s", "3 min 05 s", "2 h 10 min", "7 d 00 h". Returns dst. */
char *cs_format_duration(int64_t ns, char dst[CS_FORMAT_SIZE_MAX]);

#endif
