#include "best.h"

#include <string.h>

#include "base/mem.h"

int best_init(best *b, nn_params *params, cs_errinfo *info)
{
    b->params = params;
    b->n = nn_params_count(params);
    b->copies = cs_calloc(b->n, sizeof(*b->copies));
    if (!b->copies)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < b->n; i++) {
        b->copies[i] = cs_malloc(tn_bytes(&nn_params_at(params, i)->value));
        if (!b->copies[i])
            return cs_fail_nomem(info);
    }
    best_keep(b);
    return 0;
}

void best_done(best *b)
{
    for (size_t i = 0; b->copies && i < b->n; i++)
        cs_free(b->copies[i]);
    cs_free(b->copies);
    *b = (best){0};
}

void best_keep(best *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const tn_tensor *v = &nn_params_at(b->params, i)->value;
        memcpy(b->copies[i], tn_data(v), tn_bytes(v));
    }
}

void best_restore(const best *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const tn_tensor *v = &nn_params_at(b->params, i)->value;
        memcpy(tn_data(v), b->copies[i], tn_bytes(v));
    }
}

int best_digest(const best *b, cs_digest *ret, cs_errinfo *info)
{
    CS_AUTO(cs_hash) h = NULL;
    int r = cs_hash_new(CS_HASH_BLAKE2B, &h, info);
    for (size_t i = 0; r == 0 && i < b->n; i++)
        r = cs_hash_update(h, b->copies[i],
                           tn_bytes(&nn_params_at(b->params, i)->value), info);
    return r < 0 ? r : cs_hash_finish(h, ret, info);
}
