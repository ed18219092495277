#include "image/phantom/tree.h"

#include "base/mem.h"
#include "base/vec.h"

/* --- lines --- */

/* From a place on another line straight to a point. */
typedef struct line {
    ph_vec a, b;
    int32_t parent; /* -1: the root's */
    float at;       /* where on the parent, 0 to 1 */
    int32_t child;  /* those that leave it, by rising `at` */
    int32_t next;   /* of the same parent */
} line;

/* Marks along the lines, in cells, to find lines near a place. */
typedef struct mark {
    int32_t line, next;
} mark;

typedef struct cells {
    ph_vec low;
    float pitch;
    int32_t size[3];
    int32_t *first; /* of the marks, -1: none */
    mark *items;
    size_t len, cap;
} cells;

static void cell_of(const cells *c, ph_vec v, int32_t ret[3])
{
    const float at[3] = {v.x - c->low.x, v.y - c->low.y, v.z - c->low.z};
    for (int k = 0; k < 3; k++)
        ret[k] =
            (int32_t)ph_clamp(at[k] / c->pitch, 0, (float)(c->size[k] - 1));
}

static size_t cell_index(const cells *c, const int32_t at[3])
{
    return ((size_t)at[2] * (size_t)c->size[1] + (size_t)at[1]) *
               (size_t)c->size[0] +
           (size_t)at[0];
}

#define CELLS_MAX 48 /* along an axis */

static int cells_init(cells *c, const ph_growth *g)
{
    ph_vec low = g->points[0];
    ph_vec high = low;
    for (size_t i = 1; i < g->n; i++) {
        ph_vec v = g->points[i];
        low = (ph_vec){fminf(low.x, v.x), fminf(low.y, v.y), fminf(low.z, v.z)};
        high = (ph_vec){fmaxf(high.x, v.x), fmaxf(high.y, v.y),
                        fmaxf(high.z, v.z)};
    }
    ph_vec d = ph_sub(high, low);
    float pitch = cbrtf(1.5F * d.x * d.y * d.z / (float)g->n);
    pitch = fmaxf(pitch, ph_length(d) / (CELLS_MAX - 1));
    *c = (cells){.low = low, .pitch = fmaxf(pitch, 1e-3F)};
    const float wide[3] = {d.x, d.y, d.z};
    size_t n = 1;
    for (int k = 0; k < 3; k++) {
        c->size[k] = 1 + (int32_t)(wide[k] / c->pitch);
        n *= (size_t)c->size[k];
    }
    c->first = cs_calloc(n, sizeof(*c->first));
    if (!c->first)
        return CS_E_NOMEM;
    for (size_t i = 0; i < n; i++)
        c->first[i] = -1;
    return 0;
}

static void cells_done(cells *c)
{
    cs_free(c->first);
    cs_vec_done(c);
}

/* Marks a line in each cell that it passes through, to within half of one. */
static int enter(cells *c, const line *l, int32_t number)
{
    float length = ph_length(ph_sub(l->b, l->a));
    int steps = 1 + (int)(2 * length / c->pitch);
    size_t last = SIZE_MAX;
    for (int i = 0; i <= steps; i++) {
        int32_t at[3];
        cell_of(c, ph_mix(l->a, l->b, (float)i / (float)steps), at);
        size_t k = cell_index(c, at);
        if (k == last)
            continue;
        last = k;
        mark m = {number, c->first[k]};
        int r = cs_vec_push(c, m);
        if (r < 0)
            return r;
        c->first[k] = (int32_t)(c->len - 1);
    }
    return 0;
}

/* --- growth --- */

typedef struct growth {
    line *lines;
    size_t len;
    cells cells;
} growth;

/* The foot of v on the line, 0 to 1, and how far off it is. */
static float foot(const line *l, ph_vec v, float *ret_off)
{
    ph_vec ab = ph_sub(l->b, l->a);
    ph_vec ap = ph_sub(v, l->a);
    float l2 = ph_dot(ab, ab);
    float s = l2 > 0 ? ph_clamp(ph_dot(ap, ab) / l2, 0, 1) : 0;
    *ret_off = ph_length(ph_along(ap, ab, -s));
    return s;
}

typedef struct nearest {
    int32_t line;
    float off;
} nearest;

static void look_into(const growth *w, const int32_t at[3], ph_vec v,
                      nearest *best)
{
    const cells *c = &w->cells;
    for (int32_t m = c->first[cell_index(c, at)]; m >= 0;
         m = c->items[m].next) {
        float off;
        foot(&w->lines[c->items[m].line], v, &off);
        /* of two that are as near, the older: marks of a cell go back in time
         */
        if (off <= best->off)
            *best = (nearest){c->items[m].line, off};
    }
}

/* The line nearest to v, of those in the cells around it; of all where these
 * are empty. */
static nearest find(const growth *w, ph_vec v)
{
    nearest best = {-1, INFINITY};
    int32_t mid[3];
    cell_of(&w->cells, v, mid);
    for (int32_t k = 0; k < 27; k++) {
        const int32_t at[3] = {mid[0] + k % 3 - 1, mid[1] + k / 3 % 3 - 1,
                               mid[2] + k / 9 - 1};
        bool inside = true;
        for (int i = 0; i < 3; i++)
            inside = inside && at[i] >= 0 && at[i] < w->cells.size[i];
        if (inside)
            look_into(w, at, v, &best);
    }
    if (best.line >= 0)
        return best;
    for (size_t i = 0; i < w->len; i++) {
        float off;
        foot(&w->lines[i], v, &off);
        if (off < best.off)
            best = (nearest){(int32_t)i, off};
    }
    return best;
}

static void sort_in(growth *w, int32_t number)
{
    line *l = &w->lines[number];
    int32_t *at = &w->lines[l->parent].child;
    while (*at >= 0 && w->lines[*at].at < l->at)
        at = &w->lines[*at].next;
    l->next = *at;
    *at = number;
}

#define AHEAD 1.4F /* a line leaves so many times its distance upstream */
#define FIRST 0.03F
#define LAST 0.94F

/* Where a line to v leaves: upstream of the foot, so that it leaves at an acute
 * angle; on the line before where this one is too short for that. */
static line leave(const growth *w, ph_vec v)
{
    nearest n = find(w, v);
    int32_t k = n.line;
    const line *l = &w->lines[k];
    float off;
    float s = foot(l, v, &off);
    float length = ph_length(ph_sub(l->b, l->a));
    float at = length > 0 ? s - AHEAD * off / length : 0.5F;
    while (at < FIRST && l->parent >= 0) {
        float over = (FIRST - at) * length;
        at = l->at;
        k = l->parent;
        l = &w->lines[k];
        length = ph_length(ph_sub(l->b, l->a));
        at -= length > 0 ? over / length : 0;
    }
    at = ph_clamp(at, FIRST, LAST);
    return (line){ph_mix(l->a, l->b, at), v, k, at, -1, -1};
}

static int add_lines(growth *w, const ph_growth *g)
{
    w->lines[0] = (line){g->root, g->points[0], -1, 0, -1, -1};
    w->len = 1;
    int r = enter(&w->cells, &w->lines[0], 0);
    for (size_t i = 1; r == 0 && i < g->n; i++) {
        w->lines[i] = leave(w, g->points[i]);
        w->len++;
        sort_in(w, (int32_t)i);
        r = enter(&w->cells, &w->lines[i], (int32_t)i);
    }
    return r;
}

/* --- branches --- */

/* A line whose branches are still to be written. */
typedef struct task {
    int32_t line;
    int32_t parent; /* branch */
    ph_vec from;
    uint16_t generation;
} task;

typedef CS_VEC(task) task_list;

/* The pieces of a line between those that leave it; these become tasks. */
static int cut(const growth *w, const task *t, task_list *todo,
               ph_branches *list)
{
    const line *l = &w->lines[t->line];
    ph_vec direction = ph_unit(ph_sub(l->b, l->a));
    ph_branch b = {.a = l->a,
                   .from = t->from,
                   .leaves = 1,
                   .parent = t->parent,
                   .generation = t->generation};
    int32_t child = l->child;
    int r = 0;
    while (r == 0) {
        int32_t self = (int32_t)list->len;
        b.b = child >= 0 ? w->lines[child].a : l->b;
        r = cs_vec_push(list, b);
        if (r < 0 || child < 0)
            return r;
        const line *c = &w->lines[child];
        ph_vec to = ph_unit(ph_sub(c->b, c->a));
        r = cs_vec_push(todo,
                        ((task){child, self, ph_unit(ph_add(direction, to)),
                                (uint16_t)(b.generation + 1)}));
        b = (ph_branch){.a = b.b,
                        .from = direction,
                        .leaves = 1,
                        .parent = self,
                        .generation = (uint16_t)(b.generation + 1)};
        child = c->next;
    }
    return r;
}

/* Leaves are counted from the last branch to the first: children come later. */
static void set_radii(const ph_growth *g, ph_branches *list, size_t begin)
{
    for (size_t i = begin; i < list->len; i++)
        list->items[i].leaves =
            i + 1 == list->len || list->items[i + 1].parent != (int32_t)i;
    for (size_t i = list->len; i-- > begin;) {
        ph_branch *b = &list->items[i];
        b->radius = g->twig * powf((float)b->leaves, 1 / 2.8F);
        if (b->parent >= 0)
            list->items[b->parent].leaves += b->leaves;
    }
}

static int write_branches(const growth *w, const ph_growth *g,
                          ph_branches *list)
{
    size_t begin = list->len;
    task_list todo = CS_VEC_INIT;
    int r = cs_vec_push(&todo, ((task){0, -1, ph_unit(g->direction), 0}));
    while (r == 0 && todo.len > 0) {
        task t = cs_vec_pop(&todo);
        r = cut(w, &t, &todo, list);
    }
    cs_vec_done(&todo);
    if (r == 0)
        set_radii(g, list, begin);
    return r;
}

int ph_tree_grow(const ph_growth *g, ph_branches *list)
{
    if (g->n == 0)
        return 0;
    growth w = {.lines = cs_calloc(g->n, sizeof(*w.lines))};
    if (!w.lines)
        return CS_E_NOMEM;
    int r = cells_init(&w.cells, g);
    if (r == 0)
        r = add_lines(&w, g);
    if (r == 0)
        r = write_branches(&w, g, list);
    cells_done(&w.cells);
    cs_free(w.lines);
    return r;
}

int ph_branch_tubes(const ph_branch *b, float end_radius, const ph_tube *like,
                    ph_tubes *list)
{
    float length = ph_length(ph_sub(b->b, b->a));
    unsigned pieces = length > 14 ? 4 : length > 7 ? 3 : length > 4 ? 2 : 1;
    ph_vec bend = ph_along(b->a, b->from, 0.36F * length);
    ph_vec at = b->a;
    float radius = b->radius;
    for (unsigned k = 1; k <= pieces; k++) {
        float s = (float)k / (float)pieces;
        ph_vec to = ph_mix(ph_mix(b->a, bend, s), ph_mix(bend, b->b, s), s);
        float next = b->radius + s * (end_radius - b->radius);
        ph_tube t = *like;
        t.a = at;
        t.b = to;
        t.ra = radius;
        t.rb = next;
        int r = cs_vec_push(list, t);
        if (r < 0)
            return r;
        at = to;
        radius = next;
    }
    return 0;
}
