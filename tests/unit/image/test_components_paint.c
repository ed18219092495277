#include "image/components.h"

#include "mask_case.h"

static void painting_writes_every_voxel(void **state)
{
    MK_EACH_RUN(state, run)
    MK_EACH_MASK(mask, {
        const size_t voxels = im_geometry_voxels(&mask.geometry);
        CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
        CS_SCOPED(im_volume) labels = IM_VOLUME_INIT;
        CS_AUTO_MEM int32_t *dst = cs_calloc(voxels, sizeof(*dst));
        assert_non_null(dst);
        memset(dst, 0x55, voxels * sizeof(*dst));
        assert_int_equal(
            im_components_find(run, &mask, IM_NEIGHBOURS_6, &c, NULL), 0);
        assert_int_equal(
            im_components_labels(run, &c, &mask.geometry, &labels, NULL), 0);
        im_components_paint(run, &c, dst);
        assert_memory_equal(dst, tn_data(&labels.voxels),
                            voxels * sizeof(*dst));
    })
}

static void a_range_of_labels_becomes_a_mask(void **state)
{
    MK_EACH_RUN(state, run)
    MK_EACH_MASK(mask, {
        const size_t voxels = im_geometry_voxels(&mask.geometry);
        CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
        CS_SCOPED(im_volume) chosen = IM_VOLUME_INIT;
        CS_AUTO_MEM int32_t *labels = cs_calloc(voxels, sizeof(*labels));
        assert_non_null(labels);
        assert_int_equal(
            im_components_find(run, &mask, IM_NEIGHBOURS_6, &c, NULL), 0);
        assert_int_equal(im_components_by_size(&c, 1, NULL), 0);
        im_components_paint(run, &c, labels);
        assert_int_equal(
            im_components_mask(run, &c, 2, 3, &mask.geometry, &chosen, NULL),
            0);
        for (size_t i = 0; i < voxels; i++)
            assert_int_equal(im_u8(&chosen)[i],
                             labels[i] == 2 || labels[i] == 3);
    })
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(painting_writes_every_voxel),
        cmocka_unit_test(a_range_of_labels_becomes_a_mask),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
