/* What a training shows while it runs. */
#ifndef CS_CLI_TRAIN_SHOW_H
#define CS_CLI_TRAIN_SHOW_H

#include "base/progress.h"
#include "cli/cli.h"
#include "train/trainer.h"

typedef struct train_show {
    cs_lang lang;
    cs_progress_spec spec; /* of both bars */
    cs_progress steps;     /* counts those of this process, so that its rate is
                              the machine's in a resumed training too */
    cs_progress side;      /* scans that are made ready or looked at */
    size_t side_of;        /* its scans; 0: not shown */
    int64_t since;         /* when what came before them was over */
    char label[64];
    uint64_t first, last; /* steps before this process, and by now */
    uint64_t epoch, epochs;
    double sum;     /* of the losses of this epoch's steps … */
    double n;       /* … and how many they are */
    tr_watch watch; /* for tr_run() */
} train_show;

/* *s stays where it is: the watch points at it. */
void train_show_start(train_show *s, const cli_context *ctx,
                      const tr_plan *plan);
/* Ends the bar's line. */
void train_show_end(train_show *s);

#endif
