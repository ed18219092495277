#include "eval/match.h"

#include <math.h>
#include <stdlib.h>

#include "support/study.h"

#define MARKS_MAX 64

static const ev_rule official = {.marks_max = 100,
                                 .threshold = -(double)INFINITY};

static void read_small(void **state, const char *nodules, const char *excluded,
                       const char *marks, ev_study *ret)
{
    assert_int_equal(
        study_read(*state, "s\nt\n", nodules, excluded, marks, ret, NULL), 0);
}

#define HEAD "scan,x,y,z,diameter\n"
#define MARK "scan,x,y,z,score\n"

static void a_mark_on_the_radius_misses(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_match) m = EV_MATCH_INIT;
    read_small(state, HEAD "s,0,0,0,10\nt,0,0,0,-1\n", NULL,
               MARK "s,5,0,0,.9\ns,4.999,0,0,.1\nt,3,4,0,.5\nt,2.9,4,0,.4\n",
               &s);
    assert_int_equal(ev_match_study(&s, &official, &m, NULL), 0);
    assert_int_equal(m.fate[0], EV_MARK_FALSE);
    assert_int_equal(m.fate[1], EV_MARK_HIT);
    assert_int_equal(m.fate[2], EV_MARK_FALSE);
    assert_int_equal(m.fate[3], EV_MARK_HIT);
    assert_true(m.best[0] == 1 && m.best[1] == 3);
}

static void the_best_of_several_marks_counts(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_match) m = EV_MATCH_INIT;
    read_small(state, HEAD "s,0,0,0,10\n", HEAD "s,0,0,1,10\ns,50,0,0,-1\n",
               MARK "s,1,0,0,.3\ns,2,0,0,.7\ns,0,0,5.5,.9\ns,52,0,0,.2\n"
                    "t,0,0,0,1\n",
               &s);
    assert_int_equal(ev_match_study(&s, &official, &m, NULL), 0);
    const uint8_t fates[] = {EV_MARK_DOUBLE, EV_MARK_HIT, EV_MARK_IGNORED,
                             EV_MARK_IGNORED, EV_MARK_FALSE};
    assert_memory_equal(m.fate, fates, sizeof(fates));
    assert_true(m.counts.tp == 1 && m.counts.fn == 0 && m.counts.fp == 1);
    assert_true(m.counts.doubles == 1 && m.counts.ignored == 2);
    assert_int_equal(m.counts.marks, 5);
}

static void one_mark_may_find_two_nodules(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_match) m = EV_MATCH_INIT;
    read_small(state, HEAD "s,0,0,0,10\ns,3,0,0,10\n", NULL,
               MARK "s,1,0,0,.3\n", &s);
    assert_int_equal(ev_match_study(&s, &official, &m, NULL), 0);
    assert_true(m.counts.tp == 2 && m.counts.fp == 0 && m.counts.doubles == 0);
    assert_true(m.best[0] == 0 && m.best[1] == 0);
}

static void ties_at_the_limit_drop_them_all(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_match) m = EV_MATCH_INIT;
    CS_SCOPED(ev_match) less = EV_MATCH_INIT;
    read_small(state, HEAD, NULL,
               MARK "s,0,0,0,.5\ns,0,0,0,.9\ns,0,0,0,.5\ns,0,0,0,.5\n"
                    "t,0,0,0,.1\nt,0,0,0,.2\n",
               &s);
    ev_rule rule = official;
    rule.marks_max = 2;
    assert_int_equal(ev_match_study(&s, &rule, &m, NULL), 0);
    assert_int_equal(m.counts.marks, 3);
    const uint8_t fates[] = {EV_MARK_DROPPED, EV_MARK_FALSE, EV_MARK_DROPPED,
                             EV_MARK_DROPPED, EV_MARK_FALSE, EV_MARK_FALSE};
    assert_memory_equal(m.fate, fates, sizeof(fates));
    rule.threshold = 0.2;
    assert_int_equal(ev_match_study(&s, &rule, &less, NULL), 0);
    assert_int_equal(less.counts.marks, 2);
    assert_int_equal(less.fate[4], EV_MARK_DROPPED);
}

/* --- the official script's way of doing it, on its own --- */

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Which of a scan's marks stay, as its dictionary of candidates would. */
static size_t keep(const ev_mark *marks, size_t n, size_t max, bool *kept)
{
    double p[MARKS_MAX] = {0};
    size_t left = 0;
    assert_true(n <= MARKS_MAX);
    for (size_t i = 0; i < n; i++)
        p[i] = marks[i].probability;
    qsort(p, n, sizeof(*p), falling);
    for (size_t i = 0; i < n; i++) {
        kept[i] = n <= max || (left < max && marks[i].probability > p[max]);
        left += kept[i];
    }
    return left;
}

static void count_scan(const ev_study *s, size_t scan, size_t max, ev_counts *c)
{
    bool kept[MARKS_MAX];
    bool left[MARKS_MAX]; /* not yet taken by a finding */
    size_t from = s->mark_first[scan];
    size_t n = s->mark_first[scan + 1] - from;
    c->marks += keep(s->marks.items + from, n, max, kept);
    memcpy(left, kept, sizeof(left));
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < s->nodules.len; k++) {
            const ev_nodule *v = &s->nodules.items[k];
            if (v->scan != scan || v->excluded != pass)
                continue;
            double diameter = v->diameter < 0 ? 10 : v->diameter;
            size_t found = 0;
            for (size_t i = 0; i < n; i++) {
                const double *at = s->marks.items[from + i].at;
                double d = pow(v->at[0] - at[0], 2) + pow(v->at[1] - at[1], 2) +
                           pow(v->at[2] - at[2], 2);
                if (!kept[i] || !(d < pow(diameter / 2, 2)))
                    continue;
                found++;
                c->ignored += pass == 1 && left[i];
                left[i] = false;
            }
            c->tp += pass == 0 && found > 0;
            c->fn += pass == 0 && found == 0;
            c->doubles += pass == 0 && found > 1 ? found - 1 : 0;
        }
    }
    for (size_t i = 0; i < n; i++)
        c->fp += left[i];
}

static void counts_are_the_scripts(void **state)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        CS_SCOPED(ev_study) s = EV_STUDY_INIT;
        CS_SCOPED(ev_match) m = EV_MATCH_INIT;
        ev_counts c = {0};
        ev_rule rule = official;
        rule.marks_max = 3 + seed % 8;
        study_by_chance(*state, seed, 30, &s);
        for (size_t i = 0; i < 30; i++)
            count_scan(&s, i, rule.marks_max, &c);
        assert_int_equal(ev_match_study(&s, &rule, &m, NULL), 0);
        assert_memory_equal(&m.counts, &c, sizeof(c));
        assert_true(c.tp && c.fn && c.fp && c.ignored && c.doubles);
    }
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_mark_on_the_radius_misses),   T(the_best_of_several_marks_counts),
        T(one_mark_may_find_two_nodules), T(ties_at_the_limit_drop_them_all),
        T(counts_are_the_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
