#include "detect/window.h"

#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

/* --- where lung is --- */

static size_t below_at(const dt_blocks *b, size_t x, size_t y, size_t z)
{
    return (z * (b->n[1] + 1) + y) * (b->n[0] + 1) + x;
}

typedef struct marking {
    const dt_blocks *b;
    const uint8_t *lungs;
} marking;

static void mark_row(const uint8_t *row, size_t n, uint32_t *any)
{
    for (size_t x = 0; x < n; x++)
        any[x / DT_BLOCK] |= row[x] != 0;
}

static void mark_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const marking *m = ctx;
    const size_t *voxels = m->b->voxels;
    const size_t last = CS_MIN(end * DT_BLOCK, voxels[2]);
    for (size_t z = begin * DT_BLOCK; z < last; z++)
        for (size_t y = 0; y < voxels[1]; y++)
            mark_row(m->lungs + (z * voxels[1] + y) * voxels[0], voxels[0],
                     m->b->below +
                         below_at(m->b, 1, y / DT_BLOCK + 1, z / DT_BLOCK + 1));
}

/* From marks to how many there are below. The elements [from, to) each get
 * the one `step` before added. */
static void add_up(dt_blocks *b, size_t from, size_t to, size_t step)
{
    for (size_t i = from; i < to; i++)
        b->below[i] += b->below[i - step];
}

static void sum_marks(dt_blocks *b)
{
    const size_t row = below_at(b, 0, 1, 0), plane = below_at(b, 0, 0, 1);
    const size_t all = plane * (b->n[2] + 1);
    for (size_t i = 0; i < all; i += row)
        add_up(b, i + 1, i + row, 1);
    for (size_t i = 0; i < all; i += plane)
        add_up(b, i + row, i + plane, row);
    add_up(b, plane, all, plane);
}

int dt_blocks_init(dt_blocks *b, const im_run *run, const im_volume *lungs,
                   cs_errinfo *info)
{
    dt_blocks made = {.below = NULL};
    for (int i = 0; i < 3; i++) {
        made.voxels[i] = lungs->geometry.size[i];
        made.n[i] = (made.voxels[i] - 1) / DT_BLOCK + 1;
    }
    made.below =
        cs_calloc(below_at(&made, 0, 0, made.n[2] + 1), sizeof(*made.below));
    if (!made.below)
        return cs_fail_nomem(info);
    marking m = {&made, im_u8(lungs)};
    cs_pool_for(run->pool, made.n[2], 1, mark_planes, &m);
    sum_marks(&made);
    *b = made;
    return 0;
}

void dt_blocks_done(dt_blocks *b)
{
    cs_free(b->below);
    b->below = NULL;
}

/* Blocks [low, high) along each axis. */
typedef struct part {
    size_t low[3], high[3];
} part;

static uint32_t count_below(const dt_blocks *b, const part *p, size_t z)
{
    const uint32_t *n = b->below;
    return n[below_at(b, p->high[0], p->high[1], z)] -
           n[below_at(b, p->low[0], p->high[1], z)] -
           n[below_at(b, p->high[0], p->low[1], z)] +
           n[below_at(b, p->low[0], p->low[1], z)];
}

/* Whether layer `at` of part p across `axis` holds lung. */
static bool is_any_layer(const dt_blocks *b, part p, int axis, size_t at)
{
    p.low[axis] = at;
    p.high[axis] = at + 1;
    return count_below(b, &p, p.high[2]) != count_below(b, &p, p.low[2]);
}

/* --- windows along one axis --- */

typedef struct placing {
    const dt_blocks *b;
    size_t size[3], padded[3];
    size_t margin[3]; /* voxels at a window's faces that do not count; of whole
                         blocks */
} placing;

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Less than half of what is left beside a step, so that each window gets
 * further than the one before. */
static size_t margin_of(size_t size, double overlap)
{
    const size_t wanted =
        overlap < 0 ? DT_WINDOW_MARGIN : (size_t)(0.5 * overlap * (double)size);
    const size_t most = (size - DT_WINDOW_UNIT) / 2;
    return CS_MIN(wanted, most) / DT_BLOCK * DT_BLOCK;
}

/* p->b is set. */
static int placing_init(placing *p, const size_t size[3], double overlap,
                        cs_errinfo *info)
{
    for (int i = 0; i < 3; i++) {
        if (size[i] == 0 || size[i] % DT_WINDOW_UNIT)
            return cs_fail(info, CS_E_RANGE,
                           "a window of %zu voxels; expected a multiple of %u",
                           size[i], DT_WINDOW_UNIT);
        p->size[i] = size[i];
        p->padded[i] =
            CS_MAX(round_up(p->b->voxels[i], DT_WINDOW_STEP), size[i]);
        p->margin[i] = margin_of(size[i], overlap);
    }
    return 0;
}

/* The highest begin of a window that has voxel `first` behind its margin. */
static size_t latest(const placing *p, int axis, size_t first)
{
    const size_t margin = p->margin[axis];
    const size_t begin = first > margin ? first - margin : 0;
    return CS_MIN(begin / DT_WINDOW_STEP * DT_WINDOW_STEP,
                  p->padded[axis] - p->size[axis]);
}

/* The voxels below this one need no window after one that begins there. */
static size_t covered(const placing *p, int axis, size_t begin)
{
    const size_t end = begin + p->size[axis];
    return end == p->padded[axis] ? end : end - p->margin[axis];
}

/* For voxels [first, end): what the window has to spare is shared out between
 * its two sides. */
static size_t centred(const placing *p, int axis, size_t first, size_t end)
{
    const size_t size = p->size[axis], need = end + p->margin[axis];
    const size_t most = latest(p, axis, first);
    const size_t least =
        need > size ? round_up(need - size, DT_WINDOW_STEP) : 0;
    const size_t middle = first + end > size ? (first + end - size) / 2 : 0;
    const size_t begin = middle / DT_WINDOW_STEP * DT_WINDOW_STEP;
    return CS_MIN(CS_MAX(begin, least), most);
}

/* The next window along `axis` for the lung in *todo, which becomes what is
 * left of it; *own is the part that this window is there for. False: none. */
static bool next_along(const placing *p, int axis, part *todo, part *own,
                       size_t *begin)
{
    size_t first = todo->low[axis];
    while (first < todo->high[axis] && !is_any_layer(p->b, *todo, axis, first))
        first++;
    if (first >= todo->high[axis])
        return false;
    const size_t at = latest(p, axis, first * DT_BLOCK);
    size_t end = CS_MIN(covered(p, axis, at) / DT_BLOCK, todo->high[axis]);
    *own = *todo;
    todo->low[axis] = end;
    while (!is_any_layer(p->b, *own, axis, end - 1))
        end--;
    own->low[axis] = first;
    own->high[axis] = end;
    *begin = centred(p, axis, first * DT_BLOCK, end * DT_BLOCK);
    return true;
}

/* --- windows on a volume --- */

typedef CS_VEC(dt_window) window_list;

/* What windows are placed for: a list of them, or their number alone. */
typedef struct placed {
    window_list *list; /* NULL: not wanted */
    size_t count;
} placed;

static int place_row(const placing *p, part todo, dt_window at, placed *ret)
{
    part own;
    int r = 0;
    while (r == 0 && next_along(p, 0, &todo, &own, &at.begin[0])) {
        ret->count++;
        if (ret->list)
            r = cs_vec_push(ret->list, at);
    }
    return r;
}

static int place_plane(const placing *p, part todo, dt_window at, placed *ret)
{
    part own;
    int r = 0;
    while (r == 0 && next_along(p, 1, &todo, &own, &at.begin[1]))
        r = place_row(p, own, at, ret);
    return r;
}

static int place_all(const placing *p, placed *ret)
{
    part own, todo = {.high = {p->b->n[0], p->b->n[1], p->b->n[2]}};
    dt_window at = {{0}};
    int r = 0;
    while (r == 0 && next_along(p, 2, &todo, &own, &at.begin[2]))
        r = place_plane(p, own, at, ret);
    return r;
}

static size_t count_all(const placing *p)
{
    size_t all = 1;
    for (int axis = 0; axis < 3; axis++) {
        size_t n = 0;
        for (size_t at = 0; at < p->padded[axis]; n++)
            at = covered(p, axis, latest(p, axis, at));
        all *= n;
    }
    return all;
}

int dt_windows_init(dt_windows *w, const dt_blocks *b, const size_t size[3],
                    double overlap, cs_errinfo *info)
{
    placing p = {.b = b};
    window_list list = CS_VEC_INIT;
    placed all = {.list = &list};
    dt_windows made = {.items = NULL};
    int r = placing_init(&p, size, overlap, info);
    if (r < 0)
        return r;
    r = place_all(&p, &all);
    if (r < 0) {
        cs_vec_done(&list);
        return cs_fail_nomem(info);
    }
    memcpy(made.size, p.size, sizeof(made.size));
    memcpy(made.padded, p.padded, sizeof(made.padded));
    made.items = list.items;
    made.count = all.count;
    made.all = count_all(&p);
    *w = made;
    return 0;
}

void dt_windows_done(dt_windows *w)
{
    cs_free(w->items);
    w->items = NULL;
    w->count = 0;
}

/* --- the best size --- */

typedef struct search {
    const dt_blocks *b;
    double overlap;
    size_t least[3], most[3], voxels;
    size_t best[3];
    double cost; /* of the best, in voxels; 0: there is none yet */
} search;

static int try_size(search *s, const size_t size[3], cs_errinfo *info)
{
    placing p = {.b = s->b};
    placed all = {.list = NULL};
    const double each = (double)size[0] * (double)size[1] * (double)size[2];
    if (each > (double)s->voxels && s->cost > 0)
        return 0;
    int r = placing_init(&p, size, s->overlap, info);
    if (r == 0)
        r = place_all(&p, &all);
    const double cost = (double)all.count * each;
    if (r == 0 && (s->cost <= 0 || cost <= s->cost)) {
        s->cost = cost;
        memcpy(s->best, size, sizeof(s->best));
    }
    return r;
}

int dt_windows_choose(const dt_blocks *b, double overlap, size_t least,
                      size_t most, size_t voxels, size_t ret[3],
                      cs_errinfo *info)
{
    search s = {.b = b, .overlap = overlap, .voxels = voxels};
    size_t size[3] = {0};
    int r = 0;
    for (int i = 0; i < 3; i++) {
        const size_t need = round_up(b->voxels[i], DT_WINDOW_UNIT);
        s.least[i] = CS_MIN(least, need);
        s.most[i] = CS_MIN(most, need);
    }
    const size_t unit = DT_WINDOW_UNIT;
    for (size[2] = s.least[2]; size[2] <= s.most[2] && r == 0; size[2] += unit)
        for (size[1] = s.least[1]; size[1] <= s.most[1] && r == 0;
             size[1] += unit)
            for (size[0] = s.least[0]; size[0] <= s.most[0] && r == 0;
                 size[0] += unit)
                r = try_size(&s, size, info);
    if (r == 0)
        memcpy(ret, s.best, sizeof(s.best));
    return r;
}
