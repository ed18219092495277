#include "train/tidy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

#define OLD ".cs-tmp-0123456789abcdef"
#define NEW ".cs-tmp-fedcba9876543210"

static void make_at(const char *dir, const char *name, time_t when)
{
    const struct timespec times[2] = {{when, 0}, {when, 0}};
    const char *path = tmp_write(dir, name, "x");
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool is_there(const char *dir, const char *name)
{
    return access(tmp_path(dir, name), F_OK) == 0;
}

static void only_old_temporaries_go(void **state)
{
    const char *dir = *state;
    cs_manual_clock now;
    cs_manual_clock_init(&now, 1000000 * CS_NS_PER_S);
    make_at(dir, OLD, 1000000 - TR_TIDY_AFTER_S - 1);
    make_at(dir, NEW, 1000000 - TR_TIDY_AFTER_S + 1);
    make_at(dir, "1.2-0123.scan", 5);
    make_at(dir, ".cs-tmp-notes", 5);
    assert_int_equal(tr_tidy(dir, &now.clock, NULL), 0);
    assert_false(is_there(dir, OLD));
    assert_true(is_there(dir, NEW));
    assert_true(is_there(dir, "1.2-0123.scan"));
    assert_true(is_there(dir, ".cs-tmp-notes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_old_temporaries_go, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
