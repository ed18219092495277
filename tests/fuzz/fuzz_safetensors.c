#include "weights/safetensors.h"

#include "check_dict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    WT_AUTO_BUFFER file = NULL;
    cs_errinfo info = {0};
    cs_str bytes = {(const char *)data, size};
    FUZZ_ASSERT(wt_load_bytes(bytes, &file, NULL) == 0);
    int r = wt_safetensors_parse(file, "fuzz.safetensors", &d, &info);
    check_outcome(r, &d, &info);
    if (r == 0)
        check_round_trip(&d, wt_safetensors_put, wt_safetensors_parse);
    return 0;
}
