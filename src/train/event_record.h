/* One record of a TensorBoard event file: length, masked CRC-32C, a message
 * `Event` of the protocol buffers, its masked CRC-32C. */
#ifndef CS_TRAIN_EVENT_RECORD_H
#define CS_TRAIN_EVENT_RECORD_H

#include "base/strbuf.h"

typedef struct tr_scalar {
    const char *group, *name; /* tag "group/name" */
    double value;             /* kept as a float */
} tr_scalar;

/* Each appends a record to `out`; CS_E_NOMEM. `wall` is in seconds since 1970.
 */
int tr_event_version(cs_strbuf *out, double wall);
/* Makes a reader drop what it has of `step` and beyond. */
int tr_event_start(cs_strbuf *out, double wall, uint64_t step);
int tr_event_scalars(cs_strbuf *out, double wall, uint64_t step,
                     const tr_scalar *scalars, size_t n);

/* Bytes of a file's content before the first record that is not whole or is
 * of a step beyond `from`; *ret_step: the last step among them. */
size_t tr_event_keep(const void *data, size_t size, uint64_t from,
                     uint64_t *ret_step);

#endif
