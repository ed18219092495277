/* The parts of the report, in their order. */
#ifndef CS_REPORT_PAGES_H
#define CS_REPORT_PAGES_H

#include "report/flow.h"
#include "report/view.h"

/* What all pages show, cut once for both languages. */
typedef struct rp_pictures {
    rp_slice overview;
    rp_slice (*whole)[RP_AXES]; /* of each finding: the patient */
    rp_slice (*close)[RP_AXES]; /* and the nodule, 50 mm wide */
    size_t count;
} rp_pictures;

int rp_pictures_cut(const rp_case *c, const im_run *run, rp_pictures *ret,
                    cs_errinfo *info);
void rp_pictures_done(rp_pictures *p);

void rp_page_summary(rp_flow *f, const rp_pictures *p);
void rp_page_table(rp_flow *f);
void rp_page_advice(rp_flow *f);
void rp_page_nodule(rp_flow *f, const rp_pictures *p, size_t i);
void rp_page_method(rp_flow *f);

#endif
