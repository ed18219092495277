/* Elements as files keep them, and how they become elements of a tensor: bytes
 * put in order, unsigned numbers that tensors do not have widened. */
#ifndef CS_IMAGE_ELEMENT_H
#define CS_IMAGE_ELEMENT_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"
#include "tensor/tensor.h"

typedef enum im_element {
    IM_I8,
    IM_U8,
    IM_I16,
    IM_U16,
    IM_I32,
    IM_U32, /* TN_I64 in memory */
    IM_I64,
    IM_U64, /* TN_I64 in memory; what does not fit is an error */
    IM_F32,
    IM_F64,
    IM_ELEMENTS,
} im_element;

/* Bytes of one. */
size_t im_element_size(im_element e);

/* "i16", "u32": as tn_dtype_name() spells them. */
const char *im_element_name(im_element e);

/* What it is in memory. */
tn_dtype im_element_dtype(im_element e);

/* How tensors of this type are written; false for those that no format here
 * has, which are the short floats. */
bool im_element_of(tn_dtype d, im_element *ret);

/* n elements of `size` bytes (1, 2, 4 or 8), each turned around. `to` may be
 * `from`. */
void im_swap_bytes(const void *from, size_t n, size_t size, void *to);

/* n elements of the machine's byte order to n of im_element_dtype(e), where
 * that is not the same. CS_E_RANGE, telling the element, where one does not
 * fit. */
int im_element_widen(im_element e, const void *from, size_t n, int64_t *to,
                     cs_errinfo *info);

/* n elements, of the machine's byte order, from numbers with blanks between
 * them. `name` is what errors call the file. */
int im_elements_parse(cs_str text, im_element e, size_t n, void *to,
                      const char *name, cs_errinfo *info);

#endif
