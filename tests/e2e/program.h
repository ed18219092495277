/* Runs the built program. Each call is bounded in time and output, and starts
 * from an environment of its own: PATH, LANG=C.UTF-8 and what `env` adds. */
#ifndef CS_TESTS_E2E_PROGRAM_H
#define CS_TESTS_E2E_PROGRAM_H

#include "base/subprocess.h"
#include "support/test.h"

typedef struct program_run {
    const char *const *args; /* without the program; ends with NULL */
    const char *const *env;  /* "K=V", ends with NULL; NULL: nothing more */
    const char *cwd;         /* NULL: "/" */
    int out_fd;              /* 0: captured */
    const char *program;     /* NULL: the one that was built */
} program_run;

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The exit status; asserts that it ended by itself. */
int program(const program_run *run, cs_proc_result *ret);

/* One call with these arguments: asserts status and that standard error is
 * exactly `says` and a newline ("" : nothing). */
void expect(const program_run *run, int status, const char *says);

/* The same, where standard error is one line that holds `part`. */
void expect_part(const program_run *run, int status, const char *part);

#endif
