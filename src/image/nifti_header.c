#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "image/nifti.h"

/* Offsets of fields; version 2 has wider ones in another order. */
typedef enum field {
    MAGIC,
    DATATYPE,
    DIM,
    PIXDIM,
    VOX_OFFSET,
    SLOPE,
    INTERCEPT,
    UNITS,
    QFORM,
    SFORM,
    QUATERN,
    QOFFSET,
    SROW,
    BITPIX,
    FIELDS,
} field;

static const unsigned short offsets[2][FIELDS] = {
    {[MAGIC] = 344,
     [DATATYPE] = 70,
     [DIM] = 40,
     [PIXDIM] = 76,
     [VOX_OFFSET] = 108,
     [SLOPE] = 112,
     [INTERCEPT] = 116,
     [UNITS] = 123,
     [QFORM] = 252,
     [SFORM] = 254,
     [QUATERN] = 256,
     [QOFFSET] = 268,
     [SROW] = 280,
     [BITPIX] = 72},
    {[MAGIC] = 4,
     [DATATYPE] = 12,
     [DIM] = 16,
     [PIXDIM] = 104,
     [VOX_OFFSET] = 168,
     [SLOPE] = 176,
     [INTERCEPT] = 184,
     [UNITS] = 500,
     [QFORM] = 344,
     [SFORM] = 348,
     [QUATERN] = 352,
     [QOFFSET] = 376,
     [SROW] = 400,
     [BITPIX] = 14},
};

typedef struct header {
    const unsigned char *p;
    const char *name;
    unsigned version; /* 1 or 2 */
    bool swapped;
} header;

/* --- numbers of the header --- */

static int64_t whole(const header *h, field f, size_t i, size_t size)
{
    unsigned char bytes[8] = {0};
    const unsigned char *at = h->p + offsets[h->version - 1][f] + i * size;
    if (h->swapped)
        im_swap_bytes(at, 1, size, bytes);
    else
        memcpy(bytes, at, size);
    int16_t v2;
    int32_t v4;
    int64_t v8;
    memcpy(&v2, bytes, 2);
    memcpy(&v4, bytes, 4);
    memcpy(&v8, bytes, 8);
    if (size == 8)
        return v8;
    return size == 4 ? v4 : v2;
}

/* A float in version 1, a double in version 2. */
static double real(const header *h, field f, size_t i)
{
    size_t size = h->version == 1 ? 4 : 8;
    int64_t bits = whole(h, f, i, size);
    float narrow;
    double wide;
    int32_t low = (int32_t)bits;
    memcpy(&narrow, &low, sizeof(narrow));
    memcpy(&wide, &bits, sizeof(wide));
    return size == 4 ? (double)narrow : wide;
}

static size_t whole_size(const header *h, field f)
{
    if (h->version == 1)
        return 2;
    if (f == DIM)
        return 8;
    return f == QFORM || f == SFORM || f == UNITS ? 4 : 2;
}

static int64_t number(const header *h, field f)
{
    return whole(h, f, 0, whole_size(h, f));
}

/* --- which header it is --- */

/* The first number of a header is its size, and tells the byte order. */
static int32_t first_number(const void *head, bool swapped)
{
    uint32_t v;
    memcpy(&v, head, sizeof(v));
    return (int32_t)(swapped ? __builtin_bswap32(v) : v);
}

static bool find_version(const void *head, size_t size, unsigned *version,
                         bool *swapped)
{
    if (size < IM_NIFTI1_SIZE)
        return false;
    for (int s = 0; s < 2; s++) {
        int32_t first = first_number(head, s == 1);
        *swapped = s == 1;
        *version = first == (int32_t)IM_NIFTI2_SIZE ? 2 : 1;
        if (first == (int32_t)IM_NIFTI1_SIZE ||
            first == (int32_t)IM_NIFTI2_SIZE)
            return true;
    }
    return false;
}

bool im_nifti_is(const void *head, size_t size)
{
    unsigned version;
    bool swapped;
    return find_version(head, size, &version, &swapped);
}

static int check_magic(const header *h, size_t size, bool *ret_pair,
                       cs_errinfo *info)
{
    static const char *const magics[2][2] = {{"n+1", "ni1"}, {"n+2", "ni2"}};
    const unsigned char *at = h->p + offsets[h->version - 1][MAGIC];
    if (h->version == 2 && size < IM_NIFTI2_SIZE)
        return cs_fail(info, CS_E_FORMAT, "'%s' ends within its NIfTI-2 header",
                       h->name);
    for (int pair = 0; pair < 2; pair++)
        if (memcmp(at, magics[h->version - 1][pair], 4) == 0) {
            *ret_pair = pair == 1;
            return 0;
        }
    return cs_fail(info, CS_E_FORMAT,
                   "'%s' has no NIfTI mark: an ANALYZE header does not say "
                   "which side is left",
                   h->name);
}

/* --- fields --- */

static const struct {
    int code;
    im_element element;
} types[] = {
    {2, IM_U8},   {4, IM_I16},   {8, IM_I32},   {16, IM_F32},   {64, IM_F64},
    {256, IM_I8}, {512, IM_U16}, {768, IM_U32}, {1024, IM_I64}, {1280, IM_U64},
};

static int read_type(const header *h, im_file_info *i, cs_errinfo *info)
{
    int64_t code = number(h, DATATYPE);
    for (size_t k = 0; k < CS_COUNTOF(types); k++)
        if (types[k].code == code) {
            i->element = types[k].element;
            i->dtype = im_element_dtype(i->element);
            return 0;
        }
    return cs_fail(info, CS_E_FORMAT,
                   "%s: datatype %lld is not supported; whole numbers and "
                   "floats of one value a voxel are",
                   h->name, (long long)code);
}

static int read_dim(const header *h, im_geometry *g, cs_errinfo *info)
{
    size_t width = whole_size(h, DIM);
    int64_t n = whole(h, DIM, 0, width);
    if (n < 2 || n > 7)
        return cs_fail(info, CS_E_FORMAT,
                       "%s: dim[0] is %lld; expected 2 to 7 axes", h->name,
                       (long long)n);
    for (size_t i = 1; i <= (size_t)n; i++) {
        int64_t size = whole(h, DIM, i, width);
        if (size < 1)
            return cs_fail(info, CS_E_FORMAT,
                           "%s: dim[%zu] is %lld; expected at least 1", h->name,
                           i, (long long)size);
        if (i > 3 && size > 1)
            return cs_fail(info, CS_E_FORMAT,
                           "%s: dim[%zu] is %lld: more than one volume in the "
                           "file; split them",
                           h->name, i, (long long)size);
        if (i <= 3)
            g->size[i - 1] = (size_t)size;
    }
    im_geometry trial = im_geometry_plain(g->size[0], g->size[1], g->size[2]);
    if (im_geometry_check(&trial, NULL) < 0)
        return cs_fail(info, CS_E_FORMAT,
                       "%s: dim: %zu x %zu x %zu voxels are too many", h->name,
                       g->size[0], g->size[1], g->size[2]);
    return 0;
}

/* A slope of 0, or none, leaves the values as they are. */
static int read_scale(const header *h, im_file_info *i, cs_errinfo *info)
{
    double slope = real(h, SLOPE, 0), intercept = real(h, INTERCEPT, 0);
    i->slope = 1;
    i->intercept = 0;
    if (slope == 0 || !isfinite(slope))
        return 0;
    if (!isfinite(intercept))
        return cs_fail(info, CS_E_FORMAT, "%s: scl_inter is not finite",
                       h->name);
    i->slope = slope;
    i->intercept = intercept;
    if (i->element != IM_F64 && (slope != 1 || intercept != 0))
        i->dtype = TN_F32;
    return 0;
}

static int read_place(const header *h, im_file_info *i, cs_errinfo *info)
{
    im_nifti_place p = {.qform = (int)number(h, QFORM),
                        .sform = (int)number(h, SFORM)};
    static const double units[8] = {1, 1000, 1, 0.001, 1, 1, 1, 1};
    int64_t unit = h->version == 1 ? h->p[offsets[0][UNITS]] : number(h, UNITS);
    p.unit = units[unit & 7];
    for (size_t k = 0; k < 4; k++)
        p.pixdim[k] = real(h, PIXDIM, k);
    int64_t axes = whole(h, DIM, 0, whole_size(h, DIM));
    if (axes < 3)
        p.pixdim[3] = 0;
    for (size_t k = 0; k < 3; k++) {
        p.quatern[k] = real(h, QUATERN, k);
        p.offset[k] = real(h, QOFFSET, k);
    }
    for (size_t k = 0; k < 12; k++)
        p.rows[k] = real(h, SROW, k);
    return im_nifti_orient(&p, h->name, &i->geometry, &i->placed, info);
}

static int read_offset(const header *h, im_nifti *n, cs_errinfo *info)
{
    double at = h->version == 1 ? real(h, VOX_OFFSET, 0)
                                : (double)whole(h, VOX_OFFSET, 0, 8);
    size_t least = h->version == 1 ? IM_NIFTI1_VOXELS : IM_NIFTI2_VOXELS;
    if (n->pair)
        least = 0;
    if (at == 0)
        at = (double)least;
    if (!(at >= (double)least) || !(at < 0x1p53) || at != floor(at))
        return cs_fail(info, CS_E_FORMAT,
                       "%s: vox_offset is %g; expected a whole number of bytes "
                       "from %zu on",
                       h->name, at, least);
    n->offset = (size_t)at;
    return 0;
}

int im_nifti_parse(const void *head, size_t size, const char *name,
                   im_nifti *ret, cs_errinfo *info)
{
    header h = {.p = head, .name = name};
    im_nifti n = {.info = {.geometry = im_geometry_plain(1, 1, 1)}};
    if (!find_version(head, size, &h.version, &h.swapped))
        return cs_fail(info, CS_E_FORMAT, "'%s' has no NIfTI header", name);
    n.info.format = h.version == 1 ? IM_NIFTI1 : IM_NIFTI2;
    n.info.big_endian = h.swapped;
    int r = check_magic(&h, size, &n.pair, info);
    if (r == 0)
        r = read_type(&h, &n.info, info);
    if (r == 0)
        r = read_dim(&h, &n.info.geometry, info);
    if (r == 0)
        r = read_scale(&h, &n.info, info);
    if (r == 0)
        r = read_place(&h, &n.info, info);
    if (r == 0)
        r = read_offset(&h, &n, info);
    if (r == 0)
        *ret = n;
    return r;
}

/* --- and back --- */

typedef struct maker {
    unsigned char *p;
    unsigned version;
} maker;

static void put(const maker *m, field f, size_t i, const void *v, size_t size)
{
    memcpy(m->p + offsets[m->version - 1][f] + i * size, v, size);
}

static void put_whole(const maker *m, field f, size_t i, int64_t v)
{
    const header h = {.version = m->version};
    put(m, f, i, &v, whole_size(&h, f)); /* the low bytes come first */
}

static void put_real(const maker *m, field f, size_t i, double v)
{
    float narrow = (float)v;
    if (m->version == 1)
        put(m, f, i, &narrow, sizeof(narrow));
    else
        put(m, f, i, &v, sizeof(v));
}

static int64_t code_of(im_element e)
{
    for (size_t i = 0; i < CS_COUNTOF(types); i++)
        if (types[i].element == e)
            return types[i].code;
    return 0;
}

static void put_place(const maker *m, const im_geometry *g)
{
    im_nifti_place p;
    im_nifti_place_of(g, &p);
    put_whole(m, QFORM, 0, p.qform);
    put_whole(m, SFORM, 0, p.sform);
    for (size_t i = 0; i < 4; i++)
        put_real(m, PIXDIM, i, p.pixdim[i]);
    for (size_t i = 0; i < 3; i++) {
        put_real(m, QUATERN, i, p.quatern[i]);
        put_real(m, QOFFSET, i, p.offset[i]);
    }
    for (size_t i = 0; i < 12; i++)
        put_real(m, SROW, i, p.rows[i]);
}

size_t im_nifti_make(const im_geometry *g, im_element element,
                     unsigned char *dst)
{
    maker m = {dst, 1};
    for (size_t i = 0; i < 3; i++)
        if (g->size[i] > INT16_MAX)
            m.version = 2;
    size_t size = m.version == 1 ? IM_NIFTI1_SIZE : IM_NIFTI2_SIZE;
    size_t voxels = size + 4;
    memset(dst, 0, voxels);
    uint32_t first = (uint32_t)size;
    memcpy(dst, &first, sizeof(first));
    put(&m, MAGIC, 0, m.version == 1 ? "n+1" : "n+2\0\r\n\032\n",
        m.version == 1 ? 4 : 8);
    put_whole(&m, DATATYPE, 0, code_of(element));
    put_whole(&m, BITPIX, 0, (int64_t)im_element_size(element) * 8);
    put_whole(&m, DIM, 0, 3);
    for (size_t i = 1; i < 8; i++)
        put_whole(&m, DIM, i, i <= 3 ? (int64_t)g->size[i - 1] : 1);
    put_real(&m, SLOPE, 0, 1);
    int64_t offset = (int64_t)voxels;
    if (m.version == 1)
        put_real(&m, VOX_OFFSET, 0, (double)voxels);
    else
        put(&m, VOX_OFFSET, 0, &offset, sizeof(offset));
    const unsigned char mm = 2;
    put(&m, UNITS, 0, &mm, 1);
    put_place(&m, g);
    return voxels;
}
