#include "base/json.h"

#include "check_doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_AUTO(cs_doc) doc = NULL;
    cs_errinfo info = {0};
    cs_doc_limits limits = {.nodes = 2000};
    int r = cs_doc_parse_json((const char *)data, size, "fuzz.json", &limits,
                              &doc, &info);
    check_outcome(r, doc, &info, size);
    return 0;
}
