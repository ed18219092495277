#include "train/plan_text.h"

static void each_network_has_its_head(void **state)
{
    static const struct {
        const char *lines;
        md_head_kind head;
        size_t stride, classes;
    } rows[] = {
        {"task: detect\nnetwork: unet3d", MD_HEAD_VOXELS, 1, 0},
        {"task: detect\nnetwork: simple3dunet\nclasses: 2", MD_HEAD_VOXELS, 1,
         2},
        {"task: detect\nnetwork: noduledet\nhead: {anchors: [4, 8.5]}",
         MD_HEAD_ANCHORS, 8, 2},
        {"task: detect\nnetwork: nodulefpn\nhead: {kind: centres}",
         MD_HEAD_CENTRES, 2, 0},
        {"task: check\nnetwork: nodulenet\nclasses: 1", MD_HEAD_CLASS, 1, 1},
        {"task: malignancy\nnetwork: malignancy", MD_HEAD_CLASS, 1, 0},
        {"task: check\nnetwork: resnet18-3d", MD_HEAD_CLASS, 1, 0},
        {"task: check\nnetwork: resnet50-3d", MD_HEAD_CLASS, 1, 0},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        tr_plan p;
        plan_take(*state, "task: detect\nnetwork: nodulefpn", rows[i].lines,
                  &p);
        assert_int_equal(p.recipe.head.kind, rows[i].head);
        assert_int_equal(p.recipe.head.stride, rows[i].stride);
        assert_int_equal(p.recipe.classes, rows[i].classes);
        assert_int_equal(md_recipe_check(&p.recipe, NULL), 0);
        tr_plan_done(&p);
    }
}

static void anchors_are_kept(void **state)
{
    tr_plan p;
    plan_take(*state, "network: nodulefpn",
              "network: noduledet\nhead: {kind: anchors, anchors: [4, 8.5]}",
              &p);
    assert_int_equal(p.recipe.head.anchor_count, 2);
    assert_true(p.recipe.head.anchors[1] == 8.5);
    tr_plan_done(&p);
}

static void what_a_network_cannot_do_is_refused(void **state)
{
    static const plan_slip slips[] = {
        {"nodulefpn", "nodulefnp",
         "3:10: key 'network': there is no network 'nodulefnp' (did you mean "
         "'nodulefpn'?)"},
        {"nodulefpn", "bananas",
         "3:10: key 'network': there is no network 'bananas'"},
        {"nodulefpn", "resnet18-2d",
         "3:10: key 'network': 'resnet18-2d' reads pictures, not volumes"},
        {"nodulefpn", "nodulefpn\nhead: {kind: voxels}",
         "4:14: key 'head.kind': network 'nodulefpn' has a head 'centres', not "
         "'voxels'"},
        {"task: detect", "task: check",
         "2:7: key 'task': 'check' cannot be done by network 'nodulefpn', "
         "whose head is 'centres'"},
        {"nodulefpn", "nodulenet",
         "2:7: key 'task': 'detect' cannot be done by network 'nodulenet', "
         "whose head is 'class'"},
        {"nodulefpn", "nodulefpn\nclasses: 2",
         "4:10: key 'classes': network 'nodulefpn' has 5 to 5 of them here, "
         "not 2"},
        {"nodulefpn", "nodulefpn\nhead: {anchors: [4]}",
         "4:8: key 'head.anchors' means nothing with 'centres'; leave it out"},
        {"nodulefpn", "noduledet",
         "1:1: key 'head.anchors': give one to 9 edges of cubes in mm, such as "
         "[4, 6, 10, 16, 25]"},
        {"nodulefpn", "noduledet\nhead: {anchors: [0]}",
         "4:18: key 'head.anchors[0]': expected 0.5 to 200.0, not 0.0"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

static void what_cannot_be_fed_is_refused(void **state)
{
    static const plan_slip slips[] = {
        {"[-1000, 400]", "[400, 400]",
         "6:11: key 'input.window': begins at 400, which is not below its end "
         "at 400"},
        {"[32, 32, 16]", "[32, 32, 12]",
         "7:10: key 'input.patch': network 'nodulefpn' wants multiples of 8, "
         "not 12"},
        {"[32, 32, 16]", "[512, 512, 520]",
         "7:21: key 'input.patch[2]': expected 8 to 512, not 520"},
        {"[32, 32, 16]", "[512, 512, 512]\nclasses: 5",
         NULL}, /* as large as a patch may be */
        {"spacing: 1.0", "spacing: 0.01",
         "5:12: key 'input.spacing': expected 0 (the scan's own) or at least "
         "0.1 mm, not 0.01"},
    };
    for (size_t i = 0; i < CS_COUNTOF(slips); i++) {
        tr_plan p;
        if (slips[i].words) {
            plan_refused(*state, slips[i].find, slips[i].replace,
                         slips[i].words);
            continue;
        }
        plan_take(*state, slips[i].find, slips[i].replace, &p);
        tr_plan_done(&p);
    }
}

static void the_scans_own_voxels_can_be_asked_for(void **state)
{
    tr_plan p;
    plan_take(*state, "spacing: 1.0", "spacing: 0", &p);
    assert_true(p.recipe.input.spacing == 0);
    tr_plan_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAN_TEST(each_network_has_its_head),
        PLAN_TEST(anchors_are_kept),
        PLAN_TEST(what_a_network_cannot_do_is_refused),
        PLAN_TEST(what_cannot_be_fed_is_refused),
        PLAN_TEST(the_scans_own_voxels_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
