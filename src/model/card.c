#include "model/card.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/path.h"
#include "weights/weights.h"

int md_card_path(const char *weights, cs_strbuf *out, cs_errinfo *info)
{
    wt_format ignored;
    int r = wt_format_of(weights, &ignored, info);
    if (r < 0)
        return r;
    cs_str path = cs_str_of(weights);
    size_t ending = cs_path_ext(path).len + 1;
    cs_strbuf_add_str(out, cs_str_sub(path, 0, path.len - ending));
    cs_strbuf_add(out, ".card.json");
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}

void md_card_done(md_card *c)
{
    if (!c || !c->arena)
        return;
    cs_arena_done(c->arena);
    cs_free(c->arena);
    *c = (md_card)MD_CARD_INIT;
}

int md_card_check_digest(const md_card *c, const char *weights,
                         const cs_digest *digest, uint64_t size,
                         cs_errinfo *info)
{
    char text[CS_DIGEST_TEXT_MAX];
    if (size != c->weights_bytes)
        return cs_fail(info, CS_E_UNSAFE,
                       "'%s' is not the file that its card was made for: it "
                       "has %llu bytes, not %llu",
                       weights, (unsigned long long)size,
                       (unsigned long long)c->weights_bytes);
    if (!cs_str_is(cs_str_of(cs_digest_format(digest, text)), c->weights))
        return cs_fail(info, CS_E_UNSAFE,
                       "'%s' is not the file that its card was made for: its "
                       "SHA-256 is %s, not %s",
                       weights, text, c->weights);
    return 0;
}

int md_card_check_weights(const md_card *c, const char *weights,
                          cs_errinfo *info)
{
    cs_digest digest;
    uint64_t size = 0;
    int r = cs_hash_file(CS_HASH_SHA256, weights, &digest, &size, info);
    return r < 0 ? r : md_card_check_digest(c, weights, &digest, size, info);
}
