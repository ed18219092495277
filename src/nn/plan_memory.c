/* When each result and each gradient must be kept, and so where it lies.
 *
 * Times: the forward step of node i is at i, its backward step at
 * 2 * nodes - 1 - i. A step in a segment is at all times of the segment. */
#include "base/mem.h"
#include "nn/plan_impl.h"

static size_t time_back(const nn_plan *p, size_t i)
{
    return 2 * p->nodes - 1 - i;
}

static void extend(nn_tenant *t, size_t time)
{
    t->first = CS_MIN(t->first, time);
    t->last = CS_MAX(t->last, time);
}

/* The time of node i's forward step. */
static void extend_to_step(const nn_plan *p, nn_tenant *t, size_t i)
{
    int segment = p->slots[i].slab.segment;
    extend(t, segment < 0 ? i : p->segments[segment].first);
    extend(t, segment < 0 ? i : p->segments[segment].last);
}

bool nn_back_reads_input(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    switch (n->op) {
    case NN_CONV:
    case NN_NORM:
    case NN_MULTIPLY:
    case NN_LAYER_NORM:
    case NN_ATTENTION:
    case NN_EMBEDDING:
        return true;
    case NN_REDUCE:
        return n->reduction == TK_REDUCE_MAX;
    case NN_ACTIVATION:
        return !tk_activation_needs_only_y(n->activation.kind);
    case NN_POOL:
        return n->pool.kind == TK_POOL_MAX;
    default:
        return false;
    }
}

bool nn_back_reads_result(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    return p->slots[i].slope != 1 || n->op == NN_SOFTMAX ||
           (n->op == NN_REDUCE && n->reduction == TK_REDUCE_MAX) ||
           (n->op == NN_ACTIVATION &&
            tk_activation_needs_only_y(n->activation.kind));
}

/* Everything that needs a place: as many of each kind as there are nodes. */
typedef enum kind {
    RESULT,
    GRADIENT,
    LOCAL,       /* memory of a step: forward, */
    LOCAL_BACK,  /* backward, */
    LOCAL_AGAIN, /* and of those made again for a backward step */
    AGAIN,       /* results given up, in their second life */
    KINDS,
} kind;

static nn_tenant *tenant(const nn_plan *p, nn_tenant *t, kind k, size_t i)
{
    return &t[(size_t)k * p->nodes + i];
}

/* The result of node i as the backward pass has it. */
static nn_tenant *backward_result(const nn_plan *p, nn_tenant *t, size_t i)
{
    size_t root = (size_t)p->slots[i].root;
    return tenant(p, t, nn_plan_gives_up(p, i) ? AGAIN : RESULT, root);
}

/* Results: from their step to the last that reads them. */
static void result_times(const nn_plan *p, size_t i, nn_tenant *t)
{
    const nn_node *n = nn_plan_node(p, i);
    extend_to_step(p, tenant(p, t, RESULT, (size_t)p->slots[i].root), i);
    bool back = p->slots[i].wants_gradient;
    if (back && nn_back_reads_result(p, i))
        extend(backward_result(p, t, i), time_back(p, i));
    for (unsigned k = 0; k < n->n_inputs; k++) {
        size_t in = nn_plan_input(p, i, k);
        extend_to_step(p, tenant(p, t, RESULT, (size_t)p->slots[in].root), i);
        if (back && nn_back_reads_input(p, i))
            extend(backward_result(p, t, in), time_back(p, i));
    }
}

/* Those made again, with what they are made of. */
static void again_times(const nn_plan *p, size_t i, nn_tenant *t)
{
    if (p->slots[i].again_at == NN_NONE)
        return;
    size_t now = time_back(p, p->slots[i].again_at);
    extend(backward_result(p, t, i), now);
    for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++)
        extend(backward_result(p, t, nn_plan_input(p, i, k)), now);
    nn_tenant *local = tenant(p, t, LOCAL_AGAIN, p->slots[i].again_at);
    local->size = CS_MAX(local->size, nn_step_local(p, i));
    extend(local, now);
}

/* Gradients: from the first step that writes them to that of their node. */
static void gradient_times(const nn_plan *p, size_t i, nn_tenant *gradients)
{
    const nn_node *n = nn_plan_node(p, i);
    if (!p->slots[i].wants_gradient)
        return;
    size_t now = time_back(p, i);
    extend(&gradients[p->slots[i].root], now);
    for (unsigned k = 0; k < n->n_inputs; k++) {
        const nn_slot *in = &p->slots[nn_plan_input(p, i, k)];
        if (in->wants_gradient)
            extend(&gradients[in->root], now);
    }
}

/* Outputs are read after the last forward step; those of a segment by it. */
static void output_times(const nn_plan *p, nn_tenant *results,
                         nn_tenant *gradients)
{
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++) {
        int owner = p->slots[nn_graph_output(p->graph, k)].owner;
        if (p->slots[owner].slab.segment < 0)
            extend(&results[p->slots[owner].root], p->nodes - 1);
        if (p->slots[owner].wants_gradient)
            extend(&gradients[p->slots[owner].root], p->nodes);
    }
}

/* Gradients of inputs are read after the last step. */
static void input_times(const nn_plan *p, nn_tenant *gradients)
{
    for (size_t k = 0; k < nn_graph_inputs(p->graph); k++) {
        int id = nn_graph_input(p->graph, k);
        if (p->slots[id].wants_gradient)
            extend(&gradients[p->slots[id].root], 2 * p->nodes - 1);
    }
}

/* What a root has memory for. */
static tk_dims memory_dims(const nn_plan *p, size_t i)
{
    tk_dims dims = nn_plan_node(p, i)->dims;
    if (p->slots[i].slab.slides)
        dims.d = p->slots[i].slab.window;
    return dims;
}

static void step_times(const nn_plan *p, size_t i, nn_tenant *t)
{
    nn_tenant *local = tenant(p, t, LOCAL, i);
    *local = (nn_tenant){.size = nn_step_local(p, i), .first = i, .last = i};
    if (!p->slots[i].wants_gradient)
        return;
    size_t now = time_back(p, i);
    *tenant(p, t, LOCAL_BACK, i) = (nn_tenant){
        .size = nn_step_local_back(p, i), .first = now, .last = now};
}

static void all_times(const nn_plan *p, nn_tenant *t)
{
    nn_tenant *gradients = tenant(p, t, GRADIENT, 0);
    for (size_t i = 0; i < KINDS * p->nodes; i++)
        t[i] = (nn_tenant){.first = SIZE_MAX};
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        result_times(p, i, t);
        again_times(p, i, t);
        gradient_times(p, i, gradients);
        step_times(p, i, t);
    }
    output_times(p, t, gradients);
    input_times(p, gradients);
    static const kind images[] = {RESULT, GRADIENT, AGAIN};
    for (size_t i = 0; i < p->nodes; i++) {
        const tk_dims dims = memory_dims(p, i);
        for (size_t k = 0; k < CS_COUNTOF(images); k++) {
            nn_tenant *image = tenant(p, t, images[k], i);
            image->size = image->first == SIZE_MAX ? 0 : tk_image_floats(&dims);
        }
    }
}

static tk_image image_in(const nn_plan *p, size_t i, float *root)
{
    const nn_slot *s = &p->slots[i];
    const tk_image whole = tk_image_at(root, memory_dims(p, (size_t)s->root));
    return tk_image_channels(&whole, s->start, nn_plan_node(p, i)->dims.c);
}

static void hand_out(nn_plan *p, nn_tenant *t)
{
    float *base = tn_buffer_data(p->arena);
    for (size_t i = 0; i < p->nodes; i++) {
        nn_slot *s = &p->slots[i];
        size_t root = (size_t)s->root;
        if (!nn_plan_runs(p, i))
            continue;
        s->image = image_in(p, i, base + tenant(p, t, RESULT, root)->offset);
        s->grad = image_in(p, i, base + tenant(p, t, GRADIENT, root)->offset);
        s->again = image_in(p, i, base + backward_result(p, t, i)->offset);
        s->local = base + tenant(p, t, LOCAL, i)->offset;
        s->local_back = base + tenant(p, t, LOCAL_BACK, i)->offset;
        if (s->again_at != NN_NONE)
            s->local_again =
                base + tenant(p, t, LOCAL_AGAIN, s->again_at)->offset;
    }
}

/* --- what stays: packed weights, biases, statistics --- */

static size_t lane_floats(size_t channels)
{
    return tk_lines(tk_blocks(channels) * TK_LANES);
}

static size_t constant_floats(nn_plan *p)
{
    size_t at = 0;
    for (size_t i = 0; i < p->nodes; i++) {
        const nn_node *n = nn_plan_node(p, i);
        if (n->op != NN_CONV || !nn_plan_runs(p, i))
            continue;
        p->slots[i].bias = at;
        at += lane_floats(n->dims.c);
        p->slots[i].packed = at;
        if (!p->options.training)
            at += tk_lines(p->slots[i].forward.packed_floats);
    }
    return at;
}

static size_t sets_of(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    bool runs = n->op == NN_NORM && nn_plan_runs(p, i);
    return runs ? tk_norm_sets(&n->norm.norm, &n->dims) : 0;
}

static int allocate_statistics(nn_plan *p, cs_errinfo *info)
{
    size_t sets = 0;
    for (size_t i = 0; i < p->nodes; i++)
        sets += sets_of(p, i);
    p->statistics = cs_calloc(2 * sets + 1, sizeof(double));
    if (!p->statistics)
        return cs_fail_nomem(info);
    double *at = p->statistics;
    for (size_t i = 0; i < p->nodes; i++) {
        p->slots[i].mean = at;
        p->slots[i].variance = at + sets_of(p, i);
        at += 2 * sets_of(p, i);
    }
    return 0;
}

static int check_limit(nn_plan *p, size_t floats, cs_errinfo *info)
{
    size_t limit = p->options.memory_limit;
    p->least = p->least ? CS_MIN(p->least, floats) : floats;
    if (!nn_plan_is_roomy(p, floats) &&
        (limit == 0 || floats <= limit / sizeof(float)))
        return 0;
    size_t mib = p->least / ((1U << 20) / sizeof(float)) + 1;
    return cs_fail(info, CS_E_LIMIT,
                   "the network needs %zu MiB for this input; the limit is "
                   "%zu MiB",
                   mib, limit >> 20);
}

int nn_plan_allocate(nn_plan *p, cs_errinfo *info)
{
    CS_AUTO_MEM nn_tenant *t = cs_calloc(KINDS * p->nodes + 1, sizeof(*t));
    if (!t)
        return cs_fail_nomem(info);
    all_times(p, t);
    size_t floats;
    int r = nn_place(t, KINDS * p->nodes, &floats, info);
    if (r < 0)
        return r;
    size_t constants = constant_floats(p);
    if ((r = check_limit(p, floats + constants, info)) < 0 ||
        (r = allocate_statistics(p, info)) < 0 ||
        (r = tn_buffer_new(floats * sizeof(float), &p->arena, info)) < 0 ||
        (r = tn_buffer_new(constants * sizeof(float), &p->constants, info)) < 0)
        return r;
    hand_out(p, t);
    return 0;
}
