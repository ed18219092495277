/* Shared by args.c and args_value.c only. */
#ifndef CS_BASE_ARGS_IMPL_H
#define CS_BASE_ARGS_IMPL_H

#include "base/args.h"
#include "base/str.h"

/* A row together with the struct it fills. row NULL: nothing found. */
typedef struct cs_arg_slot {
    const cs_arg *row;
    void *values;
    unsigned index; /* among all rows of the command line */
} cs_arg_slot;

/* What the user wrote, fit for a message: one safe line, the middle left out
 * when it is long. Returns dst. */
#define CS_ARG_SHOWN_MAX 100
char *cs_arg_shown(char dst[CS_ARG_SHOWN_MAX], cs_str text);

/* Checks `text` as the value of a row and, if `store`, sets the field. `what`
 * is how the user named it: "--threads", "-t", "FILE". */
int cs_arg_value(cs_arg_slot slot, const char *what, const char *text,
                 bool store, cs_errinfo *info);

static inline void *cs_arg_field(cs_arg_slot slot)
{
    return (char *)slot.values + slot.row->offset;
}

#endif
