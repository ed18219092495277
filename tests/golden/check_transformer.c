/* check_transformer DIR: a transformer built of our layers against what
 * make_transformer.py wrote there. Outputs by the largest error over the
 * largest value, gradients by norms; in both tiers of instructions. Leaves the
 * network there as transformer.onnx, for onnx_transformer.py. Exits with 77
 * (skipped) where nothing was written. */
#include <string.h>
#include <unistd.h>

#include "compare.h"

#include "base/mem.h"
#include "nn/plan.h"
#include "onnx/export.h"

/* Largest ratios met: outputs 2.1, gradients 1.6. */
static const limit outputs = {3, 1e-6};
static const limit gradients = {3, 2e-6};

enum { WIDTH = 36, HEADS = 3, HIDDEN = 88, CLASSES = 5, WORDS = 11 };

#define IMAGE_FLOATS ((size_t)2 * 3 * 20 * 28)

static const tk_dims image_dims = {2, 3, 1, 20, 28};
static const tk_dims words_dims = {2, 1, 1, 1, 9};

/* --- the network --- */

static nn_value linear(nn_graph *g, const char *name, nn_value x, size_t out)
{
    return nn_conv(g, name, x, &(nn_conv_spec){.out = out});
}

/* Channels of a third. */
static nn_value third(nn_graph *g, nn_value x, size_t i)
{
    const nn_box box = {.first = {.c = i * WIDTH}, .count = {.c = WIDTH}};
    return nn_slice(g, &box, x);
}

/* Queries, keys and values by one layer, as PyTorch keeps them. */
static nn_value self_attention(nn_graph *g, nn_value x, bool causal)
{
    const nn_attention_spec spec = {.heads = HEADS, .causal = causal};
    nn_enter(g, "self_attention");
    nn_value t = linear(g, "in_proj", x, (size_t)3 * WIDTH);
    t = nn_attention(g, &spec, third(g, t, 0), third(g, t, 1), third(g, t, 2));
    t = linear(g, "out_proj", t, WIDTH);
    nn_leave(g);
    return t;
}

static nn_value cross_attention(nn_graph *g, nn_value x, nn_value memory)
{
    nn_enter(g, "cross_attention");
    nn_value t = nn_attention(
        g, &(nn_attention_spec){.heads = HEADS}, linear(g, "q", x, WIDTH),
        linear(g, "k", memory, WIDTH), linear(g, "v", memory, WIDTH));
    t = linear(g, "out_proj", t, WIDTH);
    nn_leave(g);
    return t;
}

static nn_value mlp(nn_graph *g, nn_value x)
{
    nn_enter(g, "mlp");
    x = nn_activation(g, (tk_activation){.kind = TK_GELU},
                      linear(g, "0", x, HIDDEN));
    x = linear(g, "2", x, WIDTH);
    nn_leave(g);
    return x;
}

static nn_value block(nn_graph *g, const char *name, nn_value x)
{
    nn_enter(g, name);
    x = nn_add(g, x, self_attention(g, nn_layer_norm(g, "norm1", x), false));
    x = nn_add(g, x, mlp(g, nn_layer_norm(g, "norm2", x)));
    nn_leave(g);
    return x;
}

static nn_value positions(nn_graph *g, nn_value x, size_t h, size_t w)
{
    const tk_dims d = {1, WIDTH, 1, h, w};
    return nn_add(g, x, nn_parameter(g, "position", NN_SHIFT, &d));
}

static nn_value reader(nn_graph *g, nn_value words, nn_value patches)
{
    nn_enter(g, "reader");
    nn_value x = nn_embedding(g, "words", words, WORDS, WIDTH);
    x = positions(g, x, words_dims.h, words_dims.w);
    x = nn_add(g, x, self_attention(g, nn_layer_norm(g, "norm1", x), true));
    x = nn_add(g, x, cross_attention(g, nn_layer_norm(g, "norm2", x), patches));
    x = linear(g, "head", x, WORDS);
    nn_leave(g);
    return x;
}

static void build(nn_graph *g)
{
    nn_rank(g, 2);
    nn_value image = nn_input(g, "image", &image_dims);
    nn_value words = nn_input(g, "words", &words_dims);
    nn_value x =
        nn_conv(g, "patches", image,
                &(nn_conv_spec){
                    .out = WIDTH, .kernel = {1, 4, 4}, .stride = {1, 4, 4}});
    x = positions(g, x, 5, 7);
    x = block(g, "block2", block(g, "block1", x));
    x = nn_layer_norm(g, "norm", x);
    nn_value mean = nn_reduce(g, TK_REDUCE_MEAN, NN_AXIS_H | NN_AXIS_W, x);
    nn_output(g, nn_linear(g, "head", mean, CLASSES));
    nn_output(g, reader(g, words, x));
    must(nn_graph_finish(g, &info));
}

/* --- files --- */

#define PATH_LEN 1024

/* FOLDER/NAME.KIND.npy */
static void read_array(const char *folder, const char *name, const char *kind,
                       tn_dtype type, tn_tensor *ret)
{
    char path[PATH_LEN];
    snprintf(path, sizeof(path), "%s/%s.%s.npy", folder, name, kind);
    compare_read(path, type, ret);
}

/* A linear layer is a convolution here: the same numbers by another shape. */
static void load(const char *folder, nn_param *p)
{
    char name[PATH_LEN / 2];
    CS_SCOPED(tn_tensor) from = TN_TENSOR_INIT;
    snprintf(name, sizeof(name), "param/%s", p->name);
    read_array(folder, name, "f32", TN_F32, &from);
    must_hold(tn_count(&from) == tn_count(&p->value), p->name);
    memcpy(tn_f32(&p->value), tn_f32(&from), tn_bytes(&from));
}

/* How far `got` and PyTorch's f32 are from its f64. */
static void distances(const char *folder, const char *name, const float *got,
                      size_t count, distance of[2])
{
    CS_SCOPED(tn_tensor) exact = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) single = TN_TENSOR_INIT;
    read_array(folder, name, "f64", TN_F64, &exact);
    read_array(folder, name, "f32", TN_F32, &single);
    must_hold(tn_count(&exact) == count && tn_count(&single) == count, name);
    of[0] = of[1] = (distance){0};
    measure(&of[0], got, &exact);
    measure(&of[1], tn_f32(&single), &exact);
}

/* --- a step --- */

typedef struct subject {
    const char *folder, *tier;
    nn_params *params;
    float outputs[2][2 * 99];
    float *image_gradient; /* IMAGE_FLOATS */
} subject;

static const size_t output_floats[] = {(size_t)2 * CLASSES,
                                       (size_t)2 * 9 * WORDS};

static void compare_outputs(const subject *s)
{
    for (size_t i = 0; i < 2; i++) {
        char name[32];
        distance d[2];
        snprintf(name, sizeof(name), "output-%zu", i);
        distances(s->folder, name, s->outputs[i], output_floats[i], d);
        compare_row("transformer", s->tier, name,
                    &(error_pair){by_maximum(&d[0]), by_maximum(&d[1])},
                    outputs);
    }
}

static double norm(double squares)
{
    return sqrt(squares);
}

/* Against all gradients, and those that are more than next to nothing against
 * themselves. */
static void compare_parameters(const subject *s, double all)
{
    for (size_t i = 0; i < nn_params_count(s->params); i++) {
        const nn_param *p = nn_params_at(s->params, i);
        char name[PATH_LEN / 2];
        distance d[2];
        snprintf(name, sizeof(name), "grad/%s", p->name);
        distances(s->folder, name, tn_f32(&p->grad), tn_count(&p->grad), d);
        double own = norm(d[0].squares);
        double against = own > NEXT_TO_NOTHING * all ? own : all;
        compare_row("transformer", s->tier, p->name,
                    &(error_pair){norm(d[0].square) / against,
                                  norm(d[1].square) / against},
                    gradients);
    }
}

static double all_gradients(const subject *s)
{
    double sum = 0;
    for (size_t i = 0; i < nn_params_count(s->params); i++) {
        const nn_param *p = nn_params_at(s->params, i);
        for (size_t k = 0; k < tn_count(&p->grad); k++)
            sum += (double)tn_f32(&p->grad)[k] * (double)tn_f32(&p->grad)[k];
    }
    return sqrt(sum);
}

static void compare_gradients(const subject *s)
{
    distance d[2];
    compare_parameters(s, all_gradients(s));
    distances(s->folder, "grad-image", s->image_gradient, IMAGE_FLOATS, d);
    compare_row("transformer", s->tier, "gradient of the image",
                &(error_pair){by_norm(&d[0]), by_norm(&d[1])}, gradients);
}

static void run_step(subject *s, nn_plan *p)
{
    CS_SCOPED(tn_tensor) image = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) words = TN_TENSOR_INIT;
    read_array(s->folder, "image", "f32", TN_F32, &image);
    read_array(s->folder, "words", "f32", TN_F32, &words);
    const float *in[] = {tn_f32(&image), tn_f32(&words)};
    float *out[] = {s->outputs[0], s->outputs[1]};
    nn_plan_forward(p, in, out);
    compare_outputs(s);
    /* Of the sum over outputs of mean(y^2) / 2: y / count. */
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < output_floats[i]; k++)
            s->outputs[i][k] /= (float)output_floats[i];
    const float *given[] = {s->outputs[0], s->outputs[1]};
    float *back[] = {s->image_gradient, NULL};
    nn_plan_backward(p, given, back);
    compare_gradients(s);
}

/* For other programs, which have none of our layers. */
static void leave_model(const char *folder, const nn_graph *g)
{
    char path[PATH_LEN];
    snprintf(path, sizeof(path), "%s/transformer.onnx", folder);
    must(ox_export_file(g, "transformer", path, &info));
}

static void check(const char *folder, cs_cpu_tier tier, cs_pool *pool)
{
    CS_AUTO_MEM float *gradient = cs_calloc(IMAGE_FLOATS, sizeof(*gradient));
    must_hold(gradient != NULL, "out of memory");
    subject s = {.folder = folder,
                 .tier = cs_cpu_tier_name(tier),
                 .image_gradient = gradient};
    nn_graph *g = NULL;
    nn_plan *p = NULL;
    must(nn_params_new(&s.params, &info));
    must(nn_graph_new(s.params, &g, &info));
    build(g);
    for (size_t i = 0; i < nn_params_count(s.params); i++)
        load(folder, nn_params_at(s.params, i));
    leave_model(folder, g);
    const nn_plan_options o = {
        .training = true, .input_gradients = true, .tier = tier, .pool = pool};
    must(nn_plan_new(g, &o, &p, &info));
    run_step(&s, p);
    nn_plan_free(p);
    nn_graph_free(g);
    nn_params_free(s.params);
}

int main(int argc, char **argv)
{
    CS_AUTO(cs_pool) pool = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: check_transformer DIR\n");
        return 2;
    }
    if (access(argv[1], F_OK) < 0) {
        printf("skipped: there is no %s; make_transformer.py needs PyTorch\n",
               argv[1]);
        return 77;
    }
    must(cs_pool_new(2, &pool, &info));
    compare_heading("network");
    for (int tier = 0; tier <= (int)cs_cpu_tier_best(); tier++)
        check(argv[1], (cs_cpu_tier)tier, pool);
    return compare_end();
}
