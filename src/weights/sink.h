/* Where a writer's bytes go: the file that is being replaced, or memory. */
#ifndef CS_WEIGHTS_SINK_H
#define CS_WEIGHTS_SINK_H

#include "base/atomic_file.h"
#include "base/strbuf.h"

typedef struct wt_sink {
    int (*write)(void *to, const void *data, size_t size, cs_errinfo *info);
    void *to;     /* borrowed */
    uint64_t pos; /* bytes written so far */
} wt_sink;

wt_sink wt_sink_file(cs_atomic_file *f);
wt_sink wt_sink_memory(cs_strbuf *b);

int wt_put(wt_sink *s, const void *data, size_t size, cs_errinfo *info);

/* `n` times `fill`. */
int wt_put_fill(wt_sink *s, char fill, size_t n, cs_errinfo *info);

#endif
