#include "base/config.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "support/tmp.h"

typedef struct log_part {
    int level;
    uint64_t max_size;
} log_part;

typedef struct values {
    const char *data, *key;
    int threads;
    log_part log;
} values;

static const char *const levels[] = {"debug", "info", "error", NULL};
static const cs_field log_fields[] = {
    CS_FIELD(ENUM, log_part, level, "level", .words = levels,
             .fallback = "info"),
    CS_FIELD(SIZE, log_part, max_size, "max-size", .fallback = "1MiB"),
};
static const cs_table log_table = CS_TABLE(log_part, log_fields);
static const cs_field fields[] = {
    CS_FIELD(STRING, values, data, "data", .fallback = "./d"),
    CS_FIELD(STRING, values, key, "key", .secret = true),
    CS_FIELD(INT, values, threads, "threads", .min = 0, .max = 64,
             .fallback = "0"),
    CS_FIELD_STRUCT(values, log, "log", &log_table),
};
static const cs_table table = CS_TABLE(values, fields);
static const char *const others[] = {"APP_OTHER", NULL};

static values got;
static cs_config config;
static cs_arena arena;

static int load(const char *file, const char *dotenv, char *const *env,
                cs_errinfo *info)
{
    const cs_config_spec spec = {&table, "APP", file, dotenv, env, others};
    cs_arena_done(&arena);
    return cs_config_load(&spec, &got, &config, &arena, info);
}

static const char *origin(size_t i)
{
    static cs_strbuf text = CS_STRBUF_INIT;
    cs_strbuf_done(&text);
    cs_setting_origin(&config.items[i], CS_LANG_EN, &text);
    static char copy[4096];
    memcpy(copy, text.data, text.len + 1);
    cs_strbuf_done(&text);
    return copy;
}

static const char *value(size_t i)
{
    static char copy[4096];
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_setting_value(&config.items[i], CS_LANG_EN, &text);
    memcpy(copy, text.data, text.len + 1);
    return copy;
}

static void without_sources_the_defaults_stand(void **state)
{
    (void)state;
    assert_int_equal(load(NULL, NULL, NULL, NULL), 0);
    assert_string_equal(got.data, "./d");
    assert_int_equal(got.log.max_size, 1048576);
    assert_int_equal(config.len, 5);
    assert_string_equal(config.items[4].key, "log.max-size");
    assert_string_equal(config.items[4].variable, "APP_LOG_MAX_SIZE");
    assert_string_equal(origin(4), "default");
    assert_string_equal(value(4), "1MiB");
    assert_string_equal(value(1), "");
}

static void later_sources_win_and_are_remembered(void **state)
{
    char file[4096], dotenv[4096];
    snprintf(file, sizeof(file), "%s",
             tmp_write(*state, "a.yaml",
                       "data: /f\nthreads: 3\nlog:\n  level: debug\n"));
    snprintf(
        dotenv, sizeof(dotenv), "%s",
        tmp_write(*state, ".env", "APP_THREADS=4\nUNRELATED=1\nAPP_KEY=s\n"));
    char level[] = "APP_LOG_LEVEL=error", other[] = "APP_OTHER=1",
         not_ours[] = "APPLE=1";
    char *const env[] = {level, other, not_ours, NULL};
    assert_int_equal(load(file, dotenv, env, NULL), 0);
    assert_string_equal(got.data, "/f");
    assert_int_equal(got.threads, 4);
    assert_int_equal(got.log.level, 2);
    assert_string_equal(got.key, "s");
    assert_string_equal(value(1), "(set)");
    char expected[4200];
    snprintf(expected, sizeof(expected), "%s:1", file);
    assert_string_equal(origin(0), expected);
    snprintf(expected, sizeof(expected), "%s:1", dotenv);
    assert_string_equal(origin(2), expected);
    assert_string_equal(origin(3), "APP_LOG_LEVEL");
    assert_string_equal(origin(4), "default");
}

static void mistakes_name_their_source(void **state)
{
    cs_errinfo info = {0};
    char wrong[] = "APP_THREADS=65", slip[] = "APP_THREDS=1";
    char *const env[] = {wrong, NULL}, *const typo[] = {slip, NULL};
    got.threads = 9;
    assert_int_equal(load(NULL, NULL, env, &info), CS_E_RANGE);
    assert_string_equal(info.message, "environment variable APP_THREADS: "
                                      "expected 0 to 64, not 65");
    assert_int_equal(got.threads, 9);
    assert_int_equal(load(NULL, NULL, typo, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "unknown variable APP_THREDS (did you "
                                      "mean APP_THREADS?)");
    const char *dotenv = tmp_write(*state, ".env", "\nAPP_LOG_LEVEL=loud\n");
    assert_int_equal(load(NULL, dotenv, NULL, &info), CS_E_FORMAT);
    assert_int_equal(info.line, 2);
    assert_string_equal(info.message,
                        "variable APP_LOG_LEVEL: expected one of debug, info, "
                        "error, not 'loud'");
    const char *file = tmp_write(*state, "a.yaml", "threads: 3\nlgo: {}\n");
    assert_int_equal(load(file, NULL, NULL, &info), CS_E_FORMAT);
    assert_int_equal(info.line, 2);
    assert_string_equal(info.message,
                        "unknown key 'lgo' (did you mean 'log'?)");
}

static void a_missing_file_is_an_error_and_a_missing_dotenv_is_not(void **state)
{
    cs_errinfo info = {0};
    char file[4096];
    snprintf(file, sizeof(file), "%s", tmp_path(*state, "no.yaml"));
    assert_int_equal(load(NULL, tmp_path(*state, "no.env"), NULL, &info), 0);
    assert_int_equal(load(file, NULL, NULL, &info), CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "no.yaml"));
}

static void a_file_of_comments_changes_nothing(void **state)
{
    const char *file = tmp_write(*state, "a.yaml", "# threads: 3\n");
    assert_int_equal(load(file, NULL, NULL, NULL), 0);
    assert_int_equal(got.threads, 0);
    assert_string_equal(origin(2), "default");
}

typedef struct needs {
    const char *token;
    int port;
} needs;

static const cs_field needs_fields[] = {
    CS_FIELD(STRING, needs, token, "token", .required = true),
    CS_FIELD(INT, needs, port, "port", .fallback = "80"),
};
static const cs_table needs_table = CS_TABLE(needs, needs_fields);

static void any_source_may_give_a_required_key(void **state)
{
    char file[4096], given[] = "APP_TOKEN=t";
    char *const env[] = {given, NULL};
    snprintf(file, sizeof(file), "%s",
             tmp_write(*state, "a.yaml", "port: 81\n"));
    const char *const files[] = {NULL, file};
    for (size_t i = 0; i < CS_COUNTOF(files); i++) {
        cs_errinfo info = {0};
        needs n = {"before", 1};
        cs_config list = {NULL, 0};
        cs_config_spec spec = {&needs_table, "APP", files[i], NULL, env, NULL};
        cs_arena_done(&arena);
        assert_int_equal(cs_config_load(&spec, &n, &list, &arena, &info), 0);
        assert_string_equal(n.token, "t");
        assert_int_equal(list.items[0].origin, CS_ORIGIN_ENVIRONMENT);
        n = (needs){"before", 1};
        list.len = 99;
        spec.env = NULL;
        assert_int_equal(cs_config_load(&spec, &n, &list, &arena, &info),
                         CS_E_FORMAT);
        assert_string_equal(info.message,
                            "key 'token' is missing; set it in the settings "
                            "file or as the variable APP_TOKEN");
        assert_string_equal(info.place, files[i] ? file : "");
        assert_string_equal(n.token, "before");
        assert_int_equal(list.len, 99);
    }
}

static int teardown(void **state)
{
    cs_arena_done(&arena);
    return tmp_teardown(state);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, tmp_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(without_sources_the_defaults_stand),
        IN_DIR(later_sources_win_and_are_remembered),
        IN_DIR(mistakes_name_their_source),
        IN_DIR(a_missing_file_is_an_error_and_a_missing_dotenv_is_not),
        IN_DIR(a_file_of_comments_changes_nothing),
        IN_DIR(any_source_may_give_a_required_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
