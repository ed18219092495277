#include "lung/notes.h"

static bool any_of(const md_set *s, bool (*is)(const md_card *c))
{
    return is(&s->detect.card) || (s->has_check && is(&s->check.card)) ||
           (s->has_malignancy && is(&s->malignancy.card));
}

static bool saw_phantoms_only(const md_card *c)
{
    return c->data.source == MD_SOURCE_PHANTOMS;
}

static bool is_unsigned(const md_card *c)
{
    return !c->is_signed;
}

static int note(lu_warnings *list, bool where, const char *code,
                const char *text)
{
    const lu_warning w = {.code = code, .text = text};
    return where ? cs_vec_push(list, w) : 0;
}

static int note_sensitivity(lu_warnings *list, double sensitivity)
{
    if (sensitivity >= 0.5 && sensitivity <= 0.5)
        return 0;
    const lu_warning w = {
        "sensitivity",
        CS_N_("worked with a sensitivity of %.0f %% instead of 50 %%"),
        {sensitivity * 100},
        1,
        false};
    return cs_vec_push(list, w);
}

int lu_note_models(const md_set *models, const lu_options *o, lu_warnings *warn,
                   cs_errinfo *info)
{
    int r = note(warn, any_of(models, saw_phantoms_only), "phantoms-only",
                 CS_N_("these networks have seen only phantoms, no patient: "
                       "for trying the program out, not for patients"));
    if (r == 0)
        r = note(warn, any_of(models, is_unsigned), "unsigned",
                 CS_N_("a network's card is not signed: nobody answers for "
                       "it"));
    if (r == 0)
        r = note(warn, !models->has_check, "no-check",
                 CS_N_("no network for false-positive reduction: more marks "
                       "than usual are false"));
    if (r == 0 && !o->detect_only)
        r = note(warn, !models->has_malignancy, "no-malignancy",
                 CS_N_("no network for malignancy: none is given, and the "
                       "risk follows from sizes and numbers alone"));
    if (r == 0)
        r = note(warn, o->fast, "fast",
                 CS_N_("--fast: looked at with coarser voxels; small nodules "
                       "may be missed"));
    if (r == 0)
        r = note_sensitivity(warn, o->sensitivity);
    return r < 0 ? cs_fail_nomem(info) : 0;
}
