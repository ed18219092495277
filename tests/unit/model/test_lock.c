#include "model/lock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "support/test.h"
#include "support/tmp.h"

/* Whether another process could take it now. */
static bool is_free(const char *path)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        _exit(fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void a_lock_keeps_others_out_until_closed(void **state)
{
    const char *file = tmp_path(*state, ".lock");
    int fd = md_lock(*state, NULL);
    assert_true(fd >= 0);
    assert_false(is_free(file));
    close(fd);
    assert_true(is_free(file));
}

static void a_place_that_cannot_be_is_told(void **state)
{
    cs_errinfo info = {0};
    assert_int_equal(md_lock(tmp_path(*state, "none"), &info), CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "cannot lock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lock_keeps_others_out_until_closed,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_place_that_cannot_be_is_told,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
