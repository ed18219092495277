/* The epochs of a run so far: history.json is where they are kept, epochs.csv
 * shows the same to people. Private to the log. */
#ifndef CS_TRAIN_HISTORY_H
#define CS_TRAIN_HISTORY_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "train/log.h"

typedef struct tr_history {
    CS_VEC(tr_epoch) epochs; /* by rising number; metrics in the arena */
    cs_arena arena;
} tr_history;

#define TR_HISTORY_INIT                                                        \
    {                                                                          \
        CS_VEC_INIT, CS_ARENA_INIT                                             \
    }

/* The epochs of a history.json that end at or before step `from`. `name` is
 * what errors call the text. */
int tr_history_read(tr_history *h, cs_str text, const char *name, uint64_t from,
                    cs_errinfo *info);

/* Copies it. One that is there under its number is replaced, later ones go. */
int tr_history_put(tr_history *h, const tr_epoch *e, cs_errinfo *info);
bool tr_history_has(const tr_history *h, uint64_t epoch);

/* Both append. The table has a column for each metric that ever was. */
int tr_history_json(const tr_history *h, cs_strbuf *out, cs_errinfo *info);
int tr_history_csv(const tr_history *h, cs_strbuf *out, cs_errinfo *info);

void tr_history_done(tr_history *h);

#endif
