/* A folder's event files for TensorBoard. What steps they hold is cut as the
 * tables are (log.h), so whoever reads them meets no step twice; each run and
 * each resumption writes a file of its own, because a TensorBoard that watches
 * does not look again at what it has read. */
#ifndef CS_TRAIN_EVENTS_H
#define CS_TRAIN_EVENTS_H

#include "base/clock.h"
#include "base/error.h"
#include "train/event_record.h"

typedef struct tr_events tr_events;

/* Cuts records beyond step `from`, and what a kill left half written, and
 * begins a new file. `clock` outlives it; NULL: the system's. */
int tr_events_open(const char *dir, uint64_t from, const cs_clock *clock,
                   tr_events **ret, cs_errinfo *info);
void tr_events_free(tr_events *e); /* NULL is fine */
CS_DEFINE_AUTO(tr_events)

int tr_events_put(tr_events *e, uint64_t step, const tr_scalar *scalars,
                  size_t n, cs_errinfo *info);
int tr_events_sync(tr_events *e, cs_errinfo *info);

#endif
