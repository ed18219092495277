#include "base/schema.h"

#include <string.h>

#include "base/yaml.h"
#include "support/test.h"

typedef struct site {
    const char *name;
    int beds;
} site;

typedef struct log_part {
    int level;
    uint64_t max_size;
} log_part;

typedef struct plan {
    bool quick;
    int epochs;
    int64_t seed;
    double rate;
    const char *title, *folder;
    int64_t wait;
    log_part log;
    CS_LIST(int) steps;
    CS_LIST(site) sites;
    int untouched;
} plan;

static const char *const levels[] = {"debug", "info", "error", NULL};
static const cs_field site_fields[] = {
    CS_FIELD(STRING, site, name, "name", .required = true, .max = 10),
    CS_FIELD(INT, site, beds, "beds", .fallback = "7"),
};
static const cs_table site_table = CS_TABLE(site, site_fields);
static const cs_field log_fields[] = {
    CS_FIELD(ENUM, log_part, level, "level", .words = levels,
             .fallback = "info"),
    CS_FIELD(SIZE, log_part, max_size, "max-size", .min = 1024, .max = 1048576,
             .fallback = "64KiB"),
};
static const cs_table log_table = CS_TABLE(log_part, log_fields);
static const cs_field plan_fields[] = {
    CS_FIELD(BOOL, plan, quick, "quick"),
    CS_FIELD(INT, plan, epochs, "epochs", .min = 1, .max = 20,
             .required = true),
    CS_FIELD(INT64, plan, seed, "seed", .fallback = "42"),
    CS_FIELD(FLOAT, plan, rate, "rate", .fmin = 0, .fmax = 1,
             .fallback = "0.5"),
    CS_FIELD(STRING, plan, title, "title", .text = CS_TEXT_IDENTIFIER),
    CS_FIELD(STRING, plan, folder, "folder", .text = CS_TEXT_RELATIVE_PATH),
    CS_FIELD(DURATION, plan, wait, "wait", .fallback = "30s"),
    CS_FIELD_STRUCT(plan, log, "log", &log_table),
    CS_FIELD_LIST_OF(INT, plan, steps, "steps", .max_items = 3),
    CS_FIELD_LIST_OF_STRUCT(plan, sites, "sites", &site_table, .max_items = 9),
};
static const cs_table plan_table = CS_TABLE(plan, plan_fields);

static int decode(const char *text, cs_lang lang, plan *out, cs_arena *arena,
                  cs_errinfo *info)
{
    *info = (cs_errinfo){.lang = lang};
    CS_AUTO(cs_doc) doc = NULL;
    int r =
        cs_doc_parse_yaml(text, strlen(text), "plan.yaml", NULL, &doc, info);
    return r < 0 ? r
                 : cs_schema_decode(cs_doc_root(doc), &plan_table, out, arena,
                                    info);
}

static void values_land_in_their_members(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info;
    plan p = {.untouched = 77};
    int r = decode("quick: true\nepochs: 3\nseed: -1\nrate: 1\ntitle: a_b-1\n"
                   "folder: a/b\nwait: 250ms\n"
                   "log: {level: error, max-size: 2048}\n"
                   "steps: [1, 2]\nsites:\n- {name: A}\n- {name: B, beds: 9}\n",
                   CS_LANG_EN, &p, &arena, &info);
    if (r < 0)
        fail_msg("%u:%u %s", info.line, info.column, info.message);
    assert_true(p.quick);
    assert_int_equal(p.epochs, 3);
    assert_int_equal(p.seed, -1);
    assert_true(p.rate == 1);
    assert_string_equal(p.title, "a_b-1");
    assert_string_equal(p.folder, "a/b");
    assert_int_equal(p.wait, 250000000);
    assert_int_equal(p.log.level, 2);
    assert_int_equal(p.log.max_size, 2048);
    assert_int_equal(p.steps.len, 2);
    assert_int_equal(p.steps.items[1], 2);
    assert_int_equal(p.sites.len, 2);
    assert_string_equal(p.sites.items[0].name, "A");
    assert_int_equal(p.sites.items[0].beds, 7);
    assert_int_equal(p.sites.items[1].beds, 9);
    assert_int_equal(p.untouched, 77);
    cs_arena_done(&arena);
}

static void what_is_absent_takes_its_default(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info;
    plan p = {.quick = true, .title = "x"};
    assert_int_equal(decode("epochs: 1\n", CS_LANG_EN, &p, &arena, &info), 0);
    assert_false(p.quick);
    assert_int_equal(p.seed, 42);
    assert_true(p.rate == 0.5);
    assert_null(p.title);
    assert_int_equal(p.log.level, 1);
    assert_int_equal(p.log.max_size, 65536);
    assert_int_equal(p.steps.len, 0);
    assert_int_equal(p.wait, INT64_C(30000000000));
    cs_arena_done(&arena);
}

static void mistakes_name_key_place_and_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"epochs: 1\nepoch: 2\n",
         "plan.yaml:2:1: unknown key 'epoch' (did you mean 'epochs'?)"},
        {"epochs: 1\nbananas: 2\n", "plan.yaml:2:1: unknown key 'bananas'"},
        {"epochs: 1\nlog:\n  levle: info\n",
         "plan.yaml:3:3: unknown key 'log.levle' (did you mean 'level'?)"},
        {"epochs: 1\nlog:\n  level: inof\n",
         "plan.yaml:3:10: key 'log.level': expected one of debug, info, error, "
         "not 'inof'"},
        {"seed: 1\n", "plan.yaml:1:1: key 'epochs' is missing"},
        {"epochs: 21\n",
         "plan.yaml:1:9: key 'epochs': expected 1 to 20, not 21"},
        {"epochs: '3'\n",
         "plan.yaml:1:9: key 'epochs': expected a whole number, not '3'"},
        {"epochs: 2.5\n",
         "plan.yaml:1:9: key 'epochs': expected a whole number, not '2.5'"},
        {"epochs: 1\nrate: 1.5\n",
         "plan.yaml:2:7: key 'rate': expected 0.0 to 1.0, not 1.5"},
        {"epochs: 1\nquick: yes\n",
         "plan.yaml:2:8: key 'quick': expected true or false, not 'yes'"},
        {"epochs: 1\ntitle: 1a\n",
         "plan.yaml:2:8: key 'title': expected letters, digits, '_' and '-', "
         "starting with a letter"},
        {"epochs: 1\nfolder: ../x\n",
         "plan.yaml:2:9: key 'folder': expected a relative path that stays in "
         "its directory"},
        {"epochs: 1\nlog: {max-size: 2MiB}\n",
         "plan.yaml:2:17: key 'log.max-size': expected 1KiB to 1MiB, not 2MiB"},
        {"epochs: 1\nwait: 30\n",
         "plan.yaml:2:7: key 'wait': expected a duration such as 30s, not "
         "'30'"},
        {"epochs: 1\nsteps: 3\n",
         "plan.yaml:2:8: key 'steps': expected a list, not '3'"},
        {"epochs: 1\nsteps: [1,2,3,4]\n",
         "plan.yaml:2:8: key 'steps': expected 0 to 3 items, not 4"},
        {"epochs: 1\nsteps: [1, x]\n",
         "plan.yaml:2:12: key 'steps[1]': expected a whole number, not 'x'"},
        {"epochs: 1\nsites:\n- name: A\n- beds: 1\n",
         "plan.yaml:4:3: key 'sites[1].name' is missing"},
        {"epochs: 1\nsites:\n- name: elevenchars\n",
         "plan.yaml:3:9: key 'sites[0].name': expected 0 to 10 bytes of text, "
         "not 11"},
        {"epochs: 1\nlog: 3\n",
         "plan.yaml:2:6: key 'log': expected a map of keys, not '3'"},
        {"[1]\n", "plan.yaml:1:1: expected a map of keys at the top"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        cs_arena arena = CS_ARENA_INIT;
        cs_errinfo info;
        plan p = {.untouched = 5}, before = p;
        char line[800];
        assert_true(decode(rows[i].text, CS_LANG_EN, &p, &arena, &info) < 0);
        assert_string_equal(cs_errinfo_format(&info, line, sizeof(line)),
                            rows[i].says);
        assert_memory_equal(&p, &before, sizeof(p));
        cs_arena_done(&arena);
    }
}

static void a_layer_may_lack_required_keys_but_not_within_lists(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
    } rows[] = {{"seed: 1\n", 0},
                {"sites: [{beds: 1}]\n", CS_E_FORMAT},
                {"epoch: 1\n", CS_E_FORMAT},
                {"epochs: 21\n", CS_E_RANGE}};
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        CS_AUTO(cs_doc) doc = NULL;
        cs_arena arena = CS_ARENA_INIT;
        plan p = {.epochs = 9};
        assert_int_equal(cs_doc_parse_yaml(rows[i].text, strlen(rows[i].text),
                                           "p", NULL, &doc, NULL),
                         0);
        assert_int_equal(cs_schema_decode_partial(cs_doc_root(doc), &plan_table,
                                                  &p, &arena, NULL),
                         rows[i].code);
        assert_int_equal(p.epochs, rows[i].code == 0 ? 0 : 9);
        cs_arena_done(&arena);
    }
}

static void mistakes_are_explained_in_chinese(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info;
    plan p;
    memset(&p, 0, sizeof(p));
    assert_int_equal(decode("epochs: 21\n", CS_LANG_ZH, &p, &arena, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message, "键 “epochs”：应为 1 到 20，而不是 21");
    cs_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_land_in_their_members),
        cmocka_unit_test(what_is_absent_takes_its_default),
        cmocka_unit_test(mistakes_name_key_place_and_what_is_expected),
        cmocka_unit_test(a_layer_may_lack_required_keys_but_not_within_lists),
        cmocka_unit_test(mistakes_are_explained_in_chinese),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
