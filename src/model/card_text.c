#include "model/card_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/hash.h"

static void put_text(cs_json *w, const char *key, const char *text)
{
    if (!text)
        return;
    cs_json_key(w, key);
    cs_json_cstring(w, text);
}

static void put_number(cs_json *w, const char *key, double value)
{
    cs_json_key(w, key);
    cs_json_double(w, value);
}

static void put_count(cs_json *w, const char *key, uint64_t value)
{
    cs_json_key(w, key);
    cs_json_u64(w, value);
}

/* --- one function a section --- */

static void put_name(cs_json *w, const md_card *c)
{
    put_text(w, "name", c->name);
}

static void put_session(cs_json *w, const md_card *c)
{
    put_text(w, "session", c->session);
}

static void put_created(cs_json *w, const md_card *c)
{
    put_text(w, "created", c->created);
}

static void put_parent(cs_json *w, const md_card *c)
{
    put_text(w, "parent", c->parent);
}

static void put_input(cs_json *w, const md_input *in)
{
    cs_json_key(w, "input");
    cs_json_open_object(w);
    put_number(w, "spacing", in->spacing);
    cs_json_key(w, "window");
    cs_json_open_array(w);
    cs_json_double(w, in->low);
    cs_json_double(w, in->high);
    cs_json_close_array(w);
    cs_json_key(w, "patch");
    cs_json_open_array(w);
    for (int k = 0; k < 3; k++)
        cs_json_u64(w, in->patch[k]);
    cs_json_close_array(w);
    cs_json_close_object(w);
}

static void put_head(cs_json *w, const md_head *h)
{
    cs_json_key(w, "head");
    cs_json_open_object(w);
    put_text(w, "kind", md_head_words[h->kind]);
    put_count(w, "stride", h->kind == MD_HEAD_CLASS ? 1 : h->stride);
    if (h->anchor_count > 0) {
        cs_json_key(w, "anchors");
        cs_json_open_array(w);
        for (size_t i = 0; i < h->anchor_count; i++)
            cs_json_double(w, h->anchors[i]);
        cs_json_close_array(w);
    }
    cs_json_close_object(w);
}

static void put_recipe(cs_json *w, const md_card *c)
{
    const md_recipe *r = &c->recipe;
    cs_json_key(w, "recipe");
    cs_json_open_object(w);
    put_text(w, "task", md_task_words[r->task]);
    put_text(w, "network", r->network->name);
    if (r->classes > 0)
        put_count(w, "classes", r->classes);
    put_input(w, &r->input);
    put_head(w, &r->head);
    cs_json_close_object(w);
}

static void put_calibration(cs_json *w, const md_card *c)
{
    cs_json_key(w, "calibration");
    cs_json_open_object(w);
    put_number(w, "a", c->calibration.a);
    put_number(w, "b", c->calibration.b);
    cs_json_close_object(w);
}

static void put_threshold(cs_json *w, const md_card *c)
{
    put_number(w, "threshold", c->threshold);
}

static void put_data(cs_json *w, const md_card *c)
{
    cs_json_key(w, "data");
    cs_json_open_object(w);
    put_text(w, "source", md_source_words[c->data.source]);
    put_count(w, "scans", c->data.scans);
    put_count(w, "nodules", c->data.nodules);
    put_count(w, "malignant", c->data.malignant);
    put_count(w, "sites", c->data.sites);
    cs_json_close_object(w);
}

/* A seed is text: it has 64 bits, and programs that read JSON have 53. */
static void put_training(cs_json *w, const md_card *c)
{
    char seed[24];
    snprintf(seed, sizeof(seed), "%" PRIu64, c->seed);
    cs_json_key(w, "training");
    cs_json_open_object(w);
    put_count(w, "steps", c->steps);
    put_count(w, "epochs", c->epochs);
    put_text(w, "seed", seed);
    put_text(w, "plan", c->plan);
    cs_json_close_object(w);
}

static void put_metrics(cs_json *w, const md_card *c)
{
    cs_json_key(w, "metrics");
    cs_json_open_array(w);
    for (size_t i = 0; i < c->metric_count; i++) {
        if (!isfinite(c->metrics[i].value))
            continue;
        cs_json_open_object(w);
        put_text(w, "name", c->metrics[i].name);
        put_number(w, "value", c->metrics[i].value);
        cs_json_close_object(w);
    }
    cs_json_close_array(w);
}

static void put_limits(cs_json *w, const md_card *c)
{
    put_text(w, "limits", c->limits);
}

static void put_weights(cs_json *w, const md_card *c)
{
    cs_json_key(w, "weights");
    cs_json_open_object(w);
    put_text(w, "sha256", c->weights);
    put_count(w, "bytes", c->weights_bytes);
    cs_json_close_object(w);
}

const char *const md_card_sections[] = {
    "name",        "session",   "created", "parent",   "recipe",
    "calibration", "threshold", "data",    "training", "metrics",
    "limits",      "weights",   NULL};

void md_card_put_section(cs_json *w, const md_card *c, size_t section)
{
    static void (*const put[MD_CARD_SECTIONS])(cs_json *, const md_card *) = {
        put_name,     put_session,     put_created,   put_parent,
        put_recipe,   put_calibration, put_threshold, put_data,
        put_training, put_metrics,     put_limits,    put_weights,
    };
    put[section](w, c);
}

void md_card_put(cs_json *w, const md_card *c)
{
    put_count(w, "card", MD_CARD_VERSION);
    for (size_t i = 0; i < MD_CARD_SECTIONS; i++)
        md_card_put_section(w, c, i);
}

/* --- what is signed --- */

int md_card_signed_text(const md_card *c, cs_strbuf *out, cs_errinfo *info)
{
    cs_json w;
    cs_strbuf_clear(out);
    cs_strbuf_add(out, "consilium-model-card\n");
    cs_json_init(&w, out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    md_card_put(&w, c);
    cs_json_close_object(&w);
    return cs_json_finish(&w) < 0 ? cs_fail_nomem(info) : 0;
}

int md_card_seal(const md_card *c, size_t section, char ret[MD_SEAL_TEXT + 1],
                 cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_json w;
    cs_digest digest;
    char hex[CS_DIGEST_TEXT_MAX];
    cs_json_init(&w, &text, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    md_card_put_section(&w, c, section);
    cs_json_close_object(&w);
    if (cs_json_finish(&w) < 0)
        return cs_fail_nomem(info);
    int r = cs_hash_bytes(CS_HASH_SHA256, text.data, text.len, &digest, info);
    if (r < 0)
        return r;
    memcpy(ret, cs_digest_format(&digest, hex), MD_SEAL_TEXT);
    ret[MD_SEAL_TEXT] = '\0';
    return 0;
}
