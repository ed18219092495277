/* bench_medmnist --data DIR: trains ResNet-18 on a MedMNIST data set and tells
 * its quality and its time. The recipe: docs/benchmarks.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "best.h"
#include "data.h"
#include "score.h"
#include "tensor/npy.h"
#include "trainer.h"

typedef struct options {
    const char *data, *scores;
    int64_t seed, epochs, threads, batch;
    bool mirror, json, help;
} options;

static const cs_arg rows[] = {
    CS_ARG_PATH(options, data, 'd', "data", "DIR", NULL,
                "folder of train, val and test .npy files"),
    CS_ARG_INT(options, seed, '\0', "seed", "N", 0, INT64_MAX, "1",
               "first weights and order of images follow from it"),
    CS_ARG_INT(options, epochs, '\0', "epochs", "N", 1, 100000, "100",
               "passes over the training images"),
    CS_ARG_INT(options, threads, 't', "threads", "N", 0, 512, "0",
               "threads; 0 means every core"),
    CS_ARG_INT(options, batch, '\0', "batch", "N", 1, 4096, "128",
               "images a step"),
    CS_ARG_PATH(options, scores, '\0', "scores", "FILE", NULL,
                "write the test images' probabilities as .npy"),
    CS_ARG_FLAG(options, mirror, '\0', "mirror",
                "mirror images at random while training"),
    CS_ARG_FLAG(options, json, '\0', "json", "results as JSON"),
    CS_ARG_LAST_FLAG(options, help, 'h', "help", "show this help"),
};

typedef struct data_set {
    med_part train, val, test;
} data_set;

typedef struct result {
    uint64_t best_epoch; /* from 1 */
    double val_auc, test_auc, test_acc;
    double *epoch_s; /* training alone, without the look at validation */
    cs_digest digest;
} result;

/* --- data --- */

static int data_set_read(data_set *d, const char *dir, cs_errinfo *info)
{
    int r = part_read(&d->train, dir, "train", info);
    if (r == 0)
        r = part_read(&d->val, dir, "val", info);
    return r < 0 ? r : part_read(&d->test, dir, "test", info);
}

static void data_set_done(data_set *d)
{
    part_done(&d->train);
    part_done(&d->val);
    part_done(&d->test);
}

/* --- training --- */

static int look(trainer *t, const med_part *p, double *scores, double *ret_auc,
                cs_errinfo *info)
{
    int r = trainer_predict(t, p, scores, info);
    return r < 0 ? r
                 : score_auc(scores, p->labels, p->n, t->recipe.classes,
                             ret_auc, info);
}

static int train(trainer *t, const med_part *val, double *scores, best *kept,
                 result *ret, cs_errinfo *info)
{
    const cs_clock *clock = cs_clock_system();
    for (uint64_t epoch = 0; epoch < t->recipe.epochs; epoch++) {
        double loss = 0;
        double auc = 0;
        int64_t start = cs_mono_ns(clock);
        int r = trainer_epoch(t, epoch, &loss, info);
        ret->epoch_s[epoch] =
            (double)(cs_mono_ns(clock) - start) / (double)CS_NS_PER_S;
        if (r == 0)
            r = look(t, val, scores, &auc, info);
        if (r < 0)
            return r;
        fprintf(stderr, "epoch %llu: loss %.4f, validation AUC %.4f, %.2f s\n",
                (unsigned long long)epoch + 1, loss, auc, ret->epoch_s[epoch]);
        if (epoch > 0 && auc <= ret->val_auc)
            continue;
        ret->best_epoch = epoch + 1;
        ret->val_auc = auc;
        best_keep(kept);
    }
    return 0;
}

static int write_scores(const char *path, const double *scores, size_t n,
                        size_t classes, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    if (!path)
        return 0;
    int r = tn_tensor_init(&t, TN_F64, &TN_SHAPE(n, classes), info);
    if (r < 0)
        return r;
    memcpy(tn_data(&t), scores, tn_bytes(&t));
    return tn_npy_write(path, &t, info);
}

static int test(trainer *t, const med_part *p, double *scores, const options *o,
                result *ret, cs_errinfo *info)
{
    int r = look(t, p, scores, &ret->test_auc, info);
    if (r < 0)
        return r;
    ret->test_acc = score_accuracy(scores, p->labels, p->n, t->recipe.classes);
    return write_scores(o->scores, scores, p->n, t->recipe.classes, info);
}

static int work(trainer *t, const data_set *d, const options *o, result *ret,
                cs_errinfo *info)
{
    best kept = {0};
    CS_AUTO_MEM double *scores = cs_calloc(CS_MAX(d->val.n, d->test.n),
                                           t->recipe.classes * sizeof(double));
    ret->epoch_s = cs_calloc(t->recipe.epochs, sizeof(double));
    int r = scores && ret->epoch_s ? 0 : cs_fail_nomem(info);
    if (r == 0)
        r = best_init(&kept, t->params, info);
    if (r == 0)
        r = train(t, &d->val, scores, &kept, ret, info);
    if (r == 0)
        r = best_digest(&kept, &ret->digest, info);
    if (r == 0) {
        best_restore(&kept);
        r = test(t, &d->test, scores, o, ret, info);
    }
    best_done(&kept);
    return r;
}

/* --- report --- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), by_value);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

static void json_number(cs_json *w, const char *key, double value)
{
    cs_json_key(w, key);
    cs_json_double(w, value);
}

static int report_json(const options *o, const result *res, double epoch_s,
                       cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    char digest[CS_DIGEST_TEXT_MAX];
    cs_json w;
    cs_json_init(&w, &out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    cs_json_key(&w, "seed");
    cs_json_i64(&w, o->seed);
    cs_json_key(&w, "epochs");
    cs_json_i64(&w, o->epochs);
    cs_json_key(&w, "mirror");
    cs_json_bool(&w, o->mirror);
    cs_json_key(&w, "best_epoch");
    cs_json_u64(&w, res->best_epoch);
    json_number(&w, "val_auc", res->val_auc);
    json_number(&w, "auc", res->test_auc);
    json_number(&w, "acc", res->test_acc);
    json_number(&w, "epoch_s", epoch_s);
    cs_json_key(&w, "weights");
    cs_json_cstring(&w, cs_digest_format(&res->digest, digest));
    cs_json_close_object(&w);
    if (cs_json_finish(&w) < 0)
        return cs_fail_nomem(info);
    puts(out.data);
    return 0;
}

static int report(const options *o, const result *res, cs_errinfo *info)
{
    double epoch_s = median(res->epoch_s, (size_t)o->epochs);
    if (o->json)
        return report_json(o, res, epoch_s, info);
    printf("test AUC %.4f, ACC %.4f (epoch %llu, validation AUC %.4f); "
           "%.2f s per epoch\n",
           res->test_auc, res->test_acc, (unsigned long long)res->best_epoch,
           res->val_auc, epoch_s);
    return 0;
}

/* --- program --- */

static int run_with(const options *o, const data_set *d, cs_pool *pool,
                    cs_errinfo *info)
{
    const recipe how = {.seed = (uint64_t)o->seed,
                        .epochs = (uint64_t)o->epochs,
                        .batch = (size_t)o->batch,
                        .classes = part_classes(&d->train),
                        .mirror = o->mirror,
                        .pool = pool,
                        .tier = cs_cpu_tier_best()};
    trainer t = {0};
    result res = {0};
    int r = trainer_init(&t, &how, &d->train, info);
    if (r == 0)
        r = work(&t, d, o, &res, info);
    if (r == 0)
        r = report(o, &res, info);
    cs_free(res.epoch_s);
    trainer_done(&t);
    return r;
}

static int run(const options *o, cs_errinfo *info)
{
    if (!o->data)
        return cs_fail(info, CS_E_USAGE, "--data is missing");
    CS_AUTO(cs_pool) pool = NULL;
    data_set d = {0};
    int r = cs_pool_new((unsigned)o->threads, &pool, info);
    if (r == 0)
        r = data_set_read(&d, o->data, info);
    if (r == 0)
        r = run_with(o, &d, pool, info);
    data_set_done(&d);
    return r;
}

static int help(const cs_arg_group *group, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    if (cs_args_help(&out, "bench_medmnist",
                     "train ResNet-18 on a MedMNIST data set", group, 1,
                     CS_LANG_EN, 80) < 0)
        return cs_fail_nomem(info);
    fputs(out.data, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    options o = {.seed = 1, .epochs = 100, .batch = 128};
    const cs_arg_group group = {"options", rows, CS_COUNTOF(rows), &o};
    cs_errinfo info = {0};
    char line[CS_ERR_PLACE_MAX + CS_ERR_MESSAGE_MAX + 64];
    int r = cs_args_parse(&group, 1, argc - 1, argv + 1, &info);
    if (r == 0)
        r = o.help ? help(&group, &info) : run(&o, &info);
    cs_args_done(&group, 1);
    if (r < 0)
        fprintf(stderr, "bench_medmnist: %s\n",
                cs_errinfo_format(&info, line, sizeof(line)));
    return cs_exit_status(r);
}
