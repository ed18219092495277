#include "lung/text.h"
#include "report/pages.h"

/* --- recommendations --- */

void rp_page_advice(rp_flow *f)
{
    const lu_diagnosis *d = f->it->diagnosis;
    if (f->severe || d->advice.len == 0)
        return;
    rp_flow_heading(f, CS_N_("What the rules suggest"));
    for (size_t i = 0; i < d->advice.len; i++) {
        cs_strbuf b = CS_STRBUF_INIT;
        const double number = d->advice.items[i].nodule;
        lu_text_add(&b, f->c.lang, d->advice.items[i].text, &number,
                    d->advice.items[i].nodule ? 1 : 0);
        rp_flow_item(f, b.data);
        f->c.failed |= cs_strbuf_check(&b) < 0;
        cs_strbuf_done(&b);
    }
}

/* --- models --- */

static const char *source_of(const md_card *card)
{
    static const char *const texts[] = {
        CS_N_("trained on phantoms only: it has never seen a patient"),
        CS_N_("trained on patients"),
        CS_N_("trained on phantoms and patients")};
    return texts[card->data.source];
}

static void write_metrics(rp_flow *f, const md_card *card)
{
    cs_strbuf b = CS_STRBUF_INIT;
    for (size_t i = 0; i < card->metric_count; i++)
        cs_strbuf_printf(&b, "%s%s %.3g", i ? ", " : "", card->metrics[i].name,
                         card->metrics[i].value);
    if (b.len)
        rp_flow_text(f, &rp_small, b.data);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

static void write_card(rp_flow *f, const md_card *card)
{
    const cs_lang lang = f->c.lang;
    ev_style bold = rp_body;
    cs_strbuf b = CS_STRBUF_INIT;
    bold.bold = true;
    cs_strbuf_printf(&b, "%s (%s)", card->name,
                     card->recipe.network ? card->recipe.network->name : "-");
    rp_flow_need(f, 70);
    rp_flow_text(f, &bold, b.data);
    cs_strbuf_clear(&b);
    cs_strbuf_printf(
        &b,
        cs_msg(lang, CS_N_("%s; scans: %llu, nodules: %llu, sites: %llu; %s")),
        cs_msg(lang, source_of(card)), (unsigned long long)card->data.scans,
        (unsigned long long)card->data.nodules,
        (unsigned long long)card->data.sites,
        cs_msg(lang, card->is_signed ? CS_N_("signed") : CS_N_("not signed")));
    rp_flow_text(f, &rp_body, b.data);
    write_metrics(f, card);
    cs_strbuf_clear(&b);
    cs_strbuf_printf(&b, "SHA-256 %s", card->weights ? card->weights : "-");
    rp_flow_text(f, &rp_small, b.data);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

static const char *const limits[] = {
    CS_N_("Positions are millimetres of the scan: x to the patient's left, y "
          "to the back, z to the head."),
    CS_N_("Mean diameter: the mean of the longest axis and the longest one "
          "perpendicular to it, in the transverse plane where the nodule is "
          "widest."),
    CS_N_("Thirds of a lung's height stand for its lobes; fissures are not "
          "looked for."),
    CS_N_("Rules: LungAI's risk; Lung-RADS v2022 of the American College of "
          "Radiology, for a first screening; Fleischner Society 2017 "
          "(Radiology 2017;284:228-43), for nodules found by chance in adults "
          "of 35 and more without cancer or immune deficiency."),
    CS_N_("Nodules can be missed, and what is marked can be harmless. The "
          "scan itself has to be looked at."),
};

void rp_page_method(rp_flow *f)
{
    const md_set *s = f->it->models;
    rp_flow_heading(f, CS_N_("Models"));
    write_card(f, &s->detect.card);
    if (s->has_check)
        write_card(f, &s->check.card);
    if (s->has_malignancy)
        write_card(f, &s->malignancy.card);
    rp_flow_heading(f, CS_N_("Method and limits"));
    for (size_t i = 0; i < CS_COUNTOF(limits); i++)
        rp_flow_item(f, cs_msg(f->c.lang, limits[i]));
}
