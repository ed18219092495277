/* What each opcode of a pickle does to the machine. */
#ifndef CS_WEIGHTS_PICKLE_OPS_H
#define CS_WEIGHTS_PICKLE_OPS_H

#include "weights/pickle_machine.h"

#define WT_PICKLE_PROTOCOL 2

/* A pickle that is being read; all of it borrowed. */
typedef struct wt_reader {
    const unsigned char *p;
    size_t size, pos;
    size_t op; /* where the opcode stands that is being done */
    const wt_global *allowed;
    size_t allowed_count;
    wt_pickle *m;
} wt_reader;

/* Reports that the bytes end too soon; returns CS_E_FORMAT. */
int wt_reader_cut_short(const wt_reader *r, cs_errinfo *info);

/* Takes the opcode's argument, if it has one, from the bytes, and does it. 0 or
 * a negative cs_err, after which the machine can only be thrown away. */
typedef int wt_op(wt_reader *r, cs_errinfo *info);

wt_op wt_op_none, wt_op_true, wt_op_false, wt_op_binint, wt_op_binint1,
    wt_op_binint2, wt_op_long1, wt_op_binfloat, wt_op_binunicode,
    wt_op_empty_tuple, wt_op_empty_list, wt_op_empty_dict, wt_op_mark,
    wt_op_tuple, wt_op_tuple1, wt_op_tuple2, wt_op_tuple3, wt_op_append,
    wt_op_appends, wt_op_setitem, wt_op_setitems, wt_op_binput,
    wt_op_long_binput, wt_op_binget, wt_op_long_binget, wt_op_proto,
    wt_op_global, wt_op_reduce, wt_op_binpersid, wt_op_build;

#endif
