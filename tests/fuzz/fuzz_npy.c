#include "fuzz.h"
#include "tensor/npy.h"

/* Whatever comes in: refused with a reason, or a tensor whose every element
 * can be read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) copy = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    cs_str bytes = {(const char *)data, size};
    int r = tn_npy_parse(bytes, "fuzz.npy", &t, &info);
    FUZZ_ASSERT(r <= 0 && (r == 0) == (t.buffer != NULL));
    FUZZ_ASSERT(r == 0 || info.message[0]);
    if (r == 0) {
        FUZZ_ASSERT(tn_bytes(&t) <= size);
        FUZZ_ASSERT(tn_copy(&t, TN_F64, &copy, NULL) == 0);
    }
    return 0;
}
