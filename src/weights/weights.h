/* Files of weights, whatever their format. The name's ending chooses it:
 * .safetensors, or .pth and .pt for PyTorch's. */
#ifndef CS_WEIGHTS_WEIGHTS_H
#define CS_WEIGHTS_WEIGHTS_H

#include "weights/dict.h"

typedef enum wt_format {
    WT_SAFETENSORS,
    WT_PTH,
} wt_format;

/* "safetensors", "pth". */
const char *wt_format_name(wt_format f);

/* CS_E_USAGE, naming the endings, for any other. */
int wt_format_of(const char *path, wt_format *ret, cs_errinfo *info);

/* Reads all of a file into *ret, which is empty; on failure it stays so. */
int wt_read(const char *path, wt_dict *ret, cs_errinfo *info);

/* The same of a file that is in memory already; `path` tells the format. The
 * tensors share `file`. */
int wt_parse(tn_buffer *file, const char *path, wt_dict *ret, cs_errinfo *info);

/* Replaces or creates the file in one step (base/atomic_file.h). */
int wt_write(const char *path, const wt_dict *d, cs_errinfo *info);

#endif
