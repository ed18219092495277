#include "image/file.h"

#include "image/metaimage.h"
#include "image/nifti.h"

const char *im_format_name(im_format f)
{
    static const char *const names[] = {"MetaImage", "NIfTI-1", "NIfTI-2"};
    return names[f];
}

const char *im_packing_name(im_packing p)
{
    static const char *const names[] = {"none", "zlib", "gzip", "text"};
    return names[p];
}

/* --- what a file is --- */

typedef enum kind { UNKNOWN, METAIMAGE, NIFTI } kind;

static bool ends(const char *path, const char *ending)
{
    return cs_str_ends_with(cs_str_of(path), cs_str_of(ending));
}

/* So that the format's own reader tells what is wrong with it. */
static kind kind_by_name(const char *path)
{
    if (ends(path, ".mhd") || ends(path, ".mha"))
        return METAIMAGE;
    if (ends(path, ".nii") || ends(path, ".nii.gz") || ends(path, ".hdr"))
        return NIFTI;
    return UNKNOWN;
}

#define LOOK ((size_t)4096)

static int kind_of(const char *path, kind *ret, cs_errinfo *info)
{
    unsigned char head[LOOK] = {0};
    im_source s = IM_SOURCE_INIT;
    int r = im_source_open(&s, path, info);
    size_t n = CS_MIN(s.size, LOOK);
    if (r == 0)
        r = im_source_read(&s, 0, head, n, info);
    im_source_done(&s);
    if (r < 0)
        return r;
    kind k = kind_by_name(path);
    bool gzip = n >= 2 && head[0] == 0x1f && head[1] == 0x8b;
    if (gzip || im_nifti_is(head, n))
        k = NIFTI;
    else if (im_metaimage_is((cs_str){(const char *)head, n}))
        k = METAIMAGE;
    if (k == UNKNOWN)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' is neither a MetaImage header (.mhd, .mha) nor "
                       "NIfTI (.nii, .nii.gz, .hdr)",
                       path);
    *ret = k;
    return 0;
}

int im_read_info(const char *path, im_file_info *ret, cs_errinfo *info)
{
    kind k = UNKNOWN;
    int r = kind_of(path, &k, info);
    if (r < 0)
        return r;
    return k == NIFTI ? im_nifti_info(path, ret, info)
                      : im_metaimage_info(path, ret, info);
}

int im_read(const char *path, im_volume *ret, cs_errinfo *info)
{
    kind k = UNKNOWN;
    int r = kind_of(path, &k, info);
    if (r < 0)
        return r;
    return k == NIFTI ? im_nifti_read(path, ret, info)
                      : im_metaimage_read(path, ret, info);
}

/* --- writing --- */

bool im_can_write(const char *path)
{
    return kind_by_name(path) != UNKNOWN && !ends(path, ".hdr");
}

int im_write(const char *path, const im_volume *v,
             const im_write_options *options, cs_errinfo *info)
{
    im_geometry g = v->geometry;
    int r = im_geometry_check(&g, info);
    if (r < 0)
        return r;
    if (!im_can_write(path))
        return cs_fail(info, CS_E_USAGE,
                       "'%s': a volume's name ends in .mhd, .mha, .nii or "
                       ".nii.gz",
                       path);
    bool compress = options && options->compress;
    if (compress && ends(path, ".nii"))
        return cs_fail(info, CS_E_USAGE,
                       "'%s': compressed NIfTI ends in .nii.gz", path);
    return kind_by_name(path) == NIFTI
               ? im_nifti_write(path, v, info)
               : im_metaimage_write(path, v, compress, info);
}
