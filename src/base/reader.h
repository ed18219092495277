/* Streamed reading of a regular file, by bytes or by lines, which may be mixed.
 * One thread at a time. */
#ifndef CS_BASE_READER_H
#define CS_BASE_READER_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

typedef struct cs_reader cs_reader;

int cs_reader_open(const char *path, cs_reader **ret, cs_errinfo *info);

/* Bytes read (fewer than size only at the end), 0 at the end, or an error. */
int64_t cs_reader_read(cs_reader *r, void *dst, size_t size, cs_errinfo *info);

/* Next line without its \n or \r\n, valid until the next call. 1, or 0 at the
 * end. A line over `max` bytes is CS_E_LIMIT, naming its number, and stays the
 * next line: nothing after it can be reached. */
int cs_reader_line(cs_reader *r, size_t max, cs_str *ret, cs_errinfo *info);
unsigned cs_reader_line_number(const cs_reader *r); /* of the last line */

void cs_reader_free(cs_reader *r);
CS_DEFINE_AUTO(cs_reader)

#endif
