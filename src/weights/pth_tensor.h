/* From the values of a pickle to tensors: what torch._utils would rebuild. */
#ifndef CS_WEIGHTS_PTH_TENSOR_H
#define CS_WEIGHTS_PTH_TENSOR_H

#include "weights/pickle.h"
#include "weights/region.h"
#include "weights/zip.h"

/* The names that a file of weights may mention. */
extern const wt_global wt_pth_globals[];
extern const size_t wt_pth_global_count;

/* The name of the storage type that PyTorch gives an element type, such as
 * "FloatStorage"; NULL where it has none. */
const char *wt_pth_storage_name(tn_dtype dtype);

/* An open archive, all of it borrowed but the storages. */
typedef struct wt_pth_source {
    tn_buffer *file;
    const wt_zip *zip;
    const wt_pickle *pickle;
    cs_str folder;   /* of all members, without a '/' */
    cs_map storages; /* key to wt_region, each prepared once */
} wt_pth_source;

void wt_pth_source_done(wt_pth_source *s);

/* True for a value that stands for a tensor or parameter. */
bool wt_pth_is_tensor(const wt_pickle *p, const wt_value *v);

/* A view of the tensor's storage in *ret, which is empty. `name` stands in
 * messages. */
int wt_pth_tensor(wt_pth_source *s, const wt_value *v, cs_str name,
                  tn_tensor *ret, cs_errinfo *info);

#endif
