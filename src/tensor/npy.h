/* NumPy's .npy files: one array, its type and shape. Little-endian numbers of
 * our element types; big-endian ones, objects and structures are refused.
 * Arrays in Fortran order are read as a view with its axes turned. */
#ifndef CS_TENSOR_NPY_H
#define CS_TENSOR_NPY_H

#include "base/str.h"
#include "tensor/tensor.h"

/* Larger files are CS_E_LIMIT. */
#define TN_NPY_MAX ((uint64_t)32 << 30)

/* *ret is empty before, and stays so on failure. `name` is for messages. */
int tn_npy_read(const char *path, tn_tensor *ret, cs_errinfo *info);
int tn_npy_parse(cs_str bytes, const char *name, tn_tensor *ret,
                 cs_errinfo *info);

/* Writes a contiguous tensor, replacing the file in one step. bf16 has no
 * NumPy type: CS_E_UNSUPPORTED. */
int tn_npy_write(const char *path, const tn_tensor *t, cs_errinfo *info);

#endif
