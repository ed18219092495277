#include "eval/classes.h"

#include <math.h>

static void put_heads(ev_report *r, ev_table *t, const char *const *heads)
{
    for (size_t i = 0; i < t->columns; i++)
        ev_table_put(t, "%s", ev_report_text(r, heads[i]));
}

static void put_rate(ev_report *r, ev_table *t, const char *name,
                     const ev_proportion *p)
{
    ev_table_put(t, "%s", ev_report_text(r, name));
    ev_table_proportion(t, p);
}

static void put_value(ev_report *r, ev_table *t, const char *name, double v,
                      double low, double high)
{
    ev_table_put(t, "%s", ev_report_text(r, name));
    ev_table_put(t, " ");
    ev_table_number(t, v, 4);
    ev_table_interval(t, low, high, 4);
}

static void put_calls(const ev_classes *c, ev_report *r)
{
    static const char *const heads[] = {CS_N_("measure"), CS_N_("cases"),
                                        CS_N_("value"),
                                        CS_N_("interval (95%)")};
    ev_rates v = ev_rates_of(&c->counts);
    ev_table t = EV_TABLE_INIT(CS_COUNTOF(heads));
    put_heads(r, &t, heads);
    put_rate(r, &t, CS_N_("sensitivity"), &v.sensitivity);
    put_rate(r, &t, CS_N_("specificity"), &v.specificity);
    put_rate(r, &t, CS_N_("positive predictive value"), &v.ppv);
    put_rate(r, &t, CS_N_("negative predictive value"), &v.npv);
    put_rate(r, &t, CS_N_("accuracy"), &v.accuracy);
    put_value(r, &t, CS_N_("Cohen's kappa"), v.kappa.value, v.kappa.low,
              v.kappa.high);
    put_value(r, &t, CS_N_("F1"), v.f1, (double)NAN, (double)NAN);
    if (c->has_scores) {
        put_value(r, &t, CS_N_("AUC (DeLong)"), c->roc.auc, c->roc.low,
                  c->roc.high);
        put_value(r, &t, CS_N_("average precision"), c->roc.average_precision,
                  (double)NAN, (double)NAN);
    }
    if (c->has_calibration) {
        put_value(r, &t, CS_N_("Brier score"), c->calibration.brier,
                  (double)NAN, (double)NAN);
        put_value(r, &t, CS_N_("expected calibration error"),
                  c->calibration.ece, (double)NAN, (double)NAN);
    }
    ev_report_table(r, &t);
}

static void put_operating(const ev_classes *c, ev_report *r)
{
    static const char *const heads[] = {
        CS_N_("operating point"), CS_N_("threshold"), CS_N_("sensitivity"),
        CS_N_("specificity"),     CS_N_("PPV"),       CS_N_("NPV")};
    ev_table t = EV_TABLE_INIT(CS_COUNTOF(heads));
    ev_report_heading(r, CS_N_("Operating points"));
    put_heads(r, &t, heads);
    for (size_t i = 0; i < EV_OPERATING; i++) {
        const ev_operating *o = &c->operating[i];
        ev_rates v = ev_rates_of(&o->counts);
        ev_table_put(&t, "%s", ev_report_text(r, o->name));
        ev_table_put(&t, "%.6g", o->threshold);
        ev_table_number(&t, v.sensitivity.value, 4);
        ev_table_number(&t, v.specificity.value, 4);
        ev_table_number(&t, v.ppv.value, 4);
        ev_table_number(&t, v.npv.value, 4);
    }
    ev_report_table(r, &t);
}

void ev_classes_report(const ev_classes *c, ev_report *r)
{
    put_calls(c, r);
    if (!c->has_scores) {
        ev_report_picture(r, "confusion", CS_N_("Calls and truth"));
        return;
    }
    put_operating(c, r);
    ev_report_picture(r, "roc", CS_N_("ROC curve"));
    ev_report_picture(r, "precision_recall", CS_N_("Precision and recall"));
    if (c->has_calibration)
        ev_report_picture(r, "calibration", CS_N_("Calibration"));
    ev_report_picture(r, "confusion", CS_N_("Calls and truth"));
}
