#include "onnx/node_read.h"

#include "onnx/format.h"
#include "onnx/pb_read.h"

/* --- attributes --- */

/* Numbers of a repeated field: counted where `to` is NULL. */
static int each_number(cs_str message, uint32_t field, unsigned size,
                       uint64_t *to, size_t *ret, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    size_t sum = 0;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        size_t n = 0;
        if (f.number != field)
            continue;
        r = ox_count(&f, size, &n, info);
        if (r < 0)
            return r;
        if (to)
            ox_numbers(&f, size, to + sum);
        sum += n;
    }
    *ret = sum;
    return r;
}

static int take_numbers(cs_str message, uint32_t field, unsigned size,
                        cs_arena *arena, uint64_t **ret, size_t *ret_n,
                        cs_errinfo *info)
{
    int r = each_number(message, field, size, NULL, ret_n, info);
    if (r < 0 || *ret_n == 0)
        return r;
    *ret = cs_arena_array(arena, *ret_n, sizeof(**ret));
    if (!*ret)
        return cs_fail_nomem(info);
    return each_number(message, field, size, *ret, ret_n, info);
}

static int take_lists(cs_str message, cs_arena *arena, ox_attribute *a,
                      cs_errinfo *info)
{
    uint64_t *ints = NULL;
    uint64_t *bits = NULL;
    int r = take_numbers(message, OX_ATTRIBUTE_INTS, 0, arena, &ints,
                         &a->n_ints, info);
    if (r == 0)
        r = take_numbers(message, OX_ATTRIBUTE_FLOATS, 4, arena, &bits,
                         &a->n_floats, info);
    if (r < 0)
        return r;
    a->ints = (int64_t *)ints;
    a->floats = cs_arena_array(arena, a->n_floats + 1, sizeof(*a->floats));
    if (!a->floats)
        return cs_fail_nomem(info);
    for (size_t i = 0; bits && i < a->n_floats; i++) {
        uint32_t low = (uint32_t)bits[i];
        memcpy(&a->floats[i], &low, sizeof(low));
    }
    return 0;
}

static int read_attribute(cs_str message, cs_arena *arena, ox_attribute *a,
                          bool *has_graph, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = 0;
        if (f.number == OX_ATTRIBUTE_NAME) {
            r = ox_get_bytes(&f, &a->name, info);
        } else if (f.number == OX_ATTRIBUTE_FLOAT) {
            a->has_float = true;
            r = ox_get_float(&f, &a->number, info);
        } else if (f.number == OX_ATTRIBUTE_INT) {
            a->has_int = true;
            r = ox_get_int(&f, &a->integer, info);
        } else if (f.number == OX_ATTRIBUTE_TEXT ||
                   f.number == OX_ATTRIBUTE_TENSOR) {
            a->has_tensor = f.number == OX_ATTRIBUTE_TENSOR;
            a->has_text = !a->has_tensor;
            r = ox_get_bytes(&f, &a->text, info);
        } else if (f.number == OX_ATTRIBUTE_GRAPH ||
                   f.number == OX_ATTRIBUTE_GRAPHS) {
            *has_graph = true;
        }
        if (r < 0)
            return r;
    }
    return r < 0 ? r : take_lists(message, arena, a, info);
}

const ox_attribute *ox_find_attribute(const ox_node *n, const char *name)
{
    for (size_t i = 0; i < n->n_attributes; i++)
        if (cs_str_is(n->attributes[i].name, name))
            return &n->attributes[i];
    return NULL;
}

/* --- nodes --- */

/* How many of each repeated field there are. */
static int count_fields(cs_str message, ox_node *n, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        n->n_inputs += f.number == OX_NODE_INPUT;
        n->n_outputs += f.number == OX_NODE_OUTPUT;
        n->n_attributes += f.number == OX_NODE_ATTRIBUTE;
    }
    return r;
}

static int make_room(ox_node *n, cs_arena *arena, cs_errinfo *info)
{
    n->inputs = cs_arena_array(arena, n->n_inputs + 1, sizeof(*n->inputs));
    n->outputs = cs_arena_array(arena, n->n_outputs + 1, sizeof(*n->outputs));
    n->attributes =
        cs_arena_array(arena, n->n_attributes + 1, sizeof(*n->attributes));
    if (!n->inputs || !n->outputs || !n->attributes)
        return cs_fail_nomem(info);
    n->n_inputs = n->n_outputs = n->n_attributes = 0;
    return 0;
}

static int read_field(const ox_field *f, cs_arena *arena, ox_node *n,
                      cs_errinfo *info)
{
    cs_str message = CS_STR("");
    int r;
    switch (f->number) {
    case OX_NODE_INPUT:
        return ox_get_bytes(f, &n->inputs[n->n_inputs++], info);
    case OX_NODE_OUTPUT:
        return ox_get_bytes(f, &n->outputs[n->n_outputs++], info);
    case OX_NODE_NAME:
        return ox_get_bytes(f, &n->name, info);
    case OX_NODE_OP:
        return ox_get_bytes(f, &n->op, info);
    case OX_NODE_DOMAIN:
        return ox_get_bytes(f, &n->domain, info);
    case OX_NODE_ATTRIBUTE:
        r = ox_get_bytes(f, &message, info);
        return r < 0 ? r
                     : read_attribute(message, arena,
                                      &n->attributes[n->n_attributes++],
                                      &n->has_graph, info);
    default:
        return 0;
    }
}

int ox_node_parse(cs_str message, cs_arena *arena, ox_node *ret,
                  cs_errinfo *info)
{
    ox_node n = {.n_inputs = 0};
    ox_reader in = ox_read(message);
    ox_field f;
    int r = count_fields(message, &n, info);
    if (r == 0)
        r = make_room(&n, arena, info);
    if (r < 0)
        return r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = read_field(&f, arena, &n, info);
        if (r < 0)
            return r;
    }
    if (r == 0)
        *ret = n;
    return r;
}

/* --- inputs and outputs --- */

static int read_dim(cs_str message, ox_port *p, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    if (p->rank == TN_RANK_MAX)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the tensor '%.*s' has more than %d dimensions",
                       CS_STR_ARG(p->name), TN_RANK_MAX);
    p->dim[p->rank] = -1;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = 0;
        if (f.number == OX_DIM_VALUE)
            r = ox_get_int(&f, &p->dim[p->rank], info);
        else if (f.number == OX_DIM_NAME)
            r = ox_get_bytes(&f, &p->dim_name[p->rank], info);
        if (r < 0)
            return r;
    }
    if (p->dim[p->rank] < 0) /* a name, or as runtimes write one: -1 */
        p->dim[p->rank] = -1;
    p->rank++;
    return r;
}

static int read_shape(cs_str message, ox_port *p, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    p->has_shape = true;
    while ((r = ox_next(&in, &f, info)) > 0) {
        cs_str dim = CS_STR("");
        if (f.number != OX_SHAPE_DIM)
            continue;
        r = ox_get_bytes(&f, &dim, info);
        if (r == 0)
            r = read_dim(dim, p, info);
        if (r < 0)
            return r;
    }
    return r;
}

static int read_tensor_type(cs_str message, ox_port *p, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        cs_str shape = CS_STR("");
        r = 0;
        if (f.number == OX_TENSOR_TYPE_DTYPE) {
            r = ox_get_int(&f, &p->dtype, info);
        } else if (f.number == OX_TENSOR_TYPE_SHAPE) {
            r = ox_get_bytes(&f, &shape, info);
            if (r == 0)
                r = read_shape(shape, p, info);
        }
        if (r < 0)
            return r;
    }
    return r;
}

/* The one field `number` inside a message; empty where there is none. */
static int find_message(cs_str message, uint32_t number, cs_str *ret,
                        cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    *ret = CS_STR("");
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = f.number == number ? ox_get_bytes(&f, ret, info) : 0;
        if (r < 0)
            return r;
    }
    return r;
}

int ox_port_parse(cs_str message, ox_port *ret, cs_errinfo *info)
{
    cs_str type = CS_STR("");
    cs_str tensor = CS_STR("");
    ox_port p = {.rank = 0};
    int r = find_message(message, OX_PORT_NAME, &p.name, info);
    if (r == 0)
        r = find_message(message, OX_PORT_TYPE, &type, info);
    if (r == 0)
        r = find_message(type, OX_TYPE_OF_TENSOR, &tensor, info);
    if (r == 0)
        r = read_tensor_type(tensor, &p, info);
    if (r == 0)
        *ret = p;
    return r;
}
