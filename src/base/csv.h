/* Comma-separated values (RFC 4180), read strictly and without trust.
 *
 *     CS_SCOPED(cs_csv) c = CS_CSV_INIT;
 *     size_t x;
 *     int r = cs_csv_open(path, CS_CSV_SIZE_MAX, &c, info);
 *     if (r == 0) r = cs_csv_header(&c, info);
 *     if (r == 0) r = cs_csv_column(&c, "x|coordX", &x, info);
 *     while (r == 0 && (r = cs_csv_next(&c, info)) > 0)
 *         r = cs_csv_number(&c, x, &value, info);
 *
 * UTF-8, with or without a byte order mark; lines end with \n, \r\n or \r, the
 * last one perhaps not at all; empty lines count for nothing. A field in double
 * quotes may hold commas, line ends and doubled quotes; quotes anywhere else
 * are an error. Every record has as many fields as the first one. Each failure
 * names the file and the line, and where it is about a field, its column.
 *
 * The file is read whole, once; a record's fields point into it and stay valid
 * until cs_csv_done(). */
#ifndef CS_BASE_CSV_H
#define CS_BASE_CSV_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"

#define CS_CSV_SIZE_MAX ((size_t)256 << 20)
#define CS_CSV_FIELDS_MAX ((size_t)4096)

typedef struct cs_csv {
    char *name; /* what errors call the file; owned */
    cs_strbuf text;
    size_t at;     /* next byte of `text` */
    unsigned line; /* where the current record starts; 1-based */
    unsigned next_line;
    cs_str *fields; /* the current record */
    size_t len, cap;
    size_t width;  /* fields of the first record; 0: none read */
    cs_str *heads; /* `width` names, or NULL without cs_csv_header() */
} cs_csv;

#define CS_CSV_INIT                                                            \
    {                                                                          \
        NULL, CS_STRBUF_INIT, 0, 0, 1, NULL, 0, 0, 0, NULL                     \
    }

/* More than `max` bytes is CS_E_LIMIT. Bytes that are not UTF-8, or are NUL,
 * are refused here with their line. */
int cs_csv_open(const char *path, size_t max, cs_csv *ret, cs_errinfo *info);

/* The same for a text in memory, which is copied. */
int cs_csv_parse(cs_str text, const char *name, cs_csv *ret, cs_errinfo *info);

void cs_csv_done(cs_csv *c);

/* The next record: 1, or 0 at the end. */
int cs_csv_next(cs_csv *c, cs_errinfo *info);

/* Takes the first record as the columns' names. A name may be empty, but not
 * given twice; a file without any record is CS_E_FORMAT. */
int cs_csv_header(cs_csv *c, cs_errinfo *info);

/* Makes the record just read, the first one, the header. */
int cs_csv_use_as_header(cs_csv *c, cs_errinfo *info);

/* The column that bears one of the names in `names` ("x|coordX"), compared
 * without regard to ASCII case; of several the name that stands first. */
bool cs_csv_find(const cs_csv *c, const char *names, size_t *ret);

/* The same; a missing one is CS_E_FORMAT and says which there are. */
int cs_csv_column(const cs_csv *c, const char *names, size_t *ret,
                  cs_errinfo *info);

/* A field of the current record without blanks at its ends. */
cs_str cs_csv_text(const cs_csv *c, size_t column);

/* The field as a finite number; otherwise an error that names it. */
int cs_csv_number(const cs_csv *c, size_t column, double *ret,
                  cs_errinfo *info);

/* Refuses the field: "FILE:LINE: field 'NAME': expected WHAT, not 'TEXT'".
 * `what` is a text in the reader's language. Returns CS_E_FORMAT. */
int cs_csv_refuse(const cs_csv *c, size_t column, const char *what,
                  cs_errinfo *info);

/* Where the current record starts. */
cs_place cs_csv_place(const cs_csv *c);

/* Appends a field, in quotes where it needs them. */
int cs_csv_put(cs_strbuf *out, cs_str field);

#endif
