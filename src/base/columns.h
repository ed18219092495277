/* Text laid out in the columns of a terminal, where a Chinese character takes
 * two. Texts are shown as they are: escape what comes from outside first.
 * Appends follow the rules of cs_strbuf: check once, at the end. */
#ifndef CS_BASE_COLUMNS_H
#define CS_BASE_COLUMNS_H

#include "base/defs.h"
#include "base/str.h"
#include "base/strbuf.h"

/* Columns that a terminated text takes. */
size_t cs_columns_of(const char *s);

/* Longest start of s that takes at most `columns`, on a character boundary. */
cs_str cs_columns_cut(cs_str s, size_t columns);

/* Appends s, then spaces up to `columns` in all; a longer s stays whole. */
int cs_columns_pad(cs_strbuf *out, const char *s, size_t columns);

/* Appends s in lines of at most `width` columns, the first starting at column
 * `indent` (where the caller has got to), the others indented to it. Lines
 * break at spaces and between Chinese characters, never before a mark that
 * must not start a line; a word longer than a line stays whole. No newline
 * after the last line. */
int cs_columns_wrap(cs_strbuf *out, const char *s, size_t indent, size_t width);

#endif
