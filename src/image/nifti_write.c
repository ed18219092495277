#include "base/atomic_file.h"
#include "image/deflate.h"
#include "image/nifti.h"

#define MODE 0644

static int write_plain(const char *path, const im_volume *v,
                       const unsigned char *head, size_t head_size,
                       cs_errinfo *info)
{
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = cs_atomic_file_open(path, MODE, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, head, head_size, info);
    if (r == 0)
        r = cs_atomic_file_write(f, tn_data(&v->voxels), tn_bytes(&v->voxels),
                                 info);
    return r < 0 ? r : cs_atomic_file_commit(f, info);
}

static int write_packed(const char *path, const im_volume *v,
                        const unsigned char *head, size_t head_size,
                        cs_errinfo *info)
{
    CS_AUTO(cs_atomic_file) f = NULL;
    tn_buffer *b = NULL;
    size_t size = 0;
    int r = im_deflate_gzip(head, head_size, tn_data(&v->voxels),
                            tn_bytes(&v->voxels), &b, &size, info);
    if (r == 0)
        r = cs_atomic_file_open(path, MODE, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, tn_buffer_data(b), size, info);
    if (r == 0)
        r = cs_atomic_file_commit(f, info);
    tn_buffer_unref(b);
    return r;
}

int im_nifti_write(const char *path, const im_volume *v, cs_errinfo *info)
{
    unsigned char head[IM_NIFTI2_VOXELS];
    im_element element;
    if (!im_element_of(v->voxels.dtype, &element))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "NIfTI has no elements of type %s; convert them",
                       tn_dtype_name(v->voxels.dtype));
    size_t n = im_nifti_make(&v->geometry, element, head);
    bool packed = cs_str_ends_with(cs_str_of(path), CS_STR(".gz"));
    return packed ? write_packed(path, v, head, n, info)
                  : write_plain(path, v, head, n, info);
}
