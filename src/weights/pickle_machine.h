/* What the opcodes of a pickle work on: values, a stack of them with marks, and
 * the memo. Each operation checks the limits of pickle.h. */
#ifndef CS_WEIGHTS_PICKLE_MACHINE_H
#define CS_WEIGHTS_PICKLE_MACHINE_H

#include "base/vec.h"
#include "weights/pickle.h"

typedef CS_VEC(wt_ref) wt_refs;

struct wt_pickle {
    CS_VEC(wt_value) values;
    wt_refs stack;
    CS_VEC(size_t) marks; /* stack heights */
    wt_refs memo;         /* reference + 1; 0: not set */
    wt_ref root;
};

void wt_machine_done(wt_pickle *m);

/* Makes a value and pushes it. */
int wt_machine_push(wt_pickle *m, wt_value v, cs_errinfo *info);
int wt_machine_push_ref(wt_pickle *m, wt_ref ref, cs_errinfo *info);

/* The topmost value, which must lie above the last mark. */
int wt_machine_top(const wt_pickle *m, wt_ref *ret, cs_errinfo *info);
int wt_machine_pop(wt_pickle *m, wt_ref *ret, cs_errinfo *info);

int wt_machine_mark(wt_pickle *m, cs_errinfo *info);
/* Removes the last mark; what was above it starts at *ret_from and is still on
 * the stack, for the caller to take and cut off. */
int wt_machine_unmark(wt_pickle *m, size_t *ret_from, cs_errinfo *info);
void wt_machine_cut(wt_pickle *m, size_t height);

/* Appends `n` references of the stack from `from` on to a value's items. */
int wt_machine_append(wt_pickle *m, wt_ref to, size_t from, size_t n,
                      cs_errinfo *info);

int wt_machine_remember(wt_pickle *m, uint32_t key, cs_errinfo *info);
int wt_machine_recall(wt_pickle *m, uint32_t key, cs_errinfo *info);

#endif
