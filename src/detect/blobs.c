#include "detect/blobs.h"

#include <math.h>

#include "base/mem.h"

int dt_blobs_init(dt_blobs *b, const size_t size[2], double threshold,
                  size_t voxels_min, dt_candidates *ret, cs_errinfo *info)
{
    dt_blobs made = {.size = {size[0], size[1]},
                     .threshold = threshold,
                     .voxels_min = voxels_min,
                     .ret = ret};
    if (size[0] >= UINT32_MAX)
        return cs_fail(info, CS_E_LIMIT, "rows of %zu voxels", size[0]);
    for (int i = 0; i < 2; i++)
        made.runs[i].row = cs_calloc(size[1] + 1, sizeof(size_t));
    *b = made;
    if (!made.runs[0].row || !made.runs[1].row) {
        dt_blobs_done(b);
        return cs_fail_nomem(info);
    }
    return 0;
}

void dt_blobs_done(dt_blobs *b)
{
    for (int i = 0; i < 2; i++) {
        cs_vec_done(&b->runs[i].all);
        cs_free(b->runs[i].row);
        b->runs[i].row = NULL;
    }
    cs_vec_done(&b->open);
    cs_vec_done(&b->number);
}

/* --- which blob is which --- */

static uint32_t root_of(dt_blobs *b, uint32_t i)
{
    dt_blob *blob = b->open.items;
    while (blob[i].parent != i) {
        blob[i].parent = blob[blob[i].parent].parent;
        i = blob[i].parent;
    }
    return i;
}

static void unite(dt_blobs *b, uint32_t one, uint32_t other)
{
    one = root_of(b, one);
    other = root_of(b, other);
    if (one == other)
        return;
    dt_blob *stays = &b->open.items[CS_MIN(one, other)];
    dt_blob *goes = &b->open.items[CS_MAX(one, other)];
    stays->voxels += goes->voxels;
    stays->sum += goes->sum;
    for (int i = 0; i < 3; i++)
        stays->moment[i] += goes->moment[i];
    goes->parent = CS_MIN(one, other);
}

/* Whether two runs of neighbouring rows touch, corners included. */
static bool touch(const dt_run *a, const dt_run *b)
{
    return a->begin <= b->end && b->begin <= a->end;
}

/* Runs [from, to) of `now` against row y of `other`. */
static void join_rows(dt_blobs *b, const dt_runs *now, size_t from, size_t to,
                      const dt_runs *other, size_t y)
{
    size_t k = other->row[y];
    const size_t end = other->row[y + 1];
    for (size_t i = from; i < to && k < end;) {
        const dt_run *one = &now->all.items[i];
        const dt_run *two = &other->all.items[k];
        if (touch(one, two))
            unite(b, one->blob, two->blob);
        if (one->end < two->end)
            i++;
        else
            k++;
    }
}

/* --- a plane --- */

static bool is_set(const dt_blobs *b, float score)
{
    return score > 0 && (double)score >= b->threshold;
}

/* A blob of one run; its number is the run's. */
static int open_run(dt_blobs *b, dt_runs *now, const float *row, size_t begin,
                    size_t end, size_t y)
{
    dt_blob blob = {
        .voxels = end - begin, .parent = (uint32_t)b->open.len, .grows = true};
    const dt_run run = {(uint32_t)begin, (uint32_t)end, blob.parent};
    if (b->open.len >= UINT32_MAX)
        return CS_E_NOMEM;
    for (size_t x = begin; x < end; x++) {
        blob.sum += (double)row[x];
        blob.moment[0] += (double)row[x] * (double)x;
    }
    blob.moment[1] = blob.sum * (double)y;
    blob.moment[2] = blob.sum * (double)b->planes;
    int r = cs_vec_push(&b->open, blob);
    return r < 0 ? r : cs_vec_push(&now->all, run);
}

static int find_runs(dt_blobs *b, dt_runs *now, const float *row, size_t y)
{
    const size_t n = b->size[0];
    size_t x = 0;
    for (;;) {
        while (x < n && !is_set(b, row[x]))
            x++;
        if (x == n)
            return 0;
        const size_t begin = x;
        while (x < n && is_set(b, row[x]))
            x++;
        int r = open_run(b, now, row, begin, x, y);
        if (r < 0)
            return r;
    }
}

/* Row y, all of whose runs are found, against its neighbours that came before.
 */
static void join_row(dt_blobs *b, dt_runs *now, size_t y)
{
    const dt_runs *before = &b->runs[(b->planes + 1) % 2];
    const size_t from = now->row[y];
    const size_t to = now->all.len;
    if (y)
        join_rows(b, now, from, to, now, y - 1);
    if (b->planes == 0)
        return;
    const size_t last = CS_MIN(y + 1, b->size[1] - 1);
    for (size_t i = y ? y - 1 : 0; i <= last; i++)
        join_rows(b, now, from, to, before, i);
}

/* --- what has ended --- */

static int give(dt_blobs *b, const dt_blob *blob)
{
    if (blob->voxels < b->voxels_min)
        return 0;
    dt_candidate c = {.score = blob->sum / (double)blob->voxels,
                      .diameter = cbrt(6 / acos(-1.0) * (double)blob->voxels)};
    for (int i = 0; i < 3; i++)
        c.centre[i] = blob->moment[i] / blob->sum;
    return cs_vec_push(b->ret, c);
}

/* Gives what has no voxel in `now`, and numbers the others anew. */
static int close_blobs(dt_blobs *b, dt_runs *now)
{
    size_t kept = 0;
    dt_blob *blob = b->open.items;
    int r = cs_vec_reserve(&b->number, b->open.len);
    for (size_t i = 0; i < b->open.len; i++)
        blob[i].grows = false;
    for (size_t i = 0; i < now->all.len; i++)
        blob[root_of(b, now->all.items[i].blob)].grows = true;
    for (size_t i = 0; i < b->open.len && r == 0; i++)
        if (blob[i].parent == i && !blob[i].grows)
            r = give(b, &blob[i]);
    if (r < 0)
        return r;
    for (size_t i = 0; i < now->all.len; i++)
        now->all.items[i].blob = root_of(b, now->all.items[i].blob);
    for (size_t i = 0; i < b->open.len; i++)
        if (blob[i].parent == i && blob[i].grows) {
            b->number.items[i] = (uint32_t)kept;
            blob[kept] = blob[i];
            blob[kept].parent = (uint32_t)kept;
            kept++;
        }
    for (size_t i = 0; i < now->all.len; i++)
        now->all.items[i].blob = b->number.items[now->all.items[i].blob];
    b->open.len = kept;
    return 0;
}

static int push(dt_blobs *b, const float *scores)
{
    dt_runs *now = &b->runs[b->planes % 2];
    int r = 0;
    cs_vec_clear(&now->all);
    for (size_t y = 0; y < b->size[1] && r == 0; y++) {
        now->row[y] = now->all.len;
        r = find_runs(b, now, scores + y * b->size[0], y);
        now->row[y + 1] = now->all.len;
        if (r == 0)
            join_row(b, now, y);
    }
    return r < 0 ? r : close_blobs(b, now);
}

int dt_blobs_push(dt_blobs *b, const float *scores, cs_errinfo *info)
{
    if (push(b, scores) < 0)
        return cs_fail_nomem(info);
    b->planes++;
    return 0;
}

int dt_blobs_finish(dt_blobs *b, cs_errinfo *info)
{
    for (size_t i = 0; i < b->open.len; i++)
        if (give(b, &b->open.items[i]) < 0)
            return cs_fail_nomem(info);
    b->open.len = 0;
    return 0;
}
