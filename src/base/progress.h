/* Progress of a long task, for people.
 *
 * On a terminal one line is drawn over and over, at most ten times a second;
 * elsewhere a line is written at every tenth of the way or every 30 seconds,
 * so that a log stays readable. Text goes to a sink of the caller's; time
 * comes from a cs_clock. One thread at a time. */
#ifndef CS_BASE_PROGRESS_H
#define CS_BASE_PROGRESS_H

#include "base/clock.h"
#include "base/defs.h"
#include "base/message.h"
#include "base/str.h"

typedef enum cs_progress_mode {
    CS_PROGRESS_SILENT,
    CS_PROGRESS_PLAIN,
    CS_PROGRESS_TERMINAL,
} cs_progress_mode;

#define CS_PROGRESS_VALUES_MAX 4

typedef struct cs_progress_spec {
    cs_progress_mode mode;
    const char *label; /* in the reader's language; outlives the progress */
    uint64_t total;    /* 0: unknown */
    size_t width;      /* of the terminal, in columns; 0: 80 */
    cs_lang lang;
    const cs_clock *clock; /* NULL: the system's */
    void (*sink)(void *ctx, cs_str text);
    void *ctx;
} cs_progress_spec;

typedef struct cs_progress {
    cs_progress_spec spec;
    uint64_t done;
    int64_t started, drawn; /* monotonic; drawn 0: never */
    unsigned tenth;         /* last one written in plain mode */
    struct {
        const char *name;
        double value;
    } values[CS_PROGRESS_VALUES_MAX];
    size_t value_count;
} cs_progress;

void cs_progress_start(cs_progress *p, const cs_progress_spec *spec);

/* A number shown beside the bar ("loss 0.123"); the same name replaces its
 * value. Names outlive the progress; those beyond the fourth are left out. */
void cs_progress_value(cs_progress *p, const char *name, double value);

/* So much is done in all. Draws when it is time to. */
void cs_progress_update(cs_progress *p, uint64_t done);

/* Draws the last state and ends the line. */
void cs_progress_finish(cs_progress *p);

#endif
