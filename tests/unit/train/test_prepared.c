#include "train/prepared.h"

#include <unistd.h>

#include "support/volume.h"

static const cs_digest key = {{1, 2, 3}}, other = {{1, 2, 4}};

static void fill(tr_prepared *p, bool nodules)
{
    const im_geometry g = vt_oblique();
    vt_init(&p->scan.image, TN_I16, &g);
    vt_init(&p->scan.lungs, TN_U8, &g);
    if (nodules)
        vt_init(&p->nodules, TN_U8, &g);
}

static void what_is_written_is_mapped(void **state)
{
    for (int nodules = 0; nodules < 2; nodules++) {
        const char *path = tmp_path(*state, "a.scan");
        tr_prepared a = TR_PREPARED_INIT, b = TR_PREPARED_INIT;
        tr_prepared c = TR_PREPARED_INIT;
        fill(&a, nodules);
        assert_int_equal(tr_prepared_write(path, &key, &a, NULL), 0);
        assert_int_equal(tr_prepared_map(path, &key, &b, NULL), 1);
        assert_int_equal(tr_prepared_share(&b, &c, NULL), 0);
        tr_prepared_done(&b); /* the other one holds the file */
        vt_same_voxels(&a.scan.image, &c.scan.image);
        vt_same_voxels(&a.scan.lungs, &c.scan.lungs);
        vt_same_place(&a.scan.image.geometry, &c.scan.image.geometry, 0);
        if (nodules)
            vt_same_voxels(&a.nodules, &c.nodules);
        else
            assert_null(c.nodules.voxels.buffer);
        tr_prepared_done(&a);
        tr_prepared_done(&c);
    }
}

static void only_its_own_key_opens_it(void **state)
{
    const char *path = tmp_path(*state, "a.scan");
    tr_prepared a = TR_PREPARED_INIT;
    assert_int_equal(tr_prepared_map(path, &key, &a, NULL), 0);
    fill(&a, false);
    assert_int_equal(tr_prepared_write(path, &key, &a, NULL), 0);
    tr_prepared_done(&a);
    assert_int_equal(tr_prepared_map(path, &other, &a, NULL), 0);
}

/* A bit anywhere, and a file of any other length. */
static void damage_is_noticed(void **state)
{
    const char *path = tmp_path(*state, "a.scan");
    tr_prepared a = TR_PREPARED_INIT;
    CS_SCOPED(cs_strbuf) good = CS_STRBUF_INIT;
    fill(&a, true);
    assert_int_equal(tr_prepared_write(path, &key, &a, NULL), 0);
    tr_prepared_done(&a);
    assert_int_equal(cs_file_read(path, 1 << 20, &good, NULL), 0);
    static const size_t places[] = {0,   16,  40,   64,   100,  130,  180,
                                    220, 260, 4096, 4150, 4216, 4285, 4340};
    for (size_t i = 0; i < CS_COUNTOF(places); i++) {
        assert_true(places[i] < good.len);
        good.data[places[i]] ^= 1;
        vt_bytes(*state, "b.scan", good.data, good.len);
        good.data[places[i]] ^= 1;
        assert_int_equal(
            tr_prepared_map(tmp_path(*state, "b.scan"), &key, &a, NULL), 0);
    }
    static const size_t lengths[] = {0, 1, 4095, 4096, 4351};
    for (size_t i = 0; i < CS_COUNTOF(lengths); i++) {
        vt_bytes(*state, "b.scan", good.data, lengths[i]);
        assert_int_equal(
            tr_prepared_map(tmp_path(*state, "b.scan"), &key, &a, NULL), 0);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(what_is_written_is_mapped),
        T(only_its_own_key_opens_it),
        T(damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
