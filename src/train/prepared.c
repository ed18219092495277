#include "train/prepared.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/checked.h"
#include "image/source.h"

void tr_prepared_done(tr_prepared *p)
{
    im_volume_done(&p->scan.image);
    im_volume_done(&p->scan.lungs);
    im_volume_done(&p->nodules);
}

int tr_prepared_share(const tr_prepared *p, tr_prepared *ret, cs_errinfo *info)
{
    int r = im_volume_share(&p->scan.image, &ret->scan.image, info);
    if (r == 0)
        r = im_volume_share(&p->scan.lungs, &ret->scan.lungs, info);
    if (r == 0 && p->nodules.voxels.buffer)
        r = im_volume_share(&p->nodules, &ret->nodules, info);
    if (r < 0)
        tr_prepared_done(ret);
    return r;
}

/* --- the file: a header, then up to three volumes, each at a multiple of 64
 * bytes; in this machine's byte order, since a cache does not travel --- */

#define HEADER_BYTES ((size_t)4096)
#define ALIGN ((size_t)64)

typedef struct header {
    char magic[16];
    cs_digest key;
    uint64_t has_nodules;
    uint64_t size[3];
    double spacing[3], origin[3], direction[9];
    cs_digest voxels; /* of all that follows the header */
    cs_digest self;   /* of the header with zeros here */
} header;
_Static_assert(sizeof(header) <= HEADER_BYTES, "the header has room");

static const char magic[16] = "consilium scan 1";

typedef struct part {
    tn_dtype dtype;
    size_t at, bytes; /* in the file */
} part;

typedef struct layout {
    part parts[3]; /* image, lungs, nodules */
    size_t count;
    size_t total;
} layout;

static bool lay_out(const im_geometry *g, bool nodules, layout *ret)
{
    static const tn_dtype dtypes[3] = {TN_I16, TN_U8, TN_U8};
    layout l = {.count = nodules ? 3 : 2, .total = HEADER_BYTES};
    size_t n;
    if (!cs_product_size(g->size, 3, &n))
        return false;
    for (size_t i = 0; i < l.count; i++) {
        part *p = &l.parts[i];
        p->dtype = dtypes[i];
        p->at = l.total;
        if (!cs_mul_size(n, tn_dtype_size(p->dtype), &p->bytes) ||
            !cs_add_size(p->at, p->bytes, &l.total) ||
            !cs_align_size(l.total, ALIGN, &l.total))
            return false;
    }
    *ret = l;
    return true;
}

static int seal(header *h, cs_digest *ret, cs_errinfo *info)
{
    header blank = *h;
    memset(&blank.self, 0, sizeof(blank.self));
    return cs_hash_bytes(CS_HASH_BLAKE2B, &blank, sizeof(blank), ret, info);
}

/* --- writing --- */

typedef struct writer {
    cs_atomic_file *file;
    cs_hash *hash;
} writer;

/* Hands the padded parts to the file or to the hash, whichever is there. */
static int put_parts(const writer *w, const layout *l,
                     const im_volume *const *volumes, cs_errinfo *info)
{
    static const unsigned char zeros[ALIGN];
    int r = 0;
    for (size_t i = 0; r == 0 && i < l->count; i++) {
        const part *p = &l->parts[i];
        const struct {
            const void *data;
            size_t size;
        } pieces[] = {{tn_data(&volumes[i]->voxels), p->bytes},
                      {zeros, -p->bytes % ALIGN}};
        for (size_t k = 0; r == 0 && k < CS_COUNTOF(pieces); k++)
            r = w->file ? cs_atomic_file_write(w->file, pieces[k].data,
                                               pieces[k].size, info)
                        : cs_hash_update(w->hash, pieces[k].data,
                                         pieces[k].size, info);
    }
    return r;
}

static int make_header(const tr_prepared *p, const cs_digest *key,
                       const layout *l, const im_volume *const *volumes,
                       header *h, cs_errinfo *info)
{
    const im_geometry *g = &p->scan.image.geometry;
    memset(h, 0, sizeof(*h));
    memcpy(h->magic, magic, sizeof(magic));
    h->key = *key;
    h->has_nodules = l->count == 3;
    for (int i = 0; i < 3; i++)
        h->size[i] = g->size[i];
    memcpy(h->spacing, g->spacing, sizeof(h->spacing));
    memcpy(h->origin, g->origin, sizeof(h->origin));
    memcpy(h->direction, g->direction, sizeof(h->direction));
    CS_AUTO(cs_hash) hash = NULL;
    int r = cs_hash_new(CS_HASH_BLAKE2B, &hash, info);
    const writer w = {.hash = hash};
    if (r == 0)
        r = put_parts(&w, l, volumes, info);
    if (r == 0)
        r = cs_hash_finish(hash, &h->voxels, info);
    return r < 0 ? r : seal(h, &h->self, info);
}

int tr_prepared_write(const char *path, const cs_digest *key,
                      const tr_prepared *p, cs_errinfo *info)
{
    const im_volume *const volumes[] = {&p->scan.image, &p->scan.lungs,
                                        &p->nodules};
    layout l;
    union {
        header h;
        char bytes[HEADER_BYTES];
    } first = {.bytes = {0}};
    if (!lay_out(&p->scan.image.geometry, p->nodules.voxels.buffer != NULL, &l))
        return cs_fail_nomem(info);
    int r = make_header(p, key, &l, volumes, &first.h, info);
    CS_AUTO(cs_atomic_file) f = NULL;
    if (r == 0)
        r = cs_atomic_file_open(path, 0644, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, &first, sizeof(first), info);
    const writer w = {.file = f};
    if (r == 0)
        r = put_parts(&w, &l, volumes, info);
    return r < 0 ? r : cs_atomic_file_commit(f, info);
}

/* --- reading --- */

static bool digest_is(const void *data, size_t size, const cs_digest *wanted)
{
    cs_digest d;
    return cs_hash_bytes(CS_HASH_BLAKE2B, data, size, &d, NULL) == 0 &&
           cs_digest_equal(&d, wanted);
}

static bool header_is_good(header *h, const cs_digest *key)
{
    cs_digest self;
    return memcmp(h->magic, magic, sizeof(magic)) == 0 &&
           cs_digest_equal(&h->key, key) && seal(h, &self, NULL) == 0 &&
           cs_digest_equal(&self, &h->self);
}

static bool geometry_of(const header *h, im_geometry *ret)
{
    im_geometry g;
    for (int i = 0; i < 3; i++)
        if (!cs_size_from_u64(h->size[i], &g.size[i]))
            return false;
    memcpy(g.spacing, h->spacing, sizeof(g.spacing));
    memcpy(g.origin, h->origin, sizeof(g.origin));
    memcpy(g.direction, h->direction, sizeof(g.direction));
    if (im_geometry_check(&g, NULL) < 0)
        return false;
    *ret = g;
    return true;
}

static int view_parts(tn_buffer *b, const layout *l, const im_geometry *g,
                      tr_prepared *ret, cs_errinfo *info)
{
    im_volume *const volumes[] = {&ret->scan.image, &ret->scan.lungs,
                                  &ret->nodules};
    const tn_shape shape = TN_SHAPE(g->size[2], g->size[1], g->size[0]);
    int r = 0;
    for (size_t i = 0; r == 0 && i < l->count; i++) {
        const part *p = &l->parts[i];
        r = tn_tensor_over(&volumes[i]->voxels, b,
                           p->at / tn_dtype_size(p->dtype), p->dtype, &shape,
                           info);
        volumes[i]->geometry = *g;
    }
    if (r < 0)
        tr_prepared_done(ret);
    return r;
}

/* 1, or 0 where the bytes are not what was written. */
static int take(tn_buffer *b, const cs_digest *key, tr_prepared *ret,
                cs_errinfo *info)
{
    const unsigned char *data = tn_buffer_data(b);
    size_t size = tn_buffer_size(b);
    header h;
    im_geometry g;
    layout l;
    if (size < HEADER_BYTES)
        return 0;
    memcpy(&h, data, sizeof(h));
    if (!header_is_good(&h, key) || !geometry_of(&h, &g) ||
        !lay_out(&g, h.has_nodules != 0, &l) || l.total != size ||
        !digest_is(data + HEADER_BYTES, size - HEADER_BYTES, &h.voxels))
        return 0;
    int r = view_parts(b, &l, &g, ret, info);
    return r < 0 ? r : 1;
}

int tr_prepared_map(const char *path, const cs_digest *key, tr_prepared *ret,
                    cs_errinfo *info)
{
    struct stat st;
    im_source s = IM_SOURCE_INIT;
    tn_buffer *b = NULL;
    if (stat(path, &st) < 0 && errno == ENOENT)
        return 0;
    int r = im_source_open(&s, path, info);
    if (r == 0 && s.size > 0) {
        r = im_source_map(&s, &b, info);
        if (r == 0)
            r = take(b, key, ret, info);
    }
    tn_buffer_unref(b);
    im_source_done(&s);
    return r;
}
