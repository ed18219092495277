/* Volumes in files: MetaImage (.mhd with its data beside it, .mha) and NIfTI
 * (.nii, .nii.gz, and .hdr with .img). What a file is, is told by its content;
 * what is written, by the name's ending. The rules of both formats, and where
 * the peers differ: docs/volumes.md. */
#ifndef CS_IMAGE_FILE_H
#define CS_IMAGE_FILE_H

#include "base/path.h"
#include "image/element.h"
#include "image/volume.h"

typedef enum im_format { IM_METAIMAGE, IM_NIFTI1, IM_NIFTI2 } im_format;
typedef enum im_packing { IM_PLAIN, IM_ZLIB, IM_GZIP, IM_TEXT } im_packing;

/* What a header says. */
typedef struct im_file_info {
    im_format format;
    im_element element; /* as in the file */
    im_packing packing;
    bool big_endian;
    double slope, intercept; /* value = slope * element + intercept */
    tn_dtype dtype;          /* of the volume that im_read() gives */
    im_geometry geometry;
    bool placed;       /* false: the file does not say where it lies; axes and
                          origin are then those of the world */
    bool contradicted; /* MetaImage: AnatomicalOrientation says otherwise than
                          TransformMatrix, which counts */
    char data[CS_PATH_NAME_MAX + 1]; /* ElementDataFile, or the .img; "" where
                                        the voxels are in the file itself */
} im_file_info;

/* "MetaImage", "NIfTI-1", "NIfTI-2"; "none", "zlib", "gzip", "text". */
const char *im_format_name(im_format f);
const char *im_packing_name(im_packing p);

/* The header alone; that the voxels are there, and enough of them, is not
 * looked at. */
int im_read_info(const char *path, im_file_info *ret, cs_errinfo *info);

/* A volume with a geometry that im_geometry_check() accepted; *ret must be
 * empty. Uncompressed voxels of this machine's byte order are mapped where
 * they lie at a multiple of 32 bytes: see source.h for what that means when
 * the file changes. Writing to the volume never changes the file. */
int im_read(const char *path, im_volume *ret, cs_errinfo *info);

typedef struct im_write_options {
    bool compress; /* .mhd and .mha; .nii.gz always is, .nii never */
} im_write_options;

/* By ending: .mhd (with .raw or .zraw beside it), .mha, .nii, .nii.gz; others
 * are CS_E_USAGE. Nothing is left half-written: of a .mhd, an old header goes
 * before its data, and the new one comes last. options NULL: uncompressed
 * where there is a choice. */
int im_write(const char *path, const im_volume *v,
             const im_write_options *options, cs_errinfo *info);

/* Whether im_write() knows the ending. */
bool im_can_write(const char *path);

#endif
