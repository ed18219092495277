/* Refuses memory, one allocation at a time, and sees what becomes of it.
 *
 * A scenario is run once with memory enough, then with its first allocation
 * refused, its second, and so on until a run needs no more than were granted;
 * and once more with everything refused from the nth on. Each run must end in
 * success or CS_E_NOMEM and leave no block behind.
 *
 * In ordinary builds the program's malloc() and its kin are ours, so that
 * allocations inside jansson, libyaml and libc are refused as well and blocks
 * are counted exactly. Under a sanitizer, which brings its own malloc(), only
 * the door of base/mem.h is guarded, and the sanitizer looks for leaks. */
#ifndef CS_TESTS_ALLOC_HARNESS_H
#define CS_TESTS_ALLOC_HARNESS_H

#include "base/defs.h"

typedef struct alloc_scenario {
    const char *name;
    /* 0 or a negative cs_err. `dir` is a private directory. Must do the same
     * each time, whatever the time and the thread. */
    int (*run)(const char *dir);
    /* Threads: libc keeps their stacks' bookkeeping for the next one, so
     * blocks cannot be counted here; the sanitizer builds look for leaks. */
    bool uncounted;
} alloc_scenario;

/* NULL, or what went wrong in one line (static storage). A crash is not
 * caught: it ends the program. */
const char *alloc_try(const alloc_scenario *s, const char *dir);

/* Sites below `prefix` ("src/base/") that no scenario has been refused at so
 * far; prints each and returns how many. */
size_t alloc_sites_missed(const char *prefix);

#endif
