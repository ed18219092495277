#include "zoo/zoo.h"

#include <string.h>

static const zoo_network networks[] = {
    {"unet3d", CS_N_("3D U-Net: a mask of a volume, as a probability"), 3, 1, 1,
     zoo_unet3d},
    {"simple3dunet", CS_N_("small 3D U-Net: two scores for each voxel"), 3, 1,
     2, zoo_simple3dunet},
    {"noduledet", CS_N_("nodule detection: scores and boxes of nine anchors"),
     3, 1, 9, zoo_noduledet},
    {"malignancy", CS_N_("benign or malignant, from a patch"), 3, 1, 2,
     zoo_malignancy},
    {"nodulefpn", CS_N_("nodule detection: a score, a place and a size a cell"),
     3, 1, 5, zoo_nodulefpn},
    {"nodulenet", CS_N_("small classifier of patches about a nodule"), 3, 1, 2,
     zoo_nodulenet},
    {"resnet18-2d", CS_N_("ResNet-18 over images"), 2, 3, 1000, zoo_resnet18},
    {"resnet50-2d", CS_N_("ResNet-50 over images"), 2, 3, 1000, zoo_resnet50},
    {"resnet18-2d-28", CS_N_("ResNet-18 for images of 28 pixels"), 2, 3, 9,
     zoo_resnet18_28},
    {"resnet50-2d-28", CS_N_("ResNet-50 for images of 28 pixels"), 2, 3, 9,
     zoo_resnet50_28},
    {"resnet18-3d", CS_N_("ResNet-18 over volumes"), 3, 1, 2, zoo_resnet18},
    {"resnet50-3d", CS_N_("ResNet-50 over volumes"), 3, 1, 2, zoo_resnet50},
};

size_t zoo_count(void)
{
    return CS_COUNTOF(networks);
}

const zoo_network *zoo_at(size_t i)
{
    return &networks[i];
}

const zoo_network *zoo_find(const char *name)
{
    for (size_t i = 0; i < CS_COUNTOF(networks); i++)
        if (strcmp(networks[i].name, name) == 0)
            return &networks[i];
    return NULL;
}

int zoo_build(const zoo_network *net, const zoo_options *options,
              const tk_dims *dims, nn_params *params, nn_graph **ret,
              cs_errinfo *info)
{
    size_t channels =
        options && options->channels ? options->channels : net->channels;
    size_t classes =
        options && options->classes ? options->classes : net->classes;
    if (dims->c != channels)
        return cs_fail(info, CS_E_RANGE,
                       "%s takes %zu channels, the input has %zu", net->name,
                       channels, dims->c);
    if (net->rank == 2 && dims->d != 1)
        return cs_fail(info, CS_E_RANGE,
                       "%s takes images, the input has %zu planes", net->name,
                       dims->d);
    CS_AUTO(nn_graph) g = NULL;
    int r = nn_graph_new(params, &g, info);
    if (r < 0)
        return r;
    nn_rank(g, net->rank);
    net->build(g, nn_input(g, "input", dims), classes);
    r = nn_graph_finish(g, info);
    if (r < 0)
        return r;
    *ret = CS_TAKE(g);
    return 0;
}
