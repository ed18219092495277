#include "report/words.h"

const char *rp_density(cs_lang lang, lu_density d)
{
    static const char *const words[LU_DENSITIES] = {
        CS_N_("solid"), CS_N_("part-solid"), CS_N_("ground glass"),
        CS_N_("calcified")};
    return cs_msg(lang, words[d]);
}

const char *rp_risk(cs_lang lang, lu_risk r)
{
    static const char *const words[] = {CS_N_("LOW"), CS_N_("MEDIUM"),
                                        CS_N_("HIGH")};
    return cs_msg(lang, words[r]);
}

const char *rp_where(cs_lang lang, const lu_measure *m)
{
    static const char *const left[] = {CS_N_("left, upper third"),
                                       CS_N_("left, middle third"),
                                       CS_N_("left, lower third")};
    static const char *const right[] = {CS_N_("right, upper third"),
                                        CS_N_("right, middle third"),
                                        CS_N_("right, lower third")};
    return cs_msg(lang, m->left ? left[m->zone] : right[m->zone]);
}

void rp_mm(cs_strbuf *out, double mm)
{
    cs_strbuf_printf(out, "%.1f mm", mm);
}

void rp_percent(cs_strbuf *out, double share)
{
    cs_strbuf_printf(out, "%.0f %%", 100 * share);
}
