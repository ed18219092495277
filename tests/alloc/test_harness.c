/* The harness itself: it sees what it is there to see. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "harness.h"
#include "support/test.h"

static int careful(const char *dir)
{
    (void)dir;
    char *a = cs_strdup("a");
    char *b = a ? cs_strdup("b") : NULL;
    int r = b ? 0 : CS_E_NOMEM;
    cs_free(a);
    cs_free(b);
    return r;
}

/* What was forgotten, kept where no search for leaks looks for pointers. */
static unsigned char forgotten[8][sizeof(void *)];
static size_t forgotten_len;

static void disguise(unsigned char *bytes)
{
    for (size_t i = 0; i < sizeof(void *); i++)
        bytes[i] ^= 0xff;
}

static void forget(const char *p)
{
    if (!p)
        return;
    memcpy(forgotten[forgotten_len], &p, sizeof(p));
    disguise(forgotten[forgotten_len++]);
}

static void find_forgotten(void)
{
    while (forgotten_len) {
        void *p;
        disguise(forgotten[--forgotten_len]);
        memcpy(&p, forgotten[forgotten_len], sizeof(p));
        cs_free(p);
    }
}

static int leaky(const char *dir)
{
    (void)dir;
    char *a = cs_strdup("a");
    char *b = cs_strdup("b");
    if (!a || !b) {
        forget(a ? a : b);
        return CS_E_NOMEM;
    }
    cs_free(a);
    cs_free(b);
    return 0;
}

static int confused(const char *dir)
{
    (void)dir;
    char *a = cs_strdup("a");
    if (!a)
        return CS_E_IO;
    cs_free(a);
    return 0;
}

static int trusting(const char *dir)
{
    (void)dir;
    char *a = cs_strdup("a");
    *(volatile char *)a = 'b';
    cs_free(a);
    return 0;
}

static const char *try_it(int (*run)(const char *))
{
    alloc_scenario s = {"it", run, false};
    return alloc_try(&s, "");
}

static void a_careful_scenario_passes(void **state)
{
    (void)state;
    assert_null(try_it(careful));
}

static void a_leak_is_seen(void **state)
{
    (void)state;
    const char *wrong = try_it(leaky);
    find_forgotten();
    assert_non_null(wrong);
    assert_true(strstr(wrong, ") left 1 blocks behind") ||
                strcmp(wrong, "it: left memory behind") == 0);
}

static void another_error_than_want_of_memory_is_seen(void **state)
{
    (void)state;
    const char *wrong = try_it(confused);
    assert_non_null(wrong);
    assert_memory_equal(wrong, "it: refusing one 1 (", 20);
    assert_non_null(strstr(wrong, "test_harness.c:"));
    assert_non_null(strstr(wrong, ") gave CS_E_IO"));
}

static void a_crash_ends_the_program(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDERR_FILENO);
        signal(SIGSEGV, SIG_DFL); /* cmocka has taken it */
        (void)!try_it(trusting);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

static void a_site_that_nobody_reaches_is_named(void **state)
{
    (void)state;
    assert_null(try_it(careful));
    size_t missed = alloc_sites_missed("tests/alloc/test_harness.c");
    /* At least the two of `leaky` and the one below, or only the latter. */
    assert_true(missed >= 1);
    if (missed == SIZE_MAX)
        cs_free(cs_strdup("never reached"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_careful_scenario_passes),
        cmocka_unit_test(a_leak_is_seen),
        cmocka_unit_test(another_error_than_want_of_memory_is_seen),
        cmocka_unit_test(a_crash_ends_the_program),
        cmocka_unit_test(a_site_that_nobody_reaches_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
