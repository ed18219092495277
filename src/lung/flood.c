#include "lung/flood.h"

#include <string.h>

#include "base/mem.h"

#define LEVELS ((size_t)LU_WALL)
#define NONE UINT32_MAX

/* A queue for each level, its voxels linked through `next`. */
typedef struct queues {
    uint32_t *next;
    uint32_t *head, *tail; /* by level */
} queues;

typedef struct flood {
    const im_geometry *g;
    const uint16_t *key;
    uint8_t *label;
    uint16_t *level; /* may be NULL */
    queues q;
    size_t reached, most;
} flood;

static int queues_init(queues *q, size_t voxels)
{
    q->next = cs_malloc(voxels * sizeof(*q->next));
    q->head = cs_malloc(2 * LEVELS * sizeof(*q->head));
    if (!q->next || !q->head)
        return CS_E_NOMEM;
    q->tail = q->head + LEVELS;
    memset(q->head, 0xFF, LEVELS * sizeof(*q->head));
    return 0;
}

static void queues_done(queues *q)
{
    cs_free(q->next);
    cs_free(q->head);
}

static void push(queues *q, size_t level, size_t voxel)
{
    uint32_t v = (uint32_t)voxel;
    q->next[v] = NONE;
    if (q->head[level] == NONE)
        q->head[level] = v;
    else
        q->next[q->tail[level]] = v;
    q->tail[level] = v;
}

static void push_seeds(flood *f)
{
    size_t n = im_geometry_voxels(f->g);
    for (size_t i = 0; i < n; i++)
        if (f->label[i]) {
            push(&f->q, 0, i);
            if (f->level)
                f->level[i] = 0;
        }
}

static void visit(flood *f, size_t from, size_t to, size_t level)
{
    if (f->label[to] || f->key[to] == LU_WALL || f->reached == f->most)
        return;
    f->label[to] = f->label[from];
    size_t there = CS_MAX(level, (size_t)f->key[to]);
    if (f->level)
        f->level[to] = (uint16_t)there;
    push(&f->q, there, to);
    f->reached++;
}

static void spread(flood *f, size_t at, size_t level)
{
    const size_t *n = f->g->size;
    size_t plane = n[0] * n[1];
    size_t x = at % n[0], y = at / n[0] % n[1], z = at / plane;
    if (x > 0)
        visit(f, at, at - 1, level);
    if (x + 1 < n[0])
        visit(f, at, at + 1, level);
    if (y > 0)
        visit(f, at, at - n[0], level);
    if (y + 1 < n[1])
        visit(f, at, at + n[0], level);
    if (z > 0)
        visit(f, at, at - plane, level);
    if (z + 1 < n[2])
        visit(f, at, at + plane, level);
}

static void drain(flood *f)
{
    for (size_t level = 0; level < LEVELS; level++)
        while (f->q.head[level] != NONE) {
            size_t at = f->q.head[level];
            f->q.head[level] = f->q.next[at];
            spread(f, at, level);
        }
}

int lu_flood(const im_geometry *g, const uint16_t *key, uint8_t *label,
             uint16_t *level, size_t most, cs_errinfo *info)
{
    size_t voxels = im_geometry_voxels(g);
    if (voxels >= NONE)
        return cs_fail(info, CS_E_LIMIT,
                       "the scan is too large for a lung mask: %zu voxels of "
                       "2 mm",
                       voxels);
    flood f = {.g = g, .key = key, .most = most};
    f.label = label;
    f.level = level;
    int r = queues_init(&f.q, voxels);
    if (r == 0) {
        push_seeds(&f);
        drain(&f);
    }
    queues_done(&f.q);
    return r < 0 ? cs_fail_nomem(info) : 0;
}
