#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/parse.h"
#include "image/deflate.h"
#include "image/metaimage.h"

#define MODE 0644

static const char *const type_names[IM_ELEMENTS] = {
    [IM_I8] = "MET_CHAR",       [IM_U8] = "MET_UCHAR",
    [IM_I16] = "MET_SHORT",     [IM_U16] = "MET_USHORT",
    [IM_I32] = "MET_INT",       [IM_U32] = "MET_UINT",
    [IM_I64] = "MET_LONG_LONG", [IM_U64] = "MET_ULONG_LONG",
    [IM_F32] = "MET_FLOAT",     [IM_F64] = "MET_DOUBLE",
};

/* What is written: header and voxels, the latter compressed or not. */
typedef struct out {
    const im_volume *v;
    im_element element;
    bool compress;
    const void *data;
    size_t size;
    tn_buffer *packed; /* owns the data, if compressed */
} out;

/* --- the header --- */

/* The fewest digits that are read as the same double. */
static void put_number(cs_strbuf *b, double v)
{
    char text[32];
    double back;
    for (int digits = 15; digits <= 17; digits++) {
        int n = snprintf(text, sizeof(text), "%.*g", digits, v);
        if (cs_parse_f64((cs_str){text, (size_t)n}, &back) == 0 && back == v)
            break;
    }
    cs_strbuf_printf(b, " %s", text);
}

static void put_numbers(cs_strbuf *b, const char *key, const double *v,
                        size_t n)
{
    cs_strbuf_printf(b, "%s =", key);
    for (size_t i = 0; i < n; i++)
        put_number(b, v[i]);
    cs_strbuf_putc(b, '\n');
}

/* Axis by axis, and named by where each comes from. */
static void put_place(cs_strbuf *b, const im_geometry *g)
{
    double rows[9];
    char letters[4], from[4] = "";
    for (size_t axis = 0; axis < 3; axis++)
        for (size_t i = 0; i < 3; i++)
            rows[3 * axis + i] = g->direction[3 * i + axis];
    im_geometry_letters(g, letters);
    static const char pairs[] = "RLAPIS";
    for (size_t i = 0; i < 3; i++) {
        size_t k = (size_t)(strchr(pairs, letters[i]) - pairs);
        from[i] = pairs[k ^ 1];
    }
    put_numbers(b, "TransformMatrix", rows, 9);
    put_numbers(b, "Offset", g->origin, 3);
    cs_strbuf_add(b, "CenterOfRotation = 0 0 0\n");
    cs_strbuf_printf(b, "AnatomicalOrientation = %s\n", from);
    put_numbers(b, "ElementSpacing", g->spacing, 3);
}

static int make_header(const out *o, cs_str data_name, cs_strbuf *b,
                       cs_errinfo *info)
{
    const im_geometry *g = &o->v->geometry;
    cs_strbuf_add(b, "ObjectType = Image\nNDims = 3\nBinaryData = True\n"
                     "BinaryDataByteOrderMSB = False\n");
    cs_strbuf_printf(b, "CompressedData = %s\n",
                     o->compress ? "True" : "False");
    if (o->compress)
        cs_strbuf_printf(b, "CompressedDataSize = %zu\n", o->size);
    put_place(b, g);
    cs_strbuf_printf(b, "DimSize = %zu %zu %zu\n", g->size[0], g->size[1],
                     g->size[2]);
    cs_strbuf_printf(b, "ElementType = %s\n", type_names[o->element]);
    cs_strbuf_printf(b, "ElementDataFile = %.*s\n", CS_STR_ARG(data_name));
    return cs_strbuf_check(b) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- files --- */

static int write_together(const out *o, const char *path, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) header = CS_STRBUF_INIT;
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = make_header(o, CS_STR("LOCAL"), &header, info);
    if (r == 0)
        r = cs_atomic_file_open(path, MODE, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, header.data, header.len, info);
    if (r == 0)
        r = cs_atomic_file_write(f, o->data, o->size, info);
    return r < 0 ? r : cs_atomic_file_commit(f, info);
}

/* An old header must not be seen with the new data. */
static int remove_header(const char *path, cs_errinfo *info)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return cs_fail_errno(info, errno, "cannot replace '%s'", path);
    return 0;
}

static int check_pair(const char *path, cs_str data, cs_errinfo *info)
{
    struct stat st;
    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' is there already and is no plain file; its data "
                       "would not lie beside it",
                       path);
    if (cs_path_check_relative(data, NULL) < 0)
        return cs_fail(info, CS_E_UNSAFE,
                       "'%.*s' cannot be written into a header; choose a "
                       "plainer name",
                       CS_STR_ARG(data));
    return 0;
}

/* The voxels that the old header kept under its own stem; they end with it.
 * Files of other names may be anybody's. "" where there is nothing to do. */
static int find_stale(const char *path, const char *data_path, cs_strbuf *ret,
                      cs_errinfo *info)
{
    im_file_info old;
    cs_str p = cs_str_of(path), base = cs_path_base(p);
    if (im_metaimage_info(path, &old, NULL) < 0)
        return 0;
    cs_str data = cs_str_of(old.data);
    cs_str stem = cs_str_sub(base, 0, base.len - 3); /* with its dot */
    bool own = cs_str_starts_with(data, stem);
    cs_str ending = cs_str_sub(data, own ? stem.len : 0, data.len);
    if (!own || !(cs_str_is(ending, "raw") || cs_str_is(ending, "zraw")))
        return 0;
    cs_strbuf_add_str(ret, cs_str_sub(p, 0, p.len - 3));
    cs_strbuf_add_str(ret, ending);
    if (cs_strbuf_check(ret) < 0)
        return cs_fail_nomem(info);
    struct stat st;
    if (cs_str_is(cs_strbuf_str(ret), data_path) || lstat(ret->data, &st) < 0 ||
        !S_ISREG(st.st_mode))
        cs_strbuf_clear(ret);
    return 0;
}

static int write_pair(const out *o, const char *path, const char *data_path,
                      cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) header = CS_STRBUF_INIT;
    CS_AUTO(cs_atomic_file) f = NULL;
    CS_AUTO(cs_atomic_file) data = NULL;
    CS_SCOPED(cs_strbuf) stale = CS_STRBUF_INIT;
    cs_str name = cs_path_base(cs_str_of(data_path));
    int r = check_pair(path, name, info);
    if (r == 0)
        r = find_stale(path, data_path, &stale, info);
    if (r == 0)
        r = make_header(o, name, &header, info);
    if (r == 0)
        r = cs_atomic_file_open(data_path, MODE, &data, info);
    if (r == 0)
        r = cs_atomic_file_write(data, o->data, o->size, info);
    if (r == 0)
        r = cs_atomic_file_open(path, MODE, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, header.data, header.len, info);
    if (r == 0)
        r = remove_header(path, info);
    if (r == 0)
        r = cs_atomic_file_commit(data, info);
    if (r == 0)
        r = cs_atomic_file_commit(f, info);
    if (r == 0 && stale.len > 0 && unlink(stale.data) < 0 && errno != ENOENT)
        r = cs_fail_errno(info, errno, "cannot remove the old '%s'",
                          stale.data);
    return r;
}

static int write_files(const out *o, const char *path, cs_errinfo *info)
{
    cs_str p = cs_str_of(path), ending = cs_path_ext(p);
    if (cs_str_is(ending, "mha"))
        return write_together(o, path, info);
    CS_SCOPED(cs_strbuf) data = CS_STRBUF_INIT;
    cs_strbuf_add_str(&data, cs_str_sub(p, 0, p.len - ending.len));
    cs_strbuf_add(&data, o->compress ? "zraw" : "raw");
    if (cs_strbuf_check(&data) < 0)
        return cs_fail_nomem(info);
    return write_pair(o, path, data.data, info);
}

int im_metaimage_write(const char *path, const im_volume *v, bool compress,
                       cs_errinfo *info)
{
    out o = {.v = v, .compress = compress};
    if (!im_element_of(v->voxels.dtype, &o.element))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "MetaImage has no elements of type %s; convert them",
                       tn_dtype_name(v->voxels.dtype));
    o.data = tn_data(&v->voxels);
    o.size = tn_bytes(&v->voxels);
    int r = 0;
    if (compress) {
        r = im_deflate_zlib(o.data, o.size, &o.packed, &o.size, info);
        o.data = r < 0 ? NULL : tn_buffer_data(o.packed);
    }
    if (r == 0)
        r = write_files(&o, path, info);
    tn_buffer_unref(o.packed);
    return r;
}
