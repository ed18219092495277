/* .env files: variables for a program, one a line.
 *
 *     # a comment
 *     NAME=value            blanks around the value do not count; ` #` starts
 *     export NAME=value     a comment
 *     NAME='as it stands'   no escapes
 *     NAME="text\n"         \n \r \t \\ \" \$ are escapes
 *
 * Nothing is expanded: $ and ` are characters like others. A name is
 * [A-Za-z_][A-Za-z0-9_]*, with no blanks before its '='. Values stay on their
 * line. Lines end in \n or \r\n; a byte order mark at the start is skipped.
 * Given twice, a name is refused: which one holds should not be a riddle. */
#ifndef CS_BASE_DOTENV_H
#define CS_BASE_DOTENV_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

typedef struct cs_dotenv_var {
    const char *name;
    cs_str value; /* valid UTF-8 without NUL, terminated */
    unsigned line, column;
} cs_dotenv_var;

typedef struct cs_dotenv {
    cs_dotenv_var *vars; /* in the order of the text, names differ */
    size_t len;
} cs_dotenv;

#define CS_DOTENV_VARS_MAX ((size_t)10000)

/* Everything in *ret lives in `arena`. `name` stands for the text in errors. */
int cs_dotenv_parse(cs_str text, const char *name, cs_arena *arena,
                    cs_dotenv *ret, cs_errinfo *info);

#endif
