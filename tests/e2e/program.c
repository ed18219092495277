#include "program.h"

#include <stdio.h>
#include <string.h>

#define LIMIT ((size_t)1 << 20)
#define TIMEOUT_NS (INT64_C(120) * 1000000000)
#define WORDS_MAX 32

/* A descriptor as standard output: by way of a shell, since captured runs have
 * pipes. */
static size_t put_prefix(const program_run *run, char script[32],
                         const char *argv[WORDS_MAX])
{
    size_t n = 0;
    if (run->out_fd) {
        snprintf(script, 32, "exec \"$0\" \"$@\" >&%d", run->out_fd);
        argv[n++] = "sh";
        argv[n++] = "-c";
        argv[n++] = script;
    }
    argv[n++] = run->program ? run->program : CS_PROGRAM;
    return n;
}

int program(const program_run *run, cs_proc_result *ret)
{
    const char *argv[WORDS_MAX] = {NULL};
    char script[32];
    size_t n = put_prefix(run, script, argv);
    for (size_t i = 0; run->args[i]; i++) {
        assert_in_range(n, 0, WORDS_MAX - 2);
        argv[n++] = run->args[i];
    }
    /* Sanitizers would otherwise write of fontconfig, whose leaks and files
     * they leave alone, where the program's own lines are looked at. */
    const char *env[WORDS_MAX] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8",
                                  "LSAN_OPTIONS=print_suppressions=0",
                                  "TSAN_OPTIONS=symbolize=0"};
    for (size_t i = 0; run->env && run->env[i]; i++) {
        assert_in_range(i, 0, WORDS_MAX - 6);
        env[i + 4] = run->env[i];
    }
    cs_proc_spec spec = {.argv = argv, .env = env};
    spec.cwd = run->cwd ? run->cwd : "/";
    spec.in = CS_STDIO_NULL;
    spec.keep_fds = &run->out_fd;
    spec.keep_fd_count = run->out_fd ? 1 : 0;
    cs_errinfo info = {0};
    if (cs_proc_run(&spec, NULL, 0, LIMIT, TIMEOUT_NS, ret, &info) < 0)
        fail_msg("%s: %s", CS_PROGRAM, info.message);
    return ret->status;
}

static void expect_line(const cs_strbuf *err)
{
    if (err->len == 0 || err->data[err->len - 1] != '\n' ||
        memchr(err->data, '\n', err->len - 1))
        fail_msg("not one line: %s", err->data);
}

void expect_part(const program_run *run, int status, const char *part)
{
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int got = program(run, &result);
    if (got != status)
        fail_msg("status %d, not %d: %s", got, status, result.err.data);
    expect_line(&result.err);
    if (!strstr(result.err.data, part))
        fail_msg("'%s' is not in: %s", part, result.err.data);
    cs_proc_result_done(&result);
}

void expect(const program_run *run, int status, const char *says)
{
    cs_proc_result result = CS_PROC_RESULT_INIT;
    assert_int_equal(program(run, &result), status);
    if (says[0]) {
        expect_line(&result.err);
        result.err.data[result.err.len - 1] = '\0';
    }
    assert_string_equal(result.err.data, says);
    cs_proc_result_done(&result);
}
