#include <string.h>

#include "base/checked.h"
#include "image/inflate.h"
#include "image/nifti.h"
#include "image/voxels.h"

static const char sizes[] = CS_N_("dim and datatype");

/* A header file, open, its beginning unpacked. */
typedef struct opened {
    im_source file;
    tn_buffer *packed; /* NULL: it is not compressed */
    im_nifti nifti;
} opened;

static void opened_done(opened *o)
{
    im_source_done(&o->file);
    tn_buffer_unref(o->packed);
}

static int64_t read_head(opened *o, unsigned char *head, cs_errinfo *info)
{
    size_t n = CS_MIN(o->file.size, IM_NIFTI2_SIZE);
    int r = im_source_read(&o->file, 0, head, n, info);
    if (r < 0)
        return r;
    if (n < 2 || head[0] != 0x1f || head[1] != 0x8b)
        return (int64_t)n;
    r = im_source_map(&o->file, &o->packed, info);
    return r < 0 ? r
                 : im_gunzip_head(tn_buffer_data(o->packed), o->file.size, head,
                                  IM_NIFTI2_SIZE, o->file.name.data, info);
}

/* The .img of a .hdr that the user named; nothing is guessed from an .img or
 * from other endings. */
static int name_image(opened *o, const char *path, cs_errinfo *info)
{
    cs_str base = cs_path_base(cs_str_of(path));
    if (!cs_str_ends_with(base, CS_STR(".hdr")) || o->packed ||
        base.len > CS_PATH_PART_MAX)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' is the header of a pair, which must be named "
                       ".hdr and lie beside its .img, both uncompressed",
                       path);
    memcpy(o->nifti.info.data, base.data, base.len - 3);
    memcpy(o->nifti.info.data + base.len - 3, "img", 4);
    return 0;
}

static int open_file(opened *o, const char *path, cs_errinfo *info)
{
    unsigned char head[IM_NIFTI2_SIZE] = {0};
    int r = im_source_open(&o->file, path, info);
    int64_t n = r < 0 ? r : read_head(o, head, info);
    if (n < 0)
        return (int)n;
    r = im_nifti_parse(head, (size_t)n, path, &o->nifti, info);
    if (r < 0)
        return r;
    o->nifti.info.packing = o->packed ? IM_GZIP : IM_PLAIN;
    return o->nifti.pair ? name_image(o, path, info) : 0;
}

int im_nifti_info(const char *path, im_file_info *ret, cs_errinfo *info)
{
    opened o = {.file = IM_SOURCE_INIT};
    int r = open_file(&o, path, info);
    if (r == 0)
        *ret = o.nifti.info;
    opened_done(&o);
    return r;
}

/* --- voxels --- */

/* All of the file into one buffer, in which the voxels then stay. */
static int read_packed(const opened *o, im_volume *ret, cs_errinfo *info)
{
    const char *name = o->file.name.data;
    size_t all, bytes = im_voxels_bytes(&o->nifti.info);
    if (!cs_add_size(o->nifti.offset, bytes, &all))
        return cs_fail(info, CS_E_FORMAT, "%s: vox_offset is too large", name);
    tn_buffer *b = NULL;
    int r = im_inflate_check(o->file.size, all, name, info);
    if (r == 0)
        r = tn_buffer_new(all, &b, info);
    if (r == 0)
        r = im_gunzip(tn_buffer_data(o->packed), o->file.size,
                      tn_buffer_data(b), all, name, info);
    if (r == 0)
        r = im_voxels_take(b, o->nifti.offset, &o->nifti.info, name, ret, info);
    tn_buffer_unref(b);
    return r;
}

static int read_plain(const opened *o, const im_source *s, im_volume *ret,
                      cs_errinfo *info)
{
    size_t at = 0, bytes = im_voxels_bytes(&o->nifti.info);
    tn_buffer *b = NULL;
    int r = im_source_check(s, o->nifti.offset, bytes, sizes, info);
    if (r == 0)
        r = im_source_buffer(s, o->nifti.offset, bytes, &b, &at, info);
    if (r == 0)
        r = im_voxels_take(b, at, &o->nifti.info, s->name.data, ret, info);
    tn_buffer_unref(b);
    return r;
}

static int read_pair(const opened *o, const char *path, im_volume *ret,
                     cs_errinfo *info)
{
    im_source s = IM_SOURCE_INIT;
    int r = im_source_beside(&s, path, "magic", cs_str_of(o->nifti.info.data),
                             info);
    if (r == 0)
        r = read_plain(o, &s, ret, info);
    im_source_done(&s);
    return r;
}

int im_nifti_read(const char *path, im_volume *ret, cs_errinfo *info)
{
    opened o = {.file = IM_SOURCE_INIT};
    int r = open_file(&o, path, info);
    if (r < 0)
        ;
    else if (o.packed)
        r = read_packed(&o, ret, info);
    else if (o.nifti.pair)
        r = read_pair(&o, path, ret, info);
    else
        r = read_plain(&o, &o.file, ret, info);
    opened_done(&o);
    return r;
}
