/* From bytes of a file to the voxels of a volume. */
#ifndef CS_IMAGE_VOXELS_H
#define CS_IMAGE_VOXELS_H

#include "image/file.h"

/* Vectors of this many bytes are loaded from voxels. */
#define IM_VOXELS_ALIGN 32

/* The volume that `i` describes, from its elements at `offset` of `b`, which
 * has all of them: set in the machine's byte order, widened and scaled as
 * needed, otherwise shared and not copied. Elements of `b` may be changed and
 * moved. `name` is what errors call the file. */
int im_voxels_take(tn_buffer *b, size_t offset, const im_file_info *i,
                   const char *name, im_volume *ret, cs_errinfo *info);

/* Bytes of all elements as the file has them. */
size_t im_voxels_bytes(const im_file_info *i);

#endif
