#include <string.h>

#include "fuzz.h"
#include "model/card_text.h"

/* A card that was read says the same once it is written and read again. */
static void check_round_trip(const md_card *c)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) first = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) second = CS_STRBUF_INIT;
    CS_SCOPED(md_card) again = MD_CARD_INIT;
    cs_json w;
    cs_json_init(&w, &text, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    md_card_put(&w, c);
    cs_json_close_object(&w);
    FUZZ_ASSERT(cs_json_finish(&w) == 0);
    FUZZ_ASSERT(md_card_parse(cs_strbuf_str(&text), "again", &again, NULL) ==
                0);
    FUZZ_ASSERT(!again.is_signed);
    FUZZ_ASSERT(md_card_signed_text(c, &first, NULL) == 0);
    FUZZ_ASSERT(md_card_signed_text(&again, &second, NULL) == 0);
    FUZZ_ASSERT(first.len == second.len &&
                memcmp(first.data, second.data, first.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(md_card) c = MD_CARD_INIT;
    cs_errinfo info = {.lang = size % 2 ? CS_LANG_ZH : CS_LANG_EN};
    int r = md_card_parse((cs_str){(const char *)data, size}, "fuzz.card.json",
                          &c, &info);
    if (r < 0) {
        FUZZ_ASSERT(info.code == r && info.message[0] && !c.arena);
        return 0;
    }
    FUZZ_ASSERT(c.recipe.network && c.name[0] && c.weights);
    FUZZ_ASSERT(c.threshold >= 0 && c.threshold <= 1 && c.calibration.a > 0);
    FUZZ_ASSERT(c.recipe.head.anchor_count <= MD_ANCHORS_MAX);
    FUZZ_ASSERT(!c.is_signed || c.signer);
    check_round_trip(&c);
    return 0;
}
