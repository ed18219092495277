#include "train/loaders.h"

#include <pthread.h>

#include "base/mem.h"
#include "support/test.h"

/* Numbers in boxes; how many boxes are out. */
typedef struct factory {
    pthread_mutex_t lock;
    size_t boxes;
    uint64_t offset; /* what boxes are made from */
    uint64_t broken; /* this number fails, once */
} factory;

static int make_box(void *ctx, uint64_t number, void **ret, cs_errinfo *info)
{
    factory *f = ctx;
    pthread_mutex_lock(&f->lock);
    bool fails = number == f->broken;
    if (fails)
        f->broken = UINT64_MAX;
    else
        f->boxes++;
    pthread_mutex_unlock(&f->lock);
    if (fails)
        return cs_fail(info, CS_E_IO, "box");
    uint64_t *box = cs_malloc(sizeof(*box));
    assert_non_null(box);
    *box = number + f->offset;
    *ret = box;
    return 0;
}

static void drop_box(void *ctx, void *box)
{
    factory *f = ctx;
    pthread_mutex_lock(&f->lock);
    f->boxes--;
    pthread_mutex_unlock(&f->lock);
    cs_free(box);
}

static tr_loaders *start(factory *f, unsigned threads, size_t ahead)
{
    const tr_loaders_spec spec = {.threads = threads,
                                  .ahead = ahead,
                                  .make = make_box,
                                  .drop = drop_box,
                                  .ctx = f};
    tr_loaders *l = NULL;
    assert_int_equal(tr_loaders_new(&spec, &l, NULL), 0);
    return l;
}

static void expect(factory *f, tr_loaders *l, uint64_t number)
{
    void *box = NULL;
    assert_int_equal(tr_loaders_next(l, &box, NULL), 0);
    assert_non_null(box);
    assert_int_equal(*(uint64_t *)box, number);
    drop_box(f, box);
}

#define FACTORY                                                                \
    {                                                                          \
        .lock = PTHREAD_MUTEX_INITIALIZER, .broken = UINT64_MAX                \
    }

static const struct {
    unsigned threads;
    size_t ahead;
} ways[] = {{0, 0}, {1, 1}, {1, 4}, {3, 2}, {4, 0}};

static void things_come_in_order(void **state)
{
    (void)state;
    for (size_t w = 0; w < CS_COUNTOF(ways); w++) {
        factory f = FACTORY;
        tr_loaders *l = start(&f, ways[w].threads, ways[w].ahead);
        for (uint64_t i = 0; i < 100; i++)
            expect(&f, l, i);
        tr_loaders_free(l);
        assert_int_equal(f.boxes, 0);
    }
}

static void jumps_leave_nothing_behind(void **state)
{
    (void)state;
    for (size_t w = 0; w < CS_COUNTOF(ways); w++) {
        factory f = FACTORY;
        tr_loaders *l = start(&f, ways[w].threads, ways[w].ahead);
        uint64_t at = 0;
        for (uint64_t i = 0; i < 200; i++) {
            at += i % 3 ? i % 5 : 1000; /* near and far ... */
            at -= i % 7 ? 0 : at / 2;   /* ... and back */
            tr_loaders_seek(l, at);
            for (uint64_t k = 0; k < i % 4; k++)
                expect(&f, l, at++);
        }
        tr_loaders_free(l);
        assert_int_equal(f.boxes, 0);
    }
}

static void a_failure_is_told_and_tried_again(void **state)
{
    (void)state;
    for (size_t w = 0; w < CS_COUNTOF(ways); w++) {
        factory f = FACTORY;
        f.broken = 3;
        tr_loaders *l = start(&f, ways[w].threads, ways[w].ahead);
        cs_errinfo info = {0};
        void *box = NULL;
        for (uint64_t i = 0; i < 3; i++)
            expect(&f, l, i);
        assert_int_equal(tr_loaders_next(l, &box, &info), CS_E_IO);
        assert_string_equal(info.message, "box");
        for (uint64_t i = 3; i < 10; i++)
            expect(&f, l, i);
        tr_loaders_free(l);
        assert_int_equal(f.boxes, 0);
    }
}

static void nothing_old_is_given_after_a_pause(void **state)
{
    (void)state;
    for (size_t w = 0; w < CS_COUNTOF(ways); w++) {
        factory f = FACTORY;
        tr_loaders *l = start(&f, ways[w].threads, ways[w].ahead);
        for (uint64_t i = 0; i < 50; i++) {
            tr_loaders_pause(l);
            f.offset = 1000 * i;
            tr_loaders_resume(l);
            expect(&f, l, i + f.offset);
        }
        tr_loaders_free(l);
        assert_int_equal(f.boxes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(things_come_in_order),
        cmocka_unit_test(jumps_leave_nothing_behind),
        cmocka_unit_test(a_failure_is_told_and_tried_again),
        cmocka_unit_test(nothing_old_is_given_after_a_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
