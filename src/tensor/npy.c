#include "tensor/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/checked.h"
#include "base/fd.h"
#include "base/file.h"

/* Magic, version (two bytes), length of the header (two bytes in version 1,
 * four from 2 on), the header: a Python dictionary in words. */
static const char magic[] = "\x93NUMPY";
#define MAGIC_SIZE 6
#define HEADER_MAX ((size_t)4096)
#define ALIGNMENT 64

static const struct {
    const char *descr;
    tn_dtype dtype;
} types[] = {
    {"<f4", TN_F32}, {"<f2", TN_F16},  {"<f8", TN_F64}, {"|i1", TN_I8},
    {"|u1", TN_U8},  {"<i2", TN_I16},  {"<u2", TN_U16}, {"<i4", TN_I32},
    {"<i8", TN_I64}, {"|b1", TN_BOOL},
};

/* --- the header's words --- */

typedef struct reader {
    const char *at, *end;
} reader;

static void skip_blanks(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n'))
        r->at++;
}

static bool take(reader *r, const char *word)
{
    skip_blanks(r);
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool take_number(reader *r, uint64_t *ret)
{
    skip_blanks(r);
    uint64_t v = 0;
    const char *start = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*r->at - '0'), &v))
            return false;
    *ret = v;
    return r->at > start;
}

typedef struct header {
    bool has_type, has_order, has_shape;
    tn_dtype dtype;
    bool fortran;
    uint64_t dims[TN_RANK_MAX];
    size_t rank;
} header;

static bool take_type(reader *r, header *h)
{
    skip_blanks(r);
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        char quoted[8];
        snprintf(quoted, sizeof(quoted), "'%s'", types[i].descr);
        if (take(r, quoted)) {
            h->dtype = types[i].dtype;
            h->has_type = true;
            return true;
        }
    }
    return false;
}

static bool take_order(reader *r, header *h)
{
    h->fortran = take(r, "True");
    h->has_order = true;
    return h->fortran || take(r, "False");
}

static bool take_shape(reader *r, header *h)
{
    h->has_shape = true;
    h->rank = 0;
    if (!take(r, "("))
        return false;
    while (!take(r, ")")) {
        if (h->rank == TN_RANK_MAX || !take_number(r, &h->dims[h->rank++]))
            return false;
        if (!take(r, ","))
            return take(r, ")");
    }
    return true;
}

static bool take_entry(reader *r, header *h)
{
    if (take(r, "'descr'"))
        return !h->has_type && take(r, ":") && take_type(r, h);
    if (take(r, "'fortran_order'"))
        return !h->has_order && take(r, ":") && take_order(r, h);
    if (take(r, "'shape'"))
        return !h->has_shape && take(r, ":") && take_shape(r, h);
    return false;
}

static bool parse_header(cs_str text, header *h)
{
    reader r = {text.data, text.data + text.len};
    *h = (header){0};
    if (!take(&r, "{"))
        return false;
    while (!take(&r, "}")) {
        if (!take_entry(&r, h))
            return false;
        if (!take(&r, ",")) {
            if (!take(&r, "}"))
                return false;
            break;
        }
    }
    skip_blanks(&r);
    return r.at == r.end && h->has_type && h->has_order && h->has_shape;
}

/* --- reading --- */

/* Finds the header in the first bytes of a file; *ret_data is where numbers
 * begin. */
static int find_header(cs_str bytes, const char *name, header *h,
                       size_t *ret_data, cs_errinfo *info)
{
    const unsigned char *b = (const unsigned char *)bytes.data;
    if (bytes.len < MAGIC_SIZE + 4 || memcmp(b, magic, MAGIC_SIZE) != 0)
        return cs_fail(info, CS_E_FORMAT, "'%s' is no .npy file", name);
    unsigned version = b[MAGIC_SIZE];
    size_t length = (size_t)b[8] | (size_t)b[9] << 8;
    size_t begin = MAGIC_SIZE + 4;
    if (version >= 2 && bytes.len >= MAGIC_SIZE + 6) {
        length |= (size_t)b[10] << 16 | (size_t)b[11] << 24;
        begin += 2;
    }
    if (version < 1 || version > 3)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "'%s' is an .npy file of version %u", name, version);
    if (length > HEADER_MAX || length > bytes.len - begin ||
        !parse_header((cs_str){bytes.data + begin, length}, h))
        return cs_fail(info, CS_E_FORMAT,
                       "the header of '%s' does not describe an array of "
                       "plain little-endian numbers",
                       name);
    *ret_data = begin + length;
    return 0;
}

/* An empty tensor of the header's type, axes reversed for Fortran's order. */
static int make(const header *h, tn_tensor *ret, cs_errinfo *info)
{
    uint64_t dims[TN_RANK_MAX];
    for (size_t i = 0; i < h->rank; i++)
        dims[i] = h->dims[h->fortran ? h->rank - 1 - i : i];
    tn_shape shape;
    int r = tn_shape_make(dims, h->rank, &shape, info);
    return r < 0 ? r : tn_tensor_init(ret, h->dtype, &shape, info);
}

static int finish(const header *h, tn_tensor *made, tn_tensor *ret,
                  cs_errinfo *info)
{
    if (!h->fortran) {
        *ret = *made;
        *made = (tn_tensor)TN_TENSOR_INIT;
        return 0;
    }
    unsigned order[TN_RANK_MAX];
    for (unsigned i = 0; i < h->rank; i++)
        order[i] = (unsigned)h->rank - 1 - i;
    return tn_view_permute(made, order, ret, info);
}

static int check_size(const header *h, const char *name, uint64_t have,
                      cs_errinfo *info)
{
    tn_shape shape;
    int r = tn_shape_make(h->dims, h->rank, &shape, info);
    if (r < 0)
        return r;
    uint64_t want = tn_shape_count(&shape) * tn_dtype_size(h->dtype);
    if (want != have)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' has %" PRIu64 " bytes of numbers, its shape "
                       "wants %" PRIu64,
                       name, have, want);
    return 0;
}

int tn_npy_parse(cs_str bytes, const char *name, tn_tensor *ret,
                 cs_errinfo *info)
{
    header h = {0};
    size_t at = 0;
    int r = find_header(bytes, name, &h, &at, info);
    if (r == 0)
        r = check_size(&h, name, bytes.len - at, info);
    CS_SCOPED(tn_tensor) made = TN_TENSOR_INIT;
    if (r == 0)
        r = make(&h, &made, info);
    if (r < 0)
        return r;
    memcpy(tn_data(&made), bytes.data + at, bytes.len - at);
    return finish(&h, &made, ret, info);
}

/* The numbers go straight into the tensor: a volume is not held twice. */
static int read_numbers(int fd, const char *path, const header *h, size_t at,
                        tn_tensor *ret, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) made = TN_TENSOR_INIT;
    int r = make(h, &made, info);
    if (r < 0)
        return r;
    if (lseek(fd, (off_t)at, SEEK_SET) < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    int64_t got = cs_read_full(fd, tn_data(&made), tn_bytes(&made), path, info);
    if (got < 0)
        return (int)got;
    if ((uint64_t)got != tn_bytes(&made))
        return cs_fail(info, CS_E_FORMAT, "'%s' became shorter while read",
                       path);
    return finish(h, &made, ret, info);
}

int tn_npy_read(const char *path, tn_tensor *ret, cs_errinfo *info)
{
    CS_AUTO_FD fd = cs_file_open_read(path, info);
    if (fd < 0)
        return fd;
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    if ((uint64_t)st.st_size > TN_NPY_MAX)
        return cs_fail(info, CS_E_LIMIT, "'%s' is too large", path);
    char first[HEADER_MAX + 2 * (size_t)ALIGNMENT];
    int64_t got = cs_read_full(fd, first, sizeof(first), path, info);
    if (got < 0)
        return (int)got;
    header h = {0};
    size_t at = 0;
    int r = find_header((cs_str){first, (size_t)got}, path, &h, &at, info);
    if (r == 0)
        r = check_size(&h, path, (uint64_t)st.st_size - at, info);
    return r < 0 ? r : read_numbers(fd, path, &h, at, ret, info);
}

/* --- writing --- */

static const char *descr_of(tn_dtype d)
{
    for (size_t i = 0; i < CS_COUNTOF(types); i++)
        if (types[i].dtype == d)
            return types[i].descr;
    return NULL;
}

#define TEXT_MAX 256

/* Magic and header, padded so that the numbers are aligned; its length. */
static size_t put_header(const tn_tensor *t, char dst[2 * TEXT_MAX])
{
    char text[TEXT_MAX];
    size_t n = (size_t)snprintf(text, sizeof(text),
                                "{'descr': '%s', 'fortran_order': False, "
                                "'shape': (",
                                descr_of(t->dtype));
    for (unsigned i = 0; i < t->shape.rank; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%zu, ",
                              t->shape.dim[i]);
    n += (size_t)snprintf(text + n, sizeof(text) - n, "), }");
    size_t begin = MAGIC_SIZE + 4;
    size_t all = (begin + n + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t length = all - begin;
    memcpy(dst, magic, MAGIC_SIZE);
    dst[6] = 1;
    dst[7] = 0;
    dst[8] = (char)(length & 0xff);
    dst[9] = (char)(length >> 8);
    memcpy(dst + begin, text, n);
    memset(dst + begin + n, ' ', length - n);
    dst[all - 1] = '\n';
    return all;
}

int tn_npy_write(const char *path, const tn_tensor *t, cs_errinfo *info)
{
    if (!descr_of(t->dtype))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "NumPy has no type for %s: '%s' is not written",
                       tn_dtype_name(t->dtype), path);
    char head[2 * TEXT_MAX];
    size_t n = put_header(t, head);
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = cs_atomic_file_open(path, 0644, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, head, n, info);
    if (r == 0)
        r = cs_atomic_file_write(f, tn_data(t), tn_bytes(t), info);
    return r < 0 ? r : cs_atomic_file_commit(f, info);
}
