#include "base/json_write.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"

/* Any bytes without NUL, written as a key and a string, are read back: the same
 * where they are valid UTF-8, valid in any case. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_str text = {(const char *)data, size};
    if (cs_str_index(text, '\0') < size)
        return 0;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_json w;
    cs_json_init(&w, &out, size % 2 ? CS_JSON_PRETTY : CS_JSON_COMPACT);
    cs_json_open_object(&w);
    cs_json_key_str(&w, text);
    cs_json_string(&w, text);
    cs_json_close_object(&w);
    FUZZ_ASSERT(cs_json_finish(&w) == 0);
    CS_AUTO(cs_doc) doc = NULL;
    FUZZ_ASSERT(cs_doc_parse_json(out.data, out.len, "x", NULL, &doc, NULL) ==
                0);
    const cs_node *member = cs_node_first(cs_doc_root(doc));
    FUZZ_ASSERT(member);
    FUZZ_ASSERT(cs_str_eq(member->key, member->string));
    if (cs_utf8_valid(text.data, text.len))
        FUZZ_ASSERT(cs_str_eq(member->string, text));
    else
        FUZZ_ASSERT(cs_utf8_valid(member->string.data, member->string.len));
    return 0;
}
