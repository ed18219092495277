/* Command lines, read and explained from the same table.
 *
 *     struct options { int64_t threads; const char *out; cs_arg_list scans; };
 *     static const cs_arg rows[] = {
 *         CS_ARG_INT(struct options, threads, 't', "threads", CS_N_("N"),
 *                    0, 512, "0", CS_N_("threads; 0 means every core")),
 *         CS_ARG_PATH(struct options, out, 'o', "output", CS_N_("DIR"), NULL,
 *                     CS_N_("where results go")),
 *         CS_ARG_MANY(struct options, scans, "SCAN", 1, 100,
 *                     CS_N_("scans to read")),
 *     };
 *     struct options o = {.out = "."};
 *     cs_arg_group group = {CS_N_("options"), rows, CS_COUNTOF(rows), &o};
 *     int r = cs_args_parse(&group, 1, argc - 1, argv + 1, info);
 *     …
 *     cs_args_done(&group, 1);
 *
 * Grammar: --name value, --name=value, -n value, -nvalue, short flags together
 * (-abc, the last of which may take a value), "--" ends the options, a lone "-"
 * is a positional argument. Options and positional arguments may be mixed. A
 * value that itself starts with "--" must be attached with '='. Names are never
 * abbreviated. An option that is given twice is an error unless its row is of
 * kind LIST. Sizes and durations are written as in parse.h.
 *
 * Every mistake is CS_E_USAGE and one line that names the option, what was
 * given and what is allowed; what the user wrote is escaped and shortened in
 * it. The whole command line is checked before anything is stored: after an
 * error all values are as they were. Strings point into argv. */
#ifndef CS_BASE_ARGS_H
#define CS_BASE_ARGS_H

#include "base/defs.h"
#include "base/error.h"
#include "base/strbuf.h"

typedef enum cs_arg_kind {
    CS_ARG_KIND_FLAG,     /* bool */
    CS_ARG_KIND_INT,      /* int64_t */
    CS_ARG_KIND_FLOAT,    /* double */
    CS_ARG_KIND_STRING,   /* const char *, may be empty */
    CS_ARG_KIND_PATH,     /* const char *, not empty */
    CS_ARG_KIND_WORD,     /* int: index into `words` */
    CS_ARG_KIND_SIZE,     /* uint64_t, bytes */
    CS_ARG_KIND_DURATION, /* int64_t, nanoseconds */
    CS_ARG_KIND_LIST,     /* cs_arg_list: strings, in the order given */
} cs_arg_kind;

typedef struct cs_arg_list {
    const char **items; /* the array is owned, the strings are argv's */
    size_t len, cap;
} cs_arg_list;

/* A row. Write it with the macros below: they check the field's type. */
typedef struct cs_arg {
    cs_arg_kind kind;
    bool positional;
    bool last;   /* a flag after which nothing is looked at: --help */
    char letter; /* short option, or '\0' */
    const char
        *name; /* long option without dashes; positional: CS_N_("FILE") */
    const char *value; /* CS_N_(): what stands for the value in the help */
    const char *help;  /* CS_N_() */
    const char *shown; /* default to show in the help, or NULL */
    size_t offset;
    union {
        struct {
            int64_t min, max;
        } i; /* INT and DURATION */
        struct {
            double min, max;
        } f;
        struct {
            uint64_t min, max;
        } size;
        const char *const *words; /* ends with NULL */
    };
    unsigned min, max; /* positional: how many; may be 0 to UINT_MAX */
} cs_arg;

/* Rows that belong together in the help, and the struct that they fill. At
 * most CS_ARGS_MAX rows in all the groups of a command line. */
typedef struct cs_arg_group {
    const char *title; /* CS_N_(), heads its options in the help */
    const cs_arg *rows;
    size_t len;
    void *values; /* not needed for help */
} cs_arg_group;

#define CS_ARGS_MAX 64

/* Reads arguments (without the program's name) into the groups' structs, which
 * already hold the defaults. 0, or a negative cs_err and nothing stored. */
int cs_args_parse(const cs_arg_group *groups, size_t group_count, int argc,
                  char *const *argv, cs_errinfo *info);

/* The same, but stops before the first positional argument; returns how many
 * arguments were consumed. For options that precede a command. */
int cs_args_parse_leading(const cs_arg_group *groups, size_t group_count,
                          int argc, char *const *argv, cs_errinfo *info);

/* Frees the lists of the groups; after a failed parse too. */
void cs_args_done(const cs_arg_group *groups, size_t group_count);

/* Appends "usage: COMMAND [OPTIONS] FILE…", the summary and one block for the
 * positional arguments and for each group, in aligned columns wrapped to
 * `width`. `summary` is a CS_N_() text or NULL. */
int cs_args_help(cs_strbuf *out, const char *command, const char *summary,
                 const cs_arg_group *groups, size_t group_count, cs_lang lang,
                 size_t width);

/* One block of the help: "TITLE:" and two aligned columns. `left` is shown as
 * it is, `right` (CS_N_()) translated and wrapped. A list of commands uses it
 * too. */
typedef struct cs_help_row {
    const char *left;
    const char *right;
    const char *shown; /* default, or NULL */
} cs_help_row;

int cs_help_block(cs_strbuf *out, const char *title, const cs_help_row *rows,
                  size_t len, cs_lang lang, size_t width);

/* The offset of T.field; a field of any other type does not compile. */
#define CS_ARG_AT(T, field, type)                                              \
    (offsetof(T, field) +                                                      \
     0 * sizeof(struct {                                                       \
         _Static_assert(                                                       \
             __builtin_types_compatible_p(__typeof__(((T *)0)->field), type),  \
             "field '" #field "' must be of type " #type);                     \
         int unused;                                                           \
     }))

/* What the rows of options and of positional arguments have in common. */
#define CS_ARG_OPTION_(kind_, T, field, type, short_, long_, help_)            \
    .kind = (kind_), .letter = (short_), .name = "" long_, .help = (help_),    \
    .offset = CS_ARG_AT(T, field, type)
#define CS_ARG_WORDS_(kind_, T, field, type, name_, min_, max_, help_)         \
    .kind = (kind_), .positional = true, .name = (name_), .help = (help_),     \
    .offset = CS_ARG_AT(T, field, type), .min = (min_), .max = (max_)

#define CS_ARG_FLAG(T, field, short_, long_, help_)                            \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_FLAG, T, field, bool, short_, long_, help_) \
    }
/* --help, --version: answers alone; what follows it is not looked at. */
#define CS_ARG_LAST_FLAG(T, field, short_, long_, help_)                       \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_FLAG, T, field, bool, short_, long_,        \
                       help_),                                                 \
            .last = true                                                       \
    }
#define CS_ARG_INT(T, field, short_, long_, value_, min_, max_, shown_, help_) \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_INT, T, field, int64_t, short_, long_,      \
                       help_),                                                 \
            .value = (value_), .shown = (shown_), .i = {                       \
                (min_),                                                        \
                (max_)                                                         \
            }                                                                  \
    }
#define CS_ARG_FLOAT(T, field, short_, long_, value_, min_, max_, shown_,      \
                     help_)                                                    \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_FLOAT, T, field, double, short_, long_,     \
                       help_),                                                 \
            .value = (value_), .shown = (shown_), .f = {                       \
                (min_),                                                        \
                (max_)                                                         \
            }                                                                  \
    }
#define CS_ARG_STRING(T, field, short_, long_, value_, shown_, help_)          \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_STRING, T, field, const char *, short_,     \
                       long_, help_),                                          \
            .value = (value_), .shown = (shown_)                               \
    }
#define CS_ARG_PATH(T, field, short_, long_, value_, shown_, help_)            \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_PATH, T, field, const char *, short_,       \
                       long_, help_),                                          \
            .value = (value_), .shown = (shown_)                               \
    }
#define CS_ARG_WORD(T, field, short_, long_, value_, words_, shown_, help_)    \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_WORD, T, field, int, short_, long_, help_), \
            .value = (value_), .shown = (shown_), .words = (words_)            \
    }
#define CS_ARG_SIZE(T, field, short_, long_, value_, min_, max_, shown_,       \
                    help_)                                                     \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_SIZE, T, field, uint64_t, short_, long_,    \
                       help_),                                                 \
            .value = (value_), .shown = (shown_), .size = {                    \
                (min_),                                                        \
                (max_)                                                         \
            }                                                                  \
    }
#define CS_ARG_DURATION(T, field, short_, long_, value_, min_, max_, shown_,   \
                        help_)                                                 \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_DURATION, T, field, int64_t, short_, long_, \
                       help_),                                                 \
            .value = (value_), .shown = (shown_), .i = {                       \
                (min_),                                                        \
                (max_)                                                         \
            }                                                                  \
    }
#define CS_ARG_LIST(T, field, short_, long_, value_, help_)                    \
    {                                                                          \
        CS_ARG_OPTION_(CS_ARG_KIND_LIST, T, field, cs_arg_list, short_, long_, \
                       help_),                                                 \
            .value = (value_)                                                  \
    }
/* Positional arguments, filled in the order of their rows. `need_` is 1, or 0
 * for one that may be left out; `name_` is a CS_N_() text. */
#define CS_ARG_ONE(T, field, name_, need_, help_)                              \
    {                                                                          \
        CS_ARG_WORDS_(CS_ARG_KIND_PATH, T, field, const char *, name_, need_,  \
                      1, help_)                                                \
    }
#define CS_ARG_ONE_WORD(T, field, name_, need_, words_, help_)                 \
    {                                                                          \
        CS_ARG_WORDS_(CS_ARG_KIND_WORD, T, field, int, name_, need_, 1,        \
                      help_),                                                  \
            .words = (words_)                                                  \
    }
#define CS_ARG_MANY(T, field, name_, min_, max_, help_)                        \
    {                                                                          \
        CS_ARG_WORDS_(CS_ARG_KIND_LIST, T, field, cs_arg_list, name_, min_,    \
                      max_, help_)                                             \
    }

#endif
