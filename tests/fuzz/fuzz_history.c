#include <string.h>

#include "fuzz.h"
#include "train/history.h"

/* A history that was read is written as a text that reads as the same. */
static void check_round_trip(const tr_history *h)
{
    CS_SCOPED(cs_strbuf) first = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) second = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) table = CS_STRBUF_INIT;
    CS_SCOPED(tr_history) again = TR_HISTORY_INIT;
    FUZZ_ASSERT(tr_history_json(h, &first, NULL) == 0);
    FUZZ_ASSERT(tr_history_csv(h, &table, NULL) == 0);
    FUZZ_ASSERT(tr_history_read(&again, cs_strbuf_str(&first), "again",
                                UINT64_MAX, NULL) == 0);
    FUZZ_ASSERT(tr_history_json(&again, &second, NULL) == 0);
    FUZZ_ASSERT(first.len == second.len &&
                memcmp(first.data, second.data, first.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(tr_history) h = TR_HISTORY_INIT;
    cs_errinfo info = {.lang = size % 2 ? CS_LANG_ZH : CS_LANG_EN};
    int r = tr_history_read(&h, (cs_str){(const char *)data, size}, "fuzz.json",
                            UINT64_MAX, &info);
    if (r < 0)
        FUZZ_ASSERT(info.code == r && info.message[0]);
    else
        check_round_trip(&h);
    return 0;
}
