#include "image/phantom/folder.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "support/test.h"
#include "support/tmp.h"

#define UID "2.25.106713401234567890"
#define PROFILE "{\n  \"what\": \"" IM_PHANTOM_WHAT "\"\n}\n"

static void make(const char *dir, const char *profile)
{
    static const char *const names[] = {"s/annotations.csv",
                                        "s/annotations_excluded.csv",
                                        "s/seriesuids.csv",
                                        "s/phantoms.json",
                                        "s/" UID ".mhd",
                                        "s/" UID ".raw",
                                        "s/masks/" UID "_lungs.mhd",
                                        "s/masks/" UID "_nodules.zraw"};
    assert_int_equal(cs_remove_tree(tmp_path(dir, "s"), NULL), 0);
    assert_int_equal(cs_mkdir_p(tmp_path(dir, "s/masks"), 0755, NULL), 0);
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        tmp_write(dir, names[i], "");
    tmp_write(dir, "s/profile.json", profile);
}

static void only_phantoms_alone_are_ours(void **state)
{
    static const char *const more[] = {
        "s/thesis.tex",   "s/" UID ".mha",       "s/2.25.77.raw",
        "s/" UID "x.raw", "s/masks/mine.nii.gz", "s/masks/" UID ".raw",
        "s/." UID ".mhd", "s/Annotations.csv",   "s/masks/phantoms.json",
    };
    for (size_t i = 0; i < CS_COUNTOF(more); i++) {
        make(*state, PROFILE);
        assert_int_equal(im_phantom_folder_ours(tmp_path(*state, "s"), NULL),
                         0);
        tmp_write(*state, more[i], "x");
        cs_errinfo info = {0};
        assert_int_equal(im_phantom_folder_ours(tmp_path(*state, "s"), &info),
                         CS_E_EXISTS);
        assert_non_null(strstr(info.message, more[i] + 2));
    }
}

static void names_alone_do_not_make_it_ours(void **state)
{
    static const char *const profiles[] = {"", "{\"what\": \"phantoms\"}"};
    for (size_t i = 0; i < CS_COUNTOF(profiles); i++) {
        make(*state, profiles[i]);
        assert_int_equal(im_phantom_folder_ours(tmp_path(*state, "s"), NULL),
                         CS_E_EXISTS);
    }
    make(*state, PROFILE);
    assert_int_equal(unlink(tmp_path(*state, "s/phantoms.json")), 0);
    assert_int_equal(im_phantom_folder_ours(tmp_path(*state, "s"), NULL),
                     CS_E_EXISTS);
    make(*state, PROFILE); /* a link leads to what is somebody else's */
    assert_int_equal(unlink(tmp_path(*state, "s/" UID ".raw")), 0);
    assert_int_equal(symlink("/dev/null", tmp_path(*state, "s/" UID ".raw")),
                     0);
    assert_int_equal(im_phantom_folder_ours(tmp_path(*state, "s"), NULL),
                     CS_E_EXISTS);
}

static void places_that_cannot_be_replaced_are_known(void **state)
{
    cs_errinfo info = {0};
    assert_int_equal(mkdir(tmp_path(*state, "empty"), 0755), 0);
    assert_int_equal(im_phantom_folder_place(tmp_path(*state, "empty"), NULL),
                     0);
    assert_int_equal(im_phantom_folder_place(tmp_path(*state, "empty/"), NULL),
                     0);
    assert_int_equal(im_phantom_folder_place(tmp_path(*state, "none"), NULL),
                     0);
    assert_int_equal(im_phantom_folder_place(tmp_path(*state, "empty/."), NULL),
                     CS_E_EXISTS);
    assert_int_equal(symlink("empty", tmp_path(*state, "link")), 0);
    assert_int_equal(im_phantom_folder_place(tmp_path(*state, "link"), NULL),
                     CS_E_EXISTS);
    assert_int_equal(im_phantom_folder_place("/proc", &info), CS_E_EXISTS);
    assert_non_null(strstr(info.message, "mount point"));
    assert_int_equal(im_phantom_folder_place("/", NULL), CS_E_EXISTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_phantoms_alone_are_ours),
        cmocka_unit_test(names_alone_do_not_make_it_ours),
        cmocka_unit_test(places_that_cannot_be_replaced_are_known),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
