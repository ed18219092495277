/* MetaImage: a text header, "Key = Value" by line, whose last line says where
 * the voxels are. See file.h for who reads and writes volumes. */
#ifndef CS_IMAGE_METAIMAGE_H
#define CS_IMAGE_METAIMAGE_H

#include "image/file.h"
#include "image/source.h"

/* A header longer than that is none. */
#define IM_METAIMAGE_HEADER_MAX ((size_t)64 << 10)
/* And with the names of its slices. */
#define IM_METAIMAGE_LIST_MAX ((size_t)16 << 20)

typedef struct im_metaimage {
    im_file_info info;
    unsigned dims; /* NDims */
    size_t packed; /* CompressedDataSize; 0: not given */
    bool from_end; /* HeaderSize = -1 */
    size_t skip;   /* HeaderSize */
    bool has_skip; /* HeaderSize was given and is not 0 */
    size_t text;   /* bytes of the header, its last newline included */
    cs_str data;   /* ElementDataFile, borrowed from the text */
} im_metaimage;

/* Whether the beginning of a file looks like a header. */
bool im_metaimage_is(cs_str head);

/* `name` is what errors call the file. */
int im_metaimage_parse(cs_str text, const char *name, im_metaimage *ret,
                       cs_errinfo *info);

int im_metaimage_info(const char *path, im_file_info *ret, cs_errinfo *info);
int im_metaimage_read(const char *path, im_volume *ret, cs_errinfo *info);

/* .mhd and .mha. */
int im_metaimage_write(const char *path, const im_volume *v, bool compress,
                       cs_errinfo *info);

#endif
