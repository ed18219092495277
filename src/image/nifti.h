/* NIfTI-1 and -2: a binary header, then voxels; all of it in one file (.nii,
 * .nii.gz) or in two (.hdr, .img). See file.h for who reads and writes
 * volumes. */
#ifndef CS_IMAGE_NIFTI_H
#define CS_IMAGE_NIFTI_H

#include "image/file.h"
#include "image/source.h"

#define IM_NIFTI1_SIZE ((size_t)348)
#define IM_NIFTI2_SIZE ((size_t)540)
/* With the four bytes that say whether extensions follow. */
#define IM_NIFTI1_VOXELS ((size_t)352)
#define IM_NIFTI2_VOXELS ((size_t)544)

typedef struct im_nifti {
    im_file_info info; /* its `data` stays empty */
    bool pair;         /* the voxels are in the .img */
    size_t offset;     /* of the voxels in their file */
} im_nifti;

/* Whether the beginning of a file, unpacked, is a header of either version, or
 * of ANALYZE, which im_nifti_parse() then refuses. */
bool im_nifti_is(const void *head, size_t size);

/* `head` is the file's beginning, unpacked. `name` is what errors call it. */
int im_nifti_parse(const void *head, size_t size, const char *name,
                   im_nifti *ret, cs_errinfo *info);

/* A header as im_nifti_parse() reads it: NIfTI-1, unless an extent needs
 * NIfTI-2. Returns the bytes before the voxels, extension mark included; dst
 * has room for IM_NIFTI2_VOXELS. */
size_t im_nifti_make(const im_geometry *g, im_element element,
                     unsigned char *dst);

/* The fields of a header that place it in the world; RAS, and `unit` mm. */
typedef struct im_nifti_place {
    int qform, sform; /* codes; 0: not given */
    double pixdim[4]; /* [0]: less than 0 mirrors the third axis */
    double quatern[3], offset[3];
    double rows[12]; /* of sform */
    double unit;     /* mm */
} im_nifti_place;

/* Spacing, origin and direction by the rules of docs/volumes.md; sizes are
 * there already. *ret_placed: whether the header says anything. */
int im_nifti_orient(const im_nifti_place *p, const char *name, im_geometry *g,
                    bool *ret_placed, cs_errinfo *info);

/* And back; sform and qform say the same. */
void im_nifti_place_of(const im_geometry *g, im_nifti_place *ret);

int im_nifti_info(const char *path, im_file_info *ret, cs_errinfo *info);
int im_nifti_read(const char *path, im_volume *ret, cs_errinfo *info);

/* .nii and .nii.gz. */
int im_nifti_write(const char *path, const im_volume *v, cs_errinfo *info);

#endif
