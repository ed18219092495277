#include "image/phantom/site.h"

#include <string.h>

#include "support/test.h"

static void each_site_is_found_by_its_name(void **state)
{
    (void)state;
    assert_true(im_phantom_site_count >= 4);
    for (size_t i = 0; i < im_phantom_site_count; i++) {
        const im_phantom_site *s = NULL;
        assert_int_equal(
            im_phantom_site_find(im_phantom_sites[i].name, &s, NULL), 0);
        assert_ptr_equal(s, &im_phantom_sites[i]);
        assert_true(s->slice[0] > 0 && s->slice[0] <= s->slice[1]);
        assert_true(s->fov[0] <= s->fov[1] && s->noise[0] <= s->noise[1]);
        assert_non_null(s->about);
    }
    assert_string_equal(im_phantom_sites[0].name, "default");
}

static void a_slip_is_answered_with_the_name(void **state)
{
    (void)state;
    const im_phantom_site *s = NULL;
    cs_errinfo info = {0};
    assert_int_equal(im_phantom_site_find("screning", &s, &info), CS_E_USAGE);
    assert_non_null(strstr(info.message, "'screening'"));
    assert_null(s);
    assert_int_equal(im_phantom_site_find("nowhere", &s, &info), CS_E_USAGE);
    assert_non_null(strstr(info.message, "--list-sites"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_site_is_found_by_its_name),
        cmocka_unit_test(a_slip_is_answered_with_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
