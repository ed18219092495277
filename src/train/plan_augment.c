/* The variations of a plan: a preset, and over it whatever the plan names. */
#include "train/plan_raw.h"

/* `numbers` doubles of the spec, as a key of one variation gives them. */
typedef struct target {
    const char *kind, *key;
    size_t offset;
    size_t numbers;
} target;

#define AT(field) offsetof(im_augment_spec, field)
#define CHANCE(kind)                                                           \
    {                                                                          \
#kind, "probability", AT(kind.probability), 1                          \
    }

static const target targets[] = {
    {"flip", "probability", AT(flip.probability), 3},
    CHANCE(rotate),
    {"rotate", "degrees", AT(rotate.degrees), 3},
    CHANCE(scale),
    {"scale", "factor", AT(scale.factor), 2},
    CHANCE(shift),
    {"shift", "mm", AT(shift.mm), 3},
    CHANCE(elastic),
    {"elastic", "grid", AT(elastic.grid_mm), 1},
    {"elastic", "mm", AT(elastic.mm), 2},
    CHANCE(thick),
    {"thick", "mm", AT(thick.mm), 2},
    CHANCE(blur),
    {"blur", "sigma", AT(blur.sigma_mm), 2},
    CHANCE(noise),
    {"noise", "sigma", AT(noise.sigma_hu), 2},
    CHANCE(gamma),
    {"gamma", "exponent", AT(gamma.exponent), 2},
    {"gamma", "between", AT(gamma.low_hu), 2},
    CHANCE(contrast),
    {"contrast", "factor", AT(contrast.factor), 2},
    {"contrast", "centre", AT(contrast.centre_hu), 1},
    CHANCE(brightness),
    {"brightness", "hu", AT(brightness.hu), 2},
};

static double number_of(const cs_node *node)
{
    return node->kind == CS_NODE_INT ? (double)node->integer : node->number;
}

/* The tables have seen to it that the numbers are there and are numbers. */
static void take(const cs_node *node, const target *t, im_augment_spec *spec)
{
    char *dst = (char *)spec + t->offset;
    if (node->kind != CS_NODE_LIST) {
        double v = number_of(node);
        memcpy(dst, &v, sizeof(v));
        return;
    }
    for (CS_EACH_CHILD(child, node)) {
        double v = number_of(child);
        memcpy(dst, &v, sizeof(v));
        dst += sizeof(v);
    }
}

/* Details of a variation that never happens are a slip of the pen. */
static int check_chance(const cs_node *augment, const im_augment_spec *spec,
                        cs_errinfo *info)
{
    for (size_t i = 0; i < CS_COUNTOF(targets); i++) {
        const target *t = &targets[i];
        const cs_node *kind = cs_node_get(augment, cs_str_of(t->kind));
        if (t->numbers != 1 || strcmp(t->key, "probability") != 0 || !kind ||
            cs_node_get(kind, CS_STR("probability")))
            continue;
        double chance;
        memcpy(&chance, (const char *)spec + t->offset, sizeof(chance));
        if (!(chance > 0))
            return cs_fail_at(info, CS_E_RANGE, cs_node_key_place(kind),
                              "key 'augment.%s': how often? give it a "
                              "probability",
                              t->kind);
    }
    return 0;
}

int tr_plan_augment(const tr_raw_plan *raw, const cs_node *root,
                    tr_augment *ret, cs_errinfo *info)
{
    bool nodules = raw->augment.preset != 0;
    im_augment_spec spec =
        nodules ? im_augment_nodules() : im_augment_nothing();
    const cs_node *augment = cs_node_get(root, CS_STR("augment"));
    for (size_t i = 0; augment && i < CS_COUNTOF(targets); i++) {
        const cs_node *kind = cs_node_get(augment, cs_str_of(targets[i].kind));
        const cs_node *node =
            kind ? cs_node_get(kind, cs_str_of(targets[i].key)) : NULL;
        if (node)
            take(node, &targets[i], &spec);
    }
    int r = augment ? check_chance(augment, &spec, info) : 0;
    if (r < 0)
        return r;
    cs_errinfo cause = {.lang = info ? info->lang : CS_LANG_EN};
    r = im_augment_check(&spec, &cause);
    if (r < 0)
        return cs_fail_at(info, r, tr_plan_place(root, "augment"),
                          "key 'augment': %s", cause.message);
    ret->nodules = nodules;
    ret->spec = spec;
    return 0;
}
