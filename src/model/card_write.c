#include "base/file.h"
#include "model/card_text.h"

static int put_signature(cs_json *w, const md_card *c, const md_key *signer,
                         cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    char value[MD_SIGNATURE_TEXT + 1];
    char seal[MD_SEAL_TEXT + 1];
    int r = md_card_signed_text(c, &text, info);
    if (r == 0)
        r = md_key_sign(signer, cs_strbuf_str(&text), value, info);
    if (r < 0)
        return r;
    cs_json_key(w, "signature");
    cs_json_open_object(w);
    cs_json_key(w, "signer");
    cs_json_cstring(w, md_key_public(signer));
    cs_json_key(w, "value");
    cs_json_cstring(w, value);
    cs_json_key(w, "seals");
    cs_json_open_array(w);
    for (size_t i = 0; r == 0 && i < MD_CARD_SECTIONS; i++) {
        r = md_card_seal(c, i, seal, info);
        cs_json_cstring(w, r == 0 ? seal : NULL);
    }
    cs_json_close_array(w);
    cs_json_close_object(w);
    return r;
}

static int put_card(cs_strbuf *out, const md_card *c, const md_key *signer,
                    cs_errinfo *info)
{
    cs_json w;
    cs_json_init(&w, out, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    md_card_put(&w, c);
    int r = signer ? put_signature(&w, c, signer, info) : 0;
    cs_json_close_object(&w);
    if (r < 0)
        return r;
    r = cs_json_finish(&w);
    if (r == 0)
        r = cs_strbuf_putc(out, '\n');
    return r < 0 ? cs_fail_nomem(info) : 0;
}

int md_card_write(const md_card *c, const char *weights, const md_key *signer,
                  cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    CS_SCOPED(md_card) check = MD_CARD_INIT;
    md_card filled = *c;
    cs_digest digest;
    char hex[CS_DIGEST_TEXT_MAX];
    int r = md_card_path(weights, &path, info);
    if (r == 0)
        r = cs_hash_file(CS_HASH_SHA256, weights, &digest,
                         &filled.weights_bytes, info);
    if (r < 0)
        return r;
    filled.weights = cs_digest_format(&digest, hex);
    r = put_card(&text, &filled, signer, info);
    if (r == 0)
        r = md_card_parse(cs_strbuf_str(&text), path.data, &check, info);
    return r < 0 ? r
                 : cs_file_write(path.data, text.data, text.len, 0644, info);
}
