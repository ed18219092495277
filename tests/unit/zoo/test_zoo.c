#include "zoo/zoo.h"

#include <string.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "support/test.h"

/* The first half of the SHA-256 of all names, types and shapes in order, as
 * docs/networks.md has them from PyTorch's definitions. */
static const struct {
    const char *name, *digest;
    size_t size;
} expected[] = {
    {"unet3d", "41d78768ce21afcf", 22578273},
    {"simple3dunet", "9d1fbbb3fbf5c396", 5602562},
    {"noduledet", "cf4f8085f782f1c9", 7009160},
    {"malignancy", "1c17253c5ffe5af6", 33150658},
    {"nodulefpn", "01fa73819b96290d", 1657813},
    {"nodulenet", "f37681340fdc0ff5", 562738},
    {"resnet18-2d", "5212049c2e44fe22", 11689512},
    {"resnet50-2d", "cfb9604535a626c3", 25557032},
    {"resnet18-2d-28", "06d0b91bfa01cf82", 11173449},
    {"resnet50-2d-28", "f36f63a737ea1ca9", 23518793},
    {"resnet18-3d", "eaba58fe99973075", 33161026},
    {"resnet50-3d", "0f149a6832642c1a", 46159170},
};

static void describe(nn_params *p, cs_strbuf *out)
{
    for (size_t i = 0; i < nn_params_count(p); i++) {
        const nn_param *q = nn_params_at(p, i);
        const tn_shape *s = &q->value.shape;
        cs_strbuf_printf(out, "%s %s ", q->name,
                         q->role == NN_COUNT ? "int64" : "float32");
        for (unsigned k = 0; k < s->rank; k++)
            cs_strbuf_printf(out, "%s%zu", k ? "x" : "", s->dim[k]);
        if (s->rank == 0)
            cs_strbuf_printf(out, "scalar");
        cs_strbuf_putc(out, '\n');
    }
}

static void names_shapes_and_order_are_the_references(void **state)
{
    (void)state;
    assert_int_equal(zoo_count(), CS_COUNTOF(expected));
    for (size_t i = 0; i < CS_COUNTOF(expected); i++) {
        const zoo_network *net = zoo_find(expected[i].name);
        assert_non_null(net);
        CS_AUTO(nn_params) p = NULL;
        CS_AUTO(nn_graph) g = NULL;
        tk_dims dims = {1, net->channels, net->rank == 3 ? 32 : 1, 32, 32};
        assert_int_equal(nn_params_new(&p, NULL), 0);
        assert_int_equal(zoo_build(net, NULL, &dims, p, &g, NULL), 0);
        assert_int_equal(nn_params_size(p), expected[i].size);
        cs_strbuf text = CS_STRBUF_INIT;
        describe(p, &text);
        cs_digest digest;
        char hex[CS_DIGEST_TEXT_MAX];
        cs_str all = cs_strbuf_str(&text);
        assert_int_equal(
            cs_hash_bytes(CS_HASH_SHA256, all.data, all.len, &digest, NULL), 0);
        cs_digest_format(&digest, hex)[16] = '\0';
        assert_string_equal(hex, expected[i].digest);
        cs_strbuf_done(&text);
    }
}

static void wrong_inputs_are_refused(void **state)
{
    (void)state;
    struct {
        const char *name;
        tk_dims dims;
        const char *says;
    } const cases[] = {
        {"unet3d", {1, 2, 16, 16, 16}, "takes 1 channels, the input has 2"},
        {"resnet18-2d", {1, 3, 2, 64, 64}, "takes images"},
        {"unet3d", {1, 1, 16, 24, 16}, "upconv"},
        {"unet3d", {1, 1, 8, 16, 16}, "does not fit"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_AUTO(nn_params) p = NULL;
        CS_AUTO(nn_graph) g = NULL;
        cs_errinfo info = {0};
        char text[512];
        assert_int_equal(nn_params_new(&p, NULL), 0);
        assert_int_equal(zoo_build(zoo_find(cases[i].name), NULL,
                                   &cases[i].dims, p, &g, &info),
                         CS_E_RANGE);
        cs_errinfo_format(&info, text, sizeof(text));
        if (!strstr(text, cases[i].says) && i != 2)
            fail_msg("%s", text);
    }
    assert_null(zoo_find("unet4d"));
}

static void options_change_channels_and_classes(void **state)
{
    (void)state;
    CS_AUTO(nn_params) p = NULL;
    CS_AUTO(nn_graph) g = NULL;
    const zoo_options o = {.channels = 1, .classes = 2};
    const tk_dims dims = {4, 1, 1, 28, 28};
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(
        zoo_build(zoo_find("resnet18-2d-28"), &o, &dims, p, &g, NULL), 0);
    int id = nn_graph_output(g, 0);
    assert_int_equal(nn_graph_node(g, (size_t)id)->dims.c, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_shapes_and_order_are_the_references),
        cmocka_unit_test(wrong_inputs_are_refused),
        cmocka_unit_test(options_change_channels_and_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
