#include "report/json.h"

#include <math.h>

#include "base/json_write.h"
#include "lung/text.h"

static void put_number(cs_json *w, const char *key, double value)
{
    cs_json_key(w, key);
    cs_json_double(w, value);
}

static void put_text(cs_json *w, const char *key, const char *text)
{
    cs_json_key(w, key);
    cs_json_cstring(w, text);
}

static void put_flag(cs_json *w, const char *key, bool value)
{
    cs_json_key(w, key);
    cs_json_bool(w, value);
}

static void put_triple(cs_json *w, const char *key, const double v[3])
{
    cs_json_key(w, key);
    cs_json_open_array(w);
    for (int i = 0; i < 3; i++)
        cs_json_double(w, v[i]);
    cs_json_close_array(w);
}

/* A sentence of lung/ with its numbers, as one string. */
static void put_sentence(cs_json *w, cs_lang lang, const char *text,
                         const double *values, unsigned n)
{
    cs_strbuf b = CS_STRBUF_INIT;
    lu_text_add(&b, lang, text, values, n);
    w->out->failed |= cs_strbuf_check(&b) < 0;
    cs_json_string(w, cs_strbuf_str(&b));
    cs_strbuf_done(&b);
}

/* --- nodules --- */

static void put_shape(cs_json *w, const lu_measure *m)
{
    put_number(w, "diameter_mm", m->mean_mm);
    put_number(w, "volume_mm3", m->volume_mm3);
    put_number(w, "sphericity", m->sphericity);
    put_number(w, "density_hu", m->mean_hu);
    put_number(w, "texture_std", m->std_hu);
    put_number(w, "edge_sharpness", m->edge_hu_mm);
    put_flag(w, "spiculation", m->spiculated);
    put_number(w, "spiculation_score", m->spiculation);
    put_number(w, "long_mm", m->long_mm);
    put_number(w, "short_mm", m->short_mm);
    put_number(w, "solid_mm", m->solid_mm);
    put_number(w, "solid_mm3", m->solid_mm3);
}

static void put_place(cs_json *w, const lu_measure *m)
{
    put_text(w, "type", lu_density_words[m->density]);
    put_text(w, "side", m->left ? "left" : "right");
    put_text(w, "zone", lu_zone_words[m->zone]);
    put_number(w, "pleura_mm", m->pleura_mm);
    put_flag(w, "outlined", m->segmented);
}

static void put_malignancy(cs_json *w, const lu_finding *f)
{
    cs_json_key(w, "malignancy_score");
    if (!f->has_malignancy) {
        cs_json_null(w);
        put_text(w, "malignancy_class", NULL);
        return;
    }
    cs_json_double(w, f->malignancy);
    put_text(w, "malignancy_class",
             f->malignancy > 0.5 ? "malignant" : "benign");
}

static void put_nodule(cs_json *w, const lu_finding *f, cs_lang lang)
{
    const lu_measure *m = &f->measure;
    cs_json_open_object(w);
    cs_json_key(w, "nodule_id");
    cs_json_u64(w, f->number);
    put_triple(w, "position", f->centre);
    put_triple(w, "size", m->extent_mm);
    put_number(w, "volume", m->volume_mm3);
    put_malignancy(w, f);
    put_number(w, "confidence", f->confidence);
    cs_json_key(w, "characteristics");
    cs_json_open_object(w);
    put_shape(w, m);
    put_place(w, m);
    put_text(w, "lung_rads", f->lung_rads);
    put_text(w, "fleischner",
             f->fleischner ? cs_msg(lang, f->fleischner) : NULL);
    cs_json_close_object(w);
    cs_json_close_object(w);
}

static void put_nodules(cs_json *w, const lu_diagnosis *d, cs_lang lang)
{
    cs_json_key(w, "num_nodules");
    cs_json_u64(w, d->findings.len);
    cs_json_key(w, "nodules");
    cs_json_open_array(w);
    for (size_t i = 0; i < d->findings.len; i++)
        put_nodule(w, &d->findings.items[i], lang);
    cs_json_close_array(w);
}

/* --- the patient --- */

static void put_advice(cs_json *w, const lu_diagnosis *d, cs_lang lang)
{
    put_text(w, "risk_assessment", lu_risk_words[d->risk]);
    cs_json_key(w, "recommendations");
    cs_json_open_array(w);
    for (size_t i = 0; i < d->advice.len; i++) {
        const lu_advice *a = &d->advice.items[i];
        const double number = a->nodule;
        put_sentence(w, lang, a->text, &number, a->nodule ? 1 : 0);
    }
    cs_json_close_array(w);
}

static void put_warnings(cs_json *w, const lu_diagnosis *d, cs_lang lang)
{
    bool severe = false;
    cs_json_key(w, "warnings");
    cs_json_open_array(w);
    for (size_t i = 0; i < d->warnings.len; i++) {
        const lu_warning *one = &d->warnings.items[i];
        cs_json_open_object(w);
        put_text(w, "code", one->code);
        cs_json_key(w, "text");
        put_sentence(w, lang, one->text, one->values, one->value_count);
        put_flag(w, "severe", one->severe);
        cs_json_close_object(w);
        severe |= one->severe;
    }
    cs_json_close_array(w);
    put_flag(w, "reliable", !severe);
}

static void put_quality(cs_json *w, const lu_quality *q)
{
    cs_json_key(w, "quality");
    cs_json_open_object(w);
    put_number(w, "slice_mm", q->slice_mm);
    put_number(w, "pixel_mm", q->pixel_mm);
    put_number(w, "noise_hu", q->noise_hu);
    put_number(w, "coverage_mm", q->coverage_mm);
    put_number(w, "lungs_ml", q->lungs_ml);
    cs_json_close_object(w);
}

/* --- how it was found --- */

static void put_model(cs_json *w, const md_model *m)
{
    cs_json_open_object(w);
    put_text(w, "task", md_task_words[m->card.recipe.task]);
    put_text(w, "name", m->card.name);
    put_text(w, "session", m->card.session);
    put_text(w, "weights_sha256", m->card.weights);
    put_flag(w, "phantoms_only", m->card.data.source == MD_SOURCE_PHANTOMS);
    put_flag(w, "signed", m->card.is_signed);
    cs_json_close_object(w);
}

static void put_models(cs_json *w, const md_set *s)
{
    cs_json_key(w, "models");
    cs_json_open_array(w);
    put_model(w, &s->detect);
    if (s->has_check)
        put_model(w, &s->check);
    if (s->has_malignancy)
        put_model(w, &s->malignancy);
    cs_json_close_array(w);
}

static const char disclaimer[] =
    CS_N_("Research use only. This is not a diagnosis; a doctor decides.");

static void put_rest(cs_json *w, const rp_case *c, cs_lang lang)
{
    const lu_diagnosis *d = c->diagnosis;
    put_text(w, "series", c->uid);
    put_text(w, "lung_rads", d->lung_rads);
    put_warnings(w, d, lang);
    put_quality(w, &d->quality);
    put_number(w, "threshold", d->threshold);
    cs_json_key(w, "candidates");
    cs_json_u64(w, d->candidates);
    put_flag(w, "fast", c->fast);
    put_models(w, c->models);
    put_text(w, "program", c->version);
    put_text(w, "disclaimer", cs_msg(lang, disclaimer));
}

int rp_json(const rp_case *c, cs_lang lang, cs_strbuf *out, cs_errinfo *info)
{
    cs_json w;
    cs_json_init(&w, out, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    put_text(&w, "patient_id", c->patient_id);
    put_text(&w, "study_id", c->study_id);
    put_text(&w, "timestamp", c->created);
    put_nodules(&w, c->diagnosis, lang);
    put_advice(&w, c->diagnosis, lang);
    put_number(&w, "processing_time", c->diagnosis->seconds_all);
    put_rest(&w, c, lang);
    cs_json_close_object(&w);
    cs_strbuf_putc(out, '\n');
    return cs_json_finish(&w) < 0 ? cs_fail_nomem(info) : 0;
}
