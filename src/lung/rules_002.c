/* Document 002 ("LungAI"), assess_patient_risk() and
 * generate_recommendations(): its numbers, its sentences, its order. */
#include "lung/rules.h"

#define HIGH_ABOVE 0.7   /* malignancy */
#define MEDIUM_ABOVE 0.3 /* malignancy */
#define LARGE_ABOVE 8.0  /* mm */
#define FEW 3            /* nodules: with more the risk is medium */
#define LOOK_ABOVE 10.0  /* mm */

static double malignancy_of(const lu_finding *f)
{
    return f->has_malignancy ? f->malignancy : 0;
}

lu_risk lu_risk_of(const lu_finding *f, size_t n)
{
    lu_risk risk = n > FEW ? LU_RISK_MEDIUM : LU_RISK_LOW;
    for (size_t i = 0; i < n; i++) {
        if (malignancy_of(&f[i]) > HIGH_ABOVE ||
            f[i].measure.mean_mm > LARGE_ABOVE)
            return LU_RISK_HIGH;
        if (malignancy_of(&f[i]) > MEDIUM_ABOVE)
            risk = LU_RISK_MEDIUM;
    }
    return risk;
}

#define LINES 4

static const char *const of_risk[][LINES + 1] = {
    [LU_RISK_LOW] = {CS_N_("CT again in 6 to 12 months is suggested"),
                     CS_N_("go on with routine check-ups")},
    [LU_RISK_MEDIUM] = {CS_N_("CT again within 3 months is suggested"),
                        CS_N_("watch closely how the nodules change"),
                        CS_N_("ask a thoracic surgeon where necessary")},
    [LU_RISK_HIGH] = {CS_N_("referral to thoracic surgery or oncology at once "
                            "is suggested"),
                      CS_N_("consider PET-CT"),
                      CS_N_("needle biopsy where necessary"),
                      CS_N_("CT again within 1 month")},
};

static int add(lu_advices *list, const char *text, unsigned nodule)
{
    const lu_advice a = {text, nodule};
    return cs_vec_push(list, a);
}

static int advise_on(const lu_finding *f, lu_advices *list)
{
    int r = 0;
    if (f->measure.spiculated)
        r = add(list,
                CS_N_("nodule %u is spiculated: look at it with special care"),
                f->number);
    if (r == 0 && f->measure.mean_mm > LOOK_ABOVE)
        r = add(list,
                CS_N_("nodule %u is larger than 10 mm: further examination is "
                      "suggested"),
                f->number);
    return r;
}

int lu_advise(const lu_finding *f, size_t n, lu_risk risk, lu_advices *ret,
              cs_errinfo *info)
{
    lu_advices list = CS_VEC_INIT;
    int r = 0;
    for (const char *const *t = of_risk[risk]; r == 0 && *t; t++)
        r = add(&list, *t, 0);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = advise_on(&f[i], &list);
    if (r < 0) {
        cs_vec_done(&list);
        return cs_fail_nomem(info);
    }
    *ret = list;
    return 0;
}
