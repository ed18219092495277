#include "weights/pickle.h"

#include "kit.h"

static const wt_global allowed[] = {
    {"torch", "FloatStorage", WT_GLOBAL_TYPE},
    {"torch._utils", "_rebuild_tensor_v2", WT_GLOBAL_CALL},
    {"collections", "OrderedDict", WT_GLOBAL_DICT},
};

#define ORDERED "ccollections\nOrderedDict\n"
#define REBUILD "ctorch._utils\n_rebuild_tensor_v2\n"
#define STORAGE "ctorch\nFloatStorage\n"

static int parse(cs_str bytes, wt_pickle **ret, cs_errinfo *info)
{
    return wt_pickle_parse(bytes, allowed, CS_COUNTOF(allowed), ret, info);
}

#define PICKLE(body) CS_STR("\x80\x02" body ".")

static wt_pickle *good(cs_str bytes)
{
    wt_pickle *p = NULL;
    cs_errinfo info = {0};
    if (parse(bytes, &p, &info) < 0)
        fail_msg("%s", info.message);
    return p;
}

static void expect_refused(cs_str bytes, int code, const char *says)
{
    wt_pickle *p = NULL;
    cs_errinfo info = {0};
    int r = parse(bytes, &p, &info);
    if (r != code || !strstr(info.message, says))
        fail_msg("%d: %s", r, info.message);
    assert_null(p);
}

static void ordered_dictionaries_may_have_attributes(void **state)
{
    (void)state;
    CS_AUTO(wt_pickle) p = good(PICKLE(ORDERED ")R}b"));
    assert_int_equal(wt_pickle_root(p)->kind, WT_DICT);
    expect_refused(PICKLE("}}b"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE(REBUILD ")R}b"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE("K\1}b"), CS_E_FORMAT, "wrong kind");
}

static void whatever_would_run_code_is_refused_by_name(void **state)
{
    (void)state;
    expect_refused(PICKLE("cposix\nsystem\n(X\2\0\0\0lstR"), CS_E_UNSAFE,
                   "'posix.system'");
    expect_refused(PICKLE("cbuiltins\neval\n"), CS_E_UNSAFE, "'builtins.eval'");
    expect_refused(PICKLE("c__builtin__\ngetattr\n"), CS_E_UNSAFE, "getattr");
    expect_refused(PICKLE("ctorch\nload\n"), CS_E_UNSAFE, "'torch.load'");
    expect_refused(PICKLE("ctorch\nFloatStorage.x\n"), CS_E_UNSAFE, "");
    expect_refused(PICKLE("ctorch._utils\n_rebuild_tensor_v2\0\n"), CS_E_UNSAFE,
                   "");
    expect_refused(PICKLE("(iposix\nsystem\n"), CS_E_UNSAFE, "INST at byte 3");
    expect_refused(PICKLE("(o"), CS_E_UNSAFE, "OBJ at byte 3");
    expect_refused(PICKLE("\x81"), CS_E_UNSAFE, "NEWOBJ ");
    expect_refused(PICKLE("\x82\1"), CS_E_UNSAFE, "EXT1");
    expect_refused(PICKLE("\x92"), CS_E_UNSAFE, "NEWOBJ_EX");
    expect_refused(PICKLE("\x93"), CS_E_UNSAFE, "STACK_GLOBAL");
    expect_refused(PICKLE("Pid\n"), CS_E_UNSAFE, "PERSID");
    expect_refused(PICKLE("\xff"), CS_E_FORMAT, "byte 2 of the pickle");
}

static void names_are_called_only_as_they_may(void **state)
{
    (void)state;
    expect_refused(PICKLE(STORAGE ")R"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE(ORDERED "]\x85R"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE(REBUILD "]R"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE("K\1)R"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE(REBUILD ")R)R"), CS_E_FORMAT, "wrong kind");
    expect_refused(PICKLE(")R"), CS_E_FORMAT, "where there is none");
}

static void the_stack_is_guarded(void **state)
{
    (void)state;
    static const cs_str wrong[] = {
        PICKLE(""),
        PICKLE("NN"),
        PICKLE("(N"),
        PICKLE("t"),
        PICKLE("u"),
        PICKLE("e"),
        PICKLE("a"),
        PICKLE("s"),
        PICKLE("Na"),
        PICKLE("NNs"),
        PICKLE("}N(s"),
        PICKLE("](Na"),
        PICKLE("]N(a"),
        PICKLE("}(Nu"),
        PICKLE("}NNa"),
        PICKLE("]NNs"),
        PICKLE("(NNu"),
        PICKLE("N\x86"),
        PICKLE("NN(\x85"),
        PICKLE("NN(N\x87"),
        PICKLE("q\0"),
        PICKLE("(q\0"),
        PICKLE("h\0"),
        PICKLE("Nq\1h\0"),
        PICKLE("Nj\1\0\0\0"),
        PICKLE("Q"),
        PICKLE("(Q"),
        PICKLE("b"),
        PICKLE("Nb"),
        PICKLE("R"),
        PICKLE("N\x80\x02"),
        PICKLE(")(e"),
        PICKLE("(e"),
        PICKLE("X\1\0\0\0\xff"),
        CS_STR("\x80\x02N.N"),
        CS_STR("N."),
        CS_STR("."),
        CS_STR(""),
    };
    for (size_t i = 0; i < CS_COUNTOF(wrong); i++) {
        wt_pickle *p = NULL;
        int r = parse(wrong[i], &p, NULL);
        if (r != CS_E_FORMAT)
            fail_msg("%zu: %d", i, r);
    }
    expect_refused(CS_STR("\x80\x04N."), CS_E_UNSUPPORTED, "protocol 4");
}

/* PROTO, then `n` times `piece`. */
static void expect_limit(const char *piece, size_t n, const char *says)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_append(&b, "\x80\x02", 2);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(cs_strbuf_add(&b, piece), 0);
    expect_refused(cs_strbuf_str(&b), CS_E_LIMIT, says);
}

static void everything_is_limited(void **state)
{
    (void)state;
    expect_limit("(", 300, "deeper than 256 levels");
    expect_limit("(", 100000, "deeper than 256 levels");
    expect_limit("N", WT_PICKLE_STACK_MAX + 1, "piles up more than");
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_append(&b, "\x80\x02]", 3);
    for (size_t i = 0; i < WT_PICKLE_VALUES_MAX; i++)
        assert_int_equal(cs_strbuf_append(&b, "Na", 2), 0);
    expect_refused(cs_strbuf_str(&b), CS_E_LIMIT, "has more than");
    expect_refused(PICKLE("Nr\xff\xff\xff\xff"), CS_E_LIMIT, "has more than");
    static const char bytes[1];
    expect_refused((cs_str){bytes, WT_PICKLE_SIZE_MAX + 1}, CS_E_LIMIT,
                   "a pickle of");
    CS_AUTO_MEM char *word = cs_malloc(1000);
    memset(word, 'c', 1000);
    memcpy(word, "\x80\x02", 2);
    expect_refused((cs_str){word, 1000}, CS_E_FORMAT, "cut short");
}

/* Lists within lists need no marks, so depth alone is no limit: it must cost
 * nothing to make and to free. */
static void deep_values_are_harmless(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_append(&b, "\x80\x02)", 3);
    for (size_t i = 0; i < 1000000; i++)
        assert_int_equal(cs_strbuf_append(&b, "\x85", 1), 0);
    cs_strbuf_putc(&b, '.');
    CS_AUTO(wt_pickle) p = good(cs_strbuf_str(&b));
    assert_int_equal(wt_pickle_root(p)->len, 1);
}

static const cs_str everything =
    PICKLE("}q\0(X\1\0\0\0aq\1](K\1M\1\1J\1\1\1\1eh\1(NGabcdefgh\x88\x89"
           "tX\1\0\0\0b" ORDERED ")Rq\2}bX\3\0\0\0key" REBUILD "q\3(" STORAGE
           "\x85QN\x86\x8a\x01\1K\1\x87tRu");

static void every_cut_is_refused(void **state)
{
    (void)state;
    CS_AUTO(wt_pickle) whole = NULL;
    assert_int_equal(parse(everything, &whole, NULL), 0);
    for (size_t n = 0; n < everything.len; n++) {
        wt_pickle *p = NULL;
        CS_AUTO_MEM char *copy = cs_memdup(everything.data, n);
        assert_true(parse((cs_str){copy, n}, &p, NULL) < 0);
    }
}

static int parse_again(void *with)
{
    CS_AUTO(wt_pickle) p = NULL;
    cs_errinfo info = {0};
    return parse(*(const cs_str *)with, &p, &info);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    cs_str bytes = everything;
    kit_refuse_each(parse_again, &bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordered_dictionaries_may_have_attributes),
        cmocka_unit_test(whatever_would_run_code_is_refused_by_name),
        cmocka_unit_test(names_are_called_only_as_they_may),
        cmocka_unit_test(the_stack_is_guarded),
        cmocka_unit_test(everything_is_limited),
        cmocka_unit_test(deep_values_are_harmless),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
