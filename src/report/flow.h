/* A4 pages, filled from the top: what does not fit goes to a new one. Every
 * page ends with whose it is, its number and what it must not be used for. */
#ifndef CS_REPORT_FLOW_H
#define CS_REPORT_FLOW_H

#include "eval/canvas.h"
#include "report/report.h"

#define RP_WIDTH 595.28 /* points */
#define RP_HEIGHT 841.89
#define RP_MARGIN 42.0
#define RP_INNER (RP_WIDTH - 2 * RP_MARGIN)

typedef struct rp_flow {
    ev_canvas c;
    const rp_case *it;
    const im_run *run;
    double y;      /* where the next thing goes */
    unsigned page; /* from 1 */
    unsigned pages;
    bool severe; /* the result is not to be relied on: said on every page */
} rp_flow;

/* Starts a page where `height` no longer fits on this one. */
void rp_flow_need(rp_flow *f, double height);
void rp_flow_new_page(rp_flow *f);
/* Ends the last page. */
void rp_flow_finish(rp_flow *f);

void rp_flow_heading(rp_flow *f, const char *text); /* CS_N_() */
void rp_flow_text(rp_flow *f, const ev_style *style, const char *text);
/* A text with a mark in front; `text` is what is shown. */
void rp_flow_item(rp_flow *f, const char *text);

extern const ev_style rp_body, rp_small;

#endif
