#include "weights/sink.h"

#include <string.h>

static int to_file(void *to, const void *data, size_t size, cs_errinfo *info)
{
    return cs_atomic_file_write(to, data, size, info);
}

static int to_memory(void *to, const void *data, size_t size, cs_errinfo *info)
{
    return cs_strbuf_append(to, data, size) < 0 ? cs_fail_nomem(info) : 0;
}

wt_sink wt_sink_file(cs_atomic_file *f)
{
    return (wt_sink){to_file, f, 0};
}

wt_sink wt_sink_memory(cs_strbuf *b)
{
    return (wt_sink){to_memory, b, 0};
}

int wt_put(wt_sink *s, const void *data, size_t size, cs_errinfo *info)
{
    int r = size ? s->write(s->to, data, size, info) : 0;
    if (r == 0)
        s->pos += size;
    return r;
}

int wt_put_fill(wt_sink *s, char fill, size_t n, cs_errinfo *info)
{
    char block[256];
    memset(block, fill, sizeof(block));
    int r = 0;
    while (r == 0 && n > 0) {
        size_t some = CS_MIN(n, sizeof(block));
        r = wt_put(s, block, some, info);
        n -= some;
    }
    return r;
}
