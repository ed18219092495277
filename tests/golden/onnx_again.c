/* onnx_again IN.onnx OUT.onnx: a model read and written by us, so that other
 * programs can say whether it is still the same. */
#include <stdio.h>

#include "onnx/export.h"
#include "onnx/import.h"

int main(int argc, char **argv)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    cs_errinfo info = {0};
    if (argc != 3)
        return 2;
    int r = ox_model_read(argv[1], &m, &info);
    if (r == 0)
        r = ox_import(&m, argv[1], NULL, &n, &info);
    if (r == 0)
        r = ox_export_file(n.graph, "again", argv[2], &info);
    if (r < 0)
        fprintf(stderr, "%s: %s\n", info.place, info.message);
    return r < 0;
}
