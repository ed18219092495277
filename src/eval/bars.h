/* Bars with error bars, and a table of two by two as a picture. */
#ifndef CS_EVAL_BARS_H
#define CS_EVAL_BARS_H

#include "eval/canvas.h"
#include "eval/confusion.h"

/* Horizontal, one below the other; values between 0 and 1. */
typedef struct ev_bar {
    const char *name; /* in the reader's language */
    ev_proportion value;
} ev_bar;

typedef struct ev_bars {
    const char *title, *axis;
    const ev_bar *items;
    size_t n;
} ev_bars;

/* The sheet's height for n bars. */
double ev_bars_height(size_t n);

ev_draw ev_bars_draw; /* of an ev_bars */

typedef struct ev_matrix {
    const char *title;
    const char *truth, *call;        /* titles of rows and columns */
    const char *positive, *negative; /* names of both kinds */
    ev_confusion counts;
} ev_matrix;

ev_draw ev_matrix_draw; /* of an ev_matrix */

#endif
