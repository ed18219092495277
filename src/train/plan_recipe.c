/* Task, network, head and input of a plan. */
#include "train/plan_raw.h"

/* What a network of the zoo can be asked for. */
typedef struct able {
    const char *name;
    md_head_kind head;
    size_t stride;      /* voxels a cell of its head */
    size_t divisor;     /* of a patch's edges */
    size_t least, most; /* classes that its head can have */
} able;

static const able networks[] = {
    {"unet3d", MD_HEAD_VOXELS, 1, 16, 1, 1},
    {"simple3dunet", MD_HEAD_VOXELS, 1, 8, 2, 2},
    {"noduledet", MD_HEAD_ANCHORS, 8, 8, 1, MD_ANCHORS_MAX},
    {"nodulefpn", MD_HEAD_CENTRES, 2, 8, 5, 5},
    {"nodulenet", MD_HEAD_CLASS, 1, 1, 1, 16},
    {"malignancy", MD_HEAD_CLASS, 1, 1, 1, 16},
    {"resnet18-3d", MD_HEAD_CLASS, 1, 1, 1, 16},
    {"resnet50-3d", MD_HEAD_CLASS, 1, 1, 1, 16},
};

static const able *find_able(const char *name)
{
    for (size_t i = 0; i < CS_COUNTOF(networks); i++)
        if (strcmp(networks[i].name, name) == 0)
            return &networks[i];
    return NULL;
}

static int refuse_network(const char *name, cs_place at, cs_errinfo *info)
{
    const char *names[CS_COUNTOF(networks)];
    for (size_t i = 0; i < CS_COUNTOF(networks); i++)
        names[i] = networks[i].name;
    if (zoo_find(name))
        return cs_fail_at(info, CS_E_RANGE, at,
                          "key 'network': '%s' reads pictures, not volumes",
                          name);
    const char *near =
        cs_str_suggest(cs_str_of(name), names, CS_COUNTOF(names));
    if (near)
        return cs_fail_at(info, CS_E_RANGE, at,
                          "key 'network': there is no network '%s' (did you "
                          "mean '%s'?)",
                          name, near);
    return cs_fail_at(info, CS_E_RANGE, at,
                      "key 'network': there is no network '%s'", name);
}

/* --- head --- */

static int check_task(md_task task, const able *a, const cs_node *root,
                      cs_errinfo *info)
{
    bool whole = a->head == MD_HEAD_CLASS;
    if ((task == MD_DETECT) != whole)
        return 0;
    return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "task"),
                      "key 'task': '%s' cannot be done by network '%s', whose "
                      "head is '%s'",
                      md_task_words[task], a->name, md_head_words[a->head]);
}

static int check_anchors(const tr_raw_plan *raw, const able *a,
                         const cs_node *root, cs_errinfo *info)
{
    size_t n = raw->head.anchors.len;
    if (a->head != MD_HEAD_ANCHORS)
        return n == 0 ? 0
                      : tr_plan_useless(root, "head.anchors",
                                        md_head_words[a->head], info);
    if (n == 0)
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "head.anchors"),
                          "key 'head.anchors': give one to %d edges of cubes "
                          "in mm, such as [4, 6, 10, 16, 25]",
                          MD_ANCHORS_MAX);
    return 0;
}

static int check_classes(const tr_raw_plan *raw, const able *a,
                         const cs_node *root, cs_errinfo *info)
{
    size_t n = (size_t)raw->classes;
    size_t least = a->least, most = a->most;
    if (a->head == MD_HEAD_ANCHORS)
        least = most = raw->head.anchors.len;
    if (n == 0 || (n >= least && n <= most))
        return 0;
    return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "classes"),
                      "key 'classes': network '%s' has %zu to %zu of them "
                      "here, not %zu",
                      a->name, least, most, n);
}

static int set_head(const tr_raw_plan *raw, const able *a, const cs_node *root,
                    md_recipe *ret, cs_errinfo *info)
{
    if (raw->head.kind != MD_HEADS && raw->head.kind != (int)a->head)
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "head.kind"),
                          "key 'head.kind': network '%s' has a head '%s', not "
                          "'%s'",
                          a->name, md_head_words[a->head],
                          md_head_words[raw->head.kind]);
    int r = check_task(ret->task, a, root, info);
    if (r == 0)
        r = check_anchors(raw, a, root, info);
    if (r == 0)
        r = check_classes(raw, a, root, info);
    if (r < 0)
        return r;
    ret->classes = (size_t)raw->classes;
    ret->head = (md_head){.kind = a->head,
                          .stride = a->stride,
                          .anchor_count = raw->head.anchors.len};
    for (size_t i = 0; i < ret->head.anchor_count; i++)
        ret->head.anchors[i] = raw->head.anchors.items[i];
    if (a->head == MD_HEAD_ANCHORS)
        ret->classes = ret->head.anchor_count;
    return 0;
}

/* --- input --- */

/* More voxels than this are no patch: 512 MiB of input. */
#define PATCH_VOXELS_MAX ((size_t)1 << 27)

static int set_patch(const tr_raw_plan *raw, const able *a, const cs_node *root,
                     md_input *ret, cs_errinfo *info)
{
    cs_place at = tr_plan_place(root, "input.patch");
    size_t voxels = 1;
    for (int k = 0; k < 3; k++) {
        size_t edge = (size_t)raw->input.patch.items[k];
        if (edge % a->divisor)
            return cs_fail_at(info, CS_E_RANGE, at,
                              "key 'input.patch': network '%s' wants multiples "
                              "of %zu, not %zu",
                              a->name, a->divisor, edge);
        ret->patch[k] = edge;
        voxels *= edge;
    }
    if (voxels > PATCH_VOXELS_MAX)
        return cs_fail_at(info, CS_E_RANGE, at,
                          "key 'input.patch': expected at most %zu voxels in "
                          "all, not %zu",
                          PATCH_VOXELS_MAX, voxels);
    return 0;
}

#define SPACING_MIN 0.1

static int set_input(const tr_raw_plan *raw, const able *a, const cs_node *root,
                     md_input *ret, cs_errinfo *info)
{
    ret->low = raw->input.window.items[0];
    ret->high = raw->input.window.items[1];
    ret->spacing = raw->input.spacing;
    if (!(ret->low < ret->high))
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "input.window"),
                          "key 'input.window': begins at %g, which is not "
                          "below its end at %g",
                          ret->low, ret->high);
    if (ret->spacing > 0 && ret->spacing < SPACING_MIN)
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "input.spacing"),
                          "key 'input.spacing': expected 0 (the scan's own) or "
                          "at least %g mm, not %g",
                          SPACING_MIN, ret->spacing);
    return set_patch(raw, a, root, ret, info);
}

int tr_plan_recipe(const tr_raw_plan *raw, const cs_node *root, md_recipe *ret,
                   cs_errinfo *info)
{
    const able *a = find_able(raw->network);
    if (!a)
        return refuse_network(raw->network, tr_plan_place(root, "network"),
                              info);
    md_recipe recipe = {.task = (md_task)raw->task,
                        .network = zoo_find(raw->network)};
    int r = set_head(raw, a, root, &recipe, info);
    if (r == 0)
        r = set_input(raw, a, root, &recipe.input, info);
    if (r == 0)
        *ret = recipe;
    return r;
}
