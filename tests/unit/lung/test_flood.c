#include "lung/flood.h"

#include "base/mem.h"
#include "lung/chest.h"

typedef struct landscape {
    im_geometry g;
    uint16_t *key;
    uint8_t *seed, *label;
    uint16_t *level;
} landscape;

static landscape make(size_t x, size_t y, size_t z, uint64_t seed)
{
    landscape l = {.g = im_geometry_plain(x, y, z)};
    size_t n = x * y * z;
    l.key = cs_calloc(n, sizeof(*l.key));
    l.seed = cs_calloc(n, 1);
    l.label = cs_calloc(n, 1);
    l.level = cs_calloc(n, sizeof(*l.level));
    assert_true(l.key && l.seed && l.label && l.level);
    cs_rng r = cs_rng_stream(seed, 0);
    for (size_t i = 0; i < n; i++) {
        l.key[i] = (uint16_t)(cs_rng_u32(&r) % 50);
        if (cs_rng_u32(&r) % 4 == 0)
            l.key[i] = LU_WALL;
    }
    return l;
}

static void landscape_done(landscape *l)
{
    cs_free(l->key);
    cs_free(l->seed);
    cs_free(l->label);
    cs_free(l->level);
}

static bool are_neighbours(const im_geometry *g, size_t a, size_t b)
{
    size_t apart = 0;
    size_t na = a, nb = b;
    for (int i = 0; i < 3; i++) {
        size_t pa = na % g->size[i], pb = nb % g->size[i];
        apart += pa > pb ? pa - pb : pb - pa;
        na /= g->size[i];
        nb /= g->size[i];
    }
    return apart == 1;
}

/* Least climb by relaxing all pairs until nothing changes. */
static void plain_levels(const landscape *l, uint32_t *level)
{
    size_t n = im_geometry_voxels(&l->g);
    for (size_t i = 0; i < n; i++)
        level[i] = l->seed[i] ? 0 : UINT32_MAX;
    for (bool again = true; again;) {
        again = false;
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++) {
                if (level[a] == UINT32_MAX || l->key[b] == LU_WALL ||
                    l->seed[b] || !are_neighbours(&l->g, a, b))
                    continue;
                uint32_t there = level[a] > l->key[b] ? level[a] : l->key[b];
                if (there < level[b]) {
                    level[b] = there;
                    again = true;
                }
            }
    }
}

static void levels_are_the_least_climb(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        CS_SCOPED(landscape) l = make(7, 5, 4, seed);
        uint32_t want[140] = {0};
        l.seed[3] = l.label[3] = 1;
        l.seed[100] = l.label[100] = 2;
        plain_levels(&l, want);
        assert_int_equal(
            lu_flood(&l.g, l.key, l.label, l.level, SIZE_MAX, NULL), 0);
        for (size_t i = 0; i < 140; i++) {
            assert_int_equal(l.label[i] != 0, want[i] != UINT32_MAX);
            if (l.label[i])
                assert_int_equal(l.level[i], want[i]);
        }
    }
}

static void labels_meet_on_the_ridge(void **state)
{
    (void)state;
    CS_SCOPED(landscape) l = make(9, 1, 1, 1);
    static const uint16_t key[] = {0, 1, 2, 3, 9, 3, 1, 1, 0};
    memcpy(l.key, key, sizeof(key));
    l.label[0] = 1;
    l.label[8] = 2;
    assert_int_equal(lu_flood(&l.g, l.key, l.label, NULL, SIZE_MAX, NULL), 0);
    for (size_t i = 0; i < 9; i++)
        if (i != 4)
            assert_int_equal(l.label[i], i < 4 ? 1 : 2);
}

static void it_stops_when_told(void **state)
{
    (void)state;
    CS_SCOPED(landscape) l = make(10, 10, 10, 2);
    memset(l.key, 0, 1000 * sizeof(*l.key));
    l.label[555] = 7;
    assert_int_equal(lu_flood(&l.g, l.key, l.label, NULL, 40, NULL), 0);
    size_t count = 0;
    for (size_t i = 0; i < 1000; i++)
        count += l.label[i] == 7;
    assert_int_equal(count, 41);
}

static void deep_voxels_go_first(void **state)
{
    (void)state;
    assert_int_equal(lu_key_of_depth(0), LU_WALL);
    assert_true(lu_key_of_depth(0.2F) > lu_key_of_depth(0.4F));
    assert_true(lu_key_of_depth(10) > lu_key_of_depth(10.2F));
    assert_int_equal(lu_key_of_depth(INFINITY), lu_key_of_depth(600));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_the_least_climb),
        cmocka_unit_test(labels_meet_on_the_ridge),
        cmocka_unit_test(it_stops_when_told),
        cmocka_unit_test(deep_voxels_go_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
