/* Threads that make numbered things ahead of whoever takes them, in order.
 * What is taken, and what an error says, does not depend on the threads. */
#ifndef CS_TRAIN_LOADERS_H
#define CS_TRAIN_LOADERS_H

#include "base/defs.h"
#include "base/error.h"

typedef struct tr_loaders_spec {
    unsigned threads; /* 0: made by the caller of tr_loaders_next() */
    size_t ahead;     /* things made in advance at most; 0: one a thread, and
                         one more */
    /* Makes thing `number`; called by any thread, several at a time. */
    int (*make)(void *ctx, uint64_t number, void **ret, cs_errinfo *info);
    /* Takes back what nobody wants any more; by any thread. */
    void (*drop)(void *ctx, void *thing);
    void *ctx;
    cs_lang lang; /* of messages */
} tr_loaders_spec;

typedef struct tr_loaders tr_loaders;

/* Starts with thing 0. CS_E_LIMIT where the system refuses a thread. */
int tr_loaders_new(const tr_loaders_spec *spec, tr_loaders **ret,
                   cs_errinfo *info);
void tr_loaders_free(tr_loaders *l); /* stops the threads */
CS_DEFINE_AUTO(tr_loaders)

/* All of these are for one thread at a time. */

/* The next thing, which is the caller's. After a failure the same one is tried
 * again. */
int tr_loaders_next(tr_loaders *l, void **ret, cs_errinfo *info);

/* The next thing will be `number`. What was made and still will be wanted is
 * kept. */
void tr_loaders_seek(tr_loaders *l, uint64_t number);

/* Waits until nothing is being made, and drops everything that was: what
 * things are made from may now be changed. Then goes on. */
void tr_loaders_pause(tr_loaders *l);
void tr_loaders_resume(tr_loaders *l);

#endif
