#include "train/making.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "image/augment_patch.h"
#include "image/file.h"

/* Raised whenever the same files give other voxels than before. */
#define VERSION 1u

/* --- the key --- */

#define ENDS_BYTES 4096

/* A scan of hundreds of megabytes is not read to see whether it is the same. */
static int add_file(cs_hash *h, const char *path, cs_errinfo *info)
{
    char ends[ENDS_BYTES];
    struct stat st;
    cs_str name = cs_path_base(cs_str_of(path));
    int fd = cs_file_open_read(path, info);
    if (fd < 0)
        return fd;
    int r = fstat(fd, &st) < 0 ? CS_E_IO : 0;
    const int64_t facts[] = {st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
    if (r == 0)
        r = cs_hash_update(h, name.data, name.len + 1, info);
    if (r == 0)
        r = cs_hash_update(h, facts, sizeof(facts), info);
    for (int end = 0; r == 0 && end < 2; end++) {
        off_t at = end && st.st_size > ENDS_BYTES ? st.st_size - ENDS_BYTES : 0;
        ssize_t n = pread(fd, ends, sizeof(ends), at);
        r = cs_hash_update(h, ends, n > 0 ? (size_t)n : 0, info);
    }
    close(fd);
    return r;
}

/* A volume's header and, where it is another file, its data. */
static int add_volume(cs_hash *h, const char *path, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) data = CS_STRBUF_INIT;
    im_file_info i;
    if (!path)
        return cs_hash_update(h, "-", 1, info);
    int r = im_read_info(path, &i, info);
    if (r == 0)
        r = add_file(h, path, info);
    if (r < 0 || !i.data[0])
        return r;
    if (cs_path_join(&data, cs_path_dir(cs_str_of(path)), cs_str_of(i.data)) <
        0)
        return cs_fail_nomem(info);
    struct stat st;
    if (stat(data.data, &st) < 0) /* LIST, a pattern: reading will tell */
        return cs_hash_update(h, i.data, strlen(i.data), info);
    return add_file(h, data.data, info);
}

static int add_nodule(cs_hash *h, const dt_nodule *n, int32_t label,
                      cs_errinfo *info)
{
    const double facts[] = {n->centre[0], n->centre[1], n->centre[2],
                            n->diameter, label};
    return cs_hash_update(h, facts, sizeof(facts), info);
}

int tr_making_key(const tr_making *m, cs_digest *ret, cs_errinfo *info)
{
    CS_AUTO(cs_hash) h = NULL;
    const char *const files[] = {m->scan, m->lungs, m->nodules};
    const uint32_t version = VERSION;
    int r = cs_hash_new(CS_HASH_BLAKE2B, &h, info);
    if (r == 0)
        r = cs_hash_update(h, &version, sizeof(version), info);
    if (r == 0)
        r = cs_hash_update(h, &m->spacing, sizeof(m->spacing), info);
    for (size_t i = 0; r == 0 && i < CS_COUNTOF(files); i++)
        r = add_volume(h, files[i], info);
    for (size_t i = 0; r == 0 && m->nodules && i < m->count; i++)
        r = add_nodule(h, &m->list[i], m->labels[i], info);
    return r < 0 ? r : cs_hash_finish(h, ret, info);
}

/* --- the nodules' mask --- */

static bool is_integer(tn_dtype d)
{
    return d == TN_I8 || d == TN_U8 || d == TN_I16 || d == TN_U16 ||
           d == TN_I32;
}

/* The file's labels on the prepared grid, of whatever type they have. */
static int sample_labels(const im_run *run, const char *path,
                         const im_geometry *g, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) file = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) whole = IM_VOLUME_INIT;
    const im_augment_plan still = im_augment_identity();
    int r = im_read(path, &file, info);
    if (r == 0)
        r = is_integer(file.voxels.dtype)
                ? im_volume_share(&file, &whole, info)
                : im_volume_convert(&file, TN_I32, &whole, info);
    if (r == 0)
        r = im_volume_init(ret, whole.voxels.dtype, g, info);
    return r < 0 ? r : im_augment_labels(run, &still, &whole, ret, info);
}

static uint8_t number_of(const tr_making *m, int32_t label)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->labels[i] == label)
            return (uint8_t)(i + 1);
    return TR_NODULE_UNKNOWN;
}

static void number_labels(const tr_making *m, const im_volume *labels,
                          uint8_t *to, bool *seen)
{
    const int32_t *from = tn_data(&labels->voxels);
    int32_t last = 0;
    uint8_t number = 0;
    for (size_t i = 0, n = im_geometry_voxels(&labels->geometry); i < n; i++) {
        if (from[i] != last) {
            last = from[i];
            number = last ? number_of(m, last) : 0;
        }
        to[i] = number;
        seen[number] = true;
    }
}

/* Where a ball about `at` may have voxels along one axis: [begin, end). */
static void reach(double at, double radius, size_t n, size_t *begin,
                  size_t *end)
{
    double low = ceil(fmax(at - radius, 0));
    double high = floor(fmin(at + radius, (double)n - 1));
    *begin = (size_t)low;
    *end = high < low ? *begin : (size_t)high + 1;
}

/* The ball of a nodule that its mask does not show, where nothing else is. */
static void paint_ball(const im_geometry *g, const dt_nodule *n, uint8_t number,
                       uint8_t *to)
{
    double at[3], radius = n->diameter / 2;
    size_t begin[3], end[3];
    im_world_to_grid(g, n->centre, at);
    for (int a = 0; a < 3; a++)
        reach(at[a], radius / g->spacing[a], g->size[a], &begin[a], &end[a]);
    for (size_t z = begin[2]; z < end[2]; z++)
        for (size_t y = begin[1]; y < end[1]; y++)
            for (size_t x = begin[0]; x < end[0]; x++) {
                double dx = ((double)x - at[0]) * g->spacing[0];
                double dy = ((double)y - at[1]) * g->spacing[1];
                double dz = ((double)z - at[2]) * g->spacing[2];
                uint8_t *v = &to[im_at(g, x, y, z)];
                if (*v == 0 && dx * dx + dy * dy + dz * dz <= radius * radius)
                    *v = number;
            }
}

static int make_nodules(const tr_making *m, const im_run *run,
                        const im_geometry *g, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) labels = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) wide = IM_VOLUME_INIT;
    bool seen[256] = {false};
    if (m->count > TR_NODULES_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "%zu nodules in one scan; a mask can tell %u apart",
                       m->count, TR_NODULES_MAX);
    int r = sample_labels(run, m->nodules, g, &labels, info);
    if (r == 0)
        r = im_volume_convert(&labels, TN_I32, &wide, info);
    if (r == 0)
        r = im_volume_init(ret, TN_U8, g, info);
    if (r < 0)
        return r;
    number_labels(m, &wide, im_u8(ret), seen);
    for (size_t i = 0; i < m->count; i++)
        if (!seen[i + 1])
            paint_ball(g, &m->list[i], (uint8_t)(i + 1), im_u8(ret));
    return 0;
}

/* --- scan and lungs --- */

static int read_scan(const char *path, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) file = IM_VOLUME_INIT;
    int r = im_read(path, &file, info);
    if (r == 0)
        r = im_volume_check_finite(&file, info);
    if (r < 0)
        return r;
    return file.voxels.dtype == TN_I16
               ? im_volume_share(&file, ret, info)
               : im_volume_convert(&file, TN_I16, ret, info);
}

static int read_lungs(const tr_making *m, const im_run *run,
                      const im_volume *scan, im_volume *ret, cs_errinfo *info)
{
    if (!m->lungs && !m->find_lungs)
        return cs_fail(info, CS_E_NOTFOUND,
                       "no mask of its lungs in the folder 'masks'");
    if (!m->lungs)
        return m->find_lungs(m->lungs_ctx, run, scan, ret, info);
    CS_SCOPED(im_volume) file = IM_VOLUME_INIT;
    int r = im_read(m->lungs, &file, info);
    if (r < 0)
        return r;
    if (!im_geometry_same(&file.geometry, &scan->geometry, 0.1))
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' does not lie where its scan does", m->lungs);
    return file.voxels.dtype == TN_U8
               ? im_volume_share(&file, ret, info)
               : im_volume_convert(&file, TN_U8, ret, info);
}

int tr_making_run(const tr_making *m, const im_run *run, tr_prepared *ret,
                  cs_errinfo *info)
{
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) lungs = IM_VOLUME_INIT;
    tr_prepared made = TR_PREPARED_INIT;
    int r = read_scan(m->scan, &scan, info);
    if (r == 0)
        r = read_lungs(m, run, &scan, &lungs, info);
    if (r == 0)
        r = dt_prepare(run, &scan, &lungs, m->spacing, &made.scan, info);
    if (r == 0 && m->nodules)
        r = make_nodules(m, run, &made.scan.image.geometry, &made.nodules,
                         info);
    if (r < 0) {
        tr_prepared_done(&made);
        return r;
    }
    *ret = made;
    return 0;
}
