/* The safetensors format: a length, a JSON table of names, types, shapes and
 * places, then the elements.
 *
 * Refused: a table over WT_SAFETENSORS_HEADER_MAX, keys it should not have,
 * names given twice, element types without a tn_dtype, places that overlap,
 * leave gaps, leave the file or do not fit shape and type. */
#ifndef CS_WEIGHTS_SAFETENSORS_H
#define CS_WEIGHTS_SAFETENSORS_H

#include "weights/dict.h"
#include "weights/sink.h"

#define WT_SAFETENSORS_HEADER_MAX ((size_t)16 << 20)

/* Adds nothing to *ret, which is empty, unless all of the file is right. The
 * tensors share `file`; `name` is the place of errors in the table. */
int wt_safetensors_parse(tn_buffer *file, const char *name, wt_dict *ret,
                         cs_errinfo *info);

/* The same dictionary gives the same bytes. The table keeps its order; elements
 * are laid out by falling element size, so that each tensor is aligned. Notes
 * become __metadata__. */
int wt_safetensors_put(const wt_dict *d, wt_sink *to, cs_errinfo *info);

#endif
