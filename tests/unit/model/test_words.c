#include "model/card.h"
#include "support/test.h"

static void words_stand_at_their_values(void **state)
{
    (void)state;
    assert_string_equal(md_task_words[MD_DETECT], "detect");
    assert_string_equal(md_task_words[MD_MALIGNANCY], "malignancy");
    assert_null(md_task_words[MD_TASKS]);
    assert_string_equal(md_head_words[MD_HEAD_VOXELS], "voxels");
    assert_string_equal(md_head_words[MD_HEAD_CLASS], "class");
    assert_null(md_head_words[MD_HEADS]);
    assert_string_equal(md_source_words[MD_SOURCE_PHANTOMS], "phantoms");
    assert_string_equal(md_source_words[MD_SOURCE_MIXED], "mixed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_at_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
