#include "base/vec.h"

int cs_vec_reserve_(void **items, size_t *cap, size_t n, size_t size)
{
    if (n <= *cap)
        return 0;
    void *grown = cs_realloc_array(*items, n, size);
    if (!grown)
        return CS_E_NOMEM;
    *items = grown;
    *cap = n;
    return 0;
}

int cs_vec_grow_(void **items, size_t *cap, size_t size)
{
    if (*cap > SIZE_MAX / 2)
        return CS_E_NOMEM;
    return cs_vec_reserve_(items, cap, *cap ? 2 * *cap : 8, size);
}
