/* .env files: KEY=value, a line each.
 *
 * Blank lines and lines that start with '#' are skipped; "export " before the
 * key is allowed. A value is bare (trimmed; " #" starts a comment), in single
 * quotes (taken as it is) or in double quotes (\n, \t, \\, \", \$ are escapes).
 * Nothing is expanded. Values are valid UTF-8 without NUL. A key given twice is
 * an error. Lines may end in \r\n; one byte order mark at the start is
 * skipped. */
#ifndef CS_BASE_DOTENV_H
#define CS_BASE_DOTENV_H

#include "base/arena.h"
#include "base/defs.h"
#include "base/error.h"

typedef struct cs_dotenv_entry {
    const char *key, *value;
    unsigned line;
} cs_dotenv_entry;

typedef struct cs_dotenv {
    cs_dotenv_entry *items; /* in `arena`, as are their texts */
    size_t len;
} cs_dotenv;

#define CS_DOTENV_SIZE_MAX ((size_t)64 << 10)
#define CS_DOTENV_ENTRIES_MAX 1000

/* `name` stands in messages. */
int cs_dotenv_parse(const char *text, size_t len, const char *name,
                    cs_arena *arena, cs_dotenv *ret, cs_errinfo *info);

#endif
