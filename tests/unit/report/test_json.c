#include "report/json.h"

#include <stdlib.h>

#include "base/json.h"
#include "report/case.h"

static const cs_node *must(const cs_node *node)
{
    if (!node)
        abort();
    return node;
}

static const cs_node *first(const cs_node *parent)
{
    return must(cs_node_first(parent));
}

static void check_order(const cs_node *map, const char *const *keys)
{
    const cs_node *child = first(map);
    for (; *keys; keys++, child = child->next) {
        assert_string_equal(must(child)->key.data, *keys);
    }
}

static const cs_node *get(const cs_node *map, const char *key)
{
    return must(cs_node_get(map, cs_str_of(key)));
}

static void check_nodule(const cs_node *n)
{
    static const char *const keys[] = {
        "nodule_id",  "position",         "size",
        "volume",     "malignancy_score", "malignancy_class",
        "confidence", "characteristics",  NULL};
    static const char *const inner[] = {
        "diameter_mm", "volume_mm3",     "sphericity",  "density_hu",
        "texture_std", "edge_sharpness", "spiculation", NULL};
    check_order(n, keys);
    check_order(get(n, "characteristics"), inner);
    assert_true(first(get(n, "position"))->number == 12.5);
    assert_true(get(n, "malignancy_score")->number == 0.75);
    assert_string_equal(get(n, "malignancy_class")->string.data, "malignant");
    assert_true(get(get(n, "characteristics"), "spiculation")->boolean);
    const cs_node *other = must(n->next);
    assert_int_equal(get(other, "malignancy_score")->kind, CS_NODE_NULL);
    assert_int_equal(get(other, "malignancy_class")->kind, CS_NODE_NULL);
}

static void check_sentences(const cs_node *root)
{
    const cs_node *advice = first(get(root, "recommendations"));
    assert_string_equal(advice->string.data, "see a doctor");
    assert_string_equal(must(advice->next)->string.data, "look at nodule 2");
    const cs_node *warning = first(get(root, "warnings"));
    assert_string_equal(get(warning, "text")->string.data, "slices of 5.0 mm");
    assert_false(get(root, "reliable")->boolean);
    assert_true(get(first(get(root, "models")), "phantoms_only")->boolean);
}

static void the_shape_is_that_of_document_002(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "patient_id",      "study_id",        "timestamp",
        "num_nodules",     "nodules",         "risk_assessment",
        "recommendations", "processing_time", NULL};
    made_case m;
    make_case(&m);
    cs_strbuf out = CS_STRBUF_INIT;
    assert_int_equal(rp_json(&m.it, CS_LANG_EN, &out, NULL), 0);
    CS_AUTO(cs_doc) doc = NULL;
    assert_int_equal(
        cs_doc_parse_json(out.data, out.len, "report.json", NULL, &doc, NULL),
        0);
    const cs_node *root = cs_doc_root(doc);
    check_order(root, keys);
    check_nodule(first(get(root, "nodules")));
    check_sentences(root);
    assert_int_equal(get(root, "patient_id")->kind, CS_NODE_NULL);
    assert_string_equal(get(root, "risk_assessment")->string.data, "high");
    assert_non_null(strstr(get(root, "disclaimer")->string.data, "doctor"));
    cs_strbuf_done(&out);
    unmake_case(&m);
}

static void a_reliable_result_says_so(void **state)
{
    (void)state;
    made_case m;
    make_case(&m);
    m.diagnosis.warnings.len = 1;
    m.diagnosis.findings.len = 0;
    cs_strbuf out = CS_STRBUF_INIT;
    assert_int_equal(rp_json(&m.it, CS_LANG_ZH, &out, NULL), 0);
    assert_non_null(strstr(out.data, "\"reliable\": true"));
    assert_non_null(strstr(out.data, "\"num_nodules\": 0"));
    cs_strbuf_done(&out);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shape_is_that_of_document_002),
        cmocka_unit_test(a_reliable_result_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
