/* cs_str: a borrowed run of bytes with its length. It need not be terminated
 * and may hold NUL. Whoever owns the bytes outlives the cs_str. */
#ifndef CS_BASE_STR_H
#define CS_BASE_STR_H

#include <string.h>

#include "base/defs.h"

typedef struct cs_str {
    const char *data;
    size_t len;
} cs_str;

#define CS_STR(literal) ((cs_str){"" literal, sizeof(literal) - 1})

/* For "%.*s". */
#define CS_STR_ARG(s) (int)((s).len > INT32_MAX ? INT32_MAX : (s).len), (s).data

static inline cs_str cs_str_of(const char *s)
{
    return (cs_str){s, s ? strlen(s) : 0};
}

static inline cs_str cs_str_sub(cs_str s, size_t from, size_t to)
{
    to = to < s.len ? to : s.len;
    from = from < to ? from : to;
    return (cs_str){from ? s.data + from : s.data, to - from};
}

bool cs_str_eq(cs_str a, cs_str b);
bool cs_str_is(cs_str a, const char *b);
int cs_str_cmp(cs_str a, cs_str b); /* byte order, shorter first */
bool cs_str_starts_with(cs_str s, cs_str prefix);
bool cs_str_ends_with(cs_str s, cs_str suffix);

/* Offset of the first `c`, or s.len. */
size_t cs_str_index(cs_str s, char c);

/* Without ASCII blanks (space, \t, \r, \n, \v, \f) at both ends. */
cs_str cs_str_trim(cs_str s);

/* Splits at the first `sep`: *head before it, *rest after it. False, with
 * *head = s and *rest empty, when there is none. s may alias either. */
bool cs_str_cut(cs_str s, char sep, cs_str *head, cs_str *rest);

/* Number of slips between two words: a byte too many, missing, wrong, or
 * swapped with its neighbour. At most `max` + 1; words longer than 64 bytes
 * count as max + 1 apart. For "did you mean". */
unsigned cs_str_distance(cs_str a, cs_str b, unsigned max);

/* The entry of `words` closest to `word`, if close enough to be a likely
 * slip of the finger; NULL otherwise. Of equally close ones the first. */
const char *cs_str_suggest(cs_str word, const char *const *words, size_t n);

#endif
