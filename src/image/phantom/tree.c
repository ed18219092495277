#include "image/phantom/tree.h"

#include "base/vec.h"

typedef struct task {
    size_t begin, end;
    ph_vec at, direction;
    int32_t parent;
    uint16_t generation;
} task;

typedef CS_VEC(task) task_list;

static ph_vec middle(const ph_vec *p, size_t n)
{
    ph_vec sum = {0, 0, 0};
    for (size_t i = 0; i < n; i++)
        sum = ph_add(sum, p[i]);
    return ph_scale(sum, 1 / (float)n);
}

/* The direction in which the points spread most: four steps of the power
 * method on their covariance. */
static ph_vec spread(const ph_vec *p, size_t n, ph_vec c, ph_vec start)
{
    float m[6] = {0};
    for (size_t i = 0; i < n; i++) {
        ph_vec d = ph_sub(p[i], c);
        m[0] += d.x * d.x;
        m[1] += d.y * d.y;
        m[2] += d.z * d.z;
        m[3] += d.x * d.y;
        m[4] += d.x * d.z;
        m[5] += d.y * d.z;
    }
    ph_vec v = start;
    for (int k = 0; k < 4; k++)
        v = ph_unit((ph_vec){m[0] * v.x + m[3] * v.y + m[4] * v.z,
                             m[3] * v.x + m[1] * v.y + m[5] * v.z,
                             m[4] * v.x + m[5] * v.y + m[2] * v.z});
    return v;
}

static void swap_points(ph_vec *a, ph_vec *b)
{
    ph_vec t = *a;
    *a = *b;
    *b = t;
}

/* Puts the `k` points that lie lowest along `axis` first. */
static void select_low(ph_vec *p, size_t n, size_t k, ph_vec axis)
{
    size_t low = 0;
    size_t high = n;
    while (high - low > 1) {
        float pivot = ph_dot(p[low + (high - low) / 2], axis);
        size_t i = low;
        size_t j = high - 1;
        while (i <= j) {
            while (ph_dot(p[i], axis) < pivot)
                i++;
            while (ph_dot(p[j], axis) > pivot)
                j--;
            if (i > j)
                break;
            swap_points(&p[i], &p[j]);
            i++;
            if (j == 0)
                break;
            j--;
        }
        if (k <= j)
            high = j + 1;
        else if (k >= i)
            low = i;
        else
            return;
    }
}

/* The branch that leads from the task's place towards its points. */
static ph_branch lead(ph_growth *g, const task *t)
{
    size_t n = t->end - t->begin;
    ph_vec to = middle(g->points + t->begin, n);
    float share = n == 1 ? 1 : 0.40F + 0.20F * cs_rng_uniform_f32(&g->rng);
    ph_branch b = {.a = t->at,
                   .b = ph_mix(t->at, to, share),
                   .leaves = (uint32_t)n,
                   .parent = t->parent,
                   .generation = t->generation};
    ph_vec straight = ph_unit(ph_sub(b.b, b.a));
    b.from = ph_unit(ph_along(straight, t->direction, 0.5F));
    b.radius = g->twig * powf((float)n, 1 / 2.8F);
    return b;
}

static int split(ph_growth *g, task_list *todo, const task *t, ph_vec at,
                 ph_vec direction, int32_t self)
{
    size_t n = t->end - t->begin;
    if (n < 2)
        return 0;
    ph_vec *p = g->points + t->begin;
    ph_vec axis =
        spread(p, n, middle(p, n), ph_across(direction, (ph_vec){0, 0, 1}));
    float share = 0.36F + 0.28F * cs_rng_uniform_f32(&g->rng);
    size_t k = (size_t)(share * (float)n);
    k = k < 1 ? 1 : k;
    select_low(p, n, k, axis);
    task left = {t->begin,  t->begin + k, at,
                 direction, self,         (uint16_t)(t->generation + 1)};
    task right = left;
    right.begin = left.end;
    right.end = t->end;
    int r = cs_vec_push(todo, left);
    return r < 0 ? r : cs_vec_push(todo, right);
}

static int grow(ph_growth *g, task_list *todo, ph_branches *list)
{
    int r = cs_vec_push(
        todo, ((task){0, g->n, g->root, ph_unit(g->direction), -1, 0}));
    while (r == 0 && todo->len > 0) {
        task t = cs_vec_pop(todo);
        ph_branch b = lead(g, &t);
        int32_t self = (int32_t)list->len;
        r = cs_vec_push(list, b);
        ph_vec direction = ph_unit(ph_sub(b.b, b.a));
        if (r == 0)
            r = split(g, todo, &t, b.b, direction, self);
    }
    return r;
}

int ph_tree_grow(ph_growth *g, ph_branches *list)
{
    if (g->n == 0)
        return 0;
    task_list todo = CS_VEC_INIT;
    int r = grow(g, &todo, list);
    cs_vec_done(&todo);
    return r;
}

int ph_branch_tubes(const ph_branch *b, float end_radius, const ph_tube *like,
                    ph_tubes *list)
{
    float length = ph_length(ph_sub(b->b, b->a));
    unsigned pieces = length > 14 ? 4 : length > 5 ? 3 : 2;
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
